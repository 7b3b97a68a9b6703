//! Every path of ours, in one place. Ids and secrets in them need no escaping.

use super::{
    ids::{AppId, GroupId, InvitationId, InvitationTargetId, MailId, UserId},
    invitation::Target,
    report::ReportName,
};

/// *My Apps*.
pub const HOME: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing out.
pub const SIGN_OUT: &str = "/sign-out";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// Where a guest leaves the organisation.
pub const LEAVE: &str = "/account/leave";
/// What administrators see lies below.
pub const ADMIN: &str = "/admin";
/// Guests, for those who administer them.
pub const ADMIN_GUESTS: &str = "/admin/guests";
/// Members, for those who administer them.
pub const ADMIN_MEMBERS: &str = "/admin/members";
/// All groups.
pub const ADMIN_GROUPS: &str = "/admin/groups";
/// All apps.
pub const ADMIN_APPS: &str = "/admin/apps";
/// All invitations.
pub const ADMIN_INVITATIONS: &str = "/admin/invitations";
/// Inviting to everything.
pub const ADMIN_INVITE: &str = "/admin/invite";
/// Where members are added.
pub const ADMIN_ADD_MEMBERS: &str = "/admin/members/add";
/// Where an app is made.
pub const ADMIN_NEW_APP: &str = "/admin/apps/new";
/// The trail.
pub const ADMIN_AUDIT: &str = "/admin/audit";
/// The reports.
pub const ADMIN_REPORTS: &str = "/admin/reports";
/// The organisation's settings.
pub const ADMIN_ORGANISATION: &str = "/admin/organisation";
/// Who holds which role.
pub const ADMIN_ROLES: &str = "/admin/roles";
/// Who agreed to which statement, for those who administer them: files only.
pub const ADMIN_CONSENTS: &str = "/admin/consents";

/// A path with a query of those pairs that are not empty.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A picture of the organisation's; the version makes it safe to keep.
pub fn brand(name: &str, version: i64) -> String {
    format!("/brand/{name}?v={version}")
}

/// The organisation's colours as styles; the colour itself (`#rrggbb`) is in the address, so they are safe to keep.
pub fn brand_colours(colour: &str) -> String {
    format!("/brand/{}.css", colour.trim_start_matches('#'))
}

/// A report's page.
pub fn report(name: ReportName) -> String {
    format!("{ADMIN_REPORTS}/{}", name.as_str())
}

/// A report as a file: `csv` or `jsonl`.
pub fn report_file(name: ReportName, format: &str) -> String {
    format!("{ADMIN_REPORTS}/{}.{format}", name.as_str())
}

/// A person's page in the portal.
pub fn admin_person(id: UserId) -> String {
    format!("{ADMIN}/people/{id}")
}

/// The demonstration's mailbox.
pub const DEMO_MAILBOX: &str = "/demo/mailbox";
/// Where the demonstration's people are chosen.
pub const DEMO_PERSONA: &str = "/demo/persona";

/// The groups that one owns or is in.
pub const GROUPS: &str = "/groups";
/// The invitations that one has sent.
pub const INVITATIONS: &str = "/invitations";
/// Redeeming an invitation, once its ticket or the sign-in has found it.
pub const REDEEM: &str = "/redeem";
/// What each wrong turn means.
pub const HELP: &str = "/help";
/// Inviting.
pub const INVITE: &str = "/invite";
/// Where a file of members is sent.
pub const ADMIN_MEMBERS_FILE: &str = "/admin/members/file";
/// What will happen, for the dialog.
pub const INVITE_PREVIEW: &str = "/invite/preview";

/// What will happen, for the portal's form.
pub const ADMIN_INVITE_PREVIEW: &str = "/admin/invite/preview";

/// A group's page.
pub fn group(id: GroupId) -> String {
    format!("{GROUPS}/{id}")
}

/// The guests that one answers for.
pub const GUESTS: &str = "/guests";

/// A guest's page.
pub fn guest(id: UserId) -> String {
    format!("{GUESTS}/{id}")
}

/// Where somebody's access to something is given longer.
pub fn prolong(user: UserId, target: Target) -> String {
    format!("/prolong/{user}/{target}")
}

/// An invitation's page.
pub fn invitation(id: InvitationId) -> String {
    format!("{INVITATIONS}/{id}")
}

/// A page, with what was just done said on it.
pub fn after(path: &str, what: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let said = format!("after={what}");
    format!("{path}?{}", kept.chain([said.as_str()]).collect::<Vec<_>>().join("&"))
}

/// Where a group is made.
pub const NEW_GROUP: &str = "/groups/new";

/// Where owners change a group or app.
pub fn settings(of: Target) -> String {
    format!("{}/settings", target(of))
}

/// Who has access to a group or app, as a file.
pub fn people_file(of: Target) -> String {
    format!("{}/people.csv", target(of))
}

/// Where an app's icon is sent to.
pub fn app_icon_upload(id: AppId) -> String {
    format!("/apps/{id}/icon")
}

/// The page of a group or app.
pub fn target(target: Target) -> String {
    match target {
        Target::Group(id) => group(id),
        Target::App(id) => app(id),
    }
}

/// Inviting to a group or app.
pub fn invite_to(target: Target) -> String {
    format!("{INVITE}?to={target}")
}

/// Inviting anew in place of an invitation that went to a wrong address.
pub fn invite_again(id: InvitationId) -> String {
    format!("{INVITE}?again={id}")
}

/// A ticket as it stands in a path. What is none of ours leads to the page of an unknown one, however it was written.
fn plain(ticket: &str) -> &str {
    let is_plain = ticket.len() <= 64 && ticket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_plain && !ticket.is_empty() { ticket } else { "unknown" }
}

/// The page of a ticket.
pub fn redeem_ticket(ticket: &str) -> String {
    format!("{REDEEM}/{}", plain(ticket))
}

/// Where an invitation is declined.
pub fn decline_ticket(ticket: &str) -> String {
    format!("{REDEEM}/{}/decline", plain(ticket))
}

/// Where reminders of an invitation are stopped.
pub fn quiet_ticket(ticket: &str) -> String {
    format!("{REDEEM}/{}/quiet", plain(ticket))
}

/// Where further invitations are blocked.
pub fn block_ticket(ticket: &str) -> String {
    format!("{REDEEM}/{}/block", plain(ticket))
}

/// Where mail programs stop invitations by one click (RFC 8058).
pub fn unsubscribe_ticket(ticket: &str) -> String {
    format!("{REDEEM}/{}/unsubscribe", plain(ticket))
}

/// An invitation without its secret: finds it for whoever proves the address.
pub fn join(id: InvitationId) -> String {
    format!("/join/{id}")
}

/// Where one lands after declining (`declined`) or blocking (`blocked`).
pub fn goodbye(what: &str) -> String {
    format!("/goodbye/{what}")
}

/// Where an owner confirms what waits.
pub fn confirm(id: InvitationTargetId) -> String {
    format!("/confirm/{id}")
}

/// An app's page.
pub fn app(id: AppId) -> String {
    format!("/apps/{id}")
}

/// Opens an app.
pub fn app_open(id: AppId) -> String {
    format!("/apps/{id}/open")
}

/// An app's picture; the version makes it safe to keep.
pub fn app_icon(id: AppId, version: i64) -> String {
    format!("/apps/{id}/icon?v={version}")
}

/// The page of a one-time link.
pub fn sign_in_link(token: &str) -> String {
    format!("/sign-in/{token}")
}

/// Signing in, and back to where somebody wanted to go.
pub fn sign_in_then(next: &str) -> String {
    match local(next) {
        Some(HOME) | None => SIGN_IN.to_owned(),
        Some(path) => {
            let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
            format!("{SIGN_IN}?{query}")
        }
    }
}

/// Where an app of the demonstration would be.
pub fn demo_app(slug: &str) -> String {
    format!("/demo/apps/{slug}")
}

/// A message in the demonstration's mailbox.
pub fn demo_mail(id: MailId) -> String {
    format!("{DEMO_MAILBOX}/{id}")
}

/// The path, if it is one of ours and nothing else: not another host, not signing in or out again.
pub fn local(path: &str) -> Option<&str> {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 512
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && !path.starts_with("/sign-") && !path.starts_with("/redeem") && !path.starts_with("/fn/")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn one_comes_back_only_to_our_own_pages() {
        assert_eq!(local("/apps/1?x=y"), Some("/apps/1?x=y"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/sign-out", "/a\nb"] {
            assert_eq!(local(foreign), None, "{foreign:?}");
        }
        assert_eq!(redeem_ticket("a-B_1"), "/redeem/a-B_1");
        for odd in ["", "a/b", "a b\r\n", "é", &"x".repeat(100_000)] {
            assert_eq!(decline_ticket(odd), "/redeem/unknown/decline", "{odd:.20}");
        }
        assert_eq!(after("/groups", "done"), "/groups?after=done");
        assert_eq!(after("/groups?after=sent&q=a%20b", "done"), "/groups?q=a%20b&after=done");
        assert_eq!(sign_in_then("/"), "/sign-in");
        assert_eq!(sign_in_then("//evil.example"), "/sign-in");
        assert_eq!(sign_in_then("/admin/x?y=z"), "/sign-in?next=%2Fadmin%2Fx%3Fy%3Dz");
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_way_back_is_ours(text in hostile::text(2_048, &["/", "\\", "//", "?", "%2f", ":"])) {
            if let Some(path) = local(&text) {
                prop_assert!(path.starts_with('/') && !path.starts_with("//") && path.len() <= 512);
            }
        }
    }
}
