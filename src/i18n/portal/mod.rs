//! The words of the portal.

mod en;
mod fr;

use crate::domain::language::Language;

texts! {
    PortalTexts;
    // Navigation.
    navigation, nav_people, nav_oversight, nav_rules, start, guests, members, groups, apps, invitations,
    trail, reports, organisation, roles, to_panel,
    // The first page.
    today, invite_people, paused_now, unusual_invitations, unusual_sign_ins, calm_title, calm_text,
    matter_waiting, matter_waiting_hint, matter_mail, matter_mail_hint, matter_sponsor, matter_sponsor_hint,
    matter_ending, matter_ending_hint, matter_running, matter_running_hint, matter_inactive,
    matter_inactive_hint,
}

/// The words in one language.
pub fn portal(language: Language) -> &'static PortalTexts {
    match language {
        Language::En => &en::TEXTS,
        Language::Fr => &fr::TEXTS,
    }
}
