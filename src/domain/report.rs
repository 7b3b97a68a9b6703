//! What reports are made of: the things that are counted as they come about, and what can be asked of the counts.

use super::{paths::with_query, text_enum::text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Something that is counted by day.
    Tally {
        /// An invitation was made.
        Invited = "invited",
        /// An invitation was accepted.
        Accepted = "accepted",
        /// An invitation was declined.
        Declined = "declined",
        /// An invitation was withdrawn.
        Withdrawn = "withdrawn",
        /// How long an invitation took to be accepted: the key is a bucket of time.
        Took = "took",
        /// A sign-in: the key under `result` is `success` or the reason of the failure.
        SignIn = "sign_in",
        /// Somebody was active for the first time in a month: the key under `type` is `guest` or `member`.
        Active = "active",
    }
}

text_enum! {
    /// A report.
    ReportName {
        /// What became of invitations.
        Funnel = "invitations",
        /// Invitations that wait, by age.
        Pending = "pending",
        /// Guests by domain and by sponsor.
        Guests = "guests",
        /// Guests by their last sign-in.
        Inactive = "inactive",
        /// Sign-ins by what came of them.
        SignIns = "sign-ins",
        /// Guests per member, and who was active in which month.
        Licensing = "licensing",
    }
}

text_enum! {
    /// What the days of a report are gathered by.
    Step {
        /// Each day.
        Day = "day",
        /// Weeks from Monday.
        Week = "week",
        /// Months of the calendar.
        Month = "month",
    }
}

text_enum! {
    /// What invitations are also counted by.
    Dimension {
        /// The domain of the guest's address.
        Domain = "domain",
        /// A group that they were for.
        Group = "group",
        /// An app that they were for.
        App = "app",
        /// Who invited.
        Inviter = "inviter",
    }
}

/// The dimension of counts of sign-ins.
pub const RESULT: &str = "result";
/// The key of a sign-in that went well.
pub const SUCCESS: &str = "success";
/// The dimension of counts of active people.
pub const TYPE: &str = "type";
/// The dimension of counts of times.
pub const BUCKET: &str = "bucket";
/// So many days a report may go back.
pub const PERIODS: [i64; 3] = [30, 90, 365];
/// So many of a kind a list of the most has.
pub const MOST: i64 = 20;

/// What is asked of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// So many days up to today.
    pub days: i64,
    /// By what days are gathered.
    pub per: Step,
    /// Only invitations of one domain, group, app or inviter.
    pub by: Option<Dimension>,
    /// Which one, as it was typed or linked.
    pub key: String,
}

impl Asked {
    /// Reads what stands in an address; what makes no sense is as if it were not there.
    pub fn read(days: Option<&str>, per: Option<&str>, by: Option<&str>, key: Option<&str>) -> Self {
        let days = days.and_then(|days| days.parse().ok()).filter(|days| PERIODS.contains(days)).unwrap_or(PERIODS[0]);
        let usual = match days {
            ..=30 => Step::Day,
            31..=90 => Step::Week,
            _ => Step::Month,
        };
        let per = per.and_then(|per| per.parse().ok()).unwrap_or(usual);
        let key: String = key.unwrap_or_default().trim().chars().take(320).collect();
        let by = by.and_then(|by| by.parse().ok()).filter(|_| !key.is_empty());
        let key = if by.is_some() { key } else { String::new() };
        Self { days, per, by, key }
    }

    /// Where the same is asked again, with another filter.
    pub fn href(&self, path: &str, filter: Option<(Dimension, &str)>) -> String {
        self.of_table(path, filter, "")
    }

    /// Where one table of what is asked is a file.
    pub fn file(&self, path: &str, table: &str) -> String {
        self.of_table(path, self.by.map(|by| (by, self.key.as_str())), table)
    }

    fn of_table(&self, path: &str, filter: Option<(Dimension, &str)>, table: &str) -> String {
        let days = self.days.to_string();
        let (by, key) = filter.map_or(("", ""), |(by, key)| (by.as_str(), key));
        with_query(path, &[("days", &days), ("per", self.per.as_str()), ("by", by), ("key", key), ("table", table)])
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self::read(None, None, None, None)
    }
}

/// The bucket that a time falls into: four to each doubling, so that a median is right to a tenth.
pub fn bucket(minutes: i64) -> String {
    let minutes = minutes.clamp(0, 1 << 40) as f64;
    format!("{:03}", (4.0 * (minutes + 1.0).log2()).floor() as i64)
}

/// The keys of all buckets up to twenty years.
pub fn buckets() -> Vec<String> {
    (0..=96).map(|bucket| format!("{bucket:03}")).collect()
}

/// The median of times in buckets, in minutes.
pub fn median(counted: &[(String, i64)]) -> Option<i64> {
    let mut buckets: Vec<(i32, i64)> =
        counted.iter().filter_map(|(bucket, n)| Some((bucket.parse().ok()?, *n))).collect();
    buckets.sort_unstable();
    let half = (buckets.iter().map(|(_, n)| n).sum::<i64>() + 1) / 2;
    let mut before = 0;
    let (middle, _) = buckets.into_iter().find(|(_, n)| {
        before += n;
        before >= half && *n > 0
    })?;
    Some((((f64::from(middle) + 0.5) / 4.0).exp2() - 1.0).round() as i64)
}

/// So many of a hundred, rounded; nothing of nothing.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part.saturating_mul(200) / whole + 1) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_not_asked() {
        assert_eq!(Asked::read(Some("31"), Some("hour"), Some("planet"), Some("mars")), Asked::default());
        let asked = Asked::read(Some("365"), None, Some("domain"), Some(" contoso.example "));
        assert_eq!((asked.days, asked.per, asked.by), (365, Step::Month, Some(Dimension::Domain)));
        assert_eq!(asked.key, "contoso.example");
        assert_eq!(Asked::read(Some("90"), None, Some("domain"), Some(" ")).by, None);
        assert_eq!(asked.href("/x", Some((Dimension::Group, "a b&c"))), "/x?days=365&per=month&by=group&key=a+b%26c");
        assert_eq!(asked.href("/x", None), "/x?days=365&per=month");
        assert_eq!(asked.file("/x", "app"), "/x?days=365&per=month&by=domain&key=contoso.example&table=app");
    }

    #[test]
    fn a_median_is_right_to_a_tenth() {
        for minutes in [0, 1, 2, 5, 59, 60, 1_440, 10_080, 43_200, 525_600] {
            let found = median(&[(bucket(minutes), 3)]).unwrap();
            assert!((found - minutes).abs() * 10 <= minutes, "{minutes}: {found}");
        }
        assert!(buckets().contains(&bucket(10_512_000)));
        assert_eq!(bucket(-5), "000");
        let counted = [(bucket(10_000), 1), (bucket(60), 2), (bucket(1), 1), (bucket(5), 0)];
        assert_eq!(median(&counted), median(&[(bucket(60), 1)]));
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(bucket(5), 0)]), None);
    }

    #[test]
    fn percents_are_rounded() {
        assert_eq!(percent(1, 3), Some(33));
        assert_eq!(percent(2, 3), Some(67));
        assert_eq!(percent(1, 8), Some(13));
        assert_eq!(percent(5, 0), None);
    }
}
