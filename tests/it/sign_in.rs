//! Signing in by code and by link: who gets in, who does not, and what a stranger learns.

use crate::support::{Browser, Engine, Page, TestApp, dump, on_both_engines};
use vestibule::{
    domain::time::{DAY, HOUR, MINUTE},
    identity::one_time_code::LIFETIME,
    services::{organisation, people, sign_in},
};

const JOHN: &str = "john.doe@woodgrove.example";

async fn ask(browser: &mut Browser, email: &str) -> Page {
    let answer = browser.post("/fn/sign-in/send-code", &[("email", email)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in"));
    browser.get("/sign-in").await
}

async fn code(browser: &mut Browser, code: &str) -> Page {
    browser.post("/fn/sign-in/code", &[("code", code)]).await
}

fn other(code: &str) -> String {
    if code.starts_with('0') { code.replacen('0', "1", 1) } else { format!("0{}", &code[1..]) }
}

async fn a_code_from_the_mail_signs_in(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    ask(&mut browser, "John.Doe@WoodGrove.example").await.shows("John.Doe@WoodGrove.example");
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, JOHN, "mail goes to the stored address");
    assert!(!mails[0].subject.contains(&mails[0].code()[..4]));
    let before = browser.cookies.clone();
    assert_eq!(code(&mut browser, &mails[0].code()).await.location(), "/");
    assert_ne!(before, browser.cookies, "the session's id changes");
    browser.get("/").await.shows("John");
    // The same code again, from a copy of the old session.
    let mut thief = app.browser();
    thief.cookies = before;
    assert_eq!(code(&mut thief, &mails[0].code()).await.location(), "/sign-in");
    assert_eq!(thief.get("/").await.location(), "/sign-in");
}

async fn codes_are_read_with_gap_or_hyphen(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    for separator in ["", "-", "  "] {
        let mut browser = app.browser();
        ask(&mut browser, JOHN).await;
        let typed = app.deliver().await[0].code().replace(' ', separator);
        assert_eq!(code(&mut browser, &typed).await.location(), "/", "{typed}");
    }
}

async fn every_address_gets_the_same_answer(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let gone = app.member("gone@woodgrove.example", "Gone").await;
    app.sql("UPDATE users SET enabled = FALSE WHERE email = 'gone@woodgrove.example'").await;
    assert!(gone.enabled);
    let mut pages = Vec::new();
    for typed in [
        JOHN,
        "nobody@elsewhere.example",
        "gone@woodgrove.example",
        "not an address",
        "a@b",
        "\"quoted\"@example.com",
        "x@[127.0.0.1]",
        "<script>alert(1)</script>@x.example",
        "a\0b@x.example",
        "ünï@bücher.example",
    ] {
        let mut browser = app.browser();
        let page = ask(&mut browser, typed).await;
        assert_eq!(page.status, 200);
        let shown = typed.replace('\0', "").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let in_attribute = shown.replace('"', "&quot;");
        page.shows(&shown);
        pages.push(page.body.replace(&in_attribute, "…").replace(&shown, "…"));
    }
    for page in &pages {
        assert_eq!(*page, pages[0]);
    }
    let mails = app.deliver().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [JOHN]);
    assert_eq!(
        app.number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await,
        0,
        "cancelled mails keep no code"
    );
}

async fn five_wrong_tries_use_a_code_up(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    ask(&mut browser, JOHN).await;
    let right = app.deliver().await[0].code();
    for _ in 0..5 {
        assert_eq!(code(&mut browser, &other(&right)).await.location(), "/sign-in");
        browser.get("/sign-in").await.shows("name=\"code\"");
    }
    browser.get("/sign-in").await.shows("tried too often");
    assert_eq!(code(&mut browser, &right).await.location(), "/sign-in");
    assert_eq!(browser.get("/").await.location(), "/sign-in");
}

async fn twenty_wrong_tries_leave_only_a_link(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    // Five browsers guess four times each.
    for _ in 0..5 {
        let mut browser = app.browser();
        ask(&mut browser, JOHN).await;
        let right = app.deliver().await[0].code();
        for _ in 0..4 {
            code(&mut browser, &other(&right)).await;
        }
        let _ = right;
    }
    let mut browser = app.browser();
    ask(&mut browser, JOHN).await;
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    let link = mails[0].link();
    assert!(link.starts_with("/sign-in/"), "{link}");
    // At most one link an hour.
    ask(&mut browser, JOHN).await;
    assert!(app.deliver().await.is_empty());
    app.clock.advance(HOUR + MINUTE);
    ask(&mut browser, JOHN).await;
    assert_eq!(app.deliver().await.len(), 1);
    // A day later codes come again.
    app.clock.advance(DAY + HOUR);
    ask(&mut browser, JOHN).await;
    app.deliver().await[0].code();
}

async fn ten_codes_a_day_then_a_link(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    for _ in 0..10 {
        ask(&mut app.browser(), JOHN).await;
        app.deliver().await[0].code();
    }
    ask(&mut app.browser(), JOHN).await;
    let mails = app.deliver().await;
    let mut reader = app.browser();
    reader.get(&mails[0].link()).await.shows("Continue");
    let token = mails[0].link().replacen("/sign-in/", "", 1);
    // The link asks for one more code, in this browser, and signs nobody in.
    assert_eq!(reader.post("/fn/sign-in/link", &[("token", &token)]).await.location(), "/sign-in");
    assert_eq!(app.number("SELECT COUNT(*) FROM codes").await, 11);
    let mail = app.deliver().await.remove(0);
    assert_eq!(code(&mut reader, &mail.code()).await.location(), "/");
}

async fn a_code_works_only_in_the_browser_that_asked(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let (mut mine, mut theirs) = (app.browser(), app.browser());
    ask(&mut mine, JOHN).await;
    let first = app.deliver().await[0].code();
    ask(&mut theirs, JOHN).await;
    let second = app.deliver().await[0].code();
    assert_eq!(code(&mut theirs, &first).await.location(), "/sign-in");
    // Theirs did not end mine.
    assert_eq!(code(&mut mine, &first).await.location(), "/");
    // Asking again ends one's own.
    ask(&mut theirs, JOHN).await;
    let third = app.deliver().await[0].code();
    assert_eq!(code(&mut theirs, &second).await.location(), "/sign-in");
    assert_eq!(code(&mut theirs, &third).await.location(), "/");
}

async fn a_code_ends_after_ten_minutes(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    ask(&mut browser, JOHN).await;
    let right = app.deliver().await[0].code();
    app.clock.advance(LIFETIME);
    assert_eq!(code(&mut browser, &right).await.location(), "/sign-in");
    browser.get("/sign-in").await.shows("does not fit");
}

async fn a_code_for_another_purpose_does_not_sign_in(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    ask(&mut browser, JOHN).await;
    let right = app.deliver().await[0].code();
    app.sql("UPDATE codes SET purpose = 'leave'").await;
    assert_eq!(code(&mut browser, &right).await.location(), "/sign-in");
}

async fn a_link_signs_in_once_and_only_by_its_button(app: TestApp) {
    let origin = app.origin();
    let user = people::ensure_administrator(&app.services, &origin, JOHN, "John Doe").await.unwrap();
    let url = sign_in::issue_link(&app.services, &origin, &user).await.unwrap();
    let path = url.replacen("http://127.0.0.1:8080", "", 1);
    let token = path.replacen("/sign-in/", "", 1);
    assert!(token.len() >= 43);
    let mut scanner = app.browser();
    for _ in 0..3 {
        let page = scanner.get(&path).await;
        page.shows("Continue").lacks("<script");
        assert_eq!(page.header("referrer-policy"), "strict-origin");
        assert!(scanner.cookies.is_empty(), "a GET begins nothing");
    }
    let mut browser = app.browser();
    assert_eq!(browser.post("/fn/sign-in/link", &[("token", &token)]).await.location(), "/");
    assert_eq!(browser.get("/").await.status, 200);
    let again = app.browser().get(&path).await;
    assert_eq!(again.status, 410);
    let mut late = app.browser();
    assert_eq!(late.post("/fn/sign-in/link", &[("token", &token)]).await.location(), "/sign-in");
    late.get("/sign-in").await.shows("This link does not work any more");
    assert_eq!(app.browser().get("/sign-in/nonsense").await.status, 410);
}

async fn of_many_who_use_a_link_at_once_one_gets_in(app: TestApp) {
    let origin = app.origin();
    let user = people::ensure_administrator(&app.services, &origin, JOHN, "John Doe").await.unwrap();
    let url = sign_in::issue_link(&app.services, &origin, &user).await.unwrap();
    let token = url.rsplit('/').next().unwrap().to_owned();
    let tries = (0..20).map(|_| {
        let (mut browser, token) = (app.browser(), token.clone());
        tokio::spawn(async move { browser.post("/fn/sign-in/link", &[("token", &token)]).await.location() == "/" })
    });
    let mut winners = 0;
    for attempt in tries.collect::<Vec<_>>() {
        winners += u32::from(attempt.await.unwrap());
    }
    assert_eq!(winners, 1);
}

async fn an_own_domain_joins_only_where_it_may(app: TestApp) {
    let origin = app.origin();
    organisation::set(&app.services, &origin, "ownDomains", "woodgrove.example").await.unwrap();
    let mut browser = app.browser();
    ask(&mut browser, "new.one@woodgrove.example").await;
    assert!(app.deliver().await.is_empty(), "joining is off");
    organisation::set(&app.services, &origin, "membersMayJoin", "true").await.unwrap();
    ask(&mut browser, "new.one@elsewhere.example").await;
    ask(&mut app.browser(), "new.one@mail.woodgrove.example").await;
    assert!(app.deliver().await.is_empty());
    ask(&mut browser, "New.One@woodgrove.example").await;
    let mails = app.deliver().await;
    assert_eq!(mails[0].to, "New.One@woodgrove.example");
    assert_eq!(code(&mut browser, &mails[0].code()).await.location(), "/");
    browser.get("/").await.shows("Your apps will stand here");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'member'").await, 1);
    // The second time it is the same person.
    let mut again = app.browser();
    ask(&mut again, "new.one@WOODGROVE.example").await;
    let mails = app.deliver().await;
    assert_eq!(code(&mut again, &mails[0].code()).await.location(), "/");
    assert_eq!(app.number("SELECT COUNT(*) FROM users").await, 1);
}

async fn a_fixed_session_is_worth_nothing(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    // The thief plants a session of theirs and waits.
    let mut thief = app.browser();
    ask(&mut thief, "thief@elsewhere.example").await;
    let mut victim = app.browser();
    victim.cookies = thief.cookies.clone();
    ask(&mut victim, JOHN).await;
    let right = app.deliver().await.iter().find(|mail| mail.to == JOHN).unwrap().code();
    assert_eq!(code(&mut victim, &right).await.location(), "/");
    assert_eq!(thief.get("/").await.location(), "/sign-in");
    assert_eq!(victim.get("/").await.status, 200);
    // Nor is an id that we never gave.
    let mut inventor = app.browser();
    inventor.cookies.insert("vestibule".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    inventor.post("/fn/sign-in/send-code", &[("email", JOHN)]).await;
    assert_ne!(inventor.cookies["vestibule"], "AAAAAAAAAAAAAAAAAAAAAA");
}

async fn no_secret_is_in_a_dump(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    ask(&mut browser, JOHN).await;
    let user = people::ensure_administrator(&app.services, &app.origin(), "a@b.example", "A").await.unwrap();
    let url = sign_in::issue_link(&app.services, &app.origin(), &user).await.unwrap();
    let token = url.rsplit('/').next().unwrap().to_owned();
    // The mail server is down: the code is on its way, sealed.
    let held = match app.engine {
        Engine::Sqlite => {
            let bytes = ["test.db", "test.db-wal"].map(|name| std::fs::read(app.folder.path(name)).unwrap_or_default());
            String::from_utf8_lossy(&bytes.concat()).into_owned()
        }
        Engine::Postgres => dump(&app.database_url),
    };
    assert!(held.contains(JOHN), "the dump has the data");
    let code = app.deliver().await[0].code();
    let cookie = browser.cookies["vestibule"].clone();
    for secret in [code.clone(), code.replace(' ', ""), token, cookie] {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!held.contains(&secret) && !held.contains(&hex), "{secret} is in the dump");
    }
}

on_both_engines!(
    a_code_from_the_mail_signs_in,
    codes_are_read_with_gap_or_hyphen,
    every_address_gets_the_same_answer,
    five_wrong_tries_use_a_code_up,
    twenty_wrong_tries_leave_only_a_link,
    ten_codes_a_day_then_a_link,
    a_code_works_only_in_the_browser_that_asked,
    a_code_ends_after_ten_minutes,
    a_code_for_another_purpose_does_not_sign_in,
    a_link_signs_in_once_and_only_by_its_button,
    of_many_who_use_a_link_at_once_one_gets_in,
    an_own_domain_joins_only_where_it_may,
    a_fixed_session_is_worth_nothing,
    no_secret_is_in_a_dump,
);
