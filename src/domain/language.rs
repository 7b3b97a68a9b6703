//! The interface languages.

use super::text_enum::text_enum;

text_enum! {
    /// A language that pages and mails are written in, by its BCP 47 tag.
    Language {
        /// English.
        En = "en",
        /// French.
        Fr = "fr",
    }
}

impl Language {
    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
        }
    }

    /// Reads a tag with or without region: `fr`, `fr-CA`, `FR`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        tag.split(['-', '_']).next()?.to_ascii_lowercase().parse().ok()
    }

    /// The first language of an `Accept-Language` header that we have (RFC 9110, 12.5.4), by weight.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|part| {
                let mut pieces = part.split(';').map(str::trim);
                let language = Self::from_tag(pieces.next()?)?;
                let weight = pieces.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
                (weight > 0.0).then_some((weight, language))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, language)| *language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("fr", Some(Language::Fr)),
            ("de, fr;q=0.8, en;q=0.9", Some(Language::En)),
            ("fr-CA,fr;q=0.9,en;q=0.1", Some(Language::Fr)),
            ("de", None),
            ("en;q=0, fr;q=0.1", Some(Language::Fr)),
            ("", None),
            (";;q=x,,", None),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header}");
        }
    }
}
