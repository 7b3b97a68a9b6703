//! Signing in by a code, by a one-time link, and out again. No script.

use crate::{
    app::{
        components::{Field, Problem},
        frame,
        layout::Threshold,
        page_of,
        shell::{content_security_policy, set_policy},
        words,
    },
    domain::{
        error::{AppError, Field as Named},
        link::LinkKind,
        paths,
        view::{NoCode, OneTimeLink, Persona, SignIn, SignInStep},
    },
    i18n::fill,
    server_fns::sign_in::{EnterCode, Restart, SendCode, SignOut, UseLink, link_page, sign_in_page},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    page_of(sign_in_page, |view| show(view).into_any())
}

fn show(page: SignIn) -> impl IntoView {
    let organisation = frame().organisation;
    let SignIn { step, error, next, personas } = page;
    // Somebody on the way to an app leaves our pages by the redirects that follow the code.
    if next.as_deref().is_some_and(|next| next.ends_with("/open")) {
        set_policy(&content_security_policy(None, true));
    }
    let title = match step {
        SignInStep::Address(_) => fill(words().welcome, &[("organisation", &organisation)]),
        SignInStep::Code(_) => words().code_sent_title.to_owned(),
        SignInStep::Spent(..) => words().spent_title.to_owned(),
    };
    view! {
        <Threshold title=title.clone() languages=true>
            <h1>{title}</h1>
            {match step {
                SignInStep::Address(typed) => view! { <AskAddress typed error next/> }.into_any(),
                SignInStep::Code(typed) => view! { <AskCode typed error/> }.into_any(),
                SignInStep::Spent(typed, why) => view! { <NoMoreCodes typed why error/> }.into_any(),
            }}
            <details class="fold">
                <summary>{words().lost_way}</summary>
                <p>{fill(words().lost_way_text, &[("organisation", &organisation)])}</p>
            </details>
            {(!personas.is_empty()).then(|| view! { <Personas personas/> })}
        </Threshold>
    }
}

#[component]
fn AskAddress(typed: String, error: Option<AppError>, next: Option<String>) -> impl IntoView {
    let (of_field, of_page) = match error {
        Some(error @ AppError::Invalid { field: Named::Email, .. }) => (Some(error), None),
        other => (None, other),
    };
    view! {
        {of_page.map(|error| view! { <Problem error id="page-error"/> })}
        <form method="post" action=SendCode::PATH>
            {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
            <Field
                name="email"
                label=words().your_email
                value=typed
                kind="email"
                autocomplete="username"
                hint=words().email_hint
                error=of_field
            />
            <button class="btn btn--go btn--tall btn--wide" type="submit">{words().send_code}</button>
        </form>
    }
}

#[component]
fn AskCode(typed: String, error: Option<AppError>) -> impl IntoView {
    view! {
        <p class="lede">{fill(words().code_sent_text, &[("address", &typed)])}</p>
        <CodeForm error/>
        <p class="hint">{words().no_code_yet}</p>
        <div class="acts">
            <form method="post" action=SendCode::PATH>
                <input type="hidden" name="email" value=typed/>
                <button class="btn" type="submit">{words().send_new_code}</button>
            </form>
            <form method="post" action=Restart::PATH>
                <button class="btn btn--bare" type="submit">{words().other_address}</button>
            </form>
        </div>
    }
}

#[component]
fn CodeForm(error: Option<AppError>) -> impl IntoView {
    view! {
        <form method="post" action=EnterCode::PATH>
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
    }
}

#[component]
fn NoMoreCodes(typed: String, why: NoCode, error: Option<AppError>) -> impl IntoView {
    let text = if why.link { words().spent_link } else { words().spent_nothing };
    view! {
        <p class="lede">{fill(text, &[("address", &typed)])}</p>
        {why.earlier.then(|| view! { <CodeForm error/> })}
        <form class="ways" method="post" action=Restart::PATH>
            <button class="btn btn--tall btn--wide" type="submit">{words().other_address}</button>
        </form>
    }
}

#[component]
fn Personas(personas: Vec<Persona>) -> impl IntoView {
    view! {
        <section class="sect" aria-labelledby="personas">
            <h2 id="personas">{words().personas_title}</h2>
            <p class="hint">{words().personas_text}</p>
            <ul class="personas">
                {personas.into_iter().map(|persona| view! {
                    <li>
                        <form method="post" action=paths::DEMO_PERSONA>
                            <input type="hidden" name="email" value=persona.email/>
                            <button class="btn btn--line btn--wide" type="submit">
                                <span><b>{persona.name}</b> <small>{persona.part}</small></span>
                            </button>
                        </form>
                    </li>
                }).collect_view()}
            </ul>
        </section>
    }
}

/// The page of a one-time link: one button, because mail scanners open links.
#[component]
pub fn LinkPage() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    page_of(move || link_page(token.clone()), |view| show_link(view).into_any())
}

fn show_link(link: OneTimeLink) -> impl IntoView {
    if let Some(kind) = link.kind {
        let (title, text) = match kind {
            LinkKind::Printed => (words().link_title, words().link_text),
            LinkKind::Mailed => (words().link_code_title, words().link_code_text),
        };
        view! {
            <Threshold title=title>
                <h1>{title}</h1>
                <p class="lede">{text}</p>
                <form class="ways" method="post" action=UseLink::PATH>
                    <input type="hidden" name="token" value=link.token/>
                    <button class="btn btn--go btn--tall btn--wide" type="submit">{words().continue_}</button>
                </form>
            </Threshold>
        }
        .into_any()
    } else {
        super::wrong_turn::set_status(410);
        view! {
            <Threshold title=words().link_bad_title shut=true>
                <h1>{words().link_bad_title}</h1>
                <p class="lede">{words().link_bad_text}</p>
                <p class="ways"><a class="btn btn--go btn--tall btn--wide" href=paths::SIGN_IN>{words().to_sign_in}</a></p>
            </Threshold>
        }
        .into_any()
    }
}

/// Asks before signing out: for those who come by address.
#[component]
pub fn SignOutPage() -> impl IntoView {
    view! {
        <Threshold title=words().sign_out_title>
            <h1>{words().sign_out_title}</h1>
            {frame().who.map(|who| view! { <p class="lede">{fill(words().signed_in_as, &[("name", &who.name)])}</p> })}
            <p class="hint">{words().sign_out_text}</p>
            <form class="ways" method="post" action=SignOut::PATH>
                <button class="btn btn--go btn--tall btn--wide" type="submit">{words().sign_out}</button>
            </form>
            <p class="after"><a href=paths::HOME>{words().stay}</a></p>
        </Threshold>
    }
}
