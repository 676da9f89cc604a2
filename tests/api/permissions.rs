//! Every operation of the API × every role: who is let in. Denied by default; the table is the expectation.
use actix_web::test::TestRequest;
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
        callers.push((role, Some(app.staff(&owner, &organiser, role).await)));
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
    let made = async |path: &str, by: &str, body: Value| {
        let answer = app.post(path).by(by).json(&body).send().await;
        assert!(answer.status.is_success(), "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let id_of =
        async |token: &str| app.get("/me").by(token).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let series = made("/series", &owner, json!({ "organiser": organiser, "name": "Chuỗi" })).await;
    let venue = made("/venues", &owner, json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" })).await;
    let hall = made(&format!("/venues/{venue}/halls"), &owner, json!({ "name": "Nhà A" })).await;
    let goods = json!({ "name": "Miến dong", "product_group": "food" });
    let product = made(&format!("/exhibitors/{exhibitor_id}/products"), &exhibitor, goods).await;
    let upload = format!("/applications/{application}/documents?kind=food_safety&file_name=giay.pdf");
    let document = app.post(&upload).by(&exhibitor).file("application/pdf", b"%PDF-1.7\n").send().await.expect(201);
    let document = document["id"].as_str().unwrap().to_owned();
    let deal = json!({ "exhibitor": exhibitor_id, "kind": "mou", "counterpart": "Siêu thị", "amount": 0, "signed_on": "2026-03-01" });
    let deal = made("/editions/hoi-cho/deals", &owner, deal).await;
    // One member and one invitation on each side that nobody else needs.
    let spare = id_of(&app.staff_named(&owner, &organiser, "spare", "viewer").await).await;
    let invite = |role: &str| json!({ "email": "guest@example.vn", "role": role });
    let invitation = made(&format!("/organisers/{organiser}/members"), &owner, invite("viewer")).await;
    let hand = app.person("hand").await;
    let hand_invited = json!({ "email": "hand@example.vn", "role": "staff" });
    made(&format!("/exhibitors/{exhibitor_id}/members"), &exhibitor, hand_invited).await;
    let accepted = json!({ "token": app.letter_to("hand@example.vn").await["letter"]["token"] });
    app.post("/invitations/accept").by(&hand).json(&accepted).send().await.expect(200);
    let hand = id_of(&hand).await;
    let hands_invitation = made(&format!("/exhibitors/{exhibitor_id}/members"), &exhibitor, invite("staff")).await;
    let zone = app.get("/editions/hoi-cho/zones").send().await.expect(200)["items"][0]["id"].clone();
    let filled = [
        ("/organisers/{organiser}/members/{user}", format!("/organisers/{organiser}/members/{spare}")),
        ("/exhibitors/{exhibitor}/members/{user}", format!("/exhibitors/{exhibitor_id}/members/{hand}")),
        (
            "/organisers/{organiser}/invitations/{invitation}",
            format!("/organisers/{organiser}/invitations/{invitation}"),
        ),
        (
            "/exhibitors/{exhibitor}/invitations/{invitation}",
            format!("/exhibitors/{exhibitor_id}/invitations/{hands_invitation}"),
        ),
        ("{organiser}", organiser.clone()),
        ("{series}", series),
        ("{venue}", venue),
        ("{hall}", hall),
        ("{edition}", "hoi-cho".to_owned()),
        ("{zone}", zone.as_str().unwrap().to_owned()),
        ("{booth}", booth.to_owned()),
        ("{exhibitor}", exhibitor_id.clone()),
        ("{product}", product),
        ("{application}", application.clone()),
        ("{document}", document),
        ("{deal}", deal),
        ("{date}", "2026-03-01".to_owned()),
        ("{report}", "sales-by-day".to_owned()),
    ];
    let report = json!({ "amount": 1 });
    app.put(&format!("/booths/{booth}/sales-reports/2026-03-01")).by(&exhibitor).json(&report).send().await.expect(201);

    let document = serde_json::to_value(hoicho::app::openapi()).unwrap();
    let mut guests = 0;
    let mut table = format!("{:<76}", "operation");
    callers.iter().for_each(|(name, _)| table += &format!("{name:>10}"));
    for (path, operations) in document["paths"].as_object().unwrap() {
        let at = filled.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        for method in operations.as_object().unwrap().keys() {
            table += &format!("\n{:<76}", format!("{} {path}", method.to_uppercase()));
            for (_, token) in &callers {
                // What the first caller ends is there again for the next.
                let mut at = at.clone();
                if at.contains("{participant}") {
                    guests += 1;
                    let guest = json!({ "role": "represented", "name": format!("Khách {guests}"), "country": "LA" });
                    at = at.replace("{allocation}", &kept);
                    let list = at.rsplit_once('/').unwrap().0.to_owned();
                    at = at.replace("{participant}", &made(list.trim_start_matches("/api/v1"), &owner, guest).await);
                }
                let at = at.replace("{allocation}", &played);
                assert!(!at.contains('{'), "{path}: what is its parameter?");
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
                    table += &format!("{:>10}", met(opened.status().as_u16(), &Value::Null));
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

crate::on_both!(every_role_meets_what_the_table_says);
