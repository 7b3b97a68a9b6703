//! Inviting: the form, and beside it what will happen and how the mail will look. A page without script; with it
//! the same page stands in a dialog, and its second half follows the typing.

use crate::{
    app::{
        components::{Answers, Glyph, Icon, Problem, TextArea},
        layout::Panel,
        page_of,
        shell::BrowserCode,
        words,
    },
    domain::{
        error::{AppError, Field},
        invitation::MESSAGE_MAX,
        language::Language,
        paths,
        view::{Invite, Preview},
    },
    i18n::fill,
    server_fns::invite::{SendInvitation, load_invite},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Lengths of access that are offered, in days.
const LENGTHS: [u32; 4] = [30, 90, 180, 365];
/// Lengths of a link that are offered, in days.
const LINKS: [u32; 5] = [3, 7, 14, 30, 60];

/// The page.
#[component]
pub fn InvitePage() -> impl IntoView {
    page_of(load_invite, |view| show(view).into_any())
}

fn show(page: Invite) -> impl IntoView {
    let title = match &page.to_name {
        _ if page.again.is_some() => words().correct_title.to_owned(),
        Some(name) => fill(words().invite_to, &[("target", name)]),
        None => words().invite_people.to_owned(),
    };
    let back = match (&page.again, page.to) {
        (Some((id, _)), _) => paths::invitation(*id),
        (None, Some(to)) => paths::target(to),
        (None, None) => paths::INVITATIONS.to_owned(),
    };
    let preview = page.preview.clone();
    view! {
        <Panel title=title.clone() at=paths::GROUPS>
            <div class="invite">
                <div class="invite__form"><h1 id="invite-title">{title}</h1><Form page back/></div>
                <aside class="invite__side" id="preview" aria-live="polite" aria-label=words().what_will_happen>
                    <Foresight preview/>
                </aside>
            </div>
            <BrowserCode/>
        </Panel>
    }
}

#[component]
fn Form(page: Invite, back: String) -> impl IntoView {
    let Invite { choices, to, link_days, today, again, form, preview, .. } = page;
    let again_text = again.as_ref().map(|(_, address)| fill(words().correct_text, &[("address", address)]));
    let value = |name: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let error = form.as_ref().and_then(|form| form.error.clone());
    let about = |wanted: Field| {
        error.clone().filter(|error| matches!(error, AppError::Invalid { field, .. } if *field == wanted))
    };
    let known = [Field::Email, Field::Message, Field::AccessUntil, Field::Followers];
    let other =
        error.clone().filter(|error| !matches!(error, AppError::Invalid { field, .. } if known.contains(field)));
    let more_open = about(Field::Followers).is_some() || to.is_none();
    let language = value("language");
    let days = value("link_days").parse().unwrap_or(link_days);
    let mut links = LINKS.to_vec();
    if !links.contains(&link_days) {
        links.push(link_days);
    }
    let length = value("length");
    let button = preview.as_ref().map_or_else(|| words().send_invitation.to_owned(), send_label);
    view! {
        {other.map(|error| view! { <Problem error id="page-error"/> })}
        <form method="post" action=SendInvitation::PATH id="invite" data-preview=paths::INVITE_PREVIEW>
            {to.map(|to| view! { <input type="hidden" name="to" value=to.to_string()/> })}
            {again.map(|(id, _)| view! { <input type="hidden" name="again" value=id.to_string()/> })}
            {again_text.map(|text| view! { <p class="quiet">{text}</p> })}
            <div class="field">
                <label class="label" for="email">{words().addresses}</label>
                <TextArea name="email" value=value("email") rows=2 required=true described="email-hint" invalid=about(Field::Email).is_some()/>
                {about(Field::Email).map(|error| view! { <Problem error id="email-error"/> })}
                <p class="hint" id="email-hint">{words().addresses_hint}</p>
            </div>
            <div class="field">
                <div class="label label--pair"><label for="message">{words().message}</label> <span class="note" data-count></span></div>
                <TextArea name="message" value=value("message") rows=5 max=u32::try_from(MESSAGE_MAX).unwrap_or(u32::MAX) described="message-hint"/>
                {about(Field::Message).map(|error| view! { <Problem error id="message-error"/> })}
                <p class="hint" id="message-hint">{words().message_hint}</p>
            </div>
            <div class="pair field">
                <div class="field">
                    <label class="label" for="until">{words().access_until}</label>
                    <input class="input input--wide" type="date" id="until" name="until" min=today value=value("until") aria-describedby="until-hint"/>
                    {about(Field::AccessUntil).map(|error| view! { <Problem error id="until-error"/> })}
                    <p class="hint" id="until-hint">{words().access_until_hint}</p>
                </div>
                <LengthField length/>
            </div>
            <details class="fold" open=more_open>
                <summary>{words().more_choices}</summary>
                <fieldset class="field">
                    <legend class="label">{words().what_for}</legend>
                    <ul class="ticks">
                        {choices.into_iter().map(|choice| {
                            let shut = !choice.guests_allowed;
                            view! {
                                <li><label>
                                    <input type="checkbox" name="targets[]" value=choice.target.to_string() checked=choice.ticked/>
                                    " " {choice.name} {shut.then(|| view! { " " <span class="tag">{words().no_guests_here}</span> })}
                                </label></li>
                            }
                        }).collect_view()}
                    </ul>
                </fieldset>
                <div class="pair field">
                    <div class="field">
                        <label class="label" for="language">{words().mail_language}</label>
                        <select class="input input--wide" id="language" name="language">
                            <option value="">{words().mail_language_default}</option>
                            {Language::ALL.iter().map(|one| view! {
                                <option value=one.as_str() lang=one.as_str() selected=language == one.as_str()>{one.own_name()}</option>
                            }).collect_view()}
                        </select>
                    </div>
                    <div class="field">
                        <label class="label" for="link_days">{words().link_good_for}</label>
                        <select class="input input--wide" id="link_days" name="link_days">
                            {links.into_iter().map(|n| {
                                let text = fill(words().length_days, &[("n", &n.to_string())]);
                                view! { <option value=n.to_string() selected=n == days>{text}</option> }
                            }).collect_view()}
                        </select>
                    </div>
                </div>
                <div class="field">
                    <label class="label" for="tell">{words().tell}</label>
                    <input class="input input--wide" id="tell" name="tell" value=value("tell") autocomplete="off" aria-describedby="tell-hint"/>
                    {about(Field::Followers).map(|error| view! { <Problem error id="tell-error"/> })}
                    <p class="hint" id="tell-hint">{words().tell_hint}</p>
                </div>
            </details>
            <div class="acts field">
                <button class="btn btn--go" type="submit" data-send>{button}</button>
                <button class="btn" type="submit" name="step" value="preview" data-see>{words().see_first}</button>
                <a class="btn btn--bare" href=back data-cancel>{words().cancel}</a>
            </div>
        </form>
    }
}

/// For how long access is given, where no last day is.
#[component]
pub fn LengthField(
    /// What was chosen, in days.
    length: String,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for="length">{words().length}</label>
            <select class="input input--wide" id="length" name="length">
                <option value="">{words().length_none}</option>
                {LENGTHS.iter().map(|days| {
                    let days = days.to_string();
                    let text = fill(words().length_days, &[("n", &days)]);
                    view! { <option value=days.clone() selected=length == days>{text}</option> }
                }).collect_view()}
            </select>
        </div>
    }
}

/// What keeps it from being foreseen.
#[component]
pub fn NotForeseen(
    /// What is wrong.
    error: AppError,
    /// The line that it is about, if it is about one of several.
    #[prop(optional)]
    line: String,
) -> impl IntoView {
    view! {
        <h2>{words().what_will_happen}</h2>
        {(!line.is_empty()).then(|| view! { <p><b>{line}</b></p> })}
        <Problem error id="preview-error"/>
    }
}

/// What the button says that sends: how many invitations, where all addresses were looked at.
fn send_label(preview: &Preview) -> String {
    match preview.mails {
        n if n > 1 && preview.more == 0 => fill(words().send_invitations, &[("n", &n.to_string())]),
        _ => words().send_invitation.to_owned(),
    }
}

/// What will happen, and the mail as it will look.
#[component]
pub fn Foresight(
    /// What was found, if anything was asked.
    preview: Option<Preview>,
) -> impl IntoView {
    let Some(preview) = preview else {
        return view! {
            <h2>{words().what_will_happen}</h2>
            <p class="quiet">{words().what_will_happen_empty}</p>
        }
        .into_any();
    };
    let send = send_label(&preview);
    let Preview { lines, mails, more, link_until, letter, shut } = preview;
    let count = mails.to_string();
    let first = match mails {
        0 => words().will_no_mail.to_owned(),
        1 => words().will_one_mail.to_owned(),
        _ => fill(words().will_mails, &[("n", &count)]),
    };
    view! {
        <h2>{words().what_will_happen}</h2>
        <Answers lines title=words().what_will_happen future=true/>
        <ul class="then" data-send-label=send>
            <li><Icon glyph=Glyph::Mail/> <span>{first}</span></li>
            {(more > 0).then(|| view! { <li><Icon glyph=Glyph::Alert/> <span>{fill(words().will_more, &[("n", &more.to_string())])}</span></li> })}
            {(mails > 0).then(|| view! { <li><Icon glyph=Glyph::Clock/> <span>{fill(words().will_link, &[("date", &link_until)])}</span></li> })}
            {(!shut.is_empty()).then(|| view! {
                <li><Icon glyph=Glyph::Alert/> <span>{fill(words().shut_apps, &[("names", &shut.join(", "))])}</span></li>
            })}
        </ul>
        {letter.map(|letter| view! {
            <div class="paper">
                <dl>
                    <dt>{words().mail_from}</dt><dd>{letter.from}</dd>
                    <dt>{words().mail_to}</dt><dd>{letter.to}</dd>
                </dl>
                <p class="paper__title">{letter.title}</p>
                {(!letter.message.is_empty()).then(|| view! { <blockquote class="said">{letter.message}</blockquote> })}
                <p><span class="paper__go">{letter.button}</span></p>
            </div>
        })}
    }
    .into_any()
}
