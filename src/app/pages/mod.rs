//! One file per page.

pub mod account;
pub mod app;
pub mod demo;
pub mod my_apps;
pub mod sign_in;
pub mod wrong_turn;
