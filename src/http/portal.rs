//! Files of the portal: its lists and the trail, read a page at a time as they are sent.

use super::{AppState, FrameOf, pages};
use crate::{
    domain::{error::AppError, view::TrailFilter},
    server_fns::{
        Scope,
        portal::{people_filter, place_filter, trail_filter},
    },
    services::{
        calendar::rfc3339,
        csv::CsvWriter,
        portal::{people, places, trail},
    },
};
use axum::{
    Extension,
    body::Body,
    extract::{Query, Request, State},
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::json;
use std::{collections::HashMap, future::Future, io};

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Jsonl,
}

impl Format {
    fn of(request: &Request) -> Self {
        if request.uri().path().ends_with(".csv") { Self::Csv } else { Self::Jsonl }
    }
}

/// Rows of a file: cells in the order of the headings, and the same as a document.
struct Rows<Key> {
    cells: Vec<Vec<String>>,
    documents: Vec<serde_json::Value>,
    /// Behind what the next page begins; none at the end.
    next: Option<Key>,
}

type Asked = Query<HashMap<String, String>>;

fn text(query: &HashMap<String, String>, name: &str) -> String {
    query.get(name).cloned().unwrap_or_default()
}

fn lines(
    format: Format,
    headings: &[&str],
    rows: &[Vec<String>],
    documents: &[serde_json::Value],
) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        Format::Csv => {
            let mut writer = match headings {
                [] => CsvWriter::more(&mut out),
                headings => CsvWriter::new(&mut out, headings)?,
            };
            for row in rows {
                writer.row(row.clone())?;
            }
            writer.flush()?;
        }
        Format::Jsonl => {
            for document in documents {
                serde_json::to_writer(&mut out, document)?;
                out.push(b'\n');
            }
        }
    }
    Ok(out)
}

/// Sends a file page by page. What is refused at the first page is a page of its own; a later fault breaks the
/// download off, so that half a file is never taken for a whole one.
async fn send<Key, Read, Reading>(
    name: &'static str,
    format: Format,
    headings: &'static [&'static str],
    read: Read,
) -> Result<Response, AppError>
where
    Key: Send + 'static,
    Read: Fn(Option<Key>) -> Reading + Send + 'static,
    Reading: Future<Output = Result<Rows<Key>, AppError>> + Send + 'static,
{
    let first = read(None).await?;
    let rest = stream::try_unfold((Some(first), read, true), move |(page, read, is_first)| async move {
        let Some(page) = page else { return Ok::<_, io::Error>(None) };
        let headings = if is_first { headings } else { &[] };
        let bytes = lines(format, headings, &page.cells, &page.documents)?;
        let next = match page.next {
            Some(key) => Some(read(Some(key)).await.map_err(|error| io::Error::other(error.to_string()))?),
            None => None,
        };
        Ok(Some((bytes, (next, read, false))))
    });
    let (media, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Jsonl => ("application/x-ndjson", "jsonl"),
    };
    let headers = [
        (CONTENT_TYPE, media.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(rest)).into_response())
}

async fn answered(
    sent: Result<Response, AppError>,
    state: AppState,
    frame: crate::domain::view::Frame,
    request: Request,
) -> Response {
    match sent {
        Ok(response) => response,
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

/// Guests or members, as the list's address asks for them.
pub async fn people(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    Query(query): Asked,
    request: Request,
) -> Response {
    let members = request.uri().path().contains("/members.");
    let filter = people_filter(members, |name| text(&query, name));
    let format = Format::of(&request);
    let headings = &[
        "id",
        "name",
        "email",
        "userType",
        "standing",
        "company",
        "sponsor",
        "groups",
        "apps",
        "accessUntil",
        "lastSignIn",
        "createdAt",
    ];
    let services = state.services.clone();
    let read = move |after| {
        let (services, actor, filter) = (services.clone(), scope.actor.clone(), filter.clone());
        async move {
            let actor = actor.ok_or(AppError::NotFound)?;
            let rows = people::export_page(&services, &actor, &filter, after).await?;
            let time = |at: Option<crate::domain::time::Timestamp>| at.map(rfc3339);
            Ok(Rows {
                next: rows.last().map(|row| row.id),
                cells: rows
                    .iter()
                    .map(|row| {
                        vec![
                            row.id.to_string(),
                            row.name.clone(),
                            row.email.clone(),
                            row.user_type.as_str().to_owned(),
                            row.standing.as_str().to_owned(),
                            row.company.clone(),
                            row.sponsor.clone().unwrap_or_default(),
                            row.groups.to_string(),
                            row.apps.to_string(),
                            time(row.until).unwrap_or_default(),
                            time(row.last_sign_in_at).unwrap_or_default(),
                            rfc3339(row.created_at),
                        ]
                    })
                    .collect(),
                documents: rows
                    .iter()
                    .map(|row| {
                        json!({
                            "id": row.id, "name": row.name, "email": row.email, "userType": row.user_type,
                            "standing": row.standing, "company": row.company, "sponsor": row.sponsor,
                            "groups": row.groups, "apps": row.apps, "accessUntil": time(row.until),
                            "lastSignIn": time(row.last_sign_in_at), "createdAt": rfc3339(row.created_at),
                        })
                    })
                    .collect(),
            })
        }
    };
    let sent = send(if members { "members" } else { "guests" }, format, headings, read).await;
    answered(sent, state, frame, request).await
}

/// All groups or all apps, as the list's address asks for them.
pub async fn places(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    Query(query): Asked,
    request: Request,
) -> Response {
    let apps = request.uri().path().contains("/apps.");
    let filter = place_filter(apps, |name| text(&query, name));
    let format = Format::of(&request);
    let headings = &["id", "name", "description", "owner", "guestsAllowed", "createdAt", "deletedAt"];
    let services = state.services.clone();
    let read = move |after| {
        let (services, actor, filter) = (services.clone(), scope.actor.clone(), filter.clone());
        async move {
            let actor = actor.ok_or(AppError::NotFound)?;
            let rows = places::export_page(&services, &actor, &filter, after).await?;
            Ok(Rows {
                next: rows.last().map(|row| row.id),
                cells: rows
                    .iter()
                    .map(|row| {
                        vec![
                            row.id.to_string(),
                            row.name.clone(),
                            row.note.clone(),
                            row.owner.clone().unwrap_or_default(),
                            row.guests_allowed.to_string(),
                            rfc3339(row.created_at),
                            row.deleted_at.map(rfc3339).unwrap_or_default(),
                        ]
                    })
                    .collect(),
                documents: rows
                    .iter()
                    .map(|row| {
                        json!({
                            "id": row.id, "name": row.name, "description": row.note, "owner": row.owner,
                            "guestsAllowed": row.guests_allowed, "createdAt": rfc3339(row.created_at),
                            "deletedAt": row.deleted_at.map(rfc3339),
                        })
                    })
                    .collect(),
            })
        }
    };
    let sent = send(if apps { "apps" } else { "groups" }, format, headings, read).await;
    answered(sent, state, frame, request).await
}

/// The trail, as its address asks for it. The whole of it as JSONL can be verified without the database.
pub async fn trail(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    Query(query): Asked,
    request: Request,
) -> Response {
    let filter: TrailFilter = trail_filter(|name| text(&query, name));
    let format = Format::of(&request);
    let headings = &["seq", "time", "activity", "result", "reason", "initiator", "targets", "correlationId"];
    let services = state.services.clone();
    let read = move |after: Option<i64>| {
        let (services, actor, filter) = (services.clone(), scope.actor.clone(), filter.clone());
        async move {
            let actor = actor.ok_or(AppError::NotFound)?;
            let rows = trail::export_page(&services, &actor, &filter, after.unwrap_or(0)).await?;
            let documents: Vec<_> = rows.iter().map(|record| record.to_json(&rfc3339(record.entry.at))).collect();
            Ok(Rows {
                next: rows.last().map(|record| record.entry.seq),
                cells: rows.iter().zip(&documents).map(|(record, document)| trail::cells(record, document)).collect(),
                documents,
            })
        }
    };
    let sent = send("trail", format, headings, read).await;
    answered(sent, state, frame, request).await
}
