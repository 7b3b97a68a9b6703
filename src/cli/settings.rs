//! `vestibule config …` (this process) and `vestibule organisation …` (what administrators set).

use super::{Answer, Failure, database_name, without_password};
use crate::{
    config::Settings,
    domain::error::{AppError, Field},
    services::{Services, organisation},
};
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Check the settings, and print them without secrets
    Check,
}

#[derive(Subcommand)]
pub(super) enum OrganisationCommand {
    /// Print all settings
    Show,
    /// Change one
    Set {
        /// Which, as `show` prints it
        key: String,
        /// Its value; a list as words separated by commas
        value: String,
    },
}

pub(super) fn config(settings: &Settings, command: &ConfigCommand) -> Answer {
    let ConfigCommand::Check = command;
    // As the file names them, and for programs in the form of all our documents.
    let named = [
        ("listen", "listen", json!(settings.listen)),
        ("public_url", "publicUrl", json!(settings.url(""))),
        ("database_url", "databaseUrl", json!(database_name(settings))),
        ("smtp_url", "smtpUrl", json!(settings.smtp_url.as_ref().map(without_password))),
        ("mail_from", "mailFrom", json!(settings.mail_from)),
        ("secret_key_file", "secretKeyFile", json!(settings.secret_key_file)),
        ("trusted_proxies", "trustedProxies", json!(settings.trusted_proxies)),
        ("allow_private_networks", "allowPrivateNetworks", json!(settings.allow_private_networks)),
        ("log", "log", json!(settings.log)),
    ];
    let set = named.iter().filter(|(_, _, value)| !value.is_null());
    let words = set.map(|(name, _, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("\n");
    let document = named.into_iter().map(|(_, name, value)| (name.to_owned(), value)).collect();
    Answer::done(Value::Object(document), words)
}

pub(super) async fn organisation(services: &Services, command: OrganisationCommand) -> Result<Answer, Failure> {
    if let OrganisationCommand::Set { key, value } = &command {
        let origin = services.own_origin("Command line");
        organisation::set(services, &origin, key, value).await.map_err(|error| match error {
            AppError::Invalid { field: Field::Setting, .. } if !organisation::keys().contains(key) => {
                Failure::Refused(format!("there is no setting {key}; there are {}", organisation::keys().join(", ")))
            }
            AppError::Invalid { field: Field::Setting, .. } => {
                Failure::Refused(format!("{value} is not a value of {key}"))
            }
            other => other.into(),
        })?;
    }
    let mut held = services.db.read().await.map_err(AppError::from)?;
    let document = json!(organisation::load(&mut held.conn()).await?);
    let words = lines(&document);
    Ok(Answer::done(document, words))
}

fn lines(document: &Value) -> String {
    let Value::Object(fields) = document else { return document.to_string() };
    let lines: Vec<String> = fields.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    lines.join("\n")
}
