//! SQLite files for tests: copies of one that was migrated once.

use super::TestFolder;
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};
use tokio::sync::OnceCell;
use vestibule::{config::DatabaseUrl, storage};

/// Makes a fresh database with the tables in it, and returns its URL.
pub async fn database(path: &Path) -> String {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let migrated = TEMPLATE.get_or_init(migrated).await;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(migrated).unwrap();
    format!("sqlite://{}", path.display())
}

async fn migrated() -> Vec<u8> {
    let folder = TestFolder::new();
    let path = folder.path("template.db");
    let db = storage::Db::open(&DatabaseUrl::Sqlite(path.clone())).await.unwrap();
    storage::admin::migrate(&db).await.unwrap();
    db.close().await;
    fs::read(path).unwrap()
}
