//! How messages leave: by SMTP, or into the demonstration's mailbox.

#![expect(clippy::disallowed_methods, reason = "this is the place that the bans point to")]

use super::Letter;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        extension::{ClientId, Extension},
    },
};
use std::{io, net::IpAddr, time::Duration};
use url::Url;

/// How long the mail server may take to answer one command.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many connections one sender of mail keeps, and so how many messages it has under way.
pub const PLACES_A_LANE: usize = 3;

/// Where messages go.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into the demonstration's mailbox.
    Mailbox,
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

/// Why the mail server did not take a message, in its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Trying again may help.
    ForNow(String),
    /// It never will.
    ForGood(String),
}

/// How a connection is encrypted: `?tls=` of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    /// From the first byte (`smtps`).
    Wrapped,
    /// STARTTLS or nothing.
    Required,
    /// STARTTLS where the server offers it.
    Opportunistic,
    /// Not at all.
    None,
}

fn encryption(url: &Url) -> Result<Encryption, String> {
    let wish = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
    match (url.scheme(), wish.as_deref()) {
        ("smtps", None | Some("required")) => Ok(Encryption::Wrapped),
        ("smtp", Some("required")) => Ok(Encryption::Required),
        // Credentials never travel in clear.
        ("smtp", None) if url.password().is_some() => Ok(Encryption::Required),
        // Where STARTTLS was taken out on the way, the password would go to whoever did it.
        ("smtp", Some("opportunistic" | "none")) if sends_credentials(url) => {
            Err("user and password need tls=required, or smtps://".into())
        }
        ("smtp", None | Some("opportunistic")) => Ok(Encryption::Opportunistic),
        ("smtp", Some("none")) => Ok(Encryption::None),
        ("smtp" | "smtps", Some(other)) => Err(format!("tls={other} is none of required, opportunistic, none")),
        _ => Err("write smtp://HOST:PORT or smtps://USER:PASSWORD@HOST".into()),
    }
}

/// Whether a password would leave this machine.
fn sends_credentials(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    url.password().is_some() && !is_here
}

/// How long the mail server may take to say what it can do, while somebody waits for the form.
const HELLO: Duration = Duration::from_secs(4);

/// Whether the mail server takes addresses beyond ASCII before the `@` (SMTPUTF8, RFC 6531). `None` if it cannot be
/// asked just now.
pub async fn takes_utf8(url: &Url) -> Option<bool> {
    let host = url.host_str()?;
    let (tls, port) = match encryption(url).ok()? {
        Encryption::Wrapped => (Some(TlsParameters::new(host.to_owned()).ok()?), 465),
        Encryption::Required => (None, 587),
        Encryption::Opportunistic | Encryption::None => (None, 25),
    };
    let server = (host, url.port().unwrap_or(port));
    let name = ClientId::default();
    let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(HELLO), &name, tls, None);
    let mut connection = tokio::time::timeout(HELLO, connecting).await.ok()?.ok()?;
    let takes = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    let _ = tokio::time::timeout(HELLO, connection.quit()).await;
    Some(takes)
}

/// Reads and checks the address of a mail server.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "write smtp://HOST:PORT or smtps://USER:PASSWORD@HOST".to_owned())?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it names no host".into());
    }
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("in user and password write @ as %40, / as %2F, ? as %3F, # as %23".into());
    }
    if let Some((key, _)) = url.query_pairs().find(|(key, _)| key != "tls") {
        return Err(format!("\"{key}\" is not a parameter; there is only tls"));
    }
    encryption(&url)?;
    Ok(url)
}

fn plain(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

impl Smtp {
    /// A mail server by its checked address. Connects when there is something to send.
    ///
    /// # Errors
    /// If the host cannot be a name in a certificate.
    pub fn new(url: &Url) -> Result<Self, String> {
        let host = url.host_str().unwrap_or_default();
        let tls = |host: &str| TlsParameters::new(host.to_owned()).map_err(|e| e.to_string());
        let (tls, default_port) = match encryption(url)? {
            Encryption::Wrapped => (Tls::Wrapper(tls(host)?), 465),
            Encryption::Required => (Tls::Required(tls(host)?), 587),
            Encryption::Opportunistic => (Tls::Opportunistic(tls(host)?), 25),
            Encryption::None => (Tls::None, 25),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(default_port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(PLACES_A_LANE as u32).idle_timeout(Duration::from_secs(30)));
        if let Some(password) = url.password() {
            builder = builder.credentials(Credentials::new(plain(url.username()), plain(password)));
        }
        Ok(Self(builder.build()))
    }

    /// Hands a message over; returns the server's answer.
    ///
    /// # Errors
    /// [`Refusal`], in the server's words.
    pub async fn send(&self, letter: &Letter) -> Result<String, Refusal> {
        match self.0.send_raw(&letter.envelope, &letter.source).await {
            Ok(response) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
            // What the server has against us rather than the message (RFC 4954) may be mended.
            Err(error) if error.is_permanent() && !refuses_us(&error) => Err(Refusal::ForGood(words(&error))),
            Err(error) => Err(Refusal::ForNow(words(&error))),
        }
    }

    /// Whether the server can be reached and lets us in.
    ///
    /// # Errors
    /// What is wrong, and the same in its words.
    pub async fn check(&self) -> Result<(), (Trouble, String)> {
        match self.0.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err((Trouble::Other, "it does not answer as a mail server".into())),
            Err(error) => Err((trouble(&error), words(&error))),
        }
    }
}

/// What is wrong with a mail server, as far as whoever has to mend it looks elsewhere for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is nobody at this name and port.
    Unreachable,
    /// No encrypted connection comes about.
    Encryption,
    /// It does not take the user and password.
    Credentials,
    /// Something else; its words say what.
    Other,
}

fn trouble(error: &lettre::transport::smtp::Error) -> Trouble {
    let kinds = || causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let said = words(error);
    if error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
        || said.contains("authentication mechanism")
    {
        Trouble::Credentials
    } else if error.is_tls() || said.contains("STARTTLS") || kinds().any(|kind| kind == io::ErrorKind::InvalidData) {
        // What the TLS library refuses comes as invalid data.
        Trouble::Encryption
    } else if error.is_timeout() || kinds().next().is_some() {
        Trouble::Unreachable
    } else {
        Trouble::Other
    }
}

fn refuses_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 421 | 530 | 534 | 535 | 538))
}

fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |e| e.source())
}

/// The error with its causes.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_how_to_encrypt() {
        let of = |text: &str| check_url(text).and_then(|url| encryption(&url));
        assert_eq!(of("smtp://mail.example"), Ok(Encryption::Opportunistic));
        assert_eq!(of("smtp://user:pw@mail.example"), Ok(Encryption::Required));
        assert_eq!(of("smtp://mail.example:25?tls=none"), Ok(Encryption::None));
        assert_eq!(of("smtp://mail.example:587?tls=required"), Ok(Encryption::Required));
        assert_eq!(of("smtps://user:pw@mail.example"), Ok(Encryption::Wrapped));
        for bad in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://m?tls=maybe",
            "smtps://m?tls=none",
            "smtp://u:p@m?tls=opportunistic",
            "smtp://u:p@m?tls=none",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn credentials_are_decoded() {
        assert_eq!(plain("p%40ss%3Aword+x"), "p@ss:word+x");
    }
}
