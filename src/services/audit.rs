//! The trail: appending to its chain within the transaction of what happened, exporting and verifying it.

use super::{Services, calendar};
use crate::{
    crypto::{self, Keys},
    domain::{
        actor::{Initiator, Origin},
        audit::{Activity, Entry, Outcome, Record, Target, Texts},
        error::AppError,
        time::{MINUTE, Timestamp},
        user::User,
    },
    storage::{self, Conn},
};
use serde::Serialize;
use serde_json::Value;

/// Rows read at a time when the whole trail is walked.
const WALK: i64 = 500;

/// Something that happened, to be recorded.
pub struct Event {
    activity: Activity,
    outcome: Outcome,
    reason: String,
    targets: Vec<Target>,
    texts: Texts,
}

impl Event {
    /// A success without target.
    pub fn new(activity: Activity) -> Self {
        Self {
            activity,
            outcome: Outcome::Success,
            reason: String::new(),
            targets: Vec::new(),
            texts: Texts::default(),
        }
    }

    /// It did not come about, for this reason (a code).
    #[must_use]
    pub fn failed(mut self, reason: &str) -> Self {
        self.outcome = Outcome::Failure;
        reason.clone_into(&mut self.reason);
        self
    }

    /// Done to this person.
    #[must_use]
    pub fn to_user(self, user: &User) -> Self {
        let mut event = self.to("User", user.id.to_string(), &user.name);
        if let Some(email) = event.texts.target_emails.last_mut() {
            user.email.clone_into(email);
        }
        event
    }

    /// Done to something else.
    #[must_use]
    pub fn to(mut self, kind: &str, id: impl Into<String>, name: &str) -> Self {
        self.targets.push(Target { kind: kind.to_owned(), id: id.into() });
        self.texts.target_names.push(name.to_owned());
        self.texts.target_emails.push(String::new());
        self
    }

    /// A property of the first target changed.
    #[must_use]
    pub fn change(mut self, property: &str, old: &str, new: &str) -> Self {
        self.texts.changes.push([property.to_owned(), old.to_owned(), new.to_owned()]);
        self
    }

    /// A further detail.
    #[must_use]
    pub fn detail(mut self, key: &str, value: &str) -> Self {
        self.texts.details.push([key.to_owned(), value.to_owned()]);
        self
    }
}

/// Appends an event to the chain, within the transaction of what happened.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn record(services: &Services, conn: &mut Conn<'_>, origin: &Origin, event: Event) -> Result<(), AppError> {
    let head = storage::audit::head(conn).await?;
    let at = time_of_next(services.now(), storage::audit::at(conn, head.0).await?);
    let Record { entry, mac, text, .. } = follow(services, head, at, origin, event)?;
    let (salt, text) = text.unwrap_or_default();
    storage::audit::append(conn, &entry, &mac, &salt, &text).await?;
    Ok(())
}

/// When the next event came about. The clocks of several machines lie a little apart, but the trail's time does not run
/// back for that: so a day of it is a stretch of its numbers. A clock that was far off leaves a fold, not a trail that
/// waits for it.
fn time_of_next(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    match last {
        Some(last) if last > now && last <= now.plus(DRIFT) => last,
        Some(last) if last > now => {
            tracing::error!(last = last.0, "the trail's newest event is of the future: a clock was wrong");
            now
        }
        _ => now,
    }
}

/// How far the clocks of several machines may lie apart.
pub const DRIFT: i64 = 2 * MINUTE;

/// The row that follows the end of a chain.
///
/// # Errors
/// `Internal` if it cannot be written down.
pub(super) fn follow(
    services: &Services,
    (last, previous): (i64, String),
    at: Timestamp,
    origin: &Origin,
    event: Event,
) -> Result<Record, AppError> {
    let Event { activity, outcome, reason, targets, mut texts } = event;
    let (initiator_kind, initiator_id) = match &origin.initiator {
        Initiator::User { id, name, email } => {
            name.clone_into(&mut texts.initiator_name);
            email.clone_into(&mut texts.initiator_email);
            ("user", id.to_string())
        }
        Initiator::Service(name) => ("service", (*name).to_owned()),
        Initiator::Nobody => ("nobody", String::new()),
    };
    texts.ip = origin.ip.clone().unwrap_or_default();
    let text = serde_json::to_string(&texts).map_err(|_| AppError::Internal)?;
    let salt = services.rng.token();
    let entry = Entry {
        seq: last + 1,
        id: services.rng.uuid_at(at),
        at,
        activity: activity.name.to_owned(),
        service: activity.service.to_owned(),
        category: activity.category.to_owned(),
        operation: activity.operation.to_owned(),
        result: outcome,
        result_reason: reason,
        initiator_kind: initiator_kind.to_owned(),
        initiator_id,
        correlation_id: origin.correlation,
        targets,
        text_digest: text_digest(&salt, &text),
    };
    let mac = mac(&services.keys, &previous, &entry)?;
    Ok(Record { entry, previous, mac, text: Some((salt, text)) })
}

fn text_digest(salt: &str, text: &str) -> String {
    crypto::encode(&crypto::sha256(format!("{salt}\n{text}").as_bytes()))
}

fn mac(keys: &Keys, previous: &str, entry: &Entry) -> Result<String, AppError> {
    let bytes = serde_json::to_vec(entry).map_err(|_| AppError::Internal)?;
    Ok(crypto::encode(&keys.chain(previous.as_bytes(), &bytes)))
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the chain holds, and holds the head that was asked for.
    pub ok: bool,
    /// How many events were read.
    pub events: u64,
    /// Sequence number of the first event, where an export begins later than the trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begins: Option<i64>,
    /// The end of the chain, as `--head` takes it back.
    pub head: String,
    /// Sequence number of the first row that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_broken: Option<i64>,
}

/// Walks a chain, row by row.
struct Walk<'k> {
    keys: &'k Keys,
    wanted: Option<&'k str>,
    seen_wanted: bool,
    events: u64,
    first: Option<i64>,
    last: Option<(i64, String)>,
    broken: Option<i64>,
}

/// A head as it is printed and given back: where the chain ends, and with which MAC.
fn head_text(seq: i64, mac: &str) -> String {
    if seq == 0 { "0".to_owned() } else { format!("{seq}:{mac}") }
}

impl<'k> Walk<'k> {
    fn new(keys: &'k Keys, wanted: Option<&'k str>) -> Self {
        let seen_wanted = wanted.is_none_or(|head| head == head_text(0, ""));
        Self { keys, wanted, seen_wanted, events: 0, first: None, last: None, broken: None }
    }

    /// Takes the next row. An export may begin in the middle; then its first row's predecessor is believed.
    fn step(&mut self, record: &Record) {
        if self.broken.is_some() {
            return;
        }
        let follows = match &self.last {
            Some((seq, mac)) => record.entry.seq == seq + 1 && record.previous == *mac,
            None => record.entry.seq > 1 || record.previous.is_empty(),
        };
        let text_fits =
            record.text.as_ref().is_none_or(|(salt, text)| text_digest(salt, text) == record.entry.text_digest);
        let mac_fits = mac(self.keys, &record.previous, &record.entry).is_ok_and(|mac| mac == record.mac);
        if !(follows && text_fits && mac_fits) {
            self.broken = Some(record.entry.seq);
            return;
        }
        self.events += 1;
        self.first.get_or_insert(record.entry.seq);
        self.seen_wanted |= self.wanted == Some(head_text(record.entry.seq, &record.mac).as_str());
        self.last = Some((record.entry.seq, record.mac.clone()));
    }

    fn broken_after_last(&mut self) {
        let last = self.last.as_ref().map_or(0, |(seq, _)| *seq);
        self.broken.get_or_insert(last + 1);
    }

    fn finish(self) -> Verdict {
        let (seq, mac) = self.last.unwrap_or_default();
        Verdict {
            ok: self.broken.is_none() && self.seen_wanted,
            events: self.events,
            begins: self.first.filter(|first| *first > 1),
            head: head_text(seq, &mac),
            first_broken: self.broken,
        }
    }
}

/// Verifies the trail in the database, and that it still holds `head` (as an earlier verification printed it).
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn verify(services: &Services, head: Option<&str>) -> Result<Verdict, AppError> {
    let mut walk = Walk::new(&services.keys, head);
    let mut held = services.db.read().await?;
    let (end, end_mac) = storage::audit::head(&mut held.conn()).await?;
    let mut after = 0;
    loop {
        let rows = match storage::audit::page(&mut held.conn(), after, WALK).await {
            Ok(rows) => rows,
            // A row that cannot even be read has been tampered with.
            Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
                narrow(&mut walk, &mut held.conn(), after).await;
                return Ok(walk.finish());
            }
            Err(error) => return Err(error.into()),
        };
        // Rows appended meanwhile belong to a later head.
        for record in rows.iter().take_while(|record| record.entry.seq <= end) {
            // The first row of the database has no predecessor, whatever its number says.
            if walk.last.is_none() && record.entry.seq != 1 {
                walk.broken = Some(1);
            }
            walk.step(record);
        }
        match rows.last() {
            Some(record) if record.entry.seq < end && walk.broken.is_none() => after = record.entry.seq,
            _ => break,
        }
    }
    // Rows cut off at the end leave the head behind.
    let (last, last_mac) = walk.last.clone().unwrap_or_default();
    if walk.broken.is_none() && (last, last_mac) != (end, end_mac) {
        walk.broken_after_last();
    }
    if walk.broken.is_none() {
        walk.broken = storage::audit::outside(&mut held.conn()).await?;
    }
    Ok(walk.finish())
}

/// Finds the first unreadable row behind `after`.
async fn narrow(walk: &mut Walk<'_>, conn: &mut Conn<'_>, after: i64) {
    let mut at = after;
    while let Ok(rows) = storage::audit::page(conn, at, 1).await {
        let Some(record) = rows.first() else { break };
        walk.step(record);
        at = record.entry.seq;
    }
    walk.broken_after_last();
}

/// Verifies an export, line by line, without the database.
pub fn verify_lines(
    keys: &Keys,
    head: Option<&str>,
    lines: impl IntoIterator<Item = std::io::Result<String>>,
) -> std::io::Result<Verdict> {
    let mut walk = Walk::new(keys, head);
    for line in lines {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Option<Value> = serde_json::from_str(&line).ok();
        match value.as_ref().and_then(|value| Record::from_json(value, calendar::rfc3339)) {
            Some(record) => walk.step(&record),
            None => match value.as_ref().and_then(|value| value.get("seq")?.as_i64()) {
                Some(seq) => {
                    walk.broken.get_or_insert(seq);
                }
                None => walk.broken_after_last(),
            },
        }
    }
    Ok(walk.finish())
}

/// Walks the trail between two moments, a page at a time.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says; what `each` says.
pub async fn export(
    services: &Services,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    mut each: impl FnMut(&Record) -> std::io::Result<()>,
) -> Result<(), AppError> {
    let mut after = 0;
    loop {
        let rows = storage::audit::page(&mut services.db.read().await?.conn(), after, WALK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.entry.seq;
        let wanted = |at: Timestamp| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to);
        for record in rows.iter().filter(|record| wanted(record.entry.at)) {
            each(record).map_err(|error| {
                tracing::error!(%error, "the export cannot be written");
                AppError::Internal
            })?;
        }
    }
}

/// The end of the chain as text: what is logged each hour and compared by `audit verify --head`.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn head(services: &Services) -> Result<String, AppError> {
    let (seq, mac) = storage::audit::head(&mut services.db.read().await?.conn()).await?;
    Ok(head_text(seq, &mac))
}

/// When the newest event was written. `None` before the first.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn newest(services: &Services) -> Result<Option<Timestamp>, AppError> {
    let mut held = services.db.read().await?;
    let (seq, _) = storage::audit::head(&mut held.conn()).await?;
    let last = storage::audit::page(&mut held.conn(), seq - 1, 1).await?;
    Ok(last.first().map(|record| record.entry.at))
}
