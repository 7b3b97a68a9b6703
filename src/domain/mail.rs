//! Mail as a promise: what kinds there are, and how each stands (DESIGN section 4).

use super::{
    text_enum::text_enum,
    time::{HOUR, MINUTE},
};

text_enum! {
    /// What a message is for; also the name of its templates.
    MailKind {
        /// A one-time code to sign in with.
        SignInCode = "sign_in_code",
        /// A one-time link to sign in with, where codes are used up.
        SignInLink = "sign_in_link",
        /// An invitation to redeem.
        Invitation = "invitation",
        /// Access that somebody has at once.
        AccessAdded = "access_added",
        /// A guest has accepted: for the inviter and who else is told.
        Accepted = "accepted",
        /// A guest has accepted, and an owner has to confirm.
        ConfirmAccess = "confirm_access",
        /// Something that somebody is told of; the notice says what.
        Notice = "notice",
    }
}

/// Where a message waits for its turn: what somebody waits for in front of a page is never behind anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Codes and links to sign in with.
    Urgent,
    /// Everything else.
    Other,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Other];
}

text_enum! {
    /// How a message stands. There is no "delivered" and no "opened": nobody can know.
    MailState {
        /// Waits for its first attempt.
        Queued = "queued",
        /// The mail server could not take it yet.
        Retrying = "retrying",
        /// The next mail server took it.
        Sent = "sent",
        /// The mail server refused it, or it was too old.
        Failed = "failed",
        /// It was not to be sent after all.
        Cancelled = "cancelled",
        /// It came back.
        Bounced = "bounced",
    }
}

impl MailState {
    /// Whether it will never arrive.
    pub fn has_failed(self) -> bool {
        matches!(self, Self::Failed | Self::Bounced)
    }
}

/// How long to wait after the `attempts`-th failed attempt (from 1), in milliseconds; `None` when it is over.
/// 1 m, 5 m, 30 m, 2 h, then every 6 h until 24 h have passed.
pub fn retry_delay(attempts: i64) -> Option<i64> {
    match attempts {
        ..=1 => Some(MINUTE),
        2 => Some(5 * MINUTE),
        3 => Some(30 * MINUTE),
        4 => Some(2 * HOUR),
        5..=7 => Some(6 * HOUR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::DAY;

    #[test]
    fn retries_end_within_about_a_day() {
        let total: i64 = (1..).map_while(retry_delay).sum();
        assert!(total <= DAY && total > 18 * HOUR, "{total}");
    }
}
