//! What the portal's pages show.

use super::{AccessLine, AnswerLine, Preview, SentLine, Session};
use crate::domain::{
    form::FormState,
    ids::{AppId, InvitationId, UserId},
    invitation::Target,
    language::Language,
    paths,
    policy::Reason,
    roles::Power,
    user::{Role, UserStanding, UserType},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many there are, beside the entries of the portal's navigation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeskCounts {
    /// Guests who are not deleted.
    pub guests: i64,
    /// Members who are not deleted.
    pub members: i64,
    /// Those of them who have yet to accept.
    pub members_invited: i64,
    /// Groups that are not deleted.
    pub groups: i64,
    /// Apps that are not deleted.
    pub apps: i64,
    /// Invitations that wait for an answer.
    pub pending: i64,
}

/// Something that may need an administrator today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matter {
    /// Access waits for somebody's word.
    Waiting,
    /// Mails of invitations could not be delivered.
    MailFailed,
    /// Mails that were due and have not left.
    Unsent,
    /// Guests for whom nobody answers.
    Unsponsored,
    /// Access ends within two weeks.
    Ending,
    /// Links of invitations run out within a week.
    RunningOut,
    /// Guests who have not signed in for 90 days.
    Inactive,
}

/// A number that is far from what is usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Unusual {
    /// Invitations today, against the daily mean of the four weeks before.
    Invitations {
        /// Today.
        today: i64,
        /// Usually.
        usual: i64,
    },
    /// Failed sign-ins today, against the same.
    FailedSignIns {
        /// Today.
        today: i64,
        /// Usually.
        usual: i64,
    },
}

/// The portal's first page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeskStart {
    /// What may need somebody, with how many; none that are nothing.
    pub matters: Vec<(Matter, Counted)>,
    /// What is unusual.
    pub unusual: Vec<Unusual>,
    /// Whether invitations are off for everybody.
    pub paused: bool,
    /// Whether nobody was ever invited.
    pub fresh: bool,
}

/// What a list of people is narrowed down to, as its address says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleFilter {
    /// Whether members are listed, not guests.
    pub members: bool,
    /// Beginnings of words of name, address, domain or company.
    pub query: String,
    /// A standing's name, `unsponsored`, `never`, `inactive`, `ending`, or empty.
    pub only: String,
    /// `name`, `created` or `seen`; empty is `name`, or the word that a search finds them by.
    pub order: String,
    /// For whom this person answers.
    pub sponsor: Option<UserId>,
    /// Whose address is of this domain.
    pub domain: String,
}

impl PeopleFilter {
    /// The list's path.
    pub fn path(&self) -> &'static str {
        if self.members { paths::ADMIN_MEMBERS } else { paths::ADMIN_GUESTS }
    }

    /// The address of the list.
    pub fn href(&self, after: Option<UserId>) -> String {
        let sponsor = self.sponsor.map(|id| id.to_string()).unwrap_or_default();
        let from = after.map(|id| id.to_string()).unwrap_or_default();
        paths::with_query(
            self.path(),
            &[
                ("q", &self.query),
                ("only", &self.only),
                ("order", &self.order),
                ("sponsor", &sponsor),
                ("domain", &self.domain),
                ("from", &from),
            ],
        )
    }
}

/// A person in the portal's lists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonLine {
    /// The person.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// Stable colour of the face, 1 to 8.
    pub colour: u8,
    /// The address, as it is shown.
    pub email: String,
    /// The company, if known.
    pub company: String,
    /// How they stand.
    pub standing: UserStanding,
    /// Who answers for them first.
    pub sponsor: Option<String>,
    /// In how many groups.
    pub groups: i64,
    /// On how many apps directly.
    pub apps: i64,
    /// The first end of access, written out.
    pub until: Option<String>,
    /// When they signed in last, written out.
    pub seen: Option<String>,
    /// Since when they are known, written out.
    pub since: String,
}

/// A page of the portal's list of people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PeopleList {
    /// What was asked for.
    pub filter: PeopleFilter,
    /// What it comes in the order of: `name`, `created` or `seen`; empty is the word that a search finds them by.
    pub by: String,
    /// Whose guests these are, where that was asked for.
    pub sponsor: Option<String>,
    /// The people.
    pub lines: Vec<PersonLine>,
    /// Behind whom the next page begins.
    pub more: Option<UserId>,
    /// How many fit, where that is kept.
    pub total: Option<i64>,
    /// Whether there are more that fit the words than are looked through.
    pub too_many: bool,
    /// How many stand how.
    pub sums: Vec<(UserStanding, i64)>,
}

/// Access that a person has, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EffectiveLine {
    /// The app.
    pub app: AppId,
    /// What it is called.
    pub name: String,
    /// The group through which, or none if directly.
    pub group: Option<String>,
    /// The app role, or none for the default access.
    pub role: Option<String>,
    /// Until when, written out; none is without end.
    pub until: Option<String>,
    /// Whether it counts at this moment.
    pub counts: bool,
    /// The rule that says so.
    pub rule: AccessRule,
}

/// Why access counts, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessRule {
    /// Given directly.
    Direct,
    /// Given through a group.
    ThroughGroup,
    /// Through a group whose guests the app lets in although its guest switch is off.
    GroupLetsGuestsIn,
    /// The person has not redeemed.
    NotRedeemed,
    /// The person is disabled or deleted.
    NotEnabled,
    /// The app's guest switch is off.
    GuestSwitchOff,
    /// What it came from waits for an answer or a word.
    Waits,
    /// It has ended, or not begun.
    Ended,
}

/// A role that somebody holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleLine {
    /// Who.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Which.
    pub role: Role,
    /// For this domain only.
    pub scope: String,
    /// Since when, written out.
    pub since: String,
    /// Until when, written out; none is for good.
    pub until: Option<String>,
    /// Who gave it.
    pub by: Option<String>,
}

/// Who holds which role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RolesPage {
    /// By role and name.
    pub lines: Vec<RoleLine>,
    /// Whether the one who looks gives roles.
    pub may_give: bool,
    /// The outcome of the last form.
    pub form: Option<FormState>,
}

/// A person's page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonPage {
    /// The person.
    pub id: UserId,
    /// Member or guest.
    pub user_type: UserType,
    /// The name.
    pub name: String,
    /// Stable colour of the face.
    pub colour: u8,
    /// The address, as it is shown.
    pub email: String,
    /// The company.
    pub company: String,
    /// The job title.
    pub job_title: String,
    /// The department.
    pub department: String,
    /// How they stand.
    pub standing: UserStanding,
    /// The three facts: whether redeemed (and when), whether enabled, deleted when.
    pub redeemed: Option<String>,
    /// Whether sign-in is allowed.
    pub enabled: bool,
    /// When they were deleted, written out.
    pub deleted: Option<String>,
    /// Until when they can be restored, written out.
    pub restorable: Option<String>,
    /// Whether their data were erased.
    pub erased: bool,
    /// Since when there is a user.
    pub created: String,
    /// When they signed in last.
    pub seen: Option<String>,
    /// The language chosen.
    pub language: Option<Language>,
    /// Who answers for them.
    pub sponsors: Vec<(UserId, String)>,
    /// Their addresses, as the form takes them.
    pub sponsor_addresses: String,
    /// For how many guests they answer.
    pub sponsored: i64,
    /// The groups and apps that they own.
    pub owns: Vec<(Target, String)>,
    /// What they have directly.
    pub access: Vec<AccessLine>,
    /// What they may open, through what, until when, by which rule.
    pub effective: Vec<EffectiveLine>,
    /// Their invitations.
    pub invitations: Vec<SentLine>,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// Their roles.
    pub roles: Vec<RoleLine>,
    /// What they may do, and why.
    pub permissions: Vec<Permission>,
    /// The statements they agreed to: which, its version, when.
    pub consents: Vec<(String, i64, String)>,
    /// The newest attempts to sign in.
    pub sign_ins: Vec<SignInLine>,
    /// The newest of the trail about them, where that may be read.
    pub trail: Option<Vec<TrailLine>>,
    /// Who may do what here.
    pub may: PersonActs,
    /// The version that forms are filled from.
    pub version: i64,
    /// The outcome of the last form.
    pub form: Option<FormState>,
}

/// Something that a person may do, and why; or may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// What.
    pub what: Permitted,
    /// Why, or why not.
    pub because: Because,
}

/// What a person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permitted {
    /// Invite to the directory; from one domain only, where that is so.
    InviteToDirectory(Option<String>),
    /// Invite to a group or app that they own.
    InviteTo(Target, String),
    /// Make groups.
    MakeGroups,
    /// What a role lets them do in the portal.
    Portal(Power),
}

/// Why somebody may do something, or may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Because {
    /// These roles say so.
    Roles(Vec<Role>),
    /// A setting of the organisation says so.
    Setting,
    /// They own it.
    Owner,
    /// They may not.
    Not(Reason),
    /// A setting of the organisation does not let them.
    NotBySetting,
}

/// An attempt to sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignInLine {
    /// When, written out.
    pub at: String,
    /// Whether it succeeded.
    pub good: bool,
    /// How, as the trail says it; empty if it failed.
    pub method: String,
}

/// What the one who looks may do with a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonActs {
    /// Change, disable, delete, restore, convert, re-address.
    pub manage: bool,
    /// End sessions, send invitations again.
    pub help: bool,
    /// Give and take roles.
    pub roles: bool,
    /// Erase for good.
    pub erase: bool,
    /// See the roles.
    pub see_roles: bool,
}

/// An event of the trail, as a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrailLine {
    /// Its number.
    pub seq: i64,
    /// When, written out.
    pub at: String,
    /// The activity, by Entra's name.
    pub activity: String,
    /// Whether it came about.
    pub good: bool,
    /// Why not, as a code.
    pub reason: String,
    /// Who did it, as the trail names them.
    pub by: String,
    /// Their id, if they are a person.
    pub by_id: Option<UserId>,
    /// From which client address.
    pub ip: String,
    /// To what: kind, id, name.
    pub targets: Vec<(String, String, String)>,
    /// What changed: name, old, new.
    pub changes: Vec<[String; 3]>,
    /// Further details: key, value.
    pub details: Vec<[String; 2]>,
    /// What it belongs to.
    pub correlation: String,
    /// Whether its personal text was erased.
    pub erased: bool,
}

/// What the trail is narrowed down to, as its address says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailFilter {
    /// Whose initiator or target has this id.
    pub about: String,
    /// Of this activity, by Entra's name.
    pub activity: String,
    /// Of this request or command.
    pub correlation: String,
    /// From this day on, as `YYYY-MM-DD`.
    pub from: String,
    /// Until this day, the day itself included.
    pub to: String,
}

impl TrailFilter {
    /// Whether nothing is narrowed down.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// An address with this filter.
    pub fn href(&self, path: &str, before: Option<i64>) -> String {
        let before = before.map(|seq| seq.to_string()).unwrap_or_default();
        paths::with_query(
            path,
            &[
                ("about", &self.about),
                ("activity", &self.activity),
                ("correlation", &self.correlation),
                ("from", &self.from),
                ("to", &self.to),
                ("before", &before),
            ],
        )
    }
}

/// A page of the trail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrailList {
    /// What was asked for.
    pub filter: TrailFilter,
    /// Whom or what it is about, as the field says it.
    pub about: String,
    /// Whether nobody and nothing is called so.
    pub unknown: bool,
    /// The events, the newest first.
    pub lines: Vec<TrailLine>,
    /// Before which number the next page begins.
    pub more: Option<i64>,
    /// The activities that there are.
    pub activities: Vec<String>,
    /// How many events there are in all.
    pub total: i64,
}

/// What the list of all invitations is narrowed down to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFilter {
    /// Beginnings of words that the guest is found by.
    pub query: String,
    /// A state's name, `expired`, `ending`, `failed`, `waiting`, or empty.
    pub state: String,
    /// Sent by this person.
    pub inviter: Option<UserId>,
    /// `oldest`, or empty for the newest first. Those that run out come by their day whatever it says.
    pub order: String,
}

impl SentFilter {
    /// Whether it comes by the day that links run out.
    pub fn is_by_link(&self) -> bool {
        ["expired", "ending"].contains(&self.state.as_str())
    }

    /// The address of the list.
    pub fn href(&self, after: Option<InvitationId>) -> String {
        let inviter = self.inviter.map(|id| id.to_string()).unwrap_or_default();
        let from = after.map(|id| id.to_string()).unwrap_or_default();
        let pairs = [
            ("q", self.query.as_str()),
            ("state", &self.state),
            ("inviter", &inviter),
            ("order", &self.order),
            ("from", &from),
        ];
        paths::with_query(paths::ADMIN_INVITATIONS, &pairs)
    }
}

/// A page of all invitations.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AllSent {
    /// What was asked for.
    pub filter: SentFilter,
    /// Whose invitations, by name.
    pub inviter: Option<String>,
    /// The invitations.
    pub lines: Vec<SentLine>,
    /// Behind which the next page begins.
    pub more: Option<InvitationId>,
    /// Whether a search finds more than it looks at.
    pub too_many: bool,
    /// How many there are in each state.
    pub sums: Vec<(String, i64)>,
}

/// The page on which administrators invite.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AdminInvite {
    /// What was typed.
    pub form: Option<FormState>,
    /// What will happen, if that was asked.
    pub preview: Option<Preview>,
    /// What the last sending came to.
    pub sent: Option<Vec<AnswerLine>>,
    /// Links to hand over, with the addresses that they are for; shown once.
    pub links: Vec<(String, String)>,
    /// For how many days a link is good.
    pub link_days: u32,
}

/// What a list of groups or apps is narrowed down to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceFilter {
    /// Whether apps are listed, not groups.
    pub apps: bool,
    /// Beginnings of words of name and description.
    pub query: String,
    /// `deleted`, or empty.
    pub only: String,
    /// `name` or `created`; empty is `name`.
    pub order: String,
}

impl PlaceFilter {
    /// The list's path.
    pub fn path(&self) -> &'static str {
        if self.apps { paths::ADMIN_APPS } else { paths::ADMIN_GROUPS }
    }

    /// The address of the list.
    pub fn href(&self, after: Option<Uuid>) -> String {
        let from = after.map(|id| id.to_string()).unwrap_or_default();
        let pairs = [("q", self.query.as_str()), ("only", &self.only), ("order", &self.order), ("from", &from)];
        paths::with_query(self.path(), &pairs)
    }
}

/// A group or app in the portal's lists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlaceLine {
    /// Which.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Its first owner.
    pub owner: Option<String>,
    /// How many people have it (directly, for an app).
    pub people: i64,
    /// The guest switch.
    pub guests_allowed: bool,
    /// Since when, written out.
    pub since: String,
    /// When it was deleted, written out.
    pub deleted: Option<String>,
}

/// A page of all groups or apps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlaceList {
    /// What was asked for.
    pub filter: PlaceFilter,
    /// The groups or apps.
    pub lines: Vec<PlaceLine>,
    /// Behind which the next page begins.
    pub more: Option<Uuid>,
    /// Whether a search finds more than it looks at.
    pub too_many: bool,
    /// How many there are.
    pub total: i64,
    /// How many are deleted.
    pub deleted: i64,
    /// Whether the one who looks may make and restore them.
    pub may_manage: bool,
}

/// Who changed a setting last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettingChange {
    /// The setting.
    pub key: String,
    /// Who, if a person.
    pub by: Option<String>,
    /// When, written out.
    pub at: String,
}

/// A version of the privacy statement or the terms.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatementLine {
    /// `privacy` or `terms`.
    pub kind: String,
    /// Its number.
    pub version: i64,
    /// Its address.
    pub url: String,
    /// Since when, written out.
    pub since: String,
    /// How many have agreed to it.
    pub accepted: Counted,
}

/// The page of the organisation's settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganisationPage {
    /// Each setting as a form holds it.
    pub values: Vec<(String, String)>,
    /// Who changed which last.
    pub changes: Vec<SettingChange>,
    /// The statements' versions.
    pub statements: Vec<StatementLine>,
    /// Whether the one who looks may change them.
    pub may_change: bool,
    /// Contrast of the colour with white.
    pub contrast: Option<f64>,
    /// Whether all inviting is paused.
    pub paused: bool,
    /// The outcome of the last form.
    pub form: Option<FormState>,
}

/// A number, exact up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// So many.
    Exactly(i64),
    /// More than so many.
    MoreThan(i64),
}

impl Counted {
    /// A count that stopped at `bound + 1`.
    pub fn up_to(bound: i64, found: i64) -> Self {
        if found > bound { Self::MoreThan(bound) } else { Self::Exactly(found) }
    }
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{}", grouped(*n)),
            Self::MoreThan(n) => write!(f, "{}+", grouped(*n)),
        }
    }
}

/// A number with thin gaps between its thousands, as both languages read it.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1\u{202F}000");
        assert_eq!(grouped(-1_234_567), "-1\u{202F}234\u{202F}567");
        assert_eq!(Counted::up_to(10_000, 10_001).to_string(), "10\u{202F}000+");
        assert_eq!(Counted::up_to(10_000, 10_000).to_string(), "10\u{202F}000");
    }
}
