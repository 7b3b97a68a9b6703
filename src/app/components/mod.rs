//! The kit: small parts that pages are made of.

mod field;
mod icon;
mod tended;
mod text_area;

pub use field::{Field, Problem};
pub use icon::{AppIcon, Face, Glyph, Icon, Mark};
pub use tended::{Answers, InviteButton, State, Tended};
pub use text_area::TextArea;
