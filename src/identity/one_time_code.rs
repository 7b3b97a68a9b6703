//! One-time codes (DESIGN rule 16): how many, how long, how often, and what a try amounts to.

use crate::domain::time::{DAY, HOUR, MINUTE, Timestamp};

/// What a code for signing in is bound to.
pub const SIGN_IN: &str = "sign-in";
/// A code is good for so long.
pub const LIFETIME: i64 = 10 * MINUTE;
/// Tries a code stands.
pub const TRIES_PER_CODE: i64 = 5;
/// Wrong tries an address stands in [`WINDOW`], over all browsers.
pub const TRIES_PER_ADDRESS: i64 = 20;
/// Codes an address gets in [`WINDOW`], over all browsers.
pub const CODES_PER_ADDRESS: i64 = 10;
/// Over how long an address's codes and tries are counted.
pub const WINDOW: i64 = DAY;
/// Past the limits a link is mailed, at most one in so long.
pub const LINK_EVERY: i64 = HOUR;
/// A one-time link is good for so long.
pub const LINK_LIFETIME: i64 = HOUR;

/// What has happened to a code so far.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it was used or replaced.
    pub ended: bool,
    /// Wrong tries of it.
    pub wrong_tries: i64,
    /// Wrong tries for the address in [`WINDOW`], this code's included.
    pub wrong_for_address: i64,
}

/// What a try amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The code proves the address.
    Right,
    /// It does not, and counts as a wrong try.
    Wrong,
    /// Too late or used: nothing is counted.
    Ended,
    /// No try is left, for this code or this address.
    UsedUp,
}

/// Judges a try. `fits` says whether the digits are those of the code.
pub fn judge(history: History, fits: bool, now: Timestamp) -> Verdict {
    if history.wrong_tries >= TRIES_PER_CODE || history.wrong_for_address >= TRIES_PER_ADDRESS {
        Verdict::UsedUp
    } else if history.ended || history.expires_at <= now {
        Verdict::Ended
    } else if fits {
        Verdict::Right
    } else {
        Verdict::Wrong
    }
}

/// Which mail a request leads to, by what the address has had in [`WINDOW`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// A code.
    Code,
    /// A one-time link.
    Link,
    /// Nothing: a link was sent within [`LINK_EVERY`].
    Nothing,
}

/// Decides between code and link.
pub fn sends(codes: i64, wrong_tries: i64, link_lately: bool) -> Sends {
    if codes < CODES_PER_ADDRESS && wrong_tries < TRIES_PER_ADDRESS {
        Sends::Code
    } else if link_lately {
        Sends::Nothing
    } else {
        Sends::Link
    }
}

/// The digits of what was typed: a gap or hyphen in between is as good as none.
pub fn digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    const FRESH: History =
        History { expires_at: Timestamp(LIFETIME), ended: false, wrong_tries: 0, wrong_for_address: 0 };

    #[test]
    fn a_try_is_judged_by_the_codes_history() {
        let now = Timestamp(0);
        assert_eq!(judge(FRESH, true, now), Verdict::Right);
        assert_eq!(judge(FRESH, false, now), Verdict::Wrong);
        assert_eq!(judge(FRESH, true, Timestamp(LIFETIME)), Verdict::Ended);
        assert_eq!(judge(History { ended: true, ..FRESH }, true, now), Verdict::Ended);
        assert_eq!(judge(History { wrong_tries: 4, ..FRESH }, true, now), Verdict::Right);
        assert_eq!(judge(History { wrong_tries: 5, ..FRESH }, true, now), Verdict::UsedUp);
        assert_eq!(judge(History { wrong_for_address: 20, ..FRESH }, true, now), Verdict::UsedUp);
    }

    #[test]
    fn past_the_limits_the_way_in_is_a_link_now_and_then() {
        assert_eq!(sends(9, 19, false), Sends::Code);
        assert_eq!(sends(10, 0, false), Sends::Link);
        assert_eq!(sends(0, 20, false), Sends::Link);
        assert_eq!(sends(10, 0, true), Sends::Nothing);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for typed in ["12345678", "1234 5678", " 1234-5678 ", "1234\u{2011}5678", "1234\u{a0}5678"] {
            assert_eq!(digits(typed), "12345678", "{typed:?}");
        }
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_code_is_read(text in hostile::text(hostile::FORM_MAX, &["1", "-", " ", "\u{2011}"])) {
            prop_assert!(digits(&text).len() <= text.len());
        }
    }
}
