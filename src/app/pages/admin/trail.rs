//! The trail.

use crate::{
    app::{
        components::{Export, Glyph, Icon, PersonLink},
        desk_words, frame,
        layout::Desk,
        page_of, words,
    },
    domain::{
        paths,
        view::{TrailFilter, TrailLine, TrailList, grouped},
    },
    i18n::{activity, fill, service},
    server_fns::portal::load_trail,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn TrailPage() -> impl IntoView {
    page_of(load_trail, |view| show(view).into_any())
}

fn show(list: TrailList) -> impl IntoView {
    let TrailList { filter, about, unknown, lines, more, activities, total } = list;
    let texts = desk_words();
    let next = more.map(|seq| filter.href(paths::ADMIN_AUDIT, Some(seq)));
    let whole = filter.is_whole();
    let none = lines.is_empty();
    let chosen = filter.activity.clone();
    let language = frame().language;
    let mut choices: Vec<(String, String)> =
        activities.into_iter().map(|name| (activity(&name, language).to_owned(), name)).collect();
    choices.sort();
    view! {
        <Desk title=texts.trail at=paths::ADMIN_AUDIT>
            <div class="head">
                <h1>{texts.trail} " " <span class="num quiet">{grouped(total)}</span></h1>
                <div class="acts">
                    <Export list=filter.href(paths::ADMIN_AUDIT, None) hint=texts.trail_verify/>
                </div>
            </div>
            <form class="finder filters" method="get" action=paths::ADMIN_AUDIT role="search">
                <span class="finder__part">
                    <label class="label" for="activity">{texts.activity}</label>
                    <select class="input" id="activity" name="activity">
                        <option value="">{texts.any_activity}</option>
                        {choices.into_iter().map(|(text, one)| {
                            let selected = one == chosen;
                            view! { <option value=one selected=selected>{text}</option> }
                        }).collect_view()}
                    </select>
                </span>
                <span class="finder__part">
                    <label class="label" for="from">{texts.from_day}</label>
                    <input class="input" type="date" id="from" name="from" value=filter.from.clone()/>
                </span>
                <span class="finder__part">
                    <label class="label" for="to">{texts.to_day}</label>
                    <input class="input" type="date" id="to" name="to" value=filter.to.clone()/>
                </span>
                <span class="finder__part">
                    <label class="label" for="about">{texts.trail_about}</label>
                    {(!filter.about.is_empty()).then(|| view! {
                        <input type="hidden" name="which" value=filter.about.clone()/>
                        <input type="hidden" name="called" value=about.clone()/>
                    })}
                    <input class="input" id="about" name="about" value=about placeholder=texts.trail_about_hint autocomplete="off" aria-invalid=unknown.then_some("true") aria-describedby=unknown.then_some("about-error")/>
                </span>
                {(!filter.correlation.is_empty()).then(|| view! { <input type="hidden" name="correlation" value=filter.correlation.clone()/> })}
                <button class="btn" type="submit">{texts.filter}</button>
                {(!filter.correlation.is_empty()).then(|| view! { <span class="tag">{texts.trail_correlation}</span> })}
                {(!whole).then(|| view! { <a href=paths::ADMIN_AUDIT>{texts.show_everything}</a> })}
            </form>
            {if unknown {
                view! { <section class="empty"><h2>{texts.nothing_fits}</h2><p id="about-error">{texts.trail_unknown}</p></section> }.into_any()
            } else if none {
                view! { <section class="empty"><h2>{texts.nothing_fits}</h2><p>{texts.nothing_fits_text}</p></section> }.into_any()
            } else {
                view! { <Events lines/> }.into_any()
            }}
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
        </Desk>
    }
}

/// Events, the newest first.
#[component]
pub fn Events(
    /// The events.
    lines: Vec<TrailLine>,
) -> impl IntoView {
    view! { <ol class="events">{lines.into_iter().map(|line| view! { <Event line/> }).collect_view()}</ol> }
}

#[component]
fn Event(line: TrailLine) -> impl IntoView {
    let texts = desk_words();
    let targets: Vec<AnyView> = line
        .targets
        .iter()
        .filter(|(_, _, name)| !name.is_empty())
        .map(|(kind, id, name)| match (kind.as_str(), id.parse()) {
            ("User", Ok(id)) => view! { <a href=paths::admin_person(id)>{name.clone()}</a> " " }.into_any(),
            _ => view! { <span>{name.clone()} " "</span> }.into_any(),
        })
        .collect();
    let by = match (line.by.is_empty(), line.erased) {
        (false, _) => line.by.clone(),
        (true, true) => texts.erased_person.to_owned(),
        (true, false) => texts.somebody.to_owned(),
    };
    // What people do to themselves names them once.
    let own = matches!((&*line.targets, line.by_id), ([(_, id, _)], Some(by)) if *id == by.to_string());
    let follow = TrailFilter { correlation: line.correlation.clone(), ..TrailFilter::default() };
    let story =
        |id: &str| TrailFilter { about: id.to_owned(), ..TrailFilter::default() }.href(paths::ADMIN_AUDIT, None);
    let stories: Vec<(String, String)> = line
        .targets
        .iter()
        .filter(|(kind, id, name)| kind != "Role" && kind != "Company" && !id.is_empty() && !name.is_empty())
        .map(|(_, id, name)| (story(id), fill(texts.story_of, &[("name", name)])))
        .collect();
    let called = activity(&line.activity, frame().language).to_owned();
    let pairs: Vec<(String, String)> = (called != line.activity)
        .then(|| (texts.activity.to_owned(), line.activity.clone()))
        .into_iter()
        .chain(line.changes.iter().map(|[name, old, new]| {
            (name.clone(), if old.is_empty() { new.clone() } else { format!("{old} → {new}") })
        }))
        .chain(line.details.iter().map(|[key, value]| (key.clone(), value.clone())))
        .chain((!line.ip.is_empty()).then(|| (texts.client_address.to_owned(), line.ip.clone())))
        .chain((!line.reason.is_empty()).then(|| (texts.reason.to_owned(), line.reason.clone())))
        .collect();
    view! {
        <li id=format!("e{}", line.seq)>
            <span class="events__at num">{line.at}</span>
            <div>
                <p>
                    <b>{called}</b> " " {targets}
                    {(!line.good).then(|| view! { <span class="state state--bad">{texts.failed}</span> })}
                </p>
                {(!own).then(|| view! { <p class="note">{match line.by_id.filter(|_| !line.by.is_empty()) {
                    Some(id) => view! { <PersonLink id name=by/> }.into_any(),
                    None => view! { {service(&by, frame().language).to_owned()} }.into_any(),
                }}</p> })}
                <details class="fold">
                    <summary>{texts.details}</summary>
                    <dl class="facts">{pairs.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}</dl>
                    <p class="acts">
                        <a href=follow.href(paths::ADMIN_AUDIT, None)><Icon glyph=Glyph::Trail/> {texts.follow}</a>
                        {stories.into_iter().map(|(path, text)| view! { <a href=path>{text}</a> }).collect_view()}
                    </p>
                    {line.erased.then(|| view! { <p class="hint">{texts.text_erased}</p> })}
                </details>
            </div>
        </li>
    }
}
