//! What inviting will come to: the facts about each address and target, judged by policy. Reads only; a preview and
//! the sending run the same.

use super::draft::Draft;
use crate::{
    domain::{
        actor::Actor,
        email::{EmailAddress, EmailKey},
        error::AppError,
        ids::{InvitationId, UserId},
        invitation::{Listed, Outcome, Target, has_expired},
        language::Language,
        name::clean_name,
        organisation::Organisation,
        policy::{self, Decision, Facts, Inviter, Known, Place, Reason, Request, Sent},
        tending::GuestRules,
        time::{DAY, Timestamp},
        user::{Redemption, Role, User, UserType},
        view::Choice,
    },
    identity::email_key,
    services::{Services, calendar::Calendar},
    storage::{
        self, Conn,
        invitations::{Invitation, OpenTarget},
    },
};

/// Who somebody is as an inviter, at this moment.
pub(in crate::services) async fn inviter(
    services: &Services,
    conn: &mut Conn<'_>,
    id: UserId,
) -> Result<(User, Inviter), AppError> {
    let (user, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    let only_domain = match roles.contains(&Role::GuestInviter) {
        true => storage::roles::scope_of(conn, id, Role::GuestInviter).await?,
        false => None,
    };
    let inviter = Inviter { active: user.is_active(), user_type: user.user_type, roles, only_domain };
    Ok((user, inviter))
}

/// What a target is to an inviter; one that does not exist is gone.
pub(in crate::services) async fn place(
    conn: &mut Conn<'_>,
    target: Target,
    inviter: UserId,
) -> Result<(Place, String), AppError> {
    Ok(match storage::invitations::place(conn, target, inviter).await? {
        Some(row) => (Place { gone: row.deleted, guests_allowed: row.rules.allowed, owned: row.owned }, row.name),
        None => (Place { gone: true, guests_allowed: false, owned: false }, String::new()),
    })
}

pub(in crate::services) fn known(user: &User) -> Known {
    Known {
        user_type: user.user_type,
        redemption: user.redemption,
        enabled: user.enabled,
        deleted: user.deleted_at.is_some(),
    }
}

/// What is to be done about one target.
pub(super) enum Step {
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
pub(super) struct Planned {
    pub target: Target,
    pub name: String,
    pub step: Step,
    /// Until when: the wish, within what the target's owners allow guests.
    pub until: Option<Timestamp>,
}

/// What is to be done about one address.
pub(super) struct Plan {
    pub address: EmailAddress,
    pub key: EmailKey,
    pub name: String,
    pub user: Option<User>,
    /// The same inviter's pending invitation.
    pub own: Option<Invitation>,
    pub blocked: bool,
    /// Whether mail is wanted and the address takes it.
    pub mails: bool,
    /// Whether an end of access was asked for.
    pub has_end: bool,
    pub steps: Vec<Planned>,
    /// Where there is no target: the directory.
    pub directory: Option<Step>,
}

impl Plan {
    pub fn has_redeemed(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.is_active())
    }

    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().map(|one| &one.step).chain(&self.directory)
    }

    /// Whether a ticket has to go out.
    pub fn invites(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Invite(_) | Step::Wait { own: true, expired: true, .. }))
    }

    /// What waits from now on.
    pub fn invited_to(&self) -> Vec<Target> {
        self.steps.iter().filter(|one| matches!(one.step, Step::Invite(_))).map(|one| one.target).collect()
    }

    /// Whether something that waits will last longer.
    pub fn extends(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Wait { longer: true, .. }))
    }

    pub fn adds(&self) -> bool {
        self.all_steps().any(|step| matches!(step, Step::Add(_)))
    }

    pub fn outcome_of(&self, step: &Step) -> (Outcome, Option<Reason>, Option<String>) {
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

    pub fn answer(&self, raw: &str) -> Answer {
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

/// The mails that were sent today, as the caps count them.
pub(in crate::services) async fn sent_today(
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

/// The scopes that a mail is counted in.
pub(super) fn scopes(inviter: UserId, key: &EmailKey) -> [String; 3] {
    [format!("inviter:{inviter}"), format!("address:{}", key.0), "all".to_owned()]
}

/// What one may invite to, of what one owns.
pub(in crate::services) async fn choices_of(conn: &mut Conn<'_>, actor: &Actor) -> Result<Vec<Choice>, AppError> {
    let owned = storage::invitations::owned_by(conn, actor.id).await?;
    let choice = |(target, name, guests_allowed)| Choice { target, name, ticked: false, guests_allowed };
    Ok(owned.into_iter().map(choice).collect())
}

/// Loads the facts about one address and decides what is to be done: the same for a preview and for inviting.
pub(super) async fn plan(
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
        let Spot { target, place, ref name, rules, full } = *spot;
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
            Step::Invite(None) | Step::Add(None) if is_guest && full => match present {
                Some(user) if storage::grants::of(conn, user.id, target).await?.is_some() => step,
                _ => Step::Refuse(Reason::Full),
            },
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
pub(super) struct Spot {
    pub target: Target,
    pub place: Place,
    pub name: String,
    pub rules: GuestRules,
    /// Whether it has as many guests as its owners allow.
    pub full: bool,
}

/// What the targets are to the inviter. Only who looks after one is told its name.
pub(super) async fn spots(
    conn: &mut Conn<'_>,
    draft: &Draft,
    (inviter_id, inviter): (UserId, &Inviter),
) -> Result<Vec<Spot>, AppError> {
    let is_admin = inviter.roles.iter().any(|role| role.administers_people());
    let mut spots = Vec::new();
    for target in &draft.targets {
        let row = storage::invitations::place(conn, *target, inviter_id).await?;
        let rules = row.as_ref().map(|row| row.rules).unwrap_or_default();
        let full = match rules.most {
            Some(most) => storage::tending::has_guests(conn, *target, most).await?,
            None => false,
        };
        let (place, name) = place(conn, *target, inviter_id).await?;
        let name = if place.owned || is_admin { name } else { String::new() };
        spots.push(Spot { target: *target, place, name, rules, full });
    }
    Ok(spots)
}

pub(super) fn refused(raw: &str, reason: Reason) -> Answer {
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

pub(super) fn not_an_address(listed: &Listed) -> Reason {
    if listed.several { Reason::SeveralPeople } else { Reason::NotAnAddress }
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
