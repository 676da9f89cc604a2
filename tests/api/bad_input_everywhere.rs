//! Sends bad values for every field and parameter of every operation in the OpenAPI document: each is accepted or rejected
//! with a clear error, and a rejected request changes nothing.
use actix_web::test::TestRequest;
use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use serde_json::{Map, Value, json};

use crate::support::{
    Answer, Call, TestApp,
    world::{World, document},
};

/// A minimal valid value of a schema.
fn plausible(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return plausible(document, document.pointer(name.trim_start_matches('#')).unwrap());
    }
    if let Some(choices) = schema["enum"].as_array() {
        return choices[0].clone();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(of) = schema[several].as_array() {
            let some = of.iter().find(|s| s["type"] != "null").unwrap();
            return plausible(document, some);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").unwrap().as_str().unwrap(),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!(uuid::Uuid::now_v7()),
            Some("date") => json!("2026-03-01"),
            _ => schema["example"].as_str().map_or(json!("x"), |e| json!(e)),
        },
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" => json!([plausible(document, &schema["items"])]),
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, field)| (name.clone(), plausible(document, field))).collect::<Map<_, _>>().into()
        }
        other => panic!("{other}: what is it?"),
    }
}

/// JSON pointers to all parts of a value.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| pointers(field, &format!("{at}/{name}"), into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| pointers(item, &format!("{at}/{i}"), into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Variants of a value with one error each.
fn mutations(value: &Value) -> Vec<String> {
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!("x".repeat(100_000)),
        json!("2026-02-30"),
        json!("9999-12-31T23:59:60+23:59"),
        json!(uuid::Uuid::nil()),
        json!([]),
        json!({}),
        json!([[[1]]]),
    ];
    let mut at = Vec::new();
    pointers(value, "", &mut at);
    let mut bodies = vec!["".to_owned(), "{".to_owned(), "nul".to_owned(), "\u{feff}{}".to_owned(), "[".repeat(200)];
    for pointer in at {
        for wrong in &wrong {
            let mut body = value.clone();
            *body.pointer_mut(&pointer).unwrap() = wrong.clone();
            bodies.push(body.to_string());
        }
        let mut body = value.clone();
        if let Some(Value::Object(fields)) = body.pointer_mut(&pointer) {
            fields.insert("unknown_field".to_owned(), json!(1));
            bodies.push(body.to_string());
        }
        if let Some((parent, name)) = pointer.rsplit_once('/') {
            let mut body = value.clone();
            if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
                fields.remove(name);
                bodies.push(body.to_string());
            }
        }
    }
    bodies
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Number of changes: rows of the audit log, and of the outbox, which also gets emails without a change (a password
/// reset).
fn changes(app: &TestApp) -> i64 {
    let counted = app.db.write_blocking(|tx| {
        diesel::sql_query("SELECT (SELECT COUNT(*) FROM audit_log) + (SELECT COUNT(*) FROM outbox) AS n")
            .get_result::<Count>(tx.conn())
            .map_err(hoicho_core::db::DatabaseError::from)
    });
    counted.unwrap().n
}

fn call<'a>(app: &'a TestApp, method: &str, path: &str) -> Call<'a> {
    let request = match method {
        "get" => TestRequest::get(),
        "post" => TestRequest::post(),
        "put" => TestRequest::put(),
        "patch" => TestRequest::patch(),
        "delete" => TestRequest::delete(),
        other => panic!("{other}: how is it called?"),
    };
    app.call(request, path)
}

/// Asserts that a response is a success or a well-formed problem.
#[track_caller]
fn check(answer: &Answer, asked: &str) {
    let status = answer.status.as_u16();
    let shown = || String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
    assert!(status < 500, "{asked}: {status} {}", shown());
    if status >= 400 {
        let kind = answer.headers.get("content-type").map(|v| v.to_str().unwrap());
        assert_eq!(kind, Some("application/problem+json"), "{asked}: {status}");
        assert!(answer.json()["code"].is_string() && answer.json()["title"].is_string(), "{asked}: {}", shown());
    }
}

fn shortly(body: &str) -> String {
    body.chars().take(200).collect()
}

/// The account with the rights for an operation: the organisation's for its own resources, else the owner.
fn caller<'a>(world: &'a World, path: &str) -> &'a str {
    let organisations_own = path.contains("/organisations/")
        || path.ends_with("/sales-reports/{date}")
        || (path.contains("/applications") && !path.contains("{edition}"));
    if organisations_own { &world.exhibitor } else { &world.owner }
}

async fn bad_body_fields_cause_no_5xx(app: TestApp) {
    let world = World::new(&app).await;
    let document = document();
    let mut sent = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() || path.starts_with("/api/v1/auth/") || path.ends_with("/me/password") {
                continue;
            }
            let needs_match =
                operation["parameters"].as_array().is_some_and(|p| p.iter().any(|p| p["name"] == "If-Match"));
            let by = caller(&world, path);
            let at = world.at(&app, path).await;
            // Valid headers, so that only the body is rejected.
            let tag = async || {
                if !needs_match {
                    return None;
                }
                let seen = app.get(&at).by(by).send().await;
                Some(seen.headers.get("etag").map_or("\"v1\"", |v| v.to_str().unwrap()).to_owned())
            };
            // Only a success may change the tag and the number of changes: they are read again after one.
            let (mut current, mut before) = (tag().await, changes(&app));
            for body in mutations(&plausible(&document, schema)) {
                let request = call(&app, method, &at).by(by);
                let request = current.iter().fold(request, |request, tag| request.header("if-match", tag));
                let answer = request.bytes(body.clone()).send().await;
                check(&answer, &format!("{method} {path} {}", shortly(&body)));
                sent += 1;
                if answer.status.is_success() {
                    (current, before) = (tag().await, changes(&app));
                } else {
                    assert_eq!(changes(&app), before, "{method} {path} {} changed something", shortly(&body));
                }
            }
        }
    }
    assert!(sent > 2_000, "only {sent} bodies were tried");
}

/// Operations without a login are tested apart, because a valid body creates an account.
async fn bad_login_fields_cause_no_5xx(app: TestApp) {
    let document = document();
    let token = app.person("lan").await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() || !(path.starts_with("/api/v1/auth/") || path.ends_with("/me/password")) {
                continue;
            }
            for body in mutations(&plausible(&document, schema)) {
                let answer = call(&app, method, path).by(&token).bytes(body.clone()).send().await;
                check(&answer, &format!("{method} {path} {}", shortly(&body)));
            }
        }
    }
    app.login("lan@example.vn").await;
}

async fn bad_paths_and_parameters_cause_no_5xx(app: TestApp) {
    let world = World::new(&app).await;
    let document = document();
    let before = changes(&app);
    let long = "x".repeat(3_000);
    let odd = ["x", "%00", "%FF", "-1", "0", "99999999999999999999", "2026-02-30", "%F0%9F%8E%AA", "null", &long];
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let by = caller(&world, path);
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for parameter in parameters.iter().filter(|p| p["in"] == "path") {
                let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
                for odd in odd.into_iter().chain(["01920000-0000-7000-8000-000000000000"]) {
                    let at = world.at(&app, &path.replace(&name, odd)).await;
                    let answer = call(&app, method, &at).by(by).bytes("{}").send().await;
                    check(&answer, &format!("{method} {at}"));
                    assert!(!answer.status.is_success(), "{method} {at}: there is no such thing");
                }
            }
            let at = world.at(&app, path).await;
            let unknown = call(&app, method, &format!("{at}?nonsense=1")).by(by).bytes("{}").send().await;
            check(&unknown, &format!("{method} {at}?nonsense=1"));
            assert_eq!(unknown.status.as_u16(), 400, "{method} {at}: an unknown parameter");
            if path.ends_with("/events") || method != "get" {
                continue;
            }
            for parameter in parameters.iter().filter(|p| p["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                for odd in odd {
                    let at = format!("{at}?{name}={odd}");
                    check(&call(&app, method, &at).by(by).send().await, &format!("{method} {at}"));
                }
            }
        }
    }
    // Only the participants that paths name were added.
    let added = document["paths"].as_object().unwrap().keys().filter(|p| p.contains("{participant}")).count();
    assert!(added > 0 && changes(&app) - before < 100, "a refused request changed something");
}

crate::on_both!(bad_body_fields_cause_no_5xx, bad_login_fields_cause_no_5xx, bad_paths_and_parameters_cause_no_5xx,);
