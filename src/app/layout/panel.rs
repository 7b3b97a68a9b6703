//! The frame of the panel: bar, account menu, content.

use super::{DemoBanner, SkipLink, WhatWasDone};
use crate::{
    app::{
        components::{Face, Glyph, Icon, Logo, PageTitle},
        frame, words,
    },
    domain::{paths, roles::Power, view::Who},
    i18n::fill,
    server_fns::sign_in::SignOut,
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
    let invites = frame.who.as_ref().is_some_and(|who| who.invites);
    let sees_groups = frame.who.as_ref().is_some_and(|who| who.sees_groups);
    let current = |path: &str| (at == path).then_some("page");
    view! {
        <PageTitle text=format!("{title} · {}", frame.organisation)/>
        <SkipLink/>
        <DemoBanner/>
        <header class="bar">
            <a class="brand" href=paths::HOME><Logo/> {frame.organisation.clone()}</a>
            <nav class="bar__nav" aria-label=words().main_navigation>
                <ul>
                    <li><a href=paths::HOME aria-current=current(paths::HOME)>{words().my_apps}</a></li>
                    {sees_groups.then(|| view! { <li><a href=paths::GROUPS aria-current=current(paths::GROUPS)>{words().my_groups}</a></li> })}
                    {steers.then(|| view! { <li><a href=paths::GUESTS aria-current=current(paths::GUESTS)>{words().my_guests}</a></li> })}
                    {(steers || invites).then(|| view! {
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

#[component]
fn AccountMenu(who: Who) -> impl IntoView {
    let who_sees = who.may(Power::SeePeople);
    let label = fill(words().account_menu, &[("name", &who.name)]);
    view! {
        <details class="menu">
            <summary><span class="vh">{label}</span><Face who/></summary>
            <div class="menu__list">
                {who_sees.then(|| view! { <a href=paths::ADMIN><Icon glyph=Glyph::Desk/>{words().administration}</a> })}
                <a href=paths::ACCOUNT><Icon glyph=Glyph::Person/>{words().my_account}</a>
                <form method="post" action=SignOut::PATH>
                    <button type="submit"><Icon glyph=Glyph::Leave/>{words().sign_out}</button>
                </form>
            </div>
        </details>
    }
}
