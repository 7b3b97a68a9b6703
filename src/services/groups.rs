//! Groups and apps as those see them who look after them: who is in, how each guest stands. And the page for
//! inviting, and the list of what one has sent.

use super::{
    Services, access, app_roles,
    calendar::Calendar,
    invitation::{self, Answer, Draft, Wish, choices_of, looks_after},
    organisation, tending,
};
use crate::{
    domain::{
        actor::Actor,
        error::AppError,
        form::FormState,
        ids::{GroupId, UserId},
        invitation::{Target, link_lifetime},
        language::Language,
        mail::MailState,
        organisation::Organisation,
        policy::{self, Facts, Request, Sent as Counts},
        user::UserType,
        view::{AnswerLine, Choice, GroupLine, GroupPage, Groups, Invite, Letter, Preview, TargetLine, Tended},
    },
    i18n::{self, Texts},
    identity::shown,
    storage::{self, Conn, groups::Group},
};

/// Groups on one page that one may join.
const JOINABLE: i64 = 50;

fn line(group: Group) -> GroupLine {
    GroupLine { id: group.id, name: group.name, description: group.description, requests: 0, asked: false }
}

/// The groups that one owns, and the others that one is in.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn groups(services: &Services, actor: &Actor, after: Option<GroupId>) -> Result<Groups, AppError> {
    let may_create = tending::may_create(services, actor).await?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let owned = storage::groups::owned_by(conn, actor.id).await?;
    if owned.is_empty() && !organisation.shows_groups_to(actor.user_type) {
        return Err(AppError::NotFound);
    }
    let mut joined = storage::groups::joined_by(conn, actor.id, services.now()).await?;
    joined.retain(|group| owned.iter().all(|other| other.id != group.id));
    let mut joinable = Vec::new();
    if organisation.shows_directory_to(actor.user_type) {
        joinable =
            storage::tending::joinable(conn, actor.id, actor.user_type == UserType::Guest, after, JOINABLE + 1).await?;
    }
    let asked = storage::tending::requests_to(conn, actor.id).await?;
    let with_requests = |group: Group| {
        let requests = asked.iter().find(|(id, _)| *id == group.id).map_or(0, |(_, n)| *n);
        GroupLine { requests, ..line(group) }
    };
    let page = usize::try_from(JOINABLE).unwrap_or(usize::MAX);
    let more = (joinable.len() > page).then(|| joinable[page - 1].0);
    joinable.truncate(page);
    Ok(Groups {
        owned: owned.into_iter().map(with_requests).collect(),
        joined: joined.into_iter().map(line).collect(),
        joinable: joinable
            .into_iter()
            .map(|(id, name, description, asked)| GroupLine { id, name, description, requests: 0, asked })
            .collect(),
        more,
        may_create,
    })
}

/// A group's page, for its members; its people only for those who look after it or see everything.
///
/// # Errors
/// `NotFound` for everybody else.
pub async fn group(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: GroupId,
    seen: Seen,
) -> Result<GroupPage, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let target = Target::Group(id);
    let group = storage::groups::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let tends = looks_after(conn, actor, target).await?;
    let sees = invitation::sees(conn, actor, target).await?;
    if !sees && !organisation::load(conn).await?.shows_groups_to(actor.user_type) {
        return Err(AppError::NotFound);
    }
    let is_in = storage::groups::is_in(conn, actor.id, services.now(), id).await?;
    // Who neither owns nor is in it sees it only to come in.
    let joining = match is_in {
        true => None,
        false if sees => tending::joining(conn, actor, language, id).await.ok(),
        false => Some(tending::joining(conn, actor, language, id).await?),
    };
    let apps = storage::apps::of_group(conn, id).await?;
    let owned = if sees {
        let shut = apps.iter().filter(|(_, open)| !open).map(|(name, _)| name.clone()).collect();
        Some(tended(services, conn, actor, language, (target, group.guests_allowed, shut), Vec::new(), seen).await?)
    } else {
        None
    };
    Ok(GroupPage {
        id,
        name: group.name,
        description: group.description,
        owners: storage::groups::owner_names(conn, id).await?,
        apps: apps.into_iter().map(|(name, _)| name).collect(),
        requests: if tends { tending::requests(conn, language, id).await? } else { Vec::new() },
        owned,
        joining,
        own: is_in.then_some(actor.id),
    })
}

/// Which people of a group or app a page shows.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Who is searched for.
    pub query: String,
    /// Guests behind this one.
    pub guests_after: Option<UserId>,
    /// Members behind this one.
    pub members_after: Option<UserId>,
    /// What the last sending came to.
    pub sent: Option<Vec<AnswerLine>>,
}

/// What whoever looks after a group or app, or sees everything, sees of it.
pub(super) async fn tended(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    (target, guests_allowed, shut): (Target, bool, Vec<String>),
    through: Vec<String>,
    seen: Seen,
) -> Result<Tended, AppError> {
    let Seen { query, guests_after, members_after, sent } = seen;
    let view = access::Viewer::new(services, conn, actor, language).await?;
    let tends = looks_after(conn, actor, target).await?;
    let guests = view.people(conn, target, UserType::Guest, &query, guests_after, access::PAGE).await?;
    let members = view.people(conn, target, UserType::Member, &query, members_after, access::PAGE).await?;
    let roles = match target {
        Target::App(app) => app_roles::lines(conn, app).await?,
        Target::Group(_) => Vec::new(),
    };
    Ok(Tended { target, tends, guests_allowed, shut, through, roles, query, guests, members, sent })
}

/// What a person and a group or app are called, to say what was done about them.
///
/// # Errors
/// `NotFound` if there is no such.
pub async fn names(services: &Services, (user, target): (UserId, Target)) -> Result<(String, String), AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let user = storage::users::by_id(conn, user).await?.ok_or(AppError::NotFound)?;
    let place = storage::invitations::place(conn, target, user.id).await?.ok_or(AppError::NotFound)?;
    Ok((user.name, place.name))
}

/// How a mail stands, with the mail server's own words where they help.
pub(super) fn mail_words(language: Language, state: Option<MailState>, answer: Option<&str>) -> Option<String> {
    let texts = i18n::texts(language);
    let answer = answer.unwrap_or_default();
    let pattern = match state {
        None => texts.mail_none,
        Some(MailState::Queued) => texts.mail_queued,
        Some(MailState::Retrying) => texts.mail_retrying,
        Some(MailState::Sent) => texts.mail_sent,
        Some(MailState::Failed) => texts.mail_failed,
        Some(MailState::Cancelled) => texts.mail_cancelled,
        Some(MailState::Bounced) => texts.mail_bounced,
    };
    let said = i18n::fill(pattern, &[("answer", answer)]);
    let bad = matches!(state, Some(MailState::Failed | MailState::Retrying | MailState::Bounced));
    Some(match explanation(texts, answer).filter(|_| bad) {
        Some(why) => format!("{why} {said}"),
        None => said,
    })
}

/// What a mail server's answer means, by its enhanced status code (RFC 3463), else by its reply code (RFC 5321).
fn explanation(texts: &Texts, answer: &str) -> Option<&'static str> {
    let has =
        |codes: &[&str]| answer.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|word| codes.contains(&word));
    if has(&["5.2.2", "4.2.2", "552", "452"]) {
        Some(texts.mail_why_full)
    } else if has(&["5.1.1", "5.1.2", "5.1.3", "5.1.10", "550", "551", "553"]) {
        Some(texts.mail_why_unknown)
    } else if has(&["421", "450", "451", "4.7.1", "4.2.0", "4.3.2"]) {
        Some(texts.mail_why_later)
    } else if has(&["554", "5.7.1", "5.7.0"]) {
        Some(texts.mail_why_policy)
    } else {
        None
    }
}

/// The page for inviting: what one may invite to. `ticked` are those to tick.
///
/// # Errors
/// `NotFound` if there is nothing that the person may invite to.
pub async fn invite_page(
    services: &Services,
    actor: &Actor,
    language: Language,
    to: Option<Target>,
    form: Option<FormState>,
) -> Result<Invite, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let mut choices = choices_of(conn, actor).await?;
    if let Some(target) = to
        && choices.iter().all(|choice| choice.target != target)
    {
        if !looks_after(conn, actor, target).await? {
            return Err(AppError::NotFound);
        }
        let place = storage::invitations::place(conn, target, actor.id).await?.ok_or(AppError::NotFound)?;
        let choice = Choice { target, name: place.name, ticked: true, guests_allowed: place.rules.allowed };
        choices.insert(0, choice);
    }
    let typed = form.as_ref().and_then(|form| form.value("targets"));
    for choice in &mut choices {
        choice.ticked = match typed {
            Some(typed) => typed.split(' ').any(|one| one == choice.target.to_string()),
            None => to == Some(choice.target),
        };
    }
    let (_, person) = invitation::inviter(services, conn, actor.id).await?;
    let facts = Facts {
        organisation: &organisation,
        inviter: &person,
        place: None,
        domain: person.only_domain.as_deref().unwrap_or_default(),
        known: None,
        sent: Counts::default(),
    };
    let reasons = policy::decide(&facts, Request::Invite { mails: false }).reasons;
    let directory = reasons.iter().all(|reason| *reason == policy::Reason::DomainNotAllowed);
    if choices.is_empty() && !directory {
        return Err(AppError::NotFound);
    }
    let to_name = to.and_then(|to| choices.iter().find(|one| one.target == to)).map(|choice| choice.name.clone());
    Ok(Invite {
        to_name,
        choices,
        directory,
        to,
        link_days: organisation.link_days,
        today: calendar.iso_day(services.now()),
        again: None,
        form,
        preview: None,
    })
}

/// Answers as pages show them.
fn lines(services: &Services, calendar: &Calendar, answers: &[Answer]) -> Vec<AnswerLine> {
    answers
        .iter()
        .map(|answer| AnswerLine {
            raw: answer.raw.clone(),
            outcome: answer.outcome,
            reason: answer.reason,
            by: answer.by.clone(),
            looks_like: Some(shown(&answer.address)).filter(|(_, mixed)| *mixed).map(|(address, _)| address),
            blocked: answer.blocked,
            link: invitation::link_by_hand(services, answer).filter(|_| answer.blocked),
            targets: answer
                .targets
                .iter()
                .map(|one| TargetLine {
                    name: one.name.clone(),
                    outcome: one.outcome,
                    reason: one.reason,
                    by: one.by.clone(),
                    end_stays: one.end_stays,
                    until: one.until.map(|until| calendar.date(until)),
                })
                .collect(),
        })
        .collect()
}

/// What a sending came to, as pages show it.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn sent(services: &Services, language: Language, answers: &[Answer]) -> Result<Vec<AnswerLine>, AppError> {
    let organisation = organisation::load(&mut services.db.read().await?.conn()).await?;
    Ok(lines(services, &Calendar::new(&organisation, language), answers))
}

/// What will happen, and the mail as it will look.
///
/// # Errors
/// `Invalid`, with the field and the rule.
pub async fn preview(services: &Services, actor: &Actor, language: Language, wish: &Wish) -> Result<Preview, AppError> {
    let draft = invitation::read(services, actor, wish).await?;
    let answers = invitation::preview(services, actor, &draft).await?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let mails = answers.iter().filter(|answer| answer.mails).count();
    let mut shut = Vec::new();
    for target in &draft.targets {
        if let Target::Group(id) = target
            && looks_after(conn, actor, *target).await?
        {
            let apps = storage::apps::of_group(conn, *id).await?;
            shut.extend(apps.into_iter().filter(|(_, open)| !open).map(|(name, _)| name));
        }
    }
    shut.sort();
    shut.dedup();
    let letter = answers.iter().find(|answer| answer.mails).map(|answer| letter(&organisation, actor, &draft, answer));
    Ok(Preview {
        lines: lines(services, &calendar, &answers),
        mails,
        more: draft.addresses.len() - answers.len(),
        link_until: calendar
            .date(services.now().plus(link_lifetime(draft.link_days.unwrap_or(organisation.link_days)))),
        letter,
        shut,
    })
}

fn letter(organisation: &Organisation, actor: &Actor, draft: &Draft, answer: &Answer) -> Letter {
    let texts = i18n::texts(draft.language.unwrap_or(organisation.language));
    let organisation = organisation.name.as_str();
    let names: Vec<&str> = answer.targets.iter().map(|one| one.name.as_str()).collect();
    Letter {
        from: texts.sender(&actor.name, organisation),
        to: answer.raw.clone(),
        title: texts.invited_you(&actor.name, &names, organisation),
        message: draft.message.clone(),
        button: texts.get_started.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_server_answers_is_explained() {
        let texts = i18n::texts(Language::En);
        let said = |answer| explanation(texts, answer);
        for (answer, meaning) in [
            ("550 5.1.1 <sam@x.example>: Recipient address rejected: User unknown", Some(texts.mail_why_unknown)),
            ("permanent error (550): no such user", Some(texts.mail_why_unknown)),
            ("552 5.2.2 Mailbox full", Some(texts.mail_why_full)),
            ("452 4.2.2 The recipient's inbox is out of storage", Some(texts.mail_why_full)),
            ("451 4.7.1 Greylisting in action, please come back later", Some(texts.mail_why_later)),
            ("450 4.2.0 Greylisted", Some(texts.mail_why_later)),
            ("554 5.7.1 Message rejected as spam", Some(texts.mail_why_policy)),
            ("the mail server took too long", None),
            ("connection refused at 10.5.1.100:2550", None),
        ] {
            assert_eq!(said(answer), meaning, "{answer}");
        }
    }
}
