//! E-mail addresses: accepted forms, and what makes two of them the same (DESIGN rule 13).
//! The key itself is computed on the server only (`identity::email_key`), which has the IDNA tables.

use super::{
    error::{AppError, Field, Rule},
    name::is_invisible,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An address as it was typed, trimmed and of an accepted form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// What addresses are compared by: NFC, ASCII letters of the local part lower-cased, domain as A-label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailKey(pub String);

/// The longest address that SMTP carries (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const ADDRESS_MAX: usize = 254;

/// As much of what somebody typed as an address may be long, without what nobody types.
pub fn cut(typed: &str) -> String {
    let mut visible: String = typed.trim().chars().take(ADDRESS_MAX).filter(|c| !c.is_control()).collect();
    visible.truncate(visible.floor_char_boundary(ADDRESS_MAX));
    visible
}

impl EmailAddress {
    /// Reads one address.
    ///
    /// Accepted is every unquoted local part of RFC 5321 (`+` tags too), and beyond ASCII as RFC 6531 has it.
    /// Quoted local parts and address literals are refused: almost nobody has one, and many relays drop them.
    ///
    /// # Errors
    /// `Invalid` with `Required`, `TooLong` or `Malformed`.
    pub fn parse(raw: &str) -> Result<Self, AppError> {
        let fail = |rule| Err(AppError::invalid(Field::Email, rule));
        let text = raw.trim();
        if text.is_empty() {
            return fail(Rule::Required);
        }
        if text.len() > ADDRESS_MAX {
            return fail(Rule::TooLong);
        }
        let Some((local, domain)) = text.rsplit_once('@') else { return fail(Rule::Malformed) };
        if is_dot_atom(local) && local.len() <= 64 && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            fail(Rule::Malformed)
        }
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl EmailKey {
    /// The domain, as A-label.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// `atext` of RFC 5321 and RFC 6531, in pieces separated by single dots.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|piece| {
        !piece.is_empty()
            && piece
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_beyond_ascii(c))
    })
}

/// Labels of letters, digits and inner hyphens. A single label (`root@localhost`) is no public address.
fn is_domain(domain: &str) -> bool {
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_beyond_ascii(c))
        })
}

/// Visible characters outside ASCII, combining marks too.
fn is_beyond_ascii(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn usual_and_unusual_forms_are_accepted() {
        for good in [
            "john.doe@woodgrove.example",
            "  sam@gmail.com ",
            "user+tag@example.com",
            "o'hara@example.ie",
            "{weird}|local=part@example.com",
            "jürgen@müller.example",
            "x@xn--mller-kva.example",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn other_forms_are_refused_by_rule() {
        for (bad, rule) in [
            ("", Rule::Required),
            ("   ", Rule::Required),
            ("plain", Rule::Malformed),
            ("a@b", Rule::Malformed),
            ("a b@example.com", Rule::Malformed),
            ("\"quoted local\"@example.com", Rule::Malformed),
            ("me@[192.0.2.1]", Rule::Malformed),
            (".a@example.com", Rule::Malformed),
            ("a..b@example.com", Rule::Malformed),
            ("a@-example.com", Rule::Malformed),
            ("a@example..com", Rule::Malformed),
            ("a@example.com\r\nBcc: b@example.com", Rule::Malformed),
            ("a\u{200B}b@example.com", Rule::Malformed),
            ("<script>@example.com", Rule::Malformed),
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(AppError::invalid(Field::Email, rule)), "{bad:?}");
        }
        let long = format!("{}@example.com", "a".repeat(300));
        assert_eq!(EmailAddress::parse(&long), Err(AppError::invalid(Field::Email, Rule::TooLong)));
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_address_is_read_or_refused(text in hostile::text(hostile::FORM_MAX, &["@", ".", "-", "\"", "a@b.example"])) {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(address.as_str().len() <= ADDRESS_MAX && address.domain().contains('.'));
            }
        }
    }
}
