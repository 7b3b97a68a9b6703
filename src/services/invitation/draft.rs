//! What an inviter wants, as it was typed, and reading it.

use crate::{
    domain::{
        actor::Actor,
        email::EmailAddress,
        error::{AppError, Field, Rule},
        ids::UserId,
        invitation::{
            ADDRESSES_MAX, FOLLOWERS_MAX, LINK_DAYS_MAX, Listed, MESSAGE_MAX, TARGETS_MAX, Target, clean_message,
            list_addresses,
        },
        language::Language,
        name::clean_name,
        roles::Power,
        search,
        time::{DAY, HOUR, Timestamp},
        user::{User, UserType},
    },
    identity::email_key,
    services::{Services, calendar::Calendar, organisation, people},
    storage::{self, Conn},
};

/// Mail that waits for a day leaves so long after its beginning.
const MORNING: i64 = 8 * HOUR;

/// What an inviter wants, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Addresses in any usual form.
    pub addresses: String,
    /// Targets as `group:{id}`, `app:{id}`; none for the directory.
    pub targets: Vec<String>,
    /// The inviter's own words.
    pub message: String,
    /// Language of the mail, or empty.
    pub language: String,
    /// For how many days the link is good, or empty.
    pub link_days: String,
    /// Last day of access as `YYYY-MM-DD`, or empty.
    pub access_until: String,
    /// Length of access in days, where no last day is given; or empty.
    pub access_days: String,
    /// Where the guest goes after accepting, or empty.
    pub redirect_url: String,
    /// Addresses of colleagues who are told too.
    pub followers: String,
    /// Whether no mail is sent: the ticket is handed back instead.
    pub no_mail: bool,
    /// What only administrators say.
    pub portal: PortalWish,
}

impl Wish {
    /// What each form of inviting asks for, by the names of its fields; without targets.
    pub fn typed(value: impl Fn(&str) -> String) -> Self {
        Self {
            addresses: value("email"),
            message: value("message"),
            language: value("language"),
            link_days: value("link_days"),
            access_until: value("until"),
            access_days: value("length"),
            followers: value("tell"),
            ..Self::default()
        }
    }
}

/// What administrators say beside, who invite from the portal.
#[derive(Debug, Clone, Default)]
pub struct PortalWish {
    /// The day on which the mail leaves, as `YYYY-MM-DD`; empty is at once.
    pub send_on: String,
    /// Addresses of those who shall answer for the guests, instead of the inviter.
    pub sponsors: String,
    /// The guests' company.
    pub company: String,
    /// Their job title.
    pub job_title: String,
    /// Their department.
    pub department: String,
    /// Whether they are to be members. Who is here already stays what they are.
    pub as_member: bool,
}

/// A wish, read and checked.
#[derive(Debug, Clone)]
pub struct Draft {
    /// To whom.
    pub addresses: Vec<Listed>,
    /// To what.
    pub targets: Vec<Target>,
    /// The inviter's words, cleaned.
    pub message: String,
    /// Language of the mail.
    pub language: Option<Language>,
    /// Days that the link is good for.
    pub link_days: Option<u32>,
    /// End of access.
    pub access_until: Option<Timestamp>,
    /// Where to go after accepting.
    pub redirect_url: Option<String>,
    /// Who is told too.
    pub followers: Vec<UserId>,
    /// Whether mail is sent.
    pub mails: bool,
    /// When the mail leaves, if not at once.
    pub send_at: Option<Timestamp>,
    /// Who answers for new guests; empty is the inviter.
    pub sponsors: Vec<User>,
    /// Company, job title and department of new guests.
    pub profile: [String; 3],
    /// What new people are to be.
    pub user_type: UserType,
}

/// Reads a wish.
///
/// # Errors
/// `Invalid`, with the field and the rule.
pub async fn read(services: &Services, actor: &Actor, wish: &Wish) -> Result<Draft, AppError> {
    let invalid = |field, rule| Err(AppError::invalid(field, rule));
    let mut addresses =
        list_addresses(&wish.addresses, ADDRESSES_MAX).map_err(|_| AppError::invalid(Field::Email, Rule::TooMany))?;
    if addresses.is_empty() {
        return invalid(Field::Email, Rule::Required);
    }
    let mut targets = Vec::new();
    for text in &wish.targets {
        let target = text.parse().map_err(|_| AppError::invalid(Field::Target, Rule::Unknown))?;
        if !targets.contains(&target) {
            targets.push(target);
        }
        if targets.len() > TARGETS_MAX {
            return invalid(Field::Target, Rule::TooMany);
        }
    }
    let message = clean_message(&wish.message);
    if message.chars().count() > MESSAGE_MAX {
        return invalid(Field::Message, Rule::TooLong);
    }
    let language = match wish.language.as_str() {
        "" => None,
        tag => Some(Language::from_tag(tag).ok_or(AppError::invalid(Field::Language, Rule::Unknown))?),
    };
    let link_days = match wish.link_days.trim() {
        "" => None,
        days => match days.parse() {
            Ok(days @ 1..=LINK_DAYS_MAX) => Some(days),
            _ => return invalid(Field::LinkDays, Rule::Unknown),
        },
    };
    let redirect_url = match wish.redirect_url.trim() {
        "" => None,
        url => match url::Url::parse(url) {
            Ok(parsed) if parsed.scheme() == "https" || services.settings.is_own(&parsed) => Some(url.to_owned()),
            _ => return invalid(Field::Redirect, Rule::Malformed),
        },
    };
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
    let access_until = match (wish.access_until.trim(), wish.access_days.trim()) {
        ("", "") => None,
        ("", days) => match days.parse::<i64>() {
            Ok(days @ 1..=3_650) => calendar.end_of_day(services.now().plus(days * DAY)),
            _ => return invalid(Field::AccessUntil, Rule::Unknown),
        },
        (day, _) => match calendar.end_of(day) {
            Some(end) if end <= services.now() => return invalid(Field::AccessUntil, Rule::Past),
            Some(end) => Some(end),
            None => return invalid(Field::AccessUntil, Rule::Malformed),
        },
    };
    // Who is here is nothing that guests may find out.
    if actor.user_type == UserType::Member {
        for listed in addresses.iter_mut().filter(|listed| !listed.address.contains('@')) {
            find_by_name(conn, listed).await?;
        }
    }
    let listed = list_addresses(&wish.followers, FOLLOWERS_MAX)
        .map_err(|_| AppError::invalid(Field::Followers, Rule::TooMany))?;
    // Who is a colleague is nothing that guests may find out.
    if actor.user_type == UserType::Guest && !listed.is_empty() {
        return invalid(Field::Followers, Rule::Unknown);
    }
    let mut followers = Vec::new();
    for listed in listed {
        let address =
            EmailAddress::parse(&listed.address).map_err(|_| AppError::invalid(Field::Followers, Rule::Malformed))?;
        match storage::users::by_email(conn, &email_key(&address)).await? {
            Some(user) if user.is_active() && user.user_type == UserType::Member => followers.push(user.id),
            _ => return invalid(Field::Followers, Rule::Unknown),
        }
    }
    let send_at = match wish.portal.send_on.trim() {
        "" => None,
        day => match calendar.start_of(day) {
            Some(start) if start > services.now().plus(366 * DAY) => return invalid(Field::SendOn, Rule::Malformed),
            // In the morning, when people read mail.
            Some(start) if start.plus(MORNING) > services.now() => Some(start.plus(MORNING)),
            Some(_) => return invalid(Field::SendOn, Rule::Past),
            None => return invalid(Field::SendOn, Rule::Malformed),
        },
    };
    let mut sponsors = Vec::new();
    for address in people::listed_sponsors(&wish.portal.sponsors)? {
        sponsors.push(people::colleague(conn, address).await?);
    }
    let profile = [&wish.portal.company, &wish.portal.job_title, &wish.portal.department].map(|text| clean_name(text));
    if !actor.may(Power::Invite)
        && (send_at.is_some() || !sponsors.is_empty() || profile.iter().any(|text| !text.is_empty()))
    {
        return Err(AppError::NotFound);
    }
    let user_type = match wish.portal.as_member {
        false => UserType::Guest,
        true if actor.may(Power::ManagePeople) => UserType::Member,
        true => return Err(AppError::NotFound),
    };
    Ok(Draft {
        user_type,
        send_at,
        sponsors,
        profile,
        targets,
        message,
        language,
        link_days,
        access_until,
        redirect_url,
        followers,
        mails: !wish.no_mail,
        addresses,
    })
}

/// Puts the address of the only person of this name in its place.
async fn find_by_name(conn: &mut Conn<'_>, listed: &mut Listed) -> Result<(), AppError> {
    let name = listed.raw.to_lowercase();
    let words: Vec<String> = search::words(&name).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Ok(()) };
    let mut found = storage::users::with_words(conn, first, last).await?;
    found.retain(|(other, _)| other.to_lowercase() == name);
    match found.as_slice() {
        [] => {}
        [(_, email)] => listed.address.clone_from(email),
        _ => listed.several = true,
    }
    Ok(())
}
