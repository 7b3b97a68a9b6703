//! What owners decide about their groups and apps: who may come in by themselves, and how guests have them.

use super::{
    error::{AppError, Field, Rule},
    text_enum::text_enum,
    time::{DAY, HOUR, Timestamp},
};
use serde::{Deserialize, Serialize};

/// The longest length that is taken, in days.
pub const DAYS_MAX: i64 = 3_650;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 300;
/// The longest instructions of an app, in characters.
pub const INSTRUCTIONS_MAX: usize = 4_000;

text_enum! {
    /// How a member of the organisation gets into a group without being added.
    JoinPolicy {
        /// By pressing a button.
        Open = "open",
        /// By asking an owner.
        Ask = "ask",
        /// Not at all.
        Closed = "closed",
    }
}

/// How guests have a group or app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct GuestRules {
    /// The guest switch.
    #[cfg_attr(feature = "ssr", sqlx(rename = "guests_allowed"))]
    pub allowed: bool,
    /// How many there may be; none is no limit.
    #[cfg_attr(feature = "ssr", sqlx(rename = "most_guests"))]
    pub most: Option<i64>,
    /// For how many days one has it where the inviter does not say; none is without end.
    pub default_days: Option<i64>,
    /// For how many days one may have it at most.
    pub longest_days: Option<i64>,
    /// Whether inviters may choose another end than the default.
    pub may_override: bool,
}

impl Default for GuestRules {
    fn default() -> Self {
        Self { allowed: true, most: None, default_days: None, longest_days: None, may_override: true }
    }
}

impl GuestRules {
    /// Checks what was typed.
    ///
    /// # Errors
    /// `Invalid(Length, …)`, `Invalid(MostGuests, …)`.
    pub fn checked(self) -> Result<Self, AppError> {
        let fits = |days: Option<i64>, most| days.is_none_or(|days| (1..=most).contains(&days));
        if !fits(self.default_days, DAYS_MAX) || !fits(self.longest_days, DAYS_MAX) {
            return Err(AppError::invalid(Field::Length, Rule::Unknown));
        }
        if self.default_days.zip(self.longest_days).is_some_and(|(default, longest)| default > longest) {
            return Err(AppError::invalid(Field::Length, Rule::TooLong));
        }
        if !fits(self.most, 1_000_000) {
            return Err(AppError::invalid(Field::MostGuests, Rule::Unknown));
        }
        Ok(self)
    }

    /// Whether access until then lasts longer than guests may have it. A day counts whole, even one of 25 hours.
    pub fn is_too_long(self, until: Option<Timestamp>, now: Timestamp) -> bool {
        let most = self.longest_days.map(|days| now.plus((days + 1) * DAY + HOUR));
        most.is_some_and(|most| until.is_none_or(|until| until > most))
    }

    /// The moment before whose day's end a guest's access ends, if `wanted` was asked for at `now`: the wish, the
    /// default where there is none or none may be had, nothing later than the longest. `None` is without end.
    ///
    /// # Errors
    /// `TooLong`, if something later was asked for than may be.
    pub fn end(self, wanted: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, TooLong> {
        let after = |days: i64| now.plus(days * DAY);
        let chosen = match (self.default_days, wanted) {
            (Some(days), _) if !self.may_override => Some(after(days)),
            (Some(days), None) => Some(after(days)),
            (_, wanted) => wanted,
        };
        match (self.longest_days, chosen) {
            (Some(days), None) => Ok(Some(after(days))),
            (_, chosen) if self.is_too_long(chosen, now) => Err(TooLong),
            (_, chosen) => Ok(chosen),
        }
    }
}

/// Something later was asked for than may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_the_wish_within_the_owners_bounds() {
        let now = Timestamp(0);
        let day = |n: i64| Some(Timestamp(n * DAY));
        let rules = |default_days, longest_days, may_override| GuestRules {
            default_days,
            longest_days,
            may_override,
            ..GuestRules::default()
        };
        for (rules, wanted, end) in [
            (rules(None, None, true), None, Ok(None)),
            (rules(None, None, true), day(9), Ok(day(9))),
            (rules(Some(30), None, true), None, Ok(day(30))),
            (rules(Some(30), None, true), day(90), Ok(day(90))),
            (rules(Some(30), None, false), day(90), Ok(day(30))),
            (rules(None, Some(60), true), None, Ok(day(60))),
            (rules(None, Some(60), true), day(60), Ok(day(60))),
            (rules(None, Some(60), true), day(62), Err(TooLong)),
            (rules(Some(30), Some(60), true), None, Ok(day(30))),
        ] {
            assert_eq!(rules.end(wanted, now), end, "{rules:?} {wanted:?}");
        }
    }

    #[test]
    fn bounds_that_contradict_each_other_are_refused() {
        let rules = GuestRules { default_days: Some(90), longest_days: Some(30), ..GuestRules::default() };
        assert!(rules.checked().is_err());
        assert!(GuestRules { longest_days: Some(0), ..GuestRules::default() }.checked().is_err());
        assert!(GuestRules { most: Some(0), ..GuestRules::default() }.checked().is_err());
        assert!(GuestRules::default().checked().is_ok());
    }
}
