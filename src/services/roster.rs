//! People as those see them who run Vestibule: by name, with their standing, roles and sponsors.

use super::{Services, steering};
use crate::{
    domain::{
        email::EmailAddress,
        error::{AppError, Field, Rule},
        ids::UserId,
        time::Timestamp,
        user::{Role, UserStanding, UserType},
    },
    identity::email_key,
    storage::{
        self, Conn,
        portal::{Only, Order, PeopleAsked, PersonRow},
    },
};

/// So many are read at once.
const PAGE: usize = 200;

/// Whom to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// Members or guests; else members, then guests.
    pub user_type: Option<UserType>,
    /// Those of one standing; else all who are not deleted.
    pub standing: Option<UserStanding>,
    /// Beginnings of up to two words of name, address or company.
    pub query: &'a str,
}

/// Somebody who answers for a guest.
#[derive(Debug, Clone)]
pub struct Sponsor {
    /// Who.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// A role in force.
#[derive(Debug, Clone)]
pub struct HeldRole {
    /// Which.
    pub role: Role,
    /// The domain that it holds for; empty for all.
    pub scope: String,
    /// Until when, if not for good.
    pub until: Option<Timestamp>,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Member or guest.
    pub user_type: UserType,
    /// How they stand.
    pub standing: UserStanding,
    /// Since when there is such a user.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Who answers for them.
    pub sponsors: Vec<Sponsor>,
    /// The roles that they hold.
    pub roles: Vec<HeldRole>,
}

/// Up to `limit` people, and whether there are more.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn list(services: &Services, wish: Wish<'_>, limit: usize) -> Result<(Vec<Person>, bool), AppError> {
    let words = steering::two_words(wish.query);
    let mut people = Vec::new();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    for user_type in [UserType::Member, UserType::Guest] {
        if wish.user_type.is_some_and(|only| only != user_type) {
            continue;
        }
        let mut after = None;
        loop {
            // One more than asked for, to know whether there are more.
            let room = (limit + 1 - people.len()).min(PAGE);
            let asked = PeopleAsked {
                user_type,
                sponsor: None,
                domain: "",
                only: wish.standing.map_or(Only::All, Only::Standing),
                words: [&words[0], &words[1]],
                order: Order::Name,
                end: None,
                after,
                whole: true,
                limit: i64::try_from(room).unwrap_or(i64::MAX),
            };
            let rows = storage::portal::people(conn, asked, services.now()).await?;
            let is_last = rows.len() < room;
            after = rows.last().map(|row| row.id);
            people.extend(fill(services, conn, rows).await?);
            if people.len() > limit {
                people.truncate(limit);
                return Ok((people, true));
            }
            if is_last {
                break;
            }
        }
    }
    Ok((people, false))
}

/// One person by address, deleted ones too.
///
/// # Errors
/// `Invalid(Email, …)`: not an address, or `Unknown`.
pub async fn show(services: &Services, email: &str) -> Result<Person, AppError> {
    let unknown = AppError::invalid(Field::Email, Rule::Unknown);
    let key = email_key(&EmailAddress::parse(email)?);
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let user = storage::users::by_email(conn, &key).await?.ok_or(unknown.clone())?;
    let row = storage::portal::person(conn, user.id, services.now()).await?;
    fill(services, conn, row.into_iter().collect()).await?.pop().ok_or(unknown)
}

async fn fill(services: &Services, conn: &mut Conn<'_>, rows: Vec<PersonRow>) -> Result<Vec<Person>, AppError> {
    let ids: Vec<UserId> = rows.iter().map(|row| row.id).collect();
    let sponsors = storage::sponsors::of_all(conn, &ids).await?;
    let roles = storage::users::roles_of(conn, &ids, services.now()).await?;
    let person = |row: PersonRow| Person {
        sponsors: sponsors
            .iter()
            .filter(|sponsor| sponsor.guest_id == row.id)
            .map(|one| Sponsor { id: one.id, name: one.name.clone(), email: one.email.clone() })
            .collect(),
        roles: roles
            .iter()
            .filter(|held| held.user_id == row.id)
            .map(|held| HeldRole { role: held.role, scope: held.scope.clone(), until: held.until })
            .collect(),
        id: row.id,
        name: row.name,
        email: row.email,
        user_type: row.user_type,
        standing: row.standing,
        created_at: row.created_at,
        last_sign_in_at: row.last_sign_in_at,
    };
    Ok(rows.into_iter().map(person).collect())
}
