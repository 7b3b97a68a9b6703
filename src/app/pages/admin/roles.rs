//! Who holds which role.

use crate::{
    app::{components::Problem, desk_words, layout::Desk, page_of, words},
    domain::{
        error::{AppError, Field, Rule},
        paths,
        roles::Power,
        user::Role,
        view::{RoleLine, RolesPage as View},
    },
    i18n::fill,
    server_fns::portal::roles::{GiveRole, TakeRole, load_roles},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page.
#[component]
pub fn RolesPage() -> impl IntoView {
    page_of(load_roles, |view| show(view).into_any())
}

fn show(page: View) -> impl IntoView {
    let View { lines, may_give, form } = page;
    let texts = desk_words();
    let error: Option<AppError> = form.as_ref().and_then(|form| form.error.clone());
    let value = move |name: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let about = move |wanted: Field| {
        error.clone().filter(|error| matches!(error, AppError::Invalid { field, .. } if *field == wanted))
    };
    let chosen = value("role");
    view! {
        <Desk title=texts.roles at=paths::ADMIN_ROLES>
            <div class="head"><h1>{texts.roles}</h1></div>
            <table class="tbl tbl--fold dense">
                <caption class="vh">{texts.roles}</caption>
                <thead><tr>
                    <th scope="col">{words().col_name}</th>
                    <th scope="col">{texts.role_name}</th>
                    <th scope="col">{words().col_until}</th>
                    <th scope="col">{texts.given_by}</th>
                    <th scope="col"><span class="vh">{words().col_acts}</span></th>
                </tr></thead>
                <tbody>{lines.into_iter().map(|line| view! { <Row line may=may_give/> }).collect_view()}</tbody>
            </table>
            {may_give.then(|| view! {
                <section class="part">
                    <h2>{texts.give_role}</h2>
                    <form method="post" action=GiveRole::PATH>
                        <div class="field">
                            <label class="label" for="email">{texts.whose_address}</label>
                            <input class="input" type="email" id="email" name="email" value=value("email") required autocomplete="off" aria-invalid=about(Field::Email).is_some().then_some("true")/>
                            {about(Field::Email).map(|error| match error {
                                AppError::Invalid { rule: Rule::Unknown, .. } => view! { <p class="err" role="alert">{texts.role_nobody}</p> }.into_any(),
                                error => view! { <Problem error id="email-error"/> }.into_any(),
                            })}
                        </div>
                        <div class="field">
                            <label class="label" for="role">{texts.role_name}</label>
                            <select class="input" id="role" name="role">
                                {Role::ALL.iter().rev().map(|role| view! { <option value=role.as_str() selected=role.as_str() == chosen>{texts.role(*role)}</option> }).collect_view()}
                            </select>
                            {about(Field::Role).map(|_| view! { <p class="err" role="alert">{texts.role_not_for_guests}</p> })}
                        </div>
                        <div class="field">
                            <label class="label" for="until">{texts.role_until}</label>
                            <input class="input" type="date" id="until" name="until" value=value("until")/>
                            {about(Field::AccessUntil).map(|error| view! { <Problem error id="until-error"/> })}
                        </div>
                        {about(Field::Person).map(|error| view! { <Problem error id="person-error"/> })}
                        <button class="btn btn--go field" type="submit">{texts.give_role}</button>
                    </form>
                </section>
            })}
            <section class="part part--wide">
                <h2 id="matrix">{texts.what_roles_may}</h2>
                <div class="matrix" role="region" tabindex="0" aria-labelledby="matrix">
                <table class="tbl dense">
                    <thead><tr>
                        <th scope="col"><span class="vh">{texts.power_name}</span></th>
                        {Role::ALL.iter().map(|role| view! { <th scope="col">{texts.role(*role)}</th> }).collect_view()}
                    </tr></thead>
                    <tbody>
                        {Power::ALL.iter().map(|power| view! {
                            <tr>
                                <th scope="row">{texts.power(*power)}</th>
                                {Role::ALL.iter().map(|role| view! { <td>{if role.has(*power) { texts.yes } else { "–" }}</td> }).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
                </div>
            </section>
        </Desk>
    }
}

#[component]
fn Row(line: RoleLine, may: bool) -> impl IntoView {
    let texts = desk_words();
    let id = format!("r-{}-{}", line.user, line.role.as_str());
    let until = line.until.map_or(texts.for_good.to_owned(), |date| fill(words().until_date, &[("date", &date)]));
    let scope = Some(line.scope).filter(|scope| !scope.is_empty());
    view! {
        <tr>
            <th scope="row"><a id=id.clone() href=paths::admin_person(line.user)><b>{line.name}</b></a> <small>{line.email}</small></th>
            <td data-l=texts.role_name>{texts.role(line.role)} {scope.map(|scope| view! { <small>{scope}</small> })}</td>
            <td data-l=words().col_until>{until}</td>
            <td data-l=texts.given_by>{line.by.unwrap_or_else(|| "–".to_owned())}</td>
            <td>
                {may.then(|| view! {
                    <form method="post" action=TakeRole::PATH>
                        <input type="hidden" name="id" value=line.user.to_string()/>
                        <input type="hidden" name="role" value=line.role.as_str()/>
                        <button class="btn btn--small btn--bare" type="submit" aria-describedby=id>{texts.take_role}</button>
                    </form>
                })}
            </td>
        </tr>
    }
}
