//! The organisation's settings: each with its effect in a sentence, and who changed it last.

use crate::{
    app::{
        components::{Export, Glyph, Icon, Problem, TextArea},
        desk_words, frame,
        layout::Desk,
        page_of, words,
    },
    domain::{
        error::{AppError, Rule},
        language::Language,
        organisation::GuestVisibility,
        paths,
        policy::AllowInvitesFrom,
        view::{OrganisationPage as View, SettingChange},
    },
    i18n::fill,
    server_fns::organisation::{PauseInvitations, SECTIONS, SWITCHES, SaveSettings, SendTestMail, load_organisation},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    page_of(load_organisation, |view| show(view).into_any())
}

fn show(page: View) -> impl IntoView {
    let texts = desk_words();
    let (pause, pause_text, pause_value) =
        if page.paused { (texts.go_on, texts.paused_now, "false") } else { (texts.pause, texts.pause_means, "true") };
    let may = page.may_change;
    let statements = page.statements.clone();
    view! {
        <Desk title=texts.organisation at=paths::ADMIN_ORGANISATION>
            <h1>{texts.organisation}</h1>
            <section class="part">
                <h2>{texts.pause_title}</h2>
                <p>{pause_text}</p>
                {may.then(|| view! {
                    <form method="post" action=PauseInvitations::PATH>
                        <input type="hidden" name="paused" value=pause_value/>
                        <button class="btn field" type="submit">{pause}</button>
                    </form>
                })}
            </section>
            <form class="settings" method="post" action=SaveSettings::PATH>
                {SECTIONS.iter().map(|(section, keys)| view! { <Section page=page.clone() section=section keys=keys/> }).collect_view()}
            </form>
            <Logos page=page.clone()/>
            {(!statements.is_empty()).then(|| view! {
                <section class="part">
                    <h2>{texts.statement_versions}</h2>
                    <ul class="plainlist">
                        {statements.into_iter().map(|one| {
                            let kind = if one.kind == "terms" { texts.terms } else { texts.privacy_statement };
                            let accepted = fill(texts.n_accepted, &[("n", &one.accepted.to_string())]);
                            view! { <li><b>{kind} " " {one.version}</b> " " {one.url} <small class="quiet">" " {one.since} " · " {accepted}</small></li> }
                        }).collect_view()}
                    </ul>
                    <Export list=paths::ADMIN_CONSENTS.to_owned() hint=texts.consents_hint/>
                </section>
            })}
            {may.then(|| view! {
                <section class="part">
                    <h2>{texts.mail}</h2>
                    <p>{texts.test_mail_means}</p>
                    <form method="post" action=SendTestMail::PATH>
                        <button class="btn field" type="submit"><Icon glyph=Glyph::Mail/> {texts.send_test_mail}</button>
                    </form>
                </section>
            })}
        </Desk>
    }
}

#[component]
fn Section(page: View, section: &'static str, keys: &'static [&'static str]) -> impl IntoView {
    let texts = desk_words();
    let may = page.may_change;
    view! {
        <section class="part" id=section>
            <h2>{texts.section(section)}</h2>
            <fieldset class="sets" disabled=!may>
                <legend class="vh">{texts.section(section)}</legend>
                {keys.iter().map(|key| view! { <Setting page=page.clone() key_=key/> }).collect_view()}
            </fieldset>
            {may.then(|| view! { <button class="btn btn--go field" type="submit">{words().save}</button> })}
        </section>
    }
}

#[component]
fn Setting(page: View, key_: &'static str) -> impl IntoView {
    let key = key_;
    let texts = desk_words();
    let (label, hint) = texts.setting(key);
    let stored = page.values.iter().find(|(one, _)| one == key).map(|(_, value)| value.clone()).unwrap_or_default();
    let value = page.form.as_ref().and_then(|form| form.value(key)).map_or(stored.clone(), str::to_owned);
    let wrong = page.form.as_ref().is_some_and(|form| form.value("wrong") == Some(key));
    let error = page.form.and_then(|form| form.error).filter(|_| wrong);
    let name = format!("values[{key}]");
    let described = format!("{key}-hint");
    let invalid = wrong.then_some("true");
    let last = page.changes.iter().find(|one| one.key == key).map(|SettingChange { by, at, .. }| match by {
        Some(by) => fill(texts.changed_by, &[("name", by), ("date", at)]),
        None => fill(texts.changed_on, &[("date", at)]),
    });
    let options: Option<Vec<(&str, &str)>> = match key {
        "language" => Some(Language::ALL.iter().map(|one| (one.as_str(), one.own_name())).collect()),
        "allowInvitesFrom" => {
            Some(AllowInvitesFrom::ALL.iter().map(|one| (one.as_str(), texts.invites_from(*one))).collect())
        }
        "guestVisibility" => {
            Some(GuestVisibility::ALL.iter().map(|one| (one.as_str(), texts.visibility(*one))).collect())
        }
        _ => None,
    };
    // What it is now, as the control would show it.
    let now = match (&options, stored.as_str()) {
        (Some(options), value) => {
            options.iter().find(|(one, _)| *one == value).map_or(value, |(_, text)| text).to_owned()
        }
        (None, value) if SWITCHES.contains(&key) => if value == "true" { texts.yes } else { texts.no }.to_owned(),
        (None, value) => value.replace('\n', " "),
    };
    let theirs = matches!(error, Some(AppError::Invalid { rule: Rule::Changed, .. }))
        .then(|| fill(texts.is_now, &[("value", &now)]));
    let is_list = key.ends_with("Domains") || key == "redirectHosts";
    let labelled = if is_list { name.clone() } else { key.to_owned() };
    let control = if let Some(options) = options {
        view! {
            <select class="input input--wide" id=key name=name aria-describedby=described.clone()>
                {options.into_iter().map(|(one, text)| view! { <option value=one selected=one == value>{text}</option> }).collect_view()}
            </select>
        }
        .into_any()
    } else if SWITCHES.contains(&key) {
        view! { <input type="checkbox" class="pick" id=key name=name value="on" checked=value == "true" || value == "on" aria-describedby=described.clone()/> }.into_any()
    } else if is_list {
        let name = match key {
            "ownDomains" => "values[ownDomains]",
            "allowedDomains" => "values[allowedDomains]",
            "deniedDomains" => "values[deniedDomains]",
            _ => "values[redirectHosts]",
        };
        view! { <TextArea name value rows=3 max=10_000_u32 invalid=wrong/> }.into_any()
    } else {
        let kind = match key {
            "linkDays" | "reminders" | "quietFrom" | "quietUntil" | "mailsPerInviter" | "mailsPerAddress"
            | "mailsPerDay" | "guestsPerMember" => "number",
            "privacyUrl" | "termsUrl" => "url",
            _ => "text",
        };
        view! { <input class="input input--wide" type=kind id=key name=name value=value aria-describedby=described.clone() aria-invalid=invalid/> }.into_any()
    };
    view! {
        <div class="field">
            <label class="label" for=labelled>{label}</label>
            <input type="hidden" name=format!("was[{key}]") value=stored/>
            {control}
            <p class="hint" id=described>{hint} {last.map(|last| view! { " " <small>{last}</small> })}</p>
            {(key == "colour").then_some(page.contrast).flatten().map(|contrast| view! {
                <p class="hint">{fill(texts.contrast, &[("n", &number(contrast))])}</p>
            })}
            {error.map(|error| view! { <Problem error id=format!("{key}-error")/> })}
            {theirs.map(|text| view! { <p class="hint">{text}</p> })}
        </div>
    }
}

#[component]
fn Logos(page: View) -> impl IntoView {
    let texts = desk_words();
    let may = page.may_change;
    let version = move |key: &str| {
        page.values.iter().find(|(one, _)| one == key).and_then(|(_, value)| value.parse().ok()).unwrap_or(0_i64)
    };
    let one = move |name: &'static str, key: &str, label: &'static str, query: &'static str| {
        let version = version(key);
        view! {
            <form class="finder" method="post" enctype="multipart/form-data" action=format!("{}/logo{query}", paths::ADMIN_ORGANISATION)>
                <label class="label" for=name>{label}</label>
                {(version > 0).then(|| view! { <img src=paths::brand(name, version) alt=label height="28"/> })}
                {may.then(|| view! {
                    <input class="input" type="file" id=name name="picture" accept="image/png,image/svg+xml"/>
                    <button class="btn btn--small" type="submit">{if version > 0 { texts.replace_logo } else { texts.send_logo }}</button>
                })}
            </form>
        }
    };
    view! {
        <section class="part">
            <h2>{texts.logos}</h2>
            <p class="hint">{texts.logos_hint}</p>
            {one("logo", "logo", texts.logo_light, "")}
            {one("logo-dark", "logoDark", texts.logo_dark, "?dark")}
        </section>
    }
}

/// A number with one decimal, as the page's language writes it.
fn number(n: f64) -> String {
    let text = format!("{n:.1}");
    match frame().language {
        Language::En => text,
        Language::Fr => text.replace('.', ","),
    }
}
