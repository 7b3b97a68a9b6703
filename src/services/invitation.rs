//! Inviting: what will happen, and making it so. One transaction an address, so each invitation is there whole,
//! with its guest, its grants, its trail and its mail, or not at all.

use super::{
    Services,
    audit::{self, Event},
    calendar::{self, Calendar},
    mail::{self, Message},
    notices::{self, About},
    organisation, people, tally,
};
use crate::{
    crypto,
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::{AssignmentId, InvitationId, InvitationTargetId, MailId, UserId},
        invitation::{
            ADDRESSES_MAX, FOLLOWERS_MAX, InvitationState, LINK_DAYS_MAX, Listed, MESSAGE_MAX, Outcome, TARGETS_MAX,
            Target, TargetState, clean_message, has_expired, link_lifetime, list_addresses,
        },
        language::Language,
        mail::{MailKind, MailState},
        name::clean_name,
        notice::Notice,
        organisation::Organisation,
        paths,
        policy::{self, Decision, Facts, Inviter, Known, Place, Reason, Request, Sent},
        report::Tally,
        roles::Power,
        search,
        tending::GuestRules,
        time::{DAY, HOUR, Timestamp},
        user::{Redemption, Role, User, UserType},
        view::Choice,
    },
    identity::email_key,
    mail::transport,
    storage::{
        self, Conn,
        grants::NewGrant,
        invitations::{Invitation, OpenTarget, StoredTarget},
    },
};
use serde_json::json;
use std::collections::HashSet;

/// What tickets' hashes are bound to.
pub(super) const TICKET: &str = "ticket";

/// Mail that waits for a day leaves so long after its beginning.
const MORNING: i64 = 8 * HOUR;

/// What an inviter wants, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Addresses in any usual form.
    pub addresses: String,
    /// Targets as `group:{id}`, `app:{id}`; none for the directory.
    pub targets: Vec<String>,
    /// The inviter's own words.
    pub message: String,
    /// Language of the mail, or empty.
    pub language: String,
    /// For how many days the link is good, or empty.
    pub link_days: String,
    /// Last day of access as `YYYY-MM-DD`, or empty.
    pub access_until: String,
    /// Length of access in days, where no last day is given; or empty.
    pub access_days: String,
    /// Where the guest goes after accepting, or empty.
    pub redirect_url: String,
    /// Addresses of colleagues who are told too.
    pub followers: String,
    /// Whether no mail is sent: the ticket is handed back instead.
    pub no_mail: bool,
    /// What only administrators say.
    pub portal: PortalWish,
}

/// What administrators say beside, who invite from the portal.
#[derive(Debug, Clone, Default)]
pub struct PortalWish {
    /// The day on which the mail leaves, as `YYYY-MM-DD`; empty is at once.
    pub send_on: String,
    /// Addresses of those who shall answer for the guests, instead of the inviter.
    pub sponsors: String,
    /// The guests' company.
    pub company: String,
    /// Their job title.
    pub job_title: String,
    /// Their department.
    pub department: String,
    /// Whether they are to be members. Who is here already stays what they are.
    pub as_member: bool,
}

impl Wish {
    /// As much of it as is kept for somebody who is not signed in.
    #[must_use]
    pub fn cut(self) -> Self {
        let cut = |text: String, most| text.chars().take(most).collect();
        Self {
            addresses: cut(self.addresses, 20_000),
            targets: self.targets.into_iter().take(TARGETS_MAX).map(|target| cut(target, 64)).collect(),
            message: cut(self.message, 2 * MESSAGE_MAX),
            language: cut(self.language, 16),
            link_days: cut(self.link_days, 16),
            access_until: cut(self.access_until, 32),
            access_days: cut(self.access_days, 16),
            redirect_url: cut(self.redirect_url, 2_000),
            followers: cut(self.followers, 2_000),
            no_mail: self.no_mail,
            portal: self.portal,
        }
    }
}

/// A wish, read and checked.
#[derive(Debug, Clone)]
pub struct Draft {
    /// To whom.
    pub addresses: Vec<Listed>,
    /// To what.
    pub targets: Vec<Target>,
    /// The inviter's words, cleaned.
    pub message: String,
    /// Language of the mail.
    pub language: Option<Language>,
    /// Days that the link is good for.
    pub link_days: Option<u32>,
    /// End of access.
    pub access_until: Option<Timestamp>,
    /// Where to go after accepting.
    pub redirect_url: Option<String>,
    /// Who is told too.
    pub followers: Vec<UserId>,
    /// Whether mail is sent.
    pub mails: bool,
    /// Whether the mail server takes only ASCII before the `@`.
    pub ascii_only: bool,
    /// When the mail leaves, if not at once.
    pub send_at: Option<Timestamp>,
    /// Who answers for new guests; empty is the inviter.
    pub sponsors: Vec<User>,
    /// Company, job title and department of new guests.
    pub profile: [String; 3],
    /// What new people are to be.
    pub user_type: UserType,
}

/// What inviting one address comes to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What stood in the list.
    pub raw: String,
    /// The address in it.
    pub address: String,
    /// For the address as a whole.
    pub outcome: Outcome,
    /// Why it was refused as a whole.
    pub reason: Option<Reason>,
    /// Who invited before, where it is for the directory.
    pub by: Option<String>,
    /// The invitation, if there is one.
    pub invitation: Option<InvitationId>,
    /// The person, once known.
    pub user: Option<UserId>,
    /// The ticket, where no mail carries it.
    pub ticket: Option<String>,
    /// Whether a mail goes out.
    pub mails: bool,
    /// The address wants no mail from us: nothing is sent.
    pub blocked: bool,
    /// For each target.
    pub targets: Vec<TargetAnswer>,
}

/// What it comes to for one target.
#[derive(Debug, Clone)]
pub struct TargetAnswer {
    /// The target.
    pub target: Target,
    /// What it is called.
    pub name: String,
    /// What it comes to.
    pub outcome: Outcome,
    /// Why not, or who was before.
    pub reason: Option<Reason>,
    /// Who invited before.
    pub by: Option<String>,
    /// An end was asked for, and the one that it has stays.
    pub end_stays: bool,
    /// Until when access will be, where it is given.
    pub until: Option<Timestamp>,
}

/// Reads a wish.
///
/// # Errors
/// `Invalid`, with the field and the rule.
pub async fn read(services: &Services, actor: &Actor, wish: &Wish) -> Result<Draft, AppError> {
    let invalid = |field, rule| Err(AppError::invalid(field, rule));
    let mut addresses = list_addresses(&wish.addresses);
    if addresses.is_empty() {
        return invalid(Field::Email, Rule::Required);
    }
    if addresses.len() > ADDRESSES_MAX {
        return invalid(Field::Email, Rule::TooMany);
    }
    let mut targets = Vec::new();
    for text in &wish.targets {
        let target = text.parse().map_err(|_| AppError::invalid(Field::Target, Rule::Unknown))?;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if targets.len() > TARGETS_MAX {
        return invalid(Field::Target, Rule::TooMany);
    }
    let message = clean_message(&wish.message);
    if message.chars().count() > MESSAGE_MAX {
        return invalid(Field::Message, Rule::TooLong);
    }
    let language = match wish.language.as_str() {
        "" => None,
        tag => Some(Language::from_tag(tag).ok_or(AppError::invalid(Field::Language, Rule::Unknown))?),
    };
    let link_days = match wish.link_days.trim() {
        "" => None,
        days => match days.parse() {
            Ok(days @ 1..=LINK_DAYS_MAX) => Some(days),
            _ => return invalid(Field::LinkDays, Rule::Unknown),
        },
    };
    let redirect_url = match wish.redirect_url.trim() {
        "" => None,
        url => match url::Url::parse(url) {
            Ok(parsed) if parsed.scheme() == "https" || services.settings.is_own(&parsed) => Some(url.to_owned()),
            _ => return invalid(Field::Redirect, Rule::Malformed),
        },
    };
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let access_until = match (wish.access_until.trim(), wish.access_days.trim()) {
        ("", "") => None,
        ("", days) => match days.parse::<i64>() {
            Ok(days @ 1..=3_650) => calendar.end_of_day(services.now().plus(days * DAY)),
            _ => return invalid(Field::AccessUntil, Rule::Unknown),
        },
        (day, _) => match calendar.end_of(day) {
            Some(end) if end <= services.now() => return invalid(Field::AccessUntil, Rule::Past),
            Some(end) => Some(end),
            None => return invalid(Field::AccessUntil, Rule::Malformed),
        },
    };
    // Who is here is nothing that guests may find out.
    if actor.user_type == UserType::Member {
        for listed in addresses.iter_mut().filter(|listed| !listed.address.contains('@')) {
            find_by_name(conn, listed).await?;
        }
    }
    let listed = list_addresses(&wish.followers);
    if listed.len() > FOLLOWERS_MAX {
        return invalid(Field::Followers, Rule::TooMany);
    }
    // Who is a colleague is nothing that guests may find out.
    if actor.user_type == UserType::Guest && !listed.is_empty() {
        return invalid(Field::Followers, Rule::Unknown);
    }
    let mut followers = Vec::new();
    for listed in listed {
        let address =
            EmailAddress::parse(&listed.address).map_err(|_| AppError::invalid(Field::Followers, Rule::Malformed))?;
        match storage::users::by_email(conn, &email_key(&address)).await? {
            Some(user) if user.is_active() && user.user_type == UserType::Member => followers.push(user.id),
            _ => return invalid(Field::Followers, Rule::Unknown),
        }
    }
    let send_at = match wish.portal.send_on.trim() {
        "" => None,
        day => match calendar.start_of(day) {
            Some(start) if start > services.now().plus(366 * DAY) => return invalid(Field::SendOn, Rule::Malformed),
            // In the morning, when people read mail.
            Some(start) if start.plus(MORNING) > services.now() => Some(start.plus(MORNING)),
            Some(_) => return invalid(Field::SendOn, Rule::Past),
            None => return invalid(Field::SendOn, Rule::Malformed),
        },
    };
    let mut sponsors = Vec::new();
    for address in wish.portal.sponsors.split([',', ';', ' ', '\n', '\r']).filter(|text| !text.is_empty()) {
        sponsors.push(people::colleague(conn, address).await?);
    }
    if sponsors.len() > 5 {
        return invalid(Field::Owner, Rule::TooMany);
    }
    let profile = [&wish.portal.company, &wish.portal.job_title, &wish.portal.department].map(|text| clean_name(text));
    if !actor.may(Power::Invite)
        && (send_at.is_some() || !sponsors.is_empty() || profile.iter().any(|text| !text.is_empty()))
    {
        return Err(AppError::NotFound);
    }
    let user_type = match wish.portal.as_member {
        false => UserType::Guest,
        true if actor.may(Power::ManagePeople) => UserType::Member,
        true => return Err(AppError::NotFound),
    };
    Ok(Draft {
        user_type,
        send_at,
        sponsors,
        profile,
        targets,
        message,
        language,
        link_days,
        access_until,
        redirect_url,
        followers,
        mails: !wish.no_mail,
        ascii_only: !wish.no_mail && ascii_only(services, &addresses).await,
        addresses,
    })
}

/// Puts the address of the only person of this name in its place.
async fn find_by_name(conn: &mut Conn<'_>, listed: &mut Listed) -> Result<(), AppError> {
    let name = listed.raw.to_lowercase();
    let words: Vec<String> = search::words(&name).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Ok(()) };
    let mut found = storage::users::with_words(conn, first, last).await?;
    found.retain(|(other, _)| other.to_lowercase() == name);
    match found.as_slice() {
        [] => {}
        [(_, email)] => listed.address.clone_from(email),
        _ => listed.several = true,
    }
    Ok(())
}

/// Asks the mail server, where an address makes it matter. What cannot be asked now is left to the sending.
async fn ascii_only(services: &Services, addresses: &[Listed]) -> bool {
    match &services.settings.smtp_url {
        Some(url) if !addresses.iter().all(has_ascii_local) => transport::takes_utf8(url).await == Some(false),
        _ => false,
    }
}

fn not_an_address(listed: &Listed) -> Reason {
    if listed.several { Reason::SeveralPeople } else { Reason::NotAnAddress }
}

fn has_ascii_local(listed: &Listed) -> bool {
    listed.address.rsplit_once('@').is_none_or(|(local, _)| local.is_ascii())
}

/// Who somebody is as an inviter, at this moment.
pub(super) async fn inviter(services: &Services, conn: &mut Conn<'_>, id: UserId) -> Result<(User, Inviter), AppError> {
    let (user, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    let only_domain = match roles.contains(&Role::GuestInviter) {
        true => storage::roles::scope_of(conn, id, Role::GuestInviter).await?,
        false => None,
    };
    let inviter = Inviter { active: user.is_active(), user_type: user.user_type, roles, only_domain };
    Ok((user, inviter))
}

/// What a target is to an inviter; one that does not exist is gone.
pub(super) async fn place(conn: &mut Conn<'_>, target: Target, inviter: UserId) -> Result<(Place, String), AppError> {
    Ok(match storage::invitations::place(conn, target, inviter).await? {
        Some(row) => (Place { gone: row.deleted, guests_allowed: row.rules.allowed, owned: row.owned }, row.name),
        None => (Place { gone: true, guests_allowed: false, owned: false }, String::new()),
    })
}

pub(super) fn known(user: &User) -> Known {
    Known {
        user_type: user.user_type,
        redemption: user.redemption,
        enabled: user.enabled,
        deleted: user.deleted_at.is_some(),
    }
}

/// What is to be done about one target.
enum Step {
    /// A new target for somebody who has not redeemed; the open one of an expired invitation gives way.
    Invite(Option<OpenTarget>),
    /// Access at once; an open one that waits is settled by it.
    Add(Option<OpenTarget>),
    /// Waits already; the same inviter may give it longer.
    Wait { own: bool, expired: bool, by: String, longer: bool },
    /// Nothing: it is there.
    Nothing,
    /// No.
    Refuse(Reason),
}

/// What is to be done about one address and one target.
struct Planned {
    target: Target,
    name: String,
    step: Step,
    /// Until when: the wish, within what the target's owners allow guests.
    until: Option<Timestamp>,
}

/// What is to be done about one address.
struct Plan {
    address: EmailAddress,
    key: EmailKey,
    name: String,
    user: Option<User>,
    /// The same inviter's pending invitation.
    own: Option<Invitation>,
    blocked: bool,
    /// Whether mail is wanted and the address takes it.
    mails: bool,
    /// Whether an end of access was asked for.
    has_end: bool,
    steps: Vec<Planned>,
    /// Where there is no target: the directory.
    directory: Option<Step>,
}

impl Plan {
    fn has_redeemed(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.is_active())
    }

    fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().map(|one| &one.step).chain(&self.directory)
    }

    /// Whether a ticket has to go out.
    fn invites(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Invite(_) | Step::Wait { own: true, expired: true, .. }))
    }

    /// What waits from now on.
    fn invited_to(&self) -> Vec<Target> {
        self.steps.iter().filter(|one| matches!(one.step, Step::Invite(_))).map(|one| one.target).collect()
    }

    /// Whether something that waits will last longer.
    fn extends(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Wait { longer: true, .. }))
    }

    fn adds(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Add(_)))
    }

    fn outcome_of(&self, step: &Step) -> (Outcome, Option<Reason>, Option<String>) {
        match step {
            Step::Invite(_) if self.own.is_some() => (Outcome::Pending, None, None),
            Step::Invite(_) => (Outcome::Invited, None, None),
            Step::Add(_) => (Outcome::Added, None, None),
            Step::Wait { own: false, by, .. } => (Outcome::Pending, Some(Reason::PendingByAnother), Some(by.clone())),
            Step::Wait { own: true, expired: false, .. } => (Outcome::Pending, Some(Reason::PendingAlready), None),
            Step::Wait { .. } => (Outcome::Pending, None, None),
            Step::Nothing => (Outcome::Already, None, None),
            Step::Refuse(reason) => (Outcome::Refused, Some(*reason), None),
        }
    }

    fn answer(&self, raw: &str) -> Answer {
        let targets: Vec<TargetAnswer> = self
            .steps
            .iter()
            .map(|one| {
                let (outcome, reason, by) = self.outcome_of(&one.step);
                let stays = matches!(one.step, Step::Nothing | Step::Wait { longer: false, .. });
                TargetAnswer {
                    target: one.target,
                    name: one.name.clone(),
                    outcome,
                    reason,
                    by,
                    end_stays: self.has_end && stays,
                    until: one.until.filter(|_| matches!(one.step, Step::Invite(_) | Step::Add(_))),
                }
            })
            .collect();
        let whole = self.directory.as_ref().map(|step| self.outcome_of(step));
        let outcome = Outcome::of_all(targets.iter().map(|one| one.outcome).chain(whole.iter().map(|one| one.0)));
        let by = whole.as_ref().and_then(|(_, _, by)| by.clone());
        let reason = match &whole {
            Some((_, reason, _)) => *reason,
            None if outcome == Some(Outcome::Refused) => targets.first().and_then(|one| one.reason),
            None => None,
        };
        Answer {
            raw: raw.to_owned(),
            address: self.address.as_str().to_owned(),
            outcome: outcome.unwrap_or(Outcome::Refused),
            reason,
            by,
            invitation: self.own.as_ref().map(|own| own.id),
            user: self.user.as_ref().map(|user| user.id),
            ticket: None,
            mails: self.mails && (self.invites() || self.adds()),
            blocked: self.blocked,
            targets,
        }
    }
}

fn refused(raw: &str, reason: Reason) -> Answer {
    Answer {
        raw: raw.to_owned(),
        address: String::new(),
        outcome: Outcome::Refused,
        reason: Some(reason),
        by: None,
        invitation: None,
        user: None,
        ticket: None,
        mails: false,
        blocked: false,
        targets: Vec::new(),
    }
}

/// The scopes that a mail is counted in.
fn scopes(inviter: UserId, key: &EmailKey) -> [String; 3] {
    [format!("inviter:{inviter}"), format!("address:{}", key.0), "all".to_owned()]
}

/// The mails that were sent today, as the caps count them.
pub(super) async fn sent_today(
    services: &Services,
    conn: &mut Conn<'_>,
    inviter: UserId,
    key: &EmailKey,
) -> Result<Sent, AppError> {
    let names = scopes(inviter, key);
    let day = services.now().0.div_euclid(DAY);
    let [by_inviter, to_address, by_organisation] =
        storage::invitations::mails_on(conn, day, [&names[0], &names[1], &names[2]]).await?;
    Ok(Sent { by_inviter, to_address, by_organisation })
}

/// What one may invite to, of what one owns.
pub(super) async fn choices_of(conn: &mut Conn<'_>, actor: &Actor) -> Result<Vec<Choice>, AppError> {
    let owned = storage::invitations::owned_by(conn, actor.id).await?;
    let choice = |(target, name, guests_allowed)| Choice { target, name, ticked: false, guests_allowed };
    Ok(owned.into_iter().map(choice).collect())
}

/// Loads the facts about one address and decides what is to be done: the same for a preview and for inviting.
async fn plan(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    (inviter_id, inviter): (UserId, &Inviter),
    draft: &Draft,
    places: &[Spot],
    listed: &Listed,
) -> Result<Option<Plan>, AppError> {
    let Ok(address) = EmailAddress::parse(&listed.address) else { return Ok(None) };
    let now = services.now();
    let key = email_key(&address);
    let user = storage::users::by_email(conn, &key).await?;
    let blocked = storage::invitations::is_blocked(conn, &key).await?;
    let sent = sent_today(services, conn, inviter_id, &key).await?;
    // A deleted guest begins anew: nothing of what was open counts.
    let present = user.as_ref().filter(|user| user.deleted_at.is_none());
    let (mut own, mut others) = (None, None);
    if let Some(user) = present.filter(|user| user.redemption == Redemption::PendingAcceptance) {
        for invitation in storage::invitations::pending_of(conn, user.id).await? {
            if invitation.inviter_id == inviter_id {
                own = Some(invitation);
            } else if !has_expired(invitation.state, invitation.link_until, now) {
                others = Some(invitation);
            }
        }
    }
    // Somebody new is judged as who they are to be.
    let known = user.as_ref().map(known).or((draft.user_type == UserType::Member).then_some(Known {
        user_type: UserType::Member,
        redemption: Redemption::PendingAcceptance,
        enabled: true,
        deleted: false,
    }));
    let base = Facts { organisation, inviter, place: None, domain: key.domain(), known, sent };
    let may = |facts: &Facts<'_>, mails| {
        let verdict = policy::decide(facts, Request::Invite { mails });
        (verdict.outcome != Decision::Allow).then(|| verdict.reasons[0])
    };
    let mails = draft.mails && !blocked;
    let calendar = Calendar::new(organisation, Language::En);
    let mut steps = Vec::new();
    for spot in places {
        let Spot { target, place, ref name, rules, guests } = *spot;
        let facts = Facts { place: Some(place), ..base.clone() };
        // To a guest who invites, a member's address is answered as any other.
        let is_guest =
            inviter.user_type == UserType::Guest || known.is_none_or(|known| known.user_type == UserType::Guest);
        let end = if is_guest { rules.end(draft.access_until, now) } else { Ok(draft.access_until) };
        let until = end.ok().flatten().and_then(|end| calendar.end_of_day(end));
        let step = match (may(&facts, false), end) {
            (Some(reason), _) => Step::Refuse(reason),
            (None, Err(_)) => Step::Refuse(Reason::TooLong),
            (None, Ok(_)) => step(services, conn, inviter_id, until, present, target).await?,
        };
        // Who has it already takes no further place.
        let step = match &step {
            Step::Invite(None) | Step::Add(None) if is_guest && rules.most.is_some_and(|most| guests >= most) => {
                match present {
                    Some(user) if storage::grants::of(conn, user.id, target).await?.is_some() => step,
                    _ => Step::Refuse(Reason::Full),
                }
            }
            _ => step,
        };
        let sends = matches!(step, Step::Invite(_) | Step::Add(_) | Step::Wait { own: true, expired: true, .. });
        let step = match may(&facts, mails).filter(|_| sends) {
            Some(reason) => Step::Refuse(reason),
            None => step,
        };
        steps.push(Planned { target, name: name.clone(), step, until });
    }
    let before = match &others {
        Some(other) => storage::users::by_id(conn, other.inviter_id).await?.map(|user| user.name).unwrap_or_default(),
        None => String::new(),
    };
    let directory = draft.targets.is_empty().then(|| match may(&base, mails) {
        Some(reason) => Step::Refuse(reason),
        None if present.is_some_and(User::is_active) => Step::Nothing,
        None => match (&own, &others) {
            (Some(own), _) => {
                let expired = has_expired(own.state, own.link_until, now);
                Step::Wait { own: true, expired, by: String::new(), longer: false }
            }
            (None, Some(_)) => Step::Wait { own: false, expired: false, by: before, longer: false },
            (None, None) => Step::Invite(None),
        },
    });
    let name = clean_name(&listed.name);
    let has_end = draft.access_until.is_some();
    Ok(Some(Plan { address, key, name, user, own, blocked, mails, has_end, steps, directory }))
}

async fn step(
    services: &Services,
    conn: &mut Conn<'_>,
    inviter: UserId,
    until: Option<Timestamp>,
    user: Option<&User>,
    target: Target,
) -> Result<Step, AppError> {
    let now = services.now();
    let Some(user) = user else { return Ok(Step::Invite(None)) };
    let open = storage::invitations::open_target(conn, user.id, target).await?;
    if user.is_active() {
        let grant = storage::grants::of(conn, user.id, target).await?;
        let lasts = grant.is_some_and(|grant| match (grant.until, until) {
            (None, _) => true,
            (Some(until), Some(wanted)) => until >= wanted,
            (Some(_), None) => false,
        });
        return Ok(if lasts && open.is_none() { Step::Nothing } else { Step::Add(open) });
    }
    Ok(match open {
        None => Step::Invite(None),
        Some(open) => {
            let (own, expired) = (open.inviter_id == inviter, has_expired(open.state, open.link_until, now));
            if !own && expired {
                Step::Invite(Some(open))
            } else {
                // Of two end dates the later wins; shortening is an act of its own.
                let longer = open.access_until.is_some_and(|old| until.is_none_or(|new| new > old));
                Step::Wait { own, expired, by: open.inviter_name, longer: own && longer }
            }
        }
    })
}

/// A target as an inviter meets it.
struct Spot {
    target: Target,
    place: Place,
    name: String,
    rules: GuestRules,
    /// How many guests have it, where that is bounded.
    guests: i64,
}

/// What the targets are to the inviter. Only who looks after one is told its name.
async fn spots(
    conn: &mut Conn<'_>,
    draft: &Draft,
    (inviter_id, inviter): (UserId, &Inviter),
) -> Result<Vec<Spot>, AppError> {
    let is_admin = inviter.roles.iter().any(|role| role.administers_people());
    let mut spots = Vec::new();
    for target in &draft.targets {
        let row = storage::invitations::place(conn, *target, inviter_id).await?;
        let rules = row.as_ref().map(|row| row.rules).unwrap_or_default();
        let guests = match rules.most {
            Some(_) => storage::tending::guests_in(conn, *target).await?,
            None => 0,
        };
        let (place, name) = place(conn, *target, inviter_id).await?;
        let name = if place.owned || is_admin { name } else { String::new() };
        spots.push(Spot { target: *target, place, name, rules, guests });
    }
    Ok(spots)
}

/// The end that a guest's access gets who is added to something, and whether there is room: as its owners decided.
pub(super) async fn room_for(
    services: &Services,
    conn: &mut Conn<'_>,
    calendar: &Calendar,
    target: Target,
    wanted: Option<Timestamp>,
) -> Result<Result<Option<Timestamp>, Reason>, AppError> {
    let Some(row) = storage::invitations::place(conn, target, UserId(uuid::Uuid::nil())).await? else {
        return Ok(Err(Reason::TargetGone));
    };
    let rules = row.rules;
    let guests = storage::tending::guests_in(conn, target).await?;
    if rules.most.is_some_and(|most| guests >= most) {
        return Ok(Err(Reason::Full));
    }
    Ok(match rules.end(wanted, services.now()) {
        Ok(end) => Ok(end.and_then(|end| calendar.end_of_day(end))),
        Err(_) => Err(Reason::TooLong),
    })
}

/// What will happen if this is sent, for each address of the list. Reads only.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn preview(services: &Services, actor: &Actor, draft: &Draft) -> Result<Vec<Answer>, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let (_, inviter) = inviter(services, conn, actor.id).await?;
    let spots = spots(conn, draft, (actor.id, &inviter)).await?;
    let mut answers = Vec::new();
    let mut seen = HashSet::new();
    for listed in &draft.addresses {
        let answer = match plan(services, conn, &organisation, (actor.id, &inviter), draft, &spots, listed).await? {
            None => refused(&listed.raw, not_an_address(listed)),
            Some(_) if draft.ascii_only && !has_ascii_local(listed) => refused(&listed.raw, Reason::NotDeliverable),
            Some(plan) if !seen.insert(plan.key.clone()) => refused(&listed.raw, Reason::Repeated),
            Some(plan) => plan.answer(&listed.raw),
        };
        answers.push(answer);
    }
    discreet(actor, &mut answers);
    Ok(answers)
}

/// Invites: one transaction an address.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says, if not even the first could be stored. A later fault is
/// an answer: what was invited before it stays invited.
pub async fn invite(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    draft: &Draft,
) -> Result<Vec<Answer>, AppError> {
    let mut answers = Vec::new();
    let mut seen = HashSet::new();
    let mut failed = None;
    for listed in &draft.addresses {
        let one = match &failed {
            None => invite_one(services, actor, origin, draft, listed, &mut seen).await,
            Some(_) => Ok(refused(&listed.raw, Reason::NotSaved)),
        };
        answers.push(one.unwrap_or_else(|error| {
            failed = Some(error);
            refused(&listed.raw, Reason::NotSaved)
        }));
    }
    // What was invited before the fault stays, and is answered.
    if let Some(error) = failed.filter(|_| answers.iter().all(|answer| answer.reason == Some(Reason::NotSaved))) {
        return Err(error);
    }
    services.mail_waits.notify_one();
    discreet(actor, &mut answers);
    Ok(answers)
}

async fn invite_one(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    draft: &Draft,
    listed: &Listed,
    seen: &mut HashSet<EmailKey>,
) -> Result<Answer, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let organisation = organisation::load(conn).await?;
    let (user, inviter) = inviter(services, conn, actor.id).await?;
    let spots = spots(conn, draft, (actor.id, &inviter)).await?;
    let Some(plan) = plan(services, conn, &organisation, (actor.id, &inviter), draft, &spots, listed).await? else {
        return Ok(refused(&listed.raw, not_an_address(listed)));
    };
    if draft.ascii_only && !has_ascii_local(listed) {
        return Ok(refused(&listed.raw, Reason::NotDeliverable));
    }
    if !seen.insert(plan.key.clone()) {
        return Ok(refused(&listed.raw, Reason::Repeated));
    }
    let answer = carry_out(services, conn, &organisation, origin, &user, draft, plan, &listed.raw).await?;
    tx.commit().await?;
    Ok(answer)
}

/// A guest who invites learns of nobody whether they are known (DESIGN rule 15).
fn discreet(actor: &Actor, answers: &mut [Answer]) {
    if actor.user_type == UserType::Member {
        return;
    }
    let hide = |outcome: &mut Outcome, reason: &mut Option<Reason>| {
        if *outcome != Outcome::Refused {
            (*outcome, *reason) = (Outcome::Invited, None);
        } else if *reason == Some(Reason::Disabled) {
            *reason = None;
        }
    };
    for answer in answers {
        hide(&mut answer.outcome, &mut answer.reason);
        (answer.user, answer.blocked, answer.by) = (None, false, None);
        for target in &mut answer.targets {
            hide(&mut target.outcome, &mut target.reason);
            (target.by, target.end_stays) = (None, false);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one transaction's parts, each of another origin")]
async fn carry_out(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    mut plan: Plan,
    raw: &str,
) -> Result<Answer, AppError> {
    let mut answer = plan.answer(raw);
    extend(services, conn, origin, &plan).await?;
    if !plan.invites() && !plan.adds() {
        return Ok(answer);
    }
    let guest = match plan.user.take() {
        Some(user) if user.deleted_at.is_some() => revive(services, conn, origin, user).await?,
        Some(user) => user,
        None => create_invited(services, conn, origin, &plan, draft).await?,
    };
    answer.user = Some(guest.id);
    plan.user = Some(guest.clone());
    if plan.has_redeemed() {
        add(services, conn, origin, inviter, draft, &plan, &guest).await?;
        return Ok(answer);
    }
    let (invitation, ticket) =
        open_invitation(services, conn, organisation, origin, inviter, draft, &plan, &guest).await?;
    for Planned { target, name, step, until } in &plan.steps {
        if let Step::Invite(superseded) = step {
            if let Some(open) = superseded {
                let reason = Some(Reason::Superseded);
                storage::invitations::decide_target(conn, open.id, TargetState::Refused, reason, None, services.now())
                    .await?;
            }
            let id = InvitationTargetId(services.rng.uuid(&*services.clock));
            storage::invitations::insert_target(conn, id, &invitation, *target, *until).await?;
            let given = Given { user: &guest, target: *target, name, until: *until };
            give(services, conn, origin, inviter.id, given, Some(invitation.id)).await?;
        }
    }
    for follower in &draft.followers {
        storage::invitations::follow(conn, invitation.id, *follower).await?;
    }
    answer.invitation = Some(invitation.id);
    if !draft.mails {
        answer.ticket = ticket;
    }
    Ok(answer)
}

/// Gives what waits a later end.
async fn extend(services: &Services, conn: &mut Conn<'_>, origin: &Origin, plan: &Plan) -> Result<(), AppError> {
    let Some(user) = plan.user.as_ref().filter(|_| plan.extends()) else { return Ok(()) };
    for Planned { target, name, step, until } in &plan.steps {
        if let Step::Wait { longer: true, .. } = step {
            storage::grants::set_end(conn, user.id, *target, *until, 0).await?;
            let until = until.map(calendar::rfc3339).unwrap_or_default();
            let event = Event::new(Activity::CHANGE_ACCESS_END)
                .to_user(user)
                .to(resource(*target), target.id().to_string(), name)
                .change("AccessUntil", "", &until);
            audit::record(services, conn, origin, event).await?;
        }
    }
    Ok(())
}

async fn create_invited(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    plan: &Plan,
    draft: &Draft,
) -> Result<User, AppError> {
    let name = if plan.name.is_empty() { clean_name(plan.address.local()) } else { plan.name.clone() };
    let user = User {
        id: UserId(services.rng.uuid(&*services.clock)),
        user_type: draft.user_type,
        email: plan.address.as_str().to_owned(),
        name,
        language: None,
        redemption: Redemption::PendingAcceptance,
        enabled: true,
        deleted_at: None,
    };
    storage::users::insert(conn, &user, &plan.key, services.now()).await?;
    let [company, job_title, department] = &draft.profile;
    storage::users::set_work(conn, user.id, [company, job_title, department]).await?;
    storage::search::keep(conn, "user", user.id.0, people::search_terms(&user, company)).await?;
    let event = Event::new(Activity::ADD_USER)
        .to_user(&user)
        .change("UserType", "", if draft.user_type == UserType::Member { "Member" } else { "Guest" })
        .change("CreationType", "", "Invitation")
        .change("AccountEnabled", "", "true")
        .change("UserState", "", "PendingAcceptance");
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

async fn revive(services: &Services, conn: &mut Conn<'_>, origin: &Origin, user: User) -> Result<User, AppError> {
    let now = services.now();
    for invitation in storage::invitations::pending_of(conn, user.id).await? {
        tally::settled(services, conn, Tally::Withdrawn, &invitation).await?;
        storage::invitations::move_to(conn, &invitation, InvitationState::Revoked, now).await?;
    }
    storage::invitations::close_all(conn, user.id, Reason::Superseded, now).await?;
    storage::grants::take_back_all(conn, user.id).await?;
    storage::users::revive(conn, user.id).await?;
    let user = User { deleted_at: None, redemption: Redemption::PendingAcceptance, ..user };
    let event = Event::new(Activity::RESTORE_USER)
        .to_user(&user)
        .change("UserState", "Deleted", "PendingAcceptance")
        .detail("formerAccess", "removed");
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

/// Refuses a target that is open, and takes the grant back that came from it.
pub(super) async fn refuse(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    guest: &User,
    stored: &StoredTarget,
    (reason, by): (Reason, Option<UserId>),
) -> Result<(), AppError> {
    let Some(target) = stored.target() else { return Ok(()) };
    let now = services.now();
    if !storage::invitations::decide_target(conn, stored.id, TargetState::Refused, Some(reason), by, now).await? {
        return Ok(());
    }
    storage::grants::take_back(conn, guest.id, target, stored.invitation_id).await?;
    let event = Event::new(removed(target))
        .to_user(guest)
        .to(resource(target), target.id().to_string(), &stored.name)
        .detail("InvitationId", &stored.invitation_id.to_string())
        .detail("reason", reason.as_str());
    audit::record(services, conn, origin, event).await
}

/// What giving access is called in the trail.
pub(super) fn added(target: Target) -> Activity {
    match target {
        Target::Group(_) => Activity::ADD_MEMBER_TO_GROUP,
        Target::App(_) => Activity::ADD_APP_TO_USER,
    }
}

/// What taking access away is called in the trail.
pub(super) fn removed(target: Target) -> Activity {
    match target {
        Target::Group(_) => Activity::REMOVE_MEMBER_FROM_GROUP,
        Target::App(_) => Activity::REMOVE_APP_FROM_USER,
    }
}

/// A grant to be made.
pub(super) struct Given<'a> {
    /// To whom.
    pub user: &'a User,
    /// Of what.
    pub target: Target,
    /// Its name.
    pub name: &'a str,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Stores a grant with its event.
pub(super) async fn give(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    by: UserId,
    given: Given<'_>,
    invitation: Option<InvitationId>,
) -> Result<(), AppError> {
    let grant = NewGrant {
        id: AssignmentId(services.rng.uuid(&*services.clock)),
        user: given.user.id,
        target: given.target,
        until: given.until,
        by: Some(by),
        invitation,
        since: services.now(),
    };
    storage::grants::insert(conn, &grant).await?;
    let mut event = Event::new(added(given.target)).to_user(given.user).to(
        resource(given.target),
        given.target.id().to_string(),
        given.name,
    );
    if let Some(invitation) = invitation {
        event = event.detail("InvitationId", &invitation.to_string());
    }
    audit::record(services, conn, origin, event).await
}

/// The inviter's pending invitation with a fresh ticket, or a new one.
#[expect(clippy::too_many_arguments, reason = "one transaction's parts, each of another origin")]
async fn open_invitation(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    plan: &Plan,
    guest: &User,
) -> Result<(Invitation, Option<String>), AppError> {
    let now = services.now();
    let days = draft.link_days.unwrap_or(organisation.link_days);
    let is_new = plan.own.is_none();
    let mut invitation = Invitation {
        id: InvitationId(services.rng.uuid(&*services.clock)),
        guest_id: guest.id,
        inviter_id: inviter.id,
        state: InvitationState::Pending,
        message: draft.message.clone(),
        language: draft.language,
        redirect_url: draft.redirect_url.clone(),
        link_until: draft.send_at.unwrap_or(now).plus(link_lifetime(days)),
        mail_id: None,
        word: String::new(),
        created_at: now,
        changed_at: now,
        version: 1,
    };
    // Who asks again adds to what was said before, and takes nothing of it back.
    if let Some(own) = plan.own.clone() {
        if invitation.message.is_empty() {
            invitation.message = own.message;
        }
        invitation.id = own.id;
        invitation.language = invitation.language.or(own.language);
        invitation.redirect_url = invitation.redirect_url.or(own.redirect_url);
        invitation.link_until = invitation.link_until.max(own.link_until);
    }
    let targets = plan.invited_to();
    if is_new {
        storage::invitations::insert(conn, &invitation).await?;
        let of = tally::Of { inviter: inviter.id, domain: plan.key.domain(), targets: &targets };
        tally::invitation(services, conn, Tally::Invited, of).await?;
    } else {
        storage::invitations::renew(conn, &invitation).await?;
        tally::targets(services, conn, Tally::Invited, &targets).await?;
    }
    let mut event = Event::new(Activity::INVITE_EXTERNAL_USER)
        .to_user(guest)
        .detail("oid", &guest.id.to_string())
        .detail("InvitationId", &invitation.id.to_string())
        .detail("invitedUserEmailAddress", &guest.email)
        .detail("joined", if is_new { "false" } else { "true" });
    for Planned { target, name, step, .. } in &plan.steps {
        if matches!(step, Step::Invite(_)) {
            event = event.to(resource(*target), target.id().to_string(), name);
        }
    }
    audit::record(services, conn, origin, event).await?;
    // A guest who invites answers only for whom they bring; for members nobody does.
    let may_answer = guest.user_type == UserType::Guest
        && (inviter.user_type == UserType::Member || storage::sponsors::of(conn, guest.id).await?.is_empty());
    let answering: &[User] = if draft.sponsors.is_empty() { std::slice::from_ref(inviter) } else { &draft.sponsors };
    for sponsor in answering.iter().filter(|_| is_new && may_answer) {
        if storage::sponsors::add(conn, guest.id, sponsor.id).await? {
            let event = Event::new(Activity::ADD_SPONSOR).to_user(guest).to_user(sponsor);
            audit::record(services, conn, origin, event).await?;
            if sponsor.id != inviter.id {
                let about = About { person: Some(guest.id), by: Some(inviter.id), ..About::default() };
                notices::tell(services, conn, sponsor.id, Notice::Sponsor, &about).await?;
            }
        }
    }
    // Only mail rotates a ticket: one that was handed over stays good.
    if draft.mails && !plan.blocked {
        mail_ticket(services, conn, &invitation, &plan.key, inviter.id, draft.send_at).await?;
        return Ok((invitation, None));
    }
    if draft.mails {
        let event =
            Event::new(Activity::EMAIL_NOT_SENT).to_user(guest).detail("InvitationId", &invitation.id.to_string());
        audit::record(services, conn, origin, event).await?;
    }
    let ticket = if is_new { Some(new_ticket(services, conn, &invitation).await?) } else { None };
    Ok((invitation, ticket))
}

/// A fresh ticket; those before it are dead.
async fn new_ticket(services: &Services, conn: &mut Conn<'_>, invitation: &Invitation) -> Result<String, AppError> {
    let ticket = services.rng.token();
    let hash = services.keys.hash_secret(TICKET, &ticket);
    storage::invitations::rotate_ticket(conn, invitation.id, &hash, services.now()).await?;
    Ok(ticket)
}

/// Promises the mail of an invitation with a fresh ticket, counted for whoever causes it. It leaves at once, or then.
pub(super) async fn mail_ticket(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
    by: UserId,
    send_at: Option<Timestamp>,
) -> Result<(), AppError> {
    let mail = promise_ticket(services, conn, invitation, key, by, false).await?;
    if let Some(at) = send_at {
        storage::outbox::delay(conn, mail, at).await?;
    }
    let (sent, _) = storage::invitations::reminders(conn, invitation.id).await?.unwrap_or_default();
    // The first reminder comes after a third of the link's life, the second after half of what is left then.
    let leaves = send_at.unwrap_or(services.now());
    let next = leaves.plus((invitation.link_until.0 - leaves.0) / 3);
    Ok(storage::invitations::schedule_reminder(conn, invitation.id, sent, Some(next)).await?)
}

/// Promises the mail of an invitation as a reminder. It too has a fresh ticket: only mail knows one.
pub(super) async fn mail_reminder(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
) -> Result<(), AppError> {
    promise_ticket(services, conn, invitation, key, invitation.inviter_id, true).await.map(drop)
}

/// Mails an invitation that waits again, if its mail was held back while it did not.
pub(super) async fn mail_if_held_back(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    invitation: &Invitation,
) -> Result<(), AppError> {
    let row = storage::invitations::sent_one(conn, invitation.id).await?;
    let held_back = row.is_some_and(|row| row.mail_state == Some(MailState::Cancelled));
    let key = storage::invitations::key_of(conn, invitation.guest_id).await?;
    if let Some(key) = key.filter(|_| held_back)
        && !storage::invitations::is_blocked(conn, &key).await?
    {
        mail_ticket(services, conn, invitation, &key, actor.id, None).await?;
    }
    Ok(())
}

async fn promise_ticket(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
    by: UserId,
    reminder: bool,
) -> Result<MailId, AppError> {
    let ticket = new_ticket(services, conn, invitation).await?;
    let message = Message {
        kind: MailKind::Invitation,
        key,
        language: invitation.language,
        data: json!({"invitation": invitation.id, "asked_at": services.now(), "reminder": reminder}),
        secret: Some(&ticket),
        expires_at: Some(invitation.link_until),
    };
    let mail = mail::enqueue(services, conn, message).await?;
    storage::invitations::set_mail(conn, invitation.id, mail).await?;
    count(services, conn, by, key).await?;
    Ok(mail)
}

/// What a target is called in the trail.
pub(super) fn resource(target: Target) -> &'static str {
    match target {
        Target::Group(_) => "Group",
        Target::App(_) => "ServicePrincipal",
    }
}

async fn count(services: &Services, conn: &mut Conn<'_>, inviter: UserId, key: &EmailKey) -> Result<(), AppError> {
    let names = scopes(inviter, key);
    let day = services.now().0.div_euclid(DAY);
    Ok(storage::invitations::count_mail(conn, day, [&names[0], &names[1], &names[2]]).await?)
}

/// Access at once, and a notice of it.
async fn add(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    plan: &Plan,
    user: &User,
) -> Result<(), AppError> {
    let mut added = Vec::new();
    let mut ends = Vec::new();
    for Planned { target, name, step, until } in &plan.steps {
        let Step::Add(open) = step else { continue };
        ends.push(*until);
        let given = Given { user, target: *target, name, until: *until };
        give(services, conn, origin, inviter.id, given, None).await?;
        if let Some(open) = open {
            let by = Some(inviter.id);
            storage::invitations::decide_target(conn, open.id, TargetState::Granted, None, by, services.now()).await?;
        }
        added.push(target.to_string());
    }
    if draft.mails && !plan.blocked {
        let message = Message {
            kind: MailKind::AccessAdded,
            key: &plan.key,
            language: draft.language,
            data: json!({
                "inviter": inviter.id,
                "targets": added,
                "message": draft.message,
                "until": ends.into_iter().max().flatten(),
                "asked_at": services.now(),
            }),
            secret: None,
            expires_at: None,
        };
        let mail = mail::enqueue(services, conn, message).await?;
        if let Some(at) = draft.send_at {
            storage::outbox::delay(conn, mail, at).await?;
        }
        count(services, conn, inviter.id, &plan.key).await?;
    }
    Ok(())
}

/// Where a guest can be sent by hand to whom no mail goes: a link without a secret.
pub fn link_by_hand(services: &Services, answer: &Answer) -> Option<String> {
    let id = answer.invitation.filter(|_| answer.ticket.is_none())?;
    Some(services.settings.url(&paths::join(id)))
}

/// A ticket, sealed to be shown once on the page that follows.
pub fn seal_ticket(services: &Services, ticket: &str) -> String {
    let id = MailId(services.rng.uuid(&*services.clock));
    let sealed = services.keys.seal(&services.rng, id, ticket);
    crypto::encode(&[id.0.as_bytes().as_slice(), &sealed].concat())
}

/// The ticket that [`seal_ticket`] sealed.
pub fn open_ticket(services: &Services, text: &str) -> Option<String> {
    let bytes = crypto::decode(text)?;
    let (id, sealed) = bytes.split_at_checked(16)?;
    services.keys.open(MailId(uuid::Uuid::from_slice(id).ok()?), sealed)
}

/// The address of a ticket's page.
pub fn ticket_url(services: &Services, ticket: &str) -> String {
    services.settings.url(&paths::redeem_ticket(ticket))
}

/// Finds who invites where the command line does not say: the only administrator.
///
/// # Errors
/// `NotFound` unless there is exactly one; `Invalid(Email, …)` if the address given is nobody's.
pub async fn inviter_for(services: &Services, email: Option<&str>) -> Result<Actor, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let id = match email {
        Some(email) => {
            let address = EmailAddress::parse(email)?;
            let user = storage::users::by_email(conn, &email_key(&address)).await?;
            user.ok_or(AppError::invalid(Field::Email, Rule::Unknown))?.id
        }
        None => match storage::invitations::administrators(conn, services.now()).await?.as_slice() {
            [only] => *only,
            _ => return Err(AppError::NotFound),
        },
    };
    let (user, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    Ok(Actor { id: user.id, user_type: user.user_type, name: user.name, email: user.email, roles })
}

/// A group or app by id or exact name.
///
/// # Errors
/// `Invalid(Target, Unknown)`: there is none; `Invalid(Target, Taken)`: several have the name.
pub async fn find_target(services: &Services, groups: bool, text: &str) -> Result<Target, AppError> {
    let make = |id: uuid::Uuid| {
        if groups { Target::Group(crate::domain::ids::GroupId(id)) } else { Target::App(crate::domain::ids::AppId(id)) }
    };
    if let Ok(id) = text.parse() {
        return Ok(make(id));
    }
    let mut held = services.db.read().await?;
    match storage::invitations::named(&mut held.conn(), groups, text).await?.as_slice() {
        [id] => Ok(make(*id)),
        [] => Err(AppError::invalid(Field::Target, Rule::Unknown)),
        _ => Err(AppError::invalid(Field::Target, Rule::Taken)),
    }
}

/// Whether somebody may look after a group or app: its owners and administrators.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub(super) async fn looks_after(conn: &mut Conn<'_>, actor: &Actor, target: Target) -> Result<bool, AppError> {
    let place = storage::invitations::place(conn, target, actor.id).await?;
    let admin = actor.is_admin();
    Ok(place.is_some_and(|place| !place.deleted && (place.owned || admin)))
}
