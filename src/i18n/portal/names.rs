//! What roles, powers and rules are called.

use super::PortalTexts;
use crate::domain::{
    organisation::GuestVisibility,
    policy::AllowInvitesFrom,
    roles::Power,
    user::{Role, UserStanding},
    view::AccessRule,
};

impl PortalTexts {
    /// What a role is called.
    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Administrator => self.role_administrator,
            Role::UserAdministrator => self.role_user_administrator,
            Role::GuestInviter => self.role_guest_inviter,
            Role::Auditor => self.role_auditor,
            Role::HelpDesk => self.role_help_desk,
        }
    }

    /// What a power is called.
    pub fn power(&self, power: Power) -> &'static str {
        match power {
            Power::SeePeople => self.power_see_people,
            Power::HelpPeople => self.power_help,
            Power::Invite => self.power_invite,
            Power::ManagePeople => self.power_manage_people,
            Power::ManagePlaces => self.power_manage_places,
            Power::SeeTrail => self.power_trail,
            Power::SeeReports => self.power_reports,
            Power::SeeOrganisation => self.power_see_organisation,
            Power::ManageOrganisation => self.power_organisation,
            Power::ManageRoles => self.power_roles,
            Power::Erase => self.power_erase,
        }
    }

    /// How somebody stands.
    pub fn standing(&self, standing: UserStanding) -> &'static str {
        match standing {
            UserStanding::Active => self.standing_active,
            UserStanding::Invited => self.standing_invited,
            UserStanding::Disabled => self.standing_disabled,
            UserStanding::Deleted => self.standing_deleted,
        }
    }

    /// Why access counts, or does not.
    pub fn rule(&self, rule: AccessRule) -> &'static str {
        match rule {
            AccessRule::Direct => self.rule_direct,
            AccessRule::ThroughGroup => self.rule_group,
            AccessRule::GroupLetsGuestsIn => self.rule_group_guests,
            AccessRule::NotRedeemed => self.rule_not_redeemed,
            AccessRule::NotEnabled => self.rule_not_enabled,
            AccessRule::GuestSwitchOff => self.rule_switch,
            AccessRule::Waits => self.rule_waits,
            AccessRule::Ended => self.rule_ended,
        }
    }

    /// Who may invite to the directory.
    pub fn invites_from(&self, from: AllowInvitesFrom) -> &'static str {
        match from {
            AllowInvitesFrom::None => self.from_none,
            AllowInvitesFrom::AdminsAndGuestInviters => self.from_inviters,
            AllowInvitesFrom::AdminsGuestInvitersAndAllMembers => self.from_members,
            AllowInvitesFrom::Everyone => self.from_everyone,
        }
    }

    /// What guests see.
    pub fn visibility(&self, visibility: GuestVisibility) -> &'static str {
        match visibility {
            GuestVisibility::SameAsMembers => self.visibility_same,
            GuestVisibility::Limited => self.visibility_limited,
            GuestVisibility::Restricted => self.visibility_restricted,
        }
    }

    /// A section of the settings.
    pub fn section(&self, section: &str) -> &'static str {
        match section {
            "identity" => self.section_identity,
            "statements" => self.section_statements,
            "members" => self.section_members,
            "inviting" => self.section_inviting,
            "links" => self.section_links,
            _ => self.section_caps,
        }
    }

    /// A setting: its label, and its effect in a sentence.
    pub fn setting(&self, key: &str) -> (&'static str, &'static str) {
        match key {
            "name" => (self.set_name, self.set_name_hint),
            "language" => (self.set_language, self.set_language_hint),
            "timeZone" => (self.set_zone, self.set_zone_hint),
            "contact" => (self.set_contact, self.set_contact_hint),
            "colour" => (self.set_colour, self.set_colour_hint),
            "privacyUrl" => (self.set_privacy, self.set_privacy_hint),
            "termsUrl" => (self.set_terms, self.set_terms_hint),
            "ownDomains" => (self.set_own_domains, self.set_own_domains_hint),
            "membersMayJoin" => (self.set_may_join, self.set_may_join_hint),
            "membersCreateGroups" => (self.set_create_groups, self.set_create_groups_hint),
            "allowInvitesFrom" => (self.set_invites_from, self.set_invites_from_hint),
            "ownersMayInvite" => (self.set_owners, self.set_owners_hint),
            "allowedDomains" => (self.set_allowed, self.set_allowed_hint),
            "deniedDomains" => (self.set_denied, self.set_denied_hint),
            "redirectHosts" => (self.set_redirects, self.set_redirects_hint),
            "guestVisibility" => (self.set_visibility, self.set_visibility_hint),
            "linkDays" => (self.set_link_days, self.set_link_days_hint),
            "reminders" => (self.set_reminders, self.set_reminders_hint),
            "quietFrom" => (self.set_quiet_from, self.set_quiet_hint),
            "quietUntil" => (self.set_quiet_until, self.set_quiet_hint),
            "mailsPerInviter" => (self.set_per_inviter, self.set_per_inviter_hint),
            "mailsPerAddress" => (self.set_per_address, self.set_per_address_hint),
            "guestsPerMember" => (self.set_ratio, self.set_ratio_hint),
            _ => (self.set_per_day, self.set_per_day_hint),
        }
    }
}
