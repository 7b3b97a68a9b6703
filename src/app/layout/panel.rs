//! The frame of the panel: bar, account menu, content.

use super::{DemoBanner, SkipLink};
use crate::{
    app::{
        components::{Face, Glyph, Icon, Mark, PageTitle},
        frame, words,
    },
    domain::{
        paths,
        view::{Done, Who},
    },
    i18n::fill,
    server_fns::{sign_in::SignOut, steering::Undo},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// A page of the panel. `at` is the path of the navigation entry that it belongs to.
#[component]
pub fn Panel(
    /// The page's title.
    #[prop(into)]
    title: String,
    /// Where the page belongs.
    #[prop(optional)]
    at: &'static str,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let frame = frame();
    let steers = frame.who.as_ref().is_some_and(|who| !who.guest);
    let current = |path: &str| (at == path).then_some("page");
    view! {
        <PageTitle text=format!("{title} · {}", frame.organisation)/>
        <SkipLink/>
        <DemoBanner/>
        <header class="bar">
            <a class="brand" href=paths::HOME><Mark/> {frame.organisation.clone()}</a>
            <nav class="bar__nav" aria-label=words().main_navigation>
                <ul>
                    <li><a href=paths::HOME aria-current=current(paths::HOME)>{words().my_apps}</a></li>
                    <li><a href=paths::GROUPS aria-current=current(paths::GROUPS)>{words().my_groups}</a></li>
                    {steers.then(|| view! {
                        <li><a href=paths::GUESTS aria-current=current(paths::GUESTS)>{words().my_guests}</a></li>
                        <li><a href=paths::INVITATIONS aria-current=current(paths::INVITATIONS)>{words().invitations}</a></li>
                    })}
                </ul>
            </nav>
            <div class="bar__end">{frame.who.map(|who| view! { <AccountMenu who/> })}</div>
        </header>
        <main id="main" class="page">
            {frame.done.map(|done| view! { <WhatWasDone done here=frame.here/> })}
            {children()}
        </main>
    }
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

#[component]
fn AccountMenu(who: Who) -> impl IntoView {
    let label = fill(words().account_menu, &[("name", &who.name)]);
    view! {
        <details class="menu">
            <summary><span class="vh">{label}</span><Face who/></summary>
            <div class="menu__list">
                <a href=paths::ACCOUNT><Icon glyph=Glyph::Person/>{words().my_account}</a>
                <form method="post" action=SignOut::PATH>
                    <button type="submit"><Icon glyph=Glyph::Leave/>{words().sign_out}</button>
                </form>
            </div>
        </details>
    }
}
