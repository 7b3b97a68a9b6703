//! People as administrators manage them: the lists, and what is done to one or many of them. A person's page is put
//! together in `person`.

use super::{INACTIVE_DAYS, Outcomes, allow};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::{UndoId, UserId, stable_colour},
        invitation::Target,
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
        csv::cells,
        invitation::{self, Wish},
        notices::{self, About},
        organisation, people,
        steering::{self, two_words},
        undo::{self, Step},
    },
    storage::{
        self, Conn,
        portal::{Only, Order, PeopleAsked, PersonRow},
        search::NARROWED,
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

fn only(filter: &PeopleFilter, now: Timestamp) -> Only<'_> {
    match filter.only.as_str() {
        "unsponsored" if !filter.members => Only::Unsponsored,
        "never" => Only::NeverSeen,
        "inactive" => Only::NotSince(now.plus(-INACTIVE_DAYS * DAY)),
        "ending" => Only::Ending(now, now.plus(14 * DAY)),
        text => match (text.parse::<UserStanding>(), filter.sponsor) {
            (Ok(standing), _) => Only::Standing(standing),
            (Err(_), Some(sponsor)) => Only::SponsoredBy(sponsor),
            (Err(_), None) if !filter.domain.is_empty() => Only::Domain(&filter.domain),
            _ => Only::All,
        },
    }
}

fn user_type(filter: &PeopleFilter) -> UserType {
    if filter.members { UserType::Member } else { UserType::Guest }
}

fn asked<'q>(filter: &'q PeopleFilter, words: &'q [String; 2], now: Timestamp) -> PeopleAsked<'q> {
    PeopleAsked {
        user_type: user_type(filter),
        only: only(filter, now),
        words: [&words[0], &words[1]],
        // Each filter comes in an order that an index has.
        order: match (only(filter, now), filter.order.as_str()) {
            (Only::NeverSeen | Only::NotSince(_), _) => Order::Seen,
            (Only::All | Only::Standing(_), "created") => Order::Created,
            (Only::All | Only::Standing(_), "seen") => Order::Seen,
            (Only::All, "") if !words[0].is_empty() => Order::Found,
            _ => Order::Name,
        },
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
    let words = storage::search::rarer_first(conn, &[kind], two_words(&filter.query)).await?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let wanted = PeopleAsked { after, limit, ..asked(&filter, &words, now) };
    let order = wanted.order;
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
    let total = match only(&filter, now) {
        _ if !filter.query.trim().is_empty() => None,
        Only::All => Some(sum(None)),
        Only::Standing(standing) => Some(sum(Some(standing))),
        Only::Domain(domain) if !filter.members => Some(storage::counts::one(conn, "guests.domain", domain).await?),
        _ => None,
    };
    let too_many = match (order, only(&filter, now)) {
        (Order::Found, _) if more.is_some() || words[1].is_empty() => false,
        (Order::Found, _) => storage::search::sift_end(conn, kind, &words[0], after.map(|id| id.0)).await?.is_some(),
        (_, Only::Ending(from, to)) if storage::portal::ending(conn, (from, to), NARROWED).await? >= NARROWED => true,
        _ => storage::search::goes_further(conn, &[kind], [&words[0], &words[1]]).await?,
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
    let words = two_words(&filter.query);
    // All that fit, in an order that does not move while it is read.
    let wanted =
        PeopleAsked { after, whole: true, limit: EXPORT_PAGE, order: Order::Created, ..asked(filter, &words, now) };
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
    /// Ends all that they have with this day (`YYYY-MM-DD`).
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
            let end = Calendar::new(&organisation, Language::En).end_of(day);
            if end.is_none_or(|end| end <= services.now()) {
                return Err(AppError::invalid(Field::AccessUntil, Rule::Past));
            }
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
        PersonAct::EndAccess(day) => end_access(services, actor, origin, id, day).await.map(|()| None),
        PersonAct::Sponsor(address) => set_sponsor(services, actor, origin, id, address).await.map(|()| None),
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
    for invitation in pending {
        steering::resend(services, actor, origin, invitation.id).await?;
    }
    Ok(())
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

async fn end_access(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    day: &str,
) -> Result<(), AppError> {
    present(services, actor, id).await?;
    let held = storage::grants::held_by(&mut services.db.read().await?.conn(), id, actor.id).await?;
    let targets: Vec<Target> = held.iter().filter_map(storage::grants::Held::target).collect();
    if targets.is_empty() {
        return Err(AppError::Settled);
    }
    for target in targets {
        access::change_end(services, actor, origin, (id, target), day, None).await?;
    }
    Ok(())
}

/// Has a colleague answer for a guest, and nobody else.
async fn set_sponsor(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    address: &str,
) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let guest = people::managed(services, conn, actor, id).await?;
    if guest.user_type != UserType::Guest || guest.deleted_at.is_some() {
        return Err(AppError::Settled);
    }
    let next = people::colleague(conn, address).await?;
    sponsors_become(services, conn, actor, origin, &guest, &[next]).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes these the sponsors of a guest. Who is new is told.
pub(super) async fn sponsors_become(
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
        for address in form.sponsors.split([',', ' ', ';', '\n', '\r']).filter(|text| !text.is_empty()) {
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

/// Gives a person another address, by which they prove themselves from now on. Both addresses are told; sessions end.
///
/// # Errors
/// As [`save_profile`]; `Invalid(Email, …)`: malformed, or `Taken`.
pub async fn change_address(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    address: &str,
) -> Result<String, AppError> {
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
    storage::portal::set_address(conn, id, address.as_str(), &key).await?;
    let changed = User { email: address.as_str().to_owned(), ..user.clone() };
    let company = storage::users::company(conn, id).await?.unwrap_or_default();
    people::index(conn, &changed, &company).await?;
    storage::sessions::end_all(conn, id).await?;
    let event = Event::new(Activity::UPDATE_USER).to_user(&changed).change("Mail", &user.email, &changed.email);
    audit::record(services, conn, origin, event).await?;
    notices::tell_of_address(services, conn, &changed, &changed.email).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(changed.email)
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
    storage::portal::erase(conn, id, services.now()).await?;
    // Without name and address: those are what was erased.
    let nobody = User { name: String::new(), email: String::new(), ..user };
    audit::record(services, conn, origin, Event::new(Activity::ERASE_USER).to_user(&nobody)).await?;
    tx.commit().await?;
    Ok(())
}

/// What adding a member from a list came to.
#[derive(Debug, Clone)]
pub struct AddedLine {
    /// What stood in the list.
    pub raw: String,
    /// Why not.
    pub error: Option<AppError>,
}

/// Adds members: each line is an address, with a name before it (`Ada Winter <ada@…>`) or behind a comma or semicolon.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Email, Required)` if there is none, `Invalid(Email, TooMany)`.
pub async fn add_members(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    list: &str,
) -> Result<Vec<AddedLine>, AppError> {
    allow(actor, Power::ManagePeople)?;
    let lines: Vec<&str> = list.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(AppError::invalid(Field::Email, Rule::Required));
    }
    if lines.len() > 5 * ACT_MAX {
        return Err(AppError::invalid(Field::Email, Rule::TooMany));
    }
    let mut added = Vec::new();
    for (i, line) in lines.into_iter().enumerate() {
        let (email, name) = read_member(line);
        // A head row of a CSV file.
        if i == 0 && matches!(email.to_lowercase().as_str(), "email" | "e-mail" | "mail" | "address") {
            continue;
        }
        let new = people::NewMember { email: &email, name: &name, roles: &[] };
        let error = people::add_member(services, origin, new).await.err();
        added.push(AddedLine { raw: line.to_owned(), error });
    }
    Ok(added)
}

/// Address and name in a line: `Name <address>`, or cells of which one is the address.
fn read_member(line: &str) -> (String, String) {
    if let Some((name, rest)) = line.split_once('<')
        && let Some((email, _)) = rest.split_once('>')
    {
        return (email.trim().to_owned(), name.trim().trim_matches('"').trim().to_owned());
    }
    let cells = cells(line);
    let email = cells.iter().position(|cell| cell.contains('@')).unwrap_or_default();
    let name = cells.iter().enumerate().find(|(i, cell)| *i != email && !cell.is_empty());
    (cells.get(email).cloned().unwrap_or_default(), name.map(|(_, cell)| cell.clone()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_from_lines_as_people_write_them() {
        let ada = ("ada@woodgrove.example".to_owned(), "Ada Winter".to_owned());
        for line in [
            "Ada Winter <ada@woodgrove.example>",
            "\"Ada Winter\" <ada@woodgrove.example>",
            "ada@woodgrove.example, Ada Winter",
            "\"Ada Winter\";ada@woodgrove.example",
            "ada@woodgrove.example;Ada Winter;x",
            "Ada Winter,ada@woodgrove.example",
        ] {
            assert_eq!(read_member(line), ada, "{line}");
        }
        let quoted = read_member("\"Winter, Ada\",ada@woodgrove.example");
        assert_eq!(quoted, ("ada@woodgrove.example".to_owned(), "Winter, Ada".to_owned()));
        assert_eq!(read_member("ada@woodgrove.example"), (ada.0, String::new()));
    }
}
