//! The portal's lists and numbers: each page by key, each number up to a bound.

use super::{Conn, on, search};
use crate::domain::{
    email::EmailKey,
    ids::{AppId, MailId, UserId},
    invitation::TargetState,
    time::Timestamp,
    user::{UserStanding, UserType},
};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;
use uuid::Uuid;

/// How many targets wait for somebody's word, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn waiting(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str =
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM invitation_targets WHERE state = 'waiting' LIMIT $1) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// How many pending invitations have a mail that could not be delivered, up to a bound, among the newest
/// [`search::NARROWED`] of such mails. Asked for each by itself: a join might begin with all that is pending.
///
/// # Errors
/// What the engine says.
pub async fn mails_failed(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT id FROM outbox
            WHERE state IN ('failed', 'bounced') ORDER BY created_at DESC, id DESC LIMIT $2) AS o
        WHERE (SELECT i.state FROM invitations i WHERE i.mail_id = o.id LIMIT 1) = 'pending' LIMIT $1) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).bind(search::NARROWED).fetch_one(c).await)
}

/// How many mails were tried or due by then and have not left, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn mails_waiting(conn: &mut Conn<'_>, since: Timestamp, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox
        WHERE state IN ('queued', 'retrying') AND (due_at < $1 OR (state = 'retrying' AND attempts > 1)) LIMIT $2) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(since).bind(bound).fetch_one(c).await)
}

/// How many guests nobody answers for, up to a bound. The order is that of the index which holds just these.
///
/// # Errors
/// What the engine says.
pub async fn unsponsored(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users
        WHERE user_type = 'guest' AND deleted_at IS NULL AND sponsor_count = 0
        ORDER BY LOWER(name), id LIMIT $1) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// How many grants of guests end between two moments, up to a bound, among the first [`search::NARROWED`] to end of each
/// kind.
///
/// # Errors
/// What the engine says.
pub async fn ending(conn: &mut Conn<'_>, (from, to): (Timestamp, Timestamp), bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (
            SELECT 1 AS one FROM (
                SELECT * FROM (SELECT user_id FROM group_members
                    WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $2 ORDER BY until LIMIT $4) AS g
                UNION ALL
                SELECT * FROM (SELECT user_id FROM app_assignments
                    WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $2 ORDER BY until LIMIT $4) AS a
            ) AS e WHERE (SELECT u.user_type FROM users u WHERE u.id = e.user_id) = 'guest' LIMIT $3) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(from).bind(to).bind(bound).bind(search::NARROWED).fetch_one(c).await)
}

/// How many pending invitations have a link that runs out between two moments, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn running_out(conn: &mut Conn<'_>, (from, to): (Timestamp, Timestamp), bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM invitations
        WHERE state = 'pending' AND link_until > $1 AND link_until <= $2 LIMIT $3) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(from).bind(to).bind(bound).fetch_one(c).await)
}

/// How many active guests have signed in, but not since a moment, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn inactive(conn: &mut Conn<'_>, since: Timestamp, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users
        WHERE user_type = 'guest' AND standing = 'active' AND COALESCE(last_sign_in_at, 0) > 0
            AND COALESCE(last_sign_in_at, 0) <= $1 LIMIT $2) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(since).bind(bound).fetch_one(c).await)
}

/// The orders of a list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// The newest first.
    Created,
    /// Who signed in last first.
    Seen,
    /// By the word that a search finds them by: all whom one word finds, and of two words those among the first
    /// [`search::SIFTED`] behind the last page whom the first finds.
    Found,
}

/// What narrows a list of people down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Only {
    /// Nothing: all who are not deleted.
    All,
    /// Who stands so.
    Standing(UserStanding),
    /// For whom nobody answers.
    Unsponsored,
    /// Active ones who never signed in.
    NeverSeen,
    /// Active ones who signed in, but not since.
    NotSince(Timestamp),
    /// Who has access that ends between two moments.
    Ending(Timestamp, Timestamp),
}

/// Which people are asked for.
#[derive(Debug, Clone, Copy)]
pub struct PeopleAsked<'q> {
    /// Members or guests.
    pub user_type: UserType,
    /// Narrowed down to these.
    pub only: Only,
    /// Among those for whom this person answers.
    pub sponsor: Option<UserId>,
    /// Among those whose address is of this domain, unless it is empty.
    pub domain: &'q str,
    /// Beginnings of two words that they are found by; empty means any.
    pub words: [&'q str; 2],
    /// In this order.
    pub order: Order,
    /// In the order of the words that are found: where it ends that what the first finds is looked through.
    pub end: Option<(&'q str, Uuid)>,
    /// Behind this person.
    pub after: Option<UserId>,
    /// Among all that a search finds, for an export: a page looks at [`search::LOOKED_AT`] of them.
    pub whole: bool,
    /// At most so many.
    pub limit: i64,
}

/// A person in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PersonRow {
    /// The person.
    pub id: UserId,
    /// Member or guest.
    pub user_type: UserType,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The company.
    pub company: String,
    /// How they stand.
    pub standing: UserStanding,
    /// Since when there is a user.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Who answers for them first.
    pub sponsor: Option<String>,
    /// In how many groups.
    pub groups: i64,
    /// On how many apps directly.
    pub apps: i64,
    /// The first end of access that there is.
    pub until: Option<Timestamp>,
}

const PERSON: &str =
    "SELECT u.id, u.user_type, u.name, u.email, u.company, u.standing, u.created_at, u.last_sign_in_at,
    (SELECT s.name FROM sponsors p JOIN users s ON s.id = p.sponsor_id WHERE p.guest_id = u.id
        ORDER BY p.position LIMIT 1) AS sponsor,
    (SELECT COUNT(*) FROM group_members m WHERE m.user_id = u.id) AS groups,
    (SELECT COUNT(*) FROM app_assignments a WHERE a.user_id = u.id) AS apps,
    (SELECT MIN(e.until) FROM (SELECT m.until FROM group_members m WHERE m.user_id = u.id
        UNION ALL SELECT a.until FROM app_assignments a WHERE a.user_id = u.id) AS e WHERE e.until > $1) AS until";

impl Only {
    /// Each condition is a range of an index, or narrows one down.
    fn sql(self) -> &'static str {
        match self {
            Self::All | Self::Ending(..) => " AND u.deleted_at IS NULL",
            Self::Standing(_) => "",
            Self::Unsponsored => " AND u.deleted_at IS NULL AND u.sponsor_count = 0",
            Self::NeverSeen => " AND COALESCE(u.last_sign_in_at, 0) = 0",
            Self::NotSince(_) => " AND COALESCE(u.last_sign_in_at, 0) > 0 AND COALESCE(u.last_sign_in_at, 0) <= $5",
        }
    }

    fn more_sql(self, whole: bool) -> &'static str {
        match self {
            Self::Ending(..) if whole => {
                " AND (u.id IN (SELECT user_id FROM group_members
                        WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $5)
                    OR u.id IN (SELECT user_id FROM app_assignments
                        WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $5 AND user_id IS NOT NULL))"
            }
            Self::Standing(_) | Self::NeverSeen | Self::NotSince(_) => " AND u.standing = $3",
            Self::Ending(..) => {
                " AND u.id IN (SELECT e.user_id FROM (
                    SELECT user_id FROM group_members
                        WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $5
                    UNION ALL SELECT user_id FROM app_assignments
                        WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $5 AND user_id IS NOT NULL
                    LIMIT 10000) AS e)"
            }
            Self::All | Self::Unsponsored => "",
        }
    }
}

const THEIRS: &str = "(SELECT p.guest_id AS id FROM sponsors p WHERE p.sponsor_id = $4) AS theirs CROSS JOIN ";

/// A page of people.
///
/// # Errors
/// What the engine says.
pub async fn people(conn: &mut Conn<'_>, asked: PeopleAsked<'_>, now: Timestamp) -> sqlx::Result<Vec<PersonRow>> {
    if asked.order == Order::Found {
        return people_found(conn, asked, now).await;
    }
    // Where the page before ended. Somebody gone meanwhile begins the list anew.
    const KEY: &str = "SELECT LOWER(name), created_at, COALESCE(last_sign_in_at, 0), id FROM users WHERE id = $1";
    let key: Option<(String, i64, i64, UserId)> = match asked.after {
        Some(id) => on!(conn, c => sqlx::query_as(KEY).bind(id).fetch_optional(c).await)?,
        None => None,
    };
    let (column, way) = match asked.order {
        Order::Name => ("LOWER(u.name)", "ASC"),
        Order::Created => ("u.created_at", "DESC"),
        Order::Seen | Order::Found => ("COALESCE(u.last_sign_in_at, 0)", "DESC"),
    };
    let behind = match (&key, asked.order) {
        (None, _) => String::new(),
        // The column by itself too: SQLite seeks by it where the index is on an expression.
        (Some(_), Order::Name) => format!(" AND {column} >= $9 AND ({column}, u.id) > ($9, $11)"),
        (Some(_), _) => format!(" AND {column} <= $10 AND ({column}, u.id) < ($10, $11)"),
    };
    // SQLite begins with what a search found, not with everybody in the order of the list: so `CROSS JOIN` says.
    let (among, found) = match (asked.words[0], asked.sponsor) {
        // Those of one sponsor are few: each is asked whether the words find them.
        ("", Some(_)) => (THEIRS.to_owned(), " AND u.id = theirs.id"),
        (_, Some(_)) => (
            THEIRS.to_owned(),
            " AND u.id = theirs.id AND EXISTS (SELECT 1 FROM search_terms w
                WHERE w.id = u.id AND w.term >= $6 AND w.term < $7 AND w.words LIKE $8)",
        ),
        ("", None) => (String::new(), ""),
        (_, None) => {
            let ids = search::ids(asked.user_type.as_str(), asked.words, 6, asked.whole);
            (format!("(SELECT DISTINCT id FROM ({ids}) AS w) AS found CROSS JOIN "), " AND u.id = found.id")
        }
    };
    let order = format!("ORDER BY {column} {way}, u.id {way}");
    // Hidden from the engine where the list is led by another index than that of a kind of people.
    let (kind, domain) = match asked.domain {
        "" => ("u.user_type", ""),
        _ => ("COALESCE(u.user_type, '')", " AND u.domain = $13"),
    };
    // First who is on the page, then what is shown of them: what is sorted carries nothing else along. The bound stands in
    // the statement, since PostgreSQL plans for a tenth of all where it is a value.
    let sql = format!(
        "{PERSON} FROM users u WHERE u.id IN (SELECT u.id FROM {among}users u
            WHERE {kind} = $2{domain}{}{}{found}{behind} {order} LIMIT {}) {order} LIMIT $12",
        asked.only.sql(),
        asked.only.more_sql(asked.whole),
        asked.limit,
    );
    let text = match asked.only {
        Only::Standing(standing) => standing.as_str(),
        Only::NeverSeen | Only::NotSince(_) => "active",
        _ => "",
    };
    let moment = match asked.only {
        Only::NotSince(at) | Only::Ending(_, at) => at,
        _ => now,
    };
    let (name, created, seen, id) = key.unwrap_or_else(|| (String::new(), 0, 0, UserId(uuid::Uuid::nil())));
    let number = if asked.order == Order::Created { created } else { seen };
    let (first, end) = search::range(asked.words[0]);
    on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(asked.user_type).bind(text).bind(asked.sponsor)
        .bind(moment).bind(first).bind(end).bind(search::beside(asked.words[1]))
        .bind(name).bind(number).bind(id).bind(asked.limit).bind(asked.domain).fetch_all(c).await)
}

/// A page of the people that a search finds, by the word that each is found by first.
async fn people_found(conn: &mut Conn<'_>, asked: PeopleAsked<'_>, now: Timestamp) -> sqlx::Result<Vec<PersonRow>> {
    let ([first, second], (_, end)) = (asked.words, search::range(asked.words[0]));
    let kind = asked.user_type.as_str();
    let after = asked.after.map(|id| id.0);
    let (begins, behind) = search::behind(&mut *conn, first, after).await?;
    // A word that is found does not end as a range does, so that no id is compared at its end.
    let (ends, last) = asked.end.unwrap_or((&end, Uuid::nil()));
    // `CROSS JOIN` keeps SQLite from beginning with the people; whoever several words find comes with the first.
    let sql = format!(
        "{PERSON} FROM (SELECT w.term, w.id FROM search_terms w CROSS JOIN users f
            WHERE w.kind = $2 AND (w.term, w.id) > ($3, $4) AND (w.term, w.id) <= ($5, $6){}
                AND f.id = w.id AND f.deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM search_terms x WHERE x.id = w.id AND x.term >= $7 AND x.term < w.term)
            ORDER BY w.term, w.id LIMIT {}) AS found
        JOIN users u ON u.id = found.id ORDER BY found.term, found.id LIMIT $9",
        if second.is_empty() { "" } else { " AND w.words LIKE $8" },
        asked.limit,
    );
    on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(kind).bind(begins).bind(behind).bind(ends).bind(last)
        .bind(first).bind(search::beside(second)).bind(asked.limit).fetch_all(c).await)
}

/// One person as lists show them, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn person(conn: &mut Conn<'_>, id: UserId, now: Timestamp) -> sqlx::Result<Option<PersonRow>> {
    let sql = format!("{PERSON} FROM users u WHERE u.id = $2");
    on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(id).fetch_optional(c).await)
}

/// A way to an app, whether it counts or not.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Way {
    /// The app.
    pub app_id: AppId,
    /// Its name.
    pub name: String,
    /// The group through which, if not directly.
    pub group_name: Option<String>,
    /// The app role.
    pub role: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// The app's guest switch.
    pub guests_allowed: bool,
    /// Whether the app lets the group's guests in all the same.
    pub for_guests: bool,
    /// How the target stands that it came from.
    pub target_state: Option<TargetState>,
}

/// All ways to apps that somebody has been given, by the app's name.
///
/// # Errors
/// What the engine says.
pub async fn ways(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Vec<Way>> {
    const SQL: &str = "SELECT w.app_id, w.name, w.group_name, r.name AS role, w.since, w.until, w.guests_allowed,
            w.for_guests, t.state AS target_state
        FROM (
            SELECT a.app_id, p.name, NULL AS group_name, NULL AS group_id, a.app_role_id, a.since, a.until,
                p.guests_allowed, a.for_guests, a.invitation_id
            FROM app_assignments a JOIN apps p ON p.id = a.app_id
            WHERE a.user_id = $1 AND p.deleted_at IS NULL
            UNION ALL
            SELECT a.app_id, p.name, g.name, g.id, a.app_role_id, m.since,
                CASE WHEN a.until IS NULL OR (m.until IS NOT NULL AND m.until < a.until) THEN m.until ELSE a.until END,
                p.guests_allowed, a.for_guests, m.invitation_id
            FROM group_members m
                JOIN directory_groups g ON g.id = m.group_id AND g.deleted_at IS NULL
                JOIN app_assignments a ON a.group_id = m.group_id
                JOIN apps p ON p.id = a.app_id AND p.deleted_at IS NULL
            WHERE m.user_id = $1
        ) AS w
        LEFT JOIN app_roles r ON r.id = w.app_role_id
        LEFT JOIN invitation_targets t ON t.invitation_id = w.invitation_id AND t.state <> 'refused'
            AND (t.group_id = w.group_id OR (w.group_id IS NULL AND t.app_id = w.app_id))
        ORDER BY w.name, w.group_name IS NOT NULL, w.group_name LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(user).fetch_all(c).await)
}

/// What administrators keep of a person beside name and address.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Profile {
    /// The company.
    pub company: String,
    /// The job title.
    pub job_title: String,
    /// The department.
    pub department: String,
    /// Since when there is a user.
    pub created_at: Timestamp,
    /// When they redeemed.
    pub redemption_at: Option<Timestamp>,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether their data were erased, and when.
    pub erased_at: Option<Timestamp>,
    /// What forms are filled from.
    pub version: i64,
}

/// A person's profile.
///
/// # Errors
/// What the engine says.
pub async fn profile(conn: &mut Conn<'_>, id: UserId) -> sqlx::Result<Option<Profile>> {
    const SQL: &str =
        "SELECT company, job_title, department, created_at, redemption_at, last_sign_in_at, erased_at, version
        FROM users WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Changes a person's profile, if it is still of the version that was read. `false` if somebody was faster.
///
/// # Errors
/// What the engine says.
pub async fn set_profile(conn: &mut Conn<'_>, id: UserId, name: &str, new: &Profile) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE users SET name = $2, company = $3, job_title = $4, department = $5, version = version + 1
        WHERE id = $1 AND version = $6";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(name).bind(&new.company).bind(&new.job_title)
        .bind(&new.department).bind(new.version).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Makes a guest a member, or a member a guest, and has them found as that. `false` if they are one already.
///
/// # Errors
/// What the engine says.
pub async fn set_user_type(conn: &mut Conn<'_>, id: UserId, to: UserType) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE users SET user_type = $2, version = version + 1 WHERE id = $1 AND user_type <> $2";
    const FOUND: &str = "UPDATE search_terms SET kind = $2 WHERE id = $1";
    let rows = on!(&mut *conn, c => sqlx::query(SQL).bind(id).bind(to).execute(c).await.map(|r| r.rows_affected()))?;
    on!(conn, c => sqlx::query(FOUND).bind(id).bind(to).execute(c).await.map(drop))?;
    Ok(rows == 1)
}

/// Gives a person another address. What was to go and went to the old one is theirs still, but for what proves that one.
///
/// # Errors
/// A unique violation if it is somebody's; else what the engine says.
pub async fn set_address(
    conn: &mut Conn<'_>,
    id: UserId,
    email: &str,
    (before, key): (&EmailKey, &EmailKey),
) -> sqlx::Result<()> {
    const MAIL: &str = "UPDATE outbox SET email_key = $2
        WHERE email_key = $1 AND kind NOT IN ('sign_in_code', 'sign_in_link')";
    const COUNTED: &str = "DELETE FROM mail_counts WHERE scope = 'address:' || $1";
    on!(&mut *conn, c => sqlx::query(MAIL).bind(&before.0).bind(&key.0).execute(c).await.map(drop))?;
    on!(&mut *conn, c => sqlx::query(COUNTED).bind(&before.0).execute(c).await.map(drop))?;
    const USER: &str = "UPDATE users SET email = $2, domain = $3, version = version + 1 WHERE id = $1";
    const FORGET: &str = "DELETE FROM user_emails WHERE user_id = $1";
    const KEY: &str = "INSERT INTO user_emails (email_key, user_id) VALUES ($1, $2)";
    on!(conn, c => sqlx::query(USER).bind(id).bind(email).bind(key.domain()).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(FORGET).bind(id).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(KEY).bind(&key.0).bind(id).execute(c).await.map(drop))
}

/// Forgets who somebody was: name, address, words, pictures of use. The user object stays, deleted, so that history
/// keeps its shape. `mails` name the person, as [`mails_naming`] found them.
///
/// # Errors
/// What the engine says.
pub async fn erase(conn: &mut Conn<'_>, id: UserId, mails: &[MailId], at: Timestamp) -> sqlx::Result<()> {
    const TRAIL: &str = "DELETE FROM audit_texts WHERE seq IN (SELECT seq FROM audit_links WHERE id = $1)";
    const MAIL: &str =
        "UPDATE outbox SET email_key = '', domain = '', data = '{}', sealed = NULL, server_answer = '', subject = '',
            text_part = '', state = CASE WHEN state IN ('queued', 'retrying') THEN 'cancelled' ELSE state END";
    const TO_THEM: &str = " WHERE email_key IN (SELECT email_key FROM user_emails WHERE user_id = $1)";
    // Whoever is invited stays so: the words of an invitation are put together when it leaves.
    const NAMING: &str = " WHERE id = $1 AND NOT (kind = 'invitation' AND state IN ('queued', 'retrying'))";
    const STEPS: [&str; 21] = [
        "DELETE FROM kept_forms WHERE user_id = $1",
        "DELETE FROM codes WHERE email_key IN (SELECT email_key FROM user_emails WHERE user_id = $1)",
        "DELETE FROM sign_in_links WHERE email_key IN (SELECT email_key FROM user_emails WHERE user_id = $1)",
        "DELETE FROM mail_counts WHERE scope IN (SELECT 'address:' || email_key FROM user_emails WHERE user_id = $1)",
        "DELETE FROM demo_mailbox WHERE to_address IN (SELECT email FROM users WHERE id = $1)",
        "DELETE FROM active_months WHERE user_id = $1",
        "DELETE FROM blocked_addresses WHERE email_key IN (SELECT email_key FROM user_emails WHERE user_id = $1)",
        "DELETE FROM group_owners WHERE user_id = $1",
        "DELETE FROM app_owners WHERE user_id = $1",
        "DELETE FROM group_members WHERE user_id = $1",
        "DELETE FROM app_assignments WHERE user_id = $1",
        "DELETE FROM sponsors WHERE guest_id = $1",
        "DELETE FROM notices WHERE user_id = $1",
        "DELETE FROM user_emails WHERE user_id = $1",
        "DELETE FROM search_terms WHERE id = $1",
        "DELETE FROM user_roles WHERE user_id = $1",
        "DELETE FROM favourites WHERE user_id = $1",
        "DELETE FROM launches WHERE user_id = $1",
        "DELETE FROM launch_counts WHERE user_id = $1",
        "UPDATE invitations SET message = '', word = '' WHERE guest_id = $1 OR inviter_id = $1",
        "UPDATE join_requests SET word = '' WHERE user_id = $1",
    ];
    const USER: &str = "UPDATE users SET name = '', email = '', company = '', job_title = '', department = '',
            domain = '', language = NULL, last_sign_in_at = NULL, erased_at = $2,
            deleted_at = COALESCE(deleted_at, $2), version = version + 1 WHERE id = $1";
    on!(&mut *conn, c => sqlx::query(TRAIL).bind(id.to_string()).execute(c).await.map(drop))?;
    let to_them = AssertSqlSafe(format!("{MAIL}{TO_THEM}"));
    on!(&mut *conn, c => sqlx::query(to_them).bind(id).execute(c).await.map(drop))?;
    for mail in mails {
        let sql = AssertSqlSafe(format!("{MAIL}{NAMING}"));
        on!(&mut *conn, c => sqlx::query(sql).bind(mail).execute(c).await.map(drop))?;
    }
    for sql in STEPS {
        on!(&mut *conn, c => sqlx::query(sql).bind(id).execute(c).await.map(drop))?;
    }
    on!(conn, c => sqlx::query(USER).bind(id).bind(at).execute(c).await.map(drop))
}

/// The mails to anybody, made after one of them, that name a person, or an invitation to or by them; and the last mail that
/// was looked at. All are looked through: erasing is rare.
///
/// # Errors
/// What the engine says.
pub async fn mails_naming(
    conn: &mut Conn<'_>,
    person: UserId,
    mut after: MailId,
) -> sqlx::Result<(Vec<MailId>, MailId)> {
    const THEIRS: &str = "SELECT id FROM invitations WHERE guest_id = $1 OR inviter_id = $1";
    const PAGE: &str = "SELECT id, data FROM outbox WHERE id > $1 ORDER BY id LIMIT 2000";
    let theirs: Vec<Uuid> = on!(&mut *conn, c => sqlx::query_scalar(THEIRS).bind(person).fetch_all(c).await)?;
    let named: HashSet<String> = theirs.into_iter().chain([person.0]).map(|id| id.to_string()).collect();
    let mut found = Vec::new();
    loop {
        let page: Vec<(MailId, String)> = on!(&mut *conn, c => sqlx::query_as(PAGE).bind(after).fetch_all(c).await)?;
        let Some((last, _)) = page.last() else { return Ok((found, after)) };
        after = *last;
        // What data name stands between quotes; in data within data, between quotes behind a backslash.
        let names = |data: &str| data.split('"').any(|part| named.contains(part.trim_end_matches('\\')));
        found.extend(page.into_iter().filter(|(_, data)| names(data)).map(|(id, _)| id));
    }
}

/// Which groups or apps are asked for.
#[derive(Debug, Clone, Copy)]
pub struct PlacesAsked<'q> {
    /// Apps, not groups.
    pub apps: bool,
    /// Those that are deleted.
    pub deleted: bool,
    /// The newest first, not by name.
    pub newest: bool,
    /// Beginnings of words that they are found by.
    pub words: [&'q str; 2],
    /// Behind this one.
    pub after: Option<Uuid>,
    /// Among all that a search finds, for an export: a page looks at [`search::LOOKED_AT`] of them.
    pub whole: bool,
    /// At most so many.
    pub limit: i64,
}

/// A group or app in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlaceRow {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Its first owner.
    pub owner: Option<String>,
    /// The guest switch.
    pub guests_allowed: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Deleted when.
    pub deleted_at: Option<Timestamp>,
}

/// A page of groups or apps. Deleted ones come with the last deleted first.
///
/// # Errors
/// What the engine says.
pub async fn places(conn: &mut Conn<'_>, asked: PlacesAsked<'_>) -> sqlx::Result<Vec<PlaceRow>> {
    const GROUP_KEY: &str =
        "SELECT LOWER(name), created_at, COALESCE(deleted_at, 0) FROM directory_groups WHERE id = $1";
    const APP_KEY: &str = "SELECT LOWER(name), created_at, COALESCE(deleted_at, 0) FROM apps WHERE id = $1";
    const GROUPS: &str = "SELECT g.id, g.name, g.description AS note, g.guests_allowed, g.created_at, g.deleted_at,
            (SELECT u.name FROM group_owners o JOIN users u ON u.id = o.user_id WHERE o.group_id = g.id
                ORDER BY o.since, u.id LIMIT 1) AS owner
        FROM directory_groups g";
    const APPS: &str = "SELECT g.id, g.name, g.note, g.guests_allowed, g.created_at, g.deleted_at,
            (SELECT u.name FROM app_owners o JOIN users u ON u.id = o.user_id WHERE o.app_id = g.id
                ORDER BY o.since, u.id LIMIT 1) AS owner
        FROM apps g";
    let (rows, key, kind) = if asked.apps { (APPS, APP_KEY, "app") } else { (GROUPS, GROUP_KEY, "group") };
    let key: Option<(String, i64, i64)> = match asked.after {
        Some(id) => on!(&mut *conn, c => sqlx::query_as(key).bind(id).fetch_optional(c).await)?,
        None => None,
    };
    let which = if asked.deleted { "g.deleted_at IS NOT NULL" } else { "g.deleted_at IS NULL" };
    // An export comes in an order that does not move while it is read.
    let (column, way) = match (asked.deleted, asked.newest || asked.whole) {
        (true, _) if !asked.whole => ("g.deleted_at", "DESC"),
        (_, true) => ("g.created_at", "DESC"),
        (_, false) => ("LOWER(g.name)", "ASC"),
    };
    let behind = match (&key, way) {
        (None, _) => String::new(),
        (Some(_), "ASC") => format!(" AND {column} >= $1 AND ({column}, g.id) > ($1, $3)"),
        (Some(_), _) => format!(" AND {column} <= $2 AND ({column}, g.id) < ($2, $3)"),
    };
    let found = search::found(&[kind], asked.words, "g.id", 4, asked.whole);
    let sql = format!("{rows} WHERE {which}{found}{behind} ORDER BY {column} {way}, g.id {way} LIMIT $7");
    let (name, created, deleted) = key.unwrap_or_default();
    let number = if column == "g.deleted_at" { deleted } else { created };
    let id = asked.after.unwrap_or(Uuid::nil());
    let (first, end) = search::range(asked.words[0]);
    on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(name).bind(number).bind(id).bind(first).bind(end)
        .bind(search::beside(asked.words[1])).bind(asked.limit).fetch_all(c).await)
}

/// Groups or apps of this name, deleted ones left out: the one of just these letters, else those that differ from it in
/// their size only (on SQLite in that of A to Z), two at most.
///
/// # Errors
/// What the engine says.
pub async fn named(conn: &mut Conn<'_>, groups: bool, name: &str) -> sqlx::Result<Vec<Uuid>> {
    const GROUPS: &str = "SELECT id, name FROM directory_groups
        WHERE LOWER(name) = LOWER($1) AND deleted_at IS NULL ORDER BY name <> $1, id LIMIT 2";
    const APPS: &str = "SELECT id, name FROM apps
        WHERE LOWER(name) = LOWER($1) AND deleted_at IS NULL ORDER BY name <> $1, id LIMIT 2";
    let sql = if groups { GROUPS } else { APPS };
    let found: Vec<(Uuid, String)> = on!(conn, c => sqlx::query_as(sql).bind(name).fetch_all(c).await)?;
    let only = matches!(found.as_slice(), [(_, first), (_, second)] if first == name && second != name);
    Ok(found.into_iter().take(if only { 1 } else { 2 }).map(|(id, _)| id).collect())
}

/// Where an app is launched.
///
/// # Errors
/// What the engine says.
pub async fn launch_url(conn: &mut Conn<'_>, id: AppId) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT launch_url FROM apps WHERE id = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)
}

/// An app's name and version, deleted or not.
///
/// # Errors
/// What the engine says.
pub async fn app_head(conn: &mut Conn<'_>, id: AppId) -> sqlx::Result<Option<(String, i64)>> {
    const SQL: &str = "SELECT name, version FROM apps WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Gives an app another name and address.
///
/// # Errors
/// What the engine says.
pub async fn set_launch(conn: &mut Conn<'_>, id: AppId, name: &str, url: &str) -> sqlx::Result<()> {
    const NOTE: &str = "SELECT note FROM apps WHERE id = $1";
    const SQL: &str = "UPDATE apps SET name = $2, launch_url = $3, version = version + 1 WHERE id = $1";
    on!(&mut *conn, c => sqlx::query(SQL).bind(id).bind(name).bind(url).execute(c).await.map(drop))?;
    let note: String = on!(&mut *conn, c => sqlx::query_scalar(NOTE).bind(id).fetch_one(c).await)?;
    search::index(conn, "app", id.0, &[name, &note]).await
}

/// Deletes an app, or brings it back. `false` if it was so already.
///
/// # Errors
/// What the engine says.
pub async fn set_app_deleted(conn: &mut Conn<'_>, id: AppId, at: Option<Timestamp>) -> sqlx::Result<bool> {
    const DELETE: &str = "UPDATE apps SET deleted_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NULL";
    const RESTORE: &str =
        "UPDATE apps SET deleted_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NOT NULL";
    let sql = if at.is_some() { DELETE } else { RESTORE };
    let rows = on!(conn, c => sqlx::query(sql).bind(id).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}
