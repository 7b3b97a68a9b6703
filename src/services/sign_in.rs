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
        email::{EmailAddress, EmailKey},
        error::AppError,
        ids::CodeId,
        invitation::has_expired,
        language::Language,
        mail::MailKind,
        time::Timestamp,
        user::{User, UserType},
    },
    identity::{
        email_key, key_of_input,
        one_time_code::{
            self, CODES_PER_ADDRESS, History, LIFETIME, LINK_EVERY, LINK_LIFETIME, SIGN_IN, Sends, Verdict, WINDOW,
        },
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

/// Asks for a code to be sent to whatever was typed, in place of the one that the same browser had asked for.
/// The answer is the same for every input; it is the code's id, for the browser's session.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn request_code(
    services: &Services,
    typed: &str,
    language: Language,
    earlier: Option<CodeId>,
    asked_for: CodeFor,
) -> Result<CodeId, AppError> {
    let key = key_of_input(typed);
    let now = services.now();
    let id = CodeId(services.rng.uuid(&*services.clock));
    let digits = services.rng.code();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    if let Some(earlier) = earlier {
        storage::codes::end(conn, earlier, now).await?;
    }
    let (codes, wrong) = storage::codes::recent(conn, &key, now.plus(-WINDOW)).await?;
    let link_lately = storage::outbox::has_since(conn, MailKind::SignInLink, &key, now.plus(-LINK_EVERY)).await?;
    // Past the limit nothing is added to count, or the limit would never pass.
    if codes < CODES_PER_ADDRESS {
        let code_hash = services.keys.hash_secret(SIGN_IN, &bound(id, &digits));
        let code = Code {
            id,
            purpose: asked_for.purpose().into(),
            email_key: key.0.clone(),
            code_hash,
            wrong_tries: 0,
            expires_at: now.plus(LIFETIME),
            ended_at: None,
        };
        storage::codes::insert(conn, &code, now).await?;
    }
    let address: String = typed.trim().chars().take(crate::domain::email::ADDRESS_MAX).collect();
    match one_time_code::sends(codes, wrong, link_lately) {
        Sends::Code => {
            let message = Message {
                kind: MailKind::SignInCode,
                key: &key,
                language: Some(language),
                data: json!({ "address": address, "asked_at": now, "asked_for": asked_for }),
                secret: Some(&digits),
                expires_at: Some(now.plus(LIFETIME)),
            };
            mail::enqueue(services, conn, message).await?;
        }
        // A link signs in, and does nothing else.
        Sends::Link | Sends::Nothing if asked_for == CodeFor::Leave => return Err(AppError::TooManyTries),
        Sends::Link => {
            let token = new_link(services, conn, &key, now).await?;
            let message = Message {
                kind: MailKind::SignInLink,
                key: &key,
                language: Some(language),
                data: json!({ "address": address, "asked_at": now }),
                secret: Some(&token),
                expires_at: Some(now.plus(LINK_LIFETIME)),
            };
            mail::enqueue(services, conn, message).await?;
        }
        Sends::Nothing => {}
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
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
        wrong_for_address,
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
    if let Some(user) = storage::users::by_email(conn, &key).await? {
        let event = Event::new(Activity::SIGN_IN).failed("wrongCode").to_user(&user);
        let origin = Origin { initiator: Initiator::Nobody, ..origin.clone() };
        audit::record(services, conn, &origin, event).await?;
        tally::sign_in_failed(services, conn, "wrongCode").await?;
    }
    Ok(Err(refused))
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
    key: &EmailKey,
    now: Timestamp,
) -> Result<String, AppError> {
    let token = services.rng.token();
    let hash = services.keys.hash_secret(LINK, &token);
    storage::codes::insert_link(conn, &hash, key, now, now.plus(LINK_LIFETIME)).await?;
    Ok(token)
}

/// Makes a one-time link for a user, to be handed over by whoever runs this server. Returns its address.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn issue_link(services: &Services, origin: &Origin, user: &User) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let token = new_link(services, conn, &key_of_input(&user.email), services.now()).await?;
    audit::record(services, conn, origin, Event::new(Activity::ISSUE_SIGN_IN_LINK).to_user(user)).await?;
    tx.commit().await?;
    Ok(link_url(services, &token))
}

/// The address of a one-time link.
pub fn link_url(services: &Services, token: &str) -> String {
    services.settings.url(&crate::domain::paths::sign_in_link(token))
}

/// Whether a one-time link is good. Changes nothing: mail scanners open links.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn link_is_valid(services: &Services, token: &str) -> Result<bool, AppError> {
    let hash = services.keys.hash_secret(LINK, token);
    let owner = storage::codes::link_owner(&mut services.db.read().await?.conn(), &hash, services.now()).await?;
    Ok(owner.is_some())
}

/// Uses a one-time link up and signs its owner in.
///
/// # Errors
/// `LinkNotValid`: unknown, used, expired, or nobody may sign in with its address.
pub async fn redeem_link(services: &Services, origin: &Origin, token: &str) -> Result<Proved, AppError> {
    let hash = services.keys.hash_secret(LINK, token);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let owner = storage::codes::use_link(conn, &hash, services.now()).await?.ok_or(AppError::LinkNotValid)?;
    let address = EmailAddress::parse(&owner).ok();
    let proved = admit(services, conn, origin, &EmailKey(owner), address, "one-time link").await?;
    tx.commit().await?;
    proved.ok_or(AppError::LinkNotValid)
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
