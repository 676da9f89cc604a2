//! Every message is as the OpenAPI document has it: validated against the schema of its type, and of the shape of its example.
use std::collections::BTreeMap;

use chrono::Duration;
use hoicho::jobs::deliver_webhooks;
use hoicho_web::audit::EventType;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::support::{TestApp, fair::Fair, json_schema::assert_valid, receiver::Receiver};

/// The schema of a message, with the components that it refers to.
fn schema(document: &Value, event_type: &str) -> Value {
    let post = &document["webhooks"][event_type]["post"];
    let reference = &post["requestBody"]["content"]["application/json"]["schema"];
    assert!(reference["$ref"].is_string(), "{event_type}");
    json!({ "$ref": reference["$ref"], "components": document["components"] })
}

/// Refuses members that a schema does not name, as the document cannot: schemas are open to new ones.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(all) => {
            if all.contains_key("properties") {
                all.insert("additionalProperties".to_owned(), json!(false));
            }
            all.values_mut().for_each(closed);
        }
        Value::Array(all) => all.iter_mut().for_each(closed),
        _ => {}
    }
}

#[track_caller]
fn assert_message(document: &Value, message: &Value) {
    let event_type = message["type"].as_str().unwrap();
    let mut schema = schema(document, event_type);
    closed(&mut schema);
    assert_valid(&schema, message, event_type);
}

/// Names of members, and kinds of values. Values that may be missing or null are compared by the schema alone.
fn shape(value: &Value) -> BTreeMap<String, &'static str> {
    fn add(at: &str, value: &Value, to: &mut BTreeMap<String, &'static str>) {
        match value {
            Value::Object(all) => all.iter().for_each(|(name, value)| add(&format!("{at}/{name}"), value, to)),
            Value::Array(_) => drop(to.insert(at.to_owned(), "array")),
            Value::String(_) => drop(to.insert(at.to_owned(), "string")),
            Value::Number(_) => drop(to.insert(at.to_owned(), "number")),
            Value::Bool(_) => drop(to.insert(at.to_owned(), "boolean")),
            Value::Null => {}
        }
    }
    let mut all = BTreeMap::new();
    add("", value, &mut all);
    all
}

/// Members that depend on what happened: values that changed, reasons, and what is null in one of the two.
fn may_differ(path: &str) -> bool {
    let names = ["before", "after", "reason", "note", "previous_amount", "previous_ocop_amount", "waiver_reason"];
    let changes = ["moved", "participant_added", "participant_removed", "previous_phase"];
    path.split('/').any(|name| names.contains(&name) || changes.contains(&name))
}

/// Lets everything happen that is announced, and returns the messages.
async fn everything(app: &TestApp) -> Vec<Value> {
    let receiver = Receiver::start();
    let fair = Fair::builder().exhibitors((0..4).map(|n| format!("htx{n}"))).build(app).await;
    let owner = &fair.owner;
    let step = async |allocation: &str, does: &str| app.step(owner, allocation, does).await.expect(200);
    let at = format!("/organisers/{}/webhooks", fair.organiser);
    let hook = json!({ "name": "Siêu thị", "url": receiver.url() });
    let hook = app.post(&at).by(owner).json(&hook).send().await.expect(201);
    app.post(&format!("{at}/{}/test", hook["id"].as_str().unwrap())).by(owner).send().await.expect(202);
    // Allocations: declined, released, expired, nobody came, withdrawn.
    let declined = fair.hold(app, owner, 1, 1).await;
    step(&declined, "offer").await;
    app.step(&fair.exhibitors[1].token, &declined, "decline").await.expect(200);
    let withdrawn = fair.hold(app, owner, 2, 2).await;
    step(&withdrawn, "offer").await;
    let application = format!("/applications/{}/withdraw", fair.exhibitors[2].application);
    app.post(&application).by(&fair.exhibitors[2].token).json(&json!({})).send().await.expect(200);
    fair.hold(app, owner, 3, 3).await;
    let kept = fair.hold(app, owner, 0, 0).await;
    step(&kept, "offer").await;
    app.confirm_from(owner, &kept, "2026-03-01").await;
    let to = json!({ "booth": fair.booth(5), "from_day": "2026-03-01" });
    app.post(&format!("/allocations/{kept}/move")).by(owner).json(&to).send().await.expect(200);
    let with = json!({ "role": "represented", "name": "Công ty Bạn", "country": "LA" });
    let with_path = format!("/allocations/{kept}/participants");
    let participant = app.made(&with_path, owner, with).await;
    app.delete(&format!("{with_path}/{participant}")).by(owner).send().await.expect(204);
    step(&kept, "check-in").await;
    // The edition, its days and figures.
    app.set_days(owner, "hoi-cho", &["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]).await;
    let declared = json!({ "name": "Hội chợ mới", "declared_sales": 5_000_000, "registration_closes_at": null });
    app.patch_newest("/editions/hoi-cho", owner, declared).await;
    app.advance(owner, "hoi-cho", &["registration_closed", "live"]).await;
    let deal = json!({
        "exhibitor": fair.exhibitors[0].id, "kind": "contract", "counterpart": "Siêu thị", "amount": 850_000_000, "signed_on": "2026-03-01",
    });
    app.made("/editions/hoi-cho/deals", owner, deal).await;
    let report = format!("/booths/{}/sales-reports/2026-03-01", fair.booth(5));
    let seller = &fair.exhibitors[0].token;
    app.put(&report)
        .by(seller)
        .json(&json!({ "amount": 5_000_000, "ocop_amount": 1_000_000 }))
        .send()
        .await
        .expect(201);
    let question = json!({ "reason": "Thiếu một số 0?" });
    app.post(&format!("{report}/query")).by(owner).json(&question).send().await.expect(200);
    let corrected = json!({ "amount": 50_000_000, "ocop_amount": 1_000_000, "reason": "Gõ nhầm" });
    app.put(&report).by(seller).json(&corrected).send().await.expect(200);
    app.post(&format!("{report}/accept")).by(owner).send().await.expect(200);
    deliver_webhooks(&app.services).await.unwrap();
    // Expiry of the hold, and the phases.
    app.wait(Duration::days(4));
    let now = app.context.clock.now();
    assert!(hoicho::jobs::expire_allocations(&app.db, now).await.unwrap() > 0);
    assert!(hoicho::jobs::record_phases(&app.db, now).await.unwrap() > 0);
    let again = app.login("owner@example.vn").await;
    app.advance(&again, "hoi-cho", &["reporting", "finalised"]).await;
    let other = json!({ "organiser": fair.organiser, "slug": "ky-huy", "name": "Kỳ hủy" });
    app.made("/editions", &again, other).await;
    app.set_days(&again, "ky-huy", &["2026-05-01"]).await;
    app.advance(&again, "ky-huy", &["published"]).await;
    let cancel = json!({ "to": "cancelled", "reason": "Bão" });
    app.post("/editions/ky-huy/transitions").by(&again).json(&cancel).send().await.expect(200);
    for _ in 0..3 {
        deliver_webhooks(&app.services).await.unwrap();
        app.wait(Duration::minutes(1));
    }
    receiver.taken().iter().map(|message| message.json()).collect()
}

async fn messages_are_as_the_document_has_them(app: TestApp) {
    let document = serde_json::to_value(hoicho::app::openapi()).unwrap();
    let messages = everything(&app).await;
    let mut seen: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for message in &messages {
        assert_message(&document, message);
        seen.entry(message["type"].as_str().unwrap()).or_default().push(message);
    }
    for event_type in EventType::VARIANTS {
        let sent = seen.get(event_type.as_str()).unwrap_or_else(|| panic!("no {event_type}: {:?}", seen.keys()));
        let operation = &document["webhooks"][event_type.as_str()]["post"];
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        assert_message(&document, example);
        for message in sent {
            let (shown, sent) = (shape(example), shape(message));
            let apart = |one: &BTreeMap<String, &'static str>, other: &BTreeMap<String, &'static str>| {
                let differs = |(path, kind): &(&String, &&str)| other.get(*path) != Some(*kind) && !may_differ(path);
                one.iter().filter(differs).map(|(path, _)| path.clone()).collect::<Vec<_>>()
            };
            assert_eq!((apart(&shown, &sent), apart(&sent, &shown)), (vec![], vec![]), "{event_type}: {message:#}");
        }
    }
    // Who, where, when and how much.
    let report = seen["sales_report.submitted"].last().unwrap();
    assert_eq!(report["data"]["amount"], json!({ "amount": 50_000_000, "currency": "VND" }));
    assert_eq!(report["data"]["previous_amount"], json!({ "amount": 5_000_000, "currency": "VND" }));
    assert_eq!(report["data"]["day"], "2026-03-01");
    for name in ["submitted", "accepted", "queried"] {
        let data = &seen[format!("sales_report.{name}").as_str()][0]["data"];
        assert!(data["exhibitor"]["name"].is_string() && data["booth"]["code"] == "A06", "{data}");
    }
    let causes: Vec<&Value> = seen["allocation.released"].iter().map(|message| &message["data"]["cause"]).collect();
    for cause in ["declined", "released", "expired"] {
        assert!(causes.contains(&&json!(cause)), "{causes:?}");
    }
    let changed = &seen["allocation.changed"];
    assert!(
        ["moved", "participant_added", "participant_removed"]
            .iter()
            .all(|name| changed.iter().any(|message| message["data"][name].is_object()))
    );
}

#[test]
fn document_describes_every_event_as_a_webhook() {
    let document = serde_json::to_value(hoicho::app::openapi()).unwrap();
    let webhooks = document["webhooks"].as_object().unwrap();
    let known: Vec<&str> = EventType::VARIANTS.iter().map(|of| of.as_str()).collect();
    let mut described: Vec<&str> = webhooks.keys().map(String::as_str).collect();
    described.sort_by_key(|name| known.iter().position(|of| of == name));
    assert_eq!(described, known);
    for (name, item) in webhooks {
        let post = &item["post"];
        assert!(post["summary"].as_str().is_some_and(|text| text.len() > 10), "{name}");
        let headers: Vec<&str> =
            post["parameters"].as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
        assert_eq!(headers, ["webhook-id", "webhook-timestamp", "webhook-signature"]);
        let message = schema(&document, name)["$ref"].as_str().unwrap().to_owned();
        let message = document.pointer(message.trim_start_matches('#')).unwrap();
        assert_eq!(message["properties"]["type"]["enum"], json!([name]));
        assert_eq!(message["properties"]["version"]["enum"], json!([1]));
    }
    // Responses are open to types that are added later, requests are not.
    let schemas = &document["components"]["schemas"];
    let open = schemas["AnyEventType"]["anyOf"].as_array().unwrap();
    assert!(open.contains(&json!({ "type": "string" })) && open.len() == 2);
    assert_eq!(schemas["EventType"]["enum"].as_array().unwrap().len(), known.len());
    assert_eq!(schemas["DeliveryView"]["properties"]["event_type"]["$ref"], "#/components/schemas/AnyEventType");
}

crate::on_both!(messages_are_as_the_document_has_them);
