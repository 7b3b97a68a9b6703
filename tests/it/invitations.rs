//! Inviting and redeeming: who gets what, who does not, and what nobody learns on the way.

use crate::support::{
    Browser, Engine, TestApp, dump,
    house::{JOHN, SAM, accept, actor, house, invite, mailed, offered, own, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{
        app::Assignee,
        ids::AppId,
        invitation::{Outcome, Target},
        policy::Reason,
        time::{DAY, HOUR},
        user::Role,
    },
    services::{
        audit,
        invitation::{self, Answer, Wish},
        organisation,
        redemption::{self, Acceptance},
    },
    storage,
};

/// The ids of what an invitation is for.
async fn targets(app: &TestApp, answer: &Answer) -> Vec<String> {
    let mut held = app.services.db.read().await.unwrap();
    let found = storage::invitations::targets_of(&mut held.conn(), answer.invitation.unwrap()).await.unwrap();
    found.into_iter().map(|one| one.id.to_string()).collect()
}

fn acceptance(ids: &[String]) -> Acceptance<'_> {
    Acceptance {
        name: "Sam",
        company: "",
        language: "",
        offered: ids,
        targets: ids,
        agreed: &[],
        address: SAM,
        method: "test",
    }
}

async fn opens(app: &TestApp, browser: &mut Browser, board: AppId) -> bool {
    let _ = app;
    browser.get(&format!("/apps/{board}/open")).await.location() == "https://board.example/"
}

async fn an_unknown_address_becomes_a_guest_who_opens_the_app(app: TestApp) {
    let house = house(&app).await;
    let mail = mailed(&app, &house).await;
    assert_eq!(mail.subject, "John Doe invited you to Contoso launch at WoodGrove");
    let pending = "SELECT COUNT(*) FROM users WHERE user_type = 'guest' AND redemption = 'pending_acceptance'";
    assert_eq!(app.number(pending).await, 1, "the guest is there before accepting");
    let (mut browser, page) = proved(&app, &mail.link()).await;
    page.shows("Come in").shows("Contoso launch").shows("from John Doe");
    let before = browser.cookies["vestibule"].clone();
    assert_eq!(accept(&mut browser, &page).await.location(), "/?after=welcome");
    assert_ne!(browser.cookies["vestibule"], before, "the session id changes");
    browser.get("/?after=welcome").await.shows("You are in").shows("Launch board").shows("New");
    assert!(opens(&app, &mut browser, house.board).await);
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE name = 'Sam Oogle' AND company = 'Oogle Ltd'").await, 1);
    let told = app.deliver().await;
    assert_eq!(
        (told[0].to.as_str(), told[0].subject.as_str()),
        (JOHN, "Sam Oogle accepted the invitation to WoodGrove")
    );
    for (activity, count) in [
        ("Add user", 2),
        ("Invite external user", 1),
        ("Add user sponsor", 1),
        ("Add member to group", 1),
        ("Update user", 1),
        ("Redeem external user invite", 1),
    ] {
        let sql = format!("SELECT COUNT(*) FROM audit_events WHERE activity = '{activity}'");
        assert_eq!(app.number(&sql).await, count, "{activity}");
    }
    assert!(audit::verify(&app.services, None).await.unwrap().ok);
    // By the same sign-in as everybody from now on.
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
}

async fn before_accepting_nothing_opens(app: TestApp) {
    let house = house(&app).await;
    let mail = mailed(&app, &house).await;
    let (mut browser, _) = proved(&app, &mail.link()).await;
    let path = format!("/apps/{}/open", house.board);
    assert!(browser.get(&path).await.location().starts_with("/sign-in"), "proved is not signed in");
    assert_eq!(
        app.number("SELECT COUNT(*) FROM group_members m JOIN users u ON u.id = m.user_id WHERE u.user_type = 'guest'")
            .await,
        1,
        "the grant exists"
    );
}

// peers.md 2.7, row 1: forged invitation token (CVE-2026-1529).
async fn a_forged_or_cut_ticket_finds_nothing(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let mut browser = app.browser();
    let last = link.chars().last().unwrap();
    let other = if last == 'A' { 'B' } else { 'A' };
    let forged = format!("{}{other}", &link[..link.len() - 1]);
    for bad in [&forged, &link[..link.len() - 1], "/redeem/x", "/redeem/%00", "/redeem/../sign-in"] {
        let page = browser.get(bad).await;
        assert!(page.status == 404, "{bad}: {}", page.status);
        page.lacks("John Doe").lacks("Get started");
    }
    let ticket = forged.rsplit('/').next().unwrap().to_owned();
    browser.post("/fn/redeem/begin", &[("ticket", &ticket)]).await;
    assert_eq!(browser.get("/redeem").await.location(), "/sign-in");
}

// Row 2: secret readable after creation (CVE-2026-16072). Row 9: the link in the HTTP response (CVE-2026-39912).
async fn a_ticket_is_in_the_mail_and_nowhere_else(app: TestApp) {
    let house = house(&app).await;
    let mut browser = app.signed_in(JOHN).await;
    let target = Target::Group(house.group).to_string();
    let fields = [("email", SAM), ("targets[]", &target), ("to", &target)];
    let answer = browser.post("/fn/invite/send", &fields).await;
    let held = match app.engine {
        Engine::Sqlite => {
            let bytes = ["test.db", "test.db-wal"].map(|name| std::fs::read(app.folder.path(name)).unwrap_or_default());
            String::from_utf8_lossy(&bytes.concat()).into_owned()
        }
        Engine::Postgres => dump(&app.database_url),
    };
    let link = app.deliver().await.remove(0).link();
    let ticket = link.rsplit('/').next().unwrap();
    let hex: String = ticket.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(held.contains(SAM), "the dump has the data");
    assert!(!held.contains(ticket) && !held.contains(&hex), "the ticket is in the dump");
    answer.lacks(ticket);
    for path in [answer.location(), "/invitations", "/groups", "/"] {
        browser.get(path).await.lacks(ticket).lacks("/redeem/");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0, "emptied when sent");
}

// Row 3: replay after accepting (CVE-2026-4325); and every other end of a ticket.
async fn a_ticket_that_is_over_says_why(app: TestApp) {
    let house = house(&app).await;
    let first = mailed(&app, &house).await.link();
    // Inviting to more sends a fresh ticket; the old one is dead at once.
    let other = app.group("Press").await;
    own(&app, other, &house.john).await;
    let answer = send(&app, &house.john, &wish(SAM, &[Target::Group(other)])).await.remove(0);
    assert_eq!(answer.outcome, Outcome::Pending);
    let second = app.deliver().await.remove(0).link();
    assert_ne!(first, second);
    let mut browser = app.browser();
    let page = browser.get(&first).await;
    assert_eq!(page.status, 410);
    page.shows("A newer mail has taken its place").shows("23 November 2026");
    // Both targets are on one page, and are accepted together.
    let (mut guest, page) = proved(&app, &second).await;
    assert_eq!(offered(&page).len(), 2);
    accept(&mut guest, &page).await;
    let page = browser.get(&second).await;
    assert_eq!(page.status, 410);
    page.shows("This invitation has been accepted").lacks("Get started");
    let ticket = second.rsplit('/').next().unwrap().to_owned();
    assert_eq!(browser.post("/fn/redeem/begin", &[("ticket", &ticket)]).await.location(), second);
}

async fn a_link_runs_out_and_says_so(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    app.clock.advance(30 * DAY);
    let page = app.browser().get(&link).await;
    assert_eq!(page.status, 410);
    page.shows("This link has run out").shows("23 December 2026");
    // Another owner is not held up by it.
    let ines = app.member("ines@woodgrove.example", "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let answer = send(&app, &ines, &wish(SAM, &[Target::Group(house.group)])).await.remove(0);
    assert_eq!(answer.outcome, Outcome::Invited);
    let (mut browser, page) = proved(&app, &app.deliver().await.remove(0).link()).await;
    accept(&mut browser, &page).await;
    assert!(opens(&app, &mut browser, house.board).await);
}

async fn of_two_hundred_who_accept_at_once_one_does(app: TestApp) {
    let house = house(&app).await;
    let answer = invite(&app, &house, SAM).await;
    let guest = answer.user.unwrap();
    let target = app.number("SELECT COUNT(*) FROM invitation_targets").await;
    assert_eq!(target, 1);
    let ids = targets(&app, &answer).await;
    let tries = (0..200).map(|_| {
        let (services, origin, ids) = (app.services.clone(), app.origin(), ids.clone());
        tokio::spawn(async move { redemption::accept(&services, &origin, guest, acceptance(&ids)).await.is_ok() })
    });
    let mut won = 0;
    for one in tries.collect::<Vec<_>>() {
        won += i32::from(one.await.unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events WHERE activity = 'Redeem external user invite'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'accepted'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
}

// Row 5: an unclaimed invited account taken over by knowing the address. Row 11: an anonymous confirmation.
async fn without_the_mailbox_nothing_is_accepted(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let ticket = link.rsplit('/').next().unwrap().to_owned();
    let mut thief = app.browser();
    thief.post("/fn/redeem/begin", &[("ticket", &ticket)]).await;
    thief.post("/fn/redeem/send-code", &[]).await;
    thief.post("/fn/redeem/code", &[("code", "00000000")]).await;
    let fields = [("name", "Thief"), ("language", "en")];
    assert_eq!(thief.post("/fn/redeem/accept", &fields).await.location(), "/redeem");
    thief.get("/redeem").await.shows("This code does not fit").lacks("Come in");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE redemption = 'pending_acceptance'").await, 1);
    assert_eq!(app.browser().post("/fn/redeem/accept", &fields).await.location(), "/redeem");
}

// Row 10: the wrong account accepts.
async fn a_proof_of_another_address_accepts_nothing(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let ticket = link.rsplit('/').next().unwrap().to_owned();
    app.member("maya@woodgrove.example", "Maya Stone").await;
    // Somebody who is signed in opens the link: it begins anew, without her.
    let mut maya = app.signed_in("maya@woodgrove.example").await;
    maya.post("/fn/redeem/begin", &[("ticket", &ticket)]).await;
    assert!(maya.get("/account").await.location().starts_with("/sign-in"));
    // Her own code proves her own address, and leads to her own apps.
    maya.post("/fn/sign-in/send-code", &[("email", "maya@woodgrove.example")]).await;
    let code = app.deliver().await.remove(0).code();
    assert_eq!(maya.post("/fn/sign-in/code", &[("code", &code)]).await.location(), "/");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE redemption = 'pending_acceptance'").await, 1);
}

async fn plain_sign_in_and_join_lead_to_the_same_page(app: TestApp) {
    let house = house(&app).await;
    let id = invite(&app, &house, SAM).await.invitation.unwrap().to_string();
    app.deliver().await;
    let mut browser = app.browser();
    browser.post("/fn/sign-in/send-code", &[("email", SAM)]).await;
    let code = app.deliver().await.remove(0).code();
    assert_eq!(browser.post("/fn/sign-in/code", &[("code", &code)]).await.location(), "/redeem");
    browser.get("/redeem").await.shows("Come in").shows("Contoso launch");
    let mut browser = app.browser();
    browser.get(&format!("/join/{id}")).await.shows("Get started").lacks(SAM);
    assert_eq!(browser.post("/fn/redeem/begin", &[("join", &id)]).await.location(), "/redeem");
    browser.get("/redeem").await.shows("Send code");
    assert_eq!(app.browser().get("/join/nonsense").await.status, 404);
}

// Row 6: the token leaks by Referer (CVE-2022-23067). Row 13: mail scanners consume links.
async fn opening_links_changes_nothing_and_tells_nobody(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let count = "SELECT COUNT(*) FROM audit_events";
    let before = app.number(count).await;
    for path in [link.clone(), format!("{link}/decline"), format!("{link}/block"), format!("{link}/unsubscribe")] {
        for _ in 0..3 {
            let page = app.browser().get(&path).await;
            assert!(page.status == 200 || page.status == 303, "{path}");
            assert_eq!(page.header("referrer-policy"), "strict-origin", "{path}");
            page.lacks("<script");
        }
    }
    assert_eq!(app.number(count).await, before);
    assert_eq!(app.number("SELECT COUNT(*) FROM blocked_addresses").await, 0);
    proved(&app, &link).await;
}

// Row 7: HTML in the mail (CVE-2022-23068).
async fn what_people_write_stays_text(app: TestApp) {
    let house = house(&app).await;
    let nasty = "<script>alert(1)</script>{{ organisation }}\r\nBcc: x@evil.example\u{202E}";
    app.sql("UPDATE users SET name = 'J <b>Doe</b>' WHERE email LIKE 'john%'").await;
    let wanted = Wish { message: nasty.to_owned(), ..wish(SAM, &[Target::Group(house.group)]) };
    send(&app, &house.john, &wanted).await;
    let mail = app.deliver().await.remove(0);
    assert!(mail.text.contains("<script>alert(1)</script>{{ organisation }}"), "{}", mail.text);
    assert!(!mail.text.contains('\u{202E}'));
    let html = "SELECT COUNT(*) FROM demo_mailbox WHERE html_part LIKE '%<script>%' OR html_part LIKE '%<b>Doe%'";
    assert_eq!(app.number(html).await, 0);
    let head = "SELECT COUNT(*) FROM demo_mailbox WHERE source LIKE '%\nBcc:%'";
    assert_eq!(app.number(head).await, 1, "only in the body, behind the quote's indent or not at all in the head");
    app.browser().get(&mail.link()).await.lacks("<b>Doe");
}

// Row 8: a link poisoned by the Host header (CVE-2021-25994).
async fn a_forged_host_makes_no_links(app: TestApp) {
    let house = house(&app).await;
    let mut browser = app.signed_in(JOHN).await.with_header("host", "evil.example");
    let target = Target::Group(house.group).to_string();
    let answer = browser.post("/fn/invite/send", &[("email", SAM), ("targets[]", &target)]).await;
    assert_eq!(answer.status, 421);
    assert!(mailed(&app, &house).await.text.contains("http://127.0.0.1:8080/redeem/"));
}

async fn a_lost_right_waits_for_an_owner(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let ines = app.member("ines@woodgrove.example", "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    app.sql("UPDATE users SET enabled = FALSE WHERE email LIKE 'john%'").await;
    let (mut guest, page) = proved(&app, &link).await;
    accept(&mut guest, &page).await;
    guest.get("/?after=welcome").await.shows("Waits for an owner").shows("Inès Moreau");
    assert!(!opens(&app, &mut guest, house.board).await);
    let mails = app.deliver().await;
    let asked = mails.iter().find(|mail| mail.to == "ines@woodgrove.example").expect("the owner is asked");
    let mut owner = app.signed_in("ines@woodgrove.example").await;
    let path = asked.link();
    owner.get(&path).await.shows("Sam Oogle").shows("Give access");
    let id = path.rsplit('/').next().unwrap().to_owned();
    // Nobody else's to give.
    let maya = app.member("maya@woodgrove.example", "Maya Stone").await;
    let mut other = app.signed_in(&maya.email).await;
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(other.post("/fn/confirm/answer", &[("id", &id), ("answer", "yes")]).await.status, 404);
    assert!(!opens(&app, &mut guest, house.board).await);
    let answer = owner.post("/fn/confirm/answer", &[("id", &id), ("answer", "yes")]).await;
    assert_eq!(answer.location(), format!("/groups/{}", house.group));
    assert!(opens(&app, &mut guest, house.board).await);
    assert!(app.deliver().await.iter().any(|mail| mail.to == SAM), "the guest is told");
    assert_eq!(owner.get(&path).await.status, 404, "decided once");
}

async fn what_changed_meanwhile_is_looked_at_again(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let (mut guest, page) = proved(&app, &link).await;
    organisation::set(&app.services, &app.origin(), "deniedDomains", "gmail.com").await.unwrap();
    assert_eq!(accept(&mut guest, &page).await.location(), "/redeem");
    guest.get("/redeem").await.shows("Addresses of this domain are not let in");
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE redemption = 'pending_acceptance'").await, 1);
    organisation::set(&app.services, &app.origin(), "deniedDomains", "").await.unwrap();
    // The group is gone: the guest comes in without it.
    app.sql("UPDATE directory_groups SET deleted_at = 1").await;
    assert_eq!(accept(&mut guest, &page).await.location(), "/?after=welcome");
    assert!(!opens(&app, &mut guest, house.board).await);
    assert_eq!(
        app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'refused' AND reason = 'targetGone'").await,
        1
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
}

async fn a_guest_disabled_or_deleted_meanwhile_stays_out(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let (mut guest, page) = proved(&app, &link).await;
    app.sql("UPDATE users SET enabled = FALSE WHERE user_type = 'guest'").await;
    accept(&mut guest, &page).await;
    assert_eq!(guest.get("/redeem").await.status, 403);
    app.sql("UPDATE users SET enabled = TRUE, deleted_at = 1 WHERE user_type = 'guest'").await;
    accept(&mut guest, &page).await;
    assert_eq!(guest.get("/redeem").await.status, 403);
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE redemption = 'pending_acceptance'").await, 1);
}

async fn accepting_while_being_disabled_or_deleted_is_one_or_the_other(app: TestApp) {
    let house = house(&app).await;
    for i in 0..20 {
        let email = format!("g{i}@fabrikam.example");
        let answer = invite(&app, &house, &email).await;
        let guest = answer.user.unwrap();
        let (services, origin, ids) = (app.services.clone(), app.origin(), targets(&app, &answer).await);
        let accepting =
            tokio::spawn(async move { redemption::accept(&services, &origin, guest, acceptance(&ids)).await.is_ok() });
        let what = if i % 2 == 0 { "enabled = FALSE" } else { "deleted_at = 1" };
        let ending = tokio::spawn(TestApp::change(
            app.services.db.clone(),
            format!("UPDATE users SET {what} WHERE email = '{email}'"),
        ));
        let accepted = accepting.await.unwrap();
        ending.await.unwrap();
        let sql = format!("SELECT COUNT(*) FROM users WHERE email = '{email}' AND redemption = 'accepted'");
        assert_eq!(app.number(&sql).await, i64::from(accepted));
        let granted =
            "SELECT COUNT(*) FROM invitation_targets t JOIN users u ON u.id = t.guest_id WHERE t.state = 'granted'";
        assert_eq!(app.number(&format!("{granted} AND u.email = '{email}'")).await, i64::from(accepted));
        // Accepted or not, nobody who is disabled or deleted comes in; who was invited is told why, after the proof.
        let mut browser = app.browser();
        browser.post("/fn/sign-in/send-code", &[("email", &email)]).await;
        let code = app.deliver().await.into_iter().find(|mail| mail.subject.contains("code"));
        assert_eq!(code.is_some(), !accepted && i % 2 == 0);
        if let Some(code) = code {
            browser.post("/fn/sign-in/code", &[("code", &code.code())]).await;
            assert_eq!(browser.get("/redeem").await.status, 403);
            assert!(browser.get("/").await.location().starts_with("/sign-in"));
        }
    }
    assert!(audit::verify(&app.services, None).await.unwrap().ok);
}

async fn accepting_while_the_domain_is_denied_is_one_or_the_other(app: TestApp) {
    let house = house(&app).await;
    for i in 0..10 {
        organisation::set(&app.services, &app.origin(), "deniedDomains", "").await.unwrap();
        let answer = invite(&app, &house, &format!("g{i}@fabrikam.example")).await;
        let guest = answer.user.unwrap();
        let (services, origin, ids) = (app.services.clone(), app.origin(), targets(&app, &answer).await);
        let accepting =
            tokio::spawn(async move { redemption::accept(&services, &origin, guest, acceptance(&ids)).await.is_ok() });
        let (services, origin) = (app.services.clone(), app.origin());
        let denying = tokio::spawn(async move {
            organisation::set(&services, &origin, "deniedDomains", "fabrikam.example").await.unwrap();
        });
        let accepted = accepting.await.unwrap();
        denying.await.unwrap();
        let whose = format!("SELECT id FROM users WHERE email = 'g{i}@fabrikam.example'");
        let state = if accepted { "granted" } else { "pending" };
        let sql = format!("SELECT COUNT(*) FROM invitation_targets WHERE guest_id = ({whose}) AND state = '{state}'");
        assert_eq!(app.number(&sql).await, 1);
    }
}

async fn two_inviters_do_not_invite_twice(app: TestApp) {
    let house = house(&app).await;
    invite(&app, &house, SAM).await;
    let ines = app.member("ines@woodgrove.example", "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let press = app.group("Press").await;
    own(&app, press, &ines).await;
    let both = wish(SAM, &[Target::Group(house.group), Target::Group(press)]);
    let answer = send(&app, &ines, &both).await.remove(0);
    assert_eq!(answer.outcome, Outcome::Invited);
    assert_eq!((answer.targets[0].outcome, answer.targets[0].by.as_deref()), (Outcome::Pending, Some("John Doe")));
    assert_eq!(answer.targets[1].outcome, Outcome::Invited);
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 2);
    // The same again changes nothing and mails nobody.
    app.deliver().await;
    assert_eq!(invite(&app, &house, SAM).await.outcome, Outcome::Pending);
    assert!(app.deliver().await.is_empty());
    // One acceptance takes all of it.
    let mut browser = app.browser();
    browser.post("/fn/sign-in/send-code", &[("email", SAM)]).await;
    let code = app.deliver().await.remove(0).code();
    browser.post("/fn/sign-in/code", &[("code", &code)]).await;
    let page = browser.get("/redeem").await;
    assert_eq!(offered(&page).len(), 2);
    accept(&mut browser, &page).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations WHERE state = 'accepted'").await, 2);
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events WHERE activity = 'Redeem external user invite'").await, 2);
}

async fn those_who_are_known_are_added_at_once(app: TestApp) {
    let house = house(&app).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    app.guest("hana@proseware.example", "Hana Sato").await;
    for email in ["maya@woodgrove.example", "hana@proseware.example"] {
        assert_eq!(invite(&app, &house, email).await.outcome, Outcome::Added, "{email}");
        let mail = app.deliver().await.remove(0);
        assert!(!mail.text.contains("/redeem/") && mail.to == email);
        let mut browser = app.signed_in(email).await;
        assert!(opens(&app, &mut browser, house.board).await);
        assert_eq!(invite(&app, &house, email).await.outcome, Outcome::Already, "{email}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 0);
    // Somebody of ours whom nobody knows is not invited but joins.
    let answer = invite(&app, &house, "new@woodgrove.example").await;
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::OwnDomain)));
}

async fn the_disabled_are_refused_and_the_deleted_revived_without_what_they_had(app: TestApp) {
    let house = house(&app).await;
    let hana = app.guest("hana@proseware.example", "Hana Sato").await;
    let press = app.group("Press").await;
    app.join(press, &hana).await;
    app.sql("UPDATE users SET enabled = FALSE WHERE email LIKE 'hana%'").await;
    let answer = invite(&app, &house, "hana@proseware.example").await;
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::Disabled)));
    app.sql("UPDATE users SET enabled = TRUE, deleted_at = 1 WHERE email LIKE 'hana%'").await;
    let answer = invite(&app, &house, "hana@proseware.example").await;
    assert_eq!((answer.outcome, answer.user), (Outcome::Invited, Some(hana.id)));
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1, "only what was given anew");
    let (mut browser, page) = proved(&app, &app.deliver().await.remove(0).link()).await;
    accept(&mut browser, &page).await;
    assert!(opens(&app, &mut browser, house.board).await);
}

// Row 4: membership enumeration (CVE-2026-2366).
async fn a_guest_who_invites_learns_of_nobody(app: TestApp) {
    let house = house(&app).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    let hana = app.guest("hana@proseware.example", "Hana Sato").await;
    app.guest("known@fabrikam.example", "Known").await;
    let mut tx = app.services.db.write().await.unwrap();
    storage::users::grant_role(&mut tx.conn(), hana.id, Role::GuestInviter, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    own(&app, house.group, &hana).await;
    let list = "known@fabrikam.example\nunknown@fabrikam.example\nmaya@woodgrove.example\nnobody@woodgrove.example";
    let answers = send(&app, &hana, &wish(list, &[Target::Group(house.group)])).await;
    let ours = |i: usize| (answers[i].outcome, answers[i].reason, answers[i].user);
    assert_eq!(ours(2), ours(3), "a colleague's address and one that nobody has");
    for answer in &answers[..2] {
        assert_eq!((answer.outcome, answer.user), (Outcome::Invited, None), "{}", answer.raw);
        assert!(answer.targets.iter().all(|one| one.by.is_none() && one.reason.is_none()));
    }
}

async fn a_guest_without_rights_learns_nothing_from_a_preview(app: TestApp) {
    let house = house(&app).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    app.guest("known@fabrikam.example", "Known").await;
    let secret = app.group("Secret plans").await;
    app.guest("hana@proseware.example", "Hana Sato").await;
    let mut hana = app.signed_in("hana@proseware.example").await;
    let mut answers = Vec::new();
    for email in ["known@fabrikam.example", "unknown@fabrikam.example"] {
        for target in ["", &Target::Group(house.group).to_string()] {
            let page = hana.post("/invite/preview", &[("email", email), ("targets[]", target)]).await;
            answers.push((target.is_empty(), page.status, page.body.replace(email, "")));
        }
    }
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[1], answers[3]);
    let target = Target::Group(secret).to_string();
    hana.post("/invite/preview", &[("email", SAM), ("targets[]", &target)]).await.lacks("Secret plans");
    let tell = |who| [("email", SAM), ("targets[]", target.as_str()), ("tell", who)];
    let known = hana.post("/invite/preview", &tell("maya@woodgrove.example")).await.status;
    assert_eq!(known, hana.post("/invite/preview", &tell("nobody@woodgrove.example")).await.status);
}

async fn what_is_added_while_one_reads_is_asked_again(app: TestApp) {
    let house = house(&app).await;
    let (mut guest, page) = proved(&app, &mailed(&app, &house).await.link()).await;
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    send(&app, &house.john, &wish(SAM, &[Target::Group(press)])).await;
    assert_eq!(accept(&mut guest, &page).await.location(), "/redeem");
    let page = guest.get("/redeem").await;
    page.shows("Something was added meanwhile").shows("Press");
    assert_eq!(accept(&mut guest, &page).await.location(), "/?after=welcome");
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'granted'").await, 2);
}

async fn who_asks_again_adds_and_takes_nothing_back(app: TestApp) {
    let house = house(&app).await;
    let group = Target::Group(house.group);
    let first = Wish { message: "Hello Sam".into(), access_until: "2026-12-01".into(), ..wish(SAM, &[group]) };
    send(&app, &house.john, &first).await;
    app.deliver().await;
    let later = Wish { access_until: "2026-12-24".into(), ..wish(SAM, &[group]) };
    assert_eq!(send(&app, &house.john, &later).await[0].outcome, Outcome::Pending);
    assert!(app.deliver().await.is_empty(), "nothing new to redeem");
    let sooner = Wish { access_until: "2026-11-30".into(), ..wish(SAM, &[group]) };
    send(&app, &house.john, &sooner).await;
    let mut browser = app.signed_in(JOHN).await;
    browser.get(&format!("/groups/{}", house.group)).await.shows("24 December 2026").lacks("30 November 2026");
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    send(&app, &house.john, &wish(SAM, &[Target::Group(press)])).await;
    assert!(app.deliver().await[0].text.contains("Hello Sam"));
}

async fn owners_invite_to_what_they_own_and_nobody_else_does(app: TestApp) {
    let house = house(&app).await;
    let foreign = app.group("Foreign").await;
    let answer = send(&app, &house.john, &wish(SAM, &[Target::Group(foreign)])).await.remove(0);
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::NotYours)));
    let answer = send(&app, &house.john, &wish(SAM, &[])).await.remove(0);
    assert_eq!((answer.outcome, answer.reason), (Outcome::Refused, Some(Reason::NoRightToInvite)));
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await, 0, "nothing is left of it");
    let mut browser = app.signed_in(JOHN).await;
    assert_eq!(browser.get(&format!("/groups/{foreign}")).await.status, 404);
    assert_eq!(browser.get(&format!("/invite?to=group:{foreign}")).await.status, 404);
    app.sql("UPDATE directory_groups SET guests_allowed = FALSE").await;
    assert_eq!(invite(&app, &house, SAM).await.reason, Some(Reason::GuestsNotAllowed));
}

async fn a_group_is_no_tunnel_for_the_invited(app: TestApp) {
    let house = house(&app).await;
    let payroll = app.app("Payroll", "https://payroll.example/", false).await;
    app.assign(payroll, Assignee::Group(house.group)).await;
    let mut john = app.signed_in(JOHN).await;
    john.get(&format!("/groups/{}", house.group)).await.shows("Guests do not get Payroll through this group");
    let (mut guest, page) = proved(&app, &mailed(&app, &house).await.link()).await;
    accept(&mut guest, &page).await;
    assert!(opens(&app, &mut guest, house.board).await);
    assert_eq!(guest.get(&format!("/apps/{payroll}/open")).await.status, 404);
    app.sql("UPDATE app_assignments SET for_guests = TRUE").await;
    assert_eq!(guest.get(&format!("/apps/{payroll}/open")).await.location(), "https://payroll.example/");
}

async fn access_ends_with_the_day(app: TestApp) {
    let house = house(&app).await;
    let wanted = Wish { access_until: "2026-11-24".into(), ..wish(SAM, &[Target::Group(house.group)]) };
    send(&app, &house.john, &wanted).await;
    let (mut guest, page) = proved(&app, &app.deliver().await.remove(0).link()).await;
    page.shows("until 24 November 2026");
    accept(&mut guest, &page).await;
    guest.get("/").await.shows("until 24 November 2026");
    assert!(opens(&app, &mut guest, house.board).await);
    app.clock.advance(11 * HOUR);
    assert!(opens(&app, &mut guest, house.board).await);
    app.clock.advance(6 * HOUR);
    app.clock.advance(2 * DAY);
    assert!(!opens(&app, &mut app.signed_in(SAM).await, house.board).await);
}

async fn what_is_unticked_is_not_given(app: TestApp) {
    let house = house(&app).await;
    let (mut guest, page) = proved(&app, &mailed(&app, &house).await.link()).await;
    assert_eq!(offered(&page).len(), 1);
    let id = &offered(&page)[0];
    let fields = [("name", "Sam"), ("language", "fr"), ("offered[]", id)];
    assert_eq!(guest.post("/fn/redeem/accept", &fields).await.location(), "/?after=welcome");
    guest.get("/").await.lacks("Launch board").shows("Vos applications seront ici");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
}

async fn statements_are_agreed_to_by_version(app: TestApp) {
    let house = house(&app).await;
    organisation::set(&app.services, &app.origin(), "privacyUrl", "https://woodgrove.example/privacy").await.unwrap();
    let (mut guest, page) = proved(&app, &mailed(&app, &house).await.link()).await;
    page.shows("privacy:1").shows("required");
    accept(&mut guest, &page).await;
    guest.get("/redeem").await.shows("Tick that you agree").shows("Sam Oogle");
    organisation::set(&app.services, &app.origin(), "privacyUrl", "https://woodgrove.example/new").await.unwrap();
    let id = offered(&page).remove(0);
    let fields = |version| [("name", "Sam Oogle"), ("offered[]", id.as_str()), ("agreed[]", version)];
    guest.post("/fn/redeem/accept", &fields("privacy:1")).await;
    guest.get("/redeem").await.shows("The statement has changed meanwhile").shows("privacy:2");
    assert_eq!(guest.post("/fn/redeem/accept", &fields("privacy:2")).await.location(), "/?after=welcome");
    assert_eq!(app.number("SELECT COUNT(*) FROM consents WHERE version = 2").await, 1);
}

async fn declining_and_blocking_take_one_button(app: TestApp) {
    let house = house(&app).await;
    let link = mailed(&app, &house).await.link();
    let ticket = link.rsplit('/').next().unwrap().to_owned();
    let mut browser = app.browser();
    browser.get(&format!("{link}/decline")).await.shows("Decline this invitation?");
    assert_eq!(browser.post("/fn/redeem/decline", &[("ticket", &ticket)]).await.location(), "/goodbye/declined");
    let page = browser.get(&link).await;
    assert_eq!(page.status, 410);
    page.shows("This invitation was declined");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0, "the grant goes with it");
    // Blocking works with any ticket that was ever sent, and without a cookie.
    let answer = app.browser().post(&format!("{link}/unsubscribe"), &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(answer.status, 200);
    let answer = invite(&app, &house, SAM).await;
    assert!(answer.blocked && answer.outcome == Outcome::Invited);
    assert!(app.deliver().await.iter().all(|mail| mail.to != SAM), "no mail");
    let unsent = "SELECT COUNT(*) FROM audit_events WHERE activity = 'Email not sent, user unsubscribed'";
    assert_eq!(app.number(unsent).await, 1);
    assert_eq!(app.browser().post("/redeem/nonsense/unsubscribe", &[]).await.status, 404);
}

async fn a_pasted_list_of_five_hundred_is_answered_line_by_line(app: TestApp) {
    let house = house(&app).await;
    organisation::set(&app.services, &app.origin(), "deniedDomains", "*.evil.example").await.unwrap();
    let mut lines = vec![
        "junk".to_owned(),
        "\"quoted local\"@x.example".to_owned(),
        "me@[192.0.2.1]".to_owned(),
        "someone@woodgrove.example".to_owned(),
        "x@mail.evil.example".to_owned(),
        "Łucja Żółć <lucja+tag@fabrikam.example>".to_owned(),
        "LUCJA+tag@Fabrikam.Example".to_owned(),
        "józef@müller.example".to_owned(),
    ];
    lines.extend((0..492).map(|i| format!("p{i}@partner.example")));
    let answers = send(&app, &house.john, &wish(&lines.join("\r\n"), &[Target::Group(house.group)])).await;
    let reasons: Vec<Option<Reason>> = answers.iter().take(8).map(|answer| answer.reason).collect();
    assert_eq!(
        reasons,
        [
            Some(Reason::NotAnAddress),
            Some(Reason::NotAnAddress),
            Some(Reason::NotAnAddress),
            Some(Reason::OwnDomain),
            Some(Reason::DomainDenied),
            None,
            Some(Reason::Repeated),
            None
        ]
    );
    assert!(answers[8..].iter().all(|answer| answer.outcome == Outcome::Invited));
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 494);
    lines.push("one@more.example".into());
    let john = actor(&app, &house.john).await;
    let refused = invitation::read(&app.services, &john, &wish(&lines.join("\n"), &[])).await;
    assert!(refused.is_err(), "501 are too many");
}

async fn caps_hold_back_and_say_so(app: TestApp) {
    let house = house(&app).await;
    organisation::set(&app.services, &app.origin(), "mailsPerInviter", "2").await.unwrap();
    let list = "a@fabrikam.example b@fabrikam.example c@fabrikam.example";
    let answers = send(&app, &house.john, &wish(list, &[Target::Group(house.group)])).await;
    assert_eq!(answers[1].outcome, Outcome::Invited);
    assert_eq!(answers[2].reason, Some(Reason::CapInviter));
    app.clock.advance(DAY);
    assert_eq!(invite(&app, &house, "c@fabrikam.example").await.outcome, Outcome::Invited);
}

async fn a_form_that_is_refused_loses_nothing(app: TestApp) {
    let house = house(&app).await;
    let target = Target::Group(house.group).to_string();
    let mut browser = app.signed_in(JOHN).await;
    let long = "é".repeat(1_001);
    let fields = [("email", SAM), ("targets[]", &target), ("to", &target), ("message", &long), ("tell", "x@y.example")];
    let answer = browser.post("/fn/invite/send", &fields).await;
    assert_eq!(answer.location(), format!("/invite?to={target}&after=invite"));
    let page = browser.get(answer.location()).await;
    page.shows("longer than 1,000 characters").shows(SAM).shows(&long).shows("x@y.example");
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 0);
    // Seeing first what will happen changes nothing either.
    let fields =
        [("email", SAM), ("targets[]", &target), ("to", &target), ("message", "<i>Hi</i>"), ("step", "preview")];
    let answer = browser.post("/fn/invite/send", &fields).await;
    let page = browser.get(answer.location()).await;
    page.shows("will be invited").shows("John Doe invited you to Contoso launch").shows("&lt;i&gt;Hi").lacks("<i>Hi");
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE user_type = 'guest'").await, 0);
}

async fn where_nothing_came_of_it_the_form_comes_back(app: TestApp) {
    let house = house(&app).await;
    let target = Target::Group(house.group).to_string();
    let mut browser = app.signed_in(JOHN).await;
    let fields = [("email", "sam(at)gmail"), ("targets[]", &target), ("to", &target), ("message", "Hello Sam")];
    let answer = browser.post("/fn/invite/send", &fields).await;
    assert_eq!(answer.location(), format!("/invite?to={target}&after=invite"));
    browser
        .get(answer.location())
        .await
        .shows("neither an e-mail address")
        .shows("Nothing was sent")
        .shows("Hello Sam")
        .shows("sam(at)gmail");
}

async fn the_language_of_the_mail_goes_on(app: TestApp) {
    let house = house(&app).await;
    let wanted = Wish { language: "fr".into(), ..wish(SAM, &[Target::Group(house.group)]) };
    send(&app, &house.john, &wanted).await;
    let mail = app.deliver().await.remove(0);
    assert!(mail.subject.contains("vous invite"), "{}", mail.subject);
    let ticket = mail.link().rsplit('/').next().unwrap().to_owned();
    let mut browser = app.browser().with_header("accept-language", "en");
    browser.post("/fn/redeem/begin", &[("ticket", &ticket)]).await;
    browser.get("/redeem").await.shows("lang=\"fr\"");
    browser.post("/fn/redeem/send-code", &[]).await;
    assert!(app.deliver().await[0].subject.contains("Votre code"));
}

async fn an_invitation_leads_on_only_where_it_may(app: TestApp) {
    let house = house(&app).await;
    for (i, (redirect, followed)) in [
        ("https://board.example/start", true),
        ("https://board.example.evil.example/", false),
        ("https://evil.example/", false),
        ("http://127.0.0.1:8080/groups", true),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("g{i}@fabrikam.example");
        let wanted = Wish { redirect_url: redirect.into(), ..wish(&email, &[Target::Group(house.group)]) };
        send(&app, &house.john, &wanted).await;
        let (mut guest, page) = proved(&app, &app.deliver().await.remove(0).link()).await;
        let answer = accept(&mut guest, &page).await;
        assert_eq!(answer.location(), if followed { redirect } else { "/?after=welcome" }, "{redirect}");
        if !followed {
            guest.get("/?after=welcome").await.shows("The invitation leads on to");
        }
        app.deliver().await;
    }
    let bad = Wish { redirect_url: "javascript:alert(1)".into(), ..wish(SAM, &[]) };
    let john = actor(&app, &house.john).await;
    assert!(invitation::read(&app.services, &john, &bad).await.is_err());
}

on_both_engines!(
    an_unknown_address_becomes_a_guest_who_opens_the_app,
    before_accepting_nothing_opens,
    a_forged_or_cut_ticket_finds_nothing,
    a_ticket_is_in_the_mail_and_nowhere_else,
    a_ticket_that_is_over_says_why,
    a_link_runs_out_and_says_so,
    of_two_hundred_who_accept_at_once_one_does,
    without_the_mailbox_nothing_is_accepted,
    a_proof_of_another_address_accepts_nothing,
    plain_sign_in_and_join_lead_to_the_same_page,
    opening_links_changes_nothing_and_tells_nobody,
    what_people_write_stays_text,
    a_forged_host_makes_no_links,
    a_lost_right_waits_for_an_owner,
    what_changed_meanwhile_is_looked_at_again,
    a_guest_disabled_or_deleted_meanwhile_stays_out,
    accepting_while_being_disabled_or_deleted_is_one_or_the_other,
    accepting_while_the_domain_is_denied_is_one_or_the_other,
    two_inviters_do_not_invite_twice,
    those_who_are_known_are_added_at_once,
    the_disabled_are_refused_and_the_deleted_revived_without_what_they_had,
    a_guest_who_invites_learns_of_nobody,
    a_guest_without_rights_learns_nothing_from_a_preview,
    what_is_added_while_one_reads_is_asked_again,
    who_asks_again_adds_and_takes_nothing_back,
    owners_invite_to_what_they_own_and_nobody_else_does,
    a_group_is_no_tunnel_for_the_invited,
    access_ends_with_the_day,
    what_is_unticked_is_not_given,
    statements_are_agreed_to_by_version,
    declining_and_blocking_take_one_button,
    a_pasted_list_of_five_hundred_is_answered_line_by_line,
    caps_hold_back_and_say_so,
    a_form_that_is_refused_loses_nothing,
    where_nothing_came_of_it_the_form_comes_back,
    the_language_of_the_mail_goes_on,
    an_invitation_leads_on_only_where_it_may,
);
