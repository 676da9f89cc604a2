//! The endpoint by which pages show what typed numbers mean.
use serde_json::{Value, json};

use crate::support::TestApp;

async fn parse(app: &TestApp, token: &str, body: Value) -> Value {
    app.post("/typed-values").by(token).json(&body).send().await.expect(200)["items"].clone()
}

/// The rows of `numbers.csv` without a title around them.
async fn typed_numbers_are_understood_or_refused(app: TestApp) {
    let token = app.person("lan").await;
    let mut reader = csv::Reader::from_reader(include_str!("../cases/numbers.csv").as_bytes());
    for row in reader.records().map(Result::unwrap).filter(|row| row[2].is_empty()) {
        let items = parse(&app, &token, json!({ "quantity": &row[0], "values": [&row[1]] })).await;
        match row[3].parse::<i64>() {
            Ok(value) => assert_eq!((&items[0]["value"], &items[0]["error"]), (&json!(value), &Value::Null), "{row:?}"),
            Err(_) => assert!(items[0]["value"].is_null() && items[0]["error"].is_string(), "{row:?}"),
        }
    }
}

async fn values_are_shown_with_their_unit_and_in_words(app: TestApp) {
    let token = app.person("lan").await;
    let items = parse(&app, &token, json!({ "quantity": "money", "values": ["15,5 triệu", "7,125 triệu"] })).await;
    // The first value shows that the comma is the decimal mark of the column.
    assert_eq!((&items[0]["text"], &items[1]["value"]), (&json!("15.500.000 đ"), &json!(7_125_000)));
    assert_eq!(items[0]["words"], "mười lăm triệu năm trăm nghìn");
    let items = parse(&app, &token, json!({ "quantity": "area", "values": ["3x3m", "1.200 m2"] })).await;
    assert_eq!((&items[0]["value"], &items[0]["text"]), (&json!(900), &json!("9 m²")));
    assert_eq!(items[1]["error"], "Có thể hiểu là 1,2 m² hoặc 1.200 m². Hãy ghi rõ, ví dụ ghi đủ các chữ số.");
    let euro = json!({ "quantity": "money", "currency": "EUR", "values": ["12,5"] });
    assert_eq!(parse(&app, &token, euro).await[0]["value"], 1_250);
}

async fn requests_without_login_and_out_of_limits_are_refused(app: TestApp) {
    let body = json!({ "quantity": "count", "values": ["1"] });
    app.post("/typed-values").json(&body).send().await.refused(401, "login_required");
    let token = app.person("lan").await;
    for bad in [
        json!({ "quantity": "count", "values": [] }),
        json!({ "quantity": "count", "values": vec!["1"; 5_001] }),
        json!({ "quantity": "count", "values": ["1".repeat(301)] }),
        json!({ "quantity": "money", "currency": "đồng", "values": ["1"] }),
    ] {
        app.post("/typed-values").by(&token).json(&bad).send().await.refused(422, "invalid");
    }
}

crate::on_both!(
    typed_numbers_are_understood_or_refused,
    values_are_shown_with_their_unit_and_in_words,
    requests_without_login_and_out_of_limits_are_refused,
);
