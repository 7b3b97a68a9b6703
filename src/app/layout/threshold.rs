//! The frame before the house: arches, a light, one thing to do. Carries no script.

use super::{DemoBanner, SkipLink};
use crate::{
    app::{
        components::{Logo, PageTitle},
        frame, words,
    },
    domain::{app::LaunchUrl, language::Language},
    i18n::fill,
    server_fns::sign_in::ChooseLanguage,
};
use leptos::{prelude::*, server_fn::ServerFn};

/// A page before the house. `shut` closes the door: for wrong turns.
#[component]
pub fn Threshold(
    /// The page's title.
    #[prop(into)]
    title: String,
    /// Whether this is a wrong turn.
    #[prop(optional)]
    shut: bool,
    /// Whether the language can be changed here.
    #[prop(optional)]
    languages: bool,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let frame = frame();
    let organisation = frame.organisation.clone();
    let privacy = frame.privacy_url.as_deref().and_then(|url| LaunchUrl::parse(url).ok());
    view! {
        <PageTitle text=format!("{title} · {organisation}")/>
        <SkipLink/>
        <DemoBanner/>
        <div class="thresh">
            <header class=if shut { "porch porch--dim" } else { "porch" }>
                <svg class="porch__art" viewBox="0 0 432 700" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
                    <path class="a1" d="M28 700V232a188 188 0 0 1 376 0v468z"/>
                    <path class="a2" d="M76 672V262a148 148 0 0 1 296 0v410z"/>
                    <path class="a3" d="M122 642V302a107 107 0 0 1 214 0v340z"/>
                    <path class="a4" d="M164 614V346a70 70 0 0 1 140 0v268z"/>
                    <path class="a5 door" d="M200 588V388a38 38 0 0 1 76 0v200z"/>
                    <path class="a5" d="M200 586h76v3h-76z"/>
                    <path class="a5 spill" d="M200 588h76l54 112H112z"/>
                </svg>
                <div class="porch__brand"><span class="brand"><Logo/> {organisation.clone()}</span></div>
            </header>
            <div class="room">
                <main id="main" class="room__in">{children()}</main>
                <footer class="room__foot">
                    <span>{fill(words().uses_vestibule, &[("organisation", &organisation)])}</span>
                    {privacy.map(|url| view! { <a href=String::from(url)>{words().privacy}</a> })}
                    {languages.then(|| {
                        Language::ALL
                            .iter()
                            .filter(|other| **other != frame.language)
                            .map(|other| {
                                view! {
                                    <form method="post" action=ChooseLanguage::PATH>
                                        <input type="hidden" name="language" value=other.as_str()/>
                                        <button class="plain" type="submit" lang=other.as_str()>{other.own_name()}</button>
                                    </form>
                                }
                            })
                            .collect_view()
                    })}
                </footer>
            </div>
        </div>
    }
}
