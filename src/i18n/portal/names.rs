//! What roles, powers and rules are called.

use super::PortalTexts;
use crate::domain::{
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
}
