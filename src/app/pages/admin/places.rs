//! The portal's lists of groups and apps, and where an app is made.

use crate::{
    app::{
        components::{Export, Problem},
        desk_words, frame,
        layout::Desk,
        page_of, words,
    },
    domain::{
        error::{AppError, Field},
        form::FormState,
        paths,
        view::{PlaceFilter, PlaceLine, PlaceList, grouped},
    },
    i18n::fill,
    server_fns::portal::{
        load_form,
        places::{APP_FORM, ActOnPlaces, CreateApp, load_places},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Groups.
#[component]
pub fn AdminGroupsPage() -> impl IntoView {
    page_of(|| load_places(false), |view| show(view).into_any())
}

/// Apps.
#[component]
pub fn AdminAppsPage() -> impl IntoView {
    page_of(|| load_places(true), |view| show(view).into_any())
}

fn show(list: PlaceList) -> impl IntoView {
    let PlaceList { filter, lines, more, too_many, total, deleted, may_manage } = list;
    let texts = desk_words();
    let title = if filter.apps { texts.apps } else { texts.groups };
    // Who has an app by a group is counted with the group.
    let people = if filter.apps { texts.people_direct } else { texts.people };
    let next = more.map(|id| filter.href(Some(id)));
    let gone = filter.only == "deleted";
    let base = PlaceFilter { apps: filter.apps, ..PlaceFilter::default() };
    let only_deleted = PlaceFilter { only: "deleted".to_owned(), ..base.clone() };
    let narrowed = base != filter;
    let none = lines.is_empty();
    let (make, make_text) =
        if filter.apps { (paths::ADMIN_NEW_APP, texts.new_app) } else { (paths::NEW_GROUP, words().new_group) };
    let ordered = filter.clone();
    let head = move |order: &'static str, text: &'static str| {
        let current = ordered.order == order || (ordered.order.is_empty() && order == "name");
        let path = PlaceFilter { order: order.to_owned(), ..ordered.clone() }.href(None);
        let way = if order == "name" { "ascending" } else { "descending" };
        view! { <th scope="col" aria-sort=current.then_some(way)><a href=path>{text}</a></th> }
    };
    view! {
        <Desk title at=filter.path()>
            <div class="head">
                <h1>{title} " " <span class="num quiet">{grouped(total)}</span></h1>
                <div class="acts">
                    <Export list=filter.href(None)/>
                    {may_manage.then(|| view! { <a class="btn btn--go" href=make>{make_text}</a> })}
                </div>
            </div>
            <form class="finder filters" method="get" action=filter.path() role="search">
                <label class="vh" for="q">{texts.find_place}</label>
                <input class="input" type="search" id="q" name="q" value=filter.query.clone() placeholder=texts.find_place/>
                {gone.then(|| view! { <input type="hidden" name="only" value="deleted"/> })}
                <button class="btn" type="submit">{words().search}</button>
                {(deleted > 0 && !gone).then(|| view! { <a href=only_deleted.href(None)>{fill(texts.n_deleted, &[("n", &grouped(deleted))])}</a> })}
                {narrowed.then(|| view! { <a href=base.href(None)>{texts.show_everything}</a> })}
            </form>
            {too_many.then(|| view! { <p class="hint">{texts.too_many_found}</p> })}
            {if none {
                let (title, text) = match narrowed {
                    true => (texts.nothing_fits, texts.nothing_fits_text),
                    false => (texts.no_places_title, texts.no_places_text),
                };
                view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }.into_any()
            } else {
                view! {
                  <form method="post" action=ActOnPlaces::PATH>
                    <input type="hidden" name="back" value=frame().here/>
                    <table class="tbl tbl--fold dense">
                        <caption class="vh">{title}</caption>
                        <thead><tr>
                            {may_manage.then(|| view! { <th scope="col"><span class="vh">{texts.pick}</span></th> })}
                            {head("name", words().col_name)}
                            <th scope="col">{texts.owner}</th>
                            <th scope="col">{people}</th>
                            <th scope="col">{texts.guests}</th>
                            {head("created", texts.known_since)}
                            {may_manage.then(|| view! { <th scope="col"><span class="vh">{words().col_acts}</span></th> })}
                        </tr></thead>
                        <tbody>{lines.into_iter().map(|line| view! { <Row line people may=may_manage/> }).collect_view()}</tbody>
                    </table>
                    {may_manage.then(|| view! { <Bulk gone/> })}
                  </form>
                }.into_any()
            }}
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
        </Desk>
    }
}

#[component]
fn Row(line: PlaceLine, people: &'static str, may: bool) -> impl IntoView {
    let texts = desk_words();
    let id = format!("t-{}", line.target.id());
    let gone = line.deleted.is_some();
    let pick = fill(texts.pick_one, &[("name", &line.name)]);
    let link = if gone || !may {
        view! { <b id=id.clone()>{line.name.clone()}</b> }.into_any()
    } else {
        view! { <a id=id.clone() href=paths::target(line.target)><b>{line.name.clone()}</b></a> }.into_any()
    };
    view! {
        <tr>
            {may.then(|| view! { <td><input class="pick" type="checkbox" name="targets[]" value=line.target.to_string() aria-label=pick/></td> })}
            <th scope="row">{link} <small>{line.note}</small></th>
            <td data-l=texts.owner>{line.owner.unwrap_or_else(|| "–".to_owned())}</td>
            <td data-l=people class="num">{grouped(line.people)}</td>
            <td data-l=texts.guests>{if line.guests_allowed { texts.yes } else { texts.no }}</td>
            <td data-l=texts.known_since class="num">{line.since}</td>
            {may.then(|| view! {
                <td>
                    {(!gone).then(|| view! {
                        <span class="acts acts--row">
                            {line.guests_allowed.then(|| view! { <a class="btn btn--small" href=paths::invite_to(line.target) aria-describedby=id.clone()>{words().invite}</a> })}
                            <a class="btn btn--small" href=paths::settings(line.target) aria-describedby=id>{texts.settings}</a>
                        </span>
                    })}
                </td>
            })}
        </tr>
    }
}

/// What can be done to those that are ticked.
#[component]
fn Bulk(gone: bool) -> impl IntoView {
    let texts = desk_words();
    let acts = match gone {
        true => vec![("restore", texts.restore)],
        false => vec![("open", texts.let_guests_in), ("shut", texts.keep_guests_out), ("delete", texts.delete)],
    };
    view! {
        <fieldset class="bulk">
            <legend>{texts.with_ticked}</legend>
            <div class="acts acts--row">
                {acts.into_iter().map(|(act, text)| view! {
                    <button class="btn btn--small" type="submit" name="act" value=act>{text}</button>
                }).collect_view()}
            </div>
        </fieldset>
    }
}

/// Where an app is made.
#[component]
pub fn NewAppPage() -> impl IntoView {
    page_of(|| load_form(APP_FORM.to_owned()), |form| show_new(form).into_any())
}

fn show_new(form: Option<FormState>) -> impl IntoView {
    let texts = desk_words();
    let error: Option<AppError> = form.as_ref().and_then(|form| form.error.clone());
    let typed = form.is_some();
    let value = move |name: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let fields = [
        ("name", words().name, "text", Field::Name, true),
        ("launch_url", texts.launch_url, "url", Field::LaunchUrl, true),
        ("note", words().what_it_is_for, "text", Field::Message, false),
        ("category", texts.category, "text", Field::Setting, false),
        ("owner", texts.owner_address, "email", Field::Owner, false),
    ];
    let guests = !typed || !value("guests").is_empty();
    view! {
        <Desk title=texts.new_app at=paths::ADMIN_APPS>
            <p class="crumbs"><a href=paths::ADMIN_APPS>{texts.apps}</a></p>
            <h1>{texts.new_app}</h1>
            <form class="part" method="post" action=CreateApp::PATH>
                {fields.into_iter().map(|(name, label, kind, field, required)| {
                    let wrong = error.clone().filter(|error| matches!(error, AppError::Invalid { field: one, .. } if *one == field));
                    view! {
                        <div class="field">
                            <label class="label" for=name>{label}</label>
                            <input class="input input--wide" type=kind id=name name=name value=value(name) required=required autocomplete="off" aria-invalid=wrong.is_some().then_some("true")/>
                            {wrong.map(|error| view! { <Problem error id=format!("{name}-error")/> })}
                        </div>
                    }
                }).collect_view()}
                <label class="tick field"><input type="checkbox" name="guests" value="on" checked=guests/> " " {texts.guests_may_have_it}</label>
                <div class="acts field">
                    <button class="btn btn--go" type="submit">{texts.make_app}</button>
                    <a class="btn btn--bare" href=paths::ADMIN_APPS>{words().cancel}</a>
                </div>
            </form>
        </Desk>
    }
}
