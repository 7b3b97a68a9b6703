//! Copies of the database, and the way back from one.

use crate::support::{
    Engine, TestApp,
    shell::{Shell, said, shown},
};
use sqlx::{Connection, SqliteConnection};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

async fn sql_in(path: &Path, sql: &str) {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn add(shell: &Shell, name: &str) {
    shell.json(&["user", "add", &format!("{name}@woodgrove.example"), "--name", name, "--json"]);
}

fn names(shell: &Shell) -> Vec<String> {
    let listed = shell.json(&["user", "list", "--json"]);
    listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// What lies in the folder under names that hold this.
fn files(shell: &Shell, part: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(&shell.0.0).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.file_name().unwrap().to_string_lossy().contains(part));
    found.sort();
    found
}

/// A database with Maya in it, a copy of it, and Bo who came later.
fn with_a_copy() -> Shell {
    let shell = Shell::new();
    add(&shell, "Maya");
    assert_eq!(shell.json(&["backup", "copy.db", "--json"])["trail"]["ok"], true);
    add(&shell, "Bo");
    shell
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_whole_whoever_writes_meanwhile() {
    let app = TestApp::new(Engine::Sqlite).await;
    let shell = Shell::beside(&app);
    let server = shell.serve();
    let services = app.services.clone();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writing = tokio::spawn(async move {
        let mut written = 0;
        while !*stopped.borrow() {
            let email = format!("m{written}@woodgrove.example");
            let new = vestibule::services::people::NewMember { email: &email, name: "M", roles: &[] };
            vestibule::services::people::add_member(&services, &services.own_origin("Test"), new).await.unwrap();
            written += 1;
        }
        written
    });
    let mut events = Vec::new();
    for i in 0..4 {
        let file = format!("copy{i}.db");
        let made = tokio::task::block_in_place(|| shell.json(&["backup", &file, "--json"]));
        assert_eq!(made["ok"], true, "{made}");
        assert_eq!(fs::metadata(shell.0.path(&file)).unwrap().permissions().mode() & 0o777, 0o600);
        events.push(made["trail"]["events"].as_i64().unwrap());
    }
    stop.send(true).unwrap();
    let written: i64 = writing.await.unwrap();
    drop(server);
    assert!(events.is_sorted() && events[0] < events[3], "there was writing between the copies: {events:?}");
    assert!(events[3] <= written, "{events:?} of {written}");
    assert!(files(&shell, ".part").is_empty());

    // Elsewhere, with the key file: the same people, the same trail.
    let elsewhere = Shell::new();
    fs::copy(app.folder.path("key"), elsewhere.0.path("vestibule.key")).unwrap();
    let restored = elsewhere.json(&["restore", &shell.0.path("copy3.db").display().to_string(), "--json"]);
    assert_eq!((&restored["before"], &restored["trail"]["events"]), (&serde_json::Value::Null, &events[3].into()));
    assert_eq!(elsewhere.json(&["audit", "verify", "--json"])["events"], events[3]);
    assert_eq!(names(&elsewhere).len(), usize::try_from(events[3]).unwrap().min(100));
}

#[test]
fn a_copy_overwrites_nothing() {
    let shell = with_a_copy();
    let before = fs::read(shell.0.path("copy.db")).unwrap();
    for file in ["copy.db", "vestibule.db"] {
        let refused = shell.run(&["backup", file]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains("is there already"));
    }
    assert_eq!(fs::read(shell.0.path("copy.db")).unwrap(), before);
    assert_eq!(shell.run(&["backup", "no/such/folder.db"]).status.code(), Some(1));
    assert_eq!(names(&shell), ["Bo", "Maya"]);
}

#[test]
fn what_was_copied_comes_back_and_what_was_there_stays_beside() {
    let shell = with_a_copy();
    let restored = shell.json(&["restore", "copy.db", "--json"]);
    assert_eq!(names(&shell), ["Maya"]);
    let before = PathBuf::from(restored["before"].as_str().unwrap());
    assert!(before.display().to_string().starts_with("vestibule.db.before-restore-2"), "{}", before.display());
    // And back again: it is a copy like any other.
    shell.json(&["restore", &before.display().to_string(), "--json"]);
    assert_eq!(names(&shell), ["Bo", "Maya"]);
    assert_eq!(files(&shell, "before-restore").len(), 2);
    assert_eq!(fs::metadata(shell.0.path("vestibule.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_while_somebody_has_the_database_open() {
    let shell = with_a_copy();
    let server = shell.serve();
    let second = shell.serve();
    let refuses = || {
        let refused = shell.run(&["restore", "copy.db"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains("is in use"), "{}", said(&refused));
        assert!(files(&shell, "restore-part").is_empty());
    };
    refuses();
    drop(server);
    refuses();
    // Killed, it leaves a log and no lock.
    drop(second);
    shell.json(&["restore", "copy.db", "--json"]);
    assert_eq!(names(&shell), ["Maya"]);

    // Another program than ours has no lock beside the file, but SQLite's own.
    let mut other =
        SqliteConnection::connect(&format!("sqlite://{}", shell.0.path("vestibule.db").display())).await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM users").execute(&mut other).await.unwrap();
    refuses();
    other.close().await.unwrap();
    assert!(shell.run(&["restore", "copy.db"]).status.success());
}

#[test]
fn who_comes_while_a_copy_is_put_in_place_waits() {
    let shell = with_a_copy();
    let lock = fs::File::open(shell.0.path("vestibule.db.lock")).unwrap();
    lock.lock().unwrap();
    std::thread::scope(|scope| {
        let listing = scope.spawn(|| names(&shell));
        std::thread::sleep(std::time::Duration::from_millis(700));
        assert!(!listing.is_finished());
        lock.unlock().unwrap();
        assert_eq!(listing.join().unwrap(), ["Bo", "Maya"]);
    });
}

#[test]
fn what_a_killed_server_had_committed_is_kept_beside() {
    let shell = with_a_copy();
    let server = shell.serve();
    add(&shell, "Late");
    drop(server);
    let restored = shell.json(&["restore", "copy.db", "--json"]);
    let before = restored["before"].as_str().unwrap().to_owned();
    shell.json(&["restore", &before, "--json"]);
    assert_eq!(names(&shell), ["Bo", "Late", "Maya"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_copy_of_ours_is_refused_and_changes_nothing() {
    let shell = with_a_copy();
    let path = |name: &str| shell.0.path(name);
    fs::write(path("garbage.db"), vec![b'x'; 100_000]).unwrap();
    fs::write(path("empty.db"), []).unwrap();
    let whole = fs::read(path("copy.db")).unwrap();
    fs::write(path("cut.db"), &whole[..whole.len() / 2]).unwrap();
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 8192].fill(0xff);
    fs::write(path("torn.db"), &torn).unwrap();
    fs::write(path("other.db"), []).unwrap();
    sql_in(&path("other.db"), "CREATE TABLE songs (title TEXT)").await;
    fs::copy(path("copy.db"), path("newer.db")).unwrap();
    sql_in(
        &path("newer.db"),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'the future', TRUE, x'00', 0)",
    )
    .await;
    fs::copy(path("copy.db"), path("hot.db")).unwrap();
    fs::write(path("hot.db-wal"), b"log").unwrap();
    fs::create_dir(path("folder.db")).unwrap();
    let before = fs::read(path("vestibule.db")).unwrap();
    for (file, why) in [
        ("garbage.db", "not a database"),
        ("empty.db", "no database of Vestibule's"),
        ("cut.db", "is not restored"),
        ("torn.db", "is not restored"),
        ("other.db", "no database of Vestibule's"),
        ("newer.db", "newer Vestibule (migration 9999)"),
        ("hot.db", "was in use and no copy"),
        ("folder.db", "directory"),
        ("missing.db", "No such file"),
    ] {
        let refused = shell.run(&["restore", file]);
        assert_eq!(refused.status.code(), Some(1), "{file}: {}", said(&refused));
        assert!(said(&refused).contains(why), "{file}: {}", said(&refused));
        assert!(fs::read(path("vestibule.db")).unwrap() == before, "{file}");
        assert!(files(&shell, "restore-part").is_empty(), "{file}");
    }
    // The right copy, the wrong key file, then none.
    let key = fs::read(path("vestibule.key")).unwrap();
    fs::remove_file(path("vestibule.key")).unwrap();
    assert_eq!(shell.run(&["restore", "copy.db"]).status.code(), Some(3));
    assert!(!path("vestibule.key").exists(), "none is made");
    let stranger = Shell::new();
    stranger.run(&["migrate"]);
    fs::copy(stranger.0.path("vestibule.key"), path("vestibule.key")).unwrap();
    let refused = shell.run(&["restore", "copy.db"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("another key file"), "{}", said(&refused));
    assert!(fs::read(path("vestibule.db")).unwrap() == before && files(&shell, "restore-part").is_empty());
    fs::write(path("vestibule.key"), key).unwrap();
    assert!(shell.run(&["restore", "copy.db"]).status.success());
}

#[test]
fn a_database_that_is_ruined_is_replaced() {
    let shell = with_a_copy();
    for file in ["vestibule.db-wal", "vestibule.db-shm"] {
        let _ = fs::remove_file(shell.0.path(file));
    }
    fs::write(shell.0.path("vestibule.db"), vec![b'x'; 50_000]).unwrap();
    fs::write(shell.0.path("vestibule.db-wal"), b"ruins").unwrap();
    let restored = shell.json(&["restore", "copy.db", "--json"]);
    assert_eq!(names(&shell), ["Maya"]);
    let ruin = fs::read(shell.0.path(restored["before"].as_str().unwrap())).unwrap();
    assert!(ruin == vec![b'x'; 50_000]);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let shell = with_a_copy();
    let before = fs::read(shell.0.path("vestibule.db")).unwrap();
    let failed = shell.run_on_a_full_disk(200, &["restore", "copy.db"]);
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    assert!(said(&failed).contains("restore-part"), "{}", said(&failed));
    assert!(fs::read(shell.0.path("vestibule.db")).unwrap() == before && files(&shell, "restore-part").is_empty());
    let failed = shell.run_on_a_full_disk(200, &["backup", "more.db"]);
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    assert!(files(&shell, "more").is_empty());
    assert_eq!(names(&shell), ["Bo", "Maya"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_before_migrations_and_of_a_changed_trail() {
    let shell = with_a_copy();
    let database = shell.0.path("vestibule.db");
    sql_in(&database, "DELETE FROM _sqlx_migrations WHERE version = 8").await;
    shell.json(&["backup", "older.db", "--json"]);
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap();
    let last: i64 =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut connection).await.unwrap();
    assert_eq!(last, 7, "it was not migrated");
    connection.close().await.unwrap();

    shell.json(&["restore", "copy.db", "--json"]);
    sql_in(&database, "DROP TRIGGER audit_events_no_update").await;
    sql_in(&database, "UPDATE audit_events SET activity = 'Nothing' WHERE seq = 1").await;
    let made = shell.run(&["backup", "changed.db", "--json"]);
    assert_eq!(made.status.code(), Some(1), "somebody should look");
    assert!(shown(&made).contains("\"firstBroken\":1") && shell.0.path("changed.db").exists());
}

// A copy was written into whatever lay at its name with ".part" behind, readable by whoever had laid it there.
#[test]
fn a_copy_is_written_into_a_file_of_its_own() {
    let shell = with_a_copy();
    let laid = shell.0.path("more.db.part");
    fs::write(&laid, "laid here").unwrap();
    fs::set_permissions(&laid, fs::Permissions::from_mode(0o666)).unwrap();
    shell.json(&["backup", "more.db", "--json"]);
    assert_eq!(fs::read_to_string(&laid).unwrap(), "laid here");
    assert_eq!(fs::metadata(shell.0.path("more.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn on_postgresql_its_own_tools_are_named() {
    let shell = Shell::new();
    let url = [("VESTIBULE_DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/guests?sslmode=require")];
    for (command, line) in [
        ("backup", "pg_dump --format=custom --file=x.dump 'postgres://app@127.0.0.1:1/guests?sslmode=require'"),
        ("restore", "pg_restore --clean --if-exists"),
    ] {
        let told = shell.run_with(&url, &[command, "x.dump"]);
        assert_eq!(told.status.code(), Some(1));
        assert!(shown(&told).starts_with(line), "{}", shown(&told));
        assert!(said(&told).contains("nothing was done"));
        assert!(!shown(&told).contains("hunter2") && !said(&told).contains("hunter2"));
    }
    assert!(files(&shell, "").is_empty());
}
