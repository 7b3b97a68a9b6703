//! `vestibule doctor`: what is wrong with this installation, and what to do about it.

use super::{Answer, database_name};
use crate::{
    clock,
    config::Settings,
    mail::transport::Smtp,
    services::{audit, start},
};
use serde_json::json;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Finding {
    Fine,
    Mind,
    Wrong,
}

impl Finding {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Mind => "mind",
            Self::Wrong => "wrong",
        }
    }
}

pub(super) async fn doctor(settings: &Settings) -> Answer {
    let mut findings = vec![address(settings)];
    match start::open_existing(settings, clock::of_process()).await {
        Ok(services) => {
            findings.push((
                "database",
                Finding::Fine,
                format!("{} opens, and the key file fits", database_name(settings)),
            ));
            findings.push(match services.db.write().await {
                Ok(_) => ("writing", Finding::Fine, "the database takes changes".to_owned()),
                Err(error) => ("writing", Finding::Wrong, format!("the database takes no changes: {error}")),
            });
            findings.push(match audit::verify(&services, None).await {
                Ok(verdict) if verdict.ok => ("trail", Finding::Fine, format!("{} events, unbroken", verdict.events)),
                Ok(verdict) => {
                    let row = verdict.first_broken.unwrap_or_default();
                    ("trail", Finding::Wrong, format!("the chain breaks at event {row}; somebody changed the database"))
                }
                Err(error) => ("trail", Finding::Wrong, error.to_string()),
            });
            services.db.close().await;
        }
        Err(error) => findings.push(("database", Finding::Wrong, error.to_string())),
    }
    findings.push(mail(settings).await);
    let code = u8::from(findings.iter().any(|(_, finding, _)| *finding == Finding::Wrong));
    let document = json!({
        "ok": code == 0,
        "findings": findings.iter().map(|(what, finding, text)| json!({"what": what, "state": finding.word(), "text": text})).collect::<Vec<_>>(),
    });
    let words: Vec<String> =
        findings.iter().map(|(what, finding, text)| format!("{:6}{what}: {text}", finding.word())).collect();
    Answer { document, words: words.join("\n"), code }
}

fn address(settings: &Settings) -> (&'static str, Finding, String) {
    let url = settings.url("");
    if settings.is_https() {
        let proxied = if settings.trusted_proxies.is_empty() {
            "; set VESTIBULE_TRUSTED_PROXIES to your proxy, or every visitor looks like it"
        } else {
            ""
        };
        let finding = if proxied.is_empty() { Finding::Fine } else { Finding::Mind };
        ("address", finding, format!("links in mails lead to {url}{proxied}"))
    } else {
        ("address", Finding::Mind, format!("links in mails lead to {url}, which only this machine can open"))
    }
}

async fn mail(settings: &Settings) -> (&'static str, Finding, String) {
    let Some(url) = &settings.smtp_url else {
        return ("mail", Finding::Mind, "no mail server is set (VESTIBULE_SMTP_URL): mail waits in the outbox".into());
    };
    let host = url.host_str().unwrap_or_default();
    match Smtp::new(url) {
        Ok(smtp) => match smtp.check().await {
            Ok(()) => ("mail", Finding::Fine, format!("{host} answers and lets us in")),
            Err(error) => ("mail", Finding::Wrong, format!("{host}: {error}")),
        },
        Err(error) => ("mail", Finding::Wrong, format!("{host}: {error}")),
    }
}
