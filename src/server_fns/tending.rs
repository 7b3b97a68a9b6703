//! What owners do with their groups and apps themselves, and how one comes into a group.

use crate::domain::{
    error::AppError,
    view::{AppSettings, GroupSettings},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            ids::{AppId, GroupId},
            invitation::Target,
            paths,
            tending::{GuestRules, JoinPolicy},
            view::Done,
        },
        i18n::fill,
        services::{
            self,
            tending::{AppForm, GroupForm, Joined},
        },
    },
};

/// Name of the forms on which owners change things.
pub const SETTINGS_FORM: &str = "settings";

/// A number that may be left out.
#[cfg(feature = "ssr")]
fn number(text: &str, field: Field) -> Result<Option<i64>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| AppError::invalid(field, Rule::Unknown)),
    }
}

/// How guests have it, as it was typed.
#[cfg(feature = "ssr")]
struct TypedRules<'a> {
    guests: &'a str,
    most: &'a str,
    default_days: &'a str,
    longest_days: &'a str,
    fixed: &'a str,
}

#[cfg(feature = "ssr")]
impl<'a> TypedRules<'a> {
    fn read(&self) -> Result<GuestRules, AppError> {
        Ok(GuestRules {
            allowed: self.guests == "on",
            most: number(self.most, Field::MostGuests)?,
            default_days: number(self.default_days, Field::Length)?,
            longest_days: number(self.longest_days, Field::Length)?,
            may_override: self.fixed != "on",
        })
    }

    fn values(&self) -> [(&'static str, &'a str); 5] {
        [
            ("guests", self.guests),
            ("most", self.most),
            ("default_days", self.default_days),
            ("longest_days", self.longest_days),
            ("fixed", self.fixed),
        ]
    }
}

/// The page on which a group is made.
#[server(endpoint = "groups/new")]
pub async fn load_new_group() -> Result<GroupSettings, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    if !services::tending::may_create(&scope.services, &actor).await? {
        return Err(AppError::NotFound);
    }
    Ok(GroupSettings {
        id: None,
        name: String::new(),
        description: String::new(),
        join_policy: JoinPolicy::Closed,
        rules: GuestRules::default(),
        owners: Vec::new(),
        version: 1,
        form: typed(&scope).await?,
    })
}

#[cfg(feature = "ssr")]
async fn typed(scope: &Scope) -> Result<Option<crate::domain::form::FormState>, AppError> {
    match Scope::query("after").as_deref() {
        Some(SETTINGS_FORM) => scope.form(SETTINGS_FORM).await,
        _ => Ok(None),
    }
}

/// The page on which a group is changed.
#[server(endpoint = "groups/settings")]
pub async fn load_group_settings(id: String) -> Result<GroupSettings, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let form = typed(&scope).await?;
    services::tending::group_settings(&scope.services, &actor, id, form).await
}

/// The page on which an app is changed.
#[server(endpoint = "apps/settings")]
pub async fn load_app_settings(id: String) -> Result<AppSettings, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let form = typed(&scope).await?;
    services::tending::app_settings(&scope.services, &actor, id, form).await
}

/// Makes a group (`id` is empty) or changes it. What was typed comes back with what was wrong.
#[server(endpoint = "groups/save")]
pub async fn save_group(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] join: String,
    #[server(default)] guests: String,
    #[server(default)] most: String,
    #[server(default)] default_days: String,
    #[server(default)] longest_days: String,
    #[server(default)] fixed: String,
    #[server(default)] version: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let group: Option<GroupId> = match id.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| AppError::NotFound)?),
    };
    let typed = TypedRules {
        guests: &guests,
        most: &most,
        default_days: &default_days,
        longest_days: &longest_days,
        fixed: &fixed,
    };
    let save = async {
        let form = GroupForm {
            name: &name,
            description: &description,
            join_policy: join.parse().map_err(|_| AppError::invalid(Field::Setting, Rule::Unknown))?,
            rules: typed.read()?,
            version: version.parse().unwrap_or_default(),
        };
        match group {
            Some(id) => {
                services::tending::update_group(&scope.services, &actor, &scope.origin, id, form).await.map(|()| id)
            }
            None => services::tending::create_group(&scope.services, &actor, &scope.origin, form).await,
        }
    };
    match save.await {
        Ok(id) => scope.say(&paths::group(id), Done::said(scope.texts().saved.to_owned())).await,
        Err(error @ AppError::Invalid { .. }) => {
            let values = [("name", name.as_str()), ("description", &description), ("join", &join)];
            scope.keep_form(SETTINGS_FORM, Some(error), &[&values[..], &typed.values()].concat()).await?;
            let page = group.map_or(paths::NEW_GROUP.to_owned(), |id| paths::settings(Target::Group(id)));
            see_other(&paths::after(&page, SETTINGS_FORM));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Changes an app.
#[server(endpoint = "apps/save")]
pub async fn save_app(
    #[server(default)] id: String,
    #[server(default)] note: String,
    #[server(default)] instructions: String,
    #[server(default)] category: String,
    #[server(default)] guests: String,
    #[server(default)] most: String,
    #[server(default)] default_days: String,
    #[server(default)] longest_days: String,
    #[server(default)] fixed: String,
    #[server(default)] version: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let app: AppId = id.parse().map_err(|_| AppError::NotFound)?;
    let typed = TypedRules {
        guests: &guests,
        most: &most,
        default_days: &default_days,
        longest_days: &longest_days,
        fixed: &fixed,
    };
    let save = async {
        let form = AppForm {
            note: &note,
            instructions: &instructions,
            category: &category,
            rules: typed.read()?,
            version: version.parse().unwrap_or_default(),
        };
        services::tending::update_app(&scope.services, &actor, &scope.origin, app, form).await
    };
    match save.await {
        Ok(()) => scope.say(&paths::app(app), Done::said(scope.texts().saved.to_owned())).await,
        Err(error @ AppError::Invalid { .. }) => {
            let values = [("note", note.as_str()), ("instructions", &instructions), ("category", &category)];
            scope.keep_form(SETTINGS_FORM, Some(error), &[&values[..], &typed.values()].concat()).await?;
            see_other(&paths::after(&paths::settings(Target::App(app)), SETTINGS_FORM));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Adds a co-owner (`email`), or takes one away (`remove` holds the id).
#[server(endpoint = "tending/owners")]
pub async fn change_owners(
    #[server(default)] target: String,
    #[server(default)] email: String,
    #[server(default)] remove: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let target: Target = target.parse().map_err(|_| AppError::NotFound)?;
    let (services, origin, texts) = (&scope.services, &scope.origin, scope.texts());
    let (outcome, text) = match remove.parse() {
        Ok(id) => (services::tending::remove_owner(services, &actor, origin, target, id).await, texts.owner_removed),
        Err(_) => (services::tending::add_owner(services, &actor, origin, target, &email).await, texts.owner_added),
    };
    let outcome = outcome.map(|name| Done::said(fill(text, &[("name", &name)])));
    // Who gave up their own ownership does not see the settings any more.
    let page = match remove == actor.id.to_string() && outcome.is_ok() {
        true => paths::GROUPS.to_owned(),
        false => paths::settings(target),
    };
    scope.say_outcome(&page, outcome).await
}

/// Gives an app to a group (`name`), takes it away (`remove`), or lets the group's guests in (`open`) or not (`shut`).
#[server(endpoint = "apps/groups")]
pub async fn change_groups(
    #[server(default)] app: String,
    #[server(default)] name: String,
    #[server(default)] remove: String,
    #[server(default)] open: String,
    #[server(default)] shut: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let app: AppId = app.parse().map_err(|_| AppError::NotFound)?;
    let (services, origin, texts) = (&scope.services, &scope.origin, scope.texts());
    let id = |text: &str| text.parse::<GroupId>().ok();
    let (outcome, text) = if let Some(group) = id(&remove) {
        (services::tending::take_from_group(services, &actor, origin, app, group).await, texts.group_removed)
    } else if let Some(group) = id(&open) {
        (services::tending::set_for_guests(services, &actor, origin, app, group, true).await, texts.group_opened)
    } else if let Some(group) = id(&shut) {
        (services::tending::set_for_guests(services, &actor, origin, app, group, false).await, texts.group_shut)
    } else {
        (services::tending::give_to_group(services, &actor, origin, app, &name).await, texts.group_added)
    };
    let outcome = outcome.map(|name| Done::said(fill(text, &[("name", &name)])));
    scope.say_outcome(&paths::settings(Target::App(app)), outcome).await
}

/// Deletes a group.
#[server(endpoint = "groups/delete")]
pub async fn delete_group(#[server(default)] id: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: GroupId = id.parse().map_err(|_| AppError::NotFound)?;
    let deleted = services::tending::delete_group(&scope.services, &actor, &scope.origin, id).await;
    let outcome =
        deleted.map(|(undo, name)| Done::undoable(fill(scope.texts().group_deleted, &[("name", &name)]), undo));
    scope.say_outcome(paths::GROUPS, outcome).await
}

/// Joins a group, or asks to.
#[server(endpoint = "groups/join")]
pub async fn join_group(#[server(default)] id: String, #[server(default)] word: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: GroupId = id.parse().map_err(|_| AppError::NotFound)?;
    let texts = scope.texts();
    let joined = services::tending::join(&scope.services, &actor, &scope.origin, id, &word).await;
    let outcome = joined.map(|(joined, name)| {
        let text = if joined == Joined::In { texts.group_joined } else { texts.group_asked };
        Done::said(fill(text, &[("name", &name)]))
    });
    scope.say_outcome(&paths::group(id), outcome).await
}

/// Answers somebody who wants to be in a group: `answer` is `yes` or `no`.
#[server(endpoint = "groups/answer")]
pub async fn answer_request(#[server(default)] id: String, #[server(default)] answer: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let yes = answer == "yes";
    let texts = scope.texts();
    let answered = services::tending::answer_request(&scope.services, &actor, &scope.origin, id, yes).await;
    let text = if yes { texts.request_granted } else { texts.request_refused };
    let page = answered.as_ref().map_or(paths::GROUPS.to_owned(), |(group, _)| paths::group(*group));
    let outcome = answered.map(|(_, name)| Done::said(fill(text, &[("name", &name)])));
    scope.say_outcome(&page, outcome).await
}

/// Takes one's own wish to be in a group back.
#[server(endpoint = "groups/take-back")]
pub async fn take_back_request(#[server(default)] id: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: GroupId = id.parse().map_err(|_| AppError::NotFound)?;
    let taken = services::tending::take_back_request(&scope.services, &actor, &scope.origin, id).await;
    let text = scope.texts().request_taken_back;
    let outcome = taken.map(|name| Done::said(fill(text, &[("name", &name)])));
    scope.say_outcome(&paths::group(id), outcome).await
}
