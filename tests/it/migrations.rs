//! Both engines have the same tables and columns.

use crate::support::{Engine, TestApp};
use std::collections::{BTreeMap, BTreeSet};
use vestibule::storage::Db;

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
        Db::Postgres(pool) => sqlx::query_as(
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
