//! An applied import is undone as one step, while nothing else has changed what it made.
use diesel::prelude::*;
use hoicho_core::db::schema::application_products;
use hoicho_web::http::Problem;
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    fair::{Fair, FairBuilder},
};

/// Three exhibitors with the booths A01 to A03.
fn builder() -> FairBuilder {
    Fair::builder().exhibitors((0..3).map(|n| format!("htx{n}"))).confirmed(3)
}

/// Uploads and applies a table; returns the path of the import.
async fn applied(app: &TestApp, owner: &str, kind: &str, table: &str) -> String {
    let at = format!("/editions/hoi-cho/imports?kind={kind}");
    let sent = app.post(&at).by(owner).bytes(table.to_owned()).header("content-type", "application/octet-stream");
    let import = sent.send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}", import["id"].as_str().unwrap());
    let all = json!({ "mode": "all", "accept_warnings": true });
    let taken = app.post(&format!("{at}/apply")).by(owner).json(&all).send().await.expect(200);
    assert_eq!(taken["state"], "applied", "{taken}");
    at
}

async fn undo(app: &TestApp, owner: &str, import: &str) {
    let undone = app.post(&format!("{import}/undo")).by(owner).send().await.expect(200);
    assert_eq!(undone["state"], "undone");
    app.post(&format!("{import}/undo")).by(owner).send().await.refused(409, "illegal_step");
}

/// The import cannot be undone, and the answer names what has changed.
async fn refused(app: &TestApp, owner: &str, import: &str, names: &[&str]) {
    let answer = app.post(&format!("{import}/undo")).by(owner).send().await.refused(409, "illegal_step");
    let detail = answer["detail"].as_str().unwrap();
    assert!(names.iter().all(|name| detail.contains(name)), "{detail}");
    let import = app.get(import).by(owner).send().await.expect(200);
    assert_eq!(import["state"], "applied");
}

/// What the organiser sees of these lists.
async fn seen(app: &TestApp, owner: &str, lists: &[&str]) -> Vec<Value> {
    let mut seen = Vec::new();
    for list in lists {
        seen.push(app.get(list).by(owner).send().await.expect(200)["items"].clone());
    }
    seen
}

const BOOTHS: &str = "Mã gian;Khu;Diện tích;Phí\nK1;OCOP;9;0\nK2;OCOP;9;0\nK10;OCOP;9;0\n";

async fn undone_booths_are_gone(app: TestApp) {
    let Fair { owner, organiser, .. } = builder().build(&app).await;
    let lists = ["/editions/hoi-cho/booths?limit=500"];
    let before = seen(&app, &owner, &lists).await;
    let import = applied(&app, &owner, "booths", BOOTHS).await;
    assert_ne!(seen(&app, &owner, &lists).await, before);
    undo(&app, &owner, &import).await;
    assert_eq!(seen(&app, &owner, &lists).await, before);
    let log = app.get(&format!("/audit-log?organiser={organiser}")).by(&owner).send().await.expect(200);
    assert_eq!((&log["items"][0]["action"], &log["items"][0]["before"]), (&json!("import.undo"), &json!(3)));
    // The file can be corrected and sent again.
    applied(&app, &owner, "booths", BOOTHS).await;
}

async fn booths_that_were_changed_or_used_since_are_named(app: TestApp) {
    let fair = builder().build(&app).await;
    let Fair { owner, .. } = &fair;
    let import = applied(&app, owner, "booths", BOOTHS).await;
    let booths = app.get("/editions/hoi-cho/booths?limit=500").by(owner).send().await.expect(200);
    let find = |code: &str| {
        let all = booths["items"].as_array().unwrap();
        all.iter().find(|booth| booth["code"] == code).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let change = json!({ "fee": 5 });
    let at = format!("/editions/hoi-cho/booths/{}", find("K2"));
    app.patch(&at).by(owner).header("if-match", "\"v1\"").json(&change).send().await.expect(200);
    let hold = json!({ "application": fair.exhibitors[0].application, "booths": [find("K10")], "allow_apart": true });
    app.post("/editions/hoi-cho/allocations").by(owner).json(&hold).send().await.expect(201);
    refused(&app, owner, &import, &["K2", "K10"]).await;
    // One that was deleted since is no obstacle.
    let other = applied(&app, owner, "booths", "Mã gian;Khu;Diện tích;Phí\nM1;OCOP;9;0\nM2;OCOP;9;0\n").await;
    let booths = app.get("/editions/hoi-cho/booths?limit=500").by(owner).send().await.expect(200);
    let m1 = booths["items"].as_array().unwrap().iter().find(|booth| booth["code"] == "M1").unwrap()["id"].clone();
    let at = format!("/editions/hoi-cho/booths/{}", m1.as_str().unwrap());
    app.delete(&at).by(owner).header("if-match", "\"v1\"").send().await.expect(204);
    undo(&app, owner, &other).await;
    let left = app.get("/editions/hoi-cho/booths?limit=500").by(owner).send().await.expect(200);
    assert!(left["items"].as_array().unwrap().iter().all(|booth| !booth["code"].as_str().unwrap().starts_with('M')));
}

const EXHIBITORS: &str = "Tên đơn vị;Loại hình;Gian mong muốn;Điện thoại\n\
    HTX Ba Chẽ;HTX;A04, A05;0912345678\nHTX Tiên Yên;HTX;Khu OCOP;0912345679\nHTX htx1;HTX;;0912345670\n";

fn exhibitor_lists(organiser: &str, known: &str) -> [String; 3] {
    [
        format!("/organisers/{organiser}/exhibitors?limit=500"),
        format!("/organisers/{organiser}/exhibitors/{known}/contacts"),
        "/editions/hoi-cho/applications?limit=500".to_owned(),
    ]
}

async fn undone_exhibitors_are_gone_with_their_applications_and_contacts(app: TestApp) {
    let Fair { owner, organiser, exhibitors, .. } = builder().build(&app).await;
    let lists = exhibitor_lists(&organiser, &exhibitors[1].id);
    let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
    let before = seen(&app, &owner, &lists).await;
    let search = format!("/organisers/{organiser}/exhibitors?q=0912345670");
    let import = applied(&app, &owner, "exhibitors", EXHIBITORS).await;
    let after = seen(&app, &owner, &lists).await;
    assert_eq!(after.iter().map(|list| list.as_array().unwrap().len()).collect::<Vec<_>>(), [5, 1, 5]);
    let wanted = after[2].as_array().unwrap().iter().filter(|a| a["booths_wanted"] == 2).count();
    assert_eq!(wanted, 1, "two booths are wished for");
    assert_eq!(seen(&app, &owner, &[&search]).await[0].as_array().unwrap().len(), 1);
    undo(&app, &owner, &import).await;
    assert_eq!(seen(&app, &owner, &lists).await, before);
    assert_eq!(seen(&app, &owner, &[&search]).await, [json!([])]);
}

async fn exhibitors_that_were_changed_or_used_since_are_named(app: TestApp) {
    let fair = builder().build(&app).await;
    let Fair { owner, organiser, .. } = &fair;
    let find = async |name: &str| {
        let all = app.get(&format!("/organisers/{organiser}/exhibitors?limit=500")).by(owner).send().await.expect(200);
        let found = all["items"].as_array().unwrap().iter().find(|record| record["name"] == name).unwrap().clone();
        found["id"].as_str().unwrap().to_owned()
    };
    let import = applied(&app, owner, "exhibitors", EXHIBITORS).await;
    // A tag of a record that the import created.
    let record = find("HTX Ba Chẽ").await;
    let at = format!("/organisers/{organiser}/exhibitors/{record}");
    let tags = json!({ "tags": ["mới"] });
    app.patch(&at).by(owner).header("if-match", "\"v1\"").json(&tags).send().await.expect(200);
    refused(&app, owner, &import, &["HTX Ba Chẽ"]).await;
    // A booth of an application that the import created.
    let import = applied(&app, owner, "exhibitors", "Tên đơn vị;Loại hình\nHTX Cô Tô;HTX\n").await;
    let record = find("HTX Cô Tô").await;
    let all = app.get("/editions/hoi-cho/applications?limit=500").by(owner).send().await.expect(200);
    let application = all["items"].as_array().unwrap().iter().find(|a| a["exhibitor"] == record.as_str()).unwrap();
    let hold = json!({ "application": application["id"], "booths": [fair.booth(5)] });
    app.post("/editions/hoi-cho/allocations").by(owner).json(&hold).send().await.expect(201);
    refused(&app, owner, &import, &["HTX Cô Tô"]).await;
    // A contact that the import added to a record that existed.
    let table = "Tên đơn vị;Loại hình;Điện thoại\nHTX htx2;HTX;0912345671\n";
    let import = applied(&app, owner, "exhibitors", table).await;
    let at = format!("/organisers/{organiser}/exhibitors/{}/contacts", fair.exhibitors[2].id);
    let contacts = app.get(&at).by(owner).send().await;
    let version = contacts.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let mut contacts = contacts.expect(200)["items"].clone();
    contacts[0]["name"] = json!("Chị Lan");
    app.put(&at).by(owner).header("if-match", &version).json(&contacts).send().await.expect(200);
    refused(&app, owner, &import, &["HTX htx2"]).await;
}

async fn merged_exhibitors_are_named(app: TestApp) {
    let Fair { owner, organiser, exhibitors, .. } = builder().build(&app).await;
    let import = applied(&app, &owner, "exhibitors", "Tên đơn vị;Loại hình;Số gian\nHTX Ba Chẽ;HTX;0\n").await;
    let all = app.get(&format!("/organisers/{organiser}/exhibitors?limit=500")).by(&owner).send().await.expect(200);
    let new = all["items"].as_array().unwrap().iter().find(|record| record["name"] == "HTX Ba Chẽ").unwrap();
    let at = format!("/organisers/{organiser}/exhibitors/{}/merge", exhibitors[0].id);
    app.post(&at).by(&owner).json(&json!({ "exhibitor": new["id"] })).send().await.expect(200);
    refused(&app, &owner, &import, &["HTX Ba Chẽ"]).await;
}

const PRODUCTS: &str = "Đơn vị;Tên sản phẩm;Nhóm\nHTX htx0;Miến dong;Thực phẩm\nHTX htx0;Trà hoa vàng;Đồ uống\n\
    HTX htx1;Nón lá;Thủ công\n";

async fn undone_products_are_gone_and_changed_ones_are_named(app: TestApp) {
    let Fair { owner, .. } = builder().build(&app).await;
    let lists = ["/editions/hoi-cho/exhibitors?include=products"];
    let before = seen(&app, &owner, &lists).await;
    let import = applied(&app, &owner, "products", PRODUCTS).await;
    assert_ne!(seen(&app, &owner, &lists).await, before);
    undo(&app, &owner, &import).await;
    assert_eq!(seen(&app, &owner, &lists).await, before);
    // Products of a submitted application change in no other way than by a later correction of the program itself.
    let import = applied(&app, &owner, "products", PRODUCTS).await;
    let renamed = app.db.write(|tx| {
        let imported = application_products::table.filter(application_products::name.eq("Nón lá"));
        diesel::update(imported).set(application_products::name.eq("Mật ong")).execute(tx.conn()).map_err(Problem::from)
    });
    assert_eq!(renamed.await.unwrap(), 1);
    refused(&app, &owner, &import, &["Mật ong"]).await;
}

async fn undone_sales_are_as_before_and_every_version_stays_readable(app: TestApp) {
    let fair = builder().state("live").build(&app).await;
    let Fair { owner, .. } = &fair;
    let report = |booth: usize| format!("/booths/{}/sales-reports/2026-03-01", fair.booth(booth));
    let line = json!({ "product_group": "food", "amount": 6_000_000 });
    let content = json!({ "amount": 6_000_000, "ocop_amount": 0, "lines": [line] });
    let by = &fair.exhibitors[0].token;
    app.put(&report(0)).by(by).json(&content).send().await.expect(201);
    let question = json!({ "reason": "Có đúng không?" });
    app.post(&format!("{}/query", report(0))).by(owner).json(&question).send().await.expect(200);
    let read = async || {
        let mut shown = app.get(&report(0)).by(owner).send().await.expect(200);
        let history = shown["history"].take();
        (shown["state"].take(), shown["amount"].take(), shown["note"].take(), shown["lines"].take(), history)
    };
    let before = read().await;
    let statistics =
        async || app.get("/editions/hoi-cho/statistics").by(owner).send().await.expect(200)["sales"].clone();
    let sales_before = statistics().await;
    let table = "Gian;Ngày;Doanh thu;Lý do\nA01;01/03/2026;7000000;Nhầm\nA02;01/03/2026;8000000;\n";
    let import = applied(&app, owner, "sales", table).await;
    assert_eq!(read().await.1, 7_000_000);
    undo(&app, owner, &import).await;
    let after = read().await;
    assert_eq!((&after.0, &after.1, &after.2, &after.3), (&before.0, &before.1, &before.2, &before.3));
    let amounts: Vec<i64> =
        after.4.as_array().unwrap().iter().map(|version| version["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [6_000_000, 7_000_000, 6_000_000], "{}", after.4);
    app.get(&report(1)).by(owner).send().await.refused(404, "not_found");
    assert_eq!(statistics().await, sales_before);
}

async fn sales_that_were_reviewed_or_corrected_since_are_named(app: TestApp) {
    let fair = builder().state("live").build(&app).await;
    let Fair { owner, .. } = &fair;
    let table = "Gian;Ngày;Doanh thu\nA01;01/03/2026;7000000\nA02;01/03/2026;8000000\n";
    let import = applied(&app, owner, "sales", table).await;
    let at = format!("/booths/{}/sales-reports/2026-03-01/accept", fair.booth(1));
    app.post(&at).by(owner).send().await.expect(200);
    refused(&app, owner, &import, &["A02 01/03/2026"]).await;
    let reports = app.get("/editions/hoi-cho/sales-reports").by(owner).send().await.expect(200);
    assert_eq!(reports["items"].as_array().unwrap().len(), 2, "nothing was undone");
}

async fn undone_counts_are_gone_and_adjusted_ones_are_named(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    let gate = app.made("/editions/hoi-cho/gates", &owner, json!({ "name": "Cổng chính" })).await;
    let lists = ["/editions/hoi-cho/visit-counts"];
    let before = seen(&app, &owner, &lists).await;
    let table = "Ngày;Giờ;Lượt khách\n01/03/2026;8h;100\n01/03/2026;8h30;50\n02/03/2026;9h;70\n";
    let import = applied(&app, &owner, "visits", table).await;
    assert_ne!(seen(&app, &owner, &lists).await, before);
    undo(&app, &owner, &import).await;
    assert_eq!(seen(&app, &owner, &lists).await, before);
    let import = applied(&app, &owner, "visits", table).await;
    let correction = json!({ "gate": gate, "day": "2026-03-02", "entries": -10, "reason": "Đếm nhầm" });
    app.post("/editions/hoi-cho/visit-corrections").by(&owner).json(&correction).send().await.expect(200);
    refused(&app, &owner, &import, &["Cổng chính 02/03/2026"]).await;
}

/// What an import did not make is not touched: rows that were in the edition already, and those of another import.
async fn undo_leaves_what_another_import_made(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    let first = applied(&app, &owner, "sales", "Gian;Ngày;Doanh thu\nA01;01/03/2026;7000000\n").await;
    let both = "Gian;Ngày;Doanh thu\nA01;01/03/2026;7000000\nA02;01/03/2026;8000000\n";
    let second = applied(&app, &owner, "sales", both).await;
    undo(&app, &owner, &second).await;
    let reports = app.get("/editions/hoi-cho/sales-reports").by(&owner).send().await.expect(200);
    let codes: Vec<&Value> = reports["items"].as_array().unwrap().iter().map(|report| &report["booth_code"]).collect();
    assert_eq!(codes, ["A01"]);
    undo(&app, &owner, &first).await;
    let listed = app.get("/editions/hoi-cho/imports").by(&owner).send().await.expect(200);
    let states: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|import| &import["state"]).collect();
    assert_eq!(states, ["undone", "undone"]);
}

async fn import_that_was_not_applied_cannot_be_undone(app: TestApp) {
    let Fair { owner, .. } = builder().build(&app).await;
    let sent = app.post("/editions/hoi-cho/imports?kind=booths").by(&owner).file("text/csv", BOOTHS.as_bytes());
    let import = sent.send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}", import["id"].as_str().unwrap());
    app.post(&format!("{at}/check")).by(&owner).send().await.expect(200);
    app.post(&format!("{at}/undo")).by(&owner).send().await.refused(409, "illegal_step");
}

crate::on_both!(
    undone_booths_are_gone,
    booths_that_were_changed_or_used_since_are_named,
    undone_exhibitors_are_gone_with_their_applications_and_contacts,
    exhibitors_that_were_changed_or_used_since_are_named,
    merged_exhibitors_are_named,
    undone_products_are_gone_and_changed_ones_are_named,
    undone_sales_are_as_before_and_every_version_stays_readable,
    sales_that_were_reviewed_or_corrected_since_are_named,
    undone_counts_are_gone_and_adjusted_ones_are_named,
    undo_leaves_what_another_import_made,
    import_that_was_not_applied_cannot_be_undone,
);
