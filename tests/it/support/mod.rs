//! Vestibule in one process: real services on a database of their own, a clock that is moved by hand, a browser
//! that speaks to the router.

mod browser;
pub mod house;
mod postgres;
pub mod shell;
pub mod smtp;
mod sqlite;

pub use browser::{Browser, Page};
pub use postgres::dump;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use vestibule::{
    clock::{Clock, ManualClock},
    config::Loaded,
    crypto::Rng,
    domain::{
        actor::Origin,
        app::{AppKind, Assignee},
        ids::{AppId, AssignmentId, GroupId},
        mail::Lane,
        tending::{GuestRules, JoinPolicy},
        time::Timestamp,
        user::{User, UserType},
    },
    http, jobs,
    mail::transport::Transport,
    services::{Services, mail, people, start},
    storage::{self, apps::NewApp, groups::NewGroup, outbox::Claimed},
};

/// When tests begin: a Monday morning in November 2026.
pub const BEGINNING: Timestamp = Timestamp(1_795_424_400_000);

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Makes each test once per engine: `on_both_engines!(test_a, test_b);`
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::support::{Engine, TestApp};

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(TestApp::new(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name(TestApp::new(Engine::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

/// A folder that goes with the test.
pub struct TestFolder(pub PathBuf);

impl TestFolder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vestibule-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct TestApp {
    pub services: Services,
    pub clock: Arc<ManualClock>,
    pub folder: TestFolder,
    pub database_url: String,
    pub engine: Engine,
}

/// A message as its reader sees it.
#[derive(Debug, Clone)]
pub struct Received {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The message as it went over the wire.
    pub source: String,
}

impl Received {
    /// The code on its line of its own.
    pub fn code(&self) -> String {
        let is_code = |line: &&str| {
            line.len() == 9
                && line.bytes().enumerate().all(|(i, b)| if i == 4 { b == b' ' } else { b.is_ascii_digit() })
        };
        self.text.lines().find(is_code).expect("a code in the mail").to_owned()
    }

    /// The path of the first link.
    pub fn link(&self) -> String {
        let at = self.text.find("http://").expect("a link in the mail");
        let url: String = self.text[at..].chars().take_while(|c| !c.is_whitespace()).collect();
        url.replacen("http://127.0.0.1:8080", "", 1)
    }
}

impl TestApp {
    pub async fn new(engine: Engine) -> Self {
        let folder = TestFolder::new();
        let database_url = match engine {
            Engine::Sqlite => sqlite::database(&folder.path("test.db")).await,
            Engine::Postgres => postgres::database().await,
        };
        let settings = [
            ("VESTIBULE_DATABASE_URL", database_url.clone()),
            ("VESTIBULE_SECRET_KEY_FILE", folder.path("key").display().to_string()),
        ];
        let environment: BTreeMap<String, String> =
            settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let settings = Loaded::from(None, &environment).unwrap().settings;
        let clock = Arc::new(ManualClock::at(BEGINNING));
        let mut services = start::open(&settings, clock.clone()).await.unwrap();
        services.rng = Rng::from_seed([u8::try_from(std::process::id() % 251).unwrap(); 32]);
        Self { services, clock, folder, database_url, engine }
    }

    /// The demonstration's people and apps.
    pub async fn with_demo(mut self) -> Self {
        self.services = vestibule::services::demo::enter(self.services).await.unwrap();
        self
    }

    pub fn origin(&self) -> Origin {
        self.services.own_origin("Test")
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(http::router(self.services.clone()))
    }

    /// Claims up to so many messages that are due, codes and links first.
    pub async fn claim(&self, most: usize) -> Vec<Claimed> {
        let mut claimed = Vec::new();
        for lane in Lane::ALL {
            while claimed.len() < most
                && let Some(message) = mail::claim(&self.services, lane, None).await.unwrap()
            {
                claimed.push(message);
            }
        }
        claimed
    }

    /// Delivers what is due into the mailbox; returns the messages of this delivery.
    pub async fn deliver(&self) -> Vec<Received> {
        let mut received = Vec::new();
        for message in self.claim(100).await {
            jobs::attempt(&self.services, &Transport::Mailbox, &message).await.unwrap();
            let mut held = self.services.db.read().await.unwrap();
            if let Some((mail, parts)) = storage::demo::one(&mut held.conn(), message.id).await.unwrap() {
                received.push(Received {
                    to: mail.to_address,
                    subject: mail.subject,
                    text: parts.text_part,
                    source: parts.source,
                });
            }
        }
        received
    }

    /// A browser in which this address is signed in, by a code from the mail.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        browser.post("/fn/sign-in/send-code", &[("email", email)]).await;
        let mails = self.deliver().await;
        let code = mails.iter().find(|mail| mail.to == email && mail.subject.contains("code")).expect("a code").code();
        let answer = browser.post("/fn/sign-in/code", &[("code", &code)]).await;
        assert_eq!(answer.location(), "/");
        browser
    }

    pub async fn member(&self, email: &str, name: &str) -> User {
        let new = people::NewMember { email, name, roles: &[] };
        people::add_member(&self.services, &self.origin(), new).await.unwrap()
    }

    /// A guest who has accepted.
    pub async fn guest(&self, email: &str, name: &str) -> User {
        let user = User { user_type: UserType::Guest, ..self.member(email, name).await };
        let mut tx = self.services.db.write().await.unwrap();
        storage::portal::set_user_type(&mut tx.conn(), user.id, UserType::Guest).await.unwrap();
        tx.commit().await.unwrap();
        user
    }

    pub async fn group(&self, name: &str) -> GroupId {
        let id = GroupId(self.services.rng.uuid(&*self.clock));
        let group =
            NewGroup { id, name, description: "", join_policy: JoinPolicy::Closed, rules: GuestRules::default() };
        let mut tx = self.services.db.write().await.unwrap();
        storage::groups::insert(&mut tx.conn(), &group, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn join(&self, group: GroupId, user: &User) {
        let mut tx = self.services.db.write().await.unwrap();
        storage::groups::add_member(&mut tx.conn(), group, user.id, None, self.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn app(&self, name: &str, launch_url: &str, guests_allowed: bool) -> AppId {
        let id = AppId(self.services.rng.uuid(&*self.clock));
        let app = NewApp {
            id,
            name,
            note: "",
            instructions: "Read <b>this</b>.",
            category: "",
            kind: AppKind::Link,
            launch_url,
            icon: None,
            guests_allowed,
        };
        let mut tx = self.services.db.write().await.unwrap();
        storage::apps::insert(&mut tx.conn(), &app, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn assign(&self, app: AppId, assignee: Assignee) {
        let id = AssignmentId(self.services.rng.uuid(&*self.clock));
        let mut tx = self.services.db.write().await.unwrap();
        storage::apps::assign(&mut tx.conn(), id, app, assignee, None, self.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Changes the database behind the services' back. Returns how many rows it touched.
    pub async fn sql(&self, sql: &str) -> u64 {
        self.try_sql(sql).await.unwrap()
    }

    pub async fn try_sql(&self, sql: &str) -> sqlx::Result<u64> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.services.db {
            storage::Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(|done| done.rows_affected()),
            storage::Db::Postgres { read: pool, .. } => {
                sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected())
            }
        }
    }

    /// Changes the database in a state change of its own, in turn with those of the services.
    pub async fn change(db: storage::Db, sql: String) {
        let mut tx = db.write().await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql);
        match &mut tx.conn() {
            storage::Conn::Sqlite(c) => drop(sqlx::query(sql).execute(&mut **c).await.unwrap()),
            storage::Conn::Postgres(c) => drop(sqlx::query(sql).execute(&mut **c).await.unwrap()),
        }
        tx.commit().await.unwrap();
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.services.db {
            storage::Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.unwrap(),
            storage::Db::Postgres { read: pool, .. } => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }
}
