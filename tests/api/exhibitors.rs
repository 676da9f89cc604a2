//! An organiser's records of exhibitors: contacts, search, links with organisations, merges, and acting on their behalf.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// Tax code of an organisation that has an account.
const KNOWN_CODE: &str = "0100109106";

/// A table of 60 exhibitors with phone numbers. None wants a booth, so none gets an application; the second of the last two is the
/// first one again.
fn sixty() -> String {
    let mut table = "STT;Tên đơn vị;Mã số thuế;Huyện;Số gian đăng ký;Người liên hệ;Số điện thoại;Email\n".to_owned();
    for n in 1..=60 {
        let name = if n == 60 { "Hợp tác xã Ba Chẽ".to_owned() } else { format!("HTX số {n}") };
        let code = if n == 7 { KNOWN_CODE } else { "" };
        table += &format!("{n};{name};{code};Ba Chẽ;0;Chị {n};0912 000 {n:03};chi{n}@example.vn\n");
    }
    table
}

async fn import(app: &TestApp, owner: &str, table: &str) -> Value {
    let sent = app.post("/editions/hoi-cho/imports?kind=exhibitors").by(owner).table(table).send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}", sent["id"].as_str().unwrap());
    let checked = app.post(&format!("{at}/check")).by(owner).send().await.expect(200);
    assert_eq!(checked["outcome"]["faults"], json!([]), "{checked}");
    let all = json!({ "mode": "all" });
    app.post(&format!("{at}/apply")).by(owner).json(&all).send().await.expect(200)["outcome"].clone()
}

async fn found(app: &TestApp, owner: &str, records: &str, typed: &str) -> Vec<Value> {
    let typed = typed.replace('+', "%2B").replace(' ', "%20");
    let list = app.get(&format!("{records}?q={typed}&limit=500")).by(owner).send().await.expect(200);
    list["items"].as_array().unwrap().clone()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

async fn names(app: &TestApp, owner: &str, records: &str, typed: &str) -> BTreeSet<String> {
    let found = found(app, owner, records, typed).await;
    found.iter().map(|record| record["name"].as_str().unwrap().to_owned()).collect()
}

async fn organiser_works_with_sixty_exhibitors_and_opens_no_account(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    // An organisation has an account, with the tax code of one of the sixty, contacts and a product.
    let member = app.person("member").await;
    let account = json!({ "name": "Công ty Có Tài khoản", "legal_form": "co_operative", "locality": "Hạ Long", "tax_code": KNOWN_CODE });
    let account = app.made("/organisations", &member, account).await;
    let own = format!("/organisations/{account}");
    let contacts = json!([{ "name": "Giám đốc", "phone": "0988 111 222" }]);
    app.put(&format!("{own}/contacts")).by(&member).json(&contacts).send().await.expect(200);
    let product = json!({ "name": "Miến dong", "product_group": "food" });
    app.made(&format!("{own}/products"), &member, product).await;
    let letters_before = app.letters_to("member@example.vn").await.len();
    let account_before = app.get(&own).by(&member).send().await.expect(200);

    // Sixty from a spreadsheet, with phones.
    let outcome = import(&app, &owner, &sixty()).await;
    assert_eq!((&outcome["rows"], &outcome["added"]), (&json!(60), &json!(60)));
    let list = app.get(&format!("{records}?limit=500")).by(&owner).send().await.expect(200);
    let list = list["items"].as_array().unwrap().clone();
    assert_eq!(list.len(), 60);
    let with_phone = list.iter().filter(|r| r["contacts"][0]["phone"].as_str().unwrap().starts_with("+84912000"));
    assert_eq!(with_phone.count(), 60);
    assert!(list.iter().all(|record| record["organisation"].is_null()));
    // The same table once more adds nothing, neither records nor contacts.
    assert_eq!(import(&app, &owner, &sixty()).await["added"], 0);
    let again = app.get(&format!("{records}?limit=500")).by(&owner).send().await.expect(200);
    assert_eq!(again["items"], json!(list));

    // Corrects three: a name, a locality with notes and tags, a contact.
    let first = found(&app, &owner, &records, "so 1").await.into_iter().find(|r| r["name"] == "HTX số 1").unwrap();
    let second = found(&app, &owner, &records, "0912 000 002").await.remove(0);
    let third = found(&app, &owner, &records, "so 3").await.into_iter().find(|r| r["name"] == "HTX số 3").unwrap();
    let at = |record: &Value| format!("{records}/{}", id(record));
    let change = async |record: &Value, body: Value| {
        app.patch(&at(record)).by(&owner).header("if-match", "\"v1\"").json(&body).send().await.expect(200)
    };
    change(&first, json!({ "name": "Hợp tác xã Ba Chẽ" })).await;
    change(&second, json!({ "locality": "Hạ Long", "notes": "Gọi buổi sáng", "tags": ["cũ", "ưu tiên"] })).await;
    let contact =
        json!([{ "id": third["contacts"][0]["id"], "name": "Anh Ba", "zalo": "0903 333 333", "language": "en" }]);
    let put = app.put(&format!("{}/contacts", at(&third))).by(&owner).header("if-match", "\"v1\"");
    let contacts = put.json(&contact).send().await.expect(200);
    assert_eq!(contacts["items"][0]["zalo"], "+84903333333");
    assert_eq!(contacts["items"][0]["id"], third["contacts"][0]["id"]);
    assert_eq!(names(&app, &owner, &records, "0903333").await, BTreeSet::from(["HTX số 3".to_owned()]));
    assert!(names(&app, &owner, &records, "0912 000 003").await.is_empty(), "the old number is gone");
    let tagged = app.get(&format!("{records}?tag=c%C5%A9")).by(&owner).send().await.expect(200);
    assert_eq!((tagged["items"].as_array().unwrap().len(), &tagged["items"][0]["id"]), (1, &second["id"]));

    // Merges two: the corrected one and the one that was entered under this name.
    let twin = found(&app, &owner, &records, "0912 000 060").await.remove(0);
    let preview = app.get(&format!("{}/merge?exhibitor={}", at(&first), id(&twin))).by(&owner).send().await.expect(200);
    assert_eq!((&preview["contacts"], &preview["obstacle"]), (&json!(["Chị 60"]), &Value::Null));
    let twin_body = json!({ "exhibitor": twin["id"] });
    app.post(&format!("{}/merge", at(&first))).by(&owner).json(&twin_body).send().await.expect(200);
    let merged = app.get(&at(&first)).by(&owner).send().await.expect(200);
    assert_eq!(merged["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(found(&app, &owner, &records, "ba che").await.len(), 1);

    // Applies for one.
    let apply = json!({ "exhibitor": first["id"], "booths_wanted": 1, "category": "standard",
        "declared_products": [{ "name": "Ba kích", "product_group": "medicinal_plants", "declared_stars": 4 }] });
    let applied = app.post("/editions/hoi-cho/applications").by(&owner).json(&apply).send().await.expect(201);
    assert_eq!((&applied["state"], &applied["exhibitor"]), (&json!("submitted"), &first["id"]));

    // No account was opened: its members see nothing of the record, the organiser nothing of the account.
    let known = found(&app, &owner, &records, KNOWN_CODE).await.remove(0);
    assert_eq!((&known["name"], &known["organisation"]), (&json!("HTX số 7"), &Value::Null));
    assert_eq!(app.get(&own).by(&member).send().await.expect(200), account_before);
    for list in ["links", "applications"] {
        assert_eq!(app.get(&format!("{own}/{list}")).by(&member).send().await.expect(200)["items"], json!([]));
    }
    assert_eq!(app.get("/me/link-invitations").by(&member).send().await.expect(200)["items"], json!([]));
    app.get(&at(&known)).by(&member).send().await.refused(404, "not_found");
    app.get(&records).by(&member).send().await.refused(404, "not_found");
    for hidden in ["", "/contacts", "/products", "/members"] {
        app.get(&format!("{own}{hidden}")).by(&owner).send().await.refused(404, "not_found");
    }
    assert_eq!(app.letters_to("member@example.vn").await.len(), letters_before);
}

/// A record that is linked with the account of a new person: record, organisation, access token.
async fn linked(app: &TestApp, owner: &str, organiser: &str, name: &str) -> (String, String, String) {
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality": "Ba Chẽ" });
    let record_id = app.made(&records, owner, record.clone()).await;
    let member = app.person(name).await;
    let organisation = app.made("/organisations", &member, record).await;
    let email = json!({ "email": format!("{name}@example.vn") });
    app.post(&format!("{records}/{record_id}/link")).by(owner).json(&email).send().await.expect(202);
    let received = app.get("/me/link-invitations").by(&member).send().await.expect(200);
    let confirm = json!({ "invitation": received["items"][0]["id"] });
    app.post(&format!("/organisations/{organisation}/links")).by(&member).json(&confirm).send().await.expect(201);
    (record_id, organisation, member)
}

async fn link_is_confirmed_by_the_organisation_and_ending_it_closes_what_it_opened(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = json!({ "name": "HTX Đầm Hà", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let record = app.made(&records, &owner, record).await;
    let apply = json!({ "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    let application = app.made("/editions/hoi-cho/applications", &owner, apply).await;
    let (member, other) = (app.person("mui").await, app.person("khac").await);
    let body = json!({ "name": "HTX Đầm Hà mới", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let organisation = app.made("/organisations", &member, body.clone()).await;
    let others = app.made("/organisations", &other, body).await;
    let contacts = json!([{ "name": "Múi", "phone": "0912 345 678" }]);
    let own = format!("/organisations/{organisation}");
    app.put(&format!("{own}/contacts")).by(&member).json(&contacts).send().await.expect(200);
    let product = json!({ "name": "Miến dong", "product_group": "food" });
    let product = app.made(&format!("{own}/products"), &member, product).await;
    app.get(&format!("/applications/{application}")).by(&member).send().await.refused(404, "not_found");

    // The invited address alone can confirm, and is shown what the link opens.
    let invited = json!({ "email": "mui@example.vn" });
    app.post(&format!("{records}/{record}/link")).by(&owner).json(&invited).send().await.expect(202);
    assert_eq!(app.letter_to("mui@example.vn").await["letter"]["kind"], "link_invitation");
    assert_eq!(app.get("/me/link-invitations").by(&other).send().await.expect(200)["items"], json!([]));
    let received = app.get("/me/link-invitations").by(&member).send().await.expect(200)["items"][0].clone();
    assert_eq!(received["editions"], json!(["Hội chợ OCOP"]));
    assert_eq!(received["opens_to_organiser"], json!(["contacts", "products"]));
    let confirm = json!({ "invitation": received["id"] });
    let theirs = format!("/organisations/{others}/links");
    app.post(&theirs).by(&other).json(&confirm).send().await.refused(404, "not_found");
    app.get(&format!("{own}/contacts")).by(&owner).send().await.refused(404, "not_found");
    let link = app.post(&format!("{own}/links")).by(&member).json(&confirm).send().await.expect(201);
    assert_eq!(link["exhibitor"], json!(record));
    app.post(&format!("{own}/links")).by(&member).json(&confirm).send().await.refused(404, "not_found");

    // Both sides see what was named, and the record keeps its own name.
    let seen = app.get(&format!("{own}/contacts")).by(&owner).send().await.expect(200);
    assert_eq!(seen["items"][0]["phone"], "+84912345678");
    assert_eq!(app.get(&own).by(&owner).send().await.expect(200)["tax_code"], Value::Null);
    assert_eq!(app.get(&format!("{records}/{record}")).by(&owner).send().await.expect(200)["name"], "HTX Đầm Hà");
    app.get(&format!("/applications/{application}")).by(&member).send().await.expect(200);
    // A second record of the same organiser cannot have this organisation.
    let second = json!({ "name": "HTX khác", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let second = app.made(&records, &owner, second).await;
    app.post(&format!("{records}/{second}/link")).by(&owner).json(&invited).send().await.expect(202);
    let received = app.get("/me/link-invitations").by(&member).send().await.expect(200)["items"][0].clone();
    let confirm = json!({ "invitation": received["id"] });
    app.post(&format!("{own}/links")).by(&member).json(&confirm).send().await.refused(409, "already_exists");

    // It applies to another edition with its product, then ends the link.
    let edition = json!({ "organiser": organiser, "slug": "ky-hai", "name": "Kỳ hai" });
    app.made("/editions", &owner, edition).await;
    let days = json!([{ "day": "2026-04-01", "opens_at": "08:00:00", "closes_at": "20:00:00" }]);
    let put = app.put("/editions/ky-hai/opening-days").by(&owner).header("if-match", "\"v1\"");
    put.json(&days).send().await.expect(200);
    app.advance(&owner, "ky-hai", &["published", "registration_open"]).await;
    let asked =
        json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard", "products": [product] });
    let applied = app.post("/editions/ky-hai/applications").by(&member).json(&asked).send().await.expect(201);
    assert_eq!(applied["exhibitor"], json!(record), "the linked record applies, not a new one");
    let applied = format!("/applications/{}", id(&applied));
    app.post(&format!("{applied}/submit")).by(&member).send().await.expect(200);
    let links = app.get(&format!("{own}/links")).by(&member).send().await.expect(200);
    let version = format!("\"v{}\"", links["items"][0]["version"]);
    let at = format!("{own}/links/{record}");
    app.delete(&at).by(&member).header("if-match", "\"v1\"").send().await.refused(412, "stale_version");
    app.delete(&at).by(&member).header("if-match", &version).send().await.expect(204);
    app.get(&format!("{own}/contacts")).by(&owner).send().await.refused(404, "not_found");
    app.get(&applied).by(&member).send().await.refused(404, "not_found");
    // The application keeps what was declared, without the catalogue.
    let kept = app.get(&applied).by(&owner).send().await.expect(200);
    assert_eq!((&kept["products"], &kept["declared_products"][0]["name"]), (&json!([]), &json!("Miến dong")));
}

async fn merge_moves_everything_and_a_split_returns_exactly_that(app: TestApp) {
    let Fair { owner, organiser, exhibitors, allocations, .. } =
        Fair::builder().exhibitors(["mot", "hai"]).confirmed(2).state("live").build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let at = |exhibitor: &str| format!("{records}/{exhibitor}");
    let body = json!({ "name": "HTX một (cũ)", "legal_form": "co_operative", "locality": "Đầm Hà", "tags": ["cũ"],
        "contacts": [{ "name": "Múi", "phone": "0912 345 678" }] });
    let into = app.made(&records, &owner, body).await;
    let merged = &exhibitors[0].id;
    let merge = async |into: &str, merged: &str| {
        app.post(&format!("{}/merge", at(into))).by(&owner).json(&json!({ "exhibitor": merged })).send().await
    };
    // Two that applied to one edition are different exhibitors; the edition is named.
    let refused = merge(&exhibitors[0].id, &exhibitors[1].id).await.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("Hội chợ OCOP"), "{refused}");
    // So are two on one booth.
    // It has not been there yet, so that removing it leaves nothing.
    let guest = json!({ "role": "co_exhibitor", "exhibitor": into, "first_day": "2026-03-05" });
    let with = format!("/allocations/{}/participants", allocations[0]);
    let participant = app.made(&with, &owner, guest.clone()).await;
    merge(&into, merged).await.refused(409, "illegal_step");
    app.delete(&format!("{with}/{participant}")).by(&owner).send().await.expect(204);
    merge(&into, &into).await.refused(422, "invalid");

    // What refers to the record that is merged: its application with a booth, a place on another's, a deal, tags, contacts, a link.
    app.made(
        &format!("/allocations/{}/participants", allocations[1]),
        &owner,
        json!({ "role": "co_exhibitor", "exhibitor": merged }),
    )
    .await;
    let deal = json!({ "exhibitor": merged, "kind": "mou", "counterpart": "Siêu thị", "amount": 0, "signed_on": "2026-03-01" });
    app.made("/editions/hoi-cho/deals", &owner, deal).await;
    let record = app.get(&at(merged)).by(&owner).send().await.expect(200);
    let tags = json!({ "tags": ["mới"] });
    let version = format!("\"v{}\"", record["version"]);
    app.patch(&at(merged)).by(&owner).header("if-match", &version).json(&tags).send().await.expect(200);
    let contact = json!([{ "name": "Lan", "phone": "0988 111 222" }]);
    app.put(&format!("{}/contacts", at(merged))).by(&owner).json(&contact).send().await.expect(200);
    let state = async || {
        let mut state = json!({
            "figures": app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200)["exhibitors"],
            "deals": app.get("/editions/hoi-cho/deals").by(&owner).send().await.expect(200)["items"][0]["exhibitor"],
            "standing": app.get("/editions/hoi-cho/exhibitors").send().await.expect(200)["items"],
        });
        for id in [&into, merged] {
            let mut record = app.get(&at(id)).by(&owner).send().await.expect(200);
            record["version"] = Value::Null;
            state[id] = record;
            state[format!("{id} history")] =
                app.get(&format!("{}/history", at(id))).by(&owner).send().await.expect(200);
        }
        state
    };
    let before = state().await;
    assert_eq!(before[merged]["organisation"], json!(exhibitors[0].organisation));

    merge(&into, merged).await.expect(200);
    let after = state().await;
    assert_eq!(after[&into]["organisation"], json!(exhibitors[0].organisation));
    assert_eq!((&after[&into]["tags"], after[&into]["contacts"].as_array().unwrap().len()), (&json!(["cũ", "mới"]), 2));
    assert_eq!((&after["deals"], &after["figures"]), (&json!(into), &before["figures"]));
    assert_eq!(after[merged]["merged_into"], json!(into));
    let standing: BTreeSet<&str> =
        after["standing"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
    assert_eq!(standing, BTreeSet::from([into.as_str(), &exhibitors[1].id]));
    // The members act for the record that has everything now, and the merged one takes part in nothing.
    app.get(&format!("/applications/{}", exhibitors[0].application)).by(&exhibitors[0].token).send().await.expect(200);
    let apply = json!({ "exhibitor": merged, "booths_wanted": 1, "category": "standard" });
    app.post("/editions/hoi-cho/applications").by(&owner).json(&apply).send().await.refused(409, "illegal_step");
    let version = format!("\"v{}\"", app.get(&at(merged)).by(&owner).send().await.expect(200)["version"]);
    let renamed = json!({ "name": "Tên khác" });
    app.patch(&at(merged))
        .by(&owner)
        .header("if-match", &version)
        .json(&renamed)
        .send()
        .await
        .refused(409, "illegal_step");

    let merges = app.get(&format!("{}/merges", at(&into))).by(&owner).send().await.expect(200);
    assert_eq!(merges["items"][0]["exhibitor"], json!(merged));
    let split = json!({ "exhibitor": merged });
    app.post(&format!("{}/split", at(&into))).by(&owner).json(&split).send().await.expect(200);
    assert_eq!(state().await, before);
    app.post(&format!("{}/split", at(&into))).by(&owner).json(&split).send().await.refused(404, "not_found");
}

async fn staff_acts_on_behalf_and_the_audit_log_says_so(app: TestApp) {
    let Fair { owner, organiser, booths, .. } = Fair::builder().build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = json!({ "name": "HTX Đầm Hà", "legal_form": "co_operative", "locality": "Đầm Hà",
        "contacts": [{ "name": "Múi", "email": "Mui@Example.vn", "language": "en" }] });
    let record = app.made(&records, &owner, record).await;
    // Staff also applies after registration; a viewer does not apply at all.
    app.advance(&owner, "hoi-cho", &["registration_closed"]).await;
    let apply = json!({ "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    let viewer = app.staff(&owner, &organiser, "viewer").await;
    app.post("/editions/hoi-cho/applications").by(&viewer).json(&apply).send().await.refused(403, "forbidden");
    let application = app.made("/editions/hoi-cho/applications", &owner, apply.clone()).await;
    app.post(&format!("/applications/{application}/approve")).by(&owner).send().await.expect(200);
    // The decision goes to the contact, for there is no account.
    let told = app.letter_to("mui@example.vn").await;
    assert_eq!((&told["letter"]["kind"], &told["language"]), (&json!("application_decided"), &json!("en")));
    let hold = json!({ "application": application, "booths": [booths[0]["id"]] });
    let held = app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let allocation = id(&held["items"][0]);
    app.step(&owner, &allocation, "offer").await.expect(200);
    app.confirm_from(&owner, &allocation, "2026-03-01").await;
    app.advance(&owner, "hoi-cho", &["live"]).await;
    let report = format!("/booths/{}/sales-reports/2026-03-01", booths[0]["id"].as_str().unwrap());
    app.put(&report).by(&owner).json(&json!({ "amount": 6_000_000 })).send().await.expect(201);
    let log = app.get(&format!("/audit-log?organiser={organiser}&limit=500")).by(&owner).send().await.expect(200);
    let of = |marked: bool| {
        let entries =
            log["items"].as_array().unwrap().iter().filter(|e| (e["on_behalf_of"] == json!(record)) == marked);
        entries.map(|e| e["action"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let acted = ["allocation.confirm", "application.create", "sales_report.put"].map(str::to_owned);
    assert_eq!(of(true), BTreeSet::from(acted));
    assert!(of(false).contains("allocation.offer") && of(false).contains("application.step"));
    // Not another organiser's record.
    let stranger = app.person("khac").await;
    app.edition(&stranger, "khac").await;
    app.post("/editions/khac/applications").by(&stranger).json(&apply).send().await.refused(404, "not_found");
    // A member that does the same acts for itself.
    let (_, organisation, member) = linked(&app, &owner, &organiser, "ba").await;
    let none = json!({ "organisation": organisation, "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    app.post("/editions/hoi-cho/applications").by(&member).json(&none).send().await.refused(422, "invalid");
}

async fn draft_of_a_member_is_not_withdrawn_by_staff(app: TestApp) {
    let Fair { owner, .. } = Fair::builder().build(&app).await;
    let member = app.person("mui").await;
    let body = json!({ "name": "HTX Múi", "legal_form": "co_operative", "locality": "Ba Chẽ" });
    let organisation = app.made("/organisations", &member, body).await;
    let draft = json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard" });
    let draft = app.made("/editions/hoi-cho/applications", &member, draft).await;
    let withdraw = format!("/applications/{draft}/withdraw");
    app.post(&withdraw).by(&owner).send().await.refused(404, "not_found");
    app.post(&withdraw).by(&member).send().await.expect(200);
}

async fn possible_duplicates_are_shown_and_nothing_joins_by_itself(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = |name: &str, code: Value, contact: Value| {
        let place = "Ba Chẽ";
        json!({ "name": name, "legal_form": "co_operative", "locality": place, "tax_code": code, "contacts": [contact] })
    };
    let first = record(
        "HTX A",
        json!(KNOWN_CODE),
        json!({ "name": "Múi", "phone": "0912 345 678", "email": "mui@example.vn" }),
    );
    let first = app.made(&records, &owner, first).await;
    for (name, code, contact) in [
        ("HTX B", json!(KNOWN_CODE), json!({ "name": "Lan", "zalo": "+84 912 345 678" })),
        ("HTX C", Value::Null, json!({ "name": "Lan", "email": "MUI@example.vn" })),
        ("HTX D", Value::Null, json!({ "name": "Lan", "phone": "0988 111 222" })),
    ] {
        app.made(&records, &owner, record(name, code, contact)).await;
    }
    let found = app.get(&format!("{records}/{first}/duplicates")).by(&owner).send().await.expect(200);
    let shown: Vec<(Value, Value)> =
        found["items"].as_array().unwrap().iter().map(|d| (d["name"].clone(), d["same"].clone())).collect();
    let expected = [(json!("HTX B"), json!(["tax_code", "phone"])), (json!("HTX C"), json!(["email"]))];
    assert_eq!(shown, expected);
    // A list pages through all records by name, and a search through all matches.
    let mut seen = Vec::new();
    for query in ["limit=3", "limit=3&q=htx"] {
        let mut at = format!("{records}?{query}");
        let mut names = Vec::new();
        loop {
            let page = app.get(&at).by(&owner).send().await.expect(200);
            names.extend(page["items"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            at = format!("{records}?{query}&cursor={cursor}");
        }
        assert_eq!(names.len(), 4, "{query}");
        seen.push(names.into_iter().collect::<BTreeSet<_>>());
    }
    assert_eq!(seen[0], seen[1]);
}

async fn tax_code_counts_once_staff_has_seen_a_paper(app: TestApp) {
    let claim = async |name: &str| {
        let token = app.person(name).await;
        let body = json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality": "Ba Chẽ", "tax_code": KNOWN_CODE });
        (app.made("/organisations", &token, body).await, token)
    };
    let ((first, token), (second, _)) = (claim("mot").await, claim("hai").await);
    let admin = app.person("admin").await;
    let verify = |id: &str| format!("/organisations/{id}/tax-code-verification");
    let paper = json!({ "tax_code": KNOWN_CODE, "paper": "Giấy chứng nhận đăng ký HTX" });
    app.put(&verify(&first)).by(&admin).json(&paper).send().await.refused(404, "not_found");
    let grant = |tx: &mut hoicho_core::db::Tx<'_>| {
        hoicho_web::identity::store::grant_admin(tx, "admin@example.vn").map_err(hoicho_core::db::DatabaseError::from)
    };
    assert!(app.db.write_blocking(grant).unwrap());
    let other = json!({ "tax_code": "0300588569", "paper": "Giấy chứng nhận" });
    app.put(&verify(&first)).by(&admin).json(&other).send().await.refused(422, "invalid");
    app.put(&verify(&first)).by(&admin).json(&paper).send().await.expect(200);
    assert_eq!(
        app.get(&format!("/organisations/{first}")).by(&token).send().await.expect(200)["is_tax_code_verified"],
        true
    );
    app.put(&verify(&second)).by(&admin).json(&paper).send().await.refused(409, "already_exists");
    // Another code is not verified.
    let path = format!("/organisations/{first}");
    let tag = app.get(&path).by(&token).send().await.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let change = json!({ "tax_code": "0300588569" });
    let changed = app.patch(&path).by(&token).header("if-match", &tag).json(&change).send().await.expect(200);
    assert_eq!(changed["is_tax_code_verified"], false);
    app.put(&verify(&second)).by(&admin).json(&paper).send().await.expect(200);
    app.delete(&verify(&second)).by(&admin).send().await.expect(200);
}

async fn contacts_of_records_are_personal_data(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().build(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = json!({ "name": "HTX A", "legal_form": "co_operative", "locality": "Ba Chẽ",
        "contacts": [{ "name": "Chị Lan", "phone": "0912 345 678", "email": "lan@example.vn" }] });
    let record = app.made(&records, &owner, record).await;
    let invited = json!({ "email": "lan@example.vn" });
    app.post(&format!("{records}/{record}/link")).by(&owner).json(&invited).send().await.expect(202);
    let lan = app.person("lan").await;
    let data = app.get("/me/personal-data").by(&lan).send().await.expect(200);
    assert_eq!((&data["contacts"][0]["exhibitor"], &data["contacts"][0]["name"]), (&json!(record), &json!("Chị Lan")));
    assert_eq!(data["invitations"][0]["exhibitor"], json!(record));
    let erase = json!({ "password": crate::support::PASSWORD });
    app.put("/me/erasure").by(&lan).json(&erase).send().await.expect(204);
    let left = app.get(&format!("{records}/{record}")).by(&owner).send().await.expect(200);
    assert_eq!(left["contacts"], json!([]));
    assert!(names(&app, &owner, &records, "0912 345").await.is_empty());
    let link = app.get(&format!("{records}/{record}/link")).by(&owner).send().await.expect(200);
    assert_eq!(link["invitations"], json!([]));
}

crate::on_both!(
    organiser_works_with_sixty_exhibitors_and_opens_no_account,
    link_is_confirmed_by_the_organisation_and_ending_it_closes_what_it_opened,
    merge_moves_everything_and_a_split_returns_exactly_that,
    staff_acts_on_behalf_and_the_audit_log_says_so,
    draft_of_a_member_is_not_withdrawn_by_staff,
    possible_duplicates_are_shown_and_nothing_joins_by_itself,
    tax_code_counts_once_staff_has_seen_a_paper,
    contacts_of_records_are_personal_data,
);
