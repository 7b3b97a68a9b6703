//! Invitations after they were sent: who sees them, sending again, renewing, changing, withdrawing. What may be done
//! by whom is the table of `domain::steering`; the access that an invitation gave is steered in `access`.

use super::{
    Services, access,
    audit::{self, Event},
    calendar::Calendar,
    grants::{self, Wanted},
    groups::mail_words,
    invitation::{self, Given, choices_of, place, resource},
    organisation, tally,
    undo::{self, Kept, Step},
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::EmailKey,
        error::{AppError, Field, Rule},
        form::FormState,
        ids::{InvitationId, InvitationTargetId, UndoId, UserId},
        invitation::{InvitationState, LINK_DAYS_MAX, TARGETS_MAX, Target, TargetState, has_expired, link_lifetime},
        language::Language,
        mail::MailState,
        organisation::Organisation,
        paths,
        policy::{self, Decision, Facts, Reason, Request},
        report,
        roles::Power,
        search,
        steering::{Act, Relation, Standing},
        time::{DAY, HOUR, MINUTE, Timestamp},
        user::{User, UserType},
        view::{AllSent, Choice, Filter, SentFilter, SentLetter, SentLine, SentList, Story, StoryTarget},
    },
    i18n::{self, fill},
    identity::shown,
    storage::{
        self, Conn,
        invitations::{AllAsked, Invitation, SentBy, SentRow, StoredTarget},
        search::{NARROWED, PEOPLE, Search},
    },
};
use uuid::Uuid;

/// Invitations on one page of the list.
const PAGE: usize = 50;
/// Invitations read at a time for an export.
const EXPORT_PAGE: i64 = 1_000;

/// How an invitation stands.
fn standing(
    state: InvitationState,
    link_until: Timestamp,
    guest_enabled: bool,
    targets: &[StoredTarget],
    now: Timestamp,
) -> Standing {
    match state {
        InvitationState::Accepted if !guest_enabled => Standing::Disabled,
        InvitationState::Accepted if targets.iter().any(|one| one.state == TargetState::Waiting) => Standing::Waiting,
        InvitationState::Accepted => {
            let mut held = targets.iter().filter(|one| one.state == TargetState::Granted).peekable();
            let any = held.peek().is_some();
            if any && held.all(|one| one.held_until.is_some_and(|until| until <= now)) {
                Standing::Ended
            } else {
                Standing::Active
            }
        }
        InvitationState::Declined => Standing::Declined,
        InvitationState::Revoked | InvitationState::Rejected => Standing::Withdrawn,
        _ if !guest_enabled => Standing::Disabled,
        InvitationState::AwaitingApproval => Standing::Waiting,
        InvitationState::Pending if has_expired(state, link_until, now) => Standing::Expired,
        InvitationState::Pending => Standing::Invited,
    }
}

/// The first two words of a query as they are searched for: the more telling one first, since the index is read by it.
pub(super) fn two_words(query: &str) -> [String; 2] {
    let mut words = search::words(query);
    let [first, second] = [(); 2].map(|()| words.next().unwrap_or_default());
    if second.chars().count() > first.chars().count() { [second, first] } else { [first, second] }
}

/// An invitation, and what somebody is to it.
pub(super) struct Steered {
    pub invitation: Invitation,
    pub guest: User,
    pub inviter: User,
    pub standing: Standing,
    pub relations: Vec<Relation>,
    pub targets: Vec<StoredTarget>,
}

impl Steered {
    /// Lets only those do it who may, and only while it can be done.
    fn check(&self, act: Act) -> Result<(), AppError> {
        if !act.is_for(&self.relations) {
            return Err(AppError::NotFound);
        }
        if !act.fits(self.standing) {
            return Err(AppError::Conflict { standing: self.standing });
        }
        // Who has come in by another invitation redeems no second one: inviting again gives access at once.
        if act != Act::SeeMail && act != Act::Withdraw && self.guest.is_active() {
            return Err(AppError::Conflict { standing: Standing::Active });
        }
        Ok(())
    }

    fn open_targets(&self) -> impl Iterator<Item = (Target, &StoredTarget)> {
        let open = |one: &&StoredTarget| one.state == TargetState::Pending;
        self.targets.iter().filter(open).filter_map(|one| Some((one.target()?, one)))
    }
}

/// Loads an invitation for somebody who is something to it.
pub(super) async fn steered(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    id: InvitationId,
) -> Result<Steered, AppError> {
    let invitation = storage::invitations::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let mut relations = Vec::new();
    if invitation.inviter_id == actor.id {
        relations.push(Relation::Inviter);
    }
    if access::answers_for(conn, actor, invitation.guest_id).await? {
        relations.push(Relation::Sponsor);
    }
    if storage::invitations::owns_target_of(conn, id, actor.id).await? {
        relations.push(Relation::Owner);
    }
    if actor.is_admin() {
        relations.push(Relation::Administrator);
    }
    if actor.may(Power::HelpPeople) {
        relations.push(Relation::HelpDesk);
    }
    // Who sees everything sees it, and does nothing about it.
    if relations.is_empty() && actor.may(Power::SeePeople) {
        relations.push(Relation::Other);
    }
    if relations.is_empty() {
        return Err(AppError::NotFound);
    }
    load(services, conn, id, relations).await
}

/// Loads an invitation for somebody who stands so to it.
pub(super) async fn load(
    services: &Services,
    conn: &mut Conn<'_>,
    id: InvitationId,
    relations: Vec<Relation>,
) -> Result<Steered, AppError> {
    let invitation = storage::invitations::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(AppError::NotFound)?;
    let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.ok_or(AppError::NotFound)?;
    let targets = storage::invitations::targets_of(conn, id).await?;
    let standing = standing(invitation.state, invitation.link_until, guest.enabled, &targets, services.now());
    Ok(Steered { invitation, guest, inviter, standing, relations, targets })
}

/// The invitations that somebody sent or answers for, as they are asked for.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn list(
    services: &Services,
    actor: &Actor,
    language: Language,
    filter: Filter,
    after: Option<InvitationId>,
) -> Result<SentList, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let from = match after {
        Some(id) => storage::invitations::by_id(conn, id).await?.map(|one| (one.created_at, id)),
        None => None,
    };
    let words = two_words(&filter.query);
    let asked = SentBy {
        person: actor.id,
        answers: actor.user_type == UserType::Member,
        state: &filter.state,
        mail: &filter.mail,
        target: filter.target.as_ref().and_then(|target| target.parse::<Target>().ok()).map(Target::id),
        words: [&words[0], &words[1]],
        now: services.now(),
        before: from.unwrap_or((Timestamp(i64::MAX), InvitationId(Uuid::max()))),
        limit: i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
    };
    let mut rows = storage::invitations::sent_by(conn, asked).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].invitation.id);
    rows.truncate(PAGE);
    let lines = sent_lines(conn, rows, actor, &calendar, language, services.now()).await?;
    let choices = storage::invitations::owned_by(conn, actor.id).await?;
    let choices = choices.into_iter().map(|(target, name, _)| (target, name)).collect();
    Ok(SentList { lines, more, filter, choices })
}

/// All invitations, as the portal asks for them.
///
/// # Errors
/// `NotFound` for those who may not see them.
pub async fn all(
    services: &Services,
    actor: &Actor,
    language: Language,
    filter: SentFilter,
    after: Option<InvitationId>,
) -> Result<AllSent, AppError> {
    if !actor.may(Power::SeePeople) {
        return Err(AppError::NotFound);
    }
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let search = Search::of(conn, &PEOPLE, two_words(&filter.query)).await?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let wanted = AllAsked { after, limit, ..all_asked(&filter, search.words(), now) };
    let mut rows = storage::invitations::all(conn, wanted).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].invitation.id);
    rows.truncate(PAGE);
    let too_many = match filter.state.as_str() {
        "failed" if storage::outbox::undelivered(conn, NARROWED).await? >= NARROWED => true,
        "waiting" if storage::portal::waiting(conn, NARROWED).await? >= NARROWED => true,
        _ => search.goes_further(conn, &PEOPLE).await?,
    };
    let inviters: Vec<_> = rows.iter().map(|row| (row.invitation.inviter_id, row.inviter_name.clone())).collect();
    let mut lines = sent_lines(conn, rows, actor, &calendar, language, now).await?;
    for (line, inviter) in lines.iter_mut().zip(inviters) {
        line.by = Some(inviter);
    }
    let inviter = match filter.inviter {
        Some(id) => storage::users::by_id(conn, id).await?.map(|user| user.name),
        None => None,
    };
    let sums = storage::counts::of(conn, "invitations").await?;
    Ok(AllSent { filter, inviter, lines, more, too_many, sums })
}

fn all_asked<'q>(filter: &SentFilter, words: [&'q str; 2], now: Timestamp) -> AllAsked<'q> {
    use storage::invitations::Standing;
    AllAsked {
        standing: match filter.state.as_str() {
            "expired" => Standing::RunOut(now),
            "ending" => Standing::RunningOut(now, now.plus(7 * DAY)),
            "failed" => Standing::MailFailed,
            "waiting" => Standing::Waiting,
            state => state.parse().map_or(Standing::Any, Standing::Is),
        },
        inviter: filter.inviter,
        words,
        oldest: filter.order == "oldest",
        whole: false,
        after: None,
        limit: 0,
    }
}

/// The next invitations of an export, behind those already read, each with what it is to.
///
/// # Errors
/// `NotFound` for those who may not see them.
pub async fn export_page(
    services: &Services,
    actor: &Actor,
    filter: &SentFilter,
    after: Option<InvitationId>,
) -> Result<Vec<(SentRow, Vec<StoredTarget>)>, AppError> {
    if !actor.may(Power::SeePeople) {
        return Err(AppError::NotFound);
    }
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let [first, second] = &two_words(&filter.query);
    let wanted =
        AllAsked { after, whole: true, limit: EXPORT_PAGE, ..all_asked(filter, [first, second], services.now()) };
    let rows = storage::invitations::all(conn, wanted).await?;
    let ids: Vec<InvitationId> = rows.iter().map(|row| row.invitation.id).collect();
    let mut targets = storage::invitations::targets_of_each(conn, &ids).await?;
    let with_targets = |row: SentRow| {
        let its = targets.remove(&row.invitation.id).unwrap_or_default();
        (row, its)
    };
    Ok(rows.into_iter().map(with_targets).collect())
}

/// The invitations of a guest, the newest first, for those who may see all of them.
pub(super) async fn of_guest(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    guest: UserId,
) -> Result<Vec<SentLine>, AppError> {
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let rows = storage::invitations::sent_to(conn, guest).await?;
    sent_lines(conn, rows, actor, &calendar, language, services.now()).await
}

async fn sent_lines(
    conn: &mut Conn<'_>,
    rows: Vec<SentRow>,
    actor: &Actor,
    calendar: &Calendar,
    language: Language,
    now: Timestamp,
) -> Result<Vec<SentLine>, AppError> {
    let ids: Vec<InvitationId> = rows.iter().map(|row| row.invitation.id).collect();
    let mut targets = storage::invitations::targets_of_each(conn, &ids).await?;
    let line = |row: SentRow| {
        let targets = targets.remove(&row.invitation.id).unwrap_or_default();
        sent_line(row, targets, actor, calendar, language, now)
    };
    Ok(rows.into_iter().map(line).collect())
}

fn sent_line(
    row: SentRow,
    targets: Vec<StoredTarget>,
    actor: &Actor,
    calendar: &Calendar,
    language: Language,
    now: Timestamp,
) -> SentLine {
    let mail = mail_of(&row, calendar, language, now);
    let SentRow { invitation, email, guest_name, enabled, inviter_name, asked, .. } = row;
    let standing = standing(invitation.state, invitation.link_until, enabled, &targets, now);
    let waits = matches!(standing, Standing::Invited | Standing::Expired);
    SentLine {
        id: invitation.id,
        name: guest_name,
        email: shown(&email).0,
        targets: targets.into_iter().map(|one| one.name).collect(),
        standing,
        mail: mail.filter(|_| waits),
        at: calendar.moment(invitation.created_at),
        by: (invitation.inviter_id != actor.id).then_some((invitation.inviter_id, inviter_name)),
        open: waits,
        asked: asked && standing == Standing::Expired,
    }
}

/// How an invitation's mail stands; one that waits for its day says which.
fn mail_of(row: &SentRow, calendar: &Calendar, language: Language, now: Timestamp) -> Option<String> {
    match (row.mail_state, row.mail_due) {
        (Some(MailState::Queued), Some(due)) if due > now.plus(HOUR) => {
            Some(fill(i18n::texts(language).mail_leaves_on, &[("date", &calendar.date(due))]))
        }
        _ => mail_words(language, row.mail_state, row.mail_answer.as_deref()),
    }
}

/// One invitation: what it is for, how it stands, what can be done.
///
/// # Errors
/// `NotFound` for those to whom it is nothing.
pub async fn story(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: InvitationId,
) -> Result<Story, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let found = steered(services, conn, actor, id).await?;
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let row = storage::invitations::sent_one(conn, id).await?.ok_or(AppError::NotFound)?;
    let acts: Vec<Act> = Act::ALL.iter().copied().filter(|act| found.check(*act).is_ok()).collect();
    // Who only owns a part of what it is for sees that part; who sees everything, all parts. Neither what others wrote.
    let whole = Act::SeeMail.is_for(&found.relations);
    let all = whole || actor.may(Power::SeePeople);
    let answers = Act::Confirm.is_for(&found.relations);
    let mut owned = Vec::new();
    for (target, ..) in storage::invitations::owned_by(conn, actor.id).await? {
        owned.push(target);
    }
    let letter = match found.invitation.mail_id.filter(|_| acts.contains(&Act::SeeMail)) {
        Some(mail) => storage::outbox::letter(conn, mail).await?.filter(|kept| !kept.subject.is_empty()),
        None => None,
    };
    let taken: Vec<Target> = found.open_targets().map(|(target, _)| target).collect();
    let choices = if acts.contains(&Act::ChangeTargets) {
        let mut choices = choices_of(conn, actor).await?;
        for choice in &mut choices {
            choice.ticked = taken.contains(&choice.target);
        }
        // What was given when there was more to give stays, unless it is unticked.
        for (target, stored) in found.open_targets() {
            if choices.iter().all(|choice| choice.target != target) {
                choices.push(Choice { target, name: stored.name.clone(), ticked: true, guests_allowed: true });
            }
        }
        choices
    } else {
        Vec::new()
    };
    let blocked = match storage::invitations::key_of(conn, found.guest.id).await? {
        Some(key) => storage::invitations::is_blocked(conn, &key).await?,
        None => false,
    };
    let link = acts.contains(&Act::CopyLink).then(|| services.settings.url(&paths::join(id)));
    Ok(Story {
        id,
        guest: found.guest.id,
        name: found.guest.name.clone(),
        email: shown(&found.guest.email).0,
        standing: found.standing,
        mail: mail_of(&row, &calendar, language, services.now())
            .filter(|_| matches!(found.standing, Standing::Invited | Standing::Expired)),
        blocked: blocked && matches!(found.standing, Standing::Invited | Standing::Expired),
        mail_failed: row.mail_state.is_some_and(crate::domain::mail::MailState::has_failed),
        inviter: (found.inviter.id != actor.id).then(|| (found.inviter.id, found.inviter.name.clone())),
        at: calendar.moment(found.invitation.created_at),
        again: row.mailed_at.filter(|at| *at > found.invitation.created_at.plus(MINUTE)).map(|at| calendar.moment(at)),
        asked: row.asked && found.standing == Standing::Expired,
        link_until: calendar.date(found.invitation.link_until),
        message: if whole { found.invitation.message.clone() } else { String::new() },
        word: if whole { found.invitation.word.clone() } else { String::new() },
        targets: found
            .targets
            .iter()
            .filter_map(|one| one.target().map(|target| (target, one)))
            .filter(|(target, _)| all || owned.contains(target))
            .map(|(target, one)| {
                let may_answer = answers && (actor.is_admin() || owned.contains(&target));
                StoryTarget {
                    target,
                    name: one.name.clone(),
                    state: one.state,
                    reason: one.reason,
                    until: one.access_until.map(|until| calendar.date(until)),
                    waiting: (may_answer && one.state == TargetState::Waiting).then_some(one.id),
                }
            })
            .collect(),
        acts,
        link,
        link_days: organisation.link_days,
        letter: letter.map(|kept| SentLetter {
            subject: kept.subject,
            text: kept.text_part,
            at: kept.ended_at.map(|at| calendar.moment(at)).unwrap_or_default(),
        }),
        choices,
    })
}

/// An invitation as the form for inviting would have it, to send it to the right address.
///
/// # Errors
/// `NotFound`; `Conflict` if it waits for no answer any more.
pub async fn as_form(services: &Services, actor: &Actor, id: InvitationId) -> Result<(String, FormState), AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let found = steered(services, conn, actor, id).await?;
    found.check(Act::CorrectAddress)?;
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let until = found.open_targets().filter_map(|(_, one)| one.access_until).min();
    let targets: Vec<String> = found.open_targets().map(|(target, _)| target.to_string()).collect();
    let values = [
        ("email", found.guest.email.clone()),
        ("targets", targets.join(" ")),
        ("message", found.invitation.message.clone()),
        ("language", found.invitation.language.map_or("", Language::as_str).to_owned()),
        ("until", until.map(|until| calendar.iso_day(until)).unwrap_or_default()),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let form = FormState { form: "invite".to_owned(), error: None, values };
    Ok((shown(&found.guest.email).0, form))
}

/// Whether somebody may have this invitation's link go on: for at least one thing that is open, by the same policy as
/// inviting. Who merely answers for the guest needs no right of their own: the inviter's is asked at redemption.
async fn may_go_on(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    actor: &Actor,
    found: &Steered,
    key: &EmailKey,
    mails: bool,
) -> Result<(), AppError> {
    let (_, inviter) = invitation::inviter(services, conn, actor.id).await?;
    // Whose right is to send it again, not to invite, is not asked for the latter.
    let only_sends = !found.relations.iter().any(|one| matches!(one, Relation::Inviter | Relation::Administrator))
        && found.relations.iter().any(|one| matches!(one, Relation::Sponsor | Relation::HelpDesk));
    let sent = invitation::sent_today(services, conn, actor.id, key).await?;
    // What has ended before it began leads nowhere.
    let now = services.now();
    let mut places = Vec::new();
    let mut why_not = None;
    for (target, stored) in found.open_targets() {
        match stored.access_until {
            Some(until) if until <= now => why_not = Some(Reason::EndPassed),
            _ => places.push(Some(place(conn, target, actor.id).await?.0)),
        }
    }
    if places.is_empty() && why_not.is_none() {
        places.push(None);
    }
    for place in places {
        let known = Some(invitation::known(&found.guest));
        let facts = Facts { organisation, inviter: &inviter, place, domain: key.domain(), known, sent };
        let verdict = policy::decide(&facts, Request::Invite { mails });
        let counts = |reason: &&Reason| !(only_sends && reason.is_about_rights());
        match verdict.reasons.iter().find(counts) {
            None => return Ok(()),
            Some(reason) => why_not = why_not.or(Some(*reason)),
        }
    }
    Err(AppError::Denied { reason: why_not.unwrap_or(Reason::NotYours) })
}

/// The address to mail an invitation to again, if that may be: policy allows it and the address takes mail.
pub(super) async fn may_be_mailed(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    actor: &Actor,
    found: &Steered,
) -> Result<Option<EmailKey>, AppError> {
    let Some(key) = storage::invitations::key_of(conn, found.guest.id).await? else { return Ok(None) };
    if found.standing != Standing::Invited
        || !found.guest.may_redeem()
        || storage::invitations::is_blocked(conn, &key).await?
    {
        return Ok(None);
    }
    match may_go_on(services, conn, organisation, actor, found, &key, true).await {
        Ok(()) => Ok(Some(key)),
        // Tomorrow there is room again.
        Err(AppError::Denied { reason }) if !reason.is_cap() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sends the mail again, with a fresh ticket: the old one is dead at once. The link lasts as long as a new one would.
///
/// # Errors
/// `NotFound`; `Conflict` if it waits for no answer any more; `Denied` by policy, or because the address wants no mail.
pub async fn resend(services: &Services, actor: &Actor, origin: &Origin, id: InvitationId) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = steered(services, conn, actor, id).await?;
    found.check(Act::Resend)?;
    let organisation = organisation::load(conn).await?;
    let key = storage::invitations::key_of(conn, found.guest.id).await?.ok_or(AppError::Internal)?;
    if storage::invitations::is_blocked(conn, &key).await? {
        return Err(AppError::Denied { reason: Reason::Blocked });
    }
    may_go_on(services, conn, &organisation, actor, &found, &key, true).await?;
    let now = services.now();
    let link_until = found.invitation.link_until.max(now.plus(link_lifetime(organisation.link_days)));
    if !storage::invitations::renew_link(conn, &found.invitation, link_until, now).await? {
        return Err(AppError::Conflict { standing: found.standing });
    }
    let renewed = Invitation { link_until, ..found.invitation.clone() };
    invitation::mail_ticket(services, conn, &renewed, &key, actor.id, None).await?;
    let event = Event::new(Activity::RESEND_INVITE).to_user(&found.guest).detail("InvitationId", &id.to_string());
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}

/// Sends what waits to the address that its guest has from now on, within the transaction that changes it. The links that
/// went to the other one are dead. What was to leave on a day still does; what was never mailed, or has run out, gets no
/// mail. `false` if policy lets none leave now.
pub(super) async fn follow_address(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    id: InvitationId,
) -> Result<bool, AppError> {
    let now = services.now();
    let row = storage::invitations::sent_one(conn, id).await?.ok_or(AppError::NotFound)?;
    storage::invitations::end_tickets(conn, id, now).await?;
    let found = load(services, conn, id, vec![Relation::Administrator]).await?;
    if found.standing != Standing::Invited || row.mail_state.is_none() {
        return Ok(true);
    }
    let organisation = organisation::load(conn).await?;
    let key = storage::invitations::key_of(conn, found.guest.id).await?.ok_or(AppError::Internal)?;
    if storage::invitations::is_blocked(conn, &key).await? {
        return Ok(false);
    }
    match may_go_on(services, conn, &organisation, actor, &found, &key, true).await {
        Ok(()) => {}
        Err(AppError::Denied { .. }) => return Ok(false),
        Err(error) => return Err(error),
    }
    let send_at = row.mail_due.filter(|due| row.mail_state == Some(MailState::Queued) && *due > now);
    invitation::mail_ticket(services, conn, &found.invitation, &key, actor.id, send_at).await?;
    let event = Event::new(Activity::RESEND_INVITE).to_user(&found.guest).detail("InvitationId", &id.to_string());
    audit::record(services, conn, origin, event).await?;
    Ok(true)
}

/// Gives the link another last day, so many days from now. The ticket that was sent stays good.
///
/// # Errors
/// As [`resend`]; `Invalid(LinkDays, …)`.
pub async fn renew_link(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: InvitationId,
    days: &str,
) -> Result<(), AppError> {
    let days: u32 = match days.trim().parse() {
        Ok(days @ 1..=LINK_DAYS_MAX) => days,
        _ => return Err(AppError::invalid(Field::LinkDays, Rule::Unknown)),
    };
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = steered(services, conn, actor, id).await?;
    found.check(Act::RenewLink)?;
    let organisation = organisation::load(conn).await?;
    let key = storage::invitations::key_of(conn, found.guest.id).await?.ok_or(AppError::Internal)?;
    may_go_on(services, conn, &organisation, actor, &found, &key, false).await?;
    let now = services.now();
    let link_until = now.plus(link_lifetime(days));
    if !storage::invitations::renew_link(conn, &found.invitation, link_until, now).await? {
        return Err(AppError::Conflict { standing: found.standing });
    }
    let rfc3339 = super::calendar::rfc3339;
    let event = Event::new(Activity::RENEW_INVITE)
        .to_user(&found.guest)
        .change("LinkUntil", &rfc3339(found.invitation.link_until), &rfc3339(link_until))
        .detail("InvitationId", &id.to_string());
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes an invitation back: its link is dead, its grants are gone. Can be undone for a while.
///
/// # Errors
/// `NotFound`; `Conflict` if it waits for no answer any more.
pub async fn withdraw(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: InvitationId,
) -> Result<UndoId, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = steered(services, conn, actor, id).await?;
    found.check(Act::Withdraw)?;
    let undo = revoke(services, conn, actor, origin, &found).await?;
    tx.commit().await?;
    Ok(undo)
}

/// Takes an invitation back within a transaction.
pub(super) async fn revoke(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    found: &Steered,
) -> Result<UndoId, AppError> {
    let id = found.invitation.id;
    if !storage::invitations::move_to(conn, &found.invitation, InvitationState::Revoked, services.now()).await? {
        return Err(AppError::Conflict { standing: found.standing });
    }
    tally::settled(services, conn, report::Tally::Withdrawn, &found.invitation).await?;
    let key = storage::invitations::key_of(conn, found.guest.id).await?;
    let domain = key.map(|key| key.domain().to_owned()).unwrap_or_default();
    let mut targets = Vec::new();
    for (target, stored) in found.open_targets() {
        if let Some(grant) = storage::grants::of(conn, found.guest.id, target).await? {
            targets.push(Kept::of(target, &grant, Some((stored.id, stored.state))));
        }
        let decision = (Reason::Withdrawn, Some(actor.id));
        invitation::refuse(services, conn, origin, &found.guest, stored, decision).await?;
    }
    let event = Event::new(Activity::WITHDRAW_INVITE)
        .to_user(&found.guest)
        .to_user(&found.inviter)
        .to("Invitation", id.to_string(), "")
        .detail("InvitationId", &id.to_string());
    audit::record(services, conn, origin, event).await?;
    undo::keep(services, conn, actor, &Step::Withdrawn { invitation: id, targets, domain }).await
}

/// Changes what an invitation is for while it waits. No mail is sent: the page on which the guest accepts shows what
/// is open then.
///
/// # Errors
/// `NotFound`; `Conflict`; `Denied`, with policy's reason, for what may not be added; `Invalid(Target, …)`.
pub async fn change_targets(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: InvitationId,
    wanted: &[String],
) -> Result<(), AppError> {
    let mut wishes: Vec<Target> = Vec::new();
    for text in wanted {
        let target = text.parse().map_err(|_| AppError::invalid(Field::Target, Rule::Unknown))?;
        if !wishes.contains(&target) {
            wishes.push(target);
        }
        if wishes.len() > TARGETS_MAX {
            return Err(AppError::invalid(Field::Target, Rule::TooMany));
        }
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = steered(services, conn, actor, id).await?;
    found.check(Act::ChangeTargets)?;
    let open: Vec<Target> = found.open_targets().map(|(target, _)| target).collect();
    let added: Vec<Target> = wishes.iter().copied().filter(|target| !open.contains(target)).collect();
    if wishes.is_empty() && !open.is_empty() {
        return Err(AppError::invalid(Field::Target, Rule::Required));
    }
    let organisation = organisation::load(conn).await?;
    let key = storage::invitations::key_of(conn, found.guest.id).await?.ok_or(AppError::Internal)?;
    let (_, inviter) = invitation::inviter(services, conn, actor.id).await?;
    // The end that the rest has is the end of what joins it, within what its owners allow.
    let wanted_end = found.open_targets().filter_map(|(_, one)| one.access_until).min();
    for target in added {
        let (place, name) = place(conn, target, actor.id).await?;
        let facts = Facts {
            organisation: &organisation,
            inviter: &inviter,
            place: Some(place),
            domain: key.domain(),
            known: Some(invitation::known(&found.guest)),
            sent: policy::Sent::default(),
        };
        let verdict = policy::decide(&facts, Request::Invite { mails: false });
        if verdict.outcome != Decision::Allow {
            return Err(AppError::Denied { reason: verdict.reasons[0] });
        }
        if storage::invitations::open_target(conn, found.guest.id, target).await?.is_some() {
            return Err(AppError::Denied { reason: Reason::PendingByAnother });
        }
        let until = grants::allow(services, conn, actor.id, &found.guest, target, Wanted::New(wanted_end)).await?;
        let row = InvitationTargetId(services.rng.uuid(&*services.clock));
        storage::invitations::insert_target(conn, row, &found.invitation, target, until).await?;
        let given = Given { user: &found.guest, target, name: &name, until };
        invitation::give(services, conn, origin, actor.id, given, Some(id)).await?;
        tally::targets(services, conn, report::Tally::Invited, &[target]).await?;
    }
    let gone: Vec<&StoredTarget> =
        found.open_targets().filter(|(target, _)| !wishes.contains(target)).map(|(_, one)| one).collect();
    for stored in gone {
        let decision = (Reason::Withdrawn, Some(actor.id));
        invitation::refuse(services, conn, origin, &found.guest, stored, decision).await?;
        tally::targets(services, conn, report::Tally::Withdrawn, &tally::open([stored])).await?;
    }
    let mut event = Event::new(Activity::CHANGE_INVITE).to_user(&found.guest).detail("InvitationId", &id.to_string());
    for target in wishes {
        event = event.to(resource(target), target.id().to_string(), "");
    }
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What was done about several invitations: how often it went well, and for whom not, and why.
#[derive(Debug, Default)]
pub struct Tally {
    /// How often it went well.
    pub done: usize,
    /// Who was the last of these.
    pub name: String,
    /// Whose did not, and why.
    pub failed: Vec<(String, AppError)>,
    /// How to take it back.
    pub undo: Vec<UndoId>,
}

/// Does the same about several invitations, each for itself.
pub async fn steer_all(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    act: Act,
    ids: &[InvitationId],
) -> Result<Tally, AppError> {
    let mut tally = Tally::default();
    for id in ids {
        let done = match act {
            Act::Resend => resend(services, actor, origin, *id).await.map(|()| None),
            Act::Withdraw => withdraw(services, actor, origin, *id).await.map(Some),
            _ => Err(AppError::NotFound),
        };
        match done {
            Ok(undo) => {
                tally.done += 1;
                tally.name = name_of(services, actor, *id).await;
                tally.undo.extend(undo);
            }
            Err(error) if ids.len() == 1 => return Err(error),
            Err(error) => tally.failed.push((name_of(services, actor, *id).await, error)),
        }
    }
    Ok(tally)
}

async fn name_of(services: &Services, actor: &Actor, id: InvitationId) -> String {
    let Ok(mut held) = services.db.read().await else { return String::new() };
    steered(services, &mut held.conn(), actor, id).await.map(|found| found.guest.name).unwrap_or_default()
}
