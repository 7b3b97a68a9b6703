//! A person's page in the portal.

use super::{people::StandingMark, trail::Events};
use crate::{
    app::{
        components::{HeldList, PersonLink, Problem, State},
        desk_words, frame,
        layout::Desk,
        may, page_of, words,
    },
    domain::{
        error::{AppError, Field, Rule},
        name::initials,
        paths,
        policy::Reason,
        roles::Power,
        user::{Role, UserStanding, UserType},
        view::{
            Because, EffectiveLine, PeopleFilter, Permission, Permitted, PersonPage as View, RoleLine, SentFilter,
            SentLine, SignInLine, TrailFilter,
        },
    },
    i18n::fill,
    server_fns::portal::{
        people::{ActOnPeople, ChangeAddress, ConvertPerson, ErasePerson, SavePerson, load_person},
        roles::{GiveRole, TakeRole},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    page_of(move || load_person(id.clone()), |view| show(view).into_any())
}

fn show(page: View) -> impl IntoView {
    let texts = desk_words();
    let guest = page.user_type == UserType::Guest;
    let (list, list_name) =
        if guest { (paths::ADMIN_GUESTS, texts.guests) } else { (paths::ADMIN_MEMBERS, texts.members) };
    let name = if page.erased { texts.erased_person.to_owned() } else { page.name.clone() };
    let face = format!("face face--l face--{}{}", page.colour, if guest { " face--guest" } else { "" });
    let title = name.clone();
    let kind = if guest { texts.kind_guest } else { texts.kind_member };
    let story = TrailFilter { about: page.id.to_string(), ..TrailFilter::default() }.href(paths::ADMIN_AUDIT, None);
    let sent_by = SentFilter { inviter: Some(page.id), ..SentFilter::default() }.href(None);
    view! {
        <Desk title at=list>
            <p class="crumbs"><a href=list>{list_name}</a></p>
            <div class="head">
                <div class="whois whois--l">
                    <span class=face aria-hidden="true">{initials(&name)}</span>
                    <div>
                        <h1>{name.clone()}</h1>
                        <p class="quiet">{page.email.clone()} " · " {kind} " · " <StandingMark standing=page.standing/></p>
                    </div>
                </div>
                <Acts page=page.clone()/>
            </div>
            <div class="split">
                <div>
                    <section class="part part--wide">
                        <h2>{texts.effective} " " <small class="quiet">{texts.effective_hint}</small></h2>
                        {if page.effective.is_empty() {
                            view! { <p class="quiet">{texts.opens_no_app}</p> }.into_any()
                        } else {
                            view! { <Effective lines=page.effective.clone()/> }.into_any()
                        }}
                    </section>
                    <section class="part part--wide">
                        <h2>{texts.held}</h2>
                        {if page.access.is_empty() {
                            view! { <p class="quiet">{words().has_nothing}</p> }.into_any()
                        } else {
                            view! { <HeldList lines=page.access.clone()/> }.into_any()
                        }}
                    </section>
                    {(guest || !page.invitations.is_empty()).then(|| view! { <Invitations lines=page.invitations.clone()/> })}
                    {page.trail.clone().map(|lines| view! {
                        <section class="part part--wide">
                            <h2>{texts.trail}</h2>
                            <Events lines/>
                            <p><a href=story>{texts.whole_story}</a></p>
                        </section>
                    })}
                </div>
                <div>
                    <Facts page=page.clone()/>
                    {(!guest || !page.roles.is_empty()).then(|| view! { <p class="after"><a href=sent_by>{texts.sent_by_them}</a></p> })}
                    {page.may.see_roles.then(|| view! { <Roles page=page.clone()/> })}
                    <Sessions page=page.clone()/>
                    <SignIns lines=page.sign_ins.clone()/>
                    {page.may.manage.then(|| view! { <Profile page=page.clone()/> })}
                    {page.may.manage.then(|| view! { <Danger page=page.clone()/> })}
                </div>
            </div>
        </Desk>
    }
}

/// What can be done at once, in one form.
#[component]
fn Acts(page: View) -> impl IntoView {
    let texts = desk_words();
    let invites = may(Power::Invite);
    let may = page.may;
    let deleted = page.standing == UserStanding::Deleted;
    let waits = page.standing == UserStanding::Invited;
    let invite = (invites && !deleted && page.enabled && page.user_type == UserType::Guest)
        .then(|| paths::with_query(paths::ADMIN_INVITE, &[("email", &page.email)]));
    let buttons: Vec<(&str, &str)> = [
        (may.help && waits && !page.invitations.is_empty(), "resend", texts.resend_invitations),
        (may.manage && !deleted && page.enabled, "disable", texts.disable),
        (may.manage && !deleted && !page.enabled, "enable", texts.enable),
        (may.manage && !deleted, "delete", texts.delete),
        (may.manage && deleted && page.restorable.is_some(), "restore", texts.restore),
    ]
    .into_iter()
    .filter(|(may, ..)| *may)
    .map(|(_, act, text)| (act, text))
    .collect();
    view! {
        <form class="acts" method="post" action=ActOnPeople::PATH>
            <input type="hidden" name="ids[]" value=page.id.to_string()/>
            <input type="hidden" name="back" value=frame().here/>
            {invite.map(|path| view! { <a class="btn btn--go" href=path>{texts.invite_to_more}</a> })}
            {buttons.into_iter().map(|(act, text)| view! { <button class="btn" type="submit" name="act" value=act>{text}</button> }).collect_view()}
        </form>
    }
}

#[component]
fn Facts(page: View) -> impl IntoView {
    let texts = desk_words();
    let sponsors = page.sponsors.clone();
    let owns = page.owns.clone();
    let guest = page.user_type == UserType::Guest;
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let redeemed = match (&page.redeemed, page.standing) {
        (Some(at), _) => at.clone(),
        (None, UserStanding::Invited) => texts.not_yet.to_owned(),
        (None, _) if guest => texts.not_yet.to_owned(),
        (None, _) => texts.not_needed.to_owned(),
    };
    let deleted = match (&page.deleted, &page.restorable) {
        (Some(at), Some(until)) => fill(texts.deleted_restorable, &[("date", at), ("until", until)]),
        (Some(at), None) => at.clone(),
        _ => texts.no.to_owned(),
    };
    let consents = page.consents.clone();
    let sponsored = (page.sponsored > 0).then(|| PeopleFilter { sponsor: Some(page.id), ..PeopleFilter::default() });
    let language = page.language.map(|language| language.own_name().to_owned());
    let rows: Vec<(&str, String)> = [
        (texts.fact_redeemed, Some(redeemed)),
        (texts.fact_enabled, Some(if page.enabled { texts.yes } else { texts.no }.to_owned())),
        (texts.fact_deleted, Some(deleted)),
        (texts.identity, (!page.erased).then(|| fill(texts.identity_code, &[("email", &page.email)]))),
        (texts.last_seen, Some(page.seen.clone().unwrap_or_else(|| texts.never.to_owned()))),
        (texts.known_since, Some(page.created.clone())),
        (texts.company, text(&page.company)),
        (texts.job_title, text(&page.job_title)),
        (texts.department, text(&page.department)),
        (words().language, language),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    view! {
        <section class="part">
            <h2 class="vh">{texts.facts}</h2>
            <dl class="facts">
                {guest.then(|| view! {
                    <dt>{texts.sponsors}</dt>
                    <dd>
                        {if sponsors.is_empty() {
                            view! { <span class="state state--ends">{texts.no_sponsor}</span> }.into_any()
                        } else {
                            sponsors.into_iter().map(|(id, name)| view! { <a href=paths::admin_person(id)>{name}</a> " " }).collect_view().into_any()
                        }}
                    </dd>
                })}
                {rows.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
                {sponsored.map(|filter| view! {
                    <dt>{texts.answers_for}</dt>
                    <dd><a href=filter.href(None)>{page.sponsored}</a></dd>
                })}
                {(!consents.is_empty()).then(|| view! {
                    <dt>{texts.agreed_to}</dt>
                    <dd>{consents.into_iter().map(|(kind, version, date)| {
                        let statement = if kind == "terms" { texts.terms } else { texts.privacy_statement };
                        let facts = fill(texts.version_of, &[("n", &version.to_string()), ("date", &date)]);
                        view! { {statement} ", " {facts} <br/> }
                    }).collect_view()}</dd>
                })}
                {(!owns.is_empty()).then(|| view! {
                    <dt>{texts.owns}</dt>
                    <dd>{owns.into_iter().map(|(target, name)| view! { <a href=paths::target(target)>{name}</a> <br/> }).collect_view()}</dd>
                })}
            </dl>
        </section>
    }
}

#[component]
fn Effective(lines: Vec<EffectiveLine>) -> impl IntoView {
    let texts = desk_words();
    view! {
        <table class="tbl tbl--fold dense">
            <thead><tr>
                <th scope="col">{texts.col_app}</th>
                <th scope="col">{texts.col_as}</th>
                <th scope="col">{texts.col_because}</th>
                <th scope="col">{words().col_until}</th>
            </tr></thead>
            <tbody>
                {lines.into_iter().map(|line| {
                    let rule = texts.rule(line.rule);
                    let because = line.group.map_or_else(|| rule.to_owned(), |group| format!("{group}{}{rule}", words().colon));
                    let role = match (line.counts, line.role) {
                        (true, role) => role.unwrap_or_else(|| texts.default_access.to_owned()),
                        (false, _) => String::new(),
                    };
                    view! {
                        <tr>
                            <th scope="row"><a href=paths::app(line.app)>{line.name}</a></th>
                            <td data-l=texts.col_as>
                                {(!line.counts).then(|| view! { <span class="state state--no">{texts.not_open}</span> })}
                                {role}
                            </td>
                            <td data-l=texts.col_because>{because}</td>
                            <td data-l=words().col_until class="num">{line.until.unwrap_or_else(|| words().no_end.to_owned())}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Invitations(lines: Vec<SentLine>) -> impl IntoView {
    let texts = desk_words();
    view! {
        <section class="part part--wide">
            <h2>{texts.invitations}</h2>
            {lines.is_empty().then(|| view! { <p class="quiet">{texts.no_invitations}</p> })}
            <ul class="plainlist">
                {lines.into_iter().map(|line| {
                    let what = if line.targets.is_empty() { words().directory_only.to_owned() } else { line.targets.join(", ") };
                    view! {
                        <li>
                            <a href=paths::invitation(line.id)><b>{line.at}</b></a> " " {what} " " <State standing=line.standing/>
                            {line.by.map(|(id, name)| view! { " " <small class="quiet"><PersonLink id name/></small> })}
                            {line.mail.map(|mail| view! { " " <small class="quiet">{mail}</small> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Roles(page: View) -> impl IntoView {
    let texts = desk_words();
    let may = page.may.roles;
    let guest = page.user_type == UserType::Guest;
    let choices: Vec<Role> =
        Role::ALL.iter().rev().copied().filter(|role| !guest || *role == Role::GuestInviter).collect();
    let permissions = page.permissions.clone();
    view! {
        <section class="part">
            <h2>{texts.roles}</h2>
            {page.roles.is_empty().then(|| view! { <p class="quiet">{texts.no_role}</p> })}
            <ul class="plainlist">
                {page.roles.clone().into_iter().map(|line| view! { <RoleRow line may/> }).collect_view()}
            </ul>
            <details class="fold">
                <summary>{texts.effective_powers}</summary>
                <ul class="plainlist">
                    {permissions.into_iter().map(|Permission { what, because }| view! {
                        <li>{permitted(what)} " " <small class="quiet">{why(because)}</small></li>
                    }).collect_view()}
                </ul>
            </details>
            {may.then(|| view! {
                <details class="fold">
                    <summary>{texts.give_role}</summary>
                    <form method="post" action=GiveRole::PATH>
                        <input type="hidden" name="email" value=page.email.clone()/>
                        <input type="hidden" name="back" value=paths::admin_person(page.id)/>
                        <div class="field">
                            <label class="label" for="role">{texts.role_name}</label>
                            <select class="input" id="role" name="role">
                                {choices.into_iter().map(|role| view! { <option value=role.as_str()>{texts.role(role)}</option> }).collect_view()}
                            </select>
                        </div>
                        <div class="field">
                            <label class="label" for="role-until">{texts.role_until}</label>
                            <input class="input" type="date" id="role-until" name="until"/>
                        </div>
                        {guest.then(|| view! {
                            <div class="field">
                                <label class="label" for="role-scope">{texts.role_scope}</label>
                                <input class="input" id="role-scope" name="scope" value=page.email.rsplit('@').next().unwrap_or_default().to_owned()/>
                            </div>
                        })}
                        <button class="btn field" type="submit">{texts.give_role}</button>
                    </form>
                </details>
            })}
        </section>
    }
}

fn permitted(what: Permitted) -> String {
    let texts = desk_words();
    match what {
        Permitted::InviteToDirectory(None) => texts.perm_directory.to_owned(),
        Permitted::InviteToDirectory(Some(domain)) => fill(texts.perm_directory_only, &[("domain", &domain)]),
        Permitted::InviteTo(_, name) => fill(texts.perm_place, &[("name", &name)]),
        Permitted::MakeGroups => texts.perm_groups.to_owned(),
        Permitted::Portal(power) => texts.power(power).to_owned(),
    }
}

fn why(because: Because) -> String {
    let texts = desk_words();
    let text = match because {
        Because::Roles(roles) => {
            return roles.into_iter().map(|role| texts.role(role)).collect::<Vec<_>>().join(", ");
        }
        Because::Setting => texts.because_setting,
        Because::Owner => texts.because_owner,
        Because::NotBySetting | Because::Not(Reason::NoRightToInvite) => texts.not_setting,
        Because::Not(Reason::InvitationsOff) => texts.not_off,
        Because::Not(Reason::Paused) => texts.not_paused,
        Because::Not(Reason::InviterInactive) => texts.not_inactive,
        Because::Not(Reason::OwnersMayNotInvite) => texts.not_owners,
        Because::Not(Reason::GuestsNotAllowed) => texts.not_guests,
        Because::Not(reason) => words().reason(reason),
    };
    text.to_owned()
}

/// A role that somebody holds, and taking it.
#[component]
fn RoleRow(line: RoleLine, may: bool) -> impl IntoView {
    let texts = desk_words();
    let until = line.until.map_or(texts.for_good.to_owned(), |date| fill(words().until_date, &[("date", &date)]));
    let scope = Some(line.scope).filter(|scope| !scope.is_empty());
    view! {
        <li>
            <b>{texts.role(line.role)}</b> " " <small class="quiet">{until} {scope.map(|scope| format!(" · {scope}"))}</small>
            {may.then(|| view! {
                <form class="inline" method="post" action=TakeRole::PATH>
                    <input type="hidden" name="id" value=line.user.to_string()/>
                    <input type="hidden" name="role" value=line.role.as_str()/>
                    <input type="hidden" name="back" value=paths::admin_person(line.user)/>
                    <button class="btn btn--small btn--bare" type="submit">{texts.take_role}</button>
                </form>
            })}
        </li>
    }
}

#[component]
fn Sessions(page: View) -> impl IntoView {
    let texts = desk_words();
    let any = !page.sessions.is_empty();
    view! {
        <section class="part">
            <h2>{texts.sessions_of}</h2>
            {(!any).then(|| view! { <p class="quiet">{texts.not_signed_in}</p> })}
            <ul class="plainlist">
                {page.sessions.clone().into_iter().map(|session| view! {
                    <li>{session.client} " " <small class="quiet">{session.seen}</small></li>
                }).collect_view()}
            </ul>
            {(any && page.may.help).then(|| view! {
                <form method="post" action=ActOnPeople::PATH>
                    <input type="hidden" name="ids[]" value=page.id.to_string()/>
                    <input type="hidden" name="back" value=paths::admin_person(page.id)/>
                    <button class="btn btn--small" type="submit" name="act" value="sessions">{texts.end_sessions}</button>
                </form>
            })}
        </section>
    }
}

/// How somebody proved who they are.
fn how(method: String) -> String {
    match method.as_str() {
        "code" => desk_words().by_code.to_owned(),
        "link" => desk_words().by_link.to_owned(),
        _ => method,
    }
}

/// The newest attempts to sign in.
#[component]
fn SignIns(lines: Vec<SignInLine>) -> impl IntoView {
    let texts = desk_words();
    view! {
        <section class="part">
            <h2>{texts.sign_ins_of}</h2>
            {lines.is_empty().then(|| view! { <p class="quiet">{texts.no_sign_ins}</p> })}
            <ul class="plainlist">
                {lines.into_iter().map(|line| view! {
                    <li>
                        {line.at} " "
                        {match line.good {
                            true => view! { <small class="quiet">{texts.sign_in_good} " " {how(line.method)}</small> }.into_any(),
                            false => view! { <span class="state state--bad">{texts.failed}</span> }.into_any(),
                        }}
                    </li>
                }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Profile(page: View) -> impl IntoView {
    let texts = desk_words();
    let form = page.form.clone();
    let value = |name: &str, stored: &str| form.as_ref().and_then(|form| form.value(name)).unwrap_or(stored).to_owned();
    let error: Option<AppError> = form.as_ref().and_then(|form| form.error.clone());
    let wrong = |wanted: Field| matches!(&error, Some(AppError::Invalid { field, .. }) if *field == wanted);
    let changed = matches!(error, Some(AppError::Invalid { rule: Rule::Changed, .. }));
    let about_address = wrong(Field::Email);
    let open = error.is_some() && !about_address;
    let guest = page.user_type == UserType::Guest;
    // Sponsors are typed anew as addresses; what is there is shown beside.
    let fields = [
        ("name", words().name, page.name.clone(), wrong(Field::Name)),
        ("company", texts.company, page.company.clone(), false),
        ("job_title", texts.job_title, page.job_title.clone(), false),
        ("department", texts.department, page.department.clone(), false),
    ];
    view! {
        <section class="part">
            <details class="fold" open=open>
                <summary>{texts.edit_profile}</summary>
                <form method="post" action=SavePerson::PATH>
                    {changed.then(|| view! { <p class="err" role="alert">{words().error_changed}</p> })}
                    {error.clone().filter(|_| open && !changed).map(|error| view! { <Problem error id="profile-error"/> })}
                    <input type="hidden" name="id" value=page.id.to_string()/>
                    <input type="hidden" name="version" value=page.version/>
                    {fields.into_iter().map(|(name, label, stored, invalid)| view! {
                        <div class="field">
                            <label class="label" for=name>{label}</label>
                            <input class="input" id=name name=name value=value(name, &stored) maxlength="64" aria-invalid=invalid.then_some("true")/>
                        </div>
                    }).collect_view()}
                    {guest.then(|| view! {
                        <div class="field">
                            <label class="label" for="sponsors">{texts.sponsors_addresses}</label>
                            <input class="input" id="sponsors" name="sponsors" value=value("sponsors", &page.sponsor_addresses) aria-describedby="sponsors-hint"/>
                            <p class="hint" id="sponsors-hint">{texts.sponsors_hint}</p>
                        </div>
                    })}
                    <button class="btn field" type="submit">{words().save}</button>
                </form>
            </details>
            <details class="fold" open=about_address>
                <summary>{texts.change_address}</summary>
                <form method="post" action=ChangeAddress::PATH>
                    <input type="hidden" name="id" value=page.id.to_string()/>
                    <div class="field">
                        <label class="label" for="email">{texts.new_address}</label>
                        <input class="input" type="email" id="email" name="email" value=value("email", "") required autocomplete="off" aria-describedby="email-hint" aria-invalid=about_address.then_some("true")/>
                        <p class="hint" id="email-hint">{texts.new_address_hint}</p>
                        {error.filter(|_| about_address).map(|error| view! { <Problem error id="email-error"/> })}
                    </div>
                    <button class="btn field" type="submit">{texts.change_address}</button>
                </form>
            </details>
        </section>
    }
}

/// What changes somebody for good, each with what it means.
#[component]
fn Danger(page: View) -> impl IntoView {
    let texts = desk_words();
    let guest = page.user_type == UserType::Guest;
    let active = page.redeemed.is_some() || !guest;
    let (to, act, means) = if guest {
        ("member", texts.make_member, texts.make_member_means)
    } else {
        ("guest", texts.make_guest, texts.make_guest_means)
    };
    let email = page.email.clone();
    view! {
        <section class="part">
            {(active && page.deleted.is_none()).then(|| view! {
                <details class="fold">
                    <summary>{act}</summary>
                    <form method="post" action=ConvertPerson::PATH>
                        <p>{means}</p>
                        <input type="hidden" name="id" value=page.id.to_string()/>
                        <input type="hidden" name="to" value=to/>
                        <button class="btn field" type="submit">{act}</button>
                    </form>
                </details>
            })}
            {page.may.erase.then(|| view! {
                <details class="fold">
                    <summary>{texts.erase}</summary>
                    <form method="post" action=ErasePerson::PATH>
                        <p>{texts.erase_means}</p>
                        <input type="hidden" name="id" value=page.id.to_string()/>
                        <div class="field">
                            <label class="label" for="sure">{fill(texts.erase_sure, &[("email", &email)])}</label>
                            <input class="input" id="sure" name="sure" required autocomplete="off"/>
                        </div>
                        <button class="btn btn--stop field" type="submit">{texts.erase}</button>
                    </form>
                </details>
            })}
        </section>
    }
}
