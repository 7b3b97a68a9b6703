//! An owner's word on what a guest has accepted and may not have yet.

use crate::{
    app::{components::Problem, layout::Panel, page_of, words},
    domain::{paths, view::Confirmation},
    i18n::fill,
    server_fns::redeem::{Confirm, load_confirmation},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_confirmation(id.clone()), |view| show(view).into_any())
}

fn show(page: Confirmation) -> impl IntoView {
    let title = fill(words().confirm_title, &[("guest", &page.guest)]);
    let text = fill(
        words().confirm_text,
        &[("guest", &page.guest), ("email", &page.email), ("target", &page.name), ("inviter", &page.inviter)],
    );
    let error = page.form.and_then(|form| form.error);
    view! {
        <Panel title=title.clone() at=paths::GROUPS>
            <h1>{title}</h1>
            <p class="lede">{text}</p>
            <p class="quiet">{words().reason(page.reason)}</p>
            {page.until.map(|date| view! { <p class="quiet">{fill(words().will_until, &[("date", &date)])}</p> })}
            {error.map(|error| view! { <Problem error id="page-error"/> })}
            <div class="acts field">
                {[("yes", "btn btn--go", words().confirm_yes), ("no", "btn", words().confirm_no)].into_iter().map(|(answer, class, text)| view! {
                    <form method="post" action=Confirm::PATH>
                        <input type="hidden" name="id" value=page.id.to_string()/>
                        <input type="hidden" name="answer" value=answer/>
                        <button class=class type="submit">{text}</button>
                    </form>
                }).collect_view()}
            </div>
        </Panel>
    }
}
