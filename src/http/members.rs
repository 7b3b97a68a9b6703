//! Taking members from a file.

use super::{pages, uploads};
use crate::{
    domain::{
        error::{AppError, Field, Rule},
        paths,
        view::Done,
    },
    server_fns::{
        Scope,
        portal::people::add_listed,
        steering::{DONE, DONE_KEY},
    },
};
use axum::{
    Extension,
    extract::Multipart,
    response::{IntoResponse, Redirect, Response},
};

/// The largest file that is taken, in bytes.
const MAX: usize = 128 * 1024;

/// Adds the members that a CSV file lists (field `file`), and says what came of it on the page that follows.
pub async fn add(Extension(scope): Extension<Scope>, form: Multipart) -> Response {
    let Some(actor) = &scope.actor else { return pages::bare(&AppError::NotFound) };
    let text = uploads::read(form, "file", MAX, Field::File)
        .await
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| AppError::invalid(Field::File, Rule::Malformed)));
    let page = match text {
        Ok(text) => add_listed(&scope, actor, &text, &[("list", &text)]).await,
        Err(error) => {
            let done = Done::refused(scope.texts().sentence(&error));
            let kept = scope.remember(DONE_KEY, done).await;
            kept.map(|()| paths::after(paths::ADMIN_ADD_MEMBERS, DONE))
        }
    };
    match page {
        Ok(page) => Redirect::to(&page).into_response(),
        Err(error) => pages::bare(&error),
    }
}
