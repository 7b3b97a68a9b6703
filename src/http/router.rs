//! The routes and layers, as one list.

use super::{
    AppState,
    assets::{self, locate},
    brand, demo, files, guard, health, invitations, launch, limits, members, pages, scope, security, tending,
};
use crate::{
    app::App,
    config::Settings,
    domain::{form::FORM_MAX, paths, report::ReportName},
    services::Services,
    storage::sessions::Sessions,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, StatusCode},
    middleware::{from_fn, from_fn_with_state, map_request, map_response},
    routing::{any, get, post},
};
use leptos_axum::{AxumRouteListing, generate_route_list};
use std::{sync::OnceLock, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::CsrfLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

/// The longest time that an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// What the session's cookie is called: over TLS no other host can have set it.
pub(super) fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-vestibule" } else { "vestibule" }
}

/// Names a request in answers and logs.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Pages that a visitor may see. Every other page needs a sign-in, whatever is added later.
const PUBLIC_PAGES: [&str; 11] = [
    "/sign-in",
    "/sign-in/{token}",
    "/sign-out",
    "/redeem",
    "/redeem/{ticket}",
    "/redeem/{ticket}/decline",
    "/redeem/{ticket}/block",
    "/redeem/{ticket}/quiet",
    "/help",
    "/join/{id}",
    "/goodbye/{what}",
];

/// The pages' routes, found once: finding them while another request renders would hang it (leptos#4773).
fn page_routes() -> &'static [AxumRouteListing] {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(App))
}

/// Everything that is answered over HTTP.
pub fn router(services: Services) -> Router {
    let settings = services.settings.clone();
    let state = AppState { services: services.clone(), assets: locate() };
    let (public, private): (Vec<_>, Vec<_>) =
        page_routes().iter().partition(|page| PUBLIC_PAGES.contains(&page.path()));

    // For those who are signed in.
    let mut signed_in = Router::new()
        .route("/apps/{id}/open", get(launch::open))
        .route("/apps/{id}/icon", get(launch::icon).post(tending::set_icon))
        .route("/apps/{id}/people.csv", get(tending::people_of_app))
        .route("/groups/{id}/people.csv", get(tending::people_of_group))
        .route(paths::INVITE_PREVIEW, post(invitations::preview))
        .route(paths::ADMIN_INVITE_PREVIEW, post(invitations::portal_preview).fallback(pages::not_found))
        .route("/admin/guests.csv", get(files::people))
        .route("/admin/guests.jsonl", get(files::people))
        .route("/admin/members.csv", get(files::people))
        .route("/admin/members.jsonl", get(files::people))
        .route("/admin/invitations.csv", get(files::invitations))
        .route("/admin/invitations.jsonl", get(files::invitations))
        .route("/admin/groups.csv", get(files::places))
        .route("/admin/groups.jsonl", get(files::places))
        .route("/admin/apps.csv", get(files::places))
        .route("/admin/apps.jsonl", get(files::places))
        .route("/admin/consents.csv", get(files::consents))
        .route("/admin/consents.jsonl", get(files::consents))
        .route("/admin/audit.csv", get(files::trail))
        .route("/admin/audit.jsonl", get(files::trail))
        .route("/admin/organisation/logo", post(brand::set_logo).fallback(pages::not_found))
        .route(paths::ADMIN_MEMBERS_FILE, post(members::add).fallback(pages::not_found))
        .route("/admin/", any(pages::not_found))
        .route("/admin/{*rest}", any(pages::not_found));
    for name in ReportName::ALL {
        signed_in = signed_in
            .route(&paths::report_file(*name, "csv"), get(files::report))
            .route(&paths::report_file(*name, "jsonl"), get(files::report));
    }
    for page in private {
        signed_in = signed_in.route(page.path(), get(pages::page));
    }
    let signed_in = signed_in.route_layer(from_fn(guard::require_sign_in));

    // For everybody.
    let mut open = Router::new();
    for page in public {
        open = open.route(page.path(), get(pages::page));
    }
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        open = open.route(path, post(pages::server_fn));
    }
    open = open.route("/brand/{file}", get(brand::file));
    open =
        open.route("/redeem/{ticket}/unsubscribe", get(invitations::unsubscribe_page).post(invitations::unsubscribe));
    if services.demo {
        open = open
            .route("/demo/mailbox", get(demo::mailbox))
            .route("/demo/mailbox.json", get(demo::mailbox_json))
            .route("/demo/mailbox/{id}", get(demo::mail))
            .route("/demo/mailbox/{id}/body", get(demo::mail_body))
            .route("/demo/apps/{slug}", get(demo::app))
            .route("/demo/persona", post(demo::persona));
    }

    // A cookie that any HTTP client can hold on loopback, and only ours over TLS.
    let store = Sessions::new(services.db.clone(), services.clock.clone(), services.rng.clone());
    let sessions = SessionManagerLayer::new(store)
        .with_name(cookie_name(&settings))
        .with_secure(settings.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd);

    let with_session = signed_in
        .merge(open)
        .fallback(pages::not_found)
        .layer(map_response(pages::server_fn_status))
        .layer(from_fn_with_state(state.clone(), scope::find))
        .layer(sessions)
        .layer(map_response(pages::sessions_not_saved))
        .layer(from_fn(security::refuse_nul))
        .layer(from_fn_with_state(state.clone(), limits::limit_posts))
        .layer(CsrfLayer::new());

    Router::new()
        .route("/assets/{version}/{file}", get(assets::asset))
        .merge(with_session)
        .layer(from_fn_with_state(settings.clone(), security::check_host))
        // Probes come by address, not by name.
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/health/client", get(health::client))
        .layer(from_fn_with_state(settings.clone(), security::headers))
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_MAX))
        .layer(CatchPanicLayer::custom(pages::panicked))
        .layer(from_fn_with_state(settings, scope::trace))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, scope::RequestIds(services)))
        .layer(map_request(scope::drop_foreign_id))
        .with_state(state)
}
