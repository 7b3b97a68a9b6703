//! An app's page: how to use it, how I got it, whom to ask.

use crate::{
    app::{
        components::{AppIcon, Glyph, Icon, InviteButton, StoryLink, Tended},
        layout::Panel,
        page_of,
        shell::BrowserCode,
        words,
    },
    domain::{
        invitation::Target,
        paths,
        view::{AppPage as View, Way},
    },
    i18n::fill,
    server_fns::my_apps::{SetFavourite, load_app},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn AppPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_app(id.clone()), |view| show(view).into_any())
}

fn show(page: View) -> impl IntoView {
    let View { tile, instructions, host, ways, owners, may_open, owned } = page;
    let tends = owned.as_ref().is_some_and(|owned| owned.tends);
    let may_invite = tends && owned.as_ref().is_some_and(|owned| owned.guests_allowed);
    let sees = owned.is_some();
    let favourite = if tile.favourite { words().remove_favourite } else { words().add_favourite };
    view! {
        <Panel title=tile.name.clone()>
            <div class="head">
                <AppIcon icon=tile.icon size=72/>
                <div class="head__text">
                    <h1 id="name">{tile.name}</h1>
                    <p>{tile.note}</p>
                </div>
                <div class="acts">
                    {may_open.then(|| view! {
                        <a class="btn btn--go" href=paths::app_open(tile.id)>{words().open_app}</a>
                        <form method="post" action=SetFavourite::PATH>
                            <input type="hidden" name="app" value=tile.id.to_string()/>
                            <input type="hidden" name="on" value=(!tile.favourite).to_string()/>
                            <input type="hidden" name="back" value="app"/>
                            <button class="btn" type="submit"><Icon glyph=Glyph::Star/>{favourite}</button>
                        </form>
                    })}
                    {may_invite.then(|| view! { <InviteButton target=Target::App(tile.id) described="name" main=true/> })}
                    {tends.then(|| view! { <a class="btn" href=paths::settings(Target::App(tile.id))>{words().settings}</a> })}
                    {sees.then(|| view! {
                        <a class="btn" href=paths::people_file(Target::App(tile.id)) download>{words().export_people}</a>
                        <StoryLink id=tile.id.0/>
                    })}
                </div>
            </div>
            {(!host.is_empty()).then(|| view! { <p class="note">{fill(words().opens_at, &[("host", &host)])}</p> })}
            <section class="part">
                <h2>{words().how_to_use}</h2>
                {if instructions.is_empty() {
                    view! { <p class="quiet">{words().no_instructions}</p> }.into_any()
                } else {
                    view! { <p class="said">{instructions}</p> }.into_any()
                }}
            </section>
            {(!ways.is_empty()).then(|| view! {
                <section class="part">
                    <h2>{words().how_i_got_this}</h2>
                    <ul class="plainlist">{ways.into_iter().map(|way| view! { <WayLine way/> }).collect_view()}</ul>
                </section>
            })}
            <section class="part">
                <h2>{words().whom_to_ask}</h2>
                {if owners.is_empty() {
                    view! { <p class="quiet">{words().no_owner}</p> }.into_any()
                } else {
                    view! { <p>{owners.join(", ")}</p> }.into_any()
                }}
            </section>
            {owned.map(|view| view! { <Tended view/> })}
            {may_invite.then(|| view! { <BrowserCode/> })}
        </Panel>
    }
}

#[component]
fn WayLine(way: Way) -> impl IntoView {
    let what = match &way.group {
        Some(group) => fill(words().way_group, &[("group", group)]),
        None => words().way_direct.to_owned(),
    };
    let facts: Vec<String> = [
        Some(fill(words().way_since, &[("date", &way.since)])),
        way.until.map(|until| fill(words().way_until, &[("date", &until)])),
        way.by.map(|by| fill(words().way_by, &[("name", &by)])),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! { <li><b>{what}</b> " " <span class="note">{facts.join(" · ")}</span></li> }
}
