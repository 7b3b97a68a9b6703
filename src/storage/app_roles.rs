//! The roles that apps know, and who has which. Who has an app at all is in `grants` and `apps`.

use super::{Conn, on};
use crate::domain::{
    app::Assignee,
    ids::{AppId, AppRoleId},
};

/// A role that an app knows.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AppRole {
    /// Its id.
    pub id: AppRoleId,
    /// What people call it.
    pub name: String,
    /// What the app calls it.
    pub value: String,
}

/// The roles that an app knows, by name.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, app: AppId) -> sqlx::Result<Vec<AppRole>> {
    const SQL: &str = "SELECT id, name, value FROM app_roles WHERE app_id = $1 ORDER BY name, id LIMIT 100";
    on!(conn, c => sqlx::query_as(SQL).bind(app).fetch_all(c).await)
}

/// One of them.
///
/// # Errors
/// What the engine says.
pub async fn one(conn: &mut Conn<'_>, app: AppId, id: AppRoleId) -> sqlx::Result<Option<AppRole>> {
    const SQL: &str = "SELECT id, name, value FROM app_roles WHERE app_id = $1 AND id = $2";
    on!(conn, c => sqlx::query_as(SQL).bind(app).bind(id).fetch_optional(c).await)
}

/// How many people and groups have a role, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn holders(conn: &mut Conn<'_>, id: AppRoleId, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM app_assignments WHERE app_role_id = $1 LIMIT $2) AS counted";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id).bind(bound).fetch_one(c).await)
}

/// Stores a role. `false` if the app has one of this value.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, id: AppRoleId, app: AppId, (name, value): (&str, &str)) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO app_roles (id, app_id, name, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(app).bind(name).bind(value).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes a role; whoever had it has the app's default access.
///
/// # Errors
/// What the engine says.
pub async fn remove(conn: &mut Conn<'_>, id: AppRoleId) -> sqlx::Result<()> {
    const HOLDERS: &str = "UPDATE app_assignments SET app_role_id = NULL WHERE app_role_id = $1";
    const ROLE: &str = "DELETE FROM app_roles WHERE id = $1";
    on!(&mut *conn, c => sqlx::query(HOLDERS).bind(id).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(ROLE).bind(id).execute(c).await.map(drop))
}

/// The role that somebody's assignment has. The outer `None`: they have none of the app's own assignments.
///
/// # Errors
/// What the engine says.
pub async fn held(conn: &mut Conn<'_>, app: AppId, by: Assignee) -> sqlx::Result<Option<Option<AppRoleId>>> {
    const USER: &str = "SELECT app_role_id FROM app_assignments WHERE app_id = $1 AND user_id = $2";
    const GROUP: &str = "SELECT app_role_id FROM app_assignments WHERE app_id = $1 AND group_id = $2";
    let (sql, id) = match by {
        Assignee::User(id) => (USER, id.0),
        Assignee::Group(id) => (GROUP, id.0),
    };
    on!(conn, c => sqlx::query_scalar(sql).bind(app).bind(id).fetch_optional(c).await)
}

/// Gives somebody's assignment a role, or none.
///
/// # Errors
/// What the engine says.
pub async fn give(conn: &mut Conn<'_>, app: AppId, to: Assignee, role: Option<AppRoleId>) -> sqlx::Result<()> {
    const USER: &str = "UPDATE app_assignments SET app_role_id = $3 WHERE app_id = $1 AND user_id = $2";
    const GROUP: &str = "UPDATE app_assignments SET app_role_id = $3 WHERE app_id = $1 AND group_id = $2";
    let (sql, id) = match to {
        Assignee::User(id) => (USER, id.0),
        Assignee::Group(id) => (GROUP, id.0),
    };
    on!(conn, c => sqlx::query(sql).bind(app).bind(id).bind(role).execute(c).await.map(drop))
}
