//! The one way in which we write CSV (RFC 4180): no cell of ours is a formula to whoever opens it.

use std::io::{self, Write};

/// Writes rows of cells.
pub struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// What writing says.
    pub fn new(to: W, headings: &[&str]) -> io::Result<Self> {
        let mut writer = Self(csv::Writer::from_writer(to));
        writer.row(headings.iter().map(|heading| (*heading).to_owned()))?;
        Ok(writer)
    }

    /// Goes on behind rows that were written before.
    pub fn more(to: W) -> Self {
        Self(csv::Writer::from_writer(to))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// What writing says.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) -> io::Result<()> {
        self.0.write_record(cells.into_iter().map(disarm)).map_err(io::Error::other)
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// What writing says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The rows of a text, each as it stands there and as trimmed cells, whichever of `;`, tab and `,` stands between them. A
/// byte order mark is no part of it.
pub fn rows(text: &str) -> Vec<(&str, Vec<String>)> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let between = [';', '\t'].into_iter().find(|one| first.contains(*one)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(u8::try_from(between).unwrap_or(b','))
        // A quotation mark that nothing closes is one, and swallows no rows.
        .quoting(text.matches('"').count().is_multiple_of(2))
        .from_reader(text.as_bytes());
    let mut begins: Vec<(usize, Vec<String>)> = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let at = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(text.len());
        begins.push((at, record.iter().map(str::to_owned).collect()));
    }
    let ends = begins.iter().skip(1).map(|(at, _)| *at).chain([text.len()]).collect::<Vec<_>>();
    let raw = |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim();
    begins.into_iter().zip(ends).map(|((from, cells), to)| (raw(from, to), cells)).collect()
}

/// A cell that a spreadsheet would compute gets an apostrophe before it (OWASP, CSV injection); also what would be a cell
/// of its own to one that separates at semicolons, as many do that do not speak English.
fn disarm(cell: String) -> String {
    let mut disarmed = String::with_capacity(cell.len());
    let mut begins = true;
    for (i, c) in cell.chars().enumerate() {
        if begins && (matches!(c, '=' | '+' | '-' | '@') || (i == 0 && matches!(c, '\t' | '\r' | '\n'))) {
            disarmed.push('\'');
        }
        disarmed.push(c);
        begins = matches!(c, ';' | '\t' | '\r' | '\n') || (begins && c == ' ');
    }
    disarmed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_disarmed_and_quotes_doubled() {
        let mut out = Vec::new();
        let mut writer = CsvWriter::new(&mut out, &["a", "b"]).unwrap();
        writer.row(["=1+1".to_owned(), "say \"hi\", you".to_owned()]).unwrap();
        writer.row(["@SUM(A1)".to_owned(), "plain".to_owned()]).unwrap();
        writer.row(["x;=A1; +2".to_owned(), " =1 - 2".to_owned()]).unwrap();
        writer.flush().unwrap();
        drop(writer);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,b\n'=1+1,\"say \"\"hi\"\", you\"\n'@SUM(A1),plain\nx;'=A1; '+2, '=1 - 2\n"
        );
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_file_is_read(text in hostile::text(128 * 1024, &[",", ";", "\"", "\"\"", "\n", "=", "@"])) {
            prop_assert!(rows(&text).len() <= text.len() + 1);
            prop_assert!(disarm(text.clone()).len() >= text.len());
        }
    }
}
