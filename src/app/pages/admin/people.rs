//! The portal's lists of guests and of members, what is done to many at once, and where members are added.

use crate::{
    app::{
        components::{Export, Glyph, Icon, Problem, TextArea},
        desk_words, frame,
        layout::Desk,
        may, page_of, words,
    },
    domain::{
        error::AppError,
        form::FormState,
        name::initials,
        paths,
        roles::Power,
        user::UserStanding,
        view::{PeopleFilter, PeopleList, PersonLine, grouped},
    },
    i18n::fill,
    server_fns::portal::{
        load_form,
        people::{ActOnPeople, AddMembers, MEMBERS_FORM, load_people},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Guests.
#[component]
pub fn AdminGuestsPage() -> impl IntoView {
    page_of(|| load_people(false), |view| show(view).into_any())
}

/// Members.
#[component]
pub fn AdminMembersPage() -> impl IntoView {
    page_of(|| load_people(true), |view| show(view).into_any())
}

/// How somebody stands.
#[component]
pub fn StandingMark(
    /// How.
    standing: UserStanding,
) -> impl IntoView {
    let class = match standing {
        UserStanding::Active => "in",
        UserStanding::Invited => "wait",
        UserStanding::Disabled => "bad",
        UserStanding::Deleted => "no",
    };
    view! { <span class=format!("state state--{class}")>{desk_words().standing(standing)}</span> }
}

fn show(list: PeopleList) -> impl IntoView {
    let PeopleList { filter, by, sponsor, lines, more, total, too_many, sums } = list;
    let texts = desk_words();
    let title = if filter.members { texts.members } else { texts.guests };
    let count = total.map(|n| view! { " " <span class="num quiet">{grouped(n)}</span> });
    let none = lines.is_empty();
    let narrowed = PeopleFilter { members: filter.members, ..PeopleFilter::default() } != filter;
    let next = more.map(|id| filter.href(Some(id)));
    let members = filter.members;
    let acts = may(Power::ManagePeople) || may(Power::HelpPeople);
    view! {
        <Desk title at=filter.path()>
            <div class="head">
                <h1>{title} {count}</h1>
                <div class="acts">
                    <Export list=filter.href(None)/>
                    {(members && may(Power::ManagePeople)).then(|| view! { <a class="btn btn--go" href=paths::ADMIN_ADD_MEMBERS>{texts.add_members}</a> })}
                    {(!members && may(Power::Invite)).then(|| view! { <a class="btn btn--go" href=paths::ADMIN_INVITE>{texts.invite_people}</a> })}
                </div>
            </div>
            <Sums filter=filter.clone() sums/>
            <Finder filter=filter.clone() sponsor/>
            {too_many.then(|| view! { <p class="hint">{texts.too_many_found}</p> })}
            {if none {
                let (title, text) = match narrowed {
                    true => (texts.nothing_fits, texts.nothing_fits_text),
                    false if members => (texts.no_members_title, texts.no_members_text),
                    false => (texts.no_guests_title, texts.no_guests_text),
                };
                view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }.into_any()
            } else {
                view! {
                    <form method="post" action=ActOnPeople::PATH>
                        <input type="hidden" name="back" value=frame().here/>
                        <button class="vh" type="submit" name="act" value="" tabindex="-1" aria-hidden="true"></button>
                        <table class="tbl tbl--fold dense">
                            <caption class="vh">{title}</caption>
                            <thead><tr>
                                {acts.then(|| view! { <th scope="col"><span class="vh">{texts.pick}</span></th> })}
                                <Sortable filter=filter.clone() current=by == "name" order="name" text=words().col_name/>
                                <th scope="col">{words().col_state}</th>
                                {(!members).then(|| view! { <th scope="col">{words().col_sponsor}</th> })}
                                <th scope="col">{texts.reaches}</th>
                                <th scope="col">{words().col_until}</th>
                                <Sortable filter=filter.clone() current=by == "seen" order="seen" text=texts.last_seen/>
                                <Sortable filter=filter.clone() current=by == "created" order="created" text=texts.known_since/>
                            </tr></thead>
                            <tbody>{lines.into_iter().map(|line| view! { <Row line members acts/> }).collect_view()}</tbody>
                        </table>
                        {acts.then(|| view! { <Bulk members/> })}
                    </form>
                }.into_any()
            }}
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
        </Desk>
    }
}

/// How many stand how, each a link to these.
#[component]
fn Sums(filter: PeopleFilter, sums: Vec<(UserStanding, i64)>) -> impl IntoView {
    let texts = desk_words();
    let base = PeopleFilter { members: filter.members, ..PeopleFilter::default() };
    let live: i64 = sums.iter().filter(|(one, _)| *one != UserStanding::Deleted).map(|(_, n)| n).sum();
    let all_now = filter.only.is_empty() && filter.domain.is_empty() && filter.sponsor.is_none();
    let mut links = vec![(base.href(None), grouped(live), texts.all_of_them, all_now)];
    for standing in UserStanding::ALL {
        let n = sums.iter().find(|(one, _)| one == standing).map_or(0, |(_, n)| *n);
        let only = PeopleFilter { only: standing.as_str().to_owned(), ..base.clone() };
        let current = filter.only == only.only;
        if n > 0 || current {
            links.push((only.href(None), grouped(n), texts.standing(*standing), current));
        }
    }
    view! {
        <nav class="sums" aria-label=texts.totals>
            {links.into_iter().map(|(path, n, text, current)| view! {
                <a href=path aria-current=current.then_some("true")><b>{n}</b> " " {text}</a>
            }).collect_view()}
        </nav>
    }
}

/// Search and filters, kept in the address.
#[component]
fn Finder(filter: PeopleFilter, sponsor: Option<String>) -> impl IntoView {
    let texts = desk_words();
    let mut choices = vec![("", texts.anybody)];
    choices.extend(UserStanding::ALL.iter().map(|one| (one.as_str(), texts.standing(*one))));
    choices.extend([("ending", texts.only_ending), ("inactive", texts.only_inactive), ("never", texts.only_never)]);
    if !filter.members {
        choices.push(("unsponsored", texts.only_unsponsored));
    }
    let plain = PeopleFilter { members: filter.members, ..PeopleFilter::default() };
    let narrowed = [
        sponsor.map(|name| fill(texts.sponsored_by, &[("name", &name)])),
        Some(filter.domain.clone()).filter(|domain| !domain.is_empty()),
    ];
    let narrowed: Vec<String> = narrowed.into_iter().flatten().collect();
    view! {
        <form class="finder filters" method="get" action=filter.path() role="search">
            <label class="vh" for="q">{texts.find_people}</label>
            <input class="input" type="search" id="q" name="q" value=filter.query.clone() placeholder=texts.find_people/>
            <label class="vh" for="only">{texts.which}</label>
            <select class="input" id="only" name="only">
                {choices.into_iter().map(|(value, text)| view! { <option value=value selected=value == filter.only>{text}</option> }).collect_view()}
            </select>
            {(!filter.order.is_empty()).then(|| view! { <input type="hidden" name="order" value=filter.order.clone()/> })}
            {filter.sponsor.map(|id| view! { <input type="hidden" name="sponsor" value=id.to_string()/> })}
            {(!filter.domain.is_empty()).then(|| view! { <input type="hidden" name="domain" value=filter.domain.clone()/> })}
            <button class="btn" type="submit">{words().search}</button>
            {(!narrowed.is_empty()).then(|| view! { <span class="tag">{narrowed.join(", ")}</span> })}
            {(plain != filter).then(|| view! { <a href=plain.href(None)>{texts.show_everybody}</a> })}
        </form>
    }
}

/// The head of a column that the list can be ordered by.
#[component]
fn Sortable(filter: PeopleFilter, current: bool, order: &'static str, text: &'static str) -> impl IntoView {
    let way = if order == "name" { "ascending" } else { "descending" };
    let path = PeopleFilter { order: order.to_owned(), ..filter }.href(None);
    view! { <th scope="col" aria-sort=current.then_some(way)><a href=path>{text} {current.then_some(if order == "name" { " ↑" } else { " ↓" })}</a></th> }
}

#[component]
fn Row(line: PersonLine, members: bool, acts: bool) -> impl IntoView {
    let texts = desk_words();
    let id = format!("p-{}", line.id);
    let name = if line.name.is_empty() { texts.erased_person.to_owned() } else { line.name.clone() };
    let pick = fill(texts.pick_one, &[("name", &name)]);
    let reaches = match (line.groups, line.apps) {
        (0, 0) => texts.reaches_nothing.to_owned(),
        (groups, apps) => {
            let parts = [
                (groups, if groups == 1 { texts.one_group } else { texts.n_groups }),
                (apps, if apps == 1 { texts.one_app } else { texts.n_apps }),
            ];
            let parts = parts.into_iter().filter(|(n, _)| *n > 0);
            parts.map(|(n, text)| fill(text, &[("n", &n.to_string())])).collect::<Vec<_>>().join(", ")
        }
    };
    view! {
        <tr>
            {acts.then(|| view! { <td><input class="pick" type="checkbox" name="ids[]" value=line.id.to_string() aria-label=pick/></td> })}
            <th scope="row">
                <span class="whois">
                    <span class=format!("face face--{}{}", line.colour, if members { "" } else { " face--guest" }) aria-hidden="true">{initials(&name)}</span>
                    <span><a id=id href=paths::admin_person(line.id)><b>{name}</b></a> <small>{line.email}</small></span>
                </span>
            </th>
            <td><StandingMark standing=line.standing/></td>
            {(!members).then(|| match line.sponsor {
                Some(name) => view! { <td data-l=words().col_sponsor>{name}</td> }.into_any(),
                None => view! { <td data-l=words().col_sponsor><span class="state state--ends">{texts.no_sponsor}</span></td> }.into_any(),
            })}
            <td data-l=texts.reaches>{reaches}</td>
            <td data-l=words().col_until class="num">{line.until.unwrap_or_else(|| "–".to_owned())}</td>
            <td data-l=texts.last_seen class="num">{line.seen.unwrap_or_else(|| texts.never.to_owned())}</td>
            <td data-l=texts.known_since class="num">{line.since}</td>
        </tr>
    }
}

/// What can be done to those that are ticked.
#[component]
fn Bulk(members: bool) -> impl IntoView {
    let texts = desk_words();
    let manage = may(Power::ManagePeople);
    let help = may(Power::HelpPeople);
    view! {
        <fieldset class="bulk">
            <legend>{texts.with_ticked}</legend>
            <div class="acts acts--row">
                {(help && !members).then(|| view! { <button class="btn btn--small" type="submit" name="act" value="resend">{texts.resend_invitations}</button> })}
                {help.then(|| view! { <button class="btn btn--small" type="submit" name="act" value="sessions">{texts.end_sessions}</button> })}
                {manage.then(|| view! {
                    <button class="btn btn--small" type="submit" name="act" value="disable">{texts.disable}</button>
                    <button class="btn btn--small" type="submit" name="act" value="enable">{texts.enable}</button>
                    <button class="btn btn--small" type="submit" name="act" value="delete">{texts.delete}</button>
                    <button class="btn btn--small" type="submit" name="act" value="restore">{texts.restore}</button>
                })}
            </div>
            {manage.then(|| view! {
                <details class="fold">
                <summary>{texts.more_acts}</summary>
                <div class="bulk__more">
                    {(!members).then(|| view! {
                        <span class="finder">
                            <label class="label" for="bulk-sponsor">{texts.new_sponsor}</label>
                            <input class="input" id="bulk-sponsor" name="sponsor" type="email" autocomplete="off"/>
                            <button class="btn btn--small" type="submit" name="act" value="sponsor">{texts.change_sponsor}</button>
                        </span>
                    })}
                    <span class="finder">
                        <label class="label" for="bulk-group">{texts.group_name}</label>
                        <input class="input" id="bulk-group" name="group" autocomplete="off"/>
                        <button class="btn btn--small" type="submit" name="act" value="group">{texts.add_to_group}</button>
                    </span>
                    <span class="finder">
                        <label class="label" for="bulk-until">{texts.last_day}</label>
                        <input class="input" id="bulk-until" name="until" type="date"/>
                        <button class="btn btn--small" type="submit" name="act" value="end">{words().change_end}</button>
                    </span>
                </div>
                </details>
            })}
        </fieldset>
    }
}

/// Where members are added: one, or many from a list.
#[component]
pub fn AddMembersPage() -> impl IntoView {
    page_of(|| load_form(MEMBERS_FORM.to_owned()), |form| show_adding(form).into_any())
}

fn show_adding(form: Option<FormState>) -> impl IntoView {
    let texts = desk_words();
    let value = |name: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let (email, name, list) = (value("email"), value("name"), value("list"));
    let error: Option<AppError> = form.and_then(|form| form.error);
    view! {
        <Desk title=texts.add_members at=paths::ADMIN_MEMBERS>
            <p class="crumbs"><a href=paths::ADMIN_MEMBERS>{texts.members}</a></p>
            <h1>{texts.add_members}</h1>
            <p class="hint"><Icon glyph=Glyph::Mail/> " " {texts.members_no_mail}</p>
            <form class="part" method="post" action=AddMembers::PATH>
                <h2>{texts.add_one_member}</h2>
                <div class="pair">
                    <div class="field">
                        <label class="label" for="email">{words().address}</label>
                        <input class="input input--wide" type="email" id="email" name="email" value=email required autocomplete="off"/>
                    </div>
                    <div class="field">
                        <label class="label" for="name">{words().name}</label>
                        <input class="input input--wide" id="name" name="name" value=name maxlength="64" autocomplete="off"/>
                    </div>
                </div>
                <div class="acts field">
                    <button class="btn btn--go" type="submit">{texts.add}</button>
                    <a class="btn btn--bare" href=paths::ADMIN_MEMBERS>{words().cancel}</a>
                </div>
            </form>
            <form class="part" method="post" action=AddMembers::PATH>
                <h2>{texts.add_several_members}</h2>
                <div class="field">
                    <label class="label" for="list">{texts.members_list}</label>
                    <p class="hint" id="list-hint">{texts.members_list_hint}</p>
                    <TextArea name="list" value=list rows=8 max=100_000_u32 described="list-hint" invalid=error.is_some()/>
                    {error.map(|error| view! { <Problem error id="list-error"/> })}
                </div>
                <button class="btn btn--go field" type="submit">{texts.add}</button>
            </form>
            <form class="part" method="post" action=paths::ADMIN_MEMBERS_FILE enctype="multipart/form-data">
                <h2>{texts.add_members_file}</h2>
                <div class="finder">
                    <label class="label" for="file">{texts.members_file}</label>
                    <input class="input" type="file" id="file" name="file" accept=".csv,.txt,text/csv,text/plain" required aria-describedby="file-hint"/>
                    <button class="btn" type="submit">{texts.add}</button>
                </div>
                <p class="hint" id="file-hint">{texts.members_file_hint}</p>
            </form>
        </Desk>
    }
}
