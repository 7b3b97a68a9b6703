//! What a request comes with: its id, its span in the log, who is signed in, what the frame shows.

use super::{
    AppState,
    limits::{ClientAddress, client_address},
    pages,
    router::{REQUEST_ID, cookie_name},
};
use crate::{
    config::Settings,
    domain::{
        actor::{Actor, Initiator, Origin},
        error::AppError,
        ids::{CorrelationId, UserId, stable_colour},
        language::Language,
        name::initials,
        organisation::Organisation,
        paths, policy,
        roles::Power,
        user::UserType,
        view::{Brand, Done, Frame, Who},
    },
    server_fns::{Scope, steering::DONE_KEY},
    services::{Services, organisation, people, portal},
    storage::sessions::{self, USER_KEY},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;
use tower_http::request_id::{MakeRequestId, RequestId};
use tower_sessions::{Session, cookie::Cookie, session::Id};
use tracing::Instrument;

/// Forgets the id that a client brings: nobody else chooses what we log a request under.
pub async fn drop_foreign_id(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID);
    request
}

/// Gives requests their ids.
#[derive(Clone)]
pub struct RequestIds(pub Services);

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _request: &axum::http::Request<B>) -> Option<RequestId> {
        let id = self.0.rng.uuid(&*self.0.clock).to_string();
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

/// Runs a request within a span, finds the client's address, and writes one line when it is answered. The span
/// has the route's pattern, never the path: paths carry secrets.
pub async fn trace(State(settings): State<Arc<Settings>>, mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    if let Some(address) = client_address(&request, &settings.trusted_proxies) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    let span = tracing::info_span!("request", id, %method, route);
    async move {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// Finds who is signed in and what the frame shows.
pub async fn find(State(state): State<AppState>, session: Session, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match scope(&state.services, session, &parts).await {
        Ok(scope) => {
            parts.extensions.insert(scope.frame.clone());
            parts.extensions.insert(scope);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => pages::bare(&error),
    }
}

async fn scope(services: &Services, session: Session, request: &Parts) -> Result<Scope, AppError> {
    let headers = &request.headers;
    let remembered: Option<UserId> = session.get(USER_KEY).await.map_err(|_| AppError::Unavailable)?;
    let before: Option<Language> = match remembered {
        Some(_) => None,
        None => session.get("language").await.map_err(|_| AppError::Unavailable)?,
    };
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let former = match named_session(headers, &services.settings)
        .filter(|_| request.method == Method::POST && session.id().is_none())
    {
        Some(id) => sessions::former_owner(conn, id).await?,
        None => None,
    };
    let organisation = organisation::load(conn).await?;
    let found = match remembered {
        Some(id) => people::actor(services, conn, id).await?,
        None => None,
    };
    let (actor, own_language) = found.unzip();
    let language = own_language.flatten().or(before).unwrap_or_else(|| accepted(headers, &organisation));
    let initiator = actor.as_ref().map_or(Initiator::Nobody, |actor: &Actor| Initiator::User {
        id: actor.id,
        name: actor.name.clone(),
        email: actor.email.clone(),
    });
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let correlation = text(REQUEST_ID).parse::<CorrelationId>().map_err(|_| AppError::Internal)?;
    let address = request.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    let origin = Origin { initiator, ip: address.map(|ip| ip.to_string()), correlation };
    let client = text(header::USER_AGENT).chars().take(256).collect();
    let here = request.uri.path_and_query().map_or("/", |here| here.as_str()).to_owned();
    let done: Option<Done> = match here.split_once("after=done") {
        Some((_, "")) => session.get(DONE_KEY).await.map_err(|_| AppError::Unavailable)?,
        _ => None,
    };
    let desk = match &actor {
        Some(actor) if here.starts_with(paths::ADMIN) && actor.may(Power::SeePeople) => {
            Some(portal::counts(conn).await?)
        }
        _ => None,
    };
    let frame = Frame {
        language,
        organisation: organisation.name.clone(),
        privacy_url: Some(organisation.privacy_url.clone()).filter(|url| !url.is_empty()),
        who: actor.as_ref().map(|actor| who(actor, &organisation)),
        brand: brand(&organisation),
        demo: services.demo,
        here,
        done,
        desk,
    };
    Ok(Scope {
        services: services.clone(),
        actor,
        organisation: Arc::new(organisation),
        frame,
        origin,
        client,
        session,
        address,
        former,
        begun: Arc::default(),
    })
}

/// The session that a browser names in its cookie, whether there is one or not.
fn named_session(headers: &HeaderMap, settings: &Settings) -> Option<Id> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    Cookie::split_parse(cookies)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == cookie_name(settings))
        .and_then(|cookie| cookie.value().parse().ok())
}

fn accepted(headers: &HeaderMap, organisation: &Organisation) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Language::from_accept_language)
        .unwrap_or(organisation.language)
}

fn brand(organisation: &Organisation) -> Brand {
    let path = |name: &str, version: i64| (version > 0).then(|| paths::brand(name, version));
    Brand {
        colours: Some(&organisation.colour)
            .filter(|colour| !colour.is_empty())
            .map(|colour| paths::brand_colours(colour)),
        logo: path("logo", organisation.logo),
        logo_dark: path("logo-dark", organisation.logo_dark),
    }
}

fn who(actor: &Actor, organisation: &Organisation) -> Who {
    Who {
        name: actor.name.clone(),
        initials: initials(&actor.name),
        colour: stable_colour(actor.id.0),
        guest: actor.user_type == UserType::Guest,
        powers: actor.powers(),
        sees_groups: organisation.shows_groups_to(actor.user_type),
        invites: policy::may_invite_to_directory(organisation, actor.user_type, &actor.roles),
    }
}
