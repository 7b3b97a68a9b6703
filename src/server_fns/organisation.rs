//! The organisation's settings.

use crate::domain::{error::AppError, view::OrganisationPage};
use leptos::prelude::*;
use std::collections::HashMap;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{paths, view::Done},
        i18n::portal::portal,
        services::organisation::{self, Edit, Refused},
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

/// Saves what was changed: `values` are the settings as they are wanted, `was` as the page showed them. A switch that is
/// off is in `was` alone.
#[server(endpoint = "admin/organisation/save")]
pub async fn save_settings(
    #[server(default)] values: HashMap<String, String>,
    #[server(default)] was: HashMap<String, String>,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let mut edits = Vec::new();
    for key in SECTIONS.iter().flat_map(|(_, keys)| *keys) {
        let was = was.get(*key).map(String::as_str);
        let text = match values.get(*key) {
            Some(_) if SWITCHES.contains(key) => "true",
            None if SWITCHES.contains(key) && was.is_some() => "false",
            Some(text) => text.trim(),
            None => continue,
        };
        if !was.is_some_and(|was| was.lines().eq(text.lines())) {
            edits.push(Edit { key, was, text });
        }
    }
    match organisation::save(&scope.services, &actor, &scope.origin, &edits).await {
        Ok(()) => scope.say(paths::ADMIN_ORGANISATION, Done::said(scope.texts().saved)).await,
        Err(Refused { key, error: error @ AppError::Invalid { .. } }) => {
            let mut kept: Vec<(&str, &str)> = edits.iter().map(|edit| (edit.key, edit.text)).collect();
            kept.push(("wrong", &key));
            scope.keep_form(SETTINGS_FORM, Some(error), &kept).await?;
            let section = SECTIONS.iter().find(|(_, keys)| keys.contains(&key.as_str())).map_or("", |(name, _)| *name);
            see_other(&format!("{}#{section}", paths::after(paths::ADMIN_ORGANISATION, SETTINGS_FORM)));
            Ok(())
        }
        Err(refused) => Err(refused.error),
    }
}

/// Pauses all inviting, or lets it go on.
#[server(endpoint = "admin/organisation/pause")]
pub async fn pause_invitations(#[server(default)] paused: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let edit = Edit { key: "paused", was: None, text: if paused == "true" { "true" } else { "false" } };
    let saved = organisation::save(&scope.services, &actor, &scope.origin, &[edit]).await;
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
