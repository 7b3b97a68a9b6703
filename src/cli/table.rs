//! Tables for people at a terminal: columns one below the other.

/// Rows under headings, each column as wide as its widest cell.
pub(super) fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(headings).chain(rows.map(harmless)).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or_default())
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, widest)| format!("{cell}{}", " ".repeat(widest - width(cell))));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Cells that can tell the terminal nothing.
fn harmless(row: Vec<String>) -> Vec<String> {
    row.into_iter().map(|cell| cell.chars().filter(|c| !c.is_control()).collect()).collect()
}

/// How many places a text takes: wide letters take two.
fn width(text: &str) -> usize {
    let is_wide = |c: char| matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f300..=0x1faff);
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_one_below_the_other() {
        let rows = [vec!["Zoë".to_owned(), "a@b.example".to_owned()], vec!["李".to_owned(), "c\u{1b}[2J".to_owned()]];
        let drawn = table(&["NAME", "EMAIL"], rows.into_iter());
        assert_eq!(drawn, "NAME  EMAIL\nZoë   a@b.example\n李    c[2J");
    }
}
