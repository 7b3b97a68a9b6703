//! People by chance: members who invite, and guests from everywhere, in every state.

use super::{
    chance::Chance,
    names::{BEYOND, COMPANY, DEPARTMENT, FIRST, LAST, MESSAGE, REFUSAL, TITLE, TRADE, WORD},
    town::{Guest, Invited, Member, Place, Wish},
};
use crate::{
    domain::{
        email::EmailAddress,
        error::AppError,
        ids::{CorrelationId, InvitationId, UserId},
        invitation::{InvitationState, TargetState, link_lifetime},
        language::Language,
        time::{DAY, HOUR, MINUTE, Timestamp},
        user::Role,
    },
    identity::email_key,
    services::Services,
};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// How far back it goes.
const YEAR: i64 = 365 * DAY;
/// Members, groups and apps are here at least since then.
pub(super) const SETTLED: i64 = 60 * DAY;
/// For how many days a link is good.
const LINK_DAYS: u32 = 30;
/// Where members' addresses are.
const HOME: &str = "woodgrove.example";

/// Addresses given so far, so that nobody gets one twice.
#[derive(Default)]
pub(super) struct Addresses(HashSet<String>);

impl Addresses {
    /// An address of this name in this domain: with a number behind it if somebody has it.
    fn take(&mut self, local: &str, domain: &str) -> String {
        let plain = format!("{local}@{domain}");
        if self.0.insert(plain.clone()) {
            return plain;
        }
        self.another(&plain)
    }

    /// Another address instead of this one.
    pub fn another(&mut self, address: &str) -> String {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, HOME));
        let stem = local.trim_end_matches(|c: char| c.is_ascii_digit());
        let from: usize = local[stem.len()..].parse().unwrap_or(1);
        let found = (from + 1..).map(|n| format!("{stem}{n}@{domain}")).find(|one| !self.0.contains(one));
        let found = found.unwrap_or_default();
        self.0.insert(found.clone());
        found
    }
}

/// A name, and how it is written in an address.
fn name(chance: &Chance) -> (String, String) {
    if chance.percent(4) {
        let (name, local) = chance.of(BEYOND);
        return ((*name).to_owned(), (*local).to_owned());
    }
    let (first, last) = (chance.of(FIRST), chance.of(LAST));
    (format!("{first} {last}"), format!("{}.{}", plain(first), plain(last)))
}

/// Letters as they stand in an address.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'ø' | 'Ø' => 'o',
        'ł' | 'Ł' => 'l',
        'ı' => 'i',
        other => other,
    };
    text.nfd().map(letter).filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// A member with an address of their own.
pub(super) fn member(
    services: &Services,
    chance: &Chance,
    addresses: &mut Addresses,
    nth: usize,
) -> Result<Member, AppError> {
    let now = services.now();
    let (name, local) = name(chance);
    let email = addresses.take(&local, HOME);
    // Those who look after the house were there first.
    let at = if nth < 3 { now.plus(-YEAR) } else { chance.at_work(now.plus(-YEAR), now.plus(-SETTLED)) };
    let seen = chance.at_work(now.plus(-14 * DAY), now.plus(-MINUTE));
    Ok(Member {
        id: UserId(services.rng.uuid_at(at)),
        key: email_key(&EmailAddress::parse(&email)?),
        email,
        name,
        title: (*chance.of(TITLE)).to_owned(),
        department: (*chance.of(DEPARTMENT)).to_owned(),
        at,
        seen: Some(seen),
        roles: if nth == 0 { vec![Role::UserAdministrator] } else { Vec::new() },
    })
}

/// A company: its domain and its name.
fn company(chance: &Chance, guests: usize) -> (String, String) {
    let all = COMPANY.len() * TRADE.len();
    let nth = chance.skewed((guests / 40).clamp(24, all));
    let (first, (domain, name)) = (COMPANY[nth % COMPANY.len()], TRADE[(nth / COMPANY.len() + nth) % TRADE.len()]);
    (format!("{}-{domain}.example", first.to_lowercase()), format!("{first} {name}"))
}

/// What becomes of a guest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waits,
    RunsOut,
    Comes,
    Declines,
    IsWithdrawn,
    IsDisabled,
    IsDeleted,
}

impl Fate {
    fn of(chance: &Chance) -> Self {
        match chance.below(100) {
            0..10 => Self::Waits,
            10..17 => Self::RunsOut,
            17..21 => Self::Declines,
            21..25 => Self::IsWithdrawn,
            25..29 => Self::IsDisabled,
            29..33 => Self::IsDeleted,
            _ => Self::Comes,
        }
    }

    /// Whether the guest accepts.
    fn accepts(self) -> bool {
        matches!(self, Self::Comes | Self::IsDisabled | Self::IsDeleted)
    }

    fn state(self) -> InvitationState {
        match self {
            Self::Waits | Self::RunsOut => InvitationState::Pending,
            Self::Declines => InvitationState::Declined,
            Self::IsWithdrawn => InvitationState::Revoked,
            Self::Comes | Self::IsDisabled | Self::IsDeleted => InvitationState::Accepted,
        }
    }

    /// When an invitation was sent that came to this: more of late than long ago.
    fn sent(self, chance: &Chance, earliest: Timestamp, now: Timestamp) -> Timestamp {
        let lifetime = link_lifetime(LINK_DAYS);
        let (from, to) = match self {
            Self::Waits => (now.plus(HOUR - lifetime), now.plus(-10 * MINUTE)),
            Self::RunsOut => (earliest, now.plus(-lifetime - HOUR)),
            _ => (earliest, now.plus(-DAY)),
        };
        chance.at_work(from, to).max(chance.at_work(from, to))
    }
}

/// A guest whom the owner of one of these places invited, or a member to nothing in particular.
pub(super) fn guest(
    services: &Services,
    chance: &Chance,
    addresses: &mut Addresses,
    (members, places): (&[Member], &[Place]),
    guests: usize,
) -> Result<Guest, AppError> {
    let now = services.now();
    let fate = Fate::of(chance);
    let wanted = wanted(chance, places);
    let by = wanted.first().map_or_else(|| chance.skewed(members.len()), |place| places[*place].owner);
    let here = wanted.iter().map(|place| places[*place].at).max().unwrap_or(members[by].at);
    let at = fate.sent(chance, here.plus(HOUR), now);
    let (name, local) = name(chance);
    let (domain, company) = company(chance, guests);
    let email = addresses.take(&local, &domain);
    let title = (*chance.of(TITLE)).to_owned();
    let language = chance.percent(35).then(|| if chance.percent(40) { Language::Fr } else { Language::En });
    let answered = answer(fate, chance, at, now);
    let redeemed = answered.filter(|_| fate.accepts());
    let seen = redeemed.map(|at| last_sign_in(chance, at, now));
    let since = seen.unwrap_or(at);
    let gone = (fate == Fate::IsDisabled || fate == Fate::IsDeleted).then(|| {
        // Most of those who are deleted can still be restored.
        let from = if chance.percent(80) { since.max(now.plus(-28 * DAY)) } else { since };
        chance.at_work(from, now.plus(-MINUTE))
    });
    let sponsors = match chance.below(100) {
        0..4 => Vec::new(),
        4..14 if members.len() > 1 => {
            let other = (by + 1 + chance.below(members.len() - 1)) % members.len();
            vec![by, other]
        }
        _ => vec![by],
    };
    let known = redeemed.is_some();
    Ok(Guest {
        id: UserId(services.rng.uuid_at(at)),
        key: email_key(&EmailAddress::parse(&email)?),
        email,
        name: if known { name } else { local },
        company: if known { company } else { String::new() },
        title: if known { title } else { String::new() },
        language,
        at,
        redeemed,
        disabled: gone.filter(|_| fate == Fate::IsDisabled),
        deleted: gone.filter(|_| fate == Fate::IsDeleted),
        seen,
        blocked: None,
        sponsors,
        invited: vec![Invited {
            id: InvitationId(services.rng.uuid_at(at)),
            by,
            at,
            request: CorrelationId(services.rng.uuid_at(at)),
            state: fate.state(),
            link_until: at.plus(link_lifetime(LINK_DAYS)),
            answered,
            message: (*chance.of(MESSAGE)).to_owned(),
            word: if fate == Fate::Declines { (*chance.of(WORD)).to_owned() } else { String::new() },
            refused: refusal(fate, chance),
            wishes: wishes(fate, chance, &wanted, at, now),
        }],
    })
}

/// What the mail server said, if it refused the mail: only of those who never answered.
fn refusal(fate: Fate, chance: &Chance) -> Option<String> {
    let refused = fate.state() == InvitationState::Pending && chance.percent(6);
    refused.then(|| (*chance.of(REFUSAL)).to_owned())
}

/// When an invitation was answered: most within hours, some after weeks.
fn answer(fate: Fate, chance: &Chance, at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if fate.state() == InvitationState::Pending {
        return None;
    }
    let longest = MINUTE << chance.below(15);
    Some(chance.between(at.plus(MINUTE), at.plus(MINUTE + longest)).min(now.plus(-HOUR)).max(at))
}

/// When somebody signed in last who accepted then: one in twelve never again, many lately, some long ago.
fn last_sign_in(chance: &Chance, redeemed: Timestamp, now: Timestamp) -> Timestamp {
    match chance.below(12) {
        0 => redeemed,
        1..4 => chance.at_work(redeemed, now.plus(-HOUR).max(redeemed)),
        _ => chance.at_work(redeemed.max(now.plus(-30 * DAY)), now.plus(-MINUTE)),
    }
}

/// What somebody is invited to: one group or app, seldom two.
fn wanted(chance: &Chance, places: &[Place]) -> Vec<usize> {
    let count = if chance.percent(15) { 2 } else { 1 };
    let mut wanted: Vec<usize> = (0..count.min(places.len())).map(|_| chance.skewed(places.len())).collect();
    wanted.dedup();
    wanted
}

/// How what somebody was invited to stands.
fn wishes(fate: Fate, chance: &Chance, wanted: &[usize], at: Timestamp, now: Timestamp) -> Vec<Wish> {
    let until = chance.percent(30).then(|| at.plus(DAY * *chance.of(&[60, 90, 180, 365])));
    let (left_out, to_confirm) = (chance.percent(20), chance.percent(10));
    let state = |nth: usize| match fate {
        Fate::Waits | Fate::RunsOut => TargetState::Pending,
        Fate::Declines | Fate::IsWithdrawn => TargetState::Refused,
        Fate::Comes if nth > 0 && left_out => TargetState::Refused,
        // What waits for an owner is young.
        Fate::Comes if at > now.plus(-20 * DAY) && to_confirm => TargetState::Waiting,
        Fate::Comes | Fate::IsDisabled | Fate::IsDeleted => TargetState::Granted,
    };
    wanted.iter().enumerate().map(|(nth, place)| Wish { place: *place, state: state(nth), until }).collect()
}
