//! What people and clients rely on, through the real services and the real router, on both engines.

mod access;
mod accounts;
mod answers;
mod architecture;
mod command_line;
mod faults;
mod guards;
mod invitations;
mod migrations;
mod my_apps;
mod people;
mod plans;
mod seed;
mod sign_in;
mod steering;
mod support;
mod tending;
mod trail;
