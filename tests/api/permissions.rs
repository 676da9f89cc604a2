//! Every operation of the API × every role: who is let in. Denied by default; the table is the expectation.
use serde_json::{Value, json};

use crate::support::TestApp;

const STAFF: [&str; 4] = ["viewer", "gate", "finance", "manager"];

/// What a caller meets: a refusal by its status, or `in` when the operation itself answers.
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

async fn every_role_meets_what_the_table_says(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let edition = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200);
    let organiser = edition["organiser"].as_str().unwrap().to_owned();
    let mut callers = vec![("nobody", None)];
    let other = app.person("other").await;
    app.edition(&other, "khac").await;
    callers.push(("other", Some(other)));
    for role in STAFF {
        let token = app.person(role).await;
        let member = json!({ "email": format!("{role}@example.vn"), "role": role });
        app.put(&format!("/organisers/{organiser}/members")).by(&owner).json(&member).send().await.expect(204);
        callers.push((role, Some(token)));
    }
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (exhibitor, application) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let exhibitor_id = app.get("/me").by(&exhibitor).send().await.expect(200)["exhibitors"][0]["exhibitor"]
        .as_str()
        .unwrap()
        .to_owned();
    callers.push(("exhibitor", Some(exhibitor.clone())));
    callers.push(("owner", Some(owner.clone())));
    let booths = app.get("/editions/hoi-cho/booths").send().await.expect(200);
    let hold = async |n: usize| {
        let body = json!({ "application": application, "booths": [booths["items"][n]["id"]] });
        app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201)["items"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // One booth stays the exhibitor's, whatever becomes of the other allocation on the way.
    let (kept, played) = (hold(0).await, hold(1).await);
    for step in ["offer", "confirm"] {
        app.post(&format!("/allocations/{kept}/{step}")).by(&owner).send().await.expect(200);
    }
    app.advance(&owner, "hoi-cho", &["registration_closed", "live"]).await;
    let booth = booths["items"][0]["id"].as_str().unwrap();
    let filled = [
        ("{organiser}", organiser.as_str()),
        ("{edition}", "hoi-cho"),
        ("{booth}", booth),
        ("{exhibitor}", &exhibitor_id),
        ("{application}", &application),
        ("{allocation}", &played),
        ("{date}", "2026-03-01"),
        ("{report}", "sales-by-day"),
    ];
    let report = json!({ "amount": 1 });
    app.put(&format!("/booths/{booth}/sales-reports/2026-03-01")).by(&exhibitor).json(&report).send().await.expect(201);

    let document = serde_json::to_value(hoicho::app::openapi()).unwrap();
    let mut table = format!("{:<62}", "operation");
    callers.iter().for_each(|(name, _)| table += &format!("{name:>10}"));
    for (path, operations) in document["paths"].as_object().unwrap() {
        let at = filled.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        assert!(!at.contains('{'), "{path}: what is its parameter?");
        for method in operations.as_object().unwrap().keys() {
            table += &format!("\n{:<62}", format!("{} {path}", method.to_uppercase()));
            for (_, token) in &callers {
                let call = match method.as_str() {
                    "get" => app.get(&at),
                    "post" => app.post(&at).json(&json!({})),
                    "put" => app.put(&at).json(&json!({})),
                    other => panic!("{other}: how is it called?"),
                };
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

crate::on_both!(every_role_meets_what_the_table_says);
