//! *My Apps*: what somebody may open, why, and opening it.

use super::{
    Services,
    calendar::{Calendar, DayPart},
    groups, invitation, organisation,
};
use crate::{
    domain::{
        actor::Actor,
        app::LaunchUrl,
        error::AppError,
        ids::{AppId, stable_colour},
        invitation::Target,
        language::Language,
        name::initials,
        organisation::Organisation,
        paths, search,
        time::{DAY, Timestamp},
        user::UserType,
        view::{AppPage, Heading, Icon, MyApps, Shelf, Tile, Way},
    },
    i18n,
    storage::{self, Conn, apps::OpenApp},
};

/// For so long something given counts as new, until it is opened.
const NEW_FOR: i64 = 14 * DAY;
/// As many stand as tiles; the rest as rows.
const TILES: usize = 6;

/// What the person may open, on shelves. A query leaves what it finds. The settings are those that the request began
/// with.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn my_apps(
    services: &Services,
    actor: &Actor,
    organisation: &Organisation,
    language: Language,
    query: &str,
) -> Result<MyApps, AppError> {
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let apps = storage::apps::open_to(conn, actor.id, is_guest(actor), now).await?;
    let calendar = Calendar::new(organisation, language);
    let texts = i18n::texts(language);
    let first_name = actor.name.split_whitespace().next().unwrap_or_default();
    let greeting = match calendar.day_part(now) {
        DayPart::Morning => texts.good_morning,
        DayPart::Afternoon => texts.good_afternoon,
        DayPart::Evening => texts.good_evening,
    };
    let any = !apps.is_empty();
    let found: Vec<OpenApp> = apps.into_iter().filter(|app| search::matches(&haystack(app, language), query)).collect();
    let shown = Shown { language, calendar: &calendar, now, guest: is_guest(actor) };
    let (first, rest) = shelves(found, &shown);
    let owned = if query.is_empty() { invitation::choices_of(conn, actor).await? } else { Vec::new() };
    Ok(MyApps {
        arrival: None,
        owned,
        today: calendar.today(now),
        greeting: i18n::fill(greeting, &[("name", first_name)]),
        query: query.to_owned(),
        any,
        first,
        rest,
    })
}

/// How tiles are written for somebody.
struct Shown<'c> {
    language: Language,
    calendar: &'c Calendar,
    now: Timestamp,
    guest: bool,
}

fn is_guest(actor: &Actor) -> bool {
    actor.user_type == UserType::Guest
}

/// Favourites stand first; without any, what is opened most; without launches, the first by name.
fn shelves(mut apps: Vec<OpenApp>, shown: &Shown<'_>) -> (Option<Shelf>, Vec<Shelf>) {
    if apps.is_empty() {
        return (None, Vec::new());
    }
    apps.sort_by_key(|app| app.name.to_lowercase());
    let heading = if apps.iter().any(|app| app.favourite) {
        apps.sort_by_key(|app| !app.favourite);
        Heading::Favourites
    } else if apps.iter().any(|app| app.launches > 0) {
        apps.sort_by_key(|app| std::cmp::Reverse(app.launches));
        Heading::OpenedMost
    } else {
        Heading::YourApps
    };
    let firsts = match heading {
        Heading::Favourites => apps.iter().filter(|app| app.favourite).count().min(TILES),
        _ => TILES.min(apps.len()),
    };
    let others = apps.split_off(firsts);
    let tiles = apps.into_iter().map(|app| tile(app, shown)).collect();
    (Some(Shelf { heading, tiles }), by_category(others, shown))
}

fn by_category(mut apps: Vec<OpenApp>, shown: &Shown<'_>) -> Vec<Shelf> {
    // Those without a category come last.
    apps.sort_by_cached_key(|app| (app.category.is_empty(), app.category.to_lowercase(), app.name.to_lowercase()));
    let mut shelves: Vec<Shelf> = Vec::new();
    for app in apps {
        let heading = match app.category.as_str() {
            "" => Heading::EverythingElse,
            name => Heading::Category(name.to_owned()),
        };
        let tile = tile(app, shown);
        match shelves.last_mut() {
            Some(shelf) if shelf.heading == heading => shelf.tiles.push(tile),
            _ => shelves.push(Shelf { heading, tiles: vec![tile] }),
        }
    }
    shelves
}

fn note(app: &OpenApp, language: Language) -> String {
    match (app.note.is_empty(), app.owned) {
        (false, true) => format!("{} · {}", app.note, i18n::texts(language).you_own_this),
        (true, true) => i18n::texts(language).you_own_this.to_owned(),
        (_, false) => app.note.clone(),
    }
}

fn haystack(app: &OpenApp, language: Language) -> String {
    search::haystack([app.name.as_str(), &note(app, language), &app.category])
}

fn tile(app: OpenApp, shown: &Shown<'_>) -> Tile {
    let icon = if app.has_icon {
        Icon::Picture(paths::app_icon(app.id, app.version))
    } else {
        Icon::Initials(initials(&app.name), stable_colour(app.id.0))
    };
    Tile {
        id: app.id,
        note: note(&app, shown.language),
        haystack: haystack(&app, shown.language),
        is_new: shown.guest && app.launches == 0 && shown.now < app.since.plus(NEW_FOR),
        until: app.until.map(|until| shown.calendar.date(until)),
        icon,
        favourite: app.favourite,
        name: app.name,
    }
}

/// An app's page: how to use it, and how the person came to it; who has it, for those who look after it or see
/// everything.
///
/// # Errors
/// `NotFound` if the person may neither open nor see it.
pub async fn app_page(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: AppId,
    seen: groups::Seen,
) -> Result<AppPage, AppError> {
    let (now, guest, target) = (services.now(), is_guest(actor), Target::App(id));
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let open = storage::apps::open_one(conn, actor.id, guest, now, id).await?;
    let may_open = open.is_some();
    let owned = if invitation::sees(conn, actor, target).await? {
        let through = storage::tending::groups_of(conn, id).await?.into_iter().map(|group| group.name).collect();
        let place = storage::invitations::place(conn, target, actor.id).await?.ok_or(AppError::NotFound)?;
        Some(
            groups::tended(services, conn, actor, language, (target, place.rules.allowed, Vec::new()), through, seen)
                .await?,
        )
    } else {
        None
    };
    let details = match open {
        None if owned.is_some() => storage::apps::one(conn, actor.id, id).await?,
        open => open,
    };
    let details = match details {
        Some(details) => details,
        None => return Err(why_not(services, conn, actor, language, id).await?),
    };
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let ways = storage::apps::ways_to(conn, actor.id, guest, now, id).await?;
    let host = LaunchUrl::parse(&details.launch_url)
        .ok()
        .and_then(|url| url::Url::parse(url.as_str()).ok().map(|url| url.authority().to_owned()));
    Ok(AppPage {
        tile: tile(details.app, &Shown { language, calendar: &calendar, now, guest }),
        instructions: details.instructions,
        host: host.unwrap_or_default(),
        ways: ways
            .into_iter()
            .map(|way| Way {
                group: way.group_name,
                since: calendar.date(way.since),
                until: way.until.map(|until| calendar.moment_with_zone(until)),
                by: way.by_name,
            })
            .collect(),
        owners: storage::apps::owner_names(conn, id).await?,
        may_open,
        owned,
    })
}

/// Why somebody may not open an app: their access has ended, or nothing that is their business.
async fn why_not(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    id: AppId,
) -> Result<AppError, AppError> {
    let Some((app, until)) = storage::grants::ended(conn, actor.id, id, services.now()).await? else {
        return Ok(AppError::NotFound);
    };
    let mut ask: Vec<String> = storage::sponsors::of(conn, actor.id).await?.into_iter().map(|(_, name)| name).collect();
    if ask.is_empty() {
        ask = storage::apps::owner_names(conn, id).await?;
    }
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    Ok(AppError::AccessEnded { app, until: calendar.date(until), ask })
}

/// Opens an app: checks access at this moment and says where to go. `trace` is false for a prefetch, which
/// leaves none.
///
/// # Errors
/// `NotFound` if the person may not open it, `AccessEnded` if they could; `Invalid(LaunchUrl, …)` if its address is no web address.
pub async fn launch(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: AppId,
    trace: bool,
) -> Result<LaunchUrl, AppError> {
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let details = match storage::apps::open_one(conn, actor.id, is_guest(actor), now, id).await? {
        Some(details) => details,
        None => return Err(why_not(services, conn, actor, language, id).await?),
    };
    drop(held);
    let url = LaunchUrl::parse(&details.launch_url)?;
    if trace {
        let mut held = services.db.trace().await?;
        let launch = services.rng.uuid(&*services.clock);
        storage::apps::record_launch(&mut held.conn(), launch, actor.id, id, now).await?;
    }
    Ok(url)
}

/// Marks an app as a favourite, or no longer.
///
/// # Errors
/// `NotFound` if the person may not open it.
pub async fn set_favourite(services: &Services, actor: &Actor, id: AppId, favourite: bool) -> Result<(), AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    storage::apps::open_one(conn, actor.id, is_guest(actor), now, id).await?.ok_or(AppError::NotFound)?;
    storage::apps::set_favourite(conn, actor.id, id, favourite, now).await?;
    tx.commit().await?;
    Ok(())
}

/// An app's picture, for anybody who is signed in: ids cannot be guessed, and pictures are no secret.
///
/// # Errors
/// `NotFound` if there is none.
pub async fn icon(services: &Services, id: AppId) -> Result<(String, Vec<u8>), AppError> {
    storage::apps::icon(&mut services.db.read().await?.conn(), id).await?.ok_or(AppError::NotFound)
}
