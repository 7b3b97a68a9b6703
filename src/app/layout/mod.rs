//! The frames: the panel for those who are signed in, the desk for those who administer, the threshold before both.

mod desk;
mod panel;
mod threshold;

pub use desk::Desk;
pub use panel::Panel;
pub use threshold::Threshold;

use super::words;
use crate::{
    app::{
        components::{Glyph, Icon},
        frame,
    },
    domain::{paths, view::Done},
    server_fns::steering::Undo,
};
use leptos::{prelude::*, server_fn::ServerFn};

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

/// What the last act came to, and how to take it back.
#[component]
fn WhatWasDone(done: Done, here: String) -> impl IntoView {
    let Done { text, failed, undo } = done;
    view! {
        <div class="outcome" role="status">
            {(!text.is_empty()).then(|| view! { <p class="done"><Icon glyph=Glyph::Done/> <span>{text}</span></p> })}
            {failed.into_iter().map(|line| view! {
                <p class="err"><Icon glyph=Glyph::Alert/> <span>{line}</span></p>
            }).collect_view()}
            {(!undo.is_empty()).then(|| view! {
                <form method="post" action=Undo::PATH>
                    {undo.into_iter().map(|id| view! { <input type="hidden" name="ids[]" value=id.to_string()/> }).collect_view()}
                    <input type="hidden" name="back" value=here/>
                    <button class="btn btn--small" type="submit">{words().undo}</button>
                </form>
            })}
        </div>
    }
}
