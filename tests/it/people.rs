//! People who go: guests who leave, members who are disabled or deleted and whose guests are handed on, and who comes
//! back. And an invitation whose writer was signed out.

use crate::support::{
    Browser, TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, own, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{error::AppError, invitation::Target, time::DAY},
    services::{access, people},
};

const INES: &str = "ines@woodgrove.example";

/// Sam, who has accepted.
async fn sam(app: &TestApp, house: &House) -> Browser {
    invite(app, house, SAM).await;
    let link = app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link();
    let (mut browser, page) = proved(app, &link).await;
    accept(&mut browser, &page).await;
    app.deliver().await;
    browser
}

async fn a_guest_leaves_with_a_code_and_can_be_restored(app: TestApp) {
    let house = house(&app).await;
    let mut guest = sam(&app, &house).await;
    let mut elsewhere = app.signed_in(SAM).await;
    guest.get("/account").await.shows("What I have").shows("Contoso launch").shows("Leave WoodGrove");
    // Without the code nobody leaves.
    guest.get("/account/leave").await.shows("Send code");
    assert_eq!(guest.post("/fn/account/leave", &[("code", "12345678")]).await.location(), "/account/leave?after=leave");
    guest.post("/fn/account/leave-code", &[]).await;
    let mail = app.deliver().await.remove(0);
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (SAM, "Your code to leave WoodGrove"));
    guest.post("/fn/account/leave", &[("code", "00000000")]).await;
    guest.get("/account/leave?after=leave").await.shows("This code does not fit");
    // A code for leaving signs nobody in, and one for signing in leaves nothing.
    let mut other = app.browser();
    other.post("/fn/sign-in/send-code", &[("email", SAM)]).await;
    let sign_in = app.deliver().await.remove(0).code();
    guest.post("/fn/account/leave", &[("code", &sign_in)]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL").await, 0);
    assert_eq!(guest.post("/fn/account/leave", &[("code", &mail.code())]).await.location(), "/goodbye/left");
    guest.get("/goodbye/left").await.shows("You have left");
    assert!(guest.get("/").await.location().starts_with("/sign-in"));
    assert!(elsewhere.get("/").await.location().starts_with("/sign-in"), "everywhere");
    let told = app.deliver().await.remove(0);
    assert_eq!((told.to.as_str(), told.subject.as_str()), (JOHN, "Sam Oogle has left WoodGrove"));
    app.signed_in(JOHN).await.get("/guests").await.lacks("Sam Oogle");
    // Restored, with what there was; after 30 days it is over.
    people::restore(&app.services, &app.origin(), SAM).await.unwrap();
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
    people::delete(&app.services, &app.origin(), SAM).await.unwrap();
    app.clock.advance(30 * DAY);
    assert_eq!(people::restore(&app.services, &app.origin(), SAM).await.unwrap_err(), AppError::TooLate);
}

// What waited for an owner's word when its guest was deleted is gone for good, and can be given anew.
async fn what_waited_is_not_restored(app: TestApp) {
    let house = house(&app).await;
    invite(&app, &house, SAM).await;
    let link = app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link();
    app.sql("DELETE FROM group_owners").await;
    let (mut browser, page) = proved(&app, &link).await;
    accept(&mut browser, &page).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'waiting'").await, 1);
    people::delete(&app.services, &app.origin(), SAM).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
    people::restore(&app.services, &app.origin(), SAM).await.unwrap();
    own(&app, house.group, &house.john).await;
    let added = invite(&app, &house, SAM).await;
    assert_eq!(added.outcome, vestibule::domain::invitation::Outcome::Added);
    app.deliver().await;
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
}

async fn members_do_not_leave_by_themselves(app: TestApp) {
    house(&app).await;
    let mut john = app.signed_in(JOHN).await;
    john.get("/account").await.lacks("Leave WoodGrove");
    assert_eq!(john.get("/account/leave").await.status, 404);
    assert_eq!(john.post("/fn/account/leave-code", &[]).await.status, 404);
    assert_eq!(john.post("/fn/account/leave", &[("code", "12345678")]).await.status, 404);
}

async fn guests_of_a_member_who_goes_are_handed_on(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    sam(&app, &house).await;
    // Another guest has nothing that anybody else owns, and a third has a co-sponsor.
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    send(&app, &house.john, &wish("kim@partner.example", &[Target::Group(press)])).await;
    let lee = send(&app, &house.john, &wish("lee@partner.example", &[Target::Group(press)])).await[0].user.unwrap();
    app.deliver().await;
    own(&app, house.group, &ines).await;
    let mut tx = app.services.db.write().await.unwrap();
    let key = vestibule::domain::email::EmailKey("maya@woodgrove.example".to_owned());
    let maya = vestibule::storage::users::by_email(&mut tx.conn(), &key).await.unwrap().unwrap();
    vestibule::storage::sponsors::add(&mut tx.conn(), lee, maya.id).await.unwrap();
    tx.commit().await.unwrap();
    people::set_enabled(&app.services, &app.origin(), JOHN, false).await.unwrap();
    let of = async |email: &str| {
        let sql = format!(
            "SELECT COUNT(*) FROM sponsors s JOIN users u ON u.id = s.guest_id JOIN users p ON p.id = s.sponsor_id
            WHERE p.email = '{email}'"
        );
        app.number(&sql).await
    };
    assert_eq!((of(JOHN).await, of(INES).await, of("maya@woodgrove.example").await), (0, 1, 1));
    let told = app.deliver().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].to.as_str(), told[0].subject.as_str()), (INES, "You answer for Sam Oogle now"));
    // Grants and pending invitations stay.
    assert_eq!(
        app.number("SELECT COUNT(*) FROM group_members m JOIN users u ON u.id = m.user_id WHERE u.user_type = 'guest'")
            .await,
        3
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations WHERE state = 'pending'").await, 2);
    app.signed_in(SAM).await.get("/").await.shows("Launch board");
    app.signed_in(INES).await.get("/guests").await.shows("Sam Oogle").lacks("kim@partner.example");
}

async fn an_invitation_survives_the_end_of_its_writers_session(app: TestApp) {
    let house = house(&app).await;
    let mut john = app.signed_in(JOHN).await;
    let target = Target::Group(house.group).to_string();
    app.clock.advance(DAY);
    let fields =
        [("email", SAM), ("message", "A long & careful\nmessage"), ("targets[]", target.as_str()), ("to", &target)];
    let answer = john.post("/fn/invite/send", &fields).await;
    assert!(answer.location().starts_with("/sign-in?next="), "{}", answer.location());
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 0);
    john.get(answer.location()).await;
    let next = format!("/invite?to={target}&after=invite");
    john.post("/fn/sign-in/send-code", &[("email", JOHN), ("next", &next)]).await;
    let code = app.deliver().await.remove(0).code();
    let landed = john.post("/fn/sign-in/code", &[("code", &code)]).await;
    assert_eq!(landed.location(), next);
    john.get(landed.location()).await.shows(SAM).shows("A long &amp; careful\nmessage").shows("will be invited");
}

async fn what_has_ended_says_when_and_whom_to_ask(app: TestApp) {
    let house = house(&app).await;
    sam(&app, &house).await;
    let key = vestibule::domain::email::EmailKey(SAM.to_owned());
    let mut held = app.services.db.read().await.unwrap();
    let user = vestibule::storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap();
    drop(held);
    let john = actor(&app, &house.john).await;
    let whose = (user.id, Target::Group(house.group));
    access::change_end(&app.services, &john, &app.origin(), whose, "2026-11-30", None).await.unwrap();
    app.clock.advance(8 * DAY);
    let mut guest = app.signed_in(SAM).await;
    for path in [format!("/apps/{}/open", house.board), format!("/apps/{}", house.board)] {
        let page = guest.get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        page.shows("Your access has ended").shows("Launch board until 30 November 2026").shows("Ask John Doe.");
    }
    guest.get("/account").await.shows("Access ended");
    // Somebody who never had it learns nothing.
    app.member("maya@woodgrove.example", "Maya Stone").await;
    let mut maya = app.signed_in("maya@woodgrove.example").await;
    assert_eq!(maya.get(&format!("/apps/{}/open", house.board)).await.status, 404);
}

on_both_engines!(
    a_guest_leaves_with_a_code_and_can_be_restored,
    what_waited_is_not_restored,
    members_do_not_leave_by_themselves,
    guests_of_a_member_who_goes_are_handed_on,
    an_invitation_survives_the_end_of_its_writers_session,
    what_has_ended_says_when_and_whom_to_ask,
);
