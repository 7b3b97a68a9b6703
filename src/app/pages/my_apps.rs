//! *My Apps*: the panel's first page.

use crate::{
    app::{
        components::{AppIcon, Glyph, Icon, InviteButton},
        layout::Panel,
        may, page_of,
        shell::BrowserCode,
        words,
    },
    domain::{
        invitation::Target,
        paths,
        roles::Power,
        view::{Arrival, Choice, Heading, MyApps, Shelf, Tile},
    },
    i18n::fill,
    server_fns::my_apps::{SetFavourite, load_my_apps},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn MyAppsPage() -> impl IntoView {
    page_of(load_my_apps, |view| show(view).into_any())
}

/// What the page shows of its data.
pub fn show(page: MyApps) -> impl IntoView {
    let searched = !page.query.is_empty();
    let found = page.first.is_some();
    let owns = !page.owned.is_empty();
    let waits = page.arrival.as_ref().is_some_and(|arrival| !arrival.waiting.is_empty());
    view! {
        <Panel title=words().my_apps at=paths::HOME>
            <div class="hello">
                <div><p>{page.today}</p><h1>{page.greeting}</h1></div>
                {page.any.then(|| view! {
                    <SearchField query=page.query/>
                })}
            </div>
            {page.arrival.map(|arrival| view! { <Arrived arrival any=page.any/> })}
            {(!page.any && !waits).then(|| view! {
                <section class="empty">
                    <h2>{words().no_apps_title}</h2>
                    <p>{words().no_apps_text}</p>
                    {may(Power::SeePeople).then(|| view! { <p><a class="btn" href=paths::ADMIN>{words().administration}</a></p> })}
                </section>
            })}
            {page.first.map(|shelf| view! { <Tiles shelf/> })}
            <div class="shelves">{page.rest.into_iter().map(|shelf| view! { <Rows shelf/> }).collect_view()}</div>
            {owns.then(|| view! { <Owned choices=page.owned/> })}
            {page.any.then(|| view! {
                <section class="empty" data-nothing hidden=found>
                    <h2>{words().nothing_found_title}</h2>
                    <p>{words().nothing_found_text}</p>
                </section>
            })}
            {searched.then(|| view! { <p class="after"><a href=paths::HOME>{words().show_all}</a></p> })}
            {(page.any || owns).then(|| view! { <BrowserCode/> })}
        </Panel>
    }
}

/// What a guest who has just accepted is told.
#[component]
fn Arrived(arrival: Arrival, any: bool) -> impl IntoView {
    view! {
        <section class="arrival" role="status">
            <h2>{words().arrival_title}</h2>
            {any.then(|| view! { <p>{words().arrival_text}</p> })}
            {arrival.waiting.into_iter().map(|what| view! { <p>{fill(words().arrival_waiting, &[("what", &what)])}</p> }).collect_view()}
            {arrival.onward.map(|url| {
                let text = fill(words().arrival_onward, &[("host", url.host())]);
                view! { <p><a class="btn" href=String::from(url)>{text}</a></p> }
            })}
        </section>
    }
}

/// What one owns and may invite to.
#[component]
fn Owned(choices: Vec<Choice>) -> impl IntoView {
    view! {
        <section class="shelf owned" aria-labelledby="owned" data-shelf>
            <h2 id="owned">{words().yours_to_share}</h2>
            <ul class="rows">
                {choices.into_iter().map(|choice| {
                    let id = format!("o-{}", choice.target.id());
                    view! {
                        <li class="row row--owned">
                            {match choice.target {
                                Target::Group(group) => view! {
                                    <a class="row__open" id=id.clone() href=paths::group(group)><b>{choice.name}</b></a>
                                }.into_any(),
                                // Its tile is the link to it.
                                Target::App(_) => view! { <span class="row__open" id=id.clone()><b>{choice.name}</b></span> }.into_any(),
                            }}
                            {choice.guests_allowed.then(|| view! { <InviteButton target=choice.target described=id/> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

/// Given lately, or ending some day.
#[component]
fn Marks(is_new: bool, until: Option<String>) -> impl IntoView {
    view! {
        {is_new.then(|| view! { " " <span class="tag tag--new">{words().new}</span> })}
        {until.map(|date| view! { " " <span class="until">{fill(words().until_date, &[("date", &date)])}</span> })}
    }
}

/// The search field; what is found is said in the words that it carries.
#[component]
fn SearchField(query: String) -> impl IntoView {
    view! {
        <form
            class="find"
            role="search"
            method="get"
            action=paths::HOME
            data-one=words().one_found
            data-many=words().many_found
            data-none=words().nothing_found_title
            data-enter=words().press_enter
        >
            <label class="vh" for="q">{words().find_an_app}</label>
            <Icon glyph=Glyph::Search/>
            <input class="input" id="q" name="q" type="search" autocomplete="off" placeholder=words().find_an_app value=query/>
            <p class="vh" role="status"></p>
        </form>
    }
}

fn heading(heading: &Heading) -> String {
    match heading {
        Heading::Favourites => words().favourites.to_owned(),
        Heading::OpenedMost => words().opened_most.to_owned(),
        Heading::YourApps => words().your_apps.to_owned(),
        Heading::EverythingElse => words().everything_else.to_owned(),
        Heading::Category(name) => name.clone(),
    }
}

#[component]
fn Tiles(shelf: Shelf) -> impl IntoView {
    view! {
        <section class="shelf" aria-labelledby="first-shelf" data-shelf>
            <h2 id="first-shelf">{heading(&shelf.heading)}</h2>
            <ul class="tiles">
                {shelf.tiles.into_iter().map(|tile| {
                    let (menu, name) = (tile.clone(), tile.name.clone());
                    view! {
                        <li class="tile" data-haystack=tile.haystack data-name=name>
                            <span class="tile__icon"><AppIcon icon=tile.icon size=56/></span>
                            <h3 class="tile__name"><a href=paths::app_open(tile.id) data-open>{tile.name}</a></h3>
                            <p class="tile__note">{tile.note} <Marks is_new=tile.is_new until=tile.until/></p>
                            <TileMenu tile=menu/>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Rows(shelf: Shelf) -> impl IntoView {
    view! {
        <section class="shelf" data-shelf>
            <h2>{heading(&shelf.heading)}</h2>
            <ul class="rows">
                {shelf.tiles.into_iter().map(|tile| {
                    let (menu, name) = (tile.clone(), tile.name.clone());
                    view! {
                        <li class="row" data-haystack=tile.haystack data-name=name>
                            <a class="row__open" href=paths::app_open(tile.id) data-open>
                                <AppIcon icon=tile.icon size=36/>
                                <span><b>{tile.name}</b> " " <small>{tile.note} <Marks is_new=tile.is_new until=tile.until/></small></span>
                            </a>
                            <TileMenu tile=menu/>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

/// What can be done with an app besides opening it.
#[component]
fn TileMenu(tile: Tile) -> impl IntoView {
    let label = fill(words().app_menu, &[("name", &tile.name)]);
    let favourite = if tile.favourite { words().remove_favourite } else { words().add_favourite };
    view! {
        <details class="menu tile__more">
            <summary aria-label=label><Icon glyph=Glyph::More/></summary>
            <div class="menu__list">
                <a href=paths::app(tile.id)><Icon glyph=Glyph::About/>{words().about_this_app}</a>
                <form method="post" action=SetFavourite::PATH>
                    <input type="hidden" name="app" value=tile.id.to_string()/>
                    <input type="hidden" name="on" value=(!tile.favourite).to_string()/>
                    <button type="submit"><Icon glyph=Glyph::Star/>{favourite}</button>
                </form>
            </div>
        </details>
    }
}
