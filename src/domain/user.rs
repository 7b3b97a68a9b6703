//! Users: members and guests, and the three facts that say how a user stands (DESIGN rule 8).

use super::{ids::UserId, language::Language, text_enum::text_enum, time::Timestamp};

text_enum! {
    /// Graph's `userType`.
    UserType {
        /// Belongs to the organisation.
        Member = "member",
        /// Invited from outside.
        Guest = "guest",
    }
}

text_enum! {
    /// Graph's `externalUserState`: whether a guest has proved the address and accepted.
    Redemption {
        /// Invited, not yet redeemed.
        PendingAcceptance = "pending_acceptance",
        /// Redeemed. Members are accepted from the start.
        Accepted = "accepted",
    }
}

text_enum! {
    /// How somebody stands, as the three facts read: the generated column `standing`.
    UserStanding {
        /// May sign in.
        Active = "active",
        /// Has yet to redeem.
        Invited = "invited",
        /// May not sign in.
        Disabled = "disabled",
        /// Deleted; restorable for 30 days.
        Deleted = "deleted",
    }
}

text_enum! {
    /// Directory roles (Entra's names, in our spelling).
    Role {
        /// May do everything.
        Administrator = "administrator",
        /// Manages people.
        UserAdministrator = "user_administrator",
        /// May invite to the directory.
        GuestInviter = "guest_inviter",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Helps people in: resends, ends sessions.
        HelpDesk = "help_desk",
    }
}

impl Role {
    /// Whether its holders administer people.
    pub fn administers_people(self) -> bool {
        matches!(self, Self::Administrator | Self::UserAdministrator)
    }

    /// Reads a role as people write it: `guest_inviter`, `guest-inviter` and `Guest Inviter` alike.
    pub fn from_words(text: &str) -> Option<Self> {
        text.trim().to_lowercase().replace([' ', '-'], "_").parse().ok()
    }
}

/// A user object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id, kept for good.
    pub id: UserId,
    /// Member or guest.
    pub user_type: UserType,
    /// The address that mail goes to, as typed.
    pub email: String,
    /// Display name, cleaned.
    pub name: String,
    /// The language chosen by the person, if any.
    pub language: Option<Language>,
    /// First fact: has the person proved the address and accepted?
    pub redemption: Redemption,
    /// Second fact: is sign-in allowed?
    pub enabled: bool,
    /// Third fact: deleted when (and restorable for 30 days)?
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// Whether this person was invited, has yet to accept, and may.
    pub fn may_redeem(&self) -> bool {
        self.is_invited() && self.enabled
    }

    /// Whether this person was invited, has yet to accept, and may be told after the proof why not.
    pub fn is_invited(&self) -> bool {
        self.redemption == Redemption::PendingAcceptance && self.deleted_at.is_none()
    }

    /// How this person stands.
    pub fn standing(&self) -> UserStanding {
        match (self.deleted_at, self.enabled, self.redemption) {
            (Some(_), ..) => UserStanding::Deleted,
            (None, false, _) => UserStanding::Disabled,
            (None, true, Redemption::Accepted) => UserStanding::Active,
            (None, true, Redemption::PendingAcceptance) => UserStanding::Invited,
        }
    }

    /// Whether this person may be signed in and have access at all.
    pub fn is_active(&self) -> bool {
        self.standing() == UserStanding::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_in_any_spelling() {
        for text in ["guest_inviter", "guest-inviter", "Guest Inviter", " GUEST INVITER "] {
            assert_eq!(Role::from_words(text), Some(Role::GuestInviter), "{text}");
        }
        assert_eq!(Role::from_words("owner"), None);
    }

    #[test]
    fn a_user_is_active_only_with_all_three_facts() {
        let user = User {
            id: UserId(uuid::Uuid::nil()),
            user_type: UserType::Guest,
            email: "sam@gmail.com".into(),
            name: "Sam".into(),
            language: None,
            redemption: Redemption::Accepted,
            enabled: true,
            deleted_at: None,
        };
        assert!(user.is_active());
        assert!(!User { redemption: Redemption::PendingAcceptance, ..user.clone() }.is_active());
        assert!(!User { enabled: false, ..user.clone() }.is_active());
        assert!(!User { deleted_at: Some(Timestamp(1)), ..user }.is_active());
    }
}
