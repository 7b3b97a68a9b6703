//! Who answers for which guest: at most five sponsors, in order.

use super::{Conn, on};
use crate::domain::{ids::UserId, time::Timestamp, user::Redemption};

/// The most sponsors that a guest has.
const MOST: i64 = 5;

/// Adds a sponsor in the first free place. `false` if there is none, or the person is one already.
///
/// # Errors
/// What the engine says.
pub async fn add(conn: &mut Conn<'_>, guest: UserId, sponsor: UserId) -> sqlx::Result<bool> {
    const TAKEN: &str = "SELECT position FROM sponsors WHERE guest_id = $1 ORDER BY position";
    const SQL: &str =
        "INSERT INTO sponsors (guest_id, sponsor_id, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let taken: Vec<i64> = on!(conn, c => sqlx::query_scalar(TAKEN).bind(guest).fetch_all(c).await)?;
    let Some(place) = (1..=MOST).find(|place| !taken.contains(place)) else { return Ok(false) };
    let rows = on!(conn, c => sqlx::query(SQL).bind(guest).bind(sponsor).bind(place)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes a sponsor away. `false` if the person is none.
///
/// # Errors
/// What the engine says.
pub async fn remove(conn: &mut Conn<'_>, guest: UserId, sponsor: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM sponsors WHERE guest_id = $1 AND sponsor_id = $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(guest).bind(sponsor).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether somebody answers for a guest.
///
/// # Errors
/// What the engine says.
pub async fn is_one(conn: &mut Conn<'_>, guest: UserId, person: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM sponsors WHERE guest_id = $1 AND sponsor_id = $2";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(guest).bind(person).fetch_one(c).await)?;
    Ok(count > 0)
}

/// A guest's sponsors who can act, in order: id and name.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<(UserId, String)>> {
    const SQL: &str = "SELECT u.id, u.name FROM sponsors s JOIN users u ON u.id = s.sponsor_id
        WHERE s.guest_id = $1 AND u.enabled AND u.deleted_at IS NULL ORDER BY s.position";
    on!(conn, c => sqlx::query_as(SQL).bind(guest).fetch_all(c).await)
}

/// The members who answer for a guest and may be signed in.
///
/// # Errors
/// What the engine says.
pub async fn members_of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT u.id FROM sponsors s JOIN users u ON u.id = s.sponsor_id
        WHERE s.guest_id = $1 AND u.enabled AND u.deleted_at IS NULL AND u.user_type = 'member' ORDER BY s.position";
    on!(conn, c => sqlx::query_scalar(SQL).bind(guest).fetch_all(c).await)
}

/// A sponsor of a guest.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SponsorRow {
    /// The guest.
    pub guest_id: UserId,
    /// Who answers for the guest.
    pub id: UserId,
    /// The sponsor's name.
    pub name: String,
    /// The sponsor's address.
    pub email: String,
}

/// The sponsors of these guests, in order, whether or not they can act.
///
/// # Errors
/// What the engine says.
pub async fn of_all(conn: &mut Conn<'_>, guests: &[UserId]) -> sqlx::Result<Vec<SponsorRow>> {
    if guests.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new(
            "SELECT s.guest_id, u.id, u.name, u.email FROM sponsors s JOIN users u ON u.id = s.sponsor_id
            WHERE s.guest_id IN (",
        );
        let mut ids = sql.separated(", ");
        for id in guests {
            ids.push_bind(*id);
        }
        sql.push(") ORDER BY s.guest_id, s.position").build_query_as().fetch_all(c).await
    })
}

/// A guest of somebody's.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GuestRow {
    /// The guest.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Whether they have redeemed.
    pub redemption: Redemption,
    /// Whether sign-in is allowed.
    pub enabled: bool,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
}

/// The guests that somebody answers for, by name, behind the one given: those who came in, or were invited and have not
/// answered.
///
/// # Errors
/// What the engine says.
pub async fn guests_of(
    conn: &mut Conn<'_>,
    sponsor: UserId,
    words: [&str; 2],
    after: Option<UserId>,
    limit: i64,
) -> sqlx::Result<Vec<GuestRow>> {
    const SQL: &str = "SELECT u.id, u.name, u.email, u.redemption, u.enabled, u.last_sign_in_at
        FROM sponsors s JOIN users u ON u.id = s.guest_id
        WHERE s.sponsor_id = $1 AND u.deleted_at IS NULL
            AND (u.redemption = 'accepted' OR EXISTS (SELECT 1 FROM group_members m WHERE m.user_id = u.id)
                OR EXISTS (SELECT 1 FROM app_assignments a WHERE a.user_id = u.id)
                OR EXISTS (SELECT 1 FROM invitations i WHERE i.guest_id = u.id AND i.state = 'pending'))
            AND ($2 IS NULL OR (LOWER(u.name), u.id) > (SELECT LOWER(name), id FROM users WHERE id = $2))
            AND ($3 = '' OR EXISTS (SELECT 1 FROM search_terms w
                WHERE w.id = u.id AND SUBSTR(w.term, 1, LENGTH($3)) = $3))
            AND ($4 = '' OR EXISTS (SELECT 1 FROM search_terms w
                WHERE w.id = u.id AND SUBSTR(w.term, 1, LENGTH($4)) = $4))
        ORDER BY LOWER(u.name), u.id LIMIT $5";
    on!(conn, c => sqlx::query_as(SQL).bind(sponsor).bind(after).bind(words[0]).bind(words[1]).bind(limit)
        .fetch_all(c).await)
}

/// Some of the guests that somebody answers for, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn guests_with(conn: &mut Conn<'_>, sponsor: UserId) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT guest_id FROM sponsors WHERE sponsor_id = $1 ORDER BY guest_id LIMIT 500";
    on!(conn, c => sqlx::query_scalar(SQL).bind(sponsor).fetch_all(c).await)
}

/// Another owner, who can act, of something that a guest has.
///
/// # Errors
/// What the engine says.
pub async fn other_owner(conn: &mut Conn<'_>, guest: UserId, than: UserId) -> sqlx::Result<Option<UserId>> {
    const SQL: &str = "SELECT u.id FROM (
            SELECT o.user_id, o.since FROM group_members m JOIN group_owners o ON o.group_id = m.group_id
                JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL
            WHERE m.user_id = $1
            UNION ALL
            SELECT o.user_id, o.since FROM app_assignments a JOIN app_owners o ON o.app_id = a.app_id
                JOIN apps p ON p.id = a.app_id AND p.deleted_at IS NULL
            WHERE a.user_id = $1
        ) AS o JOIN users u ON u.id = o.user_id
        WHERE o.user_id <> $2 AND u.user_type = 'member' AND u.redemption = 'accepted' AND u.enabled
            AND u.deleted_at IS NULL
        ORDER BY o.since, u.id LIMIT 1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(guest).bind(than).fetch_optional(c).await)
}

/// Ids of all who answer for a guest, in order.
///
/// # Errors
/// What the engine says.
pub async fn ids_of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT sponsor_id FROM sponsors WHERE guest_id = $1 ORDER BY position";
    on!(conn, c => sqlx::query_scalar(SQL).bind(guest).fetch_all(c).await)
}
