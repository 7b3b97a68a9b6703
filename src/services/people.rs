//! Users: who a request is from, and how members come to be.

use super::{
    Services,
    audit::{self, Event},
    grants, invitation,
    notices::{self, About},
    tally,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::UserId,
        invitation::InvitationState,
        language::Language,
        name::clean_name,
        notice::Notice,
        policy::Reason,
        report::Tally,
        roles::Power,
        search,
        time::DAY,
        user::{Redemption, Role, User, UserType},
    },
    identity::email_key,
    storage::{self, Conn, users::AcceptedProfile},
};

/// For so long a deleted person can be restored, in milliseconds.
pub(super) const RESTORABLE: i64 = 30 * DAY;

/// Who a session's user is at this moment, with the person's own language. `None` once they are disabled,
/// deleted or gone: a session signs nobody in by itself.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn actor(
    services: &Services,
    conn: &mut Conn<'_>,
    id: UserId,
) -> Result<Option<(Actor, Option<Language>)>, AppError> {
    let found = storage::users::with_roles(conn, id, services.now()).await?;
    Ok(found.filter(|(user, _)| user.is_active()).map(|(user, roles)| {
        let actor = Actor { id: user.id, user_type: user.user_type, name: user.name, email: user.email, roles };
        (actor, user.language)
    }))
}

/// Who somebody is at this moment, with the roles that they hold now.
///
/// # Errors
/// `NotFound` if they may not be signed in any more.
pub async fn acting(services: &Services, id: UserId) -> Result<Actor, AppError> {
    let found = actor(services, &mut services.db.read().await?.conn(), id).await?;
    found.map(|(actor, _)| actor).ok_or(AppError::NotFound)
}

/// The most sponsors that a guest has.
const SPONSORS_MAX: usize = 5;

/// The addresses in a field for sponsors, none of them looked up yet.
///
/// # Errors
/// `Invalid(Owner, TooMany)`.
pub(super) fn listed_sponsors(field: &str) -> Result<Vec<&str>, AppError> {
    let addresses = field.split([',', ';', ' ', '\n', '\r']).filter(|text| !text.is_empty());
    let listed: Vec<&str> = addresses.take(SPONSORS_MAX + 1).collect();
    if listed.len() > SPONSORS_MAX { Err(AppError::invalid(Field::Owner, Rule::TooMany)) } else { Ok(listed) }
}

/// A member named by address, who may own things and answer for guests.
///
/// # Errors
/// `Invalid(Owner, …)`: `Malformed` if it is no address, `Unknown` if it is no active member's.
pub(super) async fn colleague(conn: &mut Conn<'_>, address: &str) -> Result<User, AppError> {
    let unknown = |rule| AppError::invalid(Field::Owner, rule);
    let address = EmailAddress::parse(address.trim()).map_err(|_| unknown(Rule::Malformed))?;
    let found = storage::users::by_email(conn, &email_key(&address)).await?;
    found.filter(|user| user.is_active() && user.user_type == UserType::Member).ok_or(unknown(Rule::Unknown))
}

/// A member to be added.
#[derive(Debug)]
pub struct NewMember<'a> {
    /// The address.
    pub email: &'a str,
    /// The name; if empty, what stands before the `@`.
    pub name: &'a str,
    /// Directory roles.
    pub roles: &'a [Role],
}

/// Adds a member. They sign in by proving the address.
///
/// # Errors
/// `Invalid(Email, …)`: not an address, or `Taken`.
pub async fn add_member(services: &Services, origin: &Origin, new: NewMember<'_>) -> Result<User, AppError> {
    let address = EmailAddress::parse(new.email)?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let key = email_key(&address);
    if storage::users::by_email(conn, &key).await?.is_some() {
        return Err(AppError::invalid(Field::Email, Rule::Taken));
    }
    let user = create_member(services, conn, origin, &address, &key, new.name).await?;
    for role in new.roles {
        grant_role(services, conn, origin, &user, *role).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Makes a member within a transaction: by hand, or because the address of an own domain was proved.
pub(super) async fn create_member(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    address: &EmailAddress,
    key: &EmailKey,
    name: &str,
) -> Result<User, AppError> {
    let name = match clean_name(name) {
        name if name.is_empty() => clean_name(address.local()),
        name => name,
    };
    let user = User {
        id: UserId(services.rng.uuid(&*services.clock)),
        user_type: UserType::Member,
        email: address.as_str().to_owned(),
        name,
        language: None,
        redemption: Redemption::Accepted,
        enabled: true,
        deleted_at: None,
    };
    storage::users::insert(conn, &user, key, services.now()).await?;
    index(conn, &user, "").await?;
    let event = Event::new(Activity::ADD_USER).to_user(&user).change("UserType", "", "Member").change(
        "AccountEnabled",
        "",
        "true",
    );
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

/// Lets in a member who was invited and needs no invitation any more.
pub(super) async fn let_in(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: User,
) -> Result<User, AppError> {
    let company = storage::users::company(conn, user.id).await?.unwrap_or_default();
    let profile = AcceptedProfile { name: &user.name, company: &company, language: user.language };
    if !storage::users::accept(conn, user.id, profile, services.now()).await? {
        return Err(AppError::Settled);
    }
    let event = Event::new(Activity::UPDATE_USER).to_user(&user).change("UserState", "PendingAcceptance", "Accepted");
    audit::record(services, conn, &origin.by(user.id, &user.name, &user.email), event).await?;
    Ok(User { redemption: Redemption::Accepted, ..user })
}

/// Has somebody found by name, address, domain and company.
pub(super) async fn index(conn: &mut Conn<'_>, user: &User, company: &str) -> Result<(), AppError> {
    let terms = search_terms(user, company);
    Ok(storage::search::keep(conn, user.user_type.as_str(), user.id.0, terms).await?)
}

/// The words that a user is found by: of name, address, domain and company.
pub(super) fn search_terms(user: &User, company: &str) -> Vec<String> {
    let texts = [user.name.as_str(), &user.email, company];
    let mut terms: Vec<String> = texts.into_iter().flat_map(search::words).collect();
    terms.sort();
    terms.dedup();
    terms
}

/// Somebody by address, whoever they are.
async fn known(conn: &mut Conn<'_>, email: &str) -> Result<User, AppError> {
    let address = EmailAddress::parse(email)?;
    let found = storage::users::by_email(conn, &email_key(&address)).await?;
    found.ok_or(AppError::invalid(Field::Email, Rule::Unknown))
}

/// Allows or forbids somebody to sign in, found by address.
///
/// # Errors
/// `Invalid(Email, …)`: not an address, or `Unknown`; `Invalid(Person, Last)` for the last administrator.
pub async fn set_enabled(services: &Services, origin: &Origin, email: &str, enabled: bool) -> Result<User, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = known(conn, email).await?;
    switch(services, conn, origin, &user, enabled).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(user)
}

/// Allows or forbids somebody to sign in, within a transaction. Whoever may not is out at the next request, and hands
/// on their guests. `false` if it was so already.
pub(super) async fn switch(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
    enabled: bool,
) -> Result<bool, AppError> {
    if !enabled {
        leaves_an_administrator(services, conn, user.id).await?;
    }
    if !storage::users::set_enabled(conn, user.id, enabled).await? {
        return Ok(false);
    }
    let (old, new) = if enabled { ("false", "true") } else { ("true", "false") };
    let activity = if enabled { Activity::ENABLE_ACCOUNT } else { Activity::DISABLE_ACCOUNT };
    let event = Event::new(activity).to_user(user).change("AccountEnabled", old, new);
    audit::record(services, conn, origin, event).await?;
    if !enabled {
        storage::sessions::end_all(conn, user.id).await?;
        hand_over(services, conn, origin, user).await?;
    }
    Ok(true)
}

/// Somebody whom the actor may manage: not themselves, and nobody with a role unless the actor gives roles.
pub(super) async fn managed(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    id: UserId,
) -> Result<User, AppError> {
    if !actor.may(Power::ManagePeople) {
        return Err(AppError::NotFound);
    }
    let (user, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    if user.id == actor.id {
        return Err(AppError::invalid(Field::Person, Rule::Own));
    }
    if !roles.is_empty() && !actor.may(Power::ManageRoles) {
        return Err(AppError::invalid(Field::Person, Rule::Protected));
    }
    // Of who was erased nothing is left to manage.
    if storage::users::is_erased(conn, id).await? {
        return Err(AppError::Settled);
    }
    Ok(user)
}

/// Lets nobody lock everybody out: beside whoever goes there is an administrator for good.
pub(super) async fn leaves_an_administrator(
    services: &Services,
    conn: &mut Conn<'_>,
    gone: UserId,
) -> Result<(), AppError> {
    let found = storage::users::with_roles(conn, gone, services.now()).await?;
    let is_one = found.is_some_and(|(user, roles)| user.is_active() && roles.contains(&Role::Administrator));
    if is_one && !storage::users::has_other_administrator(conn, gone).await? {
        return Err(AppError::invalid(Field::Person, Rule::Last));
    }
    Ok(())
}

/// Deletes somebody, who can be restored for 30 days.
///
/// # Errors
/// As [`set_enabled`].
pub async fn delete(services: &Services, origin: &Origin, email: &str) -> Result<User, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = known(conn, email).await?;
    remove(services, conn, origin, &user).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(user)
}

/// Deletes somebody within a transaction: out at once, their guests handed on. What they had stays for a restoring.
/// `false` if they are deleted already.
pub(super) async fn remove(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
) -> Result<bool, AppError> {
    leaves_an_administrator(services, conn, user.id).await?;
    if !storage::users::set_deleted(conn, user.id, Some(services.now())).await? {
        return Ok(false);
    }
    storage::sessions::end_all(conn, user.id).await?;
    audit::record(services, conn, origin, Event::new(Activity::DELETE_USER).to_user(user)).await?;
    withdraw_pending(services, conn, origin, user).await?;
    hand_over(services, conn, origin, user).await?;
    Ok(true)
}

/// Takes back what waits for somebody who is deleted: their tickets say so from now on.
async fn withdraw_pending(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
) -> Result<(), AppError> {
    for invitation in storage::invitations::pending_of(conn, user.id).await? {
        tally::settled(services, conn, Tally::Withdrawn, &invitation).await?;
        storage::invitations::move_to(conn, &invitation, InvitationState::Revoked, services.now()).await?;
        let id = invitation.id.to_string();
        let event = Event::new(Activity::WITHDRAW_INVITE).to_user(user).to("Invitation", &id, "");
        audit::record(services, conn, origin, event.detail("InvitationId", &id)).await?;
    }
    for stored in storage::invitations::open_targets_of(conn, user.id).await? {
        invitation::refuse(services, conn, origin, user, &stored, (Reason::Withdrawn, None)).await?;
    }
    Ok(())
}

/// Brings a deleted person back within 30 days: with what they had and what has not ended meanwhile, without sessions,
/// codes and invitations that waited.
///
/// # Errors
/// As [`set_enabled`]; `TooLate` after 30 days.
pub async fn restore(services: &Services, origin: &Origin, email: &str) -> Result<User, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = known(conn, email).await?;
    bring_back(services, conn, origin, &user).await?;
    tx.commit().await?;
    Ok(user)
}

/// Brings a deleted person back within a transaction. `false` if they are not deleted.
pub(super) async fn bring_back(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
) -> Result<bool, AppError> {
    let Some(deleted_at) = user.deleted_at else { return Ok(false) };
    if deleted_at.plus(RESTORABLE) <= services.now() || storage::users::is_erased(conn, user.id).await? {
        return Err(AppError::TooLate);
    }
    storage::users::set_deleted(conn, user.id, None).await?;
    audit::record(services, conn, origin, Event::new(Activity::RESTORE_USER).to_user(user)).await?;
    if user.user_type == UserType::Guest {
        grants::end_what_may_not_be(services, conn, origin, &User { deleted_at: None, ..user.clone() }).await?;
    }
    Ok(true)
}

/// Hands on the guests that somebody answers for who no longer can: to a co-sponsor, else to another owner of something
/// the guest has, else to nobody, which administrators see (DESIGN rule 11).
pub(super) async fn hand_over(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    gone: &User,
) -> Result<(), AppError> {
    let mut handed: Vec<(UserId, UserId)> = Vec::new();
    loop {
        let guests = storage::sponsors::guests_with(conn, gone.id).await?;
        if guests.is_empty() {
            break;
        }
        for id in guests {
            storage::sponsors::remove(conn, id, gone.id).await?;
            let Some(guest) = storage::users::by_id(conn, id).await? else { continue };
            let event = Event::new(Activity::REMOVE_SPONSOR).to_user(&guest).to_user(gone);
            audit::record(services, conn, origin, event).await?;
            if guest.deleted_at.is_some() || !storage::sponsors::of(conn, id).await?.is_empty() {
                continue;
            }
            let Some(next) = storage::sponsors::other_owner(conn, id, gone.id).await? else { continue };
            let Some(next) = storage::users::by_id(conn, next).await? else { continue };
            storage::sponsors::add(conn, id, next.id).await?;
            let event = Event::new(Activity::ADD_SPONSOR).to_user(&guest).to_user(&next);
            audit::record(services, conn, origin, event).await?;
            handed.push((next.id, id));
        }
    }
    // Whoever answers for several is told once.
    handed.sort();
    for theirs in handed.chunk_by(|one, other| one.0 == other.0) {
        let (next, guest) = theirs[0];
        let by = Some(gone.id);
        let (kind, about) = match theirs.len() {
            1 => (Notice::Sponsor, About { person: Some(guest), by, ..About::default() }),
            guests => (Notice::Sponsors, About { by, guests, ..About::default() }),
        };
        notices::tell(services, conn, next, kind, &about).await?;
    }
    Ok(())
}

async fn grant_role(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
    role: Role,
) -> Result<(), AppError> {
    if storage::users::grant_role(conn, user.id, role, services.now()).await? {
        let event = Event::new(Activity::ADD_MEMBER_TO_ROLE).to_user(user).to("Role", role.as_str(), role.as_str());
        audit::record(services, conn, origin, event).await?;
    }
    Ok(())
}

/// Makes sure that there is an administrator with this address: adds the member if unknown, gives the role if
/// it is missing.
///
/// # Errors
/// `Invalid(Email, …)`: not an address, or `Taken` by somebody who cannot sign in or is a guest.
pub async fn ensure_administrator(
    services: &Services,
    origin: &Origin,
    email: &str,
    name: &str,
) -> Result<User, AppError> {
    let address = EmailAddress::parse(email)?;
    let key = email_key(&address);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = match storage::users::by_email(conn, &key).await? {
        Some(user) if user.is_active() && user.user_type == UserType::Member => user,
        Some(_) => return Err(AppError::invalid(Field::Email, Rule::Taken)),
        None => create_member(services, conn, origin, &address, &key, name).await?,
    };
    grant_role(services, conn, origin, &user, Role::Administrator).await?;
    tx.commit().await?;
    Ok(user)
}
