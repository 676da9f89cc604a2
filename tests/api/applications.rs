//! Organisations, products, documents and applications.
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// A new account with an organisation: access token and identifier.
async fn organisation(app: &TestApp, name: &str) -> (String, String) {
    let token = app.person(name).await;
    let body = json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality_code": "vn.22.06895" });
    let id = app.made("/organisations", &token, body).await;
    (token, id)
}

fn asked(organisation: &str) -> Value {
    json!({ "organisation": organisation, "booths_wanted": 2, "category": "standard" })
}

async fn tax_code_is_validated_and_claimed_by_anybody(app: TestApp) {
    let token = app.person("mui").await;
    let register = async |code: &str, form: &str| {
        let body = json!({ "name": "Đơn vị", "legal_form": form, "tax_code": code, "locality": "Hạ Long" });
        app.post("/organisations").by(&token).json(&body).send().await
    };
    register("0300588569", "enterprise").await.expect(201);
    register("0300588569", "enterprise").await.expect(201);
    register("0300588568", "enterprise").await.refused(422, "invalid");
    register("0100109106-001", "enterprise").await.expect(201);
    register("022190001234", "household_business").await.expect(201);
    register("022190001234", "enterprise").await.refused(422, "invalid");
    let nowhere = json!({ "name": "Đơn vị", "legal_form": "enterprise", "locality_code": "vn.22.193" });
    app.post("/organisations").by(&token).json(&nowhere).send().await.refused(422, "invalid");
}

async fn organisation_data_is_hidden_from_strangers(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let (token, application) = app.approved_application(&owner, "hoi-cho", "mui").await;
    let me = app.get("/me").by(&token).send().await.expect(200);
    let path = format!("/organisations/{}", me["organisations"][0]["organisation"].as_str().unwrap());
    let tag = app.get(&path).by(&token).send().await.headers.get("etag").unwrap().clone();
    let code = json!({ "tax_code": "0100109106" });
    app.patch(&path).by(&token).header("if-match", tag.to_str().unwrap()).json(&code).send().await.expect(200);
    let tag = app.get(&path).by(&token).send().await.headers.get("etag").unwrap().clone();
    let contacts = json!([{ "name": "Múi", "phone": "+84 912 345 678" }]);
    let put = app.put(&format!("{path}/contacts")).by(&token).header("if-match", tag.to_str().unwrap());
    put.json(&contacts).send().await.expect(200);
    app.get(&path).send().await.refused(404, "not_found");
    // An organisation whose exhibitor stands at a public edition is public, except its private data.
    let booth = app.get("/editions/hoi-cho/booths").send().await.expect(200)["items"][0]["id"].clone();
    let hold = json!({ "application": application, "booths": [booth] });
    let held = app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    for step in ["offer", "confirm"] {
        let path = format!("/allocations/{}/{step}", held["items"][0]["id"].as_str().unwrap());
        app.post(&path).by(&owner).send().await.expect(200);
    }
    let public = app.get(&path).send().await.expect(200);
    assert_eq!((&public["name"], &public["tax_code"]), (&json!("HTX mui"), &Value::Null));
    app.get(&format!("{path}/contacts")).send().await.refused(401, "login_required");
    // The application linked it: the organiser sees the contacts, but not the tax code.
    assert_eq!(app.get(&path).by(&token).send().await.expect(200)["tax_code"], "0100109106");
    assert_eq!(app.get(&path).by(&owner).send().await.expect(200)["tax_code"], Value::Null);
    let seen = app.get(&format!("{path}/contacts")).by(&owner).send().await.expect(200);
    assert_eq!(seen["items"][0]["phone"], "+84912345678");
}

async fn certificate_requires_three_stars_and_lasts_36_months(app: TestApp) {
    let (token, id) = organisation(&app, "mui").await;
    let path = format!("/organisations/{id}/products");
    let product = |stars: Value, number: Value, until: Value| {
        json!({
            "name": "Miến dong",
            "product_group": "food",
            "stars": stars,
            "certificate_number": number,
            "certificate_expires_on": until,
        })
    };
    let add = async |body: Value| app.post(&path).by(&token).json(&body).send().await;
    add(product(json!(4), json!("QN-01"), json!("2028-01-01"))).await.expect(201);
    add(product(json!(null), json!(null), json!(null))).await.expect(201);
    for (wrong, why) in [
        (product(json!(2), json!("QN-02"), json!("2028-01-01")), "two stars"),
        (product(json!(4), json!("QN-02"), json!(null)), "no end"),
        (product(json!(4), json!(null), json!("2028-01-01")), "no number"),
        (product(json!(4), json!("QN-02"), json!("2029-03-05")), "over 36 months"),
        (product(json!(6), json!(null), json!(null)), "six stars"),
    ] {
        assert_eq!(add(wrong).await.status.as_u16(), 422, "{why}");
    }
    assert_eq!(app.get(&path).by(&token).send().await.expect(200)["items"].as_array().unwrap().len(), 2);
}

async fn application_rejects_foreign_wishes_and_products(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    app.edition(&owner, "khac").await;
    let (token, id) = organisation(&app, "mui").await;
    let (other_token, other) = organisation(&app, "khac").await;
    let goods = json!({ "name": "Trà", "product_group": "beverages" });
    let mine = app.made(&format!("/organisations/{id}/products"), &token, goods.clone()).await;
    let theirs = app.made(&format!("/organisations/{other}/products"), &other_token, goods).await;
    let first = async |path: &str| app.get(path).by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let (booth, zone) = (first("/editions/hoi-cho/booths").await, first("/editions/hoi-cho/zones").await);
    let elsewhere = first("/editions/khac/booths").await;
    let mut body = asked(&id);
    let apply = async |body: &Value| app.post("/editions/hoi-cho/applications").by(&token).json(body).send().await;
    body["wishes"] = json!([{ "booth": elsewhere }]);
    body["products"] = json!([theirs]);
    apply(&body).await.refused(422, "invalid");
    body["wishes"] = json!([{ "booth": booth }, { "booth": booth }]);
    apply(&body).await.refused(422, "invalid");
    body["wishes"] = json!([{ "booth": booth }, { "zone": zone }]);
    body["products"] = json!([mine]);
    let made = apply(&body).await.expect(201);
    assert_eq!(made["wishes"], body["wishes"]);
    apply(&body).await.refused(409, "already_exists");
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let turned = json!({ "wishes": [{ "zone": zone }, { "booth": booth }] });
    let patched = app.patch(&path).by(&token).header("if-match", "\"v1\"").json(&turned).send().await.expect(200);
    assert_eq!((&patched["wishes"], &patched["products"]), (&turned["wishes"], &body["products"]));
    app.get(&path).by(&other_token).send().await.refused(404, "not_found");
    // A draft is visible to the exhibitor only.
    let listed = app.get("/editions/hoi-cho/applications").by(&owner).send().await.expect(200);
    assert_eq!(listed["items"], json!([]));
}

async fn document_type_is_detected_and_access_is_restricted(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let (token, id) = organisation(&app, "mui").await;
    let application = app.made("/editions/hoi-cho/applications", &token, asked(&id)).await;
    app.post(&format!("/applications/{application}/submit")).by(&token).send().await.expect(200);
    let path = format!("/applications/{application}/documents");
    let upload = async |kind: &str, bytes: &'static [u8]| {
        app.post(&format!("{path}?kind=food_safety&file_name=gi%E1%BA%A5y.pdf"))
            .by(&token)
            .file(kind, bytes)
            .send()
            .await
    };
    upload("image/png", b"<script>alert(1)</script>").await.refused(415, "unsupported_file");
    upload("application/pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await.refused(415, "unsupported_file");
    let big: &'static [u8] =
        Box::leak([b"%PDF-1.7\n".to_vec(), vec![b'x'; 5 * 1024 * 1024]].concat().into_boxed_slice());
    upload("application/pdf", big).await.refused(413, "too_large");
    let kept = upload("application/pdf", b"%PDF-1.7\nhello").await.expect(201);
    assert_eq!((&kept["size_bytes"], &kept["file_name"]), (&json!(14), &json!("giấy.pdf")));
    let file = format!("{path}/{}", kept["id"].as_str().unwrap());
    for reader in [&token, &owner] {
        let got = app.get(&file).by(reader).send().await;
        assert_eq!((got.status.as_u16(), got.body.as_slice()), (200, &b"%PDF-1.7\nhello"[..]));
        assert_eq!(got.headers.get("x-content-type-options").unwrap(), "nosniff");
        assert!(got.headers.get("content-disposition").unwrap().to_str().unwrap().starts_with("attachment"));
    }
    let (stranger, _) = organisation(&app, "khac").await;
    app.get(&file).by(&stranger).send().await.refused(404, "not_found");
    app.get(&file).send().await.refused(401, "login_required");
    app.delete(&file).by(&token).send().await.expect(204);
    app.get(&file).by(&token).send().await.refused(404, "not_found");
    let left = std::fs::read_dir(app.folder().join("documents")).unwrap().count();
    assert_eq!(left, 0, "refused and removed papers leave no file");
    let waived = json!({ "kind": "food_safety", "reason": "Hàng thủ công" });
    app.post(&format!("/applications/{application}/document-waivers"))
        .by(&owner)
        .json(&waived)
        .send()
        .await
        .expect(201);
    let listed = app.get(&path).by(&token).send().await.expect(200);
    assert_eq!(listed["items"][0]["waiver_reason"], "Hàng thủ công");
}

async fn decision_requires_a_reason_and_notifies_the_exhibitor(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let (token, id) = organisation(&app, "mui").await;
    let application = app.made("/editions/hoi-cho/applications", &token, asked(&id)).await;
    let step = async |step: &str, by: &str, body: Value| {
        app.post(&format!("/applications/{application}/{step}")).by(by).json(&body).send().await
    };
    step("approve", &owner, json!({})).await.refused(404, "not_found");
    step("submit", &token, json!({})).await.expect(200);
    step("reject", &owner, json!({})).await.refused(422, "invalid");
    step("approve", &token, json!({})).await.refused(403, "forbidden");
    let why = json!({ "reason": "Hết gian trong khu" });
    assert_eq!(step("waitlist", &owner, why.clone()).await.expect(200)["reason"], "Hết gian trong khu");
    let letter = app.letter_to("mui@example.vn").await["letter"].clone();
    assert_eq!((&letter["decision"], &letter["reason"]), (&json!("waitlisted"), &json!("Hết gian trong khu")));
    step("reject", &owner, why).await.expect(200);
    step("approve", &owner, json!({})).await.refused(409, "illegal_step");
}

async fn waiting_list_keeps_the_order_of_arrival(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let mut came = Vec::new();
    for name in ["mot", "hai", "ba", "bon"] {
        let (token, id) = organisation(&app, name).await;
        let application = app.made("/editions/hoi-cho/applications", &token, asked(&id)).await;
        app.post(&format!("/applications/{application}/submit")).by(&token).send().await.expect(200);
        came.push(application);
    }
    let turn = [2, 0, 3, 1];
    for i in turn {
        let why = json!({ "reason": "Hết gian" });
        app.post(&format!("/applications/{}/waitlist", came[i])).by(&owner).json(&why).send().await.expect(200);
        app.wait(chrono::Duration::seconds(1));
    }
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            app.get(&format!("/editions/hoi-cho/waiting-list?limit=1{cursor}")).by(&owner).send().await.expect(200);
        listed.extend(page["items"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(listed, turn.map(|i| came[i].clone()));
}

async fn withdrawing_an_application_frees_its_booths(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let (token, application) = app.approved_application(&owner, "hoi-cho", "mui").await;
    let (_, next) = app.approved_application(&owner, "hoi-cho", "khac").await;
    let booth = app.get("/editions/hoi-cho/booths").send().await.expect(200)["items"][0]["id"].clone();
    let hold = |application: &str| json!({ "application": application, "booths": [booth] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold(&application)).send().await.expect(201);
    app.post(&format!("/applications/{application}/withdraw")).by(&token).send().await.expect(200);
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold(&next)).send().await.expect(201);
    app.post("/editions/hoi-cho/allocations")
        .by(&owner)
        .json(&hold(&application))
        .send()
        .await
        .refused(409, "illegal_step");
}

crate::on_both!(
    tax_code_is_validated_and_claimed_by_anybody,
    organisation_data_is_hidden_from_strangers,
    certificate_requires_three_stars_and_lasts_36_months,
    application_rejects_foreign_wishes_and_products,
    document_type_is_detected_and_access_is_restricted,
    decision_requires_a_reason_and_notifies_the_exhibitor,
    waiting_list_keeps_the_order_of_arrival,
    withdrawing_an_application_frees_its_booths,
);
