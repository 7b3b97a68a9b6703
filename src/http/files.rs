//! Lists of the portal, the trail and reports as files. What may be long is read a page at a time as it is sent.

use super::{AppState, FrameOf, pages};
use crate::{
    domain::{
        actor::Actor,
        error::AppError,
        invitation::has_expired,
        report,
        view::{Frame, TrailFilter},
    },
    server_fns::{
        Scope,
        portal::{people::people_filter, places::place_filter, sent_filter, trail_filter},
    },
    services::{
        self, Services,
        calendar::rfc3339,
        csv::CsvWriter,
        export::Format,
        organisation,
        portal::{people, places, reports, trail},
        steering,
    },
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};
use std::{collections::HashMap, future::Future, io, sync::Arc};

/// A file to be kept, not shown.
pub(super) fn attachment(name: &str, format: Format, body: impl Into<Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, format.media_type().to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.ending())),
    ];
    (headers, body.into()).into_response()
}

/// What a file is called, and how its documents are rows.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub name: &'static str,
    pub headings: &'static [&'static str],
    /// What of a document stands under a heading.
    pub cell: fn(&Value, &str) -> String,
}

/// A page of a file.
pub(super) struct Page<Key> {
    pub documents: Vec<Value>,
    /// Behind what the next page begins; none at the end.
    pub next: Option<Key>,
}

/// The property that is named as the heading.
pub(super) fn cell(document: &Value, heading: &str) -> String {
    match &document[heading] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn lines(format: Format, table: Table, is_first: bool, documents: &[Value]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        Format::Csv => {
            let mut writer =
                if is_first { CsvWriter::new(&mut out, table.headings)? } else { CsvWriter::more(&mut out) };
            for document in documents {
                writer.row(table.headings.iter().map(|heading| (table.cell)(document, heading)))?;
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
pub(super) async fn send<Key, Read, Reading>(
    name: &str,
    table: Table,
    format: Format,
    read: Read,
) -> Result<Response, AppError>
where
    Key: Send + 'static,
    Read: Fn(Option<Key>) -> Reading + Send + 'static,
    Reading: Future<Output = Result<Page<Key>, AppError>> + Send + 'static,
{
    let first = read(None).await?;
    let rest = stream::try_unfold((Some(first), read, true), move |(page, read, is_first)| async move {
        let Some(page) = page else { return Ok::<_, io::Error>(None) };
        let bytes = lines(format, table, is_first, &page.documents)?;
        let next = match page.next {
            Some(key) => Some(read(Some(key)).await.map_err(|error| io::Error::other(error.to_string()))?),
            None => None,
        };
        Ok(Some((bytes, (next, read, false))))
    });
    Ok(attachment(name, format, Body::from_stream(rest)))
}

/// Who asks for which file.
pub(super) struct Asked {
    state: AppState,
    scope: Scope,
    frame: Frame,
    query: HashMap<String, String>,
    request: Request,
}

impl FromRequest<AppState> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        type Parts = (Extension<Scope>, FrameOf, Query<HashMap<String, String>>);
        let (mut parts, body) = request.into_parts();
        let (Extension(scope), Extension(frame), Query(query)) =
            Parts::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { state: state.clone(), scope, frame, query, request: Request::from_parts(parts, body) })
    }
}

impl Asked {
    fn path(&self) -> &str {
        self.request.uri().path()
    }

    fn text(&self, name: &str) -> String {
        self.query.get(name).cloned().unwrap_or_default()
    }

    /// Sends a list that `read` gives page by page.
    async fn send<Key, Read, Reading>(self, table: Table, read: Read) -> Response
    where
        Key: Send + 'static,
        Read: Fn(Services, Actor, Option<Key>) -> Reading + Send + Sync + 'static,
        Reading: Future<Output = Result<Page<Key>, AppError>> + Send + 'static,
    {
        let (services, actor) = (self.state.services.clone(), self.scope.actor.clone());
        let sent = match actor {
            Some(actor) => {
                let read = Arc::new(read);
                let read = move |after| {
                    let (services, read, id) = (services.clone(), read.clone(), actor.id);
                    async move {
                        // A long file goes on only as long as whoever asked for it may have it.
                        let actor = services::people::acting(&services, id).await?;
                        read(services, actor, after).await
                    }
                };
                send(table.name, table, Format::of_path(self.path()), read).await
            }
            None => Err(AppError::NotFound),
        };
        self.answer(sent).await
    }

    async fn answer(self, sent: Result<Response, AppError>) -> Response {
        match sent {
            Ok(response) => response,
            Err(error) => pages::wrong_turn(self.state.assets, self.frame, self.request, error).await,
        }
    }
}

/// Guests or members, as the list's address asks for them.
pub async fn people(asked: Asked) -> Response {
    let members = asked.path().contains("/members.");
    let filter = people_filter(members, |name| asked.text(name));
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
    let table = Table { name: if members { "members" } else { "guests" }, headings, cell };
    let read = move |services, actor, after| {
        let filter = filter.clone();
        async move {
            let rows = people::export_page(&services, &actor, &filter, after).await?;
            let next = rows.last().map(|row| row.id);
            let documents = rows.into_iter().map(|row| {
                json!({
                    "id": row.id, "name": row.name, "email": row.email, "userType": row.user_type,
                    "standing": row.standing, "company": row.company, "sponsor": row.sponsor,
                    "groups": row.groups, "apps": row.apps, "accessUntil": row.until.map(rfc3339),
                    "lastSignIn": row.last_sign_in_at.map(rfc3339), "createdAt": rfc3339(row.created_at),
                })
            });
            Ok(Page { documents: documents.collect(), next })
        }
    };
    asked.send(table, read).await
}

/// All invitations, as the list's address asks for them.
pub async fn invitations(asked: Asked) -> Response {
    let filter = sent_filter(|name| asked.text(name));
    let headings =
        &["id", "name", "email", "targets", "state", "mail", "inviter", "createdAt", "changedAt", "linkUntil"];
    let cell = |document: &Value, heading: &str| match document[heading].as_array() {
        Some(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        None => cell(document, heading),
    };
    let table = Table { name: "invitations", headings, cell };
    let read = move |services: Services, actor, after| {
        let filter = filter.clone();
        async move {
            let now = services.now();
            let rows = steering::export_page(&services, &actor, &filter, after).await?;
            let next = rows.last().map(|(row, _)| row.invitation.id);
            let documents = rows.into_iter().map(|(row, targets)| {
                let sent = &row.invitation;
                let expired = has_expired(sent.state, sent.link_until, now);
                json!({
                    "id": sent.id, "name": row.guest_name, "email": row.email,
                    "targets": targets.iter().map(|target| &target.name).collect::<Vec<_>>(),
                    "state": if expired { "expired" } else { sent.state.as_str() }, "mail": row.mail_state,
                    "inviter": row.inviter_name, "createdAt": rfc3339(sent.created_at),
                    "changedAt": rfc3339(sent.changed_at), "linkUntil": rfc3339(sent.link_until),
                })
            });
            Ok(Page { documents: documents.collect(), next })
        }
    };
    asked.send(table, read).await
}

/// All groups or all apps, as the list's address asks for them.
pub async fn places(asked: Asked) -> Response {
    let apps = asked.path().contains("/apps.");
    let filter = place_filter(apps, |name| asked.text(name));
    let headings = &["id", "name", "description", "owner", "guestsAllowed", "createdAt", "deletedAt"];
    let table = Table { name: if apps { "apps" } else { "groups" }, headings, cell };
    let read = move |services, actor, after| {
        let filter = filter.clone();
        async move {
            let rows = places::export_page(&services, &actor, &filter, after).await?;
            let next = rows.last().map(|row| row.id);
            let documents = rows.into_iter().map(|row| {
                json!({
                    "id": row.id, "name": row.name, "description": row.note, "owner": row.owner,
                    "guestsAllowed": row.guests_allowed, "createdAt": rfc3339(row.created_at),
                    "deletedAt": row.deleted_at.map(rfc3339),
                })
            });
            Ok(Page { documents: documents.collect(), next })
        }
    };
    asked.send(table, read).await
}

/// Who agreed to which version of which statement, and when.
pub async fn consents(asked: Asked) -> Response {
    let headings = &["userId", "name", "email", "statement", "version", "url", "acceptedAt"];
    let table = Table { name: "consents", headings, cell };
    let read = |services: Services, actor, after| async move {
        let rows = organisation::consents_page(&services, &actor, after).await?;
        let next = rows.last().map(|row| (row.user_id, row.kind.clone(), row.version));
        let documents = rows.into_iter().map(|row| {
            json!({
                "userId": row.user_id, "name": row.name, "email": row.email, "statement": row.kind,
                "version": row.version, "url": row.url, "acceptedAt": rfc3339(row.at),
            })
        });
        Ok(Page { documents: documents.collect(), next })
    };
    asked.send(table, read).await
}

/// The trail, as its address asks for it. The whole of it as JSONL can be verified without the database.
pub async fn trail(asked: Asked) -> Response {
    let filter: TrailFilter = trail_filter(|name| asked.text(name));
    let table = Table { name: "trail", headings: &trail::HEADINGS, cell: trail::cell };
    let read = move |services, actor, after: Option<i64>| {
        let filter = filter.clone();
        async move {
            let rows = trail::export_page(&services, &actor, &filter, after.unwrap_or(0)).await?;
            let documents = rows.iter().map(|record| record.to_json(&rfc3339(record.entry.at))).collect();
            Ok(Page { documents, next: rows.last().map(|record| record.entry.seq) })
        }
    };
    asked.send(table, read).await
}

/// A table of a report.
pub async fn report(asked: Asked) -> Response {
    let part = |name: &str| asked.query.get(name).map(String::as_str);
    let wanted = report::Asked::read(part("days"), part("per"), part("by"), part("key"));
    let table = part("table").map(str::to_owned);
    let file = asked.path().rsplit('/').next().unwrap_or_default().to_owned();
    let (services, actor) = (asked.state.services.clone(), asked.scope.actor.clone());
    let sent = table_of_report(&services, actor, &file, wanted, table.as_deref()).await;
    asked.answer(sent).await
}

async fn table_of_report(
    services: &Services,
    actor: Option<Actor>,
    file: &str,
    wanted: report::Asked,
    table: Option<&str>,
) -> Result<Response, AppError> {
    let actor = actor.ok_or(AppError::NotFound)?;
    let (name, _) = file.rsplit_once('.').ok_or(AppError::NotFound)?;
    let of = name.parse().map_err(|_| AppError::NotFound)?;
    let format = Format::of_path(file);
    let bytes = reports::export(services, &actor, of, wanted, table, format).await?;
    let name = table.map_or_else(|| name.to_owned(), |table| format!("{name}-{table}"));
    Ok(attachment(&name, format, bytes))
}
