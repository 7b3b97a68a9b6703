//! Kept counts: how many there are now (by triggers), and how often something came about on a day.

use super::{Conn, on};
use crate::domain::{ids::UserId, report::Tally, time::Timestamp};
use uuid::Uuid;

/// The key under which the sum of all days is kept.
pub const ALL_DAYS: i64 = -1;

/// The dimension and key under which everything is counted.
pub const IN_ALL: (&str, &str) = ("", "");

/// How a thing is keyed in `counts`.
pub fn key_of(id: Uuid) -> String {
    id.simple().to_string()
}

/// How many there are of a kind, by key.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, what: &str) -> sqlx::Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT key, n FROM counts WHERE what = $1 AND n > 0 ORDER BY key LIMIT 20000";
    on!(conn, c => sqlx::query_as(SQL).bind(what).fetch_all(c).await)
}

/// How many there are of a kind in each range of keys, both ends of it included: a row for a range, however many keys.
///
/// # Errors
/// What the engine says.
pub async fn in_each(conn: &mut Conn<'_>, what: &str, ranges: &[[String; 2]]) -> sqlx::Result<Vec<i64>> {
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT CAST(n AS BIGINT) FROM (");
        let mut each = sql.separated(" UNION ALL ");
        for (i, [from, to]) in (0_i64..).zip(ranges) {
            each.push("SELECT ").push_bind_unseparated(i);
            each.push_unseparated(" AS i, COALESCE(SUM(n), 0) AS n FROM counts WHERE what = ").push_bind_unseparated(what);
            each.push_unseparated(" AND key >= ").push_bind_unseparated(from);
            each.push_unseparated(" AND key <= ").push_bind_unseparated(to);
        }
        sql.push(") AS sums ORDER BY i");
        sql.build_query_scalar().fetch_all(c).await
    })
}

/// The first key of a kind of which there are any.
///
/// # Errors
/// What the engine says.
pub async fn first(conn: &mut Conn<'_>, what: &str) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT key FROM counts WHERE what = $1 AND n > 0 ORDER BY key LIMIT 1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(what).fetch_optional(c).await)
}

/// How many people, groups, apps and invitations there are, by kind and key.
///
/// # Errors
/// What the engine says.
pub async fn of_directory(conn: &mut Conn<'_>) -> sqlx::Result<Vec<(String, String, i64)>> {
    const SQL: &str = "SELECT what, key, n FROM counts WHERE what IN ('users', 'groups', 'apps', 'invitations')";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// How many there are of a kind under some keys.
///
/// # Errors
/// What the engine says.
pub async fn some(conn: &mut Conn<'_>, what: &str, keys: &[String]) -> sqlx::Result<Vec<(String, i64)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT key, n FROM counts WHERE what = ");
        sql.push_bind(what).push(" AND key IN (");
        let mut list = sql.separated(", ");
        for key in keys {
            list.push_bind(key);
        }
        sql.push(")");
        sql.build_query_as().fetch_all(c).await
    })
}

/// How many there are of a kind under one key.
///
/// # Errors
/// What the engine says.
pub async fn one(conn: &mut Conn<'_>, what: &str, key: &str) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT n FROM counts WHERE what = $1 AND key = $2";
    let n: Option<i64> = on!(conn, c => sqlx::query_scalar(SQL).bind(what).bind(key).fetch_optional(c).await)?;
    Ok(n.unwrap_or_default())
}

/// The keys of a kind with the most.
///
/// # Errors
/// What the engine says.
pub async fn most(conn: &mut Conn<'_>, what: &str, limit: i64) -> sqlx::Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT key, n FROM counts WHERE what = $1 AND n > 0 ORDER BY n DESC, key DESC LIMIT $2";
    on!(conn, c => sqlx::query_as(SQL).bind(what).bind(limit).fetch_all(c).await)
}

/// Counts that something came about at `at`: once in all, and once under each dimension and key given.
///
/// # Errors
/// What the engine says.
pub async fn tally(conn: &mut Conn<'_>, what: Tally, at: Timestamp, by: &[(&str, &str)]) -> sqlx::Result<()> {
    add(conn, what, at, &[&[IN_ALL], by].concat(), 1).await
}

/// Takes back what [`tally`] counted at `at`.
///
/// # Errors
/// What the engine says.
pub async fn untally(conn: &mut Conn<'_>, what: Tally, at: Timestamp, by: &[(&str, &str)]) -> sqlx::Result<()> {
    add(conn, what, at, &[&[IN_ALL], by].concat(), -1).await
}

/// Counts something only under the dimensions and keys given, each once.
///
/// # Errors
/// What the engine says.
pub async fn tally_under(conn: &mut Conn<'_>, what: Tally, at: Timestamp, by: &[(&str, &str)]) -> sqlx::Result<()> {
    add(conn, what, at, by, 1).await
}

async fn add(conn: &mut Conn<'_>, what: Tally, at: Timestamp, by: &[(&str, &str)], n: i64) -> sqlx::Result<()> {
    if by.is_empty() {
        return Ok(());
    }
    let days = [at.day(), ALL_DAYS];
    let rows: Vec<(i64, &str, &str)> =
        days.iter().flat_map(|day| by.iter().map(move |(dim, key)| (*day, *dim, *key))).collect();
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("INSERT INTO daily_counts (what, dim, key, day, n) ");
        sql.push_values(rows, |mut row, (day, dim, key)| {
            row.push_bind(what.as_str()).push_bind(dim).push_bind(key).push_bind(day).push_bind(n);
        });
        sql.push(" ON CONFLICT (what, dim, key, day) DO UPDATE SET n = daily_counts.n + excluded.n");
        sql.build().execute(c).await.map(drop)
    })
}

/// How often something came about between two days, the last one in, under one dimension and key.
///
/// # Errors
/// What the engine says.
pub async fn by_day(
    conn: &mut Conn<'_>,
    what: Tally,
    (dim, key): (&str, &str),
    (from, to): (i64, i64),
) -> sqlx::Result<Vec<(i64, i64)>> {
    const SQL: &str = "SELECT day, n FROM daily_counts
        WHERE what = $1 AND dim = $2 AND key = $3 AND day BETWEEN $4 AND $5 ORDER BY day LIMIT 4000";
    on!(conn, c => sqlx::query_as(SQL).bind(what.as_str()).bind(dim).bind(key).bind(from).bind(to).fetch_all(c).await)
}

/// How often something came about between two days under some keys of a dimension.
///
/// # Errors
/// What the engine says.
pub async fn between(
    conn: &mut Conn<'_>,
    what: Tally,
    (dim, keys): (&str, &[String]),
    (from, to): (i64, i64),
) -> sqlx::Result<Vec<(String, i64)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT key, CAST(SUM(n) AS BIGINT) FROM daily_counts WHERE what = ");
        sql.push_bind(what.as_str()).push(" AND dim = ").push_bind(dim).push(" AND key IN (");
        let mut list = sql.separated(", ");
        for key in keys {
            list.push_bind(key);
        }
        sql.push(") AND day BETWEEN ").push_bind(from).push(" AND ").push_bind(to).push(" GROUP BY key");
        sql.build_query_as().fetch_all(c).await
    })
}

/// How often something came about over all days under some keys of a dimension.
///
/// # Errors
/// What the engine says.
pub async fn ever(
    conn: &mut Conn<'_>,
    what: Tally,
    (dim, keys): (&str, &[String]),
) -> sqlx::Result<Vec<(String, i64)>> {
    between(conn, what, (dim, keys), (ALL_DAYS, ALL_DAYS)).await
}

/// The keys of a dimension under which something came about most often, over all days.
///
/// # Errors
/// What the engine says.
pub async fn most_often(conn: &mut Conn<'_>, what: Tally, dim: &str, limit: i64) -> sqlx::Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT key, n FROM daily_counts WHERE what = $1 AND dim = $2 AND day = -1
        ORDER BY n DESC, key DESC LIMIT $3";
    on!(conn, c => sqlx::query_as(SQL).bind(what.as_str()).bind(dim).bind(limit).fetch_all(c).await)
}

/// Notes that somebody was active in a month (months since 1970). `true` the first time.
///
/// # Errors
/// What the engine says.
pub async fn active_in(conn: &mut Conn<'_>, user: UserId, month: i64) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO active_months (user_id, month) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let rows = on!(conn, c => sqlx::query(SQL).bind(user).bind(month).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}
