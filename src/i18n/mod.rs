//! The words of pages and mails: one struct, one value per language, so that the compiler finds what is missing.
//! Rendered on the server; islands get theirs as props. Patterns name their gaps: `"Hello, {name}"`.

mod en;
mod fr;

use crate::domain::{
    error::{AppError, Field, Rule},
    language::Language,
    mail::MailKind,
};

macro_rules! texts {
    ($($name:ident),* $(,)?) => {
        /// The words of one language.
        #[expect(missing_docs, reason = "each field is named after its English text")]
        #[derive(Debug)]
        pub struct Texts {
            $(pub $name: &'static str,)*
        }

        impl Texts {
            /// All of them, by name: for the test that compares languages.
            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

texts! {
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
    welcome, your_email, email_hint, send_code, code_sent_title, code_sent_text, code, code_hint, continue_,
    no_code_yet, send_new_code, other_address, lost_way, lost_way_text, personas_title, personas_text, link_title,
    link_text, link_bad_title, link_bad_text, to_sign_in, signed_in_as, sign_out_title, sign_out_text, stay,
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
    error_required_email, error_email, error_required_name, error_too_long, error_unknown, error_taken,
    error_wrong_code, error_too_many_tries, error_link, error_too_many, error_unavailable, error_internal,
    error_not_found, error_sign_in,
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
                (Field::Email, Rule::Malformed) => self.error_email,
                (_, Rule::TooLong) => self.error_too_long,
                (_, Rule::Taken) => self.error_taken,
                _ => self.error_unknown,
            },
            AppError::WrongCode => self.error_wrong_code,
            AppError::TooManyTries => self.error_too_many_tries,
            AppError::LinkNotValid => self.error_link,
            AppError::TooMany => self.error_too_many,
            AppError::Unavailable => self.error_unavailable,
            AppError::Internal => self.error_internal,
            AppError::NotFound => self.error_not_found,
            AppError::SignInRequired => self.error_sign_in,
        }
    }

    /// The subject of a mail. Codes and addresses are never part of it.
    pub fn mail_subject(&self, kind: MailKind, organisation: &str) -> String {
        let pattern = match kind {
            MailKind::SignInCode => self.subject_sign_in_code,
            MailKind::SignInLink => self.subject_sign_in_link,
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
        let english = texts(Language::En).all();
        for (name, text) in texts(Language::Fr).all() {
            let (_, original) = english.iter().find(|(other, _)| *other == name).unwrap();
            assert_eq!(gaps(text), gaps(original), "{name}");
            assert!(!text.is_empty() && !original.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_fills_a_gap_is_not_a_pattern() {
        assert_eq!(fill("Hi {name}, {n} left", &[("name", "{n}"), ("n", "2")]), "Hi {n}, 2 left");
        assert_eq!(fill("brace { alone", &[]), "brace { alone");
    }
}
