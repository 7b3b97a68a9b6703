//! One's own account: profile, language, sessions.

use crate::support::{TestApp, on_both_engines};
use vestibule::{
    domain::time::{DAY, HOUR},
    storage::sessions::IDLE,
};

const JOHN: &str = "john.doe@woodgrove.example";

async fn name_and_language_change_at_once(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    let answer =
        browser.post("/fn/account/profile", &[("name", "  Jo\u{202E}hn\u{200B} D. "), ("language", "fr")]).await;
    assert_eq!(answer.location(), "/account?after=profile");
    browser.get(answer.location()).await.shows("Enregistré.").shows("value=\"John D.\"").shows("lang=\"fr\"");
    browser.get("/account").await.lacks("Enregistré.");
    // Mail follows the choice.
    app.browser().post("/fn/sign-in/send-code", &[("email", JOHN)]).await;
    assert!(app.deliver().await[0].subject.starts_with("Votre code"));
}

async fn what_was_typed_survives_an_error(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    let answer = browser.post("/fn/account/profile", &[("name", "   "), ("language", "fr")]).await;
    let page = browser.get(answer.location()).await;
    page.shows("Type a name").shows("value=\"fr\" selected").shows("aria-invalid");
    let answer = browser.post("/fn/account/profile", &[("name", "<b>Bold</b>"), ("language", "klingon")]).await;
    browser
        .get(answer.location())
        .await
        .shows("not one of the choices")
        .shows("&lt;b&gt;Bold&lt;/b&gt;")
        .lacks("<b>Bold");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE name = 'John Doe'").await, 1);
}

fn handles(page: &str) -> Vec<String> {
    page.split("name=\"handle\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn one_ends_ones_own_sessions_and_no_others(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    app.member("maya@woodgrove.example", "Maya").await;
    let (mut here, mut there) = (app.signed_in(JOHN).await, app.signed_in(JOHN).await);
    let mut maya = app.signed_in("maya@woodgrove.example").await;
    let page = here.get("/account").await;
    page.shows("this browser");
    let listed = handles(&page.body);
    assert_eq!(listed.len(), 1, "one's current session is not ended here");
    let answer = maya.post("/fn/account/end-session", &[("handle", &listed[0])]).await;
    maya.get(answer.location()).await.shows("not there any more");
    assert_eq!(there.get("/").await.status, 200);
    here.post("/fn/account/end-session", &[("handle", &listed[0])]).await;
    assert_eq!(there.get("/").await.location(), "/sign-in");
    let mut third = app.signed_in(JOHN).await;
    here.post("/fn/account/end-others", &[]).await;
    assert_eq!(third.get("/").await.location(), "/sign-in");
    assert_eq!(here.get("/").await.status, 200);
    assert_eq!(maya.get("/").await.status, 200);
    let before = here.cookies.clone();
    assert_eq!(here.post("/fn/sign-out", &[]).await.location(), "/sign-in");
    here.cookies = before;
    assert_eq!(here.get("/").await.location(), "/sign-in", "a kept cookie is worth nothing");
}

async fn sessions_end_when_idle_and_after_a_week(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut idle = app.signed_in(JOHN).await;
    let mut busy = app.signed_in(JOHN).await;
    app.clock.advance(IDLE - HOUR);
    assert_eq!(busy.get("/").await.status, 200);
    app.clock.advance(2 * HOUR);
    assert_eq!(idle.get("/").await.location(), "/sign-in");
    assert_eq!(busy.get("/").await.status, 200, "use keeps it");
    for _ in 0..7 * 3 {
        app.clock.advance(DAY / 3);
        busy.get("/").await;
    }
    assert_eq!(busy.get("/").await.location(), "/sign-in", "use does not keep it for ever");
    vestibule::services::start::purge(&app.services).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM sessions WHERE data <> '{}'").await, 0);
    app.clock.advance(DAY);
    vestibule::services::start::purge(&app.services).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM sessions").await, 0, "for a day it is known whose it was");
    assert_eq!(app.number("SELECT COUNT(*) FROM codes").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 0);
}

on_both_engines!(
    name_and_language_change_at_once,
    what_was_typed_survives_an_error,
    one_ends_ones_own_sessions_and_no_others,
    sessions_end_when_idle_and_after_a_week,
);
