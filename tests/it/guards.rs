//! What every answer keeps to, whoever asks: guards, host, forged posts, headers.

use crate::support::{Browser, Engine, TestApp, on_both_engines};
use axum::http::Method;
use vestibule::{http, services::people};

const JOHN: &str = "john.doe@woodgrove.example";

async fn signed_out_one_is_sent_to_sign_in_and_back(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    for path in [
        "/",
        "/account",
        "/apps/x",
        "/apps/x/open",
        "/apps/x/icon",
        "/admin",
        "/admin/",
        "/admin/guests",
        "/admin/no/such",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.location() == "/sign-in" || answer.location().starts_with("/sign-in?next="), "{path}");
    }
    assert!(browser.cookies.is_empty(), "a GET begins no session");
    let to = browser.get("/account").await.location().to_owned();
    browser.get(&to).await.shows("value=\"/account\"");
    browser.post("/fn/sign-in/send-code", &[("email", JOHN), ("next", "/account")]).await;
    let code = app.deliver().await[0].code();
    assert_eq!(browser.post("/fn/sign-in/code", &[("code", &code)]).await.location(), "/account");
}

async fn one_is_never_sent_to_a_foreign_place(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-out"] {
        let mut browser = app.browser();
        browser.post("/fn/sign-in/send-code", &[("email", JOHN), ("next", next)]).await;
        let code = app.deliver().await[0].code();
        assert_eq!(browser.post("/fn/sign-in/code", &[("code", &code)]).await.location(), "/", "{next}");
    }
}

async fn without_the_right_it_is_not_there(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    people::ensure_administrator(&app.services, &app.origin(), "a@woodgrove.example", "A").await.unwrap();
    for who in [JOHN, "a@woodgrove.example"] {
        let mut browser = app.signed_in(who).await;
        for path in ["/admin/nowhere", "/nowhere", "/apps/x", "/apps/x/open"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 404, "{who} {path}");
            page.shows("There is nothing here for you").lacks("<script");
        }
    }
}

async fn a_disabled_person_is_out_at_the_next_request(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    assert_eq!(browser.get("/").await.status, 200);
    app.sql("UPDATE users SET enabled = FALSE").await;
    assert_eq!(browser.get("/").await.location(), "/sign-in");
    assert_eq!(browser.post("/fn/account/profile", &[("name", "X"), ("language", "")]).await.location(), "/sign-in");
    app.sql("UPDATE users SET enabled = TRUE, deleted_at = 1").await;
    assert_eq!(browser.get("/").await.location(), "/sign-in");
}

async fn only_our_own_name_is_answered(app: TestApp) {
    for host in ["evil.example", "127.0.0.1:9", "127.0.0.1", "", "evil.example:8080", "localhost:9"] {
        let page = app.browser().with_header("host", host).get("/sign-in").await;
        assert_eq!(page.status, 421, "{host}");
    }
    for host in ["localhost:8080", "[::1]:8080"] {
        let page = app.browser().with_header("host", host).get("/sign-in?x=y").await;
        assert_eq!((page.status.as_u16(), page.location()), (307, "http://127.0.0.1:8080/sign-in?x=y"));
    }
    for probe in ["/health/live", "/health/ready"] {
        assert_eq!(app.browser().with_header("host", "10.0.0.9").get(probe).await.status, 200);
    }
    // The mail's link does not follow a forged host.
    app.member(JOHN, "John Doe").await;
    app.browser()
        .with_header("x-forwarded-host", "evil.example")
        .post("/fn/sign-in/send-code", &[("email", JOHN)])
        .await;
    assert!(!app.deliver().await[0].text.contains("evil"));
}

async fn posts_from_elsewhere_are_refused(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mine = app.signed_in(JOHN).await;
    let forged = |name, value: &str| mine.clone().with_header(name, value);
    for mut browser in
        [forged("sec-fetch-site", "cross-site"), forged("origin", "https://evil.example"), forged("origin", "null")]
    {
        assert_eq!(browser.post("/fn/sign-out", &[]).await.status, 403);
    }
    for mut browser in [forged("sec-fetch-site", "same-origin"), forged("origin", "http://127.0.0.1:8080")] {
        assert_eq!(browser.post("/fn/account/profile", &[("name", "J"), ("language", "")]).await.status, 303);
    }
    // Nothing changes by GET.
    let mut browser = mine.clone();
    for path in ["/fn/sign-out", "/fn/account/end-others", "/fn/favourite"] {
        assert_eq!(browser.get(path).await.status, 405, "{path}");
    }
}

async fn every_answer_forbids_what_it_does_not_need(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    for path in ["/", "/account", "/sign-in", "/nowhere", "/sign-out"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains(" 'unsafe-eval'"), "{path}");
        assert_eq!(policy.contains("script-src"), page.body.contains("<script"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.header("x-request-id").len() == 36);
        assert!(!page.body.contains(" style=") && !page.body.contains("javascript:"));
    }
    // Nobody chooses the id under which a request is logged.
    let page = app.browser().with_header("x-request-id", "mine").get("/sign-in").await;
    assert_ne!(page.header("x-request-id"), "mine");
}

async fn cookies_are_shut_in(app: TestApp) {
    let mut services = app.services.clone();
    let mut settings = (*services.settings).clone();
    settings.public_url = "https://guests.example".parse().unwrap();
    services.settings = settings.into();
    let mut browser = Browser::new(http::router(services)).with_header("host", "guests.example");
    let page = browser.post("/fn/sign-in/send-code", &[("email", "x@y.example")]).await;
    let cookie = page.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-vestibule="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(page.header("strict-transport-security").contains("max-age"));
    let page = app.browser().post("/fn/sign-in/send-code", &[("email", "x@y.example")]).await;
    assert!(page.header("set-cookie").starts_with("vestibule=") && !page.header("set-cookie").contains("Secure"));
}

async fn strange_posts_do_no_harm(app: TestApp) {
    let mut browser = app.browser();
    assert_eq!(browser.post("/fn/sign-in/send-code", &[]).await.location(), "/sign-in");
    browser.get("/sign-in").await.shows("Type your e-mail address.");
    assert_eq!(browser.post("/fn/sign-in/code", &[("code", "12345678")]).await.location(), "/sign-in");
    assert!(
        browser.send(Method::POST, "/fn/sign-in/send-code", Some("%ff%fe=%00&&&".into())).await.status.as_u16() < 500
    );
    assert_eq!(browser.post("/fn/no-such", &[]).await.status, 404);
    let long = "x".repeat(100_000);
    assert_eq!(browser.post("/fn/sign-in/send-code", &[("email", &long)]).await.location(), "/sign-in");
    assert!(browser.get("/sign-in").await.body.len() < 10_000);
}

on_both_engines!(
    signed_out_one_is_sent_to_sign_in_and_back,
    without_the_right_it_is_not_there,
    a_disabled_person_is_out_at_the_next_request,
);

macro_rules! on_sqlite {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(super::TestApp::new(super::Engine::Sqlite).await).await;
            }
        }
    )*};
}

on_sqlite!(
    one_is_never_sent_to_a_foreign_place,
    only_our_own_name_is_answered,
    posts_from_elsewhere_are_refused,
    every_answer_forbids_what_it_does_not_need,
    cookies_are_shut_in,
    strange_posts_do_no_harm,
);
