//! Undoing: what destroys keeps what is needed to put it back, and whoever did it may, for a while.

use super::{
    Services, access,
    audit::{self, Event},
    grants::{self, Wanted},
    invitation::{self, added, resource},
    people, portal,
    steering::steered,
    tally,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        app::Assignee,
        audit::Activity,
        error::AppError,
        ids::{AppId, AppRoleId, AssignmentId, GroupId, InvitationId, InvitationTargetId, UndoId, UserId},
        invitation::{InvitationState, Target, TargetState},
        language::Language,
        policy::Reason,
        report::Tally,
        roles::Power,
        steering::Act,
        time::{HOUR, Timestamp},
        user::{User, UserType},
        view::Undoable,
    },
    i18n::{self, fill},
    storage::{
        self, Conn,
        grants::{Grant, NewGrant},
        tending::GroupRow,
    },
};
use serde::{Deserialize, Serialize};

/// For so long something can be undone, in milliseconds.
pub const GRACE: i64 = HOUR;

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// An invitation was taken back.
    Withdrawn {
        /// Which.
        invitation: InvitationId,
        /// What it was for.
        targets: Vec<Kept>,
        /// The domain that it was counted under: the address may have been corrected since.
        #[serde(default)]
        domain: String,
    },
    /// A group was deleted.
    GroupDeleted {
        /// Which.
        group: GroupId,
        /// The version that it had then: whatever was done since stands.
        #[serde(default)]
        version: i64,
    },
    /// An app was deleted.
    AppDeleted {
        /// Which.
        app: AppId,
        /// The version that it had then.
        version: i64,
    },
    /// Somebody was forbidden to sign in.
    Disabled {
        /// Who.
        user: UserId,
        /// The version that they had then: whatever was done since stands.
        version: i64,
    },
    /// Somebody was deleted.
    Deleted {
        /// Who.
        user: UserId,
        /// The version that they had then.
        version: i64,
    },
    /// All that somebody has was to end at one moment.
    Shortened {
        /// Who.
        user: UserId,
        /// When.
        end: Timestamp,
        /// When it would have ended before.
        ends: Vec<(Target, Option<Timestamp>)>,
    },
    /// A guest was given one sponsor in place of others.
    Sponsored {
        /// The guest.
        user: UserId,
        /// The sponsors before.
        before: Vec<UserId>,
        /// The sponsor since.
        after: UserId,
    },
    /// Somebody's access was taken away, or given up.
    Removed {
        /// Whose.
        user: UserId,
        /// What it was.
        kept: Kept,
    },
}

/// A grant that was taken away.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// To what.
    pub target: Target,
    since: Timestamp,
    until: Option<Timestamp>,
    by: Option<UserId>,
    invitation: Option<InvitationId>,
    /// The target that it came from, and how that stood.
    row: Option<(InvitationTargetId, TargetState)>,
    /// The role in the app.
    #[serde(default)]
    role: Option<AppRoleId>,
}

impl Kept {
    /// What is needed to put a grant back.
    pub fn of(target: Target, grant: &Grant, row: Option<(InvitationTargetId, TargetState)>) -> Self {
        let Grant { since, until, granted_by, invitation_id, app_role_id } = *grant;
        Self { target, since, until, by: granted_by, invitation: invitation_id, row, role: app_role_id }
    }

    /// Puts it back as it was, for the same person with the same right to it. `false` if something has come in between:
    /// they have it anew, it is gone, what it came from is over, or they were deleted and begin anew.
    async fn put_back(
        &self,
        services: &Services,
        conn: &mut Conn<'_>,
        (actor, origin): (&Actor, &Origin),
        user: &User,
        taken_at: Timestamp,
    ) -> Result<bool, AppError> {
        let place = storage::invitations::place(conn, self.target, user.id).await?;
        let Some(place) = place.filter(|place| !place.deleted) else { return Ok(false) };
        if storage::grants::of(conn, user.id, self.target).await?.is_some() {
            return Ok(false);
        }
        let invitation = match self.invitation {
            Some(id) => storage::invitations::by_id(conn, id).await?.map(|invitation| invitation.state),
            None => None,
        };
        let as_before = match self.row.map(|(_, state)| state) {
            Some(TargetState::Pending) => user.may_redeem() && invitation == Some(InvitationState::Pending),
            _ => user.is_active() && storage::users::redeemed_by(conn, user.id, taken_at).await?,
        };
        if !as_before {
            return Ok(false);
        }
        // The rules may have changed since it was taken.
        match grants::allow(services, conn, actor.id, user, self.target, Wanted::Again(self.until)).await {
            Ok(_) => {}
            Err(AppError::Denied { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        if let Some((row, state)) = self.row
            && !storage::invitations::reopen_target(conn, row, state, Reason::Withdrawn).await?
        {
            return Ok(false);
        }
        let grant = NewGrant {
            id: AssignmentId(services.rng.uuid(&*services.clock)),
            user: user.id,
            target: self.target,
            until: self.until,
            by: self.by,
            invitation: self.invitation,
            since: self.since,
        };
        storage::grants::insert(conn, &grant).await?;
        if let (Target::App(app), Some(role)) = (self.target, self.role)
            && storage::app_roles::one(conn, app, role).await?.is_some()
        {
            storage::app_roles::give(conn, app, Assignee::User(user.id), Some(role)).await?;
        }
        let event = Event::new(added(self.target)).to_user(user).to(
            resource(self.target),
            self.target.id().to_string(),
            &place.name,
        );
        audit::record(services, conn, origin, event).await?;
        Ok(true)
    }
}

/// Keeps what is needed to put something back, within the transaction that takes it away.
pub(super) async fn keep(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    step: &Step,
) -> Result<UndoId, AppError> {
    let id = UndoId(services.rng.uuid(&*services.clock));
    let text = serde_json::to_string(step).map_err(|_| AppError::Internal)?;
    storage::undos::insert(conn, id, actor.id, &text, services.now()).await?;
    Ok(id)
}

/// What the person did lately and can still undo, each in a sentence.
pub(super) async fn lately(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
) -> Result<Vec<Undoable>, AppError> {
    let texts = i18n::texts(language);
    let mut lately = Vec::new();
    for (id, step) in storage::undos::of(conn, actor.id, services.now().plus(-GRACE)).await? {
        let text = match serde_json::from_str(&step).map_err(|_| AppError::Internal)? {
            Step::Withdrawn { invitation, .. } => {
                let row = storage::invitations::sent_one(conn, invitation).await?;
                row.map(|row| fill(texts.withdrawn_one, &[("name", &row.guest_name)]))
            }
            Step::GroupDeleted { group, .. } => {
                let row = storage::tending::group(conn, group).await?;
                row.map(|row| fill(texts.group_deleted, &[("name", &row.name)]))
            }
            Step::AppDeleted { app, .. } => {
                let head = storage::portal::app_head(conn, app).await?;
                head.map(|(name, _)| fill(texts.app_deleted, &[("name", &name)]))
            }
            Step::Disabled { user, .. } => about(conn, texts.disabled_one, user).await?,
            Step::Deleted { user, .. } => about(conn, texts.deleted_one, user).await?,
            Step::Shortened { user, .. } => about(conn, texts.shortened_one, user).await?,
            Step::Sponsored { user, .. } => about(conn, texts.sponsored_one, user).await?,
            Step::Removed { user, kept } => {
                let pattern = if user == actor.id { texts.left_target } else { texts.removed_from };
                let place = storage::invitations::place(conn, kept.target, actor.id).await?;
                let person = storage::users::by_id(conn, user).await?;
                let names = person.zip(place);
                names.map(|(user, place)| fill(pattern, &[("name", &user.name), ("target", &place.name)]))
            }
        };
        lately.extend(text.map(|text| Undoable { id, text }));
    }
    Ok(lately)
}

/// A sentence about somebody.
async fn about(conn: &mut Conn<'_>, pattern: &str, user: UserId) -> Result<Option<String>, AppError> {
    let person = storage::users::by_id(conn, user).await?;
    Ok(person.map(|user| fill(pattern, &[("name", &user.name)])))
}

/// Puts back what the person did, as far as nothing else has come in between.
///
/// # Errors
/// `NotFound` for everybody else, or if they have no say in it any more; `TooLate` after [`GRACE`], the second time,
/// or if something has come in between.
pub async fn undo(services: &Services, actor: &Actor, origin: &Origin, id: UndoId) -> Result<(), AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = storage::undos::by_id(conn, id).await?.filter(|undo| undo.user_id == actor.id);
    let found = found.ok_or(AppError::NotFound)?;
    if found.created_at.plus(GRACE) <= now || !storage::undos::take(conn, id, now).await? {
        return Err(AppError::TooLate);
    }
    match serde_json::from_str(&found.step).map_err(|_| AppError::Internal)? {
        Step::Withdrawn { invitation, targets, domain } => {
            let found_at = found.created_at;
            let found = steered(services, conn, actor, invitation).await?;
            if !Act::Withdraw.is_for(&found.relations) {
                return Err(AppError::NotFound);
            }
            if found.invitation.state != InvitationState::Revoked
                || !found.guest.may_redeem()
                || !storage::invitations::move_to(conn, &found.invitation, InvitationState::Pending, now).await?
            {
                return Err(AppError::TooLate);
            }
            let mut back = 0;
            for kept in &targets {
                back += usize::from(kept.put_back(services, conn, (actor, origin), &found.guest, found_at).await?);
            }
            // What it was for is another's by now: an invitation to nothing would be one to the organisation.
            if back == 0 && !targets.is_empty() {
                return Err(AppError::TooLate);
            }
            tally::brought_back(conn, Tally::Withdrawn, &found.invitation, &domain, found_at).await?;
            invitation::mail_if_held_back(services, conn, actor, &found.invitation).await?;
            let event = Event::new(Activity::UNDO)
                .to_user(&found.guest)
                .detail("undone", Activity::WITHDRAW_INVITE.name)
                .detail("InvitationId", &invitation.to_string());
            audit::record(services, conn, origin, event).await?;
        }
        Step::GroupDeleted { group, version } => {
            let owned = storage::invitations::place(conn, Target::Group(group), actor.id).await?;
            let row = storage::tending::group(conn, group).await?.ok_or(AppError::NotFound)?;
            if !owned.is_some_and(|place| place.owned) && !actor.is_admin() {
                return Err(AppError::NotFound);
            }
            let name = row.name.clone();
            if row.deleted_at.is_none()
                || row.version != version
                || !storage::tending::update_group(conn, group, &GroupRow { deleted_at: None, ..row }).await?
            {
                return Err(AppError::TooLate);
            }
            let event = Event::new(Activity::RESTORE_GROUP).to("Group", group.to_string(), &name);
            audit::record(services, conn, origin, event).await?;
        }
        Step::AppDeleted { app, version } => {
            if !actor.may(Power::ManagePlaces) {
                return Err(AppError::NotFound);
            }
            let (name, current) = storage::portal::app_head(conn, app).await?.ok_or(AppError::NotFound)?;
            if current != version || !storage::portal::set_app_deleted(conn, app, None).await? {
                return Err(AppError::TooLate);
            }
            let event = Event::new(Activity::RESTORE_APP).to("ServicePrincipal", app.to_string(), &name);
            audit::record(services, conn, origin, event).await?;
        }
        Step::Disabled { user, version } => {
            let person = people::managed(services, conn, actor, user).await?;
            if storage::users::version(conn, user).await? != version
                || !people::switch(services, conn, origin, &person, true).await?
            {
                return Err(AppError::TooLate);
            }
        }
        Step::Deleted { user, version } => {
            let person = people::managed(services, conn, actor, user).await?;
            if storage::users::version(conn, user).await? != version
                || !people::bring_back(services, conn, origin, &person).await?
            {
                return Err(AppError::TooLate);
            }
        }
        Step::Shortened { user, end, ends } => {
            let person = people::managed(services, conn, actor, user).await?;
            if access::lengthen_again(services, conn, actor, origin, (user, end), &ends).await? == 0 {
                return Err(AppError::TooLate);
            }
            let event = Event::new(Activity::UNDO).to_user(&person).detail("undone", Activity::CHANGE_ACCESS_END.name);
            audit::record(services, conn, origin, event).await?;
        }
        Step::Sponsored { user, before, after } => {
            let person = people::managed(services, conn, actor, user).await?;
            if person.deleted_at.is_some() || storage::sponsors::ids_of(conn, user).await? != [after] {
                return Err(AppError::TooLate);
            }
            let (had_some, mut sponsors) = (!before.is_empty(), Vec::new());
            for id in before {
                let found = storage::users::by_id(conn, id).await?;
                sponsors.extend(found.filter(|user| user.is_active() && user.user_type == UserType::Member));
            }
            if sponsors.is_empty() && had_some {
                return Err(AppError::TooLate);
            }
            portal::people::sponsors_become(services, conn, actor, origin, &person, &sponsors).await?;
            let event = Event::new(Activity::UNDO).to_user(&person).detail("undone", Activity::ADD_SPONSOR.name);
            audit::record(services, conn, origin, event).await?;
        }
        Step::Removed { user, kept } => {
            let person = storage::users::by_id(conn, user).await?.ok_or(AppError::NotFound)?;
            let place = storage::invitations::place(conn, kept.target, actor.id).await?;
            let Some(place) = place.filter(|place| !place.deleted) else { return Err(AppError::TooLate) };
            let may =
                user == actor.id || place.owned || actor.is_admin() || access::answers_for(conn, actor, user).await?;
            if !may {
                return Err(AppError::NotFound);
            }
            if !kept.put_back(services, conn, (actor, origin), &person, found.created_at).await? {
                return Err(AppError::TooLate);
            }
            let event = Event::new(Activity::UNDO)
                .to_user(&person)
                .to(resource(kept.target), kept.target.id().to_string(), &place.name)
                .detail("undone", invitation::removed(kept.target).name);
            audit::record(services, conn, origin, event).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
