//! When things go wrong: mail that cannot leave, another key, a newer or busy or read-only database.

use crate::support::{Engine, TestApp, on_both_engines};
use std::sync::Arc;
use vestibule::{
    clock::SystemClock,
    domain::{
        error::AppError,
        mail::{Lane, MailState},
        time::{DAY, MINUTE},
    },
    jobs,
    mail::transport::{Smtp, Transport, check_url},
    services::{
        mail,
        people::{self, NewMember},
        start::{self, StartError},
    },
    storage,
};

const JOHN: &str = "john.doe@woodgrove.example";

async fn ask(app: &TestApp) {
    app.browser().post("/fn/sign-in/send-code", &[("email", JOHN)]).await;
}

async fn states(app: &TestApp) -> Vec<(MailState, i64)> {
    storage::outbox::counts(&mut app.services.db.read().await.unwrap().conn()).await.unwrap()
}

/// A mail server that is not there.
fn nowhere() -> Transport {
    Transport::Smtp(Smtp::new(&check_url("smtp://127.0.0.1:1?tls=none").unwrap()).unwrap())
}

async fn mail_waits_for_a_server_that_is_down(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    ask(&app).await;
    let claimed = app.claim(10).await;
    assert_eq!(claimed.len(), 1);
    let attempt = jobs::attempt(&app.services, &nowhere(), &claimed[0]).await.unwrap();
    assert!(matches!(attempt, mail::Attempt::Later(_)));
    assert_eq!(states(&app).await, [(MailState::Retrying, 1)]);
    assert!(app.deliver().await.is_empty(), "not before a minute has passed");
    app.clock.advance(MINUTE);
    let mails = app.deliver().await;
    assert_eq!(mails[0].to, JOHN);
    assert_eq!(states(&app).await, [(MailState::Sent, 1)]);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

async fn a_mail_that_is_of_no_use_any_more_is_not_sent(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    ask(&app).await;
    app.clock.advance(DAY);
    assert!(app.deliver().await.is_empty());
    assert_eq!(states(&app).await, [(MailState::Failed, 1)]);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

async fn what_a_crash_had_claimed_is_taken_up_when_its_lease_ends(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    ask(&app).await;
    assert_eq!(app.claim(10).await.len(), 1);
    // The process dies here. Nobody else sends it while the lease lasts.
    assert!(app.claim(10).await.is_empty());
    app.clock.advance(mail::LEASE);
    assert_eq!(app.deliver().await.len(), 1);
    assert!(app.deliver().await.is_empty());
}

async fn two_processes_claim_each_mail_once(app: TestApp) {
    for i in 0..30 {
        let email = format!("m{i}@woodgrove.example");
        app.member(&email, "M").await;
        app.browser().post("/fn/sign-in/send-code", &[("email", &email)]).await;
    }
    let claims = (0..8).map(|_| {
        let services = app.services.clone();
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Some(message) = mail::claim(&services, Lane::Urgent, None).await.unwrap() {
                claimed.push(message);
            }
            claimed
        })
    });
    let mut ids = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        ids.extend(claim.await.unwrap().into_iter().map(|message| message.id));
    }
    let claimed = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), claimed, "none twice");
    assert_eq!(ids.len(), 30);
}

async fn what_is_refused_leaves_nothing(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let again = NewMember { email: "JOHN.DOE@woodgrove.example", name: "Other", roles: &[] };
    let refused = people::add_member(&app.services, &app.origin(), again).await;
    assert!(matches!(refused, Err(AppError::Invalid { .. })));
    assert_eq!(app.number("SELECT COUNT(*) FROM users").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events").await, 1);
    // A transaction that is dropped never was.
    let mut tx = app.services.db.write().await.unwrap();
    storage::admin::note_meta(&mut tx.conn(), "x", "y").await.unwrap();
    drop(tx);
    let mut held = app.services.db.read().await.unwrap();
    assert_eq!(storage::admin::meta(&mut held.conn(), "x").await.unwrap(), None);
}

async fn another_key_file_is_refused(app: TestApp) {
    let mut settings = (*app.services.settings).clone();
    settings.secret_key_file = app.folder.path("other");
    // A key is made for a new database only: here it would be the wrong one.
    let refused = start::open(&settings, Arc::new(SystemClock)).await;
    assert!(matches!(refused, Err(StartError::KeyFile { .. })) && !settings.secret_key_file.exists());
    vestibule::crypto::Keys::from_file(&settings.secret_key_file, &app.services.rng).unwrap();
    let refused = start::open(&settings, Arc::new(SystemClock)).await;
    assert!(matches!(refused, Err(StartError::OtherKey { .. })));
}

async fn a_newer_database_is_refused(app: TestApp) {
    let checksum = match app.engine {
        Engine::Sqlite => "x'00'",
        Engine::Postgres => "''::bytea",
    };
    app.sql(&format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, {checksum}, 0)"
    ))
    .await;
    let refused = start::open(&app.services.settings, Arc::new(SystemClock)).await;
    assert!(matches!(refused, Err(StartError::Newer { version: 9999 })));
}

async fn the_demonstration_refuses_a_database_in_earnest(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let refused = vestibule::services::demo::enter(app.services.clone()).await;
    assert!(matches!(refused, Err(StartError::Refused(_))));
}

async fn writes_from_many_sides_all_succeed(app: TestApp) {
    let writers = (0..40).map(|i| {
        let (services, origin) = (app.services.clone(), app.origin());
        tokio::spawn(async move {
            let email = format!("m{i}@woodgrove.example");
            people::add_member(&services, &origin, NewMember { email: &email, name: "M", roles: &[] }).await
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM users").await, 40);
    assert!(vestibule::services::audit::verify(&app.services, None).await.unwrap().ok);
}

async fn a_database_that_takes_no_writes_is_still_read(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    let readers = match app.engine {
        Engine::Sqlite => {
            app.sql("PRAGMA query_only = 1").await;
            app.services.clone()
        }
        Engine::Postgres => {
            let name = app.database_url.rsplit('/').next().unwrap().to_owned();
            app.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
            // For connections that begin from now on.
            let db = storage::Db::open(&app.services.settings.database_url).await.unwrap();
            vestibule::services::Services { db, ..app.services.clone() }
        }
    };
    let mut reader = crate::support::Browser::new(vestibule::http::router(readers));
    reader.cookies.clone_from(&browser.cookies);
    reader.get("/").await.shows("Your apps will stand here");
    let refused = reader.post("/fn/account/profile", &[("name", "Johnny"), ("language", "en")]).await;
    assert_eq!(refused.status, 503);
    refused.shows("Nothing can be saved at the moment").lacks("PRAGMA").lacks("read-only");
    match app.engine {
        Engine::Sqlite => app.sql("PRAGMA query_only = 0").await,
        Engine::Postgres => {
            let name = app.database_url.rsplit('/').next().unwrap().to_owned();
            app.sql(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await
        }
    };
    let saved = browser.post("/fn/account/profile", &[("name", "Johnny"), ("language", "en")]).await;
    assert_eq!(saved.location(), "/account?after=profile");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE name = 'Johnny'").await, 1);
}

async fn a_full_database_says_so_and_keeps_what_it_has(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    // PostgreSQL's disk cannot be filled here; its code (53100) is read by the same function.
    if app.engine == Engine::Postgres {
        return;
    }
    let mut browser = app.signed_in(JOHN).await;
    app.sql("PRAGMA max_page_count = 1").await;
    for size in [1_000, 100, 10] {
        let row = format!("INSERT INTO search_terms VALUES ('x', hex(randomblob({size})), randomblob(16), '')");
        while app.try_sql(&row).await.is_ok() {}
    }
    let mut refused = false;
    for i in 0..60 {
        let name = format!("{} {i}", "J".repeat(60));
        let answer = browser.post("/fn/account/profile", &[("name", &name), ("language", "en")]).await;
        // The session may still have room for the error, and then the form keeps what was typed.
        let page = if answer.status == 503 { answer } else { browser.get("/account?after=profile").await };
        refused = page.body.contains("Nothing can be saved at the moment");
        if refused {
            break;
        }
    }
    assert!(refused, "it fills up, and says so");
    browser.get("/").await.shows("Your apps will stand here");
    app.sql("PRAGMA max_page_count = 1000000").await;
    let saved = browser.post("/fn/account/profile", &[("name", "Johnny"), ("language", "en")]).await;
    assert_eq!(saved.location(), "/account?after=profile");
    assert!(vestibule::services::audit::verify(&app.services, None).await.unwrap().ok);
}

on_both_engines!(
    a_database_that_takes_no_writes_is_still_read,
    a_full_database_says_so_and_keeps_what_it_has,
    mail_waits_for_a_server_that_is_down,
    a_mail_that_is_of_no_use_any_more_is_not_sent,
    what_a_crash_had_claimed_is_taken_up_when_its_lease_ends,
    two_processes_claim_each_mail_once,
    what_is_refused_leaves_nothing,
    another_key_file_is_refused,
    a_newer_database_is_refused,
    the_demonstration_refuses_a_database_in_earnest,
    writes_from_many_sides_all_succeed,
);
