//! Rows by the thousand, for the demonstration: people, places, invitations, the trail and the tallies of a year.

use super::{Conn, audit, grants::NewGrant, groups::NewGroup, invitations::Invitation, on, search};
use crate::domain::{
    audit::Record,
    email::EmailKey,
    ids::{AppId, AssignmentId, GroupId, InvitationId, InvitationTargetId, MailId, UserId},
    invitation::{Target, TargetState},
    language::Language,
    mail::{MailKind, MailState},
    policy::Reason,
    report::Tally,
    time::Timestamp,
    user::{Redemption, Role, UserType},
};
use uuid::Uuid;

/// Values bound by one statement: SQLite takes 32,766, PostgreSQL twice that.
const MOST_VALUES: usize = 8_000;

/// Stores rows, as many in one statement as it takes. `$width` is how many values a row has; `$after` ends the statement.
macro_rules! insert {
    ($conn:expr, $into:literal, $width:literal, $after:literal, $rows:expr, |$row:ident, $one:pat_param| $bind:expr) => {{
        for part in $rows.chunks(MOST_VALUES / $width) {
            on!($conn, c => {
                let mut sql = sqlx::QueryBuilder::new(concat!("INSERT INTO ", $into, " "));
                sql.push_values(part, |mut $row, $one| { $bind; });
                sql.push($after);
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }};
}

/// Makes this connection fit for many rows: SQLite keeps more pages in memory, and writes them back less often.
///
/// # Errors
/// What the engine says.
pub async fn make_fit(conn: &mut Conn<'_>) -> sqlx::Result<()> {
    if let Conn::Sqlite(c) = conn {
        for sql in ["PRAGMA cache_size = -131072", "PRAGMA wal_autocheckpoint = 16384"] {
            sqlx::query(sql).execute(&mut **c).await?;
        }
    }
    Ok(())
}

/// Folds what was written back into the file. Beside writers that come and go SQLite's own folding never reaches the end
/// of the log, which would grow for as long as rows are added. PostgreSQL sees to it by itself.
///
/// # Errors
/// What the engine says.
pub async fn fold(conn: &mut Conn<'_>) -> sqlx::Result<()> {
    if let Conn::Sqlite(c) = conn {
        // The first does most of it and stops nobody; the second has little left to do.
        for sql in ["PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(RESTART)"] {
            sqlx::query(sql).execute(&mut **c).await?;
        }
    }
    Ok(())
}

/// A person to be stored, with what they are found by.
pub struct Person {
    /// The id.
    pub id: UserId,
    /// Member or guest.
    pub user_type: UserType,
    /// The address.
    pub email: String,
    /// What the address is compared by.
    pub key: EmailKey,
    /// The name.
    pub name: String,
    /// The company, or empty.
    pub company: String,
    /// What they do, or empty.
    pub job_title: String,
    /// Where they do it, or empty.
    pub department: String,
    /// The language they chose.
    pub language: Option<Language>,
    /// When they accepted.
    pub redeemed_at: Option<Timestamp>,
    /// Whether they may sign in.
    pub enabled: bool,
    /// When they were deleted.
    pub deleted_at: Option<Timestamp>,
    /// When they came to be.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub seen_at: Option<Timestamp>,
    /// The words that they are found by.
    pub terms: Vec<String>,
}

/// Those of these addresses that are somebody's.
///
/// # Errors
/// What the engine says.
pub async fn taken(conn: &mut Conn<'_>, keys: &[String]) -> sqlx::Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for part in keys.chunks(MOST_VALUES) {
        let some: Vec<String> = on!(conn, c => {
            let mut sql = sqlx::QueryBuilder::new("SELECT email_key FROM user_emails WHERE email_key IN (");
            let mut list = sql.separated(", ");
            for key in part {
                list.push_bind(key);
            }
            sql.push(")");
            sql.build_query_scalar().fetch_all(c).await
        })?;
        found.extend(some);
    }
    Ok(found)
}

/// Something with the words that it is found by.
pub struct Words {
    /// Which.
    pub id: Uuid,
    /// Each once.
    pub terms: Vec<String>,
}

/// Stores the words that things of a kind are found by.
///
/// # Errors
/// What the engine says.
pub async fn words(conn: &mut Conn<'_>, kind: &str, of: &[Words]) -> sqlx::Result<()> {
    let rows = |one: &Words| {
        let (id, all) = (one.id, search::all_words(&one.terms));
        one.terms.iter().map(|term| (term.clone(), id, all.clone())).collect::<Vec<_>>()
    };
    let rows: Vec<_> = of.iter().flat_map(rows).collect();
    insert!(conn, "search_terms (kind, term, id, words)", 4, "", rows, |row, (term, id, all)| row
        .push_bind(kind)
        .push_bind(term)
        .push_bind(*id)
        .push_bind(all))
}

/// Stores people, their addresses and the words that they are found by.
///
/// # Errors
/// A unique violation if an address is somebody's; else what the engine says.
pub async fn people(conn: &mut Conn<'_>, people: &[Person]) -> sqlx::Result<()> {
    users(conn, people).await?;
    keys(conn, people).await?;
    for kind in [UserType::Member, UserType::Guest] {
        let them = people.iter().filter(|one| one.user_type == kind);
        let of: Vec<Words> = them.map(|one| Words { id: one.id.0, terms: one.terms.clone() }).collect();
        words(conn, kind.as_str(), &of).await?;
    }
    Ok(())
}

async fn users(conn: &mut Conn<'_>, people: &[Person]) -> sqlx::Result<()> {
    insert!(
        conn,
        "users (id, user_type, email, name, company, job_title, department, language, redemption, redemption_at,
            enabled, deleted_at, created_at, last_sign_in_at, domain)",
        15,
        "",
        people,
        |row, one| row
            .push_bind(one.id)
            .push_bind(one.user_type)
            .push_bind(&one.email)
            .push_bind(&one.name)
            .push_bind(&one.company)
            .push_bind(&one.job_title)
            .push_bind(&one.department)
            .push_bind(one.language)
            .push_bind(one.redeemed_at.map_or(Redemption::PendingAcceptance, |_| Redemption::Accepted))
            .push_bind(one.redeemed_at)
            .push_bind(one.enabled)
            .push_bind(one.deleted_at)
            .push_bind(one.created_at)
            .push_bind(one.seen_at)
            .push_bind(one.key.domain())
    )
}

async fn keys(conn: &mut Conn<'_>, people: &[Person]) -> sqlx::Result<()> {
    insert!(conn, "user_emails (email_key, user_id)", 2, "", people, |row, one| row
        .push_bind(&one.key.0)
        .push_bind(one.id))
}

/// Gives roles for good.
///
/// # Errors
/// What the engine says.
pub async fn roles(conn: &mut Conn<'_>, roles: &[(UserId, Role, Timestamp)]) -> sqlx::Result<()> {
    insert!(conn, "user_roles (user_id, role, since)", 3, "", roles, |row, (user, role, at)| row
        .push_bind(*user)
        .push_bind(*role)
        .push_bind(*at))
}

/// Stores who answers for which guest, in which place.
///
/// # Errors
/// What the engine says.
pub async fn sponsors(conn: &mut Conn<'_>, sponsors: &[(UserId, UserId, i64)]) -> sqlx::Result<()> {
    insert!(conn, "sponsors (guest_id, sponsor_id, position)", 3, "", sponsors, |row, (guest, sponsor, place)| row
        .push_bind(*guest)
        .push_bind(*sponsor)
        .push_bind(*place))
}

/// Stores groups, and since when they are.
///
/// # Errors
/// What the engine says.
pub async fn groups(conn: &mut Conn<'_>, groups: &[(NewGroup<'_>, Timestamp)]) -> sqlx::Result<()> {
    insert!(
        conn,
        "directory_groups (id, name, description, join_policy, guests_allowed, most_guests, default_days, longest_days,
            may_override, created_at)",
        10,
        "",
        groups,
        |row, (group, at)| row
            .push_bind(group.id)
            .push_bind(group.name)
            .push_bind(group.description)
            .push_bind(group.join_policy)
            .push_bind(group.rules.allowed)
            .push_bind(group.rules.most)
            .push_bind(group.rules.default_days)
            .push_bind(group.rules.longest_days)
            .push_bind(group.rules.may_override)
            .push_bind(*at)
    )
}

/// An app to be stored.
pub struct App {
    /// The id.
    pub id: AppId,
    /// The name.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// How to use it.
    pub instructions: String,
    /// The category.
    pub category: String,
    /// Where it is.
    pub launch_url: String,
    /// Its icon, an SVG document.
    pub icon: Option<String>,
    /// The guest switch.
    pub guests_allowed: bool,
    /// Since when it is.
    pub created_at: Timestamp,
}

/// Stores apps that are links.
///
/// # Errors
/// What the engine says.
pub async fn apps(conn: &mut Conn<'_>, apps: &[App]) -> sqlx::Result<()> {
    insert!(
        conn,
        "apps (id, name, note, instructions, category, kind, launch_url, icon_type, icon, guests_allowed, created_at)",
        11,
        "",
        apps,
        |row, app| row
            .push_bind(app.id)
            .push_bind(&app.name)
            .push_bind(&app.note)
            .push_bind(&app.instructions)
            .push_bind(&app.category)
            .push_bind("link")
            .push_bind(&app.launch_url)
            .push_bind(app.icon.as_ref().map(|_| "image/svg+xml"))
            .push_bind(app.icon.as_ref().map(|icon| icon.as_bytes()))
            .push_bind(app.guests_allowed)
            .push_bind(app.created_at)
    )
}

/// Stores who owns what.
///
/// # Errors
/// What the engine says.
pub async fn owners(conn: &mut Conn<'_>, owners: &[(Target, UserId, Timestamp)]) -> sqlx::Result<()> {
    let groups: Vec<_> = owners.iter().filter_map(|(target, user, at)| Some((target.group()?, *user, *at))).collect();
    let apps: Vec<_> = owners.iter().filter_map(|(target, user, at)| Some((target.app()?, *user, *at))).collect();
    group_owners(conn, &groups).await?;
    insert!(conn, "app_owners (app_id, user_id, since)", 3, "", apps, |row, (app, user, at)| row
        .push_bind(*app)
        .push_bind(*user)
        .push_bind(*at))
}

async fn group_owners(conn: &mut Conn<'_>, owners: &[(GroupId, UserId, Timestamp)]) -> sqlx::Result<()> {
    insert!(conn, "group_owners (group_id, user_id, since)", 3, "", owners, |row, (group, user, at)| row
        .push_bind(*group)
        .push_bind(*user)
        .push_bind(*at))
}

/// An app given to a group.
pub struct Share {
    /// The assignment's id.
    pub id: AssignmentId,
    /// The app.
    pub app: AppId,
    /// The group.
    pub group: GroupId,
    /// Who gave it.
    pub by: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// Stores which apps groups have.
///
/// # Errors
/// What the engine says.
pub async fn shares(conn: &mut Conn<'_>, shares: &[Share]) -> sqlx::Result<()> {
    insert!(conn, "app_assignments (id, app_id, group_id, granted_by, since)", 5, "", shares, |row, one| row
        .push_bind(one.id)
        .push_bind(one.app)
        .push_bind(one.group)
        .push_bind(one.by)
        .push_bind(one.since))
}

/// Stores grants of people, and how far they were told of their end.
///
/// # Errors
/// What the engine says.
pub async fn grants(conn: &mut Conn<'_>, grants: &[(NewGrant, i64)]) -> sqlx::Result<()> {
    let groups: Vec<_> =
        grants.iter().filter_map(|(grant, told)| Some((grant.target.group()?, grant, *told))).collect();
    let apps: Vec<_> = grants.iter().filter_map(|(grant, told)| Some((grant.target.app()?, grant, *told))).collect();
    memberships(conn, &groups).await?;
    insert!(
        conn,
        "app_assignments (id, app_id, user_id, since, until, granted_by, invitation_id, end_told)",
        8,
        "",
        apps,
        |row, (app, grant, told)| row
            .push_bind(grant.id)
            .push_bind(*app)
            .push_bind(grant.user)
            .push_bind(grant.since)
            .push_bind(grant.until)
            .push_bind(grant.by)
            .push_bind(grant.invitation)
            .push_bind(*told)
    )
}

async fn memberships(conn: &mut Conn<'_>, grants: &[(GroupId, &NewGrant, i64)]) -> sqlx::Result<()> {
    insert!(
        conn,
        "group_members (group_id, user_id, since, until, granted_by, invitation_id, end_told)",
        7,
        "",
        grants,
        |row, (group, grant, told)| row
            .push_bind(*group)
            .push_bind(grant.user)
            .push_bind(grant.since)
            .push_bind(grant.until)
            .push_bind(grant.by)
            .push_bind(grant.invitation)
            .push_bind(*told)
    )
}

/// Stores invitations, and whether their inviters know of links that have run out.
///
/// # Errors
/// What the engine says.
pub async fn invitations(conn: &mut Conn<'_>, invitations: &[(Invitation, bool)]) -> sqlx::Result<()> {
    insert!(
        conn,
        "invitations (id, guest_id, inviter_id, state, message, language, redirect_url, link_until, mail_id, word,
            created_at, changed_at, version, expiry_told)",
        14,
        "",
        invitations,
        |row, (one, told)| row
            .push_bind(one.id)
            .push_bind(one.guest_id)
            .push_bind(one.inviter_id)
            .push_bind(one.state)
            .push_bind(&one.message)
            .push_bind(one.language)
            .push_bind(&one.redirect_url)
            .push_bind(one.link_until)
            .push_bind(one.mail_id)
            .push_bind(&one.word)
            .push_bind(one.created_at)
            .push_bind(one.changed_at)
            .push_bind(one.version)
            .push_bind(*told)
    )
}

/// What an invitation is for, as it stands.
pub struct Sought {
    /// Its id.
    pub id: InvitationTargetId,
    /// Of which invitation.
    pub invitation: InvitationId,
    /// For whom.
    pub guest: UserId,
    /// To what.
    pub target: Target,
    /// How it stands.
    pub state: TargetState,
    /// Why, if it was refused.
    pub reason: Option<Reason>,
    /// Until when the access is.
    pub until: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// Stores what invitations are for.
///
/// # Errors
/// What the engine says.
pub async fn targets(conn: &mut Conn<'_>, targets: &[Sought]) -> sqlx::Result<()> {
    insert!(
        conn,
        "invitation_targets (id, invitation_id, guest_id, group_id, app_id, state, reason, access_until, decided_at)",
        9,
        "",
        targets,
        |row, one| row
            .push_bind(one.id)
            .push_bind(one.invitation)
            .push_bind(one.guest)
            .push_bind(one.target.group())
            .push_bind(one.target.app())
            .push_bind(one.state)
            .push_bind(one.reason)
            .push_bind(one.until)
            .push_bind(one.decided_at)
    )
}

/// A mail of an invitation, as it ended.
pub struct Ended {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub key: EmailKey,
    /// How it ended.
    pub state: MailState,
    /// What the mail server said.
    pub answer: String,
    /// `Message-ID`.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// When it was promised.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// Stores mails that have ended.
///
/// # Errors
/// What the engine says.
pub async fn mails(conn: &mut Conn<'_>, mails: &[Ended]) -> sqlx::Result<()> {
    insert!(
        conn,
        "outbox (id, kind, email_key, data, state, attempts, due_at, message_id, server_answer, created_at, ended_at,
            subject, text_part)",
        13,
        "",
        mails,
        |row, one| row
            .push_bind(one.id)
            .push_bind(MailKind::Invitation)
            .push_bind(&one.key.0)
            .push_bind("{}")
            .push_bind(one.state)
            .push_bind(1_i64)
            .push_bind(one.created_at)
            .push_bind(&one.message_id)
            .push_bind(&one.answer)
            .push_bind(one.created_at)
            .push_bind(one.ended_at)
            .push_bind(&one.subject)
            .push_bind(&one.text)
    )
}

/// Appends rows to the chain and moves the head to the last.
///
/// # Errors
/// A unique violation if the head was not the end; else what the engine says.
pub async fn append(conn: &mut Conn<'_>, records: &[Record]) -> sqlx::Result<()> {
    const HEAD: &str = "UPDATE audit_head SET seq = $1, mac = $2 WHERE one = 1";
    let Some(last) = records.last() else { return Ok(()) };
    events(conn, records).await?;
    texts(conn, records).await?;
    links(conn, records).await?;
    on!(conn, c => sqlx::query(HEAD).bind(last.entry.seq).bind(&last.mac).execute(c).await.map(drop))
}

async fn events(conn: &mut Conn<'_>, records: &[Record]) -> sqlx::Result<()> {
    insert!(
        conn,
        "audit_events (seq, id, at, activity, service, category, operation, result, result_reason, initiator_kind,
            initiator_id, correlation_id, targets, text_digest, mac)",
        15,
        "",
        records,
        |row, one| row
            .push_bind(one.entry.seq)
            .push_bind(one.entry.id)
            .push_bind(one.entry.at)
            .push_bind(&one.entry.activity)
            .push_bind(&one.entry.service)
            .push_bind(&one.entry.category)
            .push_bind(&one.entry.operation)
            .push_bind(one.entry.result)
            .push_bind(&one.entry.result_reason)
            .push_bind(&one.entry.initiator_kind)
            .push_bind(&one.entry.initiator_id)
            .push_bind(one.entry.correlation_id)
            .push_bind(serde_json::to_string(&one.entry.targets).unwrap_or_default())
            .push_bind(&one.entry.text_digest)
            .push_bind(&one.mac)
    )
}

async fn texts(conn: &mut Conn<'_>, records: &[Record]) -> sqlx::Result<()> {
    let texts: Vec<_> =
        records.iter().filter_map(|one| one.text.as_ref().map(|(salt, text)| (one.entry.seq, salt, text))).collect();
    insert!(conn, "audit_texts (seq, salt, text)", 3, "", texts, |row, (seq, salt, text)| row
        .push_bind(*seq)
        .push_bind(*salt)
        .push_bind(*text))
}

async fn links(conn: &mut Conn<'_>, records: &[Record]) -> sqlx::Result<()> {
    let mut links: Vec<(&str, i64, &str)> = records
        .iter()
        .flat_map(|one| {
            audit::about(&one.entry).into_iter().map(|id| (id.as_str(), one.entry.seq, one.entry.activity.as_str()))
        })
        .collect();
    // In the order of the index, neighbours are written together.
    links.sort_unstable();
    insert!(conn, "audit_links (id, seq, activity)", 3, "", links, |row, (id, seq, activity)| row
        .push_bind(*id)
        .push_bind(*seq)
        .push_bind(*activity))
}

/// How often something came about: of what, under which dimension and key, on which day.
pub type Counted = (Tally, &'static str, String, i64, i64);

/// Adds to the tallies. Each of what, dimension, key and day is named once.
///
/// # Errors
/// What the engine says.
pub async fn tallies(conn: &mut Conn<'_>, counted: &[Counted]) -> sqlx::Result<()> {
    insert!(
        conn,
        "daily_counts (what, dim, key, day, n)",
        5,
        " ON CONFLICT (what, dim, key, day) DO UPDATE SET n = daily_counts.n + excluded.n",
        counted,
        |row, (what, dim, key, day, n)| row
            .push_bind(what.as_str())
            .push_bind(*dim)
            .push_bind(key)
            .push_bind(*day)
            .push_bind(*n)
    )
}

/// Notes in which months (since 1970) people were active.
///
/// # Errors
/// What the engine says.
pub async fn active(conn: &mut Conn<'_>, months: &[(UserId, i64)]) -> sqlx::Result<()> {
    insert!(conn, "active_months (user_id, month)", 2, " ON CONFLICT DO NOTHING", months, |row, (user, month)| row
        .push_bind(*user)
        .push_bind(*month))
}
