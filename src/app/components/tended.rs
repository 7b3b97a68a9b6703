//! What whoever looks after a group or app sees of it: who is in, how each guest stands, what the last sending
//! came to.

use super::{Glyph, Icon};
use crate::{
    app::words,
    domain::{
        invitation::{Outcome, Target},
        name::initials,
        paths,
        policy::Reason,
        steering::Standing,
        view::{AnswerLine, GuestLine, TargetLine, Tended as View},
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
    let View { guests_allowed, shut, guests, members, sent } = view;
    view! {
        {sent.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
        <section class="people" aria-labelledby="guests">
            <h2 id="guests">{words().guests}</h2>
            {(!guests_allowed).then(|| view! { <p class="quiet">{words().guests_off}</p> })}
            {(!shut.is_empty()).then(|| view! {
                <p class="quiet">{fill(words().shut_apps, &[("names", &shut.join(", "))])}</p>
            })}
            {if guests.is_empty() {
                view! {
                    <div class="empty"><h3>{words().guests_none_title}</h3><p>{words().guests_none_text}</p></div>
                }.into_any()
            } else {
                view! { <Guests guests/> }.into_any()
            }}
        </section>
        <section class="people" aria-labelledby="members">
            <h2 id="members">{words().members}</h2>
            {if members.is_empty() {
                view! { <p class="quiet">{words().no_members}</p> }.into_any()
            } else {
                view! {
                    <ul class="plainlist">
                        {members.into_iter().map(|(name, email)| view! {
                            <li><b>{name}</b> " " <span class="note">{email}</span></li>
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
        </section>
    }
}

#[component]
fn Guests(guests: Vec<GuestLine>) -> impl IntoView {
    view! {
        <table class="tbl tbl--fold">
            <thead><tr>
                <th scope="col">{words().col_name}</th>
                <th scope="col">{words().col_state}</th>
                <th scope="col">{words().col_until}</th>
                <th scope="col">{words().col_sponsor}</th>
            </tr></thead>
            <tbody>
                {guests.into_iter().map(|guest| view! {
                    <tr>
                        <th scope="row">
                            <span class="whois">
                                <span class="face face--guest" aria-hidden="true">{initials(&guest.name)}</span>
                                <span><b>{guest.name}</b> <small>{guest.email}</small></span>
                            </span>
                        </th>
                        <td>
                            <State standing=guest.standing/>
                            {guest.mail.map(|mail| view! { <small>{mail}</small> })}
                        </td>
                        <td data-l=words().col_until>{guest.until.unwrap_or_else(|| words().no_end.to_owned())}</td>
                        <td data-l=words().col_sponsor>{guest.sponsor.unwrap_or_else(|| "–".to_owned())}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
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
                    let TargetLine { name, outcome, reason, by, end_stays } = target;
                    let mut text = said(outcome, reason, by.as_deref(), future);
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
