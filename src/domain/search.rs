//! What "search" means everywhere: each word typed is the beginning of some word (DESIGN rule 14).

/// The words that something can be found by: lower case, in pieces of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The searchable text of an item, as [`matches`] reads it: its words, separated by spaces.
pub fn haystack<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().flat_map(words).collect::<Vec<_>>().join(" ")
}

/// Whether every word of the query begins a word of the haystack. An empty query matches everything.
pub fn matches(haystack: &str, query: &str) -> bool {
    words(query).all(|wanted| haystack.split(' ').any(|word| word.starts_with(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn each_word_typed_begins_a_word() {
        let board = haystack(["Launch board", "Contoso launch · you own this"]);
        for query in ["", "lau", "LAU", "board", "lau boa", "boa lau", "contoso", "  own "] {
            assert!(matches(&board, query), "{query}");
        }
        for query in ["aunch", "launchx", "lau xyz"] {
            assert!(!matches(&board, query), "{query}");
        }
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_text_is_searched(text in hostile::text(hostile::FORM_MAX, &[" ", "a", "_", "-"])) {
            let found = haystack([text.as_str()]);
            prop_assert!(!matches(&found, "zzzzzzzzzzzzzzz") || text.contains('z'));
        }
    }
}
