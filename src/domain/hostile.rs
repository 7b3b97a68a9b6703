//! What hostile people send, for the property tests of parsers: texts up to the size that is let through, made of what
//! a parser takes notice of.

use proptest::prelude::*;

/// So many texts for a parser: each may be as long as a form.
pub fn few() -> ProptestConfig {
    ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() }
}

pub use super::form::FORM_MAX;

/// Texts of up to `longest` bytes: a few pieces, each of `marks`, odd characters or letters, each repeated up to the end.
pub fn text(longest: usize, marks: &'static [&'static str]) -> impl Strategy<Value = String> {
    const ODD: [&str; 14] =
        ["\0", "\u{1}", "\u{202e}", "\u{200b}", "\u{fdfa}", "e\u{301}", "ﬃ", "😀", "\r\n", "\t", "%", "&", "xn--", "."];
    let piece = prop_oneof![
        4 => prop::sample::select(marks).prop_map(str::to_owned),
        2 => prop::sample::select(ODD.as_slice()).prop_map(str::to_owned),
        1 => "[a-z0-9]{1,12}",
    ];
    let pattern = prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat());
    prop::collection::vec((pattern, 1..=longest), 1..4).prop_map(move |parts| {
        let mut text = String::new();
        for (pattern, bytes) in parts {
            let room = bytes.min(longest - text.len());
            text.push_str(&pattern.repeat(room / pattern.len()));
        }
        text
    })
}
