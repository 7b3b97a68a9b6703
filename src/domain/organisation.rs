//! The organisation's settings: one typed struct over rows of key and value.

use super::{language::Language, policy::AllowInvitesFrom, text_enum::text_enum, user::UserType};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What guests see of the directory (Entra's three levels of `guestUserRoleId`).
    GuestVisibility {
        /// What members see: open groups to join, too.
        SameAsMembers = "sameAsMembers",
        /// The groups that they are in.
        Limited = "limited",
        /// Their own apps and account, and no groups.
        Restricted = "restricted",
    }
}

/// What administrators set. Every field has a default, so that a new database works at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Organisation {
    /// What the organisation is called on pages and in mails.
    pub name: String,
    /// The language of pages and mails where nobody chose one.
    pub language: Language,
    /// IANA time zone in which days begin and end.
    pub time_zone: String,
    /// Domains whose addresses belong to members, as A-labels.
    pub own_domains: Vec<String>,
    /// Whether proving an address of an own domain makes a member.
    pub members_may_join: bool,
    /// Where questions go: an address or a sentence.
    pub contact: String,
    /// Address of the privacy statement; empty if none is given.
    pub privacy_url: String,
    /// Address of the terms for guests; empty if there are none.
    pub terms_url: String,
    /// Who may invite to the directory; `none` stops everybody everywhere.
    pub allow_invites_from: AllowInvitesFrom,
    /// Whether owners may invite to what they own, where its guest switch is on.
    pub owners_may_invite: bool,
    /// Whether members may create groups.
    pub members_create_groups: bool,
    /// Where guests may be from, as `x.com` or `*.x.com`; empty means from anywhere.
    pub allowed_domains: Vec<String>,
    /// Where guests may not be from, in the same form; beats the list above.
    pub denied_domains: Vec<String>,
    /// Hosts that an invitation may lead to without asking, besides ours and those of apps.
    pub redirect_hosts: Vec<String>,
    /// For how many days an invitation's link is good, where the inviter does not say.
    pub link_days: u32,
    /// How often a guest is reminded of an invitation: at most twice.
    pub reminders: u32,
    /// Hour of the day (0 to 23) from which reminders rest.
    pub quiet_from: u32,
    /// Hour of the day until which they rest.
    pub quiet_until: u32,
    /// Mails that one inviter may cause a day.
    pub mails_per_inviter: u32,
    /// Invitations that one address may be sent a day.
    pub mails_per_address: u32,
    /// Mails that all inviters may cause a day.
    pub mails_per_day: u32,
    /// Whether all inviting rests for a while: nobody invites, nothing is sent again.
    pub paused: bool,
    /// What guests see of the directory.
    pub guest_visibility: GuestVisibility,
    /// The organisation's colour as `#rrggbb`; empty is Vestibule's own.
    pub colour: String,
    /// Which logo is shown on light pages: when it was sent; 0 is none.
    pub logo: i64,
    /// Which logo is shown on dark pages.
    pub logo_dark: i64,
    /// How many guests are allowed for each member, as reports compare them.
    pub guests_per_member: u32,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            name: "Vestibule".into(),
            language: Language::En,
            time_zone: "UTC".into(),
            own_domains: Vec::new(),
            members_may_join: false,
            contact: String::new(),
            privacy_url: String::new(),
            terms_url: String::new(),
            allow_invites_from: AllowInvitesFrom::AdminsAndGuestInviters,
            owners_may_invite: true,
            members_create_groups: true,
            allowed_domains: Vec::new(),
            denied_domains: Vec::new(),
            redirect_hosts: Vec::new(),
            link_days: 30,
            reminders: 2,
            quiet_from: 19,
            quiet_until: 8,
            mails_per_inviter: 2_000,
            mails_per_address: 20,
            mails_per_day: 20_000,
            paused: false,
            guest_visibility: GuestVisibility::Limited,
            colour: String::new(),
            logo: 0,
            logo_dark: 0,
            guests_per_member: 5,
        }
    }
}

impl Organisation {
    /// Whether nobody may invite.
    pub fn invites_nobody(&self) -> bool {
        self.paused || self.allow_invites_from == AllowInvitesFrom::None
    }

    /// Whether somebody sees groups that they are in.
    pub fn shows_groups_to(&self, user_type: UserType) -> bool {
        user_type == UserType::Member || self.guest_visibility != GuestVisibility::Restricted
    }

    /// Whether somebody sees groups that one may join.
    pub fn shows_directory_to(&self, user_type: UserType) -> bool {
        user_type == UserType::Member || self.guest_visibility == GuestVisibility::SameAsMembers
    }

    /// Whether an address of this domain (A-label) may become a member by proving it.
    pub fn may_join(&self, domain: &str) -> bool {
        self.members_may_join && self.own_domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_domains_join_and_only_where_it_is_on() {
        let on = Organisation {
            own_domains: vec!["woodgrove.example".into()],
            members_may_join: true,
            ..Organisation::default()
        };
        assert!(on.may_join("woodgrove.example"));
        assert!(!on.may_join("mail.woodgrove.example"));
        assert!(!on.may_join("evilwoodgrove.example"));
        assert!(!Organisation { members_may_join: false, ..on }.may_join("woodgrove.example"));
    }
}
