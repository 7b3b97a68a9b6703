//! People in the portal: the lists, a person's page, and what is done to them.

use crate::domain::{
    error::AppError,
    view::{PeopleList, PersonPage},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{
        super::{
            Scope, see_other,
            steering::{DONE, DONE_KEY},
        },
        text, told,
    },
    crate::{
        domain::{
            actor::Actor,
            ids::UserId,
            paths,
            user::UserType,
            view::{Done, PeopleFilter},
        },
        i18n::fill,
        services::portal::{
            self,
            people::{PersonAct, ProfileForm},
        },
    },
};

/// Name of the form on a person's page.
pub const PERSON_FORM: &str = "person";
/// Name of the form that adds members.
pub const MEMBERS_FORM: &str = "members";

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
    let texts = scope.portal_texts();
    let outcome = changed.map(|(email, unsent)| Done {
        failed: (unsent > 0).then(|| texts.address_unsent.to_owned()).into_iter().collect(),
        ..Done::said(fill(texts.address_changed, &[("email", &email)]))
    });
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

/// Adds one member by address and name, or several from a list.
#[server(endpoint = "admin/members/add")]
pub async fn add_members(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] list: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let one = format!("{} <{}>", name.replace(['<', '>', '\n', '\r'], " "), email.trim());
    let (list, values) = match email.trim() {
        "" => (list.as_str(), vec![("list", list.as_str())]),
        _ => (one.as_str(), vec![("email", email.as_str()), ("name", &name)]),
    };
    let page = add_listed(&scope, &actor, list, &values).await?;
    see_other(&page);
    Ok(())
}

/// Adds members from a list, and says what came of it on the page that follows, which it returns. What was refused stays
/// in the form, to be mended: as it was typed (`values`), or what is left of the list.
#[cfg(feature = "ssr")]
pub(crate) async fn add_listed(
    scope: &Scope,
    actor: &Actor,
    list: &str,
    values: &[(&str, &str)],
) -> Result<String, AppError> {
    let texts = scope.portal_texts();
    let (head, lines) = match portal::members::add_members(&scope.services, actor, &scope.origin, list).await {
        Ok(added) => added,
        Err(error @ AppError::Invalid { .. }) => {
            scope.keep_form(MEMBERS_FORM, Some(error), values).await?;
            return Ok(paths::after(paths::ADMIN_ADD_MEMBERS, MEMBERS_FORM));
        }
        Err(error) => return Err(error),
    };
    let left: Vec<&str> = lines.iter().filter(|line| line.error.is_some()).map(|line| line.raw.as_str()).collect();
    let failed = lines.iter().filter_map(|line| Some((line, line.error.as_ref()?)));
    let failed: Vec<String> = failed
        .map(|(line, error)| format!("{}{}{}", line.raw, scope.texts().colon, scope.texts().sentence(error)))
        .collect();
    let n = lines.len() - left.len();
    let text = if n > 0 { fill(texts.members_added, &[("n", &n.to_string())]) } else { String::new() };
    let page = if left.is_empty() { paths::ADMIN_MEMBERS } else { paths::ADMIN_ADD_MEMBERS };
    // With what names the columns, the rest is read as before.
    let rest = head.as_deref().into_iter().chain(left.iter().copied()).collect::<Vec<_>>().join("\n");
    let kept =
        if values.iter().any(|(name, _)| *name == "email") { values.to_vec() } else { vec![("list", rest.as_str())] };
    scope.keep_form(MEMBERS_FORM, None, if left.is_empty() { &[] } else { &kept }).await?;
    scope.remember(DONE_KEY, Done { text, failed, undo: Vec::new() }).await?;
    Ok(paths::after(page, DONE))
}
