//! Redeeming an invitation, declining it, and blocking further ones. No script.

use crate::{
    app::{
        components::{AppIcon, Field, Glyph, Icon, Problem, TextArea},
        frame,
        layout::Threshold,
        page_of, page_or,
        pages::wrong_turn::{NotFound, WrongTurn},
        shell::{content_security_policy, set_policy},
        words,
    },
    domain::{
        error::{AppError, Field as Named},
        invitation::WORD_MAX,
        language::Language,
        paths,
        view::{Doorstep, NoCode, Offer, Proving, Redeem, Refusal, Statement, Welcome},
    },
    i18n::fill,
    server_fns::redeem::{
        Accept, Begin, Block, Decline, EnterRedeemCode, SendRedeemCode, StopReminders, TakeBack, Unblock, load_block,
        load_decline, load_join, load_redeem, load_ticket,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

fn parameter(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// The page of a ticket. Mail scanners open it: it only shows.
#[component]
pub fn TicketPage() -> impl IntoView {
    let ticket = parameter("ticket");
    let led_here = ticket.clone();
    page_or(
        move || load_ticket(ticket.clone()),
        |(door, ticket)| knock(door, "ticket", ticket).into_any(),
        move |error| view! { <WrongTurn error ticket=led_here.clone()/> }.into_any(),
    )
}

/// The page of an invitation without its ticket.
#[component]
pub fn JoinPage() -> impl IntoView {
    let id = parameter("id");
    page_of(move || load_join(id.clone()), |(door, id)| knock(door, "join", id).into_any())
}

fn knock(door: Doorstep, name: &'static str, value: String) -> impl IntoView {
    let decline = (name == "ticket").then(|| paths::decline_ticket(&value));
    let other = frame().who;
    let gaps = [("inviter", door.inviter.as_str()), ("organisation", &door.organisation)];
    let title = match &other {
        Some(who) => fill(words().other_title, &[("name", &who.name)]),
        None => fill(words().redeem_title, &gaps),
    };
    let text = match &other {
        Some(_) => fill(words().other_text, &[gaps.as_slice(), &[("address", &door.masked)]].concat()),
        None => fill(words().redeem_text, &[("address", &door.masked)]),
    };
    view! {
        <Threshold title=title.clone()>
            <h1>{title}</h1>
            <p class="lede">{text}</p>
            <form class="ways" method="post" action=Begin::PATH>
                <input type="hidden" name=name value=value/>
                <button class="btn btn--go btn--tall btn--wide" type="submit">{words().get_started}</button>
            </form>
            {other.map(|who| view! {
                <p class="hint">{fill(words().redeem_other, &[("name", &who.name)])}</p>
                <p class="ways"><a class="btn btn--tall btn--wide" href=paths::HOME>{fill(words().stay_as, &[("name", &who.name)])}</a></p>
            })}
            <p class="hint">{fill(words().redeem_until, &[("date", &door.until)])}</p>
            {decline.map(|path| view! { <p class="after"><a href=path>{words().decline}</a></p> })}
        </Threshold>
    }
}

/// Proof first, then what is given.
#[component]
pub fn RedeemPage() -> impl IntoView {
    page_of(load_redeem, |view| match view {
        Redeem::Prove(door, proving, error) => prove(door, proving, error).into_any(),
        Redeem::Accept(welcome) => come_in(welcome).into_any(),
        Redeem::Refused(refusal) => refused(refusal).into_any(),
        Redeem::Elsewhere => ().into_any(),
    })
}

fn refused(refusal: Refusal) -> impl IntoView {
    let Refusal { error, ask, contact, blocked } = refusal;
    let ask = if ask.is_empty() && !contact.is_empty() { vec![contact] } else { ask };
    view! {
        <WrongTurn error ask/>
        {blocked.then(|| view! { <Unblocking/> })}
    }
}

/// Takes invitations again.
#[component]
fn Unblocking() -> impl IntoView {
    view! {
        <form class="after" method="post" action=Unblock::PATH>
            <p>{words().you_block}</p>
            <button class="btn" type="submit">{words().unblock}</button>
        </form>
    }
}

fn prove(door: Doorstep, proving: Proving, error: Option<AppError>) -> impl IntoView {
    // A code that is used up is not to be typed again.
    let may_type = match proving {
        Proving::Begins => false,
        Proving::Code => true,
        Proving::Spent(why) => why.earlier,
    };
    let sent = may_type && error != Some(AppError::TooManyTries);
    let (title, text) = match proving {
        Proving::Spent(NoCode { link: true, .. }) => (words().spent_title, words().spent_link),
        Proving::Spent(_) => (words().spent_title, words().spent_nothing),
        Proving::Code if sent => (words().code_sent_title, words().prove_sent),
        Proving::Code | Proving::Begins => (words().prove_title, words().prove_text),
    };
    view! {
        <Threshold title=title>
            <h1>{title}</h1>
            <p class="lede">{fill(text, &[("address", &door.masked)])}</p>
            {if sent {
                view! {
                    <form method="post" action=EnterRedeemCode::PATH>
                        <Field
                            name="code"
                            label=words().code
                            value=""
                            autocomplete="one-time-code"
                            inputmode="numeric"
                            hint=words().code_hint
                            error
                            autofocus=true
                        />
                        <button class="btn btn--go btn--tall btn--wide" type="submit">{words().continue_}</button>
                    </form>
                    <p class="hint">{words().no_code_yet}</p>
                    <form method="post" action=SendRedeemCode::PATH>
                        <button class="btn" type="submit">{words().send_new_code}</button>
                    </form>
                }.into_any()
            } else {
                view! {
                    {error.map(|error| view! { <Problem error id="page-error"/> })}
                    <form class="ways" method="post" action=SendRedeemCode::PATH>
                        <button class="btn btn--go btn--tall btn--wide" type="submit">{words().send_code}</button>
                    </form>
                }.into_any()
            }}
        </Threshold>
    }
}

fn come_in(welcome: Welcome) -> impl IntoView {
    let Welcome { name, company, email, language, offers, statements, leads_elsewhere, blocked, form } = welcome;
    if leads_elsewhere {
        set_policy(&content_security_policy(None, true));
    }
    let organisation = frame().organisation;
    let typed = |field: &str| form.as_ref().and_then(|form| form.value(field)).map(str::to_owned);
    let error = form.as_ref().and_then(|form| form.error.clone());
    let (of_name, of_page) = match error {
        Some(error @ AppError::Invalid { field: Named::Name, .. }) => (Some(error), None),
        other => (None, other),
    };
    let first = name.split_whitespace().next().unwrap_or_default().to_owned();
    let title = fill(words().come_in, &[("name", &first)]);
    let typed_name = typed("name").unwrap_or(name);
    let typed_company = typed("company").unwrap_or(company);
    let chosen = typed("language").and_then(|tag| Language::from_tag(&tag)).unwrap_or(language);
    let wanted = typed("targets");
    let agreed = typed("agreed").unwrap_or_default();
    view! {
        <Threshold title=title.clone()>
            <p class="done"><Icon glyph=Glyph::Done/> <span>{fill(words().is_yours, &[("address", &email)])}</span></p>
            <h1>{title}</h1>
            {of_page.map(|error| view! { <Problem error id="page-error"/> })}
            <form method="post" action=Accept::PATH>
                <h2>{words().how_seen}</h2>
                <Field name="name" label=words().name value=typed_name autocomplete="name" error=of_name/>
                <Field name="company" label=words().company value=typed_company autocomplete="organization" hint=words().optional error=None optional=true/>
                <div class="field">
                    <label class="label" for="language">{words().language}</label>
                    <select class="input input--wide" id="language" name="language">
                        {Language::ALL.iter().map(|one| view! {
                            <option value=one.as_str() lang=one.as_str() selected=*one == chosen>{one.own_name()}</option>
                        }).collect_view()}
                    </select>
                </div>
                <h2>{words().what_given}</h2>
                <Offers offers wanted/>
                <h2>{fill(words().what_kept, &[("organisation", &organisation)])}</h2>
                <p>{words().what_kept_text}</p>
                {statements.into_iter().map(|statement| {
                    let mark = format!("{}:{}", statement.kind, statement.version);
                    let ticked = agreed.split(' ').any(|one| one == mark);
                    view! { <Agree statement mark ticked/> }
                }).collect_view()}
                <button class="btn btn--go btn--tall btn--wide" type="submit">{words().accept}</button>
            </form>
            {blocked.then(|| view! { <Unblocking/> })}
        </Threshold>
    }
}

#[component]
fn Offers(offers: Vec<Offer>, wanted: Option<String>) -> impl IntoView {
    if offers.is_empty() {
        let text = fill(words().what_given_none, &[("organisation", &frame().organisation)]);
        return view! { <p>{text}</p> }.into_any();
    }
    view! {
        <ul class="offers">
            {offers.into_iter().map(|offer| {
                let id = offer.id.to_string();
                let ticked = wanted.as_ref().is_none_or(|wanted| wanted.split(' ').any(|one| one == id));
                let facts: Vec<String> = [
                    Some(offer.note).filter(|note| !note.is_empty()),
                    Some(fill(words().given_by, &[("name", &offer.inviter)])),
                    offer.until.map(|date| fill(words().until_date, &[("date", &date)])),
                ].into_iter().flatten().collect();
                view! {
                    <li><input type="hidden" name="offered[]" value=id.clone()/><label>
                        <input type="checkbox" name="targets[]" value=id checked=ticked/>
                        <AppIcon icon=offer.icon size=36/>
                        <span><b>{offer.name}</b> <small>{facts.join(" · ")}</small></span>
                    </label></li>
                }
            }).collect_view()}
        </ul>
        <p class="hint">{words().untick}</p>
    }
    .into_any()
}

#[component]
fn Agree(statement: Statement, mark: String, ticked: bool) -> impl IntoView {
    let text = if statement.kind == "privacy" { words().agree_privacy } else { words().agree_terms };
    let id = format!("agree-{}", statement.kind);
    view! {
        <p class="agree">
            <input type="checkbox" id=id.clone() name="agreed[]" value=mark checked=ticked required/>
            <label for=id>{text}</label>
            " "
            <a href=String::from(statement.url) target="_blank" rel="noopener">{words().read_it}</a>
        </p>
    }
}

/// Asks before declining, and for a word to the inviter.
#[component]
pub fn DeclinePage() -> impl IntoView {
    let ticket = parameter("ticket");
    let led_here = ticket.clone();
    page_or(
        move || load_decline(ticket.clone()),
        |(door, ticket, form)| {
            let typed = form.as_ref().and_then(|form| form.value("word")).unwrap_or_default().to_owned();
            let error = form.and_then(|form| form.error);
            view! {
                <Threshold title=words().decline_title>
                    <h1>{words().decline_title}</h1>
                    <p class="lede">{fill(words().decline_text, &[("inviter", &door.inviter)])}</p>
                    <form method="post" action=Decline::PATH>
                        <input type="hidden" name="ticket" value=ticket.clone()/>
                        <div class="field">
                            <label class="label" for="word">{fill(words().word_to, &[("inviter", &door.inviter)])}</label>
                            <TextArea name="word" value=typed rows=3 max=u32::try_from(WORD_MAX).unwrap_or(u32::MAX) described="word-hint" invalid=error.is_some()/>
                            {error.map(|_| view! { <p class="err" role="alert" id="word-error">{words().word_too_long}</p> })}
                            <p class="hint" id="word-hint">{words().optional}</p>
                        </div>
                        <button class="btn btn--go btn--tall btn--wide" type="submit">{words().decline}</button>
                    </form>
                    <p class="after"><a href=paths::redeem_ticket(&ticket)>{words().back_to_invitation}</a></p>
                </Threshold>
            }
            .into_any()
        },
        move |error| view! { <WrongTurn error ticket=led_here.clone()/> }.into_any(),
    )
}

/// Asks before stopping reminders.
#[component]
pub fn QuietPage() -> impl IntoView {
    let ticket = parameter("ticket");
    page_of(
        move || load_block(ticket.clone()),
        |(ticket, _)| {
            view! {
                <Threshold title=words().quiet_title>
                    <h1>{words().quiet_title}</h1>
                    <p class="lede">{words().quiet_text}</p>
                    <form class="ways" method="post" action=StopReminders::PATH>
                        <input type="hidden" name="ticket" value=ticket.clone()/>
                        <button class="btn btn--go btn--tall btn--wide" type="submit">{words().stop_reminders}</button>
                    </form>
                    <p class="after"><a href=paths::redeem_ticket(&ticket)>{words().back_to_invitation}</a></p>
                </Threshold>
            }
            .into_any()
        },
    )
}

/// Asks before blocking.
#[component]
pub fn BlockPage() -> impl IntoView {
    let ticket = parameter("ticket");
    page_of(
        move || load_block(ticket.clone()),
        |(ticket, form)| {
            let organisation = frame().organisation;
            let back = paths::redeem_ticket(&ticket);
            let typed = form.as_ref().and_then(|form| form.value("email")).unwrap_or_default().to_owned();
            let error = form.and_then(|form| form.error);
            view! {
                <Threshold title=words().block_title>
                    <h1>{words().block_title}</h1>
                    <p class="lede">{fill(words().block_text, &[("organisation", &organisation)])}</p>
                    <form class="ways" method="post" action=Block::PATH>
                        <input type="hidden" name="ticket" value=ticket/>
                        <Field name="email" label=words().block_address value=typed kind="email" autocomplete="email" error/>
                        <button class="btn btn--go btn--tall btn--wide" type="submit">{words().block}</button>
                    </form>
                    <p class="after"><a href=back>{words().back_to_invitation}</a></p>
                </Threshold>
            }
            .into_any()
        },
    )
}

/// After declining, blocking, or stopping reminders.
#[component]
pub fn GoodbyePage() -> impl IntoView {
    let what = parameter("what");
    let (title, text) = match what.as_str() {
        "declined" => (words().declined_title, words().declined_text),
        "blocked" => (words().blocked_title, words().blocked_text),
        "quiet" => (words().quieted_title, words().quieted_text),
        "left" => (words().left_title, words().left_text),
        _ => return view! { <NotFound/> }.into_any(),
    };
    let organisation = frame().organisation;
    view! {
        <Threshold title=title>
            <h1>{title}</h1>
            <p class="lede">{fill(text, &[("organisation", &organisation)])}</p>
            {(what == "declined").then(|| view! {
                <form class="ways" method="post" action=TakeBack::PATH>
                    <button class="btn btn--tall btn--wide" type="submit">{words().take_back}</button>
                </form>
            })}
            {(what == "blocked").then(|| view! {
                <p>{words().blocked_way}</p>
                <p class="after"><a href=paths::SIGN_IN>{words().to_sign_in}</a></p>
            })}
        </Threshold>
    }
    .into_any()
}
