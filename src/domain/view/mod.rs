//! What server functions return: only what this person may see, and already worded where words depend on
//! clock or zone.

mod invite;
mod portal;
pub mod reports;

pub use invite::*;
pub use portal::*;

use super::{
    app::LaunchUrl,
    error::AppError,
    form::FormState,
    ids::{AppId, SessionHandle},
    language::Language,
    link::LinkKind,
    notice::Telling,
    roles::Power,
};
use serde::{Deserialize, Serialize};

/// What every page's frame needs, found once per request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// The organisation's name.
    pub organisation: String,
    /// Address of the privacy statement, if there is one.
    pub privacy_url: Option<String>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// The page's own path with its query, to come back to after an act.
    pub here: String,
    /// What the last act came to.
    pub done: Option<Done>,
    /// What the portal's navigation counts, on its pages.
    pub desk: Option<DeskCounts>,
    /// How the organisation looks.
    pub brand: Brand,
}

/// How the organisation looks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Brand {
    /// Path of its colours, if it has its own.
    pub colours: Option<String>,
    /// Path of its logo, if it has one.
    pub logo: Option<String>,
    /// Path of its logo for dark pages, if it has one.
    pub logo_dark: Option<String>,
}

/// The signed-in person, as the frame shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Who {
    /// Display name.
    pub name: String,
    /// Initials for the face.
    pub initials: String,
    /// Stable colour of the face, 1 to 8.
    pub colour: u8,
    /// Guests have a face of another shape.
    pub guest: bool,
    /// What the person's roles may do in the portal.
    pub powers: Vec<Power>,
    /// Whether groups are shown to the person.
    pub sees_groups: bool,
    /// Whether the person may invite to the directory.
    pub invites: bool,
}

impl Who {
    /// Whether the person may do this in the portal.
    pub fn may(&self, power: Power) -> bool {
        self.powers.contains(&power)
    }
}

/// An icon: a picture we serve, or initials on a colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Icon {
    /// Path of the picture.
    Picture(String),
    /// Initials and stable colour, 1 to 8.
    Initials(String, u8),
}

/// An app on *My Apps*.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tile {
    /// The app.
    pub id: AppId,
    /// Its name.
    pub name: String,
    /// One line below the name.
    pub note: String,
    /// Its icon.
    pub icon: Icon,
    /// Whether the person marked it.
    pub favourite: bool,
    /// What it is found by.
    pub haystack: String,
    /// Given lately and not opened yet.
    pub is_new: bool,
    /// Until when, written out, if access ends.
    pub until: Option<String>,
}

/// A group of tiles under a heading.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shelf {
    /// What holds them together.
    pub heading: Heading,
    /// The apps.
    pub tiles: Vec<Tile>,
}

/// The headings of shelves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heading {
    /// Marked by the person.
    Favourites,
    /// Opened most often by the person.
    OpenedMost,
    /// All of them, while there is nothing to tell them apart by.
    YourApps,
    /// Without a category.
    EverythingElse,
    /// A category's name.
    Category(String),
}

/// *My Apps*.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MyApps {
    /// Today, written out in the organisation's time zone.
    pub today: String,
    /// The greeting, with the person's first name.
    pub greeting: String,
    /// What was searched for (without script), or empty.
    pub query: String,
    /// Whether there is any app at all, searched for or not.
    pub any: bool,
    /// What somebody who has just come in is told: what waits for an owner, and where the invitation leads on to.
    pub arrival: Option<Arrival>,
    /// What the person may invite to.
    pub owned: Vec<Choice>,
    /// At most six, as tiles.
    pub first: Option<Shelf>,
    /// The others, as rows.
    pub rest: Vec<Shelf>,
}

/// What a guest who has just accepted is told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Arrival {
    /// What waits, and for whom.
    pub waiting: Vec<String>,
    /// Where the invitation leads on to, if that is not followed without asking.
    pub onward: Option<LaunchUrl>,
}

/// One way in which a person came to an app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Way {
    /// The group through which, or none if directly.
    pub group: Option<String>,
    /// Since when, written out.
    pub since: String,
    /// Until when, written out, if it ends.
    pub until: Option<String>,
    /// Who gave it, if known.
    pub by: Option<String>,
}

/// An app's page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppPage {
    /// The tile again.
    pub tile: Tile,
    /// How to use it, as its owner wrote it: plain text.
    pub instructions: String,
    /// Where it leads, to look at.
    pub host: String,
    /// How I got this.
    pub ways: Vec<Way>,
    /// Whom to ask.
    pub owners: Vec<String>,
    /// Whether the person may open it.
    pub may_open: bool,
    /// What only whoever looks after it sees.
    pub owned: Option<Tended>,
}

/// The sign-in page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// Where in the flow this browser is.
    pub step: SignInStep,
    /// What was wrong with the last post.
    pub error: Option<AppError>,
    /// Where to go afterwards, if not to *My Apps*.
    pub next: Option<String>,
    /// The demonstration's people, for signing in as one of them.
    pub personas: Vec<Persona>,
}

/// Steps of the sign-in page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SignInStep {
    /// Asks for the address; holds what was typed.
    Address(String),
    /// A code may be on its way to the address typed.
    Code(String),
    /// No more codes are sent to the address typed.
    Spent(String, NoCode),
}

/// Why no code is on its way, where too many were asked for or mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoCode {
    /// Whether a link is on its way instead; else one was sent within the last hour.
    pub link: bool,
    /// Whether a code that was sent before may still be typed.
    pub earlier: bool,
}

/// A person of the demonstration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Persona {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// What they are there to show.
    pub part: String,
}

/// The page of a one-time link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// The secret again, for the form.
    pub token: String,
    /// What it is good for at this moment, if it is.
    pub kind: Option<LinkKind>,
}

/// One's own account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Chosen language, if any.
    pub language: Option<Language>,
    /// The outcome of the last form.
    pub form: Option<FormState>,
    /// Where one is signed in.
    pub sessions: Vec<Session>,
    /// Whether this is a guest's account.
    pub guest: bool,
    /// What one has directly.
    pub access: Vec<AccessLine>,
    /// What one did lately and can still undo.
    pub lately: Vec<Undoable>,
    /// Who answers for one.
    pub sponsors: Vec<String>,
    /// How one wants to be told of what becomes of one's invitations.
    pub telling: Telling,
    /// Whether one's address takes no further invitations.
    pub blocked: bool,
}

/// A browser session of one's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// What it is called in forms.
    pub handle: SessionHandle,
    /// The browser and system, as far as it says.
    pub client: String,
    /// When it began, written out.
    pub since: String,
    /// When it was last used, written out.
    pub seen: String,
    /// Whether it is the one that asks.
    pub current: bool,
}
