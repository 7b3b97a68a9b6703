//! The words of pages and mails: one struct, one value per language, so that the compiler finds what is missing.
//! Rendered on the server; islands get theirs as props. Patterns name their gaps: `"Hello, {name}"`.

mod activities;
mod en;
mod fr;

pub use activities::{activity, service};

use crate::domain::{
    error::{AppError, Field, Rule, WrongTicket},
    language::Language,
    mail::MailKind,
    name::header_name,
    policy::Reason,
    steering::Standing,
};

macro_rules! texts {
    ($texts:ident; $($name:ident),* $(,)?) => {
        /// The words of one language.
        #[expect(missing_docs, reason = "each field is named after its English text")]
        #[derive(Debug)]
        pub struct $texts {
            $(pub $name: &'static str,)*
        }

        impl $texts {
            /// All of them, by name: for the test that compares languages.
            #[cfg(test)]
            pub(in crate::i18n) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

pub mod portal;
pub mod reports;

texts! {
    Texts;
    // Frame.
    skip_to_content, main_navigation, my_apps, account_menu, my_account, sign_out, privacy, uses_vestibule,
    change_language, demo_banner, demo_mailbox, email_help,
    // My Apps.
    good_morning, good_afternoon, good_evening, find_an_app, search, favourites, opened_most, your_apps,
    everything_else, you_own_this, app_menu, about_this_app, add_favourite, remove_favourite, no_apps_title,
    no_apps_text, nothing_found_title, nothing_found_text, show_all, one_found, many_found, press_enter,
    // An app's page.
    open_app, opens_at, how_to_use, no_instructions, how_i_got_this, way_direct, way_group, way_since, way_until,
    way_by, whom_to_ask, no_owner,
    // Signing in.
    welcome, your_email, email_hint, send_code, code_sent_title, code_sent_text, spent_title, spent_link, spent_nothing, code, code_hint, continue_,
    no_code_yet, send_new_code, other_address, lost_way, lost_way_text, personas_title, personas_text, link_title,
    link_text, link_code_title, link_code_text, link_bad_title, link_bad_text, to_sign_in, signed_in_as, sign_out_title, sign_out_text, stay,
    // Account.
    account_title, profile, name, language, language_default, save, saved, address, address_note, sessions,
    sessions_text, this_browser, since, last_used, end_session, end_others, session_ended, unknown_browser,
    // Wrong turns.
    not_found_title, not_found_text, gone_wrong_title, gone_wrong_text, to_my_apps, bad_launch_title,
    bad_launch_text, too_many_title, unavailable_title,
    // The demonstration.
    mailbox_title, mailbox_text, mailbox_empty_title, mailbox_empty_text, mail_to, mail_subject_head, mail_when,
    mail_source, mail_back, mail_body, demo_app_title, demo_app_text,
    // What was wrong.
    error_required_email, error_email, error_other_address, error_required_name, error_too_long, error_unknown, error_taken,
    error_wrong_code, error_too_many_tries, error_link, error_too_many, error_too_often, error_malformed, error_unavailable, error_internal,
    error_not_found, error_sign_in,
    // Groups, apps and invitations as their owners see them.
    my_groups, invitations, groups_owned, groups_joined, no_groups_title, no_groups_text, invite,
    yours_to_share, owned_by, opens_apps, guests, members, guests_off, guests_none_title, guests_none_text,
    no_members, shut_apps, col_name, col_state, col_until, col_sponsor, col_what, col_when, no_end,
    state_active, state_invited, state_expired, state_waiting, state_disabled, state_ended, state_declined,
    state_withdrawn, mail_none, mail_queued, mail_retrying, mail_sent, mail_failed, mail_cancelled,
    mail_bounced, invitations_none_title, invitations_none_text, older,
    // Inviting.
    invite_to, invite_people, addresses, addresses_hint, message, message_hint, access_until,
    access_until_hint, length, length_none, length_days, more_choices, mail_language, mail_language_default,
    link_good_for, tell, tell_hint, what_for, no_guests_here, send_invitation, send_invitations, see_first,
    cancel, what_will_happen, what_will_happen_empty, will_one_mail, will_mails, will_more, will_no_mail, will_until,
    will_link, mail_from, get_started, what_happened, outcome_invited, outcome_added, outcome_pending,
    outcome_already, outcome_refused, will_be_invited, pending_by, blocked_note, from_via, invited_to,
    invited_to_at, gave_access, and_more,
    // Why not.
    reason_invitations_off, reason_inviter_inactive, reason_no_right, reason_not_yours, reason_owners,
    reason_guests_off, reason_gone, reason_own_domain, reason_denied, reason_not_allowed, reason_disabled,
    reason_cap_inviter, reason_cap_address, reason_cap_organisation, reason_pending_by_another,
    reason_no_address, reason_repeated, reason_not_wanted, reason_owner_refused, reason_superseded, colon, reason_pending_already, end_stays, reason_not_deliverable, mixed_script, reason_not_saved,
    // Redeeming.
    redeem_title, redeem_text, redeem_until, prove_title, prove_text, prove_sent, come_in, is_yours, how_seen,
    company, optional, what_given, what_given_none, given_by, untick, what_kept, what_kept_text, redeem_other,
    agree_privacy, read_it, agree_terms, accept, decline, decline_title, decline_text, back_to_invitation, block_title, block_address,
    block_text, block, declined_title, declined_text, blocked_title, blocked_text, arrival_title,
    arrival_text, arrival_waiting, arrival_onward, new, until_date, ticket_unknown_title, ticket_unknown_text,
    ticket_expired_title, ticket_expired_text, ticket_replaced_title, ticket_replaced_text,
    ticket_withdrawn_title, ticket_withdrawn_text, ticket_declined_title, ticket_declined_text,
    ticket_used_title, ticket_used_text, denied_title, error_offer_changed, error_consent, error_consent_changed, error_addresses,
    error_addresses_many, error_message_long, error_until_past, error_until, error_tell,
    // An owner’s word.
    confirm_title, confirm_text, confirm_yes, confirm_no, subject_redeem_code, subject_invitation,
    subject_access_added, subject_accepted, subject_accepted_by, subject_confirm_access,
    // Steering invitations.
    error_conflict, error_conflict_plain, error_too_late, error_link_days, error_target_required,
    reason_withdrawn, reason_blocked, undo, undone, resend, withdraw, resend_ticked, withdraw_ticked,
    tick_all_of, nothing_ticked, resent_one, resent_many, withdrawn_one, withdrawn_many, renewed,
    targets_changed, all_invitations, filter_pending, filter_expired, filter_failed, filter_accepted,
    filter_declined, filter_revoked, filter_label, find_a_guest, filter_target, any_target,
    nothing_fits_title, nothing_fits_text, sent_by_other, invitation_of, sent_on, sent_on_by, the_link,
    link_good_until, link_was_good_until, plain_link, plain_link_hint, renew_link, renew_for,
    correct_address, correct_title, correct_text, change_targets, letter_sent, letter_sent_hint,
    your_message, the_message, guests_word, directory_only, target_pending, target_waiting, target_granted,
    to_person, activity_conflict_next,
    // Steering invitations, tables.
    col_acts,
    // Steering access.
    reason_too_long, reason_full, remove, leave, prolong, change_end, last_day, removed_from, left_target,
    end_changed, prolonged_until, my_guests, my_guests_none_title, my_guests_none_text, has_nothing,
    opens_now, opens_nothing, last_seen_at, never_seen, sponsors, no_sponsor, take_over, taken_over,
    pass_on, pass_on_to, pass_on_hint, passed_on, next_page, given_by_name, find_a_person, prolong_title,
    prolong_text, prolong_to, prolong_not, to_guest,
    // Names.
    reason_several,
    // Notices.
    a_guest, somebody, see_it, subject_notice, notice_accepted, notice_accepted_text, notice_declined,
    notice_declined_text, notice_failed, notice_failed_text, notice_run_out, notice_run_out_text,
    notice_asked, notice_asked_text, notice_ends, notice_ends_text, notice_yours, notice_yours_text,
    notice_longer, notice_longer_text, notice_left, notice_left_text, notice_sponsor, notice_sponsor_text, notice_sponsors, notice_sponsors_text, notice_wants, notice_wants_text,
    notice_may, notice_may_text, notice_may_not, notice_may_not_text, notice_digest, why_chosen, why_notice,
    nobody_named, reminder_subject, reminder_note, stop_reminders, mail_why_unknown, mail_why_full,
    mail_why_later, mail_why_policy,
    // Guests' answers and wrong turns.
    ticket_asked_title, ticket_asked_text, ask_for_link, take_back, ask_them, more_help, conflict_title,
    other_title, other_text, stay_as, you_block, unblock, word_to, word_too_long, quiet_title, quiet_text,
    quieted_title, quieted_text, blocked_way, help_title, help_text, help_links, help_codes, help_no_code,
    help_tries, help_reasons, about_switches, about_rights, about_target, about_domain, about_person,
    about_caps, about_address, about_pending, about_refused,
    // Account.
    what_i_have, i_have_nothing, i_ask, mails, tell_me, tell_each, tell_daily, tell_none,
    // Owners' settings.
    settings, settings_of, new_group, what_it_is_for, join_policy, join_open, join_ask, join_closed,
    guests_may, end_fixed, default_days, longest_days, days_hint, most_guests, error_length,
    error_length_order, error_most, error_changed, error_owner, error_last_owner, error_target_unknown,
    error_picture, error_picture_large, owners, add_owner, owner_added, owner_removed, delete_group,
    delete_group_text, group_deleted, category, app_icon, upload, icon_hint, icon_changed, launches_text,
    groups_with_access, no_groups_with_access, no_tunnel, open_for_guests, shut_for_guests, guests_get_in,
    group_name, add_group, group_added, group_removed, group_opened, group_shut, groups_joinable,
    join_group, ask_to_join, word_to_owners, asked_to_join, group_joined, group_asked, requests, let_in,
    refuse, request_granted, request_refused, export_people,
    // Leaving.
    subject_leave_code, leave_title, leave_text, leave_code_text, leave_for_good, left_title, left_text,
    access_ended_title, access_ended_text,
    // Steering access, more.
    answer,
    // Links that are over.
    ticket_over_title, ticket_over_text, a_group,
    // Wrong turns.
    reason_disabled_self,
    // Follow-up.
    reason_end_passed, through_groups, requests_wait, asks_for_link, mailed_again,
    // Undoing later.
    lately, lately_text,
    // Follow-up.
    error_nobody, asked, request_taken_back,
    // The portal.
    administration,
    // Managing people.
    error_own_account, error_last_administrator, error_holds_role, disabled_one, shortened_one, sponsored_one, deleted_one,
    // The address of an account.
    notice_role, notice_role_text, notice_role_until_text, notice_address, notice_address_text,
    // Settings.
    notice_test, notice_test_text, error_too_pale, error_locks_out, error_file,
    // Pausing.
    reason_paused,
    // Settings that do not fit.
    error_setting,
    // Added without a link of one's own.
    added_you,
    // Roles in apps.
    app_roles, app_roles_hint, no_app_roles, app_role_name, app_role_value, app_role_value_hint,
    add_app_role, remove_app_role, app_role_holders, app_role_unheld, app_role, no_app_role, app_role_added,
    app_role_removed, app_role_given, error_app_role, error_app_role_taken, error_app_role_many,
    // Apps that were deleted.
    app_deleted, delete_app, delete_app_text,
    // The day of a mail, and the address of an app.
    mail_leaves_on, error_send_on, error_launch_url,
    // Subjects of mails.
    subject_sign_in_code, subject_sign_in_link,
}

/// The words of a language.
pub fn texts(language: Language) -> &'static Texts {
    match language {
        Language::En => &en::TEXTS,
        Language::Fr => &fr::TEXTS,
    }
}

/// Fills the gaps of a pattern. What fills a gap is never read as a pattern again.
pub fn fill(pattern: &str, gaps: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, value)| value));
        rest = tail;
    }
    out.push_str(rest);
    out
}

impl Texts {
    /// What happened, and what to do next.
    pub fn error(&self, error: &AppError) -> &'static str {
        match error {
            AppError::Invalid { field, rule } => match (field, rule) {
                (Field::Email, Rule::Required) => self.error_required_email,
                (Field::Name, Rule::Required) => self.error_required_name,
                (Field::Email, Rule::Unknown) => self.error_nobody,
                (Field::Email, Rule::Other) => self.error_other_address,
                (Field::Email, Rule::Malformed) => self.error_email,
                (Field::Email, Rule::TooMany) => self.error_addresses_many,
                (Field::Message, Rule::TooLong) => self.error_message_long,
                (Field::AccessUntil | Field::SendOn, Rule::Past) => self.error_until_past,
                (Field::SendOn, Rule::Required) => self.error_send_on,
                (Field::LaunchUrl, _) => self.error_launch_url,
                (Field::AccessUntil | Field::SendOn, _) => self.error_until,
                (Field::Followers, _) => self.error_tell,
                (Field::Person, Rule::Own) => self.error_own_account,
                (Field::Person, Rule::Last) => self.error_last_administrator,
                (Field::Person, _) => self.error_holds_role,
                (Field::Owner, Rule::Required) => self.error_last_owner,
                (Field::Owner, _) => self.error_owner,
                (Field::Picture, Rule::TooLong) => self.error_picture_large,
                (Field::Picture, _) => self.error_picture,
                (Field::File, _) => self.error_file,
                (Field::Length, Rule::TooLong) => self.error_length_order,
                (Field::Length, _) => self.error_length,
                (Field::MostGuests, _) => self.error_most,
                (Field::Setting, Rule::Changed) => self.error_changed,
                (Field::Setting, Rule::TooPale) => self.error_too_pale,
                (Field::Setting, Rule::LocksOut) => self.error_locks_out,
                (Field::Setting, Rule::Malformed) => self.error_setting,
                (Field::Target, Rule::Unknown | Rule::Taken) => self.error_target_unknown,
                (Field::LinkDays, _) => self.error_link_days,
                (Field::AppRole, Rule::Taken) => self.error_app_role_taken,
                (Field::AppRole, Rule::TooMany) => self.error_app_role_many,
                (Field::AppRole, _) => self.error_app_role,
                (Field::Target, Rule::Required) => self.error_target_required,
                (Field::Target, Rule::Changed) => self.error_offer_changed,
                (Field::Consent, Rule::Changed) => self.error_consent_changed,
                (Field::Consent, _) => self.error_consent,
                (_, Rule::TooLong) => self.error_too_long,
                (_, Rule::Taken) => self.error_taken,
                _ => self.error_unknown,
            },
            AppError::Ticket { reason, .. } => self.ticket(*reason).1,
            AppError::Denied { reason } => self.reason(*reason),
            AppError::Conflict { .. } | AppError::Settled => self.error_conflict_plain,
            AppError::AccessEnded { .. } => self.access_ended_title,
            AppError::TooLate => self.error_too_late,
            AppError::WrongCode => self.error_wrong_code,
            AppError::TooManyTries => self.error_too_many_tries,
            AppError::LinkNotValid => self.error_link,
            AppError::TooMany => self.error_too_many,
            AppError::TooOften => self.error_too_often,
            AppError::Malformed => self.error_malformed,
            AppError::Unavailable => self.error_unavailable,
            AppError::Internal => self.error_internal,
            AppError::NotFound => self.error_not_found,
            AppError::SignInRequired => self.error_sign_in,
        }
    }

    /// Title and text of the page about a ticket that is of no use; the text has a gap for the date.
    pub fn ticket(&self, reason: WrongTicket) -> (&'static str, &'static str) {
        match reason {
            WrongTicket::Unknown => (self.ticket_unknown_title, self.ticket_unknown_text),
            WrongTicket::Expired => (self.ticket_expired_title, self.ticket_expired_text),
            WrongTicket::Asked => (self.ticket_asked_title, self.ticket_asked_text),
            WrongTicket::Over => (self.ticket_over_title, self.ticket_over_text),
            WrongTicket::Replaced => (self.ticket_replaced_title, self.ticket_replaced_text),
            WrongTicket::Withdrawn => (self.ticket_withdrawn_title, self.ticket_withdrawn_text),
            WrongTicket::Declined => (self.ticket_declined_title, self.ticket_declined_text),
            WrongTicket::Used => (self.ticket_used_title, self.ticket_used_text),
        }
    }

    /// What happened, with how it stands where that is why.
    pub fn sentence(&self, error: &AppError) -> String {
        match error {
            AppError::Conflict { standing } => fill(self.error_conflict, &[("state", self.standing(*standing))]),
            other => self.error(other).to_owned(),
        }
    }

    /// How a guest stands.
    pub fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Active => self.state_active,
            Standing::Invited => self.state_invited,
            Standing::Expired => self.state_expired,
            Standing::Waiting => self.state_waiting,
            Standing::Disabled => self.state_disabled,
            Standing::Ended => self.state_ended,
            Standing::Declined => self.state_declined,
            Standing::Withdrawn => self.state_withdrawn,
        }
    }

    /// What a reason is called on the help page.
    pub fn reason_title(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::InvitationsOff | Reason::Paused | Reason::OwnersMayNotInvite => self.about_switches,
            Reason::InviterInactive | Reason::NoRightToInvite | Reason::NotYours => self.about_rights,
            Reason::GuestsNotAllowed | Reason::TargetGone | Reason::TooLong | Reason::Full | Reason::EndPassed => {
                self.about_target
            }
            Reason::OwnDomain | Reason::DomainDenied | Reason::DomainNotAllowed => self.about_domain,
            Reason::Disabled => self.about_person,
            Reason::CapInviter | Reason::CapAddress | Reason::CapOrganisation => self.about_caps,
            Reason::NotAnAddress | Reason::NotDeliverable | Reason::Repeated | Reason::SeveralPeople => {
                self.about_address
            }
            Reason::PendingByAnother | Reason::PendingAlready | Reason::Superseded => self.about_pending,
            Reason::NotWanted | Reason::OwnerRefused | Reason::Withdrawn | Reason::Blocked => self.about_refused,
            Reason::NotSaved => self.unavailable_title,
        }
    }

    /// Why not, and what to do about it.
    pub fn reason(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::InvitationsOff => self.reason_invitations_off,
            Reason::Paused => self.reason_paused,
            Reason::InviterInactive => self.reason_inviter_inactive,
            Reason::NoRightToInvite => self.reason_no_right,
            Reason::NotYours => self.reason_not_yours,
            Reason::OwnersMayNotInvite => self.reason_owners,
            Reason::GuestsNotAllowed => self.reason_guests_off,
            Reason::TargetGone => self.reason_gone,
            Reason::OwnDomain => self.reason_own_domain,
            Reason::DomainDenied => self.reason_denied,
            Reason::DomainNotAllowed => self.reason_not_allowed,
            Reason::Disabled => self.reason_disabled,
            Reason::CapInviter => self.reason_cap_inviter,
            Reason::CapAddress => self.reason_cap_address,
            Reason::CapOrganisation => self.reason_cap_organisation,
            Reason::PendingByAnother => self.reason_pending_by_another,
            Reason::NotAnAddress => self.reason_no_address,
            Reason::Repeated => self.reason_repeated,
            Reason::NotWanted => self.reason_not_wanted,
            Reason::OwnerRefused => self.reason_owner_refused,
            Reason::Superseded => self.reason_superseded,
            Reason::PendingAlready => self.reason_pending_already,
            Reason::NotDeliverable => self.reason_not_deliverable,
            Reason::TooLong => self.reason_too_long,
            Reason::Full => self.reason_full,
            Reason::EndPassed => self.reason_end_passed,
            Reason::SeveralPeople => self.reason_several,
            Reason::Withdrawn => self.reason_withdrawn,
            Reason::Blocked => self.reason_blocked,
            Reason::NotSaved => self.reason_not_saved,
        }
    }

    /// The heading of an invitation mail. A name that reads as an address is left out, and links in names are taken apart, so
    /// that the first link in the mail is ours.
    pub fn invited_you(&self, inviter: &str, targets: &[&str], organisation: &str) -> String {
        let Some(inviter) = header_name(inviter) else {
            return fill(self.subject_invitation, &[("organisation", organisation)]);
        };
        let target = self.several(targets).unwrap_or_else(|| organisation.to_owned());
        fill(self.invited_to, &[("inviter", &inviter), ("target", &target)])
    }

    /// Whom a mail in somebody's name is from. A name that reads as an address is left out.
    pub fn sender(&self, inviter: &str, organisation: &str) -> String {
        match (header_name(inviter), header_name(organisation)) {
            (Some(inviter), Some(organisation)) => {
                fill(self.from_via, &[("inviter", &inviter), ("organisation", &organisation)])
            }
            _ => organisation.to_owned(),
        }
    }

    /// The subject of an invitation's mail. A name that reads as an address is left out.
    pub fn invitation_subject(&self, inviter: &str, targets: &[&str], organisation: &str) -> String {
        match (header_name(inviter), self.several(targets)) {
            (Some(inviter), Some(target)) => {
                let gaps = [("inviter", inviter.as_str()), ("target", &target), ("organisation", organisation)];
                fill(self.invited_to_at, &gaps)
            }
            _ => self.invited_you(inviter, &[], organisation),
        }
    }

    /// What a notice of access is headed by.
    pub fn gave_you(&self, inviter: &str, targets: &[&str]) -> String {
        let inviter = header_name(inviter).unwrap_or_else(|| self.somebody.to_owned());
        let target = self.several(targets).unwrap_or_else(|| self.a_group.to_owned());
        fill(self.gave_access, &[("inviter", &inviter), ("target", &target)])
    }

    /// The first of several names that may stand in a head, and how many more there are.
    fn several(&self, names: &[&str]) -> Option<String> {
        let safe: Vec<String> = names.iter().filter_map(|name| header_name(name)).collect();
        let (first, rest) = safe.split_first()?;
        if rest.is_empty() {
            return Some(first.clone());
        }
        Some(fill(self.and_more, &[("target", first), ("n", &rest.len().to_string())]))
    }

    /// The subject of a mail. Codes and addresses are never part of it.
    pub fn mail_subject(&self, kind: MailKind, organisation: &str) -> String {
        let pattern = match kind {
            MailKind::SignInCode => self.subject_sign_in_code,
            MailKind::SignInLink => self.subject_sign_in_link,
            MailKind::Invitation => self.subject_invitation,
            MailKind::AccessAdded => self.subject_access_added,
            MailKind::Accepted => self.subject_accepted,
            MailKind::ConfirmAccess => self.subject_confirm_access,
            MailKind::Notice => self.subject_notice,
        };
        fill(pattern, &[("organisation", organisation)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(pattern: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            pattern.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn languages_have_the_same_gaps_and_no_empty_text() {
        let pairs = [
            (texts(Language::En).all(), texts(Language::Fr).all()),
            (portal::portal(Language::En).all(), portal::portal(Language::Fr).all()),
            (reports::reports(Language::En).all(), reports::reports(Language::Fr).all()),
        ];
        for (english, french) in pairs {
            for (name, text) in french {
                let (_, original) = english.iter().find(|(other, _)| *other == name).unwrap();
                assert_eq!(gaps(text), gaps(original), "{name}");
                assert!(!text.is_empty() && !original.is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn what_fills_a_gap_is_not_a_pattern() {
        assert_eq!(fill("Hi {name}, {n} left", &[("name", "{n}"), ("n", "2")]), "Hi {n}, 2 left");
        assert_eq!(fill("brace { alone", &[]), "brace { alone");
    }
}
