//! Messages, their templates and the transports that carry them. Who gets one is decided in `services::mail`.
//!
//! Templates are read at run time (strict about undefined values, HTML escaped), because administrators will
//! edit them. Text comes first; the HTML part says the same. No remote pictures, no trackers.

pub mod transport;

use crate::domain::{
    language::Language,
    mail::MailKind,
    name::{header_name, header_text},
    time::Timestamp,
};
use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use std::{
    sync::LazyLock,
    time::{Duration, UNIX_EPOCH},
};

/// What a message needs before it is written.
pub struct Draft {
    /// What it is for; names the templates.
    pub kind: MailKind,
    /// In which language.
    pub language: Language,
    /// Its subject.
    pub subject: String,
    /// To whom.
    pub to: Address,
    /// The name in From; left out if it could be read as somebody else's.
    pub from_name: String,
    /// The address in From.
    pub from_address: String,
    /// To whom replies go, if not to the sender: name and address.
    pub reply_to: Option<(String, String)>,
    /// Where further mail of this kind is stopped by one click (RFC 8058).
    pub unsubscribe: Option<String>,
    /// `Message-ID`, the same on every attempt.
    pub message_id: String,
    /// `Date`.
    pub date: Timestamp,
    /// What the templates need.
    pub values: Value,
    /// The organisation's logo as PNG: what mail programs draw.
    pub logo: Option<Vec<u8>>,
}

/// A message, written.
pub struct Letter {
    /// To whom.
    pub to: Address,
    /// Its subject.
    pub subject: String,
    /// SMTP envelope.
    pub envelope: lettre::address::Envelope,
    /// The message as it goes over the wire (RFC 5322).
    pub source: Vec<u8>,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
}

/// Why a message cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template is wrong or lacks a value.
    #[error("template: {0}")]
    Template(#[from] minijinja::Error),
    /// The parts do not make a message.
    #[error("message: {0}")]
    Message(#[from] lettre::error::Error),
    /// An address is none.
    #[error("address: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// The subject cannot be encoded.
    #[error("subject: {0}")]
    Subject(#[from] std::fmt::Error),
    /// The type of a part is none.
    #[error("part: {0}")]
    Part(#[from] lettre::message::header::ContentTypeErr),
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => { [$(($name, include_str!(concat!("templates/", $name)))),*] };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment
        .set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    for (name, source) in templates![
        "layout.html",
        "en/sign_in_code.html",
        "en/sign_in_code.txt",
        "en/sign_in_link.html",
        "en/sign_in_link.txt",
        "fr/sign_in_code.html",
        "fr/sign_in_code.txt",
        "fr/sign_in_link.html",
        "fr/sign_in_link.txt",
        "en/invitation.html",
        "en/invitation.txt",
        "en/access_added.html",
        "en/access_added.txt",
        "en/accepted.html",
        "en/accepted.txt",
        "en/confirm_access.html",
        "en/confirm_access.txt",
        "fr/invitation.html",
        "fr/invitation.txt",
        "fr/access_added.html",
        "fr/access_added.txt",
        "fr/accepted.html",
        "fr/accepted.txt",
        "fr/confirm_access.html",
        "fr/confirm_access.txt",
    ]
    .into_iter()
    // Notices say what their words say, so their shape is the same in every language.
    .chain([
        ("en/notice.html", include_str!("templates/notice.html")),
        ("en/notice.txt", include_str!("templates/notice.txt")),
        ("fr/notice.html", include_str!("templates/notice.html")),
        ("fr/notice.txt", include_str!("templates/notice.txt")),
    ]) {
        environment.add_template(name, source).expect("built-in templates are well-formed: a test writes each mail");
    }
    environment
});

/// What the logo is called within a message (RFC 2392).
const LOGO: &str = "logo";

/// The head that names the subject. Plain text stays as it is; what holds `=?` is encoded whole, or mail programs would
/// decode it and show something else (RFC 2047).
fn subject(text: &str) -> Result<HeaderValue, RenderError> {
    let name = HeaderName::new_from_ascii_str("Subject");
    let text = header_text(text);
    if !text.contains("=?") {
        return Ok(HeaderValue::new(name, text));
    }
    let mut encoded = String::new();
    rfc2047::encode(&text, &mut EmailWriter::new(&mut encoded, "Subject: ".len(), 0, false))?;
    Ok(HeaderValue::dangerous_new_pre_encoded(name, text, encoded))
}

/// Writes a message: `multipart/alternative`, text first; the logo comes along with the HTML (RFC 2387).
///
/// # Errors
/// If a template lacks a value, or an address is none.
pub fn render(draft: &Draft) -> Result<Letter, RenderError> {
    let part = |suffix: &str| {
        let name = format!("{}/{}.{suffix}", draft.language.as_str(), draft.kind.as_str());
        let values = minijinja::context! {
            language => draft.language.as_str(),
            subject => draft.subject,
            logo => draft.logo.as_ref().map(|_| format!("cid:{LOGO}")),
            ..draft.values.clone()
        };
        TEMPLATES.get_template(&name)?.render(values)
    };
    let (text, html) = (part("txt")?, part("html")?);
    let name = header_name(&draft.from_name);
    let since_epoch = Duration::from_millis(u64::try_from(draft.date.0).unwrap_or_default());
    let mut builder = Message::builder();
    if let Some((name, address)) = &draft.reply_to {
        builder = builder.reply_to(Mailbox::new(header_name(name), address.parse()?));
    }
    let parts = match &draft.logo {
        None => MultiPart::alternative_plain_html(text.clone(), html.clone()),
        Some(png) => {
            let picture = Attachment::new_inline(LOGO.into()).body(png.clone(), ContentType::parse("image/png")?);
            let drawn = MultiPart::related().singlepart(SinglePart::html(html.clone())).singlepart(picture);
            MultiPart::alternative().singlepart(SinglePart::plain(text.clone())).multipart(drawn)
        }
    };
    let mut message = builder
        .from(Mailbox::new(name, draft.from_address.parse()?))
        .to(Mailbox::new(None, draft.to.clone()))
        .message_id(Some(draft.message_id.clone()))
        .date(UNIX_EPOCH + since_epoch)
        .multipart(parts)?;
    message.headers_mut().insert_raw(subject(&draft.subject)?);
    let mut headers =
        vec![("Auto-Submitted", "auto-generated".to_owned()), ("Content-Language", draft.language.as_str().to_owned())];
    if let Some(url) = &draft.unsubscribe {
        headers.push(("List-Unsubscribe", format!("<{url}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    for (name, value) in headers {
        let name = HeaderName::new_from_ascii_str(name);
        message.headers_mut().insert_raw(HeaderValue::new(name, value));
    }
    Ok(Letter {
        to: draft.to.clone(),
        subject: draft.subject.clone(),
        envelope: message.envelope().clone(),
        source: message.formatted(),
        text,
        html,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailparse::MailHeaderMap;
    use minijinja::context;

    fn draft(kind: MailKind, language: Language) -> Draft {
        Draft {
            kind,
            language,
            subject: "Your code".into(),
            to: "sam@gmail.com".parse().unwrap(),
            from_name: "WoodGrove".into(),
            from_address: "vestibule@woodgrove.example".into(),
            reply_to: None,
            unsubscribe: None,
            message_id: "<1@woodgrove.example>".into(),
            date: Timestamp(1_700_000_000_000),
            values: context! {
                accent => "#1d6a55",
                organisation => "Wood<Grove> & Sons", contact => "", privacy_url => "", host => "guests.example",
                sign_in_url => "https://guests.example/sign-in", asked_at => "23 November 2026, 09:15 (UTC)",
                code => "1234 5678", link => "https://guests.example/sign-in/abc", heading => "Your code",
                title => "John Doe invited you to Contoso launch", inviter => "John <b>Doe</b>",
                inviter_email => "john.doe@woodgrove.example", inviter_initials => "JD", message => "Hello\n<script>",
                targets => vec!["Contoso launch"], until => "28 February 2027", link_until => "20 December 2026",
                decline_url => "https://guests.example/redeem/abc/decline",
                block_url => "https://guests.example/redeem/abc/block", home_url => "https://guests.example/",
                guest => "Sam Oogle", guest_email => "gsamoogle@gmail.com", target => "Contoso launch",
                confirm_url => "https://guests.example/confirm/1", text => "It has run out.", quote => "550 <No>",
                button => "See it", why => "You invite.", account_url => "https://guests.example/account",
                reminder => "A reminder.", stop_reminders => "No more", quiet_url => "https://guests.example/redeem/abc/quiet",
                waiting => vec!["Launch board"], refused => Vec::<String>::new(), added => false,
            },
            logo: None,
        }
    }

    #[test]
    fn every_mail_is_written_in_every_language() {
        for kind in MailKind::ALL {
            for language in Language::ALL {
                let letter = render(&draft(*kind, *language)).unwrap();
                let source = String::from_utf8(letter.source).unwrap();
                assert!(source.contains("Auto-Submitted: auto-generated"), "{source}");
                assert!(source.contains("Message-ID: <1@woodgrove.example>"), "{source}");
                assert!(source.find("text/plain").unwrap() < source.find("text/html").unwrap());
            }
        }
    }

    #[test]
    fn a_logo_comes_along_and_is_fetched_from_nowhere() {
        let logo = Some(b"\x89PNG".to_vec());
        let letter = render(&Draft { logo, ..draft(MailKind::Invitation, Language::En) }).unwrap();
        let source = String::from_utf8(letter.source).unwrap().replace("=\r\n", "");
        for part in ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"] {
            assert!(source.contains(part), "{part}: {source}");
        }
        assert!(source.contains("Content-ID: <logo>") && source.contains("iVBORw"), "{source}");
        assert!(letter.html.contains("src=\"cid:logo\" alt=\"Wood&lt;Grove&gt; &amp; Sons\""), "{}", letter.html);
        let without = render(&draft(MailKind::Invitation, Language::En)).unwrap();
        assert!(!without.html.contains("cid:") && !String::from_utf8(without.source).unwrap().contains("related"));
    }

    #[test]
    fn the_code_stands_alone_in_the_text_and_nowhere_in_the_head() {
        for language in Language::ALL {
            let text = TEMPLATES
                .get_template(&format!("{}/sign_in_code.txt", language.as_str()))
                .unwrap()
                .render(draft(MailKind::SignInCode, *language).values)
                .unwrap();
            assert!(text.lines().any(|line| line == "1234 5678"), "{text}");
            let digits = text.replace("1234 5678", "");
            let longest = digits.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            assert!(longest < Some(8), "another eight-digit group in {text}");
            assert!(!text.contains("/redeem/"));
            assert!(text.contains("guests.example"));
        }
        let letter = render(&draft(MailKind::SignInCode, Language::En)).unwrap();
        let source = String::from_utf8(letter.source).unwrap();
        assert!(!source.split("\r\n\r\n").next().unwrap().contains("1234"));
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let source = String::from_utf8(render(&draft(MailKind::SignInCode, Language::En)).unwrap().source).unwrap();
        let source = source.replace("=\r\n", "");
        assert!(source.contains("Wood&lt;Grove&gt; &amp; Sons"), "{source}");
        assert!(source.contains("Wood<Grove> & Sons"));
    }

    // Read by another library than the one that wrote it: what a mail program shows is what we meant.
    #[test]
    fn subject_and_sender_are_shown_as_they_were_meant() {
        for (subject, from, shown) in [
            ("Plain", "WoodGrove", "WoodGrove"),
            ("Müller @ Söhne a invité Zoë", "Müller @ Söhne", "Müller @ Söhne"),
            ("=?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ==?= invited you", "=?utf-8?q?ceo=40bank?=", "= ?utf-8?q?ceo=40bank?="),
            ("=?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ==?= = ".repeat(8).trim(), "www.Shop", "www Shop"),
            ("é =?utf-8?q?x?=", "Shop, \"the\" <old>", "Shop, \"the\" <old>"),
        ] {
            let draft =
                Draft { subject: subject.into(), from_name: from.into(), ..draft(MailKind::SignInCode, Language::En) };
            let source = render(&draft).unwrap().source;
            let mail = mailparse::parse_mail(&source).unwrap();
            assert_eq!(mail.headers.get_first_value("Subject").unwrap(), subject);
            let senders = mailparse::addrparse_header(mail.headers.get_first_header("From").unwrap()).unwrap();
            let sender = senders.extract_single_info().unwrap();
            assert_eq!(sender.display_name.as_deref(), Some(shown));
            assert_eq!(sender.addr, "vestibule@woodgrove.example");
        }
        let hidden = Draft { subject: "You\u{202E}r co\u{200B}de".into(), ..draft(MailKind::SignInCode, Language::En) };
        let source = render(&hidden).unwrap().source;
        let mail = mailparse::parse_mail(&source).unwrap();
        assert_eq!(mail.headers.get_first_value("Subject").unwrap(), "Your code");
    }

    #[test]
    fn a_name_that_reads_as_an_address_is_left_out_of_from() {
        let mut draft = draft(MailKind::SignInCode, Language::En);
        draft.from_name = "ceo@bank.example".into();
        let source = String::from_utf8(render(&draft).unwrap().source).unwrap();
        assert!(source.contains("From: vestibule@woodgrove.example"), "{source}");
    }
}
