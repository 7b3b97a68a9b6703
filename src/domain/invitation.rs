//! Invitations and what they are for: states (DESIGN section 4), targets, limits of what may be asked for.
//! Who may invite whom is decided in `policy`.

use super::{
    error::{AppError, Field, Rule},
    ids::{AppId, GroupId},
    name::is_invisible,
    text_enum::text_enum,
    time::{DAY, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The longest message of an inviter's own, in characters.
pub const MESSAGE_MAX: usize = 1_000;
/// The longest word of a guest's on declining, in characters.
pub const WORD_MAX: usize = 500;
/// The most addresses that one form or command takes.
pub const ADDRESSES_MAX: usize = 500;
/// The longest list of addresses that is read, in bytes: some 130 for each of [`ADDRESSES_MAX`].
pub const LIST_MAX: usize = 64 * 1024;
/// The most targets of one invitation.
pub const TARGETS_MAX: usize = 20;
/// The most people who are told of one invitation besides its inviter.
pub const FOLLOWERS_MAX: usize = 5;
/// The longest that a link may be good for, in days.
pub const LINK_DAYS_MAX: u32 = 90;
/// How often in a day somebody takes back a refusal of one invitation, or asks again to join one group or app: each time
/// its owners get mail.
pub const ROUNDS_A_DAY: i64 = 3;

text_enum! {
    /// How an invitation stands. *Expired* is derived ([`has_expired`]), so it never blocks anything.
    InvitationState {
        /// Waits for somebody who may let it go out.
        AwaitingApproval = "awaiting_approval",
        /// Sent, or handed over; not answered.
        Pending = "pending",
        /// Redeemed.
        Accepted = "accepted",
        /// The guest does not want it.
        Declined = "declined",
        /// Taken back by the inviter's side.
        Revoked = "revoked",
        /// Never let out.
        Rejected = "rejected",
    }
}

/// Whether a pending invitation's link has run out.
pub fn has_expired(state: InvitationState, link_until: Timestamp, now: Timestamp) -> bool {
    state == InvitationState::Pending && link_until <= now
}

/// How long a link of so many days is good for, in milliseconds.
pub fn link_lifetime(days: u32) -> i64 {
    i64::from(days.clamp(1, LINK_DAYS_MAX)) * DAY
}

text_enum! {
    /// How one target of an invitation stands.
    TargetState {
        /// Waits for the guest.
        Pending = "pending",
        /// The guest has accepted; an owner has to confirm.
        Waiting = "waiting",
        /// The grant that came from it counts.
        Granted = "granted",
        /// It was not given: by the guest's wish, an owner's, or policy's.
        Refused = "refused",
    }
}

text_enum! {
    /// What can be a target.
    TargetKind {
        /// A group.
        Group = "group",
        /// An app.
        App = "app",
    }
}

/// A group or an app that somebody is invited to; written `group:{id}`, `app:{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// A group.
    Group(GroupId),
    /// An app.
    App(AppId),
}

impl Target {
    /// Group or app.
    pub fn kind(self) -> TargetKind {
        match self {
            Self::Group(_) => TargetKind::Group,
            Self::App(_) => TargetKind::App,
        }
    }

    /// Its id.
    pub fn id(self) -> Uuid {
        match self {
            Self::Group(GroupId(id)) | Self::App(AppId(id)) => id,
        }
    }

    /// The group's id, if it is a group.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Self::Group(id) => Some(id),
            Self::App(_) => None,
        }
    }

    /// The app's id, if it is an app.
    pub fn app(self) -> Option<AppId> {
        match self {
            Self::App(id) => Some(id),
            Self::Group(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind().as_str(), self.id())
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("{text} is no target");
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        let id = Uuid::parse_str(id).map_err(|_| unknown())?;
        match kind.parse()? {
            TargetKind::Group => Ok(Self::Group(GroupId(id))),
            TargetKind::App => Ok(Self::App(AppId(id))),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

text_enum! {
    /// What inviting an address to a target came to. In order of precedence for the address as a whole.
    Outcome {
        /// A new invitation.
        Invited = "invited",
        /// Access at once: nothing to redeem.
        Added = "added",
        /// Joined a pending invitation, or was waiting already.
        Pending = "pending",
        /// Had it already.
        Already = "already",
        /// Refused, for the reason given.
        Refused = "refused",
    }
}

impl Outcome {
    /// What an address comes to whose targets came to these: the first in precedence.
    pub fn of_all(outcomes: impl IntoIterator<Item = Self>) -> Option<Self> {
        outcomes.into_iter().min_by_key(|outcome| Self::ALL.iter().position(|other| other == outcome))
    }
}

/// The inviter's message as it is kept: line ends as `\n`, nothing that cannot be seen, no space around it.
pub fn clean_message(raw: &str) -> String {
    let visible: String =
        raw.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !is_invisible(*c)).collect();
    visible.trim().to_owned()
}

/// A word of a guest's own, to whoever invited or owns: as [`clean_message`], but short.
///
/// # Errors
/// `Invalid(Message, TooLong)`.
pub fn clean_word(raw: &str) -> Result<String, AppError> {
    let word = clean_message(raw);
    if word.chars().count() > WORD_MAX {
        return Err(AppError::invalid(Field::Message, Rule::TooLong));
    }
    Ok(word)
}

/// An address as it was found in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What stood there, trimmed.
    pub raw: String,
    /// The address in it, not checked yet.
    pub address: String,
    /// The name before it (`Name <address>`), or empty.
    pub name: String,
    /// It is a name that several people have, so nobody can be meant by it.
    pub several: bool,
}

/// Finds the addresses in a text as people paste it: on lines, between commas or semicolons, as
/// `Name <address>` or bare, several bare ones separated by spaces. Order is kept; what is no address stays in
/// the list, so that it can be shown.
///
/// # Errors
/// `TooMany`: more than `most`, or a text longer than [`LIST_MAX`].
pub fn list_addresses(text: &str, most: usize) -> Result<Vec<Listed>, TooMany> {
    if text.len() > LIST_MAX {
        return Err(TooMany);
    }
    let visible: String = text.chars().filter(|c| matches!(c, '\n' | '\r' | '\t') || !is_invisible(*c)).collect();
    let found: Vec<Listed> =
        pieces(&visible).iter().flat_map(|piece| one_or_more(piece)).take(most.saturating_add(1)).collect();
    if found.len() > most { Err(TooMany) } else { Ok(found) }
}

/// More addresses than are taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// Splits at line ends, commas and semicolons outside quotes and angle brackets.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut bracketed) = (false, false);
    for c in text.chars() {
        match c {
            // A line end closes whatever was left open.
            '\n' | '\r' => (quoted, bracketed) = (false, false),
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => {}
        }
        if matches!(c, '\n' | '\r') || (matches!(c, ',' | ';') && !quoted && !bracketed) {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// The addresses in a piece: each `Name <address>`, then what is left, several bare addresses separated by spaces.
fn one_or_more(piece: &str) -> Vec<Listed> {
    let mut found = Vec::new();
    let mut left = piece.trim();
    while let Some((before, rest)) = left.split_once('<')
        && let Some((address, after)) = rest.split_once('>')
    {
        found.push(Listed {
            raw: left[..left.len() - after.len()].to_owned(),
            address: address.trim().trim_start_matches("mailto:").to_owned(),
            name: before.trim().trim_matches('"').trim().to_owned(),
            several: false,
        });
        left = after.trim();
    }
    let bare = |word: &str| {
        let address = word.trim_matches(|c| matches!(c, '<' | '>')).trim_start_matches("mailto:");
        Listed { raw: word.to_owned(), address: address.to_owned(), name: String::new(), several: false }
    };
    if left.contains('"') || left.split_whitespace().any(|word| !word.contains('@')) {
        found.push(bare(left));
    } else {
        found.extend(left.split_whitespace().map(bare));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(String, String)> {
        list_addresses(text, ADDRESSES_MAX).unwrap().into_iter().map(|one| (one.address, one.name)).collect()
    }

    // A list of brackets once took a frame of the stack each.
    #[test]
    fn a_list_of_any_shape_is_read_without_recursion_and_up_to_its_bound() {
        for hostile in ["<>", "<", "a<b>", "a@x.example ", ",", "\"", "<a@x.example>"] {
            let most = hostile.repeat(LIST_MAX / hostile.len());
            assert!(list_addresses(&most, usize::MAX).is_ok(), "{hostile}");
            assert_eq!(list_addresses(&hostile.repeat(100_000), usize::MAX), Err(TooMany), "{hostile}");
        }
        assert_eq!(list_addresses("a@x.example b@x.example", 1), Err(TooMany));
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_list_is_read(text in hostile::text(LIST_MAX, &["<", ">", "@", ",", ";", "\"", "\n", " ", "mailto:"])) {
            let _ = list_addresses(&text, ADDRESSES_MAX);
            let _ = clean_message(&text);
            let _ = text.parse::<Target>();
        }
    }

    #[test]
    fn lists_are_read_as_people_paste_them() {
        let pair = |address: &str, name: &str| (address.to_owned(), name.to_owned());
        assert_eq!(found("a@x.example\r\nb@x.example"), [pair("a@x.example", ""), pair("b@x.example", "")]);
        assert_eq!(
            found("a@x.example, b@x.example;c@x.example,,"),
            [pair("a@x.example", ""), pair("b@x.example", ""), pair("c@x.example", "")]
        );
        assert_eq!(
            found("Sam Oogle <sam@x.example>, \"Doe, Jane\" <jane@x.example>"),
            [pair("sam@x.example", "Sam Oogle"), pair("jane@x.example", "Doe, Jane")]
        );
        assert_eq!(found("a@x.example b@x.example"), [pair("a@x.example", ""), pair("b@x.example", "")]);
        assert_eq!(found("mailto:a@x.example <b@x.example>"), [pair("b@x.example", "mailto:a@x.example")]);
        assert_eq!(
            found("Kim <kim@x.example> lee@x.example Bo <bo@x.example>"),
            [pair("kim@x.example", "Kim"), pair("bo@x.example", "lee@x.example Bo")]
        );
        assert_eq!(
            found("Kim <kim@x.example> lee@x.example"),
            [pair("kim@x.example", "Kim"), pair("lee@x.example", "")]
        );
        assert_eq!(found("kim@contoso,example"), [pair("kim@contoso", ""), pair("example", "")]);
        assert_eq!(found("just words here\n\n"), [pair("just words here", "")]);
        assert_eq!(found("Sam <sam@x.example\nb@x.example"), [pair("Sam <sam@x.example", ""), pair("b@x.example", "")]);
        assert_eq!(found(" \n , ;"), []);
    }

    #[test]
    fn messages_lose_what_cannot_be_seen_and_keep_their_lines() {
        assert_eq!(clean_message(" Hello,\r\n\u{202E}you\u{200B}\u{0007}!\n "), "Hello,\nyou!");
    }

    #[test]
    fn targets_are_written_and_read_alike() {
        let group = Target::Group(GroupId(Uuid::from_u128(7)));
        assert_eq!(group.to_string().parse(), Ok(group));
        for bad in ["", "group:", "group:x", "role:00000000-0000-0000-0000-000000000007"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_comes_to_the_first_in_precedence() {
        let of = |list: &[Outcome]| Outcome::of_all(list.iter().copied());
        assert_eq!(of(&[Outcome::Refused, Outcome::Already, Outcome::Added]), Some(Outcome::Added));
        assert_eq!(of(&[Outcome::Pending, Outcome::Invited]), Some(Outcome::Invited));
        assert_eq!(of(&[Outcome::Refused]), Some(Outcome::Refused));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn only_a_pending_invitation_runs_out() {
        assert!(has_expired(InvitationState::Pending, Timestamp(5), Timestamp(5)));
        assert!(!has_expired(InvitationState::Pending, Timestamp(6), Timestamp(5)));
        assert!(!has_expired(InvitationState::Accepted, Timestamp(5), Timestamp(9)));
    }
}
