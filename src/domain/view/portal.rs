//! What the portal's pages show.

use serde::{Deserialize, Serialize};

/// How many there are, beside the entries of the portal's navigation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeskCounts {
    /// Guests who are not deleted.
    pub guests: i64,
    /// Members who are not deleted.
    pub members: i64,
    /// Groups that are not deleted.
    pub groups: i64,
    /// Apps that are not deleted.
    pub apps: i64,
    /// Invitations that wait for an answer.
    pub pending: i64,
}

/// Something that may need an administrator today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matter {
    /// Access waits for somebody's word.
    Waiting,
    /// Mails of invitations could not be delivered.
    MailFailed,
    /// Guests for whom nobody answers.
    Unsponsored,
    /// Access ends within two weeks.
    Ending,
    /// Links of invitations run out within a week.
    RunningOut,
    /// Guests who have not signed in for 90 days.
    Inactive,
}

/// A number that is far from what is usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Unusual {
    /// Invitations today, against the daily mean of the four weeks before.
    Invitations {
        /// Today.
        today: i64,
        /// Usually.
        usual: i64,
    },
    /// Failed sign-ins today, against the same.
    FailedSignIns {
        /// Today.
        today: i64,
        /// Usually.
        usual: i64,
    },
}

/// The portal's first page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeskStart {
    /// What may need somebody, with how many; none that are nothing.
    pub matters: Vec<(Matter, Counted)>,
    /// What is unusual.
    pub unusual: Vec<Unusual>,
    /// Whether invitations are off for everybody.
    pub paused: bool,
}

/// A number, exact up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// So many.
    Exactly(i64),
    /// More than so many.
    MoreThan(i64),
}

impl Counted {
    /// A count that stopped at `bound + 1`.
    pub fn up_to(bound: i64, found: i64) -> Self {
        if found > bound { Self::MoreThan(bound) } else { Self::Exactly(found) }
    }
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{}", grouped(*n)),
            Self::MoreThan(n) => write!(f, "{}+", grouped(*n)),
        }
    }
}

/// A number with thin gaps between its thousands, as both languages read it.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1\u{202F}000");
        assert_eq!(grouped(-1_234_567), "-1\u{202F}234\u{202F}567");
        assert_eq!(Counted::up_to(10_000, 10_001).to_string(), "10\u{202F}000+");
        assert_eq!(Counted::up_to(10_000, 10_000).to_string(), "10\u{202F}000");
    }
}
