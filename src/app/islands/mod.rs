//! What needs the browser: one island, which listens to the page that the server has written. It has no words, no
//! dates and no markup of its own, since it is code that everybody downloads.

#[cfg(feature = "hydrate")]
mod app_search;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod inviting;

use leptos::prelude::*;

/// Makes a page follow its reader: search while one types, inviting in a dialog.
#[island]
pub fn Liveliness() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        app_search::attach();
        inviting::attach();
    }
}
