//! The demonstration: every state on the first day, and people, places and events by the thousand.

use crate::support::{BEGINNING, Engine, TestApp, TestFolder, on_both_engines};
use sqlx::AssertSqlSafe;
use std::process::Command;
use vestibule::{
    domain::{report::bucket, time::DAY},
    services::{
        audit,
        demo::{self, Wanted},
        upkeep,
    },
    storage::Db,
};

const WANTED: Wanted = Wanted { guests: 400, groups: 40, apps: 20, events: 4_000, seed: 7 };

async fn seed(app: &TestApp, wanted: Wanted) {
    assert!(demo::seed(&app.services, wanted, &mut |_, _, _| {}).await.unwrap());
}

/// An id as counts have it.
fn id(app: &TestApp, column: &str) -> String {
    match app.engine {
        Engine::Sqlite => format!("LOWER(HEX({column}))"),
        Engine::Postgres => format!("REPLACE({column}::TEXT, '-', '')"),
    }
}

/// That two queries find the same keys with the same numbers.
async fn agree(app: &TestApp, what: &str, kept: &str, there: &str) {
    for (some, others) in [(there, kept), (kept, there)] {
        let apart = format!("SELECT COUNT(*) FROM ({some} EXCEPT {others}) AS apart");
        assert_eq!(app.number(&apart).await, 0, "{what}");
    }
}

async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    match &app.services.db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(read).await.unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap(),
    }
}

/// That every count equals what is there.
async fn counts_hold(app: &TestApp) {
    let day = "CAST((COALESCE(last_sign_in_at, 0) / 86400000) AS TEXT)";
    let live = "CASE WHEN deleted_at IS NULL THEN 'live' ELSE 'deleted' END";
    for (what, key, from) in [
        ("users", "user_type || '.' || standing".to_owned(), "users"),
        ("guests.domain", "domain".to_owned(), "users WHERE user_type = 'guest' AND deleted_at IS NULL"),
        ("guests.sponsor", id(app, "sponsor_id"), "sponsors"),
        ("seen", format!("user_type || '.' || standing || '.' || {day}"), "users"),
        ("group.people", id(app, "group_id"), "group_members"),
        ("app.people", id(app, "app_id"), "app_assignments WHERE user_id IS NOT NULL"),
        ("groups", live.to_owned(), "directory_groups"),
        ("apps", live.to_owned(), "apps"),
        ("invitations", "state".to_owned(), "invitations"),
        ("pending", "CAST((created_at / 86400000) AS TEXT)".to_owned(), "invitations WHERE state = 'pending'"),
    ] {
        let there = format!("SELECT k, COUNT(*) AS n FROM (SELECT {key} AS k FROM {from}) AS one GROUP BY k");
        let kept = format!("SELECT key AS k, n FROM counts WHERE what = '{what}' AND n <> 0");
        agree(app, what, &kept, &there).await;
    }
    let sponsors = "SELECT COUNT(*) FROM users u
        WHERE sponsor_count <> (SELECT COUNT(*) FROM sponsors s WHERE s.guest_id = u.id)";
    assert_eq!(app.number(sponsors).await, 0, "sponsor_count");
}

/// That the tallies agree with each other, with the trail and with the invitations.
async fn tallies_hold(app: &TestApp) {
    let sums = "SELECT COUNT(*) FROM (
            SELECT what, dim, key, SUM(CASE WHEN day = -1 THEN -n ELSE n END) AS apart FROM daily_counts
            GROUP BY what, dim, key) AS one WHERE apart <> 0";
    assert_eq!(app.number(sums).await, 0, "the days and their sum");
    let all = async |what: &str| {
        let sql =
            format!("SELECT COALESCE(SUM(n), 0) FROM daily_counts WHERE what = '{what}' AND dim = '' AND day = -1");
        app.number(&match app.engine {
            Engine::Sqlite => sql,
            Engine::Postgres => format!("SELECT ({sql})::BIGINT"),
        })
        .await
    };
    for (what, there) in [
        ("invited", "SELECT COUNT(*) FROM invitations"),
        ("accepted", "SELECT COUNT(*) FROM invitations WHERE state = 'accepted'"),
        ("took", "SELECT COUNT(*) FROM invitations WHERE state = 'accepted'"),
        ("declined", "SELECT COUNT(*) FROM invitations WHERE state = 'declined'"),
        ("withdrawn", "SELECT COUNT(*) FROM invitations WHERE state = 'revoked'"),
        ("sign_in", "SELECT COUNT(*) FROM audit_events WHERE activity = 'Sign-in activity'"),
        ("active", "SELECT COUNT(*) FROM active_months"),
    ] {
        assert_eq!(all(what).await, app.number(there).await, "{what}");
    }
    let split = "SELECT COUNT(*) FROM daily_counts a WHERE a.what = 'sign_in' AND a.dim = '' AND a.n <>
        (SELECT SUM(b.n) FROM daily_counts b WHERE b.what = 'sign_in' AND b.dim = 'result' AND b.day = a.day)";
    assert_eq!(app.number(split).await, 0, "sign-ins by result");
    keys_hold(app).await;
    let took = "SELECT CAST((changed_at - created_at) / 60000 AS TEXT) FROM invitations WHERE state = 'accepted'";
    let mut took: Vec<String> = texts(app, took).await.iter().map(|minutes| bucket(minutes.parse().unwrap())).collect();
    took.sort();
    let buckets = "SELECT key || ' ' || CAST(n AS TEXT) FROM daily_counts
        WHERE what = 'took' AND dim = 'bucket' AND day = -1 ORDER BY key";
    let counted = took.chunk_by(|one, other| one == other).map(|same| format!("{} {}", same[0], same.len()));
    assert_eq!(texts(app, buckets).await, counted.collect::<Vec<_>>(), "times in buckets");
}

/// That the tallies under each key are those of the rows behind them.
async fn keys_hold(app: &TestApp) {
    let invitations = "invitations i JOIN users u ON u.id = i.guest_id WHERE";
    let targets = "invitation_targets t JOIN invitations i ON i.id = t.invitation_id WHERE";
    let mut tied = vec![
        ("active", "type", "user_type".to_owned(), "active_months m JOIN users u ON u.id = m.user_id".to_owned()),
        (
            "sign_in",
            "result",
            "CASE result WHEN 'success' THEN result ELSE result_reason END".to_owned(),
            "audit_events WHERE activity = 'Sign-in activity'".to_owned(),
        ),
    ];
    for (what, whole, parts) in [
        ("invited", "1 = 1", "1 = 1"),
        ("accepted", "i.state = 'accepted'", "i.state = 'accepted' AND t.state IN ('granted', 'waiting')"),
        ("declined", "i.state = 'declined'", "i.state IN ('accepted', 'declined') AND t.state = 'refused'"),
        ("withdrawn", "i.state = 'revoked'", "i.state = 'revoked'"),
    ] {
        tied.push((what, "domain", "u.domain".to_owned(), format!("{invitations} {whole}")));
        tied.push((what, "inviter", id(app, "i.inviter_id"), format!("{invitations} {whole}")));
        for (dim, column) in [("group", "t.group_id"), ("app", "t.app_id")] {
            tied.push((what, dim, id(app, column), format!("{targets} {parts} AND {column} IS NOT NULL")));
        }
    }
    for (what, dim, key, from) in tied {
        let there = format!("SELECT k, COUNT(*) AS n FROM (SELECT {key} AS k FROM {from}) AS one GROUP BY k");
        let kept = format!(
            "SELECT key AS k, n FROM daily_counts WHERE what = '{what}' AND dim = '{dim}' AND day = -1 AND n <> 0"
        );
        agree(app, &format!("{what} by {dim}"), &kept, &there).await;
    }
}

async fn the_trail_holds(app: &TestApp, events: u64) {
    let verdict = audit::verify(&app.services, None).await.unwrap();
    assert!(verdict.ok, "{verdict:?}");
    assert_eq!(verdict.events, events);
    let unlinked = "SELECT COUNT(*) FROM audit_events e
        WHERE initiator_kind = 'user' AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.seq = e.seq AND l.id = e.initiator_id)";
    assert_eq!(app.number(unlinked).await, 0);
    let future = format!("SELECT COUNT(*) FROM audit_events WHERE at > {}", app.now().0);
    assert_eq!(app.number(&future).await, 0, "events to come");
}

/// That nothing of it leaves as mail, now or when time does its work.
async fn nothing_is_mailed(app: &TestApp) {
    upkeep::end_access(&app.services).await.unwrap();
    upkeep::tell_run_out(&app.services).await.unwrap();
    upkeep::remind(&app.services).await.unwrap();
    let waiting = "SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'retrying')";
    assert_eq!(app.number(waiting).await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM demo_mailbox").await, 0);
}

async fn strangers_stay_unknown(app: &TestApp) {
    let known = "SELECT COUNT(*) FROM user_emails WHERE email_key IN ('gsamoogle@gmail.com', 'owner@woodgrove.example')
        OR email_key LIKE '%@fabrikam.example' OR email_key LIKE '%@partner.example'
        OR email_key LIKE '%@partner2.example' OR email_key NOT LIKE '%.example'";
    assert_eq!(app.number(known).await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE role = 'administrator'").await, 1);
}

async fn seeding_twice_adds_twice(app: TestApp) {
    let app = app.with_demo().await;
    let before = audit::verify(&app.services, None).await.unwrap().events;
    let guests = app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await;
    for round in 1..=2 {
        seed(&app, WANTED).await;
        let there = app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await;
        assert_eq!(there - guests, 400 * round);
        assert_eq!(app.number("SELECT COUNT(*) FROM directory_groups").await, 8 + 40 * round);
        assert_eq!(app.number("SELECT COUNT(*) FROM apps").await, 15 + 20 * round);
        the_trail_holds(&app, before + 4_000 * round.unsigned_abs()).await;
    }
    counts_hold(&app).await;
    tallies_hold(&app).await;
    strangers_stay_unknown(&app).await;
    nothing_is_mailed(&app).await;
    // Whom time has something to tell are WoodGrove's own.
    for untold in [
        "SELECT COUNT(*) FROM group_members WHERE until IS NOT NULL AND end_told < 3",
        "SELECT COUNT(*) FROM app_assignments WHERE until IS NOT NULL AND end_told < 3",
        "SELECT COUNT(*) FROM invitations WHERE state = 'pending' AND NOT expiry_told",
    ] {
        assert!(app.number(untold).await <= 10, "{untold}");
    }
    for state in ["invited", "active", "disabled", "deleted"] {
        let sql = format!("SELECT COUNT(*) FROM users WHERE user_type = 'guest' AND standing = '{state}'");
        assert!(app.number(&sql).await > 5, "{state}");
    }
    for state in ["pending", "accepted", "declined", "revoked"] {
        let sql = format!("SELECT COUNT(*) FROM invitations WHERE state = '{state}'");
        assert!(app.number(&sql).await > 5, "{state}");
    }
}

async fn the_first_day_shows_every_state(app: TestApp) {
    let app = app.with_demo().await;
    the_trail_holds(&app, 440).await;
    counts_hold(&app).await;
    tallies_hold(&app).await;
    strangers_stay_unknown(&app).await;
    nothing_is_mailed(&app).await;
    let now = BEGINNING.0;
    let month = 30 * DAY;
    for (what, sql) in [
        ("invited", "FROM invitations WHERE state = 'pending' AND link_until > NOW AND created_at > NOW - DAYS".to_owned()),
        ("run out", "FROM invitations WHERE state = 'pending' AND link_until <= NOW".to_owned()),
        ("mail failed", "FROM invitations i JOIN outbox o ON o.id = i.mail_id WHERE o.state = 'failed' AND o.server_answer LIKE '5%'".to_owned()),
        ("declined with a word", "FROM invitations WHERE state = 'declined' AND word <> ''".to_owned()),
        ("withdrawn", "FROM invitations WHERE state = 'revoked'".to_owned()),
        ("waits for an owner", "FROM invitation_targets WHERE state = 'waiting'".to_owned()),
        ("active", "FROM users WHERE user_type = 'guest' AND standing = 'active' AND last_sign_in_at > NOW - 86400000".to_owned()),
        ("ends soon", "FROM group_members WHERE until BETWEEN NOW AND NOW + 86400000 * 5".to_owned()),
        ("ended", "FROM app_assignments WHERE until < NOW".to_owned()),
        ("disabled", "FROM users WHERE standing = 'disabled'".to_owned()),
        ("restorable", "FROM users WHERE standing = 'deleted' AND deleted_at > NOW - DAYS".to_owned()),
        ("without sponsor", "FROM users WHERE user_type = 'guest' AND deleted_at IS NULL AND sponsor_count = 0".to_owned()),
        ("never again", "FROM users WHERE user_type = 'guest' AND last_sign_in_at = redemption_at AND redemption_at < NOW - DAYS".to_owned()),
        ("inactive", "FROM users WHERE user_type = 'guest' AND standing = 'active' AND last_sign_in_at < NOW - DAYS * 3".to_owned()),
        ("blocked", "FROM blocked_addresses b JOIN user_emails e ON e.email_key = b.email_key".to_owned()),
    ] {
        let sql = format!("SELECT COUNT(*) {sql}").replace("NOW", &now.to_string()).replace("DAYS", &month.to_string());
        assert!(app.number(&sql).await >= 1, "{what}");
    }
    for role in ["administrator", "user_administrator", "guest_inviter", "auditor", "help_desk"] {
        let held = format!("SELECT COUNT(*) FROM user_roles WHERE role = '{role}'");
        assert_eq!(app.number(&held).await, 1, "{role}");
    }
    // Whoever is offered can be, and finds a page.
    let mut personas = 0;
    for persona in demo::personas(&app.services, vestibule::domain::language::Language::En) {
        let mut browser = app.browser();
        assert_eq!(browser.post("/demo/persona", &[("email", &persona.email)]).await.location(), "/");
        browser.get("/").await.shows(persona.name.split(' ').next().unwrap());
        personas += 1;
    }
    assert!(personas >= 10);
}

async fn less_room_than_happened_is_kept_to(app: TestApp) {
    let app = app.with_demo().await;
    for events in [0, 30, 700] {
        let before = audit::verify(&app.services, None).await.unwrap().events;
        seed(&app, Wanted { guests: 60, groups: 0, apps: 0, events, seed: 1 }).await;
        the_trail_holds(&app, before + events as u64).await;
    }
    seed(&app, Wanted { guests: 0, groups: 0, apps: 2, events: 50, seed: 1 }).await;
    counts_hold(&app).await;
}

/// Everybody in a fresh demonstration, begun so many days later, with this seed.
async fn people(engine: Engine, days: i64, chosen: u64) -> Vec<String> {
    let app = TestApp::new(engine).await;
    app.clock.advance(days * DAY);
    let app = app.with_demo().await;
    seed(&app, Wanted { seed: chosen, ..WANTED }).await;
    texts(&app, "SELECT email || ' ' || name || ' ' || company || ' ' || standing FROM users ORDER BY email").await
}

async fn the_same_seed_makes_the_same_people(app: TestApp) {
    let some = people(app.engine, 0, 7).await;
    assert_eq!(some.len(), 12 + 28 + 413);
    let apart = |others: Vec<String>| some.iter().zip(&others).filter(|(one, other)| one != other).count();
    assert_eq!(apart(people(app.engine, 3, 7).await), 0, "the same seed, another day");
    assert!(apart(people(app.engine, 0, 8).await) > 300, "another seed");
}

async fn a_database_in_earnest_is_refused(app: TestApp) {
    app.member("a@b.example", "A").await;
    assert!(!demo::seed(&app.services, WANTED, &mut |_, _, _| {}).await.unwrap());
    assert_eq!(app.number("SELECT COUNT(*) FROM users").await, 1);
}

on_both_engines!(
    seeding_twice_adds_twice,
    the_first_day_shows_every_state,
    less_room_than_happened_is_kept_to,
    the_same_seed_makes_the_same_people,
    a_database_in_earnest_is_refused,
);

#[test]
fn the_command_refuses_what_is_no_demonstration() {
    let folder = TestFolder::new();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VESTIBULE_")) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(&folder.0).output().unwrap()
    };
    assert_eq!(run(&["demo", "seed"]).status.code(), Some(4), "nothing is made by seeding");
    assert!(run(&["user", "add", "a@b.example", "--name", "A"]).status.success());
    let refused = run(&["demo", "seed", "--guests", "5"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("in earnest"));
    assert_eq!(run(&["demo", "seed", "--guests", "many"]).status.code(), Some(2));
}
