//! Grants: memberships of groups and assignments to apps, whether they count or not, and who has them.

use super::{Conn, on};
use crate::domain::{
    ids::{AppId, AppRoleId, AssignmentId, GroupId, InvitationId, InvitationTargetId, UserId},
    invitation::{InvitationState, Target, TargetState},
    mail::MailState,
    time::Timestamp,
    user::UserType,
};

/// The grant that a person has to a group or app, directly.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Grant {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub granted_by: Option<UserId>,
    /// Which invitation made it.
    pub invitation_id: Option<InvitationId>,
    /// The role in the app.
    pub app_role_id: Option<AppRoleId>,
}

/// The direct grant of a person to a group or app, whether it counts or not.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, user: UserId, target: Target) -> sqlx::Result<Option<Grant>> {
    const GROUP: &str = "SELECT since, until, granted_by, invitation_id, CAST(NULL AS UUID) AS app_role_id
        FROM group_members WHERE user_id = $1 AND group_id = $2";
    const APP: &str = "SELECT since, until, granted_by, invitation_id, app_role_id
        FROM app_assignments WHERE user_id = $1 AND app_id = $2";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_as(sql).bind(user).bind(target.id()).fetch_optional(c).await)
}

/// A grant to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewGrant {
    /// Id of an assignment, where it is one.
    pub id: AssignmentId,
    /// Whose.
    pub user: UserId,
    /// To what.
    pub target: Target,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub by: Option<UserId>,
    /// Which invitation makes it.
    pub invitation: Option<InvitationId>,
    /// Since when.
    pub since: Timestamp,
}

/// Stores a grant, in place of one that the person had to the same.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, new: &NewGrant) -> sqlx::Result<()> {
    const GROUP: &str = "INSERT INTO group_members (group_id, user_id, since, until, granted_by, invitation_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (group_id, user_id) DO UPDATE SET since = excluded.since, until = excluded.until,
            granted_by = excluded.granted_by, invitation_id = excluded.invitation_id, end_told = 0";
    const APP: &str = "INSERT INTO app_assignments (app_id, user_id, since, until, granted_by, invitation_id, id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (app_id, user_id) DO UPDATE SET since = excluded.since, until = excluded.until,
            granted_by = excluded.granted_by, invitation_id = excluded.invitation_id, end_told = 0";
    match new.target {
        Target::Group(group) => {
            on!(conn, c => sqlx::query(GROUP).bind(group).bind(new.user).bind(new.since).bind(new.until).bind(new.by)
                .bind(new.invitation).execute(c).await.map(drop))
        }
        Target::App(app) => {
            on!(conn, c => sqlx::query(APP).bind(app).bind(new.user).bind(new.since).bind(new.until).bind(new.by)
                .bind(new.invitation).bind(new.id).execute(c).await.map(drop))
        }
    }
}

/// Takes back the grant that an invitation made.
///
/// # Errors
/// What the engine says.
pub async fn take_back(
    conn: &mut Conn<'_>,
    user: UserId,
    target: Target,
    invitation: InvitationId,
) -> sqlx::Result<()> {
    const GROUP: &str = "DELETE FROM group_members WHERE user_id = $1 AND group_id = $2 AND invitation_id = $3";
    const APP: &str = "DELETE FROM app_assignments WHERE user_id = $1 AND app_id = $2 AND invitation_id = $3";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query(sql).bind(user).bind(target.id()).bind(invitation).execute(c).await.map(drop))
}

/// Takes back all that a person had: access, ownership, roles, sponsors, sessions. For one who was deleted and is
/// invited anew.
///
/// # Errors
/// What the engine says.
pub async fn take_back_all(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<()> {
    for sql in [
        "DELETE FROM group_members WHERE user_id = $1",
        "DELETE FROM app_assignments WHERE user_id = $1",
        "DELETE FROM group_owners WHERE user_id = $1",
        "DELETE FROM app_owners WHERE user_id = $1",
        "DELETE FROM user_roles WHERE user_id = $1",
        "DELETE FROM sponsors WHERE guest_id = $1",
        "DELETE FROM sessions WHERE user_id = $1",
    ] {
        on!(conn, c => sqlx::query(sql).bind(user).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Lets a grant begin, when its target is granted.
///
/// # Errors
/// What the engine says.
pub async fn begin(conn: &mut Conn<'_>, user: UserId, target: Target, at: Timestamp) -> sqlx::Result<()> {
    const GROUP: &str = "UPDATE group_members SET since = $3, end_told = 0 WHERE user_id = $1 AND group_id = $2";
    const APP: &str = "UPDATE app_assignments SET since = $3, end_told = 0 WHERE user_id = $1 AND app_id = $2";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query(sql).bind(user).bind(target.id()).bind(at).execute(c).await.map(drop))
}

/// Somebody in a group or with access to an app, as its owner sees them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PersonRow {
    /// The person.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether they have redeemed at all.
    pub accepted: bool,
    /// Whether sign-in is allowed.
    pub enabled: bool,
    /// Until when they have access.
    pub until: Option<Timestamp>,
    /// The target that the grant came from.
    pub target_id: Option<InvitationTargetId>,
    /// How that stands.
    pub target_state: Option<TargetState>,
    /// The invitation that the grant came from.
    pub invitation_id: Option<InvitationId>,
    /// How it stands.
    pub state: Option<InvitationState>,
    /// Until when its link is good.
    pub link_until: Option<Timestamp>,
    /// How the mail stands.
    pub mail_state: Option<MailState>,
    /// What the mail server said.
    pub mail_answer: Option<String>,
    /// The first sponsor.
    pub sponsor: Option<String>,
    /// Who gave it, if it was somebody else.
    pub by_name: Option<String>,
    /// Their role in the app.
    pub app_role_id: Option<AppRoleId>,
}

/// Which people of a group or app are asked for.
#[derive(Debug, Clone, Copy)]
pub struct PeopleOf<'q> {
    /// The group or app.
    pub target: Target,
    /// Guests, or members of the organisation; both, if only one person is asked for.
    pub user_type: Option<UserType>,
    /// Only this one.
    pub only: Option<UserId>,
    /// Behind this one.
    pub after: Option<UserId>,
    /// Beginnings of words that they are found by.
    pub words: [&'q str; 2],
    /// At most so many.
    pub limit: i64,
}

/// The people of a group or app, by name.
///
/// # Errors
/// What the engine says.
pub async fn people_of(conn: &mut Conn<'_>, asked: PeopleOf<'_>) -> sqlx::Result<Vec<PersonRow>> {
    macro_rules! sql {
        ($grants:literal, $column:literal, $role:literal) => {
            concat!(
                "SELECT ",
                $role,
                " AS app_role_id, u.id, u.name, u.email, u.redemption = 'accepted' AS accepted, u.enabled, m.until,
                    t.id AS target_id, t.state AS target_state, i.id AS invitation_id, i.state, i.link_until,
                    o.state AS mail_state, o.server_answer AS mail_answer, s.name AS sponsor, b.name AS by_name
                FROM ",
                $grants,
                " m JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL
                LEFT JOIN invitations i ON i.id = m.invitation_id
                LEFT JOIN invitation_targets t ON t.invitation_id = m.invitation_id AND t.",
                $column,
                " = m.",
                $column,
                " AND t.state <> 'refused'
                LEFT JOIN outbox o ON o.id = i.mail_id
                LEFT JOIN sponsors r ON r.guest_id = u.id AND r.position =
                    (SELECT MIN(position) FROM sponsors WHERE guest_id = u.id)
                LEFT JOIN users s ON s.id = r.sponsor_id
                LEFT JOIN users b ON b.id = m.granted_by AND b.id <> m.user_id
                WHERE m.",
                $column,
                " = $1 AND ($2 IS NULL OR u.id = $2)
                    AND ($3 IS NULL OR (LOWER(u.name), u.id) > (SELECT LOWER(name), id FROM users WHERE id = $3))
                    AND ($4 = '' OR EXISTS (SELECT 1 FROM search_terms w
                        WHERE w.id = u.id AND SUBSTR(w.term, 1, LENGTH($4)) = $4))
                    AND ($5 = '' OR EXISTS (SELECT 1 FROM search_terms w
                        WHERE w.id = u.id AND SUBSTR(w.term, 1, LENGTH($5)) = $5))
                    AND ($7 IS NULL OR u.user_type = $7)
                ORDER BY LOWER(u.name), u.id LIMIT $6"
            )
        };
    }
    const GROUP: &str = sql!("group_members", "group_id", "CAST(NULL AS UUID)");
    const APP: &str = sql!("app_assignments", "app_id", "m.app_role_id");
    let sql = if asked.target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_as(sql).bind(asked.target.id()).bind(asked.only).bind(asked.after)
        .bind(asked.words[0]).bind(asked.words[1]).bind(asked.limit).bind(asked.user_type).fetch_all(c).await)
}

/// Takes a person's direct grant away, whatever made it. `false` if there is none.
///
/// # Errors
/// What the engine says.
pub async fn remove(conn: &mut Conn<'_>, user: UserId, target: Target) -> sqlx::Result<bool> {
    const GROUP: &str = "DELETE FROM group_members WHERE user_id = $1 AND group_id = $2";
    const APP: &str = "DELETE FROM app_assignments WHERE user_id = $1 AND app_id = $2";
    let sql = if target.group().is_some() { GROUP } else { APP };
    let rows = on!(conn, c => sqlx::query(sql).bind(user).bind(target.id()).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Gives a grant another end; the open target that it came from has it too. `told` is how far people know of it.
///
/// # Errors
/// What the engine says.
pub async fn set_end(
    conn: &mut Conn<'_>,
    user: UserId,
    target: Target,
    until: Option<Timestamp>,
    told: i64,
) -> sqlx::Result<()> {
    const GROUP: &str = "UPDATE group_members SET until = $3, end_told = $4 WHERE user_id = $1 AND group_id = $2";
    const APP: &str = "UPDATE app_assignments SET until = $3, end_told = $4 WHERE user_id = $1 AND app_id = $2";
    const GROUP_TARGET: &str = "UPDATE invitation_targets SET access_until = $3
        WHERE guest_id = $1 AND group_id = $2 AND state IN ('pending', 'waiting')";
    const APP_TARGET: &str = "UPDATE invitation_targets SET access_until = $3
        WHERE guest_id = $1 AND app_id = $2 AND state IN ('pending', 'waiting')";
    let (grant, open) = if target.group().is_some() { (GROUP, GROUP_TARGET) } else { (APP, APP_TARGET) };
    on!(conn, c => sqlx::query(grant).bind(user).bind(target.id()).bind(until).bind(told).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(open).bind(user).bind(target.id()).bind(until).execute(c).await.map(drop))
}

/// Something that a person has directly.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Held {
    /// The group, if it is one.
    pub group_id: Option<GroupId>,
    /// The app, if it is one.
    pub app_id: Option<AppId>,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub by_name: Option<String>,
    /// Whether the other person owns it.
    pub owned: bool,
    /// The target that it came from.
    pub target_id: Option<InvitationTargetId>,
    /// How that stands.
    pub target_state: Option<TargetState>,
    /// The invitation that it came from.
    pub invitation_id: Option<InvitationId>,
    /// How that stands.
    pub state: Option<InvitationState>,
    /// Until when its link is good.
    pub link_until: Option<Timestamp>,
}

impl Held {
    /// The group or app. (The query makes it one of them.)
    pub fn target(&self) -> Option<Target> {
        self.group_id.map(Target::Group).or(self.app_id.map(Target::App))
    }
}

/// What a person has directly, and whether another person owns it: groups, then apps, each by name.
///
/// # Errors
/// What the engine says.
pub async fn held_by(conn: &mut Conn<'_>, user: UserId, viewer: UserId) -> sqlx::Result<Vec<Held>> {
    const SQL: &str = "SELECT h.group_id, h.app_id, h.name, h.since, h.until, b.name AS by_name,
            t.id AS target_id, t.state AS target_state, i.id AS invitation_id, i.state, i.link_until,
            EXISTS (SELECT 1 FROM group_owners o WHERE o.group_id = h.group_id AND o.user_id = $2)
                OR EXISTS (SELECT 1 FROM app_owners o WHERE o.app_id = h.app_id AND o.user_id = $2) AS owned
        FROM (
            SELECT m.group_id, NULL AS app_id, g.name, m.since, m.until, m.granted_by, m.invitation_id
            FROM group_members m JOIN directory_groups g ON g.id = m.group_id
            WHERE m.user_id = $1 AND g.deleted_at IS NULL
            UNION ALL
            SELECT NULL, a.app_id, p.name, a.since, a.until, a.granted_by, a.invitation_id
            FROM app_assignments a JOIN apps p ON p.id = a.app_id
            WHERE a.user_id = $1 AND p.deleted_at IS NULL
        ) AS h
        LEFT JOIN users b ON b.id = h.granted_by
        LEFT JOIN invitations i ON i.id = h.invitation_id
        LEFT JOIN invitation_targets t ON t.invitation_id = h.invitation_id AND t.state <> 'refused'
            AND (t.group_id = h.group_id OR t.app_id = h.app_id)
        ORDER BY h.app_id IS NOT NULL, h.name LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(viewer).fetch_all(c).await)
}

/// A grant that ends soon or has ended, and has yet to be spoken of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ending {
    /// Whose.
    pub user_id: UserId,
    /// The group, if it is one.
    pub group_id: Option<GroupId>,
    /// The app, if it is one.
    pub app_id: Option<AppId>,
    /// What it is called.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who gave it.
    pub granted_by: Option<UserId>,
    /// Whether it counts: it came from no invitation, or from one that was accepted.
    pub counts: bool,
}

impl Ending {
    /// The group or app. (The query makes it one of them.)
    pub fn target(&self) -> Option<Target> {
        self.group_id.map(Target::Group).or(self.app_id.map(Target::App))
    }
}

/// Grants of which people have to be told: that end by the first of the three moments and nothing was said, by the
/// second and one thing was, or by the third and their end was not recorded.
///
/// # Errors
/// What the engine says.
pub async fn ending(conn: &mut Conn<'_>, by: [Timestamp; 3]) -> sqlx::Result<Vec<Ending>> {
    macro_rules! sql {
        ($grants:literal, $column:literal, $other:literal, $things:literal) => {
            concat!(
                "SELECT m.user_id, m.",
                $column,
                ", NULL AS ",
                $other,
                ", g.name, m.since, m.until, m.granted_by,
                    m.invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation_targets t
                        WHERE t.invitation_id = m.invitation_id AND t.",
                $column,
                " = m.",
                $column,
                " AND t.state = 'granted') AS counts
                FROM ",
                $grants,
                " m JOIN ",
                $things,
                " g ON g.id = m.",
                $column,
                " AND g.deleted_at IS NULL JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL
                WHERE m.until IS NOT NULL AND m.end_told < 3 AND m.until <= $1
                    AND (m.end_told = 0 OR (m.end_told = 1 AND m.until <= $2) OR m.until <= $3)
                ORDER BY m.until LIMIT 100"
            )
        };
    }
    const GROUPS: &str = sql!("group_members", "group_id", "app_id", "directory_groups");
    const APPS: &str = sql!("app_assignments", "app_id", "group_id", "apps");
    let mut found: Vec<Ending> = Vec::new();
    for sql in [GROUPS, APPS] {
        let rows: Vec<Ending> =
            on!(conn, c => sqlx::query_as(sql).bind(by[0]).bind(by[1]).bind(by[2]).fetch_all(c).await)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Marks how far people were told of this end. `false` if somebody was faster, or it has another end by now.
///
/// # Errors
/// What the engine says.
pub async fn mark_end_told(
    conn: &mut Conn<'_>,
    user: UserId,
    target: Target,
    until: Timestamp,
    step: i64,
) -> sqlx::Result<bool> {
    const GROUP: &str = "UPDATE group_members SET end_told = $4
        WHERE user_id = $1 AND group_id = $2 AND until = $3 AND end_told < $4";
    const APP: &str = "UPDATE app_assignments SET end_told = $4
        WHERE user_id = $1 AND app_id = $2 AND until = $3 AND end_told < $4";
    let sql = if target.group().is_some() { GROUP } else { APP };
    let rows = on!(conn, c => sqlx::query(sql).bind(user).bind(target.id()).bind(until).bind(step).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// The name of an app that somebody could open, directly or through a group, and when that ended last.
///
/// # Errors
/// What the engine says.
pub async fn ended(
    conn: &mut Conn<'_>,
    user: UserId,
    app: AppId,
    now: Timestamp,
) -> sqlx::Result<Option<(String, Timestamp)>> {
    const SQL: &str = "SELECT p.name, e.until FROM (
            SELECT a.until FROM app_assignments a WHERE a.user_id = $1 AND a.app_id = $2 AND a.until <= $3
            UNION ALL
            SELECT m.until FROM app_assignments a
                JOIN directory_groups g ON g.id = a.group_id AND g.deleted_at IS NULL
                JOIN group_members m ON m.group_id = a.group_id AND m.user_id = $1
            WHERE a.app_id = $2 AND m.until <= $3
        ) AS e JOIN apps p ON p.id = $2 AND p.deleted_at IS NULL
        ORDER BY e.until DESC LIMIT 1";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(app).bind(now).fetch_optional(c).await)
}
