//! Identifiers: UUIDv7 behind one type per noun, so that a group's id cannot stand where an app's is meant.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A user object: member or guest.
    UserId,
    /// A group.
    GroupId,
    /// An app.
    AppId,
    /// A role that an app knows.
    AppRoleId,
    /// The assignment of a user or a group to an app.
    AssignmentId,
    /// An invitation: one mailing by one inviter to one address.
    InvitationId,
    /// What an invitation is for: one group or app.
    InvitationTargetId,
    /// One-time code sent to an address.
    CodeId,
    /// A message in the outbox.
    MailId,
    /// What a browser session is called where it is listed; never the secret in the cookie.
    SessionHandle,
    /// Something that was done and can be undone.
    UndoId,
    /// Somebody's wish to be in a group.
    JoinRequestId,
    /// What somebody is told of later.
    NoticeId,
    /// Ties the audit events, log lines and mails of one request together.
    CorrelationId,
}

/// How an app or a person without a picture gets one of eight stable colours (1 to 8).
pub fn stable_colour(id: Uuid) -> u8 {
    (id.as_bytes().iter().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte))) % 8) as u8 + 1
}
