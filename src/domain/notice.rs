//! Notices: what people are told of as things happen to guests, and how they want to be told.

use super::text_enum::text_enum;

text_enum! {
    /// What a notice is about.
    Notice {
        /// A guest has accepted.
        Accepted = "accepted",
        /// A guest has declined.
        Declined = "declined",
        /// An invitation's mail will never arrive.
        MailFailed = "mail_failed",
        /// An invitation's link has run out without an answer.
        RunOut = "run_out",
        /// A guest asks for a new link.
        AskedForLink = "asked_for_link",
        /// A guest's access ends soon: for whoever answers for the guest.
        EndsSoon = "ends_soon",
        /// One's own access ends soon.
        YoursEndsSoon = "yours_ends_soon",
        /// Somebody who answers for a guest has given access to one's group or app for longer.
        Longer = "longer",
        /// A guest has left the organisation.
        Left = "left",
        /// One answers for a guest from now on.
        Sponsor = "sponsor",
        /// One answers for several guests from now on.
        Sponsors = "sponsors",
        /// Somebody wants to be in one's group.
        WantsToJoin = "wants_to_join",
        /// One may be in a group from now on.
        MayJoin = "may_join",
        /// One may not be in a group.
        MayNotJoin = "may_not_join",
        /// One holds a role from now on.
        Role = "role",
        /// The address of one's account has changed.
        Address = "address",
        /// A test mail.
        Test = "test",
        /// What happened on a day.
        Digest = "digest",
    }
}

impl Notice {
    /// Whether it is sent at most once a day for the same matter, because somebody could cause it again and again.
    pub fn is_once_a_day(self) -> bool {
        matches!(
            self,
            Self::Declined
                | Self::AskedForLink
                | Self::Left
                | Self::WantsToJoin
                | Self::MayJoin
                | Self::MayNotJoin
                | Self::Longer
        )
    }

    /// Whether people choose how they are told of it. Everything else is said each time.
    pub fn is_chosen(self) -> bool {
        matches!(self, Self::Accepted | Self::Declined | Self::MailFailed | Self::RunOut)
    }
}

text_enum! {
    /// How somebody wants to be told of what becomes of their invitations.
    Telling {
        /// By a mail each time.
        Each = "each",
        /// By one mail a day.
        Daily = "daily",
        /// Not at all.
        None = "none",
    }
}

/// Whether reminders rest at this hour of the day (0 to 23): from one hour on until another, over midnight too. The
/// same hour twice is no rest.
pub fn is_quiet(hour: u32, from: u32, until: u32) -> bool {
    if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_go_over_midnight() {
        for (hour, quiet) in [(18, false), (19, true), (23, true), (0, true), (7, true), (8, false), (12, false)] {
            assert_eq!(is_quiet(hour, 19, 8), quiet, "{hour}");
        }
        assert!(is_quiet(12, 12, 14) && !is_quiet(14, 12, 14));
        assert!((0..24).all(|hour| !is_quiet(hour, 8, 8)));
    }
}
