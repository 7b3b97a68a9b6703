//! The invitations that one has sent or answers for, and the page of each.

use crate::{
    app::{
        self,
        components::{Answers, State},
        frame,
        layout::Panel,
        page_of, words,
    },
    domain::{
        invitation::{Target, TargetState},
        paths,
        roles::Power,
        steering::Act,
        view::{AnswerLine, Filter, SentLine, SentList, Story, StoryTarget},
    },
    i18n::fill,
    server_fns::steering::{ChangeTargets, Renew, Steer, load_sent, load_story},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// Lengths of a link that are offered, in days.
const LINKS: [u32; 5] = [3, 7, 14, 30, 60];

/// The list.
#[component]
pub fn InvitationsPage() -> impl IntoView {
    page_of(load_sent, |view| show_list(view).into_any())
}

fn show_list((list, just): (SentList, Option<Vec<AnswerLine>>)) -> impl IntoView {
    let SentList { lines, more, filter, choices } = list;
    let none = lines.is_empty();
    let filtered = filter.is_set();
    let older = more.map(|id| address(&filter, &[("from", &id.to_string())]));
    view! {
        <Panel title=words().invitations at=paths::INVITATIONS>
            <div class="head">
                <h1>{words().invitations}</h1>
                {frame().who.is_some_and(|who| who.invites).then(|| view! { <a class="btn btn--go" href=paths::INVITE>{words().invite}</a> })}
            </div>
            {just.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
            {(!none || filtered).then(|| view! { <Filters filter choices/> })}
            {match (none, filtered) {
                (true, false) => view! {
                    <section class="empty">
                        <h2>{words().invitations_none_title}</h2>
                        <p>{words().invitations_none_text}</p>
                    </section>
                }.into_any(),
                (true, true) => view! {
                    <section class="empty"><h2>{words().nothing_fits_title}</h2><p>{words().nothing_fits_text}</p></section>
                }.into_any(),
                _ => view! { <Lines lines/> }.into_any(),
            }}
            {older.map(|path| view! { <p class="after"><a href=path>{words().older}</a></p> })}
        </Panel>
    }
}

/// The list's address with this filter.
fn address(filter: &Filter, more: &[(&str, &str)]) -> String {
    let target = filter.target.as_deref().unwrap_or_default();
    let pairs = [("state", filter.state.as_str()), ("mail", &filter.mail), ("q", &filter.query), ("for", target)];
    let pairs = pairs.iter().chain(more).filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}?{query}", paths::INVITATIONS)
}

#[component]
fn Filters(filter: Filter, choices: Vec<(Target, String)>) -> impl IntoView {
    let ways = [
        ("", "", words().all_invitations),
        ("pending", "", words().filter_pending),
        ("expired", "", words().filter_expired),
        ("", "failed", words().filter_failed),
        ("accepted", "", words().filter_accepted),
        ("declined", "", words().filter_declined),
        ("revoked", "", words().filter_revoked),
    ];
    let chosen = filter.target.clone().unwrap_or_default();
    view! {
        <nav class="filters" aria-label=words().filter_label>
            <ul>
                {ways.into_iter().map(|(state, mail, text)| {
                    let to = Filter { state: state.to_owned(), mail: mail.to_owned(), ..filter.clone() };
                    let current = (filter.state == state && filter.mail == mail).then_some("page");
                    view! { <li><a href=address(&to, &[]) aria-current=current>{text}</a></li> }
                }).collect_view()}
            </ul>
        </nav>
        <form class="finder" method="get" action=paths::INVITATIONS role="search">
            <input type="hidden" name="state" value=filter.state.clone()/>
            <input type="hidden" name="mail" value=filter.mail.clone()/>
            <label class="vh" for="q">{words().find_a_guest}</label>
            <input class="input" type="search" id="q" name="q" value=filter.query.clone() placeholder=words().find_a_guest/>
            {(!choices.is_empty()).then(|| view! {
                <label class="vh" for="for">{words().filter_target}</label>
                <select class="input" id="for" name="for">
                    <option value="">{words().any_target}</option>
                    {choices.into_iter().map(|(target, name)| {
                        let value = target.to_string();
                        view! { <option value=value.clone() selected=value == chosen>{name}</option> }
                    }).collect_view()}
                </select>
            })}
            <button class="btn" type="submit">{words().search}</button>
        </form>
    }
}

#[component]
fn Lines(lines: Vec<SentLine>) -> impl IntoView {
    let several = lines.iter().filter(|line| line.open).count() > 1;
    view! {
        <form method="post" action=Steer::PATH>
            <input type="hidden" name="back" value=frame().here/>
            <table class="tbl tbl--fold">
                <thead><tr>
                    <th scope="col">{words().col_name}</th>
                    <th scope="col">{words().col_what}</th>
                    <th scope="col">{words().col_state}</th>
                    <th scope="col">{words().col_when}</th>
                    <th scope="col"><span class="vh">{words().col_acts}</span></th>
                </tr></thead>
                <tbody>{lines.into_iter().map(|line| view! { <Line line several/> }).collect_view()}</tbody>
            </table>
            {several.then(|| view! {
                <div class="acts field">
                    <button class="btn" type="submit" name="act" value="resend">{words().resend_ticked}</button>
                    <button class="btn" type="submit" name="act" value="withdraw">{words().withdraw_ticked}</button>
                </div>
            })}
        </form>
    }
}

#[component]
fn Line(line: SentLine, several: bool) -> impl IntoView {
    let SentLine { id, name, email, targets, standing, mail, at, by, open, asked } = line;
    let whose = format!("i-{id}");
    let tick = several && open;
    let label = fill(words().invitation_of, &[("name", &name)]);
    view! {
        <tr>
            <th scope="row">
                <span class="whois">
                    {tick.then(|| view! { <input type="checkbox" name="ids[]" value=id.to_string() aria-label=label/> })}
                    <span>
                        <a id=whose.clone() href=paths::invitation(id)><b>{name}</b></a> <small>{email}</small>
                        {by.map(|(_, name)| view! { <small>{fill(words().sent_by_other, &[("name", &name)])}</small> })}
                    </span>
                </span>
            </th>
            <td data-l=words().col_what>{targets.join(", ")}</td>
            <td>
                <State standing/>
                {asked.then(|| view! { <small>{words().asks_for_link}</small> })}
                {mail.map(|mail| view! { <small>{mail}</small> })}
            </td>
            <td data-l=words().col_when>{at}</td>
            <td>{open.then(|| view! {
                <span class="acts">
                    <button class="btn btn--small" type="submit" name="resend" value=id.to_string() aria-describedby=whose.clone()>
                        {words().resend}
                    </button>
                    <button class="btn btn--small btn--bare" type="submit" name="withdraw" value=id.to_string() aria-describedby=whose>
                        {words().withdraw}
                    </button>
                </span>
            })}</td>
        </tr>
    }
}

/// An invitation's page.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_story(id.clone()), |view| show(view).into_any())
}

fn show(story: Story) -> impl IntoView {
    let title = fill(words().invitation_of, &[("name", &story.name)]);
    let may = |act: Act| story.acts.contains(&act);
    let (sees_people, manages) = (app::may(Power::SeePeople), app::may(Power::ManagePeople));
    let sent = match &story.inviter {
        Some((_, name)) => fill(words().sent_on_by, &[("date", &story.at), ("name", name)]),
        None => fill(words().sent_on, &[("date", &story.at)]),
    };
    let people = sees_people.then(|| {
        let inviter =
            story.inviter.clone().map(|(id, name)| view! { " · " <a href=paths::admin_person(id)>{name}</a> });
        view! { <p class="note"><a href=paths::admin_person(story.guest)>{story.name.clone()}</a> {inviter}</p> }
    });
    // Whoever did not send it gives the person another address.
    let readdress = (sees_people && story.mail_failed && !may(Act::CorrectAddress) && manages)
        .then(|| paths::admin_person(story.guest));
    let until = if may(Act::CopyLink) { words().link_good_until } else { words().link_was_good_until };
    let until = fill(until, &[("date", &story.link_until)]);
    let links = may(Act::RenewLink).then(|| {
        let mut links = LINKS.to_vec();
        if !links.contains(&story.link_days) {
            links.push(story.link_days);
        }
        links
    });
    let (id, days) = (story.id, story.link_days);
    let correct = may(Act::CorrectAddress).then(|| paths::invite_again(id));
    let (resend, withdraw) = (may(Act::Resend), may(Act::Withdraw));
    let name = story.name.clone();
    view! {
        <Panel title=title.clone() at=paths::INVITATIONS>
            <div class="head">
                <div class="head__text">
                    <h1 id="name">{title}</h1>
                    <p>{story.email.clone()} " · " {sent}</p>
                    {story.again.map(|date| view! { <p>{fill(words().mailed_again, &[("date", &date)])}</p> })}
                    <p><State standing=story.standing/> {story.asked.then(|| view! { " · " {words().asks_for_link} })}</p>
                    {people}
                    {story.mail.map(|mail| view! { <p class=if story.mail_failed { "err" } else { "quiet" }>{mail}</p> })}
                </div>
                {(resend || withdraw).then(|| view! {
                    <form class="acts" method="post" action=Steer::PATH>
                        <input type="hidden" name="back" value=paths::invitation(id)/>
                        {resend.then(|| view! {
                            <button class="btn btn--go" type="submit" name="resend" value=id.to_string() aria-describedby="name">{words().resend}</button>
                        })}
                        {withdraw.then(|| view! {
                            <button class="btn" type="submit" name="withdraw" value=id.to_string() aria-describedby="name">{words().withdraw}</button>
                        })}
                    </form>
                })}
            </div>
            {story.blocked.then(|| view! { <p class="err">{words().reason_blocked}</p> })}
            {correct.or(readdress).map(|path| view! { <p><a href=path>{words().correct_address}</a></p> })}
            {(!story.word.is_empty()).then(|| view! {
                <section class="part">
                    <h2>{fill(words().guests_word, &[("name", &name)])}</h2>
                    <blockquote class="said">{story.word}</blockquote>
                </section>
            })}
            <section class="part">
                <h2>{words().what_for}</h2>
                {if story.targets.is_empty() {
                    view! { <p class="quiet">{words().directory_only}</p> }.into_any()
                } else {
                    view! {
                        <ul class="plainlist">{story.targets.into_iter().map(|target| view! { <TargetLine target/> }).collect_view()}</ul>
                    }.into_any()
                }}
                {(!story.choices.is_empty()).then(|| view! {
                    <details class="fold">
                        <summary>{words().change_targets}</summary>
                        <form method="post" action=ChangeTargets::PATH>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <ul class="ticks">
                                {story.choices.into_iter().map(|choice| view! {
                                    <li><label>
                                        <input type="checkbox" name="targets[]" value=choice.target.to_string() checked=choice.ticked/>
                                        " " {choice.name}
                                        {(!choice.guests_allowed).then(|| view! { " " <span class="tag">{words().no_guests_here}</span> })}
                                    </label></li>
                                }).collect_view()}
                            </ul>
                            <button class="btn field" type="submit">{words().save}</button>
                        </form>
                    </details>
                })}
            </section>
            <section class="part">
                <h2>{words().the_link}</h2>
                <p>{until}</p>
                {links.map(|links| view! {
                    <form class="finder" method="post" action=Renew::PATH>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <label class="label" for="days">{words().renew_for}</label>
                        <select class="input" id="days" name="days">
                            {links.into_iter().map(|n| {
                                let text = fill(words().length_days, &[("n", &n.to_string())]);
                                view! { <option value=n.to_string() selected=n == days>{text}</option> }
                            }).collect_view()}
                        </select>
                        <button class="btn" type="submit">{words().renew_link}</button>
                    </form>
                })}
                {story.link.map(|link| view! {
                    <div class="field">
                        <label class="label" for="link">{words().plain_link}</label>
                        <input class="input input--wide" id="link" value=link readonly aria-describedby="link-hint"/>
                        <p class="hint" id="link-hint">{words().plain_link_hint}</p>
                    </div>
                })}
            </section>
            {(!story.message.is_empty()).then(|| view! {
                <section class="part"><h2>{words().the_message}</h2><blockquote class="said">{story.message}</blockquote></section>
            })}
            {story.letter.map(|letter| view! {
                <section class="part">
                    <details class="fold">
                        <summary>{words().letter_sent}</summary>
                        <p class="hint">{letter.at} ". " {words().letter_sent_hint}</p>
                        <p><b>{letter.subject}</b></p>
                        <pre class="sentmail">{letter.text}</pre>
                    </details>
                </section>
            })}
        </Panel>
    }
}

#[component]
fn TargetLine(target: StoryTarget) -> impl IntoView {
    let StoryTarget { target, name, state, reason, until, waiting } = target;
    let state = match state {
        TargetState::Pending => words().target_pending,
        TargetState::Waiting => words().target_waiting,
        TargetState::Granted => words().target_granted,
        TargetState::Refused => reason.map_or(words().outcome_refused, |reason| words().reason(reason)),
    };
    let until = until.map(|date| fill(words().until_date, &[("date", &date)]));
    let facts: Vec<String> = [Some(state.to_owned()), until].into_iter().flatten().collect();
    let id = format!("t-{}", target.id());
    view! {
        <li>
            <a id=id.clone() href=paths::target(target)><b>{name}</b></a> " " <span class="note">{facts.join(" · ")}</span>
            {waiting.map(|one| view! { " " <a class="btn btn--small btn--go" href=paths::confirm(one) aria-describedby=id>{words().answer}</a> })}
        </li>
    }
}
