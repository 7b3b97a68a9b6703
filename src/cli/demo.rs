//! `vestibule demo …`.

use super::{Answer, Failure};
use crate::{
    domain::time::SECOND,
    services::{
        Services,
        demo::{self, Wanted},
    },
};
use clap::Subcommand;
use serde_json::json;

#[derive(Subcommand)]
pub(super) enum DemoCommand {
    /// Add guests, groups, apps and a year of events to a demonstration, also beside a running instance
    Seed {
        /// How many guests
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(..=2_000_000))]
        guests: u32,
        /// How many groups
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(..=200_000))]
        groups: u32,
        /// How many apps
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(..=200_000))]
        apps: u32,
        /// How many events of the trail
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(..=20_000_000))]
        events: u32,
        /// What chance begins with: the same number makes the same people
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

pub(super) async fn demo(services: &Services, command: DemoCommand) -> Result<Answer, Failure> {
    let DemoCommand::Seed { guests, groups, apps, events, seed } = command;
    let wanted =
        Wanted { guests: guests as usize, groups: groups as usize, apps: apps as usize, events: events as usize, seed };
    let begun = services.now();
    if !demo::seed(services, wanted, &mut progress()).await? {
        return Err(Failure::Refused(
            "this database is in earnest; `vestibule serve --demo` on an empty one makes a demonstration".into(),
        ));
    }
    let seconds = (services.now().0 - begun.0) as f64 / SECOND as f64;
    let document = json!({"guests": guests, "groups": groups, "apps": apps, "events": events, "seconds": seconds});
    let words = format!("Added {guests} guests, {groups} groups, {apps} apps and {events} events in {seconds:.1} s");
    Ok(Answer::done(document, words))
}

/// Says on standard error how far it has come, at each tenth of a part.
fn progress() -> impl FnMut(&str, usize, usize) + Send {
    let mut said = (String::new(), 0);
    move |what, done, all| {
        let tenths = done * 10 / all.max(1);
        if said.0 != what || said.1 != tenths {
            eprintln!("{what}: {done} of {all}");
            said = (what.to_owned(), tenths);
        }
    }
}
