//! What the mail server can do: asked now and then, remembered in between, so that no preview waits for it. Nothing here
//! holds a database connection.

use crate::{
    domain::time::{MINUTE, Timestamp},
    mail::transport,
};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;
use url::Url;

/// How long an answer is believed.
const BELIEVED: i64 = 10 * MINUTE;
/// How long a server that could not be asked is left alone.
const LEFT_ALONE: i64 = MINUTE;

/// The mail server's abilities, as far as they are known.
#[derive(Clone)]
pub struct MailServer(Arc<Known>);

struct Known {
    url: Option<Url>,
    /// Whether it takes letters beyond ASCII before the `@`, if it could be asked; and when it was asked.
    takes_utf8: RwLock<Option<(Option<bool>, Timestamp)>>,
    asking: Mutex<()>,
}

impl MailServer {
    /// The server at this address, of which nothing is known yet.
    pub fn new(url: Option<Url>) -> Self {
        Self(Arc::new(Known { url, takes_utf8: RwLock::new(None), asking: Mutex::new(()) }))
    }

    /// Whether it is known to refuse letters beyond ASCII before the `@`. Asks nobody.
    pub fn refuses_utf8(&self, now: Timestamp) -> bool {
        self.fresh(now) == Some(Some(false))
    }

    /// Asks it, unless that was done lately. Those who ask at once wait for one answer.
    pub async fn ask(&self, now: Timestamp) {
        let Some(url) = &self.0.url else { return };
        let _one = self.0.asking.lock().await;
        if self.fresh(now).is_none() {
            let answer = transport::takes_utf8(url).await;
            *self.0.takes_utf8.write().unwrap_or_else(PoisonError::into_inner) = Some((answer, now));
        }
    }

    fn fresh(&self, now: Timestamp) -> Option<Option<bool>> {
        let known = *self.0.takes_utf8.read().unwrap_or_else(PoisonError::into_inner);
        let lasts = |answer: Option<bool>| if answer.is_some() { BELIEVED } else { LEFT_ALONE };
        known.filter(|(answer, at)| at.plus(lasts(*answer)) > now).map(|(answer, _)| answer)
    }
}
