//! Views of inviting, redeeming and confirming.

use super::Counted;
use super::Icon;
use super::NoCode;
use crate::domain::{
    app::LaunchUrl,
    form::FormState,
    ids::{AppId, AppRoleId, GroupId, InvitationId, InvitationTargetId, JoinRequestId, UndoId, UserId},
    invitation::{Outcome, Target, TargetState},
    language::Language,
    policy::Reason,
    steering::{Act, Standing},
    tending::{GuestRules, JoinPolicy},
};
use serde::{Deserialize, Serialize};

/// The page for inviting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invite {
    /// What the inviter may invite to, with what is ticked.
    pub choices: Vec<Choice>,
    /// Whether the inviter may invite to the directory, without a target.
    pub directory: bool,
    /// The target that the page was opened for, if one.
    pub to: Option<Target>,
    /// Its name.
    pub to_name: Option<String>,
    /// For how many days a link is good unless said otherwise.
    pub link_days: u32,
    /// Today, `YYYY-MM-DD`: the earliest end date.
    pub today: String,
    /// The invitation that this one takes the place of, and its address.
    pub again: Option<(InvitationId, String)>,
    /// What was typed, and what was wrong.
    pub form: Option<FormState>,
    /// What will happen, once it was asked for.
    pub preview: Option<Preview>,
}

/// A target to tick.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Choice {
    /// The target.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// Whether it is ticked.
    pub ticked: bool,
    /// Whether guests may be invited to it at all.
    pub guests_allowed: bool,
}

/// What will happen, and the mail as it will look.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Preview {
    /// For each address.
    pub lines: Vec<AnswerLine>,
    /// How many invitations go out.
    pub mails: usize,
    /// How many addresses of a long list were not looked at.
    pub more: usize,
    /// When the link ends, written out.
    pub link_until: String,
    /// The mail to the first of them.
    pub letter: Option<Letter>,
    /// Apps of the groups that guests will not get through them.
    pub shut: Vec<String>,
}

/// The mail's main parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Its heading.
    pub title: String,
    /// The inviter's words.
    pub message: String,
    /// What its button says.
    pub button: String,
}

/// What inviting an address comes to, or came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerLine {
    /// What stood in the list.
    pub raw: String,
    /// For the address.
    pub outcome: Outcome,
    /// Why not.
    pub reason: Option<Reason>,
    /// Who was before.
    pub by: Option<String>,
    /// The address, if its domain mixes scripts and so may look like another.
    pub looks_like: Option<String>,
    /// No mail goes out: the address wants none.
    pub blocked: bool,
    /// Where the guest can be sent by hand, if no mail goes out.
    pub link: Option<String>,
    /// For each target.
    pub targets: Vec<TargetLine>,
}

/// What it comes to for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetLine {
    /// Its name.
    pub name: String,
    /// What it comes to.
    pub outcome: Outcome,
    /// Why not.
    pub reason: Option<Reason>,
    /// Who was before.
    pub by: Option<String>,
    /// An end was asked for, and the one that it has stays.
    pub end_stays: bool,
    /// Until when access will be, written out.
    pub until: Option<String>,
}

/// What is shown before the proof.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Doorstep {
    /// Who invites: the organisation.
    pub organisation: String,
    /// Who invites: the person.
    pub inviter: String,
    /// The invited address, masked.
    pub masked: String,
    /// Last day of the link, written out.
    pub until: String,
}

/// Where a browser is in redeeming.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Redeem {
    /// The address has to be proved.
    Prove(Doorstep, Proving, Option<crate::domain::error::AppError>),
    /// It is proved.
    Accept(Welcome),
    /// It is proved, and there is no coming in with it.
    Refused(Refusal),
    /// There is nothing to redeem here, or one is in already.
    Elsewhere,
}

/// How far the proof of an address by a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proving {
    /// Nothing was asked for yet.
    Begins,
    /// A code is on its way.
    Code,
    /// No more codes are sent.
    Spent(NoCode),
}

/// Why somebody who has proved an address cannot come in with it, and whom to ask.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub error: crate::domain::error::AppError,
    /// Who answers for them.
    pub ask: Vec<String>,
    /// Where questions go otherwise.
    pub contact: String,
    /// Whether the address takes no invitations.
    pub blocked: bool,
}

/// What a guest who has proved the address is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Welcome {
    /// Name, to be changed.
    pub name: String,
    /// Company, to be changed.
    pub company: String,
    /// The proved address.
    pub email: String,
    /// Language, to be changed.
    pub language: Language,
    /// What is given.
    pub offers: Vec<Offer>,
    /// What has to be agreed to.
    pub statements: Vec<Statement>,
    /// Whether accepting may lead to another site.
    pub leads_elsewhere: bool,
    /// Whether the address takes no further invitations.
    pub blocked: bool,
    /// What was typed, and what was wrong.
    pub form: Option<FormState>,
}

/// Something that is given on accepting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The target.
    pub id: InvitationTargetId,
    /// Its name.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// Whether it is a group.
    pub is_group: bool,
    /// Its icon.
    pub icon: Icon,
    /// Who gives it.
    pub inviter: String,
    /// Until when, written out.
    pub until: Option<String>,
}

/// A version of the privacy statement or the terms.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Statement {
    /// `privacy` or `terms`.
    pub kind: String,
    /// Which version.
    pub version: i64,
    /// Where it can be read.
    pub url: LaunchUrl,
}

/// What an owner is asked to confirm.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Confirmation {
    /// What waits.
    pub id: InvitationTargetId,
    /// The guest's name.
    pub guest: String,
    /// The guest's proved address.
    pub email: String,
    /// What for.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// Who had invited.
    pub inviter: String,
    /// Why it waits.
    pub reason: Reason,
    /// Until when access would be, written out.
    pub until: Option<String>,
    /// What was wrong with the last answer.
    pub form: Option<FormState>,
}

/// The list of groups.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Groups {
    /// Those that the person owns.
    pub owned: Vec<GroupLine>,
    /// Those that the person is in.
    pub joined: Vec<GroupLine>,
    /// Those that the person may join.
    pub joinable: Vec<GroupLine>,
    /// Where these go on.
    pub more: Option<GroupId>,
    /// Whether the person may make groups.
    pub may_create: bool,
}

/// A group in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupLine {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many ask to be let in; for owners.
    pub requests: i64,
    /// Whether the person has asked to be let in.
    pub asked: bool,
}

/// A group's page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupPage {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who owns it.
    pub owners: Vec<String>,
    /// The apps that come with it.
    pub apps: Vec<String>,
    /// What only owners see.
    pub owned: Option<Tended>,
    /// Who wants to be in it; for owners.
    pub requests: Vec<RequestLine>,
    /// How one may come in, for those who are not.
    pub joining: Option<Joining>,
    /// One's own membership, to be given up.
    pub own: Option<UserId>,
}

/// What whoever looks after a group or app sees of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tended {
    /// The group or app.
    pub target: Target,
    /// Whether the one who looks may change it.
    pub tends: bool,
    /// The guest switch.
    pub guests_allowed: bool,
    /// Apps that guests do not get through this group, although members do.
    pub shut: Vec<String>,
    /// Groups whose people have this app too.
    pub through: Vec<String>,
    /// The roles that this app knows.
    pub roles: Vec<AppRoleLine>,
    /// Who was searched for.
    pub query: String,
    /// Guests, by name.
    pub guests: People,
    /// Members, by name.
    pub members: People,
    /// What the last sending came to.
    pub sent: Option<Vec<AnswerLine>>,
}

/// A page of people.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct People {
    /// By name.
    pub lines: Vec<AccessLine>,
    /// Where the list goes on.
    pub more: Option<UserId>,
}

/// Somebody's access to something, however it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessLine {
    /// Whose.
    pub user: UserId,
    /// To what.
    pub target: Target,
    /// The person's name, or on the person's own page what it is to.
    pub name: String,
    /// The person's address; empty on the person's own page.
    pub email: String,
    /// How it stands.
    pub standing: Standing,
    /// How the mail stands, in words, with the server's.
    pub mail: Option<String>,
    /// Who answers for the person.
    pub sponsor: Option<String>,
    /// Who gave it.
    pub by: Option<String>,
    /// Until when, written out.
    pub until: Option<String>,
    /// Until when, as forms have it.
    pub until_day: String,
    /// The invitation that it came from, while that waits.
    pub invitation: Option<InvitationId>,
    /// What waits for an owner's word.
    pub waiting: Option<InvitationTargetId>,
    /// Their role in the app.
    pub role: Option<AppRoleId>,
    /// What the asking person may do about it now.
    pub acts: Vec<Act>,
}

/// Guests that somebody answers for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MyGuests {
    /// By name.
    pub guests: Vec<MyGuest>,
    /// Where the list goes on.
    pub more: Option<UserId>,
    /// Who was searched for.
    pub query: String,
}

/// A guest that somebody answers for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MyGuest {
    /// The guest.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What they have directly.
    pub access: Vec<AccessLine>,
}

/// An owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OwnerLine {
    /// Who.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// The page on which owners change a group, or on which one is made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupSettings {
    /// The group; none while it is being made.
    pub id: Option<GroupId>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How one gets in.
    pub join_policy: JoinPolicy,
    /// How guests have it.
    pub rules: GuestRules,
    /// Who owns it.
    pub owners: Vec<OwnerLine>,
    /// Grows with each change.
    pub version: i64,
    /// What was typed, and what was wrong.
    pub form: Option<FormState>,
}

/// A group that has access to an app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupAccessLine {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Whether its guests get in although the app's guest switch is off.
    pub for_guests: bool,
    /// Its role in the app.
    pub role: Option<AppRoleId>,
}

/// A role that an app knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppRoleLine {
    /// The role.
    pub id: AppRoleId,
    /// What people call it.
    pub name: String,
    /// What the app calls it.
    pub value: String,
}

/// The page on which owners change an app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppSettings {
    /// The app.
    pub id: AppId,
    /// Where it is launched, for those who may change that and the name.
    pub launch_url: Option<String>,
    /// Its name.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// How to use it.
    pub instructions: String,
    /// Its category.
    pub category: String,
    /// How guests have it.
    pub rules: GuestRules,
    /// Who owns it.
    pub owners: Vec<OwnerLine>,
    /// Groups that have access to it.
    pub groups: Vec<GroupAccessLine>,
    /// The roles that it knows, and how many people and groups have each.
    pub roles: Vec<(AppRoleLine, Counted)>,
    /// How often it was opened in the last 30 days.
    pub launches: i64,
    /// By how many people.
    pub people: i64,
    /// Grows with each change.
    pub version: i64,
    /// What was typed, and what was wrong.
    pub form: Option<FormState>,
}

/// How somebody may come into a group that they are not in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Joining {
    /// By a button, or by asking.
    pub policy: JoinPolicy,
    /// When they asked, written out.
    pub asked: Option<String>,
}

/// Somebody who wants to be in a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestLine {
    /// The wish.
    pub id: JoinRequestId,
    /// Who.
    pub name: String,
    /// The address.
    pub email: String,
    /// What they say.
    pub word: String,
    /// Since when, written out.
    pub at: String,
}

/// A guest's page, for those who answer for them or own what they have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GuestPage {
    /// The guest, and what they have as far as the person may see it.
    pub guest: MyGuest,
    /// Their company.
    pub company: String,
    /// When they signed in last, written out.
    pub last_seen: Option<String>,
    /// What they can open now, for those who answer for them.
    pub opens: Option<Vec<String>>,
    /// Who answers for them.
    pub sponsors: Vec<String>,
    /// Whether the person is one of these.
    pub mine: bool,
    /// Whether the person may become one.
    pub may_take: bool,
    /// What was typed, and what was wrong.
    pub form: Option<FormState>,
}

/// The page on which access is given longer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prolonging {
    /// Whose.
    pub user: UserId,
    /// To what.
    pub target: Target,
    /// The guest's name.
    pub guest: String,
    /// What it is called.
    pub name: String,
    /// When it ends or ended, written out.
    pub until: Option<String>,
    /// The same as forms have it.
    pub until_day: String,
    /// When it would end, written out.
    pub longer: Option<String>,
}

/// Which invitations are asked for. All texts come from the page's address; unknown ones find nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// What is searched for.
    pub query: String,
    /// `pending`, `expired`, `accepted`, `declined`, `revoked`, or empty.
    pub state: String,
    /// `failed`, `waiting`, `sent`, `none`, or empty.
    pub mail: String,
    /// For this group or app only.
    pub target: Option<String>,
}

impl Filter {
    /// Whether anything is left out.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }
}

/// The invitations that one has sent or answers for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentList {
    /// The newest first.
    pub lines: Vec<SentLine>,
    /// Where the list goes on.
    pub more: Option<InvitationId>,
    /// What was asked for.
    pub filter: Filter,
    /// What one owns, to filter by.
    pub choices: Vec<(Target, String)>,
}

/// An invitation in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentLine {
    /// The invitation.
    pub id: InvitationId,
    /// To whom.
    pub name: String,
    /// To which address.
    pub email: String,
    /// To what.
    pub targets: Vec<String>,
    /// How it stands.
    pub standing: Standing,
    /// How the mail stands, in words, with the server's.
    pub mail: Option<String>,
    /// When it was made, written out.
    pub at: String,
    /// Who sent it, if it was somebody else.
    pub by: Option<(UserId, String)>,
    /// Whether it waits for an answer.
    pub open: bool,
    /// Whether the guest has asked for a new link.
    pub asked: bool,
}

/// An invitation's own page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Story {
    /// The invitation.
    pub id: InvitationId,
    /// The guest.
    pub guest: UserId,
    /// The guest's name.
    pub name: String,
    /// The guest's address.
    pub email: String,
    /// How it stands.
    pub standing: Standing,
    /// How the mail stands, in words, with the server's.
    pub mail: Option<String>,
    /// Whether the mail will never arrive.
    pub mail_failed: bool,
    /// Whether the address takes no mail of ours.
    pub blocked: bool,
    /// Who sent it, if it was somebody else.
    pub inviter: Option<(UserId, String)>,
    /// When it was made, written out.
    pub at: String,
    /// When it was mailed last, written out, if that was later.
    pub again: Option<String>,
    /// Whether the guest has asked for a new link.
    pub asked: bool,
    /// Last day of the link, written out.
    pub link_until: String,
    /// The inviter's words.
    pub message: String,
    /// What the guest said on declining.
    pub word: String,
    /// What it is for.
    pub targets: Vec<StoryTarget>,
    /// What the person may do about it now.
    pub acts: Vec<Act>,
    /// The link without its secret, to hand over.
    pub link: Option<String>,
    /// For how many days a link is good unless said otherwise.
    pub link_days: u32,
    /// The mail as it was sent.
    pub letter: Option<SentLetter>,
    /// What it can be for, with what it is for ticked.
    pub choices: Vec<Choice>,
}

/// What an invitation is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoryTarget {
    /// The group or app.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: TargetState,
    /// Why it was refused.
    pub reason: Option<Reason>,
    /// Until when, written out.
    pub until: Option<String>,
    /// Where to answer, if it waits for the one who looks.
    pub waiting: Option<InvitationTargetId>,
}

/// A mail as it was sent, its secret blanked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentLetter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// When, written out.
    pub at: String,
}

/// Something that the person did and can still undo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Undoable {
    /// How.
    pub id: UndoId,
    /// What it was, in a sentence.
    pub text: String,
}

/// What the last act came to: said once, on the page that follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What happened, in a sentence.
    pub text: String,
    /// What did not, a line each.
    pub failed: Vec<String>,
    /// How to take it back.
    pub undo: Vec<UndoId>,
}

impl Done {
    /// It went well.
    pub fn said(text: impl Into<String>) -> Self {
        Self { text: text.into(), failed: Vec::new(), undo: Vec::new() }
    }

    /// It went well, and can be taken back.
    pub fn undoable(text: impl Into<String>, undo: UndoId) -> Self {
        Self { undo: vec![undo], ..Self::said(text) }
    }

    /// It did not, for this reason.
    pub fn refused(why: String) -> Self {
        Self { failed: vec![why], ..Self::said("") }
    }
}
