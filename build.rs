//! Names the folders that the server takes in when it is compiled: cargo does not watch them by itself.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_SSR").is_some() {
        watch(&["migrations/sqlite", "migrations/postgres", "src/mail/templates"]);
        // An unoptimised server reads these while it runs.
        if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
            watch(&["style", "public", "target/site/pkg"]);
        }
    }
}

fn watch(folders: &[&str]) {
    for folder in folders {
        println!("cargo:rerun-if-changed={folder}");
    }
}
