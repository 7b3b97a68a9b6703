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

/// Whether the name may stand in a mail's From or Subject: an `@` or a URL there reads as somebody else.
pub fn is_header_safe(name: &str) -> bool {
    let lower = name.to_lowercase();
    !name.is_empty() && !name.contains('@') && !lower.contains("://") && !lower.contains("www.")
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

    #[test]
    fn names_lose_what_cannot_be_seen() {
        assert_eq!(clean_name("  John\r\n  Doe\t"), "John Doe");
        assert_eq!(clean_name("J\u{202E}oh\u{200B}n\u{0007}"), "John");
        assert_eq!(clean_name("\u{FEFF}\u{2066}\u{2069}"), "");
        assert_eq!(clean_name(&"é".repeat(100)).chars().count(), NAME_MAX);
        assert_eq!(clean_name("Łucja Żółć"), "Łucja Żółć");
    }

    #[test]
    fn addresses_and_links_are_no_header_names() {
        assert!(is_header_safe("John Doe"));
        for bad in ["", "ceo@bank.example", "Click https://evil.example", "www.evil.example"] {
            assert!(!is_header_safe(bad), "{bad}");
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
