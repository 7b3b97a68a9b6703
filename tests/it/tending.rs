//! What owners do with their groups and apps themselves, and how one comes into a group.

use crate::support::{
    TestApp,
    house::{House, JOHN, SAM, accept, house, invite, own, proved, send, wish},
    on_both_engines,
};
use axum::http::Method;
use vestibule::{
    domain::{
        invitation::{Outcome, Target},
        policy::Reason,
        time::{DAY, HOUR},
    },
    services::organisation,
    storage,
};

const INES: &str = "ines@woodgrove.example";
const MAYA: &str = "maya@woodgrove.example";

fn group_fields<'a>(id: &'a str, version: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let plain = [("id", id), ("version", version), ("name", "Contoso launch"), ("join", "closed"), ("guests", "on")];
    plain
        .into_iter()
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name))
        .chain(more.iter().copied())
        .collect()
}

async fn members_make_groups_where_policy_allows(app: TestApp) {
    house(&app).await;
    let mut john = app.signed_in(JOHN).await;
    john.get("/groups").await.shows("New group");
    let fields =
        [("name", ""), ("description", "Launching"), ("join", "ask"), ("guests", "on"), ("default_days", "30")];
    let back = john.post("/fn/groups/save", &fields).await;
    john.get(back.location()).await.shows("Launching").shows("value=\"30\"").shows("value=\"ask\" selected");
    let fields = [("name", " Moon\u{202E} "), ("description", "To the <moon>"), ("join", "open"), ("guests", "on")];
    let made = john.post("/fn/groups/save", &fields).await;
    john.get(made.location()).await.shows("Moon").shows("To the &lt;moon&gt;").shows("Settings");
    assert_eq!(
        app.number(
            "SELECT COUNT(*) FROM group_members m JOIN directory_groups g ON g.id = m.group_id WHERE g.name = 'Moon'"
        )
        .await,
        1
    );
    organisation::set(&app.services, &app.origin(), "membersCreateGroups", "false").await.unwrap();
    john.get("/groups").await.lacks("New group");
    assert_eq!(john.get("/groups/new").await.status, 404);
    assert_eq!(john.post("/fn/groups/save", &fields).await.status, 404);
}

async fn two_owners_edit_and_the_second_sees_what_changed(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let (mut john, mut ines) = (app.signed_in(JOHN).await, app.signed_in(INES).await);
    let id = house.group.to_string();
    let page = format!("/groups/{id}/settings");
    john.get(&page).await.shows("name=\"version\" value=\"1\"");
    john.post("/fn/groups/save", &group_fields(&id, "1", &[("description", "By John")])).await;
    let back = ines.post("/fn/groups/save", &group_fields(&id, "1", &[("description", "By Ines")])).await;
    let shown = ines.get(back.location()).await;
    shown.shows("Somebody else has changed this meanwhile").shows("By Ines").shows("name=\"version\" value=\"2\"");
    assert_eq!(app.number("SELECT COUNT(*) FROM directory_groups WHERE description = 'By John'").await, 1);
    ines.post("/fn/groups/save", &group_fields(&id, "2", &[("description", "By Ines")])).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM directory_groups WHERE description = 'By Ines'").await, 1);
    for (bad, why) in [
        (("default_days", "0"), "from 1 to 3650"),
        (("longest_days", "x"), "from 1 to 3650"),
        (("most", "-1"), "from 1 on"),
    ] {
        let back = ines.post("/fn/groups/save", &group_fields(&id, "3", &[bad])).await;
        ines.get(back.location()).await.shows(why).shows(bad.1);
    }
    // Who does not look after it finds no such page.
    app.member(MAYA, "Maya Stone").await;
    let mut maya = app.signed_in(MAYA).await;
    assert_eq!(maya.get(&page).await.status, 404);
    assert_eq!(maya.post("/fn/groups/save", &group_fields(&id, "3", &[])).await.status, 404);
    assert_eq!(maya.post("/fn/groups/delete", &[("id", &id)]).await.status, 404);
    assert_eq!(maya.get(&format!("/groups/{id}/people.csv")).await.status, 404);
}

async fn owners_come_and_go_but_for_the_last(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    let mut john = app.signed_in(JOHN).await;
    let target = Target::Group(house.group).to_string();
    let done = format!("/groups/{}/settings?after=done", house.group);
    for bad in ["nobody@woodgrove.example", "x"] {
        john.post("/fn/tending/owners", &[("target", &target), ("email", bad)]).await;
        john.get(&done).await.shows("Name a colleague");
    }
    let own_id = house.john.id.to_string();
    john.post("/fn/tending/owners", &[("target", &target), ("remove", &own_id)]).await;
    john.get(&done).await.shows("The last owner stays");
    john.post("/fn/tending/owners", &[("target", &target), ("email", INES)]).await;
    john.get(&done).await.shows("Inès Moreau is an owner now");
    let answer = john.post("/fn/tending/owners", &[("target", &target), ("remove", &own_id)]).await;
    assert_eq!(answer.location(), "/groups?after=done");
    assert_eq!(john.get(&format!("/groups/{}/settings", house.group)).await.status, 404);
    assert_eq!(app.number("SELECT COUNT(*) FROM group_owners").await, 1);
    let _ = ines;
}

async fn an_app_is_given_to_a_group_once(app: TestApp) {
    let house = house(&app).await;
    let mut john = app.signed_in(JOHN).await;
    let id = house.board.to_string();
    app.group("Press").await;
    let mut tx = app.services.db.write().await.unwrap();
    storage::apps::add_owner(&mut tx.conn(), house.board, house.john.id, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let fields = [("app", id.as_str()), ("name", "Press")];
    john.post("/fn/apps/groups", &fields).await;
    john.post("/fn/apps/groups", &fields).await;
    let events = "SELECT COUNT(*) FROM audit_events WHERE activity = 'Add app role assignment to group'";
    assert_eq!(app.number(events).await, 1);
}

async fn a_deleted_group_gives_nothing_and_comes_back(app: TestApp) {
    let house = house(&app).await;
    let link = {
        invite(&app, &house, SAM).await;
        app.deliver().await.remove(0).link()
    };
    let (mut guest, page) = proved(&app, &link).await;
    accept(&mut guest, &page).await;
    let mut john = app.signed_in(JOHN).await;
    let id = house.group.to_string();
    let answer = john.post("/fn/groups/delete", &[("id", &id)]).await;
    let page = john.get(answer.location()).await;
    page.shows("Contoso launch is deleted").shows("Undo");
    guest.get("/").await.lacks("Launch board");
    assert_eq!(john.get(&format!("/groups/{id}")).await.status, 404);
    let mark = "action=\"/fn/undo\"><input type=\"hidden\" name=\"ids[]\" value=\"";
    let undo = page.body.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    john.post("/fn/undo", &[("id", &undo), ("back", "/groups")]).await;
    guest.get("/").await.shows("Launch board");
    // Too late after an hour.
    let answer = john.post("/fn/groups/delete", &[("id", &id)]).await;
    let page = john.get(answer.location()).await;
    let undo = page.body.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    app.clock.advance(HOUR);
    john.post("/fn/undo", &[("id", &undo), ("back", "/groups")]).await;
    john.get("/groups?after=done").await.shows("too late to undo");
}

async fn owners_bound_how_many_guests_and_for_how_long(app: TestApp) {
    let house = house(&app).await;
    app.sql("UPDATE directory_groups SET most_guests = 1, default_days = 20, longest_days = 30").await;
    let target = Target::Group(house.group);
    let ends = "SELECT COUNT(*) FROM group_members WHERE until IS NOT NULL";
    let too_long = vestibule::services::invitation::Wish {
        access_until: "2027-03-01".into(),
        ..wish("lee@partner.example", &[target])
    };
    let answer = send(&app, &house.john, &too_long).await.remove(0);
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::TooLong)));
    let answer = send(&app, &house.john, &wish(SAM, &[target])).await.remove(0);
    assert_eq!(answer.outcome, Outcome::Invited);
    assert_eq!(app.number(ends).await, 1, "the default end");
    let until = app.number("SELECT until FROM group_members WHERE until IS NOT NULL").await;
    assert_eq!((until - app.now().0) / DAY, 20);
    let answer = send(&app, &house.john, &wish("lee@partner.example", &[target])).await.remove(0);
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::Full)));
    // Members are no guests.
    app.member(MAYA, "Maya Stone").await;
    assert_eq!(send(&app, &house.john, &wish(MAYA, &[target])).await[0].outcome, Outcome::Added);
    assert_eq!(app.number(ends).await, 1);
}

async fn one_comes_into_a_group_as_its_owners_decided(app: TestApp) {
    let house = house(&app).await;
    app.member(MAYA, "Maya Stone").await;
    let mut maya = app.signed_in(MAYA).await;
    let (id, page) = (house.group.to_string(), format!("/groups/{}", house.group));
    // Closed: nothing to see.
    assert_eq!(maya.get(&page).await.status, 404);
    assert_eq!(maya.post("/fn/groups/join", &[("id", &id)]).await.status, 404);
    maya.get("/groups").await.lacks("Contoso launch");
    // By asking.
    app.sql("UPDATE directory_groups SET join_policy = 'ask'").await;
    maya.get("/groups").await.shows("Groups you may join").shows("Contoso launch");
    maya.get(&page).await.shows("Ask to join").lacks("Guests");
    let word = "I write the <press> release";
    maya.post("/fn/groups/join", &[("id", &id), ("word", word)]).await;
    maya.post("/fn/groups/join", &[("id", &id), ("word", "again")]).await;
    maya.get(&page).await.shows("You asked on 23 November 2026").lacks("Ask to join<");
    // Taken back and asked again, it is one that waits.
    maya.post("/fn/groups/take-back", &[("id", &id)]).await;
    maya.get(&page).await.shows("Ask to join<");
    maya.post("/fn/groups/join", &[("id", &id), ("word", word)]).await;
    maya.get("/groups").await.shows("<span class=\"tag\">asked");
    let told = app.deliver().await;
    assert_eq!(told.len(), 1, "told once a day, however often it is asked");
    assert_eq!((told[0].to.as_str(), told[0].subject.as_str()), (JOHN, "Maya Stone wants to join Contoso launch"));
    assert!(told[0].text.contains(word) && told[0].link() == page, "{}", told[0].text);
    let mut john = app.signed_in(JOHN).await;
    john.get("/groups").await.shows("1 ask to join");
    let shown = john.get(&page).await;
    shown.shows("Who asks to join").shows("I write the &lt;press&gt; release");
    let mark = "action=\"/fn/groups/answer\" class=\"acts\"><input type=\"hidden\" name=\"id\" value=\"";
    let request = shown.body.split(mark).nth(1).expect("a request").split('"').next().unwrap().to_owned();
    assert_eq!(maya.post("/fn/groups/answer", &[("id", &request), ("answer", "yes")]).await.status, 404);
    john.post("/fn/groups/answer", &[("id", &request), ("answer", "no")]).await;
    john.post("/fn/groups/answer", &[("id", &request), ("answer", "yes")]).await;
    john.get("/groups?after=done").await.shows("It stands otherwise by now");
    maya.get("/").await.lacks("Launch board");
    let told = app.deliver().await.remove(0);
    assert_eq!((told.to.as_str(), told.subject.as_str()), (MAYA, "You cannot join Contoso launch"));
    maya.post("/fn/groups/join", &[("id", &id), ("word", "")]).await;
    let shown = john.get(&page).await;
    let request = shown.body.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    john.post("/fn/groups/answer", &[("id", &request), ("answer", "yes")]).await;
    maya.get("/").await.shows("Launch board");
    // Leaving, and coming in by oneself where it is open. Guests never.
    app.sql("UPDATE directory_groups SET join_policy = 'open'").await;
    let user = app.number("SELECT COUNT(*) FROM users WHERE name = 'Maya Stone'").await;
    assert_eq!(user, 1);
    let target = Target::Group(house.group).to_string();
    let mut held = app.services.db.read().await.unwrap();
    let key = vestibule::domain::email::EmailKey(MAYA.to_owned());
    let maya_id = storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap().id.to_string();
    drop(held);
    maya.post("/fn/access/steer", &[("user", &maya_id), ("target", &target), ("act", "leave"), ("back", "/groups")])
        .await;
    maya.get("/groups?after=done").await.shows("You have left Contoso launch").shows("Undo");
    maya.get("/").await.lacks("Launch board");
    maya.post("/fn/groups/join", &[("id", &id)]).await;
    maya.get("/").await.shows("Launch board");
    app.guest(SAM, "Sam Oogle").await;
    app.deliver().await;
    let mut sam = app.signed_in(SAM).await;
    sam.get("/groups").await.lacks("Contoso launch");
    assert_eq!(sam.post("/fn/groups/join", &[("id", &id)]).await.status, 404);
}

async fn apps_are_managed_by_their_owners(app: TestApp) {
    let House { john, group, board } = house(&app).await;
    let mut tx = app.services.db.write().await.unwrap();
    storage::apps::add_owner(&mut tx.conn(), board, john.id, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = app.signed_in(JOHN).await;
    let (id, page) = (board.to_string(), format!("/apps/{board}/settings"));
    browser.get(&page).await.shows("Settings of Launch board").shows("Contoso launch");
    let fields = [
        ("id", id.as_str()),
        ("version", "1"),
        ("note", "Rockets"),
        ("instructions", "Press <go>.\nWait."),
        ("category", "Space"),
    ];
    browser.post("/fn/apps/save", &fields).await;
    browser.get(&format!("/apps/{board}?after=done")).await.shows("Rockets").shows("Press &lt;go&gt;.");
    // The guest switch is off now: a group is no tunnel, unless the owner allows it.
    invite(&app, &House { john, group, board }, SAM).await;
    let link = app.deliver().await.remove(0).link();
    let (mut guest, shown) = proved(&app, &link).await;
    accept(&mut guest, &shown).await;
    guest.get("/").await.lacks("Launch board");
    let group_id = group.to_string();
    browser.post("/fn/apps/groups", &[("app", &id), ("open", &group_id)]).await;
    assert_eq!(guest.get(&format!("/apps/{board}/open")).await.location(), "https://board.example/");
    browser.post("/fn/apps/groups", &[("app", &id), ("shut", &group_id)]).await;
    guest.get("/").await.lacks("Launch board");
    browser.post("/fn/apps/groups", &[("app", &id), ("remove", &group_id)]).await;
    browser.get(&page).await.lacks("Contoso launch");
    browser.post("/fn/apps/groups", &[("app", &id), ("name", "No such group")]).await;
    browser.get(&format!("{page}?after=done")).await.shows("no group of exactly this name");
    browser.post("/fn/apps/groups", &[("app", &id), ("name", "Contoso launch")]).await;
    browser.get(&page).await.shows("Contoso launch").shows("Launches in the last 30 days: 1. People: 1.");
    assert_eq!(guest.get(&page).await.status, 404);
    assert_eq!(guest.post("/fn/apps/groups", &[("app", &id), ("open", &group_id)]).await.status, 404);
    assert_eq!(guest.post("/fn/apps/save", &fields).await.status, 404);
}

async fn an_icon_is_sent_as_a_file(app: TestApp) {
    let House { john, board, .. } = house(&app).await;
    let mut tx = app.services.db.write().await.unwrap();
    storage::apps::add_owner(&mut tx.conn(), board, john.id, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let part = |content: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"i.svg\"\r\n\
            Content-Type: image/svg+xml\r\n\r\n{content}\r\n--x--\r\n"
        )
    };
    let path = format!("/apps/{board}/icon");
    let mut browser = app.signed_in(JOHN).await.with_header("content-type", "multipart/form-data; boundary=x");
    let done = format!("/apps/{board}/settings?after=done");
    let svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script><rect width=\"4\" height=\"4\"/></svg>";
    assert_eq!(browser.send(Method::POST, &path, Some(part(svg))).await.location(), done);
    browser.get(&done).await.shows("The icon is changed");
    let icon = browser.get(&path).await;
    assert_eq!(icon.header("content-type"), "image/svg+xml");
    icon.shows("rect").lacks("alert");
    assert!(icon.header("content-security-policy").contains("default-src 'none'"));
    for (bad, why) in [("GIF89a".to_owned(), "not a PNG or SVG"), ("x".repeat(200_000), "too large")] {
        browser.send(Method::POST, &path, Some(part(&bad))).await;
        browser.get(&done).await.shows(why);
    }
    app.member(MAYA, "Maya Stone").await;
    let mut maya = app.signed_in(MAYA).await.with_header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(maya.send(Method::POST, &path, Some(part(svg))).await.status, 404);
    assert!(app.browser().send(Method::POST, &path, Some(part(svg))).await.location().starts_with("/sign-in"));
}

async fn who_has_access_leaves_as_csv(app: TestApp) {
    let house = house(&app).await;
    app.guest(SAM, "=HYPERLINK(\"x\")").await;
    let mut held = app.services.db.read().await.unwrap();
    let key = vestibule::domain::email::EmailKey(SAM.to_owned());
    let sam = storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap();
    drop(held);
    app.join(house.group, &sam).await;
    app.join(house.group, &house.john).await;
    let mut john = app.signed_in(JOHN).await;
    let file = john.get(&format!("/groups/{}/people.csv", house.group)).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"Contoso-launch.csv\"");
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines.len(), 3, "{}", file.body);
    assert_eq!(lines[0], "name,email,userType,state,accessUntil,sponsor");
    assert!(lines[1].starts_with("\"'=HYPERLINK"), "{}", file.body);
    assert!(lines[2].starts_with("John Doe,john.doe@woodgrove.example,member,active"), "{}", file.body);
}

on_both_engines!(
    members_make_groups_where_policy_allows,
    two_owners_edit_and_the_second_sees_what_changed,
    owners_come_and_go_but_for_the_last,
    an_app_is_given_to_a_group_once,
    a_deleted_group_gives_nothing_and_comes_back,
    owners_bound_how_many_guests_and_for_how_long,
    one_comes_into_a_group_as_its_owners_decided,
    apps_are_managed_by_their_owners,
    an_icon_is_sent_as_a_file,
    who_has_access_leaves_as_csv,
);
