//! What costs how much beside its floor, in one process and one run: creating invitations beside inserting the same
//! rows, *My Apps* beside the same markup from constant data. Prints a table; asserts nothing by the clock.
//!
//! `VESTIBULE_BENCH_POSTGRES` names an empty database for the second engine.

#![expect(clippy::disallowed_methods, reason = "a bench reads the machine's clock")]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use leptos::prelude::*;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tower::ServiceExt;
use vestibule::{
    app::{
        pages::my_apps,
        shell::{Assets, document},
    },
    clock::SystemClock,
    config::Loaded,
    domain::{
        actor::Actor,
        language::Language,
        view::{Brand, Frame, MyApps, Who},
    },
    http,
    services::{
        self, Services,
        invitation::{self, Wish},
        start,
    },
    storage::{self, Db},
};

const INVITATIONS: u32 = 600;
const PAGES: Duration = Duration::from_secs(3);
const CONNECTIONS: usize = 20;
const JOHN: &str = "john.doe@woodgrove.example";

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn open(database: &str, folder: &Path) -> Services {
    let environment = BTreeMap::from([
        ("VESTIBULE_DATABASE_URL".to_owned(), database.to_owned()),
        ("VESTIBULE_SECRET_KEY_FILE".to_owned(), folder.join("key").display().to_string()),
    ]);
    let settings = Loaded::from(None, &environment).unwrap().settings;
    let services = start::open(&settings, Arc::new(SystemClock)).await.unwrap();
    services::demo::enter(services).await.unwrap()
}

async fn john(services: &Services) -> Actor {
    invitation::inviter_for(services, Some(JOHN)).await.unwrap()
}

/// Invitations a second, one connection, one commit each.
async fn create(services: &Services) -> f64 {
    let john = john(services).await;
    let origin = services.own_origin("Bench").by(john.id, &john.name, &john.email);
    let group = invitation::find_target(services, true, "Contoso launch").await.unwrap();
    let begun = Instant::now();
    for i in 0..INVITATIONS {
        let wish = Wish {
            addresses: format!("guest{i}@fabrikam.example"),
            targets: vec![group.to_string()],
            message: "Hello, this is the board we talked about on Thursday.".into(),
            ..Wish::default()
        };
        let draft = invitation::read(services, &john, &wish).await.unwrap();
        let answers = invitation::invite(services, &john, &origin, &draft).await.unwrap();
        assert!(answers[0].invitation.is_some());
    }
    f64::from(INVITATIONS) / begun.elapsed().as_secs_f64()
}

/// The rows of as many invitations, copied one invitation a commit: what the database itself takes.
async fn raw(services: &Services) -> f64 {
    // One row of each table as an invitation leaves them, and how many of each.
    const TABLES: [(&str, &str, u32); 9] = [
        ("users", "id", 1),
        ("search_terms", "id", 4),
        ("invitations", "id", 1),
        ("invitation_targets", "id", 1),
        ("sponsors", "guest_id", 1),
        ("tickets", "hash", 1),
        ("outbox", "id", 1),
        ("mail_counts", "scope", 3),
        ("audit_events", "seq", 4),
    ];
    let mut statements = Vec::new();
    for (table, key, rows) in TABLES {
        let copy = format!("raw_{table}");
        let select = match table {
            "audit_events" => "e.seq, e.id, e.at, e.activity, e.service, e.category, e.operation, e.result,
                e.result_reason, e.initiator_kind, e.initiator_id, e.correlation_id, e.targets, e.text_digest, e.mac,
                t.salt, t.text FROM audit_events e JOIN audit_texts t ON t.seq = e.seq"
                .to_owned(),
            other => format!("* FROM {other}"),
        };
        exec(&services.db, &format!("CREATE TABLE {copy} AS SELECT {select} LIMIT 1")).await;
        exec(&services.db, &format!("CREATE TABLE into_{copy} AS SELECT * FROM {copy} LIMIT 0")).await;
        exec(&services.db, &format!("CREATE INDEX into_{copy}_i ON into_{copy} ({key})")).await;
        for _ in 0..rows {
            statements.push(format!("INSERT INTO into_{copy} SELECT * FROM {copy}"));
        }
    }
    let begun = Instant::now();
    for _ in 0..INVITATIONS {
        let mut tx = services.db.write().await.unwrap();
        for sql in &statements {
            run(&mut tx.conn(), sql).await;
        }
        tx.commit().await.unwrap();
    }
    f64::from(INVITATIONS) / begun.elapsed().as_secs_f64()
}

async fn exec(db: &Db, sql: &str) {
    let mut tx = db.write().await.unwrap();
    run(&mut tx.conn(), sql).await;
    tx.commit().await.unwrap();
}

async fn run(conn: &mut storage::Conn<'_>, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match conn {
        storage::Conn::Sqlite(c) => drop(sqlx::query(sql).execute(&mut **c).await.unwrap()),
        storage::Conn::Postgres(c) => drop(sqlx::query(sql).execute(&mut **c).await.unwrap()),
    }
}

async fn invitations(engine: &str, services: &Services) {
    let ours = create(services).await;
    let floor = raw(services).await;
    let share = ours / floor;
    println!(
        "invitations created, {engine:<10} {ours:>8.0}/s   raw rows {floor:>8.0}/s   {share:.2} of it (budget 0.33)"
    );
}

/// Pages a second through the whole router, and the 99th percentile.
async fn pages(router: Router, cookie: String) -> (f64, f64) {
    let end = Instant::now() + PAGES;
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (router, cookie) = (router.clone(), cookie.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                while Instant::now() < end {
                    let begun = Instant::now();
                    let request =
                        Request::get("/").header(header::HOST, "127.0.0.1:8080").header(header::COOKIE, &cookie);
                    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                    assert_eq!(answer.status(), 200);
                    to_bytes(answer.into_body(), 1 << 20).await.unwrap();
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.unwrap());
    }
    times.sort();
    let rate = times.len() as f64 / PAGES.as_secs_f64();
    (rate, times[times.len() * 99 / 100].as_secs_f64() * 1e3)
}

/// The same markup from constant data, a second, on as many threads.
async fn constant(page: MyApps, frame: Frame) -> f64 {
    let end = Instant::now() + PAGES;
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (page, frame) = (page.clone(), frame.clone());
            tokio::spawn(async move {
                let mut count = 0u32;
                while Instant::now() < end {
                    let html = Owner::new().with(|| {
                        let options =
                            LeptosOptions::builder().output_name("vestibule").site_pkg_dir("assets/x").build();
                        provide_context(Assets(options));
                        document(frame.clone(), || my_apps::show(page.clone())).to_html()
                    });
                    assert!(html.len() > 5_000);
                    count += 1;
                    tokio::task::yield_now().await;
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for worker in workers {
        count += worker.await.unwrap();
    }
    f64::from(count) / PAGES.as_secs_f64()
}

async fn my_apps_page(services: &Services) {
    let router = http::router(services.clone());
    let request = Request::post("/demo/persona")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = Body::from(format!("email={}", JOHN.replace('@', "%40")));
    let answer = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let john = john(services).await;
    let organisation = services::organisation::load(&mut services.db.read().await.unwrap().conn()).await.unwrap();
    let page = services::my_apps::my_apps(services, &john, &organisation, Language::En, "").await.unwrap();
    let who = Who {
        name: john.name,
        initials: "JD".into(),
        colour: 1,
        guest: false,
        powers: Vec::new(),
        sees_groups: true,
        invites: false,
    };
    let frame = Frame {
        language: Language::En,
        organisation: "WoodGrove".into(),
        privacy_url: None,
        who: Some(who),
        demo: true,
        here: "/".to_owned(),
        done: None,
        desk: None,
        brand: Brand::default(),
    };
    pages(router.clone(), cookie.clone()).await;
    let (ours, p99) = pages(router, cookie).await;
    let floor = constant(page, frame).await;
    let share = ours / floor;
    println!(
        "My Apps, whole request           {ours:>8.0}/s   same markup from a constant {floor:>8.0}/s   {share:.2} of it (budget 0.5), p99 {p99:.1} ms at {CONNECTIONS} (budget 5)"
    );
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = Folder(std::env::temp_dir().join(format!("vestibule-floors-{}", std::process::id())));
        std::fs::create_dir_all(&folder.0).unwrap();
        let sqlite = open(&format!("sqlite://{}", folder.0.join("bench.db").display()), &folder.0).await;
        my_apps_page(&sqlite).await;
        invitations("SQLite", &sqlite).await;
        if let Ok(url) = std::env::var("VESTIBULE_BENCH_POSTGRES") {
            std::fs::create_dir_all(folder.0.join("pg")).unwrap();
            let postgres = open(&url, &folder.0.join("pg")).await;
            invitations("PostgreSQL", &postgres).await;
        }
    });
}
