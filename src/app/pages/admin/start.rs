//! The portal's first page: what needs somebody today.

use crate::{
    app::{
        components::{Glyph, Icon},
        desk_words,
        layout::Desk,
        may, page_of,
    },
    domain::{
        paths,
        roles::Power,
        view::{DeskStart, Matter, Unusual, grouped},
    },
    i18n::fill,
    server_fns::portal::load_start,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn StartPage() -> impl IntoView {
    page_of(load_start, |view| show(view).into_any())
}

fn show(view: DeskStart) -> impl IntoView {
    let DeskStart { matters, unusual, paused, fresh } = view;
    let calm = matters.is_empty() && unusual.is_empty() && !paused;
    let (invites, sees_settings) = (may(Power::Invite), may(Power::SeeOrganisation));
    let steps = if fresh { first_steps() } else { Vec::new() };
    view! {
        <Desk title=desk_words().start at=paths::ADMIN>
            <div class="head">
                <h1>{desk_words().today}</h1>
                {invites.then(|| view! { <div class="acts"><a class="btn btn--go" href=paths::ADMIN_INVITE>{desk_words().invite_people}</a></div> })}
            </div>
            {paused.then(|| view! {
                <p class="warn"><Icon glyph=Glyph::Alert/> <span>{desk_words().paused_now} {sees_settings.then(|| view! { " " <a href=paths::ADMIN_ORGANISATION>{desk_words().organisation}</a> })}</span></p>
            })}
            {unusual.into_iter().map(|one| {
                let (pattern, today, usual) = match one {
                    Unusual::Invitations { today, usual } => (desk_words().unusual_invitations, today, usual),
                    Unusual::FailedSignIns { today, usual } => (desk_words().unusual_sign_ins, today, usual),
                };
                let text = fill(pattern, &[("n", &grouped(today)), ("usual", &grouped(usual))]);
                view! { <p class="warn"><Icon glyph=Glyph::Alert/> <span>{text}</span></p> }
            }).collect_view()}
            {if calm && !steps.is_empty() {
                view! { <FirstSteps steps/> }.into_any()
            } else if calm {
                view! { <section class="empty"><h2>{desk_words().calm_title}</h2><p>{desk_words().calm_text}</p></section> }.into_any()
            } else {
                view! {
                    <ul class="matters">
                        {matters.into_iter().map(|(matter, count)| {
                            let (text, hint, path) = about(matter);
                            let body = view! { <b>{count.to_string()}</b> <span>{text} <small>{hint}</small></span> };
                            // What only those mend who see the settings is said to the others, too.
                            match path {
                                Some(path) => view! { <li><a href=path>{body}</a></li> }.into_any(),
                                None => view! { <li><div class="matter">{body}</div></li> }.into_any(),
                            }
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
        </Desk>
    }
}

/// Where an organisation begins, of what the one who looks may do: address, text and hint.
fn first_steps() -> Vec<(&'static str, &'static str, &'static str)> {
    let texts = desk_words();
    let steps = [
        (
            Power::ManageOrganisation,
            (paths::ADMIN_ORGANISATION, texts.first_organisation, texts.first_organisation_hint),
        ),
        (Power::ManagePeople, (paths::ADMIN_ADD_MEMBERS, texts.first_members, texts.first_members_hint)),
        (Power::ManagePlaces, (paths::ADMIN_GROUPS, texts.first_places, texts.first_places_hint)),
        (Power::Invite, (paths::ADMIN_INVITE, texts.first_guest, texts.first_guest_hint)),
    ];
    steps.into_iter().filter(|(power, _)| may(*power)).map(|(_, step)| step).collect()
}

#[component]
fn FirstSteps(steps: Vec<(&'static str, &'static str, &'static str)>) -> impl IntoView {
    view! {
        <h2 id="first">{desk_words().first_steps}</h2>
        <ol class="matters" aria-labelledby="first">
            {(1..).zip(steps).map(|(n, (path, text, hint))| view! {
                <li><a href=path><b>{n}</b> <span>{text} <small>{hint}</small></span></a></li>
            }).collect_view()}
        </ol>
    }
}

fn about(matter: Matter) -> (&'static str, &'static str, Option<String>) {
    let texts = desk_words();
    let (text, hint, path) = match matter {
        Matter::Waiting => {
            (texts.matter_waiting, texts.matter_waiting_hint, format!("{}?state=waiting", paths::ADMIN_INVITATIONS))
        }
        Matter::MailFailed => {
            (texts.matter_mail, texts.matter_mail_hint, format!("{}?state=failed", paths::ADMIN_INVITATIONS))
        }
        Matter::Unsent => (texts.matter_unsent, texts.matter_unsent_hint, paths::ADMIN_ORGANISATION.to_owned()),
        Matter::Unsponsored => {
            (texts.matter_sponsor, texts.matter_sponsor_hint, format!("{}?only=unsponsored", paths::ADMIN_GUESTS))
        }
        Matter::Ending => {
            (texts.matter_ending, texts.matter_ending_hint, format!("{}?only=ending", paths::ADMIN_GUESTS))
        }
        Matter::RunningOut => {
            (texts.matter_running, texts.matter_running_hint, format!("{}?state=ending", paths::ADMIN_INVITATIONS))
        }
        Matter::Inactive => {
            (texts.matter_inactive, texts.matter_inactive_hint, format!("{}?only=inactive", paths::ADMIN_GUESTS))
        }
    };
    (text, hint, Some(path).filter(|_| matter != Matter::Unsent || may(Power::SeeOrganisation)))
}
