//! Access to every operation by every role, compared with a snapshot.
use std::collections::BTreeMap;

use actix_web::test::{TestRequest, read_body};
use hoicho_web::identity::KeyScope;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::support::{
    TestApp,
    world::{World, document},
};

const STAFF: [&str; 4] = ["viewer", "gate", "finance", "manager"];

/// Outcome for a caller: the status of a rejection, or `in` if the operation was authorized.
fn met(status: u16, code: &Value) -> String {
    match (status, code.as_str()) {
        (401 | 403 | 404, Some(code @ ("login_required" | "forbidden" | "not_found"))) => match code {
            "login_required" => "401",
            "forbidden" => "403",
            _ => "404",
        }
        .to_owned(),
        (500.., _) => format!("FAILED {status}"),
        (_, _) => "in".to_owned(),
    }
}

async fn permissions_match_the_snapshot(app: TestApp) {
    let world = World::new(&app).await;
    let mut callers = vec![("nobody", None)];
    let other = app.person("other").await;
    app.edition(&other, "khac").await;
    callers.push(("other", Some(other)));
    for role in STAFF {
        callers.push((role, Some(app.staff(&world.owner, &world.organiser, role).await)));
    }
    callers.push(("exhibitor", Some(world.exhibitor.clone())));
    callers.push(("owner", Some(world.owner.clone())));

    let document = document();
    let mut table = format!("{:<76}", "operation");
    callers.iter().for_each(|(name, _)| table += &format!("{name:>10}"));
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            table += &format!("\n{:<76}", format!("{} {path}", method.to_uppercase()));
            for (_, token) in &callers {
                let at = world.at(&app, path).await;
                let call = match method.as_str() {
                    "get" => app.get(&at),
                    "post" => app.post(&at).json(&json!({})),
                    "put" => app.put(&at).json(&json!({})),
                    "patch" => app.call(TestRequest::patch(), &at).json(&json!({})),
                    "delete" => app.call(TestRequest::delete(), &at),
                    other => panic!("{other}: how is it called?"),
                };
                if path.ends_with("/events") {
                    let opened = token.iter().fold(call, |call, token| call.by(token)).open().await;
                    let status = opened.status();
                    // A stream never ends; a rejection does.
                    let refused = match status.is_success() {
                        true => Value::Null,
                        false => serde_json::from_slice(&read_body(opened).await).unwrap_or_default(),
                    };
                    table += &format!("{:>10}", met(status.as_u16(), &refused["code"]));
                    continue;
                }
                let answer = match token {
                    Some(token) => call.by(token).send().await,
                    None => call.send().await,
                };
                let code = serde_json::from_slice::<Value>(&answer.body).map(|b| b["code"].clone()).unwrap_or_default();
                table += &format!("{:>10}", met(answer.status.as_u16(), &code));
            }
        }
    }
    insta::assert_snapshot!("permissions", table);
}

/// What the document says about credentials is what operations do: who needs none, and which scope an API key needs.
async fn credentials_are_as_documented(app: TestApp) {
    let world = World::new(&app).await;
    let keys_at = format!("/organisers/{}/api-keys", world.organiser);
    let key = async |scopes: &[&str]| {
        let body = json!({ "name": "Cổng thông tin", "scopes": scopes });
        let made = app.post(&keys_at).by(&world.owner).json(&body).send().await.expect(201);
        made["secret"].as_str().unwrap().to_owned()
    };
    let scopes: Vec<&str> = KeyScope::VARIANTS.iter().map(|scope| scope.as_str()).collect();
    let every_scope = key(&scopes).await;
    let mut without = BTreeMap::new();
    for scope in &scopes {
        let others: Vec<&str> = scopes.iter().copied().filter(|other| other != scope).collect();
        without.insert((*scope).to_owned(), key(&others).await);
    }
    let document = document();
    let mut with_key = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path} lists none"));
            let needs_none = security.iter().any(|needed| needed.as_object().unwrap().is_empty());
            let takes_key = security.iter().any(|needed| needed.get("api_key").is_some());
            let needed = operation.get("x-scopes");
            assert_eq!(takes_key, needed.is_some(), "{method} {path} names the scopes of a key");
            let at = world.at(&app, path).await;
            let outcome = async |token: Option<&String>| {
                let call = app.call(TestRequest::default().method(method.to_uppercase().parse().unwrap()), &at);
                let call = if ["get", "delete"].contains(&method.as_str()) { call } else { call.json(&json!({})) };
                let call = token.into_iter().fold(call, |call, token| call.by(token));
                let opened = call.open().await;
                let status = opened.status();
                let is_problem = !status.is_success();
                let body = if is_problem { read_body(opened).await } else { Default::default() };
                let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
                (met(status.as_u16(), &problem["code"]), problem)
            };
            assert_eq!(outcome(None).await.0 != "401", needs_none, "{method} {path} without credentials");
            match needed {
                Some(scopes) => {
                    with_key += 1;
                    assert_eq!(outcome(Some(&every_scope)).await.0, "in", "{method} {path} with a key");
                    let scope = scopes[0].as_str().unwrap();
                    let (lacking, problem) = outcome(without.get(scope)).await;
                    if !needs_none {
                        assert_eq!(lacking, "403", "{method} {path} with a key without {scope}");
                        assert!(problem["detail"].as_str().unwrap().contains(scope), "{problem}");
                    }
                }
                None if needs_none || !["get", "delete"].contains(&method.as_str()) => {}
                None => assert_ne!(outcome(Some(&every_scope)).await.0, "in", "{method} {path} is not for keys"),
            }
        }
    }
    assert!(with_key > 20, "{with_key}");
}

crate::on_both!(permissions_match_the_snapshot, credentials_are_as_documented);
