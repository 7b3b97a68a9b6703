//! All invitations.

use crate::{
    app::{
        components::{Answers, Export, PersonLink, State},
        desk_words, frame,
        layout::Desk,
        may, page_of, words,
    },
    domain::{
        paths,
        roles::Power,
        view::{AllSent, AnswerLine, SentFilter, SentLine, grouped},
    },
    i18n::fill,
    server_fns::{portal::load_all_sent, steering::Steer},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn AdminInvitationsPage() -> impl IntoView {
    page_of(load_all_sent, |(view, sent)| show(view, sent).into_any())
}

fn show(list: AllSent, sent: Option<Vec<AnswerLine>>) -> impl IntoView {
    let AllSent { filter, inviter, lines, more, too_many, sums } = list;
    let texts = desk_words();
    let next = more.map(|id| filter.href(Some(id)));
    let total: i64 = sums.iter().map(|(_, n)| n).sum();
    let count = |state: &str| sums.iter().find(|(one, _)| one == state).map_or(0, |(_, n)| *n);
    let base = SentFilter::default();
    let narrowed = SentFilter { order: filter.order.clone(), ..base.clone() } != filter;
    let mut links = vec![(base.href(None), grouped(total), texts.all_of_them, filter.state.is_empty())];
    for (state, text) in [
        ("pending", texts.sent_pending),
        ("accepted", texts.sent_accepted),
        ("declined", texts.sent_declined),
        ("revoked", texts.sent_withdrawn),
    ] {
        let only = SentFilter { state: state.to_owned(), ..SentFilter::default() };
        links.push((only.href(None), grouped(count(state)), text, filter.state == state));
    }
    let choices = [
        ("", texts.any_state),
        ("pending", texts.sent_pending),
        ("ending", texts.sent_ending),
        ("expired", texts.sent_expired),
        ("failed", texts.sent_failed),
        ("waiting", texts.sent_waiting),
        ("accepted", texts.sent_accepted),
        ("declined", texts.sent_declined),
        ("revoked", texts.sent_withdrawn),
    ];
    let oldest = filter.order == "oldest";
    let other = SentFilter { order: if oldest { String::new() } else { "oldest".to_owned() }, ..filter.clone() };
    let sent_head = match filter.is_by_link() {
        true => view! { <th scope="col">{texts.col_sent}</th> }.into_any(),
        false => {
            let (way, arrow) = if oldest { ("ascending", " ↑") } else { ("descending", " ↓") };
            view! { <th scope="col" aria-sort=way><a href=other.href(None)>{texts.col_sent} {arrow}</a></th> }
                .into_any()
        }
    };
    let none = lines.is_empty();
    let steers = may(Power::HelpPeople);
    view! {
        <Desk title=texts.invitations at=paths::ADMIN_INVITATIONS>
            <div class="head">
                <h1>{texts.invitations}</h1>
                <div class="acts">
                    <Export list=filter.href(None)/>
                    {may(Power::Invite).then(|| view! { <a class="btn btn--go" href=paths::ADMIN_INVITE>{texts.invite_people}</a> })}
                </div>
            </div>
            {sent.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
            <nav class="sums" aria-label=texts.totals>
                {links.into_iter().map(|(path, n, text, current)| view! {
                    <a href=path aria-current=current.then_some("true")><b>{n}</b> " " {text}</a>
                }).collect_view()}
            </nav>
            <form class="finder filters" method="get" action=paths::ADMIN_INVITATIONS role="search">
                <label class="vh" for="q">{texts.find_people}</label>
                <input class="input" type="search" id="q" name="q" value=filter.query.clone() placeholder=texts.find_people/>
                <label class="vh" for="state">{words().col_state}</label>
                <select class="input" id="state" name="state">
                    {choices.into_iter().map(|(value, text)| view! { <option value=value selected=value == filter.state>{text}</option> }).collect_view()}
                </select>
                {filter.inviter.map(|id| view! { <input type="hidden" name="inviter" value=id.to_string()/> })}
                {oldest.then(|| view! { <input type="hidden" name="order" value="oldest"/> })}
                <button class="btn" type="submit">{words().search}</button>
                {inviter.map(|name| view! { <span class="tag">{fill(texts.sent_by, &[("name", &name)])}</span> })}
                {narrowed.then(|| view! { <a href=base.href(None)>{texts.show_everything}</a> })}
            </form>
            {too_many.then(|| view! { <p class="hint">{texts.too_many_found}</p> })}
            {if none {
                let (title, text) = match narrowed {
                    true => (texts.nothing_fits, texts.nothing_fits_text),
                    false => (texts.no_sent_title, texts.no_sent_text),
                };
                view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }.into_any()
            } else {
                view! {
                    <form method="post" action=Steer::PATH>
                        <input type="hidden" name="back" value=frame().here/>
                        <table class="tbl tbl--fold dense">
                            <caption class="vh">{texts.invitations}</caption>
                            <thead><tr>
                                {steers.then(|| view! { <th scope="col"><span class="vh">{texts.pick}</span></th> })}
                                <th scope="col">{words().col_name}</th>
                                <th scope="col">{texts.col_for}</th>
                                <th scope="col">{words().col_state}</th>
                                <th scope="col">{texts.col_inviter}</th>
                                {sent_head}
                            </tr></thead>
                            <tbody>{lines.into_iter().map(|line| view! { <Row line steers/> }).collect_view()}</tbody>
                        </table>
                        {steers.then(|| view! {
                            <fieldset class="bulk">
                                <legend>{texts.with_ticked}</legend>
                                <div class="acts acts--row">
                                    <button class="btn btn--small" type="submit" name="act" value="resend">{words().resend}</button>
                                    {may(Power::ManagePeople).then(|| view! { <button class="btn btn--small" type="submit" name="act" value="withdraw">{words().withdraw}</button> })}
                                </div>
                            </fieldset>
                        })}
                    </form>
                }.into_any()
            }}
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
        </Desk>
    }
}

#[component]
fn Row(line: SentLine, steers: bool) -> impl IntoView {
    let texts = desk_words();
    let what = if line.targets.is_empty() { words().directory_only.to_owned() } else { line.targets.join(", ") };
    let pick = fill(texts.pick_one, &[("name", &line.name)]);
    view! {
        <tr>
            {steers.then(|| view! {
                <td>{line.open.then(|| view! { <input class="pick" type="checkbox" name="ids[]" value=line.id.to_string() aria-label=pick/> })}</td>
            })}
            <th scope="row"><a href=paths::invitation(line.id)><b>{line.name}</b></a> <small>{line.email}</small></th>
            <td data-l=texts.col_for>{what}</td>
            <td><State standing=line.standing/> {line.mail.map(|mail| view! { <small>{mail}</small> })}</td>
            <td data-l=texts.col_inviter>{line.by.map(|(id, name)| view! { <PersonLink id name/> })}</td>
            <td data-l=texts.col_sent class="num">{line.at}</td>
        </tr>
    }
}
