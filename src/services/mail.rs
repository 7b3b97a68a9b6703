//! Mail: promised within a transaction, addressed and written when it is sent. Codes and tickets wait sealed;
//! the recipient is looked up at the last moment, so the same request serves every address.

use super::{
    Services,
    calendar::Calendar,
    letters,
    notices::{self, About},
    organisation,
    sign_in::CodeFor,
};
use crate::{
    domain::{
        email::{EmailAddress, EmailKey},
        error::AppError,
        ids::MailId,
        language::Language,
        mail::{Lane, MailKind, MailState, retry_delay},
        notice::Notice,
        organisation::Organisation,
        paths,
        time::{DAY, HOUR},
    },
    i18n,
    identity::{email_key, wire},
    mail::{Draft, Letter, render},
    storage::{
        self, Conn,
        outbox::{Claimed, NewMail},
    },
};
use minijinja::context;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How long a claimed message is this process's own. Longer than an attempt may take.
pub const LEASE: i64 = 2 * crate::domain::time::MINUTE;

/// The colour of buttons and links where the organisation has none of its own.
const ACCENT: &str = "#1d6a55";

/// While inviting is paused, its mail is looked at again after so long.
const PAUSE: i64 = 5 * crate::domain::time::MINUTE;

/// A message to be promised.
pub struct Message<'a> {
    /// What it is for.
    pub kind: MailKind,
    /// Whose address it was asked for.
    pub key: &'a EmailKey,
    /// The language asked for; the recipient's own choice wins.
    pub language: Option<Language>,
    /// What the template needs; no secrets.
    pub data: Value,
    /// The code or ticket.
    pub secret: Option<&'a str>,
    /// After which it is of no use.
    pub expires_at: Option<crate::domain::time::Timestamp>,
}

/// Promises a message, within the transaction of what it tells.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn enqueue(services: &Services, conn: &mut Conn<'_>, message: Message<'_>) -> Result<MailId, AppError> {
    let id = MailId(services.rng.uuid(&*services.clock));
    let domain = services.settings.mail_from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let sealed = message.secret.map(|secret| services.keys.seal(&services.rng, id, secret));
    let mail = NewMail {
        id,
        kind: message.kind,
        email_key: message.key,
        language: message.language,
        data: &message.data.to_string(),
        sealed: sealed.as_deref(),
        message_id: &format!("<{}@{domain}>", id.0.simple()),
        expires_at: message.expires_at,
    };
    storage::outbox::insert(conn, &mail, services.now()).await?;
    Ok(id)
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The next server took it; its answer.
    Sent(String),
    /// Not yet; why.
    Later(String),
    /// Never; why.
    Failed(String),
    /// It was not to be sent after all; why.
    Cancelled(&'static str),
}

/// What is to be done with a claimed message.
pub enum Prepared {
    /// It is to be handed to the mail server.
    Ready(Box<Ready>),
    /// It is not: what became of it.
    Settled(Attempt),
    /// Not now: it was put back.
    Waits(&'static str),
}

/// A message as it is handed over.
pub struct Ready {
    /// The message.
    pub letter: Letter,
    /// Subject and text as the inviter may see them later.
    kept: Option<(String, String)>,
}

/// Words a claimed message as things stand now. No connection is held once it has been worded.
///
/// # Errors
/// `Unavailable` or `Internal`: it stays claimed, and is tried again when the lease ends.
pub async fn prepare(services: &Services, mail: &Claimed) -> Result<Prepared, AppError> {
    let now = services.now();
    if mail.kind == MailKind::Invitation && organisation::load(&mut services.db.read().await?.conn()).await?.paused {
        storage::outbox::put_back(&mut services.db.trace().await?.conn(), mail.id, now.plus(PAUSE)).await?;
        return Ok(Prepared::Waits("inviting is paused"));
    }
    if mail.expires_at.is_some_and(|at| at <= now) {
        return Ok(Prepared::Settled(Attempt::Failed("it expired before the mail server took it".into())));
    }
    let Some(draft) = draft(services, mail).await? else {
        return Ok(Prepared::Settled(Attempt::Cancelled("nobody with this address may receive it")));
    };
    match render(&draft) {
        Ok(letter) => Ok(Prepared::Ready(Box::new(Ready { kept: to_keep(services, mail, &letter), letter }))),
        Err(error) => {
            tracing::error!(%error, mail = %mail.id, "mail {} cannot be written", mail.id);
            Ok(Prepared::Settled(Attempt::Failed("it could not be written".into())))
        }
    }
}

/// Records what became of an attempt.
///
/// # Errors
/// As [`prepare`].
pub async fn record(
    services: &Services,
    mail: &Claimed,
    attempt: &Attempt,
    ready: Option<&Ready>,
) -> Result<(), AppError> {
    if let (Attempt::Sent(_), Some((subject, text))) = (attempt, ready.and_then(|ready| ready.kept.as_ref())) {
        storage::outbox::keep_letter(&mut services.db.trace().await?.conn(), mail.id, subject, text).await?;
    }
    match attempt {
        Attempt::Sent(answer) => end(services, mail, MailState::Sent, answer).await,
        Attempt::Failed(reason) => fail(services, mail, reason).await,
        Attempt::Cancelled(reason) => end(services, mail, MailState::Cancelled, reason).await,
        Attempt::Later(reason) => match retry_delay(mail.attempts) {
            Some(delay) => {
                let due = services.now().plus(delay);
                Ok(storage::outbox::retry(&mut services.db.trace().await?.conn(), mail.id, reason, due).await?)
            }
            None => fail(services, mail, reason).await,
        },
    }
}

/// Lays a message into the demonstration's mailbox.
///
/// # Errors
/// As [`prepare`].
pub async fn lay_into_mailbox(services: &Services, mail: &Claimed, letter: &Letter) -> Result<Attempt, AppError> {
    let delivered = storage::demo::Mail {
        id: mail.id,
        to_address: letter.to.to_string(),
        subject: letter.subject.clone(),
        kind: mail.kind.as_str().to_owned(),
        at: services.now(),
    };
    let parts = storage::demo::Parts {
        source: String::from_utf8_lossy(&letter.source).into_owned(),
        text_part: letter.text.clone(),
        html_part: letter.html.clone(),
    };
    storage::demo::deliver(&mut services.db.trace().await?.conn(), &delivered, &parts).await?;
    Ok(Attempt::Sent("in the demonstration's mailbox".into()))
}

async fn end(services: &Services, mail: &Claimed, state: MailState, answer: &str) -> Result<(), AppError> {
    let mut held = services.db.trace().await?;
    Ok(storage::outbox::end(&mut held.conn(), mail.id, state, answer, services.now()).await?)
}

/// Gives a message up. Whoever sent an invitation by it is told, in the mail server's words.
async fn fail(services: &Services, mail: &Claimed, reason: &str) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    storage::outbox::end(conn, mail.id, MailState::Failed, reason, services.now()).await?;
    let data: Value = serde_json::from_str(&mail.data).unwrap_or_default();
    let id = data.get("invitation").and_then(|id| serde_json::from_value(id.clone()).ok());
    if let Some(id) = id.filter(|_| mail.kind == MailKind::Invitation)
        && let Some(invitation) = storage::invitations::by_id(conn, id).await?
        && invitation.mail_id == Some(mail.id)
    {
        let about = About {
            person: Some(invitation.guest_id),
            invitation: Some(id),
            words: reason.to_owned(),
            ..About::default()
        };
        notices::tell(services, conn, invitation.inviter_id, Notice::MailFailed, &about).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// An invitation's subject and text as its inviter may see them later: the ticket is blanked.
fn to_keep(services: &Services, mail: &Claimed, letter: &Letter) -> Option<(String, String)> {
    let secret = services.keys.open(mail.id, mail.sealed.as_deref()?)?;
    (mail.kind == MailKind::Invitation).then(|| (letter.subject.clone(), letter.text.replace(&secret, "••••••")))
}

/// Addresses and words a message, as things stand when it is sent. `None` if there is nobody to send it to.
async fn draft(services: &Services, mail: &Claimed) -> Result<Option<Draft>, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let data: Value = serde_json::from_str(&mail.data).unwrap_or_default();
    let logo = match organisation.logo {
        0 => None,
        // Mail programs draw no SVG.
        _ => storage::settings::picture(conn, organisation::LOGO).await?.filter(|(kind, _)| kind == "image/png"),
    };
    let mail = Waiting { mail, data, organisation: &organisation, logo: logo.map(|(_, png)| png) };
    match mail.mail.kind {
        MailKind::SignInCode | MailKind::SignInLink => code_draft(services, conn, &mail).await,
        MailKind::Invitation => letters::invitation(services, conn, &mail).await,
        MailKind::AccessAdded => letters::access_added(services, conn, &mail).await,
        MailKind::Accepted => letters::accepted(services, conn, &mail).await,
        MailKind::ConfirmAccess => letters::confirm_access(services, conn, &mail).await,
        MailKind::Notice => notices::draft(services, conn, &mail).await,
    }
}

/// A claimed message with what it was promised with.
pub(super) struct Waiting<'m> {
    /// The message.
    pub mail: &'m Claimed,
    /// What the template needs.
    pub data: Value,
    /// The organisation's settings.
    pub organisation: &'m Organisation,
    /// Its logo as PNG, if it has one.
    pub logo: Option<Vec<u8>>,
}

impl Waiting<'_> {
    /// An id or other text of the data.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(self.data.get(key)?.clone()).ok()
    }

    /// The code or ticket.
    pub fn secret(&self, services: &Services) -> Option<String> {
        services.keys.open(self.mail.id, self.mail.sealed.as_deref()?)
    }

    /// The draft, with what all mails say. Values of the caller's own win.
    pub fn draft(&self, services: &Services, to: &str, language: Language, values: minijinja::Value) -> Option<Draft> {
        let asked_at = self.get("asked_at").unwrap_or_else(|| services.now());
        let calendar = Calendar::new(self.organisation, language);
        let home_url = address(services, paths::HOME);
        Some(Draft {
            kind: self.mail.kind,
            language,
            subject: i18n::texts(language).mail_subject(self.mail.kind, &self.organisation.name),
            to: wire(to).parse().ok()?,
            from_name: self.organisation.name.clone(),
            from_address: services.settings.mail_from.clone(),
            reply_to: None,
            unsubscribe: None,
            message_id: self.mail.message_id.clone(),
            date: services.now(),
            logo: self.logo.clone(),
            values: context! {
                organisation => self.organisation.name,
                accent => if self.organisation.colour.is_empty() { ACCENT } else { self.organisation.colour.as_str() },
                contact => self.organisation.contact,
                privacy_url => self.organisation.privacy_url,
                host => services.settings.public_url.authority(),
                home_url,
                sign_in_url => address(services, paths::SIGN_IN),
                asked_at => calendar.moment_with_zone(asked_at),
                ..values
            },
        })
    }
}

/// An address of ours for templates. It holds nothing that HTML would read otherwise, so it stands there as in text.
pub(super) fn address(services: &Services, path: &str) -> minijinja::Value {
    minijinja::Value::from_safe_string(services.settings.url(path))
}

/// A code or a link goes to the stored address of an active user or an invited guest, or to an address of an own
/// domain whose owner may join.
async fn code_draft(services: &Services, conn: &mut Conn<'_>, mail: &Waiting<'_>) -> Result<Option<Draft>, AppError> {
    let key = EmailKey(mail.mail.email_key.clone());
    let (to, chosen) = match storage::users::by_email(conn, &key).await? {
        Some(user) if user.is_active() || user.is_invited() => (user.email, user.language),
        Some(_) => return Ok(None),
        None => {
            let typed: String = mail.get("address").unwrap_or_default();
            match EmailAddress::parse(&typed) {
                Ok(address)
                    if mail.organisation.may_join(key.domain())
                        && email_key(&address) == key
                        && services.limits.may_mail_newcomer() =>
                {
                    (address.as_str().to_owned(), None)
                }
                _ => return Ok(None),
            }
        }
    };
    let Some(secret) = mail.secret(services) else { return Ok(None) };
    let language = chosen.or(mail.mail.language).unwrap_or(mail.organisation.language);
    let texts = i18n::texts(language);
    let gaps = [("organisation", mail.organisation.name.as_str())];
    let heading = match mail.get("asked_for") {
        Some(CodeFor::Redeem) => i18n::fill(texts.subject_redeem_code, &gaps),
        Some(CodeFor::Leave) => i18n::fill(texts.subject_leave_code, &gaps),
        Some(CodeFor::SignIn) | None => texts.mail_subject(mail.mail.kind, &mail.organisation.name),
    };
    let values = if mail.mail.kind == MailKind::SignInCode {
        let code = secret.split_at_checked(4).map(|(first, last)| format!("{first} {last}")).unwrap_or_default();
        context! { code, heading }
    } else {
        context! { link => address(services, &paths::sign_in_link(&secret)) }
    };
    let mut draft = mail.draft(services, &to, language, values);
    if let Some(draft) = &mut draft {
        draft.subject = heading;
    }
    Ok(draft)
}

/// Claims a message of a lane that is due, unless it goes to the domain that is `full`.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn claim(services: &Services, lane: Lane, full: Option<&str>) -> Result<Option<Claimed>, AppError> {
    let now = services.now();
    let mut held = services.db.trace().await?;
    Ok(storage::outbox::claim(&mut held.conn(), lane, now, now.plus(LEASE), full).await?)
}

/// What the outbox has trouble with: how much, and what the mail server said to one of them.
pub struct Trouble {
    /// How many did not arrive within the last week, and the newest answer.
    pub failed: (i64, String),
    /// How many wait for longer than an hour, and the oldest's answer.
    pub overdue: (i64, String),
}

/// What the outbox has trouble with.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn trouble(services: &Services) -> Result<Trouble, AppError> {
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    Ok(Trouble {
        failed: storage::outbox::failed(conn, now.plus(-7 * DAY)).await?,
        overdue: storage::outbox::overdue(conn, now.plus(-HOUR)).await?,
    })
}
