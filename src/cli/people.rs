//! `vestibule admin …` and `vestibule user …`.

use super::{Answer, Failure, table::table};
use crate::{
    domain::{
        error::{AppError, Field, Rule},
        time::Timestamp,
        user::{Role, User, UserType},
    },
    services::{
        Services, calendar,
        people::{self, NewMember},
        roster::{self, Person, Wish},
        sign_in,
    },
};
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use serde_json::{Value, json};

/// What people see as the initiator of what is done here.
const SERVICE: &str = "Command line";

#[derive(Subcommand)]
pub(super) enum Admin {
    /// Make sure of an administrator, and print a one-time link to sign in with
    Create {
        /// Their e-mail address
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long, default_value = "")]
        name: String,
    },
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a member; they sign in by proving the address
    Add {
        /// Their e-mail address
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// A directory role: administrator, user-administrator, guest-inviter, auditor, help-desk
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Forbid somebody to sign in; their guests are handed on
    Disable {
        /// Their e-mail address
        email: String,
    },
    /// Let somebody sign in again
    Enable {
        /// Their e-mail address
        email: String,
    },
    /// Delete somebody; for 30 days they can be restored
    Delete {
        /// Their e-mail address
        email: String,
    },
    /// Bring a deleted person back, with what they had
    Restore {
        /// Their e-mail address
        email: String,
    },
    /// List members, then guests, by name
    List(List),
    /// Show one person
    Show {
        /// Their e-mail address
        email: String,
    },
}

#[derive(Args)]
pub(super) struct List {
    /// Only members, or only guests
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(["guest", "member"]))]
    user_type: Option<String>,
    /// Only those of one standing; else all who are not deleted
    #[arg(long, value_parser = PossibleValuesParser::new(["active", "invited", "disabled", "deleted"]))]
    standing: Option<String>,
    /// Only those with words of name, address or company that begin so
    #[arg(long, default_value = "", hide_default_value = true)]
    query: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
}

pub(super) async fn admin(services: &Services, command: Admin) -> Result<Answer, Failure> {
    let Admin::Create { email, name } = command;
    let origin = services.own_origin(SERVICE);
    let user = people::ensure_administrator(services, &origin, &email, &name).await.map_err(|e| said(e, &email))?;
    let url = sign_in::issue_link(services, &origin, &user).await?;
    let words = format!("{} is an administrator. Signs in once, within an hour:\n{url}", user.email);
    Ok(Answer::done(json!({"userId": user.id, "signInUrl": url}), words))
}

pub(super) async fn user(services: &Services, command: UserCommand) -> Result<Answer, Failure> {
    let origin = services.own_origin(SERVICE);
    let (email, name, roles) = match command {
        UserCommand::Add { email, name, roles } => (email, name, roles),
        UserCommand::Disable { email } => {
            let done = people::set_enabled(services, &origin, &email, false).await;
            return changed(done, &email, "may not sign in any more");
        }
        UserCommand::Enable { email } => {
            return changed(people::set_enabled(services, &origin, &email, true).await, &email, "may sign in");
        }
        UserCommand::Delete { email } => {
            return changed(people::delete(services, &origin, &email).await, &email, "is deleted");
        }
        UserCommand::Restore { email } => {
            return changed(people::restore(services, &origin, &email).await, &email, "is back");
        }
        UserCommand::List(wanted) => return list(services, &wanted).await,
        UserCommand::Show { email } => {
            let person = roster::show(services, &email).await.map_err(|error| said(error, &email))?;
            return Ok(Answer::done(document(&person), card(&person)));
        }
    };
    let roles = roles
        .iter()
        .map(|role| Role::from_words(role).ok_or_else(|| Failure::Usage(format!("\"{role}\" is not a role"))))
        .collect::<Result<Vec<_>, _>>()?;
    let new = NewMember { email: &email, name: &name, roles: &roles };
    let user = people::add_member(services, &origin, new).await.map_err(|e| said(e, &email))?;
    let words = format!("{} <{}> is a member and signs in by a code to this address", user.name, user.email);
    Ok(Answer::done(json!({"userId": user.id, "email": user.email, "name": user.name}), words))
}

async fn list(services: &Services, wanted: &List) -> Result<Answer, Failure> {
    let wish = Wish {
        user_type: wanted.user_type.as_deref().and_then(|word| word.parse::<UserType>().ok()),
        standing: wanted.standing.as_deref().and_then(|word| word.parse().ok()),
        query: &wanted.query,
    };
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let (people, more) = roster::list(services, wish, limit).await?;
    if more {
        eprintln!("vestibule: there are more than {limit}; ask for more with --limit, or for fewer with --query");
    }
    let rows = people.iter().map(|person| {
        vec![
            person.name.clone(),
            person.email.clone(),
            person.user_type.as_str().to_owned(),
            person.standing.as_str().to_owned(),
            day(Some(person.created_at)),
            day(person.last_sign_in_at),
            roles(person),
            person.sponsors.iter().map(|sponsor| sponsor.name.clone()).collect::<Vec<_>>().join(", "),
        ]
    });
    let headings = ["NAME", "EMAIL", "TYPE", "STANDING", "CREATED", "SIGNED IN", "ROLES", "SPONSORS"];
    let words = if people.is_empty() { "Nobody.".to_owned() } else { table(&headings, rows) };
    Ok(Answer::done(people.iter().map(document).collect(), words))
}

fn document(person: &Person) -> Value {
    json!({
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "userType": person.user_type,
        "standing": person.standing,
        "createdAt": calendar::rfc3339(person.created_at),
        "lastSignInAt": person.last_sign_in_at.map(calendar::rfc3339),
        "sponsors": person
            .sponsors
            .iter()
            .map(|one| json!({"id": one.id, "name": one.name, "email": one.email}))
            .collect::<Value>(),
        "roles": person
            .roles
            .iter()
            .map(|held| {
                json!({
                    "role": held.role,
                    "scope": Some(&held.scope).filter(|scope| !scope.is_empty()),
                    "until": held.until.map(calendar::rfc3339),
                })
            })
            .collect::<Value>(),
    })
}

fn card(person: &Person) -> String {
    let sponsors: Vec<String> =
        person.sponsors.iter().map(|sponsor| format!("{} <{}>", sponsor.name, sponsor.email)).collect();
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), calendar::rfc3339);
    let rows = [
        ("Name", person.name.clone()),
        ("E-mail", person.email.clone()),
        ("Id", person.id.to_string()),
        ("Type", person.user_type.as_str().to_owned()),
        ("Standing", person.standing.as_str().to_owned()),
        ("Created", moment(Some(person.created_at))),
        ("Last sign-in", moment(person.last_sign_in_at)),
        ("Sponsors", sponsors.join(", ")),
        ("Roles", roles(person)),
    ];
    let lines: Vec<String> =
        rows.iter().map(|(name, value)| format!("{name:14}{value}").trim_end().to_owned()).collect();
    lines.join("\n")
}

fn roles(person: &Person) -> String {
    let one = |held: &roster::HeldRole| {
        let scope = if held.scope.is_empty() { String::new() } else { format!(" for {}", held.scope) };
        let until = held.until.map(|until| format!(" until {}", day(Some(until)))).unwrap_or_default();
        format!("{}{scope}{until}", held.role.as_str())
    };
    person.roles.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A day in UTC.
fn day(at: Option<Timestamp>) -> String {
    at.map(|at| calendar::rfc3339(at).chars().take(10).collect()).unwrap_or_default()
}

fn changed(done: Result<User, AppError>, email: &str, what: &str) -> Result<Answer, Failure> {
    let user = done.map_err(|error| said(error, email))?;
    let words = format!("{} <{}> {what}", user.name, user.email);
    Ok(Answer::done(json!({"userId": user.id, "email": user.email, "name": user.name}), words))
}

fn said(error: AppError, email: &str) -> Failure {
    match error {
        AppError::Invalid { field: Field::Email, rule: Rule::Unknown } => {
            Failure::Refused(format!("nobody has the address {email}"))
        }
        AppError::TooLate => Failure::Refused(format!("{email} was deleted more than 30 days ago")),
        AppError::Invalid { field: Field::Email, rule: Rule::Taken } => {
            Failure::Refused(format!("{email} is somebody's already"))
        }
        AppError::Invalid { field: Field::Email, .. } => {
            Failure::Refused(format!("\"{email}\" is not an e-mail address"))
        }
        other => other.into(),
    }
}
