//! The guests that one answers for, a guest's page, and the page on which access is given longer.

use crate::{
    app::{
        components::{HeldList, Problem},
        layout::Panel,
        page_of, words,
    },
    domain::{
        paths,
        view::{GuestPage as View, MyGuest, MyGuests, Prolonging},
    },
    i18n::fill,
    server_fns::access::{PassOn, SteerAccess, TakeOver, load_guest, load_guests, load_prolong},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The list.
#[component]
pub fn GuestsPage() -> impl IntoView {
    page_of(load_guests, |view| show_list(view).into_any())
}

fn show_list(list: MyGuests) -> impl IntoView {
    let MyGuests { guests, more, query, .. } = list;
    let none = guests.is_empty();
    let next = more.map(|id| {
        let pairs = [("q", query.clone()), ("from", id.to_string())];
        format!(
            "{}?{}",
            paths::GUESTS,
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        )
    });
    let searched = !query.is_empty();
    view! {
        <Panel title=words().my_guests at=paths::GUESTS>
            <h1>{words().my_guests}</h1>
            {(!none || searched).then(|| view! {
                <form class="finder" method="get" action=paths::GUESTS role="search">
                    <label class="vh" for="q">{words().find_a_guest}</label>
                    <input class="input" type="search" id="q" name="q" value=query placeholder=words().find_a_guest/>
                    <button class="btn" type="submit">{words().search}</button>
                </form>
            })}
            {none.then(|| {
                let (title, text) = match searched {
                    true => (words().nothing_fits_title, words().nothing_fits_text),
                    false => (words().my_guests_none_title, words().my_guests_none_text),
                };
                view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }
            })}
            {guests.into_iter().map(|guest| view! { <Guest guest/> }).collect_view()}
            {next.map(|path| view! { <p class="after"><a href=path>{words().next_page}</a></p> })}
        </Panel>
    }
}

#[component]
fn Guest(guest: MyGuest) -> impl IntoView {
    let MyGuest { id, name, email, access } = guest;
    view! {
        <section class="guest">
            <h2><a href=paths::guest(id)>{name}</a> <small>{email}</small></h2>
            {if access.is_empty() {
                view! { <p class="quiet">{words().has_nothing}</p> }.into_any()
            } else {
                view! { <HeldList lines=access/> }.into_any()
            }}
        </section>
    }
}

/// A guest's page.
#[component]
pub fn GuestPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_guest(id.clone()), |view| show(view).into_any())
}

fn show(page: View) -> impl IntoView {
    let View { guest, company, last_seen, opens, sponsors, mine, may_take, form, .. } = page;
    let MyGuest { id, name, email, access } = guest;
    // Who does not answer for the guest is told nothing of it, rather than something untrue.
    let seen = match last_seen {
        Some(date) => fill(words().last_seen_at, &[("date", &date)]),
        None if opens.is_some() => words().never_seen.to_owned(),
        None => String::new(),
    };
    let facts: Vec<String> = [email, company, seen].into_iter().filter(|fact| !fact.is_empty()).collect();
    let typed = form.as_ref().and_then(|form| form.value("colleague")).unwrap_or_default().to_owned();
    let error = form.and_then(|form| form.error);
    let invalid = error.is_some().then_some("true");
    view! {
        <Panel title=name.clone() at=paths::GUESTS>
            <h1>{name.clone()}</h1>
            <p class="quiet">{facts.join(" · ")}</p>
            <section class="part part--wide">
                <h2>{fill(words().to_person, &[("name", &name)])}</h2>
                {if access.is_empty() {
                    view! { <p class="quiet">{words().has_nothing}</p> }.into_any()
                } else {
                    view! { <HeldList lines=access/> }.into_any()
                }}
            </section>
            {opens.map(|opens| view! {
                <section class="part">
                    <h2>{words().opens_now}</h2>
                    <p>{if opens.is_empty() { words().opens_nothing.to_owned() } else { opens.join(", ") }}</p>
                </section>
            })}
            <section class="part">
                <h2>{words().sponsors}</h2>
                <p>{if sponsors.is_empty() { words().no_sponsor.to_owned() } else { sponsors.join(", ") }}</p>
                {may_take.then(|| view! {
                    <form class="field" method="post" action=TakeOver::PATH>
                        <input type="hidden" name="guest" value=id.to_string()/>
                        <button class="btn" type="submit">{words().take_over}</button>
                    </form>
                })}
                {mine.then(|| view! {
                    <form class="field" method="post" action=PassOn::PATH>
                        <input type="hidden" name="guest" value=id.to_string()/>
                        <label class="label" for="colleague">{words().pass_on_to}</label>
                        <div class="finder">
                            <input class="input" type="email" id="colleague" name="colleague" value=typed required aria-invalid=invalid aria-describedby="pass-hint"/>
                            <button class="btn" type="submit">{words().pass_on}</button>
                        </div>
                        {error.map(|error| view! { <Problem error id="colleague-error"/> })}
                        <p class="hint" id="pass-hint">{words().pass_on_hint}</p>
                    </form>
                })}
            </section>
        </Panel>
    }
}

/// The page on which access is given longer.
#[component]
pub fn ProlongPage() -> impl IntoView {
    let params = use_params_map().read_untracked().clone();
    let part = move |name: &str| params.get(name).unwrap_or_default();
    let (user, target) = (part("user"), part("target"));
    page_of(move || load_prolong(user.clone(), target.clone()), |view| show_prolong(view).into_any())
}

fn show_prolong(page: Prolonging) -> impl IntoView {
    let Prolonging { user, target, guest, name, until, until_day, longer } = page;
    let until = until.unwrap_or_default();
    view! {
        <Panel title=words().prolong_title at=paths::GUESTS>
            <h1>{words().prolong_title}</h1>
            <p class="lede">{fill(words().prolong_text, &[("guest", &guest), ("target", &name), ("date", &until)])}</p>
            {match longer {
                Some(date) => view! {
                    <form class="acts field" method="post" action=SteerAccess::PATH>
                        <input type="hidden" name="user" value=user.to_string()/>
                        <input type="hidden" name="target" value=target.to_string()/>
                        <input type="hidden" name="seen" value=until_day/>
                        <input type="hidden" name="back" value=paths::guest(user)/>
                        <button class="btn btn--go" type="submit" name="act" value="prolong">{fill(words().prolong_to, &[("date", &date)])}</button>
                    </form>
                }.into_any(),
                None => view! { <p class="quiet">{words().prolong_not}</p> }.into_any(),
            }}
            <p class="after"><a href=paths::guest(user)>{fill(words().to_guest, &[("name", &guest)])}</a></p>
        </Panel>
    }
}
