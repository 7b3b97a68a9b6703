//! What the keys of counts are called, and which key something of a name has.

use super::{Conn, on};
use uuid::Uuid;

/// Whose names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// People's.
    People,
    /// Groups'.
    Groups,
    /// Apps'.
    Apps,
}

/// What these are called, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn names(conn: &mut Conn<'_>, of: Names, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = match of {
        Names::People => "SELECT id, name FROM users WHERE id IN (",
        Names::Groups => "SELECT id, name FROM directory_groups WHERE id IN (",
        Names::Apps => "SELECT id, name FROM apps WHERE id IN (",
    };
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new(sql);
        let mut list = sql.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        sql.push(")");
        sql.build_query_as().fetch_all(c).await
    })
}

/// Groups or apps of this name, deleted ones left out: the one of just these letters, else those that differ from it in
/// their size only (on SQLite in that of A to Z), two at most.
///
/// # Errors
/// What the engine says.
pub async fn named(conn: &mut Conn<'_>, groups: bool, name: &str) -> sqlx::Result<Vec<Uuid>> {
    const GROUPS: &str = "SELECT id, name FROM directory_groups
        WHERE LOWER(name) = LOWER($1) AND deleted_at IS NULL ORDER BY name <> $1, id LIMIT 2";
    const APPS: &str = "SELECT id, name FROM apps
        WHERE LOWER(name) = LOWER($1) AND deleted_at IS NULL ORDER BY name <> $1, id LIMIT 2";
    let sql = if groups { GROUPS } else { APPS };
    let found: Vec<(Uuid, String)> = on!(conn, c => sqlx::query_as(sql).bind(name).fetch_all(c).await)?;
    let only = matches!(found.as_slice(), [(_, first), (_, second)] if first == name && second != name);
    Ok(found.into_iter().take(if only { 1 } else { 2 }).map(|(id, _)| id).collect())
}
