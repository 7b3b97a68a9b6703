//! `vestibule backup` and `vestibule restore`.

use super::{Answer, Failure};
use crate::{
    clock,
    config::{DatabaseUrl, Settings},
    services::{
        audit::Verdict,
        backup::{self, BackupError},
    },
};
use serde_json::json;
use std::path::Path;

pub(super) async fn backup(settings: &Settings, file: &Path) -> Result<Answer, Failure> {
    if let DatabaseUrl::Postgres(url) = &settings.database_url {
        let line =
            format!("pg_dump --format=custom --file={} {}", quoted(&file.display().to_string()), quoted(&bare(url)));
        return Ok(by_its_own_tools(&line, "It makes a consistent copy while Vestibule runs."));
    }
    let copied = backup::backup(settings, clock::of_process(), file).await?;
    let (name, key) = (file.display(), settings.secret_key_file.display());
    let mut words = vec![
        format!("{name}: {} kB, {}", copied.bytes.div_ceil(1024), trail(&copied.verdict)),
        format!("Keep the key file {key} too, in another place: the copy is of no use without it."),
    ];
    if !copied.verdict.ok {
        words.push("The copy is as the database is: somebody changed that. Keep both as they are.".to_owned());
    }
    let document = json!({
        "ok": copied.verdict.ok,
        "file": file,
        "bytes": copied.bytes,
        "trail": copied.verdict,
        "keyFile": settings.secret_key_file,
    });
    Ok(Answer { document, words: words.join("\n"), code: u8::from(!copied.verdict.ok) })
}

pub(super) async fn restore(settings: &Settings, file: &Path) -> Result<Answer, Failure> {
    let database = match &settings.database_url {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(url) => {
            let line = format!(
                "pg_restore --clean --if-exists --no-owner --single-transaction --dbname={} {}",
                quoted(&bare(url)),
                quoted(&file.display().to_string())
            );
            return Ok(by_its_own_tools(&line, "Stop every instance first, and start them again afterwards."));
        }
    };
    let restored = backup::restore(settings, clock::of_process(), database, file).await?;
    let mut words = vec![format!("{} is {} now: {}", database.display(), file.display(), trail(&restored.verdict))];
    if let Some(before) = &restored.before {
        words.push(format!("What was there before lies in {}.", before.display()));
    }
    if !restored.verdict.ok {
        eprintln!("vestibule: the trail of the restored database does not hold; see `vestibule audit verify`");
    }
    let document = json!({
        "ok": true,
        "database": database,
        "before": restored.before,
        "trail": restored.verdict,
    });
    Ok(Answer::done(document, words.join("\n")))
}

fn trail(verdict: &Verdict) -> String {
    match verdict.first_broken {
        None => format!("whole, {} events, unbroken, head {}", verdict.events, verdict.head),
        Some(row) => format!("whole, but the trail breaks at event {row}"),
    }
}

/// PostgreSQL's tools do it better; what they need is said, and nothing is done.
fn by_its_own_tools(line: &str, besides: &str) -> Answer {
    eprintln!(
        "vestibule: nothing was done: PostgreSQL has its own tools for this. Run the line below; the password is"
    );
    eprintln!("asked for, or comes from PGPASSWORD or ~/.pgpass. {besides} Keep the key file too, in another place.");
    Answer { document: json!({"ok": false, "command": line}), words: line.to_owned(), code: 1 }
}

/// The address without a password, wherever it stands.
fn bare(url: &str) -> String {
    let Ok(mut url) = url::Url::parse(url) else { return String::new() };
    let _ = url.set_password(None);
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(key, _)| !key.to_lowercase().contains("password")).collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url.to_string()
}

/// A word as shells read it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@=+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Start(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_in_the_line() {
        let url = bare("postgres://app:hunter2@db.example:5432/guests?sslmode=require&password=hunter3");
        assert_eq!(url, "postgres://app@db.example:5432/guests?sslmode=require");
        assert_eq!(quoted(&url), format!("'{url}'"));
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
