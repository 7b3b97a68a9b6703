//! The house that invitations are tested in: John, the group that he owns, the app that comes with it, and the steps
//! of inviting and redeeming.

use super::{Browser, Page, Received, TestApp};
use vestibule::{
    domain::{
        actor::Actor,
        app::Assignee,
        ids::{AppId, GroupId},
        invitation::{Outcome, Target},
        user::User,
    },
    services::{
        invitation::{self, Answer, Wish},
        organisation, people,
    },
    storage,
};

pub const JOHN: &str = "john.doe@woodgrove.example";
pub const SAM: &str = "gsamoogle@gmail.com";

/// John, the group that he owns, and the app that comes with it.
pub struct House {
    pub john: User,
    pub group: GroupId,
    pub board: AppId,
}

pub async fn house(app: &TestApp) -> House {
    organisation::set(&app.services, &app.origin(), "name", "WoodGrove").await.unwrap();
    organisation::set(&app.services, &app.origin(), "ownDomains", "woodgrove.example").await.unwrap();
    let john = app.member(JOHN, "John Doe").await;
    let group = app.group("Contoso launch").await;
    let board = app.app("Launch board", "https://board.example/", true).await;
    app.assign(board, Assignee::Group(group)).await;
    own(app, group, &john).await;
    House { john, group, board }
}

pub async fn own(app: &TestApp, group: GroupId, user: &User) {
    let mut tx = app.services.db.write().await.unwrap();
    storage::groups::add_owner(&mut tx.conn(), group, user.id, app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn actor(app: &TestApp, user: &User) -> Actor {
    let mut held = app.services.db.read().await.unwrap();
    people::actor(&app.services, &mut held.conn(), user.id).await.unwrap().unwrap().0
}

pub fn wish(addresses: &str, targets: &[Target]) -> Wish {
    Wish {
        addresses: addresses.to_owned(),
        targets: targets.iter().map(ToString::to_string).collect(),
        ..Wish::default()
    }
}

pub async fn send(app: &TestApp, user: &User, wish: &Wish) -> Vec<Answer> {
    let actor = actor(app, user).await;
    let origin = app.origin().by(actor.id, &actor.name, &actor.email);
    let draft = invitation::read(&app.services, &actor, wish).await.unwrap();
    invitation::invite(&app.services, &actor, &origin, &draft).await.unwrap()
}

pub async fn invite(app: &TestApp, house: &House, email: &str) -> Answer {
    send(app, &house.john, &wish(email, &[Target::Group(house.group)])).await.remove(0)
}

/// Invites Sam, and returns the mail that he got.
pub async fn mailed(app: &TestApp, house: &House) -> Received {
    assert_eq!(invite(app, house, SAM).await.outcome, Outcome::Invited);
    app.deliver().await.into_iter().find(|mail| mail.to == SAM).expect("the invitation")
}

/// A browser in which the address of the invitation behind a link is proved.
pub async fn proved(app: &TestApp, link: &str) -> (Browser, Page) {
    let mut browser = app.browser();
    let field = if link.starts_with("/join/") { "join" } else { "ticket" };
    let key = link.rsplit('/').next().unwrap().to_owned();
    browser.get(link).await.shows("Get started").lacks(SAM);
    assert_eq!(browser.post("/fn/redeem/begin", &[(field, &key)]).await.location(), "/redeem");
    browser.get("/redeem").await.shows("Send code").lacks(SAM);
    browser.post("/fn/redeem/send-code", &[]).await;
    let code = app.deliver().await.remove(0).code();
    assert_eq!(browser.post("/fn/redeem/code", &[("code", &code)]).await.location(), "/redeem");
    let page = browser.get("/redeem").await;
    (browser, page)
}

/// The ids of what is offered on the page where one accepts.
pub fn offered(page: &Page) -> Vec<String> {
    let mark = "name=\"targets[]\" value=\"";
    page.body.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

pub async fn accept(browser: &mut Browser, page: &Page) -> Page {
    let targets = offered(page);
    let mut fields = vec![("name", "Sam Oogle"), ("company", "Oogle Ltd"), ("language", "en")];
    fields.extend(targets.iter().map(|id| ("targets[]", id.as_str())));
    fields.extend(targets.iter().map(|id| ("offered[]", id.as_str())));
    browser.post("/fn/redeem/accept", &fields).await
}
