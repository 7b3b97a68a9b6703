//! The words of the portal.

mod en;
mod fr;
mod names;

use crate::domain::language::Language;

texts! {
    PortalTexts;
    // Navigation.
    navigation, nav_people, nav_oversight, nav_rules, start, guests, members, groups, apps, invitations,
    trail, reports, organisation, roles, to_panel,
    // The first page.
    today, invite_people, paused_now, unusual_invitations, unusual_sign_ins, calm_title, calm_text,
    first_steps, first_organisation, first_organisation_hint, first_members, first_members_hint,
    first_places, first_places_hint, first_guest, first_guest_hint, matter_waiting, matter_waiting_hint,
    matter_mail, matter_mail_hint, matter_sponsor, matter_sponsor_hint, matter_ending, matter_ending_hint,
    matter_running, matter_running_hint, matter_inactive, matter_inactive_hint,
    // Lists.
    export, totals, all_of_them, find_people, which, anybody, only_ending, only_inactive, only_never,
    only_unsponsored, sponsored_by, show_everybody, show_everything, too_many_found, no_guests_title,
    no_guests_text, no_members_title, no_members_text, pick, pick_one, reaches, reaches_nothing, one_group,
    n_groups, one_app, n_apps, last_seen, known_since, never, no_sponsor, erased_person, with_ticked,
    resend_invitations, end_sessions, disable, enable, delete, restore, new_sponsor, change_sponsor,
    group_name, add_to_group, nobody_ticked,
    // Adding members.
    add_members, members_list, members_list_hint, add_one_member, add_several_members, add_members_file, members_file, members_file_hint, members_no_mail, members_added, add,
    // What was done.
    did_disable, did_disable_n, did_enable, did_enable_n, did_delete, did_delete_n, did_restore,
    did_restore_n, did_resend, did_resend_n, did_sessions, did_sessions_n, did_sponsor, did_sponsor_n,
    did_group, did_group_n, did_end, did_end_n,
    // A person.
    standing_active, standing_invited, standing_disabled, standing_deleted, kind_guest, kind_member,
    effective, effective_hint, opens_no_app, held, whole_story, sent_by_them, deleted_restorable,
    not_needed, not_yet, yes, no, facts, fact_redeemed, fact_enabled, fact_deleted, identity, identity_code,
    company, job_title, department, answers_for, sponsors, col_app, col_as, col_because, default_access,
    not_open, rule_direct, rule_group, rule_group_guests, rule_not_redeemed, rule_not_enabled, rule_switch,
    rule_waits, rule_ended, no_invitations, no_role, effective_powers, give_role, take_role, role_name,
    role_until, role_scope, for_good, not_signed_in, edit_profile, sponsors_addresses, sponsors_hint,
    change_address, new_address, new_address_hint, address_changed, address_unsent, make_member, make_member_means,
    make_guest, make_guest_means, is_member_now, is_guest_now, erase, erase_means, erase_sure, erased_now,
    // Roles.
    given_by, whose_address, role_not_for_guests, what_roles_may, power_name, role_given, role_taken,
    role_administrator, role_user_administrator, role_guest_inviter, role_auditor, role_help_desk,
    power_see_people, power_help, power_invite, power_manage_people, power_manage_places, power_trail,
    power_reports, power_see_organisation, power_organisation, power_roles, power_erase,
    // Groups and apps.
    find_place, owner, people, settings, n_deleted, no_places_title, no_places_text, new_app, make_app,
    launch_url, category, owner_address, guests_may_have_it, app_made, place_deleted, place_restored,
    // Invitations.
    any_state, sent_pending, sent_accepted, sent_declined, sent_withdrawn, sent_expired, sent_ending,
    sent_failed, sent_waiting, sent_by, no_sent_title, no_sent_text, col_for, col_inviter, col_sent,
    // The trail.
    activity, any_activity, from_day, to_day, filter, trail_about, trail_about_hint, trail_unknown, consents_hint, agreed_to, version_of, sign_ins_of, no_sign_ins, sign_in_good, by_code, by_link, invite_to_more, perm_directory, perm_directory_only, perm_place, perm_groups, because_setting, because_owner, not_setting, not_off, not_paused, not_inactive, not_owners, not_guests, trail_correlation, trail_verify, failed,
    details, client_address, reason, follow, story_of, somebody, text_erased,
    // Settings.
    pause_title, pause_means, pause, go_on, did_pause, did_go_on, changed_by, changed_on, is_now, contrast,
    statement_versions, terms, privacy_statement, n_accepted, mail, test_mail_means, send_test_mail,
    test_mail_sent, logos, logos_hint, logo_light, logo_dark, send_logo, replace_logo, section_identity,
    section_statements, section_members, section_inviting, section_links, section_caps, set_name,
    set_name_hint, set_language, set_language_hint, set_zone, set_zone_hint, set_contact, set_contact_hint,
    set_colour, set_colour_hint, set_privacy, set_privacy_hint, set_terms, set_terms_hint, set_own_domains,
    set_own_domains_hint, set_may_join, set_may_join_hint, set_create_groups, set_create_groups_hint,
    set_invites_from, set_invites_from_hint, set_owners, set_owners_hint, set_allowed, set_allowed_hint,
    set_denied, set_denied_hint, set_redirects, set_redirects_hint, set_visibility, set_visibility_hint,
    visibility_same, visibility_limited, visibility_restricted, from_none, from_inviters, from_members,
    from_everyone, set_link_days, set_link_days_hint, set_reminders, set_reminders_hint, set_quiet_from,
    set_quiet_until, set_quiet_hint, set_per_inviter, set_per_inviter_hint, set_per_address,
    set_per_address_hint, set_per_day, set_per_day_hint,
    // Inviting.
    to_groups, to_apps, to_places_hint, when_to_send, redirect_to, redirect_hint, send_now, send_later, send_not, send_on,
    more_about_them, sponsors_default, link_days, links_to_share, links_to_share_hint, set_ratio, set_ratio_hint,
    // More.
    more_acts, sessions_of, no_act, last_day,
    // What a newcomer stumbled over.
    nothing_fits, nothing_fits_text, role_nobody, matter_unsent, matter_unsent_hint, name_and_address,
    invite_as, as_guest, as_member, invite_as_hint, nothing_ticked, places_deleted, places_restored,
    place_opened, places_opened, place_shut, places_shut, let_guests_in, keep_guests_out, owns,
    people_direct,
}

/// The words in one language.
pub fn portal(language: Language) -> &'static PortalTexts {
    match language {
        Language::En => &en::TEXTS,
        Language::Fr => &fr::TEXTS,
    }
}
