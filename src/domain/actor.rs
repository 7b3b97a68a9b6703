//! Who is acting: the signed-in person behind a request, or the hand that runs a command.

use super::{
    ids::{CorrelationId, UserId},
    roles::Power,
    user::{Role, UserType},
};

/// A signed-in person, as the request's session and the database say at this moment.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Their user object.
    pub id: UserId,
    /// Member or guest.
    pub user_type: UserType,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Directory roles in force now.
    pub roles: Vec<Role>,
}

impl Actor {
    /// Whether the person holds any directory role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether a role of the person has this power in the portal.
    pub fn may(&self, power: Power) -> bool {
        self.roles.iter().any(|role| role.has(power))
    }

    /// All powers of the person in the portal.
    pub fn powers(&self) -> Vec<Power> {
        Power::ALL.iter().copied().filter(|power| self.may(*power)).collect()
    }

    /// Whether the person administers people.
    pub fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role.administers_people())
    }
}

/// Who an audit event names as its initiator.
#[derive(Debug, Clone)]
pub enum Initiator {
    /// A person, signed in or just proving who they are.
    User {
        /// Their id.
        id: UserId,
        /// Their name, kept as erasable text.
        name: String,
        /// Their address, kept as erasable text.
        email: String,
    },
    /// Vestibule itself: a job, or the command line on the server.
    Service(&'static str),
    /// Nobody is known: a wrong code, say.
    Nobody,
}

/// Where a change comes from: what audit events and log lines carry.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who.
    pub initiator: Initiator,
    /// From which client address, if by network.
    pub ip: Option<String>,
    /// Within which request or command.
    pub correlation: CorrelationId,
}

impl Origin {
    /// The same origin with the person that has just become known.
    #[must_use]
    pub fn by(&self, id: UserId, name: &str, email: &str) -> Self {
        let initiator = Initiator::User { id, name: name.to_owned(), email: email.to_owned() };
        Self { initiator, ..self.clone() }
    }
}
