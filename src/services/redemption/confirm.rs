//! What waits for an owner's word after a guest has accepted.

use super::{FactsOf, judge, key_of};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        error::AppError,
        ids::InvitationTargetId,
        invitation::{Target, TargetState},
        language::Language,
        mail::MailKind,
        policy::{Decision, Reason, Request},
        view::Confirmation,
    },
    services::{
        Services,
        audit::{self, Event},
        calendar::Calendar,
        invitation::{self, resource},
        mail::{self, Message},
        organisation,
    },
    storage::{
        self, Conn,
        invitations::{Invitation, StoredTarget},
    },
};
use serde_json::json;

/// What waits for an owner's word.
///
/// # Errors
/// `NotFound` unless the person looks after the target and it waits.
pub async fn confirmation(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: InvitationTargetId,
) -> Result<Confirmation, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let (stored, target, invitation) = waiting(conn, actor, id).await?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(AppError::NotFound)?;
    let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.ok_or(AppError::NotFound)?;
    Ok(Confirmation {
        id,
        guest: guest.name,
        email: guest.email,
        target,
        name: stored.name,
        inviter: inviter.name,
        reason: stored.reason.unwrap_or(Reason::NotYours),
        until: stored.access_until.map(|until| calendar.date(until)),
        form: None,
    })
}

async fn waiting(
    conn: &mut Conn<'_>,
    actor: &Actor,
    id: InvitationTargetId,
) -> Result<(StoredTarget, Target, Invitation), AppError> {
    let stored = storage::invitations::target_by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let target = stored.target().ok_or(AppError::NotFound)?;
    if stored.state != TargetState::Waiting || !invitation::looks_after(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let invitation = storage::invitations::by_id(conn, stored.invitation_id).await?.ok_or(AppError::NotFound)?;
    Ok((stored, target, invitation))
}

/// An owner's word on what waits: given at once and the guest told, or refused.
///
/// # Errors
/// `NotFound` as [`confirmation`]; `Denied` if the person may not give it either.
pub async fn confirm(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: InvitationTargetId,
    yes: bool,
) -> Result<Target, AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (stored, target, invitation) = waiting(conn, actor, id).await?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(AppError::NotFound)?;
    if guest.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let event = Event::new(Activity::CONFIRM_ACCESS)
        .to_user(&guest)
        .to(resource(target), target.id().to_string(), &stored.name)
        .detail("InvitationId", &invitation.id.to_string());
    if yes {
        let organisation = organisation::load(conn).await?;
        let key = key_of(conn, guest.id).await?;
        let of = FactsOf { organisation: &organisation, guest: &guest, key: &key, target: Some(target) };
        let verdict = judge(services, conn, of, actor.id, Request::Confirm).await?;
        if verdict.outcome != Decision::Allow {
            return Err(AppError::Denied { reason: verdict.reasons[0] });
        }
        storage::invitations::decide_target(conn, id, TargetState::Granted, None, Some(actor.id), now).await?;
        storage::grants::begin(conn, guest.id, target, now).await?;
        let message = Message {
            kind: MailKind::AccessAdded,
            key: &key,
            language: None,
            data: json!({
                "inviter": actor.id,
                "targets": [target.to_string()],
                "message": "",
                "until": stored.access_until,
                "asked_at": now,
            }),
            secret: None,
            expires_at: None,
        };
        mail::enqueue(services, conn, message).await?;
        audit::record(services, conn, origin, event).await?;
    } else {
        let decision = (Reason::OwnerRefused, Some(actor.id));
        invitation::refuse(services, conn, origin, &guest, &stored, decision).await?;
        audit::record(services, conn, origin, event.failed("ownerRefused")).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(target)
}
