//! The only `<textarea>`: Leptos 0.8 does not escape its children (leptos#4819), so the value is escaped here.

use leptos::prelude::*;

/// A text of several lines. Its value is text whatever it holds.
#[component]
pub fn TextArea(
    /// Name and id of the field.
    name: &'static str,
    /// What stands in it.
    #[prop(into)]
    value: String,
    /// How many lines are shown.
    #[prop(default = 4)]
    rows: u32,
    /// The longest text that is taken, in characters.
    #[prop(optional, into)]
    max: Option<u32>,
    /// Whether it may not stay empty.
    #[prop(optional)]
    required: bool,
    /// Whether what stands in it was refused.
    #[prop(optional)]
    invalid: bool,
    /// Id of what describes it.
    #[prop(optional, into)]
    described: Option<&'static str>,
) -> impl IntoView {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! {
        <textarea
            class="input input--wide"
            id=name
            name=name
            rows=rows
            maxlength=max
            required=required
            aria-invalid=invalid.then_some("true")
            aria-describedby=described
            inner_html=escaped
        ></textarea>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stays_text() {
        let html = Owner::new().with(|| {
            let value = "</textarea><script>alert(1)</script> & more";
            view! { <TextArea name="message" value/> }.to_html()
        });
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more"), "{html}");
    }
}
