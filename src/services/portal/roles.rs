//! Who holds which directory role: giving it for a while or for good, taking it, and what it lets people do.

use super::allow;
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::EmailAddress,
        error::{AppError, Field, Rule},
        ids::UserId,
        language::Language,
        notice::Notice,
        roles::Power,
        user::{Role, User, UserType},
        view::{RoleLine, RolesPage},
    },
    identity::{email_key, key_of_input, shown},
    services::{
        Services,
        audit::{self, Event},
        calendar::Calendar,
        notices::{self, About},
        organisation, people,
    },
    storage::{self, Conn, roles::Holding},
};

/// A role to be given.
#[derive(Debug, Clone, Copy)]
pub struct Giving<'a> {
    /// Which.
    pub role: Role,
    /// Last day as `YYYY-MM-DD`; empty is for good.
    pub until: &'a str,
    /// For this domain only: for guests their own, proven one, which empty is too; for members empty, which is
    /// everywhere.
    pub scope: &'a str,
}

/// Who holds which role.
///
/// # Errors
/// `NotFound` for those who may not see it.
pub async fn page(services: &Services, actor: &Actor, language: Language) -> Result<RolesPage, AppError> {
    allow(actor, Power::SeeOrganisation)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let lines = storage::roles::all(conn, services.now()).await?.into_iter().map(|one| line(one, &calendar)).collect();
    Ok(RolesPage { lines, may_give: actor.may(Power::ManageRoles), form: None })
}

/// The roles of one person.
pub(super) async fn of(
    conn: &mut Conn<'_>,
    services: &Services,
    calendar: &Calendar,
    user: UserId,
) -> Result<Vec<RoleLine>, AppError> {
    let held = storage::roles::of(conn, user, services.now()).await?;
    Ok(held.into_iter().map(|one| line(one, calendar)).collect())
}

fn line(held: Holding, calendar: &Calendar) -> RoleLine {
    RoleLine {
        user: held.user_id,
        name: held.name,
        email: shown(&held.email).0,
        role: held.role,
        scope: held.scope,
        since: calendar.date(held.since),
        until: held.until.map(|until| calendar.date(until)),
        by: held.by_name,
    }
}

/// Gives somebody, found by address, a role; one that they hold gets its new end.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Email, …)`: malformed, or `Unknown`; `Invalid(AccessUntil, …)`;
/// `Invalid(Role, …)`: `Malformed` where a domain is given that is not the guest's own, `Required` where a guest would
/// get a role other than guest inviter.
pub async fn give(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    email: &str,
    giving: Giving<'_>,
) -> Result<User, AppError> {
    allow(actor, Power::ManageRoles)?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let address = EmailAddress::parse(email.trim())?;
    let user = storage::users::by_email(conn, &email_key(&address)).await?.filter(User::is_active);
    let user = user.ok_or(AppError::invalid(Field::Email, Rule::Unknown))?;
    let until = match giving.until {
        "" => None,
        day => {
            let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
            let end = calendar.end_of(day).ok_or(AppError::invalid(Field::AccessUntil, Rule::Malformed))?;
            if end <= services.now() {
                return Err(AppError::invalid(Field::AccessUntil, Rule::Past));
            }
            Some(end)
        }
    };
    let mut scope = match giving.scope.trim() {
        "" => String::new(),
        domain => key_of_input(&format!("x@{domain}")).domain().to_owned(),
    };
    if user.user_type == UserType::Guest {
        if giving.role != Role::GuestInviter {
            return Err(AppError::invalid(Field::Role, Rule::Required));
        }
        // A coordinator brings in colleagues, from the domain that was proved and from no other.
        let key = storage::invitations::key_of(conn, user.id).await?.ok_or(AppError::Internal)?;
        if scope.is_empty() {
            key.domain().clone_into(&mut scope);
        }
        if scope != key.domain() {
            return Err(AppError::invalid(Field::Role, Rule::Malformed));
        }
    } else if !scope.is_empty() {
        return Err(AppError::invalid(Field::Role, Rule::Malformed));
    }
    if until.is_some() && giving.role == Role::Administrator {
        people::leaves_an_administrator(services, conn, user.id).await?;
    }
    let before = storage::roles::of(conn, user.id, services.now()).await?;
    let before = before.iter().find(|one| one.role == giving.role);
    if before.is_some_and(|one| one.until == until && one.scope == scope) {
        return Err(AppError::Settled);
    }
    storage::roles::give(conn, user.id, giving.role, (services.now(), until), &scope, Some(actor.id)).await?;
    let role = giving.role.as_str();
    let mut event = Event::new(Activity::ADD_MEMBER_TO_ROLE).to_user(&user).to("Role", role, role);
    if let Some(until) = until {
        event = event.detail("until", &crate::services::calendar::rfc3339(until));
    }
    if !scope.is_empty() {
        event = event.detail("domain", &scope);
    }
    audit::record(services, conn, origin, event).await?;
    let about = About { by: Some(actor.id), role: Some(giving.role), until, ..About::default() };
    notices::tell(services, conn, user.id, Notice::Role, &about).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(user)
}

/// Takes a role from somebody, at once.
///
/// # Errors
/// `NotFound` for those who may not; `Settled` if they do not hold it; `Invalid(Person, Last)` for the last
/// administrator.
pub async fn take(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: UserId,
    role: Role,
) -> Result<User, AppError> {
    allow(actor, Power::ManageRoles)?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = storage::users::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    if role == Role::Administrator {
        people::leaves_an_administrator(services, conn, id).await?;
    }
    if !storage::roles::take(conn, id, role).await? {
        return Err(AppError::Settled);
    }
    let event = Event::new(Activity::REMOVE_MEMBER_FROM_ROLE).to_user(&user).to("Role", role.as_str(), role.as_str());
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(user)
}
