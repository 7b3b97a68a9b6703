//! Searches *My Apps* while one types. Without script the same form asks the server.
//!
//! Items carry `data-haystack` and `data-name`, their shelves `data-shelf`, what stands where nothing is found
//! `data-nothing`; the form has what is said to screen readers as `data-one`, `data-many` (with `{n}`),
//! `data-none` and `data-enter` (with `{name}`).

use super::dom::{document, listen, target};
use crate::domain::search;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

pub(super) fn attach() {
    listen("input", |event| {
        if let Some(field) = target(&event).filter(|field| field.id() == "q") {
            look(&field);
        }
    });
    listen("keydown", |event| {
        let in_field = target(&event).is_some_and(|field| field.id() == "q");
        if in_field && event.unchecked_ref::<KeyboardEvent>().key() == "Enter" && open_first() {
            event.prevent_default();
        }
    });
    // What was typed before the code arrived counts too.
    if let Some(field) = document().and_then(|document| document.get_element_by_id("q")) {
        look(&field);
    }
}

/// Shows what is found, and says so.
fn look(field: &Element) -> Option<()> {
    let query = field.unchecked_ref::<HtmlInputElement>().value();
    let found = show_matches(&query);
    let form = field.closest("form").ok()??;
    let word = |name: &str| form.get_attribute(name).unwrap_or_default();
    let first = || word("data-enter").replace("{name}", &found[0]);
    let said = match found.len() {
        _ if query.trim().is_empty() => String::new(),
        0 => word("data-none"),
        1 => [word("data-one"), first()].join(". "),
        n => [word("data-many").replace("{n}", &n.to_string()), first()].join(". "),
    };
    form.query_selector("[role=status]").ok()??.set_text_content(Some(&said));
    Some(())
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
fn show_matches(query: &str) -> Vec<String> {
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
        // A shelf without anything to search stands only while nothing is searched for.
        show(&shelf, any || query.trim().is_empty());
    }
    for nothing in all("[data-nothing]") {
        show(&nothing, found.is_empty());
    }
    found
}

/// Opens the first app that is shown. `false` if there is none.
fn open_first() -> bool {
    let link = document()
        .and_then(|document| document.query_selector("[data-haystack]:not([hidden]) a[data-open]").ok().flatten())
        .and_then(|link| link.dyn_into::<HtmlElement>().ok());
    if let Some(link) = &link {
        link.click();
    }
    link.is_some()
}
