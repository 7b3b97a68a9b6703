//! What each wrong turn means and what to do about it, made from the error codes themselves. For guests and inviters.

use crate::{
    app::{frame, layout::Threshold, words},
    domain::{error::WrongTicket, policy::Reason},
    i18n::fill,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let organisation = frame().organisation;
    view! {
        <Threshold title=words().help_title languages=true>
            <h1>{words().help_title}</h1>
            <p class="lede">{fill(words().help_text, &[("organisation", &organisation)])}</p>
            <h2>{words().help_links}</h2>
            <dl class="help">
                {WrongTicket::ALL.iter().map(|reason| {
                    let (title, text) = words().ticket(*reason);
                    view! { <Entry anchor=reason.as_str() title text=fill(text, &[("date", "…")])/> }
                }).collect_view()}
            </dl>
            <h2>{words().help_codes}</h2>
            <dl class="help">
                <Entry anchor="code" title=words().help_no_code text=words().lost_way_text.to_owned()/>
                <Entry anchor="tries" title=words().help_tries text=words().error_too_many_tries.to_owned()/>
            </dl>
            <h2>{words().help_reasons}</h2>
            <dl class="help">
                {Reason::ALL.iter().map(|reason| {
                    view! { <Entry anchor=reason.as_str() title=words().reason_title(*reason) text=words().reason(*reason).to_owned()/> }
                }).collect_view()}
            </dl>
        </Threshold>
    }
}

#[component]
fn Entry(anchor: &'static str, title: &'static str, text: String) -> impl IntoView {
    view! { <dt id=anchor>{title}</dt><dd>{text}</dd> }
}
