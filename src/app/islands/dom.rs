//! What the islands share of the browser's document.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event};

pub(super) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Listens on the whole document, for good.
pub(super) fn listen(kind: &str, then: fn(Event)) {
    let closure = Closure::<dyn Fn(Event)>::new(then);
    if let Some(document) = document() {
        let _ = document.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
    }
    closure.forget();
}

/// The element that an event is about.
pub(super) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
