//! `vestibule admin …` and `vestibule user …`.

use super::{Answer, Failure};
use crate::{
    domain::{
        error::{AppError, Field, Rule},
        user::{Role, User},
    },
    services::{
        Services,
        people::{self, NewMember},
        sign_in,
    },
};
use clap::Subcommand;
use serde_json::json;

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
