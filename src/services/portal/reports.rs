//! The reports: read from counts that were kept as things came about, so that they cost the same whatever the
//! directory's size.

use super::{INACTIVE_DAYS, allow};
use crate::{
    domain::{
        actor::Actor,
        error::AppError,
        ids::UserId,
        language::Language,
        organisation::Organisation,
        paths::{self, with_query},
        report::{
            Asked, BUCKET, Dimension, MOST, RESULT, ReportName, SUCCESS, Step, TYPE, Tally, buckets, median, percent,
        },
        roles::Power,
        time::{DAY, Timestamp},
        user::UserType,
        view::{
            DeskCounts,
            reports::{
                Band, Chosen, Column, Fact, Figure, Heading, Label, Part, ReportPage, ReportTile, Row, Shape, Value,
            },
        },
    },
    identity::key_of_input,
    services::{
        Services,
        calendar::{self, Calendar},
        csv::CsvWriter,
        export::Format,
        organisation,
    },
    storage::{
        self, Conn,
        counts::{IN_ALL, key_of},
        reports::Names,
    },
};
use serde_json::json;
use std::{collections::HashMap, iter};
use uuid::Uuid;

/// Active people are shown for so many months.
const MONTHS: i64 = 12;
/// Bars of a list of the most that are drawn on the overview.
const FEW: usize = 5;

/// What reports are built with.
struct Desk {
    organisation: Organisation,
    calendar: Calendar,
    today: i64,
}

impl Desk {
    async fn load(services: &Services, conn: &mut Conn<'_>, language: Language) -> Result<Self, AppError> {
        let organisation = organisation::load(conn).await?;
        // Counts are kept by days of UTC, so that is what days are called by.
        let calendar = Calendar::new(&Organisation { time_zone: "UTC".into(), ..organisation.clone() }, language);
        Ok(Self { organisation, calendar, today: services.now().day() })
    }

    fn days(&self, asked: &Asked) -> (i64, i64) {
        (self.today - asked.days + 1, self.today)
    }
}

/// A report, built.
#[derive(Default)]
struct Built {
    figures: Vec<Figure>,
    parts: Vec<Part>,
    filter: Option<Chosen>,
    suggestions: Vec<String>,
}

fn figure(fact: Fact, value: Value) -> Figure {
    Figure { fact, value, days: None, path: None }
}

fn number(fact: Fact, n: i64) -> Figure {
    figure(fact, Value::Number(n))
}

fn at(day: i64) -> Timestamp {
    Timestamp(day * DAY)
}

/// Every report's main figure, with a small chart of the last 30 days.
///
/// # Errors
/// `NotFound` for those who may not read reports.
pub async fn overview(services: &Services, actor: &Actor, language: Language) -> Result<Vec<ReportTile>, AppError> {
    allow(actor, Power::SeeReports)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let desk = Desk::load(services, conn, language).await?;
    let asked = Asked::default();
    let mut tiles = Vec::new();
    for name in ReportName::ALL {
        let built = build(conn, &desk, *name, &asked, false).await?;
        let (Some(figure), Some(mut part)) = (built.figures.into_iter().next(), built.parts.into_iter().next()) else {
            continue;
        };
        if matches!(part.of, Column::Domain) {
            part.rows.truncate(FEW);
        }
        tiles.push(ReportTile { name: *name, figure, part });
    }
    Ok(tiles)
}

/// A report.
///
/// # Errors
/// `NotFound` for those who may not read reports.
pub async fn report(
    services: &Services,
    actor: &Actor,
    language: Language,
    name: ReportName,
    asked: Asked,
) -> Result<ReportPage, AppError> {
    allow(actor, Power::SeeReports)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let desk = Desk::load(services, conn, language).await?;
    let Built { figures, parts, filter, suggestions } = build(conn, &desk, name, &asked, true).await?;
    Ok(ReportPage { name, asked, filter, suggestions, figures, parts })
}

/// A table of a report as a file: the first one, unless `table` names another by what its rows are about.
///
/// # Errors
/// `NotFound` for those who may not read reports, and where there is no such table.
pub async fn export(
    services: &Services,
    actor: &Actor,
    name: ReportName,
    asked: Asked,
    table: Option<&str>,
    format: Format,
) -> Result<Vec<u8>, AppError> {
    let page = report(services, actor, Language::En, name, asked).await?;
    let part = match table {
        None => page.parts.into_iter().next(),
        Some(table) => page.parts.into_iter().find(|part| part.of.as_str() == table),
    };
    let part = part.ok_or(AppError::NotFound)?;
    match format {
        Format::Csv => csv(&part),
        Format::Jsonl => Ok(jsonl(&part).into_bytes()),
    }
}

fn has_ids(part: &Part) -> bool {
    part.rows.iter().any(|row| row.id.is_some())
}

fn plain(label: &Label) -> &str {
    match label {
        Label::From { day, .. } => day,
        Label::Named(name) => name,
        Label::Band(band) => band.as_str(),
    }
}

fn csv(part: &Part) -> Result<Vec<u8>, AppError> {
    let broken = |_| AppError::Internal;
    let ids = has_ids(part);
    let mut headings = vec![part.of.as_str()];
    headings.extend(ids.then_some("id"));
    headings.extend(part.headings.iter().map(Heading::as_str));
    let mut bytes = Vec::new();
    let mut writer = CsvWriter::new(&mut bytes, &headings).map_err(broken)?;
    for row in &part.rows {
        let mut cells = vec![plain(&row.label).to_owned()];
        cells.extend(ids.then(|| row.id.clone().unwrap_or_default()));
        cells.extend(row.numbers.iter().map(|n| n.map(|n| n.to_string()).unwrap_or_default()));
        writer.row(cells).map_err(broken)?;
    }
    writer.flush().map_err(broken)?;
    drop(writer);
    Ok(bytes)
}

/// In the order of the table's columns.
fn jsonl(part: &Part) -> String {
    let line = |row: &Row| {
        let mut pairs = vec![(part.of.as_str(), json!(plain(&row.label)))];
        pairs.extend(row.id.as_ref().map(|id| ("id", json!(id))));
        pairs.extend(part.headings.iter().zip(&row.numbers).map(|(heading, n)| (heading.as_str(), json!(n))));
        let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        format!("{{{}}}\n", pairs.join(","))
    };
    part.rows.iter().map(line).collect()
}

/// Builds a report; not `whole`, only what the overview shows of it.
async fn build(
    conn: &mut Conn<'_>,
    desk: &Desk,
    name: ReportName,
    asked: &Asked,
    whole: bool,
) -> Result<Built, AppError> {
    match name {
        ReportName::Funnel => funnel(conn, desk, asked, whole).await,
        ReportName::Pending => pending(conn, desk, whole).await,
        ReportName::Guests => guests(conn, whole).await,
        ReportName::Inactive => inactive(conn, desk).await,
        ReportName::SignIns => sign_ins(conn, desk, asked).await,
        ReportName::Licensing => licensing(conn, desk).await,
    }
}

// Over time.

/// The days of a period in steps, each with its first day and what it is called.
fn steps(desk: &Desk, asked: &Asked) -> Vec<(i64, Label)> {
    let (from, to) = desk.days(asked);
    let mut steps = Vec::new();
    let mut day = from;
    while day <= to {
        let time = at(day);
        let words = match asked.per {
            Step::Month => desk.calendar.month(time),
            Step::Day | Step::Week => desk.calendar.date(time),
        };
        steps.push((day, Label::From { day: desk.calendar.iso_day(time), words }));
        day = next_step(asked.per, day);
    }
    steps
}

fn next_step(per: Step, day: i64) -> i64 {
    match per {
        Step::Day => day + 1,
        // The first of January 1970 was a Thursday.
        Step::Week => day + 7 - (day + 3).rem_euclid(7),
        Step::Month => calendar::month_begins(calendar::month_of(at(day)) + 1).day(),
    }
}

/// A table of numbers by day, gathered by step.
fn course(desk: &Desk, asked: &Asked, columns: Vec<(Heading, Vec<(i64, i64)>)>) -> Part {
    let steps = steps(desk, asked);
    let mut rows: Vec<Row> = steps
        .iter()
        .map(|(_, label)| Row { label: label.clone(), id: None, path: None, numbers: vec![Some(0); columns.len()] })
        .collect();
    for (i, (_, counted)) in columns.iter().enumerate() {
        for (day, n) in counted {
            let step = steps.partition_point(|(first, _)| first <= day);
            if let Some(Some(sum)) = rows.get_mut(step.wrapping_sub(1)).map(|row| &mut row.numbers[i]) {
                *sum += n;
            }
        }
    }
    let of = match asked.per {
        Step::Day => Column::Day,
        Step::Week => Column::Week,
        Step::Month => Column::Month,
    };
    Part { of, headings: columns.into_iter().map(|(heading, _)| heading).collect(), rows, shape: Shape::Lines }
}

fn sum<K>(counted: &[(K, i64)]) -> i64 {
    counted.iter().map(|(_, n)| n).sum()
}

// Invitations.

/// Which invitations are counted: all, or those under one key of one dimension.
struct Which {
    dim: &'static str,
    key: String,
    chosen: Option<Chosen>,
}

async fn funnel(conn: &mut Conn<'_>, desk: &Desk, asked: &Asked, whole: bool) -> Result<Built, AppError> {
    let Which { dim, key, chosen } = which(conn, asked).await?;
    let under = (dim, key.as_str());
    let days = desk.days(asked);
    let mut columns = Vec::new();
    let tallies = [
        (Tally::Invited, Column::Invited, Fact::Invited),
        (Tally::Accepted, Column::Accepted, Fact::Accepted),
        (Tally::Declined, Column::Declined, Fact::Declined),
        (Tally::Withdrawn, Column::Withdrawn, Fact::Withdrawn),
    ];
    let mut figures = Vec::new();
    for (tally, column, fact) in tallies {
        let counted = storage::counts::by_day(conn, tally, under, days).await?;
        figures.push(Figure { days: Some(asked.days), ..number(fact, sum(&counted)) });
        columns.push((Heading::Of(column), counted));
    }
    let (invited, accepted) = (sum(&columns[0].1), sum(&columns[1].1));
    let mut course = course(desk, asked, columns);
    course.headings.push(Heading::Of(Column::Rate));
    for row in &mut course.rows {
        row.numbers.push(rate(row.numbers[1].unwrap_or_default(), row.numbers[0].unwrap_or_default()));
    }
    let mut parts = vec![course];
    let mut suggestions = Vec::new();
    if whole {
        figures.push(figure(Fact::Rate, Value::Percent(rate(accepted, invited))));
        // How long it took is counted of all invitations only.
        let waiting = match asked.by {
            None => storage::counts::one(conn, "invitations", "pending").await?,
            Some(by) => storage::counts::one(conn, waiting_by(by), &key).await?,
        };
        if chosen.is_none() {
            let took = storage::counts::between(conn, Tally::Took, (BUCKET, &buckets()), days).await?;
            figures.push(figure(Fact::Took, Value::Minutes(median(&took))));
        }
        figures.push(number(Fact::Waiting, waiting));
        for dimension in Dimension::ALL {
            let part = most_invited(conn, asked, *dimension).await?;
            if matches!(dimension, Dimension::Domain | Dimension::Group | Dimension::App) {
                suggestions.extend(part.rows.iter().map(|row| plain(&row.label).to_owned()));
            }
            parts.push(part);
        }
    }
    Ok(Built { figures, parts, filter: chosen, suggestions })
}

/// Accepted of invited. More may be accepted in a time than were invited in it: that is all of them.
fn rate(accepted: i64, invited: i64) -> Option<i64> {
    percent(accepted, invited).map(|rate| rate.min(100))
}

/// Finds what a filter means: ids as links have them; domains, names and addresses as people type them.
async fn which(conn: &mut Conn<'_>, asked: &Asked) -> Result<Which, AppError> {
    let Some(by) = asked.by else { return Ok(Which { dim: IN_ALL.0, key: IN_ALL.1.to_owned(), chosen: None }) };
    let (key, name, typed) = match by {
        Dimension::Domain => {
            let domain = key_of_input(&format!("@{}", asked.key)).domain().to_owned();
            (Some(domain.clone()), domain.clone(), domain)
        }
        Dimension::Group => place(conn, true, &asked.key).await?,
        Dimension::App => place(conn, false, &asked.key).await?,
        Dimension::Inviter => inviter(conn, &asked.key).await?,
    };
    Ok(match key {
        Some(key) => Which { dim: by.as_str(), key, chosen: Some(Chosen::Only { by, name, typed }) },
        // A key that nothing is counted under.
        None => Which { dim: by.as_str(), key: "?".to_owned(), chosen: Some(Chosen::Unknown) },
    })
}

type Found = (Option<String>, String, String);

async fn place(conn: &mut Conn<'_>, groups: bool, text: &str) -> Result<Found, AppError> {
    let unknown = (None, String::new(), text.to_owned());
    let id = match text.parse::<Uuid>() {
        Ok(id) => id,
        Err(_) => match storage::portal::named(conn, groups, text).await?.as_slice() {
            [only] => *only,
            _ => return Ok(unknown),
        },
    };
    let of = if groups { Names::Groups } else { Names::Apps };
    let Some((_, name)) = storage::reports::names(conn, of, &[id]).await?.pop() else { return Ok(unknown) };
    let alone = storage::portal::named(conn, groups, &name).await? == [id];
    Ok((Some(key_of(id)), name.clone(), if alone { name } else { id.to_string() }))
}

async fn inviter(conn: &mut Conn<'_>, text: &str) -> Result<Found, AppError> {
    let user = match text.parse::<Uuid>() {
        Ok(id) => storage::users::by_id(conn, UserId(id)).await?,
        Err(_) => storage::users::by_email(conn, &key_of_input(text)).await?,
    };
    Ok(match user {
        Some(user) => (Some(key_of(user.id.0)), user.name, user.email),
        None => (None, String::new(), text.to_owned()),
    })
}

/// What was most often invited, over all days, with how often that was accepted.
async fn most_invited(conn: &mut Conn<'_>, asked: &Asked, by: Dimension) -> Result<Part, AppError> {
    let dim = by.as_str();
    let invited = storage::counts::most_often(conn, Tally::Invited, dim, MOST).await?;
    let keys: Vec<String> = invited.iter().map(|(key, _)| key.clone()).collect();
    let accepted: HashMap<String, i64> =
        storage::counts::ever(conn, Tally::Accepted, (dim, &keys)).await?.into_iter().collect();
    let (of, names) = named_by(by);
    let named = named(conn, names, &keys).await?;
    let rows = invited.into_iter().map(|(key, n)| {
        let accepted = accepted.get(&key).copied().unwrap_or_default();
        let (name, id) = named.of(&key);
        let filter = id.as_deref().unwrap_or(&key);
        let path = asked.href(&paths::report(ReportName::Funnel), Some((by, filter)));
        Row {
            label: Label::Named(name),
            path: Some(path),
            numbers: vec![Some(n), Some(accepted), rate(accepted, n)],
            id,
        }
    });
    let headings = [Column::Invited, Column::Accepted, Column::Rate].map(Heading::Of).to_vec();
    Ok(Part { of, headings, rows: rows.collect(), shape: Shape::Bars })
}

/// What keys are called.
struct Called {
    by_id: bool,
    names: HashMap<Uuid, String>,
}

impl Called {
    /// The name of a key, and its id if it is one.
    fn of(&self, key: &str) -> (String, Option<String>) {
        match key.parse::<Uuid>() {
            Ok(id) if self.by_id => {
                (self.names.get(&id).cloned().unwrap_or_else(|| id.to_string()), Some(id.to_string()))
            }
            _ => (key.to_owned(), None),
        }
    }
}

async fn named(conn: &mut Conn<'_>, of: Option<Names>, keys: &[String]) -> Result<Called, AppError> {
    let ids: Vec<Uuid> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    let names = match of {
        Some(of) => storage::reports::names(conn, of, &ids).await?.into_iter().collect(),
        None => HashMap::new(),
    };
    Ok(Called { by_id: of.is_some(), names })
}

// What waits.

/// The keys of the days in each band of age, the youngest band first: each has the largest age that is in it.
fn spans(bands: &[(Band, i64)], today: i64, prefix: &str) -> Vec<[String; 2]> {
    // Days of five digits, as all are from 1997 to 2243: they sort as text. Day 0 stands for never.
    let key = |day: i64| format!("{prefix}{:05}", day.clamp(1, 99_999));
    let youngest = iter::once(i64::MIN).chain(bands.iter().map(|(_, most)| *most));
    let span = |((_, most), before): (&(Band, i64), i64)| {
        [key(today.saturating_sub(*most)), key(today.saturating_sub(before).saturating_sub(1))]
    };
    bands.iter().zip(youngest).map(span).collect()
}

/// What is counted of a kind by day, in bands of age.
async fn banded(
    conn: &mut Conn<'_>,
    what: &str,
    prefix: &str,
    bands: &[(Band, i64)],
    today: i64,
) -> Result<Vec<(Band, i64)>, AppError> {
    let sums = storage::counts::in_each(conn, what, &spans(bands, today, prefix)).await?;
    Ok(bands.iter().map(|(band, _)| *band).zip(sums).collect())
}

fn bands_part(of: Column, heading: Column, bands: Vec<(Band, i64)>) -> Part {
    let row = |(band, n)| Row { label: Label::Band(band), id: None, path: None, numbers: vec![Some(n)] };
    Part { of, headings: vec![Heading::Of(heading)], rows: bands.into_iter().map(row).collect(), shape: Shape::Bars }
}

/// What is counted of what waits, by a dimension.
fn waiting_by(by: Dimension) -> &'static str {
    match by {
        Dimension::Domain => "pending.domain",
        Dimension::Group => "pending.group",
        Dimension::App => "pending.app",
        Dimension::Inviter => "pending.inviter",
    }
}

/// Where most waits, by a dimension, with the way to the list.
async fn most_waiting(conn: &mut Conn<'_>, by: Dimension) -> Result<Part, AppError> {
    let found = storage::counts::most(conn, waiting_by(by), MOST).await?;
    let keys: Vec<String> = found.iter().map(|(key, _)| key.clone()).collect();
    let (of, names) = named_by(by);
    let named = named(conn, names, &keys).await?;
    let rows = found.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| {
        let (name, id) = named.of(&key);
        let path = match (by, &id) {
            (Dimension::Domain, _) => with_query(paths::ADMIN_INVITATIONS, &[("state", "pending"), ("q", &key)]),
            (Dimension::Inviter, Some(id)) => {
                with_query(paths::ADMIN_INVITATIONS, &[("state", "pending"), ("inviter", id)])
            }
            (_, id) => {
                Asked::default().href(&paths::report(ReportName::Funnel), Some((by, id.as_deref().unwrap_or(&key))))
            }
        };
        Row { label: Label::Named(name), path: Some(path), numbers: vec![Some(n)], id }
    });
    Ok(Part { of, headings: vec![Heading::Of(Column::Waiting)], rows: rows.collect(), shape: Shape::Bars })
}

/// The column of a dimension, and what its keys are ids of.
fn named_by(by: Dimension) -> (Column, Option<Names>) {
    match by {
        Dimension::Domain => (Column::Domain, None),
        Dimension::Group => (Column::Group, Some(Names::Groups)),
        Dimension::App => (Column::App, Some(Names::Apps)),
        Dimension::Inviter => (Column::Inviter, Some(Names::People)),
    }
}

async fn pending(conn: &mut Conn<'_>, desk: &Desk, whole: bool) -> Result<Built, AppError> {
    const BANDS: [(Band, i64); 5] =
        [(Band::Days7, 7), (Band::Days14, 14), (Band::Days30, 30), (Band::Days90, 90), (Band::DaysMore, i64::MAX)];
    let bands = banded(conn, "pending", "", &BANDS, desk.today).await?;
    let over = sum(&bands[3..]);
    let oldest: Option<i64> = storage::counts::first(conn, "pending").await?.and_then(|day| day.parse().ok());
    let mut figures = vec![
        Figure {
            path: Some(with_query(paths::ADMIN_INVITATIONS, &[("state", "pending")])),
            ..number(Fact::Waiting, sum(&bands))
        },
        number(Fact::Over30, over),
    ];
    figures.extend(oldest.map(|day| number(Fact::Oldest, (desk.today - day).max(0))));
    let mut parts = vec![bands_part(Column::Age, Column::Waiting, bands)];
    if whole {
        for dimension in Dimension::ALL {
            parts.extend(Some(most_waiting(conn, *dimension).await?).filter(|part| !part.rows.is_empty()));
        }
    }
    Ok(Built { figures, parts, ..Built::default() })
}

// Guests.

async fn guests(conn: &mut Conn<'_>, whole: bool) -> Result<Built, AppError> {
    let guests = super::counts(conn).await?.guests;
    let found = storage::counts::most(conn, "guests.domain", MOST).await?;
    let others = guests - found.iter().map(|(_, n)| n).sum::<i64>();
    let row = |label, path, id, n| Row { label, id, path, numbers: vec![Some(n)] };
    let mut rows: Vec<Row> = found
        .into_iter()
        .map(|(domain, n)| {
            let path = Some(with_query(paths::ADMIN_GUESTS, &[("domain", &domain)]));
            row(Label::Named(domain), path, None, n)
        })
        .collect();
    if others > 0 {
        rows.push(row(Label::Band(Band::Others), None, None, others));
    }
    let headings = || vec![Heading::Of(Column::Guests)];
    let mut parts = vec![Part { of: Column::Domain, headings: headings(), rows, shape: Shape::Bars }];
    let figures = vec![Figure { path: Some(paths::ADMIN_GUESTS.to_owned()), ..number(Fact::Guests, guests) }];
    if whole {
        let found = storage::counts::most(conn, "guests.sponsor", MOST).await?;
        let keys: Vec<String> = found.iter().map(|(key, _)| key.clone()).collect();
        let named = named(conn, Some(Names::People), &keys).await?;
        let rows = found.into_iter().map(|(key, n)| {
            let (name, id) = named.of(&key);
            let path = id.as_deref().map(|id| with_query(paths::ADMIN_GUESTS, &[("sponsor", id)]));
            row(Label::Named(name), path, id, n)
        });
        parts.push(Part { of: Column::Sponsor, headings: headings(), rows: rows.collect(), shape: Shape::Bars });
    }
    Ok(Built { figures, parts, ..Built::default() })
}

async fn inactive(conn: &mut Conn<'_>, desk: &Desk) -> Result<Built, AppError> {
    const BANDS: [(Band, i64); 5] = [
        (Band::Seen30, 30),
        (Band::Seen90, INACTIVE_DAYS),
        (Band::Seen180, 180),
        (Band::Seen365, 365),
        (Band::SeenMore, i64::MAX),
    ];
    let mut bands = banded(conn, "seen", "guest.active.", &BANDS, desk.today).await?;
    let never = storage::counts::one(conn, "seen", "guest.active.0").await?;
    let unseen = sum(&bands[2..]);
    bands.push((Band::Never, never));
    let invited = storage::counts::one(conn, "users", "guest.invited").await?;
    let figures = vec![
        Figure { path: Some(with_query(paths::ADMIN_GUESTS, &[("only", "inactive")])), ..number(Fact::Unseen, unseen) },
        Figure { path: Some(with_query(paths::ADMIN_GUESTS, &[("only", "never")])), ..number(Fact::Never, never) },
        Figure {
            path: Some(with_query(paths::ADMIN_GUESTS, &[("only", "invited")])),
            ..number(Fact::NotAccepted, invited)
        },
    ];
    Ok(Built { figures, parts: vec![bands_part(Column::Seen, Column::Guests, bands)], ..Built::default() })
}

// Sign-ins.

async fn sign_ins(conn: &mut Conn<'_>, desk: &Desk, asked: &Asked) -> Result<Built, AppError> {
    let days = desk.days(asked);
    let good = storage::counts::by_day(conn, Tally::SignIn, (RESULT, SUCCESS), days).await?;
    let mut columns = vec![(Heading::Of(Column::Succeeded), good)];
    for (reason, _) in storage::counts::most_often(conn, Tally::SignIn, RESULT, MOST).await? {
        if reason != SUCCESS {
            let counted = storage::counts::by_day(conn, Tally::SignIn, (RESULT, &reason), days).await?;
            columns.push((Heading::Failed(reason), counted));
        }
    }
    let good = sum(&columns[0].1);
    let failed: i64 = columns[1..].iter().map(|(_, counted)| sum(counted)).sum();
    let figures = [number(Fact::SignedIn, good), number(Fact::FailedSignIns, failed)];
    let figures = figures.map(|one| Figure { days: Some(asked.days), ..one }).to_vec();
    Ok(Built { figures, parts: vec![course(desk, asked, columns)], ..Built::default() })
}

// Licensing.

async fn licensing(conn: &mut Conn<'_>, desk: &Desk) -> Result<Built, AppError> {
    let DeskCounts { guests, members, members_invited, .. } = super::counts(conn).await?;
    // Who has yet to accept makes no room for guests.
    let members = members - members_invited;
    let ratio = i64::from(desk.organisation.guests_per_member);
    let allowed = members * ratio;
    let month = calendar::month_of(at(desk.today));
    let months: Vec<i64> = (month - MONTHS + 1..=month).collect();
    let first = |month: i64| calendar::month_begins(month);
    let days = (first(months[0]).day(), first(month).day());
    let active = [
        storage::counts::by_day(conn, Tally::Active, (TYPE, UserType::Guest.as_str()), days).await?,
        storage::counts::by_day(conn, Tally::Active, (TYPE, UserType::Member.as_str()), days).await?,
    ];
    let rows = months.iter().map(|month| {
        let begins = first(*month);
        let of =
            |counted: &[(i64, i64)]| Some(counted.iter().find(|(day, _)| *day == begins.day()).map_or(0, |(_, n)| *n));
        let label = Label::From { day: desk.calendar.iso_day(begins), words: desk.calendar.month(begins) };
        Row { label, id: None, path: None, numbers: vec![of(&active[0]), of(&active[1])] }
    });
    let headings = [Column::ActiveGuests, Column::ActiveMembers].map(Heading::Of).to_vec();
    let monthly = Part { of: Column::Month, headings, rows: rows.collect(), shape: Shape::Lines };
    let now = monthly.rows.last().and_then(|row| row.numbers[0]).unwrap_or_default();
    let room = bands_part(Column::What, Column::People, vec![(Band::Guests, guests), (Band::Allowed, allowed)]);
    let tenths = (members > 0).then(|| (guests * 20 / members + 1) / 2);
    let figures = vec![
        figure(Fact::PerMember, Value::Tenths(tenths)),
        number(Fact::Guests, guests),
        number(Fact::Members, members),
        number(Fact::Ratio, ratio),
        number(Fact::Allowed, allowed),
        figure(Fact::Used, Value::Percent(percent(guests, allowed))),
        number(Fact::ActiveGuests, now),
    ];
    Ok(Built { figures, parts: vec![monthly, room], ..Built::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        let day = |text: &str| calendar::parse_time(text).unwrap().day();
        assert_eq!(next_step(Step::Day, day("2026-12-31")), day("2027-01-01"));
        assert_eq!(next_step(Step::Week, day("2026-11-18")), day("2026-11-23"));
        assert_eq!(next_step(Step::Week, day("2026-11-23")), day("2026-11-30"));
        assert_eq!(next_step(Step::Month, day("2026-12-15")), day("2027-01-01"));
    }

    #[test]
    fn ages_fall_into_the_band_that_ends_with_them() {
        let bands = [(Band::Days7, 7), (Band::Days14, 14), (Band::DaysMore, i64::MAX)];
        let found = spans(&bands, 20_000, "seen.");
        assert_eq!(found[0], ["seen.19993", "seen.99999"], "what is of tomorrow is young");
        assert_eq!(found[1], ["seen.19986", "seen.19992"]);
        assert_eq!(found[2], ["seen.00001", "seen.19985"]);
    }

    #[test]
    fn nothing_in_a_file_is_a_formula() {
        let row = Row { label: Label::Named("=1+1".into()), id: None, path: None, numbers: vec![Some(2), None] };
        let headings = vec![Heading::Of(Column::Invited), Heading::Failed("@x".into())];
        let part = Part { of: Column::Group, headings, rows: vec![row], shape: Shape::Bars };
        assert_eq!(String::from_utf8(csv(&part).unwrap()).unwrap(), "group,invited,'@x\n'=1+1,2,\n");
        assert_eq!(jsonl(&part), "{\"group\":\"=1+1\",\"invited\":2,\"@x\":null}\n");
    }
}
