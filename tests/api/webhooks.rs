//! Webhooks: every event of the tenant, in order and signed.
use std::collections::BTreeMap;

use chrono::Duration;
use diesel::prelude::*;
use hoicho::jobs::deliver_webhooks;
use hoicho_core::{
    db::schema::{events, webhook_messages},
    values::ids::{OrganiserId, WebhookMessageId},
};
use hoicho_web::http::Problem;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, postgres::database, receiver::Receiver, snapshot::numbered};

async fn owner(app: &TestApp) -> String {
    app.login("owner@example.vn").await
}

async fn fair(app: &TestApp) -> Fair {
    Fair::builder().exhibitors((0..3).map(|n| format!("htx{n}"))).build(app).await
}

/// Creates a webhook; returns the response.
async fn webhook(app: &TestApp, fair: &Fair, url: &str, types: &[&str]) -> Value {
    // Earlier events are not delivered to it.
    tell(app).await;
    let body = json!({ "name": "Siêu thị", "url": url, "event_types": types });
    let at = format!("/organisers/{}/webhooks", fair.organiser);
    app.post(&at).by(&owner(app).await).json(&body).send().await.expect(201)
}

fn place(fair: &Fair, webhook: &Value) -> String {
    format!("/organisers/{}/webhooks/{}", fair.organiser, webhook["id"].as_str().unwrap())
}

async fn tell(app: &TestApp) -> usize {
    deliver_webhooks(&app.services).await.unwrap()
}

async fn webhook_retries_deliver_every_event_in_order(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    webhook(&app, &fair, &receiver.url(), &[]).await;
    receiver.answers(500);
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut held = Vec::new();
    // One event every two minutes for an hour, while all attempts fail.
    for minute in 0..60_usize {
        let owner = owner(&app).await;
        if minute % 2 == 0 {
            let n = minute / 2 % 3;
            let step = minute / 6;
            if step % 4 == 0 {
                held.retain(|(of, _)| *of != n);
                held.push((n, fair.hold(&app, &owner, n, n).await));
            } else {
                let allocation = &held.iter().find(|(of, _)| *of == n).unwrap().1;
                let (does, told) =
                    [("offer", "offered"), ("confirm", "confirmed"), ("release", "released")][step % 4 - 1];
                app.step(&owner, allocation, does).await.expect(200);
                expected.entry(allocation.clone()).or_default().push(format!("allocation.{told}"));
            }
        }
        assert_eq!(tell(&app).await, 0);
        app.wait(Duration::minutes(1));
    }
    assert!(receiver.messages().len() > 20 && receiver.taken().is_empty());
    receiver.answers(200);
    for _ in 0..100 {
        tell(&app).await;
        app.wait(Duration::minutes(10));
    }
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ids = std::collections::BTreeSet::new();
    for message in receiver.taken() {
        assert!(ids.insert(message.id().to_owned()), "told twice: {}", message.id());
        let body = message.json();
        let allocation = body["data"]["allocation"].as_str().unwrap().to_owned();
        told.entry(allocation).or_default().push(body["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(told, expected);
    assert!(expected.values().map(Vec::len).sum::<usize>() > 15);
    // All attempts of a delivery have the same identifier and body.
    for message in receiver.messages() {
        let same = receiver.taken().into_iter().find(|taken| taken.id() == message.id()).unwrap();
        assert_eq!(same.body, message.body);
    }
}

async fn webhook_delivers_selected_events_of_its_tenant(app: TestApp) {
    let (fair, all, some) = (fair(&app).await, Receiver::start(), Receiver::start());
    webhook(&app, &fair, &all.url(), &[]).await;
    webhook(&app, &fair, &some.url(), &["allocation.confirmed", "figures.finalised"]).await;
    let stranger = app.person("stranger").await;
    let theirs = app.organiser(&stranger).await;
    let elsewhere = Receiver::start();
    let body = json!({ "name": "Khác", "url": elsewhere.url() });
    app.post(&format!("/organisers/{theirs}/webhooks")).by(&stranger).json(&body).send().await.expect(201);

    let owner = owner(&app).await;
    let allocation = fair.hold(&app, &owner, 0, 0).await;
    app.step(&owner, &allocation, "offer").await.expect(200);
    app.confirm_from(&owner, &allocation, "2026-03-01").await;
    app.step(&owner, &allocation, "check-in").await.expect(200);
    app.advance(&owner, "hoi-cho", &["registration_closed", "live"]).await;
    let at = format!("/booths/{}/sales-reports/2026-03-01", fair.booth(0));
    let seller = app.login("htx0@example.vn").await;
    app.put(&at).by(&seller).json(&json!({ "amount": 5_000_000 })).send().await.expect(201);
    app.post(&format!("{at}/accept")).by(&owner).send().await.expect(200);
    app.advance(&owner, "hoi-cho", &["reporting", "finalised"]).await;
    tell(&app).await;

    let mut types: Vec<String> = all.taken().iter().map(|m| m.json()["type"].as_str().unwrap().to_owned()).collect();
    types.sort();
    assert_eq!(
        types,
        [
            "allocation.checked_in",
            "allocation.confirmed",
            "allocation.offered",
            // Registration closed, the edition ended early.
            "edition.changed",
            "edition.changed",
            "figures.finalised",
            "sales_report.accepted",
            "sales_report.submitted",
        ]
    );
    let told = some.taken();
    assert_eq!(told.len(), 2);
    assert!(elsewhere.messages().is_empty(), "another organiser's data is not theirs to hear of");
    let confirmed = told.iter().map(|m| m.json()).find(|m| m["type"] == "allocation.confirmed").unwrap();
    assert_eq!(confirmed["data"]["allocation"], allocation.as_str());
    // The identifier is new each time.
    let without_id = |message: &Value| {
        let mut message = message.clone();
        assert!(message.as_object_mut().unwrap().remove("id").unwrap().as_str().unwrap().starts_with("msg_"));
        numbered(&message)
    };
    insta::assert_snapshot!("allocation_confirmed", without_id(&confirmed));
    let accepted = all.taken().iter().map(|m| m.json()).find(|m| m["type"] == "sales_report.accepted").unwrap();
    insta::assert_snapshot!("sales_report_accepted", without_id(&accepted));
}

async fn dead_webhook_is_disabled_with_an_email(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    let made = webhook(&app, &fair, &receiver.url(), &[]).await;
    let at = place(&fair, &made);
    let state = async |app: &TestApp| app.get(&at).by(&owner(app).await).send().await.expect(200);

    // The receiver responds 410.
    receiver.answers(410);
    app.post(&format!("{at}/test")).by(&owner(&app).await).send().await.expect(202);
    tell(&app).await;
    let off = state(&app).await;
    assert_eq!((&off["is_enabled"], &off["switched_off_because"]), (&json!(false), &json!("gone")));
    assert_eq!(app.letter_to("owner@example.vn").await["letter"]["kind"], "webhook_switched_off");
    app.post(&format!("{at}/test")).by(&owner(&app).await).send().await.refused(409, "illegal_step");
    // A disabled webhook sends nothing; waiting deliveries are sent when it is enabled.
    assert_eq!(tell(&app).await, 0);
    receiver.answers(200);
    let on = json!({ "is_enabled": true });
    let seen = format!("\"v{}\"", off["version"]);
    app.patch(&at).by(&owner(&app).await).header("if-match", &seen).json(&on).send().await.expect(200);
    assert_eq!((tell(&app).await, receiver.taken().len()), (1, 1));

    // All attempts fail for days.
    let letters = app.letters_to("owner@example.vn").await.len();
    receiver.answers(503);
    app.post(&format!("{at}/test")).by(&owner(&app).await).send().await.expect(202);
    let mut days = 0;
    while state(&app).await["is_enabled"] == json!(true) {
        for _ in 0..12 {
            tell(&app).await;
            app.wait(Duration::hours(2));
        }
        // A new event every day, so that there is always an attempt.
        if state(&app).await["is_enabled"] == json!(true) {
            app.post(&format!("{at}/test")).by(&owner(&app).await).send().await.expect(202);
        }
        days += 1;
        assert!(days < 10, "it is never given up");
    }
    assert!(days >= 5, "{days} days");
    assert_eq!(state(&app).await["switched_off_because"], "dead");
    assert_eq!(app.letters_to("owner@example.vn").await.len(), letters + 1, "one letter");
}

async fn webhook_deliveries_can_be_listed_and_retried(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    let made = webhook(&app, &fair, &receiver.url(), &[]).await;
    let at = place(&fair, &made);
    let owner = owner(&app).await;
    let allocation = fair.hold(&app, &owner, 0, 0).await;
    app.step(&owner, &allocation, "offer").await.expect(200);
    app.step(&owner, &allocation, "confirm").await.expect(200);
    assert_eq!(tell(&app).await, 2);

    let log = app.get(&format!("{at}/deliveries?state=delivered")).by(&owner).send().await.expect(200);
    let newest = &log["items"][0];
    assert_eq!((log["items"].as_array().unwrap().len(), &newest["event_type"]), (2, &json!("allocation.confirmed")));
    let one = format!("{at}/deliveries/{}", newest["id"].as_str().unwrap());
    let seen = app.get(&one).by(&owner).send().await.expect(200);
    assert_eq!((&seen["tries"][0]["status"], &seen["tries"][0]["answer"]), (&json!(204), &json!("")));
    let sent = receiver.taken().into_iter().find(|m| seen["message"] == m.id()).unwrap();
    assert_eq!(seen["body"], sent.body.as_str());

    app.post(&format!("{one}/retry")).by(&owner).send().await.expect(202);
    assert_eq!(tell(&app).await, 1);
    let again = receiver.taken().pop().unwrap();
    assert_eq!((again.id(), &again.body), (sent.id(), &sent.body));

    // A replay from a date works for a later webhook too, without test events.
    app.post(&format!("{at}/test")).by(&owner).send().await.expect(202);
    tell(&app).await;
    let late = Receiver::start();
    let made = webhook(&app, &fair, &late.url(), &["allocation.confirmed"]).await;
    let since = json!({ "since": "2026-03-01T00:00:00Z" });
    let replay =
        async |body: &Value| app.post(&format!("{}/replay", place(&fair, &made))).by(&owner).json(body).send().await;
    assert_eq!(replay(&since).await.expect(202)["queued"], 1);
    tell(&app).await;
    assert_eq!((late.taken().len(), late.taken()[0].id()), (1, sent.id()));
    replay(&json!({ "since": "2025-01-01T00:00:00Z" })).await.refused(422, "invalid");
    replay(&json!({ "since": "2027-01-01T00:00:00Z" })).await.refused(422, "invalid");
}

async fn webhook_secret_is_shown_once_and_rotated_with_an_overlap(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    let made = webhook(&app, &fair, &receiver.url(), &[]).await;
    let at = place(&fair, &made);
    let signed = async || {
        app.post(&format!("{at}/test")).by(&owner(&app).await).send().await.expect(202);
        tell(&app).await;
        receiver.taken().pop().unwrap().headers["webhook-signature"].split(' ').count()
    };
    assert_eq!(signed().await, 2, "one of each kind");
    let by = owner(&app).await;
    let rotated =
        app.post(&format!("{at}/rotate-secret")).by(&by).json(&json!({ "overlap_h": 2 })).send().await.expect(201);
    assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_") && rotated["secret"] != made["secret"]);
    assert!(rotated["public_key"].as_str().unwrap().starts_with("whpk_"));
    assert_eq!(signed().await, 4, "by both");
    app.wait(Duration::hours(3));
    assert_eq!(signed().await, 2);
    let by = owner(&app).await;
    for place in [at.clone(), at.rsplit_once('/').unwrap().0.to_owned(), format!("{at}/deliveries")] {
        let shown = app.get(&place).by(&by).send().await.expect(200).to_string();
        assert!(!shown.contains("whsec_") && !shown.contains("whpk_"), "{shown}");
    }
    let log = app.get(&format!("/audit-log?organiser={}&limit=500", fair.organiser)).by(&by).send().await.expect(200);
    assert!(!log.to_string().contains(rotated["secret"].as_str().unwrap().trim_start_matches("whsec_")));
}

/// Events of one organiser that cannot be turned into messages delay those of no other, and are tried again.
async fn fault_of_one_organiser_stops_no_other(app: TestApp) {
    let faulty = fair(&app).await;
    let other = Fair::builder().owner("other").slug("khac").exhibitors(["khac0"]).build(&app).await;
    let receiver = Receiver::start();
    let other_owner = app.login("other@example.vn").await;
    webhook(&app, &faulty, &receiver.url(), &[]).await;
    let body = json!({ "name": "Khác", "url": receiver.url() });
    app.post(&format!("/organisers/{}/webhooks", other.organiser))
        .by(&other_owner)
        .json(&body)
        .send()
        .await
        .expect(201);
    // The faulty organiser's event comes first. A message of it that is there already violates a unique key.
    let owner = owner(&app).await;
    let held = faulty.hold(&app, &owner, 0, 0).await;
    app.step(&owner, &held, "offer").await.expect(200);
    let organiser = OrganiserId(faulty.organiser.parse().unwrap());
    let message = WebhookMessageId::make();
    let break_it = app.db.write(move |tx| {
        let event: i64 = events::table.filter(events::is_new.eq(true)).select(events::seq).get_result(tx.conn())?;
        let row = (
            webhook_messages::id.eq(message),
            webhook_messages::organiser_id.eq(organiser),
            webhook_messages::event_seq.eq(event),
            webhook_messages::event_type.eq("allocation.offered"),
            webhook_messages::subject.eq("allocation:x"),
            webhook_messages::position.eq(1_i64),
            webhook_messages::created_at.eq(hoicho_core::values::clock::Clock::System.now()),
        );
        Ok::<_, Problem>(diesel::insert_into(webhook_messages::table).values(row).execute(tx.conn())?)
    });
    break_it.await.unwrap();
    let theirs = other.hold(&app, &other_owner, 0, 0).await;
    app.step(&other_owner, &theirs, "offer").await.expect(200);
    tell(&app).await;
    let told: Vec<Value> = receiver.taken().iter().map(|message| message.json()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["data"]["allocation"], theirs.as_str());
    // Once the fault is gone its events follow.
    let repaired = app
        .db
        .write(move |tx| Ok::<_, Problem>(diesel::delete(webhook_messages::table.find(message)).execute(tx.conn())?));
    assert_eq!(repaired.await.unwrap(), 1);
    tell(&app).await;
    assert_eq!(receiver.taken()[1].json()["data"]["allocation"], held.as_str());
}

crate::on_both!(
    fault_of_one_organiser_stops_no_other,
    webhook_retries_deliver_every_event_in_order,
    webhook_delivers_selected_events_of_its_tenant,
    dead_webhook_is_disabled_with_an_email,
    webhook_deliveries_can_be_listed_and_retried,
    webhook_secret_is_shown_once_and_rotated_with_an_overlap,
);

#[actix_web::test]
async fn webhooks_reject_private_addresses_unless_allowed() {
    let app = TestApp::sqlite_with(|settings| {
        settings.webhooks = hoicho_core::config::Webhooks { allow_private_addresses: false, allow_plain_http: true };
    })
    .await;
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    let made = webhook(&app, &fair, &receiver.url(), &[]).await;
    let at = place(&fair, &made);
    let by = owner(&app).await;
    app.post(&format!("{at}/test")).by(&by).send().await.expect(202);
    assert_eq!((tell(&app).await, receiver.messages().len()), (0, 0));
    let log = app.get(&format!("{at}/deliveries")).by(&by).send().await.expect(200);
    let one = format!("{at}/deliveries/{}", log["items"][0]["id"].as_str().unwrap());
    let fault = app.get(&one).by(&by).send().await.expect(200)["tries"][0]["fault"].clone();
    assert!(fault.as_str().unwrap().contains("127.0.0.1 is not an address of the public internet"), "{fault}");
    // Plain HTTP is rejected unless allowed.
    let strict = TestApp::sqlite_with(|settings| {
        settings.webhooks = hoicho_core::config::Webhooks { allow_private_addresses: false, allow_plain_http: false };
    })
    .await;
    let by = strict.person("owner").await;
    let organiser = strict.organiser(&by).await;
    let body = json!({ "name": "X", "url": "http://partner.example/" });
    strict.post(&format!("/organisers/{organiser}/webhooks")).by(&by).json(&body).send().await.refused(422, "invalid");
}

#[actix_web::test]
async fn webhooks_of_two_nodes_are_delivered_once() {
    let Some(url) = database() else { return };
    let one = TestApp::on(url.clone(), tempfile::tempdir().unwrap()).await;
    let two = TestApp::on(url, tempfile::tempdir().unwrap()).await;
    let (fair, receiver) = (fair(&one).await, Receiver::start());
    webhook(&one, &fair, &receiver.url(), &[]).await;
    let owner = owner(&one).await;
    for n in 0..3 {
        let allocation = fair.hold(&one, &owner, n, n).await;
        for does in ["offer", "confirm", "release"] {
            one.step(&owner, &allocation, does).await.expect(200);
            let (a, b) = futures_util::join!(tell(&one), tell(&two));
            assert!(a + b <= 1);
        }
    }
    // The other node may have found a delivery locked; what is left is sent now.
    tell(&one).await;
    let ids: std::collections::BTreeSet<String> = receiver.taken().iter().map(|m| m.id().to_owned()).collect();
    assert_eq!((receiver.taken().len(), ids.len()), (9, 9));
}
