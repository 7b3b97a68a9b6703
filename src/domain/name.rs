//! Names that people and claims give: cleaned before they are stored (DESIGN rule 17).

/// How many characters of a name are kept.
pub const NAME_MAX: usize = 64;

/// The name without control, bidirectional and zero-width characters and line ends, its white space
/// folded, cut at [`NAME_MAX`] characters. May be empty.
pub fn clean_name(raw: &str) -> String {
    let visible: String =
        raw.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    let folded = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(NAME_MAX).collect::<String>().trim_end().to_owned()
}

/// The name as it may stand in a mail's From or Subject. What mail programs would make a link is taken apart
/// (`evil.example/x` is `evil example/x`), and nothing in it is read as an encoded word (RFC 2047). `None` if it reads as
/// somebody's address, or if nothing is left.
pub fn header_name(name: &str) -> Option<String> {
    let visible = header_text(name);
    let is_address =
        |word: &str| word.split_once('@').is_some_and(|(before, after)| !before.is_empty() && !after.is_empty());
    if visible.split_whitespace().any(is_address) {
        return None;
    }
    let plain = visible.replace("://", " ").replace("=?", "= ?");
    let chars: Vec<char> = plain.chars().collect();
    let is_link = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| chars.get(before)).is_some_and(|c| c.is_alphanumeric());
        before && chars[at + 1..].iter().take(2).filter(|c| c.is_alphabetic()).count() == 2
    };
    let apart: String =
        (0..chars.len()).map(|at| if chars[at] == '.' && is_link(at) { ' ' } else { chars[at] }).collect();
    let folded = apart.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// The text without what cannot be seen: as a head of a mail shows it.
pub fn header_text(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect()
}

/// Control characters, bidirectional controls, zero-width and other default-ignorable characters.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Up to two initials, for a face or an icon without a picture.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn names_lose_what_cannot_be_seen() {
        assert_eq!(clean_name("  John\r\n  Doe\t"), "John Doe");
        assert_eq!(clean_name("J\u{202E}oh\u{200B}n\u{0007}"), "John");
        assert_eq!(clean_name("\u{FEFF}\u{2066}\u{2069}"), "");
        assert_eq!(clean_name(&"é".repeat(100)).chars().count(), NAME_MAX);
        assert_eq!(clean_name("Łucja Żółć"), "Łucja Żółć");
    }

    #[test]
    fn names_in_heads_are_neither_addresses_nor_links() {
        for (name, shown) in [
            ("John Doe", "John Doe"),
            ("J. R. R. Tolkien", "J. R. R. Tolkien"),
            ("J.R.R. Tolkien", "J.R.R. Tolkien"),
            ("Müller @ Söhne", "Müller @ Söhne"),
            ("www.Shop", "www Shop"),
            ("Log in at evil.example/x", "Log in at evil example/x"),
            ("see evil.example", "see evil example"),
            ("Click https://evil.example", "Click https evil example"),
            ("=?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ==?=", "= ?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ== ?="),
            ("Jo\u{202E}hn", "John"),
        ] {
            assert_eq!(header_name(name).as_deref(), Some(shown), "{name}");
        }
        for bad in ["", " \u{200B} ", "ceo@bank.example", "I am ceo@bank.example really", "ceo@\u{200B}bank.example"] {
            assert_eq!(header_name(bad), None, "{bad}");
        }
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_name_is_cleaned(text in hostile::text(hostile::FORM_MAX, &["@", ".", "=?", "?=", "://", "www."])) {
            prop_assert!(clean_name(&text).chars().count() <= NAME_MAX);
            let shown = header_name(&text).unwrap_or_default();
            prop_assert!(!shown.contains("=?") && !shown.contains("://"));
        }
    }

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(initials("John Doe"), "JD");
        assert_eq!(initials("Anna Maria van Dijk"), "AD");
        assert_eq!(initials("Cher"), "C");
        assert_eq!(initials("…"), "");
    }
}
