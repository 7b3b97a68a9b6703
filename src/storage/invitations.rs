//! Invitations, their targets, tickets and followers; blocked addresses and the counts behind the caps.

use super::{Conn, on, search};
use crate::domain::{
    email::EmailKey,
    ids::{AppId, GroupId, InvitationId, InvitationTargetId, MailId, UserId},
    invitation::{InvitationState, Target, TargetState},
    language::Language,
    mail::MailState,
    policy::Reason,
    tending::GuestRules,
    time::Timestamp,
};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use uuid::Uuid;

/// An invitation as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub guest_id: UserId,
    /// Who invites.
    pub inviter_id: UserId,
    /// How it stands.
    pub state: InvitationState,
    /// The inviter's own words.
    pub message: String,
    /// Language of the mail, if the inviter chose one.
    pub language: Option<Language>,
    /// Where the guest goes after accepting, if not to *My Apps*.
    pub redirect_url: Option<String>,
    /// Until when the link is good.
    pub link_until: Timestamp,
    /// The mail that carries its ticket.
    pub mail_id: Option<MailId>,
    /// What the guest said on declining.
    pub word: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

macro_rules! invitation_columns {
    () => {
        "i.id, i.guest_id, i.inviter_id, i.state, i.message, i.language, i.redirect_url, i.link_until, i.mail_id,
            i.word, i.created_at, i.changed_at, i.version"
    };
}

/// A target as it is stored, with its name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredTarget {
    /// Its id.
    pub id: InvitationTargetId,
    /// Of which invitation.
    pub invitation_id: InvitationId,
    /// The group, if it is one.
    pub group_id: Option<GroupId>,
    /// The app, if it is one.
    pub app_id: Option<AppId>,
    /// What it is called.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// How it stands.
    pub state: TargetState,
    /// Why, if it was refused.
    pub reason: Option<Reason>,
    /// Until when the access will be.
    pub access_until: Option<Timestamp>,
    /// Until when the guest has it now, if there is an end.
    pub held_until: Option<Timestamp>,
}

impl StoredTarget {
    /// The group or app. (The table's check makes it one of them.)
    pub fn target(&self) -> Option<Target> {
        self.group_id.map(Target::Group).or(self.app_id.map(Target::App))
    }
}

macro_rules! target_columns {
    () => {
        "t.id, t.invitation_id, t.group_id, t.app_id, COALESCE(g.name, p.name) AS name,
            COALESCE(g.description, p.note) AS note, t.state, t.reason, t.access_until,
            COALESCE((SELECT m.until FROM group_members m WHERE m.group_id = t.group_id AND m.user_id = t.guest_id),
                (SELECT a.until FROM app_assignments a WHERE a.app_id = t.app_id AND a.user_id = t.guest_id))
                AS held_until"
    };
}

macro_rules! target_tables {
    () => {
        "invitation_targets t LEFT JOIN directory_groups g ON g.id = t.group_id LEFT JOIN apps p ON p.id = t.app_id"
    };
}

/// Stores a new invitation.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, new: &Invitation) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO invitations
            (id, guest_id, inviter_id, state, message, language, redirect_url, link_until, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(conn, c => sqlx::query(SQL).bind(new.id).bind(new.guest_id).bind(new.inviter_id).bind(new.state)
        .bind(&new.message).bind(new.language).bind(&new.redirect_url).bind(new.link_until).bind(new.created_at)
        .bind(new.changed_at).execute(c).await.map(drop))
}

/// One invitation.
///
/// # Errors
/// What the engine says.
pub async fn by_id(conn: &mut Conn<'_>, id: InvitationId) -> sqlx::Result<Option<Invitation>> {
    const SQL: &str = concat!("SELECT ", invitation_columns!(), " FROM invitations i WHERE i.id = $1");
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// A guest's pending invitations, expired ones too, the oldest first.
///
/// # Errors
/// What the engine says.
pub async fn pending_of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<Invitation>> {
    const SQL: &str = concat!(
        "SELECT ",
        invitation_columns!(),
        " FROM invitations i WHERE i.guest_id = $1 AND i.state = 'pending' ORDER BY i.created_at, i.id LIMIT 100"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(guest).fetch_all(c).await)
}

/// A guest's newest invitation, however it stands.
///
/// # Errors
/// What the engine says.
pub async fn newest_of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Option<Invitation>> {
    const SQL: &str = concat!(
        "SELECT ",
        invitation_columns!(),
        " FROM invitations i WHERE i.guest_id = $1 ORDER BY i.created_at DESC, i.id DESC LIMIT 1"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(guest).fetch_optional(c).await)
}

/// Moves an invitation to another state, if it is still as it was read. `false` if somebody was faster.
///
/// # Errors
/// What the engine says.
pub async fn move_to(
    conn: &mut Conn<'_>,
    read: &Invitation,
    state: InvitationState,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitations SET state = $2, changed_at = $3, version = version + 1
        WHERE id = $1 AND state = $4 AND version = $5";
    let rows = on!(conn, c => sqlx::query(SQL).bind(read.id).bind(state).bind(at).bind(read.state).bind(read.version)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Gives a pending invitation new words and a new last day, as its inviter asks again.
///
/// # Errors
/// What the engine says.
pub async fn renew(conn: &mut Conn<'_>, new: &Invitation) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE invitations SET message = $2, language = $3, redirect_url = $4, link_until = $5,
            changed_at = $6, expiry_told = FALSE, version = version + 1
        WHERE id = $1 AND state = 'pending'";
    on!(conn, c => sqlx::query(SQL).bind(new.id).bind(&new.message).bind(new.language).bind(&new.redirect_url)
        .bind(new.link_until).bind(new.changed_at).execute(c).await.map(drop))
}

/// Notes the mail that carries an invitation's ticket.
///
/// # Errors
/// What the engine says.
pub async fn set_mail(conn: &mut Conn<'_>, id: InvitationId, mail: MailId) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE invitations SET mail_id = $2 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(mail).execute(c).await.map(drop))
}

/// Stores what an invitation is for.
///
/// # Errors
/// A unique violation if the guest has an open one for the same; else what the engine says.
pub async fn insert_target(
    conn: &mut Conn<'_>,
    id: InvitationTargetId,
    invitation: &Invitation,
    target: Target,
    access_until: Option<Timestamp>,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO invitation_targets
            (id, invitation_id, guest_id, group_id, app_id, state, access_until)
        VALUES ($1, $2, $3, $4, $5, 'pending', $6)";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(invitation.id).bind(invitation.guest_id).bind(target.group())
        .bind(target.app()).bind(access_until).execute(c).await.map(drop))
}

/// The targets of an invitation.
///
/// # Errors
/// What the engine says.
pub async fn targets_of(conn: &mut Conn<'_>, invitation: InvitationId) -> sqlx::Result<Vec<StoredTarget>> {
    const SQL: &str = concat!(
        "SELECT ",
        target_columns!(),
        " FROM ",
        target_tables!(),
        " WHERE t.invitation_id = $1 ORDER BY t.group_id IS NULL, name LIMIT 100"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(invitation).fetch_all(c).await)
}

/// The targets of several invitations, each by its own in the order of [`targets_of`].
///
/// # Errors
/// What the engine says.
pub async fn targets_of_each(
    conn: &mut Conn<'_>,
    invitations: &[InvitationId],
) -> sqlx::Result<HashMap<InvitationId, Vec<StoredTarget>>> {
    const SQL: &str = concat!("SELECT ", target_columns!(), " FROM ", target_tables!(), " WHERE t.invitation_id IN (");
    let mut each: HashMap<InvitationId, Vec<StoredTarget>> = HashMap::new();
    if invitations.is_empty() {
        return Ok(each);
    }
    let all: Vec<StoredTarget> = on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new(SQL);
        let mut list = sql.separated(", ");
        for id in invitations {
            list.push_bind(id);
        }
        sql.push(") ORDER BY t.group_id IS NULL, name");
        sql.build_query_as().fetch_all(c).await?
    });
    for target in all {
        each.entry(target.invitation_id).or_default().push(target);
    }
    Ok(each)
}

/// One target.
///
/// # Errors
/// What the engine says.
pub async fn target_by_id(conn: &mut Conn<'_>, id: InvitationTargetId) -> sqlx::Result<Option<StoredTarget>> {
    const SQL: &str = concat!("SELECT ", target_columns!(), " FROM ", target_tables!(), " WHERE t.id = $1");
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// An open target of a guest's, and whose invitation it is of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenTarget {
    /// Its id.
    pub id: InvitationTargetId,
    /// Of which invitation.
    pub invitation_id: InvitationId,
    /// Who invited.
    pub inviter_id: UserId,
    /// Their name.
    pub inviter_name: String,
    /// How the invitation stands.
    pub state: InvitationState,
    /// Until when its link is good.
    pub link_until: Timestamp,
    /// Until when the access will be.
    pub access_until: Option<Timestamp>,
}

/// The open target of a guest for a group or app, if there is one.
///
/// # Errors
/// What the engine says.
pub async fn open_target(conn: &mut Conn<'_>, guest: UserId, target: Target) -> sqlx::Result<Option<OpenTarget>> {
    macro_rules! sql {
        ($column:literal) => {
            concat!(
                "SELECT t.id, t.invitation_id, i.inviter_id, u.name AS inviter_name, i.state, i.link_until,
                    t.access_until
                FROM invitation_targets t JOIN invitations i ON i.id = t.invitation_id JOIN users u ON u.id = i.inviter_id
                WHERE t.guest_id = $1 AND t.",
                $column,
                " = $2 AND t.state IN ('pending', 'waiting')"
            )
        };
    }
    const GROUP: &str = sql!("group_id");
    const APP: &str = sql!("app_id");
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_as(sql).bind(guest).bind(target.id()).fetch_optional(c).await)
}

/// Decides an open target. `false` if it was decided before.
///
/// # Errors
/// What the engine says.
pub async fn decide_target(
    conn: &mut Conn<'_>,
    id: InvitationTargetId,
    state: TargetState,
    reason: Option<Reason>,
    by: Option<UserId>,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitation_targets SET state = $2, reason = $3, decided_by = $4, decided_at = $5
        WHERE id = $1 AND state IN ('pending', 'waiting')";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(state).bind(reason).bind(by).bind(at)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Refuses all that is open for a guest: for one who was deleted and is invited anew.
///
/// # Errors
/// What the engine says.
pub async fn close_all(conn: &mut Conn<'_>, guest: UserId, reason: Reason, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE invitation_targets SET state = 'refused', reason = $2, decided_at = $3
        WHERE guest_id = $1 AND state IN ('pending', 'waiting')";
    on!(conn, c => sqlx::query(SQL).bind(guest).bind(reason).bind(at).execute(c).await.map(drop))
}

/// What an inviter may invite to, or a page is about.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlaceRow {
    /// Its name.
    pub name: String,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Whether the person asked about owns it.
    pub owned: bool,
    /// How guests have it.
    #[sqlx(flatten)]
    pub rules: GuestRules,
}

/// A group or app, as somebody stands to it.
///
/// # Errors
/// What the engine says.
pub async fn place(conn: &mut Conn<'_>, target: Target, user: UserId) -> sqlx::Result<Option<PlaceRow>> {
    const GROUP: &str = "SELECT g.name, g.guests_allowed, g.deleted_at IS NOT NULL AS deleted,
            o.user_id IS NOT NULL AS owned, g.default_days, g.longest_days, g.may_override, g.most_guests
        FROM directory_groups g LEFT JOIN group_owners o ON o.group_id = g.id AND o.user_id = $2 WHERE g.id = $1";
    const APP: &str = "SELECT a.name, a.guests_allowed, a.deleted_at IS NOT NULL AS deleted,
            o.user_id IS NOT NULL AS owned, a.default_days, a.longest_days, a.may_override, a.most_guests
        FROM apps a LEFT JOIN app_owners o ON o.app_id = a.id AND o.user_id = $2 WHERE a.id = $1";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_as(sql).bind(target.id()).bind(user).fetch_optional(c).await)
}

/// What somebody owns, with its name and guest switch: groups, then apps, each by name.
///
/// # Errors
/// What the engine says.
pub async fn owned_by(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Vec<(Target, String, bool)>> {
    const SQL: &str = "SELECT * FROM (
            SELECT FALSE AS is_app, g.id, g.name, g.guests_allowed
            FROM group_owners o JOIN directory_groups g ON g.id = o.group_id
            WHERE o.user_id = $1 AND g.deleted_at IS NULL
            UNION ALL
            SELECT TRUE, a.id, a.name, a.guests_allowed FROM app_owners o JOIN apps a ON a.id = o.app_id
            WHERE o.user_id = $1 AND a.deleted_at IS NULL
        ) AS owned ORDER BY is_app, name, id LIMIT 200";
    let rows: Vec<(bool, Uuid, String, bool)> = on!(conn, c => sqlx::query_as(SQL).bind(user).fetch_all(c).await)?;
    let target = |is_app, id| if is_app { Target::App(AppId(id)) } else { Target::Group(GroupId(id)) };
    Ok(rows.into_iter().map(|(is_app, id, name, guests)| (target(is_app, id), name, guests)).collect())
}

/// Stores a new ticket's hash; the invitation's earlier ones are replaced by it.
///
/// # Errors
/// What the engine says.
pub async fn rotate_ticket(
    conn: &mut Conn<'_>,
    invitation: InvitationId,
    hash: &[u8],
    at: Timestamp,
) -> sqlx::Result<()> {
    const NEW: &str = "INSERT INTO tickets (hash, invitation_id, created_at) VALUES ($1, $2, $3)";
    end_tickets(&mut *conn, invitation, at).await?;
    on!(conn, c => sqlx::query(NEW).bind(hash).bind(invitation).bind(at).execute(c).await.map(drop))
}

/// Ends an invitation's tickets.
///
/// # Errors
/// What the engine says.
pub async fn end_tickets(conn: &mut Conn<'_>, invitation: InvitationId, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE tickets SET replaced_at = $2 WHERE invitation_id = $1 AND replaced_at IS NULL";
    on!(conn, c => sqlx::query(SQL).bind(invitation).bind(at).execute(c).await.map(drop))
}

/// The invitation of a ticket, and when the ticket was replaced.
///
/// # Errors
/// What the engine says.
pub async fn by_ticket(conn: &mut Conn<'_>, hash: &[u8]) -> sqlx::Result<Option<(Invitation, Option<Timestamp>)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        invitation: Invitation,
        replaced_at: Option<Timestamp>,
    }
    const SQL: &str = concat!(
        "SELECT ",
        invitation_columns!(),
        ", t.replaced_at FROM tickets t JOIN invitations i ON i.id = t.invitation_id WHERE t.hash = $1"
    );
    let row: Option<Row> = on!(conn, c => sqlx::query_as(SQL).bind(hash).fetch_optional(c).await)?;
    Ok(row.map(|row| (row.invitation, row.replaced_at)))
}

/// Adds somebody to be told.
///
/// # Errors
/// What the engine says.
pub async fn follow(conn: &mut Conn<'_>, invitation: InvitationId, user: UserId) -> sqlx::Result<()> {
    const SQL: &str =
        "INSERT INTO invitation_followers (invitation_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(invitation).bind(user).execute(c).await.map(drop))
}

/// Who is told besides the inviter.
///
/// # Errors
/// What the engine says.
pub async fn followers(conn: &mut Conn<'_>, invitation: InvitationId) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT user_id FROM invitation_followers WHERE invitation_id = $1 ORDER BY user_id LIMIT 20";
    on!(conn, c => sqlx::query_scalar(SQL).bind(invitation).fetch_all(c).await)
}

/// Owners of a group or app who can act.
///
/// # Errors
/// What the engine says.
pub async fn owners_of(conn: &mut Conn<'_>, target: Target) -> sqlx::Result<Vec<UserId>> {
    const GROUP: &str = "SELECT u.id FROM group_owners o JOIN users u ON u.id = o.user_id
        WHERE o.group_id = $1 AND u.enabled AND u.deleted_at IS NULL AND u.redemption = 'accepted'
        ORDER BY o.since, u.id LIMIT 10";
    const APP: &str = "SELECT u.id FROM app_owners o JOIN users u ON u.id = o.user_id
        WHERE o.app_id = $1 AND u.enabled AND u.deleted_at IS NULL AND u.redemption = 'accepted'
        ORDER BY o.since, u.id LIMIT 10";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_scalar(sql).bind(target.id()).fetch_all(c).await)
}

/// Administrators who can act.
///
/// # Errors
/// What the engine says.
pub async fn administrators(conn: &mut Conn<'_>, now: Timestamp) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT u.id FROM user_roles r JOIN users u ON u.id = r.user_id
        WHERE r.role = 'administrator' AND r.since <= $1 AND (r.until IS NULL OR r.until > $1)
            AND u.enabled AND u.deleted_at IS NULL AND u.redemption = 'accepted'
        ORDER BY u.id LIMIT 10";
    on!(conn, c => sqlx::query_scalar(SQL).bind(now).fetch_all(c).await)
}

/// Whether an address wants no invitations.
///
/// # Errors
/// What the engine says.
pub async fn is_blocked(conn: &mut Conn<'_>, key: &EmailKey) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM blocked_addresses WHERE email_key = $1";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(&key.0).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Blocks an address. `false` if it was blocked already.
///
/// # Errors
/// What the engine says.
pub async fn block(conn: &mut Conn<'_>, key: &EmailKey, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO blocked_addresses (email_key, since) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let rows = on!(conn, c => sqlx::query(SQL).bind(&key.0).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Lets an address have invitations again. `false` if it was not blocked.
///
/// # Errors
/// What the engine says.
pub async fn unblock(conn: &mut Conn<'_>, key: &EmailKey) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM blocked_addresses WHERE email_key = $1";
    let rows = on!(conn, c => sqlx::query(SQL).bind(&key.0).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// The key of a person's address.
///
/// # Errors
/// What the engine says.
pub async fn key_of(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Option<EmailKey>> {
    const SQL: &str = "SELECT email_key FROM user_emails WHERE user_id = $1 ORDER BY email_key LIMIT 1";
    let key: Option<String> = on!(conn, c => sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await)?;
    Ok(key.map(EmailKey))
}

/// Mails counted on a day, for three scopes.
///
/// # Errors
/// What the engine says.
pub async fn mails_on(conn: &mut Conn<'_>, day: i64, scopes: [&str; 3]) -> sqlx::Result<[i64; 3]> {
    const SQL: &str = "SELECT scope, mails FROM mail_counts WHERE day = $1 AND scope IN ($2, $3, $4)";
    let rows: Vec<(String, i64)> = on!(conn, c => sqlx::query_as(SQL).bind(day).bind(scopes[0]).bind(scopes[1])
        .bind(scopes[2]).fetch_all(c).await)?;
    Ok(scopes.map(|scope| rows.iter().find(|(other, _)| other == scope).map_or(0, |(_, mails)| *mails)))
}

/// Counts one mail more in each scope.
///
/// # Errors
/// What the engine says.
pub async fn count_mail(conn: &mut Conn<'_>, day: i64, scopes: [&str; 3]) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO mail_counts (scope, day, mails) VALUES ($2, $1, 1), ($3, $1, 1), ($4, $1, 1)
        ON CONFLICT (scope, day) DO UPDATE SET mails = mail_counts.mails + 1";
    on!(conn, c => sqlx::query(SQL).bind(day).bind(scopes[0]).bind(scopes[1]).bind(scopes[2])
        .execute(c).await.map(drop))
}

/// Counts one more of something in a scope, up to so many a day: mails, or rounds of asking, joining and taking back. `false` if there were as many before.
///
/// # Errors
/// What the engine says.
pub async fn count_up_to(conn: &mut Conn<'_>, day: i64, scope: &str, most: i64) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO mail_counts (scope, day, mails) VALUES ($2, $1, 1)
        ON CONFLICT (scope, day) DO UPDATE SET mails = mail_counts.mails + 1 WHERE mail_counts.mails < $3";
    let rows = on!(conn, c => sqlx::query(SQL).bind(day).bind(scope).bind(most).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets counts of days before.
///
/// # Errors
/// What the engine says.
pub async fn purge_counts(conn: &mut Conn<'_>, before: i64) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM mail_counts WHERE day < $1";
    on!(conn, c => sqlx::query(SQL).bind(before).execute(c).await.map(drop))
}

/// An invitation in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SentRow {
    /// The invitation.
    #[sqlx(flatten)]
    pub invitation: Invitation,
    /// The guest's address.
    pub email: String,
    /// The guest's name.
    pub guest_name: String,
    /// Whether the guest's sign-in is allowed.
    pub enabled: bool,
    /// Who sent it.
    pub inviter_name: String,
    /// How the mail stands.
    pub mail_state: Option<MailState>,
    /// What the mail server said.
    pub mail_answer: Option<String>,
    /// When the mail was promised.
    pub mailed_at: Option<Timestamp>,
    /// When it is to leave.
    pub mail_due: Option<Timestamp>,
    /// Whether the guest has asked for a new link.
    pub asked: bool,
}

macro_rules! sent_rows {
    () => {
        concat!(
            "SELECT ",
            invitation_columns!(),
            ", u.email, u.name AS guest_name, u.enabled, b.name AS inviter_name, o.state AS mail_state,
                o.server_answer AS mail_answer, o.created_at AS mailed_at, o.due_at AS mail_due, EXISTS (SELECT 1 FROM tickets k
                    WHERE k.invitation_id = i.id AND k.replaced_at IS NULL AND k.asked_at IS NOT NULL) AS asked
            FROM invitations i JOIN users u ON u.id = i.guest_id JOIN users b ON b.id = i.inviter_id
                LEFT JOIN outbox o ON o.id = i.mail_id "
        )
    };
}

/// One invitation as lists show it.
///
/// # Errors
/// What the engine says.
pub async fn sent_one(conn: &mut Conn<'_>, id: InvitationId) -> sqlx::Result<Option<SentRow>> {
    const SQL: &str = concat!(sent_rows!(), "WHERE i.id = $1");
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// The newest invitations of a guest.
///
/// # Errors
/// What the engine says.
pub async fn sent_to(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<SentRow>> {
    const SQL: &str = concat!(sent_rows!(), "WHERE i.guest_id = $1 ORDER BY i.created_at DESC, i.id DESC LIMIT 50");
    on!(conn, c => sqlx::query_as(SQL).bind(guest).fetch_all(c).await)
}

/// What narrows the list of all invitations down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// Nothing.
    Any,
    /// In this state.
    Is(InvitationState),
    /// Pending, and the link has run out by then.
    RunOut(Timestamp),
    /// Pending, and the link runs out between these moments.
    RunningOut(Timestamp, Timestamp),
    /// Pending, and the mail could not be delivered.
    MailFailed,
    /// Something of it waits for somebody's word.
    Waiting,
}

/// Which of all invitations are asked for.
#[derive(Debug, Clone, Copy)]
pub struct AllAsked<'q> {
    /// How they stand.
    pub standing: Standing,
    /// Sent by this person.
    pub inviter: Option<UserId>,
    /// Beginnings of words that the guest is found by.
    pub words: [&'q str; 2],
    /// The oldest first, not the newest.
    pub oldest: bool,
    /// Among all that a search finds, for an export: a page looks at [`search::LOOKED_AT`] of them.
    pub whole: bool,
    /// Behind this one.
    pub after: Option<InvitationId>,
    /// At most so many.
    pub limit: i64,
}

/// All invitations, the newest or the oldest first; on a page, those whose link runs out by its day.
///
/// # Errors
/// What the engine says.
pub async fn all(conn: &mut Conn<'_>, asked: AllAsked<'_>) -> sqlx::Result<Vec<SentRow>> {
    const KEY: &str = "SELECT created_at, link_until, id FROM invitations WHERE id = $1";
    let key: Option<(Timestamp, Timestamp, InvitationId)> = match asked.after {
        Some(id) => on!(&mut *conn, c => sqlx::query_as(KEY).bind(id).fetch_optional(c).await)?,
        None => None,
    };
    let zero = Timestamp(0);
    let (which, (from, to)) = match asked.standing {
        Standing::Any => ("", (zero, zero)),
        Standing::Is(_) => (" AND i.state = $1", (zero, zero)),
        Standing::RunOut(now) => (" AND i.state = 'pending' AND i.link_until <= $2", (now, zero)),
        Standing::RunningOut(from, to) => {
            (" AND i.state = 'pending' AND i.link_until > $2 AND i.link_until <= $3", (from, to))
        }
        Standing::MailFailed => (
            " AND i.state = 'pending' AND i.mail_id IN
                (SELECT f.id FROM outbox f WHERE f.state IN ('failed', 'bounced') ORDER BY f.created_at DESC LIMIT $10)",
            (zero, zero),
        ),
        Standing::Waiting => (
            " AND i.id IN (SELECT w.invitation_id FROM invitation_targets w WHERE w.state = 'waiting' LIMIT $10)",
            (zero, zero),
        ),
    };
    // An export comes in an order that does not move while it is read.
    let (column, way) = match asked.standing {
        Standing::RunOut(_) if !asked.whole => ("link_until", "DESC"),
        Standing::RunningOut(..) if !asked.whole => ("link_until", "ASC"),
        _ if asked.oldest => ("created_at", "ASC"),
        _ => ("created_at", "DESC"),
    };
    let inviter = if asked.inviter.is_some() { " AND i.inviter_id = $4" } else { "" };
    let found = search::found(&search::PEOPLE, asked.words, "i.guest_id", 5, asked.whole);
    let behind = match key {
        None => String::new(),
        Some(_) => format!(" AND (i.{column}, i.id) {} ($8, $9)", if way == "ASC" { '>' } else { '<' }),
    };
    let rows: &str = sent_rows!();
    let order = format!("ORDER BY i.{column} {way}, i.id {way}");
    // As with people: first which are on the page, then what is shown of them, and the bound in the statement.
    let limit = asked.limit;
    let sql = format!(
        "{rows}WHERE i.id IN (SELECT i.id FROM invitations i
            WHERE i.created_at >= 0{which}{inviter}{found}{behind} {order} LIMIT {limit}) {order} LIMIT $11"
    );
    let state = match asked.standing {
        Standing::Is(state) => state.as_str(),
        _ => "",
    };
    let (created, link, id) = key.unwrap_or((zero, zero, InvitationId(Uuid::nil())));
    let at = if column == "link_until" { link } else { created };
    let (first, end) = search::range(asked.words[0]);
    on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(state).bind(from).bind(to).bind(asked.inviter)
        .bind(first).bind(end).bind(search::beside(asked.words[1])).bind(at).bind(id)
        .bind(if asked.whole { i64::MAX } else { search::NARROWED }).bind(asked.limit).fetch_all(c).await)
}

/// Which invitations are asked for.
#[derive(Debug, Clone, Copy)]
pub struct SentBy<'q> {
    /// Sent by this person, or to a guest of theirs.
    pub person: UserId,
    /// Whether what others sent to their guests is theirs to see.
    pub answers: bool,
    /// A state's name, `expired` for what has run out, or empty.
    pub state: &'q str,
    /// `failed`, `waiting`, `sent`, `none`, or empty: how the mail stands.
    pub mail: &'q str,
    /// For this group or app.
    pub target: Option<Uuid>,
    /// Beginnings of words that the guest is found by.
    pub words: [&'q str; 2],
    /// What has run out by now.
    pub now: Timestamp,
    /// Older than this.
    pub before: (Timestamp, InvitationId),
    /// At most so many.
    pub limit: i64,
}

/// Invitations that somebody sent or answers for, the newest first.
///
/// # Errors
/// What the engine says.
pub async fn sent_by(conn: &mut Conn<'_>, asked: SentBy<'_>) -> sqlx::Result<Vec<SentRow>> {
    const SQL: &str = concat!(
        sent_rows!(),
        "WHERE i.id IN (
                SELECT id FROM invitations WHERE inviter_id = $1
                UNION SELECT x.id FROM sponsors s JOIN invitations x ON x.guest_id = s.guest_id
                    WHERE s.sponsor_id = $1 AND $11)
            AND (i.created_at < $2 OR (i.created_at = $2 AND i.id < $3))
            AND ($4 = '' OR $4 = CASE WHEN i.state = 'pending' AND i.link_until <= $5 THEN 'expired' ELSE i.state END)
            AND ($6 = '' OR $6 = CASE WHEN o.state IN ('failed', 'bounced') THEN 'failed'
                WHEN o.state IN ('queued', 'retrying') THEN 'waiting' ELSE COALESCE(o.state, 'none') END)
            AND ($7 IS NULL OR EXISTS (SELECT 1 FROM invitation_targets t
                WHERE t.invitation_id = i.id AND (t.group_id = $7 OR t.app_id = $7)))
            AND ($8 = '' OR EXISTS (SELECT 1 FROM search_terms w
                WHERE w.id = i.guest_id AND SUBSTR(w.term, 1, LENGTH($8)) = $8))
            AND ($9 = '' OR EXISTS (SELECT 1 FROM search_terms w
                WHERE w.id = i.guest_id AND SUBSTR(w.term, 1, LENGTH($9)) = $9))
        ORDER BY i.created_at DESC, i.id DESC LIMIT $10"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(asked.person).bind(asked.before.0).bind(asked.before.1).bind(asked.state)
        .bind(asked.now).bind(asked.mail).bind(asked.target).bind(asked.words[0]).bind(asked.words[1])
        .bind(asked.limit).bind(asked.answers).fetch_all(c).await)
}

/// Gives a pending invitation's link another last day, if it is still as it was read. `false` if somebody was
/// faster.
///
/// # Errors
/// What the engine says.
pub async fn renew_link(
    conn: &mut Conn<'_>,
    read: &Invitation,
    link_until: Timestamp,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitations SET link_until = $2, changed_at = $3, expiry_told = FALSE,
            version = version + 1
        WHERE id = $1 AND state = 'pending' AND version = $4";
    let rows = on!(conn, c => sqlx::query(SQL).bind(read.id).bind(link_until).bind(at).bind(read.version)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Pending invitations whose link has run out and whose inviter was not told.
///
/// # Errors
/// What the engine says.
pub async fn run_out(conn: &mut Conn<'_>, now: Timestamp) -> sqlx::Result<Vec<InvitationId>> {
    const SQL: &str = "SELECT id FROM invitations WHERE state = 'pending' AND NOT expiry_told AND link_until <= $1
        ORDER BY link_until LIMIT 200";
    on!(conn, c => sqlx::query_scalar(SQL).bind(now).fetch_all(c).await)
}

/// Notes that an inviter is told of it. `false` if somebody was faster, or it was renewed.
///
/// # Errors
/// What the engine says.
pub async fn mark_run_out(conn: &mut Conn<'_>, id: InvitationId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitations SET expiry_told = TRUE
        WHERE id = $1 AND state = 'pending' AND NOT expiry_told AND link_until <= $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Pending invitations whose guest is due to be reminded.
///
/// # Errors
/// What the engine says.
pub async fn to_remind(conn: &mut Conn<'_>, now: Timestamp) -> sqlx::Result<Vec<InvitationId>> {
    const SQL: &str = "SELECT id FROM invitations
        WHERE state = 'pending' AND remind_at IS NOT NULL AND remind_at <= $1 AND link_until > $1
        ORDER BY remind_at LIMIT 200";
    on!(conn, c => sqlx::query_scalar(SQL).bind(now).fetch_all(c).await)
}

/// How often a guest was reminded, and when the next time is due.
///
/// # Errors
/// What the engine says.
pub async fn reminders(conn: &mut Conn<'_>, id: InvitationId) -> sqlx::Result<Option<(i64, Option<Timestamp>)>> {
    const SQL: &str = "SELECT reminders, remind_at FROM invitations WHERE id = $1 AND state = 'pending'";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Notes how often a guest was reminded, and when to do so next.
///
/// # Errors
/// What the engine says.
pub async fn schedule_reminder(
    conn: &mut Conn<'_>,
    id: InvitationId,
    sent: i64,
    next: Option<Timestamp>,
) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE invitations SET reminders = $2, remind_at = $3 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(sent).bind(next).execute(c).await.map(drop))
}

/// Stops the reminders of an invitation. `false` if there were none to come.
///
/// # Errors
/// What the engine says.
pub async fn stop_reminders(conn: &mut Conn<'_>, id: InvitationId) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitations SET reminders = 2, remind_at = NULL WHERE id = $1 AND (remind_at IS NOT NULL OR reminders < 2)";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes that a new link was asked for with this ticket: once a ticket, three times an invitation. `false` if that is
/// used up.
///
/// # Errors
/// What the engine says.
pub async fn ask_for_link(conn: &mut Conn<'_>, id: InvitationId, hash: &[u8], at: Timestamp) -> sqlx::Result<bool> {
    const COUNT: &str = "UPDATE invitations SET asked_again = asked_again + 1 WHERE id = $1 AND asked_again < 3
        AND EXISTS (SELECT 1 FROM tickets WHERE hash = $2 AND asked_at IS NULL)";
    const MARK: &str = "UPDATE tickets SET asked_at = $2 WHERE hash = $1 AND asked_at IS NULL";
    let rows = on!(conn, c => sqlx::query(COUNT).bind(id).bind(hash).execute(c).await.map(|r| r.rows_affected()))?;
    if rows == 1 {
        on!(conn, c => sqlx::query(MARK).bind(hash).bind(at).execute(c).await.map(drop))?;
    }
    Ok(rows == 1)
}

/// When a new link was asked for with this ticket, and how often one was for its invitation.
///
/// # Errors
/// What the engine says.
pub async fn asked(conn: &mut Conn<'_>, hash: &[u8]) -> sqlx::Result<(Option<Timestamp>, i64)> {
    const SQL: &str = "SELECT t.asked_at, i.asked_again FROM tickets t JOIN invitations i ON i.id = t.invitation_id
        WHERE t.hash = $1";
    let found: Option<(Option<Timestamp>, i64)> =
        on!(conn, c => sqlx::query_as(SQL).bind(hash).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// A guest's targets that are open, with their names.
///
/// # Errors
/// What the engine says.
pub async fn open_targets_of(conn: &mut Conn<'_>, guest: UserId) -> sqlx::Result<Vec<StoredTarget>> {
    const SQL: &str = concat!(
        "SELECT ",
        target_columns!(),
        " FROM ",
        target_tables!(),
        " WHERE t.guest_id = $1 AND t.state IN ('pending', 'waiting') ORDER BY t.id LIMIT 500"
    );
    on!(conn, c => sqlx::query_as(SQL).bind(guest).fetch_all(c).await)
}

/// Keeps what a guest said on declining.
///
/// # Errors
/// What the engine says.
pub async fn set_word(conn: &mut Conn<'_>, id: InvitationId, word: &str) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE invitations SET word = $2 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(word).execute(c).await.map(drop))
}

/// Opens a target again that was refused for this reason, unless the guest has another open one for the same.
/// `false` if it cannot be.
///
/// # Errors
/// What the engine says.
pub async fn reopen_target(
    conn: &mut Conn<'_>,
    id: InvitationTargetId,
    state: TargetState,
    reason: Reason,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE invitation_targets SET state = $2, reason = NULL, decided_by = NULL, decided_at = NULL
        WHERE id = $1 AND state = 'refused' AND reason = $3 AND ($2 = 'granted' OR NOT EXISTS (
            SELECT 1 FROM invitation_targets x WHERE x.guest_id = invitation_targets.guest_id
                AND (x.group_id = invitation_targets.group_id OR x.app_id = invitation_targets.app_id)
                AND x.state IN ('pending', 'waiting')))";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(state).bind(reason).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether somebody owns one of the groups or apps that an invitation is or was for.
///
/// # Errors
/// What the engine says.
pub async fn owns_target_of(conn: &mut Conn<'_>, id: InvitationId, person: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM invitation_targets t
            LEFT JOIN group_owners g ON g.group_id = t.group_id AND g.user_id = $2
            LEFT JOIN app_owners a ON a.app_id = t.app_id AND a.user_id = $2
        WHERE t.invitation_id = $1 AND (g.user_id IS NOT NULL OR a.user_id IS NOT NULL)";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(id).bind(person).fetch_one(c).await)?;
    Ok(count > 0)
}

/// The version and address of a statement that is in force.
///
/// # Errors
/// What the engine says.
pub async fn statement(conn: &mut Conn<'_>, kind: &str) -> sqlx::Result<Option<(i64, String)>> {
    const SQL: &str = "SELECT version, url FROM statements WHERE kind = $1 ORDER BY version DESC LIMIT 1";
    let found: Option<(i64, String)> = on!(conn, c => sqlx::query_as(SQL).bind(kind).fetch_optional(c).await)?;
    Ok(found.filter(|(_, url)| !url.is_empty()))
}

/// Puts a new version of a statement in force; an empty address ends it.
///
/// # Errors
/// What the engine says.
pub async fn publish_statement(conn: &mut Conn<'_>, kind: &str, url: &str, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO statements (kind, version, url, since)
        SELECT $1, COALESCE(MAX(version), 0) + 1, $2, $3 FROM statements WHERE kind = $1";
    on!(conn, c => sqlx::query(SQL).bind(kind).bind(url).bind(at).execute(c).await.map(drop))
}

/// Records that somebody agreed to a version.
///
/// # Errors
/// What the engine says.
pub async fn consent(conn: &mut Conn<'_>, user: UserId, kind: &str, version: i64, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str =
        "INSERT INTO consents (user_id, kind, version, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(user).bind(kind).bind(version).bind(at).execute(c).await.map(drop))
}

/// Where apps are launched: where an invitation may lead to without asking.
///
/// # Errors
/// What the engine says.
pub async fn launch_urls(conn: &mut Conn<'_>) -> sqlx::Result<Vec<String>> {
    const SQL: &str = "SELECT launch_url FROM apps WHERE deleted_at IS NULL ORDER BY id LIMIT 5000";
    on!(conn, c => sqlx::query_scalar(SQL).fetch_all(c).await)
}
