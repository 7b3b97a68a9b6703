//! What the reports show: figures and tables, which charts and files are made of.

use crate::domain::{
    report::{Asked, Dimension, ReportName},
    text_enum::text_enum,
};
use serde::{Deserialize, Serialize};

/// A report on the overview.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportTile {
    /// Which.
    pub name: ReportName,
    /// What it comes to.
    pub figure: Figure,
    /// What its small chart is of.
    pub part: Part,
}

/// A report's page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportPage {
    /// Which.
    pub name: ReportName,
    /// What was asked.
    pub asked: Asked,
    /// What the filter found.
    pub filter: Option<Chosen>,
    /// What can be typed into the filter.
    pub suggestions: Vec<String>,
    /// What it comes to.
    pub figures: Vec<Figure>,
    /// Its tables.
    pub parts: Vec<Part>,
}

/// What a filter found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chosen {
    /// Only these.
    Only {
        /// By what.
        by: Dimension,
        /// What it is called.
        name: String,
        /// What stands in the field: what would find it again.
        typed: String,
    },
    /// Nothing is called so.
    Unknown,
}

text_enum! {
    /// What a figure counts.
    Fact {
        /// Invitations made.
        Invited = "invited",
        /// Invitations accepted.
        Accepted = "accepted",
        /// Invitations declined.
        Declined = "declined",
        /// Invitations withdrawn.
        Withdrawn = "withdrawn",
        /// Invitations that wait.
        Waiting = "waiting",
        /// Accepted of invited.
        Rate = "acceptanceRate",
        /// The median time from invitation to acceptance.
        Took = "medianTime",
        /// Invitations that wait for more than 30 days.
        Over30 = "waitingOver30Days",
        /// The age of the oldest that waits, in days.
        Oldest = "oldestInDays",
        /// Guests who are not deleted.
        Guests = "guests",
        /// Members who are not deleted.
        Members = "members",
        /// Guests who have not signed in for 90 days.
        Unseen = "unseen90Days",
        /// Guests who never signed in.
        Never = "neverSignedIn",
        /// Guests who have not accepted.
        NotAccepted = "notAccepted",
        /// Sign-ins that went well.
        SignedIn = "signedIn",
        /// Sign-ins that failed.
        FailedSignIns = "failedSignIns",
        /// Guests for each member.
        PerMember = "guestsPerMember",
        /// Guests that are allowed for each member.
        Ratio = "guestsAllowedPerMember",
        /// Guests that there is room for.
        Allowed = "guestsAllowed",
        /// How much of that is in use.
        Used = "used",
        /// Guests who signed in this month.
        ActiveGuests = "activeGuests",
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub fact: Fact,
    /// How many.
    pub value: Value,
    /// Within so many days, where it is of a period.
    pub days: Option<i64>,
    /// Where they are listed.
    pub path: Option<String>,
}

/// How many, and of what kind the number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// So many.
    Number(i64),
    /// So many of a hundred, if there is a whole.
    Percent(Option<i64>),
    /// Minutes, if there is one.
    Minutes(Option<i64>),
    /// Tenths, if there is one.
    Tenths(Option<i64>),
}

text_enum! {
    /// What a column holds.
    Column {
        /// A day.
        Day = "day",
        /// A week, by its first day.
        Week = "week",
        /// A month.
        Month = "month",
        /// A domain.
        Domain = "domain",
        /// A group.
        Group = "group",
        /// An app.
        App = "app",
        /// An inviter.
        Inviter = "inviter",
        /// A sponsor.
        Sponsor = "sponsor",
        /// How long an invitation has waited.
        Age = "age",
        /// When somebody signed in last.
        Seen = "lastSignIn",
        /// Which people.
        What = "people",
        /// Invitations made.
        Invited = "invited",
        /// Invitations accepted.
        Accepted = "accepted",
        /// Invitations declined.
        Declined = "declined",
        /// Invitations withdrawn.
        Withdrawn = "withdrawn",
        /// Accepted of invited, of a hundred.
        Rate = "acceptanceRate",
        /// Invitations that wait.
        Waiting = "waiting",
        /// Guests.
        Guests = "guests",
        /// Active guests.
        ActiveGuests = "activeGuests",
        /// Active members.
        ActiveMembers = "activeMembers",
        /// People.
        People = "number",
        /// Sign-ins that went well.
        Succeeded = "succeeded",
    }
}

/// What stands above numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heading {
    /// One of ours.
    Of(Column),
    /// Sign-ins that failed for this reason.
    Failed(String),
}

impl Heading {
    /// What it is called in files.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Of(column) => column.as_str(),
            Self::Failed(reason) => reason,
        }
    }
}

text_enum! {
    /// Rows that are not named by what is in the directory.
    Band {
        /// Up to a week.
        Days7 = "0 to 7 days",
        /// Up to two weeks.
        Days14 = "8 to 14 days",
        /// Up to 30 days.
        Days30 = "15 to 30 days",
        /// Up to 90 days.
        Days90 = "31 to 90 days",
        /// Longer.
        DaysMore = "over 90 days",
        /// Seen within 30 days.
        Seen30 = "within 30 days",
        /// Seen within 90 days.
        Seen90 = "31 to 90 days ago",
        /// Seen within 180 days.
        Seen180 = "91 to 180 days ago",
        /// Seen within a year.
        Seen365 = "181 to 365 days ago",
        /// Seen longer ago.
        SeenMore = "longer ago",
        /// Never seen.
        Never = "never",
        /// All that are not in the list.
        Others = "all others",
        /// Guests.
        Guests = "guests",
        /// Guests that there is room for.
        Allowed = "allowed",
    }
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Label {
    /// Days that begin with this one.
    From {
        /// As `YYYY-MM-DD`.
        day: String,
        /// Written out.
        words: String,
    },
    /// Something by its name.
    Named(String),
    /// One of our own.
    Band(Band),
}

/// A row of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it is about.
    pub label: Label,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Where there is more about it.
    pub path: Option<String>,
    /// Its numbers, one a heading.
    pub numbers: Vec<Option<i64>>,
}

/// How numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// A line a heading.
    Lines,
    /// A bar a row, of the first numbers.
    Bars,
}

/// A table, and how it is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What rows are about.
    pub of: Column,
    /// What numbers are about.
    pub headings: Vec<Heading>,
    /// The rows.
    pub rows: Vec<Row>,
    /// How it is drawn.
    pub shape: Shape,
}

impl Part {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.numbers).all(|n| n.unwrap_or_default() == 0)
    }
}
