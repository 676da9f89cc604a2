//! Malformed requests get a clear 4xx and change nothing.
use serde_json::{Value, json};

use crate::support::TestApp;

async fn validation_reports_all_errors_at_once(app: TestApp) {
    let body = json!({ "email": "no address", "password": "short", "display_name": " " });
    let problem = app.post("/auth/register").json(&body).send().await.refused(422, "invalid");
    let pointers: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/display_name", "/email", "/password"]);
}

async fn malformed_bodies_are_rejected_without_a_5xx(app: TestApp) {
    let token = app.person("lan").await;
    let organiser = app.organiser(&token).await;
    let deep = "[".repeat(200) + &"]".repeat(200);
    let bodies: Vec<(Vec<u8>, u16)> = vec![
        (b"".to_vec(), 400),
        (b"{".to_vec(), 400),
        (b"{} {}".to_vec(), 422),
        (b"\xff\xfe".to_vec(), 400),
        (deep.into_bytes(), 422),
        (vec![b' '; 10 * 1024 * 1024], 413),
        (br#"{"name": "x", "unknown": 1}"#.to_vec(), 422),
        (br#"{"name": 5}"#.to_vec(), 422),
        (format!(r#"{{"name": "{}"}}"#, "x".repeat(300)).into_bytes(), 422),
        (br#"{"name": "a\u0000b"}"#.to_vec(), 422),
    ];
    for (body, status) in bodies {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let answer = app.post("/organisers").by(&token).bytes(body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{shown}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.headers.get("content-type").unwrap(), "application/problem+json", "{shown}");
    }
    let mine = app.get("/organisers").by(&token).send().await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1, "only {organiser}");
}

async fn unknown_paths_cursors_and_parameters_are_rejected(app: TestApp) {
    let token = app.person("lan").await;
    app.edition(&token, "hoi-cho").await;
    for (path, status) in [
        ("/editions/hoi-cho/booths?cursor=!!!", 400),
        ("/editions/hoi-cho/booths?limit=0", 400),
        ("/editions/hoi-cho/booths?limit=99999999", 400),
        ("/editions/hoi-cho/booths?offset=5", 400),
        ("/editions/%00/booths", 404),
        ("/editions/%FF", 404),
        ("/nothing/here", 404),
    ] {
        let answer = app.get(path).by(&token).send().await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", String::from_utf8_lossy(&answer.body));
        assert_ne!(answer.json()["code"], Value::Null, "{path}");
    }
}

crate::on_both!(
    validation_reports_all_errors_at_once,
    malformed_bodies_are_rejected_without_a_5xx,
    unknown_paths_cursors_and_parameters_are_rejected,
);
