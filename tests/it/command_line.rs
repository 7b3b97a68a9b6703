//! The binary as those who run it meet it: answers, exit codes, what it says when something is wrong.

use crate::support::{
    TestApp, on_both_engines,
    shell::{Shell, said, shown},
};
use serde_json::Value;
use vestibule::{
    domain::{time::Timestamp, user::Role},
    storage,
};

#[test]
fn the_first_administrator_gets_a_link() {
    let shell = Shell::new();
    let made = shell.json(&["--json", "admin", "create", "--email", "ada@woodgrove.example", "--name", "Ada"]);
    assert!(made["userId"].as_str().unwrap().len() == 36);
    assert!(made["signInUrl"].as_str().unwrap().starts_with("http://127.0.0.1:8080/sign-in/"));
    // Again: the same person, another link. `--json` may stand anywhere.
    let again = shell.json(&["admin", "create", "--email", "ADA@woodgrove.example", "--json"]);
    assert_eq!(made["userId"], again["userId"]);
    assert_ne!(made["signInUrl"], again["signInUrl"]);
    let verdict = shell.json(&["audit", "verify", "--json"]);
    assert_eq!((verdict["ok"].as_bool(), verdict["events"].as_i64()), (Some(true), Some(4)));
}

#[test]
fn members_are_added_once() {
    let shell = Shell::new();
    let made =
        shell.json(&["user", "add", "maya@woodgrove.example", "--name", "Maya", "--role", "guest-inviter", "--json"]);
    assert_eq!(made["name"], "Maya");
    let again = shell.run(&["user", "add", "Maya@woodgrove.example", "--name", "Maya"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("somebody's already"));
    assert_eq!(shell.run(&["user", "add", "nonsense", "--name", "X"]).status.code(), Some(1));
    assert_eq!(shell.run(&["user", "add", "a@b.example", "--name", "X", "--role", "king"]).status.code(), Some(2));
    assert_eq!(shell.run(&["user", "add"]).status.code(), Some(2));
    for act in ["disable", "enable", "delete", "restore"] {
        assert_eq!(shell.json(&["user", act, "maya@woodgrove.example", "--json"])["email"], "maya@woodgrove.example");
        assert_eq!(shell.run(&["user", act, "nobody@woodgrove.example"]).status.code(), Some(1), "{act}");
    }
    assert_eq!(shell.run(&["no-such-command"]).status.code(), Some(2));
}

#[test]
fn settings_that_are_misspelt_are_refused_by_name() {
    let shell = Shell::new();
    std::fs::write(shell.0.path("vestibule.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let refused = shell.run(&["config", "check"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).contains("the nearest is \"listen\""), "{}", said(&refused));
    std::fs::remove_file(shell.0.path("vestibule.toml")).unwrap();
    assert_eq!(shell.run_with(&[("VESTIBULE_LISTN", "x")], &["config", "check"]).status.code(), Some(3));
    let hidden =
        [("VESTIBULE_DATABASE_URL", "postgres://app:hunter2@db/x"), ("VESTIBULE_SMTP_URL", "smtps://u:hunter3@m")];
    let shown = shell.run_with(&hidden, &["config", "check"]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success() && text.contains("db") && !text.contains("hunter"), "{text}");
}

#[test]
fn settings_are_printed_by_the_names_that_the_file_takes() {
    let shell = Shell::new();
    let printed = |shell: &Shell| {
        let output = shell.run(&["config", "check"]);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = printed(&shell);
    std::fs::write(shell.0.path("vestibule.toml"), &first).unwrap();
    assert_eq!(printed(&shell), first);
}

#[test]
fn settings_are_printed_for_programs_in_the_form_of_all_documents() {
    let document = Shell::new().json(&["config", "check", "--json"]);
    assert!(document["publicUrl"].is_string() && document["trustedProxies"].is_array(), "{document}");
    assert!(document.get("public_url").is_none());
}

// Reviewed: a command with the wrong key brought the database up to date before it refused, and made a key that was none.
#[test]
fn a_key_is_made_for_a_new_database_only() {
    let shell = Shell::new();
    assert!(shell.run(&["migrate"]).status.success());
    let key = shell.0.path("vestibule.key");
    std::fs::rename(&key, shell.0.path("kept")).unwrap();
    for command in [&["user", "list"][..], &["audit", "verify"], &["audit", "export"], &["migrate"]] {
        let refused = shell.run(command);
        assert_eq!(refused.status.code(), Some(3), "{command:?}: {}", said(&refused));
        assert!(!key.exists(), "{command:?}");
    }
    std::fs::rename(shell.0.path("kept"), &key).unwrap();
    assert!(shell.run(&["audit", "verify"]).status.success());
}

#[test]
fn serving_refuses_what_would_be_unsafe() {
    let shell = Shell::new();
    let open = [("VESTIBULE_LISTEN", "0.0.0.0:18099")];
    assert_eq!(shell.run_with(&open, &["serve"]).status.code(), Some(3));
    let demo = [("VESTIBULE_LISTEN", "0.0.0.0:18099"), ("VESTIBULE_PUBLIC_URL", "https://x.example")];
    let refused = shell.run_with(&demo, &["serve", "--demo"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).contains("--demo"));
    shell.json(&["user", "add", "a@b.example", "--name", "A", "--json"]);
    assert_eq!(shell.run(&["serve", "--demo"]).status.code(), Some(3), "a database in earnest");
    std::fs::write(shell.0.path("vestibule.key"), "nonsense").unwrap();
    assert_eq!(shell.run(&["serve"]).status.code(), Some(3));
}

#[test]
fn databases_that_cannot_be_used_say_so() {
    let shell = Shell::new();
    let missing = [("VESTIBULE_DATABASE_URL", "sqlite:///nonexistent/folder/x.db")];
    assert_eq!(shell.run_with(&missing, &["migrate"]).status.code(), Some(4));
    assert_eq!(shell.run(&["audit", "verify"]).status.code(), Some(4), "nothing is made by looking");
    assert!(!shell.0.path("vestibule.db").exists());
    std::fs::write(shell.0.path("vestibule.db"), vec![b'x'; 8192]).unwrap();
    assert_eq!(shell.run(&["migrate"]).status.code(), Some(4));
}

#[test]
fn the_organisation_is_set_from_the_command_line() {
    let shell = Shell::new();
    let shown = shell.json(&["organisation", "set", "ownDomains", "woodgrove.example, Bücher.example", "--json"]);
    assert_eq!(shown["ownDomains"][1], "xn--bcher-kva.example");
    assert_eq!(shell.json(&["organisation", "set", "timeZone", "Europe/Paris", "--json"])["timeZone"], "Europe/Paris");
    for (key, value) in
        [("timeZone", "Mars/Base"), ("membersMayJoin", "perhaps"), ("noSuch", "1"), ("privacyUrl", "javascript:x")]
    {
        assert_eq!(shell.run(&["organisation", "set", key, value]).status.code(), Some(1), "{key}");
    }
}

#[test]
fn the_page_in_docs_names_every_setting_of_the_organisation_with_its_default() {
    let page = include_str!("../../docs/SETTINGS.md");
    let (_, table) = page.split_once("## Of the organisation").unwrap();
    let named: std::collections::BTreeMap<&str, &str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(key, rest)| (key, rest.split(" |").next().unwrap().trim_matches('`')))
        .collect();
    let shown = Shell::new().json(&["organisation", "show", "--json"]);
    let shown = shown.as_object().unwrap();
    assert_eq!(named.keys().copied().collect::<Vec<_>>(), shown.keys().map(String::as_str).collect::<Vec<_>>());
    for (key, value) in shown {
        let value = match value {
            Value::String(text) if text.is_empty() => "none".to_owned(),
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(named[key.as_str()], value, "{key}");
    }
}

#[test]
fn an_export_leaves_and_is_verified_elsewhere() {
    let shell = Shell::new();
    for i in 0..3 {
        shell.json(&["user", "add", &format!("m{i}@woodgrove.example"), "--name", "=M", "--json"]);
    }
    let exported = shell.run(&["audit", "export"]).stdout;
    std::fs::write(shell.0.path("trail.jsonl"), &exported).unwrap();
    std::fs::remove_file(shell.0.path("vestibule.db")).unwrap();
    let verdict = shell.json(&["audit", "verify", "trail.jsonl", "--json"]);
    assert_eq!(verdict["events"], 3);
    let head = verdict["head"].as_str().unwrap();
    assert!(shell.run(&["audit", "verify", "trail.jsonl", "--head", head]).status.success());
    let exported = String::from_utf8(exported).unwrap();
    let lines: Vec<&str> = exported.lines().collect();
    std::fs::write(shell.0.path("cut.jsonl"), lines[..2].join("\n")).unwrap();
    let refused = shell.run(&["audit", "verify", "cut.jsonl", "--head", head]);
    assert_eq!(refused.status.code(), Some(1));
    // One of a later day may begin later. That it does is said, since a start that was cut off looks the same.
    std::fs::write(shell.0.path("later.jsonl"), lines[1..].join("\n")).unwrap();
    assert_eq!(shell.json(&["audit", "verify", "later.jsonl", "--json"])["begins"], 2);
    assert!(shown(&shell.run(&["audit", "verify", "later.jsonl"])).contains("begins at event 2"));
    std::fs::write(shell.0.path("empty.jsonl"), "").unwrap();
    assert_eq!(shell.run(&["audit", "verify", "empty.jsonl"]).status.code(), Some(1));
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let shell = Shell::new();
    let ill = shell.run_with(&[("VESTIBULE_SMTP_URL", "smtp://127.0.0.1:1?tls=none")], &["doctor"]);
    assert_eq!(ill.status.code(), Some(1));
    let text = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert!(text.contains("there is no database") && text.contains("wrong mail"), "{text}");
    assert!(shell.run(&["migrate"]).status.success());
    assert!(shell.run(&["doctor"]).status.success());
}

#[test]
fn inviting_answers_per_address_and_target() {
    let shell = Shell::new();
    shell.json(&["admin", "create", "--email", "ada@woodgrove.example", "--name", "Ada", "--json"]);
    let answers = shell.json(&[
        "invite",
        "gsamoogle@gmail.com",
        "Mara Li <mara@fabrikam.example>",
        "--no-mail",
        "--link-days",
        "7",
        "--json",
    ]);
    assert_eq!(answers[0]["outcome"], "invited");
    assert!(answers[0]["redeemUrl"].as_str().unwrap().starts_with("http://127.0.0.1:8080/redeem/"));
    assert_eq!(answers[0]["targets"], serde_json::json!([]));
    for id in ["invitationId", "userId"] {
        assert_eq!(answers[1][id].as_str().unwrap().len(), 36);
    }
    // Again: it waits, and the link that was handed over stays the only one.
    let again = shell.json(&["invite", "gsamoogle@gmail.com", "--json"]);
    assert_eq!((again[0]["outcome"].as_str(), again[0].get("redeemUrl")), (Some("pending"), None));
    // Any refusal gives 1; what is wrong with the command gives 2.
    let refused = shell.run(&["invite", "junk", "x@fabrikam.example", "--no-mail", "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let answers: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!((&answers[0]["outcome"], &answers[0]["reason"]), (&"refused".into(), &"notAnAddress".into()));
    assert_eq!(answers[1]["outcome"], "invited");
    for (arguments, code) in [
        (vec!["invite"], 2),
        (vec!["invite", "a@b.example", "--access-until", "soon"], 2),
        (vec!["invite", "a@b.example", "--access-until", "2001-01-01"], 2),
        (vec!["invite", "a@b.example", "--language", "de"], 2),
        (vec!["invite", "a@b.example", "--redirect", "javascript:alert(1)"], 2),
        (vec!["invite", "a@b.example", "--group", "No such group"], 1),
        (vec!["invite", "a@b.example", "--as", "nobody@woodgrove.example"], 1),
    ] {
        assert_eq!(shell.run(&arguments).status.code(), Some(code), "{arguments:?}");
    }
    shell.json(&["admin", "create", "--email", "bo@woodgrove.example", "--name", "Bo", "--json"]);
    let unclear = shell.run(&["invite", "a@b.example"]);
    assert_eq!(unclear.status.code(), Some(2));
    assert!(said(&unclear).contains("--as"));
    let verdict = shell.json(&["audit", "verify", "--json"]);
    assert_eq!(verdict["ok"], true);
}

#[test]
fn what_shells_and_manuals_need_is_printed_without_settings() {
    let shell = Shell::new();
    std::fs::write(shell.0.path("vestibule.toml"), "nonsense = 1\n").unwrap();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shell.run(&["completions", name]);
        assert!(script.status.success() && shown(&script).contains("restore"), "{name}");
    }
    let page = shell.run(&["--config", "nowhere.toml", "man"]);
    assert!(page.status.success(), "{}", said(&page));
    for part in [".TH vestibule 1", ".SS vestibule user list", "\\-\\-standing <STANDING>", ".SH EXIT STATUS"] {
        assert!(shown(&page).contains(part), "{part}");
    }
    assert_eq!(std::fs::read_dir(&shell.0.0).unwrap().count(), 1, "nothing is made");
}

#[test]
fn wrong_usage_gives_two() {
    let shell = Shell::new();
    for arguments in [
        &[][..],
        &["--no-such-option"],
        &["backup"],
        &["restore"],
        &["completions", "tcsh"],
        &["user", "show"],
        &["user", "list", "--type", "king"],
        &["user", "list", "--standing", "asleep"],
        &["user", "list", "--limit", "0"],
        &["user", "list", "--limit", "many"],
        &["audit", "export", "--from", "soon"],
        &["audit", "export", "--format", "xml"],
        &["audit", "verify", "nowhere.jsonl"],
    ] {
        // A key file, so that only the usage is wrong.
        shell.run(&["migrate"]);
        assert_eq!(shell.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(shell.run(&["--help"]).status.code(), Some(0));
    assert_eq!(shell.run(&["help", "user", "list"]).status.code(), Some(0));
}

#[test]
fn looking_makes_no_database() {
    let shell = Shell::new();
    for arguments in [&["user", "list"][..], &["user", "show", "a@b.example"], &["doctor"], &["backup", "x.db"]] {
        let code = if arguments[0] == "doctor" { 1 } else { 4 };
        assert_eq!(shell.run(arguments).status.code(), Some(code), "{arguments:?}");
    }
    assert_eq!(std::fs::read_dir(&shell.0.0).unwrap().count(), 0);
}

async fn people_are_listed_and_shown(app: TestApp) {
    let shell = Shell::beside(&app);
    for i in 0..205 {
        app.member(&format!("m{i}@woodgrove.example"), &format!("Maya {i:03}")).await;
    }
    let john = app.member("john.doe@woodgrove.example", "John Doe").await;
    let sam = app.guest("gsamoogle@gmail.com", "Sam Oogle").await;
    app.guest("mara@fabrikam.example", "Mara Li").await;
    let mut tx = app.services.db.write().await.unwrap();
    storage::sponsors::add(&mut tx.conn(), sam.id, john.id).await.unwrap();
    storage::users::grant_role(&mut tx.conn(), john.id, Role::Auditor, Timestamp(0)).await.unwrap();
    tx.commit().await.unwrap();
    app.sql("UPDATE users SET enabled = FALSE WHERE email = 'mara@fabrikam.example'").await;

    let names = |arguments: &[&str]| -> Vec<String> {
        let listed = shell.json(&[&["user", "list", "--json"], arguments].concat());
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = names(&["--limit", "1000"]);
    assert_eq!(all.len(), 208);
    assert_eq!((all[0].as_str(), all[205].as_str()), ("John Doe", "Maya 204"), "members by name, over several pages");
    assert_eq!(all[206..], ["Mara Li", "Sam Oogle"]);
    assert_eq!(names(&["--type", "guest", "--standing", "active"]), ["Sam Oogle"]);
    assert_eq!(names(&["--standing", "disabled"]), ["Mara Li"]);
    assert_eq!(names(&["--standing", "deleted"]), [""; 0]);
    assert_eq!(names(&["--query", "GMAIL"]), ["Sam Oogle"]);
    assert_eq!(names(&["--query", "mail"]), [""; 0], "words are found by their beginning");
    assert_eq!(names(&["--query", "maya 20"]), ["Maya 200", "Maya 201", "Maya 202", "Maya 203", "Maya 204"]);
    let cut = shell.run(&["user", "list", "--limit", "3"]);
    assert!(said(&cut).contains("more than 3") && shown(&cut).lines().count() == 4);
    let columns: Vec<Option<usize>> =
        shown(&cut).lines().map(|line| line.find("member").or(line.find("TYPE"))).collect();
    assert!(columns.iter().all(|at| at.is_some() && *at == columns[0]), "{columns:?}");

    let shown_sam = shell.json(&["user", "show", "GSamOogle@gmail.com", "--json"]);
    assert_eq!(shown_sam["id"], sam.id.to_string());
    assert_eq!((&shown_sam["userType"], &shown_sam["standing"]), (&"guest".into(), &"active".into()));
    assert_eq!(shown_sam["sponsors"][0]["email"], "john.doe@woodgrove.example");
    assert_eq!((&shown_sam["lastSignInAt"], &shown_sam["roles"]), (&Value::Null, &serde_json::json!([])));
    assert!(shown_sam["createdAt"].as_str().unwrap().starts_with("2026-11-23T"));
    assert_eq!(shell.json(&["user", "show", "john.doe@woodgrove.example", "--json"])["roles"][0]["role"], "auditor");
    assert!(
        shown(&shell.run(&["user", "show", "gsamoogle@gmail.com"])).contains("John Doe <john.doe@woodgrove.example>")
    );
    for (email, code) in [("nobody@woodgrove.example", 1), ("nonsense", 1)] {
        assert_eq!(shell.run(&["user", "show", email]).status.code(), Some(code), "{email}");
    }
}

async fn an_export_for_spreadsheets_holds_no_formula(app: TestApp) {
    app.member("maya@woodgrove.example", "=HYPERLINK(\"http://x\")").await;
    app.sql("UPDATE users SET name = name").await;
    let shell = Shell::beside(&app);
    let exported = shell.run(&["audit", "export", "--format", "csv"]);
    let text = shown(&exported);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    for cell in &rows[0] {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

on_both_engines!(people_are_listed_and_shown, an_export_for_spreadsheets_holds_no_formula);
