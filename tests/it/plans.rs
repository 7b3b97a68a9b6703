//! Cost does not grow with the directory (DESIGN rule 14): what pages read is found by an index, on both engines. The
//! statements are those that really run while the pages are asked for.

use crate::support::{Engine, TestApp};
use sqlx::{AssertSqlSafe, Row};
use std::{
    collections::BTreeSet,
    fmt,
    process::Command,
    sync::{Arc, Mutex},
};
use tracing::{Event, Metadata, Subscriber, field::Field, span};
use vestibule::{
    services::demo::{self, Wanted},
    storage::Db,
};

/// Pages, as whom. `{guest}`, `{group}` and the like stand for an id of one.
const PAGES: &[(&str, &str)] = &[
    (JOHN, "/"),
    (JOHN, "/groups"),
    (JOHN, "/groups/{group}"),
    (JOHN, "/apps/{app}"),
    (INES, "/groups/{guests-of}"),
    (INES, "/guests"),
    (INES, "/guests?q=mei"),
    (INES, "/guests/{guest}"),
    (INES, "/invitations"),
    (INES, "/invitations?q=mei&state=pending"),
    (JOHN, "/account"),
    (GUEST, "/"),
    (GUEST, "/account"),
    (ADA, "/"),
    (ADA, "/groups"),
    (ADA, "/guests"),
    (ADA, "/invitations"),
    (ADA, "/admin"),
    (ADA, "/admin/guests"),
    (ADA, "/admin/guests?from={guest}"),
    (ADA, "/admin/guests?order=seen&from={guest}"),
    (ADA, "/admin/guests?order=created"),
    (ADA, "/admin/guests?q=mei"),
    (ADA, "/admin/guests?q=mei+lin"),
    (ADA, "/admin/guests?q=mei+lin&only=active"),
    (ADA, "/admin/members?q=j"),
    (ADA, "/admin/guests?only=disabled"),
    (ADA, "/admin/guests?only=unsponsored"),
    (ADA, "/admin/guests?only=inactive&order=seen"),
    (ADA, "/admin/guests?only=never"),
    (ADA, "/admin/guests?only=ending"),
    (ADA, "/admin/guests?domain=contoso.example"),
    (ADA, "/admin/guests?domain=contoso.example&only=active"),
    (ADA, "/admin/guests?domain=contoso.example&only=never"),
    (ADA, "/admin/guests?sponsor={inviter}"),
    (ADA, "/admin/guests?sponsor={inviter}&only=active&q=m"),
    (ADA, "/admin/guests?sponsor={inviter}&domain=contoso.example&only=never"),
    (ADA, "/admin/members"),
    (ADA, "/admin/people/{guest}"),
    (ADA, "/admin/groups"),
    (ADA, "/admin/groups?q=con"),
    (ADA, "/admin/groups?q=con+lau"),
    (ADA, "/admin/groups?order=created&from={group}"),
    (ADA, "/admin/groups?only=deleted"),
    (ADA, "/admin/apps"),
    (ADA, "/admin/apps?from={app}"),
    (ADA, "/admin/invitations"),
    (ADA, "/admin/invitations?order=oldest"),
    (ADA, "/admin/invitations?q=mei"),
    (ADA, "/admin/invitations?q=mei+lin"),
    (ADA, "/admin/invitations?state=pending"),
    (ADA, "/admin/invitations?state=expired"),
    (ADA, "/admin/invitations?state=ending"),
    (ADA, "/admin/invitations?state=failed"),
    (ADA, "/admin/invitations?state=waiting"),
    (ADA, "/admin/audit"),
    (ADA, "/admin/audit?about={guest}"),
    (ADA, "/admin/audit?about={guest}&activity=Add+user"),
    (ADA, "/admin/audit?activity=Add+user&from=2020-01-01&to=2030-01-01"),
    (ADA, "/admin/roles"),
    (ADA, "/admin/organisation"),
    (ADA, "/admin/reports"),
    (ADA, "/admin/reports/invitations"),
    (ADA, "/admin/reports/invitations?by=group&key={group}"),
    (ADA, "/admin/reports/invitations?by=app&key={app}"),
    (ADA, "/admin/reports/invitations?by=inviter&key={inviter}"),
    (ADA, "/admin/reports/guests"),
    (ADA, "/admin/reports/pending"),
    (ADA, "/admin/reports/inactive"),
];

/// Tables that stay small however large the directory grows, and what only jobs and limits fill.
const SMALL: &[&str] = &[
    "settings",
    "meta",
    "audit_head",
    "user_roles",
    "pictures",
    "statements",
    "blocked_addresses",
    "sessions",
    "undos",
    "join_requests",
];

const JOHN: &str = "john.doe@woodgrove.example";
const INES: &str = "ines.moreau@woodgrove.example";
const ADA: &str = "admin@woodgrove.example";
const GUEST: &str = "mei.lin@alder-optics.example";

/// Hears every statement that sqlx runs in this process while somebody listens.
#[derive(Default)]
struct Heard {
    statements: Mutex<BTreeSet<String>>,
}

struct Listener(Arc<Heard>);

struct Statement(String);

impl tracing::field::Visit for Statement {
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        // Short statements are their own summary.
        let is_better = field.name() == "db.statement" && !value.is_empty();
        if is_better || field.name() == "summary" && self.0.is_empty() {
            value.trim().clone_into(&mut self.0);
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement(String::new());
        event.record(&mut statement);
        self.0.statements.lock().unwrap().insert(statement.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Heard {
    /// What is run while pages are asked for, their acting person signed in before.
    async fn asking(&self, app: &TestApp) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for (who, path) in PAGES {
            let mut browser = app.browser();
            assert_eq!(browser.post("/demo/persona", &[("email", who)]).await.location(), "/", "{who}");
            let path = with_ids(app, path).await;
            self.statements.lock().unwrap().clear();
            let page = browser.get(&path).await;
            assert!(page.status == 200, "{path}: {}", page.status);
            // SQLite's thread says what it did after it has done it.
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            all.extend(self.statements.lock().unwrap().iter().cloned());
        }
        let reads = |sql: &String| sql.starts_with("SELECT") || sql.starts_with("WITH");
        all.into_iter().filter(reads).collect()
    }
}

/// A path with the ids of those whom it is about.
async fn with_ids(app: &TestApp, path: &str) -> String {
    let mut path = path.to_owned();
    for (mark, sql) in [
        ("{group}", "SELECT id FROM directory_groups WHERE name = 'Contoso launch'"),
        ("{guests-of}", "SELECT id FROM directory_groups WHERE name = 'Drawing office'"),
        ("{app}", "SELECT id FROM apps WHERE name = 'Launch board'"),
        ("{guest}", "SELECT id FROM users WHERE email = 'mei.lin@alder-optics.example'"),
        ("{inviter}", "SELECT id FROM users WHERE email = 'ines.moreau@woodgrove.example'"),
    ] {
        if path.contains(mark) {
            let id: uuid::Uuid = match &app.services.db {
                Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.unwrap(),
                Db::Postgres { read: pool, .. } => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            };
            path = path.replace(mark, &id.to_string());
        }
    }
    path
}

/// The tables that a statement reads whole, as the engine plans it.
async fn scanned(app: &TestApp, sql: &str, tables: &[String]) -> Vec<String> {
    let plan = match &app.services.db {
        Db::Sqlite { read, .. } => {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let rows = sqlx::query(explain).fetch_all(read).await.unwrap();
            rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>()
        }
        Db::Postgres { read: pool, .. } => postgres_plan(pool, sql).await,
    };
    let bounded = ends_bounded(sql);
    let scans = (0..plan.len()).filter_map(|i| match app.engine {
        Engine::Sqlite => sqlite_scan(&plan[i], bounded),
        Engine::Postgres => postgres_scan(&plan[..=i], plan.get(i + 1).map_or("", String::as_str), bounded),
    });
    let found = scans.filter_map(|name| table_of(sql, &name, tables));
    found.filter(|table| !SMALL.contains(&table.as_str())).collect()
}

/// Whether a bound is put on the whole statement, or on all of what it counts.
fn ends_bounded(sql: &str) -> bool {
    let inner = sql
        .strip_prefix("SELECT COUNT(*) FROM (")
        .and_then(|rest| rest.rsplit_once(')'))
        .map_or(sql, |(inner, _)| inner);
    let end = inner.rfind("LIMIT").map_or("", |at| &inner[at..]);
    !end.is_empty() && !end.contains(')')
}

/// PostgreSQL reads what is small as a whole because that is quicker; so it is asked what it does where that is dear.
async fn postgres_plan(pool: &sqlx::PgPool, sql: &str) -> Vec<String> {
    let mut connection = pool.acquire().await.unwrap();
    let mut run = async |sql: String| sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *connection).await;
    let mode: String = run("SHOW plan_cache_mode".to_owned()).await.unwrap()[0].get(0);
    assert_eq!(mode, "force_generic_plan", "as pages are planned");
    run("SET enable_seqscan = off".to_owned()).await.unwrap();
    let most = (1..=999).rev().find(|n| sql.contains(&format!("${n}"))).unwrap_or_default();
    // The driver says of what type each value is; here most are plain from the statement, and the rest is tried.
    const TRIED: [&str; 3] = ["uuid", "text", "bigint"];
    let mut types = vec!["unknown"; most];
    let mut trying = (0, 0);
    let list = |inside: &[&str]| if inside.is_empty() { String::new() } else { format!("({})", inside.join(", ")) };
    while let Err(error) = run(format!("PREPARE looked_at{} AS {sql}", list(&types))).await {
        let text = error.to_string();
        let named =
            text.split_once("data type of parameter $").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        trying = named.map_or((trying.0, trying.1 + 1), |n: usize| (n, 0));
        let (Some(to), Some(tried)) = (types.get_mut(trying.0.wrapping_sub(1)), TRIED.get(trying.1)) else {
            panic!("{text}: {sql}")
        };
        *to = tried;
    }
    let call = format!("looked_at{}", list(&vec!["NULL"; most]));
    let rows = run(format!("EXPLAIN EXECUTE {call}")).await.unwrap();
    run("DEALLOCATE looked_at".to_owned()).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

/// The first word behind a mark.
fn behind(line: &str, mark: &str) -> Option<String> {
    let (_, rest) = line.split_once(mark)?;
    rest.split([' ', '(']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What a line of a plan reads from end to end. In the order of an index it ends where a bound is reached.
fn sqlite_scan(line: &str, bounded: bool) -> Option<String> {
    let in_order = line.contains(" INDEX ") || line.contains("PRIMARY KEY");
    behind(line, "SCAN ").filter(|_| !(in_order && bounded))
}

/// What the last of some lines of a plan reads from end to end. What is looked for in an index stands in the line
/// that follows.
fn postgres_scan(lines: &[String], next: &str, bounded: bool) -> Option<String> {
    let line = lines.last()?;
    if let Some(table) = behind(line, "Seq Scan on ") {
        return Some(table);
    }
    if bounded || next.contains("Index Cond") {
        return None;
    }
    if line.contains("Bitmap Index Scan on ") {
        return lines.iter().rev().find_map(|line| behind(line, "Bitmap Heap Scan on "));
    }
    behind(line, "Scan using ").or_else(|| behind(line, "Scan Backward using "))?;
    behind(line, " on ")
}

/// The table behind a name: itself, or what it stands for in the statement; nothing behind what is no table.
fn table_of(sql: &str, name: &str, tables: &[String]) -> Option<String> {
    if tables.iter().any(|table| table == name) {
        return Some(name.to_owned());
    }
    let words: Vec<&str> =
        sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let reads = |word: &str| ["from", "join"].iter().any(|other| word.eq_ignore_ascii_case(other));
    let named = words.windows(4).find_map(|four| match four {
        [from, table, alias, _] if reads(from) && *alias == name => Some(*table),
        [from, table, word, alias] if reads(from) && word.eq_ignore_ascii_case("as") && *alias == name => Some(*table),
        _ => None,
    })?;
    tables.iter().find(|table| *table == named).cloned()
}

async fn tables(app: &TestApp) -> Vec<String> {
    let sql = match app.engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Engine::Postgres => "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public'",
    };
    match &app.services.db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_all(read).await.unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
    }
}

/// In a process of its own, since the listener hears every test of its process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "pages_scan_no_table runs it"]
async fn alone() {
    let heard = Arc::new(Heard::default());
    tracing::subscriber::set_global_default(Listener(Arc::clone(&heard))).expect("nobody else listens");
    let mut faults = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = TestApp::new(engine).await.with_demo().await;
        let wanted = Wanted { guests: 3_000, groups: 3_000, apps: 3_000, events: 20_000, seed: 1 };
        assert!(demo::seed(&app.services, wanted, &mut |_, _, _| {}).await.unwrap());
        if engine == Engine::Postgres {
            app.sql("ANALYZE").await;
        }
        let tables = tables(&app).await;
        // What knows no table would find no fault.
        assert!(!scanned(&app, "SELECT COUNT(*) FROM users u WHERE u.company = $1", &tables).await.is_empty());
        assert!(!scanned(&app, "SELECT COUNT(*) FROM users", &tables).await.is_empty());
        assert!(scanned(&app, "SELECT id FROM users u WHERE u.id = $1", &tables).await.is_empty());
        let statements = heard.asking(&app).await;
        assert!(statements.len() > 20, "too few statements were heard: {statements:?}");
        for sql in statements {
            for table in scanned(&app, &sql, &tables).await {
                faults.push(format!("{engine:?} reads all of {table}:\n{sql}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn pages_scan_no_table() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["plans::alone", "--exact", "--ignored", "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
