//! Groups and apps in the portal: the lists, making an app, and what is done to them.

use crate::domain::{error::AppError, view::PlaceList};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{
        super::{Scope, tending::SETTINGS_FORM},
        text, told,
    },
    crate::{
        domain::{
            ids::AppId,
            invitation::Target,
            paths,
            view::{Done, PlaceFilter},
        },
        i18n::fill,
        services::portal::{
            self,
            places::{AppForm, PlaceAct},
        },
    },
};

/// Name of the form that makes an app.
pub const APP_FORM: &str = "app";

/// What a list of groups or apps is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn place_filter(apps: bool, query: impl Fn(&str) -> String) -> PlaceFilter {
    PlaceFilter { apps, query: query("q"), only: query("only"), order: query("order") }
}

/// A page of all groups or apps.
#[server(endpoint = "admin/places")]
pub async fn load_places(apps: bool) -> Result<PlaceList, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let after = text("from").parse().ok();
    portal::places::list(&scope.services, &actor, scope.frame.language, place_filter(apps, text), after).await
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
    #[server(default)] version: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: AppId = id.parse().map_err(|_| AppError::NotFound)?;
    let (services, version) = (&scope.services, version.parse().unwrap_or_default());
    let changed =
        portal::places::readdress_app(services, &actor, &scope.origin, id, (&name, &launch_url), version).await;
    let outcome = changed.map(|()| Done::said(scope.texts().saved));
    let values = [("app_name", name.as_str()), ("launch_url", &launch_url)];
    scope.again(&paths::settings(Target::App(id)), (SETTINGS_FORM, &values), outcome).await
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
