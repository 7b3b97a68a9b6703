//! Points in time. What day it is somewhere is for `services::calendar`, which knows time zones.

use serde::{Deserialize, Serialize};

/// UTC milliseconds since 1970: the only form in which times are stored and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
pub struct Timestamp(pub i64);

/// One second, in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours, in milliseconds.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// The moment `millis` later (earlier if negative).
    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The day in UTC, counted from 1970: what counts are kept by.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }
}
