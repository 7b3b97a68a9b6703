//! The words that people, groups and apps are found by: keeping them, and finding by the beginnings of two of them.

use super::{Conn, on};
use crate::domain::{search::words, user::UserType};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The kinds that people are of.
pub const PEOPLE: [&str; 2] = [UserType::Guest.as_str(), UserType::Member.as_str()];
/// A page of a list looks no further than so many that a search finds.
pub const LOOKED_AT: i64 = 200;
/// Of what one word finds, no more than so many are looked through for a second word.
pub const SIFTED: i64 = 1_000;
/// Of what a list is narrowed down by (mail that failed, access that ends), a page looks no further than so many.
pub const NARROWED: i64 = 10_000;

/// A search as it is carried out.
#[derive(Debug)]
pub struct Search {
    /// The beginnings of two words, or of one: the second is looked for among what the first finds.
    pub words: [String; 2],
    /// Where it ends that what the first finds is looked through for the second; nothing if all of it is.
    pub end: Option<(String, Uuid)>,
}

impl Search {
    /// Two words, the first leading unless it finds more than are looked through and the second does not.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn of(conn: &mut Conn<'_>, kinds: &[&str], words: [String; 2]) -> sqlx::Result<Self> {
        let [first, second] = words;
        if second.is_empty() {
            return Ok(Self { words: [first, second], end: None });
        }
        let end = first_end(conn, kinds, &first).await?;
        if end.is_some() && first_end(conn, kinds, &second).await?.is_none() {
            return Ok(Self { words: [second, first], end: None });
        }
        Ok(Self { words: [first, second], end })
    }

    /// The words as lists take them.
    pub fn words(&self) -> [&str; 2] {
        [&self.words[0], &self.words[1]]
    }

    /// Whether it may find more than a page looks at.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn goes_further(&self, conn: &mut Conn<'_>, kinds: &[&str]) -> sqlx::Result<bool> {
        if self.words[0].is_empty() || self.end.is_some() {
            return Ok(self.end.is_some());
        }
        let (first, end) = range(&self.words[0]);
        for kind in kinds {
            let sql = format!("SELECT COUNT(*) FROM ({}) AS found", ids(kind, self.words(), 1, false));
            let found: i64 = on!(&mut *conn, c => sqlx::query_scalar(AssertSqlSafe(sql)).bind(first).bind(&end)
                .bind(beside(&self.words[1])).fetch_one(c).await)?;
            if found >= LOOKED_AT {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

async fn first_end(conn: &mut Conn<'_>, kinds: &[&str], word: &str) -> sqlx::Result<Option<(String, Uuid)>> {
    for kind in kinds {
        let end = sift_end(conn, kind, word, None).await?;
        if end.is_some() {
            return Ok(end);
        }
    }
    Ok(None)
}

/// The ids of what is of a kind and found by the beginnings of two words, or of one. Takes three values from `$first` on:
/// those of [`range`] of the first word, and [`beside`] of the second. A page looks at [`LOOKED_AT`] of them, an export
/// at the `whole`. An id may come more than once.
pub fn ids(kind: &str, words: [&str; 2], first: usize, whole: bool) -> String {
    let [from, to, also] = [first, first + 1, first + 2];
    let bound = |most: i64| if whole { String::new() } else { format!(" ORDER BY w.term, w.id LIMIT {most}") };
    let range = format!("FROM search_terms w WHERE w.kind = '{kind}' AND w.term >= ${from} AND w.term < ${to}");
    if words[1].is_empty() {
        return format!("SELECT w.id {range}{}", bound(LOOKED_AT));
    }
    format!(
        "SELECT w.id FROM (SELECT w.term, w.id, w.words {range}{}) AS w WHERE w.words LIKE ${also}{}",
        bound(SIFTED),
        bound(LOOKED_AT),
    )
}

/// The condition that `id` is among the [`ids`] of one of the kinds. Nothing where there is no first word.
pub fn found(kinds: &[&str], words: [&str; 2], id: &str, first: usize, whole: bool) -> String {
    if words[0].is_empty() {
        return String::new();
    }
    let of = |kind: &&str| format!("SELECT id FROM ({}) AS {kind}s", ids(kind, words, first, whole));
    format!(" AND {id} IN ({})", kinds.iter().map(of).collect::<Vec<_>>().join(" UNION ALL "))
}

/// Where it ends that what a word finds is looked through for a second one, from the beginning or behind a page's end:
/// behind [`SIFTED`]. Nothing if there are fewer.
///
/// # Errors
/// What the engine says.
pub async fn sift_end(
    conn: &mut Conn<'_>,
    kind: &str,
    word: &str,
    after: Option<Uuid>,
) -> sqlx::Result<Option<(String, Uuid)>> {
    const SQL: &str = "SELECT term, id FROM search_terms
        WHERE kind = $1 AND (term, id) > ($2, $3) AND term < $4 ORDER BY term, id LIMIT 1 OFFSET $5";
    let (begins, id) = behind(&mut *conn, word, after).await?;
    let (_, end) = range(word);
    on!(conn, c => sqlx::query_as(SQL).bind(kind).bind(begins).bind(id).bind(end).bind(SIFTED - 1)
        .fetch_optional(c).await)
}

/// Where in the words that begin so somebody stands, to go on behind them; their beginning without anybody, or with
/// somebody who is not found by them any more.
///
/// # Errors
/// What the engine says.
pub async fn behind(conn: &mut Conn<'_>, word: &str, id: Option<Uuid>) -> sqlx::Result<(String, Uuid)> {
    const SQL: &str = "SELECT MIN(term) FROM search_terms WHERE id = $1 AND term >= $2 AND term < $3";
    let (first, end) = range(word);
    if let Some(id) = id {
        let term: Option<String> =
            on!(conn, c => sqlx::query_scalar(SQL).bind(id).bind(first).bind(end).fetch_one(c).await)?;
        if let Some(term) = term {
            return Ok((term, id));
        }
    }
    Ok((first.to_owned(), Uuid::nil()))
}

/// The words that begin so, in the order of bytes: from the first value on, before the second.
pub fn range(beginning: &str) -> (&str, String) {
    (beginning, format!("{beginning}\u{10FFFF}"))
}

/// What `words` are like where one of them begins so.
pub fn beside(beginning: &str) -> String {
    format!("% {beginning}%")
}

/// All words of something as they stand beside each of them.
pub fn all_words(terms: &[String]) -> String {
    terms.iter().flat_map(|term| [" ", term]).collect()
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
    const CLEAR: &str = "DELETE FROM search_terms WHERE id = $1";
    terms.sort();
    terms.dedup();
    on!(&mut *conn, c => sqlx::query(CLEAR).bind(id).execute(c).await.map(drop))?;
    if terms.is_empty() {
        return Ok(());
    }
    let words = all_words(&terms);
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("INSERT INTO search_terms (kind, term, id, words) ");
        sql.push_values(terms, |mut row, term| {
            row.push_bind(kind).push_bind(term).push_bind(id).push_bind(&words);
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
