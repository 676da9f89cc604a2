//! An application belongs to its exhibitor until it is submitted: for the organiser's staff it does not exist, by whichever way they
//! look, and what they enter does not reach it.
use diesel::prelude::*;
use hoicho_core::db::schema::audit_log;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

const CODE: &str = "0100109106";

/// A member with a draft that has a product, a need and a paper: access token, organisation, application, document.
async fn draft(app: &TestApp) -> (String, String, String, String) {
    let member = app.person("mui").await;
    let body = json!({ "name": "HTX Kín Đáo", "legal_form": "co_operative", "locality": "Đầm Hà", "tax_code": CODE });
    let organisation = app.made("/organisations", &member, body).await;
    let asked = json!({
        "organisation": organisation, "booths_wanted": 1, "category": "standard", "needs": "Cần yên tĩnh",
        "declared_products": [{ "name": "Miến chưa công bố", "product_group": "food" }],
    });
    let application = app.made("/editions/hoi-cho/applications", &member, asked).await;
    let upload = format!("/applications/{application}/documents?kind=food_safety&file_name=giay.pdf");
    let document = app.post(&upload).by(&member).file("application/pdf", b"%PDF-1.7\n").send().await.expect(201);
    (member, organisation, application, document["id"].as_str().unwrap().to_owned())
}

/// Every answer that staff gets about an edition and its exhibitors.
async fn everything(app: &TestApp, owner: &str, organiser: &str) -> String {
    let paths = [
        "/editions/hoi-cho/applications?limit=500".to_owned(),
        "/editions/hoi-cho/waiting-list".to_owned(),
        "/editions/hoi-cho/archive".to_owned(),
        "/editions/hoi-cho/statistics".to_owned(),
        "/editions/hoi-cho/unfinished".to_owned(),
        "/editions/hoi-cho/exhibitors?include=products".to_owned(),
        "/editions/hoi-cho/reports/exhibitors".to_owned(),
        "/editions/hoi-cho/tables/exhibitors".to_owned(),
        "/editions/hoi-cho/tables/products".to_owned(),
        "/editions/hoi-cho/tables/applications".to_owned(),
        format!("/organisers/{organiser}/exhibitors?limit=500"),
        format!("/organisers/{organiser}/exhibitors?q=kin"),
        format!("/organisers/{organiser}/exhibitors?q={CODE}"),
        format!("/audit-log?organiser={organiser}&limit=500"),
    ];
    let mut all = String::new();
    for path in paths {
        all += &String::from_utf8_lossy(&app.get(&path).by(owner).send().await.body);
    }
    for page in ["", "/applications", "/reports"] {
        let page = app.root(&format!("/manage/hoi-cho{page}")).by(owner).send().await;
        all += &String::from_utf8_lossy(&page.body);
    }
    all
}

async fn draft_does_not_exist_for_staff(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().exhibitors(["quen"]).confirmed(1).build(&app).await;
    let (member, organisation, application, document) = draft(&app).await;
    let hidden = ["HTX Kín Đáo", CODE, "yên tĩnh", "Miến chưa công bố", "giay.pdf"];
    let ids = [&application, &document, &organisation];
    let unseen = async |when: &str| {
        let all = everything(&app, &owner, &organiser).await;
        assert!(all.contains("HTX quen"), "{all}");
        // The search echoes what was searched in no answer, so the tax code is found only if a record has it.
        let found = hidden.iter().copied().chain(ids.iter().map(|id| id.as_str())).find(|text| all.contains(text));
        assert_eq!(found, None, "{when}");
        for path in ["", "/documents", &format!("/documents/{document}")] {
            let path = format!("/applications/{application}{path}");
            app.get(&path).by(&owner).send().await.refused(404, "not_found");
        }
        let page = app.root(&format!("/manage/hoi-cho/applications/{application}")).by(&owner).send().await;
        assert_eq!(page.status, 404, "{when}");
        let waiver = json!({ "kind": "food_safety", "reason": "Miễn" });
        let path = format!("/applications/{application}/document-waivers");
        app.post(&path).by(&owner).json(&waiver).send().await.refused(404, "not_found");
        for step in ["approve", "withdraw", "submit"] {
            let path = format!("/applications/{application}/{step}");
            app.post(&path).by(&owner).send().await.refused(404, "not_found");
        }
        app.get(&format!("/organisations/{organisation}/contacts")).by(&owner).send().await.refused(404, "not_found");
        // Streams of the edition read the log, too.
        let lines = app.db.read(|tx| {
            let of_tenants = audit_log::organiser_id.is_not_null().or(audit_log::edition_id.is_not_null());
            let lines = audit_log::table.filter(of_tenants).select((audit_log::subject, audit_log::after_json));
            lines.load::<(String, Option<String>)>(tx.conn()).map_err(hoicho_web::http::Problem::from)
        });
        let lines = format!("{:?}", lines.await.unwrap());
        assert!(ids.iter().all(|id| !lines.contains(id.as_str())), "{when}: {lines}");
    };
    unseen("a draft").await;
    app.patch_newest(&format!("/applications/{application}"), &member, json!({ "booths_wanted": 2 })).await;
    // Products of a table do not get into it.
    let table = "Đơn vị;Sản phẩm;Nhóm\nHTX Kín Đáo;Trà;beverages\n";
    let sent = app.post("/editions/hoi-cho/imports?kind=products").by(&owner).table(table).send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}/check", sent["id"].as_str().unwrap());
    let checked = app.post(&at).by(&owner).send().await.expect(200);
    assert_eq!(checked["outcome"]["added"], 0, "{checked}");
    assert_ne!(checked["outcome"]["faults"], json!([]), "{checked}");
    unseen("a changed draft").await;
    app.post(&format!("/applications/{application}/withdraw")).by(&member).send().await.expect(200);
    unseen("a draft that was withdrawn").await;
    app.get(&format!("/applications/{application}")).by(&member).send().await.expect(200);
}

async fn submitting_shows_the_application_with_its_papers(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().exhibitors(["quen"]).build(&app).await;
    let (member, organisation, application, document) = draft(&app).await;
    // The profile is that of the time of submission.
    let renamed = json!({ "name": "HTX Tên Mới" });
    app.patch_newest(&format!("/organisations/{organisation}"), &member, renamed).await;
    app.post(&format!("/applications/{application}/submit")).by(&member).send().await.expect(200);
    let shown = app.get(&format!("/applications/{application}")).by(&owner).send().await.expect(200);
    assert_eq!((&shown["state"], &shown["needs"]), (&json!("submitted"), &json!("Cần yên tĩnh")));
    let papers = app.get(&format!("/applications/{application}/documents")).by(&owner).send().await.expect(200);
    assert_eq!(papers["items"][0]["id"], json!(document));
    let records = app.get(&format!("/organisers/{organiser}/exhibitors?q=moi")).by(&owner).send().await.expect(200);
    assert_eq!((&records["items"][0]["name"], &records["items"][0]["tax_code"]), (&json!("HTX Tên Mới"), &json!(CODE)));
    app.get(&format!("/organisations/{organisation}/contacts")).by(&owner).send().await.expect(200);
    let log = app.get(&format!("/audit-log?organiser={organiser}&limit=500")).by(&owner).send().await.expect(200);
    let actions: Vec<&Value> = log["items"].as_array().unwrap().iter().map(|line| &line["action"]).collect();
    for action in ["application.step", "exhibitor.create", "exhibitor.link"] {
        assert!(actions.contains(&&json!(action)), "{action}: {actions:?}");
    }
    // Staff sees it after a withdrawal, too.
    app.post(&format!("/applications/{application}/withdraw")).by(&member).send().await.expect(200);
    app.get(&format!("/applications/{application}")).by(&owner).send().await.expect(200);
}

async fn deleted_draft_leaves_no_record(app: TestApp) {
    let Fair { organiser, .. } = Fair::builder().build(&app).await;
    let (member, organisation, application, document) = draft(&app).await;
    app.delete(&format!("/applications/{application}/documents/{document}")).by(&member).send().await.expect(204);
    let path = format!("/applications/{application}");
    app.delete(&path).by(&member).header("if-match", "\"v1\"").send().await.expect(204);
    // The organisation has no record with an organiser that would keep it.
    let product_free = format!("/organisations/{organisation}");
    app.delete(&product_free).by(&member).header("if-match", "\"v1\"").send().await.expect(204);
    assert!(!organiser.is_empty());
}

async fn invitation_followed_during_a_draft_takes_the_draft_along(app: TestApp) {
    let Fair { owner, organiser, .. } = Fair::builder().build(&app).await;
    let (member, organisation, application, _) = draft(&app).await;
    let records = format!("/organisers/{organiser}/exhibitors");
    let record = json!({ "name": "HTX trong sổ", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let record = app.made(&records, &owner, record).await;
    let email = json!({ "email": "mui@example.vn" });
    app.post(&format!("{records}/{record}/link")).by(&owner).json(&email).send().await.expect(202);
    let received = app.get("/me/link-invitations").by(&member).send().await.expect(200);
    let confirm = json!({ "invitation": received["items"][0]["id"] });
    app.post(&format!("/organisations/{organisation}/links")).by(&member).json(&confirm).send().await.expect(201);
    app.get(&format!("/applications/{application}")).by(&owner).send().await.refused(404, "not_found");
    let own = app.get(&format!("/applications/{application}")).by(&member).send().await.expect(200);
    assert_eq!(own["exhibitor"], json!(record));
    app.post(&format!("/applications/{application}/submit")).by(&member).send().await.expect(200);
    let shown = app.get(&format!("/applications/{application}")).by(&owner).send().await.expect(200);
    assert_eq!(shown["exhibitor"], json!(record));
}

async fn draft_stays_with_its_organisation_when_a_link_ends(app: TestApp) {
    let Fair { owner, organiser, exhibitors, .. } = Fair::builder().exhibitors(["quen"]).build(&app).await;
    let exhibitor = &exhibitors[0];
    // A second edition of the same organiser, for which the linked organisation drafts an application.
    let body = json!({ "organiser": organiser, "slug": "lan-hai", "name": "Hội chợ lần hai" });
    app.made("/editions", &owner, body).await;
    app.set_days(&owner, "lan-hai", &["2026-05-01"]).await;
    app.advance(&owner, "lan-hai", &["published", "registration_open"]).await;
    let asked = json!({ "organisation": exhibitor.organisation, "booths_wanted": 1, "category": "standard" });
    let draft = app.made("/editions/lan-hai/applications", &exhibitor.token, asked).await;
    let record = format!("/organisers/{organiser}/exhibitors/{}", exhibitor.id);
    let version = app.get(&record).by(&owner).send().await.expect(200)["version"].clone();
    let end = app.delete(&format!("{record}/link")).by(&owner).header("if-match", &format!("\"v{version}\""));
    assert!(end.send().await.status.is_success());
    // The members still have it, and may submit it; the organiser then has another record.
    app.get(&format!("/applications/{draft}")).by(&owner).send().await.refused(404, "not_found");
    app.get(&format!("/applications/{draft}")).by(&exhibitor.token).send().await.expect(200);
    app.get(&format!("/applications/{}", exhibitor.application))
        .by(&exhibitor.token)
        .send()
        .await
        .refused(404, "not_found");
    // Staff may apply for its own record.
    let own = json!({ "exhibitor": exhibitor.id, "booths_wanted": 1, "category": "standard" });
    app.made("/editions/lan-hai/applications", &owner, own).await;
    app.post(&format!("/applications/{draft}/submit")).by(&exhibitor.token).send().await.expect(200);
    let shown = app.get(&format!("/applications/{draft}")).by(&owner).send().await.expect(200);
    assert_ne!(shown["exhibitor"], json!(exhibitor.id));
}

crate::on_both!(
    draft_does_not_exist_for_staff,
    submitting_shows_the_application_with_its_papers,
    deleted_draft_leaves_no_record,
    invitation_followed_during_a_draft_takes_the_draft_along,
    draft_stays_with_its_organisation_when_a_link_ends,
);
