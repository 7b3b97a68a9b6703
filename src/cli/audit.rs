//! `vestibule audit …`.

use super::{Answer, Failure};
use crate::{
    clock,
    config::Settings,
    crypto::Keys,
    domain::{audit::Record, time::Timestamp},
    services::{
        audit::{self, Verdict},
        calendar,
        csv::CsvWriter,
        portal::trail,
        start,
    },
};
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::PathBuf,
};

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// One JSON object a line; can be verified without the database
    Jsonl,
    /// For spreadsheets
    Csv,
}

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Print the trail
    Export {
        /// From this day (YYYY-MM-DD, UTC) or moment (RFC 3339) on
        #[arg(long)]
        from: Option<String>,
        /// Up to, and not with, this day or moment
        #[arg(long)]
        to: Option<String>,
        /// In which form
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
    },
    /// Check that nothing in the trail was changed, removed, put in or cut off
    Verify {
        /// An export in JSON lines; needs the key file, no database
        file: Option<PathBuf>,
        /// A head that an earlier verification or the log named: the trail must still hold it
        #[arg(long)]
        head: Option<String>,
    },
}

pub(super) async fn audit(settings: &Settings, command: AuditCommand) -> Result<Option<Answer>, Failure> {
    match command {
        AuditCommand::Export { from, to, format } => {
            let from = moment(from.as_deref(), "--from")?;
            let to = moment(to.as_deref(), "--to")?;
            export(settings, from, to, format).await?;
            Ok(None)
        }
        AuditCommand::Verify { file, head } => {
            let of_file = file.is_some();
            let verdict = match file {
                Some(path) => verify_file(settings, &path, head.as_deref())?,
                None => {
                    let services = start::look(settings, clock::of_process()).await?.services;
                    let verdict = audit::verify(&services, head.as_deref()).await;
                    services.db.close().await;
                    verdict?
                }
            };
            Ok(Some(answer(&verdict, head.as_deref(), of_file)))
        }
    }
}

fn moment(text: Option<&str>, option: &str) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| {
        calendar::parse_time(text).ok_or_else(|| Failure::Usage(format!("{option}: \"{text}\" is no day or moment")))
    })
    .transpose()
}

async fn export(
    settings: &Settings,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    format: Format,
) -> Result<(), Failure> {
    let services = start::look(settings, clock::of_process()).await?.services;
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Jsonl => {
            audit::export(&services, from, to, |record| {
                writeln!(out, "{}", record.to_json(&calendar::rfc3339(record.entry.at)))
            })
            .await?;
        }
        Format::Csv => {
            let failed = |e: io::Error| Failure::Refused(e.to_string());
            let mut csv = CsvWriter::new(&mut out, &trail::HEADINGS).map_err(failed)?;
            audit::export(&services, from, to, |record| csv.row(row(record))).await?;
            csv.flush().map_err(failed)?;
        }
    }
    services.db.close().await;
    out.flush().map_err(|e| Failure::Refused(e.to_string()))
}

fn row(record: &Record) -> Vec<String> {
    let document = record.to_json(&calendar::rfc3339(record.entry.at));
    trail::HEADINGS.iter().map(|heading| trail::cell(&document, heading)).collect()
}

fn verify_file(settings: &Settings, path: &PathBuf, head: Option<&str>) -> Result<Verdict, Failure> {
    let keys = Keys::read(&settings.secret_key_file)
        .map_err(|e| Failure::Settings(format!("the key file {}: {e}", settings.secret_key_file.display())))?;
    let file = File::open(path).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    let verdict = audit::verify_lines(&keys, head, BufReader::new(file).lines())
        .map_err(|e| Failure::Refused(format!("{}: {e}", path.display())))?;
    match verdict {
        Verdict { ok: true, events: 0, .. } => {
            Err(Failure::Refused(format!("{}: there is no event in it, so nothing to verify", path.display())))
        }
        verdict => Ok(verdict),
    }
}

fn answer(verdict: &Verdict, head: Option<&str>, of_file: bool) -> Answer {
    let mut words = match (verdict.ok, verdict.first_broken, head) {
        (true, _, _) => format!("{} events, unbroken. Head: {}", verdict.events, verdict.head),
        (false, Some(row), _) => format!("The chain breaks at event {row}; {} events before it hold.", verdict.events),
        (false, None, Some(head)) => format!("The chain holds, but {head} is not in it: its end was cut off."),
        (false, None, None) => "The chain does not hold.".to_owned(),
    };
    if let (true, Some(begins)) = (verdict.ok, verdict.begins) {
        words.push_str(&format!(
            " The file begins at event {begins}: unless it was exported from a day on, its start was cut off."
        ));
    }
    if verdict.first_broken.is_some_and(|row| row <= 1) {
        words.push_str(" If nothing was changed, this is not the key file that the trail was written with.");
    }
    if of_file && !verdict.ok {
        words.push_str(" A file that was exported with a filter leaves events out, and cannot be verified.");
    }
    Answer { document: json!(verdict), words, code: u8::from(!verdict.ok) }
}
