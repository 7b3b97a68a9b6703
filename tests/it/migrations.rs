//! Both engines have the same tables and columns, and take on what databases have had.

use crate::support::{Engine, TestApp, on_both_engines};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use vestibule::{
    clock::SystemClock,
    services::start,
    storage::{self, Db},
};

/// Table to columns, each with its type in common words and whether it may be null.
type Tables = BTreeMap<String, BTreeSet<(String, String, bool)>>;

fn common(declared: &str) -> String {
    match declared.to_uppercase().as_str() {
        // An id is 16 bytes on SQLite.
        "UUID" | "BYTEA" | "BLOB" => "bytes",
        "INTEGER" | "BIGINT" => "number",
        "TEXT" => "text",
        "BOOLEAN" => "truth",
        other => panic!("{other} is not a type that both engines share"),
    }
    .to_owned()
}

async fn tables(db: &Db) -> Tables {
    let rows: Vec<(String, String, String, bool)> = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(
            "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 FROM sqlite_master t, pragma_table_xinfo(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        )
        .fetch_all(read)
        .await
        .unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_as(
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = 'public'",
        )
        .fetch_all(pool)
        .await
        .unwrap(),
    };
    let mut tables = Tables::new();
    for (table, column, kind, nullable) in rows.into_iter().filter(|row| row.0 != "_sqlx_migrations") {
        tables.entry(table).or_default().insert((column, common(&kind), nullable));
    }
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_have_the_same_tables() {
    let sqlite = TestApp::new(Engine::Sqlite).await;
    let postgres = TestApp::new(Engine::Postgres).await;
    let (ours, theirs) = (tables(&sqlite.services.db).await, tables(&postgres.services.db).await);
    assert!(ours.len() > 20);
    assert_eq!(ours, theirs);
}

#[test]
fn both_folders_have_the_same_files() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// How the checksums of migrations begin that have gone out, on SQLite and on PostgreSQL. One that goes out is added; none
/// is ever edited, since databases that have had it would be refused.
const GONE_OUT: [[&str; 2]; 5] = [
    ["1135d87d9c25", "4724b9879e19"],
    ["0574d3cb5f05", "dc1f3ed48894"],
    ["ce7d5d00e00f", "43f4bad57585"],
    ["2b0305ca7935", "c7d204234e7e"],
    ["8bc4c478eb22", "8bc4c478eb22"],
];

async fn migrations_that_have_gone_out_stay(app: TestApp) {
    for (version, checksums) in (1..).zip(GONE_OUT) {
        let (had, gone_out) = match app.engine {
            Engine::Sqlite => ("HEX(checksum)", checksums[0]),
            Engine::Postgres => ("ENCODE(checksum, 'hex')", checksums[1]),
        };
        let same = format!(
            "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = {version} AND LOWER({had}) LIKE '{gone_out}%'"
        );
        assert_eq!(app.number(&same).await, 1, "migration {version}");
    }
}

/// It went out in two forms; the second began so.
async fn a_database_with_the_other_fourth_migration_is_taken_on(app: TestApp) {
    let other = match app.engine {
        Engine::Sqlite => "x'a0b1ac9295240299'",
        Engine::Postgres => "'\\x4659bcb77c9373d1'",
    };
    let changed = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = 4 AND checksum =";
    app.sql(&format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 4")).await;
    let schema = storage::admin::schema(&app.services.db).await.unwrap().unwrap();
    assert_eq!(schema, storage::admin::Schema::default());
    start::open(&app.services.settings, Arc::new(SystemClock)).await.unwrap();
    assert_eq!(app.number(&format!("{changed} {other}")).await, 0);
    let wrong = other.replace("b", "c");
    app.sql(&format!("UPDATE _sqlx_migrations SET checksum = {wrong} WHERE version = 4")).await;
    assert!(start::open(&app.services.settings, Arc::new(SystemClock)).await.is_err());
}

on_both_engines!(a_database_with_the_other_fourth_migration_is_taken_on, migrations_that_have_gone_out_stay);
