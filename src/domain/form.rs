//! What a form remembers over its redirect: which one, what was typed, what was wrong.

use super::error::AppError;
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

impl FormState {
    /// What was typed into a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }
}
