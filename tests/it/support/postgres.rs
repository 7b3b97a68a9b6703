//! A PostgreSQL of the tests' own: started once per run on loopback, stopped when the run ends, however it ends.

use super::TestFolder;
use sqlx::{Connection, PgConnection};
use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::OnceCell;

struct Cluster {
    port: u16,
    /// The server stops when this pipe closes, which the end of the process does even on a crash.
    _shell: Child,
}

fn tool(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists()).expect("PostgreSQL is installed")
}

/// Who runs the server if we are root, which PostgreSQL refuses to be.
fn other_user() -> Option<(u32, u32)> {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let fields: Vec<&str> = line.split(':').collect();
        Some((fields[2].parse().ok()?, fields[3].parse().ok()?))
    };
    let am_root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if am_root { ids("postgres").or_else(|| ids("nobody")) } else { None }
}

fn start() -> Cluster {
    // Not dropped: the shell below removes it, after the server has gone.
    let folder = std::mem::ManuallyDrop::new(TestFolder::new());
    let data = folder.path("pg");
    fs::create_dir(&data).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    const SCRIPT: &str = r#"
        "$1" -D "$3" -U app -A trust -E UTF8 --no-sync >"$3.log" 2>&1 || exit 1
        "$2" -D "$3" -k "$3" -h 127.0.0.1 -p "$4" -F -c full_page_writes=off -c autovacuum=off -c max_connections=400 >>"$3.log" 2>&1 &
        server=$!
        read -r _
        kill -INT $server; wait $server; rm -rf "$(dirname "$3")"
    "#;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "sh"]).args([tool("initdb"), tool("postgres"), data.clone()]).arg(port.to_string());
    if let Some((uid, gid)) = other_user() {
        for path in [folder.0.as_path(), data.as_path()] {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
        command.uid(uid).gid(gid);
    }
    let child =
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    Cluster { port, _shell: child }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn url(database: &str) -> String {
    format!("postgres://app@127.0.0.1:{}/{database}", cluster().port)
}

async fn admin() -> PgConnection {
    for _ in 0..600 {
        if let Ok(connection) = PgConnection::connect(&url("postgres")).await {
            return connection;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("PostgreSQL did not start");
}

/// A fresh database with the tables in it.
pub async fn database() -> String {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    TEMPLATE
        .get_or_init(|| async {
            let mut admin = admin().await;
            sqlx::query("CREATE DATABASE migrated").execute(&mut admin).await.unwrap();
            let db = vestibule::storage::Db::open(&url("migrated").parse().unwrap()).await.unwrap();
            vestibule::storage::admin::migrate(&db).await.unwrap();
            db.close().await;
        })
        .await;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE migrated"));
    sqlx::query(create).execute(&mut admin().await).await.unwrap();
    url(&name)
}

/// Everything in a database, as text.
pub fn dump(database_url: &str) -> String {
    let output = Command::new(tool("pg_dump")).arg(database_url).current_dir(Path::new("/")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
