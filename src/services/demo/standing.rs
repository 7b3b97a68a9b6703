//! WoodGrove with a year behind it, relative to today: from the data to what is stored.

use super::{
    guests::{Became, GUESTS, GuestSeed, Sponsors, Then},
    seed::{Chance, Form, Guest, History, Invited, Member, Place, Town, Wish, store_at_once},
    woodgrove::{APPS, AppSeed, GROUPS, GroupSeed, PEOPLE, PersonSeed},
};
use crate::{
    domain::{
        email::EmailAddress,
        error::AppError,
        ids::{AppId, CorrelationId, GroupId, InvitationId, UserId},
        invitation::{InvitationState, Target, TargetState, link_lifetime},
        paths,
        tending::{GuestRules, JoinPolicy},
        time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
        user::Role,
    },
    identity::email_key,
    services::Services,
    storage::Conn,
};
use std::collections::BTreeSet;

/// How many events the trail has on the first day.
const EVENTS: usize = 440;
/// For how many days links are good.
const LINK_DAYS: u32 = 30;

/// WoodGrove and its year.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub(super) async fn store(services: &Services, conn: &mut Conn<'_>) -> Result<(), AppError> {
    let town = town(services)?;
    let history = History::of(&town, &Chance::of_words("WoodGrove"), EVENTS);
    store_at_once(services, conn, &town, &history).await
}

/// So many days before now; different people at different minutes.
fn ago(now: Timestamp, days: i64, nth: usize) -> Timestamp {
    let minutes = i64::try_from(nth).unwrap_or_default() * 7 % 50 + 3;
    now.plus(-days * DAY - minutes * MINUTE)
}

fn town(services: &Services) -> Result<Town, AppError> {
    let now = services.now();
    let members: Vec<Member> =
        PEOPLE.iter().enumerate().map(|(nth, one)| member(services, now, nth, one)).collect::<Result<_, _>>()?;
    let mut places: Vec<Place> =
        GROUPS.iter().map(|one| group(services, now, &members, one)).collect::<Result<_, _>>()?;
    for one in APPS {
        let place = app(services, now, &members, &places, one)?;
        places.push(place);
    }
    let guests = GUESTS
        .iter()
        .enumerate()
        .map(|(nth, one)| guest(services, now, nth, (&members, &places), one))
        .collect::<Result<_, _>>()?;
    let steward = PEOPLE.iter().position(|one| one.role == Some(Role::UserAdministrator)).unwrap_or_default();
    Ok(Town { organisation: super::NAME.to_owned(), now, members, steward, places, guests, quiet: false })
}

fn member(services: &Services, now: Timestamp, nth: usize, one: &PersonSeed) -> Result<Member, AppError> {
    let at = ago(now, one.since, nth);
    Ok(Member {
        id: UserId(services.rng.uuid_at(at)),
        email: one.email.to_owned(),
        key: email_key(&EmailAddress::parse(one.email)?),
        name: one.name.to_owned(),
        title: one.title.to_owned(),
        department: one.department.to_owned(),
        at,
        seen: one.seen.map(|days| ago(now, days, nth)),
        roles: one.role.into_iter().collect(),
    })
}

fn find(members: &[Member], email: &str) -> Result<usize, AppError> {
    members.iter().position(|one| one.email == email).ok_or(AppError::NotFound)
}

/// When what somebody owns was made: soon after all had come.
fn made(now: Timestamp, owner: usize) -> Timestamp {
    ago(now, 355, owner)
}

fn group(services: &Services, now: Timestamp, members: &[Member], one: &GroupSeed) -> Result<Place, AppError> {
    let owner = find(members, one.owner)?;
    let at = made(now, owner);
    let all = one.members.iter().chain([&one.owner]);
    let inside: BTreeSet<usize> = all.map(|email| find(members, email)).collect::<Result<_, _>>()?;
    Ok(Place {
        target: Target::Group(GroupId(services.rng.uuid_at(at))),
        name: one.name.to_owned(),
        note: one.description.to_owned(),
        owner,
        at,
        rules: GuestRules { allowed: one.guests, ..GuestRules::default() },
        members: inside.into_iter().collect(),
        form: Form::Group(JoinPolicy::Closed),
    })
}

fn app(
    services: &Services,
    now: Timestamp,
    members: &[Member],
    places: &[Place],
    one: &AppSeed,
) -> Result<Place, AppError> {
    let owner = find(members, one.owner)?;
    let at = made(now, owner).plus(HOUR);
    let group = |name: &&str| {
        let found = places.iter().position(|place| place.target.group().is_some() && place.name == **name);
        found.ok_or(AppError::NotFound)
    };
    Ok(Place {
        target: Target::App(AppId(services.rng.uuid_at(at))),
        name: one.name.to_owned(),
        note: one.note.to_owned(),
        owner,
        at,
        rules: GuestRules { allowed: one.guests, ..GuestRules::default() },
        members: one.people.iter().map(|email| find(members, email)).collect::<Result<_, _>>()?,
        form: Form::App {
            instructions: one.instructions.to_owned(),
            category: one.category.to_owned(),
            launch_url: services.settings.url(&paths::demo_app(one.slug)),
            icon: Some(one.icon()),
            groups: one.groups.iter().map(group).collect::<Result<_, _>>()?,
        },
    })
}

/// How an invitation stands that became this, and when it was answered.
fn standing(became: &Became, at: Timestamp) -> (InvitationState, TargetState, Option<Timestamp>) {
    let after = |minutes: i64| Some(at.plus(minutes * MINUTE));
    match became {
        Became::Waits | Became::Unreached(_) => (InvitationState::Pending, TargetState::Pending, None),
        Became::Declined { minutes, .. } => (InvitationState::Declined, TargetState::Refused, after(*minutes)),
        Became::Withdrawn { minutes } => (InvitationState::Revoked, TargetState::Refused, after(*minutes)),
        Became::Came { minutes, then: Then::WaitsForOwner, .. } => {
            (InvitationState::Accepted, TargetState::Waiting, after(*minutes))
        }
        Became::Came { minutes, .. } => (InvitationState::Accepted, TargetState::Granted, after(*minutes)),
    }
}

fn guest(
    services: &Services,
    now: Timestamp,
    nth: usize,
    (members, places): (&[Member], &[Place]),
    one: &GuestSeed,
) -> Result<Guest, AppError> {
    let at = ago(now, one.invited, nth);
    let by = find(members, one.by)?;
    let address = EmailAddress::parse(one.email)?;
    let (state, of_target, answered) = standing(&one.became, at);
    let redeemed = answered.filter(|_| state == InvitationState::Accepted);
    let (seen, then) = match &one.became {
        Became::Came { seen, then, .. } => (seen.map(|days| ago(now, days, nth)).max(redeemed), Some(then)),
        _ => (None, None),
    };
    let to = |(name, days): &(&str, Option<i64>)| {
        let place = places.iter().position(|place| place.name == *name && place.rules.allowed);
        let until = days.map(|days| now.plus(days * DAY));
        place.map(|place| Wish { place, state: of_target, until }).ok_or(AppError::NotFound)
    };
    let sponsors = match one.sponsors {
        Sponsors::Inviter => vec![by],
        Sponsors::Nobody => Vec::new(),
        Sponsors::And(email) => vec![by, find(members, email)?],
    };
    let invited = Invited {
        id: InvitationId(services.rng.uuid_at(at)),
        by,
        at,
        request: CorrelationId(services.rng.uuid_at(at)),
        state,
        link_until: at.plus(link_lifetime(LINK_DAYS)),
        answered,
        message: one.message.to_owned(),
        word: match one.became {
            Became::Declined { word, .. } => word.to_owned(),
            _ => String::new(),
        },
        refused: match one.became {
            Became::Unreached(answer) => Some(answer.to_owned()),
            _ => None,
        },
        wishes: one.to.iter().map(to).collect::<Result<_, _>>()?,
    };
    let known = |text: &str| if redeemed.is_some() { text.to_owned() } else { String::new() };
    Ok(Guest {
        id: UserId(services.rng.uuid_at(at)),
        email: one.email.to_owned(),
        key: email_key(&address),
        name: if redeemed.is_some() { one.name } else { address.local() }.to_owned(),
        company: known(one.company),
        title: known(one.title),
        language: one.language,
        at,
        redeemed,
        disabled: match then {
            Some(Then::Disabled(days)) => Some(ago(now, *days, nth)),
            _ => None,
        },
        deleted: match then {
            Some(Then::Deleted(days)) => Some(ago(now, *days, nth)),
            _ => None,
        },
        seen,
        blocked: one.blocked.then(|| at.plus(HOUR + SECOND)),
        sponsors,
        invited: vec![invited],
    })
}
