//! The one error type that reaches people: codes, never prose. Texts are chosen at the edge (`i18n`),
//! inner causes go to the log where they are caught and nowhere else.

use super::{policy::Reason, steering::Standing, text_enum::text_enum};
use serde::{Deserialize, Serialize};

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", tag = "code")]
pub enum AppError {
    /// It does not exist, or this person may not know whether it does.
    #[error("not found")]
    NotFound,
    /// What was sent cannot be read: no form or call of ours has this shape.
    #[error("malformed request")]
    Malformed,
    /// Nobody is signed in.
    #[error("sign-in required")]
    SignInRequired,
    /// A field of a form or call is not acceptable.
    #[error("{field:?} is not acceptable: {rule:?}")]
    Invalid {
        /// Which field.
        field: Field,
        /// Which rule it breaks.
        rule: Rule,
    },
    /// The code is wrong, expired, used up, or was never sent.
    #[error("the code does not fit")]
    WrongCode,
    /// This code has had all its tries.
    #[error("too many tries of this code")]
    TooManyTries,
    /// The one-time link is unknown, used or expired.
    #[error("the link is not valid")]
    LinkNotValid,
    /// A ticket, or an invitation found by its id, is of no use: [`WrongTicket`] says why.
    #[error("the invitation cannot be used: {reason:?}")]
    Ticket {
        /// Why.
        reason: WrongTicket,
        /// When that came about, written out, if it is told.
        since: Option<String>,
    },
    /// Policy does not allow it.
    #[error("not allowed: {reason:?}")]
    Denied {
        /// Why not.
        reason: Reason,
    },
    /// It stands otherwise by now, and in that state this cannot be done.
    #[error("it cannot be done any more: {standing:?}")]
    Conflict {
        /// How it stands.
        standing: Standing,
    },
    /// What the person could open has ended.
    #[error("access has ended")]
    AccessEnded {
        /// What it was.
        app: String,
        /// The last day, written out.
        until: String,
        /// Whom to ask.
        ask: Vec<String>,
    },
    /// Somebody else was faster: there is nothing to do any more.
    #[error("it has been settled")]
    Settled,
    /// It can no longer be undone.
    #[error("it is too late to undo this")]
    TooLate,
    /// Repeated too often today.
    #[error("too often today")]
    TooOften,
    /// Too many requests from one place.
    #[error("too many requests")]
    TooMany,
    /// The database does not take writes just now.
    #[error("the database is busy or read-only")]
    Unavailable,
    /// Something broke; the log says what.
    #[error("internal error")]
    Internal,
}

text_enum! {
    /// Why a ticket is of no use. Facts about the ticket only: these may be told before any proof.
    WrongTicket {
        /// Malformed, or never given out.
        Unknown = "unknown",
        /// Its link has run out.
        Expired = "expired",
        /// Its link has run out, and a new one has been asked for.
        Asked = "asked",
        /// Its link has run out, and new ones have been asked for as often as may be.
        Over = "over",
        /// A newer mail has another.
        Replaced = "replaced",
        /// The invitation was taken back.
        Withdrawn = "withdrawn",
        /// It was declined.
        Declined = "declined",
        /// It was accepted before.
        Used = "used",
    }
}

/// The fields that errors may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// An e-mail address.
    Email,
    /// A person's name.
    Name,
    /// An interface language.
    Language,
    /// A directory role.
    Role,
    /// An app's launch address.
    LaunchUrl,
    /// A setting of the organisation.
    Setting,
    /// What an invitation is for.
    Target,
    /// The inviter's message.
    Message,
    /// Until when access is given.
    AccessUntil,
    /// For how many days a link is good.
    LinkDays,
    /// Where a guest goes after accepting.
    Redirect,
    /// Who else is told.
    Followers,
    /// For how long access is given.
    Length,
    /// How many guests there may be.
    MostGuests,
    /// Who owns a group or app.
    Owner,
    /// A picture.
    Picture,
    /// Agreement to the privacy statement and the terms.
    Consent,
    /// Somebody who is to be managed.
    Person,
    /// The day on which a mail leaves.
    SendOn,
    /// What an app calls a role.
    AppRole,
    /// A file.
    File,
}

/// The rules that fields may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// Something must be given.
    Required,
    /// Not of the form that is expected.
    Malformed,
    /// Longer than is stored.
    TooLong,
    /// Not one of the known values.
    Unknown,
    /// Somebody or something has it already.
    Taken,
    /// More than is taken at once.
    TooMany,
    /// It lies in the past.
    Past,
    /// It has changed meanwhile.
    Changed,
    /// It is not the address that the invitation was sent to.
    Other,
    /// It is the person's own.
    Own,
    /// Only administrators may.
    Protected,
    /// There would be none left.
    Last,
    /// A colour on which white text cannot be read.
    TooPale,
    /// With it nobody could do any more what it is about.
    LocksOut,
}

impl AppError {
    /// The HTTP status that goes with the code.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound | Self::AccessEnded { .. } => 404,
            Self::Malformed => 400,
            Self::SignInRequired => 401,
            Self::Invalid { .. } | Self::WrongCode | Self::TooManyTries => 422,
            Self::Ticket { reason: WrongTicket::Unknown, .. } => 404,
            Self::Denied { .. } => 403,
            Self::Conflict { .. } | Self::Settled | Self::TooLate => 409,
            Self::LinkNotValid | Self::Ticket { .. } => 410,
            Self::TooOften | Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// Shorthand for [`AppError::Invalid`].
    pub fn invalid(field: Field, rule: Rule) -> Self {
        Self::Invalid { field, rule }
    }
}
