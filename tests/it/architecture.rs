//! Imports run one way; some things are written in one place only.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms from the bottom up. A room may name those before it. Rooms of one level may not name each other.
const LEVELS: [&[&str]; 12] = [
    &["domain"],
    &["i18n"],
    &["clock"],
    &["crypto"],
    &["mail", "identity"],
    &["config", "telemetry"],
    &["storage"],
    &["services"],
    &["server_fns", "jobs"],
    &["app"],
    &["http"],
    &["cli"],
];

/// Single roads around services, each for its reason.
const ROADS: [(&str, &str, &str); 4] = [
    ("http", "storage::sessions", "sessions are HTTP's own state"),
    ("server_fns", "storage::sessions", "the keys of a session's data"),
    ("jobs", "storage::outbox", "claims and leases"),
    ("cli", "storage::admin", "open, migrate, backup"),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn level(room: &str) -> Option<usize> {
    LEVELS.iter().position(|rooms| rooms.contains(&room))
}

/// `crate::a::b` paths, with braces opened one level: `crate::{a::b, c}` names a::b and c.
fn named(source: &str) -> Vec<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + 7..];
        if let Some(inner) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in inner.chars() {
                match c {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if c == ',' && depth == 0 {
                    found.push(std::mem::take(&mut item));
                } else if !c.is_whitespace() {
                    item.push(c);
                }
            }
            found.push(item);
        } else {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect());
        }
    }
    found.into_iter().filter(|path| !path.is_empty()).collect()
}

#[test]
fn imports_run_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for file in sources(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let Some(own) = level(&first) else { continue };
        let source = fs::read_to_string(&file).unwrap();
        for path in named(&source) {
            let room = path.split("::").next().unwrap_or_default();
            let Some(other) = level(room) else {
                faults.push(format!("{}: crate::{path} is no known room", relative.display()));
                continue;
            };
            let upward = room != first && other >= own;
            // Storage is behind services; those above need a road of their own.
            let around = room == "storage"
                && own > level("services").unwrap()
                && !ROADS.iter().any(|(from, to, _)| *from == first && path.starts_with(to));
            if upward || around {
                faults.push(format!("{}: {first} must not name crate::{path}", relative.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Who speaks to a mail server may not touch the database: a connection that is held meanwhile is one that pages lack.
/// (Calling a server by other ways than `mail::transport` is banned in clippy.toml.)
#[test]
fn who_speaks_to_a_mail_server_holds_no_connection() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut speakers = Vec::new();
    for file in sources(&src) {
        let source = fs::read_to_string(&file).unwrap();
        let at = file.strip_prefix(&src).unwrap().display().to_string();
        // The settings only read the address; the doctor looks at one thing after the other.
        if !source.contains("transport::") || ["config.rs", "cli/doctor.rs", "mail/transport.rs"].contains(&at.as_str())
        {
            continue;
        }
        for touch in [".db.", "Db::", "storage::Conn", "storage::Held", "storage::Tx"] {
            assert!(!source.contains(touch), "{at}: {touch}");
        }
        speakers.push(at);
    }
    speakers.sort();
    assert_eq!(speakers, ["jobs/deliver_mail.rs", "jobs/mod.rs", "services/mail_server.rs"]);
}

#[test]
fn every_room_is_on_the_map() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().replace(".rs", "");
        assert!(["lib", "main"].contains(&name.as_str()) || level(&name).is_some(), "{name} has no level");
    }
}

#[test]
fn some_things_are_written_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&src) {
        let source = fs::read_to_string(&file).unwrap();
        let at = file.strip_prefix(&src).unwrap().display().to_string();
        if at != "app/components/text_area.rs" {
            assert!(!source.contains("<textarea"), "{at}: use the TextArea component, which escapes");
        }
        for (line, text) in source
            .lines()
            .enumerate()
            .filter(|(_, text)| text.trim_start().starts_with("#[server(") && !text.contains("default"))
        {
            assert!(text.contains("endpoint = "), "{at}:{line}: a server function names its endpoint");
        }
        if at != "app/components/page_title.rs" {
            assert!(!source.contains("leptos_meta::Title"), "{at}: use the PageTitle component, which escapes");
        }
        assert!(!source.contains("style="), "{at}: inline styles are blocked by our own policy");
        if !at.starts_with("storage/") && !at.starts_with("services/mod") {
            assert!(!source.contains("sqlx::query"), "{at}: SQL belongs in storage");
        }
        let opening = source.lines().next().unwrap_or_default();
        assert!(opening.starts_with("//!"), "{at}: a module begins with what lives there");
    }
}
