//! Adding members: from a form, a list that people write, or a CSV file.

use super::{allow, people::ACT_MAX};
use crate::{
    domain::{
        actor::{Actor, Origin},
        error::{AppError, Field, Rule},
        roles::Power,
    },
    services::{Services, csv, people},
};

/// What adding a member from a list came to.
#[derive(Debug, Clone)]
pub struct AddedLine {
    /// What stood in the list.
    pub raw: String,
    /// Why not.
    pub error: Option<AppError>,
}

/// Adds members from a list: each line is an address, with a name before it (`Ada Winter <ada@…>`) or in another cell; or
/// the rows of a CSV file whose first names its columns.
///
/// Returns what names the columns, if anything does, and what each came to.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Email, Required)` if there is none, `Invalid(Email, TooMany)`.
pub async fn add_members(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    list: &str,
) -> Result<(Option<String>, Vec<AddedLine>), AppError> {
    allow(actor, Power::ManagePeople)?;
    let (head, read) = read_members(list);
    if read.is_empty() {
        return Err(AppError::invalid(Field::Email, Rule::Required));
    }
    if read.len() > 5 * ACT_MAX {
        return Err(AppError::invalid(Field::Email, Rule::TooMany));
    }
    let mut added = Vec::new();
    for Listed { raw, email, name } in read {
        let new = people::NewMember { email: &email, name: &name, roles: &[] };
        let error = people::add_member(services, origin, new).await.err();
        added.push(AddedLine { raw, error });
    }
    Ok((head, added))
}

/// A member as a list has it.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    raw: String,
    email: String,
    name: String,
}

/// What the column of addresses is called, and that of names.
const COLUMNS: [&[&str]; 2] = [
    &["email", "e-mail", "mail", "address", "e-mail address", "email address", "adresse", "adresse e-mail", "courriel"],
    &["name", "display name", "displayname", "full name", "nom", "nom complet"],
];

fn read_members(list: &str) -> (Option<String>, Vec<Listed>) {
    let mut rows = csv::rows(list);
    let named =
        |cells: &[String], names: &[&str]| cells.iter().position(|one| names.contains(&one.to_lowercase().as_str()));
    let first = rows.first().map(|(_, cells)| COLUMNS.map(|names| named(cells, names)));
    let columns = first.and_then(|[email, name]| Some((email?, name)));
    let head = columns.is_some().then(|| rows.remove(0).0.to_owned());
    let cell = |cells: &[String], i: usize| cells.get(i).cloned().unwrap_or_default();
    let listed = rows.into_iter().map(|(raw, cells)| {
        let (email, name) = match columns {
            Some((email, name)) if cells.get(email).is_some_and(|cell| cell.contains('@') && !cell.contains('<')) => {
                (cell(&cells, email), name.map_or(String::new(), |name| cell(&cells, name)))
            }
            _ => read_member(raw, &cells),
        };
        Listed { raw: raw.to_owned(), email, name }
    });
    (head, listed.filter(|one| !one.raw.is_empty()).collect())
}

/// Address and name in a line: `Name <address>`, or cells of which one is the address.
fn read_member(line: &str, cells: &[String]) -> (String, String) {
    if let Some((name, rest)) = line.split_once('<')
        && let Some((email, _)) = rest.split_once('>')
    {
        return (email.trim().to_owned(), name.trim().trim_matches('"').trim().to_owned());
    }
    let email = cells.iter().position(|cell| cell.contains('@')).unwrap_or_default();
    let name = cells.iter().enumerate().find(|(i, cell)| *i != email && !cell.is_empty());
    (cells.get(email).cloned().unwrap_or_default(), name.map(|(_, cell)| cell.clone()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hostile;
    use proptest::prelude::*;

    #[test]
    fn members_are_read_from_lines_as_people_write_them() {
        let read = |text: &str| -> Vec<(String, String)> {
            read_members(text).1.into_iter().map(|one| (one.email, one.name)).collect()
        };
        let ada = ("ada@woodgrove.example".to_owned(), "Ada Winter".to_owned());
        for line in [
            "Ada Winter <ada@woodgrove.example>",
            "\"Ada Winter\" <ada@woodgrove.example>",
            "ada@woodgrove.example, Ada Winter",
            "\"Ada Winter\";ada@woodgrove.example",
            "ada@woodgrove.example;Ada Winter;x",
            "Ada Winter,ada@woodgrove.example",
            "\u{feff}name,email\r\nAda Winter,ada@woodgrove.example\r\n",
            "id;E-mail;Name\n7;ada@woodgrove.example;Ada Winter",
        ] {
            assert_eq!(read(line), vec![ada.clone()], "{line}");
        }
        let quoted = read("\"Winter, Ada\",ada@woodgrove.example\n\nzoe@woodgrove.example");
        assert_eq!(quoted[0], ("ada@woodgrove.example".to_owned(), "Winter, Ada".to_owned()));
        assert_eq!(quoted[1], ("zoe@woodgrove.example".to_owned(), String::new()));
        let (_, broken) = read_members("name,email\n\"Ada\nWinter\",ada@woodgrove.example\nnonsense\n");
        assert_eq!((broken[0].name.as_str(), broken[1].raw.as_str()), ("Ada\nWinter", "nonsense"));
        assert!(read_members(" \n\n").1.is_empty());
    }

    proptest! {
        #![proptest_config(hostile::few())]
        #[test]
        fn any_list_of_members_is_read(text in hostile::text(128 * 1024, &["<", ">", ",", ";", "\"", "\n", "@", "name,email\n"])) {
            let _ = read_members(&text);
        }
    }
}
