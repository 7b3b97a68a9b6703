//! Who is it: state machines of proofs. Rows come from services; nothing here touches storage.

pub mod one_time_code;

use crate::domain::email::{EmailAddress, EmailKey, cut};
use unicode_normalization::UnicodeNormalization;
use unicode_security::MixedScript;

/// What two spellings of one address have in common (DESIGN rule 13): NFC, ASCII letters of the local part
/// lower-cased, the domain as A-label (UTS 46). Falls back to the lower-cased domain where IDNA knows no
/// label, so that every address has a key.
pub fn email_key(address: &EmailAddress) -> EmailKey {
    key_of(address.local(), address.domain())
}

/// The key of whatever somebody typed where an address was asked for, so that a strange input costs the same
/// work as a good one and finds nobody.
pub fn key_of_input(input: &str) -> EmailKey {
    let cut = cut(input);
    let (local, domain) = cut.rsplit_once('@').unwrap_or((&cut, ""));
    let EmailKey(mut key) = key_of(local, domain);
    key.truncate(key.floor_char_boundary(KEY_MAX));
    EmailKey(key)
}

/// The longest key of an address: 64 bytes, the `@`, and a domain of 253.
const KEY_MAX: usize = 320;

fn key_of(local: &str, domain: &str) -> EmailKey {
    let local = local.nfc().collect::<String>().to_ascii_lowercase();
    let domain = domain.nfc().collect::<String>();
    let domain = idna::domain_to_ascii(&domain).unwrap_or_else(|_| domain.to_lowercase());
    EmailKey(format!("{local}@{domain}"))
}

/// The address as mail servers read it: the domain as A-label, so that only what stands before the `@` may need
/// SMTPUTF8.
pub fn wire(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", idna::domain_to_ascii(domain).unwrap_or(domain.to_owned())),
        None => address.to_owned(),
    }
}

/// The address as it may be shown, and whether to warn: a domain that mixes scripts looks like another, so it is
/// shown as `xn--`.
pub fn shown(address: &str) -> (String, bool) {
    let mixed = address.rsplit_once('@').is_some_and(|(_, domain)| {
        let domain = idna::domain_to_unicode(domain).0;
        domain.split('.').any(|label| !label.is_single_script())
    });
    if mixed { (wire(address), true) } else { (address.to_owned(), false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    fn key(text: &str) -> String {
        email_key(&EmailAddress::parse(text).unwrap()).0
    }

    #[test]
    fn spellings_of_one_address_share_a_key() {
        assert_eq!(key("John.Doe@WoodGrove.Example"), "john.doe@woodgrove.example");
        assert_eq!(key("a@MÜLLER.example"), key("A@xn--mller-kva.example"));
        assert_eq!(key("jose\u{301}@x.example"), key("josé@x.example"));
        assert_ne!(key("a+tag@x.example"), key("a@x.example"));
        assert_ne!(key("É@x.example"), key("é@x.example"), "only ASCII letters fold");
    }

    #[test]
    fn domains_that_mix_scripts_are_shown_for_what_they_are() {
        assert_eq!(shown("a@müller.example"), ("a@müller.example".into(), false));
        assert_eq!(shown("a@пример.example"), ("a@пример.example".into(), false));
        // A Cyrillic "а" in a Latin word.
        assert_eq!(shown("a@p\u{430}ypal.example"), ("a@xn--pypal-4ve.example".into(), true));
        assert_eq!(wire("józef@müller.example"), "józef@xn--mller-kva.example");
    }

    #[test]
    fn any_input_has_a_key() {
        assert_eq!(key_of_input("  Sam@Gmail.com "), EmailKey("sam@gmail.com".into()));
        assert_eq!(key_of_input("plain"), EmailKey("plain@".into()));
        assert!(key_of_input(&"x".repeat(10_000)).0.len() <= 300);
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_input_has_a_short_key(text in hostile::text(hostile::FORM_MAX, &["@", ".", "xn--", "ß"])) {
            prop_assert!(key_of_input(&text).0.len() <= KEY_MAX);
            let _ = (wire(&text), shown(&text.chars().take(254).collect::<String>()));
        }
    }
}
