//! What pages and forms ask of the server. Three lines each: the request's scope, a service, the answer.
//!
//! Forms are plain posts that end in a redirect to a fixed path, on errors too; what was typed and what was
//! wrong wait in the session. So everything works without script, and nothing needs a Referer.

#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod access;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod account;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod app_roles;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
#[expect(clippy::too_many_arguments, reason = "the fields of one form")]
pub mod invite;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod my_apps;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod organisation;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
#[expect(clippy::too_many_arguments, reason = "the fields of one form")]
pub mod portal;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod redeem;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod reports;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod sign_in;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
pub mod steering;
#[expect(missing_docs, reason = "the macro makes structs of the arguments, which the functions document")]
#[expect(clippy::too_many_arguments, reason = "the fields of one form")]
pub mod tending;

use crate::domain::error::AppError;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

#[cfg(feature = "ssr")]
pub use scope::{Scope, see_other};

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What a client sent wrong is the client's fault. Only its kind is logged: the rest may be anybody's secret.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (kind, told) = match error {
            ServerFnErrorErr::Args(_) => ("arguments", Self::Malformed),
            ServerFnErrorErr::MissingArg(_) => ("missing argument", Self::Malformed),
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => ("body", Self::Malformed),
            ServerFnErrorErr::UnsupportedRequestMethod(_) => ("method", Self::Malformed),
            ServerFnErrorErr::Registration(_) => ("registration", Self::Internal),
            ServerFnErrorErr::Request(_) => ("request", Self::Internal),
            ServerFnErrorErr::Response(_) => ("response", Self::Internal),
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Serialization(_) => ("answer", Self::Internal),
            ServerFnErrorErr::ServerError(_) => ("server", Self::Internal),
            ServerFnErrorErr::MiddlewareError(_) => ("middleware", Self::Internal),
        };
        match told {
            Self::Malformed => tracing::debug!(kind, "a malformed call"),
            _ => tracing::warn!(kind, "a server function could not be called"),
        }
        told
    }
}

#[cfg(feature = "ssr")]
mod scope {
    use crate::{
        domain::{
            actor::{Actor, Origin},
            error::AppError,
            form::{FormState, KEPT_MAX, STRANGERS_MAX},
            ids::UserId,
            organisation::Organisation,
            view::Frame,
        },
        services::{self, Services},
        storage::sessions::{CLIENT_KEY, USER_KEY, id_hash},
    };
    use axum::http::{HeaderValue, StatusCode, header::LOCATION, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use serde::{Serialize, de::DeserializeOwned};
    use std::{
        net::IpAddr,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };
    use tower_sessions::Session;

    /// Key in a session's data: the outcome of the last form.
    const FORM_KEY: &str = "form";
    /// Key in a session's data: the language chosen before anybody signed in.
    pub const LANGUAGE_KEY: &str = "language";

    /// What a request comes with: found once by the HTTP layers, handed to every page and server function.
    #[derive(Clone)]
    pub struct Scope {
        /// The use cases.
        pub services: Services,
        /// Who is signed in.
        pub actor: Option<Actor>,
        /// The organisation's settings, as they were when the request came.
        pub organisation: Arc<Organisation>,
        /// What the page's frame shows.
        pub frame: Frame,
        /// Where a change comes from.
        pub origin: Origin,
        /// The browser, as it says.
        pub client: String,
        /// The browser's session.
        pub session: Session,
        /// Where the request comes from.
        pub address: Option<IpAddr>,
        /// Whose session it was that this browser still names, and that ended by itself.
        pub former: Option<UserId>,
        /// Whether the session that begins with this request has been counted.
        pub begun: Arc<AtomicBool>,
    }

    impl Scope {
        /// The scope of the request that is being answered.
        ///
        /// # Errors
        /// `Internal` outside a request.
        pub fn current() -> Result<Self, AppError> {
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<Self>().cloned()).ok_or(AppError::Internal)
        }

        /// The scope with who is signed in.
        ///
        /// # Errors
        /// `SignInRequired`.
        pub fn signed_in() -> Result<(Self, Actor), AppError> {
            let scope = Self::current()?;
            let actor = scope.actor.clone().ok_or(AppError::SignInRequired)?;
            Ok((scope, actor))
        }

        /// A value of the session.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be read.
        pub async fn remembered<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, AppError> {
            self.session.get(key).await.map_err(|_| AppError::Unavailable)
        }

        /// Keeps a value in the session.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be written; `TooMany` if it would be one session too many for a stranger's
        /// network.
        pub async fn remember<T: Serialize>(&self, key: &str, value: T) -> Result<(), AppError> {
            self.may_begin()?;
            self.session.insert(key, value).await.map_err(|_| AppError::Unavailable)
        }

        /// Counts a session that begins with this request: once, and before anything else is done for it.
        ///
        /// # Errors
        /// `TooMany` if it is one session too many for a stranger's network.
        pub fn may_begin(&self) -> Result<(), AppError> {
            let begins = self.session.id().is_none() && !self.begun.load(Ordering::Relaxed);
            if let Some(address) = self.address.filter(|_| begins)
                && !self.services.limits.may_begin_session(address)
            {
                return Err(AppError::TooMany);
            }
            self.begun.store(true, Ordering::Relaxed);
            Ok(())
        }

        /// Hash of the session's id, to tell the current session from others.
        pub fn session_hash(&self) -> Vec<u8> {
            self.session.id().map(id_hash).unwrap_or_default()
        }

        /// Signs somebody in: a new session id, and nothing of the pre-session but the language. What the person was
        /// writing when an earlier session ended comes back.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be written.
        pub async fn sign_in(&self, user: UserId) -> Result<(), AppError> {
            self.fresh().await?;
            if let Some(draft) = services::kept_forms::take(&self.services, user).await? {
                self.remember(FORM_KEY, draft).await?;
            }
            self.remember(USER_KEY, user).await?;
            self.remember(CLIENT_KEY, &self.client).await
        }

        /// A new session id, with nothing of the session before but the language.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be written.
        pub async fn fresh(&self) -> Result<(), AppError> {
            self.may_begin()?;
            let language: Option<crate::domain::language::Language> = self.remembered(LANGUAGE_KEY).await?;
            self.session.clear().await;
            self.session.cycle_id().await.map_err(|_| AppError::Unavailable)?;
            match language {
                Some(language) => self.remember(LANGUAGE_KEY, language).await,
                None => Ok(()),
            }
        }

        /// The outcome of the last post of a form, if it was this one.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be read.
        pub async fn form(&self, name: &str) -> Result<Option<FormState>, AppError> {
            Ok(self.remembered::<FormState>(FORM_KEY).await?.filter(|form| form.form == name))
        }

        /// Keeps the outcome of a form for the page that follows: of strangers, not more than a little.
        ///
        /// # Errors
        /// `Unavailable` if sessions cannot be written.
        pub async fn keep_form(
            &self,
            name: &str,
            error: Option<AppError>,
            values: &[(&str, &str)],
        ) -> Result<(), AppError> {
            let most = if self.actor.is_some() { KEPT_MAX } else { STRANGERS_MAX };
            self.remember(FORM_KEY, FormState::new(name, error, values).cut(most)).await
        }

        /// Keeps what somebody typed whose session ended meanwhile, for them to find when they have signed in again. Of
        /// strangers nothing is kept.
        ///
        /// # Errors
        /// `Unavailable` if it cannot be written.
        pub async fn keep_for_former(&self, name: &str, values: &[(&str, &str)]) -> Result<(), AppError> {
            match self.former {
                Some(user) => {
                    services::kept_forms::keep(&self.services, user, FormState::new(name, None, values)).await
                }
                None => Ok(()),
            }
        }

        /// A part of the query string of the page that is asked for.
        pub fn query(name: &str) -> Option<String> {
            let parts = use_context::<Parts>()?;
            let query = parts.uri.query()?;
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        }
    }

    /// Answers a form with 303 to a path of ours, whatever the client accepts.
    pub fn see_other(path: &str) {
        if let Some(response) = use_context::<ResponseOptions>()
            && let Ok(location) = HeaderValue::from_str(path)
        {
            response.insert_header(LOCATION, location);
            response.set_status(StatusCode::SEE_OTHER);
        }
    }
}
