//! Guests, groups, apps and a year of events by the thousand, for a demonstration only. Beside a running instance:
//! every transaction is short, and the next waits until others have had their turn.

mod chance;
mod history;
mod names;
mod people;
mod places;
mod town;

pub(super) use chance::Chance;
pub(super) use history::History;
pub(super) use town::{Form, Guest, Invited, Member, Place, Town, Wish};

use crate::{
    domain::{
        email::EmailAddress,
        error::AppError,
        time::{SECOND, Timestamp},
    },
    identity::email_key,
    services::{Services, organisation},
    storage,
};
use people::Addresses;
use std::{collections::HashSet, ops::Range, time::Duration};

/// At most so long a transaction takes new rows, in milliseconds.
const TURN: i64 = SECOND / 2;
/// So many rows are made between two looks at the clock.
const STEP: usize = 500;
/// At most so many steps are in one transaction, whatever the clock says.
const STEPS: usize = 40;
/// After so many turns the database's log is folded back.
const FOLD: usize = 8;
/// For so long others may have their turn; SQLite's waiting writers look a little more often.
const PAUSE: Duration = Duration::from_millis(110);

/// How much is wished for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Guests.
    pub guests: usize,
    /// Groups.
    pub groups: usize,
    /// Apps.
    pub apps: usize,
    /// Events of the trail.
    pub events: usize,
    /// What chance begins with.
    pub seed: u64,
}

/// How far it has come: what, how many of how many.
pub type Progress<'p> = &'p mut (dyn FnMut(&str, usize, usize) + Send);

/// What is stored, a turn at a time.
#[derive(Clone, Copy)]
enum Part {
    Members,
    Places,
    Guests,
    Events,
    Tallies,
    Active,
}

/// What a town and its history consist of, in the order in which it is stored: each with its name and what of it.
fn parts(town: &Town, history: &History) -> [(&'static str, Part, Range<usize>); 7] {
    let groups = town.places.iter().filter(|place| place.target.group().is_some()).count();
    [
        ("members", Part::Members, 0..town.members.len()),
        ("groups", Part::Places, 0..groups),
        ("apps", Part::Places, groups..town.places.len()),
        ("guests", Part::Guests, 0..town.guests.len()),
        ("events", Part::Events, 0..history.len()),
        ("tallies", Part::Tallies, 0..history.tallies.len()),
        ("active months", Part::Active, 0..history.active.len()),
    ]
}

/// Adds to a demonstration. `false` if this is none: then nothing is done.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn seed(services: &Services, wanted: Wanted, progress: Progress<'_>) -> Result<bool, AppError> {
    if !super::is_one(services).await? {
        return Ok(false);
    }
    storage::seed::make_fit(&mut services.db.trace().await?.conn()).await?;
    let chance = Chance::of_words(&format!("vestibule demo seed {}", wanted.seed));
    let (mut town, mut addresses) = invent(services, &chance, wanted).await?;
    free_addresses(services, &mut town, &mut addresses).await?;
    let history = History::of(&town, &chance, wanted.events);
    for (name, part, range) in parts(&town, &history) {
        store(services, (&town, &history), part, range, &mut |done, all| progress(name, done, all)).await?;
    }
    Ok(true)
}

/// A town, and its addresses, some of which may be somebody's already.
async fn invent(services: &Services, chance: &Chance, wanted: Wanted) -> Result<(Town, Addresses), AppError> {
    let organisation = organisation::load(&mut services.db.read().await?.conn()).await?.name;
    let mut addresses = Addresses::default();
    let count = 3 + wanted.guests / 50 + wanted.groups / 20;
    let members: Vec<Member> =
        (0..count).map(|nth| people::member(services, chance, &mut addresses, nth)).collect::<Result<_, _>>()?;
    let mut places: Vec<Place> = (0..wanted.groups).map(|nth| places::group(services, chance, &members, nth)).collect();
    for nth in 0..wanted.apps {
        places.push(places::app(services, chance, (&members, wanted.groups), nth));
    }
    let guests: Vec<Guest> = (0..wanted.guests)
        .map(|_| people::guest(services, chance, &mut addresses, (&members, &places), wanted.guests))
        .collect::<Result<_, _>>()?;
    let now = services.now();
    Ok((Town { organisation, now, members, steward: 0, places, guests, quiet: true }, addresses))
}

/// Gives another address to whoever has one that is somebody's already: from an earlier seeding, say.
async fn free_addresses(services: &Services, town: &mut Town, addresses: &mut Addresses) -> Result<(), AppError> {
    loop {
        let mine = town.members.iter().map(|one| &one.key).chain(town.guests.iter().map(|one| &one.key));
        let keys: Vec<String> = mine.map(|key| key.0.clone()).collect();
        let taken: HashSet<String> =
            storage::seed::taken(&mut services.db.read().await?.conn(), &keys).await?.into_iter().collect();
        if taken.is_empty() {
            return Ok(());
        }
        let members = town.members.iter_mut().map(|one| (&mut one.email, &mut one.key));
        let guests = town.guests.iter_mut().map(|one| (&mut one.email, &mut one.key));
        for (email, key) in members.chain(guests).filter(|(_, key)| taken.contains(&key.0)) {
            *email = addresses.another(email);
            *key = email_key(&EmailAddress::parse(email)?);
        }
    }
}

/// Stores one part, turn by turn.
async fn store(
    services: &Services,
    of: (&Town, &History),
    part: Part,
    range: Range<usize>,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<(), AppError> {
    let mut at = range.start;
    for turn in 1.. {
        if at == range.end {
            break;
        }
        let mut tx = services.db.write().await?;
        let begun = services.now();
        for _ in 0..STEPS {
            let to = (at + STEP).min(range.end);
            step(services, &mut tx.conn(), of, part, at..to).await?;
            at = to;
            if at == range.end || is_over(begun, services.now()) {
                break;
            }
        }
        tx.commit().await?;
        progress(at - range.start, range.len());
        if turn % FOLD == 0 || at == range.end {
            storage::seed::fold(&mut services.db.trace().await?.conn()).await?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

fn is_over(begun: Timestamp, now: Timestamp) -> bool {
    now.0 - begun.0 >= TURN
}

async fn step(
    services: &Services,
    conn: &mut storage::Conn<'_>,
    (town, history): (&Town, &History),
    part: Part,
    some: Range<usize>,
) -> Result<(), AppError> {
    match part {
        Part::Members => town::store_members(conn, &town.members[some]).await?,
        Part::Places => town::store_places(services, conn, town, &town.places[some]).await?,
        Part::Guests => town::store_guests(services, conn, town, &town.guests[some]).await?,
        Part::Events => {
            let head = storage::audit::head(conn).await?;
            let records = history.records(services, town, (some.start, some.end), head)?;
            storage::seed::append(conn, &records).await?;
        }
        Part::Tallies => storage::seed::tallies(conn, &history.tallies[some]).await?,
        Part::Active => storage::seed::active(conn, &history.active[some]).await?,
    }
    Ok(())
}

/// Stores a whole town with its history in one transaction.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub(super) async fn store_at_once(
    services: &Services,
    conn: &mut storage::Conn<'_>,
    town: &Town,
    history: &History,
) -> Result<(), AppError> {
    for (_, part, range) in parts(town, history) {
        step(services, conn, (town, history), part, range).await?;
    }
    Ok(())
}
