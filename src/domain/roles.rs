//! What the directory roles may do in the portal: one table, which services ask, tests run through and `docs/ROLES.md`
//! prints. What owners, sponsors and inviters may do without a role is the table of `steering`.

use super::{text_enum::text_enum, user::Role};

text_enum! {
    /// Something that a role may do in the portal.
    Power {
        /// See people, groups, apps and invitations.
        SeePeople = "see people, groups, apps and invitations",
        /// Send invitations again, renew their links, end sessions.
        HelpPeople = "resend invitations, end sessions",
        /// Invite anybody to the directory and to every group and app.
        Invite = "invite to everything",
        /// Add members; change, disable, delete and restore people; change sponsors and access.
        ManagePeople = "manage people and their access",
        /// Make, change, delete and restore groups and apps.
        ManagePlaces = "manage groups and apps",
        /// Read the trail and export it.
        SeeTrail = "read and export the trail",
        /// Read the reports.
        SeeReports = "read the reports",
        /// See the organisation's settings and who holds which role.
        SeeOrganisation = "see the settings and roles",
        /// Change the organisation's settings.
        ManageOrganisation = "change the settings",
        /// Give and take roles, and manage people who hold one.
        ManageRoles = "give roles; manage those who hold one",
        /// Erase a person's data for good.
        Erase = "erase people",
    }
}

impl Role {
    /// What its holders may do in the portal.
    pub const fn powers(self) -> &'static [Power] {
        use Power::{HelpPeople, Invite, ManagePeople, ManagePlaces, SeeOrganisation, SeePeople, SeeReports, SeeTrail};
        match self {
            Self::Administrator => Power::ALL,
            Self::UserAdministrator => &[SeePeople, HelpPeople, Invite, ManagePeople, ManagePlaces, SeeReports],
            // Invites to the directory, from the panel: the invitation policy says so.
            Self::GuestInviter => &[],
            Self::Auditor => &[SeePeople, SeeTrail, SeeReports, SeeOrganisation],
            Self::HelpDesk => &[SeePeople, HelpPeople],
        }
    }

    /// Whether its holders may do this.
    pub fn has(self, power: Power) -> bool {
        self.powers().contains(&power)
    }
}

/// The table as Markdown: a row a power, a column a role.
pub fn table() -> String {
    let row = |cells: Vec<&str>| format!("| {} |", cells.join(" | "));
    let roles = || Role::ALL.iter().map(|role| role.as_str());
    let mut lines = vec![
        row([""].into_iter().chain(roles()).collect()),
        row(["---"].into_iter().chain(roles().map(|_| ":-:")).collect()),
    ];
    for power in Power::ALL {
        let cells = Role::ALL.iter().map(|role| if role.has(*power) { "yes" } else { "" });
        lines.push(row([power.as_str()].into_iter().chain(cells).collect()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_may_everything_and_auditors_change_nothing() {
        assert!(Power::ALL.iter().all(|power| Role::Administrator.has(*power)));
        let changes = [Power::HelpPeople, Power::Invite, Power::ManagePeople, Power::ManagePlaces];
        assert!(changes.iter().all(|power| !Role::Auditor.has(*power)));
        assert!(
            [Power::ManageOrganisation, Power::ManageRoles, Power::Erase].iter().all(|one| !Role::Auditor.has(*one))
        );
    }

    #[test]
    fn the_page_in_docs_prints_this_table() {
        let page = include_str!("../../docs/ROLES.md");
        assert!(page.contains(&table()), "docs/ROLES.md should hold:\n{}", table());
    }
}
