//! Editions, their states and their booths.
use serde_json::json;

use crate::support::TestApp;

async fn draft_is_visible_to_its_staff_only(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.get("/editions/hoi-cho").send().await.refused(404, "not_found");
    let stranger = app.person("minh").await;
    app.get("/editions/hoi-cho").by(&stranger).send().await.refused(404, "not_found");
    assert_eq!(app.get("/editions").send().await.expect(200)["items"], json!([]));
    assert_eq!(
        app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["opening_days"].as_array().unwrap().len(),
        5
    );
    app.advance(&owner, "hoi-cho", &["published"]).await;
    app.get("/editions/hoi-cho").send().await.expect(200);
}

async fn invalid_transition_reports_the_valid_ones(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let step = |to: &str| json!({ "to": to });
    let refused = app
        .post("/editions/hoi-cho/transitions")
        .by(&owner)
        .header("accept-language", "en")
        .json(&step("finalised"))
        .send()
        .await
        .refused(409, "illegal_step");
    assert_eq!(refused["detail"], "From draft the legal steps are: [published].");
}

async fn stale_if_match_is_rejected(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let days = json!([{ "day": "2026-03-01", "opens_at": "08:00:00", "closes_at": "21:00:00" }]);
    app.put("/editions/hoi-cho/opening-days").by(&owner).json(&days).send().await.refused(428, "precondition_required");
    app.put("/editions/hoi-cho/opening-days")
        .by(&owner)
        .header("if-match", "\"v1\"")
        .json(&days)
        .send()
        .await
        .refused(412, "stale_version");
}

async fn booth_generation_is_all_or_nothing(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let zones = app.get("/editions/hoi-cho/zones").by(&owner).send().await.expect(200);
    let kind = json!({ "zone": zones["items"][0]["id"], "category": "standard", "area_dm2": 900, "fee": 0 });
    let run = |pattern: &str| json!({ "pattern": pattern, "kind": kind });
    // A10 exists: none of the 460 booths is created.
    let clash = json!({ "runs": [run("B001…B459"), run("A10…A10")] });
    app.post("/editions/hoi-cho/booths/generate").by(&owner).json(&clash).send().await.refused(409, "already_exists");
    let count = async || {
        app.get("/editions/hoi-cho/booths?limit=500").by(&owner).send().await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count().await, 10);
    let fine = json!({ "runs": [run("B001…B450")] });
    app.post("/editions/hoi-cho/booths/generate").by(&owner).json(&fine).send().await.expect(201);
    assert_eq!(count().await, 460);
}

async fn pagination_has_no_gaps_or_duplicates(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/editions/hoi-cho/booths?limit=3{cursor}")).by(&owner).send().await.expect(200);
        codes.extend(page["items"].as_array().unwrap().iter().map(|b| b["code"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<_> = (1..=10).map(|n| format!("A{n:02}")).collect();
    assert_eq!(codes, expected);
}

async fn booth_rejects_a_zone_of_another_edition(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "mot").await;
    app.edition(&owner, "hai").await;
    let zones = app.get("/editions/mot/zones").by(&owner).send().await.expect(200);
    let booth = json!({ "code": "Z01", "kind": { "zone": zones["items"][0]["id"], "category": "corner", "area_dm2": 900, "fee": 0 } });
    let refused = app.post("/editions/hai/booths").by(&owner).json(&booth).send().await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/kind/zone");
}

async fn edition_rejects_a_venue_and_a_series_of_another_organiser(app: TestApp) {
    let (lan, minh) = (app.person("lan").await, app.person("minh").await);
    let (own, others) = (app.organiser(&lan).await, app.organiser(&minh).await);
    let series = app.made("/series", &minh, json!({ "organiser": others, "name": "Hội chợ xuân" })).await;
    let venue = json!({ "organiser": others, "name": "Quảng trường", "address": "Hạ Long" });
    let venue = app.made("/venues", &minh, venue).await;
    let body = json!({ "organiser": own, "slug": "cua-lan", "name": "Hội chợ", "series": series, "venue": venue });
    let refused = app.post("/editions").by(&lan).json(&body).send().await.refused(422, "invalid");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/series", "/venue"]);
    app.edition(&lan, "cua-lan").await;
    let change = app.patch("/editions/cua-lan").by(&lan).header("if-match", "*").json(&json!({ "venue": venue }));
    change.send().await.refused(422, "invalid");
}

crate::on_both!(
    draft_is_visible_to_its_staff_only,
    invalid_transition_reports_the_valid_ones,
    stale_if_match_is_rejected,
    booth_generation_is_all_or_nothing,
    pagination_has_no_gaps_or_duplicates,
    booth_rejects_a_zone_of_another_edition,
    edition_rejects_a_venue_and_a_series_of_another_organiser,
);
