//! The reports: what is counted as it comes about, what the pages and files show of it, and to whom.

use crate::support::{
    Browser, Page, TestApp,
    house::{House, JOHN, SAM, accept, actor, house, invite, offered, proved, send, wish},
    on_both_engines,
};
use serde_json::Value;
use vestibule::{
    domain::{
        invitation::{Outcome, Target},
        time::{DAY, HOUR},
        user::Role,
    },
    services::{organisation, people, steering, undo},
};

const ADMIN: &str = "admin@woodgrove.example";
const ANNA: &str = "anna@contoso.example";
const BEN: &str = "ben@contoso.example";
const FUNNEL: &str = "/admin/reports/invitations";

async fn with_role(app: &TestApp, email: &str, roles: &[Role]) -> Browser {
    let new = people::NewMember { email, name: "Ada Winter", roles };
    people::add_member(&app.services, &app.origin(), new).await.unwrap();
    app.signed_in(email).await
}

async fn admin(app: &TestApp) -> Browser {
    with_role(app, ADMIN, &[Role::Administrator]).await
}

/// A figure of a page, by the words beneath it.
fn figure(page: &Page, words: &str) -> String {
    let before = page.body.split(&format!("</b> <span>{words}</span>")).next().unwrap();
    assert!(before.len() < page.body.len(), "{words:?} is missing in {}", page.body);
    before.rsplit("<b>").next().unwrap().to_owned()
}

/// What a piece of a page reads as.
fn read(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// The numbers of a table's row, by what it is about.
fn row(page: &Page, about: &str) -> Vec<String> {
    let row = page
        .body
        .split("<tr><th scope=\"row\">")
        .skip(1)
        .map(|rest| rest.split("</tr>").next().unwrap())
        .find(|row| read(row.split("</th>").next().unwrap()) == about)
        .unwrap_or_else(|| panic!("no row about {about:?} in {}", page.body));
    row.split("<td class=\"tbl__n num\">").skip(1).map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
}

async fn jsonl(browser: &mut Browser, path: &str) -> Vec<Value> {
    let file = browser.get(path).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/jsonl; charset=utf-8"));
    file.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Sam accepts after three hours, Anna declines, Ben's invitation is withdrawn, Cleo's waits.
async fn history(app: &TestApp) -> House {
    let house = house(app).await;
    let mut ids = Vec::new();
    for email in [SAM, ANNA, BEN, "cleo@adatum.example"] {
        let answer = invite(app, &house, email).await;
        assert_eq!(answer.outcome, Outcome::Invited);
        ids.extend(answer.invitation);
    }
    let mails = app.deliver().await;
    let link = |to: &str| mails.iter().find(|mail| mail.to == to).unwrap().link();
    let ticket = |to: &str| link(to).rsplit('/').next().unwrap().to_owned();
    app.clock.advance(3 * HOUR);
    let (mut guest, page) = proved(app, &link(SAM)).await;
    accept(&mut guest, &page).await;
    app.browser().post("/fn/redeem/decline", &[("ticket", &ticket(ANNA))]).await;
    let john = actor(app, &house.john).await;
    steering::withdraw(&app.services, &john, &app.origin(), ids[2]).await.unwrap();
    house
}

async fn invitations_are_counted_as_they_go(app: TestApp) {
    let house = history(&app).await;
    let mut admin = admin(&app).await;
    let page = admin.get(FUNNEL).await;
    for (word, n) in [
        ("invited", "4"),
        ("accepted", "1"),
        ("declined", "1"),
        ("withdrawn", "1"),
        ("waiting now", "1"),
        ("acceptance rate", "25\u{202F}%"),
        ("median time to accept", "about 3 h"),
    ] {
        assert_eq!(figure(&page, word), n, "{word}");
    }
    assert_eq!(row(&page, "23 November 2026"), ["4", "1", "1", "1", "25\u{202F}%"]);
    assert_eq!(row(&page, "22 November 2026"), ["0", "0", "0", "0", "–"]);
    assert_eq!(row(&page, "contoso.example"), ["2", "0", "0\u{202F}%"]);
    assert_eq!(row(&page, "gmail.com"), ["1", "1", "100\u{202F}%"]);
    assert_eq!(row(&page, "Contoso launch"), ["4", "1", "25\u{202F}%"]);
    assert_eq!(row(&page, "John Doe"), ["4", "1", "25\u{202F}%"]);
    page.shows("role=\"img\"").shows("<title id=\"chart-invitations-day\">").lacks("By app");
    // Of a domain, a group, an inviter; by what people type and by what links have.
    let page = admin.get(&format!("{FUNNEL}?days=90&by=domain&key=Contoso.example")).await;
    assert_eq!((figure(&page, "invited"), figure(&page, "accepted")), ("2".into(), "0".into()));
    assert_eq!((figure(&page, "declined"), figure(&page, "withdrawn")), ("1".into(), "1".into()));
    page.shows("Domain · contoso.example").shows("value=\"90\" selected").shows("value=\"domain\" selected");
    page.shows("name=\"key\" value=\"contoso.example\"").lacks("median time");
    assert_eq!(figure(&page, "waiting now"), "0");
    for filter in [
        format!("by=group&key={}", house.group),
        "by=group&key=contoso+LAUNCH".into(),
        format!("by=inviter&key={}", house.john.id),
        format!("by=inviter&key={JOHN}"),
    ] {
        let page = admin.get(&format!("{FUNNEL}?{filter}")).await;
        assert_eq!((figure(&page, "invited"), figure(&page, "accepted")), ("4".into(), "1".into()), "{filter}");
        let waiting = app.number("SELECT COUNT(*) FROM invitations WHERE state = 'pending'").await;
        assert_eq!(figure(&page, "waiting now"), waiting.to_string(), "{filter}");
    }
    let page = admin.get(&format!("{FUNNEL}?by=app&key=Nothing")).await;
    page.shows("Nothing is called “Nothing”");
    assert_eq!(figure(&page, "invited"), "0");
    // What makes no sense is not asked.
    let page = admin.get(&format!("{FUNNEL}?days=7&per=hour&by=planet&key=mars")).await;
    assert_eq!(figure(&page, "invited"), "4");
    page.shows("value=\"30\" selected");
    // Later it has left the shorter period, and is gathered by month in the longer one.
    app.clock.advance(40 * DAY);
    let mut admin = app.signed_in(ADMIN).await;
    let page = admin.get(FUNNEL).await;
    assert_eq!((figure(&page, "invited"), figure(&page, "waiting now")), ("0".into(), "1".into()));
    page.shows("No invitation was made or answered in this period");
    let page = admin.get(&format!("{FUNNEL}?days=365")).await;
    assert_eq!(row(&page, "November 2026"), ["4", "1", "1", "1", "25\u{202F}%"]);
    let page = admin.get(&format!("{FUNNEL}?days=90&per=week")).await;
    assert_eq!(row(&page, "23 November 2026")[0], "4");
}

async fn what_joins_an_invitation_counts_for_its_target_only(app: TestApp) {
    let house = house(&app).await;
    let press = app.group("Press").await;
    crate::support::house::own(&app, press, &house.john).await;
    invite(&app, &house, SAM).await;
    app.deliver().await;
    send(&app, &house.john, &wish(SAM, &[Target::Group(press)])).await;
    let link = app.deliver().await.remove(0).link();
    let mut admin = admin(&app).await;
    let page = admin.get(FUNNEL).await;
    assert_eq!(figure(&page, "invited"), "1");
    assert_eq!((row(&page, "Contoso launch")[0].as_str(), row(&page, "Press")[0].as_str()), ("1", "1"));
    // Sam takes one of the two: the other is declined.
    let (mut guest, page) = proved(&app, &link).await;
    let ids = offered(&page);
    let mut fields = vec![("name", "Sam Oogle"), ("company", ""), ("language", "en"), ("targets[]", ids[0].as_str())];
    fields.extend(ids.iter().map(|id| ("offered[]", id.as_str())));
    guest.post("/fn/redeem/accept", &fields).await;
    let page = admin.get(FUNNEL).await;
    assert_eq!((figure(&page, "accepted"), figure(&page, "declined")), ("1".into(), "0".into()));
    let taken: Vec<bool> = ["Contoso launch", "Press"].iter().map(|name| row(&page, name)[1] == "1").collect();
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    let refused = if taken[0] { "Press" } else { "Contoso launch" };
    let page = admin.get(&format!("{FUNNEL}?by=group&key={}", refused.replace(' ', "+"))).await;
    assert_eq!((figure(&page, "declined"), figure(&page, "accepted")), ("1".into(), "0".into()));
}

async fn what_is_brought_back_was_never_withdrawn(app: TestApp) {
    let house = house(&app).await;
    let id = invite(&app, &house, ANNA).await.invitation.unwrap();
    let mut admin = admin(&app).await;
    let john = actor(&app, &house.john).await;
    let undone = steering::withdraw(&app.services, &john, &app.origin(), id).await.unwrap();
    let paths = [
        FUNNEL.to_owned(),
        format!("{FUNNEL}?by=domain&key=@contoso.example"),
        format!("{FUNNEL}?by=group&key={}", house.group),
        format!("{FUNNEL}?by=inviter&key={JOHN}"),
    ];
    for path in &paths {
        assert_eq!(figure(&admin.get(path).await, "withdrawn"), "1", "{path}");
    }
    assert_eq!(figure(&admin.get(FUNNEL).await, "waiting now"), "0");
    app.clock.advance(HOUR / 2);
    undo::undo(&app.services, &john, &app.origin(), undone).await.unwrap();
    for path in &paths {
        let page = admin.get(path).await;
        assert_eq!((figure(&page, "invited"), figure(&page, "withdrawn")), ("1".into(), "0".into()), "{path}");
        assert_eq!(row(&page, "23 November 2026")[3], "0", "{path}");
    }
    assert_eq!(figure(&admin.get(FUNNEL).await, "waiting now"), "1");
}

async fn what_waits_is_told_by_age(app: TestApp) {
    let house = house(&app).await;
    for (email, days) in [("a@x.example", 20), ("b@x.example", 71), ("c@x.example", 4), ("d@x.example", 0)] {
        invite(&app, &house, email).await;
        app.clock.advance(days * DAY);
    }
    let mut admin = admin(&app).await;
    let page = admin.get("/admin/reports/pending").await;
    // 95, 75, 4 and 0 days.
    assert_eq!(figure(&page, "waiting now"), "4");
    assert_eq!(figure(&page, "wait for more than 30 days"), "2");
    assert_eq!(figure(&page, "days: the oldest"), "95");
    assert_eq!(row(&page, "0 to 7 days"), ["2"]);
    assert_eq!(row(&page, "31 to 90 days"), ["1"]);
    assert_eq!(row(&page, "over 90 days"), ["1"]);
}

async fn guests_are_told_by_domain_and_sponsor(app: TestApp) {
    let house = history(&app).await;
    let mut admin = admin(&app).await;
    let page = admin.get("/admin/reports/guests").await;
    assert_eq!(figure(&page, "guests"), "4");
    assert_eq!(row(&page, "contoso.example"), ["2"]);
    assert_eq!(row(&page, "John Doe"), ["4"]);
    page.shows("href=\"/admin/guests?domain=contoso.example\"");
    page.shows(&format!("href=\"/admin/guests?sponsor={}\"", house.john.id));
}

async fn guests_are_told_by_their_last_sign_in(app: TestApp) {
    history(&app).await;
    app.guest("old@x.example", "Old Guest").await;
    let mut admin = admin(&app).await;
    let page = admin.get("/admin/reports/inactive").await;
    assert_eq!((row(&page, "within 30 days"), row(&page, "never")), (vec!["1".to_owned()], vec!["1".to_owned()]));
    assert_eq!(figure(&page, "never signed in"), "1");
    assert_eq!(figure(&page, "have not accepted yet"), "3");
    app.clock.advance(100 * DAY);
    let mut admin = app.signed_in(ADMIN).await;
    let page = admin.get("/admin/reports/inactive").await;
    assert_eq!(row(&page, "91 to 180 days ago"), ["1"]);
    assert_eq!(figure(&page, "unseen for 90 days"), "1");
}

async fn sign_ins_are_told_by_result(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    for _ in 0..2 {
        browser.post("/fn/sign-in/send-code", &[("email", JOHN)]).await;
        browser.post("/fn/sign-in/code", &[("code", "00000000")]).await;
    }
    let mut admin = admin(&app).await;
    let page = admin.get("/admin/reports/sign-ins").await;
    assert_eq!((figure(&page, "successful"), figure(&page, "failed")), ("2".into(), "2".into()));
    page.shows("Wrong code");
    assert_eq!(row(&page, "23 November 2026"), ["2", "2"]);
    let lines = jsonl(&mut admin, "/admin/reports/sign-ins.jsonl").await;
    assert_eq!((lines.len(), &lines[29]["succeeded"], &lines[29]["wrongCode"]), (30, &2.into(), &2.into()));
    assert_eq!(lines[29]["day"], "2026-11-23");
}

async fn people_are_active_once_a_month(app: TestApp) {
    history(&app).await;
    let mut admin = admin(&app).await;
    for _ in 0..2 {
        app.signed_in(JOHN).await;
    }
    let page = admin.get("/admin/reports/licensing").await;
    assert_eq!(row(&page, "November 2026"), ["1", "2"]);
    assert_eq!(row(&page, "October 2026"), ["0", "0"]);
    // Four guests for two members, of whom each may have five.
    assert_eq!(figure(&page, "guests per member"), "2.0");
    assert_eq!(
        (figure(&page, "guests allowed for"), figure(&page, "of these in use")),
        ("10".into(), "40\u{202F}%".into())
    );
    organisation::set(&app.services, &app.origin(), "guestsPerMember", "2").await.unwrap();
    let page = admin.get("/admin/reports/licensing").await;
    assert_eq!((figure(&page, "guests allowed for"), row(&page, "Allowed for")), ("4".into(), vec!["4".to_owned()]));
    page.lacks("more guests than");
    organisation::set(&app.services, &app.origin(), "guestsPerMember", "1").await.unwrap();
    admin.get("/admin/reports/licensing").await.shows("There are more guests than are allowed for");
    for bad in ["0", "1001", "-1", "many"] {
        assert!(organisation::set(&app.services, &app.origin(), "guestsPerMember", bad).await.is_err(), "{bad}");
    }
    app.clock.advance(10 * DAY);
    let mut admin = app.signed_in(ADMIN).await;
    let page = admin.get("/admin/reports/licensing").await;
    assert_eq!(
        (row(&page, "December 2026"), row(&page, "November 2026")[1].as_str()),
        (vec!["0".into(), "1".into()], "2")
    );
}

async fn the_overview_leads_to_each(app: TestApp) {
    let mut admin = admin(&app).await;
    let page = admin.get("/admin/reports").await;
    page.shows("No invitation was made").shows("There are no guests yet").shows("No invitation waits");
    history(&app).await;
    let page = admin.get("/admin/reports").await;
    for name in ["invitations", "pending", "guests", "inactive", "sign-ins", "licensing"] {
        page.shows(&format!("href=\"/admin/reports/{name}\"")).shows(&format!("<title id=\"chart-{name}-"));
        assert_eq!(admin.get(&format!("/admin/reports/{name}")).await.status, 200);
    }
    assert_eq!((figure(&page, "invited in 30 days"), figure(&page, "waiting now")), ("4".into(), "1".into()));
    assert_eq!(admin.get("/admin/reports/nothing").await.status, 404);
    assert_eq!(admin.get("/admin/reports/nothing.csv").await.status, 404);
    let mut french = admin.clone().with_header("accept-language", "fr");
    french.post("/fn/account/profile", &[("name", "Ada Winter"), ("language", "fr")]).await;
    french.get(FUNNEL).await.shows("taux d’acceptation").shows("23 novembre 2026");
    french.get("/admin/reports/licensing").await.shows("novembre 2026").shows("2,0");
}

async fn files_hold_what_pages_show_and_no_formulas(app: TestApp) {
    let house = history(&app).await;
    let evil = app.group("=HYPERLINK(\"//evil.example\")").await;
    crate::support::house::own(&app, evil, &house.john).await;
    send(&app, &house.john, &wish("dora@x.example", &[Target::Group(evil)])).await;
    let mut admin = admin(&app).await;
    let file = admin.get(&format!("{FUNNEL}.csv")).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"invitations.csv\"");
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines[0], "day,invited,accepted,declined,withdrawn,acceptanceRate");
    assert_eq!((lines.len(), lines[30]), (31, "2026-11-23,5,1,1,1,20"));
    let file = admin.get(&format!("{FUNNEL}.csv?by=domain&key=contoso.example&per=month")).await;
    file.shows("month,invited").shows("2026-11-01,2,0,1,1,0");
    let file = admin.get(&format!("{FUNNEL}.csv?table=group")).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"invitations-group.csv\"");
    file.shows(&format!("Contoso launch,{},4,1,25", house.group));
    file.shows(&format!("\"'=HYPERLINK(\"\"//evil.example\"\")\",{evil},1,0,0"));
    let lines = jsonl(&mut admin, &format!("{FUNNEL}.jsonl?table=domain")).await;
    assert_eq!((&lines[0]["domain"], &lines[0]["invited"]), (&"contoso.example".into(), &2.into()));
    assert_eq!(admin.get(&format!("{FUNNEL}.csv?table=planet")).await.status, 404);
    admin.get("/admin/reports/guests.csv").await.shows("domain,guests").shows("contoso.example,2");
    admin.get("/admin/reports/inactive.csv").await.shows("lastSignIn,guests\nwithin 30 days,1\n");
}

async fn only_those_who_may_read_reports_find_them(app: TestApp) {
    let paths = ["/admin/reports", FUNNEL, "/admin/reports/invitations.csv", "/admin/reports/guests.jsonl"];
    for path in paths {
        let page = app.browser().get(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.location().starts_with("/sign-in"), "{path}");
    }
    app.guest("guest@x.example", "A Guest").await;
    let mut strangers = vec![
        app.signed_in("guest@x.example").await,
        with_role(&app, "none@woodgrove.example", &[]).await,
        with_role(&app, "inviter@woodgrove.example", &[Role::GuestInviter]).await,
        with_role(&app, "desk@woodgrove.example", &[Role::HelpDesk]).await,
    ];
    for browser in &mut strangers {
        for path in paths {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        assert_eq!(browser.post("/fn/admin/reports", &[]).await.status, 404);
        assert_eq!(browser.post("/fn/admin/report", &[("name", "guests")]).await.status, 404);
    }
    for (email, role) in
        [("auditor@woodgrove.example", Role::Auditor), ("people@woodgrove.example", Role::UserAdministrator)]
    {
        let mut browser = with_role(&app, email, &[role]).await;
        for path in paths {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
    }
}

on_both_engines!(
    invitations_are_counted_as_they_go,
    what_joins_an_invitation_counts_for_its_target_only,
    what_is_brought_back_was_never_withdrawn,
    what_waits_is_told_by_age,
    guests_are_told_by_domain_and_sponsor,
    guests_are_told_by_their_last_sign_in,
    sign_ins_are_told_by_result,
    people_are_active_once_a_month,
    the_overview_leads_to_each,
    files_hold_what_pages_show_and_no_formulas,
    only_those_who_may_read_reports_find_them,
);
