//! Apps, who may open them, and the traces of opening.

use super::{Conn, on, search};
use crate::domain::{
    app::{AppKind, Assignee},
    ids::{AppId, AssignmentId, GroupId, UserId},
    time::Timestamp,
};
use uuid::Uuid;

/// The bound of *My Apps*.
const MY_APPS_MAX: i64 = 500;

/// The assignments through which user `$1` may open apps at `$2`; `$3` says whether the user is a guest.
/// A group is no tunnel: where an app's guest switch is off, guests come in through a group only if the
/// app's owner allowed that group. A grant that an invitation made counts once its target is granted. Everything that asks "may they open it" starts with this text.
macro_rules! ways_in {
    ($rest:literal) => {
        concat!(
            "WITH ways AS (
                SELECT a.app_id, a.group_id, a.since, a.until, a.granted_by
                FROM app_assignments a
                WHERE a.user_id = $1 AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)
                    AND (a.invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation_targets i
                        WHERE i.invitation_id = a.invitation_id AND i.app_id = a.app_id AND i.state = 'granted'))
                UNION ALL
                SELECT a.app_id, a.group_id, m.since,
                    CASE WHEN a.until IS NULL OR (m.until IS NOT NULL AND m.until < a.until) THEN m.until ELSE a.until END,
                    m.granted_by
                FROM group_members m
                JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL
                JOIN app_assignments a ON a.group_id = m.group_id
                JOIN apps t ON t.id = a.app_id
                WHERE m.user_id = $1 AND m.since <= $2 AND (m.until IS NULL OR m.until > $2)
                    AND (m.invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation_targets i
                        WHERE i.invitation_id = m.invitation_id AND i.group_id = m.group_id AND i.state = 'granted'))
                    AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)
                    AND (NOT $3 OR t.guests_allowed OR a.for_guests)
            ) ",
            $rest
        )
    };
}

/// An app that somebody may open, as *My Apps* needs it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenApp {
    /// The app.
    pub id: AppId,
    /// Its name.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// Its category, or empty.
    pub category: String,
    /// Whether it has a picture.
    pub has_icon: bool,
    /// Grows with each change, so that an old picture is not shown.
    pub version: i64,
    /// Whether the person marked it.
    pub favourite: bool,
    /// Whether the person owns it.
    pub owned: bool,
    /// How often the person opened it.
    pub launches: i64,
    /// Since when the person may, by the latest way.
    pub since: Timestamp,
    /// Until when the person may, by the way that lasts longest; none if one has no end.
    pub until: Option<Timestamp>,
}

/// What the person may open, by name.
///
/// # Errors
/// What the engine says.
pub async fn open_to(conn: &mut Conn<'_>, user: UserId, guest: bool, now: Timestamp) -> sqlx::Result<Vec<OpenApp>> {
    const SQL: &str = ways_in!(
        "SELECT p.id, p.name, p.note, p.category, p.icon_type IS NOT NULL AS has_icon, p.version,
            f.user_id IS NOT NULL AS favourite, o.user_id IS NOT NULL AS owned, COALESCE(l.launches, 0) AS launches, w.since, w.until
        FROM (SELECT app_id, MAX(since) AS since,
                CASE WHEN COUNT(*) = COUNT(until) THEN MAX(until) END AS until FROM ways GROUP BY app_id) AS w
        JOIN apps p ON p.id = w.app_id AND p.deleted_at IS NULL
        LEFT JOIN favourites f ON f.user_id = $1 AND f.app_id = p.id
        LEFT JOIN app_owners o ON o.user_id = $1 AND o.app_id = p.id
        LEFT JOIN launch_counts l ON l.user_id = $1 AND l.app_id = p.id
        ORDER BY p.name, p.id LIMIT $4"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).bind(guest).bind(MY_APPS_MAX).fetch_all(c).await)
}

/// An app as its page and its launch need it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AppDetails {
    /// As in *My Apps*.
    #[sqlx(flatten)]
    pub app: OpenApp,
    /// How to use it, as its owner wrote it.
    pub instructions: String,
    /// The address as its owner set it; checked when it is used.
    pub launch_url: String,
}

/// One app, if the person may open it at `now`.
///
/// # Errors
/// What the engine says.
pub async fn open_one(
    conn: &mut Conn<'_>,
    user: UserId,
    guest: bool,
    now: Timestamp,
    app: AppId,
) -> sqlx::Result<Option<AppDetails>> {
    const SQL: &str = ways_in!(
        "SELECT p.id, p.name, p.note, p.category, p.icon_type IS NOT NULL AS has_icon, p.version,
            f.user_id IS NOT NULL AS favourite, o.user_id IS NOT NULL AS owned, COALESCE(l.launches, 0) AS launches,
            p.instructions, p.launch_url, w.since, w.until
        FROM (SELECT app_id, MAX(since) AS since,
                CASE WHEN COUNT(*) = COUNT(until) THEN MAX(until) END AS until FROM ways GROUP BY app_id) AS w
        JOIN apps p ON p.id = w.app_id
        LEFT JOIN favourites f ON f.user_id = $1 AND f.app_id = p.id
        LEFT JOIN app_owners o ON o.user_id = $1 AND o.app_id = p.id
        LEFT JOIN launch_counts l ON l.user_id = $1 AND l.app_id = p.id
        WHERE p.id = $4 AND p.deleted_at IS NULL"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).bind(guest).bind(app).fetch_optional(c).await)
}

/// One way to an app.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WayIn {
    /// The group through which, if any.
    pub group_name: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub by_name: Option<String>,
}

/// How the person came to an app: the direct way first.
///
/// # Errors
/// What the engine says.
pub async fn ways_to(
    conn: &mut Conn<'_>,
    user: UserId,
    guest: bool,
    now: Timestamp,
    app: AppId,
) -> sqlx::Result<Vec<WayIn>> {
    const SQL: &str = ways_in!(
        "SELECT g.name AS group_name, w.since, w.until, u.name AS by_name
        FROM ways w
        LEFT JOIN directory_groups g ON g.id = w.group_id
        LEFT JOIN users u ON u.id = w.granted_by
        WHERE w.app_id = $4 ORDER BY g.name IS NOT NULL, g.name LIMIT 50"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).bind(guest).bind(app).fetch_all(c).await)
}

/// Names of an app's owners who are active.
///
/// # Errors
/// What the engine says.
pub async fn owner_names(conn: &mut Conn<'_>, app: AppId) -> sqlx::Result<Vec<String>> {
    const SQL: &str = "SELECT u.name FROM app_owners o JOIN users u ON u.id = o.user_id
        WHERE o.app_id = $1 AND u.enabled AND u.deleted_at IS NULL ORDER BY o.since, u.name LIMIT 20";
    on!(conn, c => sqlx::query_scalar(SQL).bind(app).fetch_all(c).await)
}

/// An app's picture: media type and bytes.
///
/// # Errors
/// What the engine says.
pub async fn icon(conn: &mut Conn<'_>, app: AppId) -> sqlx::Result<Option<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT icon_type, icon FROM apps WHERE id = $1 AND icon_type IS NOT NULL AND icon IS NOT NULL";
    on!(conn, c => sqlx::query_as(SQL).bind(app).fetch_optional(c).await)
}

/// Marks an app as a favourite, or no longer.
///
/// # Errors
/// What the engine says.
pub async fn set_favourite(
    conn: &mut Conn<'_>,
    user: UserId,
    app: AppId,
    favourite: bool,
    at: Timestamp,
) -> sqlx::Result<()> {
    const ADD: &str = "INSERT INTO favourites (user_id, app_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    const REMOVE: &str = "DELETE FROM favourites WHERE user_id = $1 AND app_id = $2";
    if favourite {
        on!(conn, c => sqlx::query(ADD).bind(user).bind(app).bind(at).execute(c).await.map(drop))
    } else {
        on!(conn, c => sqlx::query(REMOVE).bind(user).bind(app).execute(c).await.map(drop))
    }
}

/// Records a launch.
///
/// # Errors
/// What the engine says.
pub async fn record_launch(conn: &mut Conn<'_>, id: Uuid, user: UserId, app: AppId, at: Timestamp) -> sqlx::Result<()> {
    const TRACE: &str = "INSERT INTO launches (id, app_id, user_id, at) VALUES ($1, $2, $3, $4)";
    const COUNT: &str = "INSERT INTO launch_counts (user_id, app_id, launches, last_at) VALUES ($1, $2, 1, $3)
        ON CONFLICT (user_id, app_id)
        DO UPDATE SET launches = launch_counts.launches + 1, last_at = excluded.last_at";
    on!(conn, c => sqlx::query(TRACE).bind(id).bind(app).bind(user).bind(at).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(COUNT).bind(user).bind(app).bind(at).execute(c).await.map(drop))
}

/// An app to be stored.
pub struct NewApp<'a> {
    /// Its id.
    pub id: AppId,
    /// Its name.
    pub name: &'a str,
    /// One line about it.
    pub note: &'a str,
    /// How to use it.
    pub instructions: &'a str,
    /// Its category, or empty.
    pub category: &'a str,
    /// How it learns who comes.
    pub kind: AppKind,
    /// Where it is launched.
    pub launch_url: &'a str,
    /// Its picture: media type and bytes.
    pub icon: Option<(&'a str, &'a [u8])>,
    /// The guest switch.
    pub guests_allowed: bool,
}

/// Stores an app.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, app: &NewApp<'_>, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO apps
            (id, name, note, instructions, category, kind, launch_url, icon_type, icon, guests_allowed, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let (icon_type, icon) = app.icon.unzip();
    on!(&mut *conn, c => sqlx::query(SQL)
        .bind(app.id).bind(app.name).bind(app.note).bind(app.instructions).bind(app.category).bind(app.kind)
        .bind(app.launch_url).bind(icon_type).bind(icon).bind(app.guests_allowed).bind(at)
        .execute(c).await.map(drop))?;
    search::index(conn, "app", app.id.0, &[app.name, app.note]).await
}

/// Makes somebody an owner.
///
/// # Errors
/// What the engine says.
pub async fn add_owner(conn: &mut Conn<'_>, app: AppId, user: UserId, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO app_owners (app_id, user_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(app).bind(user).bind(at).execute(c).await.map(drop))
}

/// Assigns an app, without end. `false` if it is assigned already.
///
/// # Errors
/// What the engine says.
pub async fn assign(
    conn: &mut Conn<'_>,
    id: AssignmentId,
    app: AppId,
    assignee: Assignee,
    by: Option<UserId>,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO app_assignments (id, app_id, user_id, group_id, since, granted_by)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let (user, group) = match assignee {
        Assignee::User(user) => (Some(user), None),
        Assignee::Group(group) => (None, Some(group)),
    };
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(app).bind(user).bind(group).bind(at).bind(by)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// One app, whoever may open it: for those who look after it.
///
/// # Errors
/// What the engine says.
pub async fn one(conn: &mut Conn<'_>, user: UserId, app: AppId) -> sqlx::Result<Option<AppDetails>> {
    const SQL: &str = "SELECT p.id, p.name, p.note, p.category, p.icon_type IS NOT NULL AS has_icon, p.version,
            f.user_id IS NOT NULL AS favourite, o.user_id IS NOT NULL AS owned, COALESCE(l.launches, 0) AS launches,
            p.instructions, p.launch_url, p.created_at AS since, CAST(NULL AS BIGINT) AS until
        FROM apps p
        LEFT JOIN favourites f ON f.user_id = $1 AND f.app_id = p.id
        LEFT JOIN app_owners o ON o.user_id = $1 AND o.app_id = p.id
        LEFT JOIN launch_counts l ON l.user_id = $1 AND l.app_id = p.id
        WHERE p.id = $2 AND p.deleted_at IS NULL";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(app).fetch_optional(c).await)
}

/// Names of the apps that come with a group, and whether guests get them through it.
///
/// # Errors
/// What the engine says.
pub async fn of_group(conn: &mut Conn<'_>, group: GroupId) -> sqlx::Result<Vec<(String, bool)>> {
    const SQL: &str = "SELECT p.name, p.guests_allowed OR a.for_guests
        FROM app_assignments a JOIN apps p ON p.id = a.app_id AND p.deleted_at IS NULL
        WHERE a.group_id = $1 ORDER BY p.name, p.id LIMIT 100";
    on!(conn, c => sqlx::query_as(SQL).bind(group).fetch_all(c).await)
}
