//! Jumps of the system clock: nothing is revoked, locked for good or allocated twice.
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

async fn clock_jumps_neither_revoke_nor_duplicate_holds(app: TestApp) {
    let fair = Fair::builder().owner("lan").exhibitors(["htx", "khac"]).build(&app).await;
    let (owner, first, second) = (&fair.owner, &fair.exhibitors[0].application, &fair.exhibitors[1].application);
    let booths: Vec<&Value> = fair.booths.iter().map(|booth| &booth["id"]).collect();
    let hold = async |application: &str, booth: &Value, key: &str| {
        let body = json!({ "application": application, "booths": [booth], "expires_in_s": 3_600 });
        let call = app.post("/editions/hoi-cho/allocations").by(owner).json(&body);
        call.header("idempotency-key", key).send().await
    };
    let held = hold(first, booths[0], "mot").await.expect(201);
    let expires = held["items"][0]["expires_at"].clone();

    app.wait(Duration::hours(-3));
    // Sessions stay valid, and a login works.
    app.get("/me").by(owner).send().await.expect(200);
    app.login("lan@example.vn").await;
    // The hold keeps its expiry; a retry gets the stored response.
    hold(second, booths[0], "hai").await.refused(409, "booth_already_taken");
    assert_eq!(hold(first, booths[0], "mot").await.expect(201), held);
    assert_eq!(held["items"][0]["expires_at"], expires);
    // Writes work, and the audit log keeps the order of events.
    hold(second, booths[1], "ba").await.expect(201);
    let log = app.get("/editions/hoi-cho").by(owner).send().await.expect(200)["organiser"].clone();
    let log = app.get(&format!("/audit-log?organiser={}", log.as_str().unwrap())).by(owner).send().await.expect(200);
    let subjects: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(subjects[..2], ["allocation.hold", "allocation.hold"], "{subjects:?}");
    // New emails are due now.
    app.post("/auth/password-reset").json(&json!({ "email": "lan@example.vn" })).send().await.expect(202);
    assert!(app.letter_to("lan@example.vn").await["letter"].is_object());

    // The clock jumps forward: expired holds free their booths, once.
    app.wait(Duration::hours(5));
    let now = crate::support::now().naive_utc() + Duration::hours(2);
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, now).await.unwrap(), 2);
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, now).await.unwrap(), 0);
    let owner = &app.login("lan@example.vn").await;
    let body = json!({ "application": second, "booths": [booths[0]] });
    app.post("/editions/hoi-cho/allocations").by(owner).json(&body).send().await.expect(201);
}

crate::on_both!(clock_jumps_neither_revoke_nor_duplicate_holds);
