//! The access that people have to groups and apps, as those steer it who own these or answer for the guest: seeing it,
//! changing its end, taking it away, giving it up; and who answers for whom.

use super::{
    Services,
    audit::{self, Event},
    calendar::{self, Calendar},
    grants::{self, Wanted, is_longer},
    groups::mail_words,
    invitation::{self, looks_after, resource},
    notices::{self, About},
    organisation, people,
    steering::{self, two_words},
    undo::{self, Kept, Step},
    upkeep,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        error::{AppError, Field, Rule},
        form::FormState,
        ids::{InvitationId, InvitationTargetId, UndoId, UserId},
        invitation::{InvitationState, Target, TargetState, has_expired},
        language::Language,
        notice::Notice,
        policy::Reason,
        roles::Power,
        steering::{Act, Relation, Standing},
        time::Timestamp,
        user::{Redemption, User, UserType},
        view::{AccessLine, GuestPage, MyGuest, MyGuests, People, Prolonging},
    },
    identity::shown,
    storage::{
        self, Conn,
        grants::{Held, PeopleOf, PersonRow},
        invitations::PlaceRow,
    },
};

/// People on one page of a list.
pub(super) const PAGE: usize = 50;
/// For how many days access goes on that is prolonged, where its group or app does not say.
const PROLONG_DAYS: i64 = 90;

/// How a grant stands.
struct Facts {
    accepted: bool,
    enabled: bool,
    until: Option<Timestamp>,
    target: Option<TargetState>,
    link: Option<(InvitationState, Timestamp)>,
}

impl Facts {
    fn standing(&self, now: Timestamp) -> Standing {
        if !self.enabled {
            Standing::Disabled
        } else if self.until.is_some_and(|until| until <= now) && self.target != Some(TargetState::Pending) {
            Standing::Ended
        } else if self.target == Some(TargetState::Waiting) {
            Standing::Waiting
        } else if self.accepted && self.target != Some(TargetState::Pending) {
            Standing::Active
        } else if self.link.is_some_and(|(state, until)| has_expired(state, until, now)) {
            Standing::Expired
        } else {
            Standing::Invited
        }
    }
}

impl From<&PersonRow> for Facts {
    fn from(row: &PersonRow) -> Self {
        Self {
            accepted: row.accepted,
            enabled: row.enabled,
            until: row.until,
            target: row.target_state,
            link: row.state.zip(row.link_until),
        }
    }
}

/// What somebody is to a person's access to something.
async fn relations(conn: &mut Conn<'_>, actor: &Actor, user: UserId, owned: bool) -> Result<Vec<Relation>, AppError> {
    let sponsor = answers_for(conn, actor, user).await?;
    Ok(all_relations(actor, user, owned, sponsor))
}

fn all_relations(actor: &Actor, user: UserId, owned: bool, sponsor: bool) -> Vec<Relation> {
    let facts = [
        (Relation::Guest, actor.id == user),
        (Relation::Owner, owned),
        (Relation::Administrator, actor.is_admin()),
        (Relation::Sponsor, sponsor),
        (Relation::HelpDesk, actor.may(Power::HelpPeople)),
    ];
    facts.into_iter().filter(|(_, is)| *is).map(|(relation, _)| relation).collect()
}

/// Whether somebody answers for a guest. Guests who invite steer what they sent, and learn nothing more of whom they
/// invited (DESIGN rule 15).
pub(super) async fn answers_for(conn: &mut Conn<'_>, actor: &Actor, guest: UserId) -> Result<bool, AppError> {
    Ok(actor.user_type == UserType::Member && storage::sponsors::is_one(conn, guest, actor.id).await?)
}

fn acts(relations: &[Relation], standing: Standing) -> Vec<Act> {
    [Act::Confirm, Act::ChangeEnd, Act::Remove, Act::Leave, Act::Resend]
        .into_iter()
        .filter(|act| act.is_for(relations) && act.fits(standing))
        .collect()
}

/// Who looks, and in which words it is shown.
pub(super) struct Viewer<'v> {
    services: &'v Services,
    actor: &'v Actor,
    language: Language,
    calendar: Calendar,
}

impl<'v> Viewer<'v> {
    pub async fn new(
        services: &'v Services,
        conn: &mut Conn<'_>,
        actor: &'v Actor,
        language: Language,
    ) -> Result<Self, AppError> {
        let calendar = Calendar::new(&organisation::load(conn).await?, language);
        Ok(Self { services, actor, language, calendar })
    }

    /// A page of the people of a group or app that the person sees.
    pub async fn people(
        &self,
        conn: &mut Conn<'_>,
        target: Target,
        user_type: UserType,
        query: &str,
        after: Option<UserId>,
        page: usize,
    ) -> Result<People, AppError> {
        let words = two_words(query);
        let asked = PeopleOf {
            target,
            user_type: Some(user_type),
            only: None,
            after,
            words: [&words[0], &words[1]],
            limit: i64::try_from(page + 1).unwrap_or(i64::MAX),
        };
        // Whoever looks after it may do what its owner may.
        let relation = match looks_after(conn, self.actor, target).await? {
            true => Relation::Owner,
            false if self.actor.may(Power::HelpPeople) => Relation::HelpDesk,
            false => Relation::Other,
        };
        let mut rows = storage::grants::people_of(conn, asked).await?;
        let more = (rows.len() > page).then(|| rows[page - 1].id);
        rows.truncate(page);
        let mut lines = Vec::new();
        for row in rows {
            let mut relations = vec![relation];
            if row.id == self.actor.id {
                relations.push(Relation::Guest);
            }
            let standing = Facts::from(&row).standing(self.services.now());
            let waits = matches!(standing, Standing::Invited | Standing::Expired);
            let mail = mail_words(self.language, row.mail_state, row.mail_answer.as_deref());
            lines.push(AccessLine {
                user: row.id,
                target,
                name: row.name,
                email: shown(&row.email).0,
                standing,
                mail: mail.filter(|_| waits),
                sponsor: row.sponsor,
                by: row.by_name,
                until: row.until.map(|until| self.calendar.date(until)),
                until_day: row.until.map(|until| self.calendar.iso_day(until)).unwrap_or_default(),
                invitation: row.invitation_id.filter(|_| waits),
                waiting: row.target_id.filter(|_| standing == Standing::Waiting),
                role: row.app_role_id,
                acts: acts(&relations, standing),
            });
        }
        Ok(People { lines, more })
    }

    /// What a person has directly, as far as the one who looks may see it.
    async fn held(&self, conn: &mut Conn<'_>, user: &User, all: bool) -> Result<Vec<AccessLine>, AppError> {
        let sponsor = answers_for(conn, self.actor, user.id).await?;
        let mut lines = Vec::new();
        for held in storage::grants::held_by(conn, user.id, self.actor.id).await? {
            let Some(target) = held.target() else { continue };
            if all || held.owned {
                let relations = all_relations(self.actor, user.id, held.owned, sponsor);
                lines.push(self.line(user, target, held, &relations));
            }
        }
        Ok(lines)
    }

    fn line(&self, user: &User, target: Target, held: Held, relations: &[Relation]) -> AccessLine {
        let facts = Facts {
            accepted: user.redemption == Redemption::Accepted,
            enabled: user.enabled,
            until: held.until,
            target: held.target_state,
            link: held.state.zip(held.link_until),
        };
        let standing = facts.standing(self.services.now());
        let waits = matches!(standing, Standing::Invited | Standing::Expired);
        AccessLine {
            user: user.id,
            target,
            name: held.name,
            email: String::new(),
            standing,
            mail: None,
            sponsor: None,
            by: held.by_name,
            until: held.until.map(|until| self.calendar.date(until)),
            until_day: held.until.map(|until| self.calendar.iso_day(until)).unwrap_or_default(),
            invitation: held.invitation_id.filter(|_| waits),
            waiting: held.target_id.filter(|_| standing == Standing::Waiting),
            role: None,
            acts: acts(relations, standing),
        }
    }
}

/// The guests that somebody answers for, and what these have.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn my_guests(
    services: &Services,
    actor: &Actor,
    language: Language,
    query: &str,
    after: Option<UserId>,
) -> Result<MyGuests, AppError> {
    if actor.user_type != UserType::Member {
        return Err(AppError::NotFound);
    }
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let view = Viewer::new(services, conn, actor, language).await?;
    let words = two_words(query);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = storage::sponsors::guests_of(conn, actor.id, [&words[0], &words[1]], after, limit).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].id);
    rows.truncate(PAGE);
    let mut guests = Vec::new();
    for row in rows {
        let user = storage::users::by_id(conn, row.id).await?.ok_or(AppError::NotFound)?;
        let access = view.held(conn, &user, true).await?;
        guests.push(MyGuest { id: row.id, name: row.name, email: shown(&row.email).0, access });
    }
    Ok(MyGuests { guests, more, query: query.to_owned() })
}

/// What somebody has directly, as those see it who may see all of it.
pub(super) async fn seen_by(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    user: &User,
) -> Result<Vec<AccessLine>, AppError> {
    Viewer::new(services, conn, actor, language).await?.held(conn, user, true).await
}

/// What somebody has directly, as they see it themselves.
pub(super) async fn own(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    user: &User,
) -> Result<Vec<AccessLine>, AppError> {
    let view = Viewer::new(services, conn, actor, language).await?;
    let mut lines = view.held(conn, user, true).await?;
    for line in &mut lines {
        line.acts.retain(|act| *act == Act::Leave);
    }
    Ok(lines)
}

/// Who answers for a guest sees all that the guest has, so nobody makes themselves one beside another: only where nobody
/// does, or as an administrator.
fn may_take(actor: &Actor, mine: bool, sponsors: usize) -> bool {
    !mine && actor.user_type == UserType::Member && (sponsors == 0 || actor.is_admin())
}

/// A guest's page: what they have, through what, until when. Sponsors and administrators see all of it, owners what
/// they own.
///
/// # Errors
/// `NotFound` for everybody else.
pub async fn guest_page(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: UserId,
    form: Option<FormState>,
) -> Result<GuestPage, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let user = storage::users::by_id(conn, id).await?;
    let user = user.filter(|user| user.user_type == UserType::Guest && user.deleted_at.is_none());
    let user = user.ok_or(AppError::NotFound)?;
    let mine = answers_for(conn, actor, id).await?;
    let all = mine || actor.is_admin();
    let view = Viewer::new(services, conn, actor, language).await?;
    let access = view.held(conn, &user, all).await?;
    if !all && access.is_empty() {
        return Err(AppError::NotFound);
    }
    let opens = if all {
        let apps = storage::apps::open_to(conn, id, true, services.now()).await?;
        Some(apps.into_iter().filter(|_| user.is_active()).map(|app| app.name).collect())
    } else {
        None
    };
    let sponsors = storage::sponsors::of(conn, id).await?;
    let last_seen = storage::users::last_sign_in(conn, id).await?;
    Ok(GuestPage {
        company: storage::users::company(conn, id).await?.unwrap_or_default(),
        last_seen: last_seen.filter(|_| all).map(|at| view.calendar.moment(at)),
        opens,
        mine,
        may_take: may_take(actor, mine, sponsors.len()),
        sponsors: sponsors.into_iter().map(|(_, name)| name).collect(),
        form,
        guest: MyGuest { id, name: user.name, email: shown(&user.email).0, access },
    })
}

/// A person's access to something, and what the actor is to it.
pub(super) struct Reached {
    /// Whose it is.
    pub user: User,
    place: PlaceRow,
    grant: storage::grants::Grant,
    standing: Standing,
    relations: Vec<Relation>,
    row: PersonRow,
}

impl Reached {
    /// Whether the actor decides how guests have it.
    fn is_theirs(&self) -> bool {
        self.relations.iter().any(|one| matches!(one, Relation::Owner | Relation::Administrator))
    }

    /// Lets go on only who has seen the end that there is: of two at once, the second looks again.
    fn still(&self, calendar: &Calendar, seen: Option<&str>) -> Result<(), AppError> {
        let day = self.grant.until.map(|until| calendar.iso_day(until)).unwrap_or_default();
        match seen {
            Some(seen) if seen != day => Err(AppError::Conflict { standing: self.standing }),
            _ => Ok(()),
        }
    }
}

/// Loads it for an act, if the actor may do it and it can be done.
pub(super) async fn reached(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    (user, target): (UserId, Target),
    act: Act,
) -> Result<Reached, AppError> {
    let place = storage::invitations::place(conn, target, actor.id).await?.filter(|place| !place.deleted);
    let place = place.ok_or(AppError::NotFound)?;
    let relations = relations(conn, actor, user, place.owned).await?;
    if !act.is_for(&relations) {
        return Err(AppError::NotFound);
    }
    // By the role alone nobody steers what holders of roles have, or what is their own.
    let by_role = !relations.iter().any(|one| matches!(one, Relation::Owner | Relation::Sponsor));
    if by_role && act != Act::Leave && !actor.may(Power::ManageRoles) {
        people::managed(services, conn, actor, user).await?;
    }
    let grant = storage::grants::of(conn, user, target).await?;
    let asked = PeopleOf { target, user_type: None, only: Some(user), after: None, words: ["", ""], limit: 1 };
    let row = storage::grants::people_of(conn, asked).await?.into_iter().next();
    // Somebody else took it away meanwhile.
    let (Some(grant), Some(row)) = (grant, row) else {
        return Err(AppError::Conflict { standing: Standing::Withdrawn });
    };
    let person = storage::users::by_id(conn, user).await?.ok_or(AppError::NotFound)?;
    let standing = Facts::from(&row).standing(services.now());
    if !act.fits(standing) {
        return Err(AppError::Conflict { standing });
    }
    Ok(Reached { user: person, place, grant, standing, relations, row })
}

/// Changes the end of access: to the end of a day, or, where the day is empty, to none. `seen` is the day that it ended
/// with when the person looked: if that has changed, nothing is done.
///
/// # Errors
/// `NotFound`; `Conflict`; `Invalid(AccessUntil, …)`; `Denied`: beyond what the target's owners allow, or by policy.
pub async fn change_end(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    whose: (UserId, Target),
    day: &str,
    seen: Option<&str>,
) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let until = match day.trim() {
        "" => None,
        day => Some(end_to_come(services, &calendar, day)?),
    };
    let found = reached(services, conn, actor, whose, Act::ChangeEnd).await?;
    found.still(&calendar, seen)?;
    // Where owners fix the end, it is theirs to change.
    if found.user.user_type == UserType::Guest && !found.place.rules.may_override && !found.is_theirs() {
        return Err(AppError::Denied { reason: Reason::TooLong });
    }
    set_end(services, conn, actor, origin, whose.1, &found, until).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}

/// The end of a day that has not passed.
pub(super) fn end_to_come(services: &Services, calendar: &Calendar, day: &str) -> Result<Timestamp, AppError> {
    match calendar.end_of(day.trim()) {
        Some(end) if end <= services.now() => Err(AppError::invalid(Field::AccessUntil, Rule::Past)),
        Some(end) => Ok(end),
        None => Err(AppError::invalid(Field::AccessUntil, Rule::Malformed)),
    }
}

/// Ends with a day all that somebody has and would have longer; what has ended stays ended. Can be undone for a while.
///
/// # Errors
/// As [`change_end`] and [`people::managed`]; `Settled` if they have nothing longer.
pub(super) async fn end_all(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    user: UserId,
    day: &str,
) -> Result<UndoId, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let end = end_to_come(services, &calendar, day)?;
    if people::managed(services, conn, actor, user).await?.deleted_at.is_some() {
        return Err(AppError::Settled);
    }
    let mut ends = Vec::new();
    for held in storage::grants::held_by(conn, user, actor.id).await? {
        let Some(target) = held.target().filter(|_| held.until.is_none_or(|until| until > end)) else { continue };
        let found = reached(services, conn, actor, (user, target), Act::ChangeEnd).await?;
        write_end(services, conn, origin, target, &found, Some(end)).await?;
        ends.push((target, found.grant.until));
    }
    if ends.is_empty() {
        return Err(AppError::Settled);
    }
    let undo = undo::keep(services, conn, actor, &Step::Shortened { user, end, ends }).await?;
    tx.commit().await?;
    Ok(undo)
}

/// Gives back the ends that were before all was to end at one moment, where that still stands. How many.
pub(super) async fn lengthen_again(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    (user, end): (UserId, Timestamp),
    ends: &[(Target, Option<Timestamp>)],
) -> Result<usize, AppError> {
    let mut back = 0;
    for (target, before) in ends {
        let found = match reached(services, conn, actor, (user, *target), Act::ChangeEnd).await {
            Ok(found) if found.grant.until == Some(end) => found,
            Ok(_) | Err(AppError::NotFound | AppError::Conflict { .. }) => continue,
            Err(error) => return Err(error),
        };
        match set_end(services, conn, actor, origin, *target, &found, *before).await {
            Ok(()) => back += 1,
            // What the rules of this moment do not give is left as it is.
            Err(AppError::Denied { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(back)
}

/// Gives access another end, within what owners and policy let guests have. Who answers for a guest and does not own the
/// target gives no more than its usual length from today, and its owners are told.
async fn set_end(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    target: Target,
    found: &Reached,
    until: Option<Timestamp>,
) -> Result<(), AppError> {
    let Reached { user, grant, .. } = found;
    grants::allow(services, conn, actor.id, user, target, Wanted::Until(until)).await?;
    if is_longer(grant.until, until) && !found.is_theirs() {
        let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
        let most = usual_end(services, &calendar, found);
        if most.is_none_or(|most| until.is_none_or(|until| until > most)) {
            return Err(AppError::Denied { reason: Reason::TooLong });
        }
        let about =
            About { person: Some(user.id), by: Some(actor.id), target: Some(target), until, ..About::default() };
        notices::tell_owners(services, conn, target, Notice::Longer, &about).await?;
    }
    write_end(services, conn, origin, target, found, until).await
}

/// The end of the day on which access ends that is given today for as long as guests usually have it there.
fn usual_end(services: &Services, calendar: &Calendar, found: &Reached) -> Option<Timestamp> {
    let days = found.place.rules.default_days.unwrap_or(PROLONG_DAYS);
    calendar.end_of_day(calendar.days_later(services.now(), days)?)
}

async fn write_end(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    target: Target,
    found: &Reached,
    until: Option<Timestamp>,
) -> Result<(), AppError> {
    let Reached { user, place, grant, .. } = found;
    // What ends within the fortnight needs no word of it two weeks before.
    let told = i64::from(until.is_some_and(|until| until <= services.now().plus(upkeep::FIRST_NOTICE)));
    storage::grants::set_end(conn, user.id, target, until, told).await?;
    let text = |end: Option<Timestamp>| end.map(calendar::rfc3339).unwrap_or_default();
    let event = Event::new(Activity::CHANGE_ACCESS_END)
        .to_user(user)
        .to(resource(target), target.id().to_string(), &place.name)
        .change("AccessUntil", &text(grant.until), &text(until));
    audit::record(services, conn, origin, event).await
}

/// The page on which access is given longer.
///
/// # Errors
/// `NotFound` for those who may not; `Conflict` if there is nothing to prolong.
pub async fn prolonging(
    services: &Services,
    actor: &Actor,
    language: Language,
    whose: (UserId, Target),
) -> Result<Prolonging, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let found = reached(services, conn, actor, whose, Act::ChangeEnd).await?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let longer = longer(services, &calendar, &found);
    Ok(Prolonging {
        user: found.user.id,
        target: whose.1,
        guest: found.user.name,
        name: found.place.name,
        until: found.grant.until.map(|until| calendar.date(until)),
        until_day: found.grant.until.map(|until| calendar.iso_day(until)).unwrap_or_default(),
        longer: longer.map(|until| calendar.date(until)),
    })
}

/// The end date that extending gives: the usual length. Owners add it to the current end; others, and everybody where
/// the length is fixed, count from today.
fn longer(services: &Services, calendar: &Calendar, found: &Reached) -> Option<Timestamp> {
    let now = services.now();
    let until = found.grant.until?;
    let rules = found.place.rules;
    let days = rules.default_days.unwrap_or(PROLONG_DAYS);
    let is_fixed = rules.default_days.is_some() && !rules.may_override;
    let from = if found.is_theirs() && !is_fixed { until.max(now) } else { now };
    let wanted = calendar.days_later(from, days)?;
    let longest = rules.longest_days.and_then(|days| calendar.days_later(now, days));
    let end = calendar.end_of_day(longest.map_or(wanted, |longest| wanted.min(longest)))?;
    (end > until).then_some(end)
}

/// Gives access longer, within what the target's owners allow. Returns the new end, written out.
///
/// # Errors
/// As [`prolonging`]; `Denied(TooLong)` if it lasts as long as it may already.
pub async fn prolong(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    language: Language,
    whose: (UserId, Target),
    seen: Option<&str>,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = reached(services, conn, actor, whose, Act::ChangeEnd).await?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    found.still(&calendar, seen)?;
    let end = longer(services, &calendar, &found).ok_or(AppError::Denied { reason: Reason::TooLong })?;
    set_end(services, conn, actor, origin, whose.1, &found, Some(end)).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(calendar.date(end))
}

/// Takes access away, and with the last of what a pending invitation is for that invitation. Can be undone for a while.
///
/// # Errors
/// `NotFound`; `Conflict` if it is not there any more.
pub async fn remove(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    whose: (UserId, Target),
) -> Result<UndoId, AppError> {
    take(services, actor, origin, whose, Act::Remove).await
}

/// Gives one's own access up. Can be undone for a while.
///
/// # Errors
/// As [`remove`].
pub async fn leave(services: &Services, actor: &Actor, origin: &Origin, target: Target) -> Result<UndoId, AppError> {
    take(services, actor, origin, (actor.id, target), Act::Leave).await
}

async fn take(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    (user, target): (UserId, Target),
    act: Act,
) -> Result<UndoId, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = reached(services, conn, actor, (user, target), act).await?;
    let pending = found.row.invitation_id.filter(|_| found.row.target_state == Some(TargetState::Pending));
    let undo = match pending {
        Some(id) => take_pending(services, conn, actor, origin, &found, id, target).await?,
        None => {
            let open = storage::invitations::open_target(conn, user, target).await?;
            let row = found
                .row
                .target_id
                .zip(found.row.target_state)
                .filter(|(id, _)| open.as_ref().is_some_and(|open| open.id == *id));
            let kept = Kept::of(target, &found.grant, row);
            match open {
                Some(open) => refuse(services, conn, actor, origin, &found.user, open.id).await?,
                None => {
                    storage::grants::remove(conn, user, target).await?;
                    let event = Event::new(invitation::removed(target)).to_user(&found.user).to(
                        resource(target),
                        target.id().to_string(),
                        &found.place.name,
                    );
                    audit::record(services, conn, origin, event).await?;
                }
            }
            undo::keep(services, conn, actor, &Step::Removed { user, kept }).await?
        }
    };
    tx.commit().await?;
    Ok(undo)
}

/// Takes one target out of a pending invitation; the invitation goes with its last.
async fn take_pending(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    found: &Reached,
    id: InvitationId,
    target: Target,
) -> Result<UndoId, AppError> {
    let targets = storage::invitations::targets_of(conn, id).await?;
    let mut open = targets.iter().filter(|one| one.state == TargetState::Pending);
    let row = open.clone().find(|one| one.target() == Some(target)).ok_or(AppError::NotFound)?;
    if open.any(|one| one.id != row.id) {
        let kept = Kept::of(target, &found.grant, Some((row.id, row.state)));
        refuse(services, conn, actor, origin, &found.user, row.id).await?;
        return undo::keep(services, conn, actor, &Step::Removed { user: found.user.id, kept }).await;
    }
    let whole = steering::load(services, conn, id, vec![Relation::Owner]).await?;
    steering::revoke(services, conn, actor, origin, &whole).await
}

async fn refuse(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    guest: &User,
    id: InvitationTargetId,
) -> Result<(), AppError> {
    let stored = storage::invitations::target_by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    invitation::refuse(services, conn, origin, guest, &stored, (Reason::Withdrawn, Some(actor.id))).await
}

/// Makes the actor answer for a guest for whom nobody does and who has something that the actor owns; administrators,
/// for any guest. Returns the guest's name.
///
/// # Errors
/// `NotFound`; `Settled` if somebody answers for the guest; `Invalid(Followers, TooMany)` where there are five already.
pub async fn take_over(services: &Services, actor: &Actor, origin: &Origin, guest: UserId) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = storage::users::by_id(conn, guest).await?;
    let found = found.filter(|user| user.user_type == UserType::Guest && user.deleted_at.is_none());
    let found = found.ok_or(AppError::NotFound)?;
    let owns = storage::grants::held_by(conn, guest, actor.id).await?.iter().any(|held| held.owned);
    if !owns && !actor.is_admin() {
        return Err(AppError::NotFound);
    }
    // By the role alone nobody comes to steer what holders of roles have.
    if !owns {
        people::managed(services, conn, actor, guest).await?;
    }
    let mine = answers_for(conn, actor, guest).await?;
    if mine {
        return Ok(found.name);
    }
    if !may_take(actor, mine, storage::sponsors::of(conn, guest).await?.len()) {
        return Err(AppError::Settled);
    }
    let sponsor = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    if !storage::sponsors::add(conn, guest, actor.id).await? {
        return Err(AppError::invalid(Field::Followers, Rule::TooMany));
    }
    let event = Event::new(Activity::ADD_SPONSOR).to_user(&found).to_user(&sponsor);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(found.name)
}

/// Passes a guest on to a colleague, who answers for them in the actor's place. Returns the names of both.
///
/// # Errors
/// `NotFound` unless the actor answers for the guest; `Invalid(Owner, …)` if the colleague is nobody who can.
pub async fn pass_on(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    guest: UserId,
    colleague: &str,
) -> Result<(String, String), AppError> {
    // Who is a colleague is nothing that guests may find out.
    if actor.user_type != UserType::Member {
        return Err(AppError::NotFound);
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = storage::users::by_id(conn, guest).await?.ok_or(AppError::NotFound)?;
    if !storage::sponsors::remove(conn, guest, actor.id).await? {
        return Err(AppError::NotFound);
    }
    let next = people::colleague(conn, colleague).await?;
    if next.id == actor.id {
        return Err(AppError::invalid(Field::Owner, Rule::Unknown));
    }
    let is_new = storage::sponsors::add(conn, guest, next.id).await?;
    let own = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let event = Event::new(Activity::REMOVE_SPONSOR).to_user(&found).to_user(&own);
    audit::record(services, conn, origin, event).await?;
    if is_new {
        let event = Event::new(Activity::ADD_SPONSOR).to_user(&found).to_user(&next);
        audit::record(services, conn, origin, event).await?;
        let about = About { person: Some(guest), by: Some(actor.id), ..About::default() };
        notices::tell(services, conn, next.id, Notice::Sponsor, &about).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok((next.name, found.name))
}
