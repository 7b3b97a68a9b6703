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
    let gaps = [("organisation", organisation.as_str()), ("date", "…")];
    let lede = fill(words().help_text, &gaps);
    let link = |reason: &WrongTicket| {
        let (title, text) = words().ticket(*reason);
        (title, vec![(reason.as_str(), fill(text, &gaps))])
    };
    let links: Vec<Entry> = WrongTicket::ALL.iter().map(link).collect();
    let codes = [
        (words().help_no_code, vec![("no-code", fill(words().lost_way_text, &gaps))]),
        (words().help_tries, vec![("tries", words().error_too_many_tries.to_owned())]),
    ];
    view! {
        <Threshold title=words().help_title languages=true>
            <h1>{words().help_title}</h1>
            <p class="lede">{lede}</p>
            <h2>{words().help_links}</h2>
            <Entries entries=links/>
            <h2>{words().help_codes}</h2>
            <Entries entries=codes.to_vec()/>
            <h2>{words().help_reasons}</h2>
            <Entries entries=reasons()/>
        </Threshold>
    }
}

/// Titles, each with what it covers: anchor and text.
type Entry = (&'static str, Vec<(&'static str, String)>);

/// All reasons, under the titles that several of them share.
fn reasons() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for reason in Reason::ALL {
        let (title, one) = (words().reason_title(*reason), (reason.as_str(), words().reason(*reason).to_owned()));
        match entries.iter_mut().find(|(other, _)| *other == title) {
            Some((_, texts)) => texts.push(one),
            None => entries.push((title, vec![one])),
        }
    }
    entries
}

#[component]
fn Entries(entries: Vec<Entry>) -> impl IntoView {
    view! {
        <dl class="help">
            {entries.into_iter().map(|(title, texts)| view! {
                <dt>{title}</dt>
                {texts.into_iter().map(|(anchor, text)| view! { <dd id=anchor>{text}</dd> }).collect_view()}
            }).collect_view()}
        </dl>
    }
}
