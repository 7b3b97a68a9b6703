//! People as administrators manage them: the lists, and what is done to one or many of them. A person's page is put
//! together in `person`.

use super::{INACTIVE_DAYS, Outcomes, allow};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::{MailId, UndoId, UserId, stable_colour},
        language::Language,
        name::clean_name,
        notice::Notice,
        policy,
        roles::Power,
        time::{DAY, Timestamp},
        user::{Redemption, User, UserStanding, UserType},
        view::{PeopleFilter, PeopleList, PersonLine},
    },
    identity::{email_key, shown},
    services::{
        Services, access,
        audit::{self, Event},
        calendar::Calendar,
        invitation::{self, Wish},
        notices::{self, About},
        organisation, people,
        steering::{self, two_words},
        undo::{self, Step},
    },
    storage::{
        self, Conn,
        portal::{Only, Order, PeopleAsked, PersonRow},
        search::{NARROWED, Search},
    },
};

/// People on one page of a list.
const PAGE: usize = 50;
/// People are read so many at a time for an export.
const EXPORT_PAGE: i64 = 1_000;
/// The most people that one act is done to.
pub const ACT_MAX: usize = 200;
/// Longest text of a profile's field.
const PROFILE_MAX: usize = 64;

fn only(filter: &PeopleFilter, now: Timestamp) -> Only {
    match filter.only.as_str() {
        "unsponsored" if !filter.members => Only::Unsponsored,
        "never" => Only::NeverSeen,
        "inactive" => Only::NotSince(now.plus(-INACTIVE_DAYS * DAY)),
        "ending" => Only::Ending(now, now.plus(14 * DAY)),
        text => text.parse().map_or(Only::All, Only::Standing),
    }
}

fn user_type(filter: &PeopleFilter) -> UserType {
    if filter.members { UserType::Member } else { UserType::Guest }
}

fn asked<'q>(filter: &'q PeopleFilter, words: [&'q str; 2], now: Timestamp) -> PeopleAsked<'q> {
    PeopleAsked {
        user_type: user_type(filter),
        only: only(filter, now),
        sponsor: filter.sponsor,
        domain: &filter.domain,
        words,
        // Each filter comes in an order that an index has.
        order: match (only(filter, now), filter.order.as_str()) {
            (Only::NeverSeen | Only::NotSince(_), _) => Order::Seen,
            _ if !filter.domain.is_empty() => Order::Name,
            (Only::All | Only::Standing(_), "created") => Order::Created,
            (Only::All | Only::Standing(_), "seen") => Order::Seen,
            (Only::All, "") if !words[0].is_empty() && filter.sponsor.is_none() => Order::Found,
            _ => Order::Name,
        },
        end: None,
        after: None,
        whole: false,
        limit: 0,
    }
}

/// A page of guests or members.
///
/// # Errors
/// `NotFound` for those who may not see people.
pub async fn list(
    services: &Services,
    actor: &Actor,
    language: Language,
    filter: PeopleFilter,
    after: Option<UserId>,
) -> Result<PeopleList, AppError> {
    allow(actor, Power::SeePeople)?;
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let kind = user_type(&filter).as_str();
    let search = Search::of(conn, &[kind], two_words(&filter.query)).await?;
    let wanted = asked(&filter, search.words(), now);
    let order = wanted.order;
    let end = match after {
        Some(UserId(id)) if order == Order::Found && search.end.is_some() => {
            storage::search::sift_end(conn, kind, &search.words[0], Some(id)).await?
        }
        _ => search.end.clone(),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let wanted = PeopleAsked { after, limit, end: end.as_ref().map(|(term, id)| (term.as_str(), *id)), ..wanted };
    let mut rows = storage::portal::people(conn, wanted, now).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].id);
    rows.truncate(PAGE);
    let sums: Vec<(UserStanding, i64)> = storage::counts::of(conn, "users")
        .await?
        .into_iter()
        .filter_map(|(key, n)| Some((key.strip_prefix(kind)?.strip_prefix('.')?.parse().ok()?, n)))
        .collect();
    let sum = |wanted: Option<UserStanding>| -> i64 {
        let counts = |one: UserStanding| wanted.map_or(one != UserStanding::Deleted, |wanted| wanted == one);
        sums.iter().filter(|(one, _)| counts(*one)).map(|(_, n)| n).sum()
    };
    let total = match (only(&filter, now), filter.domain.as_str()) {
        _ if !filter.query.trim().is_empty() || filter.sponsor.is_some() => None,
        (Only::All, "") => Some(sum(None)),
        (Only::Standing(standing), "") => Some(sum(Some(standing))),
        (Only::All, domain) if !filter.members => Some(storage::counts::one(conn, "guests.domain", domain).await?),
        _ => None,
    };
    let too_many = match (order, only(&filter, now)) {
        (Order::Found, _) => more.is_none() && end.is_some(),
        (_, Only::Ending(from, to)) if storage::portal::ending(conn, (from, to), NARROWED).await? >= NARROWED => true,
        _ if filter.sponsor.is_some() => false,
        _ => search.goes_further(conn, &[kind]).await?,
    };
    let by = match order {
        Order::Name => "name",
        Order::Created => "created",
        Order::Seen => "seen",
        Order::Found => "",
    };
    let sponsor = match filter.sponsor {
        Some(id) => storage::users::by_id(conn, id).await?.map(|user| user.name),
        None => None,
    };
    let lines = rows.into_iter().map(|row| line(row, &calendar)).collect();
    Ok(PeopleList { filter, by: by.to_owned(), sponsor, lines, more, total, too_many, sums })
}

fn line(row: PersonRow, calendar: &Calendar) -> PersonLine {
    PersonLine {
        id: row.id,
        name: row.name,
        colour: stable_colour(row.id.0),
        email: shown(&row.email).0,
        company: row.company,
        standing: row.standing,
        sponsor: row.sponsor.filter(|_| row.user_type == UserType::Guest),
        groups: row.groups,
        apps: row.apps,
        until: row.until.map(|until| calendar.date(until)),
        seen: row.last_sign_in_at.map(|at| calendar.date(at)),
        since: calendar.date(row.created_at),
    }
}

/// The next people of an export, behind those already read.
///
/// # Errors
/// `NotFound` for those who may not see people.
pub async fn export_page(
    services: &Services,
    actor: &Actor,
    filter: &PeopleFilter,
    after: Option<UserId>,
) -> Result<Vec<PersonRow>, AppError> {
    allow(actor, Power::SeePeople)?;
    let now = services.now();
    let [first, second] = &two_words(&filter.query);
    // All that fit, in an order that does not move while it is read.
    let wanted = PeopleAsked {
        after,
        whole: true,
        limit: EXPORT_PAGE,
        order: Order::Created,
        ..asked(filter, [first, second], now)
    };
    Ok(storage::portal::people(&mut services.db.read().await?.conn(), wanted, now).await?)
}

/// What is done to people, one or many.
#[derive(Debug, Clone, Copy)]
pub enum PersonAct<'a> {
    /// Forbids them to sign in.
    Disable,
    /// Lets them sign in again.
    Enable,
    /// Deletes them; restorable for 30 days.
    Delete,
    /// Brings them back.
    Restore,
    /// Sends their pending invitations again.
    Resend,
    /// Ends their sessions.
    EndSessions,
    /// Has this colleague answer for them, and nobody else.
    Sponsor(&'a str),
    /// Puts them into the group of this name.
    AddToGroup(&'a str),
    /// Ends with this day (`YYYY-MM-DD`) all that they have and would have longer.
    EndAccess(&'a str),
}

/// Does the same to several people, each for themselves.
///
/// # Errors
/// `NotFound` for those who may not; what is wrong with the colleague, the group or the day.
pub async fn act(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    act: PersonAct<'_>,
    ids: &[UserId],
) -> Result<Outcomes, AppError> {
    let help = matches!(act, PersonAct::Resend | PersonAct::EndSessions);
    allow(actor, if help { Power::HelpPeople } else { Power::ManagePeople })?;
    match act {
        PersonAct::Sponsor(address) => {
            people::colleague(&mut services.db.read().await?.conn(), address).await?;
        }
        PersonAct::AddToGroup(name) => {
            invitation::find_target(services, true, name.trim()).await?;
        }
        PersonAct::EndAccess(day) => {
            let organisation = organisation::load(&mut services.db.read().await?.conn()).await?;
            access::end_to_come(services, &Calendar::new(&organisation, Language::En), day)?;
        }
        _ => {}
    }
    let mut outcomes = Outcomes::default();
    for id in ids.iter().take(ACT_MAX) {
        let user = storage::users::by_id(&mut services.db.read().await?.conn(), *id).await?;
        let name = user.map(|user| user.name).unwrap_or_default();
        match one(services, actor, origin, act, *id).await {
            Ok(undo) => {
                outcomes.done += 1;
                outcomes.name = name;
                outcomes.undo.extend(undo);
            }
            Err(error) => outcomes.failed.push((name, error)),
        }
    }
    services.mail_waits.notify_one();
    Ok(outcomes)
}

async fn one(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    act: PersonAct<'_>,
    id: UserId,
) -> Result<Option<UndoId>, AppError> {
    match act {
        PersonAct::Resend => resend(services, actor, origin, id).await.map(|()| None),
        PersonAct::EndSessions => end_sessions(services, actor, origin, id).await.map(|()| None),
        PersonAct::AddToGroup(name) => add_to_group(services, actor, origin, id, name).await.map(|()| None),
        PersonAct::EndAccess(day) => access::end_all(services, actor, origin, id, day).await.map(Some),
        PersonAct::Sponsor(address) => set_sponsor(services, actor, origin, id, address).await.map(Some),
        PersonAct::Disable | PersonAct::Enable | PersonAct::Delete | PersonAct::Restore => {
            let mut tx = services.db.write().await?;
            let conn = &mut tx.conn();
            let user = people::managed(services, conn, actor, id).await?;
            let (changed, disabled) = match act {
                PersonAct::Disable => (people::switch(services, conn, origin, &user, false).await?, Some(true)),
                PersonAct::Enable => (people::switch(services, conn, origin, &user, true).await?, None),
                PersonAct::Delete => (people::remove(services, conn, origin, &user).await?, Some(false)),
                _ => (people::bring_back(services, conn, origin, &user).await?, None),
            };
            if !changed {
                return Err(AppError::Settled);
            }
            let version = storage::users::version(conn, id).await?;
            let step = disabled.map(|disabled| match disabled {
                true => Step::Disabled { user: id, version },
                false => Step::Deleted { user: id, version },
            });
            let undo = match step {
                Some(step) => Some(undo::keep(services, conn, actor, &step).await?),
                None => None,
            };
            tx.commit().await?;
            Ok(undo)
        }
    }
}

async fn resend(services: &Services, actor: &Actor, origin: &Origin, id: UserId) -> Result<(), AppError> {
    let pending = storage::invitations::pending_of(&mut services.db.read().await?.conn(), id).await?;
    if pending.is_empty() {
        return Err(AppError::Settled);
    }
    // One that may not go out keeps none of the others back.
    let mut failed = None;
    for invitation in pending {
        failed = failed.or(steering::resend(services, actor, origin, invitation.id).await.err());
    }
    failed.map_or(Ok(()), Err)
}

/// Ends all sessions of somebody.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Person, Protected)` for holders of roles.
async fn end_sessions(services: &Services, actor: &Actor, origin: &Origin, id: UserId) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = storage::users::with_roles(conn, id, services.now()).await?;
    let (user, roles) = found.ok_or(AppError::NotFound)?;
    if !roles.is_empty() && !actor.may(Power::ManageRoles) {
        return Err(AppError::invalid(Field::Person, Rule::Protected));
    }
    storage::sessions::end_all(conn, id).await?;
    audit::record(services, conn, origin, Event::new(Activity::REVOKE_SESSIONS).to_user(&user)).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody whom the actor may manage, and who is not deleted.
async fn present(services: &Services, actor: &Actor, id: UserId) -> Result<User, AppError> {
    let user = people::managed(services, &mut services.db.read().await?.conn(), actor, id).await?;
    if user.deleted_at.is_some() { Err(AppError::Settled) } else { Ok(user) }
}

async fn add_to_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    name: &str,
) -> Result<(), AppError> {
    let user = present(services, actor, id).await?;
    let target = invitation::find_target(services, true, name.trim()).await?;
    let wish = Wish { addresses: user.email, targets: vec![target.to_string()], ..Wish::default() };
    let draft = invitation::read(services, actor, &wish).await?;
    let answers = invitation::invite(services, actor, origin, &draft).await?;
    let refused = answers.iter().find_map(|answer| {
        let about_target = answer.targets.iter().find_map(|target| target.reason);
        answer.reason.or(about_target)
    });
    match refused {
        Some(reason) => Err(AppError::Denied { reason }),
        None => Ok(()),
    }
}

/// Has a colleague answer for a guest, and nobody else.
async fn set_sponsor(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    address: &str,
) -> Result<UndoId, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let guest = people::managed(services, conn, actor, id).await?;
    if guest.user_type != UserType::Guest || guest.deleted_at.is_some() {
        return Err(AppError::Settled);
    }
    let next = people::colleague(conn, address).await?;
    let before = storage::sponsors::ids_of(conn, guest.id).await?;
    if before == [next.id] {
        return Err(AppError::Settled);
    }
    let step = Step::Sponsored { user: id, before, after: next.id };
    sponsors_become(services, conn, actor, origin, &guest, &[next]).await?;
    let undo = undo::keep(services, conn, actor, &step).await?;
    tx.commit().await?;
    Ok(undo)
}

/// Makes these the sponsors of a guest. Who is new is told.
pub(in crate::services) async fn sponsors_become(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    guest: &User,
    wanted: &[User],
) -> Result<(), AppError> {
    let before = storage::sponsors::ids_of(conn, guest.id).await?;
    if before.len() != wanted.len() || wanted.iter().any(|user| !before.contains(&user.id)) {
        storage::users::touch(conn, guest.id).await?;
    }
    for gone in before.iter().filter(|id| wanted.iter().all(|user| user.id != **id)) {
        storage::sponsors::remove(conn, guest.id, *gone).await?;
        let Some(gone) = storage::users::by_id(conn, *gone).await? else { continue };
        let event = Event::new(Activity::REMOVE_SPONSOR).to_user(guest).to_user(&gone);
        audit::record(services, conn, origin, event).await?;
    }
    for new in wanted.iter().filter(|user| !before.contains(&user.id)) {
        if !storage::sponsors::add(conn, guest.id, new.id).await? {
            return Err(AppError::invalid(Field::Owner, Rule::TooMany));
        }
        audit::record(services, conn, origin, Event::new(Activity::ADD_SPONSOR).to_user(guest).to_user(new)).await?;
        if new.id != actor.id {
            let about = About { person: Some(guest.id), by: Some(actor.id), ..About::default() };
            notices::tell(services, conn, new.id, Notice::Sponsor, &about).await?;
        }
    }
    Ok(())
}

/// A person's profile as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct ProfileForm<'a> {
    /// The name.
    pub name: &'a str,
    /// The company.
    pub company: &'a str,
    /// The job title.
    pub job_title: &'a str,
    /// The department.
    pub department: &'a str,
    /// Sponsors' addresses, separated by commas or spaces; for guests.
    pub sponsors: &'a str,
    /// The version that the form was filled from.
    pub version: i64,
}

/// Changes a person's profile and sponsors.
///
/// # Errors
/// `NotFound`, `Invalid(Person, …)` as [`people::managed`]; `Invalid`, with the field; `Invalid(Setting, Changed)` if
/// somebody else has changed it since.
pub async fn save_profile(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    form: ProfileForm<'_>,
) -> Result<(), AppError> {
    allow(actor, Power::ManagePeople)?;
    let name = clean_name(form.name);
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    let texts = [form.company, form.job_title, form.department].map(clean_name);
    if texts.iter().any(|text| text.chars().count() > PROFILE_MAX) {
        return Err(AppError::invalid(Field::Message, Rule::TooLong));
    }
    let [company, job_title, department] = texts;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = people::managed(services, conn, actor, id).await?;
    if user.deleted_at.is_some() {
        return Err(AppError::Settled);
    }
    let before = storage::portal::profile(conn, id).await?.ok_or(AppError::NotFound)?;
    if before.version != form.version {
        return Err(AppError::invalid(Field::Setting, Rule::Changed));
    }
    let after = storage::portal::Profile { company, job_title, department, ..before.clone() };
    storage::portal::set_profile(conn, id, &name, &after).await?;
    let changed = User { name, ..user.clone() };
    people::index(conn, &changed, &after.company).await?;
    let changes = [
        ("DisplayName", &user.name, &changed.name),
        ("CompanyName", &before.company, &after.company),
        ("JobTitle", &before.job_title, &after.job_title),
        ("Department", &before.department, &after.department),
    ];
    let changes: Vec<_> = changes.into_iter().filter(|(_, old, new)| old != new).collect();
    if !changes.is_empty() {
        let event = Event::new(Activity::UPDATE_USER).to_user(&changed);
        let event = changes.into_iter().fold(event, |event, (name, old, new)| event.change(name, old, new));
        audit::record(services, conn, origin, event).await?;
    }
    if user.user_type == UserType::Guest {
        let mut wanted: Vec<User> = Vec::new();
        for address in people::listed_sponsors(form.sponsors)? {
            let colleague = people::colleague(conn, address).await?;
            if wanted.iter().all(|user| user.id != colleague.id) {
                wanted.push(colleague);
            }
        }
        sponsors_become(services, conn, actor, origin, &changed, &wanted).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}

/// Lets on only addresses that policy lets guests have.
async fn may_be_a_guests(conn: &mut Conn<'_>, key: &EmailKey) -> Result<(), AppError> {
    match policy::about_domain(&organisation::load(conn).await?, key.domain()).first() {
        Some(reason) => Err(AppError::Denied { reason: *reason }),
        None => Ok(()),
    }
}

/// Makes a guest a member, or a member a guest, keeping id, access and history. A guest who was a member gets a sponsor:
/// whoever does it.
///
/// # Errors
/// As [`save_profile`]; `Invalid(Person, Protected)` for a member who holds a role; `Settled` if it is so already, or
/// if the guest has not redeemed.
pub async fn convert(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    to: UserType,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = people::managed(services, conn, actor, id).await?;
    let (_, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    if to == UserType::Guest && !roles.is_empty() {
        return Err(AppError::invalid(Field::Person, Rule::Protected));
    }
    if to == UserType::Guest {
        let key = storage::invitations::key_of(conn, id).await?.ok_or(AppError::Internal)?;
        may_be_a_guests(conn, &key).await?;
    }
    // Somebody who was invited as a member may become a guest before accepting; the other way they have to be in.
    let fits = user.deleted_at.is_none() && (user.redemption == Redemption::Accepted || to == UserType::Guest);
    if !fits || !storage::portal::set_user_type(conn, id, to).await? {
        return Err(AppError::Settled);
    }
    let (old, new) = if to == UserType::Member { ("Guest", "Member") } else { ("Member", "Guest") };
    let event = Event::new(Activity::UPDATE_USER).to_user(&user).change("UserType", old, new);
    audit::record(services, conn, origin, event).await?;
    let me = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let wanted = if to == UserType::Guest { vec![me] } else { Vec::new() };
    sponsors_become(services, conn, actor, origin, &user, &wanted).await?;
    if to == UserType::Guest {
        // Guests answer for nobody.
        people::hand_over(services, conn, origin, &user).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(user.name)
}

/// Gives a person another address, by which they prove themselves from now on. Both addresses are told; sessions end;
/// what waits for an answer is sent to the new one, as far as policy lets it, and its old links are dead. Returns the
/// address, and how many invitations could not be sent there.
///
/// # Errors
/// As [`save_profile`]; `Invalid(Email, …)`: malformed, or `Taken`.
pub async fn change_address(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    address: &str,
) -> Result<(String, usize), AppError> {
    allow(actor, Power::ManagePeople)?;
    let address = EmailAddress::parse(address.trim())?;
    let key = email_key(&address);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = people::managed(services, conn, actor, id).await?;
    if user.deleted_at.is_some() {
        return Err(AppError::Settled);
    }
    if user.user_type == UserType::Guest {
        may_be_a_guests(conn, &key).await?;
    }
    match storage::users::by_email(conn, &key).await? {
        Some(other) if other.id != id => return Err(AppError::invalid(Field::Email, Rule::Taken)),
        Some(_) if user.email == address.as_str() => return Err(AppError::Settled),
        _ => {}
    }
    notices::tell_of_address(services, conn, &user, address.as_str()).await?;
    let before = storage::invitations::key_of(conn, id).await?.ok_or(AppError::Internal)?;
    storage::portal::set_address(conn, id, address.as_str(), (&before, &key)).await?;
    // A coordinator's domain was the one that was proved.
    for held in storage::roles::of(conn, id, services.now()).await? {
        if !held.scope.is_empty() && held.scope != key.domain() && storage::roles::take(conn, id, held.role).await? {
            let role = held.role.as_str();
            let event = Event::new(Activity::REMOVE_MEMBER_FROM_ROLE).to_user(&user).to("Role", role, role);
            audit::record(services, conn, origin, event).await?;
        }
    }
    let changed = User { email: address.as_str().to_owned(), ..user.clone() };
    let company = storage::users::company(conn, id).await?.unwrap_or_default();
    people::index(conn, &changed, &company).await?;
    storage::sessions::end_all(conn, id).await?;
    let event = Event::new(Activity::UPDATE_USER).to_user(&changed).change("Mail", &user.email, &changed.email);
    audit::record(services, conn, origin, event).await?;
    notices::tell_of_address(services, conn, &changed, &changed.email).await?;
    // Whoever reads the mail of the old address answers for nobody.
    let mut unsent = 0;
    if before != key {
        for invitation in storage::invitations::pending_of(conn, id).await? {
            unsent += usize::from(!steering::follow_address(services, conn, actor, origin, invitation.id).await?);
        }
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok((changed.email, unsent))
}

/// Erases a person for good: nothing personal of theirs stays, not in the trail either, whose chain still verifies.
/// Whoever they answered for is handed on first.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Person, …)` for oneself, holders of roles and the last administrator;
/// `Settled` if they were erased before; `Invalid(Email, Changed)` if `sure` is not their address.
pub async fn erase(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    sure: &str,
) -> Result<(), AppError> {
    allow(actor, Power::Erase)?;
    // Looking through all mail takes long where there is much: only what has come since is looked at while others wait.
    let mut held = services.db.read().await?;
    let (mut mails, last) = storage::portal::mails_naming(&mut held.conn(), id, MailId(uuid::Uuid::nil())).await?;
    drop(held);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = people::managed(services, conn, actor, id).await?;
    if storage::users::is_erased(conn, id).await? {
        return Err(AppError::Settled);
    }
    let typed = EmailAddress::parse(sure.trim()).map(|address| email_key(&address)).ok();
    if typed.is_none() || typed != storage::invitations::key_of(conn, id).await? {
        return Err(AppError::invalid(Field::Email, Rule::Changed));
    }
    people::remove(services, conn, origin, &user).await?;
    mails.extend(storage::portal::mails_naming(conn, id, last).await?.0);
    storage::portal::erase(conn, id, &mails, services.now()).await?;
    // Without name and address: those are what was erased.
    let nobody = User { name: String::new(), email: String::new(), ..user };
    audit::record(services, conn, origin, Event::new(Activity::ERASE_USER).to_user(&nobody)).await?;
    tx.commit().await?;
    Ok(())
}
