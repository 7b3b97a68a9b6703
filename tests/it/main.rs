//! What people and clients rely on, through the real services and the real router, on both engines.

mod access;
mod accounts;
mod answers;
mod architecture;
mod backup;
mod command_line;
mod doctor;
mod documents;
mod faults;
mod guards;
mod hostile;
mod invitations;
mod migrations;
mod my_apps;
mod people;
mod plans;
mod portal;
mod portal_acts;
mod portal_pages;
mod reports;
mod seed;
mod sign_in;
mod steering;
mod support;
mod tending;
mod trail;
