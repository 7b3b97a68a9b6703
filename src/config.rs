//! Settings of the process: `vestibule.toml` and `VESTIBULE_*`, checked as a whole before anything starts.
//! What administrators set at run time is in the database (`domain::organisation`).

use config::{Config, File, FileFormat};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};
use url::{Host, Url};

/// The file that is read where the command runs, if it is there.
pub const FILE: &str = "vestibule.toml";

const PREFIX: &str = "VESTIBULE_";

/// Whether a variable is the clock's (`clock::of_process`), in what is built for tests.
fn is_for_tests(name: &str) -> bool {
    cfg!(debug_assertions) && name == "test_clock"
}

/// Every setting by its name in the file; the variable is `VESTIBULE_` and the name in capitals.
const KNOWN: [&str; 9] = [
    "listen",
    "public_url",
    "database_url",
    "smtp_url",
    "mail_from",
    "secret_key_file",
    "trusted_proxies",
    "allow_private_networks",
    "log",
];

/// Set by the build and the tests, not by those who run Vestibule.
const FOREIGN: [&str; 1] = ["bin"];

/// The settings, typed and checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How browsers reach us: scheme, host, port; no path.
    pub public_url: Url,
    /// Which database.
    pub database_url: DatabaseUrl,
    /// The mail server; none means that mail waits (or, in a demonstration, goes to the mailbox).
    pub smtp_url: Option<Url>,
    /// The address in From.
    pub mail_from: String,
    /// The key file.
    pub secret_key_file: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether calls to configured addresses may reach private networks.
    pub allow_private_networks: bool,
    /// What is logged, as `tracing_subscriber::EnvFilter` reads it.
    pub log: String,
}

/// Which engine, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file; made if absent.
    Sqlite(PathBuf),
    /// A server, as `postgres://` URL.
    Postgres(String),
}

/// Why the settings cannot be used: one sentence an entry.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Settings with what should be said about them on the way.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Things that do no harm but look like mistakes.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default)]
struct Raw {
    listen: String,
    public_url: Option<String>,
    database_url: String,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    secret_key_file: PathBuf,
    #[serde(deserialize_with = "list")]
    trusted_proxies: Vec<String>,
    allow_private_networks: bool,
    log: String,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: None,
            database_url: "sqlite://vestibule.db".into(),
            smtp_url: None,
            mail_from: None,
            secret_key_file: "vestibule.key".into(),
            trusted_proxies: Vec::new(),
            allow_private_networks: false,
            log: "info".into(),
        }
    }
}

/// A list in the file, or words separated by commas in the environment.
fn list<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Many(Vec<String>),
        One(String),
    }
    Ok(match Either::deserialize(source)? {
        Either::Many(items) => items,
        Either::One(text) => text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect(),
    })
}

impl Loaded {
    /// Reads the file (if there is one) and the environment, the latter winning, and checks everything.
    ///
    /// # Errors
    /// Says every fault at once: unknown keys with the nearest known one, values of the wrong form, and
    /// combinations that would be unsafe.
    pub fn from(file: Option<&str>, environment: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let mut warnings = Vec::new();
        let mut builder = Config::builder();
        if let Some(text) = file {
            check_file_keys(text, &mut faults);
            builder = builder.add_source(File::from_str(text, FileFormat::Toml));
        }
        for (variable, value) in environment {
            let Some(name) = variable.strip_prefix(PREFIX).map(str::to_lowercase) else { continue };
            if KNOWN.contains(&name.as_str()) {
                match builder.clone().set_override(&name, value.as_str()) {
                    Ok(next) => builder = next,
                    Err(e) => faults.push(format!("{variable}: {e}")),
                }
            } else if let Some(known) = near_miss(&name) {
                faults.push(format!("{variable} is not a setting; did you mean {PREFIX}{}?", known.to_uppercase()));
            } else if !FOREIGN.contains(&name.as_str()) && !is_for_tests(&name) {
                warnings.push(format!("{variable} is not a setting and is ignored"));
            }
        }
        if !faults.is_empty() {
            return Err(ConfigError(faults));
        }
        let raw: Raw =
            builder.build().and_then(Config::try_deserialize).map_err(|e| ConfigError(vec![e.to_string()]))?;
        Settings::check(raw).map(|settings| Self { settings, warnings })
    }

    /// As [`Self::from`], with the process's environment and the file at `path`, or [`FILE`] if it is there.
    ///
    /// # Errors
    /// As [`Self::from`], and if the file cannot be read.
    pub fn from_process(path: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match path {
            Some(path) => Some(read(path)?),
            None if Path::new(FILE).exists() => Some(read(Path::new(FILE))?),
            None => None,
        };
        // A variable that is no UTF-8 is none of ours.
        let text_of = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self::from(text.as_deref(), &std::env::vars_os().filter_map(text_of).collect())
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|e| ConfigError(vec![format!("{}: {e}", path.display())]))
}

fn check_file_keys(text: &str, faults: &mut Vec<String>) {
    // A file that is no TOML is reported by the reader itself.
    let Ok(table) = text.parse::<toml::Table>() else { return };
    for key in table.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
        let nearest = KNOWN.iter().min_by_key(|known| strsim::levenshtein(key, known)).unwrap_or(&KNOWN[0]);
        faults.push(format!("the settings file: \"{key}\" is not a setting; the nearest is \"{nearest}\""));
    }
}

/// A known name of at least five characters that differs by at most two.
fn near_miss(name: &str) -> Option<&'static str> {
    KNOWN.into_iter().filter(|known| known.len() >= 5).find(|known| strsim::levenshtein(name, known) <= 2)
}

/// Whether a PostgreSQL address may hold this after its `?`.
fn is_parameter(key: &str) -> bool {
    const KNOWN: [&str; 18] = [
        "application_name",
        "dbname",
        "host",
        "hostaddr",
        "options",
        "password",
        "port",
        "ssl-ca",
        "ssl-cert",
        "ssl-key",
        "ssl-mode",
        "ssl-root-cert",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "statement-cache-capacity",
        "user",
    ];
    KNOWN.contains(&key) || key.starts_with("options[")
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            let path = path.split('?').next().unwrap_or_default();
            return if path.is_empty() || path == ":memory:" {
                Err("database_url: SQLite needs a file, as in sqlite://vestibule.db".into())
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => {
                // Refused here, without a word of it: the library would log what it does not know, value and all.
                if let Some((key, _)) = url.query_pairs().find(|(key, _)| !is_parameter(key)) {
                    return Err(format!("database_url: \"{key}\" is not a parameter of PostgreSQL addresses"));
                }
                if url.path().contains('@') || url.fragment().is_some() {
                    return Err(
                        "database_url: in user and password write @ as %40, / as %2F, ? as %3F, # as %23".into()
                    );
                }
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err("database_url: write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE".into()),
        }
    }
}

impl Settings {
    fn check(raw: Raw) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let listen = raw.listen.parse::<SocketAddr>().map_err(|_| {
            faults.push(format!("listen: \"{}\" is not ADDRESS:PORT, as in 127.0.0.1:8080", raw.listen));
        });
        let public_url = match &raw.public_url {
            None => listen.map(|at| Url::parse(&format!("http://{at}")).ok()).ok().flatten(),
            Some(text) => origin(text).map_err(|fault| faults.push(fault)).ok(),
        };
        let database_url = raw.database_url.parse::<DatabaseUrl>().map_err(|fault| faults.push(fault));
        let smtp_url = raw.smtp_url.as_deref().filter(|text| !text.is_empty()).map(|text| {
            crate::mail::transport::check_url(text).map_err(|fault| faults.push(format!("smtp_url: {fault}")))
        });
        let mut trusted_proxies = Vec::new();
        for text in &raw.trusted_proxies {
            match text.parse::<IpNet>().or_else(|e| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| e)) {
                Ok(net) => trusted_proxies.push(net),
                Err(_) => faults.push(format!("trusted_proxies: \"{text}\" is not an address or network")),
            }
        }
        if let (Ok(listen), Some(url)) = (&listen, &public_url)
            && !listen.ip().is_loopback()
            && url.scheme() != "https"
        {
            faults.push(format!("public_url: listening on {listen}, beyond this machine, needs an https address here"));
        }
        let default_from = || {
            let host = public_url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
            if host.parse::<std::net::IpAddr>().is_ok() || !host.contains('.') {
                "vestibule@localhost.localdomain".to_owned()
            } else {
                format!("vestibule@{host}")
            }
        };
        let mail_from = raw.mail_from.clone().unwrap_or_else(default_from);
        if mail_from.parse::<lettre::Address>().is_err() {
            faults.push(format!("mail_from: \"{mail_from}\" is not an e-mail address"));
        }
        match (listen, public_url, database_url, smtp_url.transpose()) {
            (Ok(listen), Some(public_url), Ok(database_url), Ok(smtp_url)) if faults.is_empty() => Ok(Self {
                listen,
                public_url,
                database_url,
                smtp_url,
                mail_from,
                secret_key_file: raw.secret_key_file,
                trusted_proxies,
                allow_private_networks: raw.allow_private_networks,
                log: raw.log,
            }),
            _ => Err(ConfigError(faults)),
        }
    }

    /// Whether cookies are `Secure` and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether only this machine can reach us.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// Whether the address that people use is this machine's own.
    pub fn is_named_locally(&self) -> bool {
        match self.public_url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// Whether an address is one of ours.
    pub fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.public_url.origin()
    }

    /// An absolute address of ours. `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}

fn origin(text: &str) -> Result<Url, String> {
    let fault = || format!("public_url: \"{text}\" is not https://HOST or http://HOST:PORT, without a path");
    let url = Url::parse(text).map_err(|_| fault())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let named = matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)));
    if bare && named && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(fault()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn fault(file: Option<&str>, pairs: &[(&str, &str)]) -> String {
        Loaded::from(file, &environment(pairs)).unwrap_err().to_string()
    }

    #[test]
    fn without_anything_it_is_a_machine_of_ones_own() {
        let settings = Loaded::from(None, &BTreeMap::new()).unwrap().settings;
        assert_eq!(settings.public_url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(settings.database_url, DatabaseUrl::Sqlite("vestibule.db".into()));
        assert_eq!(settings.url("/sign-in"), "http://127.0.0.1:8080/sign-in");
        assert!(settings.is_loopback() && !settings.is_https());
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let loaded = Loaded::from(
            Some("listen = \"127.0.0.1:1\"\nmail_from = \"a@b.example\"\ntrusted_proxies = [\"10.0.0.0/8\"]"),
            &environment(&[("VESTIBULE_LISTEN", "127.0.0.1:2"), ("VESTIBULE_ALLOW_PRIVATE_NETWORKS", "true")]),
        )
        .unwrap();
        assert_eq!(loaded.settings.listen.port(), 2);
        assert_eq!(loaded.settings.mail_from, "a@b.example");
        assert_eq!(loaded.settings.trusted_proxies.len(), 1);
        assert!(loaded.settings.allow_private_networks);
    }

    #[test]
    fn an_unknown_key_in_the_file_names_the_nearest() {
        assert!(fault(Some("databse_url = \"x\""), &[]).contains("the nearest is \"database_url\""));
        assert!(fault(Some("[server]\nport = 1"), &[]).contains("\"server\" is not a setting"));
    }

    #[test]
    fn a_near_miss_in_the_environment_refuses_and_others_warn() {
        assert!(fault(None, &[("VESTIBULE_SMPT_URL", "x")]).contains("did you mean VESTIBULE_SMTP_URL?"));
        assert!(fault(None, &[("VESTIBULE_LISTN", "x")]).contains("VESTIBULE_LISTEN"));
        // "lag" is near "log", but so short a name is near everything.
        let loaded =
            Loaded::from(None, &environment(&[("VESTIBULE_LAG", "x"), ("VESTIBULE_COLOUR", "x"), ("PATH", "x")]))
                .unwrap();
        assert_eq!(loaded.warnings.len(), 2);
    }

    #[test]
    fn values_of_the_wrong_form_are_all_said_at_once() {
        let text = fault(
            None,
            &[
                ("VESTIBULE_LISTEN", "8080"),
                ("VESTIBULE_DATABASE_URL", "mysql://x"),
                ("VESTIBULE_SMTP_URL", "http://mail"),
                ("VESTIBULE_MAIL_FROM", "nobody"),
                ("VESTIBULE_TRUSTED_PROXIES", "10.0.0.0/8, elsewhere"),
                ("VESTIBULE_PUBLIC_URL", "https://x.example/path"),
            ],
        );
        for name in ["listen:", "database_url:", "smtp_url:", "mail_from:", "trusted_proxies:", "public_url:"] {
            assert!(text.contains(name), "{name} is missing in {text}");
        }
    }

    #[test]
    fn errors_never_repeat_a_secret_from_a_url() {
        for url in [
            "postgres://u:pw@db.example/v?passwd=TOPSECRET",
            "postgres://u:p@SECRET/w@db.example/v",
            "postgres://u:12/TOPSECRET@db.example/v",
            "postgres://u:pw@db.example/v#TOPSECRET",
            "smtp-not://u:TOPSECRET@mail.example",
        ] {
            let text = fault(None, &[("VESTIBULE_DATABASE_URL", url)]);
            assert!(text.contains("database_url:") && !text.contains("SECRET"), "{url}: {text}");
        }
        for url in
            ["smtp://u:p@SECRET/w@mail.example", "smtp://u:12/SECRET@mail.example", "smtp://m.example?pass=SECRET"]
        {
            let text = fault(None, &[("VESTIBULE_SMTP_URL", url)]);
            assert!(text.contains("smtp_url:") && !text.contains("SECRET"), "{url}: {text}");
        }
        let known = "postgres://u:p%40ss@db.example:5433/v?sslmode=require&options[search_path]=x";
        assert!(Loaded::from(None, &environment(&[("VESTIBULE_DATABASE_URL", known)])).is_ok());
    }

    #[test]
    fn beyond_this_machine_only_https() {
        assert!(fault(None, &[("VESTIBULE_LISTEN", "0.0.0.0:80")]).contains("needs an https address"));
        let loaded = Loaded::from(
            None,
            &environment(&[("VESTIBULE_LISTEN", "0.0.0.0:80"), ("VESTIBULE_PUBLIC_URL", "https://guests.example")]),
        )
        .unwrap();
        assert!(loaded.settings.is_https());
        assert_eq!(loaded.settings.mail_from, "vestibule@guests.example");
    }

    #[test]
    fn the_page_in_docs_names_every_setting_and_no_other() {
        let page = include_str!("../docs/SETTINGS.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `VESTIBULE_")?.split('`').next());
        let mut named: Vec<String> = rows.map(str::to_lowercase).collect();
        let mut known = KNOWN.map(str::to_owned);
        named.sort();
        known.sort();
        assert_eq!(named, known);
        let defaults = Loaded::from(None, &BTreeMap::new()).unwrap().settings;
        let key = defaults.secret_key_file.display().to_string();
        for (name, value) in [("LISTEN", "127.0.0.1:8080"), ("SECRET_KEY_FILE", &key), ("LOG", &defaults.log)] {
            assert!(page.contains(&format!("| `VESTIBULE_{name}` | `{value}` |")), "{name}");
        }
    }

    #[test]
    fn the_example_in_docs_is_accepted() {
        let loaded = Loaded::from(Some(include_str!("../docs/deploy/vestibule.toml")), &BTreeMap::new()).unwrap();
        assert!(loaded.warnings.is_empty() && loaded.settings.is_https());
        assert_eq!(loaded.settings.trusted_proxies.len(), 2);
    }
}
