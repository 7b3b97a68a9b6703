//! A person's page: everything that is known of somebody, and why they may open what they may.

use super::{allow, roles, trail};
use crate::{
    domain::{
        actor::Actor,
        error::AppError,
        form::FormState,
        ids::{UserId, stable_colour},
        invitation::{Target, TargetState},
        language::Language,
        organisation::Organisation,
        policy::{self, Facts, Place, Reason, Request, Sent},
        roles::Power,
        time::Timestamp,
        user::{Redemption, Role, User, UserType},
        view::{AccessRule, Because, EffectiveLine, Permission, Permitted, PersonActs, PersonPage, Session},
    },
    identity::shown,
    services::{Services, access, account, calendar::Calendar, invitation, organisation, people, steering},
    storage::{self, Conn, portal::Way},
};

/// Events on a person's page.
const TRAIL: i64 = 20;
/// Attempts to sign in on a person's page.
const SIGN_INS: i64 = 10;
/// Groups and apps of a person's own that it says of whether they may invite to them.
const PLACES: usize = 20;

/// Why a way to an app counts for somebody at this moment, or does not (DESIGN rule 10).
fn rule(user: &User, way: &Way, now: Timestamp) -> (bool, AccessRule) {
    let tunnel = way.group_name.is_some() && user.user_type == UserType::Guest && !way.guests_allowed;
    if !user.enabled || user.deleted_at.is_some() {
        (false, AccessRule::NotEnabled)
    } else if user.redemption != Redemption::Accepted {
        (false, AccessRule::NotRedeemed)
    } else if way.target_state.is_some_and(|state| state != TargetState::Granted) {
        (false, AccessRule::Waits)
    } else if way.since > now || way.until.is_some_and(|until| until <= now) {
        (false, AccessRule::Ended)
    } else if tunnel && !way.for_guests {
        (false, AccessRule::GuestSwitchOff)
    } else if tunnel {
        (true, AccessRule::GroupLetsGuestsIn)
    } else if way.group_name.is_some() {
        (true, AccessRule::ThroughGroup)
    } else {
        (true, AccessRule::Direct)
    }
}

async fn effective(
    conn: &mut Conn<'_>,
    user: &User,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<EffectiveLine>, AppError> {
    let ways = storage::portal::ways(conn, user.id).await?;
    Ok(ways
        .into_iter()
        .map(|way| {
            let (counts, rule) = rule(user, &way, now);
            EffectiveLine {
                app: way.app_id,
                name: way.name,
                group: way.group_name,
                role: way.role,
                until: way.until.map(|until| calendar.date(until)),
                counts,
                rule,
            }
        })
        .collect())
}

/// What somebody may do, and why: by the same policy as when it is done.
async fn permissions(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    id: UserId,
    owned: &[(Target, String, bool)],
) -> Result<Vec<Permission>, AppError> {
    let (_, inviter) = invitation::inviter(services, conn, id).await?;
    let through = |lets: &dyn Fn(Role) -> bool| -> Vec<Role> {
        inviter.roles.iter().copied().filter(|role| lets(*role)).collect()
    };
    let refusal = |place: Option<Place>| {
        let domain = inviter.only_domain.as_deref().unwrap_or_default();
        let facts = Facts { organisation, inviter: &inviter, place, domain, known: None, sent: Sent::default() };
        // Which domains are let in is not theirs to say.
        let reasons = policy::decide(&facts, Request::Invite { mails: false }).reasons;
        reasons.into_iter().find(|reason| *reason != Reason::DomainNotAllowed)
    };
    let because = |roles: Vec<Role>, else_: Because| if roles.is_empty() { else_ } else { Because::Roles(roles) };
    let mut all = vec![Permission {
        what: Permitted::InviteToDirectory(inviter.only_domain.clone()),
        because: refusal(None).map_or_else(
            || because(through(&|role| role.administers_people() || role == Role::GuestInviter), Because::Setting),
            Because::Not,
        ),
    }];
    for (target, name, guests_allowed) in owned.iter().take(PLACES) {
        let place = Place { gone: false, guests_allowed: *guests_allowed, owned: true };
        let because = refusal(Some(place)).map_or(Because::Owner, Because::Not);
        all.push(Permission { what: Permitted::InviteTo(*target, name.clone()), because });
    }
    if inviter.user_type == UserType::Member {
        let setting = if organisation.members_create_groups { Because::Setting } else { Because::NotBySetting };
        let because = because(through(&Role::administers_people), setting);
        all.push(Permission { what: Permitted::MakeGroups, because });
    }
    for power in Power::ALL {
        let roles = through(&|role| role.has(*power));
        if !roles.is_empty() {
            all.push(Permission { what: Permitted::Portal(*power), because: Because::Roles(roles) });
        }
    }
    Ok(all)
}

/// The page.
///
/// # Errors
/// `NotFound` for those who may not see people, and where there is nobody.
pub async fn page(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: UserId,
    form: Option<FormState>,
) -> Result<PersonPage, AppError> {
    allow(actor, Power::SeePeople)?;
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let user = storage::users::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let profile = storage::portal::profile(conn, id).await?.ok_or(AppError::NotFound)?;
    let held_roles = roles::of(conn, services, &calendar, id).await?;
    let protected = !held_roles.is_empty() && !actor.may(Power::ManageRoles);
    let erased = profile.erased_at.is_some();
    let may = PersonActs {
        manage: actor.may(Power::ManagePeople) && !protected && actor.id != id && !erased,
        help: actor.may(Power::HelpPeople) && !protected && !erased,
        roles: actor.may(Power::ManageRoles) && user.is_active(),
        erase: actor.may(Power::Erase) && !protected && actor.id != id && !erased,
        see_roles: actor.may(Power::SeeOrganisation),
    };
    let sessions = storage::sessions::of_user(conn, id, now).await?;
    let trail = match actor.may(Power::SeeTrail) {
        true => Some(trail::about(conn, &calendar, &id.to_string(), TRAIL).await?),
        false => None,
    };
    let owned = storage::invitations::owned_by(conn, id).await?;
    let sponsors = storage::sponsors::of(conn, id).await?;
    let mut addresses = Vec::new();
    for (sponsor, _) in &sponsors {
        addresses.extend(storage::users::by_id(conn, *sponsor).await?.map(|user| user.email));
    }
    Ok(PersonPage {
        sponsor_addresses: addresses.join(", "),
        id,
        user_type: user.user_type,
        colour: stable_colour(id.0),
        email: shown(&user.email).0,
        standing: user.standing(),
        redeemed: profile.redemption_at.map(|at| calendar.moment(at)),
        enabled: user.enabled,
        deleted: user.deleted_at.map(|at| calendar.moment(at)),
        restorable: user
            .deleted_at
            .map(|at| at.plus(people::RESTORABLE))
            .filter(|until| *until > now && !erased)
            .map(|until| calendar.date(until)),
        erased,
        created: calendar.moment(profile.created_at),
        seen: profile.last_sign_in_at.map(|at| calendar.moment(at)),
        language: user.language,
        sponsors,
        sponsored: storage::counts::one(conn, "guests.sponsor", &storage::counts::key_of(id.0)).await?,
        owns: owned.iter().cloned().map(|(target, name, _)| (target, name)).collect(),
        access: access::seen_by(services, conn, actor, language, &user).await?,
        effective: effective(conn, &user, &calendar, now).await?,
        invitations: steering::of_guest(services, conn, actor, language, id).await?,
        sessions: sessions
            .into_iter()
            .map(|session| Session {
                handle: session.handle,
                client: account::client_name(&session.client, language),
                since: calendar.moment(session.created_at),
                seen: calendar.moment(session.seen_at),
                current: false,
            })
            .collect(),
        permissions: match may.see_roles {
            true => permissions(services, conn, &organisation, id, &owned).await?,
            false => Vec::new(),
        },
        consents: storage::settings::consents_of(conn, id)
            .await?
            .into_iter()
            .map(|one| (one.kind, one.version, calendar.date(one.at)))
            .collect(),
        sign_ins: trail::sign_ins(conn, &calendar, id, SIGN_INS).await?,
        roles: if may.see_roles { held_roles } else { Vec::new() },
        trail,
        may,
        version: profile.version,
        company: profile.company,
        job_title: profile.job_title,
        department: profile.department,
        name: user.name,
        form,
    })
}
