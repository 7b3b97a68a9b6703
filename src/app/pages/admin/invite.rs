//! Where administrators invite: to the directory, to any group, to any app.

use crate::{
    app::{
        components::{Answers, Problem, TextArea},
        desk_words,
        layout::Desk,
        page_of,
        pages::invite::{Foresight, LengthField},
        shell::BrowserCode,
        words,
    },
    domain::{
        error::{AppError, Field},
        invitation::MESSAGE_MAX,
        language::Language,
        paths,
        user::UserType,
        view::AdminInvite,
    },
    i18n::fill,
    server_fns::portal::invite::{InviteAll, load_admin_invite},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn AdminInvitePage() -> impl IntoView {
    page_of(load_admin_invite, |view| show(view).into_any())
}

fn show(page: AdminInvite) -> impl IntoView {
    let AdminInvite { form, preview, sent, links, link_days } = page;
    let texts = desk_words();
    let error: Option<AppError> = form.as_ref().and_then(|form| form.error.clone());
    let value = move |name: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let about = move |wanted: Field| {
        error.clone().filter(|error| matches!(error, AppError::Invalid { field, .. } if *field == wanted))
    };
    // The line that names no group or app stands at its field.
    let (field, line) = (value("wrong_field"), value("wrong_line"));
    let unnamed = about(Field::Target).map(|error| format!("“{line}”{}{}", words().colon, words().sentence(&error)));
    let problem = move |wanted: Field, id: &'static str| about(wanted).map(|error| view! { <Problem error id/> });
    let unnamed = move |wanted: &str, id: &'static str| {
        let text = unnamed.clone().filter(|_| field == wanted);
        text.map(|text| view! { <p class="err" role="alert" id=id>{text}</p> })
    };
    let send = value("send");
    let send = if send.is_empty() { "now".to_owned() } else { send };
    let ways = [("now", texts.send_now), ("later", texts.send_later), ("not", texts.send_not)];
    let kind = value("user_type").parse().unwrap_or(UserType::Guest);
    let kinds = [(UserType::Guest, texts.as_guest), (UserType::Member, texts.as_member)];
    let chosen = value("language");
    let length = value("length");
    let more = ["sponsors", "company", "job_title", "department", "language", "link_days", "tell", "redirect_url"]
        .iter()
        .any(|name| !value(name).is_empty());
    view! {
        <Desk title=texts.invite_people at=paths::ADMIN_INVITATIONS>
            <p class="crumbs"><a href=paths::ADMIN_INVITATIONS>{texts.invitations}</a></p>
            <h1>{texts.invite_people}</h1>
            {sent.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
            {(!links.is_empty()).then(|| view! {
                <section class="part">
                    <h2>{texts.links_to_share}</h2>
                    <p class="hint">{texts.links_to_share_hint}</p>
                    {links.into_iter().enumerate().map(|(i, (email, link))| {
                        let id = format!("link-{i}");
                        view! {
                            <div class="field">
                                <label class="label" for=id.clone()>{email}</label>
                                <input class="input input--wide" id=id value=link readonly/>
                            </div>
                        }
                    }).collect_view()}
                </section>
            })}
            <div class="invite">
            <form class="part invite__form" method="post" action=InviteAll::PATH data-preview=paths::ADMIN_INVITE_PREVIEW>
                <div class="field">
                    <label class="label" for="email">{words().addresses}</label>
                    <TextArea name="email" value=value("email") rows=3 required=true/>
                    {problem(Field::Email, "email-error")}
                </div>
                <fieldset class="field">
                    <legend class="label">{texts.invite_as}</legend>
                    {kinds.into_iter().map(|(one, text)| view! {
                        <label class="tick"><input type="radio" name="user_type" value=one.as_str() checked=one == kind/> " " {text}</label>
                    }).collect_view()}
                    <p class="hint">{texts.invite_as_hint}</p>
                </fieldset>
                <div class="field">
                    <label class="label" for="groups">{texts.to_groups}</label>
                    <TextArea name="groups" value=value("groups") rows=2/>
                    <p class="hint">{texts.to_places_hint}</p>
                    {unnamed("groups", "groups-error")}
                </div>
                <div class="field">
                    <label class="label" for="apps">{texts.to_apps}</label>
                    <TextArea name="apps" value=value("apps") rows=2/>
                    {unnamed("apps", "apps-error")}
                </div>
                <div class="field">
                    <label class="label" for="message">{words().message}</label>
                    <TextArea name="message" value=value("message") rows=4 max=u32::try_from(MESSAGE_MAX).unwrap_or(u32::MAX)/>
                    {problem(Field::Message, "message-error")}
                </div>
                <div class="pair field">
                    <div class="field">
                        <label class="label" for="until">{words().access_until}</label>
                        <input class="input input--wide" type="date" id="until" name="until" value=value("until")/>
                        {problem(Field::AccessUntil, "until-error")}
                    </div>
                    <LengthField length/>
                </div>
                <fieldset class="field">
                    <legend class="label">{texts.when_to_send}</legend>
                    {ways.into_iter().map(|(way, text)| view! {
                        <label class="tick"><input type="radio" name="send" value=way checked=way == send/> " " {text}</label>
                        {(way == "later").then(|| view! {
                            <input class="input" type="date" id="send_on" name="send_on" value=value("send_on") aria-label=texts.send_on/>
                        })}
                    }).collect_view()}
                    {problem(Field::SendOn, "send-error")}
                </fieldset>
                <details class="fold" open=more>
                    <summary>{texts.more_about_them}</summary>
                    <div class="field">
                        <label class="label" for="sponsors">{texts.sponsors_addresses}</label>
                        <input class="input input--wide" id="sponsors" name="sponsors" value=value("sponsors") aria-describedby="sponsors-hint"/>
                        <p class="hint" id="sponsors-hint">{texts.sponsors_default}</p>
                    </div>
                    {[("company", texts.company), ("job_title", texts.job_title), ("department", texts.department)].into_iter().map(|(name, label)| view! {
                        <div class="field">
                            <label class="label" for=name>{label}</label>
                            <input class="input" id=name name=name value=value(name) maxlength="64"/>
                        </div>
                    }).collect_view()}
                    <div class="field">
                        <label class="label" for="language">{words().language}</label>
                        <select class="input" id="language" name="language">
                            <option value="">{words().language_default}</option>
                            {Language::ALL.iter().map(|one| view! { <option value=one.as_str() selected=one.as_str() == chosen>{one.own_name()}</option> }).collect_view()}
                        </select>
                    </div>
                    <div class="field">
                        <label class="label" for="link_days">{fill(texts.link_days, &[("n", &link_days.to_string())])}</label>
                        <input class="input" type="number" id="link_days" name="link_days" min="1" max="90" value=value("link_days")/>
                        {problem(Field::LinkDays, "link-error")}
                    </div>
                    <div class="field">
                        <label class="label" for="tell">{words().tell}</label>
                        <input class="input input--wide" id="tell" name="tell" value=value("tell") autocomplete="off" aria-describedby="tell-hint"/>
                        {problem(Field::Followers, "tell-error")}
                        <p class="hint" id="tell-hint">{words().tell_hint}</p>
                    </div>
                    <div class="field">
                        <label class="label" for="redirect_url">{texts.redirect_to}</label>
                        <input class="input input--wide" type="url" id="redirect_url" name="redirect_url" value=value("redirect_url") aria-describedby="redirect-hint"/>
                        {problem(Field::Redirect, "redirect-error")}
                        <p class="hint" id="redirect-hint">{texts.redirect_hint}</p>
                    </div>
                </details>
                {problem(Field::Owner, "sponsor-error")}
                <div class="acts field">
                    <button class="btn btn--go" type="submit" data-send>{words().send_invitation}</button>
                    <button class="btn" type="submit" name="step" value="preview" data-see>{words().see_first}</button>
                </div>
            </form>
            <aside class="invite__side" id="preview" aria-live="polite" aria-label=words().what_will_happen>
                <Foresight preview/>
            </aside>
            </div>
            <BrowserCode/>
        </Desk>
    }
}
