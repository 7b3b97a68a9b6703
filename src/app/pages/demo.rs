//! The demonstration's own pages: its mailbox, and the place where its apps would be. Carry no script.

use crate::{
    app::{components::PageTitle, layout::Threshold, words},
    domain::{ids::MailId, paths},
    i18n::fill,
};
use leptos::prelude::*;

/// A message in the mailbox.
#[derive(Debug, Clone)]
pub struct MailLine {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When, written out.
    pub at: String,
}

/// All mail, the newest on top.
#[component]
pub fn Mailbox(
    /// The messages.
    mails: Vec<MailLine>,
) -> impl IntoView {
    view! {
        <PageTitle text=words().mailbox_title/>
        <main class="page mailbox" id="main">
            <h1>{words().mailbox_title}</h1>
            <p class="quiet">{words().mailbox_text}</p>
            {if mails.is_empty() {
                view! {
                    <section class="empty">
                        <h2>{words().mailbox_empty_title}</h2>
                        <p>{words().mailbox_empty_text}</p>
                        <p class="after"><a class="btn btn--go" href=paths::SIGN_IN>{words().to_sign_in}</a></p>
                    </section>
                }.into_any()
            } else {
                view! {
                    <table class="tbl">
                        <thead><tr>
                            <th scope="col">{words().mail_subject_head}</th>
                            <th scope="col">{words().mail_to}</th>
                            <th scope="col">{words().mail_when}</th>
                        </tr></thead>
                        <tbody>
                            {mails.into_iter().map(|mail| view! {
                                <tr>
                                    <th scope="row"><a href=paths::demo_mail(mail.id)>{mail.subject}</a></th>
                                    <td>{mail.to}</td>
                                    <td>{mail.at}</td>
                                </tr>
                            }).collect_view()}
                        </tbody>
                    </table>
                }.into_any()
            }}
        </main>
    }
}

/// One message as it looks, and the way to its source.
#[component]
pub fn MailPage(
    /// The message.
    mail: MailLine,
    /// Its text part.
    text: String,
) -> impl IntoView {
    let path = paths::demo_mail(mail.id);
    view! {
        <PageTitle text=mail.subject.clone()/>
        <main class="page mailbox" id="main">
            <p class="crumbs"><a href=paths::DEMO_MAILBOX>{words().mail_back}</a></p>
            <h1>{mail.subject}</h1>
            <p class="note">{words().mail_to} " " {mail.to} " · " {mail.at} " · " <a href=format!("{path}.eml")>{words().mail_source}</a></p>
            <iframe class="letter" title=words().mail_body src=format!("{path}/body") sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
            <pre class="source">{text}</pre>
        </main>
    }
}

/// Where an app of the demonstration would be.
#[component]
pub fn DemoApp(
    /// Its name.
    name: String,
) -> impl IntoView {
    let title = fill(words().demo_app_title, &[("name", &name)]);
    view! {
        <Threshold title=title.clone()>
            <h1>{title}</h1>
            <p class="lede">{words().demo_app_text}</p>
            <p class="ways"><a class="btn btn--go btn--tall btn--wide" href=paths::HOME>{words().to_my_apps}</a></p>
        </Threshold>
    }
}
