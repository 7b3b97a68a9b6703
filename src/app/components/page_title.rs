//! The only `<title>`: leptos_meta 0.8 writes it as it comes, so a name in it could end it; escaped here.

use leptos::prelude::*;
use leptos_meta::Title;

/// The document's title. Its text is text whatever it holds.
#[component]
pub fn PageTitle(
    /// The title.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=escaped/> }
}
