//! My groups, and a group's page.

use crate::{
    app::{
        components::{InviteButton, StoryLink, Tended, TextArea},
        layout::Panel,
        page_of,
        shell::BrowserCode,
        words,
    },
    domain::{
        ids::GroupId,
        invitation::{Target, WORD_MAX},
        paths,
        tending::JoinPolicy,
        view::{GroupLine, GroupPage as View, Groups, Joining, RequestLine},
    },
    i18n::fill,
    server_fns::{
        access::SteerAccess,
        invite::{load_group, load_groups},
        tending::{AnswerRequest, JoinGroup, TakeBackRequest},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The groups that one owns or is in.
#[component]
pub fn GroupsPage() -> impl IntoView {
    page_of(load_groups, |view| show_list(view).into_any())
}

fn show_list(groups: Groups) -> impl IntoView {
    let owns = !groups.owned.is_empty();
    let none = groups.owned.is_empty() && groups.joined.is_empty();
    let next = groups.more.map(|id| format!("{}?from={id}", paths::GROUPS));
    view! {
        <Panel title=words().my_groups at=paths::GROUPS>
            <div class="head">
                <div class="head__text"><h1>{words().my_groups}</h1></div>
                {groups.may_create.then(|| view! { <a class="btn" href=paths::NEW_GROUP>{words().new_group}</a> })}
            </div>
            {none.then(|| view! {
                <section class="empty"><h2>{words().no_groups_title}</h2><p>{words().no_groups_text}</p></section>
            })}
            <List heading=words().groups_owned groups=groups.owned owned=true/>
            <List heading=words().groups_joined groups=groups.joined owned=false/>
            <List heading=words().groups_joinable groups=groups.joinable owned=false/>
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
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
                                    {(group.requests > 0).then(|| view! {
                                        " " <span class="tag tag--new">{fill(words().requests_wait, &[("n", &group.requests.to_string())])}</span>
                                    })}
                                    {group.asked.then(|| view! { " " <span class="tag">{words().asked}</span> })}
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
    let tends = group.owned.as_ref().is_some_and(|owned| owned.tends);
    let may_invite = tends && group.owned.as_ref().is_some_and(|owned| owned.guests_allowed);
    let (id, target) = (group.id, Target::Group(group.id));
    let sees = group.owned.is_some();
    view! {
        <Panel title=group.name.clone() at=paths::GROUPS>
            <div class="head">
                <div class="head__text">
                    <h1 id="name">{group.name}</h1>
                    {facts.into_iter().map(|fact| view! { <p>{fact}</p> }).collect_view()}
                </div>
                <div class="acts">
                    {may_invite.then(|| view! { <InviteButton target described="name" main=true/> })}
                    {tends.then(|| view! { <a class="btn" href=paths::settings(target)>{words().settings}</a> })}
                    {sees.then(|| view! { <a class="btn" href=paths::people_file(target) download>{words().export_people}</a> })}
                    {sees.then(|| view! { <StoryLink id=id.0/> })}
                    {group.own.map(|user| view! {
                        <form method="post" action=SteerAccess::PATH>
                            <input type="hidden" name="user" value=user.to_string()/>
                            <input type="hidden" name="target" value=target.to_string()/>
                            <input type="hidden" name="back" value=paths::GROUPS/>
                            <button class="btn" type="submit" name="act" value="leave" aria-describedby="name">{words().leave}</button>
                        </form>
                    })}
                </div>
            </div>
            {group.joining.map(|joining| view! { <Door id joining/> })}
            <Requests requests=group.requests/>
            {group.owned.map(|view| view! { <Tended view/> })}
            {may_invite.then(|| view! { <BrowserCode/> })}
        </Panel>
    }
}

/// How one comes in who is not.
#[component]
fn Door(id: GroupId, joining: Joining) -> impl IntoView {
    let Joining { policy, asked } = joining;
    let asks = policy == JoinPolicy::Ask;
    match asked {
        Some(date) => view! {
            <form class="part" method="post" action=TakeBackRequest::PATH>
                <input type="hidden" name="id" value=id.to_string()/>
                <p class="quiet">{fill(words().asked_to_join, &[("date", &date)])}</p>
                <button class="btn field" type="submit" aria-describedby="name">{words().take_back}</button>
            </form>
        }
        .into_any(),
        None => view! {
            <form class="part" method="post" action=JoinGroup::PATH>
                <input type="hidden" name="id" value=id.to_string()/>
                {asks.then(|| view! {
                    <div class="field">
                        <label class="label" for="word">{words().word_to_owners}</label>
                        <TextArea name="word" value="" rows=2 max=u32::try_from(WORD_MAX).unwrap_or(u32::MAX)/>
                    </div>
                })}
                <button class="btn btn--go" type="submit" aria-describedby="name">
                    {if asks { words().ask_to_join } else { words().join_group }}
                </button>
            </form>
        }
        .into_any(),
    }
}

/// Who wants to come in.
#[component]
fn Requests(requests: Vec<RequestLine>) -> impl IntoView {
    (!requests.is_empty()).then(|| {
        view! {
            <section class="people" aria-labelledby="requests">
                <h2 id="requests">{words().requests}</h2>
                <ul class="plainlist">
                    {requests.into_iter().map(|one| {
                        let id = format!("r-{}", one.id);
                        view! {
                            <li class="line">
                                <div>
                                    <b id=id.clone()>{one.name}</b> " " <span class="note">{one.email} " · " {one.at}</span>
                                    {(!one.word.is_empty()).then(|| view! { <p>{one.word}</p> })}
                                </div>
                                <form class="acts" method="post" action=AnswerRequest::PATH>
                                    <input type="hidden" name="id" value=one.id.to_string()/>
                                    <button class="btn btn--small" type="submit" name="answer" value="yes" aria-describedby=id.clone()>{words().let_in}</button>
                                    <button class="btn btn--small" type="submit" name="answer" value="no" aria-describedby=id>{words().refuse}</button>
                                </form>
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </section>
        }
    })
}
