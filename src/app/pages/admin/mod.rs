//! The portal's pages: one file each.

pub mod reports;
pub mod start;
