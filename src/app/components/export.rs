//! A list as files.

use crate::app::desk_words;
use leptos::prelude::*;

/// The links to a list as CSV and JSONL: its address with that ending.
#[component]
pub fn Export(
    /// The list's address.
    list: String,
    /// What else there is to know.
    #[prop(optional)]
    hint: &'static str,
) -> impl IntoView {
    let (path, query) =
        list.split_once('?').map_or((list.as_str(), String::new()), |(path, rest)| (path, format!("?{rest}")));
    let (csv, jsonl) = (format!("{path}.csv{query}"), format!("{path}.jsonl{query}"));
    view! {
        <details class="fold fold--row">
            <summary>{desk_words().export}</summary>
            <p class="acts"><a download href=csv>"CSV"</a> <a download href=jsonl>"JSONL"</a></p>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        </details>
    }
}
