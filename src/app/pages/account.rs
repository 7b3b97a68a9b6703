//! One's own account: profile, language, sessions.

use crate::{
    app::{
        components::{Field, Glyph, Icon, Problem},
        layout::Panel,
        page_of, words,
    },
    domain::{
        error::{AppError, Field as Named},
        form::FormState,
        language::Language,
        paths,
        view::{Account, Session},
    },
    i18n::fill,
    server_fns::account::{EndOtherSessions, EndSession, PROFILE_FORM, SESSIONS_FORM, UpdateProfile, account_page},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    page_of(account_page, |view| show(view).into_any())
}

fn show(account: Account) -> impl IntoView {
    let Account { name, email, language, form, sessions } = account;
    let others = sessions.iter().any(|session| !session.current);
    let (profile_form, sessions_form) = match form {
        Some(form) if form.form == PROFILE_FORM => (Some(form), None),
        Some(form) if form.form == SESSIONS_FORM => (None, Some(form)),
        _ => (None, None),
    };
    view! {
        <Panel title=words().account_title at=paths::ACCOUNT>
            <h1>{words().account_title}</h1>
            <Profile name email language form=profile_form/>
            <section class="part" aria-labelledby="sessions">
                <h2 id="sessions">{words().sessions}</h2>
                <p class="quiet">{words().sessions_text}</p>
                {sessions_form.map(|form| view! { <Outcome form done=words().session_ended/> })}
                <ul class="plainlist">
                    {sessions.into_iter().map(|session| view! { <SessionLine session/> }).collect_view()}
                </ul>
                {others.then(|| view! {
                    <form method="post" action=EndOtherSessions::PATH>
                        <button class="btn btn--stop" type="submit">{words().end_others}</button>
                    </form>
                })}
            </section>
        </Panel>
    }
}

/// Says how a form went.
#[component]
fn Outcome(form: FormState, done: &'static str) -> impl IntoView {
    match form.error {
        Some(error) => view! { <Problem error id="outcome"/> }.into_any(),
        None => view! { <p class="done" role="status"><Icon glyph=Glyph::Done/> {done}</p> }.into_any(),
    }
}

#[component]
fn Profile(name: String, email: String, language: Option<Language>, form: Option<FormState>) -> impl IntoView {
    let failed = form.as_ref().filter(|form| form.error.is_some());
    let name = failed.and_then(|form| form.value("name")).unwrap_or(&name).to_owned();
    let chosen = match failed.and_then(|form| form.value("language")) {
        Some(tag) => Language::from_tag(tag),
        None => language,
    };
    let name_error = failed
        .and_then(|form| form.error.clone())
        .filter(|error| matches!(error, AppError::Invalid { field: Named::Name, .. }));
    let other_outcome = form.filter(|_| name_error.is_none());
    view! {
        <section class="part" aria-labelledby="profile">
            <h2 id="profile">{words().profile}</h2>
            {other_outcome.map(|form| view! { <Outcome form done=words().saved/> })}
            <form class="narrow" method="post" action=UpdateProfile::PATH>
                <Field name="name" label=words().name value=name autocomplete="name" error=name_error/>
                <div class="field">
                    <label class="label" for="language">{words().language}</label>
                    <select class="input input--wide" id="language" name="language">
                        <option value="" selected=chosen.is_none()>{words().language_default}</option>
                        {Language::ALL.iter().map(|language| view! {
                            <option value=language.as_str() selected=chosen == Some(*language) lang=language.as_str()>
                                {language.own_name()}
                            </option>
                        }).collect_view()}
                    </select>
                </div>
                <dl class="field">
                    <dt class="label">{words().address}</dt>
                    <dd>{email}</dd>
                    <dd class="hint">{words().address_note}</dd>
                </dl>
                <button class="btn btn--go" type="submit">{words().save}</button>
            </form>
        </section>
    }
}

#[component]
fn SessionLine(session: Session) -> impl IntoView {
    let facts = [fill(words().since, &[("date", &session.since)]), fill(words().last_used, &[("date", &session.seen)])];
    let label = format!("{}: {}", words().end_session, session.client);
    view! {
        <li class="line">
            <div>
                <b>{session.client}</b>
                {session.current.then(|| view! { " " <span class="tag">{words().this_browser}</span> })}
                <p class="note">{facts.join(" · ")}</p>
            </div>
            {(!session.current).then(|| view! {
                <form method="post" action=EndSession::PATH>
                    <input type="hidden" name="handle" value=session.handle.to_string()/>
                    <button class="btn btn--small" type="submit" aria-label=label>{words().end_session}</button>
                </form>
            })}
        </li>
    }
}
