//! Reports as files.

use super::{AppState, FrameOf, pages};
use crate::{
    domain::{error::AppError, report::Asked},
    server_fns::Scope,
    services::portal::reports::{self, Format},
};
use axum::{
    Extension,
    extract::{Query, Request, State},
    http::{
        Uri,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

/// A table of a report, in the form that the path ends with.
pub async fn file(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    request: Request,
) -> Response {
    match read(&state, &scope, request.uri().clone()).await {
        Ok((file, media_type, bytes)) => {
            let headers = [
                (CONTENT_TYPE, media_type.to_owned()),
                (CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

async fn read(state: &AppState, scope: &Scope, uri: Uri) -> Result<(String, &'static str, Vec<u8>), AppError> {
    let actor = scope.actor.as_ref().ok_or(AppError::SignInRequired)?;
    let file = uri.path().rsplit('/').next().unwrap_or_default();
    let (name, ending) = file.rsplit_once('.').ok_or(AppError::NotFound)?;
    let report = name.parse().map_err(|_| AppError::NotFound)?;
    let (format, media_type) = match ending {
        "csv" => (Format::Csv, "text/csv; charset=utf-8"),
        _ => (Format::Jsonl, "application/jsonl; charset=utf-8"),
    };
    let query = Query::<HashMap<String, String>>::try_from_uri(&uri).map_err(|_| AppError::NotFound)?;
    let part = |name: &str| query.get(name).map(String::as_str);
    let asked = Asked::read(part("days"), part("per"), part("by"), part("key"));
    let table = part("table");
    let bytes = reports::export(&state.services, actor, report, asked, table, format).await?;
    let file = table.map_or_else(|| file.to_owned(), |table| format!("{name}-{table}.{ending}"));
    Ok((file, media_type, bytes))
}
