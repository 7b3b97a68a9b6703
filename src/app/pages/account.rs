//! One's own account: profile, language, sessions.

use crate::{
    app::{
        components::{Field, Glyph, HeldList, Icon, Problem},
        frame,
        layout::Panel,
        page_of, words,
    },
    domain::{
        error::{AppError, Field as Named},
        form::FormState,
        language::Language,
        notice::Telling,
        paths,
        view::{Account, Session},
    },
    i18n::fill,
    server_fns::{
        account::{
            EndOtherSessions, EndSession, LeaveOrganisation, MAILS_FORM, PROFILE_FORM, SESSIONS_FORM, SendLeaveCode,
            SetTelling, UpdateProfile, account_page, leave_page,
        },
        redeem::Unblock,
        steering::Undo,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    page_of(account_page, |view| show(view).into_any())
}

fn show(account: Account) -> impl IntoView {
    let Account { name, email, language, form, sessions, guest, access, lately, sponsors, telling, blocked } = account;
    let others = sessions.iter().any(|session| !session.current);
    // What was done last stands above, with its own way back.
    let is_above = frame().done.is_some_and(|done| !done.undo.is_empty());
    let lately = if is_above { Vec::new() } else { lately };
    let of = |name: &str| form.clone().filter(|form| form.form == name);
    let (profile_form, sessions_form, mails_form) = (of(PROFILE_FORM), of(SESSIONS_FORM), of(MAILS_FORM));
    view! {
        <Panel title=words().account_title at=paths::ACCOUNT>
            <h1>{words().account_title}</h1>
            <Profile name email language form=profile_form/>
            {(guest || !access.is_empty()).then(|| view! {
                <section class="part part--wide" aria-labelledby="access">
                    <h2 id="access">{words().what_i_have}</h2>
                    {if access.is_empty() {
                        view! { <p class="quiet">{words().i_have_nothing}</p> }.into_any()
                    } else {
                        view! { <HeldList lines=access/> }.into_any()
                    }}
                    {(!sponsors.is_empty()).then(|| view! {
                        <p class="quiet">{fill(words().i_ask, &[("names", &sponsors.join(", "))])}</p>
                    })}
                </section>
            })}
            {(!lately.is_empty()).then(|| view! {
                <section class="part" aria-labelledby="lately">
                    <h2 id="lately">{words().lately}</h2>
                    <p class="quiet">{words().lately_text}</p>
                    <ul class="plainlist">
                        {lately.into_iter().map(|one| {
                            let id = format!("u-{}", one.id);
                            view! {
                                <li class="line">
                                    <span id=id.clone()>{one.text}</span>
                                    <form method="post" action=Undo::PATH>
                                        <input type="hidden" name="ids[]" value=one.id.to_string()/>
                                        <input type="hidden" name="back" value=paths::ACCOUNT/>
                                        <button class="btn btn--small" type="submit" aria-describedby=id>{words().undo}</button>
                                    </form>
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                </section>
            })}
            {(!guest || blocked).then(|| view! { <Mails guest telling blocked form=mails_form/> })}
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
            {guest.then(|| view! {
                <section class="part" aria-labelledby="leave">
                    <h2 id="leave">{fill(words().leave_title, &[("organisation", &frame().organisation)])}</h2>
                    <p class="quiet">{words().leave_text}</p>
                    <p class="after"><a href=paths::LEAVE>{fill(words().leave_title, &[("organisation", &frame().organisation)])}</a></p>
                </section>
            })}
        </Panel>
    }
}

/// Where a guest leaves the organisation: asks for a code first.
#[component]
pub fn LeavePage() -> impl IntoView {
    page_of(leave_page, |(sent, error)| show_leave(sent, error).into_any())
}

fn show_leave(sent: bool, error: Option<AppError>) -> impl IntoView {
    let title = fill(words().leave_title, &[("organisation", &frame().organisation)]);
    let address = frame().who.map(|who| who.name).unwrap_or_default();
    view! {
        <Panel title=title.clone() at=paths::ACCOUNT>
            <h1>{title}</h1>
            <p class="lede">{words().leave_text}</p>
            {if sent {
                view! {
                    <form class="narrow" method="post" action=LeaveOrganisation::PATH>
                        <Field name="code" label=words().code value="" autocomplete="one-time-code" inputmode="numeric" hint=words().code_hint error autofocus=true/>
                        <button class="btn btn--go field" type="submit">{words().leave_for_good}</button>
                    </form>
                    <form class="after" method="post" action=SendLeaveCode::PATH>
                        <button class="btn" type="submit">{words().send_new_code}</button>
                    </form>
                }.into_any()
            } else {
                view! {
                    {error.map(|error| view! { <Problem error id="page-error"/> })}
                    <p class="quiet">{fill(words().leave_code_text, &[("name", &address)])}</p>
                    <form class="field" method="post" action=SendLeaveCode::PATH>
                        <button class="btn btn--go" type="submit">{words().send_code}</button>
                    </form>
                }.into_any()
            }}
            <p class="after"><a href=paths::ACCOUNT>{words().cancel}</a></p>
        </Panel>
    }
}

/// How one is told of what becomes of one's invitations, and whether one's own address takes any.
#[component]
fn Mails(guest: bool, telling: Telling, blocked: bool, form: Option<FormState>) -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="mails">
            <h2 id="mails">{words().mails}</h2>
            {form.map(|form| view! { <Outcome form done=words().saved/> })}
            {(!guest).then(|| view! {
                <form class="narrow" method="post" action=SetTelling::PATH>
                    <label class="label" for="telling">{words().tell_me}</label>
                    <select class="input input--wide" id="telling" name="telling">
                        {Telling::ALL.iter().map(|one| {
                            let text = match one {
                                Telling::Each => words().tell_each,
                                Telling::Daily => words().tell_daily,
                                Telling::None => words().tell_none,
                            };
                            view! { <option value=one.as_str() selected=*one == telling>{text}</option> }
                        }).collect_view()}
                    </select>
                    <button class="btn field" type="submit">{words().save}</button>
                </form>
            })}
            {blocked.then(|| view! {
                <form class="field" method="post" action=Unblock::PATH>
                    <p>{words().you_block}</p>
                    <button class="btn" type="submit">{words().unblock}</button>
                </form>
            })}
        </section>
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
