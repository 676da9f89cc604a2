//! Small tables as people send them (`tests/cases/imports`), and what each must give; the tables of typed values as imported cells.
use serde_json::{Value, json};

use crate::support::TestApp;

/// A live edition that is open from 26 to 30 November 2026; it is the evening of the 28th.
async fn november(app: &TestApp) -> String {
    app.wait(chrono::Duration::days(270));
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let day = |d: u32| json!({ "day": format!("2026-11-{d}"), "opens_at": "08:00:00", "closes_at": "21:00:00" });
    let days: Vec<Value> = (26..=30).map(day).collect();
    let days = json!(days);
    let at = "/editions/hoi-cho/opening-days";
    app.put(at).by(&owner).header("if-match", "\"v2\"").json(&days).send().await.expect(200);
    app.advance(&owner, "hoi-cho", &["published", "registration_open", "registration_closed", "live"]).await;
    owner
}

fn case(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    std::fs::read(folder.join(name)).unwrap()
}

async fn upload(app: &TestApp, owner: &str, kind: &str, sheet: &str, file: Vec<u8>) -> crate::support::Answer {
    let at = format!("/editions/hoi-cho/imports?kind={kind}{sheet}");
    app.post(&at).by(owner).bytes(file).header("content-type", "application/octet-stream").send().await
}

async fn check(app: &TestApp, owner: &str, import: &Value) -> Value {
    let at = format!("/editions/hoi-cho/imports/{}/check", import["id"].as_str().unwrap());
    app.post(&at).by(owner).send().await.expect(200)["outcome"].clone()
}

/// Errors of cells that are not understood, as `row field code`. Whether a booth is let is not the matter here.
fn errors(outcome: &Value) -> Vec<String> {
    let is_about_cell = |e: &&Value| !["unknown", "repeated", "missing"].contains(&e["code"].as_str().unwrap());
    let shown = |e: &Value| format!("{} {} {}", e["row"], e["field"], e["code"]).replace('"', "");
    outcome["faults"].as_array().unwrap().iter().filter(is_about_cell).map(shown).collect()
}

/// A value of all rows that were understood.
fn values(outcome: &Value, field: &str) -> Vec<String> {
    let rows = ["first_rows", "last_rows"].map(|key| outcome[key].as_array().unwrap().clone()).concat();
    rows.iter().map(|row| row["values"][field].as_str().unwrap_or_default().to_owned()).collect()
}

async fn tables_as_people_send_them_are_understood(app: TestApp) {
    let owner = november(&app).await;
    for (file, kind, field, expected) in [
        (
            "D1-semicolons-with-addresses.csv",
            "exhibitors",
            "locality",
            vec!["Số 1, ngõ 2, phường 3, TP Hạ Long", "Khu 4, phường 5, TP Cẩm Phả"],
        ),
        ("D1b-semicolons-thousands.csv", "booths", "fee", vec!["1.250.000 đ"]),
        ("D2a-number-in-millions.xlsx", "sales", "amount", vec!["7.125.000 đ"]),
        ("D2b-unit-above.csv", "sales", "amount", vec!["500.000.000 đ"]),
        ("D3l-one-column-two-readings.csv", "sales", "amount", vec!["7.500.000 đ", "7.125.000 đ"]),
        ("D4d-names-of-companies.csv", "exhibitors", "legal_form", vec!["enterprise", "enterprise"]),
        ("D4d-names-of-companies.csv", "exhibitors", "tax_code", vec!["5705064611", "5705064682"]),
        ("D5-power.csv", "booths", "power", vec!["không"; 4]),
        ("D5-power.csv", "booths", "water", vec!["không"; 4]),
        ("D7e-hidden-sheet.xlsx", "booths", "code", vec!["D01"]),
        ("D7f-float-noise.xlsx", "sales", "amount", vec!["3.300.000 đ"]),
        ("D8a-1904-count-of-days.xlsx", "products", "certificate_expires_on", vec!["30/06/2028"]),
        ("D8b-weekday-titles.csv", "sales", "day", vec!["26/11/2026", "27/11/2026", "28/11/2026"]),
        ("D8b-weekday-titles.csv", "sales", "amount", vec!["1.000.000 đ", "2.000.000 đ", "3.000.000 đ"]),
        ("D9a-am-pm.csv", "visits", "hour", vec!["10:00", "13:00", "14:00"]),
        ("D13a.csv", "sales", "amount", vec!["500.000 đ"]),
        ("D13b.csv", "sales", "amount", vec!["1.250.000 đ"]),
        ("D13c.csv", "sales", "amount", vec!["850.000 đ"]),
        ("D13e.csv", "sales", "amount", vec!["500.000 đ"]),
        ("D13f.csv", "sales", "amount", vec!["12.000.000 đ"]),
    ] {
        let import = upload(&app, &owner, kind, "", case(&format!("imports/{file}"))).await.expect(201);
        let outcome = check(&app, &owner, &import).await;
        assert_eq!(
            (errors(&outcome), values(&outcome, field)),
            (vec![], expected_texts(&expected)),
            "{file}: {outcome}"
        );
    }
}

fn expected_texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

async fn error_values_of_a_workbook_are_errors_of_their_rows(app: TestApp) {
    let owner = november(&app).await;
    for (file, kind, error) in [
        ("imports/D7b-error-cell.xlsx", "sales", "2 amount number"),
        ("imports/D7c-error-fee.xlsx", "booths", "2 fee number"),
    ] {
        let import = upload(&app, &owner, kind, "", case(file)).await.expect(201);
        assert_eq!(errors(&check(&app, &owner, &import).await), [error], "{file}");
    }
}

async fn one_of_several_tables_must_be_chosen(app: TestApp) {
    let owner = november(&app).await;
    let file = || case("imports/D7a-sheet-per-day.xlsx");
    let asked = upload(&app, &owner, "sales", "", file()).await.refused(422, "invalid");
    assert!(asked["detail"].as_str().unwrap().contains("“26-11”, “27-11”"), "{asked}");
    let import = upload(&app, &owner, "sales", "&sheet=27-11", file()).await.expect(201);
    assert_eq!(import["sheets"].as_array().unwrap().len(), 2);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!(
        (values(&outcome, "booth"), values(&outcome, "amount")),
        (vec!["A21".into()], vec!["2.000.000 đ".into()])
    );
    upload(&app, &owner, "sales", "&sheet=28-11", file()).await.refused(422, "invalid");
    // A hidden sheet is said, and read only if it is chosen.
    let hidden = || case("imports/D7e-hidden-sheet.xlsx");
    let import = upload(&app, &owner, "booths", "", hidden()).await.expect(201);
    assert_eq!((&import["sheet"], &import["sheets"][0]["is_hidden"]), (&json!("Gian"), &json!(true)));
    let import = upload(&app, &owner, "booths", "&sheet=Gian%20(c%C5%A9)", hidden()).await.expect(201);
    assert_eq!(values(&check(&app, &owner, &import).await, "code"), ["C01"]);
}

async fn table_without_titles_is_mapped_by_hand_and_loses_no_row(app: TestApp) {
    let owner = november(&app).await;
    let import = upload(&app, &owner, "sales", "", case("imports/D19-no-titles.csv")).await.expect(201);
    assert_eq!((&import["header_row"], &import["missing"]), (&json!(0), &json!(["booth", "day", "amount"])));
    let at = format!("/editions/hoi-cho/imports/{}/mapping", import["id"].as_str().unwrap());
    let columns = json!({ "columns": { "booth": "A", "day": "B", "amount": "C" } });
    let import = app.put(&at).by(&owner).json(&columns).send().await.expect(200);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!(outcome["rows"], 2);
    assert_eq!(values(&outcome, "amount"), ["500.000 đ", "600.000 đ"]);
}

/// Every row of `numbers.csv` as the only cell of its column.
async fn typed_numbers_are_understood_in_imports(app: TestApp) {
    let owner = november(&app).await;
    let table = case("numbers.csv");
    let mut reader = csv::Reader::from_reader(table.as_slice());
    for record in reader.records().map(Result::unwrap) {
        let (kind, typed, unit, expected) = (&record[0], &record[1], &record[2], &record[3]);
        let title = |title: &str| if unit.is_empty() { title.to_owned() } else { format!("{title} ({unit})") };
        let quoted = typed.replace('"', "\"\"");
        let (import, field, text) = match kind {
            "money" => {
                let text = format!("sep=;\nGian;Ngày;{}\nA01;26/11/2026;\"{quoted}\"\n", title("Doanh thu"));
                (upload(&app, &owner, "sales", "", text.into_bytes()).await, "amount", "amount")
            }
            _ => {
                let text = format!("sep=;\nMã gian;Khu;{}\nZ01;OCOP;\"{quoted}\"\n", title("Diện tích"));
                (upload(&app, &owner, "booths", "", text.into_bytes()).await, "area", "area")
            }
        };
        let outcome = check(&app, &owner, &import.expect(201)).await;
        let shown = values(&outcome, text).concat();
        let refused = errors(&outcome);
        match expected.parse::<i64>() {
            // A sales field cannot be negative.
            Ok(value) if value < 0 => assert_eq!(refused, ["2 amount range"], "{typed}"),
            Ok(value) => {
                assert_eq!(refused, Vec::<String>::new(), "{typed}: {outcome}");
                assert_eq!(shown.replace(['.', 'đ', ' '], ""), money_or_area(kind, value), "{typed}");
            }
            Err(_) => assert_eq!(refused, [format!("2 {field} number")], "{typed}"),
        }
    }
}

fn money_or_area(kind: &str, value: i64) -> String {
    match kind {
        "money" => value.to_string(),
        _ if value % 100 == 0 => format!("{}m²", value / 100),
        _ => format!("{},{}m²", value / 100, (value % 100) / 10),
    }
}

async fn answers_that_are_neither_yes_nor_no_are_errors(app: TestApp) {
    let owner = november(&app).await;
    let table = "Mã gian;Khu;Điện\nZ01;OCOP;2200W\nZ02;OCOP;có\nZ03;OCOP;\n";
    let import = upload(&app, &owner, "booths", "", table.into()).await.expect(201);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!(errors(&outcome), ["2 power unexpected"]);
    assert_eq!(values(&outcome, "power"), ["có", "không"]);
}

async fn hours_outside_the_opening_hours_are_imported_with_a_warning(app: TestApp) {
    let owner = november(&app).await;
    app.made("/editions/hoi-cho/gates", &owner, json!({ "name": "Cổng" })).await;
    let table = "Ngày;Giờ;Lượt khách\n26/11;7h30;10\n26/11;8h-8h30;20\n26/11;8h30-9h;30\n26/11;21:00;5\n";
    let import = upload(&app, &owner, "visits", "", table.into()).await.expect(201);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!((&outcome["faults"], &outcome["added"]), (&json!([]), &json!(4)), "{outcome}");
    let rows: Vec<&Value> = outcome["warnings"].as_array().unwrap().iter().map(|w| &w["row"]).collect();
    assert_eq!(rows, [2, 5]);
    assert_eq!(outcome["by_day"], json!([{ "key": "2026-11-26", "rows": 4, "total": 65 }]));
}

/// Correcting the one bad cell of the file of bad rows gives what the whole table would have given.
async fn bad_rows_say_what_they_meant_in_the_whole_table(app: TestApp) {
    let owner = november(&app).await;
    let table = "ĐVT: triệu đồng;;;\nGian;26/11;27/11;28/11\nA01;7.5;7.125;nhiều\nA02;1;2;3\n";
    let import = upload(&app, &owner, "sales", "", table.into()).await.expect(201);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!(errors(&outcome), ["3 amount number"]);
    let at = format!("/editions/hoi-cho/imports/{}/bad-rows", import["id"].as_str().unwrap());
    let bad = String::from_utf8(app.get(&at).by(&owner).send().await.body).unwrap();
    let corrected = bad.replace(",nhiều\n", ",\"9,25\"\n");
    assert_ne!(bad, corrected);
    let import = upload(&app, &owner, "sales", "", corrected.into_bytes()).await.expect(201);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!(errors(&outcome), Vec::<String>::new(), "{bad}");
    let days = ["26/11/2026", "27/11/2026", "28/11/2026"];
    assert_eq!(values(&outcome, "day"), [days, days].concat());
    let millions = ["7.500.000 đ", "7.125.000 đ", "9.250.000 đ", "1.000.000 đ", "2.000.000 đ", "3.000.000 đ"];
    assert_eq!(values(&outcome, "amount"), millions);
    // The zone of a heading.
    let table = "Mã gian;Diện tích (dm²);Phí\nKhu OCOP;;\nZ01;chín;0\nZ02;900;0\n";
    let import = upload(&app, &owner, "booths", "", table.into()).await.expect(201);
    assert_eq!(errors(&check(&app, &owner, &import).await), ["3 area number"]);
    let at = format!("/editions/hoi-cho/imports/{}/bad-rows", import["id"].as_str().unwrap());
    let bad = String::from_utf8(app.get(&at).by(&owner).send().await.body).unwrap();
    let import = upload(&app, &owner, "booths", "", bad.replace(",chín,", ",1200,").into_bytes()).await.expect(201);
    let outcome = check(&app, &owner, &import).await;
    assert_eq!((&outcome["faults"], &outcome["added"]), (&json!([]), &json!(1)), "{bad}");
    assert_eq!((values(&outcome, "zone"), values(&outcome, "area")), (vec!["Khu OCOP".into()], vec!["12 m²".into()]));
}

async fn remembered_mapping_follows_titles_that_moved(app: TestApp) {
    let owner = november(&app).await;
    let import = upload(&app, &owner, "sales", "", "Chỗ;Hôm;Thu\nA01;26/11;5\n".into()).await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}/mapping", import["id"].as_str().unwrap());
    let columns = json!({ "columns": { "booth": "A", "day": "B", "amount": "C" }, "header_row": 1, "remember": true });
    app.put(&at).by(&owner).json(&columns).send().await.expect(200);
    let moved = upload(&app, &owner, "sales", "", "Thu;Chỗ;Hôm\n5;A01;26/11\n".into()).await.expect(201);
    let fields: Vec<&Value> = moved["columns"].as_array().unwrap().iter().map(|c| &c["field"]).collect();
    assert_eq!(fields, ["amount", "booth", "day"]);
}

/// Our own table of booths, read back, has the same areas in every format.
async fn exported_booths_are_read_back_with_the_same_areas(app: TestApp) {
    let owner = november(&app).await;
    let zone = app.get("/editions/hoi-cho/zones").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let kind = json!({ "zone": zone, "category": "corner", "area_dm2": 120_050, "fee": 0 });
    app.made("/editions/hoi-cho/booths", &owner, json!({ "code": "A00-1", "kind": kind })).await;
    for format in ["csv", "xlsx"] {
        let report = app.get(&format!("/editions/hoi-cho/reports/booths?format={format}")).by(&owner).send().await;
        assert_eq!(report.status.as_u16(), 200);
        let import = upload(&app, &owner, "booths", "", report.body).await.expect(201);
        let outcome = check(&app, &owner, &import).await;
        assert_eq!((&outcome["rows"], errors(&outcome)), (&json!(11), vec![]), "{format}: {outcome}");
        let rows =
            [outcome["first_rows"].as_array().unwrap(), outcome["last_rows"].as_array().unwrap()].into_iter().flatten();
        let areas: Vec<String> =
            rows.map(|r| format!("{} {}", r["values"]["category"], r["values"]["area"]).replace('"', "")).collect();
        assert!(areas.contains(&"corner 1.200,5 m²".to_owned()), "{format}: {areas:?}");
        assert_eq!(areas.iter().filter(|area| *area == "standard 9 m²").count(), 5, "{format}: {areas:?}");
    }
}

crate::on_both!(
    exported_booths_are_read_back_with_the_same_areas,
    tables_as_people_send_them_are_understood,
    error_values_of_a_workbook_are_errors_of_their_rows,
    one_of_several_tables_must_be_chosen,
    table_without_titles_is_mapped_by_hand_and_loses_no_row,
    typed_numbers_are_understood_in_imports,
    answers_that_are_neither_yes_nor_no_are_errors,
    hours_outside_the_opening_hours_are_imported_with_a_warning,
    bad_rows_say_what_they_meant_in_the_whole_table,
    remembered_mapping_follows_titles_that_moved,
);
