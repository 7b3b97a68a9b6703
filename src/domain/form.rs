//! What a form remembers over its redirect: which one, what was typed, what was wrong.

use super::{error::AppError, time::HOUR};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome of the last posted form, kept in the browser's session until the next post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormState {
    /// The form's name.
    pub form: String,
    /// What was wrong, if anything was.
    pub error: Option<AppError>,
    /// What was typed, by field name. Never secrets.
    pub values: BTreeMap<String, String>,
}

/// The longest form that is read, in bytes.
pub const FORM_MAX: usize = 256 * 1024;
/// The most that is kept of what somebody types who is signed in, in bytes: the whole of a form.
pub const KEPT_MAX: usize = FORM_MAX;
/// How long a form that was posted after its session had ended is kept for its owner.
pub const KEPT_FOR: i64 = HOUR;
/// The same of somebody who is not: strangers leave next to nothing behind.
pub const STRANGERS_MAX: usize = 2 * 1024;

impl FormState {
    /// The outcome of a form, with what was typed.
    pub fn new(form: &str, error: Option<AppError>, values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self { form: form.to_owned(), error, values }
    }

    /// Cuts the longest values until all of it is kept in so many bytes of JSON, and takes out what nobody types.
    #[must_use]
    pub fn cut(mut self, most: usize) -> Self {
        for value in self.values.values_mut() {
            value.retain(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
            value.truncate(value.floor_char_boundary(most));
        }
        let size = |state: &Self| serde_json::to_string(state).map_or(0, |text| text.len());
        loop {
            let over = size(&self).saturating_sub(most);
            let Some(longest) = self.values.values_mut().max_by_key(|value| value.len()) else { return self };
            if over == 0 || longest.is_empty() {
                return self;
            }
            // A character of JSON is at least one byte, so no cut takes more than is over.
            let keep = longest.len().saturating_sub(over.min(longest.len().div_ceil(2)));
            longest.truncate(longest.floor_char_boundary(keep));
        }
    }

    /// What was typed into a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    fn typed(values: &[(&str, &str)]) -> FormState {
        FormState::new("invite", None, values)
    }

    #[test]
    fn what_fits_is_kept_whole() {
        let form = typed(&[("email", "a@x.example\nb@x.example"), ("message", "Hello,\n\t“you”")]);
        assert_eq!(form.clone().cut(STRANGERS_MAX), form);
    }

    #[test]
    fn the_longest_is_cut_first() {
        let form = typed(&[("email", &"x".repeat(100_000)), ("message", "Hello")]).cut(STRANGERS_MAX);
        assert_eq!(form.value("message"), Some("Hello"));
        assert!(form.value("email").unwrap().len() > STRANGERS_MAX / 2);
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn strangers_leave_next_to_nothing(
            first in hostile::text(hostile::FORM_MAX, &["\"", "\\", "\n", "é"]),
            second in hostile::text(hostile::FORM_MAX, &["a", "\u{7f}"]),
        ) {
            let kept = typed(&[("word", &first), ("name", &second)]).cut(STRANGERS_MAX);
            prop_assert!(serde_json::to_string(&kept).unwrap().len() <= STRANGERS_MAX);
        }
    }
}
