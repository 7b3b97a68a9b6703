//! Access that people have: seeing it, changing its end, taking it away, giving it up, and who answers for whom.

use crate::support::{
    Browser, TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, own, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{
        error::AppError,
        ids::UserId,
        invitation::{Outcome, Target},
        policy::Reason,
        steering::{Act, Relation, Standing},
        time::DAY,
    },
    services::{access, organisation, people, undo},
};

const INES: &str = "ines@woodgrove.example";

/// Sam, who has accepted, and his browser.
async fn sam(app: &TestApp, house: &House) -> (UserId, Browser) {
    let answer = invite(app, house, SAM).await;
    let link = app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link();
    let (mut browser, page) = proved(app, &link).await;
    accept(&mut browser, &page).await;
    app.deliver().await;
    (answer.user.unwrap(), browser)
}

fn fields<'a>(user: &'a str, target: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("user", user), ("target", target), ("back", "/guests")].into_iter().chain(more.iter().copied()).collect()
}

async fn removing_ends_access_at_once_and_undoing_gives_it_back(app: TestApp) {
    let house = house(&app).await;
    let (user, mut guest) = sam(&app, &house).await;
    guest.get("/").await.shows("Launch board");
    let (user, target) = (user.to_string(), Target::Group(house.group).to_string());
    let mut john = app.signed_in(JOHN).await;
    // Two interactions from My Apps: My guests, Remove.
    john.get("/").await.shows("href=\"/guests\"");
    john.get("/guests").await.shows("Sam Oogle").shows("Remove");
    let answer = john.post("/fn/access/steer", &fields(&user, &target, &[("act", "remove")])).await;
    let page = john.get(answer.location()).await;
    page.shows("Sam Oogle has no access to Contoso launch any more").shows("Undo");
    guest.get("/").await.lacks("Launch board");
    // Whoever looked elsewhere finds it on the account page.
    john.get("/account").await.shows("What I did lately").shows("Sam Oogle has no access to Contoso launch any more");
    let mark = "action=\"/fn/undo\"><input type=\"hidden\" name=\"ids[]\" value=\"";
    let undo = page.body.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    john.post("/fn/undo", &[("id", &undo), ("back", "/guests")]).await;
    john.get("/guests?after=done").await.shows("It is as it was before");
    guest.get("/").await.shows("Launch board");
    john.post("/fn/undo", &[("id", &undo), ("back", "/guests")]).await;
    john.get("/guests?after=done").await.shows("too late to undo");
    john.get("/account").await.lacks("What I did lately");
}

async fn the_end_of_access_is_a_day_and_ends_with_it(app: TestApp) {
    let house = house(&app).await;
    let (user, mut guest) = sam(&app, &house).await;
    let john = actor(&app, &house.john).await;
    let (services, origin, whose) = (&app.services, &app.origin(), (user, Target::Group(house.group)));
    for (bad, rule) in [("2026-11-22", "Past"), ("soon", "Malformed"), ("2026-02-30", "Malformed")] {
        let error = access::change_end(services, &john, origin, whose, bad, None).await.unwrap_err();
        assert!(format!("{error:?}").contains(rule), "{bad}: {error:?}");
    }
    access::change_end(services, &john, origin, whose, "2026-11-24", None).await.unwrap();
    guest.get("/").await.shows("Launch board");
    app.clock.advance(DAY);
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
    app.clock.advance(DAY);
    let mut guest = app.signed_in(SAM).await;
    guest.get("/").await.lacks("Launch board");
    // Its sponsor prolongs what has ended.
    let mut john = app.signed_in(JOHN).await;
    let (user, target) = (user.to_string(), Target::Group(house.group).to_string());
    let page = john.get(&format!("/prolong/{user}/{target}")).await;
    page.shows("Sam Oogle has Contoso launch until 24 November 2026").shows("Prolong until 23 February 2027");
    john.post("/fn/access/steer", &fields(&user, &target, &[("act", "prolong")])).await;
    john.get("/guests?after=done").await.shows("Sam Oogle has access until 23 February 2027");
    guest.get("/").await.shows("Launch board");
    let changes = "SELECT COUNT(*) FROM audit_events WHERE activity = 'Change end of access'";
    assert_eq!(app.number(changes).await, 2);
}

async fn owners_bound_how_long_guests_have_it(app: TestApp) {
    let house = house(&app).await;
    let (user, _) = sam(&app, &house).await;
    app.sql("UPDATE directory_groups SET longest_days = 30, default_days = 20").await;
    let john = actor(&app, &house.john).await;
    let (services, origin, whose) = (&app.services, &app.origin(), (user, Target::Group(house.group)));
    let too_long = Err(AppError::Denied { reason: Reason::TooLong });
    assert_eq!(access::change_end(services, &john, origin, whose, "", None).await, too_long, "no end");
    assert_eq!(access::change_end(services, &john, origin, whose, "2027-01-01", None).await, too_long);
    access::change_end(services, &john, origin, whose, "2026-12-20", None).await.unwrap();
    let language = vestibule::domain::language::Language::En;
    assert_eq!(access::prolong(services, &john, origin, language, whose, None).await.unwrap(), "23 December 2026");
    assert_eq!(
        access::prolong(services, &john, origin, language, whose, None).await,
        Err(AppError::Denied { reason: Reason::TooLong })
    );
}

async fn an_end_that_owners_fix_is_theirs_to_change(app: TestApp) {
    let house = house(&app).await;
    let (user, _) = sam(&app, &house).await;
    app.sql("UPDATE directory_groups SET longest_days = 60, default_days = 30, may_override = FALSE").await;
    let whose = (user, Target::Group(house.group));
    let (services, origin) = (&app.services, &app.origin());
    let owner = actor(&app, &house.john).await;
    let too_long = Err(AppError::Denied { reason: Reason::TooLong });
    assert_eq!(access::change_end(services, &owner, origin, whose, "2099-01-01", None).await, too_long);
    assert_eq!(access::change_end(services, &owner, origin, whose, "", None).await, too_long);
    access::change_end(services, &owner, origin, whose, "2027-01-10", None).await.unwrap();
    access::change_end(services, &owner, origin, whose, "2026-12-01", None).await.unwrap();
    // His sponsor, who owns nothing, may prolong by the owners' length from today, and no more.
    app.sql("DELETE FROM group_owners").await;
    assert_eq!(access::change_end(services, &owner, origin, whose, "2026-12-02", None).await, too_long);
    let language = vestibule::domain::language::Language::En;
    assert_eq!(access::prolong(services, &owner, origin, language, whose, None).await.unwrap(), "23 December 2026");
    let again = access::prolong(services, &owner, origin, language, whose, None).await;
    assert_eq!(again, Err(AppError::Denied { reason: Reason::TooLong }));
}

async fn of_two_who_prolong_the_second_looks_again(app: TestApp) {
    let house = house(&app).await;
    let (user, _) = sam(&app, &house).await;
    let whose = (user, Target::Group(house.group));
    let (services, origin, john) = (&app.services, &app.origin(), actor(&app, &house.john).await);
    access::change_end(services, &john, origin, whose, "2026-12-01", Some("")).await.unwrap();
    let language = vestibule::domain::language::Language::En;
    let seen = Some("2026-12-01");
    let (one, two) = tokio::join!(
        access::prolong(services, &john, origin, language, whose, seen),
        access::prolong(services, &john, origin, language, whose, seen)
    );
    assert_ne!(one.is_ok(), two.is_ok());
    let conflict = Err(AppError::Conflict { standing: Standing::Active });
    assert_eq!(access::change_end(services, &john, origin, whose, "2027-01-01", seen).await, conflict);
    // Nor does access go on that policy would not give.
    organisation::set(services, origin, "deniedDomains", "gmail.com").await.unwrap();
    let denied = Err(AppError::Denied { reason: Reason::DomainDenied });
    assert_eq!(access::change_end(services, &john, origin, whose, "2028-01-01", None).await, denied);
    access::change_end(services, &john, origin, whose, "2026-12-24", None).await.unwrap();
}

// An undo within the hour gives nothing to somebody who was deleted and begins anew.
async fn undoing_a_removal_ends_where_the_person_begins_anew(app: TestApp) {
    let house = house(&app).await;
    let (user, _) = sam(&app, &house).await;
    let (services, origin, john) = (&app.services, &app.origin(), actor(&app, &house.john).await);
    let undone = access::remove(services, &john, origin, (user, Target::Group(house.group))).await.unwrap();
    app.clock.advance(DAY / 48);
    people::delete(services, origin, SAM).await.unwrap();
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    send(&app, &house.john, &wish(SAM, &[Target::Group(press)])).await;
    assert_eq!(undo::undo(services, &john, origin, undone).await, Err(AppError::TooLate));
    let link = app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link();
    let (mut browser, page) = proved(&app, &link).await;
    accept(&mut browser, &page).await;
    assert_eq!(undo::undo(services, &john, origin, undone).await, Err(AppError::TooLate));
    browser.get("/").await.lacks("Launch board");
}

// What was taken out of an invitation comes back only while that waits.
async fn undoing_reopens_nothing_in_an_invitation_that_is_over(app: TestApp) {
    let house = house(&app).await;
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    let both = [Target::Group(house.group), Target::Group(press)];
    let user = send(&app, &house.john, &wish(SAM, &both)).await[0].user.unwrap();
    let link = app.deliver().await.remove(0).link();
    let (services, origin, john) = (&app.services, &app.origin(), actor(&app, &house.john).await);
    let undone = access::remove(services, &john, origin, (user, both[0])).await.unwrap();
    let (mut browser, page) = proved(&app, &link).await;
    accept(&mut browser, &page).await;
    assert_eq!(undo::undo(services, &john, origin, undone).await, Err(AppError::TooLate));
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'pending'").await, 0);
    assert_eq!(send(&app, &house.john, &wish(SAM, &both[..1])).await[0].outcome, Outcome::Added);
}

// A pending target is taken out of its invitation whatever else is to be said of the guest.
async fn removing_what_waits_leaves_no_empty_invitation(app: TestApp) {
    let house = house(&app).await;
    let user = invite(&app, &house, SAM).await.user.unwrap();
    let (services, origin, john) = (&app.services, &app.origin(), actor(&app, &house.john).await);
    app.sql("UPDATE users SET enabled = FALSE WHERE user_type = 'guest'").await;
    let undone = access::remove(services, &john, origin, (user, Target::Group(house.group))).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations WHERE state = 'pending'").await, 0);
    app.sql("UPDATE users SET enabled = TRUE").await;
    undo::undo(services, &john, origin, undone).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'pending'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'waiting'").await, 0);
}

// DESIGN rule 15: a guest who invites learns nothing of whom they invite.
async fn a_guest_who_invites_becomes_nobodys_sponsor_but_of_whom_they_bring(app: TestApp) {
    let house = house(&app).await;
    organisation::set(&app.services, &app.origin(), "allowInvitesFrom", "everyone").await.unwrap();
    let known = invite(&app, &house, SAM).await.user.unwrap();
    let guest = app.guest("gina@partner.example", "Gina").await;
    send(&app, &guest, &wish(&format!("{SAM}, new@fabrikam.example"), &[])).await;
    app.deliver().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 2, "John of Sam, Gina of whom she brought");
    let mut gina = app.signed_in("gina@partner.example").await;
    assert_eq!(gina.get("/guests").await.status, 404);
    assert_eq!(gina.get(&format!("/guests/{known}")).await.status, 404);
    gina.get("/invitations").await.lacks("Contoso launch");
}

async fn leaving_is_ones_own_and_can_be_undone(app: TestApp) {
    let house = house(&app).await;
    let (user, mut guest) = sam(&app, &house).await;
    let target = Target::Group(house.group);
    let mut tx = app.services.db.read().await.unwrap();
    let own = people::actor(&app.services, &mut tx.conn(), user).await.unwrap().unwrap().0;
    drop(tx);
    let maya = app.member("maya@woodgrove.example", "Maya Stone").await;
    let other = actor(&app, &maya).await;
    assert_eq!(
        access::leave(&app.services, &other, &app.origin(), target).await,
        Err(AppError::Conflict { standing: Standing::Withdrawn })
    );
    let undone = access::leave(&app.services, &own, &app.origin(), target).await.unwrap();
    guest.get("/").await.lacks("Launch board");
    undo::undo(&app.services, &own, &app.origin(), undone).await.unwrap();
    guest.get("/").await.shows("Launch board");
}

async fn the_last_thing_taken_out_of_an_invitation_takes_it_back(app: TestApp) {
    let house = house(&app).await;
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    let (group, press) = (Target::Group(house.group), Target::Group(press));
    let answer = send(&app, &house.john, &wish(SAM, &[group, press])).await.remove(0);
    let link = app.deliver().await.remove(0).link();
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let user = answer.user.unwrap();
    let ines = actor(&app, &ines).await;
    assert_eq!(
        access::remove(&app.services, &ines, &app.origin(), (user, press)).await,
        Err(AppError::NotFound),
        "not hers"
    );
    access::remove(&app.services, &ines, &app.origin(), (user, group)).await.unwrap();
    let (_, page) = proved(&app, &link).await;
    page.shows("Press").lacks("Contoso launch");
    let john = actor(&app, &house.john).await;
    let undone = access::remove(&app.services, &john, &app.origin(), (user, press)).await.unwrap();
    assert_eq!(app.browser().get(&link).await.status, 410);
    undo::undo(&app.services, &john, &app.origin(), undone).await.unwrap();
    assert_eq!(app.browser().get(&link).await.status, 200);
}

async fn a_sponsor_sees_all_an_owner_what_they_own_a_stranger_nothing(app: TestApp) {
    let house = house(&app).await;
    let press = app.group("Press").await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, press, &ines).await;
    let (user, _) = sam(&app, &house).await;
    assert_eq!(send(&app, &ines, &wish(SAM, &[Target::Group(press)])).await[0].outcome, Outcome::Added);
    app.deliver().await;
    let page = format!("/guests/{user}");
    let mut john = app.signed_in(JOHN).await;
    john.get(&page).await.shows("Press").shows("Contoso launch").shows("Launch board").shows("Oogle Ltd");
    let mut ines = app.signed_in(INES).await;
    ines.get(&page).await.shows("Press").lacks("Contoso launch").lacks("Launch board").lacks("Answer for this guest");
    app.member("maya@woodgrove.example", "Maya Stone").await;
    assert_eq!(app.signed_in("maya@woodgrove.example").await.get(&page).await.status, 404);
    // While John answers for him, nobody makes themselves his sponsor; once nobody does, an owner may.
    ines.post("/fn/access/take-over", &[("guest", &user.to_string())]).await;
    ines.get(&page).await.lacks("Contoso launch");
    app.sql("DELETE FROM sponsors").await;
    ines.get(&page).await.shows("Answer for this guest");
    ines.post("/fn/access/take-over", &[("guest", &user.to_string())]).await;
    ines.get(&page).await.shows("Contoso launch");
    app.sql("DELETE FROM sponsors").await;
    let mut tx = app.services.db.write().await.unwrap();
    vestibule::storage::sponsors::add(&mut tx.conn(), user, house.john.id).await.unwrap();
    tx.commit().await.unwrap();
    for (bad, why) in
        [("nobody@woodgrove.example", "Name a colleague"), (SAM, "Name a colleague"), ("x", "Name a colleague")]
    {
        let answer = john.post("/fn/access/pass-on", &[("guest", &user.to_string()), ("colleague", bad)]).await;
        john.get(answer.location()).await.shows(why).shows(bad);
    }
    let fields = [("guest", user.to_string()), ("colleague", "maya@woodgrove.example".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    john.post("/fn/access/pass-on", &fields).await;
    john.get("/guests?after=done").await.shows("Maya Stone answers for Sam Oogle now");
    app.signed_in("maya@woodgrove.example").await.get("/guests").await.shows("Sam Oogle");
    assert_eq!(app.number("SELECT COUNT(*) FROM sponsors").await, 1);
}

async fn known_people_are_added_by_name(app: TestApp) {
    let house = house(&app).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    app.member("kim.a@woodgrove.example", "Kim Berg").await;
    app.member("kim.b@woodgrove.example", "Kim Berg").await;
    let target = Target::Group(house.group);
    let answers = send(&app, &house.john, &wish("maya stone, Kim Berg, Maya Rock", &[target])).await;
    assert_eq!(answers[0].outcome, Outcome::Added);
    assert_eq!((answers[1].outcome, answers[1].reason), (Outcome::Refused, Some(Reason::SeveralPeople)));
    assert_eq!((answers[2].outcome, answers[2].reason), (Outcome::Refused, Some(Reason::NotAnAddress)));
    app.deliver().await;
    app.signed_in("maya@woodgrove.example").await.get("/").await.shows("Launch board");
}

async fn five_thousand_guests_of_a_group_are_paged_and_found(app: TestApp) {
    let house = house(&app).await;
    let (id, engine) = (house.group, app.engine);
    let blob = |n: &str| match engine {
        crate::support::Engine::Sqlite => format!("CAST(PRINTF('%016d', {n}) AS BLOB)"),
        crate::support::Engine::Postgres => format!("LPAD({n}::text, 32, '0')::uuid"),
    };
    let numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)";
    let group = match engine {
        crate::support::Engine::Sqlite => format!("X'{}'", id.0.simple()),
        crate::support::Engine::Postgres => format!("'{id}'::uuid"),
    };
    let (user, number) = (
        blob("n"),
        match engine {
            crate::support::Engine::Sqlite => "PRINTF('%04d', n)",
            crate::support::Engine::Postgres => "LPAD(n::text, 4, '0')",
        },
    );
    app.sql(&format!(
        "{numbers} INSERT INTO users (id, user_type, email, name, redemption, created_at)
        SELECT {user}, 'guest', 'guest' || {number} || '@partner.example', 'Guest ' || {number}, 'accepted', 1 FROM numbers"
    ))
    .await;
    app.sql(&format!(
        "{numbers} INSERT INTO group_members (group_id, user_id, since) SELECT {group}, {user}, 1 FROM numbers"
    ))
    .await;
    app.sql(&format!(
        "{numbers} INSERT INTO search_terms (kind, term, id, words) SELECT 'guest', {number}, {user}, '' FROM numbers"
    ))
    .await;
    let mut john = app.signed_in(JOHN).await;
    let page = john.get(&format!("/groups/{id}")).await;
    page.shows("Guest 0050").lacks("Guest 0051");
    let next = page.body.split("href=\"").find(|rest| rest.contains("guests=")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    john.get(next.split('#').next().unwrap()).await.shows("Guest 0051").shows("Guest 0100").lacks("Guest 0050");
    john.get(&format!("/groups/{id}?q=4711")).await.shows("Guest 4711").lacks("Guest 0001");
    john.get(&format!("/groups/{id}?q=nobody")).await.shows("Nothing fits").lacks("Guest 0001");
}

// The same table as docs/STEERING.md, for access.
async fn the_table_of_who_may_do_what_to_access_holds(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let lena = app.member("lena@woodgrove.example", "Lena Park").await;
    let maya = app.member("maya@woodgrove.example", "Maya Stone").await;
    let admin = people::ensure_administrator(&app.services, &app.origin(), "admin@woodgrove.example", "Admin").await;
    let (admin, sender) = (admin.unwrap(), app.member("sender@woodgrove.example", "Sender").await);
    let target = Target::Group(house.group);
    let guest = app.guest(SAM, "Sam Oogle").await;
    let states = [
        (Standing::Active, "", ""),
        (Standing::Ended, "UPDATE group_members SET until = 5", ""),
        (Standing::Disabled, "UPDATE users SET enabled = FALSE WHERE user_type = 'guest'", ""),
    ];
    for (standing, change, _) in states {
        for act in [Act::ChangeEnd, Act::Remove, Act::Leave] {
            for (relation, user) in [
                (Relation::Inviter, &sender),
                (Relation::Sponsor, &lena),
                (Relation::Owner, &ines),
                (Relation::Administrator, &admin),
                (Relation::Guest, &guest),
                (Relation::Other, &maya),
            ] {
                app.join(house.group, &guest).await;
                app.sql("DELETE FROM sponsors").await;
                let mut tx = app.services.db.write().await.unwrap();
                vestibule::storage::sponsors::add(&mut tx.conn(), guest.id, lena.id).await.unwrap();
                tx.commit().await.unwrap();
                let hand = actor(&app, user).await;
                if !change.is_empty() {
                    app.sql(change).await;
                }
                let (services, origin, whose) = (&app.services, &app.origin(), (guest.id, target));
                let done = match act {
                    Act::ChangeEnd => access::change_end(services, &hand, origin, whose, "2027-01-31", None).await,
                    Act::Remove => access::remove(services, &hand, origin, whose).await.map(drop),
                    _ if relation == Relation::Guest => access::leave(services, &hand, origin, target).await.map(drop),
                    _ => Err(AppError::NotFound),
                };
                let expected = match (act.is_for(&[relation]), act.fits(standing)) {
                    (false, _) => Err(AppError::NotFound),
                    (true, false) => Err(AppError::Conflict { standing }),
                    (true, true) => Ok(()),
                };
                assert_eq!(done, expected, "{standing:?} {act:?} {relation:?}");
                app.sql("DELETE FROM group_members").await;
                app.sql("UPDATE users SET enabled = TRUE").await;
            }
        }
    }
}

async fn two_owners_remove_at_once_and_one_undo_brings_back_one(app: TestApp) {
    let house = house(&app).await;
    let (user, _) = sam(&app, &house).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let (john, ines) = (actor(&app, &house.john).await, actor(&app, &ines).await);
    let whose = (user, Target::Group(house.group));
    let (origin, services) = (app.origin(), &app.services);
    let (one, two) =
        tokio::join!(access::remove(services, &john, &origin, whose), access::remove(services, &ines, &origin, whose));
    assert_ne!(one.is_ok(), two.is_ok());
    let lost: Option<AppError> = one.clone().err().or(two.clone().err());
    assert_eq!(lost, Some(AppError::Conflict { standing: Standing::Withdrawn }));
    let (winner, id) = if let Ok(id) = one { (john, id) } else { (ines, two.unwrap()) };
    let (first, second) =
        tokio::join!(undo::undo(services, &winner, &origin, id), undo::undo(services, &winner, &origin, id));
    assert_ne!(first.is_ok(), second.is_ok());
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
}

on_both_engines!(
    removing_ends_access_at_once_and_undoing_gives_it_back,
    the_end_of_access_is_a_day_and_ends_with_it,
    owners_bound_how_long_guests_have_it,
    an_end_that_owners_fix_is_theirs_to_change,
    of_two_who_prolong_the_second_looks_again,
    undoing_a_removal_ends_where_the_person_begins_anew,
    undoing_reopens_nothing_in_an_invitation_that_is_over,
    removing_what_waits_leaves_no_empty_invitation,
    a_guest_who_invites_becomes_nobodys_sponsor_but_of_whom_they_bring,
    leaving_is_ones_own_and_can_be_undone,
    the_last_thing_taken_out_of_an_invitation_takes_it_back,
    a_sponsor_sees_all_an_owner_what_they_own_a_stranger_nothing,
    known_people_are_added_by_name,
    five_thousand_guests_of_a_group_are_paged_and_found,
    the_table_of_who_may_do_what_to_access_holds,
    two_owners_remove_at_once_and_one_undo_brings_back_one,
);
