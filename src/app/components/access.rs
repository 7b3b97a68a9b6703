//! Somebody's access to something in a table: how it stands, and what can be done about it.

use super::State;
use crate::{
    app::{desk_words, frame, may, words},
    domain::{
        ids::{AppId, AppRoleId, UserId},
        invitation::Target,
        name::initials,
        paths,
        roles::Power,
        steering::{Act, Standing},
        view::{AccessLine, AppRoleLine, TrailFilter},
    },
    i18n::fill,
    server_fns::{
        access::{ChangeEnd, SteerAccess},
        app_roles::GiveAppRole,
        steering::Steer,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use uuid::Uuid;

/// What can be done about an access. `described` names whose and what it is.
#[component]
pub fn AccessActs(
    /// The access.
    line: AccessLine,
    /// Ids of the elements that name it.
    described: String,
    /// The roles that one can have in it.
    #[prop(optional)]
    roles: Vec<AppRoleLine>,
) -> impl IntoView {
    let may = |act: Act| line.acts.contains(&act);
    let buttons: Vec<(&str, &str)> = [
        (may(Act::ChangeEnd) && line.until.is_some(), "prolong", words().prolong),
        (may(Act::Remove), "remove", words().remove),
        (may(Act::Leave) && !may(Act::Remove), "leave", words().leave),
    ]
    .into_iter()
    .filter(|(may, ..)| *may)
    .map(|(_, act, text)| (act, text))
    .collect();
    let resend = line.invitation.filter(|_| may(Act::Resend));
    let confirm = line.waiting.filter(|_| may(Act::Confirm));
    let (end, seen) = (may(Act::ChangeEnd), line.until_day.clone());
    let role = match line.target {
        Target::App(app) if end && !roles.is_empty() => Some(
            view! { <RoleChoice app whose=("user", line.user.0) role=line.role roles described=described.clone()/> },
        ),
        _ => None,
    };
    let (user, target) = (line.user.to_string(), line.target.to_string());
    let field = format!("end-{user}-{}", line.target.id());
    let hidden = move || {
        view! {
            <input type="hidden" name="user" value=user.clone()/>
            <input type="hidden" name="target" value=target.clone()/>
            <input type="hidden" name="seen" value=seen.clone()/>
            <input type="hidden" name="back" value=frame().here/>
        }
    };
    view! {
        <div class="acts acts--row">
            {confirm.map(|id| view! { <a class="btn btn--small btn--go" href=paths::confirm(id) aria-describedby=described.clone()>{words().answer}</a> })}
            {resend.map(|id| view! {
                <form method="post" action=Steer::PATH>
                    <input type="hidden" name="back" value=frame().here/>
                    <button class="btn btn--small" type="submit" name="resend" value=id.to_string() aria-describedby=described.clone()>
                        {words().resend}
                    </button>
                </form>
            })}
            {(!buttons.is_empty()).then(|| view! {
                <form class="acts" method="post" action=SteerAccess::PATH>
                    {hidden()}
                    {buttons.into_iter().map(|(act, text)| view! {
                        <button class="btn btn--small" type="submit" name="act" value=act aria-describedby=described.clone()>{text}</button>
                    }).collect_view()}
                </form>
            })}
            {end.then(|| view! {
                <details class="fold fold--row">
                    <summary>{words().change_end}</summary>
                    <form class="finder" method="post" action=ChangeEnd::PATH>
                        {hidden()}
                        <label class="label" for=field.clone()>{words().last_day}</label>
                        <input class="input" type="date" id=field.clone() name="until" value=line.until_day/>
                        <button class="btn btn--small" type="submit" aria-describedby=described.clone()>{words().save}</button>
                    </form>
                </details>
            })}
            {role}
        </div>
    }
}

/// Somebody by name, with the way to their page in the portal for those who see it.
#[component]
pub fn PersonLink(
    /// Who.
    id: UserId,
    /// The name.
    name: String,
) -> impl IntoView {
    match may(Power::SeePeople) {
        true => view! { <a href=paths::admin_person(id)>{name}</a> }.into_any(),
        false => view! { {name} }.into_any(),
    }
}

/// The way to all that happened to something, for those who read the trail.
#[component]
pub fn StoryLink(
    /// What it is about.
    id: Uuid,
) -> impl IntoView {
    let filter = TrailFilter { about: id.to_string(), ..TrailFilter::default() };
    may(Power::SeeTrail)
        .then(|| view! { <a class="btn" href=filter.href(paths::ADMIN_AUDIT, None)>{desk_words().trail}</a> })
}

/// What somebody who has an app is in it: a person or a group.
#[component]
pub fn RoleChoice(
    /// The app.
    app: AppId,
    /// `user` or `group`, and the id.
    whose: (&'static str, Uuid),
    /// The role they have.
    role: Option<AppRoleId>,
    /// The roles there are.
    roles: Vec<AppRoleLine>,
    /// Ids of the elements that name whose it is.
    described: String,
) -> impl IntoView {
    let (kind, id) = whose;
    let field = format!("role-{id}");
    let name =
        roles.iter().find(|one| Some(one.id) == role).map_or(words().no_app_role.to_owned(), |one| one.name.clone());
    view! {
        <details class="fold fold--row">
            <summary>{format!("{}{}{name}", words().app_role, words().colon)}</summary>
            <form class="finder" method="post" action=GiveAppRole::PATH>
                <input type="hidden" name="app" value=app.to_string()/>
                <input type="hidden" name=kind value=id.to_string()/>
                <input type="hidden" name="back" value=frame().here/>
                <label class="label" for=field.clone()>{words().app_role}</label>
                <select class="input" id=field name="role">
                    <option value="" selected=role.is_none()>{words().no_app_role}</option>
                    {roles.into_iter().map(|one| view! {
                        <option value=one.id.to_string() selected=Some(one.id) == role>{one.name}</option>
                    }).collect_view()}
                </select>
                <button class="btn btn--small" type="submit" aria-describedby=described>{words().save}</button>
            </form>
        </details>
    }
}

/// People and their access to one thing.
#[component]
pub fn PeopleTable(
    /// By name.
    lines: Vec<AccessLine>,
    /// Whether they are guests.
    guests: bool,
    /// The roles that they can have.
    roles: Vec<AppRoleLine>,
) -> impl IntoView {
    view! {
        <table class="tbl tbl--fold">
            <thead><tr>
                <th scope="col">{words().col_name}</th>
                <th scope="col">{words().col_state}</th>
                <th scope="col">{words().col_until}</th>
                {guests.then(|| view! { <th scope="col">{words().col_sponsor}</th> })}
                <th scope="col"><span class="vh">{words().col_acts}</span></th>
            </tr></thead>
            <tbody>
                {lines.into_iter().map(|line| {
                    let id = format!("p-{}", line.user);
                    let page = match may(Power::SeePeople) {
                        true => Some(paths::admin_person(line.user)),
                        false => guests.then(|| paths::guest(line.user)),
                    };
                    let name = match page {
                        Some(page) => view! { <a id=id.clone() href=page><b>{line.name.clone()}</b></a> }.into_any(),
                        None => view! { <b id=id.clone()>{line.name.clone()}</b> }.into_any(),
                    };
                    view! {
                        <tr>
                            <th scope="row">
                                <span class="whois">
                                    <span class=if guests { "face face--guest" } else { "face" } aria-hidden="true">{initials(&line.name)}</span>
                                    <span>
                                        {name} <small>{line.email.clone()}</small>
                                        {line.by.as_ref().map(|name| view! { <small>{fill(words().given_by_name, &[("name", name)])}</small> })}
                                    </span>
                                </span>
                            </th>
                            <td>
                                {(guests || line.standing != Standing::Active).then(|| view! { <State standing=line.standing/> })}
                                {line.mail.clone().map(|mail| view! { <small>{mail}</small> })}
                            </td>
                            <td data-l=words().col_until>{line.until.clone().unwrap_or_else(|| words().no_end.to_owned())}</td>
                            {guests.then(|| view! {
                                <td data-l=words().col_sponsor>{line.sponsor.clone().unwrap_or_else(|| "–".to_owned())}</td>
                            })}
                            <td><AccessActs line described=id roles=roles.clone()/></td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// What one person has: a line a thing.
#[component]
pub fn HeldList(
    /// What they have.
    lines: Vec<AccessLine>,
) -> impl IntoView {
    view! {
        <ul class="plainlist held">
            {lines.into_iter().map(|line| {
                let id = format!("h-{}-{}", line.user, line.target.id());
                let facts: Vec<String> = [
                    Some(line.until.as_ref().map_or(words().no_end.to_owned(), |date| fill(words().until_date, &[("date", date)]))),
                    line.by.as_ref().map(|name| fill(words().given_by_name, &[("name", name)])),
                ].into_iter().flatten().collect();
                view! {
                    <li class="line">
                        <div>
                            <b id=id.clone()>{line.name.clone()}</b>
                            <p class="note"><State standing=line.standing/> " · " {facts.join(" · ")}</p>
                        </div>
                        <AccessActs line described=id/>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
