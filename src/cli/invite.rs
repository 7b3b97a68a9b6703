//! `vestibule invite`.

use super::{Answer, Failure};
use crate::{
    domain::{
        error::{AppError, Field, Rule},
        invitation::Outcome,
        language::Language,
    },
    i18n,
    services::{
        Services,
        invitation::{self, Wish},
    },
};
use clap::Args;
use serde_json::{Map, Value, json};

/// Invite people by e-mail to groups and apps, or to the organisation alone.
#[derive(Args)]
pub(super) struct Invite {
    /// E-mail addresses
    #[arg(required = true, value_name = "EMAIL")]
    emails: Vec<String>,
    /// In whose name; may be left out where there is exactly one administrator
    #[arg(long = "as", value_name = "EMAIL")]
    inviter: Option<String>,
    /// A group, by id or exact name
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// An app, by id or exact name
    #[arg(long = "app", value_name = "APP")]
    apps: Vec<String>,
    /// A message of the inviter's own
    #[arg(long, default_value = "", hide_default_value = true)]
    message: String,
    /// Language of the mail: en, fr
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// For how many days the link works
    #[arg(long, value_name = "N", default_value = "", hide_default_value = true)]
    link_days: String,
    /// Last day of access, YYYY-MM-DD
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    access_until: String,
    /// Where the guest goes after accepting
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    redirect: String,
    /// Send no mail; print the link instead
    #[arg(long)]
    no_mail: bool,
}

pub(super) async fn invite(services: &Services, command: Invite) -> Result<Answer, Failure> {
    let actor = invitation::inviter_for(services, command.inviter.as_deref()).await.map_err(|error| match error {
        AppError::NotFound => {
            Failure::Usage("say in whose name with --as: there is not exactly one administrator".into())
        }
        AppError::Invalid { rule: Rule::Unknown, .. } => Failure::Refused("nobody has the address of --as".into()),
        AppError::Invalid { .. } => Failure::Usage("--as is not an e-mail address".into()),
        other => other.into(),
    })?;
    let mut targets = Vec::new();
    for (is_group, names) in [(true, &command.groups), (false, &command.apps)] {
        for name in names {
            let what = if is_group { "group" } else { "app" };
            let target = invitation::find_target(services, is_group, name).await.map_err(|error| match error {
                AppError::Invalid { rule: Rule::Taken, .. } => {
                    Failure::Usage(format!("several {what}s are called {name:?}; name it by its id"))
                }
                AppError::Invalid { .. } => Failure::Refused(format!("there is no {what} {name:?}")),
                other => other.into(),
            })?;
            targets.push(target.to_string());
        }
    }
    let wish = Wish {
        addresses: command.emails.join("\n"),
        targets,
        message: command.message,
        language: command.language,
        link_days: command.link_days,
        access_until: command.access_until,
        redirect_url: command.redirect,
        no_mail: command.no_mail,
        ..Wish::default()
    };
    let draft = invitation::read(services, &actor, &wish).await.map_err(|error| match error {
        AppError::Invalid { field, rule } => Failure::Usage(said(field, rule)),
        other => other.into(),
    })?;
    // The trail names the inviter; that it was done by command is in the details of the machine's own log.
    let origin = services.own_origin("Command line").by(actor.id, &actor.name, &actor.email);
    let answers = invitation::invite(services, &actor, &origin, &draft).await?;
    let texts = i18n::texts(Language::En);
    let mut lines = Vec::new();
    let mut documents = Vec::new();
    let mut refused = false;
    for answer in &answers {
        let mut document = Map::from_iter([
            ("email".to_owned(), json!(answer.raw)),
            ("outcome".to_owned(), json!(answer.outcome.as_str())),
        ]);
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                document.insert(key.to_owned(), value);
            }
        };
        let url = answer.ticket.as_deref().map(|ticket| invitation::ticket_url(services, ticket));
        put("invitationId", answer.invitation.map(|id| json!(id)));
        put("userId", answer.user.map(|id| json!(id)));
        put("redeemUrl", url.as_ref().map(|url| json!(url)));
        put("reason", answer.reason.map(|reason| json!(reason.as_str())));
        let targets: Vec<Value> = answer
            .targets
            .iter()
            .map(|one| {
                let mut target = json!({
                    "kind": one.target.kind().as_str(),
                    "id": one.target.id(),
                    "outcome": one.outcome.as_str(),
                });
                if let (Some(reason), Some(fields)) = (one.reason, target.as_object_mut()) {
                    fields.insert("reason".to_owned(), json!(reason.as_str()));
                }
                target
            })
            .collect();
        document.insert("targets".to_owned(), Value::Array(targets));
        documents.push(Value::Object(document));
        refused |= answer.outcome == Outcome::Refused
            || answer.targets.iter().any(|target| target.outcome == Outcome::Refused);
        let raw: String = answer.raw.chars().filter(|c| !c.is_control()).collect();
        let why = answer.reason.map(|reason| format!(" ({})", texts.reason(reason))).unwrap_or_default();
        lines.push(format!("{raw}: {}{why}", answer.outcome.as_str()));
        for one in &answer.targets {
            let why = one.reason.map(|reason| format!(" ({})", texts.reason(reason))).unwrap_or_default();
            let name = if one.name.is_empty() { one.target.to_string() } else { one.name.clone() };
            lines.push(format!("  {name}: {}{why}", one.outcome.as_str()));
        }
        let by_hand = invitation::link_by_hand(services, answer).filter(|_| answer.blocked || !draft.mails);
        lines.extend(by_hand.map(|url| format!("  to hand over: {url}")));
        lines.extend(url.map(|url| format!("  {url}")));
    }
    Ok(Answer { document: Value::Array(documents), words: lines.join("\n"), code: u8::from(refused) })
}

/// What is wrong with an option.
fn said(field: Field, rule: Rule) -> String {
    match (field, rule) {
        (Field::Email, Rule::TooMany) => "at most 500 addresses at once".into(),
        (Field::Email, _) => "no address given".into(),
        (Field::Message, _) => "--message is longer than 1,000 characters".into(),
        (Field::Language, _) => "--language is none of en, fr".into(),
        (Field::LinkDays, _) => "--link-days is a number from 1 to 90".into(),
        (Field::AccessUntil, Rule::Past) => "--access-until has passed".into(),
        (Field::AccessUntil, _) => "--access-until is a day like 2027-02-28".into(),
        (Field::Redirect, _) => "--redirect is an https address".into(),
        (Field::Target, _) => "at most 20 groups and apps at once".into(),
        _ => "an option is not acceptable".into(),
    }
}
