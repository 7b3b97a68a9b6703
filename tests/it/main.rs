//! What people and clients rely on, through the real services and the real router, on both engines.

mod architecture;
mod migrations;
mod sign_in;
mod support;
