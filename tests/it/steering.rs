//! What follows an invitation: sending again, renewing, changing, withdrawing, undoing; who may, and in which state.

use crate::support::{
    TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, own, proved},
    on_both_engines,
};
use vestibule::{
    domain::{
        actor::Actor,
        error::AppError,
        ids::InvitationId,
        invitation::Target,
        policy::Reason,
        steering::{Act, Relation, Standing},
        time::{DAY, HOUR, MINUTE},
        user::User,
    },
    services::{steering, undo},
    storage,
};

const INES: &str = "ines@woodgrove.example";

/// Steers as somebody.
struct Hand<'a> {
    app: &'a TestApp,
    actor: Actor,
}

impl<'a> Hand<'a> {
    async fn of(app: &'a TestApp, user: &User) -> Self {
        Self { app, actor: actor(app, user).await }
    }

    async fn resend(&self, id: InvitationId) -> Result<(), AppError> {
        steering::resend(&self.app.services, &self.actor, &self.app.origin(), id).await
    }

    async fn withdraw(&self, id: InvitationId) -> Result<vestibule::domain::ids::UndoId, AppError> {
        steering::withdraw(&self.app.services, &self.actor, &self.app.origin(), id).await
    }

    async fn renew(&self, id: InvitationId, days: &str) -> Result<(), AppError> {
        steering::renew_link(&self.app.services, &self.actor, &self.app.origin(), id, days).await
    }

    async fn change(&self, id: InvitationId, targets: &[Target]) -> Result<(), AppError> {
        let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
        steering::change_targets(&self.app.services, &self.actor, &self.app.origin(), id, &targets).await
    }

    async fn undo(&self, id: vestibule::domain::ids::UndoId) -> Result<(), AppError> {
        undo::undo(&self.app.services, &self.actor, &self.app.origin(), id).await
    }
}

/// An invitation that Sam has been mailed, and its link.
async fn invited(app: &TestApp, house: &House) -> (InvitationId, String) {
    let id = invite(app, house, SAM).await.invitation.unwrap();
    let link = app.deliver().await.into_iter().find(|mail| mail.to == SAM).unwrap().link();
    (id, link)
}

async fn resending_sends_a_fresh_ticket_and_kills_the_old_one(app: TestApp) {
    let house = house(&app).await;
    let (id, first) = invited(&app, &house).await;
    app.clock.advance(10 * DAY);
    let mut john = app.signed_in(JOHN).await;
    let fields = [("resend", id.to_string()), ("back", "/invitations".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(john.post("/fn/invitations/steer", &fields).await.location(), "/invitations?after=done");
    john.get("/invitations?after=done").await.shows("The mail to gsamoogle is on its way again");
    let second = app.deliver().await.remove(0).link();
    assert_ne!(first, second);
    let page = app.browser().get(&first).await;
    assert_eq!(page.status, 410);
    page.shows("A newer mail has taken its place");
    // The link lasts as long as a new one would.
    app.clock.advance(25 * DAY);
    let (mut browser, page) = proved(&app, &second).await;
    accept(&mut browser, &page).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM audit_events WHERE activity = 'Resend external user invite'").await, 1);
    // To somebody who has accepted nothing is sent.
    let hand = Hand::of(&app, &house.john).await;
    assert_eq!(hand.resend(id).await, Err(AppError::Conflict { standing: Standing::Active }));
}

async fn renewing_keeps_the_ticket_and_wakes_an_expired_link(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    app.clock.advance(31 * DAY);
    assert_eq!(app.browser().get(&link).await.status, 410);
    let hand = Hand::of(&app, &house.john).await;
    for bad in ["", "0", "91", "soon"] {
        assert!(matches!(hand.renew(id, bad).await, Err(AppError::Invalid { .. })), "{bad}");
    }
    hand.renew(id, "7").await.unwrap();
    assert_eq!(app.browser().get(&link).await.status, 200);
    app.clock.advance(7 * DAY);
    assert_eq!(app.browser().get(&link).await.status, 410);
    // Whoever does not own the group any more gives no link a longer life.
    app.sql("DELETE FROM group_owners").await;
    assert_eq!(hand.renew(id, "7").await, Err(AppError::Denied { reason: Reason::NotYours }));
    assert_eq!(hand.resend(id).await, Err(AppError::Denied { reason: Reason::NotYours }));
}

async fn withdrawing_takes_everything_back_and_can_be_undone(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let hand = Hand::of(&app, &house.john).await;
    let undone = hand.withdraw(id).await.unwrap();
    let page = app.browser().get(&link).await;
    assert_eq!(page.status, 410);
    page.shows("This invitation was taken back").shows("23 November 2026");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
    // The second who tries sees what changed.
    assert_eq!(hand.withdraw(id).await, Err(AppError::Conflict { standing: Standing::Withdrawn }));
    // Undone, it is as before: the same link, the same grant.
    hand.undo(undone).await.unwrap();
    assert_eq!(hand.undo(undone).await, Err(AppError::TooLate), "once");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
    let (mut browser, page) = proved(&app, &link).await;
    accept(&mut browser, &page).await;
    browser.get("/").await.shows("Launch board");
    // After accepting, withdrawing is removing.
    assert_eq!(hand.withdraw(id).await, Err(AppError::Conflict { standing: Standing::Active }));
}

async fn undoing_ends_after_an_hour_and_is_for_whoever_did_it(app: TestApp) {
    let house = house(&app).await;
    let (id, _) = invited(&app, &house).await;
    let hand = Hand::of(&app, &house.john).await;
    let undone = hand.withdraw(id).await.unwrap();
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    assert_eq!(Hand::of(&app, &ines).await.undo(undone).await, Err(AppError::NotFound));
    app.clock.advance(HOUR);
    assert_eq!(hand.undo(undone).await, Err(AppError::TooLate));
}

async fn undoing_leaves_alone_what_came_in_between(app: TestApp) {
    let house = house(&app).await;
    let (id, _) = invited(&app, &house).await;
    let hand = Hand::of(&app, &house.john).await;
    let undone = hand.withdraw(id).await.unwrap();
    // Inès invites to the same meanwhile.
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    let wish = crate::support::house::wish(SAM, &[Target::Group(house.group)]);
    crate::support::house::send(&app, &ines, &wish).await;
    // An invitation to nothing would be one to the organisation, which is not his to give.
    assert_eq!(hand.undo(undone).await, Err(AppError::TooLate));
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'pending'").await, 1, "hers");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
}

async fn changing_what_it_is_for_changes_what_is_offered(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let press = app.group("Press").await;
    let foreign = app.group("Board of directors").await;
    own(&app, press, &house.john).await;
    let hand = Hand::of(&app, &house.john).await;
    let (group, press, foreign) = (Target::Group(house.group), Target::Group(press), Target::Group(foreign));
    assert_eq!(hand.change(id, &[group, foreign]).await, Err(AppError::Denied { reason: Reason::NotYours }));
    assert!(matches!(hand.change(id, &[]).await, Err(AppError::Invalid { .. })));
    hand.change(id, &[press]).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 1);
    let (mut browser, page) = proved(&app, &link).await;
    page.shows("Press").lacks("Contoso launch");
    accept(&mut browser, &page).await;
    browser.get("/groups").await.shows("Press").lacks("Contoso launch");
}

async fn what_is_added_to_an_invitation_keeps_to_its_owners_rules(app: TestApp) {
    let house = house(&app).await;
    let (id, _) = invited(&app, &house).await;
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    let hand = Hand::of(&app, &house.john).await;
    let both = [Target::Group(house.group), Target::Group(press)];
    app.sql("UPDATE directory_groups SET most_guests = 1 WHERE name = 'Press'").await;
    app.guest("kim@partner.example", "Kim").await;
    let key = vestibule::domain::email::EmailKey("kim@partner.example".to_owned());
    let mut held = app.services.db.read().await.unwrap();
    let kim = storage::users::by_email(&mut held.conn(), &key).await.unwrap().unwrap();
    drop(held);
    app.join(press, &kim).await;
    assert_eq!(hand.change(id, &both).await, Err(AppError::Denied { reason: Reason::Full }));
    app.sql("UPDATE directory_groups SET most_guests = NULL, default_days = 10 WHERE name = 'Press'").await;
    hand.change(id, &both).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members WHERE until IS NOT NULL").await, 1);
    // What is no longer the inviter's to give stays ticked unless it is unticked.
    app.sql("DELETE FROM group_owners").await;
    app.signed_in(JOHN).await.get(&format!("/invitations/{id}")).await.shows("Contoso launch").shows("Press");
}

async fn who_has_come_in_by_another_invitation_is_sent_no_second(app: TestApp) {
    let house = house(&app).await;
    let (old, _) = invited(&app, &house).await;
    app.clock.advance(31 * DAY);
    let ines = app.member(INES, "Inès Moreau").await;
    let press = app.group("Press").await;
    own(&app, press, &ines).await;
    let wish = crate::support::house::wish(SAM, &[Target::Group(press)]);
    crate::support::house::send(&app, &ines, &wish).await;
    let (mut browser, page) = proved(&app, &app.deliver().await.remove(0).link()).await;
    accept(&mut browser, &page).await;
    app.deliver().await;
    let hand = Hand::of(&app, &house.john).await;
    let conflict = Err(AppError::Conflict { standing: Standing::Active });
    assert_eq!(hand.resend(old).await, conflict);
    assert_eq!(hand.renew(old, "7").await, conflict);
    // Inviting again gives access at once.
    assert_eq!(invite(&app, &house, SAM).await.outcome, vestibule::domain::invitation::Outcome::Added);
    browser = app.signed_in(SAM).await;
    browser.get("/").await.shows("Launch board");
}

async fn who_owns_a_part_sees_that_part(app: TestApp) {
    let house = house(&app).await;
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, press, &ines).await;
    let both = [Target::Group(house.group), Target::Group(press)];
    let wish = vestibule::services::invitation::Wish {
        message: "Between you and me".into(),
        ..crate::support::house::wish(SAM, &both)
    };
    let id = crate::support::house::send(&app, &house.john, &wish).await[0].invitation.unwrap();
    app.deliver().await;
    let page = format!("/invitations/{id}");
    app.signed_in(INES).await.get(&page).await.shows("Press").lacks("Contoso launch").lacks("Between you and me");
    app.signed_in(JOHN).await.get(&page).await.shows("Press").shows("Contoso launch").shows("Between you and me");
}

async fn withdrawn_before_it_was_sent_and_undone_it_is_sent(app: TestApp) {
    let house = house(&app).await;
    let id = invite(&app, &house, SAM).await.invitation.unwrap();
    let hand = Hand::of(&app, &house.john).await;
    let undone = hand.withdraw(id).await.unwrap();
    assert!(app.deliver().await.is_empty());
    hand.undo(undone).await.unwrap();
    let link = app.deliver().await.remove(0).link();
    assert_eq!(app.browser().get(&link).await.status, 200);
}

async fn the_mail_can_be_read_as_it_was_sent(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let ticket = link.rsplit('/').next().unwrap();
    let mut john = app.signed_in(JOHN).await;
    john.get(&format!("/invitations/{id}"))
        .await
        .shows("John Doe invited you to Contoso launch at WoodGrove")
        .shows("/redeem/••••••")
        .shows(&format!("/join/{id}"))
        .lacks(ticket);
    let sql = format!("SELECT COUNT(*) FROM outbox WHERE text_part LIKE '%{ticket}%'");
    assert_eq!(app.number(&sql).await, 0);
}

async fn an_address_that_wants_nothing_is_not_mailed_again(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let ticket = link.rsplit('/').next().unwrap().to_owned();
    app.browser().post("/fn/redeem/block", &[("ticket", &ticket), ("email", SAM)]).await;
    let hand = Hand::of(&app, &house.john).await;
    assert_eq!(hand.resend(id).await, Err(AppError::Denied { reason: Reason::Blocked }));
    assert_eq!(app.number("SELECT COUNT(*) FROM tickets").await, 1, "the link that there is stays good");
}

async fn a_wrong_address_is_corrected(app: TestApp) {
    let house = house(&app).await;
    let id = invite(&app, &house, "gsamogle@gmail.com").await.invitation.unwrap();
    let old = app.deliver().await.remove(0).link();
    let mut john = app.signed_in(JOHN).await;
    let path = format!("/invite?again={id}");
    john.get(&path).await.shows("gsamogle@gmail.com").shows("is withdrawn once the new one is sent");
    let (target, id) = (Target::Group(house.group).to_string(), id.to_string());
    // What cannot be sent leaves the old one as it is, and the form as it was.
    let bad = [("email", "nonsense"), ("targets[]", &target), ("again", &id)];
    let back = john.post("/fn/invite/send", &bad).await;
    assert_eq!(back.location(), format!("{path}&after=invite"));
    john.get(back.location()).await.shows("nonsense").shows("is withdrawn once");
    assert_eq!(app.browser().get(&old).await.status, 200);
    let good = [("email", SAM), ("targets[]", &target), ("again", &id)];
    assert_eq!(john.post("/fn/invite/send", &good).await.location(), "/invitations?after=sent");
    assert_eq!(app.browser().get(&old).await.status, 410);
    let mails = app.deliver().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, SAM));
}

async fn the_list_is_found_by_state_mail_target_and_text(app: TestApp) {
    let house = house(&app).await;
    let (sam, _) = invited(&app, &house).await;
    invite(&app, &house, "kim@fabrikam.example").await;
    app.sql("UPDATE outbox SET state = 'failed', server_answer = '550 No such user' WHERE state = 'queued'").await;
    let lee = invite(&app, &house, "lee@partner.example").await.invitation.unwrap();
    app.deliver().await;
    Hand::of(&app, &house.john).await.withdraw(lee).await.unwrap();
    let mut john = app.signed_in(JOHN).await;
    let group = format!("/invitations?for=group:{}", house.group);
    let other = format!("/invitations?for=app:{}", house.board);
    for (path, there, not_there) in [
        ("/invitations", &["gsamoogle", "kim@", "lee@"][..], &[][..]),
        ("/invitations?state=pending", &["gsamoogle", "kim@"], &["lee@"]),
        ("/invitations?state=revoked", &["lee@"], &["gsamoogle", "kim@"]),
        ("/invitations?mail=failed", &["kim@", "550 No such user"], &["gsamoogle", "lee@"]),
        ("/invitations?q=fabri", &["kim@"], &["gsamoogle", "lee@"]),
        ("/invitations?q=kim%20exam", &["kim@"], &["gsamoogle"]),
        ("/invitations?q=nobody", &["Nothing fits"], &["kim@"]),
        ("/invitations?state=%27%22%3C", &["Nothing fits"], &["kim@"]),
        (&group, &["kim@", "lee@"], &[]),
        (&other, &["Nothing fits"], &["kim@"]),
    ] {
        let page = john.get(path).await;
        for text in there {
            page.shows(text);
        }
        for text in not_there {
            page.lacks(text);
        }
    }
    app.clock.advance(31 * DAY);
    let mut john = app.signed_in(JOHN).await;
    john.get("/invitations?state=expired").await.shows("gsamoogle").lacks("lee@");
    john.get("/invitations?state=pending").await.lacks("gsamoogle");
    // Both at once; what does not fit is said by name.
    let ids = [sam.to_string(), lee.to_string()];
    let fields = [("ids[]", ids[0].as_str()), ("ids[]", &ids[1]), ("act", "withdraw"), ("back", "/invitations")];
    john.post("/fn/invitations/steer", &fields).await;
    john.get("/invitations?after=done").await.shows("The invitation to gsamoogle is withdrawn").shows("lee: It stands");
}

async fn of_two_owners_in_two_tabs_the_second_sees_what_changed(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    own(&app, house.group, &ines).await;
    for _ in 0..8 {
        let (id, _) = invited(&app, &house).await;
        let (john, other) = (Hand::of(&app, &house.john).await, Hand::of(&app, &ines).await);
        let (one, two) = tokio::join!(john.withdraw(id), other.resend(id));
        one.unwrap();
        assert!(two.is_ok() || two == Err(AppError::Conflict { standing: Standing::Withdrawn }), "{two:?}");
        assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 0);
        assert_eq!(app.number("SELECT COUNT(*) FROM invitations WHERE state = 'pending'").await, 0);
        app.deliver().await;
    }
}

async fn accepting_and_withdrawing_at_once_end_in_one_of_both(app: TestApp) {
    let house = house(&app).await;
    for n in 0..10 {
        let email = format!("guest{n}@partner.example");
        let answer = invite(&app, &house, &email).await;
        let (id, guest) = (answer.invitation.unwrap(), answer.user.unwrap());
        let mut held = app.services.db.read().await.unwrap();
        let targets = storage::invitations::targets_of(&mut held.conn(), id).await.unwrap();
        drop(held);
        let ids: Vec<String> = targets.iter().map(|one| one.id.to_string()).collect();
        let acceptance = vestibule::services::redemption::Acceptance {
            name: "Guest",
            company: "",
            language: "",
            offered: &ids,
            targets: &ids,
            agreed: &[],
            address: &email,
            method: "test",
        };
        let origin = app.origin();
        let hand = Hand::of(&app, &house.john).await;
        let accepting = vestibule::services::redemption::accept(&app.services, &origin, guest, acceptance);
        let (accepted, withdrawn) = tokio::join!(accepting, hand.withdraw(id));
        assert_ne!(accepted.is_ok(), withdrawn.is_ok(), "one of both");
        let user =
            format!("SELECT COUNT(*) FROM group_members m JOIN users u ON u.id = m.user_id WHERE u.email = '{email}'");
        assert_eq!(app.number(&user).await, i64::from(accepted.is_ok()));
        app.clock.advance(MINUTE);
    }
}

async fn every_act_twice_at_once_happens_once(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    let hand = Hand::of(&app, &house.john).await;
    let once = |one: bool, two: bool, what: &str| assert_ne!(one, two, "{what}");
    // Sending again serves both: the later mail's link is the one that works.
    let (one, two) = tokio::join!(hand.resend(id), hand.resend(id));
    assert!(one.is_ok() && two.is_ok());
    let links: Vec<String> = app.deliver().await.iter().map(|mail| mail.link()).collect();
    let mut works = 0;
    for link in links.iter().chain([&link]) {
        works += i32::from(app.browser().get(link).await.status == 200);
    }
    assert_eq!(works, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM tickets WHERE replaced_at IS NULL").await, 1);
    let (one, two) = tokio::join!(hand.renew(id, "7"), hand.renew(id, "7"));
    assert!(one.is_ok() && two.is_ok());
    let press = app.group("Press").await;
    own(&app, press, &house.john).await;
    let both = [Target::Group(house.group), Target::Group(press)];
    let (one, two) = tokio::join!(hand.change(id, &both), hand.change(id, &both));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(app.number("SELECT COUNT(*) FROM invitation_targets WHERE state = 'pending'").await, 2);
    let (one, two) = tokio::join!(hand.withdraw(id), hand.withdraw(id));
    once(one.is_ok(), two.is_ok(), "withdraw");
    let undone = one.or(two).unwrap();
    let (one, two) = tokio::join!(hand.undo(undone), hand.undo(undone));
    once(one.is_ok(), two.is_ok(), "undo");
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 2);
    // The guest's two tabs.
    hand.resend(id).await.unwrap();
    let ticket = app.deliver().await.remove(0).link().rsplit('/').next().unwrap().to_owned();
    let fields = [("ticket", ticket.as_str())];
    let (mut a, mut b) = (app.browser(), app.browser());
    tokio::join!(a.post("/fn/redeem/decline", &fields), b.post("/fn/redeem/decline", &fields));
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'").await, 1);
    tokio::join!(a.post("/fn/redeem/take-back", &fields), b.post("/fn/redeem/take-back", &fields));
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members").await, 2);
    app.clock.advance(40 * DAY);
    tokio::join!(a.post("/fn/redeem/ask", &fields), b.post("/fn/redeem/ask", &fields));
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'").await, 2);
    assert!(vestibule::services::audit::verify(&app.services, None).await.unwrap().ok);
}

async fn a_deleted_guests_ticket_is_withdrawn_and_a_new_invitation_begins_anew(app: TestApp) {
    let house = house(&app).await;
    let (id, link) = invited(&app, &house).await;
    vestibule::services::people::delete(&app.services, &app.origin(), SAM).await.unwrap();
    let page = app.browser().get(&link).await;
    assert_eq!(page.status, 410);
    page.shows("This invitation was taken back");
    let hand = Hand::of(&app, &house.john).await;
    assert_eq!(hand.resend(id).await, Err(AppError::Conflict { standing: Standing::Withdrawn }));
    let (_, link) = invited(&app, &house).await;
    let (mut browser, page) = proved(&app, &link).await;
    accept(&mut browser, &page).await;
    browser.get("/").await.shows("Launch board");
    // A guest of whom nothing is left.
    for sql in [
        "DELETE FROM tickets",
        "DELETE FROM invitation_targets",
        "DELETE FROM invitation_followers",
        "DELETE FROM invitations",
    ] {
        app.sql(sql).await;
    }
    assert_eq!(app.browser().get(&link).await.status, 404);
}

async fn strangers_see_and_steer_nothing(app: TestApp) {
    let house = house(&app).await;
    let (id, _) = invited(&app, &house).await;
    app.member("maya@woodgrove.example", "Maya Stone").await;
    let mut maya = app.signed_in("maya@woodgrove.example").await;
    assert_eq!(maya.get(&format!("/invitations/{id}")).await.status, 404);
    assert_eq!(maya.get("/invitations/nonsense").await.status, 404);
    assert_eq!(maya.get(&format!("/invite?again={id}")).await.status, 404);
    let id = id.to_string();
    for (path, fields) in [
        ("/fn/invitations/steer", vec![("resend", id.as_str())]),
        ("/fn/invitations/steer", vec![("withdraw", id.as_str())]),
        ("/fn/invitations/renew", vec![("id", id.as_str()), ("days", "3")]),
        ("/fn/invitations/change", vec![("id", id.as_str())]),
        ("/fn/undo", vec![("id", id.as_str())]),
    ] {
        assert_eq!(maya.post(path, &fields).await.status, 404, "{path}");
        let page = app.browser().post(path, &fields).await;
        assert!(page.location().starts_with("/sign-in"), "{path} signed out: {}", page.status);
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations WHERE version > 1").await, 0);
}

/// One invitation in a state, with the people around it.
async fn brought_to(app: &TestApp, house: &House, standing: Standing) -> InvitationId {
    let (id, link) = invited(app, house).await;
    let hand = Hand::of(app, &house.john).await;
    match standing {
        Standing::Invited => {}
        Standing::Expired => app.clock.advance(31 * DAY),
        Standing::Active | Standing::Ended => {
            let (mut browser, page) = proved(app, &link).await;
            accept(&mut browser, &page).await;
        }
        Standing::Waiting => drop(app.sql("UPDATE invitations SET state = 'awaiting_approval'").await),
        Standing::Disabled => drop(app.sql("UPDATE users SET enabled = FALSE WHERE user_type = 'guest'").await),
        Standing::Declined => {
            let ticket = link.rsplit('/').next().unwrap().to_owned();
            app.browser().post("/fn/redeem/decline", &[("ticket", &ticket)]).await;
        }
        Standing::Withdrawn => drop(hand.withdraw(id).await.unwrap()),
    }
    id
}

// The same table as docs/STEERING.md: every state, every act on an invitation, everybody.
async fn the_table_of_who_may_do_what_holds(app: TestApp) {
    let house = house(&app).await;
    let ines = app.member(INES, "Inès Moreau").await;
    let lena = app.member("lena@woodgrove.example", "Lena Park").await;
    let admin = vestibule::services::people::ensure_administrator(
        &app.services,
        &app.origin(),
        "admin@woodgrove.example",
        "Admin",
    )
    .await
    .unwrap();
    let maya = app.member("maya@woodgrove.example", "Maya Stone").await;
    own(&app, house.group, &ines).await;
    // An invitation in its own state each time, and back to a clean house.
    for standing in [
        Standing::Invited,
        Standing::Expired,
        Standing::Active,
        Standing::Disabled,
        Standing::Declined,
        Standing::Withdrawn,
    ] {
        for act in [Act::Resend, Act::RenewLink, Act::ChangeTargets, Act::Withdraw] {
            for (relation, user) in [
                (Relation::Inviter, &house.john),
                (Relation::Sponsor, &lena),
                (Relation::Owner, &ines),
                (Relation::Administrator, &admin),
                (Relation::Other, &maya),
            ] {
                let id = brought_to(&app, &house, standing).await;
                app.sql("DELETE FROM sponsors").await;
                let mut tx = app.services.db.write().await.unwrap();
                let invitation = storage::invitations::by_id(&mut tx.conn(), id).await.unwrap().unwrap();
                storage::sponsors::add(&mut tx.conn(), invitation.guest_id, lena.id).await.unwrap();
                tx.commit().await.unwrap();
                let hand = Hand::of(&app, user).await;
                let done = match act {
                    Act::Resend => hand.resend(id).await,
                    Act::RenewLink => hand.renew(id, "7").await,
                    Act::ChangeTargets => hand.change(id, &[Target::Group(house.group)]).await,
                    _ => hand.withdraw(id).await.map(drop),
                };
                let expected = match (act.is_for(&[relation]), act.fits(standing)) {
                    (false, _) => Err(AppError::NotFound),
                    (true, false) => Err(AppError::Conflict { standing }),
                    (true, true) => Ok(()),
                };
                assert_eq!(done, expected, "{standing:?} {act:?} {relation:?}");
                app.sql("UPDATE users SET enabled = TRUE").await;
                app.sql("DELETE FROM invitation_targets").await;
                app.sql("DELETE FROM group_members").await;
                app.sql("UPDATE users SET redemption = 'pending_acceptance' WHERE user_type = 'guest'").await;
                app.sql("UPDATE invitations SET state = 'rejected'").await;
                app.sql("DELETE FROM mail_counts").await;
                app.sql("DELETE FROM codes").await;
                app.deliver().await;
            }
        }
    }
}

on_both_engines!(
    resending_sends_a_fresh_ticket_and_kills_the_old_one,
    renewing_keeps_the_ticket_and_wakes_an_expired_link,
    withdrawing_takes_everything_back_and_can_be_undone,
    undoing_ends_after_an_hour_and_is_for_whoever_did_it,
    undoing_leaves_alone_what_came_in_between,
    changing_what_it_is_for_changes_what_is_offered,
    what_is_added_to_an_invitation_keeps_to_its_owners_rules,
    who_has_come_in_by_another_invitation_is_sent_no_second,
    who_owns_a_part_sees_that_part,
    withdrawn_before_it_was_sent_and_undone_it_is_sent,
    the_mail_can_be_read_as_it_was_sent,
    an_address_that_wants_nothing_is_not_mailed_again,
    a_wrong_address_is_corrected,
    the_list_is_found_by_state_mail_target_and_text,
    of_two_owners_in_two_tabs_the_second_sees_what_changed,
    accepting_and_withdrawing_at_once_end_in_one_of_both,
    every_act_twice_at_once_happens_once,
    a_deleted_guests_ticket_is_withdrawn_and_a_new_invitation_begins_anew,
    strangers_see_and_steer_nothing,
    the_table_of_who_may_do_what_holds,
);
