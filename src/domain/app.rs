//! Apps, and the addresses they are launched at.

use super::{
    error::{AppError, Field, Rule},
    ids::{GroupId, UserId},
    text_enum::text_enum,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

text_enum! {
    /// How an app learns who comes.
    AppKind {
        /// It does not: a link.
        Link = "link",
        /// By OpenID Connect.
        Oidc = "oidc",
        /// By a reverse proxy that asks us.
        ForwardAuth = "forward_auth",
    }
}

/// Whom an assignment is for.
#[derive(Debug, Clone, Copy)]
pub enum Assignee {
    /// One person.
    User(UserId),
    /// Everybody in a group.
    Group(GroupId),
}

/// An address that a browser may be sent to: absolute, `http` or `https`, without credentials.
/// The only type from data that may become an `href` or a redirect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LaunchUrl(Url);

impl LaunchUrl {
    /// Reads an address as its owner typed it.
    ///
    /// # Errors
    /// `Invalid`: `javascript:` and every other scheme but http and https, relative addresses, credentials.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let malformed = AppError::invalid(Field::LaunchUrl, Rule::Malformed);
        let url = Url::parse(text.trim()).map_err(|_| malformed.clone())?;
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if web && plain { Ok(Self(url)) } else { Err(malformed) }
    }

    /// The host that it leads to.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for LaunchUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for LaunchUrl {
    type Error = AppError;

    fn try_from(text: String) -> Result<Self, AppError> {
        Self::parse(&text)
    }
}

impl From<LaunchUrl> for String {
    fn from(url: LaunchUrl) -> Self {
        url.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_launch() {
        assert_eq!(LaunchUrl::parse(" https://board.example/x?y#z ").unwrap().as_str(), "https://board.example/x?y#z");
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "/relative",
            "https://user:pw@evil.example",
            "",
        ] {
            assert!(LaunchUrl::parse(bad).is_err(), "{bad:?}");
        }
    }
}
