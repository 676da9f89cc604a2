//! The machine's clock jumps: nothing that was done is undone or shut for good, and nothing is given away twice.
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::TestApp;

async fn a_clock_that_jumps_back_takes_nothing_away_and_gives_nothing_twice(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (_, first) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let (_, second) = app.approved_application(&owner, "hoi-cho", "khac").await;
    let page = app.get("/editions/hoi-cho/booths").send().await.expect(200);
    let booths: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|booth| &booth["id"]).collect();
    let hold = async |application: &str, booth: &Value, key: &str| {
        let body = json!({ "application": application, "booths": [booth], "expires_in_s": 3_600 });
        let call = app.post("/editions/hoi-cho/allocations").by(&owner).json(&body);
        call.header("idempotency-key", key).send().await
    };
    let held = hold(&first, booths[0], "mot").await.expect(201);
    let expires = held["items"][0]["expires_at"].clone();

    app.wait(Duration::hours(-3));
    // Who was in is in, and who comes gets in.
    app.get("/me").by(&owner).send().await.expect(200);
    app.login("lan@example.vn").await;
    // The booth is held, until when it was said; a retry gets the first answer.
    hold(&second, booths[0], "hai").await.refused(409, "booth_already_taken");
    assert_eq!(hold(&first, booths[0], "mot").await.expect(201), held);
    assert_eq!(held["items"][0]["expires_at"], expires);
    // Work goes on, and the log is in the order in which things happened.
    hold(&second, booths[1], "ba").await.expect(201);
    let log = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["organiser"].clone();
    let log = app.get(&format!("/audit-log?organiser={}", log.as_str().unwrap())).by(&owner).send().await.expect(200);
    let subjects: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(subjects[..2], ["allocation.hold", "allocation.hold"], "{subjects:?}");
    // Letters that are written now leave now.
    app.post("/auth/password-reset").json(&json!({ "email": "lan@example.vn" })).send().await.expect(202);
    assert!(app.letter_to("lan@example.vn").await["letter"].is_object());

    // The clock is set right and goes on: a hold past its time frees the booth, once.
    app.wait(Duration::hours(5));
    let now = crate::support::now().naive_utc() + Duration::hours(2);
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, now).await.unwrap(), 2);
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, now).await.unwrap(), 0);
    let owner = app.login("lan@example.vn").await;
    let body = json!({ "application": second, "booths": [booths[0]] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201);
}

crate::on_both!(a_clock_that_jumps_back_takes_nothing_away_and_gives_nothing_twice);
