//! Table import of the five example files that docs/imports.md describes.
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    fair::{Fair, FairBuilder},
};

const BOOTHS: &[u8] = include_bytes!("spreadsheets/gian-hang.xlsx");
const EXHIBITORS: &[u8] = include_bytes!("spreadsheets/don-vi.txt");
const PRODUCTS: &[u8] = include_bytes!("spreadsheets/san-pham.xlsx");
const SALES: &[u8] = include_bytes!("spreadsheets/doanh-thu.xlsx");
const VISITS: &[u8] = include_bytes!("spreadsheets/luot-khach.csv");

/// Three exhibitors with the booths A01 to A03.
fn builder() -> FairBuilder {
    Fair::builder().exhibitors((0..3).map(|n| format!("htx{n}"))).confirmed(3)
}

async fn sent(app: &TestApp, owner: &str, kind: &str, file: &'static [u8]) -> Value {
    let at = format!("/editions/hoi-cho/imports?kind={kind}");
    app.post(&at).by(owner).file("application/octet-stream", file).send().await.expect(201)
}

fn place(import: &Value) -> String {
    format!("/editions/hoi-cho/imports/{}", import["id"].as_str().unwrap())
}

/// Uploads, checks and applies a table with detected columns; returns the outcome.
async fn at_first_try(app: &TestApp, owner: &str, kind: &str, file: &'static [u8]) -> Value {
    let import = sent(app, owner, kind, file).await;
    assert_eq!(import["missing"], json!([]), "{import}");
    let checked = app.post(&format!("{}/check", place(&import))).by(owner).send().await.expect(200);
    assert_eq!((&checked["state"], &checked["outcome"]["faults"]), (&json!("checked"), &json!([])), "{checked}");
    let all = json!({ "mode": "all" });
    let taken = app.post(&format!("{}/apply", place(&import))).by(owner).json(&all).send().await.expect(200);
    assert_eq!(taken["state"], "applied", "{taken}");
    assert_eq!(taken["outcome"], checked["outcome"], "the dry run said what would be");
    app.post(&format!("{}/apply", place(&import))).by(owner).json(&all).send().await.refused(409, "illegal_step");
    taken["outcome"].clone()
}

async fn booth_import_reads_title_rows_merged_cells_and_a_total(app: TestApp) {
    let Fair { owner, .. } = builder().build(&app).await;
    for (code, name) in [("AT", "Khu ẩm thực")] {
        let zone = json!({ "code": code, "name": name });
        app.post("/editions/hoi-cho/zones").by(&owner).json(&zone).send().await.expect(201);
    }
    let outcome = at_first_try(&app, &owner, "booths", BOOTHS).await;
    assert_eq!((&outcome["rows"], &outcome["added"], &outcome["totals"]), (&json!(5), &json!(5), &json!([])));
    let booths = app.get("/editions/hoi-cho/booths?limit=500").send().await.expect(200);
    let shown: Vec<String> = booths["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|b| !b["code"].as_str().unwrap().starts_with('A'))
        .map(|b| {
            format!("{} {} {} {} {}", b["code"], b["category"], b["area_dm2"], b["fee"], b["has_power"])
                .replace('"', "")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "K01 standard 900 1500000 true",
            "K02 standard 900 1500000 false",
            "K03 corner 900 2000000 true",
            "M01 standard 900 1200000 true",
            "M02 special_build 3600 12000000 true",
        ]
    );
}

async fn exhibitor_import_reads_unicode_text_and_restores_leading_zeros(app: TestApp) {
    let Fair { owner, organiser, .. } = builder().build(&app).await;
    let outcome = at_first_try(&app, &owner, "exhibitors", EXHIBITORS).await;
    assert_eq!((&outcome["rows"], &outcome["added"]), (&json!(5), &json!(5)));
    let all = app.get("/editions/hoi-cho/applications?limit=500").by(&owner).send().await.expect(200);
    let mut shown = Vec::new();
    for application in all["items"].as_array().unwrap() {
        let exhibitor = application["exhibitor"].as_str().unwrap();
        let e = app.get(&format!("/organisers/{organiser}/exhibitors/{exhibitor}")).by(&owner).send().await.expect(200);
        let line = format!("{} {} {} {}", e["name"], e["legal_form"], e["tax_code"], application["booths_wanted"]);
        shown.push(line.replace('"', ""));
    }
    shown.retain(|line| !line.contains("HTX htx"));
    shown.sort();
    assert_eq!(
        shown,
        [
            "Cty TNHH Chè Hải Hà enterprise 0100109106 1",
            "HTX Nông nghiệp Đầm Hà co_operative 0300588569 2",
            "Hộ kinh doanh \\Cô Ba\\ household_business null 1",
            "THT nuôi ong Ba Chẽ co_operative_group null 1",
            "Tổng công ty Đông Bắc enterprise 0101248141 4",
        ]
    );
}

async fn product_import_reads_the_second_sheet_and_all_date_formats(app: TestApp) {
    let Fair { owner, .. } = builder().build(&app).await;
    let outcome = at_first_try(&app, &owner, "products", PRODUCTS).await;
    assert_eq!((&outcome["rows"], &outcome["added"]), (&json!(6), &json!(6)));
    let there = app.get("/editions/hoi-cho/exhibitors?include=products").send().await.expect(200);
    let mut shown: Vec<String> = there["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|e| e["products"].as_array().unwrap().iter().map(|p| (e["name"].clone(), p.clone())))
        .map(|(of, p)| {
            format!("{of} {} {} {} {}", p["name"], p["product_group"], p["stars"], p["certificate_expires_on"])
                .replace('"', "")
        })
        .collect();
    shown.sort();
    assert_eq!(
        shown,
        [
            "HTX htx0 Miến dong Bình Liêu food 4 2027-12-31",
            "HTX htx0 Rượu ba kích beverages null null",
            "HTX htx0 Trà hoa vàng beverages 4 2027-12-31",
            "HTX htx1 Mật ong rừng food 3 2028-06-30",
            "HTX htx1 Nón lá handicrafts 3 2028-06-30",
            "HTX htx2 Tour làng nghề tourism 5 2028-06-30",
        ]
    );
}

async fn sales_import_reads_millions_by_day_and_reports_a_wrong_total(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    let outcome = at_first_try(&app, &owner, "sales", SALES).await;
    // A dash is a nil report, a blank cell is no report.
    assert_eq!((&outcome["rows"], &outcome["added"]), (&json!(8), &json!(8)));
    assert_eq!(outcome["totals"], json!([{ "row": 9, "stated": 57_807_000, "computed": 57_432_000 }]));
    let reports = app.get("/editions/hoi-cho/sales-reports?limit=500").by(&owner).send().await.expect(200);
    let mut shown: Vec<(String, i64)> = reports["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["day"].as_str().unwrap().to_owned(), r["amount"].as_i64().unwrap()))
        .collect();
    shown.sort();
    let day = |d: u32| format!("2026-03-0{d}");
    assert_eq!(
        shown,
        [
            (day(1), 0),
            (day(1), 5_000_000),
            (day(1), 12_500_000),
            (day(2), 6_000_000),
            (day(2), 7_250_000),
            (day(2), 9_557_000),
            (day(3), 7_125_000),
            (day(3), 10_000_000),
        ]
    );
}

async fn visit_import_carries_the_day_down_and_skips_totals(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    for name in ["Cổng chính", "Cổng phụ"] {
        app.made("/editions/hoi-cho/gates", &owner, json!({ "name": name })).await;
    }
    let outcome = at_first_try(&app, &owner, "visits", VISITS).await;
    assert_eq!((&outcome["rows"], &outcome["added"], &outcome["totals"]), (&json!(5), &json!(5), &json!([])));
    let counts = app.get("/editions/hoi-cho/visit-counts").by(&owner).send().await.expect(200);
    let sum: i64 = counts["items"].as_array().unwrap().iter().map(|c| c["entries"].as_i64().unwrap()).sum();
    assert_eq!(sum, 5_205);
    // A repeated import counts nothing twice.
    let again = sent(&app, &owner, "visits", VISITS).await;
    let all = json!({ "mode": "all" });
    let taken = app.post(&format!("{}/apply", place(&again))).by(&owner).json(&all).send().await.expect(200);
    assert_eq!((&taken["outcome"]["added"], &taken["outcome"]["unchanged"]), (&json!(0), &json!(5)));
}

async fn import_reports_all_bad_rows_and_can_apply_the_good_ones(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    let table = "Gian;Ngày;Doanh thu\nA01;01/03/2026;1.000.000\nZ99;01/03/2026;5\nA02;31/02/2026;5\n\
                 A03;01/03/2026;nhiều\nA02;01/03/2026;=1+1\nA03;04/03/2026;7\n";
    let import = sent(&app, &owner, "sales", table.as_bytes()).await;
    let at = place(&import);
    let nothing = async || {
        let reports = app.get("/editions/hoi-cho/sales-reports").by(&owner).send().await.expect(200);
        assert_eq!(reports["items"], json!([]));
    };
    let checked = app.post(&format!("{at}/check")).by(&owner).send().await.expect(200);
    nothing().await;
    let faults: Vec<String> = checked["outcome"]["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| format!("{} {} {}", f["row"], f["field"], f["code"]).replace('"', ""))
        .collect();
    assert_eq!(
        faults,
        ["3 booth unknown", "4 day date", "5 amount number", "6 amount number", "7 day not_an_opening_day"]
    );
    assert_eq!((&checked["outcome"]["bad_rows"], &checked["outcome"]["added"]), (&json!(5), &json!(1)));
    let apply = async |mode: &str| {
        app.post(&format!("{at}/apply")).by(&owner).json(&json!({ "mode": mode })).send().await.expect(200)
    };
    let refused = apply("all").await;
    assert_eq!((&refused["state"], &refused["outcome"]["bad_rows"]), (&json!("checked"), &json!(5)));
    nothing().await;
    assert_eq!(apply("good_rows").await["outcome"]["added"], 1);
    let bad = app.get(&format!("{at}/bad-rows")).by(&owner).header("accept-language", "en").send().await;
    let bad = String::from_utf8(bad.body).unwrap();
    assert_eq!(bad.lines().count(), 6, "{bad}");
    assert!(bad.starts_with('\u{feff}') && bad.contains("no booth has this code") && bad.contains("'=1+1"), "{bad}");
}

async fn import_remembers_the_column_mapping(app: TestApp) {
    let Fair { owner, .. } = builder().state("live").build(&app).await;
    let table = "Chỗ;Hôm;Thu được\nA01;01/03/2026;1.000.000\n";
    let import = sent(&app, &owner, "sales", table.as_bytes()).await;
    assert_eq!(import["missing"], json!(["booth", "day", "amount"]));
    // No row has known titles.
    assert_eq!(
        (&import["header_row"], &import["columns"][2]["samples"]),
        (&json!(0), &json!(["Thu được", "1.000.000"]))
    );
    app.post(&format!("{}/check", place(&import))).by(&owner).send().await.refused(422, "invalid");
    let at = format!("{}/mapping", place(&import));
    for bad in [json!({ "booth": "1" }), json!({ "money": "A" }), json!({ "booth": "AAAA" })] {
        let body = json!({ "columns": bad });
        app.put(&at).by(&owner).json(&body).send().await.refused(422, "invalid");
    }
    let said = json!({ "columns": { "booth": "A", "day": "B", "amount": "C" }, "header_row": 1, "remember": true });
    let mapped = app.put(&at).by(&owner).json(&said).send().await.expect(200);
    assert_eq!((&mapped["missing"], &mapped["columns"][2]["field"]), (&json!([]), &json!("amount")));
    assert_eq!(mapped["columns"][2]["title"], "Thu được");
    let checked = app.post(&format!("{}/check", place(&import))).by(&owner).send().await.expect(200);
    assert_eq!(checked["outcome"]["added"], 1);
    let again = sent(&app, &owner, "sales", table.as_bytes()).await;
    assert_eq!(again["missing"], json!([]), "it is remembered");
    // The mapping of another organiser is not used.
    let other = app.person("other").await;
    app.edition(&other, "ky-khac").await;
    let theirs =
        app.post("/editions/ky-khac/imports?kind=sales").by(&other).file("text/csv", table.as_bytes()).send().await;
    assert_eq!(theirs.expect(201)["missing"], json!(["booth", "day", "amount"]));
    app.get(&place(&import)).by(&other).send().await.refused(403, "forbidden");
}

crate::on_both!(
    booth_import_reads_title_rows_merged_cells_and_a_total,
    exhibitor_import_reads_unicode_text_and_restores_leading_zeros,
    product_import_reads_the_second_sheet_and_all_date_formats,
    sales_import_reads_millions_by_day_and_reports_a_wrong_total,
    visit_import_carries_the_day_down_and_skips_totals,
    import_reports_all_bad_rows_and_can_apply_the_good_ones,
    import_remembers_the_column_mapping,
);

#[actix_web::test]
async fn import_rejects_files_that_are_no_table() {
    let app = TestApp::sqlite().await;
    let Fair { owner, .. } = builder().build(&app).await;
    let send = async |file: &'static [u8]| {
        app.post("/editions/hoi-cho/imports?kind=sales").by(&owner).file("text/csv", file).send().await
    };
    for file in [b"".as_slice(), b"\n\n", b"PK\x03\x04junk", b"\xff\xfe\x00", b"Gian,\xff\xff"] {
        send(file).await.refused(422, "invalid");
    }
}
