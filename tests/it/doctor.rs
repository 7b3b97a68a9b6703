//! The doctor: finds what is wrong, says what to do, changes nothing, tells no password.

use crate::support::{
    Engine, TestApp,
    shell::{Shell, said, shown},
};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

/// What the doctor says, by what it is about: state and text. A later finding of one kind is appended.
fn findings(shell: &Shell, environment: &[(&str, &str)]) -> BTreeMap<String, String> {
    let output = shell.run_with(environment, &["doctor", "--json"]);
    assert!(!said(&output).contains("hunter") && !shown(&output).contains("hunter"), "a password");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for one in document["findings"].as_array().unwrap() {
        let line = format!("{} {}\n", one["state"].as_str().unwrap(), one["text"].as_str().unwrap());
        found.entry(one["what"].as_str().unwrap().to_owned()).or_default().push_str(&line);
    }
    let is_wrong = found.values().any(|lines| lines.lines().any(|line| line.starts_with("wrong ")));
    assert_eq!(output.status.code(), Some(i32::from(is_wrong)));
    found
}

fn contents(shell: &Shell) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(&shell.0.0)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

async fn sql_in(path: &Path, sql: &str) {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn healthy() -> Shell {
    let shell = Shell::new();
    shell.json(&["admin", "create", "--email", "ada@woodgrove.example", "--name", "Ada", "--json"]);
    shell
}

/// A mail server that answers each line by what it is asked.
fn mail_server(answer: fn(&str) -> &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut writer = stream.try_clone().unwrap();
            let _ = writer.write_all(b"220 mail.woodgrove.example\r\n");
            for line in BufReader::new(stream).split(b'\n') {
                let Ok(line) = line else { break };
                if writer.write_all(answer(String::from_utf8_lossy(&line).trim()).as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[test]
fn a_healthy_installation_is_left_as_it_is() {
    let shell = healthy();
    let before = contents(&shell);
    let found = findings(&shell, &[("VESTIBULE_LISTEN", "127.0.0.1:1")]);
    for what in ["key file", "disk", "time", "database", "trail", "outbox"] {
        assert!(found[what].starts_with("ok "), "{what}: {}", found[what]);
    }
    assert!(found["server"].contains("start `vestibule serve`"));
    assert!(before == contents(&shell), "nothing is made or changed");
}

#[test]
fn the_key_file_is_looked_at() {
    let shell = healthy();
    let key = shell.0.path("vestibule.key");
    let mode = |mode: u32| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    assert!(findings(&shell, &[])["key file"].starts_with("wrong vestibule.key can be read by everybody"));
    mode(0o640);
    assert!(findings(&shell, &[])["key file"].starts_with("mind vestibule.key can be read by its group"));
    mode(0o600);
    let stranger = healthy();
    fs::copy(stranger.0.path("vestibule.key"), &key).unwrap();
    assert!(findings(&shell, &[])["database"].contains("not the one that this database was made with"));
    fs::write(&key, "nonsense").unwrap();
    assert!(findings(&shell, &[])["key file"].starts_with("wrong vestibule.key cannot be used"));
    fs::remove_file(&key).unwrap();
    let found = findings(&shell, &[]);
    assert!(found["key file"].contains("put your copy of it there"), "{}", found["key file"]);
    assert!(found["database"].starts_with("wrong "));
    assert!(!key.exists(), "none is made");
}

#[test]
fn the_clock_is_looked_at() {
    let shell = healthy();
    let moved = shell.0.path("clock");
    fs::write(&moved, "-86400000").unwrap();
    let moved = moved.display().to_string();
    let found = findings(&shell, &[("VESTIBULE_TEST_CLOCK", &moved)]);
    assert!(
        found["time"].starts_with("wrong ") && found["time"].contains("before the newest event"),
        "{}",
        found["time"]
    );
    fs::write(&moved, (-100 * 365 * 86_400_000_i64).to_string()).unwrap();
    assert!(findings(&shell, &[("VESTIBULE_TEST_CLOCK", &moved)])["time"].contains("set the machine's clock"));
}

#[test]
fn the_disk_is_looked_at() {
    let shell = healthy();
    let nowhere = findings(&shell, &[("VESTIBULE_DATABASE_URL", "sqlite://nowhere/x.db")]);
    assert!(nowhere["disk"].contains("nowhere is no folder"), "{}", nowhere["disk"]);
    fs::set_permissions(shell.0.path("vestibule.db"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(findings(&shell, &[])["disk"].contains("chmod 600 vestibule.db"));
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_that_wait_are_named_and_not_carried_out() {
    let shell = healthy();
    let database = shell.0.path("vestibule.db");
    sql_in(&database, "DELETE FROM _sqlx_migrations WHERE version = 8").await;
    let before = contents(&shell);
    let found = findings(&shell, &[]);
    assert!(found["migrations"].starts_with("mind wait: 0008 bounds."), "{}", found["migrations"]);
    assert!(found["trail"].starts_with("ok "));
    assert!(before == contents(&shell));
    sql_in(
        &database,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'the future', TRUE, x'00', 0)",
    )
    .await;
    assert!(findings(&shell, &[])["database"].contains("newer Vestibule (migration 9999)"));
    fs::write(&database, vec![b'x'; 8192]).unwrap();
    assert!(findings(&shell, &[])["database"].starts_with("wrong "));
    fs::write(&database, []).unwrap();
    assert!(findings(&shell, &[])["database"].contains("no database of Vestibule's"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_was_changed_is_said() {
    let shell = healthy();
    sql_in(&shell.0.path("vestibule.db"), "DROP TRIGGER audit_events_no_update").await;
    sql_in(&shell.0.path("vestibule.db"), "UPDATE audit_events SET activity = 'Nothing' WHERE seq = 2").await;
    assert!(findings(&shell, &[])["trail"].starts_with("wrong the chain breaks at event 2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_late_or_lost_is_said() {
    let shell = healthy();
    shell.json(&["invite", "gsamoogle@gmail.com", "mara@fabrikam.example", "--json"]);
    let database = shell.0.path("vestibule.db");
    assert!(findings(&shell, &[])["outbox"].starts_with("ok "));
    sql_in(
        &database,
        "UPDATE outbox SET state = 'failed', server_answer = '550 no such user' WHERE email_key LIKE 'gsam%'",
    )
    .await;
    sql_in(&database, "UPDATE outbox SET due_at = due_at - 7200000 WHERE email_key LIKE 'mara%'").await;
    let said = &findings(&shell, &[])["outbox"];
    assert!(said.contains("wrong mail waits for more than an hour: 1."), "{said}");
    assert!(said.contains("mind mail that did not arrive in the last 7 days: 1. The mail server said: 550"), "{said}");
}

#[test]
fn what_is_wrong_with_the_mail_server_is_told_apart() {
    let shell = healthy();
    let with = |url: String| findings(&shell, &[("VESTIBULE_SMTP_URL", &url)])["mail"].clone();
    let refusing = mail_server(|line| match line.get(..4) {
        Some("EHLO") => "250-mail\r\n250 AUTH PLAIN LOGIN\r\n",
        Some("AUTH") => "535 5.7.8 bad credentials\r\n",
        _ => "250 ok\r\n",
    });
    let said = with(format!("smtp://app:hunter3@127.0.0.1:{refusing}?tls=none"));
    assert!(said.starts_with("wrong ") && said.contains("See that user and password"), "{said}");
    for url in [format!("smtp://127.0.0.1:{refusing}?tls=required"), format!("smtps://127.0.0.1:{refusing}")] {
        let said = with(url);
        assert!(said.starts_with("wrong ") && said.contains("smtps:// is for port 465"), "{said}");
    }
    let said = with("smtp://127.0.0.1:1?tls=none".into());
    assert!(said.starts_with("wrong ") && said.contains("See that name and port"), "{said}");
    assert!(with(format!("smtp://127.0.0.1:{refusing}?tls=none")).starts_with("ok "));
    let refused = shell.run_with(&[("VESTIBULE_MAIL_FROM", "nobody")], &["doctor"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(crate::support::shell::said(&refused).contains("mail_from: \"nobody\" is not an e-mail address"));
}

#[test]
fn address_proxy_and_server_are_looked_at() {
    let shell = healthy();
    let https = ("VESTIBULE_PUBLIC_URL", "https://guests.woodgrove.example");
    let found = findings(&shell, &[https]);
    assert!(found["address"].starts_with("mind ") && found["address"].contains("VESTIBULE_TRUSTED_PROXIES"));
    let found = findings(&shell, &[https, ("VESTIBULE_TRUSTED_PROXIES", "127.0.0.1")]);
    assert!(found["address"].starts_with("ok ") && found["sender"].contains("vestibule@guests.woodgrove.example"));
    let server = shell.serve();
    let found = findings(&shell, &[("VESTIBULE_LISTEN", &server.at)]);
    assert!(found["server"].starts_with("ok ") && found["server"].contains("is ready"), "{}", found["server"]);
    assert!(found["trail"].starts_with("ok "), "beside a running server");
    drop(server);
    let other = mail_server(|_| "nothing\r\n").to_string();
    let found = findings(&shell, &[("VESTIBULE_LISTEN", &format!("127.0.0.1:{other}"))]);
    assert!(found["server"].starts_with("wrong "), "{}", found["server"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_looked_at_too() {
    let app = TestApp::new(Engine::Postgres).await;
    app.member("maya@woodgrove.example", "Maya").await;
    let shell = Shell::beside(&app);
    let found = findings(&shell, &[]);
    for what in ["database", "trail", "outbox"] {
        assert!(found[what].starts_with("ok "), "{what}: {}", found[what]);
    }
    app.sql("DELETE FROM _sqlx_migrations WHERE version = 8").await;
    assert!(findings(&shell, &[])["migrations"].contains("0008 bounds"));
    assert_eq!(app.number("SELECT MAX(version) FROM _sqlx_migrations").await, 7, "it was not migrated");
    let nobody = findings(&shell, &[("VESTIBULE_DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/x")]);
    assert!(nobody["database"].starts_with("wrong "), "{}", nobody["database"]);
}
