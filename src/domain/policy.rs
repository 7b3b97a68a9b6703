//! Who may invite whom to what (DESIGN rule 3). Pure: `services` load the facts, `decide` judges them, and its
//! reasons are what people are shown.

use super::{
    organisation::Organisation,
    text_enum::text_enum,
    user::{Redemption, Role, UserType},
};

text_enum! {
    /// Graph's `authorizationPolicy.allowInvitesFrom`: who may invite to the directory.
    AllowInvitesFrom {
        /// Nobody, anywhere.
        None = "none",
        /// Administrators and guest inviters.
        AdminsAndGuestInviters = "adminsAndGuestInviters",
        /// These and all members.
        AdminsGuestInvitersAndAllMembers = "adminsGuestInvitersAndAllMembers",
        /// Guests too.
        Everyone = "everyone",
    }
}

text_enum! {
    /// Why not, or not yet.
    Reason {
        /// Invitations are switched off for everybody.
        InvitationsOff = "invitationsOff",
        /// All inviting rests for a while.
        Paused = "paused",
        /// The inviter is disabled, deleted or has not redeemed.
        InviterInactive = "inviterInactive",
        /// The inviter may not invite to the directory.
        NoRightToInvite = "noRightToInvite",
        /// The inviter does not own the target.
        NotYours = "notYours",
        /// Owners may not invite to what they own.
        OwnersMayNotInvite = "ownersMayNotInvite",
        /// The target's guest switch is off.
        GuestsNotAllowed = "guestsNotAllowed",
        /// The target has been deleted.
        TargetGone = "targetGone",
        /// An address of the organisation's own, and nobody has it.
        OwnDomain = "ownDomain",
        /// The address's domain is on the deny list.
        DomainDenied = "domainDenied",
        /// The address's domain is not on the allow list.
        DomainNotAllowed = "domainNotAllowed",
        /// An administrator has disabled this person.
        Disabled = "disabled",
        /// The inviter has sent as many mails today as one may.
        CapInviter = "capInviter",
        /// The address has been sent as many invitations today as one may get.
        CapAddress = "capAddress",
        /// The organisation has sent as many invitations today as it may.
        CapOrganisation = "capOrganisation",
        /// Another owner has invited this address to the target already.
        PendingByAnother = "pendingByAnother",
        /// The same inviter has invited this address to the target already, and it waits.
        PendingAlready = "pendingAlready",
        /// It is no e-mail address.
        NotAnAddress = "notAnAddress",
        /// It is a name that several people have.
        SeveralPeople = "severalPeople",
        /// The mail server takes no address that is not ASCII before the `@`.
        NotDeliverable = "notDeliverable",
        /// The same address stands in the list before.
        Repeated = "repeated",
        /// The guest left it out.
        NotWanted = "notWanted",
        /// An owner refused it.
        OwnerRefused = "ownerRefused",
        /// The invitation that it came from ran out, and another took its place.
        Superseded = "superseded",
        /// Access would last longer than the target's owners allow.
        TooLong = "tooLong",
        /// The end that access was to have has passed.
        EndPassed = "endPassed",
        /// The target has as many guests as its owners allow.
        Full = "full",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// The address wants no invitations from us.
        Blocked = "blocked",
        /// The database did not take it.
        NotSaved = "notSaved",
    }
}

impl Reason {
    /// A lack of right of the person, whatever the organisation's switches say.
    pub fn is_about_rights(self) -> bool {
        self.is_lack_of_right() && self != Self::InvitationsOff
    }

    /// Too many mails for today.
    pub fn is_cap(self) -> bool {
        matches!(self, Self::CapInviter | Self::CapAddress | Self::CapOrganisation)
    }

    /// A lack of right, which somebody who has it can make good.
    fn is_lack_of_right(self) -> bool {
        matches!(
            self,
            Self::InvitationsOff
                | Self::InviterInactive
                | Self::NoRightToInvite
                | Self::NotYours
                | Self::OwnersMayNotInvite
        )
    }
}

/// Who wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviter {
    /// Whether they may be signed in at all.
    pub active: bool,
    /// Member or guest.
    pub user_type: UserType,
    /// Roles in force now.
    pub roles: Vec<Role>,
    /// The only domain (A-label) for which a guest inviter is one: a partner's coordinator.
    pub only_domain: Option<String>,
}

/// What it is for, seen from the inviter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whether it has been deleted, or never was.
    pub gone: bool,
    /// The guest switch.
    pub guests_allowed: bool,
    /// Whether the inviter owns it.
    pub owned: bool,
}

/// Somebody whom we know by the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Member or guest.
    pub user_type: UserType,
    /// Whether they have redeemed.
    pub redemption: Redemption,
    /// Whether sign-in is allowed.
    pub enabled: bool,
    /// Whether the user is deleted.
    pub deleted: bool,
}

/// Mails sent today that somebody caused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// By this inviter.
    pub by_inviter: i64,
    /// To this address, by all inviters.
    pub to_address: i64,
    /// By everybody.
    pub by_organisation: i64,
}

/// What policy sees.
#[derive(Debug, Clone)]
pub struct Facts<'f> {
    /// The organisation's settings.
    pub organisation: &'f Organisation,
    /// Who wants it.
    pub inviter: &'f Inviter,
    /// What it is for; none for the directory.
    pub place: Option<Place>,
    /// The address's domain, as A-label.
    pub domain: &'f str,
    /// Who has the address.
    pub known: Option<Known>,
    /// Mails sent today.
    pub sent: Sent,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// To invite; says whether that sends a mail.
    Invite {
        /// Whether a mail will go out.
        mails: bool,
    },
    /// To let the guest in who has proved the address and accepts.
    Redeem,
    /// To confirm, as an owner, what waits because the inviter lost the right.
    Confirm,
}

/// Allowed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may be done.
    Allow,
    /// Somebody with the right has to confirm.
    NeedsApproval,
    /// It may not be done.
    Deny,
}

/// The decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Allowed or not.
    pub outcome: Decision,
    /// Why not, the weightiest first; empty if allowed.
    pub reasons: Vec<Reason>,
}

/// Judges a request by the facts.
pub fn decide(facts: &Facts<'_>, request: Request) -> Verdict {
    let mut reasons = rights(facts);
    reasons.extend(about_target(facts));
    reasons.extend(about_guest(facts));
    // A pause is about what is sent: who was invited before comes in.
    if facts.organisation.paused && matches!(request, Request::Invite { .. }) && !has_joined(facts) {
        reasons.insert(0, Reason::Paused);
    }
    if request == (Request::Invite { mails: true }) {
        reasons.extend(caps(facts));
    }
    let outcome = if reasons.is_empty() {
        Decision::Allow
    } else if request == Request::Redeem && reasons.iter().all(|reason| reason.is_lack_of_right()) {
        Decision::NeedsApproval
    } else {
        Decision::Deny
    };
    Verdict { outcome, reasons }
}

/// Members are added by members who own the target; the settings about inviting are about guests. A guest who
/// invites gets the same answer whether a member is known or not (DESIGN rule 15).
fn is_member(facts: &Facts<'_>) -> bool {
    facts.inviter.user_type == UserType::Member && facts.known.is_some_and(|known| known.user_type == UserType::Member)
}

/// Whether it is about a member who needs no invitation. One who was invited as a member does.
fn has_joined(facts: &Facts<'_>) -> bool {
    is_member(facts) && !is_to_be_member(facts)
}

/// Whether it is about somebody who was invited as a member, and has yet to accept.
fn is_to_be_member(facts: &Facts<'_>) -> bool {
    let is = |known: Known| known.user_type == UserType::Member && known.redemption == Redemption::PendingAcceptance;
    facts.known.is_some_and(is)
}

/// Whether somebody with these roles may invite to the directory at all.
pub fn may_invite_to_directory(settings: &Organisation, user_type: UserType, roles: &[Role]) -> bool {
    roles.iter().any(|role| role.administers_people() || *role == Role::GuestInviter)
        || match settings.allow_invites_from {
            AllowInvitesFrom::None | AllowInvitesFrom::AdminsAndGuestInviters => false,
            AllowInvitesFrom::AdminsGuestInvitersAndAllMembers => user_type == UserType::Member,
            AllowInvitesFrom::Everyone => true,
        }
}

fn rights(facts: &Facts<'_>) -> Vec<Reason> {
    let Inviter { active, user_type, roles, only_domain } = facts.inviter;
    let is_admin = roles.iter().any(|role| role.administers_people());
    let settings = facts.organisation;
    let mut reasons = Vec::new();
    if !active {
        reasons.push(Reason::InviterInactive);
    }
    if !has_joined(facts) && settings.allow_invites_from == AllowInvitesFrom::None {
        reasons.push(Reason::InvitationsOff);
    }
    // Only who may make members brings in somebody who is to be one.
    if !is_admin && is_to_be_member(facts) {
        reasons.push(Reason::NoRightToInvite);
    }
    // A coordinator's role holds for one domain.
    let here: Vec<Role> = roles
        .iter()
        .copied()
        .filter(|role| {
            *role != Role::GuestInviter
                || only_domain.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(facts.domain))
        })
        .collect();
    let may_invite_to_directory = may_invite_to_directory(settings, *user_type, &here);
    match facts.place {
        None if !may_invite_to_directory => reasons.push(Reason::NoRightToInvite),
        Some(place) if !is_admin && !place.owned => reasons.push(Reason::NotYours),
        Some(_) if is_admin || is_member(facts) || may_invite_to_directory => {}
        // Guests who own something invite only where guests may.
        Some(_) if *user_type == UserType::Guest => reasons.push(Reason::NoRightToInvite),
        Some(_) if !settings.owners_may_invite => reasons.push(Reason::OwnersMayNotInvite),
        _ => {}
    }
    reasons
}

fn about_target(facts: &Facts<'_>) -> Option<Reason> {
    let place = facts.place?;
    if place.gone {
        Some(Reason::TargetGone)
    } else if !place.guests_allowed && !is_member(facts) {
        Some(Reason::GuestsNotAllowed)
    } else {
        None
    }
}

fn about_guest(facts: &Facts<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    // A deleted guest is revived; a deleted member is an administrator's to restore.
    if facts.known.is_some_and(|known| !known.enabled || (known.deleted && known.user_type == UserType::Member)) {
        reasons.push(Reason::Disabled);
    }
    if has_joined(facts) {
        return reasons;
    }
    let mut about_domain = about_domain(facts.organisation, facts.domain);
    // The organisation's own domains are for members, and need stand on no list.
    if is_member(facts) && about_domain.contains(&Reason::OwnDomain) {
        about_domain.retain(|reason| *reason == Reason::DomainDenied);
    }
    reasons.extend(about_domain);
    reasons
}

/// Why guests may not be from a domain (A-label), if so.
pub fn about_domain(settings: &Organisation, domain: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let listed = |list: &[String]| list.iter().any(|pattern| covers(pattern, domain));
    if listed(&settings.own_domains) {
        reasons.push(Reason::OwnDomain);
    }
    if listed(&settings.denied_domains) {
        reasons.push(Reason::DomainDenied);
    } else if !settings.allowed_domains.is_empty() && !listed(&settings.allowed_domains) {
        reasons.push(Reason::DomainNotAllowed);
    }
    reasons
}

fn caps(facts: &Facts<'_>) -> Vec<Reason> {
    let settings = facts.organisation;
    [
        (facts.sent.by_inviter, settings.mails_per_inviter, Reason::CapInviter),
        (facts.sent.to_address, settings.mails_per_address, Reason::CapAddress),
        (facts.sent.by_organisation, settings.mails_per_day, Reason::CapOrganisation),
    ]
    .into_iter()
    .filter(|(sent, cap, _)| sent >= &i64::from(*cap))
    .map(|(_, _, reason)| reason)
    .collect()
}

/// Whether a domain list's entry covers a domain, both as A-labels: `x.com` is that domain alone, `*.x.com`
/// every domain below it and not itself. Compared on label borders, so `*.x.com` does not cover `evilx.com`.
pub fn covers(pattern: &str, domain: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => {
            domain.len() > parent.len()
                && domain.get(domain.len() - parent.len()..).is_some_and(|end| end.eq_ignore_ascii_case(parent))
                && domain
                    .get(..domain.len() - parent.len())
                    .is_some_and(|front| front.ends_with('.') && front.len() > 1)
        }
        None => pattern.eq_ignore_ascii_case(domain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNED: Option<Place> = Some(Place { gone: false, guests_allowed: true, owned: true });
    const FOREIGN: Option<Place> = Some(Place { gone: false, guests_allowed: true, owned: false });
    const MAIL: Request = Request::Invite { mails: true };

    fn person(user_type: UserType, roles: &[Role]) -> Inviter {
        Inviter { active: true, user_type, roles: roles.to_vec(), only_domain: None }
    }

    fn member() -> Inviter {
        person(UserType::Member, &[])
    }

    fn organisation(from: AllowInvitesFrom, owners: bool) -> Organisation {
        Organisation {
            allow_invites_from: from,
            owners_may_invite: owners,
            own_domains: vec!["woodgrove.example".into()],
            ..Organisation::default()
        }
    }

    fn facts<'f>(organisation: &'f Organisation, inviter: &'f Inviter, place: Option<Place>) -> Facts<'f> {
        Facts { organisation, inviter, place, domain: "gmail.com", known: None, sent: Sent::default() }
    }

    fn guest(redemption: Redemption, enabled: bool, deleted: bool) -> Option<Known> {
        Some(Known { user_type: UserType::Guest, redemption, enabled, deleted })
    }

    fn colleague(enabled: bool, deleted: bool) -> Option<Known> {
        Some(Known { user_type: UserType::Member, redemption: Redemption::Accepted, enabled, deleted })
    }

    /// Who may invite where: the specification as a table.
    #[test]
    fn rights_by_setting_role_and_ownership() {
        use AllowInvitesFrom::{
            AdminsAndGuestInviters as Admins, AdminsGuestInvitersAndAllMembers as Members, Everyone, None as Nobody,
        };
        let (m, g) = (UserType::Member, UserType::Guest);
        let admin: &'static [Role] = &[Role::Administrator];
        let user_admin: &'static [Role] = &[Role::UserAdministrator];
        let inviter: &'static [Role] = &[Role::GuestInviter];
        let auditor: &'static [Role] = &[Role::Auditor];
        let ok: &'static [Reason] = &[];
        // Setting, owners may invite, who, their roles, where; why not.
        type Row = (AllowInvitesFrom, bool, UserType, &'static [Role], Option<Place>, &'static [Reason]);
        let table: &[Row] = &[
            (Admins, true, m, &[], OWNED, ok),
            (Admins, true, m, &[], FOREIGN, &[Reason::NotYours]),
            (Admins, true, m, &[], None, &[Reason::NoRightToInvite]),
            (Admins, true, m, auditor, None, &[Reason::NoRightToInvite]),
            (Admins, true, m, inviter, None, ok),
            (Admins, true, m, inviter, FOREIGN, &[Reason::NotYours]),
            (Admins, true, m, user_admin, FOREIGN, ok),
            (Admins, true, m, admin, FOREIGN, ok),
            (Admins, true, m, admin, None, ok),
            (Admins, false, m, &[], OWNED, &[Reason::OwnersMayNotInvite]),
            (Admins, false, m, inviter, OWNED, ok),
            (Admins, false, m, admin, OWNED, ok),
            (Members, true, m, &[], None, ok),
            (Members, false, m, &[], OWNED, ok),
            (Members, true, m, &[], FOREIGN, &[Reason::NotYours]),
            (Members, true, g, &[], None, &[Reason::NoRightToInvite]),
            (Members, true, g, &[], OWNED, &[Reason::NoRightToInvite]),
            (Members, true, g, inviter, OWNED, ok),
            (Admins, true, g, &[], OWNED, &[Reason::NoRightToInvite]),
            (Everyone, true, g, &[], None, ok),
            (Everyone, true, g, &[], OWNED, ok),
            (Everyone, true, g, &[], FOREIGN, &[Reason::NotYours]),
            (Nobody, true, m, admin, None, &[Reason::InvitationsOff]),
            (Nobody, true, m, &[], OWNED, &[Reason::InvitationsOff]),
        ];
        for (from, owners, user_type, roles, place, expected) in table {
            let organisation = organisation(*from, *owners);
            let inviter = person(*user_type, roles);
            let verdict = decide(&facts(&organisation, &inviter, *place), MAIL);
            let case = format!("{from:?}, owners {owners}, {user_type:?} {roles:?}, {place:?}");
            assert_eq!(verdict.reasons, *expected, "{case}");
            let outcome = if expected.is_empty() { Decision::Allow } else { Decision::Deny };
            assert_eq!(verdict.outcome, outcome, "{case}");
        }
    }

    #[test]
    fn the_target_and_the_guest_have_a_say() {
        let settings = Organisation {
            denied_domains: vec!["evil.example".into(), "*.evil.example".into()],
            ..organisation(AllowInvitesFrom::AdminsAndGuestInviters, true)
        };
        let inviter = member();
        let base = facts(&settings, &inviter, OWNED);
        let reasons = |facts: Facts<'_>| decide(&facts, MAIL).reasons;
        let place = |gone, guests_allowed| Some(Place { gone, guests_allowed, owned: true });
        assert_eq!(reasons(Facts { place: place(false, false), ..base.clone() }), [Reason::GuestsNotAllowed]);
        assert_eq!(reasons(Facts { place: place(true, true), ..base.clone() }), [Reason::TargetGone]);
        assert_eq!(reasons(Facts { domain: "woodgrove.example", ..base.clone() }), [Reason::OwnDomain]);
        assert_eq!(reasons(Facts { domain: "mail.evil.example", ..base.clone() }), [Reason::DomainDenied]);
        let pending = guest(Redemption::PendingAcceptance, true, false);
        assert_eq!(reasons(Facts { known: pending, ..base.clone() }), []);
        let disabled = guest(Redemption::Accepted, false, false);
        assert_eq!(reasons(Facts { known: disabled, ..base.clone() }), [Reason::Disabled]);
        let deleted = guest(Redemption::Accepted, true, true);
        assert_eq!(reasons(Facts { known: deleted, ..base }), [], "a deleted guest is revived");
    }

    #[test]
    fn members_are_added_by_owners_whatever_is_set_about_guests() {
        let settings = organisation(AllowInvitesFrom::None, false);
        let inviter = member();
        let shut = Some(Place { gone: false, guests_allowed: false, owned: true });
        let base =
            Facts { domain: "woodgrove.example", known: colleague(true, false), ..facts(&settings, &inviter, shut) };
        assert_eq!(decide(&base, MAIL).reasons, []);
        assert_eq!(decide(&Facts { place: FOREIGN, ..base.clone() }, MAIL).reasons, [Reason::NotYours]);
        assert_eq!(decide(&Facts { known: colleague(false, false), ..base.clone() }, MAIL).reasons, [Reason::Disabled]);
        assert_eq!(decide(&Facts { known: colleague(true, true), ..base }, MAIL).reasons, [Reason::Disabled]);
    }

    #[test]
    fn deny_beats_allow_and_a_list_admits_only_what_it_names() {
        let inviter = member();
        let outcome = |allowed: &[&str], denied: &[&str], domain| {
            let list = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
            let settings = Organisation {
                allowed_domains: list(allowed),
                denied_domains: list(denied),
                ..organisation(AllowInvitesFrom::AdminsAndGuestInviters, true)
            };
            decide(&Facts { domain, ..facts(&settings, &inviter, OWNED) }, MAIL).reasons.first().copied()
        };
        assert_eq!(outcome(&[], &[], "x.com"), None);
        assert_eq!(outcome(&["x.com"], &[], "x.com"), None);
        assert_eq!(outcome(&["x.com"], &[], "a.x.com"), Some(Reason::DomainNotAllowed));
        assert_eq!(outcome(&["*.x.com"], &[], "x.com"), Some(Reason::DomainNotAllowed));
        assert_eq!(outcome(&["*.x.com"], &[], "a.b.x.com"), None);
        assert_eq!(outcome(&["*.x.com"], &[], "evilx.com"), Some(Reason::DomainNotAllowed));
        assert_eq!(outcome(&["x.com"], &["x.com"], "x.com"), Some(Reason::DomainDenied));
        assert_eq!(outcome(&["*.x.com"], &["bad.x.com"], "bad.x.com"), Some(Reason::DomainDenied));
        assert_eq!(outcome(&[], &["xn--mller-kva.example"], "xn--mller-kva.example"), Some(Reason::DomainDenied));
        assert_eq!(outcome(&[], &["X.COM"], "x.com"), Some(Reason::DomainDenied));
        assert_eq!(outcome(&[], &["*.com"], ".com"), None);
    }

    #[test]
    fn caps_count_mails_and_nothing_else() {
        let settings = Organisation {
            mails_per_inviter: 3,
            mails_per_address: 2,
            mails_per_day: 9,
            ..organisation(AllowInvitesFrom::AdminsAndGuestInviters, true)
        };
        let inviter = member();
        let sent = |by_inviter, to_address, by_organisation| Facts {
            sent: Sent { by_inviter, to_address, by_organisation },
            ..facts(&settings, &inviter, OWNED)
        };
        assert_eq!(decide(&sent(2, 1, 8), MAIL).reasons, []);
        assert_eq!(decide(&sent(3, 1, 8), MAIL).reasons, [Reason::CapInviter]);
        assert_eq!(decide(&sent(0, 2, 9), MAIL).reasons, [Reason::CapAddress, Reason::CapOrganisation]);
        assert_eq!(decide(&sent(9, 9, 9), Request::Invite { mails: false }).reasons, []);
        assert_eq!(decide(&sent(9, 9, 9), Request::Redeem).reasons, []);
    }

    #[test]
    fn at_redemption_a_lost_right_waits_for_an_owner_and_the_rest_is_refused() {
        let settings = organisation(AllowInvitesFrom::AdminsAndGuestInviters, true);
        let gone = Inviter { active: false, ..member() };
        let verdict = decide(&facts(&settings, &gone, FOREIGN), Request::Redeem);
        assert_eq!(verdict.outcome, Decision::NeedsApproval);
        assert_eq!(verdict.reasons, [Reason::InviterInactive, Reason::NotYours]);
        let shut = Some(Place { gone: false, guests_allowed: false, owned: false });
        assert_eq!(decide(&facts(&settings, &gone, shut), Request::Redeem).outcome, Decision::Deny);
        assert_eq!(decide(&facts(&settings, &gone, FOREIGN), Request::Confirm).outcome, Decision::Deny);
        assert_eq!(decide(&facts(&settings, &member(), OWNED), Request::Confirm).outcome, Decision::Allow);
    }

    /// Small numbers that look random and are the same in every run (Knuth's multiplier).
    fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |bound| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        }
    }

    /// Somebody who was invited as a member is judged by who may make members, and by the lists unless from within.
    #[test]
    fn who_is_to_be_a_member() {
        let to_be = Some(Known { redemption: Redemption::PendingAcceptance, ..colleague(true, false).unwrap() });
        let open = Organisation {
            allowed_domains: vec!["partner.example".into()],
            denied_domains: vec!["denied.example".into()],
            ..organisation(AllowInvitesFrom::Everyone, true)
        };
        let admin = person(UserType::Member, &[Role::UserAdministrator]);
        let ok: &[Reason] = &[];
        for (inviter, place, domain, reasons) in [
            (&admin, OWNED, "woodgrove.example", ok),
            (&admin, None, "partner.example", ok),
            (&admin, None, "elsewhere.example", &[Reason::DomainNotAllowed]),
            (&admin, None, "denied.example", &[Reason::DomainDenied]),
            (&member(), OWNED, "partner.example", &[Reason::NoRightToInvite]),
            (&person(UserType::Guest, &[Role::GuestInviter]), None, "partner.example", &[Reason::NoRightToInvite]),
        ] {
            let facts = Facts { known: to_be, domain, ..facts(&open, inviter, place) };
            for request in [MAIL, Request::Redeem] {
                assert_eq!(decide(&facts, request).reasons, reasons, "{domain} {request:?}");
            }
        }
        let shut = Organisation { paused: true, allow_invites_from: AllowInvitesFrom::None, ..Organisation::default() };
        let facts = Facts { known: to_be, ..facts(&shut, &admin, OWNED) };
        assert_eq!(decide(&facts, MAIL).reasons, [Reason::Paused, Reason::InvitationsOff]);
    }

    #[test]
    fn row_order_changes_nothing_and_a_deny_never_allows_more() {
        const DOMAINS: [&str; 6] = ["x.com", "*.x.com", "a.x.com", "y.example", "*.example", "*.a.x.com"];
        const ASKED: [&str; 5] = ["x.com", "a.x.com", "b.a.x.com", "y.example", "z.org"];
        let severity = |verdict: &Verdict| match verdict.outcome {
            Decision::Allow => 0,
            Decision::NeedsApproval => 1,
            Decision::Deny => 2,
        };
        for seed in 0..2_000 {
            let mut next = numbers(seed);
            let mut pick = |from: &[&str]| -> Vec<String> {
                from.iter().filter(|_| next(3) == 0).map(|text| (*text).to_owned()).collect()
            };
            let (allowed, denied) = (pick(&DOMAINS), pick(&DOMAINS));
            let from = AllowInvitesFrom::ALL[usize::try_from(next(4)).unwrap()];
            let settings =
                Organisation { allowed_domains: allowed, denied_domains: denied, ..organisation(from, next(2) == 0) };
            let roles: Vec<Role> = Role::ALL.iter().copied().filter(|_| next(4) == 0).collect();
            let inviter = Inviter {
                active: next(5) > 0,
                user_type: UserType::ALL[usize::try_from(next(2)).unwrap()],
                roles,
                only_domain: None,
            };
            let place =
                (next(3) > 0).then(|| Place { gone: next(9) == 0, guests_allowed: next(4) > 0, owned: next(2) == 0 });
            let domain = ASKED[usize::try_from(next(5)).unwrap()];
            let known = (next(2) == 0).then(|| Known {
                user_type: UserType::ALL[usize::try_from(next(2)).unwrap()],
                redemption: Redemption::ALL[usize::try_from(next(2)).unwrap()],
                enabled: next(5) > 0,
                deleted: next(5) == 0,
            });
            let request = [MAIL, Request::Redeem, Request::Confirm][usize::try_from(next(3)).unwrap()];
            let base = Facts { domain, known, ..facts(&settings, &inviter, place) };
            let verdict = decide(&base, request);

            let reversed = |list: &[String]| list.iter().rev().cloned().collect::<Vec<_>>();
            let shuffled = Organisation {
                allowed_domains: reversed(&settings.allowed_domains),
                denied_domains: reversed(&settings.denied_domains),
                ..settings.clone()
            };
            let turned = Inviter { roles: inviter.roles.iter().rev().copied().collect(), ..inviter.clone() };
            let again = Facts { organisation: &shuffled, inviter: &turned, ..base.clone() };
            assert_eq!(decide(&again, request), verdict, "seed {seed}");

            let mut stricter = settings.clone();
            stricter.denied_domains.push(DOMAINS[usize::try_from(next(6)).unwrap()].to_owned());
            let after = decide(&Facts { organisation: &stricter, ..base }, request);
            assert!(severity(&after) >= severity(&verdict), "seed {seed}: {verdict:?} became {after:?}");
        }
    }
}
