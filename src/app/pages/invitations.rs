//! The invitations that one has sent.

use crate::{
    app::{
        components::{Answers, State},
        layout::Panel,
        page_of, words,
    },
    domain::{
        paths,
        view::{AnswerLine, Sent},
    },
    server_fns::invite::load_sent,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn InvitationsPage() -> impl IntoView {
    page_of(load_sent, |view| show(view).into_any())
}

fn show((list, just): (Sent, Option<Vec<AnswerLine>>)) -> impl IntoView {
    let none = list.lines.is_empty();
    view! {
        <Panel title=words().invitations at=paths::INVITATIONS>
            <h1>{words().invitations}</h1>
            {just.map(|lines| view! { <Answers lines title=words().what_happened future=false/> })}
            {if none {
                view! {
                    <section class="empty">
                        <h2>{words().invitations_none_title}</h2>
                        <p>{words().invitations_none_text}</p>
                    </section>
                }.into_any()
            } else {
                view! {
                    <table class="tbl tbl--fold">
                        <thead><tr>
                            <th scope="col">{words().col_name}</th>
                            <th scope="col">{words().col_what}</th>
                            <th scope="col">{words().col_state}</th>
                            <th scope="col">{words().col_when}</th>
                        </tr></thead>
                        <tbody>
                            {list.lines.into_iter().map(|line| view! {
                                <tr>
                                    <th scope="row"><b>{line.name}</b> <small>{line.email}</small></th>
                                    <td data-l=words().col_what>{line.targets.join(", ")}</td>
                                    <td>
                                        <State standing=line.standing/>
                                        {line.mail.map(|mail| view! { <small>{mail}</small> })}
                                    </td>
                                    <td data-l=words().col_when>{line.at}</td>
                                </tr>
                            }).collect_view()}
                        </tbody>
                    </table>
                }.into_any()
            }}
            {list.more.map(|id| view! {
                <p class="after"><a href=format!("{}?from={id}", paths::INVITATIONS)>{words().older}</a></p>
            })}
        </Panel>
    }
}
