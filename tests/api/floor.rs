//! Venues, halls, zones with their rules, the price list, booth tables, the floor plan.
use serde_json::{Value, json};

use crate::support::{TestApp, snapshot::numbered};

async fn draft(app: &TestApp) -> (String, String) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let edition = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200);
    (owner, edition["organiser"].as_str().unwrap().to_owned())
}

async fn zone(app: &TestApp, owner: &str) -> Value {
    app.get("/editions/hoi-cho/zones").by(owner).send().await.expect(200)["items"][0].clone()
}

async fn booths(app: &TestApp, owner: &str) -> usize {
    let page = app.get("/editions/hoi-cho/booths?limit=500").by(owner).send().await.expect(200);
    page["items"].as_array().unwrap().len()
}

async fn zone_requires_a_hall_of_the_editions_venue(app: TestApp) {
    let (owner, organiser) = draft(&app).await;
    let venue = |name: &str| json!({ "organiser": organiser, "name": name, "address": "Hạ Long" });
    let (here, there) =
        (app.made("/venues", &owner, venue("Cung")).await, app.made("/venues", &owner, venue("Quảng trường")).await);
    let hall = app.made(&format!("/venues/{here}/halls"), &owner, json!({ "name": "Nhà A" })).await;
    let elsewhere = json!({ "name": "Sân", "is_outdoor": true });
    let elsewhere = app.made(&format!("/venues/{there}/halls"), &owner, elsewhere).await;
    let again = json!({ "name": "Nhà A" });
    app.post(&format!("/venues/{here}/halls")).by(&owner).json(&again).send().await.refused(409, "already_exists");
    let tag = app.get("/editions/hoi-cho").by(&owner).send().await.headers.get("etag").unwrap().clone();
    let at = json!({ "venue": here });
    let placed = app.patch("/editions/hoi-cho").by(&owner).header("if-match", tag.to_str().unwrap()).json(&at);
    assert_eq!(placed.send().await.expect(200)["venue"]["name"], "Cung");
    let zone = |code: &str, hall: &str| json!({ "code": code, "name": "Khu", "hall": hall });
    app.post("/editions/hoi-cho/zones").by(&owner).json(&zone("N", &hall)).send().await.expect(201);
    let refused = app.post("/editions/hoi-cho/zones").by(&owner).json(&zone("S", &elsewhere)).send().await;
    assert_eq!(refused.status.as_u16(), 422, "{}", String::from_utf8_lossy(&refused.body));
    // Resources in use cannot be deleted.
    let tag = app.get(&format!("/venues/{here}")).by(&owner).send().await.headers.get("etag").unwrap().clone();
    let gone = app.delete(&format!("/venues/{here}")).by(&owner).header("if-match", tag.to_str().unwrap());
    gone.send().await.refused(409, "in_use");
}

async fn booth_defaults_come_from_the_price_list(app: TestApp) {
    let (owner, _) = draft(&app).await;
    let zone = zone(&app, &owner).await["id"].clone();
    let silent = json!({ "code": "B01", "kind": { "zone": zone, "category": "special_build" } });
    let refused = app.post("/editions/hoi-cho/booths").by(&owner).json(&silent).send().await.refused(422, "invalid");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
    let tag = app.get("/editions/hoi-cho").by(&owner).send().await.headers.get("etag").unwrap().clone();
    let prices = json!([
        { "category": "special_build", "area_dm2": 14_400, "fee": 40_000_000, "booth_equivalents": 16 },
        { "category": "standard", "area_dm2": 900, "fee": 3_000_000 },
    ]);
    let put = app.put("/editions/hoi-cho/booth-categories").by(&owner).header("if-match", tag.to_str().unwrap());
    put.json(&prices).send().await.expect(200);
    let made = app.post("/editions/hoi-cho/booths").by(&owner).json(&silent).send().await.expect(201);
    insta::assert_snapshot!("booth_with_defaults", numbered(&made));
    let told = json!({ "code": "B02", "kind": { "zone": zone, "category": "standard", "fee": 0 } });
    assert_eq!(app.post("/editions/hoi-cho/booths").by(&owner).json(&told).send().await.expect(201)["fee"], 0);
    // The figures have both booths and booth equivalents.
    let s = app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    assert_eq!((&s["booths"]["total"], &s["booths"]["booth_equivalents"]), (&json!(12), &json!(27)));
}

async fn booth_table_import_is_all_or_nothing(app: TestApp) {
    let (owner, _) = draft(&app).await;
    let upload = async |csv: &str| app.post("/editions/hoi-cho/imports?kind=booths").by(&owner).table(csv).send().await;
    let import = async |csv: &str| {
        let import = upload(csv).await.expect(201)["id"].as_str().unwrap().to_owned();
        let all = json!({ "mode": "all" });
        app.post(&format!("/editions/hoi-cho/imports/{import}/apply")).by(&owner).json(&all).send().await.expect(200)
    };
    let wrong =
        "code;zone;category;area_dm2;fee\nB01;OCOP;standard;900;0\nB2x;NOWHERE;standard;900;0\nB03;OCOP;tent;900;0\n";
    let refused = import(wrong).await;
    assert_eq!((&refused["state"], &refused["outcome"]["bad_rows"]), (&json!("checked"), &json!(2)));
    assert_eq!(booths(&app, &owner).await, 10);
    let clash = "code,zone,category,area_dm2,fee\nB01,OCOP,standard,900,0\nA01,OCOP,standard,900,5\n";
    // The error names the line. A booth that is there with the same values would be unchanged.
    let refused = import(clash).await;
    assert_eq!(
        (&refused["outcome"]["faults"][0]["row"], &refused["outcome"]["faults"][0]["field"]),
        (&json!(3), &json!("code"))
    );
    assert_eq!(booths(&app, &owner).await, 10);
    let fine: String = "\u{feff}code,zone,category,area_dm2,fee\r\n".to_owned()
        + &(1..=460).map(|n| format!("C{n:03},OCOP,standard,900,0\r\n")).collect::<String>();
    assert_eq!(import(&fine).await["outcome"]["added"], 460);
    assert_eq!(booths(&app, &owner).await, 470);
    upload(&"x".repeat(21 * 1024 * 1024)).await.refused(413, "too_large");
    upload("").await.refused(422, "invalid");
}

async fn booth_codes_have_digits_letters_and_marks_in_any_order(app: TestApp) {
    let (owner, _) = draft(&app).await;
    let table = "Mã gian;Khu;Diện tích;Phí\nA01-01;OCOP;9;0\nA03A;OCOP;9;0\nA1-14;OCOP;9,5;0\n5B-J231;OCOP;3x3m;0\n12;OCOP;12 m2;0\n";
    let import = app.post("/editions/hoi-cho/imports?kind=booths").by(&owner).table(table).send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}/apply", import["id"].as_str().unwrap());
    let applied = app.post(&at).by(&owner).json(&json!({ "mode": "all" })).send().await.expect(200);
    assert_eq!(applied["outcome"]["faults"], json!([]));
    let listed = app.get("/editions/hoi-cho/booths?limit=500").by(&owner).send().await.expect(200);
    let rows = listed["items"].as_array().unwrap().iter().filter(|b| b["code"] != "A01" || b["area_dm2"] != 900);
    let mut shown: Vec<String> = rows
        .filter(|b| !(b["row"] == "A"))
        .map(|b| format!("{} {} {} {}", b["code"], b["row"], b["place"], b["area_dm2"]).replace('"', ""))
        .collect();
    shown.sort();
    assert_eq!(
        shown,
        ["12 - 12 1200", "5B-J231 5B-J 231 900", "A01-01 A01- 1 900", "A03A A…A 3 900", "A1-14 A1- 14 950"]
    );
}

async fn booth_in_use_cannot_be_deleted_nor_changed_by_a_stale_version(app: TestApp) {
    let (owner, _) = draft(&app).await;
    let booth = app.get("/editions/hoi-cho/booths").by(&owner).send().await.expect(200)["items"][0].clone();
    let path = format!("/editions/hoi-cho/booths/{}", booth["id"].as_str().unwrap());
    let change = |fee: i64| json!({ "fee": fee });
    let patch =
        async |tag: &str, fee| app.patch(&path).by(&owner).header("if-match", tag).json(&change(fee)).send().await;
    assert_eq!(patch("\"v1\"", 5).await.expect(200)["fee"], 5);
    patch("\"v1\"", 6).await.refused(412, "stale_version");
    patch("W/\"x\"", 6).await.refused(412, "stale_version");
    app.patch(&path).by(&owner).json(&change(6)).send().await.refused(428, "precondition_required");
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (_, application) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let hold = json!({ "application": application, "booths": [booth["id"]] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    app.delete(&path).by(&owner).header("if-match", "\"v2\"").send().await.refused(409, "in_use");
    assert_eq!(app.get(&path).send().await.expect(200)["fee"], 5);
}

async fn zone_eligibility_requires_a_waiver_with_a_reason(app: TestApp) {
    let (owner, _) = draft(&app).await;
    let there = zone(&app, &owner).await;
    let path = format!("/editions/hoi-cho/zones/{}", there["id"].as_str().unwrap());
    let rules = json!({ "eligibility": { "legal_forms": ["household_business"], "localities": ["vn.22"] } });
    app.patch(&path).by(&owner).header("if-match", "\"v1\"").json(&rules).send().await.expect(200);
    let unknown = json!({ "eligibility": { "localities": ["vn.99"] } });
    let refused = app.patch(&path).by(&owner).header("if-match", "\"v2\"").json(&unknown).send().await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (_, application) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let booth = app.get("/editions/hoi-cho/booths").send().await.expect(200)["items"][0]["id"].clone();
    let mut hold = json!({ "application": application, "booths": [booth] });
    let refused = app
        .post("/editions/hoi-cho/allocations")
        .by(&owner)
        .header("accept-language", "en")
        .json(&hold)
        .send()
        .await
        .refused(409, "not_eligible");
    assert!(refused["detail"].as_str().unwrap().contains("legal form, locality"), "{refused}");
    hold["eligibility_waiver"] = json!("Khách mời của tỉnh");
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
}

async fn floor_plan_shows_exhibitors_and_hides_holds(app: TestApp) {
    let (owner, _) = draft(&app).await;
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (_, application) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let all = app.get("/editions/hoi-cho/booths").send().await.expect(200)["items"].clone();
    let hold = json!({ "application": application, "booths": [all[0]["id"], all[1]["id"]] });
    let held =
        app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201)["items"].clone();
    let first = held.as_array().unwrap().iter().find(|a| a["booth"] == all[0]["id"]).unwrap()["id"].as_str().unwrap();
    for step in ["offer", "confirm"] {
        app.post(&format!("/allocations/{first}/{step}")).by(&owner).send().await.expect(200);
    }
    let plan = app.get("/editions/hoi-cho/floor-plan").send().await.expect(200);
    let shown = |n: usize| (plan["booths"][n]["occupancy"].clone(), plan["booths"][n]["exhibitor"].clone());
    assert_eq!(shown(0), (json!("let"), json!("HTX htx")));
    assert_eq!(shown(1), (json!("reserved"), Value::Null));
    assert_eq!(shown(2), (json!("free"), Value::Null));
    let svg = app.get("/editions/hoi-cho/floor-plan?format=svg").send().await;
    assert_eq!(svg.headers.get("content-type").unwrap(), "image/svg+xml");
    let svg = String::from_utf8(svg.body).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("HTX htx") && svg.matches("<rect").count() > 10);
    let by_header = app.get("/editions/hoi-cho/floor-plan").header("accept", "image/svg+xml").send().await;
    assert_eq!(by_header.body, svg.into_bytes());
}

async fn locality_search_ignores_accents_and_finds_former_names(app: TestApp) {
    let found = async |query: &str| {
        let page = app.get(&format!("/localities?{query}")).send().await.expect(200);
        let names: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap().to_owned()).collect();
        names
    };
    assert_eq!(found("search=dam%20ha&on=2026-03-01").await, ["Xã Đầm Hà"]);
    assert_eq!(found("search=%C4%90%E1%BA%A6M&on=2018-04-28").await, ["Đầm Hà"]);
    assert_eq!(found("parent=vn.22&on=2018-04-28&limit=500").await.len(), 14);
    assert_eq!(found("parent=vn.22&on=2026-03-01&limit=500").await.len(), 54);
}

crate::on_both!(
    zone_requires_a_hall_of_the_editions_venue,
    booth_defaults_come_from_the_price_list,
    booth_table_import_is_all_or_nothing,
    booth_codes_have_digits_letters_and_marks_in_any_order,
    booth_in_use_cannot_be_deleted_nor_changed_by_a_stale_version,
    zone_eligibility_requires_a_waiver_with_a_reason,
    floor_plan_shows_exhibitors_and_hides_holds,
    locality_search_ignores_accents_and_finds_former_names,
);
