//! My groups, and a group's page.

use crate::{
    app::{
        components::{InviteButton, Tended},
        layout::Panel,
        page_of,
        shell::BrowserCode,
        words,
    },
    domain::{
        invitation::Target,
        paths,
        view::{GroupLine, GroupPage as View, Groups},
    },
    i18n::fill,
    server_fns::invite::{load_group, load_groups},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The groups that one owns or is in.
#[component]
pub fn GroupsPage() -> impl IntoView {
    page_of(load_groups, |view| show_list(view).into_any())
}

fn show_list(groups: Groups) -> impl IntoView {
    let owns = !groups.owned.is_empty();
    let none = groups.owned.is_empty() && groups.joined.is_empty();
    view! {
        <Panel title=words().my_groups at=paths::GROUPS>
            <h1>{words().my_groups}</h1>
            {none.then(|| view! {
                <section class="empty"><h2>{words().no_groups_title}</h2><p>{words().no_groups_text}</p></section>
            })}
            <List heading=words().groups_owned groups=groups.owned owned=true/>
            <List heading=words().groups_joined groups=groups.joined owned=false/>
            {owns.then(|| view! { <BrowserCode/> })}
        </Panel>
    }
}

#[component]
fn List(heading: &'static str, groups: Vec<GroupLine>, owned: bool) -> impl IntoView {
    (!groups.is_empty()).then(|| {
        view! {
            <section class="part">
                <h2>{heading}</h2>
                <ul class="plainlist">
                    {groups.into_iter().map(|group| {
                        let id = format!("g-{}", group.id);
                        view! {
                            <li class="line">
                                <div>
                                    <a id=id.clone() href=paths::group(group.id)><b>{group.name}</b></a>
                                    <p class="note">{group.description}</p>
                                </div>
                                {owned.then(|| view! { <InviteButton target=Target::Group(group.id) described=id/> })}
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </section>
        }
    })
}

/// A group's page.
#[component]
pub fn GroupPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_group(id.clone()), |view| show(view).into_any())
}

fn show(group: View) -> impl IntoView {
    let facts: Vec<String> = [
        Some(group.description).filter(|text| !text.is_empty()),
        (!group.apps.is_empty()).then(|| fill(words().opens_apps, &[("names", &group.apps.join(", "))])),
        (!group.owners.is_empty()).then(|| fill(words().owned_by, &[("names", &group.owners.join(", "))])),
    ]
    .into_iter()
    .flatten()
    .collect();
    let may_invite = group.owned.as_ref().is_some_and(|owned| owned.guests_allowed);
    view! {
        <Panel title=group.name.clone() at=paths::GROUPS>
            <div class="head">
                <div class="head__text">
                    <h1 id="name">{group.name}</h1>
                    {facts.into_iter().map(|fact| view! { <p>{fact}</p> }).collect_view()}
                </div>
                {may_invite.then(|| view! {
                    <div class="acts"><InviteButton target=Target::Group(group.id) described="name" main=true/></div>
                })}
            </div>
            {group.owned.map(|view| view! { <Tended view/> })}
            {may_invite.then(|| view! { <BrowserCode/> })}
        </Panel>
    }
}
