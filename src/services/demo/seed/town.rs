//! People, places and what lies between them, as it is made up before any of it is stored; and the rows of it.

use crate::{
    domain::{
        email::EmailKey,
        ids::{AssignmentId, CorrelationId, InvitationId, InvitationTargetId, MailId, UserId},
        invitation::{InvitationState, Target, TargetState},
        language::Language,
        mail::MailState,
        policy::Reason,
        search,
        tending::{GuestRules, JoinPolicy},
        time::{DAY, MINUTE, Timestamp},
        user::{Redemption, Role, User, UserType},
    },
    i18n,
    services::{Services, people, upkeep},
    storage::{
        self, Conn,
        grants::NewGrant,
        groups::NewGroup,
        invitations::Invitation,
        seed::{App, Ended, Person, Share, Sought, Words},
    },
};
use std::collections::BTreeSet;

/// Everything that is made up at once. People and places are named by their place in these lists.
pub(in crate::services::demo) struct Town {
    /// Of what organisation.
    pub organisation: String,
    /// The present moment.
    pub now: Timestamp,
    /// Members.
    pub members: Vec<Member>,
    /// Who disables and deletes people.
    pub steward: usize,
    /// Groups and apps.
    pub places: Vec<Place>,
    /// Guests.
    pub guests: Vec<Guest>,
    /// Whether nobody is told of what time will do to it.
    pub quiet: bool,
}

/// A member.
pub(in crate::services::demo) struct Member {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// What it is compared by.
    pub key: EmailKey,
    /// The name.
    pub name: String,
    /// What they do.
    pub title: String,
    /// Where they do it.
    pub department: String,
    /// Since when they are here.
    pub at: Timestamp,
    /// When they signed in last.
    pub seen: Option<Timestamp>,
    /// The roles they hold.
    pub roles: Vec<Role>,
}

/// A group or an app.
pub(in crate::services::demo) struct Place {
    /// Which.
    pub target: Target,
    /// The name.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// Who owns it.
    pub owner: usize,
    /// Since when it is.
    pub at: Timestamp,
    /// How guests have it.
    pub rules: GuestRules,
    /// Members who have it directly.
    pub members: Vec<usize>,
    /// What it is.
    pub form: Form,
}

/// What is peculiar to groups and to apps.
pub(in crate::services::demo) enum Form {
    /// A group: how colleagues get in.
    Group(JoinPolicy),
    /// An app.
    App {
        /// How to use it.
        instructions: String,
        /// Its category.
        category: String,
        /// Where it is.
        launch_url: String,
        /// Its icon.
        icon: Option<String>,
        /// The groups that have it.
        groups: Vec<usize>,
    },
}

/// A guest.
pub(in crate::services::demo) struct Guest {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// What it is compared by.
    pub key: EmailKey,
    /// The name; before acceptance, what stands before the `@`.
    pub name: String,
    /// The company.
    pub company: String,
    /// What they do.
    pub title: String,
    /// The language they chose.
    pub language: Option<Language>,
    /// Since when they are known.
    pub at: Timestamp,
    /// When they accepted.
    pub redeemed: Option<Timestamp>,
    /// When an administrator disabled them.
    pub disabled: Option<Timestamp>,
    /// When they were deleted.
    pub deleted: Option<Timestamp>,
    /// When they signed in last.
    pub seen: Option<Timestamp>,
    /// When they blocked further invitations.
    pub blocked: Option<Timestamp>,
    /// Who answers for them, in order.
    pub sponsors: Vec<usize>,
    /// The invitations that they had, the oldest first.
    pub invited: Vec<Invited>,
}

/// An invitation.
pub(in crate::services::demo) struct Invited {
    /// The id.
    pub id: InvitationId,
    /// Who invited.
    pub by: usize,
    /// When.
    pub at: Timestamp,
    /// The request that made it.
    pub request: CorrelationId,
    /// How it stands.
    pub state: InvitationState,
    /// Until when the link is good.
    pub link_until: Timestamp,
    /// When it was accepted, declined or withdrawn.
    pub answered: Option<Timestamp>,
    /// The inviter's words.
    pub message: String,
    /// The guest's word on declining.
    pub word: String,
    /// What the mail server said, if it refused the mail.
    pub refused: Option<String>,
    /// What it is for.
    pub wishes: Vec<Wish>,
}

/// What an invitation is for.
pub(in crate::services::demo) struct Wish {
    /// The group or app.
    pub place: usize,
    /// How it stands.
    pub state: TargetState,
    /// Until when the access is.
    pub until: Option<Timestamp>,
}

impl Wish {
    /// Whether there is a grant of it.
    pub fn is_held(&self) -> bool {
        self.state != TargetState::Refused
    }
}

impl Invited {
    /// Why what it was for was not given.
    pub fn refusal(&self) -> Option<Reason> {
        match self.state {
            InvitationState::Revoked => Some(Reason::Withdrawn),
            InvitationState::Declined | InvitationState::Accepted => Some(Reason::NotWanted),
            _ => None,
        }
    }
}

impl Member {
    /// The member as a user.
    pub fn user(&self) -> User {
        User {
            id: self.id,
            user_type: UserType::Member,
            email: self.email.clone(),
            name: self.name.clone(),
            language: None,
            redemption: Redemption::Accepted,
            enabled: true,
            deleted_at: None,
        }
    }
}

impl Guest {
    /// The guest as a user.
    pub fn user(&self) -> User {
        User {
            id: self.id,
            user_type: UserType::Guest,
            email: self.email.clone(),
            name: self.name.clone(),
            language: self.language,
            redemption: self.redeemed.map_or(Redemption::PendingAcceptance, |_| Redemption::Accepted),
            enabled: self.disabled.is_none(),
            deleted_at: self.deleted,
        }
    }
}

/// How far people count as told of an end.
fn told(town: &Town, until: Option<Timestamp>) -> i64 {
    match until {
        _ if town.quiet => 3,
        None => 0,
        Some(until) if until <= town.now => 3,
        Some(until) if until <= town.now.plus(DAY) => 2,
        Some(until) => i64::from(until <= town.now.plus(upkeep::FIRST_NOTICE)),
    }
}

/// Stores some of the members.
pub(super) async fn store_members(conn: &mut Conn<'_>, members: &[Member]) -> sqlx::Result<()> {
    let rows: Vec<Person> = members
        .iter()
        .map(|one| Person {
            id: one.id,
            user_type: UserType::Member,
            email: one.email.clone(),
            key: one.key.clone(),
            name: one.name.clone(),
            company: String::new(),
            job_title: one.title.clone(),
            department: one.department.clone(),
            language: None,
            redeemed_at: Some(one.at),
            enabled: true,
            deleted_at: None,
            created_at: one.at,
            seen_at: one.seen,
            terms: people::search_terms(&one.user(), ""),
        })
        .collect();
    storage::seed::people(conn, &rows).await?;
    let roles: Vec<_> = members.iter().flat_map(|one| one.roles.iter().map(|role| (one.id, *role, one.at))).collect();
    storage::seed::roles(conn, &roles).await
}

/// The words that places are found by.
fn words(places: &[&Place]) -> Vec<Words> {
    let of = |place: &&Place| {
        let words: BTreeSet<String> = search::words(&place.name).chain(search::words(&place.note)).collect();
        Words { id: place.target.id(), terms: words.into_iter().collect() }
    };
    places.iter().map(of).collect()
}

/// Stores some of the places, and who of the members has them. Apps come after the groups that have them.
pub(super) async fn store_places(
    services: &Services,
    conn: &mut Conn<'_>,
    town: &Town,
    places: &[Place],
) -> sqlx::Result<()> {
    let (mut groups, mut apps, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    let (mut shares, mut grants) = (Vec::new(), Vec::new());
    for place in places {
        let owner = town.members[place.owner].id;
        owners.push((place.target, owner, place.at));
        match (place.target, &place.form) {
            (Target::Group(id), Form::Group(join_policy)) => {
                let (name, description) = (place.name.as_str(), place.note.as_str());
                let new = NewGroup { id, name, description, join_policy: *join_policy, rules: place.rules };
                groups.push((new, place.at));
            }
            (Target::App(id), Form::App { instructions, category, launch_url, icon, groups }) => {
                apps.push(App {
                    id,
                    name: place.name.clone(),
                    note: place.note.clone(),
                    instructions: instructions.clone(),
                    category: category.clone(),
                    launch_url: launch_url.clone(),
                    icon: icon.clone(),
                    guests_allowed: place.rules.allowed,
                    created_at: place.at,
                });
                for group in groups.iter().filter_map(|group| town.places[*group].target.group()) {
                    let assignment = AssignmentId(services.rng.uuid_at(place.at));
                    shares.push(Share { id: assignment, app: id, group, by: owner, since: place.at });
                }
            }
            _ => {}
        }
        for member in &place.members {
            let member = &town.members[*member];
            let grant = NewGrant {
                id: AssignmentId(services.rng.uuid_at(place.at)),
                user: member.id,
                target: place.target,
                until: None,
                by: Some(owner),
                invitation: None,
                since: place.at.max(member.at),
            };
            grants.push((grant, 0));
        }
    }
    let (of_groups, of_apps): (Vec<&Place>, Vec<&Place>) =
        places.iter().partition(|place| place.target.group().is_some());
    storage::seed::words(conn, "group", &words(&of_groups)).await?;
    storage::seed::words(conn, "app", &words(&of_apps)).await?;
    storage::seed::groups(conn, &groups).await?;
    storage::seed::apps(conn, &apps).await?;
    storage::seed::owners(conn, &owners).await?;
    storage::seed::shares(conn, &shares).await?;
    storage::seed::grants(conn, &grants).await
}

/// Rows of guests and of what they were invited to.
#[derive(Default)]
struct Rows {
    people: Vec<Person>,
    sponsors: Vec<(UserId, UserId, i64)>,
    mails: Vec<Ended>,
    invitations: Vec<(Invitation, bool)>,
    sought: Vec<Sought>,
    grants: Vec<(NewGrant, i64)>,
}

/// Stores some of the guests, with their invitations and what they have.
pub(super) async fn store_guests(
    services: &Services,
    conn: &mut Conn<'_>,
    town: &Town,
    guests: &[Guest],
) -> sqlx::Result<()> {
    let mut rows = Rows::default();
    for guest in guests {
        rows.people.push(Person {
            id: guest.id,
            user_type: UserType::Guest,
            email: guest.email.clone(),
            key: guest.key.clone(),
            name: guest.name.clone(),
            company: guest.company.clone(),
            job_title: guest.title.clone(),
            department: String::new(),
            language: guest.language,
            redeemed_at: guest.redeemed,
            enabled: guest.disabled.is_none(),
            deleted_at: guest.deleted,
            created_at: guest.at,
            seen_at: guest.seen,
            terms: people::search_terms(&guest.user(), &guest.company),
        });
        for (place, sponsor) in (1..).zip(&guest.sponsors) {
            rows.sponsors.push((guest.id, town.members[*sponsor].id, place));
        }
        for invited in &guest.invited {
            invitation_rows(services, town, guest, invited, &mut rows);
        }
    }
    storage::seed::people(conn, &rows.people).await?;
    storage::seed::sponsors(conn, &rows.sponsors).await?;
    storage::seed::mails(conn, &rows.mails).await?;
    storage::seed::invitations(conn, &rows.invitations).await?;
    storage::seed::targets(conn, &rows.sought).await?;
    storage::seed::grants(conn, &rows.grants).await?;
    for guest in guests {
        if let Some(at) = guest.blocked {
            storage::invitations::block(conn, &guest.key, at).await?;
        }
    }
    Ok(())
}

fn invitation_rows(services: &Services, town: &Town, guest: &Guest, invited: &Invited, rows: &mut Rows) {
    let inviter = &town.members[invited.by];
    let names: Vec<&str> = invited.wishes.iter().map(|wish| town.places[wish.place].name.as_str()).collect();
    let mail = MailId(services.rng.uuid_at(invited.at));
    let texts = i18n::texts(guest.language.unwrap_or(Language::En));
    rows.mails.push(Ended {
        id: mail,
        key: guest.key.clone(),
        state: invited.refused.as_ref().map_or(MailState::Sent, |_| MailState::Failed),
        answer: invited.refused.clone().unwrap_or_else(|| "250 2.0.0 Ok: queued".to_owned()),
        message_id: format!("<{}@woodgrove.example>", mail.0.simple()),
        subject: texts.invitation_subject(&inviter.name, &names, &town.organisation),
        text: invited.message.clone(),
        created_at: invited.at,
        ended_at: invited.at.plus(MINUTE / 30),
    });
    let row = Invitation {
        id: invited.id,
        guest_id: guest.id,
        inviter_id: inviter.id,
        state: invited.state,
        message: invited.message.clone(),
        language: guest.language,
        redirect_url: None,
        link_until: invited.link_until,
        mail_id: Some(mail),
        word: invited.word.clone(),
        created_at: invited.at,
        changed_at: invited.answered.unwrap_or(invited.at),
        version: 1 + i64::from(invited.answered.is_some()),
    };
    rows.invitations.push((row, town.quiet || invited.link_until <= town.now));
    for wish in &invited.wishes {
        let target = town.places[wish.place].target;
        rows.sought.push(Sought {
            id: InvitationTargetId(services.rng.uuid_at(invited.at)),
            invitation: invited.id,
            guest: guest.id,
            target,
            state: wish.state,
            reason: invited.refusal().filter(|_| !wish.is_held()),
            until: wish.until,
            decided_at: invited.answered.filter(|_| matches!(wish.state, TargetState::Granted | TargetState::Refused)),
        });
        if wish.is_held() {
            let granted = invited.answered.filter(|_| wish.state == TargetState::Granted);
            let grant = NewGrant {
                id: AssignmentId(services.rng.uuid_at(invited.at)),
                user: guest.id,
                target,
                until: wish.until,
                by: Some(inviter.id),
                invitation: Some(invited.id),
                since: granted.unwrap_or(invited.at),
            };
            rows.grants.push((grant, told(town, wish.until)));
        }
    }
}
