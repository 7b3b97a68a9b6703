//! Users, the keys of their addresses, their roles, and the words they are found by.

use super::{Conn, on};
use crate::domain::{
    email::EmailKey,
    ids::UserId,
    language::Language,
    time::Timestamp,
    user::{Redemption, Role, User, UserType},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: UserId,
    user_type: UserType,
    email: String,
    name: String,
    language: Option<Language>,
    redemption: Redemption,
    enabled: bool,
    deleted_at: Option<Timestamp>,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        let Row { id, user_type, email, name, language, redemption, enabled, deleted_at } = row;
        Self { id, user_type, email, name, language, redemption, enabled, deleted_at }
    }
}

/// A user by id, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn by_id(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    const SQL: &str = "SELECT id, user_type, email, name, language, redemption, enabled, deleted_at
        FROM users WHERE id = $1";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(row.map(User::from))
}

/// A user by the key of an address, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn by_email(conn: &mut Conn<'_>, key: &EmailKey) -> sqlx::Result<Option<User>> {
    const SQL: &str = "SELECT u.id, u.user_type, u.email, u.name, u.language, u.redemption, u.enabled, u.deleted_at
        FROM user_emails e JOIN users u ON u.id = e.user_id WHERE e.email_key = $1";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(SQL).bind(&key.0).fetch_optional(c).await)?;
    Ok(row.map(User::from))
}

/// A user with the roles in force at `now`.
///
/// # Errors
/// What the engine says.
pub async fn with_roles(conn: &mut Conn<'_>, id: UserId, now: Timestamp) -> sqlx::Result<Option<(User, Vec<Role>)>> {
    #[derive(sqlx::FromRow)]
    struct WithRole {
        #[sqlx(flatten)]
        user: Row,
        role: Option<Role>,
    }
    const SQL: &str = "SELECT u.id, u.user_type, u.email, u.name, u.language, u.redemption, u.enabled, u.deleted_at,
            r.role
        FROM users u LEFT JOIN user_roles r
            ON r.user_id = u.id AND r.since <= $2 AND (r.until IS NULL OR r.until > $2)
        WHERE u.id = $1";
    let rows: Vec<WithRole> = on!(conn, c => sqlx::query_as(SQL).bind(id).bind(now).fetch_all(c).await)?;
    let roles = rows.iter().filter_map(|row| row.role).collect();
    Ok(rows.into_iter().next().map(|row| (row.user.into(), roles)))
}

/// Stores a new user with the key of the address.
///
/// # Errors
/// A unique violation if the address is somebody's; else what the engine says.
pub async fn insert(conn: &mut Conn<'_>, user: &User, key: &EmailKey, at: Timestamp) -> sqlx::Result<()> {
    const USER: &str = "INSERT INTO users
            (id, user_type, email, name, language, redemption, redemption_at, enabled, created_at, domain)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    const KEY: &str = "INSERT INTO user_emails (email_key, user_id) VALUES ($1, $2)";
    on!(conn, c => sqlx::query(USER)
        .bind(user.id).bind(user.user_type).bind(&user.email).bind(&user.name).bind(user.language)
        .bind(user.redemption).bind((user.redemption == Redemption::Accepted).then_some(at)).bind(user.enabled).bind(at)
        .bind(key.domain()).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(KEY).bind(&key.0).bind(user.id).execute(c).await.map(drop))
}

/// Changes what people change of themselves.
///
/// # Errors
/// What the engine says.
pub async fn update_profile(
    conn: &mut Conn<'_>,
    id: UserId,
    name: &str,
    language: Option<Language>,
) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET name = $2, language = $3, version = version + 1 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(name).bind(language).execute(c).await.map(drop))
}

/// Allows or forbids sign-in. `false` if it was so already.
///
/// # Errors
/// What the engine says.
pub async fn set_enabled(conn: &mut Conn<'_>, id: UserId, enabled: bool) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE users SET enabled = $2, version = version + 1 WHERE id = $1 AND enabled <> $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(enabled).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Deletes a user, or brings one back. `false` if it was so already.
///
/// # Errors
/// What the engine says.
pub async fn set_deleted(conn: &mut Conn<'_>, id: UserId, at: Option<Timestamp>) -> sqlx::Result<bool> {
    const DELETE: &str = "UPDATE users SET deleted_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NULL";
    const RESTORE: &str =
        "UPDATE users SET deleted_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NOT NULL";
    let sql = if at.is_some() { DELETE } else { RESTORE };
    let rows = on!(conn, c => sqlx::query(sql).bind(id).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether somebody had accepted by then, and has not begun anew since.
///
/// # Errors
/// What the engine says.
pub async fn redeemed_by(conn: &mut Conn<'_>, id: UserId, by: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM users WHERE id = $1 AND redemption = 'accepted' AND redemption_at <= $2";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(id).bind(by).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Notes a sign-in.
///
/// # Errors
/// What the engine says.
pub async fn signed_in(conn: &mut Conn<'_>, id: UserId, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET last_sign_in_at = $2 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(at).execute(c).await.map(drop))
}

/// Gives a role for good. `false` if the user has it for good already.
///
/// # Errors
/// What the engine says.
pub async fn grant_role(conn: &mut Conn<'_>, id: UserId, role: Role, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO user_roles (user_id, role, since) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, role) DO UPDATE SET until = NULL WHERE user_roles.until IS NOT NULL";
    let rows =
        on!(conn, c => sqlx::query(SQL).bind(id).bind(role).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Brings a deleted guest back as somebody newly invited: the same user, with nothing accepted.
///
/// # Errors
/// What the engine says.
pub async fn revive(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET deleted_at = NULL, redemption = 'pending_acceptance', redemption_at = NULL,
            version = version + 1
        WHERE id = $1 AND deleted_at IS NOT NULL";
    on!(conn, c => sqlx::query(SQL).bind(id).execute(c).await.map(drop))
}

/// What a guest fills in on accepting.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedProfile<'a> {
    /// Name, cleaned.
    pub name: &'a str,
    /// Company, cleaned; may be empty.
    pub company: &'a str,
    /// Language of pages and mails.
    pub language: Option<Language>,
}

/// A guest accepts: of many who try, one succeeds. `false` if the guest had accepted before, is disabled or
/// deleted.
///
/// # Errors
/// What the engine says.
pub async fn accept(
    conn: &mut Conn<'_>,
    id: UserId,
    profile: AcceptedProfile<'_>,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE users SET redemption = 'accepted', redemption_at = $2, name = $3, company = $4,
            language = $5, version = version + 1
        WHERE id = $1 AND redemption = 'pending_acceptance' AND enabled AND deleted_at IS NULL";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(at).bind(profile.name).bind(profile.company)
        .bind(profile.language).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// A user's company.
///
/// # Errors
/// What the engine says.
pub async fn company(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT company FROM users WHERE id = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)
}

/// A role that somebody holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HeldRole {
    /// Who.
    pub user_id: UserId,
    /// Which.
    pub role: Role,
    /// The domain that it holds for; empty for all.
    pub scope: String,
    /// Until when, if not for good.
    pub until: Option<Timestamp>,
}

/// The roles in force at `now` of these people.
///
/// # Errors
/// What the engine says.
pub async fn roles_of(conn: &mut Conn<'_>, people: &[UserId], now: Timestamp) -> sqlx::Result<Vec<HeldRole>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT user_id, role, scope, until FROM user_roles WHERE since <= ");
        sql.push_bind(now).push(" AND (until IS NULL OR until > ").push_bind(now).push(") AND user_id IN (");
        let mut ids = sql.separated(", ");
        for id in people {
            ids.push_bind(*id);
        }
        sql.push(") ORDER BY user_id, role, scope").build_query_as().fetch_all(c).await
    })
}

/// When a user signed in last.
///
/// # Errors
/// What the engine says.
pub async fn last_sign_in(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT last_sign_in_at FROM users WHERE id = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id).fetch_one(c).await)
}

/// Name and address of active people who are found by both of these words.
///
/// # Errors
/// What the engine says.
pub async fn with_words(conn: &mut Conn<'_>, first: &str, last: &str) -> sqlx::Result<Vec<(String, String)>> {
    const SQL: &str = "SELECT u.name, u.email
        FROM search_terms a JOIN search_terms b ON b.id = a.id AND b.term = $2
            JOIN users u ON u.id = a.id
        WHERE a.kind IN ('guest', 'member') AND a.term = $1 AND u.redemption = 'accepted' AND u.enabled AND u.deleted_at IS NULL
        ORDER BY u.id LIMIT 100";
    on!(conn, c => sqlx::query_as(SQL).bind(first).bind(last).fetch_all(c).await)
}

/// Whether somebody else is an administrator for good, and active.
///
/// # Errors
/// What the engine says.
pub async fn has_other_administrator(conn: &mut Conn<'_>, than: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM user_roles r JOIN users u ON u.id = r.user_id
        WHERE r.role = 'administrator' AND r.until IS NULL AND r.user_id <> $1 AND u.standing = 'active'";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(than).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Whether somebody's data were erased.
///
/// # Errors
/// What the engine says.
pub async fn is_erased(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM users WHERE id = $1 AND erased_at IS NOT NULL";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(id).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Notes where somebody works: company, job title, department.
///
/// # Errors
/// What the engine says.
pub async fn set_work(conn: &mut Conn<'_>, id: UserId, [company, job, department]: [&str; 3]) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET company = $2, job_title = $3, department = $4 WHERE id = $1";
    if company.is_empty() && job.is_empty() && department.is_empty() {
        return Ok(());
    }
    on!(conn, c => sqlx::query(SQL).bind(id).bind(company).bind(job).bind(department).execute(c).await.map(drop))
}

/// The version of a user: grows with each change.
///
/// # Errors
/// What the engine says.
pub async fn version(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT version FROM users WHERE id = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id).fetch_one(c).await)
}

/// Notes that something about a user has changed that lies beside it.
///
/// # Errors
/// What the engine says.
pub async fn touch(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET version = version + 1 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).execute(c).await.map(drop))
}
