//! Types and rules, for both builds. No I/O, no clock, no randomness: what is needed is passed in.

pub mod actor;
pub mod app;
pub mod audit;
pub mod colour;
pub mod email;
pub mod error;
pub mod form;
#[cfg(test)]
pub mod hostile;
pub mod ids;
pub mod invitation;
pub mod language;
pub mod link;
pub mod mail;
pub mod name;
pub mod notice;
pub mod organisation;
pub mod paths;
pub mod policy;
pub mod report;
pub mod roles;
pub mod search;
pub mod steering;
pub mod tending;
mod text_enum;
pub mod time;
pub mod user;
pub mod view;
