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

/// The cells of one line, trimmed, whichever of `;`, tab and `,` stands between them.
pub fn cells(line: &str) -> Vec<String> {
    let between = [';', '\t'].into_iter().find(|one| line.contains(*one)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(u8::try_from(between).unwrap_or(b','))
        .from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(str::to_owned).collect()
}

/// A cell that a spreadsheet would compute gets an apostrophe before it (OWASP, CSV injection).
fn disarm(cell: String) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{cell}"),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_quotes_doubled() {
        let mut out = Vec::new();
        let mut writer = CsvWriter::new(&mut out, &["a", "b"]).unwrap();
        writer.row(["=1+1".to_owned(), "say \"hi\", you".to_owned()]).unwrap();
        writer.row(["@SUM(A1)".to_owned(), "plain".to_owned()]).unwrap();
        writer.flush().unwrap();
        drop(writer);
        assert_eq!(String::from_utf8(out).unwrap(), "a,b\n'=1+1,\"say \"\"hi\"\", you\"\n'@SUM(A1),plain\n");
    }
}
