//! A labelled field with its hint and what is wrong with it.

use super::{Glyph, Icon};
use crate::{app::words, domain::error::AppError};
use leptos::prelude::*;

/// What was wrong, in words. `id` is what the field's `aria-describedby` names.
#[component]
pub fn Problem(
    /// The error.
    error: AppError,
    /// Id of the element.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    view! { <p class="err" role="alert" id=id><Icon glyph=Glyph::Alert/> <span>{words().error(&error)}</span></p> }
}

/// One line of text with its label.
#[component]
pub fn Field(
    /// Name and id.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What stands in it.
    #[prop(into)]
    value: String,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What may be filled in (HTML's `autocomplete`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keyboard a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// A sentence below.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What was wrong with it.
    error: Option<AppError>,
    /// Whether it takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let hint_id = hint.map(|_| format!("{name}-hint"));
    let error_id = error.as_ref().map(|_| format!("{name}-error"));
    let described = [error_id.clone(), hint_id.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! {
        <div class="field">
            <label class="label" for=name>{label}</label>
            <input
                class="input input--wide input--tall"
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                inputmode=inputmode
                autofocus=autofocus
                required=!optional
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=(!described.is_empty()).then_some(described)
            />
            {error.zip(error_id).map(|(error, id)| view! { <Problem error id/> })}
            {hint.zip(hint_id).map(|(hint, id)| view! { <p class="hint" id=id>{hint}</p> })}
        </div>
    }
}
