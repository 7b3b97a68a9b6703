//! The trail as people read it: filtered, followed, exported. Its chain is kept in `services::audit`.

use super::allow;
use crate::{
    domain::{
        actor::Actor,
        audit::{Activity, Outcome, Record, Texts},
        error::AppError,
        ids::{AppId, CorrelationId, GroupId, UserId},
        invitation::Target,
        language::Language,
        roles::Power,
        view::{SignInLine, TrailFilter, TrailLine, TrailList},
    },
    identity::key_of_input,
    services::{Services, calendar::Calendar, organisation},
    storage::{self, audit::Asked},
};
use serde_json::Value;
use uuid::Uuid;

/// Events on one page.
const PAGE: usize = 50;

/// What is asked for, in the terms of the database. `None` if nothing can fit.
fn asked(filter: &TrailFilter, about: Option<&str>, calendar: &Calendar) -> Option<Asked> {
    if about == Some("") {
        return None;
    }
    let from = match filter.from.as_str() {
        "" => None,
        // The day before ends where this one begins.
        day => Some(calendar.start_of(day)?),
    };
    let to = match filter.to.as_str() {
        "" => None,
        day => Some(calendar.end_of(day)?),
    };
    let correlation = match filter.correlation.as_str() {
        "" => None,
        id => Some(id.parse::<CorrelationId>().ok()?),
    };
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Some(Asked { about: about.map(str::to_owned), activity: text(&filter.activity), from, to, correlation })
}

/// A page of the trail, the newest first.
///
/// # Errors
/// `NotFound` for those who may not read it.
pub async fn list(
    services: &Services,
    actor: &Actor,
    language: Language,
    filter: TrailFilter,
    before: Option<i64>,
) -> Result<TrailList, AppError> {
    allow(actor, Power::SeeTrail)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let (id, about) = meant_by(conn, &filter).await?.unzip();
    let mut rows = match asked(&filter, id.as_deref(), &calendar) {
        Some(asked) => storage::audit::newest(conn, &asked, before.unwrap_or(i64::MAX), limit).await?,
        None => Vec::new(),
    };
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].entry.seq);
    rows.truncate(PAGE);
    let activities = storage::audit::activities(conn).await?;
    let (head, _) = storage::audit::head(conn).await?;
    let lines = rows.iter().map(|record| line(record, &calendar)).collect();
    let unknown = id.is_some_and(|id| id.is_empty());
    Ok(TrailList { about: about.unwrap_or_default(), unknown, filter, lines, more, activities, total: head })
}

async fn meant_by(conn: &mut storage::Conn<'_>, filter: &TrailFilter) -> Result<Option<(String, String)>, AppError> {
    match filter.about.trim() {
        "" => Ok(None),
        text => Ok(Some(meant(conn, text).await?)),
    }
}

/// The newest events about somebody or something.
pub(super) async fn about(
    conn: &mut storage::Conn<'_>,
    calendar: &Calendar,
    id: &str,
    limit: i64,
) -> Result<Vec<TrailLine>, AppError> {
    let asked = Asked { about: Some(id.to_owned()), ..Asked::default() };
    let rows = storage::audit::newest(conn, &asked, i64::MAX, limit).await?;
    Ok(rows.iter().map(|record| line(record, calendar)).collect())
}

/// The newest attempts of somebody to sign in.
pub(super) async fn sign_ins(
    conn: &mut storage::Conn<'_>,
    calendar: &Calendar,
    id: UserId,
    limit: i64,
) -> Result<Vec<SignInLine>, AppError> {
    let activity = Some(Activity::SIGN_IN.name.to_owned());
    let asked = Asked { about: Some(id.to_string()), activity, ..Asked::default() };
    let rows = storage::audit::newest(conn, &asked, i64::MAX, limit).await?;
    let lines = rows.iter().map(|record| {
        let TrailLine { at, good, details, .. } = line(record, calendar);
        let method = details.into_iter().find(|[key, _]| key == "method").map(|[_, how]| how);
        SignInLine { at, good, method: method.unwrap_or_default() }
    });
    Ok(lines.collect())
}

/// Whom or what somebody means, by an id, an address, or the exact name of a group or app: the id as the trail has it,
/// and how it is called. The first is empty where nobody is called so.
async fn meant(conn: &mut storage::Conn<'_>, text: &str) -> Result<(String, String), AppError> {
    if let Ok(id) = text.parse::<Uuid>() {
        if let Some(user) = storage::users::by_id(conn, UserId(id)).await? {
            let called = if user.email.is_empty() { text } else { &user.email };
            return Ok((id.to_string(), called.to_owned()));
        }
        for target in [Target::Group(GroupId(id)), Target::App(AppId(id))] {
            if let Some(place) = storage::invitations::place(conn, target, UserId(Uuid::nil())).await? {
                return Ok((id.to_string(), place.name));
            }
        }
        return Ok((id.to_string(), text.to_owned()));
    }
    if let Some(user) = storage::users::by_email(conn, &key_of_input(text)).await? {
        return Ok((user.id.to_string(), user.email));
    }
    for groups in [true, false] {
        if let [id] = storage::portal::named(conn, groups, text).await?.as_slice() {
            return Ok((id.to_string(), text.to_owned()));
        }
    }
    Ok((String::new(), text.to_owned()))
}

fn line(record: &Record, calendar: &Calendar) -> TrailLine {
    let entry = &record.entry;
    let texts: Texts = record.text.as_ref().and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
    let by = match entry.initiator_kind.as_str() {
        "service" => entry.initiator_id.clone(),
        _ => texts.initiator_name,
    };
    let name = |i: usize| texts.target_names.get(i).cloned().unwrap_or_default();
    TrailLine {
        seq: entry.seq,
        at: calendar.moment(entry.at),
        activity: entry.activity.clone(),
        good: entry.result == Outcome::Success,
        reason: entry.result_reason.clone(),
        by,
        by_id: entry.initiator_id.parse().ok(),
        ip: texts.ip,
        targets: entry
            .targets
            .iter()
            .enumerate()
            .map(|(i, target)| (target.kind.clone(), target.id.clone(), name(i)))
            .collect(),
        changes: texts.changes,
        details: texts.details,
        correlation: entry.correlation_id.to_string(),
        erased: record.text.is_none(),
    }
}

/// The next events of an export, in their order, behind those already read. Unfiltered they are the chain, which can be
/// verified without the database.
///
/// # Errors
/// `NotFound` for those who may not read it.
pub async fn export_page(
    services: &Services,
    actor: &Actor,
    filter: &TrailFilter,
    after: i64,
) -> Result<Vec<Record>, AppError> {
    allow(actor, Power::SeeTrail)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    if filter.is_whole() {
        return Ok(storage::audit::page(conn, after, EXPORT_PAGE).await?);
    }
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let id = meant_by(conn, filter).await?.map(|(id, _)| id);
    let Some(asked) = asked(filter, id.as_deref(), &calendar) else { return Ok(Vec::new()) };
    Ok(storage::audit::oldest(conn, &asked, after, EXPORT_PAGE).await?)
}

/// Events read at a time for an export.
const EXPORT_PAGE: i64 = 500;

/// The headings of an export for spreadsheets.
pub const HEADINGS: [&str; 11] = [
    "seq",
    "activityDateTime",
    "activityDisplayName",
    "category",
    "result",
    "resultReason",
    "initiator",
    "ipAddress",
    "targets",
    "details",
    "correlationId",
];

/// What of an exported event stands under a heading of a spreadsheet.
pub fn cell(document: &Value, heading: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |name: &str, line: fn(&Value) -> String| {
        let items = document[name].as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(line).collect::<Vec<_>>().join("; ")
    };
    let by = &document["initiatedBy"];
    match heading {
        "seq" => document["seq"].to_string(),
        "initiator" => [text(&by["user"]["userPrincipalName"]), text(&by["app"]["displayName"])].concat(),
        "ipAddress" => text(&by["user"]["ipAddress"]),
        "targets" => list("targetResources", |target| {
            let name = target["userPrincipalName"].as_str().or(target["displayName"].as_str()).unwrap_or_default();
            format!("{} {name}", target["type"].as_str().unwrap_or_default())
        }),
        "details" => list("additionalDetails", |detail| {
            format!("{}={}", detail["key"].as_str().unwrap_or_default(), detail["value"].as_str().unwrap_or_default())
        }),
        same => text(&document[same]),
    }
}
