//! What the trail and the tallies say of a town: a year, event by event.

use super::{
    chance::Chance,
    town::{Form, Guest, Invited, Town, Wish},
};
use crate::{
    domain::{
        actor::{Initiator, Origin},
        audit::{Activity, Record},
        error::AppError,
        ids::{CorrelationId, UserId},
        invitation::{InvitationState, Target, TargetState},
        report::{BUCKET, Dimension, RESULT, SUCCESS, TYPE, Tally, bucket},
        time::{DAY, MINUTE, SECOND, Timestamp},
        user::{Role, User, UserType},
    },
    services::{
        Services,
        audit::{self, Event},
        calendar::{month_begins, month_of, rfc3339},
        invitation::{added, removed, resource},
        tending::owner_events,
    },
    storage::{
        counts::{ALL_DAYS, IN_ALL, key_of},
        seed::Counted,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody: their place in one of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Member(u32),
    Guest(u32),
}

/// What happened.
#[derive(Debug, Clone, Copy)]
enum What {
    MemberCame(u32),
    RoleGiven(u32, Role),
    PlaceMade(u32),
    OwnerNamed(u32),
    MemberJoined(u32, u32),
    Shared(u32, u32),
    GuestCame(u32, u32),
    Invited(u32, u32),
    Sponsored(u32, u32),
    Granted(u32, u32, u32),
    Filled(u32, u32),
    Redeemed(u32, u32),
    SignedIn(Who),
    WrongCode(Who),
    Declined(u32, u32),
    Withdrawn(u32, u32),
    Lost(u32, u32, u32),
    Waits(u32, u32, u32),
    Ended(u32, u32, u32),
    Blocked(u32),
    Disabled(u32),
    Deleted(u32),
}

/// An event before it is written.
#[derive(Debug, Clone, Copy)]
struct Moment {
    at: Timestamp,
    what: What,
}

/// A year, event by event.
pub(in crate::services::demo) struct History {
    moments: Vec<Moment>,
    /// The tallies, each once.
    pub tallies: Vec<Counted>,
    /// Who was active in which month.
    pub active: Vec<(UserId, i64)>,
}

/// What is counted of a year.
#[derive(Default)]
struct Counts {
    counted: BTreeMap<(&'static str, &'static str, String, i64), (Tally, i64)>,
    active: BTreeSet<(Who, i64)>,
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// What has to be told of a town, and what may be left out where there is to be less.
#[derive(Default)]
struct Told {
    first: Vec<Moment>,
    then: Vec<Moment>,
}

impl Told {
    fn first(&mut self, at: Timestamp, what: What) {
        self.first.push(Moment { at, what });
    }

    fn then(&mut self, at: Timestamp, what: What) {
        self.then.push(Moment { at, what });
    }
}

impl History {
    /// The history of a town in so many events: further sign-ins if there is more room than has happened, and less
    /// of what matters least if there is not enough.
    pub fn of(town: &Town, chance: &Chance, events: usize) -> Self {
        let mut told = Told::default();
        tell_members(town, &mut told);
        tell_places(town, &mut told);
        for (guest, one) in (0..).zip(&town.guests) {
            tell_guest(town, guest, one, &mut told);
        }
        let Told { first: mut moments, then } = told;
        let room = events.saturating_sub(moments.len());
        moments.extend(then.into_iter().take(room));
        moments.truncate(events);
        sign_ins(town, chance, events - moments.len(), &mut moments);
        moments.sort_by_key(|moment| moment.at);
        let Counts { counted, active } = Counts::of(town, &moments);
        let tallies = counted.into_iter().map(|((_, dim, key, day), (what, n))| (what, dim, key, day, n)).collect();
        let active = active.into_iter().map(|(who, month)| (town.id(who), month)).collect();
        Self { moments, tallies, active }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.moments.len()
    }

    /// The rows of some of the events, behind the end of the chain.
    ///
    /// # Errors
    /// `Internal` if one cannot be written down.
    pub fn records(
        &self,
        services: &Services,
        town: &Town,
        (from, to): (usize, usize),
        mut head: (i64, String),
    ) -> Result<Vec<Record>, AppError> {
        let mut records = Vec::with_capacity(to - from);
        for (nth, moment) in self.moments[from..to].iter().enumerate() {
            let (origin, event) = town.event(services, moment, from + nth);
            let record = audit::follow(services, head, moment.at, &origin, event)?;
            head = (record.entry.seq, record.mac.clone());
            records.push(record);
        }
        Ok(records)
    }
}

impl Counts {
    fn of(town: &Town, moments: &[Moment]) -> Self {
        let mut counts = Self::default();
        for guest in &town.guests {
            for invited in &guest.invited {
                counts.invitation(town, guest, invited);
            }
        }
        counts.sign_ins(moments);
        counts
    }

    fn add(&mut self, what: Tally, day: i64, dim: &'static str, key: &str) {
        for day in [day, ALL_DAYS] {
            self.counted.entry((what.as_str(), dim, key.to_owned(), day)).or_insert((what, 0)).1 += 1;
        }
    }

    fn tally(&mut self, what: Tally, at: Timestamp, by: &[(&'static str, String)]) {
        self.add(what, at.day(), IN_ALL.0, IN_ALL.1);
        for (dim, key) in by {
            self.add(what, at.day(), dim, key);
        }
    }

    fn sign_ins(&mut self, moments: &[Moment]) {
        for moment in moments {
            let result = match moment.what {
                What::SignedIn(who) => {
                    self.active_in(who, month_of(moment.at));
                    SUCCESS
                }
                What::WrongCode(_) => "wrongCode",
                _ => continue,
            };
            self.tally(Tally::SignIn, moment.at, &[(RESULT, result.to_owned())]);
        }
    }

    fn active_in(&mut self, who: Who, month: i64) {
        if self.active.insert((who, month)) {
            let kind = if matches!(who, Who::Guest(_)) { UserType::Guest } else { UserType::Member };
            self.tally(Tally::Active, month_begins(month), &[(TYPE, kind.as_str().to_owned())]);
        }
    }

    /// As `services` count what becomes of an invitation: what of it was not wanted counts as declined.
    fn invitation(&mut self, town: &Town, guest: &Guest, invited: &Invited) {
        let under = |wishes: &mut dyn Iterator<Item = &Wish>| -> Vec<(&'static str, String)> {
            wishes
                .map(|wish| town.places[wish.place].target)
                .map(|target| {
                    let dimension = if target.group().is_some() { Dimension::Group } else { Dimension::App };
                    (dimension.as_str(), key_of(target.id()))
                })
                .collect()
        };
        let whose = [
            (Dimension::Domain.as_str(), guest.key.domain().to_owned()),
            (Dimension::Inviter.as_str(), key_of(town.members[invited.by].id.0)),
        ];
        let all = [&whose[..], &under(&mut invited.wishes.iter())].concat();
        self.tally(Tally::Invited, invited.at, &all);
        let Some(at) = invited.answered else { return };
        match invited.state {
            InvitationState::Accepted => {
                let taken = under(&mut invited.wishes.iter().filter(|wish| wish.is_held()));
                self.tally(Tally::Accepted, at, &[&whose[..], &taken].concat());
                for (dim, key) in under(&mut invited.wishes.iter().filter(|wish| !wish.is_held())) {
                    self.add(Tally::Declined, at.day(), dim, &key);
                }
                self.tally(Tally::Took, at, &[(BUCKET, bucket((at.0 - invited.at.0) / MINUTE))]);
            }
            InvitationState::Declined => self.tally(Tally::Declined, at, &all),
            InvitationState::Revoked => self.tally(Tally::Withdrawn, at, &all),
            _ => {}
        }
    }
}

fn tell_members(town: &Town, told: &mut Told) {
    for (nth, member) in (0..).zip(&town.members) {
        told.first(member.at, What::MemberCame(nth));
        for role in &member.roles {
            told.first(member.at.plus(SECOND), What::RoleGiven(nth, *role));
        }
        if let Some(seen) = member.seen {
            told.then(seen, What::SignedIn(Who::Member(nth)));
        }
    }
}

fn tell_places(town: &Town, told: &mut Told) {
    for (nth, place) in (0..).zip(&town.places) {
        told.first(place.at, What::PlaceMade(nth));
        told.then(place.at, What::OwnerNamed(nth));
        for member in &place.members {
            let at = place.at.max(town.members[*member].at);
            told.then(at.plus(SECOND), What::MemberJoined(nth, index(*member)));
        }
        if let Form::App { groups, .. } = &place.form {
            for group in groups {
                told.then(place.at.max(town.places[*group].at).plus(SECOND), What::Shared(nth, index(*group)));
            }
        }
    }
}

fn tell_guest(town: &Town, guest: u32, one: &Guest, told: &mut Told) {
    for (nth, invited) in (0..).zip(&one.invited) {
        if nth == 0 {
            told.first(one.at, What::GuestCame(guest, nth));
        }
        told.first(invited.at, What::Invited(guest, nth));
        if nth == 0 && !one.sponsors.is_empty() {
            told.then(invited.at, What::Sponsored(guest, nth));
        }
        for (place, _) in (0..).zip(&invited.wishes) {
            told.then(invited.at, What::Granted(guest, nth, place));
        }
        tell_answer(town, (guest, nth), one, invited, told);
    }
    if let Some(seen) = one.seen.filter(|seen| Some(*seen) != one.redeemed) {
        told.then(seen, What::SignedIn(Who::Guest(guest)));
    }
    if let Some(at) = one.blocked {
        told.then(at, What::Blocked(guest));
    }
    if let Some(at) = one.disabled {
        told.first(at, What::Disabled(guest));
    }
    if let Some(at) = one.deleted {
        told.first(at, What::Deleted(guest));
    }
}

fn tell_answer(town: &Town, (guest, nth): (u32, u32), one: &Guest, invited: &Invited, told: &mut Told) {
    let Some(at) = invited.answered else { return };
    match invited.state {
        InvitationState::Accepted => {
            if one.redeemed == Some(at) {
                told.then(at, What::Filled(guest, nth));
            }
            told.first(at, What::Redeemed(guest, nth));
            if one.redeemed == Some(at) {
                told.then(at, What::SignedIn(Who::Guest(guest)));
            }
        }
        InvitationState::Declined => told.first(at, What::Declined(guest, nth)),
        InvitationState::Revoked => told.first(at, What::Withdrawn(guest, nth)),
        _ => {}
    }
    for (place, wish) in (0..).zip(&invited.wishes) {
        match (wish.state, wish.until) {
            (TargetState::Refused, _) => told.then(at, What::Lost(guest, nth, place)),
            (TargetState::Waiting, _) => told.then(at, What::Waits(guest, nth, place)),
            (TargetState::Granted, Some(until)) if until <= town.now => {
                told.then(until, What::Ended(guest, nth, place));
            }
            _ => {}
        }
    }
}

/// Adds sign-ins of people who had come by then and were still coming.
fn sign_ins(town: &Town, chance: &Chance, count: usize, moments: &mut Vec<Moment>) {
    let members = (0..).zip(&town.members).map(|(nth, one)| (Who::Member(nth), Some(one.at), one.seen));
    let guests = (0..).zip(&town.guests).map(|(nth, one)| (Who::Guest(nth), one.redeemed, one.seen));
    let regulars: Vec<(Who, Timestamp, Timestamp)> = members
        .chain(guests)
        .filter_map(|(who, from, to)| Some((who, from?, to?)))
        .filter(|(_, from, to)| to.0 - from.0 > DAY)
        .collect();
    if regulars.is_empty() {
        return;
    }
    moments.reserve(count);
    for _ in 0..count {
        let (who, from, to) = *chance.of(&regulars);
        let what = if chance.percent(3) { What::WrongCode(who) } else { What::SignedIn(who) };
        moments.push(Moment { at: chance.at_work(from, to), what });
    }
}

impl Town {
    fn id(&self, who: Who) -> UserId {
        match who {
            Who::Member(nth) => self.members[nth as usize].id,
            Who::Guest(nth) => self.guests[nth as usize].id,
        }
    }

    fn user(&self, who: Who) -> User {
        match who {
            Who::Member(nth) => self.member(nth as usize),
            Who::Guest(nth) => self.guest(nth),
        }
    }

    fn member(&self, nth: usize) -> User {
        self.members[nth].user()
    }

    fn guest(&self, nth: u32) -> User {
        self.guests[nth as usize].user()
    }

    fn invited(&self, guest: u32, nth: u32) -> &Invited {
        &self.guests[guest as usize].invited[nth as usize]
    }

    fn wish(&self, guest: u32, nth: u32, wish: u32) -> (&Wish, Target, &str) {
        let wish = &self.invited(guest, nth).wishes[wish as usize];
        let place = &self.places[wish.place];
        (wish, place.target, &place.name)
    }

    fn to_place(&self, event: Event, place: usize) -> Event {
        let place = &self.places[place];
        event.to(resource(place.target), place.target.id().to_string(), &place.name)
    }

    /// Who did it (nobody: the demonstration), within which request, and what it was.
    fn event(&self, services: &Services, moment: &Moment, nth: usize) -> (Origin, Event) {
        let (by, request, event) = self.told(moment);
        let correlation = request.unwrap_or_else(|| CorrelationId(services.rng.uuid_at(moment.at)));
        let origin = Origin { initiator: Initiator::Nobody, ip: None, correlation };
        let origin = match by {
            By::House(name) => Origin { initiator: Initiator::Service(name), ..origin },
            By::Nobody => Origin { ip: Some(address(nth)), ..origin },
            By::Person(user) => Origin { ip: Some(address(nth)), ..origin.by(user.id, &user.name, &user.email) },
        };
        (origin, event)
    }

    fn told(&self, moment: &Moment) -> (By, Option<CorrelationId>, Event) {
        match moment.what {
            What::MemberCame(nth) => {
                let event = Event::new(Activity::ADD_USER).to_user(&self.member(nth as usize));
                (By::HOUSE, None, event.change("UserType", "", "Member").change("AccountEnabled", "", "true"))
            }
            What::RoleGiven(nth, role) => {
                let event = Event::new(Activity::ADD_MEMBER_TO_ROLE).to_user(&self.member(nth as usize));
                (By::HOUSE, None, event.to("Role", role.as_str(), role.as_str()))
            }
            What::PlaceMade(nth) => {
                let is_group = self.places[nth as usize].target.group().is_some();
                let activity = if is_group { Activity::ADD_GROUP } else { Activity::ADD_APP };
                self.of_place(nth, Event::new(activity))
            }
            What::OwnerNamed(nth) => {
                let place = &self.places[nth as usize];
                self.of_place(nth, Event::new(owner_events(place.target).0).to_user(&self.member(place.owner)))
            }
            What::MemberJoined(nth, member) => {
                let activity = added(self.places[nth as usize].target);
                self.of_place(nth, Event::new(activity).to_user(&self.member(member as usize)))
            }
            What::Shared(app, group) => {
                self.of_place(app, self.to_place(Event::new(Activity::ADD_APP_TO_GROUP), group as usize))
            }
            What::SignedIn(who) => {
                let user = self.user(who);
                let event = Event::new(Activity::SIGN_IN).to_user(&user).detail("method", "code");
                (By::Person(user), None, event)
            }
            What::WrongCode(who) => {
                let event = Event::new(Activity::SIGN_IN).failed("wrongCode").to_user(&self.user(who));
                (By::Nobody, None, event)
            }
            What::GuestCame(guest, nth)
            | What::Invited(guest, nth)
            | What::Sponsored(guest, nth)
            | What::Granted(guest, nth, _) => {
                let invited = self.invited(guest, nth);
                let event = self.of_inviting(moment.what, (guest, nth), invited);
                (By::Person(self.member(invited.by)), Some(invited.request), event)
            }
            What::Filled(guest, nth)
            | What::Redeemed(guest, nth)
            | What::Declined(guest, nth)
            | What::Withdrawn(guest, nth)
            | What::Lost(guest, nth, _)
            | What::Waits(guest, nth, _)
            | What::Ended(guest, nth, _) => self.of_answer(moment, (guest, nth)),
            What::Blocked(guest) => {
                let event = Event::new(Activity::EMAIL_UNSUBSCRIBED).to_user(&self.guest(guest));
                (By::Nobody, None, event)
            }
            What::Disabled(guest) => {
                let event = Event::new(Activity::DISABLE_ACCOUNT).to_user(&self.guest(guest));
                let event = event.change("AccountEnabled", "true", "false");
                (By::Person(self.member(self.steward)), None, event)
            }
            What::Deleted(guest) => {
                let event = Event::new(Activity::DELETE_USER).to_user(&self.guest(guest));
                (By::Person(self.member(self.steward)), None, event)
            }
        }
    }

    /// What an owner did to a place.
    fn of_place(&self, nth: u32, event: Event) -> (By, Option<CorrelationId>, Event) {
        let owner = self.member(self.places[nth as usize].owner);
        (By::Person(owner), None, self.to_place(event, nth as usize))
    }

    fn of_inviting(&self, what: What, (guest, nth): (u32, u32), invited: &Invited) -> Event {
        let user = self.guest(guest);
        let id = invited.id.to_string();
        match what {
            What::GuestCame(..) => Event::new(Activity::ADD_USER)
                .to_user(&user)
                .change("UserType", "", "Guest")
                .change("CreationType", "", "Invitation")
                .change("AccountEnabled", "", "true")
                .change("UserState", "", "PendingAcceptance"),
            What::Sponsored(..) => {
                let sponsor = self.guests[guest as usize].sponsors.first().copied().unwrap_or(invited.by);
                Event::new(Activity::ADD_SPONSOR).to_user(&user).to_user(&self.member(sponsor))
            }
            What::Granted(_, _, wish) => {
                let (_, target, name) = self.wish(guest, nth, wish);
                Event::new(added(target))
                    .to_user(&user)
                    .to(resource(target), target.id().to_string(), name)
                    .detail("InvitationId", &id)
            }
            _ => {
                let event = Event::new(Activity::INVITE_EXTERNAL_USER)
                    .to_user(&user)
                    .detail("oid", &user.id.to_string())
                    .detail("InvitationId", &id)
                    .detail("invitedUserEmailAddress", &user.email)
                    .detail("joined", "false");
                invited.wishes.iter().fold(event, |event, wish| self.to_place(event, wish.place))
            }
        }
    }

    fn of_answer(&self, moment: &Moment, (guest, nth): (u32, u32)) -> (By, Option<CorrelationId>, Event) {
        let invited = self.invited(guest, nth);
        let (user, inviter) = (self.guest(guest), self.member(invited.by));
        let id = invited.id.to_string();
        let of_both = |activity| {
            Event::new(activity)
                .to_user(&user)
                .to_user(&inviter)
                .to("Invitation", id.clone(), "")
                .detail("InvitationId", &id)
        };
        let of_wish = |activity: Activity, target: Target, name: &str| {
            Event::new(activity).to_user(&user).to(resource(target), target.id().to_string(), name)
        };
        match moment.what {
            What::Filled(..) => {
                let event = Event::new(Activity::UPDATE_USER)
                    .to_user(&user)
                    .change("UserState", "PendingAcceptance", "Accepted")
                    .change("AcceptedOn", "", &rfc3339(moment.at))
                    .change("CompanyName", "", &self.guests[guest as usize].company);
                (By::Person(user.clone()), None, event)
            }
            What::Declined(..) => (By::Nobody, None, of_both(Activity::DECLINE_INVITE)),
            What::Withdrawn(..) => {
                let event = of_both(Activity::WITHDRAW_INVITE);
                (By::Person(inviter.clone()), None, event)
            }
            What::Lost(_, _, wish) => {
                let (_, target, name) = self.wish(guest, nth, wish);
                let reason = invited.refusal().map_or("", |reason| reason.as_str());
                let event = of_wish(removed(target), target, name).detail("InvitationId", &id).detail("reason", reason);
                let by = match invited.state {
                    InvitationState::Revoked => By::Person(inviter.clone()),
                    InvitationState::Accepted => By::Person(user.clone()),
                    _ => By::Nobody,
                };
                (by, None, event)
            }
            What::Waits(_, _, wish) => {
                let (_, target, name) = self.wish(guest, nth, wish);
                let event =
                    of_wish(Activity::CONFIRM_ACCESS, target, name).failed("waitsForOwner").detail("InvitationId", &id);
                (By::Person(user.clone()), None, event)
            }
            What::Ended(_, _, wish) => {
                let (wish, target, name) = self.wish(guest, nth, wish);
                let until = wish.until.map(rfc3339).unwrap_or_default();
                let event = of_wish(Activity::END_ACCESS, target, name).detail("AccessUntil", &until);
                (By::House("Access ends"), None, event)
            }
            _ => {
                let event = of_both(Activity::REDEEM_INVITE).detail("method", "code");
                (By::Person(user.clone()), None, event)
            }
        }
    }
}

/// Who did something.
enum By {
    House(&'static str),
    Nobody,
    Person(User),
}

impl By {
    /// Before there was anybody to do it.
    const HOUSE: Self = Self::House("Demonstration");
}

/// A client address out of those that are kept for examples (RFC 5737).
fn address(nth: usize) -> String {
    format!("203.0.113.{}", nth * 7 % 254 + 1)
}
