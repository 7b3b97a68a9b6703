//! The forms in which lists, reports and the trail are files.

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

impl Format {
    /// The form that a path ends with.
    pub fn of_path(path: &str) -> Self {
        if path.ends_with(".csv") { Self::Csv } else { Self::Jsonl }
    }

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// What such a file is sent as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }
}
