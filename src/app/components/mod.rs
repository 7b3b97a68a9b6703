//! The kit: small parts that pages are made of.

mod access;
mod chart;
mod export;
mod field;
mod icon;
mod page_title;
mod tended;
mod text_area;

pub use access::{HeldList, PeopleTable, PersonLink, RoleChoice, StoryLink};
pub use chart::{Bars, Lines, Swatch};
pub use export::Export;
pub use field::{Field, Problem};
pub use icon::{AppIcon, Face, Glyph, Icon, Logo, Mark};
pub use page_title::PageTitle;
pub use tended::{Answers, InviteButton, State, Tended};
pub use text_area::TextArea;
