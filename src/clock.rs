//! The time of day, as a parameter. The only place that asks the system for it.

use crate::domain::time::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The process's clock: the machine's. A build with debug assertions moves it by the milliseconds in the file that
/// `VESTIBULE_TEST_CLOCK` names, so that journeys reach what only time brings; a release has no such setting.
pub fn of_process() -> Arc<dyn Clock> {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("VESTIBULE_TEST_CLOCK") {
        return Arc::new(moved::MovedClock(path.into()));
    }
    Arc::new(SystemClock)
}

#[cfg(debug_assertions)]
mod moved {
    use super::{Clock, SystemClock, Timestamp};

    /// The machine's clock, moved by what a file says.
    pub struct MovedClock(pub std::path::PathBuf);

    impl Clock for MovedClock {
        fn now(&self) -> Timestamp {
            let moved = std::fs::read_to_string(&self.0).ok().and_then(|text| text.trim().parse().ok());
            SystemClock.now().plus(moved.unwrap_or_default())
        }
    }
}

/// A clock that stands still until it is moved: for tests.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at this moment.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves it by so many milliseconds.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
