//! The frame of the portal: navigation beside, content.

use super::{DemoBanner, SkipLink, WhatWasDone};
use crate::{
    app::{
        components::{Glyph, Icon, Logo, PageTitle},
        desk_words, frame,
        shell::Assets,
        words,
    },
    domain::{
        paths,
        roles::Power,
        view::{DeskCounts, grouped},
    },
    server_fns::sign_in::SignOut,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Stylesheet;

struct Entry {
    path: &'static str,
    glyph: Glyph,
    text: &'static str,
    count: Option<i64>,
    needs: Power,
}

fn entries(counts: &DeskCounts) -> [(&'static str, Vec<Entry>); 3] {
    let texts = desk_words();
    let entry = |path, glyph, text, count, needs| Entry { path, glyph, text, count, needs };
    [
        (
            texts.nav_people,
            vec![
                entry(paths::ADMIN, Glyph::Desk, texts.start, None, Power::SeePeople),
                entry(paths::ADMIN_GUESTS, Glyph::Guest, texts.guests, Some(counts.guests), Power::SeePeople),
                entry(paths::ADMIN_MEMBERS, Glyph::People, texts.members, Some(counts.members), Power::SeePeople),
                entry(paths::ADMIN_GROUPS, Glyph::People, texts.groups, Some(counts.groups), Power::SeePeople),
                entry(paths::ADMIN_APPS, Glyph::Apps, texts.apps, Some(counts.apps), Power::SeePeople),
                entry(paths::ADMIN_INVITATIONS, Glyph::Mail, texts.invitations, Some(counts.pending), Power::SeePeople),
            ],
        ),
        (
            texts.nav_oversight,
            vec![
                entry(paths::ADMIN_AUDIT, Glyph::Trail, texts.trail, None, Power::SeeTrail),
                entry(paths::ADMIN_REPORTS, Glyph::Chart, texts.reports, None, Power::SeeReports),
            ],
        ),
        (
            texts.nav_rules,
            vec![
                entry(paths::ADMIN_ORGANISATION, Glyph::Rules, texts.organisation, None, Power::SeeOrganisation),
                entry(paths::ADMIN_ROLES, Glyph::Key, texts.roles, None, Power::SeeOrganisation),
            ],
        ),
    ]
}

/// A page of the portal. `at` is the path of the navigation entry that it belongs to.
#[component]
pub fn Desk(
    /// The page's title.
    #[prop(into)]
    title: String,
    /// Where the page belongs.
    at: &'static str,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let frame = frame();
    let style = expect_context::<Assets>().path("desk.css");
    let who = frame.who.clone();
    let may = |power: Power| who.as_ref().is_some_and(|who| who.may(power));
    let counts = frame.desk.clone().unwrap_or_default();
    let sections: Vec<_> = entries(&counts)
        .into_iter()
        .map(|(heading, entries)| (heading, entries.into_iter().filter(|entry| may(entry.needs)).collect::<Vec<_>>()))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    let person = frame.who.clone().map(|who| {
        view! {
            <div class="desk__me">
                <a class="whois" href=paths::ACCOUNT>
                    <span class=format!("face face--{}", who.colour) aria-hidden="true">{who.initials.clone()}</span>
                    <span>{who.name.clone()}</span>
                </a>
                <form method="post" action=SignOut::PATH>
                    <button class="btn btn--small btn--bare" type="submit">{words().sign_out}</button>
                </form>
            </div>
        }
    });
    view! {
        <Stylesheet href=style/>
        <PageTitle text=format!("{title} · {}", frame.organisation)/>
        <SkipLink/>
        <DemoBanner/>
        <div class="desk">
            <header class="desk__nav">
                <a class="brand" href=paths::HOME><Logo/> {frame.organisation.clone()}</a>
                <nav aria-label=desk_words().navigation>
                    {sections.into_iter().map(|(heading, entries)| view! {
                        <h2>{heading}</h2>
                        <ul>
                            {entries.into_iter().map(|entry| view! {
                                <li>
                                    <a href=entry.path aria-current=(at == entry.path).then_some("page")>
                                        <Icon glyph=entry.glyph/> {entry.text}
                                        {entry.count.map(|n| view! { " " <span class="num">{grouped(n)}</span> })}
                                    </a>
                                </li>
                            }).collect_view()}
                        </ul>
                    }).collect_view()}
                </nav>
                <p class="desk__back"><a href=paths::HOME>{desk_words().to_panel}</a></p>
                {person}
            </header>
            <main id="main" class="desk__main">
                {frame.done.map(|done| view! { <WhatWasDone done here=frame.here/> })}
                {children()}
            </main>
        </div>
    }
}
