//! What the portal's pages ask for, and what is done on them. What came of an act is said on the page that follows.

use crate::domain::{
    error::AppError,
    view::{AdminInvite, AllSent, AnswerLine, DeskStart, PeopleList, PersonPage, PlaceList, RolesPage, TrailList},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{
        Scope,
        invite::{SENT_KEY, just_sent},
        see_other,
        steering::DONE,
    },
    crate::{
        domain::{
            actor::Actor,
            error::{Field, Rule},
            ids::{AppId, UserId},
            invitation::{Outcome, Target},
            paths,
            user::{Role, UserType},
            view::{Done, PeopleFilter, PlaceFilter, SentFilter, TrailFilter},
        },
        i18n::{
            fill,
            portal::{PortalTexts, portal as portal_texts},
        },
        services::{
            self,
            invitation::{self, Answer, PortalWish, Wish},
            portal::{
                self, Outcomes,
                people::{PersonAct, ProfileForm},
                places::{AppForm, PlaceAct},
                roles::Giving,
            },
            steering,
        },
    },
};

/// Name of the form on a person's page.
pub const PERSON_FORM: &str = "person";
/// Name of the form that adds members.
pub const MEMBERS_FORM: &str = "members";
/// Name of the form that gives roles.
pub const ROLE_FORM: &str = "role";
/// Name of the form on which administrators invite.
pub const INVITE_ALL_FORM: &str = "invite-all";
/// Key in a session's data: links to hand over, sealed.
#[cfg(feature = "ssr")]
const LINKS_KEY: &str = "links";
/// What a page's address ends in that shows what the last sending came to.
#[cfg(feature = "ssr")]
const SENT: &str = "sent";
/// Name of the form that makes an app.
pub const APP_FORM: &str = "app";

#[cfg(feature = "ssr")]
impl Scope {
    /// The portal's words of the page's language.
    fn portal_texts(&self) -> &'static PortalTexts {
        portal_texts(self.frame.language)
    }

    /// What was typed into a form, if its page is shown again because of it.
    pub(super) async fn typed(&self, form: &str) -> Result<Option<crate::domain::form::FormState>, AppError> {
        match Self::query("after").as_deref() {
            Some(after) if after == form => self.form(form).await,
            _ => Ok(None),
        }
    }

    /// Shows a form again with what was typed, where that is what is wrong; says anything else on the page.
    pub(super) async fn again(
        &self,
        page: &str,
        (form, values): (&str, &[(&str, &str)]),
        outcome: Result<Done, AppError>,
    ) -> Result<(), AppError> {
        match outcome {
            Err(error @ AppError::Invalid { .. }) => {
                self.keep_form(form, Some(error), values).await?;
                see_other(&paths::after(page, form));
                Ok(())
            }
            outcome => self.say_outcome(page, outcome).await,
        }
    }
}

#[cfg(feature = "ssr")]
fn text(name: &str) -> String {
    Scope::query(name).unwrap_or_default()
}

/// What a list of people is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn people_filter(members: bool, query: impl Fn(&str) -> String) -> PeopleFilter {
    PeopleFilter {
        members,
        query: query("q"),
        only: query("only"),
        order: query("order"),
        sponsor: query("sponsor").parse().ok(),
        domain: query("domain"),
    }
}

/// What the trail is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn trail_filter(query: impl Fn(&str) -> String) -> TrailFilter {
    TrailFilter {
        about: query("about"),
        activity: query("activity"),
        correlation: query("correlation"),
        from: query("from"),
        to: query("to"),
    }
}

/// What a list of groups or apps is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn place_filter(apps: bool, query: impl Fn(&str) -> String) -> PlaceFilter {
    PlaceFilter { apps, query: query("q"), only: query("only"), order: query("order") }
}

/// What the list of all invitations is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn sent_filter(query: impl Fn(&str) -> String) -> SentFilter {
    SentFilter {
        query: query("q"),
        state: query("state"),
        inviter: query("inviter").parse().ok(),
        order: query("order"),
    }
}

/// The portal's first page.
#[server(endpoint = "admin/start")]
pub async fn load_start() -> Result<DeskStart, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::start(&scope.services, &actor).await
}

/// A page of guests or members.
#[server(endpoint = "admin/people")]
pub async fn load_people(members: bool) -> Result<PeopleList, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let filter = people_filter(members, text);
    let after = text("from").parse().ok();
    portal::people::list(&scope.services, &actor, scope.frame.language, filter, after).await
}

/// A person's page.
#[server(endpoint = "admin/person")]
pub async fn load_person(id: String) -> Result<PersonPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let form = scope.typed(PERSON_FORM).await?;
    portal::person::page(&scope.services, &actor, scope.frame.language, id, form).await
}

/// A page of all groups or apps.
#[server(endpoint = "admin/places")]
pub async fn load_places(apps: bool) -> Result<PlaceList, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let after = text("from").parse().ok();
    portal::places::list(&scope.services, &actor, scope.frame.language, place_filter(apps, text), after).await
}

/// A page of all invitations, with what the last sending came to.
#[server(endpoint = "admin/invitations")]
pub async fn load_all_sent() -> Result<(AllSent, Option<Vec<AnswerLine>>), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let filter = sent_filter(text);
    let after = text("from").parse().ok();
    let all = steering::all(&scope.services, &actor, scope.frame.language, filter, after).await?;
    Ok((all, just_sent(&scope).await?))
}

/// The page on which administrators invite: what was typed, what the last sending came to, links to hand over.
#[server(endpoint = "admin/invite/page")]
pub async fn load_admin_invite() -> Result<AdminInvite, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::may_fill(&actor, INVITE_ALL_FORM)?;
    let mut links = Vec::new();
    if Scope::query("after").as_deref() == Some(SENT) {
        for (email, sealed) in scope.remembered::<Vec<(String, String)>>(LINKS_KEY).await?.unwrap_or_default() {
            let ticket = invitation::open_ticket(&scope.services, &sealed);
            links.extend(ticket.map(|ticket| (email, invitation::ticket_url(&scope.services, &ticket))));
        }
        // Shown once.
        scope.remember(LINKS_KEY, Vec::<(String, String)>::new()).await?;
    }
    Ok(AdminInvite {
        form: scope.typed(INVITE_ALL_FORM).await?,
        sent: just_sent(&scope).await?,
        links,
        link_days: scope.organisation.link_days,
    })
}

/// Invites to the directory, or to groups and apps by name.
#[server(endpoint = "admin/invite/send")]
pub async fn invite_all(
    #[server(default)] email: String,
    #[server(default)] groups: String,
    #[server(default)] apps: String,
    #[server(default)] message: String,
    #[server(default)] language: String,
    #[server(default)] link_days: String,
    #[server(default)] until: String,
    #[server(default)] sponsors: String,
    #[server(default)] company: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
    #[server(default)] send: String,
    #[server(default)] send_on: String,
    #[server(default)] user_type: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::may_fill(&actor, INVITE_ALL_FORM)?;
    let values = [
        ("email", email.as_str()),
        ("groups", &groups),
        ("apps", &apps),
        ("message", &message),
        ("language", &language),
        ("link_days", &link_days),
        ("until", &until),
        ("sponsors", &sponsors),
        ("company", &company),
        ("job_title", &job_title),
        ("department", &department),
        ("send", &send),
        ("send_on", &send_on),
        ("user_type", &user_type),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let sent = match places_named(&scope, [("groups", &groups), ("apps", &apps)]).await {
        Ok(targets) => invite_all_now(&scope, &actor, targets, values.iter().cloned().collect()).await,
        // The field that is wrong, and the line in it.
        Err((field, line, error)) => {
            let mut kept: Vec<(&str, &str)> =
                values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            kept.extend([("wrong_field", field), ("wrong_line", line.as_str())]);
            return scope.again(paths::ADMIN_INVITE, (INVITE_ALL_FORM, &kept), Err(error)).await;
        }
    };
    match sent {
        Ok(answers) => {
            let lines = services::groups::sent(&scope.services, scope.frame.language, &answers).await?;
            scope.remember(SENT_KEY, lines).await?;
            let links: Vec<(String, String)> = answers
                .iter()
                .filter_map(|one| {
                    Some((one.address.clone(), invitation::seal_ticket(&scope.services, one.ticket.as_ref()?)))
                })
                .collect();
            let by_hand = !links.is_empty();
            scope.remember(LINKS_KEY, links).await?;
            let none = answers.iter().all(|one| one.outcome == Outcome::Refused);
            if none {
                let kept: Vec<(&str, &str)> =
                    values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                scope.keep_form(INVITE_ALL_FORM, None, &kept).await?;
            }
            let page = if none || by_hand { paths::ADMIN_INVITE } else { paths::ADMIN_INVITATIONS };
            see_other(&paths::after(page, SENT));
            Ok(())
        }
        Err(error) => {
            let kept: Vec<(&str, &str)> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            scope.again(paths::ADMIN_INVITE, (INVITE_ALL_FORM, &kept), Err(error)).await
        }
    }
}

/// The groups and apps that are named in fields, a line each; or the field and the line that name none.
#[cfg(feature = "ssr")]
async fn places_named(
    scope: &Scope,
    fields: [(&'static str, &str); 2],
) -> Result<Vec<String>, (&'static str, String, AppError)> {
    let mut targets = Vec::new();
    for (field, names) in fields {
        for name in names.lines().map(str::trim).filter(|name| !name.is_empty()) {
            match invitation::find_target(&scope.services, field == "groups", name).await {
                Ok(target) => targets.push(target.to_string()),
                Err(error) => return Err((field, name.to_owned(), error)),
            }
        }
    }
    Ok(targets)
}

#[cfg(feature = "ssr")]
async fn invite_all_now(
    scope: &Scope,
    actor: &Actor,
    targets: Vec<String>,
    values: std::collections::HashMap<String, String>,
) -> Result<Vec<Answer>, AppError> {
    let value = |key: &str| values.get(key).cloned().unwrap_or_default();
    let later = value("send") == "later";
    if later && value("send_on").trim().is_empty() {
        return Err(AppError::invalid(Field::SendOn, Rule::Required));
    }
    let wish = Wish {
        addresses: value("email"),
        targets,
        message: value("message"),
        language: value("language"),
        link_days: value("link_days"),
        access_until: value("until"),
        no_mail: value("send") == "not",
        portal: PortalWish {
            send_on: if later { value("send_on") } else { String::new() },
            sponsors: value("sponsors"),
            company: value("company"),
            job_title: value("job_title"),
            department: value("department"),
            as_member: value("user_type") == UserType::Member.as_str(),
        },
        ..Wish::default()
    };
    let draft = invitation::read(&scope.services, actor, &wish).await?;
    invitation::invite(&scope.services, actor, &scope.origin, &draft).await
}

/// A page of the trail.
#[server(endpoint = "admin/trail")]
pub async fn load_trail() -> Result<TrailList, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let before = text("before").parse().ok();
    portal::trail::list(&scope.services, &actor, scope.frame.language, trail_filter(text), before).await
}

/// Who holds which role.
#[server(endpoint = "admin/roles/page")]
pub async fn load_roles() -> Result<RolesPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let form = scope.typed(ROLE_FORM).await?;
    let page = portal::roles::page(&scope.services, &actor, scope.frame.language).await?;
    Ok(RolesPage { form, ..page })
}

/// What a page needs that only holds a form: what was typed into it.
#[server(endpoint = "admin/form")]
pub async fn load_form(form: String) -> Result<Option<crate::domain::form::FormState>, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::may_fill(&actor, &form)?;
    match Scope::query("after").as_deref() {
        // What was refused of a list stands in it again, to be mended.
        Some(DONE) if form == MEMBERS_FORM => scope.form(MEMBERS_FORM).await,
        _ => scope.typed(&form).await,
    }
}

/// Does something to the people that are ticked, or to one.
#[server(endpoint = "admin/people/act")]
pub async fn act_on_people(
    #[server(default)] ids: Vec<String>,
    #[server(default)] act: String,
    #[server(default)] sponsor: String,
    #[server(default)] group: String,
    #[server(default)] until: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let texts = scope.portal_texts();
    let (act, one, many) = match act.as_str() {
        // Enter in a field of the list's form.
        "" => return scope.say_outcome(&back, Ok(Done::refused(texts.no_act.to_owned()))).await,
        "disable" => (PersonAct::Disable, texts.did_disable, texts.did_disable_n),
        "enable" => (PersonAct::Enable, texts.did_enable, texts.did_enable_n),
        "delete" => (PersonAct::Delete, texts.did_delete, texts.did_delete_n),
        "restore" => (PersonAct::Restore, texts.did_restore, texts.did_restore_n),
        "resend" => (PersonAct::Resend, texts.did_resend, texts.did_resend_n),
        "sessions" => (PersonAct::EndSessions, texts.did_sessions, texts.did_sessions_n),
        "sponsor" => (PersonAct::Sponsor(&sponsor), texts.did_sponsor, texts.did_sponsor_n),
        "group" => (PersonAct::AddToGroup(&group), texts.did_group, texts.did_group_n),
        "end" => (PersonAct::EndAccess(&until), texts.did_end, texts.did_end_n),
        _ => return Err(AppError::NotFound),
    };
    let ids: Vec<UserId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return scope.say_outcome(&back, Ok(Done::refused(texts.nobody_ticked.to_owned()))).await;
    }
    let outcome = portal::people::act(&scope.services, &actor, &scope.origin, act, &ids).await;
    let outcome = outcome.map(|outcomes| told(&scope, one, many, outcomes));
    scope.say_outcome(&back, outcome).await
}

#[cfg(feature = "ssr")]
fn told(scope: &Scope, one: &str, many: &str, outcomes: Outcomes) -> Done {
    let Outcomes { done, name, failed, undo } = outcomes;
    let text = match done {
        0 => String::new(),
        1 => fill(one, &[("name", &name)]),
        n => fill(many, &[("n", &n.to_string())]),
    };
    let colon = scope.texts().colon;
    let failed =
        failed.into_iter().map(|(name, error)| format!("{name}{colon}{}", scope.texts().sentence(&error))).collect();
    Done { text, failed, undo }
}

/// Changes a person's profile and sponsors.
#[server(endpoint = "admin/person/save")]
pub async fn save_person(
    #[server(default)] id: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] company: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
    #[server(default)] sponsors: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let form = ProfileForm {
        name: &name,
        company: &company,
        job_title: &job_title,
        department: &department,
        sponsors: &sponsors,
        version: version.parse().unwrap_or_default(),
    };
    let saved = portal::people::save_profile(&scope.services, &actor, &scope.origin, id, form).await;
    let values = [
        ("name", name.as_str()),
        ("company", &company),
        ("job_title", &job_title),
        ("department", &department),
        ("sponsors", &sponsors),
    ];
    let outcome = saved.map(|()| Done::said(scope.texts().saved));
    scope.again(&paths::admin_person(id), (PERSON_FORM, &values), outcome).await
}

/// Makes a guest a member, or a member a guest.
#[server(endpoint = "admin/person/convert")]
pub async fn convert_person(#[server(default)] id: String, #[server(default)] to: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let to: UserType = to.parse().map_err(|_| AppError::NotFound)?;
    let texts = scope.portal_texts();
    let text = if to == UserType::Member { texts.is_member_now } else { texts.is_guest_now };
    let outcome = portal::people::convert(&scope.services, &actor, &scope.origin, id, to).await;
    let outcome = outcome.map(|name| Done::said(fill(text, &[("name", &name)])));
    scope.say_outcome(&paths::admin_person(id), outcome).await
}

/// Gives a person another address.
#[server(endpoint = "admin/person/address")]
pub async fn change_address(#[server(default)] id: String, #[server(default)] email: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let changed = portal::people::change_address(&scope.services, &actor, &scope.origin, id, &email).await;
    let outcome = changed.map(|email| Done::said(fill(scope.portal_texts().address_changed, &[("email", &email)])));
    scope.again(&paths::admin_person(id), (PERSON_FORM, &[("email", &email)]), outcome).await
}

/// Erases a person for good. What is typed has to be the address.
#[server(endpoint = "admin/person/erase")]
pub async fn erase_person(#[server(default)] id: String, #[server(default)] sure: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let erased = portal::people::erase(&scope.services, &actor, &scope.origin, id, &sure).await;
    let outcome = erased.map(|()| Done::said(scope.portal_texts().erased_now));
    scope.say_outcome(&paths::admin_person(id), outcome).await
}

/// Adds members from a list, a line each, or from a file that was pasted.
#[server(endpoint = "admin/members/add")]
pub async fn add_members(#[server(default)] list: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let added = portal::people::add_members(&scope.services, &actor, &scope.origin, &list).await;
    let texts = scope.portal_texts();
    match added {
        Ok(lines) => {
            let left: Vec<&str> =
                lines.iter().filter(|line| line.error.is_some()).map(|line| line.raw.as_str()).collect();
            let failed: Vec<String> = lines
                .iter()
                .filter_map(|line| Some((line, line.error.as_ref()?)))
                .map(|(line, error)| format!("{}{}{}", line.raw, scope.texts().colon, scope.texts().sentence(error)))
                .collect();
            let n = lines.len() - left.len();
            let text = if n > 0 { fill(texts.members_added, &[("n", &n.to_string())]) } else { String::new() };
            let page = if left.is_empty() { paths::ADMIN_MEMBERS } else { paths::ADMIN_ADD_MEMBERS };
            // What was refused stays in the form, to be mended.
            scope.keep_form(MEMBERS_FORM, None, &[("list", &left.join("\n"))]).await?;
            scope.say(page, Done { text, failed, undo: Vec::new() }).await
        }
        Err(error) => scope.again(paths::ADMIN_ADD_MEMBERS, (MEMBERS_FORM, &[("list", &list)]), Err(error)).await,
    }
}

/// Gives somebody a role.
#[server(endpoint = "admin/roles/give")]
pub async fn give_role(
    #[server(default)] email: String,
    #[server(default)] role: String,
    #[server(default)] until: String,
    #[server(default)] scope: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (request, actor) = Scope::signed_in()?;
    let wanted: Role = role.parse().map_err(|_| AppError::NotFound)?;
    let giving = Giving { role: wanted, until: &until, scope: &scope };
    let given = portal::roles::give(&request.services, &actor, &request.origin, &email, giving).await;
    let texts = request.portal_texts();
    let outcome =
        given.map(|user| Done::said(fill(texts.role_given, &[("name", &user.name), ("role", texts.role(wanted))])));
    let values = [("email", email.as_str()), ("role", &role), ("until", &until), ("scope", &scope)];
    if back.is_empty() {
        request.again(paths::ADMIN_ROLES, (ROLE_FORM, &values), outcome).await
    } else {
        request.say_outcome(&back, outcome).await
    }
}

/// Takes a role from somebody.
#[server(endpoint = "admin/roles/take")]
pub async fn take_role(
    #[server(default)] id: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let role: Role = role.parse().map_err(|_| AppError::NotFound)?;
    let taken = portal::roles::take(&scope.services, &actor, &scope.origin, id, role).await;
    let texts = scope.portal_texts();
    let outcome =
        taken.map(|user| Done::said(fill(texts.role_taken, &[("name", &user.name), ("role", texts.role(role))])));
    scope.say_outcome(if back.is_empty() { paths::ADMIN_ROLES } else { &back }, outcome).await
}

/// Makes an app.
#[server(endpoint = "admin/apps/new")]
pub async fn create_app(
    #[server(default)] name: String,
    #[server(default)] launch_url: String,
    #[server(default)] note: String,
    #[server(default)] category: String,
    #[server(default)] owner: String,
    #[server(default)] guests: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let form = AppForm {
        name: &name,
        launch_url: &launch_url,
        note: &note,
        category: &category,
        owner: &owner,
        guests: !guests.is_empty(),
    };
    match portal::places::create_app(&scope.services, &actor, &scope.origin, form).await {
        Ok(id) => {
            let text = fill(scope.portal_texts().app_made, &[("name", &name)]);
            scope.say(&paths::settings(Target::App(id)), Done::said(text)).await
        }
        Err(error) => {
            let values = [
                ("name", name.as_str()),
                ("launch_url", &launch_url),
                ("note", &note),
                ("category", &category),
                ("owner", &owner),
                ("guests", &guests),
            ];
            scope.again(paths::ADMIN_NEW_APP, (APP_FORM, &values), Err(error)).await
        }
    }
}

/// Gives an app another name and address.
#[server(endpoint = "admin/apps/readdress")]
pub async fn readdress_app(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] launch_url: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: AppId = id.parse().map_err(|_| AppError::NotFound)?;
    let changed = portal::places::readdress_app(&scope.services, &actor, &scope.origin, id, (&name, &launch_url)).await;
    let outcome = changed.map(|()| Done::said(scope.texts().saved));
    scope.say_outcome(&paths::settings(Target::App(id)), outcome).await
}

/// Does something to the groups or apps that are ticked.
#[server(endpoint = "admin/places/act")]
pub async fn act_on_places(
    #[server(default)] targets: Vec<String>,
    #[server(default)] act: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let texts = scope.portal_texts();
    let (act, one, many) = match act.as_str() {
        "delete" => (PlaceAct::Delete, texts.place_deleted, texts.places_deleted),
        "restore" => (PlaceAct::Restore, texts.place_restored, texts.places_restored),
        "open" => (PlaceAct::Guests(true), texts.place_opened, texts.places_opened),
        "shut" => (PlaceAct::Guests(false), texts.place_shut, texts.places_shut),
        _ => return Err(AppError::NotFound),
    };
    let targets: Vec<Target> = targets.iter().filter_map(|target| target.parse().ok()).collect();
    let outcome = match targets.as_slice() {
        [] => Ok(Done::refused(texts.nothing_ticked.to_owned())),
        targets => portal::places::act(&scope.services, &actor, &scope.origin, act, targets)
            .await
            .map(|outcomes| told(&scope, one, many, outcomes)),
    };
    scope.say_outcome(&back, outcome).await
}
