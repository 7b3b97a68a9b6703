//! What whoever looks after a group or app sees of it: who is in, how each guest stands, what the last sending
//! came to.

use super::{Glyph, Icon, PeopleTable};
use crate::{
    app::words,
    domain::{
        ids::UserId,
        invitation::{Outcome, Target},
        paths,
        policy::Reason,
        steering::Standing,
        view::{AnswerLine, TargetLine, Tended as View},
    },
    i18n::fill,
};
use leptos::prelude::*;

/// The button that leads to inviting. The name of what it is for is its description, so that its text stays short.
#[component]
pub fn InviteButton(
    /// What for.
    target: Target,
    /// Id of the element that names it.
    #[prop(into)]
    described: String,
    /// Whether it is the page's main button.
    #[prop(optional)]
    main: bool,
) -> impl IntoView {
    view! {
        <form method="get" action=paths::INVITE>
            <input type="hidden" name="to" value=target.to_string()/>
            <button class=if main { "btn btn--go" } else { "btn btn--small" } type="submit" aria-describedby=described>
                {words().invite}
            </button>
        </form>
    }
}

/// How a guest or an invitation stands.
#[component]
pub fn State(
    /// How.
    standing: Standing,
) -> impl IntoView {
    let class = match standing {
        Standing::Active => "in",
        Standing::Invited | Standing::Waiting => "wait",
        Standing::Disabled => "bad",
        Standing::Expired | Standing::Ended => "lapsed",
        Standing::Declined | Standing::Withdrawn => "no",
    };
    let text = words().standing(standing);
    view! { <span class=format!("state state--{class}")>{text}</span> }
}

/// The people of a group or app.
#[component]
pub fn Tended(
    /// What there is.
    view: View,
) -> impl IntoView {
    let View { target, tends: _, guests_allowed, shut, through, roles, query, guests, members, sent } = view;
    let page = paths::target(target);
    let next = |list: &'static str, after: Option<UserId>| {
        after.map(|id| {
            let pairs = [("q", query.clone()), (list, id.to_string())];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            view! { <p class="after"><a href=format!("{page}?{query}#{list}")>{words().next_page}</a></p> }
        })
    };
    let (more_guests, more_members) = (next("guests", guests.more), next("members", members.more));
    let searched = !query.is_empty();
    view! {
        {sent.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
        <form class="finder" method="get" action=page.clone() role="search">
            <label class="vh" for="q">{words().find_a_person}</label>
            <input class="input" type="search" id="q" name="q" value=query.clone() placeholder=words().find_a_person/>
            <button class="btn" type="submit">{words().search}</button>
        </form>
        {(!through.is_empty()).then(|| view! {
            <p class="quiet">{fill(words().through_groups, &[("names", &through.join(", "))])}</p>
        })}
        <section class="people" aria-labelledby="guests">
            <h2 id="guests">{words().guests}</h2>
            {(!guests_allowed).then(|| view! { <p class="quiet">{words().guests_off}</p> })}
            {(!shut.is_empty()).then(|| view! {
                <p class="quiet">{fill(words().shut_apps, &[("names", &shut.join(", "))])}</p>
            })}
            {match (guests.lines.is_empty(), searched) {
                (true, true) => view! { <p class="quiet">{words().nothing_fits_title}</p> }.into_any(),
                (true, false) => view! {
                    <div class="empty"><h3>{words().guests_none_title}</h3><p>{words().guests_none_text}</p></div>
                }.into_any(),
                _ => view! { <PeopleTable lines=guests.lines guests=true roles=roles.clone()/> }.into_any(),
            }}
            {more_guests}
        </section>
        <section class="people" aria-labelledby="members">
            <h2 id="members">{words().members}</h2>
            {match (members.lines.is_empty(), searched) {
                (true, true) => view! { <p class="quiet">{words().nothing_fits_title}</p> }.into_any(),
                (true, false) => view! { <p class="quiet">{words().no_members}</p> }.into_any(),
                _ => view! { <PeopleTable lines=members.lines guests=false roles/> }.into_any(),
            }}
            {more_members}
        </section>
    }
}

/// What inviting comes to (`future`), or came to: a line an address.
#[component]
pub fn Answers(
    /// For each address.
    lines: Vec<AnswerLine>,
    /// The heading.
    title: &'static str,
    /// Whether it has yet to happen.
    future: bool,
) -> impl IntoView {
    view! {
        <section class="answers" aria-label=title role=(!future).then_some("status")>
            {(!future).then(|| view! { <h2>{title}</h2> })}
            <ul>{lines.into_iter().map(|line| view! { <Answer line future/> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Answer(line: AnswerLine, future: bool) -> impl IntoView {
    let good = line.outcome != Outcome::Refused;
    let glyph = if good { Glyph::Done } else { Glyph::Alert };
    let whole = line.targets.is_empty().then(|| said(line.outcome, line.reason, line.by.as_deref(), future));
    view! {
        <li class=if good { "answer" } else { "answer answer--bad" }>
            <Icon glyph/>
            <div>
                <b>{line.raw}</b>
                {whole.map(|text| view! { {words().colon} {text} })}
                {line.targets.into_iter().map(|target| {
                    let TargetLine { name, outcome, reason, by, end_stays, until } = target;
                    let mut text = said(outcome, reason, by.as_deref(), future);
                    if let Some(date) = until {
                        text = format!("{text}, {}", fill(words().until_date, &[("date", &date)]));
                    }
                    if end_stays {
                        text = format!("{text}. {}", words().end_stays);
                    }
                    let name = (!name.is_empty()).then(|| format!("{name}{}", words().colon));
                    view! { <p>{name} {text}</p> }
                }).collect_view()}
                {line.looks_like.map(|address| view! { <p class="err">{fill(words().mixed_script, &[("address", &address)])}</p> })}
                {line.blocked.then(|| view! { <p>{words().blocked_note}</p> })}
                {line.link.map(|link| view! { <p class="link">{link}</p> })}
            </div>
        </li>
    }
}

fn said(outcome: Outcome, reason: Option<Reason>, by: Option<&str>, future: bool) -> String {
    let words = words();
    match (outcome, reason, by) {
        (Outcome::Pending, _, Some(name)) if !name.is_empty() => fill(words.pending_by, &[("name", name)]),
        (Outcome::Refused, Some(reason), _) => format!("{}. {}", words.outcome_refused, words.reason(reason)),
        (Outcome::Refused, None, _) => words.outcome_refused.to_owned(),
        (Outcome::Invited, ..) if future => words.will_be_invited.to_owned(),
        (Outcome::Invited, ..) => words.outcome_invited.to_owned(),
        (Outcome::Added, ..) => words.outcome_added.to_owned(),
        (Outcome::Pending, Some(Reason::PendingAlready), _) => words.reason_pending_already.to_owned(),
        (Outcome::Pending, ..) => words.outcome_pending.to_owned(),
        (Outcome::Already, ..) => words.outcome_already.to_owned(),
    }
}
