//! The words that groups and apps are found by, kept with every change of their texts. Those of people are kept by
//! `users::index`.

use super::{Conn, on};
use crate::domain::search::words;
use uuid::Uuid;

/// Replaces the words that something of a kind is found by.
///
/// # Errors
/// What the engine says.
pub async fn index(conn: &mut Conn<'_>, kind: &str, id: Uuid, texts: &[&str]) -> sqlx::Result<()> {
    const CLEAR: &str = "DELETE FROM search_terms WHERE id = $1 AND kind = $2";
    let mut terms: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    terms.sort();
    terms.dedup();
    on!(&mut *conn, c => sqlx::query(CLEAR).bind(id).bind(kind).execute(c).await.map(drop))?;
    if terms.is_empty() {
        return Ok(());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("INSERT INTO search_terms (kind, term, id) ");
        sql.push_values(terms, |mut row, term| {
            row.push_bind(kind).push_bind(term).push_bind(id);
        });
        sql.build().execute(c).await.map(drop)
    })
}

/// Groups and apps without any words: those from before they were kept.
///
/// # Errors
/// What the engine says.
pub async fn index_missing(conn: &mut Conn<'_>) -> sqlx::Result<()> {
    const GROUPS: &str = "SELECT id, name, description FROM directory_groups g
        WHERE NOT EXISTS (SELECT 1 FROM search_terms w WHERE w.id = g.id) LIMIT 20000";
    const APPS: &str = "SELECT id, name, note FROM apps p
        WHERE NOT EXISTS (SELECT 1 FROM search_terms w WHERE w.id = p.id) LIMIT 20000";
    for (kind, sql) in [("group", GROUPS), ("app", APPS)] {
        let rows: Vec<(Uuid, String, String)> = on!(&mut *conn, c => sqlx::query_as(sql).fetch_all(c).await)?;
        for (id, name, note) in rows {
            index(conn, kind, id, &[&name, &note]).await?;
        }
    }
    Ok(())
}
