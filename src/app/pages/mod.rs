//! One file per page.

pub mod account;
pub mod admin;
pub mod app;
pub mod confirm;
pub mod demo;
pub mod groups;
pub mod guests;
pub mod help;
pub mod invitations;
pub mod invite;
pub mod my_apps;
pub mod redeem;
pub mod settings;
pub mod sign_in;
pub mod wrong_turn;
