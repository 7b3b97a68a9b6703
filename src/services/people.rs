//! Users: who a request is from, and how members come to be.

use super::{
    Services,
    audit::{self, Event},
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::UserId,
        language::Language,
        name::clean_name,
        search,
        user::{Redemption, Role, User, UserType},
    },
    identity::email_key,
    storage::{self, Conn},
};

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
    storage::users::index(conn, user.id, &search_terms(&user, "")).await?;
    let event = Event::new(Activity::ADD_USER).to_user(&user).change("UserType", "", "Member").change(
        "AccountEnabled",
        "",
        "true",
    );
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

/// The words that a user is found by: of name, address, domain and company.
pub(super) fn search_terms(user: &User, company: &str) -> Vec<String> {
    let texts = [user.name.as_str(), &user.email, company];
    let mut terms: Vec<String> = texts.into_iter().flat_map(search::words).collect();
    terms.push(user.email.to_lowercase());
    terms.sort();
    terms.dedup();
    terms
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
