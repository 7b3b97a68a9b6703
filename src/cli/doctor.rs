//! `vestibule doctor`: what is wrong with this installation, and what to do about it. It changes nothing.

use super::{Answer, database_name};
use crate::{
    clock::{self, Clock},
    config::{DatabaseUrl, Settings},
    crypto::Keys,
    domain::{
        paths,
        time::{DAY, MINUTE, Timestamp},
    },
    mail::transport::{Smtp, Trouble},
    services::{
        audit, calendar, mail,
        start::{self, Found, StartError},
    },
    storage::admin,
};
use rustix::fs::{Access, access, statvfs};
use serde_json::json;
use std::{
    fs,
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

/// A clock before this was never set: 1 January 2025.
const NEVER_SET: Timestamp = Timestamp(1_735_689_600_000);
/// A clock beyond this is absurd: 1 January 2100.
const ABSURD: Timestamp = Timestamp(4_102_444_800_000);
/// Below this, the disk is as good as full.
const NO_SPACE: u64 = 100 << 20;
/// Below this, it soon will be.
const LITTLE_SPACE: u64 = 1 << 30;
/// How long a server on this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    Mind,
    Wrong,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Mind => "mind",
            Self::Wrong => "wrong",
        }
    }
}

/// What was looked at, how it is, and what to do.
struct Finding {
    what: &'static str,
    state: State,
    text: String,
}

fn fine(what: &'static str, text: impl Into<String>) -> Finding {
    Finding { what, state: State::Fine, text: text.into() }
}

fn mind(what: &'static str, text: impl Into<String>) -> Finding {
    Finding { what, state: State::Mind, text: text.into() }
}

fn wrong(what: &'static str, text: impl Into<String>) -> Finding {
    Finding { what, state: State::Wrong, text: text.into() }
}

pub(super) async fn doctor(settings: &Settings) -> Answer {
    let clock = clock::of_process();
    let mut findings = vec![address(settings), server(settings.listen)];
    findings.extend(proxy(settings));
    findings.push(key_file(&settings.secret_key_file));
    if let DatabaseUrl::Sqlite(path) = &settings.database_url {
        findings.extend(folder(path));
    }
    let found = start::look(settings, clock.clone()).await;
    findings.extend(time(&*clock, found.as_ref().ok()).await);
    findings.extend(database(settings, found).await);
    findings.push(sender(settings));
    findings.push(mail_server(settings).await);
    let code = u8::from(findings.iter().any(|finding| finding.state == State::Wrong));
    let document = json!({
        "ok": code == 0,
        "findings": findings
            .iter()
            .map(|one| json!({"what": one.what, "state": one.state.word(), "text": one.text}))
            .collect::<Vec<_>>(),
    });
    let words: Vec<String> =
        findings.iter().map(|one| format!("{:6}{}: {}", one.state.word(), one.what, one.text)).collect();
    Answer { document, words: words.join("\n"), code }
}

fn address(settings: &Settings) -> Finding {
    let url = settings.url("");
    match (settings.is_https(), settings.trusted_proxies.is_empty()) {
        (true, false) => fine("address", format!("links in mails lead to {url}")),
        (true, true) => mind(
            "address",
            format!(
                "links in mails lead to {url}, but every visitor looks like the proxy that ends TLS: set \
                 VESTIBULE_TRUSTED_PROXIES to its address, and let it send X-Forwarded-For"
            ),
        ),
        (false, _) => mind(
            "address",
            format!(
                "links in mails lead to {url}, which only this machine can open: set VESTIBULE_PUBLIC_URL to the https \
                 address that guests reach"
            ),
        ),
    }
}

/// Whether Vestibule answers where these settings say that it listens.
fn server(listen: SocketAddr) -> Finding {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let at = SocketAddr::new(ip, listen.port());
    match ask(at) {
        Ok((200, body)) if body == "ready" => fine("server", format!("answers at {at} and is ready")),
        Ok((503, _)) => wrong("server", format!("answers at {at}, but is not ready: its database does not answer")),
        Ok(_) => {
            wrong("server", format!("something else answers at {at}: end it, or set VESTIBULE_LISTEN to another port"))
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            mind("server", format!("nothing listens at {at}: start `vestibule serve`"))
        }
        Err(error) => wrong("server", format!("what listens at {at} does not answer as Vestibule does: {error}")),
    }
}

/// The status and text of `/health/ready`.
fn ask(at: SocketAddr) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 << 10).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.trim().to_owned()).unwrap_or_default();
    status.map(|status| (status, body)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// What comes in by the address that visitors use: whether their proxy passes on who they are, and which host they asked
/// for.
fn proxy(settings: &Settings) -> Option<Finding> {
    if !settings.is_https() {
        return None;
    }
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build()
        .into();
    let get = |path: &str| {
        let mut answer = agent.get(settings.url(path)).call()?;
        let status = answer.status().as_u16();
        Ok((status, answer.body_mut().with_config().limit(64 << 10).read_to_string()?))
    };
    Some(by_proxy(&settings.url(""), get("/health/client"), get(paths::SIGN_IN).map(|(status, _)| status)))
}

fn by_proxy(url: &str, seen: Result<(u16, String), ureq::Error>, sign_in: Result<u16, ureq::Error>) -> Finding {
    let (seen, sign_in) = match (seen, sign_in) {
        (Ok((200, seen)), Ok(sign_in)) => (seen, sign_in),
        (Ok((502..=504, _)), _) => {
            return mind("proxy", format!("nothing answers behind the proxy at {url}: start `vestibule serve`"));
        }
        (Ok(_), Ok(_)) => {
            return wrong("proxy", format!("something else answers at {url}: let it lead to VESTIBULE_LISTEN"));
        }
        (Err(error), _) | (_, Err(error)) => {
            return mind(
                "proxy",
                format!(
                    "{url} cannot be reached from this machine: {error}. If visitors reach it, the way from here is barred; \
                     else see the name, the certificate and the proxy"
                ),
            );
        }
    };
    match (seen.as_str(), sign_in) {
        (_, 421) => wrong(
            "proxy",
            format!("the proxy asks for another host than {url}: let it pass on the Host that it was asked for"),
        ),
        ("forwarded", _) => fine("proxy", format!("{url} leads here, and visitors are told apart")),
        ("ignored", _) => wrong(
            "proxy",
            "the proxy says whom it speaks for, but is not trusted: name its address in VESTIBULE_TRUSTED_PROXIES",
        ),
        ("direct", _) => mind(
            "proxy",
            "nothing says whom it speaks for, so all visitors look like one: let the proxy send X-Forwarded-For, and name \
             its address in VESTIBULE_TRUSTED_PROXIES",
        ),
        _ => wrong("proxy", format!("something else answers at {url}: let it lead to VESTIBULE_LISTEN")),
    }
}

fn key_file(path: &Path) -> Finding {
    let name = path.display();
    match Keys::read(path) {
        Ok(_) => {
            let mode = fs::metadata(path).map_or(0, |facts| facts.permissions().mode());
            match (mode & 0o007, mode & 0o070) {
                (0, 0) => fine("key file", format!("{name} is there, and nobody else reads it")),
                (0, _) => {
                    mind("key file", format!("{name} can be read by its group: chmod 600 {name}, unless it must"))
                }
                _ => wrong("key file", format!("{name} can be read by everybody on this machine: chmod 600 {name}")),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => mind(
            "key file",
            format!(
                "{name} is missing: put your copy of it there. Only for a new database is one made, on the first start"
            ),
        ),
        Err(error) => wrong(
            "key file",
            format!(
                "{name} cannot be used: {error}. Put your copy of it there, for the one who runs Vestibule to read"
            ),
        ),
    }
}

/// Whether the place of a SQLite database can take what comes.
fn folder(database: &Path) -> Vec<Finding> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = folder.display();
    let mut findings = Vec::new();
    if !folder.is_dir() {
        return vec![wrong("disk", format!("{name} is no folder: make it, or set VESTIBULE_DATABASE_URL"))];
    }
    let files = [database.to_owned(), admin::beside(database, "-wal")];
    let closed = files.iter().find(|file| file.exists() && access(*file, Access::WRITE_OK).is_err());
    if access(folder, Access::WRITE_OK).is_err() {
        findings.push(wrong(
            "disk",
            format!("{name} cannot be written to by whoever runs this command: give it to the one who runs Vestibule"),
        ));
    } else if let Some(file) = closed {
        findings.push(wrong(
            "disk",
            format!(
                "{0} cannot be written to by whoever runs this command: give it to the one who runs Vestibule",
                file.display()
            ),
        ));
    }
    match statvfs(folder) {
        Ok(disk) => findings.push(space(&name.to_string(), disk.f_bavail.saturating_mul(disk.f_frsize))),
        Err(error) => findings.push(wrong("disk", format!("{name}: {error}"))),
    }
    let mode = fs::metadata(database).map_or(0, |facts| facts.permissions().mode());
    if mode & 0o007 != 0 {
        let file = database.display();
        findings.push(mind("disk", format!("{file} can be read by everybody on this machine: chmod 600 {file}")));
    }
    findings
}

fn space(folder: &str, free: u64) -> Finding {
    let left = format!("{} MB are free in {folder}", free >> 20);
    match free {
        ..NO_SPACE => wrong("disk", format!("{left}: make room, or nothing can be saved soon")),
        NO_SPACE..LITTLE_SPACE => mind("disk", format!("{left}: make room")),
        _ => fine("disk", left),
    }
}

/// Codes, links and access go by the clock.
async fn time(clock: &dyn Clock, found: Option<&Found>) -> Vec<Finding> {
    let now = clock.now();
    let said = calendar::rfc3339(now);
    let set = "set the machine's clock and keep it set (timedatectl set-ntp true)";
    if now < NEVER_SET || now > ABSURD {
        return vec![wrong("time", format!("the clock says {said}: {set}"))];
    }
    let newest = match found {
        Some(found) => audit::newest(&found.services).await.ok().flatten(),
        None => None,
    };
    match newest {
        Some(newest) if newest > now.plus(audit::DRIFT) => {
            let ahead = (newest.0 - now.0) / MINUTE;
            let ahead =
                if ahead > DAY / MINUTE { format!("{} days", ahead * MINUTE / DAY) } else { format!("{ahead} min") };
            vec![wrong("time", format!("the clock says {said}, {ahead} before the newest event of the trail: {set}"))]
        }
        _ => vec![fine("time", format!("the clock says {said}"))],
    }
}

async fn database(settings: &Settings, found: Result<Found, StartError>) -> Vec<Finding> {
    let name = database_name(settings);
    let Found { services, schema } = match found {
        Ok(found) => found,
        Err(error) => {
            let text = match &error {
                StartError::KeyFile { .. } => "is not looked at without the key file".to_owned(),
                StartError::OtherKey { .. } => format!("{error}. Put the right key file there"),
                StartError::Foreign { .. } => format!(
                    "{name} is no database of Vestibule's: name another in VESTIBULE_DATABASE_URL, or make it with \
                     `vestibule migrate` if it is empty"
                ),
                _ => error.to_string(),
            };
            return vec![wrong("database", text)];
        }
    };
    let mut findings = vec![fine("database", format!("{name} opens, and the key file fits"))];
    if !schema.pending.is_empty() {
        let list = schema.pending.join(", ");
        findings.push(mind(
            "migrations",
            format!("wait: {list}. Make a backup; `vestibule migrate` or the next start carries them out"),
        ));
    }
    match admin::takes_changes(&services.db).await {
        Ok(true) => {}
        Ok(false) => findings.push(wrong(
            "database",
            "takes no changes: it is a standby, or its user may not write. Name the primary and its owner",
        )),
        Err(error) => findings.push(wrong("database", error.to_string())),
    }
    findings.push(match audit::verify(&services, None).await {
        Ok(verdict) if verdict.ok => fine("trail", format!("{} events, unbroken", verdict.events)),
        Ok(verdict) => {
            let row = verdict.first_broken.unwrap_or_default();
            wrong(
                "trail",
                format!(
                    "the chain breaks at event {row}: somebody changed the database. Keep it as it is, and compare it \
                     with your last backup"
                ),
            )
        }
        Err(error) => wrong("trail", error.to_string()),
    });
    if let Ok(trouble) = mail::trouble(&services).await {
        findings.extend(outbox(&trouble));
    }
    services.db.close().await;
    findings
}

fn outbox(trouble: &mail::Trouble) -> Vec<Finding> {
    let mut findings = Vec::new();
    let last = |said: &str| if said.is_empty() { String::new() } else { format!(" The mail server said: {said}.") };
    let (count, said) = &trouble.overdue;
    if *count > 0 {
        findings.push(wrong(
            "outbox",
            format!(
                "mail waits for more than an hour: {count}.{} See that `vestibule serve` runs and has a mail server",
                last(said)
            ),
        ));
    }
    let (count, said) = &trouble.failed;
    if *count > 0 {
        findings.push(mind(
            "outbox",
            format!(
                "mail that did not arrive in the last 7 days: {count}.{} Correct the addresses under Invitations, and \
                 resend",
                last(said)
            ),
        ));
    }
    if findings.is_empty() {
        findings.push(fine("outbox", "no mail is late or lost"));
    }
    findings
}

/// The address in From.
fn sender(settings: &Settings) -> Finding {
    let from = &settings.mail_from;
    if from.ends_with("@localhost.localdomain") {
        mind(
            "sender",
            format!("mails come from {from}, which no mail server beyond this machine takes: set VESTIBULE_MAIL_FROM"),
        )
    } else {
        fine("sender", format!("mails come from {from}"))
    }
}

async fn mail_server(settings: &Settings) -> Finding {
    let Some(url) = &settings.smtp_url else {
        return mind("mail", "no mail server is set, so mail waits in the outbox: set VESTIBULE_SMTP_URL");
    };
    let host = url.host_str().unwrap_or_default();
    let smtp = match Smtp::new(url) {
        Ok(smtp) => smtp,
        Err(error) => return wrong("mail", format!("{host}: {error}")),
    };
    match smtp.check().await {
        Ok(()) => fine("mail", format!("{host} answers and lets us in")),
        Err((trouble, said)) => {
            let advice = match trouble {
                Trouble::Unreachable => {
                    "See that name and port in VESTIBULE_SMTP_URL are right, and that no firewall is between"
                }
                Trouble::Encryption => {
                    "Name the host as in its certificate; smtps:// is for port 465, smtp:// with ?tls=required for 587; \
                     ?tls=none only on this machine"
                }
                Trouble::Credentials => {
                    "See that user and password in VESTIBULE_SMTP_URL are right and percent-encoded"
                }
                Trouble::Other => "See what it says, and its log",
            };
            wrong("mail", format!("{host}: {said}. {advice}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_full_disk_is_said_before_it_is_full() {
        assert_eq!(space("x", 0).state, State::Wrong);
        assert_eq!(space("x", NO_SPACE).state, State::Mind);
        assert_eq!(space("x", LITTLE_SPACE).state, State::Fine);
    }

    #[test]
    fn a_proxy_that_hides_visitors_or_the_host_is_found() {
        let said = |seen: &str, sign_in| by_proxy("https://x.example", Ok((200, seen.to_owned())), Ok(sign_in)).state;
        for (seen, sign_in, state) in [
            ("forwarded", 200, State::Fine),
            ("forwarded", 421, State::Wrong),
            ("ignored", 200, State::Wrong),
            ("direct", 200, State::Mind),
            ("<html>", 200, State::Wrong),
        ] {
            assert_eq!(said(seen, sign_in), state, "{seen} {sign_in}");
        }
        let gone = || Err(ureq::Error::HostNotFound);
        assert_eq!(
            by_proxy("https://x.example", gone(), gone().map(|(status, _): (u16, String)| status)).state,
            State::Mind
        );
    }

    #[tokio::test]
    async fn a_clock_that_was_never_set_is_wrong() {
        for (at, state) in [(0, State::Wrong), (NEVER_SET.0, State::Fine), (ABSURD.0 + 1, State::Wrong)] {
            let clock = ManualClock::at(Timestamp(at));
            assert_eq!(time(&clock, None).await[0].state, state, "{at}");
        }
    }
}
