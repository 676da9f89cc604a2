//! Access to every operation by every role, compared with a snapshot.
use actix_web::test::{TestRequest, read_body};
use serde_json::{Value, json};

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

crate::on_both!(permissions_match_the_snapshot);
