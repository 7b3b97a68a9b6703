//! Searches *My Apps* while one types. Without script the same form asks the server.

use leptos::{ev, prelude::*};

/// The search field. `found_one`, `found_many` (with `{n}`), `found_none` and `press_enter` (with `{name}`) are
/// said to screen readers as one types; Enter opens the first app found.
#[island]
pub fn AppSearch(
    label: String,
    query: String,
    found_one: String,
    found_many: String,
    found_none: String,
    press_enter: String,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let said = RwSignal::new(String::new());
    let look = move |query: &str| {
        let found = browser::show_matches(query);
        said.set(match (query.trim().is_empty(), found.len()) {
            (true, _) => String::new(),
            (_, 0) => found_none.clone(),
            (_, 1) => format!("{found_one}. {}", press_enter.replace("{name}", &found[0])),
            (_, n) => {
                format!("{}. {}", found_many.replace("{n}", &n.to_string()), press_enter.replace("{name}", &found[0]))
            }
        });
    };
    let look_again = look.clone();
    // What was typed before the code arrived counts too.
    Effect::new(move |_| {
        if let Some(field) = input.get()
            && !field.value().is_empty()
        {
            look_again(&field.value());
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && browser::open_first() {
            event.prevent_default();
        }
    };
    view! {
        <form class="find" role="search" method="get" action="/">
            <label class="vh" for="q">{label.clone()}</label>
            <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
                <path d="M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11m4.200 9.700 3.800 3.800"/>
            </svg>
            <input
                class="input"
                id="q"
                name="q"
                type="search"
                autocomplete="off"
                placeholder=label
                value=query
                node_ref=input
                on:input=move |event| look(&event_target_value(&event))
                on:keydown=on_key
            />
            <p class="vh" role="status">{said}</p>
        </form>
    }
}

/// What the island does to the page around it: items carry `data-haystack`, their shelves `data-shelf`.
#[cfg(feature = "hydrate")]
mod browser {
    use crate::domain::search;
    use wasm_bindgen::JsCast;
    use web_sys::{Document, Element, HtmlElement};

    fn document() -> Option<Document> {
        web_sys::window()?.document()
    }

    fn all(within: &str) -> Vec<Element> {
        let Some(nodes) = document().and_then(|document| document.query_selector_all(within).ok()) else {
            return Vec::new();
        };
        (0..nodes.length()).filter_map(|i| nodes.item(i)?.dyn_into().ok()).collect()
    }

    fn show(element: &Element, shown: bool) {
        let _ = element.toggle_attribute_with_force("hidden", !shown);
    }

    /// Shows what the query finds and hides the rest; returns the names found, in their order on the page.
    pub fn show_matches(query: &str) -> Vec<String> {
        let mut found = Vec::new();
        for item in all("[data-haystack]") {
            let matches = search::matches(&item.get_attribute("data-haystack").unwrap_or_default(), query);
            show(&item, matches);
            if matches {
                found.extend(item.get_attribute("data-name"));
            }
        }
        for shelf in all("[data-shelf]") {
            let any = shelf.query_selector("[data-haystack]:not([hidden])").ok().flatten().is_some();
            show(&shelf, any);
        }
        for nothing in all("[data-nothing]") {
            show(&nothing, found.is_empty());
        }
        found
    }

    /// Opens the first app that is shown. `false` if there is none.
    pub fn open_first() -> bool {
        let link = document()
            .and_then(|document| document.query_selector("[data-haystack]:not([hidden]) a[data-open]").ok().flatten())
            .and_then(|link| link.dyn_into::<HtmlElement>().ok());
        if let Some(link) = &link {
            link.click();
        }
        link.is_some()
    }
}

/// On the server nobody types.
#[cfg(not(feature = "hydrate"))]
mod browser {
    pub fn show_matches(_query: &str) -> Vec<String> {
        Vec::new()
    }

    pub fn open_first() -> bool {
        false
    }
}
