//! Every path of ours, in one place. Ids and secrets in them need no escaping.

use super::ids::{AppId, MailId};

/// *My Apps*.
pub const HOME: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing out.
pub const SIGN_OUT: &str = "/sign-out";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// What administrators see lies below.
pub const ADMIN: &str = "/admin";
/// The demonstration's mailbox.
pub const DEMO_MAILBOX: &str = "/demo/mailbox";
/// Where the demonstration's people are chosen.
pub const DEMO_PERSONA: &str = "/demo/persona";

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
    (plain && !path.starts_with("/sign-") && !path.starts_with("/fn/")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_only_to_our_own_pages() {
        assert_eq!(local("/apps/1?x=y"), Some("/apps/1?x=y"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/sign-out", "/a\nb"] {
            assert_eq!(local(foreign), None, "{foreign:?}");
        }
        assert_eq!(sign_in_then("/"), "/sign-in");
        assert_eq!(sign_in_then("//evil.example"), "/sign-in");
        assert_eq!(sign_in_then("/admin/x?y=z"), "/sign-in?next=%2Fadmin%2Fx%3Fy%3Dz");
    }
}
