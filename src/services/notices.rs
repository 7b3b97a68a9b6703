//! Telling people what became of their guests: each time, once a day, or not at all, as they want it. Promised in the
//! transaction of what it tells; worded when it is sent.

use super::{
    Services,
    audit::{self, Event},
    calendar::Calendar,
    mail::{self, Message, Waiting, address},
    organisation,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        error::AppError,
        ids::{InvitationId, NoticeId, UserId},
        invitation::{InvitationState, Target},
        language::Language,
        mail::MailKind,
        name::header_name,
        notice::{Notice, Telling},
        paths,
        roles::Power,
        time::Timestamp,
        user::{Role, User},
    },
    i18n::{self, fill, portal::portal},
    mail::Draft,
    storage::{self, Conn},
};
use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The hour at which the day's mail goes out, in the organisation's time zone.
const DIGEST_HOUR: i8 = 8;

/// What a notice is about.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct About {
    /// The guest, or who wants to join.
    pub person: Option<UserId>,
    /// Who did it, where that matters.
    pub by: Option<UserId>,
    /// The invitation.
    pub invitation: Option<InvitationId>,
    /// The group or app.
    pub target: Option<Target>,
    /// The role.
    pub role: Option<Role>,
    /// How many guests.
    pub guests: usize,
    /// The end that it is about.
    pub until: Option<Timestamp>,
    /// Somebody's own words: the guest's, or the mail server's.
    pub words: String,
}

/// Tells somebody, as they want to be told.
pub(super) async fn tell(
    services: &Services,
    conn: &mut Conn<'_>,
    to: UserId,
    kind: Notice,
    about: &About,
) -> Result<(), AppError> {
    let data = serde_json::to_value(about).map_err(|_| AppError::Internal)?;
    // What somebody can bring about again and again is told once a day.
    if kind.is_once_a_day() {
        let matter = json!([kind, about.person, about.invitation, about.target, about.until]);
        let scope = format!("notice:{to}:{matter}");
        if !storage::invitations::count_up_to(conn, services.now().day(), &scope, 1).await? {
            return Ok(());
        }
    }
    if kind.is_chosen() {
        match storage::notices::telling(conn, to).await? {
            Some(Telling::Each) => {}
            Some(Telling::Daily) => {
                let id = NoticeId(services.rng.uuid(&*services.clock));
                return Ok(storage::notices::keep(conn, id, to, kind, &data.to_string(), services.now()).await?);
            }
            Some(Telling::None) | None => return Ok(()),
        }
    }
    // Accepting has a mail of its own, which says more.
    let (mail_kind, data) = match kind {
        Notice::Accepted => (
            MailKind::Accepted,
            json!({"guest": about.person, "invitation": about.invitation, "asked_at": services.now()}),
        ),
        _ => (MailKind::Notice, json!({"kind": kind, "about": data, "asked_at": services.now()})),
    };
    let Some(key) = storage::invitations::key_of(conn, to).await? else { return Ok(()) };
    let message = Message { kind: mail_kind, key: &key, language: None, data, secret: None, expires_at: None };
    mail::enqueue(services, conn, message).await?;
    Ok(())
}

/// Tells somebody that the address of their account changes: at the old address, then at the new one.
pub(super) async fn tell_of_address(
    services: &Services,
    conn: &mut Conn<'_>,
    user: &User,
    at: &str,
) -> Result<(), AppError> {
    let Some(key) = storage::invitations::key_of(conn, user.id).await? else { return Ok(()) };
    let about = About { person: Some(user.id), words: at.to_owned(), ..About::default() };
    let data =
        json!({"kind": Notice::Address, "about": about, "to": user.id, "at": user.email, "asked_at": services.now()});
    let message = Message { kind: MailKind::Notice, key: &key, language: None, data, secret: None, expires_at: None };
    mail::enqueue(services, conn, message).await?;
    Ok(())
}

/// Tells whoever answers for a guest; where nobody does, the administrators.
pub(super) async fn tell_sponsors(
    services: &Services,
    conn: &mut Conn<'_>,
    guest: UserId,
    kind: Notice,
    about: &About,
) -> Result<(), AppError> {
    // Guests who invite learn nothing more of whom they invited (DESIGN rule 15).
    let mut told = storage::sponsors::members_of(conn, guest).await?;
    if told.is_empty() {
        told = storage::invitations::administrators(conn, services.now()).await?;
    }
    for person in told {
        tell(services, conn, person, kind, about).await?;
    }
    Ok(())
}

/// How the person wants to be told of what becomes of their invitations.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn set_telling(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    telling: Telling,
) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let before = storage::notices::telling(conn, actor.id).await?.map_or("", Telling::as_str);
    storage::notices::set_telling(conn, actor.id, telling).await?;
    let event = Event::new(Activity::UPDATE_USER).to_user(&user).change("Notices", before, telling.as_str());
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends what waits for the day's mail, once its hour has come.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn send_digests(services: &Services) -> Result<(), AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let Some(hour) = calendar.hour_of_today(services.now(), DIGEST_HOUR) else { return Ok(()) };
    if services.now() < hour {
        return Ok(());
    }
    let waiting = storage::notices::waiting(conn, hour).await?;
    drop(held);
    for user in waiting {
        let mut tx = services.db.write().await?;
        let conn = &mut tx.conn();
        let taken = storage::notices::take(conn, user, hour).await?;
        if let Some(key) = storage::invitations::key_of(conn, user).await?
            && !taken.is_empty()
        {
            let lines: Vec<_> = taken.iter().map(|(kind, data)| json!({"kind": kind, "about": data})).collect();
            let data = json!({"kind": Notice::Digest, "lines": lines, "asked_at": services.now()});
            let kind = MailKind::Notice;
            let message = Message { kind, key: &key, language: None, data, secret: None, expires_at: None };
            mail::enqueue(services, conn, message).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// What a notice says.
struct Said {
    subject: String,
    text: String,
    quote: String,
    button: &'static str,
    path: String,
}

async fn person(conn: &mut Conn<'_>, id: Option<UserId>) -> Result<Option<User>, AppError> {
    match id {
        Some(id) => Ok(storage::users::by_id(conn, id).await?),
        None => Ok(None),
    }
}

/// Words a notice, as things stand when it is sent. `None` where there is nothing to tell any more.
async fn say(
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
    to: &User,
    kind: Notice,
    about: &About,
) -> Result<Option<Said>, AppError> {
    let language = to.language.unwrap_or(mail.organisation.language);
    let texts = i18n::texts(language);
    let calendar = Calendar::new(mail.organisation, language);
    let subject = person(conn, about.person).await?;
    let by = person(conn, about.by).await?;
    let place = match about.target {
        Some(target) => storage::invitations::place(conn, target, to.id).await?,
        None => None,
    };
    let name = subject.as_ref().map(|user| user.name.as_str()).unwrap_or_default();
    let email = subject.as_ref().map(|user| user.email.as_str()).unwrap_or_default();
    let target = place.as_ref().map(|place| place.name.as_str()).unwrap_or_default();
    let date = about.until.map(|until| calendar.date(until)).unwrap_or_default();
    let by_name = by.as_ref().map(|user| user.name.as_str()).unwrap_or_default();
    let guests = about.guests.to_string();
    let role = about.role.map(|role| portal(language).role(role)).unwrap_or_default();
    // A name that reads as an address is left out of heads.
    let safe = header_name(name).unwrap_or_else(|| texts.a_guest.to_owned());
    let gaps = [
        ("guest", name),
        ("email", email),
        ("target", target),
        ("date", date.as_str()),
        ("by", by_name),
        ("organisation", mail.organisation.name.as_str()),
        ("address", about.words.as_str()),
        ("role", role),
        ("n", guests.as_str()),
    ];
    let safe_target = header_name(target).unwrap_or_else(|| texts.a_group.to_owned());
    let safe_by = header_name(by_name).unwrap_or_else(|| texts.somebody.to_owned());
    let names = [("guest", safe.as_str()), ("target", &safe_target), ("by", &safe_by)];
    let in_head = [names.as_slice(), &gaps].concat();
    let head = |pattern| fill(pattern, &in_head);
    let found = match about.invitation {
        Some(id) => storage::invitations::by_id(conn, id).await?,
        None => None,
    };
    // What has changed since is no news any more.
    let is_over = found.as_ref().is_some_and(|one| match kind {
        Notice::Declined => one.state != InvitationState::Declined,
        Notice::RunOut | Notice::MailFailed | Notice::AskedForLink => one.state != InvitationState::Pending,
        _ => false,
    });
    if is_over {
        return Ok(None);
    }
    // Who was merely told of it has no page of it.
    let sent = found.is_some_and(|one| one.inviter_id == to.id);
    let invitation = || {
        about
            .invitation
            .filter(|_| sent || kind != Notice::Declined)
            .map_or(paths::INVITATIONS.to_owned(), paths::invitation)
    };
    let group = || about.target.map_or(paths::GROUPS.to_owned(), paths::target);
    let guest = || about.person.map_or(paths::GUESTS.to_owned(), paths::guest);
    let (subject, text, button, path) = match kind {
        Notice::Accepted => (texts.notice_accepted, texts.notice_accepted_text, texts.see_it, guest()),
        Notice::Declined => (texts.notice_declined, texts.notice_declined_text, texts.see_it, invitation()),
        Notice::MailFailed => (texts.notice_failed, texts.notice_failed_text, texts.correct_address, invitation()),
        Notice::RunOut => (texts.notice_run_out, texts.notice_run_out_text, texts.see_it, invitation()),
        Notice::AskedForLink => (texts.notice_asked, texts.notice_asked_text, texts.see_it, invitation()),
        Notice::EndsSoon => {
            let path = about
                .person
                .zip(about.target)
                .map_or(paths::GUESTS.to_owned(), |(user, target)| paths::prolong(user, target));
            (texts.notice_ends, texts.notice_ends_text, texts.prolong, path)
        }
        Notice::Longer => {
            let path = about.person.map_or(paths::GUESTS.to_owned(), paths::guest);
            (texts.notice_longer, texts.notice_longer_text, texts.see_it, path)
        }
        Notice::YoursEndsSoon => {
            (texts.notice_yours, texts.notice_yours_text, texts.to_my_apps, paths::HOME.to_owned())
        }
        Notice::Left => (texts.notice_left, texts.notice_left_text, texts.my_guests, paths::GUESTS.to_owned()),
        Notice::Sponsor => (texts.notice_sponsor, texts.notice_sponsor_text, texts.see_it, guest()),
        Notice::Sponsors => {
            (texts.notice_sponsors, texts.notice_sponsors_text, texts.my_guests, paths::GUESTS.to_owned())
        }
        Notice::WantsToJoin => (texts.notice_wants, texts.notice_wants_text, texts.see_it, group()),
        Notice::MayJoin => (texts.notice_may, texts.notice_may_text, texts.see_it, group()),
        Notice::MayNotJoin => {
            (texts.notice_may_not, texts.notice_may_not_text, texts.my_groups, paths::GROUPS.to_owned())
        }
        Notice::Role => {
            let text = if about.until.is_some() { texts.notice_role_until_text } else { texts.notice_role_text };
            match about.role.is_some_and(|role| role.has(Power::SeePeople)) {
                true => (texts.notice_role, text, texts.administration, paths::ADMIN.to_owned()),
                false => (texts.notice_role, text, texts.to_my_apps, paths::HOME.to_owned()),
            }
        }
        Notice::Address => {
            (texts.notice_address, texts.notice_address_text, texts.my_account, paths::ACCOUNT.to_owned())
        }
        Notice::Test => (texts.notice_test, texts.notice_test_text, texts.my_account, paths::ACCOUNT.to_owned()),
        Notice::Digest => return Ok(None),
    };
    Ok(Some(Said {
        subject: head(subject),
        text: fill(text, &gaps),
        quote: if kind == Notice::Address { String::new() } else { about.words.clone() },
        button,
        path,
    }))
}

/// A notice's mail, or the day's.
pub(super) async fn draft(
    services: &Services,
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
) -> Result<Option<Draft>, AppError> {
    let key = crate::domain::email::EmailKey(mail.mail.email_key.clone());
    // Whose address changes is told at both.
    let to = match mail.get::<UserId>("to") {
        Some(id) => storage::users::by_id(conn, id)
            .await?
            .map(|user| User { email: mail.get("at").unwrap_or_else(|| user.email.clone()), ..user }),
        None => storage::users::by_email(conn, &key).await?,
    };
    let to = to.filter(User::is_active);
    let (Some(to), Some(kind)) = (to, mail.get::<Notice>("kind")) else { return Ok(None) };
    let language = to.language.unwrap_or(mail.organisation.language);
    let texts = i18n::texts(language);
    let said = if kind == Notice::Digest {
        let mut lines = Vec::new();
        for line in mail.get::<Vec<serde_json::Value>>("lines").unwrap_or_default() {
            let kind = serde_json::from_value(line["kind"].clone()).ok();
            let about = line["about"].as_str().and_then(|about| serde_json::from_str::<About>(about).ok());
            if let (Some(kind), Some(about)) = (kind, about)
                && let Some(said) = say(conn, mail, &to, kind, &about).await?
            {
                lines.push(said.text);
                if !said.quote.is_empty() {
                    lines.push(said.quote);
                }
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let subject = fill(texts.notice_digest, &[("organisation", &mail.organisation.name)]);
        let path = paths::INVITATIONS.to_owned();
        Said { subject, text: lines.join("\n\n"), quote: String::new(), button: texts.invitations, path }
    } else {
        match say(conn, mail, &to, kind, &mail.get::<About>("about").unwrap_or_default()).await? {
            Some(said) => said,
            None => return Ok(None),
        }
    };
    let values = context! {
        title => said.subject,
        text => said.text,
        quote => said.quote,
        button => said.button,
        link => address(services, &said.path),
        why => if kind.is_chosen() || kind == Notice::Digest { texts.why_chosen } else { texts.why_notice },
        account_url => address(services, paths::ACCOUNT),
    };
    let mut draft = mail.draft(services, &to.email, language, values);
    if let Some(draft) = &mut draft {
        draft.subject = said.subject;
    }
    Ok(draft)
}

/// Tells the owners of a group or app; where it has none, the administrators.
pub(super) async fn tell_owners(
    services: &Services,
    conn: &mut Conn<'_>,
    target: Target,
    kind: Notice,
    about: &About,
) -> Result<(), AppError> {
    let mut owners = storage::invitations::owners_of(conn, target).await?;
    if owners.is_empty() {
        owners = storage::invitations::administrators(conn, services.now()).await?;
    }
    for owner in owners {
        tell(services, conn, owner, kind, about).await?;
    }
    Ok(())
}
