//! Signing in: a code to the address, or a one-time link. Strangers learn nothing (DESIGN rules 15 and 16):
//! each request does the same work for every address, and the delivery of mail decides who gets one.

use super::{
    Services,
    audit::{self, Event},
    mail::{self, Message},
    organisation, people, tally,
};
use crate::{
    domain::{
        actor::{Initiator, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey, cut},
        error::AppError,
        ids::{CodeId, UserId},
        invitation::has_expired,
        language::Language,
        link::LinkKind,
        mail::MailKind,
        name::NAME_MAX,
        time::Timestamp,
        user::{Redemption, User, UserType},
    },
    identity::{
        email_key, key_of_input,
        one_time_code::{self, History, LIFETIME, LINK_EVERY, LINK_LIFETIME, SIGN_IN, Sends, Verdict, WINDOW},
    },
    storage::{self, Conn, codes::Code},
};
use serde_json::json;

/// Who has proved an address.
#[derive(Debug, Clone)]
pub enum Proved {
    /// Somebody who is signed in by it.
    SignedIn(User),
    /// A guest who has been invited and has yet to accept; how the address was proved.
    Invited(User, String),
}

/// What a code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CodeFor {
    /// To sign in.
    SignIn,
    /// To accept an invitation.
    Redeem,
    /// To leave the organisation.
    Leave,
}

impl CodeFor {
    /// What its codes are stored under: a code serves one purpose. (Accepting is a sign-in that may end elsewhere.)
    fn purpose(self) -> &'static str {
        match self {
            Self::SignIn | Self::Redeem => SIGN_IN,
            Self::Leave => "leave",
        }
    }
}

/// What links' hashes are bound to.
const LINK: &str = "sign-in-link";

/// What asking for a code came to: by what was asked for this address before, whether anybody has it or not.
#[derive(Debug, Clone, Copy)]
pub enum Asked {
    /// A code is on its way; its id is for the browser's session.
    Code(CodeId),
    /// A link is on its way.
    Link,
    /// Nothing: a link was sent within the last hour.
    Nothing,
}

/// Asks for a code to be sent to whatever was typed, in place of the one that the same browser had asked for.
/// The answer is the same for every address.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn request_code(
    services: &Services,
    typed: &str,
    language: Language,
    earlier: Option<CodeId>,
    asked_for: CodeFor,
) -> Result<Asked, AppError> {
    let key = key_of_input(typed);
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (codes, wrong) = storage::codes::recent(conn, &key, now.plus(-WINDOW)).await?;
    let link_lately = storage::outbox::has_since(conn, MailKind::SignInLink, &key, now.plus(-LINK_EVERY)).await?;
    let address = cut(typed);
    let asked = match one_time_code::sends(codes, wrong, link_lately) {
        Sends::Code => {
            // A code that replaces another ends it. Where none is sent, the other can still be typed.
            if let Some(earlier) = earlier {
                storage::codes::end(conn, earlier, now).await?;
            }
            Asked::Code(send_code(services, conn, &key, &address, language, (asked_for, false)).await?)
        }
        // A link leads to a code for signing in, and to nothing else.
        Sends::Link | Sends::Nothing if asked_for == CodeFor::Leave => return Err(AppError::TooManyTries),
        Sends::Link => {
            let token = new_link(services, conn, LinkKind::Mailed, &key, now).await?;
            let message = Message {
                kind: MailKind::SignInLink,
                key: &key,
                language: Some(language),
                data: json!({ "address": address, "asked_at": now }),
                secret: Some(&token),
                expires_at: Some(now.plus(LINK_LIFETIME)),
            };
            mail::enqueue(services, conn, message).await?;
            Asked::Link
        }
        Sends::Nothing => Asked::Nothing,
    };
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(asked)
}

/// Makes a code and promises the mail that carries it. `by_link` says whether a mailed link let this browser ask for it.
async fn send_code(
    services: &Services,
    conn: &mut Conn<'_>,
    key: &EmailKey,
    address: &str,
    language: Language,
    (asked_for, by_link): (CodeFor, bool),
) -> Result<CodeId, AppError> {
    let now = services.now();
    let id = CodeId(services.rng.uuid(&*services.clock));
    let digits = services.rng.code();
    let code = Code {
        id,
        purpose: asked_for.purpose().into(),
        email_key: key.0.clone(),
        code_hash: services.keys.hash_secret(SIGN_IN, &bound(id, &digits)),
        wrong_tries: 0,
        expires_at: now.plus(LIFETIME),
        ended_at: None,
        by_link,
    };
    storage::codes::insert(conn, &code, now).await?;
    let message = Message {
        kind: MailKind::SignInCode,
        key,
        language: Some(language),
        data: json!({ "address": address, "asked_at": now, "asked_for": asked_for }),
        secret: Some(&digits),
        expires_at: Some(now.plus(LIFETIME)),
    };
    mail::enqueue(services, conn, message).await?;
    Ok(id)
}

/// Digits are hashed with the code's id, so that equal codes have different hashes.
fn bound(id: CodeId, digits: &str) -> String {
    format!("{id}:{digits}")
}

/// Tries a code that this browser asked for. Right, it proves the address and signs its owner in; an address of
/// an own domain becomes a member where that is allowed.
///
/// # Errors
/// `WrongCode` (also if it has ended or nobody may sign in with the address), `TooManyTries`.
pub async fn redeem_code(
    services: &Services,
    origin: &Origin,
    id: CodeId,
    typed_code: &str,
    typed_address: &str,
) -> Result<Proved, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let proved = match try_code(services, conn, origin, id, typed_code, CodeFor::SignIn).await? {
        Ok(key) => {
            let address = EmailAddress::parse(typed_address).ok().filter(|address| email_key(address) == key);
            admit(services, conn, origin, &key, address, "one-time code").await?.ok_or(AppError::WrongCode)
        }
        Err(refused) => Err(refused),
    };
    tx.commit().await?;
    proved
}

/// Tries a code within a transaction, which is committed whatever comes of it: wrong tries count. Right, it is used up
/// and gives the address that it proves.
pub(super) async fn try_code(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    id: CodeId,
    typed_code: &str,
    asked_for: CodeFor,
) -> Result<Result<EmailKey, AppError>, AppError> {
    let now = services.now();
    let found = storage::codes::by_id(conn, id).await?.filter(|code| code.purpose == asked_for.purpose());
    let Some(code) = found else { return Ok(Err(AppError::WrongCode)) };
    let key = EmailKey(code.email_key.clone());
    let (_, wrong_for_address) = storage::codes::recent(conn, &key, now.plus(-WINDOW)).await?;
    let history = History {
        expires_at: code.expires_at,
        ended: code.ended_at.is_some(),
        wrong_tries: code.wrong_tries,
        wrong_for_address: if code.by_link { 0 } else { wrong_for_address },
    };
    let digits = one_time_code::digits(typed_code);
    let fits = services.keys.verify_secret(SIGN_IN, &bound(id, &digits), &code.code_hash);
    let verdict = one_time_code::judge(history, fits, now);
    // Only what counts as a try leaves a trace: the rest may be repeated without end, and costs nothing.
    let refused = match verdict {
        Verdict::Right => {
            storage::codes::end(conn, id, now).await?;
            if storage::users::by_email(conn, &key).await?.is_none_or(|user| user.is_active() || user.is_invited()) {
                return Ok(Ok(key));
            }
            AppError::WrongCode
        }
        Verdict::Wrong => {
            storage::codes::count_wrong(conn, id).await?;
            let last = history.wrong_tries + 1 >= one_time_code::TRIES_PER_CODE;
            if last { AppError::TooManyTries } else { AppError::WrongCode }
        }
        Verdict::Ended => return Ok(Err(AppError::WrongCode)),
        Verdict::UsedUp => return Ok(Err(AppError::TooManyTries)),
    };
    record_wrong(services, conn, origin, &key).await?;
    Ok(Err(refused))
}

/// Records a wrong try. Where nobody has the address the same is done and taken back, so that how long it takes tells a
/// stranger nothing (DESIGN rule 15), and nothing of it stays.
async fn record_wrong(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    key: &EmailKey,
) -> Result<(), AppError> {
    let found = storage::users::by_email(conn, key).await?;
    storage::mark(conn).await?;
    let user = found.clone().unwrap_or_else(|| User {
        id: UserId(services.rng.uuid(&*services.clock)),
        user_type: UserType::Guest,
        email: key.0.clone(),
        name: key.0.chars().take(NAME_MAX).collect(),
        language: None,
        redemption: Redemption::PendingAcceptance,
        enabled: true,
        deleted_at: None,
    });
    let event = Event::new(Activity::SIGN_IN).failed("wrongCode").to_user(&user);
    let origin = Origin { initiator: Initiator::Nobody, ..origin.clone() };
    audit::record(services, conn, &origin, event).await?;
    tally::sign_in_failed(services, conn, "wrongCode").await?;
    if found.is_none() {
        storage::back_to_mark(conn).await?;
    }
    Ok(())
}

/// Admits whoever proved this address: an active user, somebody invited who has yet to accept, or somebody of an own
/// domain who may join by it, with or without an invitation as a member that came to nothing.
async fn admit(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    key: &EmailKey,
    address: Option<EmailAddress>,
    method: &str,
) -> Result<Option<Proved>, AppError> {
    let user = match (storage::users::by_email(conn, key).await?, address) {
        (Some(user), _) if user.is_active() => user,
        (Some(user), _) if user.may_redeem() && joins_anyway(services, conn, &user, key).await? => {
            people::let_in(services, conn, origin, user).await?
        }
        (Some(user), _) if user.is_invited() => return Ok(Some(Proved::Invited(user, method.to_owned()))),
        (None, Some(address)) if organisation::load(conn).await?.may_join(key.domain()) => {
            let joining = services.own_origin("Members may join by themselves");
            let joining = Origin { correlation: origin.correlation, ip: origin.ip.clone(), ..joining };
            people::create_member(services, conn, &joining, &address, key, "").await?
        }
        _ => return Ok(None),
    };
    storage::users::signed_in(conn, user.id, services.now()).await?;
    let event = Event::new(Activity::SIGN_IN).to_user(&user).detail("method", method);
    audit::record(services, conn, &origin.by(user.id, &user.name, &user.email), event).await?;
    tally::signed_in(services, conn, &user).await?;
    Ok(Some(Proved::SignedIn(user)))
}

/// Whether somebody who was invited as a member needs no invitation any more, because none is open and members of the
/// domain join by themselves.
async fn joins_anyway(services: &Services, conn: &mut Conn<'_>, user: &User, key: &EmailKey) -> Result<bool, AppError> {
    if user.user_type != UserType::Member || !organisation::load(conn).await?.may_join(key.domain()) {
        return Ok(false);
    }
    let pending = storage::invitations::pending_of(conn, user.id).await?;
    Ok(pending.iter().all(|one| has_expired(one.state, one.link_until, services.now())))
}

async fn new_link(
    services: &Services,
    conn: &mut Conn<'_>,
    kind: LinkKind,
    key: &EmailKey,
    now: Timestamp,
) -> Result<String, AppError> {
    let token = services.rng.token();
    let hash = services.keys.hash_secret(LINK, &token);
    storage::codes::insert_link(conn, kind, &hash, key, now, now.plus(LINK_LIFETIME)).await?;
    Ok(token)
}

/// Makes a one-time link for a user, to be handed over by whoever runs this server: it signs in. Returns its address.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn issue_link(services: &Services, origin: &Origin, user: &User) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let token = new_link(services, conn, LinkKind::Printed, &key_of_input(&user.email), services.now()).await?;
    audit::record(services, conn, origin, Event::new(Activity::ISSUE_SIGN_IN_LINK).to_user(user)).await?;
    tx.commit().await?;
    Ok(link_url(services, &token))
}

/// The address of a one-time link.
pub fn link_url(services: &Services, token: &str) -> String {
    services.settings.url(&crate::domain::paths::sign_in_link(token))
}

/// What a one-time link is good for, if it is. Changes nothing: mail scanners open links.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn link_kind(services: &Services, token: &str) -> Result<Option<LinkKind>, AppError> {
    let hash = services.keys.hash_secret(LINK, token);
    Ok(storage::codes::link_kind(&mut services.db.read().await?.conn(), &hash, services.now()).await?)
}

/// What using a one-time link came to.
#[derive(Debug, Clone)]
pub enum LinkUsed {
    /// It was printed by the command line, and proves who uses it.
    Proved(Proved),
    /// It was mailed: a fresh code is on its way to this address, for this browser.
    Asked {
        /// The code's id, for the browser's session.
        code: CodeId,
        /// The address.
        address: String,
    },
}

/// Uses a one-time link up. One that was printed signs its owner in; one that was mailed has a fresh code sent, since
/// what follows a link of itself (a scanner of mail does) has not read it.
///
/// # Errors
/// `LinkNotValid`: unknown, used, expired, or nobody may sign in with its address.
pub async fn use_link(
    services: &Services,
    origin: &Origin,
    language: Language,
    token: &str,
) -> Result<LinkUsed, AppError> {
    let hash = services.keys.hash_secret(LINK, token);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (key, kind) = storage::codes::use_link(conn, &hash, services.now()).await?.ok_or(AppError::LinkNotValid)?;
    let used = match kind {
        LinkKind::Printed => {
            let address = EmailAddress::parse(&key.0).ok();
            let proved = admit(services, conn, origin, &key, address, "one-time link").await?;
            proved.map(LinkUsed::Proved)
        }
        LinkKind::Mailed => {
            let code = send_code(services, conn, &key, &key.0, language, (CodeFor::SignIn, true)).await?;
            Some(LinkUsed::Asked { code, address: key.0 })
        }
    };
    tx.commit().await?;
    services.mail_waits.notify_one();
    used.ok_or(AppError::LinkNotValid)
}

/// Signs in as a person of the demonstration.
///
/// # Errors
/// `NotFound` outside the demonstration, or if there is no such person.
pub async fn as_persona(services: &Services, origin: &Origin, email: &str) -> Result<User, AppError> {
    if !services.demo {
        return Err(AppError::NotFound);
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let proved = admit(services, conn, origin, &key_of_input(email), None, "demonstration").await?;
    tx.commit().await?;
    match proved {
        Some(Proved::SignedIn(user)) => Ok(user),
        _ => Err(AppError::NotFound),
    }
}

/// Records that somebody signed out. The session itself is the caller's to end.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn signed_out(services: &Services, origin: &Origin) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    audit::record(services, &mut tx.conn(), origin, Event::new(Activity::SIGN_OUT)).await?;
    tx.commit().await?;
    Ok(())
}
