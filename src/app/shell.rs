//! The document around every page.

use super::islands::Liveliness;
use crate::domain::view::Frame;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

/// Where styles, browser code and pictures of this build are: a folder named after their contents.
#[derive(Debug, Clone)]
pub struct Assets(pub LeptosOptions);

impl Assets {
    /// The path of one file.
    pub fn path(&self, file: &str) -> String {
        format!("/{}/{file}", self.0.site_pkg_dir)
    }
}

/// The document around a body.
pub fn document<Body: IntoView>(frame: Frame, body: impl FnOnce() -> Body) -> impl IntoView {
    provide_meta_context();
    // Islands get what they need as props, so no resource's value is written into the page.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let assets = expect_context::<Assets>();
    let language = frame.language.as_str();
    let colours = frame.brand.colours.clone();
    provide_context(frame);
    view! {
        <!DOCTYPE html>
        <html lang=language>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=assets.path("vestibule.css")/>
                {colours.map(|path| view! { <link rel="stylesheet" href=path/> })}
                <link rel="icon" type="image/svg+xml" href=assets.path("icon.svg")/>
                <MetaTags/>
            </head>
            <body>{body()}</body>
        </html>
    }
}

/// The content security policy: nothing but our own styles, pictures and forms; scripts only with a nonce.
/// `form-action` is checked on redirects too (Chromium), so a page whose form may end elsewhere must say so.
pub fn content_security_policy(script_nonce: Option<&str>, forms_lead_elsewhere: bool) -> String {
    let scripts = match script_nonce {
        Some(nonce) => format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; connect-src 'self'; "),
        None => String::new(),
    };
    let forms = if forms_lead_elsewhere { "'self' https: http:" } else { "'self'" };
    format!(
        "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; \
         form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Replaces the policy of the page that is being answered.
pub(super) fn set_policy(policy: &str) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(policy) = axum::http::HeaderValue::from_str(policy)
    {
        response.insert_header(axum::http::header::CONTENT_SECURITY_POLICY, policy);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = policy;
}

/// Loads the browser code: for pages that have something to follow, and for no other.
#[component]
pub fn BrowserCode() -> impl IntoView {
    let Assets(options) = expect_context::<Assets>();
    if let Some(nonce) = leptos::nonce::use_nonce() {
        set_policy(&content_security_policy(Some(&nonce), false));
    }
    view! {
        <Liveliness/>
        <HydrationScripts options islands=true/>
    }
}
