//! The trail: what is in it, and that nothing in it can be changed unseen.

use crate::support::{Engine, TestApp, on_both_engines};
use serde_json::Value;
use vestibule::{
    crypto::Keys,
    services::{audit, calendar},
};

const JOHN: &str = "john.doe@woodgrove.example";

async fn lines(app: &TestApp) -> Vec<String> {
    let mut lines = Vec::new();
    audit::export(&app.services, None, None, |record| {
        lines.push(record.to_json(&calendar::rfc3339(record.entry.at)).to_string());
        Ok(())
    })
    .await
    .unwrap();
    lines
}

async fn what_happens_is_recorded_in_entras_shape(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    browser.post("/fn/sign-in/send-code", &[("email", JOHN)]).await;
    browser.post("/fn/sign-in/code", &[("code", "00000000")]).await;
    browser.post("/fn/account/profile", &[("name", "Johnny"), ("language", "fr")]).await;
    browser.post("/fn/sign-out", &[]).await;
    let events: Vec<Value> = lines(&app).await.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["activityDisplayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Add user", "Sign-in activity", "Sign-in activity", "Update user", "Sign-out activity"]);
    assert_eq!(events[0]["targetResources"][0]["userPrincipalName"], JOHN);
    assert_eq!(events[1]["initiatedBy"]["user"]["userPrincipalName"], JOHN);
    assert_eq!(
        (events[2]["result"].as_str(), events[2]["resultReason"].as_str()),
        (Some("failure"), Some("wrongCode"))
    );
    assert_eq!(events[3]["targetResources"][0]["modifiedProperties"][0]["newValue"], "Johnny");
    assert!(events.iter().all(|event| event["correlationId"].as_str().is_some_and(|id| id.len() == 36)));
    let verdict = audit::verify(&app.services, None).await.unwrap();
    assert!(verdict.ok && verdict.events == 5);
}

async fn the_database_refuses_to_change_it(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    assert!(app.try_sql("UPDATE audit_events SET activity = 'Nothing'").await.is_err());
    assert!(app.try_sql("DELETE FROM audit_events").await.is_err());
    assert!(audit::verify(&app.services, None).await.unwrap().ok);
}

async fn tamper(app: &TestApp, sql: &str) {
    match app.engine {
        Engine::Sqlite => {
            for name in ["audit_events_no_update", "audit_events_no_delete"] {
                app.sql(&format!("DROP TRIGGER IF EXISTS {name}")).await;
            }
        }
        Engine::Postgres => {
            app.sql("ALTER TABLE audit_events DISABLE TRIGGER ALL").await;
        }
    }
    app.sql(sql).await;
}

async fn verdict_after(app: &TestApp, sql: &str) -> audit::Verdict {
    for i in 0..6 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    let head = audit::head(&app.services).await.unwrap();
    assert!(audit::verify(&app.services, Some(&head)).await.unwrap().ok);
    tamper(app, sql).await;
    let verdict = audit::verify(&app.services, None).await.unwrap();
    assert!(!verdict.ok, "{sql}");
    assert!(!audit::verify(&app.services, Some(&head)).await.unwrap().ok, "{sql}");
    verdict
}

async fn an_edited_row_is_found(app: TestApp) {
    let verdict = verdict_after(&app, "UPDATE audit_events SET activity = 'Delete user' WHERE seq = 3").await;
    assert_eq!(verdict.first_broken, Some(3));
}

async fn an_edited_text_is_found(app: TestApp) {
    let verdict = verdict_after(&app, "UPDATE audit_texts SET text = '{}' WHERE seq = 4").await;
    assert_eq!(verdict.first_broken, Some(4));
}

async fn a_removed_row_is_found(app: TestApp) {
    let verdict = verdict_after(&app, "DELETE FROM audit_events WHERE seq = 2").await;
    assert_eq!(verdict.first_broken, Some(3));
}

/// The columns of a row of the trail, each with something else in it.
const EDITS: [&str; 14] = [
    "id = (SELECT id FROM audit_events WHERE seq = 1)",
    "at = at + 1",
    "activity = 'Delete user'",
    "service = service || 'x'",
    "category = category || 'x'",
    "operation = operation || 'x'",
    "result = 'failure'",
    "result_reason = 'x'",
    "initiator_kind = 'nobody'",
    "initiator_id = initiator_id || 'x'",
    "correlation_id = (SELECT correlation_id FROM audit_events WHERE seq = 1)",
    "targets = '[]'",
    "text_digest = text_digest || 'x'",
    "mac = (SELECT mac FROM audit_events WHERE seq = 2)",
];

async fn an_edit_of_any_column_is_found(app: TestApp) {
    for i in 0..6 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    tamper(&app, "CREATE TABLE kept AS SELECT * FROM audit_events").await;
    for edit in EDITS {
        let column = edit.split(' ').next().unwrap();
        app.sql(&format!("UPDATE audit_events SET {edit} WHERE seq = 3")).await;
        assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(3), "{edit}");
        app.sql(&format!("UPDATE audit_events SET {column} = (SELECT {column} FROM kept WHERE seq = 3) WHERE seq = 3"))
            .await;
        assert!(audit::verify(&app.services, None).await.unwrap().ok, "{column} is back");
    }
}

async fn rows_in_another_order_are_found(app: TestApp) {
    let verdict = verdict_after(&app, "UPDATE audit_events SET seq = -seq WHERE seq IN (3, 4)").await;
    assert_eq!(verdict.first_broken, Some(5), "what follows the gap");
    app.sql("UPDATE audit_events SET seq = 7 + seq WHERE seq < 0").await;
    assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(3));
}

async fn a_row_put_in_is_found(app: TestApp) {
    let columns = "id, at, activity, service, category, operation, result, result_reason, initiator_kind, initiator_id,
        correlation_id, targets, text_digest, mac";
    let copy = |of: i64, to: i64| {
        format!("INSERT INTO audit_events (seq, {columns}) SELECT {to}, {columns} FROM audit_events WHERE seq = {of}")
    };
    // At the end, with the head moved to it.
    for i in 0..6 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    tamper(&app, &copy(6, 7)).await;
    app.sql("UPDATE audit_head SET seq = 7").await;
    assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(7));
    // In the middle, with those behind it moved on.
    app.sql("UPDATE audit_events SET seq = -seq - 1 WHERE seq BETWEEN 4 AND 6").await;
    app.sql("DELETE FROM audit_events WHERE seq = 7").await;
    app.sql("UPDATE audit_events SET seq = -seq WHERE seq < 0").await;
    app.sql(&copy(3, 4)).await;
    assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(4));
}

async fn a_row_outside_the_chain_is_found(app: TestApp) {
    for i in 0..3 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    tamper(&app, "CREATE TABLE kept AS SELECT * FROM audit_events WHERE seq = 2").await;
    // Of a row before the first, the first is what does not follow.
    for (outside, named) in [(-1, -1), (0, 1), (4, 4), (1000, 1000)] {
        app.sql(&format!("UPDATE kept SET seq = {outside}")).await;
        app.sql("INSERT INTO audit_events SELECT * FROM kept").await;
        assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(named), "{outside}");
        app.sql(&format!("DELETE FROM audit_events WHERE seq = {outside}")).await;
    }
    assert!(audit::verify(&app.services, None).await.unwrap().ok);
}

/// Every place in a document where a value stands.
fn leaves(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(key, one)| leaves(one, format!("{at}/{key}"))).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(i, one)| leaves(one, format!("{at}/{i}"))).collect(),
        _ => vec![at],
    }
}

async fn an_edit_of_any_value_of_an_export_is_found(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    let mut browser = app.signed_in(JOHN).await;
    browser.post("/fn/account/profile", &[("name", "Johnny"), ("language", "fr")]).await;
    browser.post("/fn/sign-out", &[]).await;
    let exported = lines(&app).await;
    let verify = |lines: &[String]| {
        audit::verify_lines(&app.services.keys, None, lines.iter().cloned().map(Ok)).unwrap().first_broken
    };
    let mut edits = 0;
    for row in 0..exported.len() {
        let whole: Value = serde_json::from_str(&exported[row]).unwrap();
        for leaf in leaves(&whole, String::new()) {
            let mut edited = whole.clone();
            let value = edited.pointer_mut(&leaf).unwrap();
            *value = match &*value {
                Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
                Value::String(text) => format!("{text}x").into(),
                _ => "x".into(),
            };
            let mut lines = exported.clone();
            lines[row] = edited.to_string();
            let named = i64::try_from(row).unwrap() + 1;
            let named = if leaf == "/seq" { named + 1 } else { named };
            assert_eq!(verify(&lines), Some(named), "{leaf} of row {row}");
            edits += 1;
        }
    }
    assert!(edits > 100, "{edits}");
    let mut twice = exported.clone();
    twice.insert(2, exported[1].clone());
    assert_eq!(verify(&twice), Some(2), "a row that stands there twice");
    twice[2] = "{}".into();
    assert_eq!(verify(&twice), Some(3), "what is no row");
}

async fn rows_cut_off_at_either_end_are_found(app: TestApp) {
    let verdict = verdict_after(&app, "DELETE FROM audit_events WHERE seq >= 5").await;
    assert_eq!(verdict.first_broken, Some(5));
    tamper(&app, "DELETE FROM audit_events WHERE seq = 1").await;
    assert_eq!(audit::verify(&app.services, None).await.unwrap().first_broken, Some(1));
}

async fn a_cut_with_the_head_moved_is_found_by_an_earlier_head(app: TestApp) {
    for i in 0..4 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    let head = audit::head(&app.services).await.unwrap();
    tamper(&app, "DELETE FROM audit_events WHERE seq >= 3").await;
    app.sql("UPDATE audit_head SET seq = 2, mac = (SELECT mac FROM audit_events WHERE seq = 2)").await;
    assert!(audit::verify(&app.services, None).await.unwrap().ok, "the database alone cannot tell");
    let verdict = audit::verify(&app.services, Some(&head)).await.unwrap();
    assert!(!verdict.ok && verdict.first_broken.is_none());
}

async fn an_emptied_text_keeps_the_chain(app: TestApp) {
    app.member(JOHN, "John Doe").await;
    app.sql("DELETE FROM audit_texts").await;
    assert!(audit::verify(&app.services, None).await.unwrap().ok);
    assert!(!lines(&app).await.concat().contains(JOHN));
}

async fn an_export_is_verified_without_the_database(app: TestApp) {
    for i in 0..5 {
        app.member(&format!("m{i}@woodgrove.example"), "M").await;
    }
    let keys = &app.services.keys;
    let verify =
        |lines: Vec<String>, head: Option<&str>| audit::verify_lines(keys, head, lines.into_iter().map(Ok)).unwrap();
    let exported = lines(&app).await;
    let head = audit::head(&app.services).await.unwrap();
    assert!(verify(exported.clone(), Some(&head)).ok);
    assert_eq!(verify(exported.clone(), None).begins, None);
    let later = verify(exported[2..].to_vec(), Some(&head));
    assert!(later.ok && later.begins == Some(3), "an export may begin later, and that is said");
    let mut visible = exported.clone();
    visible[1] =
        visible[1].replacen("\"activityDisplayName\":\"Add user\"", "\"activityDisplayName\":\"Add usher\"", 1);
    assert_eq!(verify(visible, None).first_broken, Some(2));
    let mut missing = exported.clone();
    missing.remove(2);
    assert_eq!(verify(missing, None).first_broken, Some(4));
    let mut swapped = exported.clone();
    swapped.swap(1, 2);
    assert_eq!(verify(swapped, None).first_broken, Some(3));
    assert!(!verify(exported[..3].to_vec(), Some(&head)).ok);
    assert!(!verify(vec!["nonsense".into()], None).ok);
    let other = Keys::derive(&[9; 32]);
    assert!(!audit::verify_lines(&other, None, exported.into_iter().map(Ok)).unwrap().ok);
}

on_both_engines!(
    what_happens_is_recorded_in_entras_shape,
    the_database_refuses_to_change_it,
    an_edited_row_is_found,
    an_edited_text_is_found,
    a_removed_row_is_found,
    an_edit_of_any_column_is_found,
    rows_in_another_order_are_found,
    a_row_put_in_is_found,
    a_row_outside_the_chain_is_found,
    an_edit_of_any_value_of_an_export_is_found,
    rows_cut_off_at_either_end_are_found,
    a_cut_with_the_head_moved_is_found_by_an_earlier_head,
    an_emptied_text_keeps_the_chain,
    an_export_is_verified_without_the_database,
);
