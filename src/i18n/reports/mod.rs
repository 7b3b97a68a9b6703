//! The words of reports.

mod en;
mod fr;

use crate::domain::language::Language;

texts! {
    ReportTexts;
    // The overview.
    title, lead, all_reports, in_days,
    // Names of reports.
    funnel, funnel_text, pending, pending_text, guests, guests_text, inactive, inactive_text, sign_ins,
    sign_ins_text, licensing, licensing_text,
    // Figures.
    fact_invited, fact_accepted, fact_declined, fact_withdrawn, fact_waiting, fact_rate, fact_took,
    fact_over30, fact_oldest, fact_guests, fact_members, fact_unseen, fact_never, fact_invited_guests,
    fact_signed_in, fact_failed, fact_per_member, fact_ratio, fact_allowed, fact_used, fact_active,
    over_ratio,
    // Columns.
    day, week, month, domain, group, app, inviter, sponsor, age, seen, what, col_invited, col_accepted,
    col_declined, col_withdrawn, col_rate, col_waiting, col_guests, col_members, col_people, col_succeeded,
    failed_wrong_code,
    // Rows.
    age_7, age_14, age_30, age_90, age_more, seen_30, seen_90, seen_180, seen_365, seen_more, seen_never,
    others, row_guests, row_allowed,
    // Headings of tables.
    over_time, by_domain, by_group, by_app, by_inviter, by_sponsor, by_age, by_seen, by_month, by_ratio,
    most_note, chart_of, download_csv, download_jsonl, download_of,
    // Filters.
    period, last_days, per, per_day, per_week, per_month, only, everything, one_domain, one_group, one_app,
    one_inviter, named, show, filtered, unfilter, unknown,
    // Times and numbers.
    decimal, less_than_minute, about_minutes, about_hours, about_days,
    // Where there is nothing.
    none_title, none_funnel, none_pending, none_guests, none_sponsors, none_seen, none_sign_ins,
    none_months,
}

/// The words in one language.
pub fn reports(language: Language) -> &'static ReportTexts {
    match language {
        Language::En => &en::TEXTS,
        Language::Fr => &fr::TEXTS,
    }
}
