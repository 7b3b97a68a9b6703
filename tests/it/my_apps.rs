//! *My Apps*: who sees what, and what opens.

use crate::support::{TestApp, on_both_engines};
use axum::http::Method;
use vestibule::domain::app::Assignee;

const JOHN: &str = "john.doe@woodgrove.example";
const SAM: &str = "sam@gmail.com";

async fn one_sees_what_one_may_open_directly_or_through_groups(app: TestApp) {
    let john = app.member(JOHN, "John Doe").await;
    let group = app.group("Contoso launch").await;
    app.join(group, &john).await;
    let board = app.app("Launch board", "https://board.example/x", true).await;
    let plans = app.app("Site plans", "https://plans.example", true).await;
    let other = app.app("Secret app", "https://secret.example", true).await;
    app.assign(board, Assignee::User(john.id)).await;
    app.assign(board, Assignee::Group(group)).await;
    app.assign(plans, Assignee::Group(group)).await;
    let mut browser = app.signed_in(JOHN).await;
    let page = browser.get("/").await;
    page.shows("Launch board").shows("Site plans").lacks("Secret app");
    assert_eq!(page.body.matches("data-name=\"Launch board\"").count(), 1, "twice granted, shown once");
    browser.get("/?q=LAU").await.shows("Launch board").lacks("Site plans");
    browser.get("/?q=zzz").await.shows("No app of yours is called that").lacks("Launch board");
    let opened = browser.get(&format!("/apps/{board}/open")).await;
    assert_eq!((opened.status.as_u16(), opened.location()), (303, "https://board.example/x"));
    assert_eq!(browser.get(&format!("/apps/{other}/open")).await.status, 404);
    assert_eq!(browser.get(&format!("/apps/{other}")).await.status, 404);
    let page = browser.get(&format!("/apps/{board}")).await;
    page.shows("Given to you").shows("Through the group Contoso launch").shows("Read &lt;b&gt;this&lt;/b&gt;.");
}

async fn access_is_checked_when_an_app_is_opened(app: TestApp) {
    let john = app.member(JOHN, "John Doe").await;
    let board = app.app("Launch board", "https://board.example", true).await;
    app.assign(board, Assignee::User(john.id)).await;
    let mut browser = app.signed_in(JOHN).await;
    let open = format!("/apps/{board}/open");
    assert_eq!(browser.get(&open).await.status, 303);
    let ends = app.now().plus(60_000).0;
    app.sql(&format!("UPDATE app_assignments SET until = {ends}")).await;
    assert_eq!(browser.get(&open).await.status, 303);
    app.clock.advance(60_000);
    assert_eq!(browser.get(&open).await.status, 404, "access ends on time");
    app.sql("UPDATE app_assignments SET until = NULL").await;
    assert_eq!(browser.get(&open).await.status, 303);
    app.sql("UPDATE apps SET deleted_at = 1").await;
    assert_eq!(browser.get(&open).await.status, 404);
}

async fn a_group_is_no_tunnel_for_guests(app: TestApp) {
    let sam = app.guest(SAM, "Sam Oogle").await;
    let group = app.group("Contoso launch").await;
    app.join(group, &sam).await;
    let closed = app.app("Payslips", "https://pay.example", false).await;
    app.assign(closed, Assignee::Group(group)).await;
    let mut browser = app.signed_in(SAM).await;
    let open = format!("/apps/{closed}/open");
    browser.get("/").await.lacks("Payslips");
    assert_eq!(browser.get(&open).await.status, 404);
    app.sql("UPDATE app_assignments SET for_guests = TRUE").await;
    assert_eq!(browser.get(&open).await.status, 303, "the app's owner allowed this group");
}

async fn launches_are_counted_and_prefetches_are_not(app: TestApp) {
    let john = app.member(JOHN, "John Doe").await;
    let board = app.app("Launch board", "https://board.example", true).await;
    app.assign(board, Assignee::User(john.id)).await;
    let mine = app.signed_in(JOHN).await;
    let open = format!("/apps/{board}/open");
    let mut prefetching = mine.clone().with_header("sec-purpose", "prefetch;prerender");
    assert_eq!(prefetching.get(&open).await.status, 303);
    mine.clone().send(Method::HEAD, &open, None).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM launches").await, 0);
    for _ in 0..3 {
        mine.clone().get(&open).await;
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM launches").await, 3);
    assert_eq!(app.number("SELECT launches FROM launch_counts").await, 3);
    mine.clone().get("/").await.shows("Opened most");
}

async fn a_launch_address_is_a_web_address_or_nothing(app: TestApp) {
    let john = app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    for bad in ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://u:p@evil.example"] {
        let id = app.app("Bad", bad, true).await;
        app.assign(id, Assignee::User(john.id)).await;
        let page = browser.get(&format!("/apps/{id}/open")).await;
        assert_eq!(page.status, 422, "{bad}");
        assert_eq!(page.location(), "");
        page.shows("cannot be opened").lacks("javascript:");
    }
    browser.get("/").await.lacks("javascript:");
}

async fn favourites_stand_first(app: TestApp) {
    let john = app.member(JOHN, "John Doe").await;
    let mut last = None;
    for name in ["Alpha", "Beta", "Gamma"] {
        let id = app.app(name, "https://x.example", true).await;
        app.assign(id, Assignee::User(john.id)).await;
        last = Some(id);
    }
    let gamma = last.unwrap().to_string();
    let mut browser = app.signed_in(JOHN).await;
    browser.get("/").await.shows("Your apps").lacks("Favourites");
    let answer = browser.post("/fn/favourite", &[("app", &gamma), ("on", "true")]).await;
    assert_eq!(answer.location(), "/");
    let page = browser.get("/").await;
    page.shows("Favourites").shows("Remove from favourites");
    assert!(page.body.find("data-name=\"Gamma\"") < page.body.find("data-name=\"Alpha\""));
    browser.post("/fn/favourite", &[("app", &gamma), ("on", "false")]).await;
    browser.get("/").await.lacks("Remove from favourites");
    // Not of what one may not open.
    let foreign = app.app("Foreign", "https://x.example", true).await.to_string();
    assert_eq!(browser.post("/fn/favourite", &[("app", &foreign), ("on", "true")]).await.status, 404);
    assert_eq!(browser.post("/fn/favourite", &[("app", "nonsense"), ("on", "true")]).await.status, 404);
}

async fn the_demonstration_is_as_promised(app: TestApp) {
    let app = app.with_demo().await;
    assert!(app.number("SELECT COUNT(*) FROM users").await >= 12);
    assert_eq!(app.number("SELECT COUNT(*) FROM directory_groups").await, 8);
    assert_eq!(app.number("SELECT COUNT(*) FROM apps WHERE icon IS NOT NULL").await, 15);
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE role = 'administrator'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE email LIKE '%fabrikam%' OR email LIKE 'owner@%'").await, 0);
    for name in ["Contoso launch"] {
        let owned = format!(
            "SELECT COUNT(*) FROM directory_groups g JOIN group_owners o ON o.group_id = g.id JOIN users u ON u.id = o.user_id
             WHERE g.name = '{name}' AND g.guests_allowed AND u.email = '{JOHN}'"
        );
        assert_eq!(app.number(&owned).await, 1);
    }
    let mut browser = app.browser();
    browser.get("/sign-in").await.shows("/demo/persona");
    assert_eq!(browser.post("/demo/persona", &[("email", JOHN)]).await.location(), "/");
    browser.get("/").await.shows("Launch board");
    assert_eq!(browser.post("/demo/persona", &[("email", "owner@woodgrove.example")]).await.status, 404);
}

async fn outside_the_demonstration_nobody_is_a_persona(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.browser();
    browser.get("/sign-in").await.lacks("/demo/");
    for path in ["/demo/mailbox", "/demo/mailbox.json", "/demo/apps/launch-board"] {
        assert_eq!(browser.get(path).await.status, 404);
    }
    assert_eq!(browser.post("/demo/persona", &[("email", JOHN)]).await.status, 404);
    assert_eq!(browser.get("/").await.location(), "/sign-in");
}

on_both_engines!(
    one_sees_what_one_may_open_directly_or_through_groups,
    access_is_checked_when_an_app_is_opened,
    a_group_is_no_tunnel_for_guests,
    launches_are_counted_and_prefetches_are_not,
    a_launch_address_is_a_web_address_or_nothing,
    favourites_stand_first,
    the_demonstration_is_as_promised,
    outside_the_demonstration_nobody_is_a_persona,
);
