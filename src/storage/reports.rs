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
