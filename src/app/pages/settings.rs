//! Where owners change a group or an app, and where a group is made.

use crate::{
    app::{
        components::{Problem, RoleChoice, TextArea},
        desk_words,
        layout::Panel,
        may, page_of, words,
    },
    domain::{
        error::{AppError, Field, Rule},
        form::FormState,
        ids::{AppId, GroupId},
        invitation::Target,
        paths,
        roles::Power,
        tending::{DESCRIPTION_MAX, GuestRules, INSTRUCTIONS_MAX, JoinPolicy},
        view::{AppRoleLine, AppSettings, Counted, GroupAccessLine, GroupSettings, OwnerLine},
    },
    i18n::fill,
    server_fns::tending::{
        ChangeGroups, ChangeOwners, DeleteGroup, SaveApp, SaveGroup, load_app_settings, load_group_settings,
        load_new_group,
    },
    server_fns::{
        app_roles::ChangeAppRoles,
        portal::places::{ActOnPlaces, ReaddressApp},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// Where a group is made.
#[component]
pub fn NewGroupPage() -> impl IntoView {
    page_of(load_new_group, |view| show_group(view).into_any())
}

/// Where a group is changed.
#[component]
pub fn GroupSettingsPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_group_settings(id.clone()), |view| show_group(view).into_any())
}

/// Where an app is changed.
#[component]
pub fn AppSettingsPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_app_settings(id.clone()), |view| show_app(view).into_any())
}

/// What was typed before, or what is.
fn value(form: &Option<FormState>, name: &str, stored: &str) -> String {
    form.as_ref().and_then(|form| form.value(name)).unwrap_or(stored).to_owned()
}

/// What was wrong, if it was this field.
fn about(form: &Option<FormState>, wanted: Field) -> Option<AppError> {
    let error = form.as_ref().and_then(|form| form.error.clone());
    error.filter(|error| matches!(error, AppError::Invalid { field, .. } if *field == wanted))
}

fn show_group(page: GroupSettings) -> impl IntoView {
    let GroupSettings { id, name, description, join_policy, rules, owners, version, form } = page;
    let title = match id {
        Some(_) => fill(words().settings_of, &[("name", &name)]),
        None => words().new_group.to_owned(),
    };
    let changed =
        about(&form, Field::Setting).filter(|error| matches!(error, AppError::Invalid { rule: Rule::Changed, .. }));
    let join = value(&form, "join", join_policy.as_str());
    let back = id.map_or(paths::GROUPS.to_owned(), paths::group);
    let name_error = about(&form, Field::Name);
    view! {
        <Panel title=title.clone() at=paths::GROUPS>
            <h1>{title}</h1>
            <form class="part" method="post" action=SaveGroup::PATH>
                {changed.map(|_| view! { <p class="err" role="alert" id="page-error">{words().error_changed}</p> })}
                {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string()/> })}
                <input type="hidden" name="version" value=version/>
                <div class="field">
                    <label class="label" for="name">{words().name}</label>
                    <input class="input input--wide" id="name" name="name" value=value(&form, "name", &name) maxlength="64" required aria-invalid=name_error.is_some().then_some("true")/>
                    {name_error.map(|error| view! { <Problem error id="name-error"/> })}
                </div>
                <div class="field">
                    <label class="label" for="description">{words().what_it_is_for}</label>
                    <TextArea name="description" value=value(&form, "description", &description) rows=2 max=u32::try_from(DESCRIPTION_MAX).unwrap_or(u32::MAX) invalid=about(&form, Field::Message).is_some()/>
                    {about(&form, Field::Message).map(|_| view! { <p class="err" role="alert">{words().error_too_long}</p> })}
                </div>
                <div class="field">
                    <label class="label" for="join">{words().join_policy}</label>
                    <select class="input input--wide" id="join" name="join">
                        {JoinPolicy::ALL.iter().map(|one| {
                            let text = match one {
                                JoinPolicy::Open => words().join_open,
                                JoinPolicy::Ask => words().join_ask,
                                JoinPolicy::Closed => words().join_closed,
                            };
                            view! { <option value=one.as_str() selected=join == one.as_str()>{text}</option> }
                        }).collect_view()}
                    </select>
                </div>
                {guest_fields(&form, rules)}
                <div class="acts field">
                    <button class="btn btn--go" type="submit">{words().save}</button>
                    <a class="btn btn--bare" href=back>{words().cancel}</a>
                </div>
            </form>
            {id.map(|id| view! {
                <Owners target=Target::Group(id) owners/>
                <Deleting id name/>
            })}
        </Panel>
    }
}

/// How guests have it.
fn guest_fields(form: &Option<FormState>, rules: GuestRules) -> AnyView {
    let typed = form.as_ref().is_some_and(|form| form.value("most").is_some());
    let ticked = |name: &str, stored: bool| if typed { value(form, name, "") == "on" } else { stored };
    let number = |stored: Option<i64>| stored.map(|n| n.to_string()).unwrap_or_default();
    let length = about(form, Field::Length).map(|error| match error {
        AppError::Invalid { rule: Rule::TooLong, .. } => words().error_length_order,
        _ => words().error_length,
    });
    let most = about(form, Field::MostGuests).map(|_| words().error_most);
    view! {
        <fieldset class="field">
            <legend class="label">{words().guests}</legend>
            <ul class="ticks">
                <li><label><input type="checkbox" name="guests" value="on" checked=ticked("guests", rules.allowed)/> " " {words().guests_may}</label></li>
                <li><label><input type="checkbox" name="fixed" value="on" checked=ticked("fixed", !rules.may_override)/> " " {words().end_fixed}</label></li>
            </ul>
            <div class="pair field">
                <div class="field">
                    <label class="label" for="default_days">{words().default_days}</label>
                    <input class="input input--wide" id="default_days" name="default_days" inputmode="numeric" value=value(form, "default_days", &number(rules.default_days)) aria-describedby="days-hint"/>
                </div>
                <div class="field">
                    <label class="label" for="longest_days">{words().longest_days}</label>
                    <input class="input input--wide" id="longest_days" name="longest_days" inputmode="numeric" value=value(form, "longest_days", &number(rules.longest_days)) aria-describedby="days-hint"/>
                </div>
            </div>
            {length.map(|text| view! { <p class="err" role="alert" id="length-error">{text}</p> })}
            <p class="hint" id="days-hint">{words().days_hint}</p>
            <div class="field">
                <label class="label" for="most">{words().most_guests}</label>
                <input class="input" id="most" name="most" inputmode="numeric" value=value(form, "most", &number(rules.most))/>
                {most.map(|text| view! { <p class="err" role="alert" id="most-error">{text}</p> })}
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Owners(target: Target, owners: Vec<OwnerLine>) -> impl IntoView {
    let several = owners.len() > 1;
    view! {
        <section class="part" aria-labelledby="owners">
            <h2 id="owners">{words().owners}</h2>
            <ul class="plainlist">
                {owners.into_iter().map(|owner| {
                    let id = format!("o-{}", owner.id);
                    view! {
                        <li class="line">
                            <div><b id=id.clone()>{owner.name}</b> " " <span class="note">{owner.email}</span></div>
                            {several.then(|| view! {
                                <form method="post" action=ChangeOwners::PATH>
                                    <input type="hidden" name="target" value=target.to_string()/>
                                    <button class="btn btn--small" type="submit" name="remove" value=owner.id.to_string() aria-describedby=id>{words().remove}</button>
                                </form>
                            })}
                        </li>
                    }
                }).collect_view()}
            </ul>
            <form class="field" method="post" action=ChangeOwners::PATH>
                <input type="hidden" name="target" value=target.to_string()/>
                <label class="label" for="owner">{words().pass_on_to}</label>
                <div class="finder">
                    <input class="input" type="email" id="owner" name="email" required/>
                    <button class="btn" type="submit">{words().add_owner}</button>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Deleting(id: GroupId, name: String) -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="delete">
            <h2 id="delete">{words().delete_group}</h2>
            <p class="quiet">{fill(words().delete_group_text, &[("name", &name)])}</p>
            <form class="field" method="post" action=DeleteGroup::PATH>
                <input type="hidden" name="id" value=id.to_string()/>
                <button class="btn btn--stop" type="submit">{words().delete_group}</button>
            </form>
        </section>
    }
}

fn show_app(page: AppSettings) -> impl IntoView {
    let AppSettings {
        id,
        launch_url,
        name,
        note,
        instructions,
        category,
        rules,
        owners,
        groups,
        roles,
        launches,
        people,
        version,
        form,
    } = page;
    let title = fill(words().settings_of, &[("name", &name)]);
    let changed = about(&form, Field::Setting);
    let readdressing = form.as_ref().is_some_and(|form| form.value("launch_url").is_some());
    let deletes = may(Power::ManagePlaces);
    let counts = fill(words().launches_text, &[("n", &launches.to_string()), ("people", &people.to_string())]);
    view! {
        <Panel title=title.clone()>
            <h1>{title}</h1>
            <p class="quiet">{counts}</p>
            <form class="part" method="post" action=SaveApp::PATH>
                {changed.map(|_| view! { <p class="err" role="alert" id="page-error">{words().error_changed}</p> })}
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="version" value=version/>
                <div class="field">
                    <label class="label" for="note">{words().what_it_is_for}</label>
                    <input class="input input--wide" id="note" name="note" value=value(&form, "note", &note) maxlength=DESCRIPTION_MAX/>
                </div>
                <div class="field">
                    <label class="label" for="instructions">{words().how_to_use}</label>
                    <TextArea name="instructions" value=value(&form, "instructions", &instructions) rows=6 max=u32::try_from(INSTRUCTIONS_MAX).unwrap_or(u32::MAX) invalid=about(&form, Field::Message).is_some()/>
                    {about(&form, Field::Message).map(|_| view! { <p class="err" role="alert">{words().error_too_long}</p> })}
                </div>
                <div class="field">
                    <label class="label" for="category">{words().category}</label>
                    <input class="input" id="category" name="category" value=value(&form, "category", &category) maxlength="64"/>
                </div>
                {guest_fields(&form, rules)}
                <div class="acts field">
                    <button class="btn btn--go" type="submit">{words().save}</button>
                    <a class="btn btn--bare" href=paths::app(id)>{words().cancel}</a>
                </div>
            </form>
            {launch_url.map(|url| view! {
                <section class="part">
                    <h2>{desk_words().name_and_address}</h2>
                    <form method="post" action=ReaddressApp::PATH>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="version" value=version/>
                        <div class="field">
                            <label class="label" for="app-name">{words().name}</label>
                            <input class="input input--wide" id="app-name" name="name" value=value(&form, "app_name", &name) maxlength="64" required/>
                            {about(&form, Field::Name).filter(|_| readdressing).map(|error| view! { <Problem error id="app-name-error"/> })}
                        </div>
                        <div class="field">
                            <label class="label" for="launch_url">{desk_words().launch_url}</label>
                            <input class="input input--wide" type="url" id="launch_url" name="launch_url" value=value(&form, "launch_url", &url) required/>
                            {about(&form, Field::LaunchUrl).map(|error| view! { <Problem error id="launch-url-error"/> })}
                        </div>
                        <button class="btn field" type="submit">{words().save}</button>
                    </form>
                </section>
            })}
            <section class="part" aria-labelledby="icon">
                <h2 id="icon">{words().app_icon}</h2>
                <form class="finder" method="post" action=paths::app_icon_upload(id) enctype="multipart/form-data">
                    <label class="vh" for="picture">{words().app_icon}</label>
                    <input class="input" type="file" id="picture" name="picture" accept="image/png,image/svg+xml" required aria-describedby="icon-hint"/>
                    <button class="btn" type="submit">{words().upload}</button>
                </form>
                <p class="hint" id="icon-hint">{words().icon_hint}</p>
            </section>
            <Groups app=id groups roles=roles.iter().map(|(role, _)| role.clone()).collect() allowed=rules.allowed/>
            {app_roles(id, roles, &form)}
            <Owners target=Target::App(id) owners/>
            {deletes.then(|| view! {
                <section class="part" aria-labelledby="delete">
                    <h2 id="delete">{words().delete_app}</h2>
                    <p class="quiet">{fill(words().delete_app_text, &[("name", &name)])}</p>
                    <form class="field" method="post" action=ActOnPlaces::PATH>
                        <input type="hidden" name="targets[]" value=Target::App(id).to_string()/>
                        <input type="hidden" name="back" value=paths::ADMIN_APPS/>
                        <button class="btn btn--stop" type="submit" name="act" value="delete">{words().delete_app}</button>
                    </form>
                </section>
            })}
        </Panel>
    }
}

/// The roles that the app knows.
fn app_roles(app: AppId, roles: Vec<(AppRoleLine, Counted)>, form: &Option<FormState>) -> AnyView {
    let adding = form.as_ref().is_some_and(|form| form.value("role_name").is_some());
    let (name_error, value_error) = (about(form, Field::Name).filter(|_| adding), about(form, Field::AppRole));
    view! {
        <section class="part" aria-labelledby="roles">
            <h2 id="roles">{words().app_roles}</h2>
            <p class="quiet">{if roles.is_empty() { words().no_app_roles } else { words().app_roles_hint }}</p>
            <ul class="plainlist">
                {roles.into_iter().map(|(role, holders)| {
                    let id = format!("r-{}", role.id);
                    let holders = match holders {
                        Counted::Exactly(0) => words().app_role_unheld.to_owned(),
                        n => fill(words().app_role_holders, &[("n", &n.to_string())]),
                    };
                    view! {
                        <li class="line">
                            <div><b id=id.clone()>{role.name}</b> " " <code>{role.value}</code></div>
                            <details class="fold fold--row">
                                <summary aria-describedby=id.clone()>{words().remove_app_role}</summary>
                                <form method="post" action=ChangeAppRoles::PATH>
                                    <p>{holders}</p>
                                    <input type="hidden" name="app" value=app.to_string()/>
                                    <button class="btn btn--small btn--stop" type="submit" name="remove" value=role.id.to_string() aria-describedby=id>{words().remove_app_role}</button>
                                </form>
                            </details>
                        </li>
                    }
                }).collect_view()}
            </ul>
            <form class="field" method="post" action=ChangeAppRoles::PATH>
                <input type="hidden" name="app" value=app.to_string()/>
                <div class="pair">
                    <div class="field">
                        <label class="label" for="role_name">{words().app_role_name}</label>
                        <input class="input input--wide" id="role_name" name="role_name" value=value(form, "role_name", "") maxlength="64" required aria-invalid=name_error.is_some().then_some("true")/>
                        {name_error.map(|error| view! { <Problem error id="role-name-error"/> })}
                    </div>
                    <div class="field">
                        <label class="label" for="role_value">{words().app_role_value}</label>
                        <input class="input input--wide" id="role_value" name="role_value" value=value(form, "role_value", "") maxlength="64" required autocapitalize="none" spellcheck="false" aria-describedby="role-hint" aria-invalid=value_error.is_some().then_some("true")/>
                        {value_error.map(|error| view! { <Problem error id="role-value-error"/> })}
                    </div>
                </div>
                <p class="hint" id="role-hint">{words().app_role_value_hint}</p>
                <button class="btn field" type="submit">{words().add_app_role}</button>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Groups(app: AppId, groups: Vec<GroupAccessLine>, roles: Vec<AppRoleLine>, allowed: bool) -> impl IntoView {
    let none = groups.is_empty();
    view! {
        <section class="part" aria-labelledby="groups">
            <h2 id="groups">{words().groups_with_access}</h2>
            {(!allowed).then(|| view! { <p class="quiet">{words().no_tunnel}</p> })}
            {none.then(|| view! { <p class="quiet">{words().no_groups_with_access}</p> })}
            <ul class="plainlist">
                {groups.into_iter().map(|group| {
                    let id = format!("g-{}", group.id);
                    let (what, text) = match group.for_guests {
                        true => ("shut", words().shut_for_guests),
                        false => ("open", words().open_for_guests),
                    };
                    view! {
                        <li class="line">
                            <div>
                                <b id=id.clone()>{group.name}</b>
                                {(!allowed && group.for_guests).then(|| view! { " " <span class="tag">{words().guests_get_in}</span> })}
                            </div>
                            <div class="acts acts--row">
                            {(!roles.is_empty()).then(|| view! {
                                <RoleChoice app whose=("group", group.id.0) role=group.role roles=roles.clone() described=id.clone()/>
                            })}
                            <form class="acts" method="post" action=ChangeGroups::PATH>
                                <input type="hidden" name="app" value=app.to_string()/>
                                {(!allowed).then(|| view! {
                                    <button class="btn btn--small" type="submit" name=what value=group.id.to_string() aria-describedby=id.clone()>{text}</button>
                                })}
                                <button class="btn btn--small" type="submit" name="remove" value=group.id.to_string() aria-describedby=id>{words().remove}</button>
                            </form>
                            </div>
                        </li>
                    }
                }).collect_view()}
            </ul>
            <form class="field" method="post" action=ChangeGroups::PATH>
                <input type="hidden" name="app" value=app.to_string()/>
                <label class="label" for="group">{words().group_name}</label>
                <div class="finder">
                    <input class="input" id="group" name="name" required/>
                    <button class="btn" type="submit">{words().add_group}</button>
                </div>
            </form>
        </section>
    }
}
