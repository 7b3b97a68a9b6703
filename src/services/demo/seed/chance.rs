//! Chance that can be repeated: the same seed makes the same people.

use crate::{
    crypto::{self, KEY_BYTES, Rng},
    domain::time::{DAY, HOUR, SECOND, Timestamp},
};

/// A source of chance. Times have one of their own: how many draws they take depends on the day, and the people must not.
pub(in crate::services::demo) struct Chance {
    what: Rng,
    when: Rng,
}

fn draw(rng: &Rng, bound: usize) -> usize {
    match u32::try_from(bound).unwrap_or(u32::MAX) {
        0 => 0,
        bound => rng.below(bound) as usize,
    }
}

impl Chance {
    /// Always the same for the same words.
    pub fn of_words(words: &str) -> Self {
        let rng = |purpose: &str| {
            let digest = crypto::sha256(format!("{purpose}: {words}").as_bytes());
            let mut seed = [0; KEY_BYTES];
            seed.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
            Rng::from_seed(seed)
        };
        Self { what: rng("what"), when: rng("when") }
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&self, bound: usize) -> usize {
        draw(&self.what, bound)
    }

    /// A number below `bound`: small ones come more often, as few have much and many have little.
    pub fn skewed(&self, bound: usize) -> usize {
        self.below(self.below(bound) + 1)
    }

    /// Whether it comes about that so many of a hundred have.
    pub fn percent(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn of<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A moment between two, to the second.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Timestamp {
        let seconds = usize::try_from((to.0 - from.0) / SECOND).unwrap_or_default();
        from.plus(i64::try_from(draw(&self.when, seconds)).unwrap_or_default() * SECOND)
    }

    /// A moment between two, at an hour and on a day at which people work, as far as that lies between them.
    pub fn at_work(&self, from: Timestamp, to: Timestamp) -> Timestamp {
        let at = self.between(from, to);
        // 1 January 1970 was a Thursday.
        let weekend = match at.day().rem_euclid(7) {
            2 => 1,
            3 => 2,
            _ => 0,
        };
        let morning = Timestamp((at.day() - weekend) * DAY + 7 * HOUR);
        let at = morning.plus(at.0.rem_euclid(DAY) * 11 / 24);
        if at < from || at >= to { self.between(from, to) } else { at }
    }
}
