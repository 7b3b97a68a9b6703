//! Sends those who are not signed in to do so, and back afterwards.

use crate::{domain::paths, server_fns::Scope};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Answers 303 to the sign-in page, unless somebody is signed in.
pub async fn require_sign_in(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Scope>().is_some_and(|scope| scope.actor.is_some());
    if signed_in {
        return next.run(request).await;
    }
    let wanted = request.uri().path_and_query().map_or(paths::HOME, |wanted| wanted.as_str());
    Redirect::to(&paths::sign_in_then(wanted)).into_response()
}
