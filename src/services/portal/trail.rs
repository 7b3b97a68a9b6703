//! The trail as people read it: filtered, followed, exported. Its chain is kept in `services::audit`.

use super::allow;
use crate::{
    domain::{
        actor::Actor,
        audit::{Outcome, Record, Texts},
        error::AppError,
        ids::CorrelationId,
        language::Language,
        roles::Power,
        view::{TrailFilter, TrailLine, TrailList},
    },
    services::{Services, calendar::Calendar, organisation},
    storage::{self, audit::Asked},
};
use serde_json::Value;

/// Events on one page.
const PAGE: usize = 50;

/// What is asked for, in the terms of the database. `None` if nothing can fit.
fn asked(filter: &TrailFilter, calendar: &Calendar) -> Option<Asked> {
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
    Some(Asked { about: text(&filter.about), activity: text(&filter.activity), from, to, correlation })
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
    let mut rows = match asked(&filter, &calendar) {
        Some(asked) => storage::audit::newest(conn, &asked, before.unwrap_or(i64::MAX), limit).await?,
        None => Vec::new(),
    };
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].entry.seq);
    rows.truncate(PAGE);
    let activities = storage::audit::activities(conn).await?;
    let (head, _) = storage::audit::head(conn).await?;
    let lines = rows.iter().map(|record| line(record, &calendar)).collect();
    Ok(TrailList { about: None, filter, lines, more, activities, total: head })
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
    let Some(asked) = asked(filter, &calendar) else { return Ok(Vec::new()) };
    Ok(storage::audit::oldest(conn, &asked, after, EXPORT_PAGE).await?)
}

/// Events read at a time for an export.
const EXPORT_PAGE: i64 = 500;

/// What of an exported event stands under a heading of a spreadsheet.
pub fn cell(document: &Value, heading: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match heading {
        "seq" => document["seq"].to_string(),
        "time" => text(&document["activityDateTime"]),
        "activity" => text(&document["activityDisplayName"]),
        "reason" => text(&document["resultReason"]),
        "initiator" => {
            let email = document["initiatedBy"]["user"]["userPrincipalName"].as_str();
            email
                .filter(|email| !email.is_empty())
                .map_or_else(|| text(&document["chain"]["entry"]["initiatorId"]), str::to_owned)
        }
        "targets" => {
            let targets = document["targetResources"].as_array().map(Vec::as_slice).unwrap_or_default();
            let names = targets.iter().filter_map(|target| target["displayName"].as_str());
            names.collect::<Vec<_>>().join("; ")
        }
        same => text(&document[same]),
    }
}
