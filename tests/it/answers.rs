//! What guests answer, what time does by itself, and who is told of it.

use crate::support::{
    Received, TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, own, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{
        ids::{InvitationId, UserId},
        invitation::Target,
        time::{DAY, HOUR},
    },
    jobs,
    mail::transport::{Smtp, Transport},
    services::{access, notices, organisation, steering, upkeep},
};

fn ticket(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}

async fn invited(app: &TestApp, house: &House) -> (InvitationId, String) {
    let id = invite(app, house, SAM).await.invitation.unwrap();
    (id, app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link())
}

/// Delivers, and leaves the mails to one address.
async fn mails_to(app: &TestApp, email: &str) -> Vec<Received> {
    app.deliver().await.into_iter().filter(|mail| mail.to == email).collect()
}

async fn declining_tells_the_inviter_with_a_word_and_can_be_taken_back(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let ticket = ticket(&link);
    let mut guest = app.browser();
    guest.get(&format!("{link}/decline")).await.shows("A word to John Doe");
    // Too long a word comes back as it was typed.
    let long = "x".repeat(501);
    let back = guest.post("/fn/redeem/decline", &[("ticket", &ticket), ("word", &long)]).await;
    guest.get(back.location()).await.shows("longer than 500").shows(&long);
    let word = "I left that project.\n<b>Sorry</b>";
    let answer = guest.post("/fn/redeem/decline", &[("ticket", &ticket), ("word", word)]).await;
    guest.get(answer.location()).await.shows("You have declined").shows("Take it back");
    let page = guest.get(&link).await;
    assert_eq!(page.status, 410);
    page.shows("This invitation was declined").shows("Take it back");
    let told = mails_to(&app, JOHN).await.remove(0);
    assert_eq!(told.subject, "gsamoogle has declined");
    assert!(told.text.contains("I left that project.") && told.text.contains("<b>Sorry</b>"), "{}", told.text);
    let mut john = app.signed_in(JOHN).await;
    john.get(&format!("/invitations/{id}"))
        .await
        .shows("I left that project.")
        .shows("&lt;b&gt;Sorry")
        .shows("Declined");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
    // Another browser without the ticket takes nothing back; the one that declined needs none.
    app.browser().post("/fn/redeem/take-back", &[]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
    assert_eq!(guest.post("/fn/redeem/take-back", &[]).await.location(), format!("/join/{id}"));
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
    guest.post("/fn/redeem/decline", &[("ticket", &ticket)]).await;
    guest.post("/fn/redeem/take-back", &[("ticket", &ticket)]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
    app.deliver().await;
    let (mut guest, page) = proved(&app, &link).await;
    accept(&mut guest, &page).await;
    guest.get("/").await.shows("Launch board");
    // Twice changes nothing.
    guest.post("/fn/redeem/take-back", &[("ticket", &ticket)]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
}

async fn a_new_link_is_asked_for_once_a_ticket_and_thrice_an_invitation(app: TestApp) {
    let house = house(&app).await;
    let (id, mut link) = invited(&app, &house).await;
    let john = actor(&app, &house.john).await;
    let mut guest = app.browser();
    guest.post("/fn/redeem/ask", &[("ticket", &ticket(&link))]).await;
    assert!(mails_to(&app, JOHN).await.is_empty(), "the link works still");
    for round in 1..=4 {
        app.clock.advance(31 * DAY);
        let page = guest.get(&link).await;
        assert_eq!(page.status, 410);
        page.shows("This link has run out").lacks("John Doe").lacks(SAM);
        for _ in 0..3 {
            guest.post("/fn/redeem/ask", &[("ticket", &ticket(&link))]).await;
        }
        let says = if round == 4 { "asked for three times" } else { "A new link has been asked for" };
        guest.get(&link).await.shows(says).lacks("Ask for a new one");
        let told = mails_to(&app, JOHN).await;
        assert_eq!(told.len(), usize::from(round <= 3), "round {round}");
        if let Some(told) = told.first() {
            assert_eq!(told.subject, "gsamoogle asks for a new link");
            assert_eq!(told.link(), format!("/invitations/{id}"));
        }
        steering::resend(&app.services, &john, &app.origin(), id).await.unwrap();
        link = mails_to(&app, SAM).await.remove(0).link();
    }
    assert_eq!(guest.get("/redeem/nonsense").await.status, 404);
    guest.post("/fn/redeem/ask", &[("ticket", "nonsense")]).await;
}

async fn a_block_ends_with_a_proof_of_the_address(app: TestApp) {
    let house = house(&app).await;
    let (_, link) = invited(&app, &house).await;
    let mut guest = app.browser();
    guest.post("/fn/redeem/block", &[("ticket", &ticket(&link)), ("email", SAM)]).await;
    guest.get("/goodbye/blocked").await.shows("sign in with this address");
    // Somebody else's invitation is not mailed, and says so; the plain link may be handed over.
    let ines = app.member("ines@woodgrove.example", "Inès Moreau").await;
    let press = app.group("Press").await;
    own(&app, press, &ines).await;
    let answer = send(&app, &ines, &wish(SAM, &[Target::Group(press)])).await.remove(0);
    assert!(answer.blocked && answer.invitation.is_some());
    assert!(mails_to(&app, SAM).await.is_empty());
    // Without proof it stays.
    guest.post("/fn/redeem/unblock", &[]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM blocked_addresses").await, 1);
    let (mut guest, page) = proved(&app, &link).await;
    page.shows("Take invitations again");
    guest.post("/fn/redeem/unblock", &[]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM blocked_addresses").await, 0);
    guest.get("/redeem").await.shows("Come in").lacks("Take invitations again");
    // Once in, the account says and ends it.
    let page = guest.get("/redeem").await;
    accept(&mut guest, &page).await;
    guest.post("/fn/redeem/block", &[("ticket", &ticket(&link)), ("email", SAM)]).await;
    guest.get("/account").await.shows("Take invitations again");
    guest.post("/fn/redeem/unblock", &[]).await;
    guest.get("/account").await.lacks("Take invitations again");
}

async fn what_is_about_people_or_policy_is_said_after_the_proof_only(app: TestApp) {
    let house = house(&app).await;
    let (_, link) = invited(&app, &house).await;
    for (change, back, title) in [
        ("UPDATE users SET enabled = FALSE WHERE user_type = 'guest'", "UPDATE users SET enabled = TRUE", "disabled"),
        (
            "INSERT INTO settings (key, value, changed_at) VALUES ('deniedDomains', '[\"gmail.com\"]', 1)",
            "DELETE FROM settings WHERE key = 'deniedDomains'",
            "Addresses of this domain are not let in",
        ),
    ] {
        app.sql(change).await;
        let mut browser = app.browser();
        let page = browser.get(&link).await;
        assert_eq!(page.status, 200, "before the proof nothing shows: {title}");
        page.shows("Get started").lacks(title);
        let (mut browser, page) = proved(&app, &link).await;
        assert_eq!(page.status, 403);
        page.shows(title).shows("Ask John Doe.").shows("/help#").lacks("Come in");
        let refused = browser.post("/fn/redeem/accept", &[("name", "Sam"), ("language", "en")]).await;
        assert_eq!(refused.location(), "/redeem");
        assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE redemption = 'pending_acceptance'").await, 1);
        app.sql(back).await;
    }
    let (_, page) = proved(&app, &link).await;
    page.shows("Come in");
}

async fn somebody_else_is_told_who_they_are_and_for_whom_it_is(app: TestApp) {
    let house = house(&app).await;
    let (_, link) = invited(&app, &house).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    let mut maya = app.signed_in("maya@woodgrove.example").await;
    maya.get(&link)
        .await
        .shows("You are Maya Stone, and this is for somebody else")
        .shows("g•••@gmail.com")
        .shows("Stay Maya Stone")
        .shows("Get started");
    maya.get("/").await.shows("Maya");
}

async fn every_wrong_turn_stands_on_the_help_page(app: TestApp) {
    let page = app.browser().get("/help").await;
    for code in vestibule::domain::error::WrongTicket::ALL {
        page.shows(&format!("id=\"{}\"", code.as_str()));
    }
    for code in vestibule::domain::policy::Reason::ALL {
        page.shows(&format!("id=\"{}\"", code.as_str()));
    }
}

async fn reminders_come_twice_outside_quiet_hours_and_can_be_stopped(app: TestApp) {
    let house = house(&app).await;
    let (_, first) = invited(&app, &house).await;
    let remind = async || {
        upkeep::remind(&app.services).await.unwrap();
        mails_to(&app, SAM).await
    };
    app.clock.advance(9 * DAY);
    assert!(remind().await.is_empty(), "not before a third of the link's life");
    // At night it rests; the tests' day begins at 9 in the morning.
    app.clock.advance(DAY + 12 * HOUR);
    assert!(remind().await.is_empty(), "quiet hours");
    app.clock.advance(12 * HOUR);
    let mail = remind().await.remove(0);
    assert_eq!(mail.subject, "Reminder: John Doe invited you to Contoso launch at WoodGrove");
    assert!(mail.text.contains("/quiet"), "{}", mail.text);
    assert!(remind().await.is_empty(), "once");
    assert_eq!(app.browser().get(&first).await.status, 410, "the reminder's link takes the place of the first");
    assert_eq!(app.browser().get(&mail.link()).await.status, 200);
    app.clock.advance(10 * DAY);
    let second = remind().await.remove(0);
    app.clock.advance(8 * DAY);
    assert!(remind().await.is_empty(), "twice at most");
    assert_eq!(app.browser().get(&second.link()).await.status, 200);
    // Another guest stops them.
    invite(&app, &house, "kim@partner.example").await;
    let link = mails_to(&app, "kim@partner.example").await.remove(0).link();
    app.browser().get(&format!("{link}/quiet")).await.shows("No more reminders?");
    let answer = app.browser().post("/fn/redeem/quiet", &[("ticket", &ticket(&link))]).await;
    assert_eq!(answer.location(), "/goodbye/quiet");
    app.clock.advance(11 * DAY);
    upkeep::remind(&app.services).await.unwrap();
    assert!(mails_to(&app, "kim@partner.example").await.is_empty());
    assert_eq!(app.browser().get(&link).await.status, 200);
}

async fn who_may_not_invite_any_more_reminds_nobody(app: TestApp) {
    let house = house(&app).await;
    invited(&app, &house).await;
    app.sql("DELETE FROM group_owners").await;
    app.clock.advance(11 * DAY);
    upkeep::remind(&app.services).await.unwrap();
    assert!(mails_to(&app, SAM).await.is_empty());
}

async fn inviters_are_told_each_time_daily_or_never(app: TestApp) {
    let house = house(&app).await;
    let mut john = app.signed_in(JOHN).await;
    let upkeep = async || {
        upkeep::tell_run_out(&app.services).await.unwrap();
        notices::send_digests(&app.services).await.unwrap();
        mails_to(&app, JOHN).await
    };
    invited(&app, &house).await;
    app.clock.advance(31 * DAY);
    let told = upkeep().await;
    assert_eq!((told.len(), told[0].subject.as_str()), (1, "The invitation to gsamoogle has run out"));
    assert!(upkeep().await.is_empty(), "once");
    // Once a day: two things in one mail, at eight the next morning.
    john = {
        drop(john);
        app.signed_in(JOHN).await
    };
    john.post("/fn/account/telling", &[("telling", "daily")]).await;
    john.get("/account?after=mails").await.shows("value=\"daily\" selected");
    for email in ["kim@partner.example", "lee@partner.example"] {
        invite(&app, &house, email).await;
        let link = mails_to(&app, email).await.remove(0).link();
        app.browser().post("/fn/redeem/decline", &[("ticket", &ticket(&link))]).await;
    }
    // What is taken back by then is no news.
    invite(&app, &house, "zoe@partner.example").await;
    let link = mails_to(&app, "zoe@partner.example").await.remove(0).link();
    let mut zoe = app.browser();
    zoe.post("/fn/redeem/decline", &[("ticket", &ticket(&link))]).await;
    zoe.post("/fn/redeem/take-back", &[("ticket", &ticket(&link))]).await;
    assert!(upkeep().await.is_empty());
    app.clock.advance(DAY);
    let told = upkeep().await;
    assert!(!told[0].text.contains("zoe@partner.example"), "{}", told[0].text);
    assert_eq!((told.len(), told[0].subject.as_str()), (1, "Your guests at WoodGrove today"));
    assert!(told[0].text.contains("kim@partner.example") && told[0].text.contains("lee@partner.example"));
    assert!(upkeep().await.is_empty());
    // Never.
    john = app.signed_in(JOHN).await;
    john.post("/fn/account/telling", &[("telling", "none")]).await;
    invite(&app, &house, "mo@partner.example").await;
    let link = mails_to(&app, "mo@partner.example").await.remove(0).link();
    app.browser().post("/fn/redeem/decline", &[("ticket", &ticket(&link))]).await;
    app.clock.advance(DAY);
    assert!(upkeep().await.is_empty());
    john = app.signed_in(JOHN).await;
    let bad = john.post("/fn/account/telling", &[("telling", "sometimes")]).await;
    assert_eq!(bad.location(), "/account?after=mails#mails");
}

async fn a_mail_that_fails_is_told_in_the_servers_words(app: TestApp) {
    let house = house(&app).await;
    let id = invite(&app, &house, "gsamogle@gmail.com").await.invitation.unwrap();
    // Nobody listens there: for a day it is tried again, then given up.
    let transport = Transport::Smtp(Smtp::new(&"smtp://127.0.0.1:1?tls=none".parse().unwrap()).unwrap());
    for _ in 0..9 {
        for claimed in app.claim(10).await {
            jobs::attempt(&app.services, &transport, &claimed).await.unwrap();
        }
        app.clock.advance(7 * HOUR);
    }
    let told = mails_to(&app, JOHN).await.remove(0);
    assert_eq!(told.subject, "The invitation to gsamogle could not be delivered");
    assert_eq!(told.link(), format!("/invitations/{id}"));
    let mut john = app.signed_in(JOHN).await;
    john.get(&format!("/invitations/{id}")).await.shows("Correct the address and resend");
}

/// Sam, who has accepted and has access until a day.
async fn until(app: &TestApp, house: &House, day: &str) -> UserId {
    let (_, link) = invited(app, house).await;
    let (mut browser, page) = proved(app, &link).await;
    accept(&mut browser, &page).await;
    app.deliver().await;
    let john = actor(app, &house.john).await;
    let key = vestibule::domain::email::EmailKey(SAM.to_owned());
    let mut held = app.services.db.read().await.unwrap();
    let user = vestibule::storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap().id;
    drop(held);
    access::change_end(&app.services, &john, &app.origin(), (user, Target::Group(house.group)), day, None)
        .await
        .unwrap();
    user
}

async fn guest_and_sponsor_are_told_before_access_ends(app: TestApp) {
    let house = house(&app).await;
    let user = until(&app, &house, "2026-12-31").await;
    let step = async || {
        upkeep::end_access(&app.services).await.unwrap();
        let mut mails: Vec<(String, String, String)> = app
            .deliver()
            .await
            .into_iter()
            .map(|mail| (mail.to.clone(), mail.subject.clone(), mail.text.clone()))
            .collect();
        mails.sort();
        mails
    };
    app.clock.advance(20 * DAY);
    assert!(step().await.is_empty());
    app.clock.advance(5 * DAY);
    let told = step().await;
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].0.as_str(), told[0].1.as_str()),
        (SAM, "Your access to Contoso launch ends on 31 December 2026")
    );
    assert!(told[0].2.contains("ask John Doe"), "{}", told[0].2);
    assert_eq!((told[1].0.as_str(), told[1].1.as_str()), (JOHN, "Access of Sam Oogle ends on 31 December 2026"));
    let prolong = format!("/prolong/{user}/group:{}", house.group);
    assert!(told[1].2.contains(&prolong), "{}", told[1].2);
    assert!(step().await.is_empty(), "once");
    app.clock.advance(13 * DAY);
    assert_eq!(step().await.len(), 2, "and the day before");
    assert!(step().await.is_empty());
    app.clock.advance(2 * DAY);
    assert!(step().await.is_empty());
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events WHERE activity = 'End access'").await, 1);
    app.signed_in(SAM).await.get("/").await.lacks("Launch board");
    // Prolonged, it begins anew.
    let mut john = app.signed_in(JOHN).await;
    john.get(&prolong).await.shows("Prolong until");
    let fields =
        [("user", user.to_string()), ("target", format!("group:{}", house.group)), ("act", "prolong".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    john.post("/fn/access/steer", &fields).await;
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
    app.clock.advance(80 * DAY);
    assert_eq!(step().await.len(), 2);
}

async fn a_clock_that_jumps_tells_once_and_ends_on_time(app: TestApp) {
    let house = house(&app).await;
    until(&app, &house, "2027-03-28").await;
    organisation::set(&app.services, &app.origin(), "timeZone", "Europe/Paris").await.unwrap();
    // Past both notices and the end at once: nothing is announced that is over.
    app.clock.advance(200 * DAY);
    upkeep::end_access(&app.services).await.unwrap();
    assert!(app.deliver().await.is_empty());
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events WHERE activity = 'End access'").await, 1);
    // Back again: it has been said.
    app.clock.advance(-150 * DAY);
    upkeep::end_access(&app.services).await.unwrap();
    assert!(app.deliver().await.is_empty());
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
}

async fn two_instances_tell_once(app: TestApp) {
    let house = house(&app).await;
    until(&app, &house, "2026-12-31").await;
    invite(&app, &house, "kim@partner.example").await;
    app.deliver().await;
    let services = &app.services;
    let all = async || {
        upkeep::end_access(services).await.unwrap();
        upkeep::tell_run_out(services).await.unwrap();
        upkeep::remind(services).await.unwrap();
    };
    app.clock.advance(11 * DAY);
    tokio::join!(all(), all(), all());
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND state = 'queued'").await, 1);
    app.clock.advance(20 * DAY);
    tokio::join!(all(), all(), all());
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'").await, 3, "two of the end, one run out");
}

on_both_engines!(
    declining_tells_the_inviter_with_a_word_and_can_be_taken_back,
    a_new_link_is_asked_for_once_a_ticket_and_thrice_an_invitation,
    a_block_ends_with_a_proof_of_the_address,
    what_is_about_people_or_policy_is_said_after_the_proof_only,
    somebody_else_is_told_who_they_are_and_for_whom_it_is,
    every_wrong_turn_stands_on_the_help_page,
    reminders_come_twice_outside_quiet_hours_and_can_be_stopped,
    who_may_not_invite_any_more_reminds_nobody,
    inviters_are_told_each_time_daily_or_never,
    a_mail_that_fails_is_told_in_the_servers_words,
    guest_and_sponsor_are_told_before_access_ends,
    a_clock_that_jumps_tells_once_and_ends_on_time,
    two_instances_tell_once,
);
