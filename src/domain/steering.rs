//! What may be done about an invitation and the access it gave, by whom, in which state: one table, which services
//! ask, tests run through and `docs/STEERING.md` prints.

use super::text_enum::text_enum;

text_enum! {
    /// How a guest stands to what they were invited to.
    Standing {
        /// Invited; not answered.
        Invited = "invited",
        /// Invited; the link has run out.
        Expired = "expired",
        /// Accepted; an owner has to confirm.
        Waiting = "waiting",
        /// Has access.
        Active = "active",
        /// Access has ended.
        Ended = "ended",
        /// Disabled by an administrator.
        Disabled = "disabled",
        /// Declined by the guest.
        Declined = "declined",
        /// Taken back by the inviter's side.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What somebody is to an invitation and its access.
    Relation {
        /// Sent it.
        Inviter = "inviter",
        /// Answers for the guest.
        Sponsor = "sponsor",
        /// Owns the group or app that it is for.
        Owner = "owner",
        /// Administrator or user administrator.
        Administrator = "administrator",
        /// Helps people in, by role.
        HelpDesk = "help desk",
        /// Whom it is for, by ticket or by proof of the address.
        Guest = "guest",
        /// Anybody else.
        Other = "other",
    }
}

text_enum! {
    /// What can be done.
    Act {
        /// See the mail as it was sent.
        SeeMail = "see the mail",
        /// Send the mail again, with a fresh ticket.
        Resend = "resend",
        /// Give the link a later last day.
        RenewLink = "renew the link",
        /// Hand over the plain link.
        CopyLink = "copy the link",
        /// Change what it is for.
        ChangeTargets = "change what it is for",
        /// Send it to the right address instead.
        CorrectAddress = "correct the address",
        /// Take it back.
        Withdraw = "withdraw",
        /// Accept it.
        Accept = "accept",
        /// Decline it.
        Decline = "decline",
        /// Ask for a new link.
        AskForLink = "ask for a new link",
        /// Say yes or no to what waits.
        Confirm = "confirm or refuse",
        /// Change the end of access.
        ChangeEnd = "change the end date",
        /// Take access away.
        Remove = "remove",
        /// Give access up.
        Leave = "leave",
    }
}

impl Act {
    /// In which states it can be done.
    pub const fn states(self) -> &'static [Standing] {
        use Standing::{Active, Disabled, Ended, Expired, Invited, Waiting};
        match self {
            Self::SeeMail => Standing::ALL,
            Self::Resend | Self::RenewLink | Self::ChangeTargets | Self::CorrectAddress | Self::Withdraw => {
                &[Invited, Expired]
            }
            Self::CopyLink | Self::Accept | Self::Decline => &[Invited],
            Self::AskForLink => &[Expired],
            Self::Confirm => &[Waiting],
            Self::ChangeEnd => &[Invited, Expired, Waiting, Active, Ended],
            Self::Remove => &[Invited, Expired, Waiting, Active, Ended, Disabled],
            Self::Leave => &[Waiting, Active, Ended],
        }
    }

    /// Who may.
    pub const fn who(self) -> &'static [Relation] {
        use Relation::{Administrator, Guest, HelpDesk, Inviter, Owner, Sponsor};
        match self {
            Self::SeeMail | Self::Withdraw => &[Inviter, Sponsor, Administrator],
            Self::Resend | Self::RenewLink | Self::CopyLink => &[Inviter, Sponsor, Owner, Administrator, HelpDesk],
            Self::ChangeTargets | Self::CorrectAddress => &[Inviter],
            Self::Accept | Self::Decline | Self::AskForLink | Self::Leave => &[Guest],
            Self::Confirm => &[Owner, Administrator],
            Self::ChangeEnd | Self::Remove => &[Sponsor, Owner, Administrator],
        }
    }

    /// Whether somebody who stands so to it may do it at all.
    pub fn is_for(self, relations: &[Relation]) -> bool {
        relations.iter().any(|relation| self.who().contains(relation))
    }

    /// Whether it can be done in this state.
    pub fn fits(self, standing: Standing) -> bool {
        self.states().contains(&standing)
    }
}

/// The table as Markdown: a row an act, with who may, and a column a state.
pub fn table() -> String {
    let row = |cells: Vec<&str>| format!("| {} |", cells.join(" | "));
    let states = || Standing::ALL.iter().map(|one| one.as_str());
    let mut lines = vec![
        row(["", "who may"].into_iter().chain(states()).collect()),
        row(["---"; 2].into_iter().chain(states().map(|_| ":-:")).collect()),
    ];
    for act in Act::ALL {
        let who = act.who().iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
        let cells = Standing::ALL.iter().map(|standing| if act.fits(*standing) { "yes" } else { "" });
        lines.push(row([act.as_str(), who.as_str()].into_iter().chain(cells).collect()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_for_strangers_and_everything_is_for_somebody() {
        for act in Act::ALL {
            assert!(!act.who().is_empty() && !act.states().is_empty(), "{act:?}");
            assert!(!act.is_for(&[Relation::Other]), "{act:?}");
        }
    }

    #[test]
    fn the_page_in_docs_prints_this_table() {
        let page = include_str!("../../docs/STEERING.md");
        assert!(page.contains(&table()), "docs/STEERING.md should hold:\n{}", table());
    }
}
