//! The words that people, groups and apps are found by: keeping them, and finding by the beginnings of two of them.

use super::{Conn, on};
use crate::domain::search::words;
use uuid::Uuid;

/// A page of a list looks no further than so many that a search finds.
pub const LOOKED_AT: i64 = 200;

/// The ids of what is of a kind and found by the beginnings of two words: both are ranges of the index of words.
/// `narrowed` joins what narrows the search itself down. It takes five values from `$first` on: those of [`range`] of the
/// first word and of the second (which may be empty), and how many are looked at. An id may come more than once.
pub fn ids(kind: &str, narrowed: &str, first: usize) -> String {
    let [from, to, and_from, and_to, most] = [first, first + 1, first + 2, first + 3, first + 4];
    format!(
        "SELECT w.id FROM search_terms w {narrowed}
            WHERE w.kind = '{kind}' AND w.term >= ${from} AND w.term < ${to}
                AND (${and_from} = '' OR EXISTS (SELECT 1 FROM search_terms x
                    WHERE x.id = w.id AND x.kind = '{kind}' AND x.term >= ${and_from} AND x.term < ${and_to}))
            ORDER BY w.term, w.id LIMIT ${most}"
    )
}

/// The condition that `id` is among [`ids`]. Nothing where there is no first word.
pub fn found(words: [&str; 2], id: &str, kind: &str, first: usize) -> String {
    if words[0].is_empty() { String::new() } else { format!(" AND {id} IN ({})", ids(kind, "", first)) }
}

/// The words that begin so, in the order of bytes: from the first value on, before the second.
pub fn range(beginning: &str) -> (&str, String) {
    (beginning, format!("{beginning}\u{10FFFF}"))
}

/// Replaces the words that something of a kind is found by.
///
/// # Errors
/// What the engine says.
pub async fn index(conn: &mut Conn<'_>, kind: &str, id: Uuid, texts: &[&str]) -> sqlx::Result<()> {
    keep(conn, kind, id, texts.iter().flat_map(|text| words(text)).collect()).await
}

/// As [`index`], with the words themselves.
///
/// # Errors
/// What the engine says.
pub async fn keep(conn: &mut Conn<'_>, kind: &str, id: Uuid, mut terms: Vec<String>) -> sqlx::Result<()> {
    const CLEAR: &str = "DELETE FROM search_terms WHERE id = $1 AND kind = $2";
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
