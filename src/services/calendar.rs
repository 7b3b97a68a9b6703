//! Days and hours as people say them: in the organisation's time zone and in their language.

use crate::domain::{language::Language, organisation::Organisation, time::Timestamp};
use jiff::{Zoned, tz::TimeZone};

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Parts of a day that are greeted differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPart {
    /// Before noon.
    Morning,
    /// Noon to six.
    Afternoon,
    /// From six on.
    Evening,
}

/// The organisation's calendar, in one language.
pub struct Calendar {
    zone: TimeZone,
    language: Language,
}

impl Calendar {
    /// A calendar in the organisation's zone; UTC if the zone has no data on this machine.
    pub fn new(organisation: &Organisation, language: Language) -> Self {
        Self { zone: TimeZone::get(&organisation.time_zone).unwrap_or(TimeZone::UTC), language }
    }

    fn at(&self, time: Timestamp) -> Zoned {
        jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(self.zone.clone())
    }

    /// `23 November 2026`, `1er mars 2026`.
    pub fn date(&self, time: Timestamp) -> String {
        let at = self.at(time);
        format!("{} {}", self.day_and_month(&at), at.year())
    }

    /// `November 2026`, `novembre 2026`.
    pub fn month(&self, time: Timestamp) -> String {
        let at = self.at(time);
        let month = usize::try_from(at.month() - 1).unwrap_or_default();
        let names = match self.language {
            Language::En => MONTHS_EN,
            Language::Fr => MONTHS_FR,
        };
        format!("{} {}", names[month], at.year())
    }

    /// `Monday, 23 November`, `lundi 23 novembre`.
    pub fn today(&self, time: Timestamp) -> String {
        let at = self.at(time);
        let weekday = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
        match self.language {
            Language::En => format!("{}, {}", DAYS_EN[weekday], self.day_and_month(&at)),
            Language::Fr => format!("{} {}", DAYS_FR[weekday], self.day_and_month(&at)),
        }
    }

    /// `23 November 2026, 14:05`.
    pub fn moment(&self, time: Timestamp) -> String {
        let at = self.at(time);
        let date = self.date(time);
        match self.language {
            Language::En => format!("{date}, {:02}:{:02}", at.hour(), at.minute()),
            Language::Fr => format!("{date} à {:02}:{:02}", at.hour(), at.minute()),
        }
    }

    /// `23 November 2026, 14:05 (Europe/Paris)`: for those who may be elsewhere.
    pub fn moment_with_zone(&self, time: Timestamp) -> String {
        format!("{} ({})", self.moment(time), self.zone.iana_name().unwrap_or("UTC"))
    }

    /// The last moment of the day that a moment lies in: access until a day ends with that day.
    pub fn end_of_day(&self, time: Timestamp) -> Option<Timestamp> {
        let next = self.at(time).date().tomorrow().ok()?.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(next.timestamp().as_millisecond() - 1))
    }

    /// The first moment of a day given as `YYYY-MM-DD`.
    pub fn start_of(&self, day: &str) -> Option<Timestamp> {
        let start = day.parse::<jiff::civil::Date>().ok()?.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(start.timestamp().as_millisecond()))
    }

    /// The last moment of a day given as `YYYY-MM-DD`.
    pub fn end_of(&self, day: &str) -> Option<Timestamp> {
        let noon = day.parse::<jiff::civil::Date>().ok()?.at(12, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
        self.end_of_day(Timestamp(noon.timestamp().as_millisecond()))
    }

    /// The same time of day so many days later, whatever the clocks do in between.
    pub fn days_later(&self, time: Timestamp, days: i64) -> Option<Timestamp> {
        let later = self.at(time).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(Timestamp(later.timestamp().as_millisecond()))
    }

    /// The moment at which this hour begins on the day that a moment lies in.
    pub fn hour_of_today(&self, time: Timestamp, hour: i8) -> Option<Timestamp> {
        let at = self.at(time).date().at(hour, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(at.timestamp().as_millisecond()))
    }

    /// The hour of the day, 0 to 23.
    pub fn hour(&self, time: Timestamp) -> u32 {
        u32::try_from(self.at(time).hour()).unwrap_or_default()
    }

    /// The day as `YYYY-MM-DD`, for forms.
    pub fn iso_day(&self, time: Timestamp) -> String {
        self.at(time).date().to_string()
    }

    /// Which part of the day it is.
    pub fn day_part(&self, time: Timestamp) -> DayPart {
        match self.at(time).hour() {
            0..12 => DayPart::Morning,
            12..18 => DayPart::Afternoon,
            _ => DayPart::Evening,
        }
    }

    fn day_and_month(&self, at: &Zoned) -> String {
        let month = usize::try_from(at.month() - 1).unwrap_or_default();
        match self.language {
            Language::En => format!("{} {}", at.day(), MONTHS_EN[month]),
            Language::Fr if at.day() == 1 => format!("1er {}", MONTHS_FR[month]),
            Language::Fr => format!("{} {}", at.day(), MONTHS_FR[month]),
        }
    }
}

/// The month in UTC that a moment lies in, counted from January 1970.
pub fn month_of(time: Timestamp) -> i64 {
    let at = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    (i64::from(at.year()) - 1970) * 12 + i64::from(at.month()) - 1
}

/// The first moment of a month so counted.
pub fn month_begins(month: i64) -> Timestamp {
    let year = i16::try_from(1970 + month.div_euclid(12)).unwrap_or(1970);
    let month = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    let first = jiff::civil::Date::new(year, month, 1).and_then(|day| day.to_zoned(TimeZone::UTC));
    Timestamp(first.map_or(0, |first| first.timestamp().as_millisecond()))
}

/// A time as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(|_| time.0.to_string(), |at| format!("{at:.3}"))
}

/// Reads a day (`YYYY-MM-DD`, from its first moment in UTC) or an RFC 3339 time.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let date = text.parse::<jiff::civil::Date>().ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(Timestamp(at.as_millisecond()))
}

/// Whether there is such a time zone.
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn the_same_moment_is_another_day_elsewhere() {
        let late = parse_time("2026-02-28T23:30:00Z").unwrap();
        let organisation = |zone: &str| Organisation { time_zone: zone.into(), ..Organisation::default() };
        let paris = Calendar::new(&organisation("Europe/Paris"), Language::Fr);
        assert_eq!(paris.date(late), "1er mars 2026");
        assert_eq!(paris.moment(late), "1er mars 2026 à 00:30");
        assert_eq!(paris.day_part(late), DayPart::Morning);
        let utc = Calendar::new(&organisation("UTC"), Language::En);
        assert_eq!(utc.today(late), "Saturday, 28 February");
        assert_eq!(utc.day_part(late), DayPart::Evening);
    }

    #[test]
    fn a_day_ends_in_the_zone_even_when_the_clocks_change() {
        let organisation = Organisation { time_zone: "Europe/Paris".into(), ..Organisation::default() };
        let paris = Calendar::new(&organisation, Language::En);
        // The day on which summer time ends has 25 hours.
        assert_eq!(paris.end_of("2026-10-25"), parse_time("2026-10-25T22:59:59.999Z"));
        assert_eq!(paris.end_of("2026-10-24"), parse_time("2026-10-24T21:59:59.999Z"));
        assert_eq!(paris.end_of("2026-02-30"), None);
        // Over the day of 23 hours too.
        let end = paris.end_of("2027-03-27").unwrap();
        assert_eq!(paris.days_later(end, 7), paris.end_of("2027-04-03"));
        assert_eq!(paris.end_of("soon"), None);
    }

    #[test]
    fn months_are_counted_from_1970() {
        let time = |text| parse_time(text).unwrap();
        assert_eq!(month_of(Timestamp(0)), 0);
        assert_eq!(month_of(time("2026-11-30T23:59:59.999Z")), 56 * 12 + 10);
        assert_eq!(month_begins(56 * 12 + 10), time("2026-11-01"));
        assert_eq!(month_begins(month_of(time("2027-01-31"))), time("2027-01-01"));
        let french = Calendar::new(&Organisation::default(), Language::Fr);
        assert_eq!(french.month(time("2026-02-03")), "février 2026");
    }

    #[test]
    fn times_are_written_and_read_alike() {
        let time = parse_time("2026-11-23T08:05:00.120Z").unwrap();
        assert_eq!(rfc3339(time), "2026-11-23T08:05:00.120Z");
        assert_eq!(parse_time("2026-11-23"), parse_time("2026-11-23T00:00:00Z"));
        assert_eq!(parse_time("yesterday"), None);
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_day_is_read_or_refused(text in hostile::text(hostile::FORM_MAX, &["-", "2026-01-01", "T", "Z", "+", ":"])) {
            let calendar = Calendar::new(&Organisation::default(), Language::En);
            let _ = (calendar.start_of(&text), calendar.end_of(&text), parse_time(&text));
        }
    }
}
