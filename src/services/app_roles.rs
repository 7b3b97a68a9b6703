//! App roles: which an app knows, and who has which. Its owners say so; who has the app at all is steered in `access`
//! and `tending`.

use super::{
    Services, access,
    audit::{self, Event},
    tending::tended_app,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        app::Assignee,
        audit::Activity,
        error::{AppError, Field, Rule},
        ids::{AppId, AppRoleId},
        invitation::Target,
        name::clean_name,
        steering::Act,
        view::{AppRoleLine, Counted},
    },
    storage::{self, Conn, app_roles::AppRole},
};

/// So many roles an app may know.
const ROLES_MAX: usize = 50;
/// Holders of a role are counted up to here.
const HOLDERS: i64 = 1_000;
/// The longest value, in characters.
const VALUE_MAX: usize = 64;

/// The roles that an app knows.
pub(super) async fn lines(conn: &mut Conn<'_>, app: AppId) -> Result<Vec<AppRoleLine>, AppError> {
    let line = |AppRole { id, name, value }| AppRoleLine { id, name, value };
    Ok(storage::app_roles::of(conn, app).await?.into_iter().map(line).collect())
}

/// As [`lines`], with how many have each.
pub(super) async fn lines_with_holders(
    conn: &mut Conn<'_>,
    app: AppId,
) -> Result<Vec<(AppRoleLine, Counted)>, AppError> {
    let mut held = Vec::new();
    for line in lines(conn, app).await? {
        let holders = storage::app_roles::holders(conn, line.id, HOLDERS + 1).await?;
        held.push((line, Counted::up_to(HOLDERS, holders)));
    }
    Ok(held)
}

/// Lets an app know a role: its name for people, its value for the app (letters, digits, `.`, `_`, `-`). Returns the
/// name.
///
/// # Errors
/// `NotFound` for those who do not look after the app; `Invalid(Name, Required)`; `Invalid(AppRole, …)`: `Malformed`,
/// `Taken` if the app has the value, `TooMany` beyond 50.
pub async fn add(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    (name, value): (&str, &str),
) -> Result<String, AppError> {
    let (name, value) = (clean_name(name), value.trim());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    if value.is_empty() || value.len() > VALUE_MAX || !value.chars().all(is_plain) {
        return Err(AppError::invalid(Field::AppRole, Rule::Malformed));
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    if storage::app_roles::of(conn, app).await?.len() >= ROLES_MAX {
        return Err(AppError::invalid(Field::AppRole, Rule::TooMany));
    }
    let id = AppRoleId(services.rng.uuid(&*services.clock));
    if !storage::app_roles::insert(conn, id, app, (&name, value)).await? {
        return Err(AppError::invalid(Field::AppRole, Rule::Taken));
    }
    let event = Event::new(Activity::UPDATE_APP)
        .to("ServicePrincipal", app.to_string(), &row.name)
        .change("AppRole", "", value);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(name)
}

/// Takes a role from an app: whoever had it keeps the app, with its default access. Returns the name.
///
/// # Errors
/// `NotFound` for those who do not look after the app; `Settled` if it is gone.
pub async fn remove(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    id: AppRoleId,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    let role = named(conn, app, id).await?;
    storage::app_roles::remove(conn, id).await?;
    let event = Event::new(Activity::UPDATE_APP).to("ServicePrincipal", app.to_string(), &row.name).change(
        "AppRole",
        &role.value,
        "",
    );
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(role.name)
}

/// Gives somebody who has an app a role in it, or with `None` its default access. Returns who that was.
///
/// # Errors
/// `NotFound` for those who do not look after the app, or may not steer the person; `Conflict` or `Settled` if they do
/// not have the app, have the role already, or it is gone.
pub async fn give(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    to: Assignee,
    role: Option<AppRoleId>,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    let (event, name) = match to {
        Assignee::User(id) => {
            let found = access::reached(services, conn, actor, (id, Target::App(app)), Act::ChangeEnd).await?;
            (Event::new(Activity::ADD_APP_TO_USER).to_user(&found.user), found.user.name)
        }
        Assignee::Group(id) => {
            let found = storage::tending::group(conn, id).await?.ok_or(AppError::NotFound)?;
            (Event::new(Activity::ADD_APP_TO_GROUP).to("Group", id.to_string(), &found.name), found.name)
        }
    };
    let before = storage::app_roles::held(conn, app, to).await?.ok_or(AppError::Settled)?;
    if before == role {
        return Err(AppError::Settled);
    }
    let mut values = [String::new(), String::new()];
    for (value, id) in values.iter_mut().zip([before, role]) {
        if let Some(id) = id {
            *value = named(conn, app, id).await?.value;
        }
    }
    storage::app_roles::give(conn, app, to, role).await?;
    let [old, new] = values;
    let event = event.to("ServicePrincipal", app.to_string(), &row.name).change("AppRole", &old, &new);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(name)
}

async fn named(conn: &mut Conn<'_>, app: AppId, id: AppRoleId) -> Result<AppRole, AppError> {
    storage::app_roles::one(conn, app, id).await?.ok_or(AppError::Settled)
}
