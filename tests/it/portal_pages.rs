//! What the portal's pages show whom, and how they lead on to each other.

use crate::support::{
    TestApp,
    house::{SAM, accept, house, invite, mailed, proved, send, wish},
    on_both_engines,
};
use vestibule::{
    domain::{
        invitation::Target,
        user::{Role, User},
    },
    services::{organisation, people},
};

const ADMIN: &str = "admin@woodgrove.example";

async fn admin(app: &TestApp) -> User {
    people::ensure_administrator(&app.services, &app.origin(), ADMIN, "Ada Lindqvist").await.unwrap()
}

async fn with_role(app: &TestApp, role: Role) -> String {
    let email = format!("{}@woodgrove.example", role.as_str());
    let new = people::NewMember { email: &email, name: role.as_str(), roles: &[role] };
    people::add_member(&app.services, &app.origin(), new).await.unwrap().email
}

// Reviewed: whoever saw an invitation by a role was told that it was to the organisation alone.
async fn who_sees_everything_sees_what_an_invitation_is_for_and_changes_nothing(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let wished = vestibule::services::invitation::Wish {
        message: "Between us".to_owned(),
        ..wish(SAM, &[Target::Group(house.group)])
    };
    let sent = send(&app, &house.john, &wished).await.remove(0);
    let page = format!("/invitations/{}", sent.invitation.unwrap());
    for role in [Role::Auditor, Role::HelpDesk, Role::UserAdministrator] {
        let mut browser = app.signed_in(&with_role(&app, role).await).await;
        let shown = browser.get(&page).await;
        shown.shows("Contoso launch").shows("/admin/people/").lacks("and nothing more yet");
        assert_eq!(shown.body.contains("Between us"), role == Role::UserAdministrator, "{role:?}");
        let group = browser.get(&format!("/groups/{}", house.group)).await;
        group.shows(SAM);
        assert_eq!(group.body.contains("/settings\""), role == Role::UserAdministrator, "{role:?}");
        assert_eq!(group.body.contains("value=\"remove\""), role == Role::UserAdministrator, "{role:?}");
        let board = browser.get(&format!("/apps/{}", house.board)).await;
        assert_eq!(board.status, 200, "{role:?}");
        let settings = browser.get(&format!("/apps/{}/settings", house.board)).await.status;
        assert_eq!(settings == 200, role == Role::UserAdministrator, "{role:?}");
        let file = browser.get(&format!("/groups/{}/people.csv", house.group)).await;
        file.shows(SAM);
    }
    let mut stranger = app.signed_in(&with_role(&app, Role::GuestInviter).await).await;
    assert_eq!(stranger.get(&page).await.status, 404);
}

async fn what_waits_is_answered_from_the_invitation(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let letter = mailed(&app, &house).await;
    // The inviter loses the right before the guest accepts.
    organisation::set(&app.services, &app.origin(), "ownersMayInvite", "false").await.unwrap();
    let (mut sam, page) = proved(&app, &letter.link()).await;
    accept(&mut sam, &page).await;
    let mut ada = app.signed_in(ADMIN).await;
    let list = ada.get("/admin/invitations?state=waiting").await;
    let id = list.body.split("href=\"/invitations/").nth(1).unwrap()[..36].to_owned();
    let shown = ada.get(&format!("/invitations/{id}")).await;
    let confirm = shown.body.split("href=\"/confirm/").nth(1).expect("a way to answer")[..36].to_owned();
    assert_eq!(ada.get(&format!("/confirm/{confirm}")).await.status, 200);
    let mut auditor = app.signed_in(&with_role(&app, Role::Auditor).await).await;
    auditor.get(&format!("/invitations/{id}")).await.lacks("/confirm/");
}

async fn the_trail_is_asked_by_address_and_by_name(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    invite(&app, &house, "mei@trey.example").await;
    invite(&app, &house, "lee@trey.example").await;
    let mut ada = app.signed_in(ADMIN).await;
    ada.get("/admin/audit?about=MEI@trey.example").await.shows("mei@trey.example").lacks(">lee@trey.example<");
    ada.get("/admin/audit?about=contoso+launch").await.shows("Contoso launch").lacks("Nobody and nothing");
    ada.get("/admin/audit?about=nobody@trey.example").await.shows("Nobody and nothing is called so");
    let by_id = ada.get(&format!("/admin/audit?about={}", house.group)).await;
    by_id.shows("value=\"Contoso launch\"");
    let file = ada.get("/admin/audit.csv?about=mei@trey.example").await.body;
    assert!(file.contains("mei@trey.example") && !file.contains("lee@trey.example"), "{file}");
    assert_eq!(ada.get("/admin/audit.csv?about=nobody@trey.example").await.body.lines().count(), 1);
}

async fn the_portal_says_what_will_happen_before_it_does(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    let mut ada = app.signed_in(ADMIN).await;
    ada.get("/admin/invite?email=mei%40trey.example").await.shows("mei@trey.example").shows("What will happen");
    let fields = [
        ("email", "mei@trey.example"),
        ("groups", "Contoso launch"),
        ("message", "Come and see"),
        ("length", "90"),
        ("step", "preview"),
    ];
    let seen = ada.post("/fn/admin/invite/send", &fields).await;
    let page = ada.get(seen.location()).await;
    page.shows("Ada Lindqvist via WoodGrove").shows("Come and see").shows("Contoso launch");
    assert_eq!(app.number("SELECT COUNT(*) FROM invitations").await, 0);
    let piece = ada.post("/admin/invite/preview", &fields).await;
    piece.shows("Ada Lindqvist via WoodGrove").lacks("<html");
    let wrong = ada.post("/admin/invite/preview", &[("email", "mei@trey.example"), ("groups", "No such")]).await;
    wrong.shows("role=\"alert\"").shows("No such");
    ada.post("/fn/admin/invite/send", &fields[..4]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM group_members WHERE until IS NOT NULL").await, 1);
}

async fn a_persons_page_says_what_they_may_do_and_why(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    let mut ada = app.signed_in(ADMIN).await;
    let john = format!("/admin/people/{}", house.john.id);
    ada.get(&john)
        .await
        .shows("Invite to Contoso launch")
        .shows("as its owner")
        .shows("no: a setting of the organisation");
    organisation::set(&app.services, &app.origin(), "ownersMayInvite", "false").await.unwrap();
    ada.get(&john).await.shows("owners may not invite at present");
    let all = "\"adminsGuestInvitersAndAllMembers\"";
    organisation::set(&app.services, &app.origin(), "allowInvitesFrom", all).await.unwrap();
    ada.get(&john).await.shows("a setting of the organisation").lacks("no: a setting of the organisation");
    // Roles are for those to see who see the roles.
    let desk = with_role(&app, Role::HelpDesk).await;
    app.signed_in(&desk).await.get(&john).await.lacks("What this person may do");
}

async fn a_persons_page_tells_of_sign_ins_and_of_statements(app: TestApp) {
    let house = house(&app).await;
    admin(&app).await;
    organisation::set(&app.services, &app.origin(), "privacyUrl", "https://woodgrove.example/privacy").await.unwrap();
    let letter = mailed(&app, &house).await;
    let (mut browser, page) = proved(&app, &letter.link()).await;
    let targets = crate::support::house::offered(&page);
    let mut fields = vec![("name", "Sam Oogle"), ("language", "en"), ("agreed[]", "privacy:1")];
    fields.extend(targets.iter().flat_map(|id| [("targets[]", id.as_str()), ("offered[]", id.as_str())]));
    browser.post("/fn/redeem/accept", &fields).await;
    let mut stranger = app.browser();
    stranger.post("/fn/sign-in/send-code", &[("email", SAM)]).await;
    stranger.post("/fn/sign-in/code", &[("code", "00000000")]).await;
    let mut ada = app.signed_in(ADMIN).await;
    let list = ada.get("/admin/guests").await;
    let id = list.body.split("href=\"/admin/people/").nth(1).unwrap()[..36].to_owned();
    let shown = ada.get(&format!("/admin/people/{id}")).await;
    shown.shows("Sign-ins").shows("signed in").shows("Privacy statement").shows("version 1");
    let file = ada.get("/admin/consents.csv").await;
    file.shows("userId,name,email,statement,version,url,acceptedAt").shows(SAM);
    ada.get("/admin/audit?activity=Publish+Terms+Of+Use").await.shows("Publish Terms Of Use");
}

async fn members_come_by_form_by_list_and_by_file(app: TestApp) {
    house(&app).await;
    admin(&app).await;
    let mut ada = app.signed_in(ADMIN).await;
    let added = ada.post("/fn/admin/members/add", &[("email", "zoe@woodgrove.example"), ("name", "Zoë Berg")]).await;
    ada.get(added.location()).await.shows("Members added: 1.").shows("Zoë Berg");
    let again = ada.post("/fn/admin/members/add", &[("email", "zoe@woodgrove.example"), ("name", "Zoë Berg")]).await;
    ada.get(again.location()).await.shows("value=\"zoe@woodgrove.example\"").shows("value=\"Zoë Berg\"");
    let mut sender = app.signed_in(ADMIN).await.with_header("content-type", "multipart/form-data; boundary=x");
    let send = |text: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.csv\"\r\n\r\n{text}\r\n--x--\r\n")
    };
    let post = axum::http::Method::POST;
    let file = send("name;email\r\nKim Lo;kim@woodgrove.example\r\nNobody;nonsense\r\n");
    let sent = sender.send(post.clone(), "/admin/members/file", Some(file)).await;
    sender.get(sent.location()).await.shows("Members added: 1.").shows("name;email\nNobody;nonsense");
    let large = sender.send(post, "/admin/members/file", Some(send(&"x".repeat(200_000)))).await;
    sender.get(large.location()).await.shows("up to 128 KB");
    ada.get("/admin/members?q=kim").await.shows("Kim Lo");
}

on_both_engines!(
    who_sees_everything_sees_what_an_invitation_is_for_and_changes_nothing,
    what_waits_is_answered_from_the_invitation,
    the_trail_is_asked_by_address_and_by_name,
    the_portal_says_what_will_happen_before_it_does,
    a_persons_page_says_what_they_may_do_and_why,
    a_persons_page_tells_of_sign_ins_and_of_statements,
    members_come_by_form_by_list_and_by_file,
);
