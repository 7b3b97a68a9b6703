//! The reports: the overview, and a report's page with its chart, its table and its files.

use crate::{
    app::{
        components::{Bars, Glyph, Icon, Lines, Swatch},
        layout::Desk,
        page_of, report_words,
    },
    domain::{
        paths,
        report::{Asked, Dimension, PERIODS, ReportName, Step},
        view::{
            grouped,
            reports::{
                Band, Chosen, Column, Fact, Figure, Heading, Label, Part, ReportPage as View, ReportTile, Row, Shape,
                Value,
            },
        },
    },
    i18n::fill,
    server_fns::reports::{load_report, load_reports},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// So many bars are drawn of a longer table.
const BARS: usize = 10;

/// The overview.
#[component]
pub fn ReportsPage() -> impl IntoView {
    page_of(load_reports, |tiles| overview(tiles).into_any())
}

fn overview(tiles: Vec<ReportTile>) -> impl IntoView {
    view! {
        <Desk title=report_words().title at=paths::ADMIN_REPORTS>
            <div class="head"><div class="head__text"><h1>{report_words().title}</h1><p>{report_words().lead}</p></div></div>
            <ul class="reports">
                {tiles.into_iter().map(|tile| {
                    let ReportTile { name, figure, part } = tile;
                    let (title, _) = about(name);
                    let empty = part.is_empty();
                    view! {
                        <li>
                            <a href=paths::report(name)>
                                <h2>{title}</h2>
                                <p class="fact"><b>{value(figure.value)}</b> " " <span>{fact_of_period(&figure)}</span></p>
                                {if empty {
                                    view! { <p class="note">{none(name, part.of)}</p> }.into_any()
                                } else {
                                    chart(name, &part, true)
                                }}
                            </a>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Desk>
    }
}

/// A report's page.
#[component]
pub fn ReportPage() -> impl IntoView {
    let name = use_params_map().read_untracked().get("name").unwrap_or_default();
    page_of(move || load_report(name.clone()), |view| show(view).into_any())
}

fn show(view: View) -> impl IntoView {
    let View { name, asked, filter, suggestions, figures, parts } = view;
    let (title, text) = about(name);
    let asked_again = asked.clone();
    let filtered = filter.clone();
    let is_over = figures.iter().any(|one| one.fact == Fact::Used && matches!(one.value, Value::Percent(Some(101..))));
    view! {
        <Desk title=title at=paths::ADMIN_REPORTS>
            <p class="back"><a href=paths::ADMIN_REPORTS>{report_words().all_reports}</a></p>
            <div class="head"><div class="head__text"><h1>{title}</h1><p>{text}</p></div></div>
            {matches!(name, ReportName::Funnel | ReportName::SignIns).then(|| view! { <Asking name asked=asked_again filter=filtered suggestions/> })}
            {filter.map(|chosen| view! { <Chose name asked=asked.clone() chosen/> })}
            {is_over.then(|| view! { <p class="warn"><Icon glyph=Glyph::Alert/> <span>{report_words().over_ratio}</span></p> })}
            <ul class="figures">
                {figures.into_iter().map(|figure| {
                    let inner = view! { <b>{value(figure.value)}</b> " " <span>{fact(figure.fact)}</span> };
                    match figure.path {
                        Some(path) => view! { <li><a class="fact" href=path>{inner}</a></li> }.into_any(),
                        None => view! { <li class="fact">{inner}</li> }.into_any(),
                    }
                }).collect_view()}
            </ul>
            {parts.into_iter().filter(|part| !part.is_empty() || !is_most(name, part.of)).map(|part| section(name, &asked, part)).collect_view()}
        </Desk>
    }
}

/// Period, steps and filter.
#[component]
fn Asking(name: ReportName, asked: Asked, filter: Option<Chosen>, suggestions: Vec<String>) -> impl IntoView {
    let texts = report_words();
    let typed = match filter {
        Some(Chosen::Only { typed, .. }) => typed,
        _ => asked.key.clone(),
    };
    let steps = [(Step::Day, texts.per_day), (Step::Week, texts.per_week), (Step::Month, texts.per_month)];
    let kinds = [
        (Dimension::Domain, texts.one_domain),
        (Dimension::Group, texts.one_group),
        (Dimension::App, texts.one_app),
        (Dimension::Inviter, texts.one_inviter),
    ];
    view! {
        <form class="asking" method="get" action=paths::report(name)>
            <label><span class="label">{texts.period}</span>
                <select class="input" name="days">
                    {PERIODS.into_iter().map(|days| view! {
                        <option value=days.to_string() selected={days == asked.days}>{fill(texts.last_days, &[("n", &days.to_string())])}</option>
                    }).collect_view()}
                </select>
            </label>
            <label><span class="label">{texts.per}</span>
                <select class="input" name="per">
                    {steps.into_iter().map(|(step, text)| view! {
                        <option value=step.as_str() selected={step == asked.per}>{text}</option>
                    }).collect_view()}
                </select>
            </label>
            {(name == ReportName::Funnel).then(|| view! {
                <label><span class="label">{texts.only}</span>
                    <select class="input" name="by">
                        <option value="">{texts.everything}</option>
                        {kinds.into_iter().map(|(by, text)| view! {
                            <option value=by.as_str() selected={Some(by) == asked.by}>{text}</option>
                        }).collect_view()}
                    </select>
                </label>
                <label class="asking__key"><span class="label">{texts.named}</span>
                    <input class="input input--wide" name="key" value=typed list="known" autocomplete="off" maxlength="320"/>
                </label>
                <datalist id="known">{suggestions.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            })}
            <button class="btn" type="submit">{texts.show}</button>
        </form>
    }
}

/// What the filter found.
#[component]
fn Chose(name: ReportName, asked: Asked, chosen: Chosen) -> impl IntoView {
    let texts = report_words();
    let all = asked.href(&paths::report(name), None);
    let unfilter = view! { <a href=all>{texts.unfilter}</a> };
    match chosen {
        Chosen::Only { by, name, .. } => {
            let kind = match by {
                Dimension::Domain => texts.domain,
                Dimension::Group => texts.group,
                Dimension::App => texts.app,
                Dimension::Inviter => texts.inviter,
            };
            let what = format!("{kind} · {name}");
            view! { <p class="chosen">{fill(texts.filtered, &[("what", &what)])} " " {unfilter}</p> }.into_any()
        }
        Chosen::Unknown => view! {
            <p class="warn" role="status"><Icon glyph=Glyph::Alert/> <span>{fill(texts.unknown, &[("what", &asked.key)])} " " {unfilter}</span></p>
        }
        .into_any(),
    }
}

/// A chart with its table and files, or what stands in their place.
fn section(name: ReportName, asked: &Asked, part: Part) -> AnyView {
    let texts = report_words();
    let heading = heading_of(name, part.of);
    let id = format!("part-{}", part.of.as_str());
    let note = is_most(name, part.of).then_some(texts.most_note);
    if part.is_empty() {
        return view! {
            <section class="report">
                <h2 id=id>{heading}</h2>
                <div class="empty"><h3>{texts.none_title}</h3><p>{none(name, part.of)}</p></div>
            </section>
        }
        .into_any();
    }
    let is_lines = part.shape == Shape::Lines;
    let file = |format: &str| asked.file(&paths::report_file(name, format), part.of.as_str());
    let label = fill(texts.download_of, &[("what", heading)]);
    view! {
        <section class=if is_lines { "report" } else { "report report--beside" }>
            <div class="report__head">
                <h2 id=id.clone()>{heading}</h2>
                <p class="files">
                    <a href=file("csv") download aria-label=format!("{label} CSV")>{texts.download_csv}</a>
                    " " <a href=file("jsonl") download aria-label=format!("{label} JSONL")>{texts.download_jsonl}</a>
                </p>
                {note.map(|note| view! { <p class="note">{note}</p> })}
            </div>
            <figure class="report__chart">
                {chart(name, &part, false)}
                {(is_lines && drawn(&part).len() > 1).then(|| view! {
                    <figcaption><ul class="legend">
                        {drawn(&part).into_iter().enumerate().map(|(i, (title, _))| view! { <li><Swatch i/> {title}</li> }).collect_view()}
                    </ul></figcaption>
                })}
            </figure>
            <div class="report__table" role="region" tabindex="0" aria-labelledby=id>{table(&part)}</div>
        </section>
    }
    .into_any()
}

/// Whether a table is of what was most often invited.
fn is_most(name: ReportName, of: Column) -> bool {
    name == ReportName::Funnel && matches!(of, Column::Domain | Column::Group | Column::App | Column::Inviter)
}

/// The lines of a chart: each column of counts.
fn drawn(part: &Part) -> Vec<(String, Vec<i64>)> {
    part.headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| **heading != Heading::Of(Column::Rate))
        .map(|(i, heading)| {
            let values = part.rows.iter().map(|row| row.numbers[i].unwrap_or_default()).collect();
            (column(heading), values)
        })
        .collect()
}

fn chart(name: ReportName, part: &Part, small: bool) -> AnyView {
    let (title, _) = about(name);
    let columns = drawn(part);
    let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let what = format!("{title}: {} ({names})", heading_of(name, part.of));
    let title = if small { what } else { fill(report_words().chart_of, &[("what", &what)]) };
    let id = format!("chart-{}-{}", name.as_str(), part.of.as_str());
    match part.shape {
        Shape::Lines => {
            let labels = part.rows.iter().map(|row| label(&row.label)).collect();
            let series = columns.into_iter().map(|(_, values)| values).collect();
            view! { <Lines title id labels series small/> }.into_any()
        }
        Shape::Bars => {
            let bars = part.rows.iter().take(BARS);
            let bars = bars.map(|row| (label(&row.label), row.numbers[0].unwrap_or_default())).collect();
            view! { <Bars title id bars small/> }.into_any()
        }
    }
}

fn table(part: &Part) -> impl IntoView + use<> {
    let mut rows: Vec<_> = part.rows.iter().map(|row| line(&part.headings, row)).collect();
    // A chart reads from the left; in a table one looks for what was last.
    if part.shape == Shape::Lines {
        rows.reverse();
    }
    view! {
        <table class="tbl dense">
            <thead>
                <tr>
                    <th scope="col">{column(&Heading::Of(part.of))}</th>
                    {part.headings.iter().map(|heading| view! { <th scope="col" class="tbl__n">{column(heading)}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn line(headings: &[Heading], row: &Row) -> AnyView {
    let name = label(&row.label);
    let head = match row.path.clone() {
        Some(path) => view! { <a href=path>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let cells = headings.iter().zip(&row.numbers).map(|(heading, n)| {
        let text = match (heading, n) {
            (Heading::Of(Column::Rate), n) => value(Value::Percent(*n)),
            (_, Some(n)) => grouped(*n),
            (_, None) => "–".to_owned(),
        };
        view! { <td class="tbl__n num">{text}</td> }
    });
    view! { <tr><th scope="row">{head}</th>{cells.collect_view()}</tr> }.into_any()
}

// Words.

/// A report's name, and what it says.
fn about(name: ReportName) -> (&'static str, &'static str) {
    let texts = report_words();
    match name {
        ReportName::Funnel => (texts.funnel, texts.funnel_text),
        ReportName::Pending => (texts.pending, texts.pending_text),
        ReportName::Guests => (texts.guests, texts.guests_text),
        ReportName::Inactive => (texts.inactive, texts.inactive_text),
        ReportName::SignIns => (texts.sign_ins, texts.sign_ins_text),
        ReportName::Licensing => (texts.licensing, texts.licensing_text),
    }
}

fn fact(fact: Fact) -> &'static str {
    let texts = report_words();
    match fact {
        Fact::Invited => texts.fact_invited,
        Fact::Accepted => texts.fact_accepted,
        Fact::Declined => texts.fact_declined,
        Fact::Withdrawn => texts.fact_withdrawn,
        Fact::Waiting => texts.fact_waiting,
        Fact::Rate => texts.fact_rate,
        Fact::Took => texts.fact_took,
        Fact::Over30 => texts.fact_over30,
        Fact::Oldest => texts.fact_oldest,
        Fact::Guests => texts.fact_guests,
        Fact::Members => texts.fact_members,
        Fact::Unseen => texts.fact_unseen,
        Fact::Never => texts.fact_never,
        Fact::NotAccepted => texts.fact_invited_guests,
        Fact::SignedIn => texts.fact_signed_in,
        Fact::FailedSignIns => texts.fact_failed,
        Fact::PerMember => texts.fact_per_member,
        Fact::Ratio => texts.fact_ratio,
        Fact::Allowed => texts.fact_allowed,
        Fact::Used => texts.fact_used,
        Fact::ActiveGuests => texts.fact_active,
    }
}

/// Where no period stands beside it.
fn fact_of_period(figure: &Figure) -> String {
    let word = fact(figure.fact);
    match figure.days {
        Some(days) => format!("{word} {}", fill(report_words().in_days, &[("n", &days.to_string())])),
        None => word.to_owned(),
    }
}

fn value(value: Value) -> String {
    let texts = report_words();
    let none = || "–".to_owned();
    match value {
        Value::Number(n) => grouped(n),
        Value::Percent(n) => n.map_or_else(none, |n| format!("{n}\u{202F}%")),
        Value::Tenths(n) => n.map_or_else(none, |n| format!("{}{}{}", grouped(n / 10), texts.decimal, n % 10)),
        Value::Minutes(n) => n.map_or_else(none, time),
    }
}

fn time(minutes: i64) -> String {
    let texts = report_words();
    let (pattern, n) = match minutes {
        ..1 => return texts.less_than_minute.to_owned(),
        1..120 => (texts.about_minutes, minutes),
        120..2_880 => (texts.about_hours, (minutes + 30) / 60),
        _ => (texts.about_days, (minutes + 720) / 1_440),
    };
    fill(pattern, &[("n", &grouped(n))])
}

fn column(heading: &Heading) -> String {
    let texts = report_words();
    let column = match heading {
        Heading::Of(column) => *column,
        Heading::Failed(reason) if reason == "wrongCode" => return texts.failed_wrong_code.to_owned(),
        Heading::Failed(reason) => return reason.clone(),
    };
    let word = match column {
        Column::Day => texts.day,
        Column::Week => texts.week,
        Column::Month => texts.month,
        Column::Domain => texts.domain,
        Column::Group => texts.group,
        Column::App => texts.app,
        Column::Inviter => texts.inviter,
        Column::Sponsor => texts.sponsor,
        Column::Age => texts.age,
        Column::Seen => texts.seen,
        Column::What => texts.what,
        Column::Invited => texts.col_invited,
        Column::Accepted => texts.col_accepted,
        Column::Declined => texts.col_declined,
        Column::Withdrawn => texts.col_withdrawn,
        Column::Rate => texts.col_rate,
        Column::Waiting => texts.col_waiting,
        Column::Guests | Column::ActiveGuests => texts.col_guests,
        Column::ActiveMembers => texts.col_members,
        Column::People => texts.col_people,
        Column::Succeeded => texts.col_succeeded,
    };
    word.to_owned()
}

/// What stands above a table.
fn heading_of(name: ReportName, of: Column) -> &'static str {
    let texts = report_words();
    match (name, of) {
        (_, Column::Domain) => texts.by_domain,
        (_, Column::Group) => texts.by_group,
        (_, Column::App) => texts.by_app,
        (_, Column::Inviter) => texts.by_inviter,
        (ReportName::Guests, _) => texts.by_sponsor,
        (ReportName::Pending, _) => texts.by_age,
        (ReportName::Inactive, _) => texts.by_seen,
        (ReportName::Licensing, Column::Month) => texts.by_month,
        (ReportName::Licensing, _) => texts.by_ratio,
        (ReportName::Funnel | ReportName::SignIns, _) => texts.over_time,
    }
}

fn label(label: &Label) -> String {
    let texts = report_words();
    let band = match label {
        Label::From { words, .. } => return words.clone(),
        Label::Named(name) => return name.clone(),
        Label::Band(band) => *band,
    };
    let word = match band {
        Band::Days7 => texts.age_7,
        Band::Days14 => texts.age_14,
        Band::Days30 => texts.age_30,
        Band::Days90 => texts.age_90,
        Band::DaysMore => texts.age_more,
        Band::Seen30 => texts.seen_30,
        Band::Seen90 => texts.seen_90,
        Band::Seen180 => texts.seen_180,
        Band::Seen365 => texts.seen_365,
        Band::SeenMore => texts.seen_more,
        Band::Never => texts.seen_never,
        Band::Others => texts.others,
        Band::Guests => texts.row_guests,
        Band::Allowed => texts.row_allowed,
    };
    word.to_owned()
}

/// Why there is nothing to show.
fn none(name: ReportName, of: Column) -> &'static str {
    let texts = report_words();
    match (name, of) {
        (ReportName::Funnel, _) => texts.none_funnel,
        (ReportName::SignIns, _) => texts.none_sign_ins,
        (ReportName::Pending, _) => texts.none_pending,
        (ReportName::Inactive, _) => texts.none_seen,
        (ReportName::Guests, Column::Sponsor) => texts.none_sponsors,
        (ReportName::Licensing, Column::Month) => texts.none_months,
        (ReportName::Guests | ReportName::Licensing, _) => texts.none_guests,
    }
}
