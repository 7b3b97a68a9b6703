//! Opens the page for inviting in a dialog, and lets its second half follow the typing. All words and all markup
//! come from the server: what is here only fetches and puts in place. Without script the same buttons lead to the
//! same page.

use super::dom::{document, listen, target};
use crate::domain::paths;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DomParser, Element, Event, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlTextAreaElement,
    RequestInit, Response, SupportedType, UrlSearchParams,
};

/// So long after the last stroke the server is asked, in milliseconds.
const PAUSE: i32 = 300;

thread_local! {
    /// The waiting question.
    static TIMER: Cell<i32> = const { Cell::new(0) };
    /// Questions asked: an answer to an older one is dropped.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

pub(super) fn attach() {
    listen("submit", |event| {
        let Some(form) = target(&event).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        if form.get_attribute("action").as_deref() == Some(paths::INVITE) {
            event.prevent_default();
            spawn_local(async move {
                // What cannot be shown in a dialog is a page still.
                if open(&form).await.is_none() {
                    let _ = form.submit();
                }
            });
        }
    });
    listen("input", follow);
    listen("change", follow);
    listen("click", |event| {
        let cancel = target(&event).and_then(|part| part.closest("[data-cancel]").ok().flatten());
        if let Some(dialog) = cancel.and_then(|link| link.closest("dialog").ok().flatten()) {
            event.prevent_default();
            dialog.unchecked_into::<HtmlDialogElement>().close();
        }
    });
}

async fn fetch(url: &str, body: Option<JsValue>) -> Option<String> {
    let options = RequestInit::new();
    if let Some(body) = body {
        options.set_method("POST");
        options.set_body(&body);
    }
    let promise = web_sys::window()?.fetch_with_str_and_init(url, &options);
    let answer: Response = JsFuture::from(promise).await.ok()?.unchecked_into();
    if answer.status() != 200 || answer.redirected() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Shows the page that the form leads to in a dialog; one that was closed comes back as it was left.
async fn open(form: &HtmlFormElement) -> Option<()> {
    let document = document()?;
    let to = FormData::new_with_form(form).ok()?.get("to").as_string()?;
    let url = format!("{}?to={to}", paths::INVITE);
    let known = document.query_selector(&format!("dialog[data-to=\"{to}\"]")).ok()?;
    let dialog: HtmlDialogElement = if let Some(known) = known {
        known.unchecked_into()
    } else {
        let page = fetch(&url, None).await?;
        let page = DomParser::new().ok()?.parse_from_string(&page, SupportedType::TextHtml).ok()?;
        let part = page.query_selector(".invite").ok()??;
        let dialog: HtmlDialogElement = document.create_element("dialog").ok()?.unchecked_into();
        dialog.set_class_name("dlg");
        dialog.set_attribute("data-to", &to).ok()?;
        dialog.set_attribute("aria-labelledby", "invite-title").ok()?;
        dialog.append_child(&part).ok()?;
        // Ids are one dialog's at a time.
        while let Some(old) = document.query_selector("dialog.dlg").ok()? {
            old.remove();
        }
        document.body()?.append_child(&dialog).ok()?;
        dialog
    };
    dialog.show_modal().ok()?;
    let field = dialog.query_selector("[name=email]").ok()??;
    field.unchecked_into::<HtmlElement>().focus().ok()
}

fn follow(event: Event) {
    let form = target(&event).and_then(|field| field.closest("form[data-preview]").ok().flatten());
    let Some(form) = form else { return };
    count(&form);
    let then = Closure::once_into_js(move || {
        spawn_local(async move {
            let _ = foresee(form.unchecked_into()).await;
        })
    });
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(TIMER.get());
        let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), PAUSE);
        TIMER.set(timer.unwrap_or_default());
    }
}

/// Writes how long the message is beside its label.
fn count(form: &Element) -> Option<()> {
    let text: HtmlTextAreaElement = form.query_selector("#message").ok()??.unchecked_into();
    let place = form.query_selector("[data-count]").ok()??;
    place.set_text_content(Some(&format!("{} / {}", text.text_length(), text.max_length())));
    Some(())
}

/// Asks what will happen, and shows it.
async fn foresee(form: HtmlFormElement) -> Option<()> {
    let asked = ASKED.get() + 1;
    ASKED.set(asked);
    let fields = FormData::new_with_form(&form).ok()?;
    let body = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    let html = fetch(&form.get_attribute("data-preview")?, Some(body.into())).await?;
    if ASKED.get() != asked {
        return None;
    }
    let side = form.closest(".invite").ok()??.query_selector("#preview").ok()??;
    side.set_inner_html(&html);
    let label = side.query_selector("[data-send-label]").ok()??.get_attribute("data-send-label");
    form.query_selector("[data-send]").ok()??.set_text_content(label.as_deref());
    Some(())
}
