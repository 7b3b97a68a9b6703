//! The portal's pages: one file each.

pub mod invitations;
pub mod invite;
pub mod organisation;
pub mod people;
pub mod person;
pub mod places;
pub mod reports;
pub mod roles;
pub mod start;
pub mod trail;
