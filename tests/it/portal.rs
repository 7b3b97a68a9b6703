//! The portal: who sees and does what, the lists, people's lives, roles, settings, the trail.

use crate::support::{
    Browser, Engine, TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, mailed, own, proved, send, wish},
    on_both_engines,
};
use axum::http::Method;
use vestibule::{
    domain::{
        app::Assignee,
        ids::UserId,
        invitation::Target,
        policy::Reason,
        report::ReportName,
        roles::Power,
        time::DAY,
        user::{Redemption, Role, User, UserType},
    },
    services::{organisation, people, portal},
    storage,
};

const ADMIN: &str = "admin@woodgrove.example";
const INES: &str = "ines@woodgrove.example";

async fn admin(app: &TestApp) -> User {
    people::ensure_administrator(&app.services, &app.origin(), ADMIN, "Ada Lindqvist").await.unwrap()
}

async fn with_role(app: &TestApp, role: Role) -> User {
    let email = format!("{}@woodgrove.example", role.as_str());
    let new = people::NewMember { email: &email, name: role.as_str(), roles: &[role] };
    people::add_member(&app.services, &app.origin(), new).await.unwrap()
}

async fn guest(app: &TestApp, house: &House) -> User {
    let letter = mailed(app, house).await;
    let (mut browser, page) = proved(app, &letter.link()).await;
    accept(&mut browser, &page).await;
    by_email(app, SAM).await
}

async fn by_email(app: &TestApp, email: &str) -> User {
    let key = vestibule::domain::email::EmailKey(email.to_owned());
    let mut held = app.services.db.read().await.unwrap();
    storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap()
}

/// Every page of the portal, and the power that it needs.
fn pages(person: UserId) -> Vec<(String, Power)> {
    let page = |path: &str, power| (path.to_owned(), power);
    let mut pages = vec![
        page("/admin", Power::SeePeople),
        page("/admin/guests", Power::SeePeople),
        page("/admin/guests?q=sam&only=active&order=seen", Power::SeePeople),
        page("/admin/members", Power::SeePeople),
        page("/admin/groups", Power::SeePeople),
        page("/admin/groups?q=con&only=deleted", Power::SeePeople),
        page("/admin/apps?order=created", Power::SeePeople),
        page("/admin/invitations", Power::SeePeople),
        page("/admin/guests.csv", Power::SeePeople),
        page("/admin/members.jsonl", Power::SeePeople),
        page("/admin/groups.csv", Power::SeePeople),
        page("/admin/invitations.csv", Power::SeePeople),
        page("/admin/invitations.jsonl?q=sam&state=pending", Power::SeePeople),
        page("/admin/apps.jsonl", Power::SeePeople),
        page("/admin/members/add", Power::ManagePeople),
        page("/admin/apps/new", Power::ManagePlaces),
        page("/admin/invite", Power::Invite),
        page("/admin/audit", Power::SeeTrail),
        page("/admin/audit.csv", Power::SeeTrail),
        page("/admin/audit.jsonl", Power::SeeTrail),
        page("/admin/consents.csv", Power::SeeOrganisation),
        page("/admin/consents.jsonl", Power::SeeOrganisation),
        page("/admin/reports", Power::SeeReports),
        page("/admin/organisation", Power::SeeOrganisation),
        page("/admin/roles", Power::SeeOrganisation),
        (format!("/admin/people/{person}"), Power::SeePeople),
    ];
    for name in ReportName::ALL {
        pages.push((format!("/admin/reports/{}", name.as_str()), Power::SeeReports));
        pages.push((format!("/admin/reports/{}.csv", name.as_str()), Power::SeeReports));
    }
    for only in ["unsponsored", "never", "inactive", "ending", "deleted", "invited"] {
        pages.push((format!("/admin/guests?only={only}"), Power::SeePeople));
    }
    for state in ["pending", "expired", "ending", "failed", "waiting", "accepted"] {
        pages.push((format!("/admin/invitations?state={state}&q=sam"), Power::SeePeople));
    }
    pages
}

/// A form's path, its fields, and the power that it needs.
type Form = (&'static str, Vec<(&'static str, String)>, Power);

/// What the portal's pages ask for, called by itself, and the power that it needs.
fn loads(person: UserId) -> Vec<Form> {
    let with = |key: &'static str, value: &str| vec![(key, value.to_owned())];
    vec![
        ("/fn/admin/start", vec![], Power::SeePeople),
        ("/fn/admin/people", with("members", "true"), Power::SeePeople),
        ("/fn/admin/person", with("id", &person.to_string()), Power::SeePeople),
        ("/fn/admin/places", with("apps", "true"), Power::SeePeople),
        ("/fn/admin/invitations", vec![], Power::SeePeople),
        ("/fn/admin/invite/page", vec![], Power::Invite),
        ("/fn/admin/trail", vec![], Power::SeeTrail),
        ("/fn/admin/roles/page", vec![], Power::SeeOrganisation),
        ("/fn/admin/form", with("form", "app"), Power::ManagePlaces),
        ("/fn/admin/organisation/page", vec![], Power::SeeOrganisation),
        ("/fn/admin/reports", vec![], Power::SeeReports),
        ("/fn/admin/report", with("name", "guests"), Power::SeeReports),
    ]
}

/// Every form of the portal with fields that it takes, and the power that it needs.
fn forms(person: UserId, house: &House) -> Vec<Form> {
    let id = person.to_string();
    let mut forms: Vec<Form> = Vec::new();
    for (act, power) in [
        ("sessions", Power::HelpPeople),
        ("resend", Power::HelpPeople),
        ("disable", Power::ManagePeople),
        ("enable", Power::ManagePeople),
        ("delete", Power::ManagePeople),
        ("restore", Power::ManagePeople),
        ("sponsor", Power::ManagePeople),
        ("group", Power::ManagePeople),
        ("end", Power::ManagePeople),
    ] {
        let fields = vec![("ids[]", id.clone()), ("act", act.to_owned()), ("back", "/admin/guests".to_owned())];
        forms.push(("/fn/admin/people/act", fields, power));
    }
    let one = |key: &'static str, value: &str| vec![("id", id.clone()), (key, value.to_owned())];
    forms.push(("/fn/admin/person/save", one("name", "Sam Oogle"), Power::ManagePeople));
    forms.push(("/fn/admin/person/convert", one("to", "guest"), Power::ManagePeople));
    forms.push(("/fn/admin/person/address", one("email", "nothing"), Power::ManagePeople));
    forms.push(("/fn/admin/person/erase", one("sure", "no"), Power::Erase));
    forms.push(("/fn/admin/members/add", vec![("list", String::new())], Power::ManagePeople));
    forms.push((
        "/fn/admin/roles/give",
        vec![("email", "nobody".to_owned()), ("role", "auditor".to_owned())],
        Power::ManageRoles,
    ));
    forms.push(("/fn/admin/roles/take", one("role", "auditor"), Power::ManageRoles));
    forms.push(("/fn/admin/apps/new", vec![("name", String::new())], Power::ManagePlaces));
    forms.push(("/fn/admin/invite/send", vec![("email", String::new())], Power::Invite));
    forms.push((
        "/fn/admin/organisation/save",
        vec![("values[mailsPerDay]", "x".to_owned())],
        Power::ManageOrganisation,
    ));
    for act in ["open", "shut", "delete", "restore"] {
        let fields = vec![
            ("targets[]", format!("group:{}", house.group)),
            ("act", act.to_owned()),
            ("back", "/admin/groups".to_owned()),
        ];
        forms.push(("/fn/admin/places/act", fields, Power::ManagePlaces));
    }
    let fields = vec![("id", house.board.to_string()), ("launch_url", "nothing".to_owned())];
    forms.push(("/fn/admin/apps/readdress", fields, Power::ManagePlaces));
    forms.push(("/admin/invite/preview", vec![], Power::Invite));
    forms.push(("/fn/admin/organisation/pause", vec![("paused", "false".to_owned())], Power::ManageOrganisation));
    forms.push(("/fn/admin/organisation/test-mail", vec![], Power::ManageOrganisation));
    forms
}

// The table of docs/ROLES.md, on every page and every form: each role, no role, a guest, nobody.
async fn every_page_and_form_is_for_those_whose_roles_allow_it(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut hands: Vec<(String, Vec<Role>)> = vec![(JOHN.to_owned(), vec![]), (SAM.to_owned(), vec![])];
    for role in Role::ALL {
        hands.push((with_role(&app, *role).await.email, vec![*role]));
    }
    for (email, roles) in hands {
        let mut browser = app.signed_in(&email).await;
        let may = |power: Power| roles.iter().any(|role| role.has(power));
        for (path, power) in pages(sam.id) {
            let expected = if may(power) { 200 } else { 404 };
            assert_eq!(browser.get(&path).await.status, expected, "{email} {path}");
        }
        for (path, fields, power) in forms(sam.id, &house) {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let expected = match may(power) {
                true if path.ends_with("/preview") => 200,
                true => 303,
                false => 404,
            };
            assert_eq!(browser.post(path, &fields).await.status, expected, "{email} {path} {fields:?}");
        }
        for (path, fields, power) in loads(sam.id) {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let answer = browser.post(path, &fields).await;
            // Answered, and whoever wants a page is sent back to where they came from.
            assert_eq!(answer.status, if may(power) { 302 } else { 404 }, "{email} {path}");
        }
        for (path, power) in
            [("/admin/members/file", Power::ManagePeople), ("/admin/organisation/logo", Power::ManageOrganisation)]
        {
            let mut browser =
                app.signed_in(&email).await.with_header("content-type", "multipart/form-data; boundary=x");
            let body =
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nnobody\r\n--x--\r\n";
            let expected = if may(power) { 303 } else { 404 };
            let sent = browser.send(Method::POST, path, Some(body.to_owned())).await;
            assert_eq!(sent.status, expected, "{email} {path}");
        }
    }
    // A form or a question that is new has to be named above.
    let named: Vec<&str> = forms(sam.id, &house).iter().chain(&loads(sam.id)).map(|(path, ..)| *path).collect();
    for (path, _) in leptos::server_fn::axum::server_fn_paths().filter(|(path, _)| path.starts_with("/fn/admin")) {
        assert!(named.contains(&path), "{path} is asked by no role here");
    }
    let mut nobody = app.browser();
    for (path, _) in pages(sam.id) {
        let answer = nobody.get(&path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.location().starts_with("/sign-in"), "{path}");
    }
    for (path, fields, _) in forms(sam.id, &house) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let answer = nobody.post(path, &fields).await;
        assert!(answer.status == 303 && answer.location().starts_with("/sign-in"), "{path} {}", answer.status);
    }
}

/// The links of a page to pages of ours, without those that leave or act.
fn links(body: &str) -> Vec<String> {
    let hrefs = body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let hrefs = hrefs.map(|href| href.replace("&amp;", "&").split('#').next().unwrap_or_default().to_owned());
    let left_out = ["/pkg/", "/brand/", "/style", "/fav", "/open", "/sign-out"];
    hrefs.filter(|href| href.starts_with('/') && !left_out.iter().any(|one| href.contains(one))).collect()
}

/// A path without what tells one of its kind from another.
fn kind_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.len() >= 36 { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

// What a page of the portal links to is there for whoever sees the link.
async fn no_link_of_the_portal_leads_nowhere(app: TestApp) {
    let app = app.with_demo().await;
    for role in Role::ALL {
        let email = with_role(&app, *role).await.email;
        let mut browser = app.browser();
        assert_eq!(browser.post("/demo/persona", &[("email", &email)]).await.location(), "/", "{email}");
        let mut wanted: Vec<String> = vec!["/admin".to_owned(), "/admin/guests?only=active".to_owned(), "/".to_owned()];
        let mut seen = std::collections::BTreeMap::<String, usize>::new();
        while let Some(path) = wanted.pop() {
            let count = seen.entry(kind_of(&path)).or_default();
            *count += 1;
            // Three of a kind differ as much as they ever do.
            if *count > 3 {
                continue;
            }
            let page = browser.get(&path).await;
            if path == "/admin" && !role.has(Power::SeePeople) {
                assert_eq!(page.status, 404);
                continue;
            }
            if path.starts_with("/admin/guests?") && page.status == 404 && !role.has(Power::SeePeople) {
                continue;
            }
            assert!(page.status == 200 || page.status == 303, "{email} is led to {path}: {}", page.status);
            wanted.extend(links(&page.body));
        }
        assert!(seen.len() > 4, "{email} {seen:?}");
    }
}

async fn lists_are_searched_filtered_ordered_and_paged(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    for i in 0..55 {
        let email = format!("g{i:02}@contoso.example");
        invite(&app, &house, &email).await;
        app.clock.advance(1_000);
    }
    invite(&app, &house, "mei.tan@trey.example").await;
    let mut browser = app.signed_in(ADMIN).await;
    let first = browser.get("/admin/guests").await;
    first.shows("g00@contoso.example").shows("g49@contoso.example").lacks("g50@contoso.example");
    let next = first.body.split("href=\"").find(|rest| rest.contains("from=") && rest.starts_with("/admin/guests?"));
    let next = next.expect("a next page").split('"').next().unwrap().replace("&amp;", "&");
    browser.get(&next).await.shows("g50@contoso.example").shows("mei.tan@trey.example").lacks("g49@contoso.example");
    // Everybody whom a search finds is reached, each once, by the word that finds them first; and in another order.
    let first = browser.get("/admin/guests?q=g").await;
    first.shows("g00@contoso.example").shows("g49@contoso.example").lacks("g50@contoso.example");
    assert_eq!(first.body.matches("g07@contoso.example").count(), 1);
    let next = first.body.split("href=\"").find(|rest| rest.contains("from=") && rest.starts_with("/admin/guests?"));
    let next = next.expect("a next page").split('"').next().unwrap().replace("&amp;", "&");
    browser.get(&next).await.shows("g50@contoso.example").shows("g54@contoso.example").lacks("g49@contoso.example");
    browser.get("/admin/guests?q=g&order=created").await.shows("g54@contoso.example").lacks("g00@contoso.example");
    let narrowed = browser.get("/admin/guests?q=g&only=invited").await;
    narrowed.shows("g00@contoso.example").shows("aria-sort=\"ascending\"");
    browser.get("/admin/guests?q=g").await.lacks("aria-sort");
    browser.get("/admin/guests?q=tan+mei").await.shows("mei.tan@trey.example").lacks("contoso.example");
    browser.get("/admin/guests?q=trey").await.shows("mei.tan@trey.example");
    browser.get("/admin/guests?order=created").await.shows("mei.tan@trey.example").lacks("g00@contoso.example");
    // Whose guests, or from where, goes with how they stand and with what is searched for.
    let of_john = format!("/admin/guests?sponsor={}", house.john.id);
    browser.get(&format!("{of_john}&only=active")).await.lacks("g00@contoso.example").shows("Nothing fits");
    browser
        .get(&format!("{of_john}&only=invited&q=g07"))
        .await
        .shows("g07@contoso.example")
        .lacks("g08@contoso.example");
    browser.get(&format!("{of_john}&domain=trey.example")).await.shows("mei.tan@").lacks("g00@contoso.example");
    browser.get("/admin/guests?domain=trey.example&only=invited").await.shows("mei.tan@").lacks("g00@contoso.example");
    browser.get("/admin/guests?domain=trey.example&only=active").await.shows("Nothing fits");
    let csv = browser.get(&format!("/admin/guests.csv?sponsor={}&only=active", house.john.id)).await.body;
    assert!(!csv.contains("@contoso.example"), "{csv}");
    browser.get("/admin/guests?domain=trey.example").await.shows("mei.tan@trey.example").lacks("contoso.example<");
    browser.get("/admin/guests?only=active").await.lacks("@contoso.example").shows("Nothing fits");
    browser.get(&format!("/admin/guests?sponsor={}", house.john.id)).await.shows("g00@contoso.example");
    browser.get("/admin/invitations?q=mei").await.shows("mei.tan@trey.example").lacks("contoso.example<");
    browser.get("/admin/invitations").await.shows("mei.tan@trey.example").lacks("g00@contoso.example");
    let oldest = browser.get("/admin/invitations?order=oldest").await;
    oldest.shows("g00@contoso.example").shows("g49@contoso.example").lacks("g50@contoso.example");
    let next = oldest.body.split("href=\"").find(|rest| rest.contains("from=")).expect("a next page");
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    browser.get(&next).await.shows("g50@contoso.example").shows("mei.tan@trey.example").lacks("g49@contoso.example");
    browser.get("/admin/invitations?q=tan+mei").await.shows("mei.tan@trey.example").lacks("contoso.example<");
    browser.get("/admin/members?q=mei").await.lacks("mei.tan@trey.example");
    app.clock.advance(31 * DAY);
    let mut browser = app.signed_in(ADMIN).await;
    browser.get("/admin/invitations?state=expired").await.shows("g54@contoso.example");
    browser.get("/admin/invitations?state=ending").await.shows("Nothing fits");
    let file = browser.get("/admin/guests.csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"guests.csv\"");
    assert_eq!(file.body.lines().count(), 57);
    assert!(file.body.starts_with("id,name,email,userType,standing,"));
    let lines = browser.get("/admin/guests.jsonl?q=mei").await;
    assert_eq!(lines.header("content-type"), "application/jsonl; charset=utf-8");
    assert_eq!(lines.header("content-disposition"), "attachment; filename=\"guests.jsonl\"");
    assert_eq!(lines.body.lines().count(), 1);
    let file = browser.get("/admin/invitations.csv?state=expired").await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"invitations.csv\"");
    assert_eq!(file.body.lines().count(), 57);
    assert!(file.body.starts_with("id,name,email,targets,state,mail,inviter,createdAt,changedAt,linkUntil\n"));
    let lines = browser.get("/admin/invitations.jsonl?q=mei").await;
    let sent: serde_json::Value = serde_json::from_str(&lines.body).unwrap();
    assert_eq!(sent["email"], "mei.tan@trey.example");
    assert_eq!(sent["targets"], serde_json::json!(["Contoso launch"]));
    assert_eq!([&sent["state"], &sent["mail"], &sent["inviter"]], ["expired", "sent", "John Doe"]);
    browser.get("/admin/groups?q=contoso").await.shows("Contoso launch");
    browser.get("/admin/apps?q=launch").await.shows("Launch board");
    browser.get("/admin").await.shows("What needs you today");
}

async fn a_rare_name_is_found_beside_a_word_of_thousands(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    invite(&app, &house, "ana.quist@contoso.example").await;
    // More than are looked through for a second word, all before hers.
    for (first, word) in [(1, "contoso"), (10_001, "zebra")] {
        let last = first + 5_999;
        let (numbers, id) = match app.engine {
            Engine::Sqlite => (
                format!("WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"),
                "UNHEX(PRINTF('%032d', i))",
            ),
            Engine::Postgres => {
                (format!("WITH n (i) AS (SELECT GENERATE_SERIES({first}, {last}))"), "LPAD(i::TEXT, 32, '0')::UUID")
            }
        };
        app.sql(&format!("{numbers} INSERT INTO search_terms (kind, term, id, words) SELECT 'guest', '{word}', {id}, ' {word}' FROM n"))
            .await;
    }
    let mut browser = app.signed_in(ADMIN).await;
    for query in ["ana+contoso", "contoso+ana", "ana.quist@contoso.example"] {
        for list in ["/admin/guests?q", "/admin/guests?only=invited&q", "/admin/invitations?q"] {
            let page = browser.get(&format!("{list}={query}")).await;
            page.shows("ana.quist@contoso.example").lacks("More may fit");
        }
    }
    for list in ["/admin/guests?q", "/admin/guests?only=invited&q", "/admin/invitations?q"] {
        browser.get(&format!("{list}=contoso+zebra")).await.shows("More may fit");
    }
}

async fn today_begins_with_first_steps_until_somebody_is_invited(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    with_role(&app, Role::Auditor).await;
    let mut browser = app.signed_in(ADMIN).await;
    browser.get("/admin").await.shows("First steps").shows("Invite the first guest").lacks("Nothing needs you");
    app.signed_in("auditor@woodgrove.example")
        .await
        .get("/admin")
        .await
        .shows("Nothing needs you")
        .lacks("First steps");
    invite(&app, &house, "mei@trey.example").await;
    browser.get("/admin").await.shows("Nothing needs you").lacks("First steps");
}

async fn kept_counts_are_what_a_scan_finds(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    invite(&app, &house, "mei@trey.example").await;
    invite(&app, &house, "mei@trey.example").await;
    people::set_enabled(&app.services, &app.origin(), SAM, false).await.unwrap();
    people::delete(&app.services, &app.origin(), "mei@trey.example").await.unwrap();
    people::restore(&app.services, &app.origin(), "mei@trey.example").await.unwrap();
    for (kept, scanned) in [
        ("what = 'users' AND key = 'guest.disabled'", "users WHERE user_type = 'guest' AND NOT enabled"),
        ("what = 'users' AND key = 'member.active'", "users WHERE user_type = 'member' AND standing = 'active'"),
        ("what = 'guests.domain'", "users WHERE user_type = 'guest' AND deleted_at IS NULL"),
        ("what = 'guests.sponsor'", "sponsors"),
        ("what = 'group.people'", "group_members"),
        ("what = 'invitations'", "invitations"),
        ("what = 'pending'", "invitations WHERE state = 'pending'"),
        ("what = 'pending.inviter'", "invitations WHERE state = 'pending'"),
        ("what = 'pending.group'", "invitation_targets WHERE state = 'pending' AND group_id IS NOT NULL"),
        ("what = 'pending.app'", "invitation_targets WHERE state = 'pending' AND app_id IS NOT NULL"),
        ("what = 'pending.domain'", "invitations WHERE state = 'pending'"),
        ("what = 'groups'", "directory_groups"),
        ("what = 'seen'", "users"),
    ] {
        let kept = app.number(&format!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM counts WHERE {kept}")).await;
        let scanned = app.number(&format!("SELECT COUNT(*) FROM {scanned}")).await;
        assert_eq!(kept, scanned, "{scanned}");
    }
    assert_eq!(app.number(&format!("SELECT sponsor_count FROM users WHERE email = '{}'", sam.email)).await, 1);
}

async fn many_are_disabled_and_let_back_with_an_answer_each(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut sams = app.signed_in(SAM).await;
    let mut browser = app.signed_in(ADMIN).await;
    let (sam_id, ada_id) = (sam.id.to_string(), ada.id.to_string());
    let fields =
        [("ids[]", sam_id.as_str()), ("ids[]", &ada_id), ("act", "disable"), ("back", "/admin/guests?only=active")];
    let answer = browser.post("/fn/admin/people/act", &fields).await;
    assert_eq!(answer.location(), "/admin/guests?only=active&after=done");
    let page = browser.get(answer.location()).await;
    page.shows("Sam Oogle may not sign in any more.").shows("This is yourself").shows("Undo");
    assert_eq!(sams.get("/account").await.status, 303);
    let id = page.body.split("name=\"ids[]\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.post("/fn/undo", &[("ids[]", &id), ("back", "/admin/guests")]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE standing = 'disabled'").await, 0);
    let nobody = browser.post("/fn/admin/people/act", &[("act", "disable"), ("back", "/admin/guests")]).await;
    browser.get(nobody.location()).await.shows("Nobody is picked.");
    let fields = [("ids[]", sam_id.as_str()), ("act", "sponsor"), ("sponsor", ADMIN), ("back", "/admin/guests")];
    browser.post("/fn/admin/people/act", &fields).await;
    assert_eq!(
        app.number(
            "SELECT COUNT(*) FROM sponsors s JOIN users u ON u.id = s.sponsor_id WHERE u.name = 'Ada Lindqvist'"
        )
        .await,
        1
    );
    let fields = [("ids[]", sam_id.as_str()), ("act", "end"), ("until", "2020-01-01"), ("back", "/admin/guests")];
    let past = browser.post("/fn/admin/people/act", &fields).await;
    browser.get(past.location()).await.shows("This day has passed");
}

async fn the_last_administrator_stays(app: TestApp) {
    house(&app).await;
    let ada = admin(&app).await;
    assert!(people::set_enabled(&app.services, &app.origin(), ADMIN, false).await.is_err());
    assert!(people::delete(&app.services, &app.origin(), ADMIN).await.is_err());
    let hand = actor(&app, &ada).await;
    let origin = app.origin();
    assert!(portal::roles::take(&app.services, &hand, &origin, ada.id, Role::Administrator).await.is_err());
    let for_a_while = portal::roles::Giving { role: Role::Administrator, until: "2099-01-01", scope: "" };
    assert!(portal::roles::give(&app.services, &hand, &origin, ADMIN, for_a_while).await.is_err());
    // One for a while is none to rely on; one for good is.
    portal::roles::give(&app.services, &hand, &origin, JOHN, for_a_while).await.unwrap();
    assert!(people::delete(&app.services, &app.origin(), ADMIN).await.is_err());
    let for_good = portal::roles::Giving { until: "", ..for_a_while };
    portal::roles::give(&app.services, &hand, &origin, JOHN, for_good).await.unwrap();
    portal::roles::take(&app.services, &hand, &origin, ada.id, Role::Administrator).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE role = 'administrator'").await, 1);
}

async fn a_role_for_a_while_ends(app: TestApp) {
    house(&app).await;
    let ada = admin(&app).await;
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [("email", JOHN), ("role", "auditor"), ("until", "2026-12-31")];
    let day = vestibule::services::calendar::rfc3339(app.now().plus(30 * DAY))[..10].to_owned();
    let fields = [fields[0], fields[1], ("until", day.as_str())];
    let given = browser.post("/fn/admin/roles/give", &fields).await;
    browser.get(given.location()).await.shows("John Doe").shows("Auditor");
    let letter = app.deliver().await.into_iter().find(|mail| mail.to == JOHN).unwrap();
    assert_eq!(letter.subject, "Your role at WoodGrove: Auditor");
    assert!(letter.text.contains("Ada Lindqvist has given you the role “Auditor”") && letter.text.contains("until"));
    let mut john = app.signed_in(JOHN).await;
    assert_eq!(john.get("/admin/audit").await.status, 200);
    app.clock.advance(32 * DAY);
    let mut john = app.signed_in(JOHN).await;
    assert_eq!(john.get("/admin/audit").await.status, 404);
    // Who holds a role is managed by those who give roles.
    let user_admin = with_role(&app, Role::UserAdministrator).await;
    let hand = actor(&app, &user_admin).await;
    let act = portal::people::PersonAct::Disable;
    let outcomes = portal::people::act(&app.services, &hand, &app.origin(), act, &[ada.id]).await.unwrap();
    assert_eq!((outcomes.done, outcomes.failed.len()), (0, 1));
}

async fn people_are_converted_and_keep_what_they_have(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut browser = app.signed_in(ADMIN).await;
    let id = sam.id.to_string();
    browser.post("/fn/admin/person/convert", &[("id", &id), ("to", "member")]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
    browser.get("/admin/members?q=gsamoogle").await.shows(SAM);
    browser.get("/admin/guests?q=gsamoogle").await.lacks(&id);
    browser.post("/fn/admin/person/convert", &[("id", &id), ("to", "guest")]).await;
    browser.get("/admin/guests?q=gsamoogle").await.shows(&id);
    browser.get(&format!("/admin/people/{id}")).await.shows("Ada Lindqvist").shows("the group has the app");
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 1);
}

async fn a_new_address_is_told_at_both_and_proves_from_then_on(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    app.deliver().await;
    let mut sams = app.signed_in(SAM).await;
    let mut browser = app.signed_in(ADMIN).await;
    let id = sam.id.to_string();
    for wrong in ["nonsense", JOHN] {
        let back = browser.post("/fn/admin/person/address", &[("id", &id), ("email", wrong)]).await;
        let page = browser.get(back.location()).await;
        assert!(page.body.contains(&format!("value=\"{wrong}\"")), "{wrong}");
    }
    browser.post("/fn/admin/person/address", &[("id", &id), ("email", "sam@oogle.example")]).await;
    let told: Vec<String> = app.deliver().await.into_iter().map(|mail| mail.to).collect();
    assert!(told.contains(&SAM.to_owned()) && told.contains(&"sam@oogle.example".to_owned()), "{told:?}");
    assert_eq!(sams.get("/account").await.status, 303);
    app.signed_in("sam@oogle.example").await.get("/").await.shows("Launch board");
    browser.get("/admin/guests?q=oogle.example").await.shows("sam@oogle.example");
}

async fn who_is_erased_leaves_a_trail_that_verifies(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    // John answers for Sam; erased, he hands him on.
    let mut browser = app.signed_in(ADMIN).await;
    let john = house.john.id.to_string();
    let refused = browser.post("/fn/admin/person/erase", &[("id", &john), ("sure", "yes")]).await;
    browser.get(refused.location()).await.lacks("Erased.");
    let done = browser.post("/fn/admin/person/erase", &[("id", &john), ("sure", JOHN)]).await;
    browser.get(done.location()).await.shows("Erased.").lacks("John Doe").lacks(JOHN);
    let mut held = app.services.db.read().await.unwrap();
    let sponsors = storage::sponsors::of(&mut held.conn(), sam.id).await.unwrap();
    assert_eq!(sponsors, vec![(ines.id, "Inès Moreau".to_owned())]);
    drop(held);
    for (table, column) in [
        ("users", "name"),
        ("users", "email"),
        ("user_emails", "email_key"),
        ("search_terms", "term"),
        ("search_terms", "words"),
        ("invitations", "message"),
        ("outbox", "email_key"),
        ("outbox", "data"),
        ("outbox", "text_part"),
        ("audit_texts", "text"),
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE LOWER({column}) LIKE '%john.doe%'");
        assert_eq!(app.number(&sql).await, 0, "{table}.{column}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_texts WHERE text LIKE '%John Doe%'").await, 0);
    let verdict = vestibule::services::audit::verify(&app.services, None).await.unwrap();
    assert!(verdict.ok, "{verdict:?}");
    assert!(people::restore(&app.services, &app.origin(), JOHN).await.is_err());
    // The address is free: whoever has it now is somebody new.
    assert_ne!(app.member(JOHN, "Another John").await.id, house.john.id);
}

async fn members_are_added_from_a_list(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    let mut browser = app.signed_in(ADMIN).await;
    let list = "email,name\nzoe@woodgrove.example, Zoë Berg\nnonsense\nMei Tan <mei@woodgrove.example>\n";
    let back = browser.post("/fn/admin/members/add", &[("list", list)]).await;
    let page = browser.get(back.location()).await;
    page.shows("Members added: 2.").shows("nonsense");
    browser.get("/admin/members?q=zo").await.shows("Zoë Berg");
    let again = browser.post("/fn/admin/members/add", &[("list", "zoe@woodgrove.example")]).await;
    browser.get(again.location()).await.shows("zoe@woodgrove.example");
}

async fn settings_take_effect_at_once_and_the_second_editor_sees_it(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let mut browser = app.signed_in(ADMIN).await;
    let edit = |name: &'static str, colour: &'static str| {
        [("was[name]", "WoodGrove"), ("values[name]", name), ("was[colour]", ""), ("values[colour]", colour)]
    };
    for (name, colour, shows) in [("WoodGrove", "#ffee00", "darker"), ("Wood\u{202E}Grove", "", "WoodGrove")] {
        let back = browser.post("/fn/admin/organisation/save", &edit(name, colour)).await;
        let location = back.location().split('#').next().unwrap().to_owned();
        browser.get(&location).await.shows(shows);
        assert_eq!(app.number("SELECT COUNT(*) FROM settings WHERE key = 'colour'").await, 0);
    }
    browser.post("/fn/admin/organisation/save", &edit("Grove & Wood", "#6b2d73")).await;
    let page = browser.get("/").await;
    page.shows("Grove &amp; Wood").shows("/brand/6b2d73.css");
    assert!(browser.get("/brand/6b2d73.css").await.body.contains("--org:#6b2d73"));
    browser.get("/admin/organisation").await.shows("Changed by Ada Lindqvist");
    // The second editor began before: what is in the way of the first one's change is said, what is not is kept.
    let typed =
        [edit("Wood & Co", "#6b2d73").as_slice(), &[("was[contact]", ""), ("values[contact]", "Desk 9")]].concat();
    let back = browser.post("/fn/admin/organisation/save", &typed).await;
    let page = browser.get(back.location().split('#').next().unwrap()).await;
    page.shows("has changed").shows("It is now: Grove &amp; Wood").shows("Wood &amp; Co").shows("Desk 9");
    // Who changes something else is not in the way, and leaves alone what the page showed before.
    let typed = [
        ("was[name]", "WoodGrove"),
        ("values[name]", "WoodGrove"),
        ("was[contact]", ""),
        ("values[contact]", "Desk 9"),
    ];
    browser.post("/fn/admin/organisation/save", &typed).await;
    browser.get("/admin/organisation").await.shows("Grove &amp; Wood").shows("Desk 9").lacks("It is now");
    // A box that is not ticked is not sent.
    for (fields, expected) in [
        (&[("was[ownersMayInvite]", "true")][..], "false"),
        (&[("was[ownersMayInvite]", "false"), ("values[ownersMayInvite]", "on")], "true"),
    ] {
        browser.post("/fn/admin/organisation/save", fields).await;
        let sql = format!("SELECT COUNT(*) FROM settings WHERE key = 'ownersMayInvite' AND value = '{expected}'");
        assert_eq!(app.number(&sql).await, 1);
    }
    browser.post("/fn/admin/organisation/pause", &[("paused", "true")]).await;
    let refused = invite(&app, &house, "mei@trey.example").await;
    assert!(refused.targets.iter().all(|one| one.reason.is_some()) || refused.reason.is_some());
    browser.get("/admin").await.shows("Invitations are paused");
    browser.post("/fn/admin/organisation/pause", &[("paused", "false")]).await;
    assert!(invite(&app, &house, "mei@trey.example").await.invitation.is_some());
    browser.post("/fn/admin/organisation/test-mail", &[]).await;
    assert!(app.deliver().await.iter().any(|mail| mail.to == ADMIN && mail.subject.contains("test")));
}

async fn guests_see_what_the_organisation_lets_them(app: TestApp) {
    let house = house(&app).await;
    guest(&app, &house).await;
    let mut sam = app.signed_in(SAM).await;
    let group = format!("/groups/{}", house.group);
    sam.get("/groups").await.shows("Contoso launch");
    organisation::set(&app.services, &app.origin(), "guestVisibility", "\"restricted\"").await.unwrap();
    sam.get("/").await.lacks("href=\"/groups\"").shows("Launch board");
    assert_eq!(sam.get("/groups").await.status, 404);
    assert_eq!(sam.get(&group).await.status, 404);
    app.group("Open house").await;
    app.sql("UPDATE directory_groups SET join_policy = 'open' WHERE name = 'Open house'").await;
    organisation::set(&app.services, &app.origin(), "guestVisibility", "\"sameAsMembers\"").await.unwrap();
    sam.get("/groups").await.shows("Open house");
    organisation::set(&app.services, &app.origin(), "guestVisibility", "\"limited\"").await.unwrap();
    sam.get("/groups").await.lacks("Open house").shows("Contoso launch");
}

async fn administrators_invite_to_anything_now_later_and_by_hand(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    app.member(INES, "Inès Moreau").await;
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [("email", "mei@trey.example"), ("groups", "No such group"), ("message", "Welcome")];
    let back = browser.post("/fn/admin/invite/send", &fields).await;
    browser.get(back.location()).await.shows("Welcome").shows("“No such group”: There is no group");
    // A day that is missing or past sends nothing.
    for (day, says) in [("", "Choose the day"), ("2020-01-01", "This day has passed")] {
        let fields = [("email", "mei@trey.example"), ("send", "later"), ("send_on", day)];
        let back = browser.post("/fn/admin/invite/send", &fields).await;
        browser.get(back.location()).await.shows(says).shows("mei@trey.example");
        assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE email = 'mei@trey.example'").await, 0, "{day}");
    }
    let fields = [
        ("email", "mei@trey.example"),
        ("groups", "contoso LAUNCH"),
        ("apps", "Launch board"),
        ("company", "Trey"),
        ("sponsors", INES),
        ("send", "now"),
    ];
    let sent = browser.post("/fn/admin/invite/send", &fields).await;
    browser.get(sent.location()).await.shows("mei@trey.example");
    let mail = app.deliver().await;
    assert!(mail.iter().any(|mail| mail.to == "mei@trey.example"));
    browser.get("/admin/guests?q=trey").await.shows("Inès Moreau").lacks("Ada Lindqvist</td>");
    // Later: created now, mailed on its day.
    let day = vestibule::services::calendar::rfc3339(app.now().plus(3 * DAY))[..10].to_owned();
    let fields = [("email", "lena@trey.example"), ("send", "later"), ("send_on", day.as_str())];
    browser.post("/fn/admin/invite/send", &fields).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE email = 'lena@trey.example'").await, 1);
    assert!(app.deliver().await.iter().all(|mail| mail.to != "lena@trey.example"));
    browser.get("/admin/invitations").await.shows("Mail leaves on 26 November 2026");
    app.clock.advance(4 * DAY);
    assert!(app.deliver().await.iter().any(|mail| mail.to == "lena@trey.example"));
    // Who has accepted has access at once, and is told on the day.
    app.guest("omar@trey.example", "Omar").await;
    let mut browser = app.signed_in(ADMIN).await;
    let day = vestibule::services::calendar::rfc3339(app.now().plus(3 * DAY))[..10].to_owned();
    let later = [("send", "later"), ("send_on", day.as_str())];
    let fields = [("email", "omar@trey.example"), ("apps", "Launch board"), later[0], later[1]];
    browser.post("/fn/admin/invite/send", &fields).await;
    app.signed_in("omar@trey.example").await.get("/").await.shows("Launch board");
    assert!(app.deliver().await.iter().all(|mail| !mail.subject.contains("Launch board")));
    // What is taken back before is not told.
    app.guest("lee@trey.example", "Lee").await;
    let fields = [("email", "lee@trey.example"), ("apps", "Launch board"), later[0], later[1]];
    browser.post("/fn/admin/invite/send", &fields).await;
    app.sql("DELETE FROM app_assignments WHERE user_id = (SELECT id FROM users WHERE email = 'lee@trey.example')")
        .await;
    app.clock.advance(4 * DAY);
    let told = app.deliver().await;
    assert!(told.iter().all(|mail| mail.to != "lee@trey.example"));
    assert!(told.iter().any(|mail| mail.to == "omar@trey.example" && mail.text.contains("Launch board")));
    // By hand: the link is shown for a while, works, and lies nowhere.
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [("email", "noor@trey.example"), ("send", "not")];
    let sent = browser.post("/fn/admin/invite/send", &fields).await;
    let page = browser.get(sent.location()).await;
    let ticket = page.body.split("/redeem/").nth(1).expect("a link").split('"').next().unwrap().to_owned();
    browser.get(sent.location()).await.shows(&ticket);
    assert_eq!(
        app.number(&format!("SELECT COUNT(*) FROM sessions WHERE data LIKE '%{ticket}%'")).await
            + app.number(&format!("SELECT COUNT(*) FROM outbox WHERE data LIKE '%{ticket}%'")).await,
        0
    );
    app.browser().get(&format!("/redeem/{ticket}")).await.shows("Get started");
}

async fn the_trail_is_filtered_and_followed_and_its_file_verifies(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut browser = app.signed_in(ADMIN).await;
    let page = browser.get(&format!("/admin/audit?about={}&activity=Invite+external+user", sam.id)).await;
    assert_eq!(page.body.matches("<b>Invite external user</b>").count(), 1);
    let page = browser.get("/admin/audit?activity=Redeem+external+user+invite").await;
    assert_eq!(page.body.matches("<b>Redeem external user invite</b>").count(), 1);
    let follow = page.body.split("/admin/audit?correlation=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser
        .get(&format!("/admin/audit?correlation={follow}"))
        .await
        .shows("Redeem external user invite")
        .lacks("<b>Invite external user</b>");
    // In French it reads French, and keeps the name by which exports and filters know it.
    browser.post("/fn/account/profile", &[("name", "Ada Lindqvist"), ("language", "fr")]).await;
    browser
        .get("/admin/audit?activity=Redeem+external+user+invite")
        .await
        .shows("<b>Invitation acceptée</b>")
        .shows("<dd>Redeem external user invite</dd>")
        .shows("<option value=\"Redeem external user invite\" selected");
    browser.post("/fn/account/profile", &[("name", "Ada Lindqvist"), ("language", "en")]).await;
    browser.get("/admin/audit?from=1990-01-01&to=1990-01-02").await.shows("Nothing fits");
    browser.get("/admin/audit?from=nonsense").await.shows("Nothing fits");
    let file = browser.get("/admin/audit.jsonl").await.body;
    let lines = file.lines().map(|line| Ok(line.to_owned()));
    let verdict = vestibule::services::audit::verify_lines(&app.services.keys, None, lines).unwrap();
    assert!(verdict.ok && verdict.events > 10, "{verdict:?}");
    let csv = browser.get("/admin/audit.csv").await.body;
    assert_eq!(csv.lines().count(), file.lines().count() + 1);
    assert!(csv.starts_with("seq,activityDateTime,activityDisplayName,"), "{csv}");
    assert!(csv.contains(&format!(",Invite external user,UserManagement,success,,{JOHN},")), "{csv}");
}

async fn apps_are_made_readdressed_deleted_and_restored(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let mut browser = app.signed_in(ADMIN).await;
    for url in ["javascript:alert(1)", "nonsense", ""] {
        let back = browser.post("/fn/admin/apps/new", &[("name", "Files"), ("launch_url", url)]).await;
        browser.get(back.location()).await.shows("value=\"Files\"");
    }
    let fields = [("name", "Files"), ("launch_url", "https://files.example/"), ("owner", JOHN), ("guests", "on")];
    let made = browser.post("/fn/admin/apps/new", &fields).await;
    assert!(made.location().starts_with("/apps/"), "{}", made.location());
    browser.get("/admin/apps?q=files").await.shows("John Doe");
    let target = format!("app:{}", house.board);
    let act = |act: &'static str| {
        [("targets[]", target.clone()), ("act", act.to_owned()), ("back", "/admin/apps".to_owned())]
    };
    let post = async |browser: &mut Browser, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let done = browser.post("/fn/admin/places/act", &fields).await;
        browser.get(done.location()).await
    };
    post(&mut browser, &act("delete")).await.shows("Launch board is deleted").shows("Undo");
    app.signed_in(JOHN).await.get("/").await.lacks("Launch board");
    browser.get("/admin/apps?only=deleted").await.shows("Launch board");
    post(&mut browser, &act("restore")).await.shows("Launch board is back");
    browser.get("/admin/apps").await.shows("Launch board");
    // Several at once, an answer each; and taken back.
    let several = [
        ("targets[]", target.clone()),
        ("targets[]", format!("group:{}", house.group)),
        ("act", "delete".to_owned()),
        ("back", "/admin/apps".to_owned()),
    ];
    let page = post(&mut browser, &several).await;
    page.shows("2 are deleted");
    let ids: Vec<String> = page
        .body
        .split("name=\"ids[]\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let mut undo: Vec<(&str, &str)> = ids.iter().map(|id| ("ids[]", id.as_str())).collect();
    undo.push(("back", "/admin/apps"));
    browser.post("/fn/undo", &undo).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM apps WHERE deleted_at IS NOT NULL").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM directory_groups WHERE deleted_at IS NOT NULL").await, 0);
    // The guest switch; what is so already is said.
    post(&mut browser, &act("shut")).await.shows("No guest may have Launch board any more");
    post(&mut browser, &act("shut")).await.shows("Launch board:");
    post(&mut browser, &act("open")).await.shows("Guests may have Launch board now");
    post(&mut browser, &[("act", "delete".to_owned()), ("back", "/admin/apps".to_owned())])
        .await
        .shows("Nothing is picked");
}

async fn roles_in_apps_are_made_given_and_removed(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    app.sql(&format!("INSERT INTO app_owners (app_id, user_id, since) SELECT a.id, u.id, 1 FROM apps a, users u WHERE a.name = 'Launch board' AND u.email = '{JOHN}'")).await;
    send(&app, &house.john, &wish(SAM, &[Target::App(house.board)])).await;
    let target = format!("app:{}", house.board);
    let (board, id, group) = (house.board.to_string(), sam.id.to_string(), house.group.to_string());
    let mut john = app.signed_in(JOHN).await;
    let settings = format!("/apps/{board}/settings");
    john.get(&settings).await.shows("This app knows no roles yet");
    // What is wrong comes back as it was typed.
    for (name, value, says) in
        [("Editor", "ed itor", "at most 64"), ("", "editor", "role-name-error"), ("Editor", "", "at most 64")]
    {
        let back = john.post("/fn/apps/roles", &[("app", &board), ("role_name", name), ("role_value", value)]).await;
        john.get(back.location()).await.shows(says).shows(&format!("value=\"{value}\""));
    }
    let editor = [("app", board.as_str()), ("role_name", "Editor"), ("role_value", "board.editor")];
    let made = john.post("/fn/apps/roles", &editor).await;
    john.get(made.location()).await.shows("“Editor” is a role").shows("board.editor").shows("Nobody has it");
    let again = john.post("/fn/apps/roles", &editor).await;
    john.get(again.location()).await.shows("has a role of that value");
    let role = john.get(&settings).await.body;
    let role = role
        .split("name=\"remove\" value=\"")
        .find_map(|rest| rest.split('"').next().filter(|id| id.len() == 36 && role.contains(&format!("r-{id}"))))
        .unwrap()
        .to_owned();
    let back = format!("/apps/{board}");
    for (kind, whose) in [("user", id.as_str()), ("group", group.as_str())] {
        let fields = [("app", board.as_str()), (kind, whose), ("role", role.as_str()), ("back", back.as_str())];
        john.post("/fn/apps/roles/give", &fields).await;
    }
    john.get(&back).await.shows("Role: Editor");
    john.get(&settings).await.shows("Held by 2.");
    let mut ada = app.signed_in(ADMIN).await;
    ada.get(&format!("/admin/people/{id}")).await.shows("Editor");
    ada.get("/admin/audit?about=".to_owned().as_str()).await.shows("AppRole").shows("board.editor");
    // Only those who look after the app, and only the app's own roles.
    let mut stranger = app.signed_in(SAM).await;
    for (path, fields) in [
        ("/fn/apps/roles", editor.to_vec()),
        ("/fn/apps/roles", vec![("app", board.as_str()), ("remove", role.as_str())]),
        ("/fn/apps/roles/give", vec![("app", board.as_str()), ("user", id.as_str()), ("role", "")]),
    ] {
        assert_eq!(stranger.post(path, &fields).await.status, 404, "{path}");
    }
    let other = app.app("Other", "https://other.example/", true).await;
    app.assign(other, Assignee::Group(house.group)).await;
    let other = other.to_string();
    ada.post("/fn/apps/roles/give", &[("app", &other), ("group", &group), ("role", &role), ("back", "/admin")]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM app_assignments WHERE app_role_id IS NOT NULL").await, 2);
    // Taken away and brought back, he has it again.
    let whose =
        [("user", id.as_str()), ("target", target.as_str()), ("seen", ""), ("act", "remove"), ("back", back.as_str())];
    let removed = john.post("/fn/access/steer", &whose).await;
    let undo = john.get(removed.location()).await.body;
    let undo = undo.split("name=\"ids[]\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    john.post("/fn/undo", &[("ids[]", undo.as_str()), ("back", back.as_str())]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM app_assignments WHERE app_role_id IS NOT NULL").await, 2);
    // Whoever had it keeps the app.
    john.post("/fn/apps/roles", &[("app", &board), ("remove", &role)]).await;
    john.get(&settings).await.shows("This app knows no roles yet");
    assert_eq!(app.number("SELECT COUNT(*) FROM app_assignments WHERE app_role_id IS NOT NULL").await, 0);
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
}

// A partner's coordinator: a guest who brings in colleagues from the proven domain, and nobody else.
async fn a_coordinator_invites_from_the_own_domain_only(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let sam = guest(&app, &house).await;
    let hand = actor(&app, &ada).await;
    let give = async |scope: &'static str, role| {
        let giving = portal::roles::Giving { role, until: "", scope };
        portal::roles::give(&app.services, &hand, &app.origin(), SAM, giving).await.map(drop)
    };
    assert!(give("", Role::Auditor).await.is_err(), "guests hold no other role");
    assert!(give("woodgrove.example", Role::GuestInviter).await.is_err(), "only the proven domain");
    let mut browser = app.signed_in(SAM).await;
    assert_eq!(browser.get("/invite").await.status, 404);
    // Without a word it is the proven domain too: nobody from outside invites from everywhere.
    give("", Role::GuestInviter).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE scope = 'gmail.com'").await, 1);
    assert!(give("gmail.com", Role::GuestInviter).await.is_err(), "it is so already");
    assert_eq!(browser.get("/invite").await.status, 200);
    browser.get("/").await.shows("href=\"/invitations\"");
    let sent = send(&app, &sam, &wish("lee@gmail.com, mei@trey.example", &[])).await;
    let reasons: Vec<_> = sent.iter().map(|answer| answer.reason).collect();
    assert_eq!(reasons, vec![None, Some(Reason::NoRightToInvite)]);
    // The colleague is told of having been added, signs in by the address alone, and accepts as everybody does.
    let mail = app.deliver().await.into_iter().find(|mail| mail.to == "lee@gmail.com").expect("a mail");
    assert_eq!(mail.subject, "Sam Oogle added you at WoodGrove");
    assert!(mail.link().starts_with("/join/") && !mail.text.contains("only for you"), "{}", mail.text);
    assert!(mail.text.contains("There is no password"), "{}", mail.text);
    assert_eq!(by_email(&app, "lee@gmail.com").await.redemption, Redemption::PendingAcceptance);
    let (mut lee, page) = proved(&app, &mail.link()).await;
    accept(&mut lee, &page).await;
    assert!(by_email(&app, "lee@gmail.com").await.is_active());
}

async fn somebody_is_invited_as_a_member(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    organisation::set(&app.services, &app.origin(), "deniedDomains", "denied.example").await.unwrap();
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [
        ("email", "kim@woodgrove.example, lee@denied.example, pat@agency.example"),
        ("groups", "Contoso launch"),
        ("user_type", "member"),
    ];
    let sent = browser.post("/fn/admin/invite/send", &fields).await;
    browser.get(sent.location()).await.shows("domain");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE email = 'lee@denied.example'").await, 0);
    browser.get("/admin/members?q=kim").await.shows("Invited");
    let mails = app.deliver().await;
    for email in ["kim@woodgrove.example", "pat@agency.example"] {
        let mail = mails.iter().find(|mail| mail.to == email).expect("a mail");
        let (mut invited, page) = proved(&app, &mail.link()).await;
        accept(&mut invited, &page).await;
        let user = by_email(&app, email).await;
        assert!(user.is_active() && user.user_type == UserType::Member, "{email}");
        invited.get("/").await.shows("Launch board");
        app.signed_in(email).await;
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 0);
    // Who is here already stays what they are.
    app.guest("omar@trey.example", "Omar").await;
    let fields = [("email", "omar@trey.example"), ("apps", "Launch board"), ("user_type", "member")];
    browser.post("/fn/admin/invite/send", &fields).await;
    assert_eq!(by_email(&app, "omar@trey.example").await.user_type, UserType::Guest);
}

// Reviewed: whoever waits as a member came in by the invitation of somebody who may make no members.
async fn only_who_may_make_members_brings_one_in(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [("email", "pat@agency.example"), ("user_type", "member")];
    browser.post("/fn/admin/invite/send", &fields).await;
    let link = app.deliver().await.into_iter().find(|mail| mail.to == "pat@agency.example").unwrap().link();
    let refused = invite(&app, &house, "pat@agency.example").await;
    assert_eq!(refused.targets[0].reason, Some(Reason::NoRightToInvite));
    // With a group the membership waits for the same right, at the moment of accepting.
    let hand = actor(&app, &ada).await;
    let giving = portal::roles::Giving { role: Role::UserAdministrator, until: "", scope: "" };
    portal::roles::give(&app.services, &hand, &app.origin(), INES, giving).await.unwrap_err();
    let ines = app.member(INES, "Inès Moreau").await;
    portal::roles::give(&app.services, &hand, &app.origin(), INES, giving).await.unwrap();
    let mut desk = app.signed_in(INES).await;
    let fields = [("email", "lou@agency.example"), ("groups", "Contoso launch"), ("user_type", "member")];
    desk.post("/fn/admin/invite/send", &fields).await;
    let other = app.deliver().await.into_iter().find(|mail| mail.to == "lou@agency.example").unwrap().link();
    portal::roles::take(&app.services, &hand, &app.origin(), ines.id, Role::UserAdministrator).await.unwrap();
    let (mut lou, page) = proved(&app, &other).await;
    accept(&mut lou, &page).await;
    assert!(!by_email(&app, "lou@agency.example").await.is_active());
    // Before accepting, the membership can be taken back; a guest then comes in as any other.
    let id = by_email(&app, "pat@agency.example").await.id.to_string();
    browser.post("/fn/admin/person/convert", &[("id", &id), ("to", "guest")]).await;
    let (mut pat, page) = proved(&app, &link).await;
    accept(&mut pat, &page).await;
    let pat = by_email(&app, "pat@agency.example").await;
    assert!(pat.is_active() && pat.user_type == UserType::Guest);
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 1);
}

// Reviewed: an allow list is about guests, and an invitation that came to nothing shut out whom the domain lets in.
async fn the_own_domain_is_for_members(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    for (key, value) in [("allowedDomains", "partner.example"), ("membersMayJoin", "true")] {
        organisation::set(&app.services, &app.origin(), key, value).await.unwrap();
    }
    let mut browser = app.signed_in(ADMIN).await;
    let fields = [("email", "kim@woodgrove.example"), ("user_type", "member"), ("link_days", "1")];
    browser.post("/fn/admin/invite/send", &fields).await;
    assert!(app.deliver().await.iter().any(|mail| mail.to == "kim@woodgrove.example"));
    app.clock.advance(2 * DAY);
    app.signed_in("kim@woodgrove.example").await;
    assert!(by_email(&app, "kim@woodgrove.example").await.is_active());
}

async fn the_logo_heads_the_mails(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let ada = actor(&app, &ada).await;
    let mut logo = Vec::new();
    let mut encoder = png::Encoder::new(&mut logo, 2, 2);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[0, 255, 0, 255]).unwrap();
    for (picture, drawn) in [(logo, true), (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), false)] {
        organisation::set_logo(&app.services, &ada, &app.origin(), false, Some(&picture)).await.unwrap();
        invite(&app, &house, if drawn { SAM } else { "mei@trey.example" }).await;
        let mail = app.deliver().await.pop().unwrap();
        assert_eq!(mail.source.contains("Content-ID: <logo>"), drawn);
        assert_eq!(mail.source.contains("cid:logo"), drawn);
    }
}

// Reviewed: the wrong recipient had proved the address that was corrected a moment later.
async fn who_proved_an_address_that_was_corrected_is_out(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let letter = mailed(&app, &house).await;
    let (mut wrong, page) = proved(&app, &letter.link()).await;
    let id = by_email(&app, SAM).await.id.to_string();
    let mut browser = app.signed_in(ADMIN).await;
    browser.post("/fn/admin/person/address", &[("id", &id), ("email", "sam@oogle.example")]).await;
    accept(&mut wrong, &page).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest' AND redemption = 'accepted'").await, 0);
    assert_eq!(wrong.get("/account").await.status, 303);
}

// Reviewed: the acts on many, and the owners' forms, asked less than a person's page.
async fn nobody_reaches_above_their_role(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    app.join(house.group, &ada).await;
    let user_admin = with_role(&app, Role::UserAdministrator).await;
    app.join(house.group, &user_admin).await;
    let mut browser = app.signed_in(&user_admin.email).await;
    let group = format!("group:{}", house.group);
    for person in [&ada, &user_admin] {
        let id = person.id.to_string();
        for (act, key, value) in
            [("end", "until", "2030-01-01"), ("group", "group", "Contoso launch"), ("disable", "x", "")]
        {
            let fields = [("ids[]", id.as_str()), ("act", act), (key, value), ("back", "/admin/members")];
            let back = browser.post("/fn/admin/people/act", &fields).await;
            let page = browser.get(back.location()).await;
            assert!(page.body.contains("class=\"err\""), "{act} {}", person.name);
        }
        browser.post("/fn/access/steer", &[("user", &id), ("target", &group), ("act", "remove")]).await;
        browser.post("/fn/access/end", &[("user", &id), ("target", &group), ("until", "2030-01-01")]).await;
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members WHERE until IS NULL").await, 2);
}

async fn help_desk_sends_again_what_others_sent(app: TestApp) {
    let house = house(&app).await;
    let helper = with_role(&app, Role::HelpDesk).await;
    mailed(&app, &house).await;
    let sam = by_email(&app, SAM).await.id.to_string();
    let mut browser = app.signed_in(&helper.email).await;
    let fields = [("ids[]", sam.as_str()), ("act", "resend"), ("back", "/admin/guests")];
    browser.post("/fn/admin/people/act", &fields).await;
    assert!(app.deliver().await.iter().any(|mail| mail.to == SAM));
}

// Reviewed: pausing held nothing back that was under way, and kept guests from coming in.
async fn a_pause_holds_mail_and_lets_in_who_was_invited(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let letter = mailed(&app, &house).await;
    invite(&app, &house, "mei@trey.example").await;
    organisation::set(&app.services, &app.origin(), "paused", "true").await.unwrap();
    assert!(app.deliver().await.iter().all(|mail| mail.to != "mei@trey.example"));
    let (mut browser, page) = proved(&app, &letter.link()).await;
    accept(&mut browser, &page).await;
    browser.get("/").await.shows("Launch board");
    app.clock.advance(2 * DAY);
    app.deliver().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE state = 'failed'").await, 0);
    organisation::set(&app.services, &app.origin(), "paused", "false").await.unwrap();
    app.clock.advance(DAY / 24);
    assert!(app.deliver().await.iter().any(|mail| mail.to == "mei@trey.example"));
}

async fn an_undo_leaves_what_was_decided_since(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut browser = app.signed_in(ADMIN).await;
    let id = sam.id.to_string();
    let fields = [("ids[]", id.as_str()), ("act", "disable"), ("back", "/admin/guests")];
    let back = browser.post("/fn/admin/people/act", &fields).await;
    let page = browser.get(back.location()).await;
    let undo = page.body.split("name=\"ids[]\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    people::set_enabled(&app.services, &app.origin(), SAM, true).await.unwrap();
    people::set_enabled(&app.services, &app.origin(), SAM, false).await.unwrap();
    browser.post("/fn/undo", &[("ids[]", &undo), ("back", "/admin/guests")]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE standing = 'disabled'").await, 1);
}

async fn guests_keep_to_the_domains_of_guests(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let sam = guest(&app, &house).await;
    let mut browser = app.signed_in(ADMIN).await;
    let (id, john) = (sam.id.to_string(), house.john.id.to_string());
    browser.post("/fn/admin/person/address", &[("id", &id), ("email", "sam@woodgrove.example")]).await;
    browser.post("/fn/admin/person/convert", &[("id", &john), ("to", "guest")]).await;
    assert_eq!(
        app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest' AND domain = 'woodgrove.example'").await,
        0
    );
}

on_both_engines!(
    who_proved_an_address_that_was_corrected_is_out,
    nobody_reaches_above_their_role,
    help_desk_sends_again_what_others_sent,
    a_pause_holds_mail_and_lets_in_who_was_invited,
    an_undo_leaves_what_was_decided_since,
    guests_keep_to_the_domains_of_guests,
    a_coordinator_invites_from_the_own_domain_only,
    somebody_is_invited_as_a_member,
    only_who_may_make_members_brings_one_in,
    the_own_domain_is_for_members,
    the_logo_heads_the_mails,
    every_page_and_form_is_for_those_whose_roles_allow_it,
    no_link_of_the_portal_leads_nowhere,
    lists_are_searched_filtered_ordered_and_paged,
    today_begins_with_first_steps_until_somebody_is_invited,
    a_rare_name_is_found_beside_a_word_of_thousands,
    kept_counts_are_what_a_scan_finds,
    many_are_disabled_and_let_back_with_an_answer_each,
    the_last_administrator_stays,
    a_role_for_a_while_ends,
    people_are_converted_and_keep_what_they_have,
    a_new_address_is_told_at_both_and_proves_from_then_on,
    who_is_erased_leaves_a_trail_that_verifies,
    members_are_added_from_a_list,
    settings_take_effect_at_once_and_the_second_editor_sees_it,
    guests_see_what_the_organisation_lets_them,
    administrators_invite_to_anything_now_later_and_by_hand,
    the_trail_is_filtered_and_followed_and_its_file_verifies,
    apps_are_made_readdressed_deleted_and_restored,
    roles_in_apps_are_made_given_and_removed,
);
