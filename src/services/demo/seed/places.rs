//! Groups and apps by chance.

use super::{
    chance::Chance,
    names::{CATEGORY, CIRCLE, SUBJECT, TOOL},
    people::SETTLED,
    town::{Form, Member, Place},
};
use crate::{
    domain::{
        ids::{AppId, GroupId},
        invitation::Target,
        tending::{GuestRules, JoinPolicy},
        time::{DAY, Timestamp},
    },
    services::Services,
};

/// When places came to be: before anybody was invited to them.
fn made(chance: &Chance, owner: &Member, now: Timestamp) -> Timestamp {
    let latest = now.plus(DAY - SETTLED);
    chance.at_work(owner.at, latest).min(chance.at_work(owner.at, latest))
}

/// What the `nth` place is called: no two alike until the words run out, then with a number.
fn name(subjects: &[&str], kinds: &[&str], nth: usize) -> String {
    let (pairs, subject) = (subjects.len() * kinds.len(), subjects[nth % subjects.len()]);
    let kind = kinds[(nth / subjects.len() + nth) % kinds.len()];
    match nth / pairs {
        0 => format!("{subject} {kind}"),
        round => format!("{subject} {kind} {}", round + 1),
    }
}

/// Some members besides the owner, each once.
fn some(chance: &Chance, owner: usize, members: &[Member]) -> Vec<usize> {
    let mut found = vec![owner];
    for _ in 0..chance.skewed(12) {
        found.push(chance.below(members.len()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn rules(chance: &Chance) -> GuestRules {
    let days = chance.percent(20).then_some(180);
    GuestRules { default_days: days, longest_days: days.map(|days| 2 * days), ..GuestRules::default() }
}

/// The `nth` group.
pub(super) fn group(services: &Services, chance: &Chance, members: &[Member], nth: usize) -> Place {
    let owner = chance.skewed(members.len());
    let at = made(chance, &members[owner], services.now());
    let name = name(SUBJECT, CIRCLE, nth);
    let join = *chance.of(&[JoinPolicy::Closed, JoinPolicy::Closed, JoinPolicy::Ask, JoinPolicy::Open]);
    Place {
        target: Target::Group(GroupId(services.rng.uuid_at(at))),
        note: format!("Everything about: {}.", name.to_lowercase()),
        name,
        owner,
        at,
        rules: rules(chance),
        members: some(chance, owner, members),
        form: Form::Group(join),
    }
}

/// The `nth` app, which some of these groups have.
pub(super) fn app(services: &Services, chance: &Chance, (members, groups): (&[Member], usize), nth: usize) -> Place {
    let owner = chance.skewed(members.len());
    let at = made(chance, &members[owner], services.now());
    let name = name(SUBJECT, TOOL, nth);
    let mut given: Vec<usize> =
        (0..1 + chance.skewed(4)).filter(|_| groups > 0).map(|_| chance.below(groups)).collect();
    given.sort_unstable();
    given.dedup();
    let launch_url = format!("https://{}.apps.woodgrove.example/", name.to_lowercase().replace(' ', "-"));
    Place {
        target: Target::App(AppId(services.rng.uuid_at(at))),
        note: format!("For work with {}", name.to_lowercase()),
        name,
        owner,
        at,
        rules: rules(chance),
        members: vec![owner],
        form: Form::App {
            instructions: String::new(),
            category: (*chance.of(CATEGORY)).to_owned(),
            launch_url,
            icon: None,
            groups: given,
        },
    }
}
