//! The two frames: the panel for those who are signed in, the threshold before it.

mod panel;
mod threshold;

pub use panel::Panel;
pub use threshold::Threshold;

use super::words;
use crate::{app::frame, domain::paths};
use leptos::prelude::*;

/// Says that this is a demonstration, and where its mail is.
#[component]
fn DemoBanner() -> impl IntoView {
    frame().demo.then(|| {
        view! {
            <aside class="demo" aria-label=words().demo_banner>
                <p>{words().demo_banner} " " <a href=paths::DEMO_MAILBOX>{words().demo_mailbox}</a></p>
            </aside>
        }
    })
}

/// The way past the navigation, for the keyboard.
#[component]
fn SkipLink() -> impl IntoView {
    view! { <a class="skip" href="#main">{words().skip_to_content}</a> }
}
