//! What administrators do to people, what of it can be undone, and what stays of who is gone.

use crate::support::{
    TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, mailed, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{
        email::EmailKey,
        error::AppError,
        ids::UndoId,
        invitation::Target,
        time::DAY,
        user::{Role, User},
    },
    services::{access, calendar, organisation, people, portal, redemption, undo},
    storage,
};

const ADMIN: &str = "admin@woodgrove.example";
const INES: &str = "ines@woodgrove.example";

async fn admin(app: &TestApp) -> User {
    people::ensure_administrator(&app.services, &app.origin(), ADMIN, "Ada Lindqvist").await.unwrap()
}

async fn by_email(app: &TestApp, email: &str) -> User {
    let mut held = app.services.db.read().await.unwrap();
    storage::users::by_email(&mut held.conn(), &EmailKey(email.to_owned())).await.unwrap().unwrap()
}

async fn guest(app: &TestApp, house: &House) -> User {
    let letter = mailed(app, house).await;
    let (mut browser, page) = proved(app, &letter.link()).await;
    accept(&mut browser, &page).await;
    by_email(app, SAM).await
}

async fn act(
    app: &TestApp,
    by: &User,
    act: portal::people::PersonAct<'_>,
    whom: &User,
) -> Result<Vec<UndoId>, AppError> {
    let hand = actor(app, by).await;
    let origin = app.origin().by(hand.id, &hand.name, &hand.email);
    let outcomes = portal::people::act(&app.services, &hand, &origin, act, &[whom.id]).await?;
    match outcomes.failed.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(outcomes.undo),
    }
}

async fn take_back(app: &TestApp, by: &User, undo: UndoId) -> Result<(), AppError> {
    undo::undo(&app.services, &actor(app, by).await, &app.origin(), undo).await
}

async fn ends(app: &TestApp) -> Vec<i64> {
    let mut found = Vec::new();
    for table in ["group_members", "app_assignments"] {
        let sql = format!(
            "SELECT COALESCE(MAX(until), 0) FROM {table} WHERE user_id = (SELECT id FROM users WHERE email = '{SAM}')"
        );
        found.push(app.number(&sql).await);
    }
    found
}

// Reviewed: a day for all that somebody has gave back what had ended, and lengthened what would end before.
async fn a_last_day_ends_what_would_last_longer_and_nothing_else(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let sam = guest(&app, &house).await;
    let board = app.app("Archive", "https://archive.example/", true).await;
    send(&app, &ada, &wish(SAM, &[Target::App(board)])).await;
    let day = |days: i64| calendar::rfc3339(app.now().plus(days * DAY))[..10].to_owned();
    let hand = actor(&app, &ada).await;
    let to = (sam.id, Target::App(board));
    access::change_end(&app.services, &hand, &app.origin(), to, &day(3), None).await.unwrap();
    let soon = ends(&app).await[1];
    let undos = act(&app, &ada, portal::people::PersonAct::EndAccess(&day(10)), &sam).await.unwrap();
    let after = ends(&app).await;
    assert!(after[0] > soon && after[1] == soon, "{after:?} {soon}");
    take_back(&app, &ada, undos[0]).await.unwrap();
    assert_eq!(ends(&app).await, [0, soon]);
    // What has ended stays ended.
    app.clock.advance(5 * DAY);
    act(&app, &ada, portal::people::PersonAct::EndAccess(&day(10)), &sam).await.unwrap();
    assert_eq!(ends(&app).await[1], soon);
    let again = act(&app, &ada, portal::people::PersonAct::EndAccess(&day(10)), &sam).await;
    assert_eq!(again.unwrap_err(), AppError::Settled);
}

async fn another_sponsor_is_taken_back_unless_it_was_changed_since(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    app.member(INES, "Inès Moreau").await;
    app.member("maya@woodgrove.example", "Maya Tan").await;
    let sam = guest(&app, &house).await;
    let sponsors = async || {
        app.number(&format!(
            "SELECT COUNT(*) FROM sponsors WHERE sponsor_id = (SELECT id FROM users WHERE email = '{JOHN}')"
        ))
        .await
    };
    let undos = act(&app, &ada, portal::people::PersonAct::Sponsor(INES), &sam).await.unwrap();
    assert_eq!(sponsors().await, 0);
    assert_eq!(act(&app, &ada, portal::people::PersonAct::Sponsor(INES), &sam).await.unwrap_err(), AppError::Settled);
    take_back(&app, &ada, undos[0]).await.unwrap();
    assert_eq!(sponsors().await, 1);
    let undos = act(&app, &ada, portal::people::PersonAct::Sponsor(INES), &sam).await.unwrap();
    act(&app, &ada, portal::people::PersonAct::Sponsor("maya@woodgrove.example"), &sam).await.unwrap();
    assert_eq!(take_back(&app, &ada, undos[0]).await.unwrap_err(), AppError::TooLate);
}

// Reviewed: what mails held of somebody outlived the erasing.
async fn nothing_of_who_is_erased_stays_in_mails(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let letter = mailed(&app, &house).await;
    let ticket = letter.link().rsplit('/').next().unwrap().to_owned();
    let language = vestibule::domain::language::Language::En;
    redemption::decline(&app.services, &app.origin(), language, &ticket, "Wordsworth says no").await.unwrap();
    app.deliver().await;
    invite(&app, &house, SAM).await;
    app.deliver().await;
    let sam = by_email(&app, SAM).await;
    let hand = actor(&app, &ada).await;
    let other = "sam.oogle@tailspin.example";
    portal::people::change_address(&app.services, &hand, &app.origin(), sam.id, other).await.unwrap();
    app.deliver().await;
    let traces = async |what: &str| {
        let mut all = 0;
        for column in ["email_key", "data", "subject", "text_part", "server_answer"] {
            all += app.number(&format!("SELECT COUNT(*) FROM outbox WHERE LOWER({column}) LIKE '%{what}%'")).await;
        }
        all
    };
    for what in ["gsamoogle", "tailspin", "wordsworth"] {
        assert!(traces(what).await > 0, "{what}");
    }
    portal::people::erase(&app.services, &hand, &app.origin(), sam.id, other).await.unwrap();
    for what in ["gsamoogle", "tailspin", "wordsworth"] {
        assert_eq!(traces(what).await, 0, "{what}");
        assert_eq!(
            app.number(&format!("SELECT COUNT(*) FROM mail_counts WHERE scope LIKE '%{what}%'")).await,
            0,
            "{what}"
        );
    }
    // And what an inviter wrote, whoever it went to.
    let wished = vestibule::services::invitation::Wish {
        message: "Verses by Ferdinand".to_owned(),
        ..wish("mei@trey.example", &[Target::Group(house.group)])
    };
    send(&app, &house.john, &wished).await;
    app.deliver().await;
    assert!(traces("ferdinand").await > 0);
    portal::people::erase(&app.services, &hand, &app.origin(), house.john.id, JOHN).await.unwrap();
    assert_eq!(traces("ferdinand").await, 0);
    assert_eq!(traces("john doe").await, 0);
}

async fn coordinator(app: &TestApp, house: &House) -> User {
    let sam = guest(app, house).await;
    let ada = admin(app).await;
    let hand = actor(app, &ada).await;
    let giving = portal::roles::Giving { role: Role::GuestInviter, until: "", scope: "" };
    portal::roles::give(&app.services, &hand, &app.origin(), SAM, giving).await.unwrap();
    app.deliver().await;
    sam
}

// Reviewed: a guest who invites saw what others invited the same people to (DESIGN rule 15).
async fn a_coordinator_sees_the_own_invitations_only(app: TestApp) {
    let house = house(&app).await;
    let sam = coordinator(&app, &house).await;
    send(&app, &sam, &wish("lee@gmail.com", &[])).await;
    let secret = app.group("Secret project").await;
    crate::support::house::own(&app, secret, &house.john).await;
    send(&app, &house.john, &wish("lee@gmail.com", &[Target::Group(secret)])).await;
    let mut browser = app.signed_in(SAM).await;
    browser.get("/invitations").await.shows("lee@gmail.com").lacks("Secret project");
    app.deliver().await;
    let lee = by_email(&app, "lee@gmail.com").await;
    let told: Vec<_> = {
        let mut held = app.services.db.read().await.unwrap();
        storage::sponsors::members_of(&mut held.conn(), lee.id).await.unwrap()
    };
    assert_eq!(told, [house.john.id]);
}

// Reviewed: who has another address kept inviting from the domain of the old one.
async fn a_coordinator_with_another_domain_is_one_no_more(app: TestApp) {
    let house = house(&app).await;
    let sam = coordinator(&app, &house).await;
    let ada = admin(&app).await;
    let hand = actor(&app, &ada).await;
    portal::people::change_address(&app.services, &hand, &app.origin(), sam.id, "sam@gmail.com").await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE role = 'guest_inviter'").await, 1, "the same domain");
    portal::people::change_address(&app.services, &hand, &app.origin(), sam.id, "sam@rival.example").await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM user_roles WHERE role = 'guest_inviter'").await, 0);
}

// Reviewed: the ticket in the wrong mailbox still declined for the right person.
async fn a_corrected_address_gets_a_link_of_its_own(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let old = mailed(&app, &house).await.link();
    let sam = by_email(&app, SAM).await;
    let hand = actor(&app, &ada).await;
    portal::people::change_address(&app.services, &hand, &app.origin(), sam.id, "sam@tailspin.example").await.unwrap();
    assert_eq!(app.browser().get(&old).await.status, 410);
    let mails = app.deliver().await;
    let new =
        mails.iter().find(|mail| mail.to == "sam@tailspin.example" && mail.text.contains("/redeem/")).expect("a link");
    let (mut browser, page) = proved(&app, &new.link()).await;
    accept(&mut browser, &page).await;
    assert!(by_email(&app, "sam@tailspin.example").await.is_active());
}

// Reviewed: what could not be sent to a corrected address was not told of, and what was to leave on a day left at once.
async fn a_corrected_address_keeps_the_day_and_says_what_did_not_leave(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    let hand = actor(&app, &ada).await;
    let day = calendar::rfc3339(app.now().plus(5 * DAY))[..10].to_owned();
    let mut wished = wish("lee@trey.example", &[Target::Group(house.group)]);
    wished.portal.send_on = day;
    send(&app, &ada, &wished).await;
    let lee = by_email(&app, "lee@trey.example").await;
    let change = async |email: &'static str| {
        portal::people::change_address(&app.services, &hand, &app.origin(), lee.id, email).await.unwrap()
    };
    assert_eq!(change("lee.b@trey.example").await, ("lee.b@trey.example".to_owned(), 0));
    let invitations =
        |mails: Vec<crate::support::Received>| mails.iter().filter(|mail| mail.text.contains("/redeem/")).count();
    assert_eq!(invitations(app.deliver().await), 0, "not before its day");
    app.clock.advance(6 * DAY);
    assert_eq!(invitations(app.deliver().await), 1);
    organisation::set(&app.services, &app.origin(), "paused", "true").await.unwrap();
    assert_eq!(change("lee@rival.example").await.1, 1);
    assert_eq!(invitations(app.deliver().await), 0);
}

// Reviewed: erasing an inviter took back what others were about to get.
async fn who_was_invited_by_somebody_erased_gets_the_mail_all_the_same(app: TestApp) {
    let house = house(&app).await;
    let ada = admin(&app).await;
    invite(&app, &house, "lee@trey.example").await;
    let hand = actor(&app, &ada).await;
    portal::people::erase(&app.services, &hand, &app.origin(), house.john.id, JOHN).await.unwrap();
    let mails = app.deliver().await;
    let mail = mails.iter().find(|mail| mail.to == "lee@trey.example").expect("the invitation");
    assert!(mail.text.contains("/redeem/") && !mail.text.contains("John Doe"), "{}", mail.text);
}

// Reviewed: an undo asked none of the rules that had come since.
async fn an_undo_keeps_to_the_rules_of_its_moment(app: TestApp) {
    let house = house(&app).await;
    let sam = guest(&app, &house).await;
    let hand = actor(&app, &house.john).await;
    let what = (sam.id, Target::Group(house.group));
    let undo = access::remove(&app.services, &hand, &app.origin(), what).await.unwrap();
    organisation::set(&app.services, &app.origin(), "deniedDomains", "gmail.com").await.unwrap();
    assert_eq!(take_back(&app, &house.john, undo).await.unwrap_err(), AppError::TooLate);
    organisation::set(&app.services, &app.origin(), "deniedDomains", "").await.unwrap();
    take_back(&app, &house.john, undo).await.unwrap();
    let undo = access::remove(&app.services, &hand, &app.origin(), what).await.unwrap();
    app.sql("UPDATE directory_groups SET guests_allowed = FALSE").await;
    assert_eq!(take_back(&app, &house.john, undo).await.unwrap_err(), AppError::TooLate);
}

// Reviewed: by taking a holder of a role over, a user administrator came to steer what administrators alone may.
async fn holders_of_roles_are_taken_over_by_nobody_below(app: TestApp) {
    let house = house(&app).await;
    let sam = coordinator(&app, &house).await;
    app.sql("DELETE FROM sponsors").await;
    let email = "ua@woodgrove.example";
    let new = people::NewMember { email, name: "User Admin", roles: &[Role::UserAdministrator] };
    let hand = people::add_member(&app.services, &app.origin(), new).await.unwrap();
    let hand = actor(&app, &hand).await;
    assert!(access::take_over(&app.services, &hand, &app.origin(), sam.id).await.is_err());
}

async fn who_answers_for_many_is_told_once_when_they_come(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    crate::support::house::own(&app, house.group, &ines).await;
    for email in ["a@trey.example", "b@trey.example", "c@trey.example"] {
        invite(&app, &house, email).await;
    }
    app.deliver().await;
    people::set_enabled(&app.services, &app.origin(), JOHN, false).await.unwrap();
    let told: Vec<_> = app.deliver().await.into_iter().filter(|mail| mail.to == INES).collect();
    assert_eq!(told.len(), 1, "{:?}", told.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    assert_eq!(told[0].subject, "You answer for 3 more guests now");
}

async fn settings_that_let_nobody_in_are_refused(app: TestApp) {
    house(&app).await;
    let set = async |key: &str, value: &str| organisation::set(&app.services, &app.origin(), key, value).await.is_ok();
    for key in ["mailsPerInviter", "mailsPerAddress", "mailsPerDay"] {
        assert!(!set(key, "0").await, "{key}");
    }
    assert!(set("deniedDomains", "trey.example, *.contoso.example").await);
    assert!(!set("allowedDomains", "trey.example").await);
    assert!(!set("allowedDomains", "a.contoso.example trey.example").await);
    assert!(set("allowedDomains", "trey.example contoso.example").await);
    assert!(!set("deniedDomains", "trey.example contoso.example").await);
    // What is changed together is looked at together.
    let ada = admin(&app).await;
    let edit = |key, text| organisation::Edit { key, was: None, text };
    let both = [edit("allowedDomains", "contoso.example trey.example"), edit("deniedDomains", "other.example")];
    let hand = actor(&app, &ada).await;
    organisation::save(&app.services, &hand, &app.origin(), &both).await.unwrap();
    let moved = [edit("allowedDomains", "other.example"), edit("deniedDomains", "contoso.example")];
    organisation::save(&app.services, &hand, &app.origin(), &moved).await.unwrap();
    // One that was let in before is in nobody's way.
    app.sql("INSERT INTO settings (key, value, changed_at) VALUES ('mailsPerDay', '0', 1)").await;
    assert!(set("name", "Grove").await);
}

// Reviewed: declined and taken back, again and again, counted each time.
async fn a_refusal_taken_back_is_off_the_counts(app: TestApp) {
    let house = house(&app).await;
    let letter = mailed(&app, &house).await;
    let ticket = letter.link().rsplit('/').next().unwrap().to_owned();
    let language = vestibule::domain::language::Language::En;
    for _ in 0..3 {
        redemption::decline(&app.services, &app.origin(), language, &ticket, "").await.unwrap();
        let declined = redemption::Declined::Ticket(&ticket);
        redemption::take_back(&app.services, &app.origin(), language, declined).await.unwrap();
    }
    assert_eq!(
        app.number("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM daily_counts WHERE what = 'declined'").await,
        0
    );
}

// Reviewed: the trail of a day held what a clock that was set back wrote.
async fn the_time_of_the_trail_never_runs_back(app: TestApp) {
    let house = house(&app).await;
    invite(&app, &house, "a@trey.example").await;
    let before = app.number("SELECT MAX(at) FROM audit_events").await;
    let back = "SELECT COUNT(*) FROM audit_events a JOIN audit_events b ON b.seq = a.seq + 1 WHERE b.at < a.at";
    app.clock.advance(-60_000);
    invite(&app, &house, "b@trey.example").await;
    assert_eq!(app.number(back).await, 0);
    assert!(app.number("SELECT MAX(at) FROM audit_events").await >= before);
    // A clock that was far off is not waited for.
    app.clock.advance(-2 * DAY);
    invite(&app, &house, "c@trey.example").await;
    assert_eq!(app.number(back).await, 1);
    assert!(vestibule::services::audit::verify(&app.services, None).await.unwrap().ok);
}

on_both_engines!(
    a_last_day_ends_what_would_last_longer_and_nothing_else,
    another_sponsor_is_taken_back_unless_it_was_changed_since,
    nothing_of_who_is_erased_stays_in_mails,
    a_coordinator_sees_the_own_invitations_only,
    a_coordinator_with_another_domain_is_one_no_more,
    a_corrected_address_gets_a_link_of_its_own,
    a_corrected_address_keeps_the_day_and_says_what_did_not_leave,
    who_was_invited_by_somebody_erased_gets_the_mail_all_the_same,
    an_undo_keeps_to_the_rules_of_its_moment,
    holders_of_roles_are_taken_over_by_nobody_below,
    who_answers_for_many_is_told_once_when_they_come,
    settings_that_let_nobody_in_are_refused,
    a_refusal_taken_back_is_off_the_counts,
    the_time_of_the_trail_never_runs_back,
);
