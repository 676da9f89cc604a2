//! What imported cells mean together with what stands around them: units of day columns, several booths in a cell, values for a whole
//! table, and amounts that are unusual among the others of the file.
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// A live edition with an exhibitor on A01 and one on A02, from 1 to 5 March 2026; it is the evening of the third day.
async fn live(app: &TestApp) -> Fair {
    Fair::builder().exhibitors(["htx0", "htx1"]).confirmed(2).state("live").build(app).await
}

async fn upload(app: &TestApp, owner: &str, kind: &str, table: &str) -> Value {
    let at = format!("/editions/hoi-cho/imports?kind={kind}");
    let sent = app.post(&at).by(owner).bytes(table.to_owned()).header("content-type", "application/octet-stream");
    sent.send().await.expect(201)
}

fn path(import: &Value) -> String {
    format!("/editions/hoi-cho/imports/{}", import["id"].as_str().unwrap())
}

async fn check(app: &TestApp, owner: &str, import: &Value) -> Value {
    app.post(&format!("{}/check", path(import))).by(owner).send().await.expect(200)["outcome"].clone()
}

/// Errors or values to confirm, as `row field code`.
fn remarks(outcome: &Value, list: &str) -> Vec<String> {
    let shown = |e: &Value| format!("{} {} {}", e["row"], e["field"], e["code"]).replace('"', "");
    outcome[list].as_array().unwrap().iter().map(shown).collect()
}

fn values(outcome: &Value, field: &str) -> Vec<String> {
    let rows = ["first_rows", "last_rows"].map(|key| outcome[key].as_array().unwrap().clone()).concat();
    rows.iter().map(|row| row["values"][field].as_str().unwrap_or_default().to_owned()).collect()
}

async fn day_columns_have_the_units_of_their_own_titles(app: TestApp) {
    let fair = live(&app).await;
    let table = "Gian;01/03 (triệu đồng);02/03 (nghìn đồng);03/03 (đồng)\nA01;7,5;8000;9000000\n";
    let import = upload(&app, &fair.owner, "sales", table).await;
    let outcome = check(&app, &fair.owner, &import).await;
    assert_eq!(values(&outcome, "amount"), ["7.500.000 đ", "8.000.000 đ", "9.000.000 đ"], "{outcome}");
    assert_eq!(remarks(&outcome, "faults"), Vec::<String>::new());
}

async fn unit_that_is_not_understood_is_asked_about(app: TestApp) {
    let fair = live(&app).await;
    let owner = &fair.owner;
    for table in [
        "Gian;Ngày;Doanh thu (vạn đồng)\nA01;01/03/2026;750\n",
        // Beside columns with a unit, one without is unclear.
        "Gian;01/03 (triệu đồng);02/03\nA01;7,5;8\n",
    ] {
        let import = upload(&app, owner, "sales", table).await;
        let outcome = check(&app, owner, &import).await;
        assert_eq!(remarks(&outcome, "faults"), ["2 amount number"], "{outcome}");
        // The user chooses the unit.
        let choice = json!({ "columns": {}, "units": { "amount": "million" } });
        let at = format!("{}/mapping", path(&import));
        app.put(&at).by(owner).json(&choice).send().await.expect(200);
        let outcome = check(&app, owner, &import).await;
        assert_eq!(remarks(&outcome, "faults"), Vec::<String>::new(), "{outcome}");
        assert!(values(&outcome, "amount").iter().all(|amount| amount.ends_with("0.000 đ")), "{outcome}");
        for bad in [json!({ "amount": "square_metre" }), json!({ "booth": "million" }), json!({ "amount": "lượng" })]
        {
            let choice = json!({ "columns": {}, "units": bad });
            app.put(&at).by(owner).json(&choice).send().await.refused(422, "invalid");
        }
    }
}

async fn bad_rows_keep_the_units_of_their_columns(app: TestApp) {
    let fair = live(&app).await;
    let table = "Gian;01/03 (triệu đồng);02/03 (nghìn đồng)\nA01;nhiều;8000\nA02;6;không rõ\n";
    let import = upload(&app, &fair.owner, "sales", table).await;
    check(&app, &fair.owner, &import).await;
    let bad = app.get(&format!("{}/bad-rows", path(&import))).by(&fair.owner).send().await.body;
    let corrected = String::from_utf8(bad).unwrap().replace("nhiều", "7.5").replace("không rõ", "9000");
    let again = upload(&app, &fair.owner, "sales", &corrected).await;
    let outcome = check(&app, &fair.owner, &again).await;
    let amounts = ["7.500.000 đ", "8.000.000 đ", "6.000.000 đ", "9.000.000 đ"];
    assert_eq!(values(&outcome, "amount"), amounts, "{corrected}");
    // An unclear unit stays unclear.
    let import = upload(&app, &fair.owner, "sales", "Gian;Ngày;Doanh thu (USD)\nA01;01/03/2026;750\n").await;
    check(&app, &fair.owner, &import).await;
    let bad = app.get(&format!("{}/bad-rows", path(&import))).by(&fair.owner).send().await.body;
    let again = upload(&app, &fair.owner, "sales", &String::from_utf8(bad).unwrap()).await;
    assert_eq!(remarks(&check(&app, &fair.owner, &again).await, "faults"), ["2 amount number"]);
}

/// Ten times what the booth sold on the other days of the file, though within five times the usual range of all fairs.
async fn amounts_are_judged_by_the_other_days_of_the_file(app: TestApp) {
    let fair = live(&app).await;
    let table = "Gian;01/03;02/03;03/03\nA01;6000000;70000000;7000000\nA02;5000000;6000000;5500000\n";
    let import = upload(&app, &fair.owner, "sales", table).await;
    let outcome = check(&app, &fair.owner, &import).await;
    assert_eq!(remarks(&outcome, "to_confirm"), ["2 amount unusual"], "{outcome}");
    // Asked once, nothing is imported without the answer.
    let at = format!("{}/apply", path(&import));
    let apply = async |accepts: bool| {
        let body = json!({ "mode": "all", "accept_warnings": accepts });
        app.post(&at).by(&fair.owner).json(&body).send().await.expect(200)["state"].clone()
    };
    assert_eq!(apply(false).await, "checked");
    assert_eq!(apply(true).await, "applied");
}

async fn sales_of_several_booths_in_one_cell_are_refused(app: TestApp) {
    let fair = live(&app).await;
    for cell in ["A01, A02", "A01-A02", "A01 đến A02", "A01…A02"] {
        let table = format!("Gian;Ngày;Doanh thu\n\"{cell}\";01/03/2026;6000000\n");
        let import = upload(&app, &fair.owner, "sales", &table).await;
        let outcome = check(&app, &fair.owner, &import).await;
        assert_eq!(remarks(&outcome, "faults"), ["2 booth unexpected"], "{cell}");
    }
}

async fn booths_of_a_list_are_created_after_a_question(app: TestApp) {
    let fair = live(&app).await;
    let table = "Mã gian;Khu;Diện tích;Phí\nB1-B12;OCOP;9;1500000\nC1, C2;OCOP;9;0\nA1-14;OCOP;9;0\n";
    let import = upload(&app, &fair.owner, "booths", table).await;
    let outcome = check(&app, &fair.owner, &import).await;
    assert_eq!(remarks(&outcome, "to_confirm"), ["2 code unusual", "3 code unusual"]);
    assert_eq!(outcome["added"], 15);
    let body = json!({ "mode": "all", "accept_warnings": true });
    app.post(&format!("{}/apply", path(&import))).by(&fair.owner).json(&body).send().await.expect(200);
    // In natural order, across pages.
    let (mut codes, mut next) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/editions/hoi-cho/booths?limit=7{next}")).by(&fair.owner).send().await.expect(200);
        codes.extend(page["items"].as_array().unwrap().iter().map(|b| b["code"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    let a = (1..=9).map(|n| format!("A0{n}")).chain(["A10".to_owned()]);
    let mut expected: Vec<String> = a.collect();
    expected.insert(1, "A1-14".to_owned());
    expected.extend((1..=12).map(|n| format!("B{n}")));
    expected.extend(["C1", "C2"].map(str::to_owned));
    assert_eq!(codes, expected);
}

async fn wishes_are_booths_and_zones_in_one_cell(app: TestApp) {
    let fair = live(&app).await;
    let table = "Tên đơn vị;Loại hình;Gian mong muốn\nHTX Ba Chẽ;HTX;\"A04-A06, Khu OCOP\"\nHTX Cô Tô;HTX;A99\n";
    let import = upload(&app, &fair.owner, "exhibitors", table).await;
    let outcome = check(&app, &fair.owner, &import).await;
    assert_eq!(remarks(&outcome, "faults"), ["3 wishes unknown"]);
    let body = json!({ "mode": "good_rows" });
    app.post(&format!("{}/apply", path(&import))).by(&fair.owner).json(&body).send().await.expect(200);
    let all = app.get("/editions/hoi-cho/applications?limit=500").by(&fair.owner).send().await.expect(200);
    let known: Vec<&str> = fair.exhibitors.iter().map(|e| e.application.as_str()).collect();
    let new = all["items"].as_array().unwrap().iter().find(|a| !known.contains(&a["id"].as_str().unwrap())).unwrap();
    let at = format!("/applications/{}", new["id"].as_str().unwrap());
    let shown = app.get(&at).by(&fair.owner).send().await.expect(200);
    let booth = |n: usize| json!({ "booth": fair.booth(n) });
    assert_eq!(shown["wishes"], json!([booth(3), booth(4), booth(5), { "zone": fair.zone }]));
    assert_eq!(shown["booths_wanted"], 3);
}

async fn value_for_the_whole_table_is_above_it_or_chosen(app: TestApp) {
    let fair = live(&app).await;
    let owner = &fair.owner;
    // A line above the table.
    let import = upload(&app, owner, "booths", "Khu vực: OCOP;;\nMã gian;Diện tích;Phí\nZ1;9;0\nZ2;9;0\n").await;
    let outcome = check(&app, owner, &import).await;
    assert_eq!((&outcome["faults"], values(&outcome, "zone")), (&json!([]), vec!["OCOP".into(), "OCOP".into()]));
    // Chosen: the zone of booths, the day of sales.
    for (kind, table, field, value, shown) in [
        ("booths", "Mã gian;Diện tích;Phí\nZ1;9;0\n", "zone", "Khu OCOP", "Khu OCOP"),
        ("sales", "Gian;Doanh thu\nA01;6000000\n", "day", "02/03/2026", "02/03/2026"),
    ] {
        let import = upload(&app, owner, kind, table).await;
        let body = json!({ "columns": {}, "values": { field: value } });
        let mapped = app.put(&format!("{}/mapping", path(&import))).by(owner).json(&body).send().await.expect(200);
        assert_eq!(mapped["missing"], json!([]), "{mapped}");
        let outcome = check(&app, owner, &import).await;
        assert_eq!((&outcome["faults"], values(&outcome, field)), (&json!([]), vec![shown.to_owned()]), "{outcome}");
    }
    let import = upload(&app, owner, "sales", "Gian;Doanh thu\nA01;6000000\n").await;
    let body = json!({ "columns": {}, "values": { "amount": "5" } });
    app.put(&format!("{}/mapping", path(&import))).by(owner).json(&body).send().await.refused(422, "invalid");
}

async fn contacts_stars_and_expiries_are_understood(app: TestApp) {
    let fair = live(&app).await;
    let Fair { owner, organiser, .. } = &fair;
    let apply = async |kind: &str, table: &str| {
        let import = upload(&app, owner, kind, table).await;
        let body = json!({ "mode": "all" });
        let done = app.post(&format!("{}/apply", path(&import))).by(owner).json(&body).send().await.expect(200);
        assert_eq!(done["state"], "applied", "{done}");
    };
    let table = "Tên đơn vị;Loại hình;Người liên hệ;Số điện thoại;Thư điện tử\n\
                 HTX \u{d0}ầm Hà;HTX;Chị Lan;912 345 678;LAN@Example.vn\n";
    apply("exhibitors", table).await;
    // Ð (U+00D0) is found as Đ and as d, and Đ as both.
    for words in ["%C4%90%E1%BA%A7m", "%C3%90%E1%BA%A7m", "dam ha"] {
        let found = app.get(&format!("/organisers/{organiser}/exhibitors?q={}", words.replace(' ', "%20")));
        let found = found.by(owner).send().await.expect(200);
        let names: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|e| &e["name"]).collect();
        assert_eq!(names, ["HTX \u{d0}ầm Hà"], "{words}");
        let id = found["items"][0]["id"].as_str().unwrap();
        let at = format!("/organisers/{organiser}/exhibitors/{id}/contacts");
        let contact = app.get(&at).by(owner).send().await.expect(200)["items"][0].clone();
        let shown = [&contact["name"], &contact["phone"], &contact["email"]];
        assert_eq!(shown, [&json!("Chị Lan"), &json!("+84912345678"), &json!("lan@example.vn")]);
    }
    let table = "Đơn vị;Tên sản phẩm;Nhóm;Hạng sao;Số giấy chứng nhận;Hết hạn\n\
                 HTX htx0;Miến dong;Thực phẩm;4/5;12/QĐ;06/2028\nHTX htx0;Trà hoa vàng;Đồ uống;3 sao (2023);13/QĐ;02/2028\n";
    apply("products", table).await;
    let there = app.get("/editions/hoi-cho/exhibitors?include=products").send().await.expect(200);
    let all = there["items"].as_array().unwrap().iter().flat_map(|e| e["products"].as_array().unwrap());
    let mut shown: Vec<String> =
        all.map(|p| format!("{} {} {}", p["name"], p["stars"], p["certificate_expires_on"]).replace('"', "")).collect();
    shown.sort();
    assert_eq!(shown, ["Miến dong 4 2028-06-30", "Trà hoa vàng 3 2028-02-29"]);
}

crate::on_both!(
    day_columns_have_the_units_of_their_own_titles,
    unit_that_is_not_understood_is_asked_about,
    bad_rows_keep_the_units_of_their_columns,
    amounts_are_judged_by_the_other_days_of_the_file,
    sales_of_several_booths_in_one_cell_are_refused,
    booths_of_a_list_are_created_after_a_question,
    wishes_are_booths_and_zones_in_one_cell,
    value_for_the_whole_table_is_above_it_or_chosen,
    contacts_stars_and_expiries_are_understood,
);
