//! The organisation's settings.

use crate::domain::{error::AppError, form::FormState, view::OrganisationPage};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{paths, view::Done},
        i18n::portal::portal,
        services::organisation,
    },
};

/// Name of the form, where its outcome is kept.
pub const SETTINGS_FORM: &str = "settings";

/// The settings that each section of the page holds.
pub const SECTIONS: [(&str, &[&str]); 6] = [
    ("identity", &["name", "language", "timeZone", "contact", "colour"]),
    ("statements", &["privacyUrl", "termsUrl"]),
    ("members", &["ownDomains", "membersMayJoin", "membersCreateGroups"]),
    (
        "inviting",
        &["allowInvitesFrom", "ownersMayInvite", "allowedDomains", "deniedDomains", "redirectHosts", "guestVisibility"],
    ),
    ("links", &["linkDays", "reminders", "quietFrom", "quietUntil"]),
    ("caps", &["mailsPerInviter", "mailsPerAddress", "mailsPerDay", "guestsPerMember"]),
];

/// Settings that are on or off: a box that is not ticked is not sent.
pub const SWITCHES: [&str; 3] = ["membersMayJoin", "membersCreateGroups", "ownersMayInvite"];

/// The page.
#[server(endpoint = "admin/organisation/page")]
pub async fn load_organisation() -> Result<OrganisationPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let page = organisation::page(&scope.services, &actor, scope.frame.language).await?;
    let form = match Scope::query("after").as_deref() {
        Some(SETTINGS_FORM) => scope.form(SETTINGS_FORM).await?,
        _ => None,
    };
    Ok(OrganisationPage { form, ..page })
}

/// Saves one section; `values` are its settings.
#[server(endpoint = "admin/organisation/save")]
pub async fn save_settings(
    #[server(default)] section: String,
    #[server(default)] version: String,
    #[server(default)] values: std::collections::HashMap<String, String>,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let found = SECTIONS.iter().find(|(name, _)| *name == section);
    let (_, keys) = found.ok_or(AppError::NotFound)?;
    let value = |key: &str| match values.get(key) {
        Some(text) if SWITCHES.contains(&key) => if text == "on" { "true" } else { "false" }.to_owned(),
        None if SWITCHES.contains(&key) => "false".to_owned(),
        Some(text) => text.trim().to_owned(),
        None => String::new(),
    };
    let typed: Vec<(&str, String)> = keys.iter().map(|key| (*key, value(key))).collect();
    let wanted: Vec<(&str, &str)> = typed.iter().map(|(key, text)| (*key, text.as_str())).collect();
    let seen = version.parse().unwrap_or_default();
    match organisation::save(&scope.services, &actor, &scope.origin, &wanted, seen).await {
        Ok(()) => scope.say(paths::ADMIN_ORGANISATION, Done::said(scope.texts().saved)).await,
        Err(refused) => match refused.error {
            error @ AppError::Invalid { .. } => {
                let mut kept: Vec<(&str, &str)> = wanted;
                kept.extend([("section", section.as_str()), ("wrong", refused.key.as_str())]);
                scope.keep_form(SETTINGS_FORM, Some(error), &kept).await?;
                see_other(&format!("{}#{section}", paths::after(paths::ADMIN_ORGANISATION, SETTINGS_FORM)));
                Ok(())
            }
            error => Err(error),
        },
    }
}

/// Pauses all inviting, or lets it go on.
#[server(endpoint = "admin/organisation/pause")]
pub async fn pause_invitations(#[server(default)] paused: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let values = [("paused", if paused == "true" { "true" } else { "false" })];
    let saved = organisation::save(&scope.services, &actor, &scope.origin, &values, i64::MAX).await;
    let texts = portal(scope.frame.language);
    let text = if paused == "true" { texts.did_pause } else { texts.did_go_on };
    let outcome = saved.map(|()| Done::said(text)).map_err(|refused| refused.error);
    scope.say_outcome(paths::ADMIN_ORGANISATION, outcome).await
}

/// Sends a test mail to whoever asks for it.
#[server(endpoint = "admin/organisation/test-mail")]
pub async fn send_test_mail() -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let sent = organisation::send_test_mail(&scope.services, &actor).await;
    let outcome = sent.map(|()| Done::said(portal(scope.frame.language).test_mail_sent));
    scope.say_outcome(paths::ADMIN_ORGANISATION, outcome).await
}

/// What was typed last, if it was this section.
pub fn typed_in<'f>(form: Option<&'f FormState>, section: &str) -> Option<&'f FormState> {
    form.filter(|form| form.value("section") == Some(section))
}
