//! Export of an edition as a file, and its import elsewhere with the same figures.
use std::collections::{BTreeMap, BTreeSet};

use hoicho_core::db::migrate;
use serde_json::Value;

use crate::{
    schema::{columns, empty_sqlite, references},
    support::TestApp,
};

const EDITIONS: [&str; 3] = ["ocop-quang-ninh-xuan-2018", "ocop-mien-bac-2018", "ocop-quang-ninh-demo"];

/// The figures of an edition without comparisons, identifiers and times.
async fn figures(app: &TestApp, by: &str, slug: &str) -> Value {
    fn without(value: &mut Value) {
        match value {
            Value::Object(all) => {
                for name in [
                    "comparison",
                    "edition",
                    "id",
                    "slug",
                    "generated_at",
                    "report_digests",
                    "zone",
                    "booth",
                    "exhibitor",
                ] {
                    all.remove(name);
                }
                all.values_mut().for_each(without);
            }
            Value::Array(all) => all.iter_mut().for_each(without),
            _ => {}
        }
    }
    let mut found = app.get(&format!("/editions/{slug}/statistics")).by(by).send().await.expect(200);
    without(&mut found);
    found
}

async fn imported_archive_has_the_same_figures(app: TestApp) {
    let by = app.demo_owner().await;
    let elsewhere = TestApp::sqlite().await;
    let owner = elsewhere.person("owner").await;
    let organiser = elsewhere.organiser(&owner).await;
    for slug in EDITIONS {
        let file = app.get(&format!("/editions/{slug}/archive")).by(&by).send().await;
        assert_eq!(
            (file.status.as_u16(), file.headers.get("content-type").unwrap().to_str().unwrap()),
            (200, "application/jsonl")
        );
        let at = format!("/organisers/{organiser}/archives?slug={slug}");
        let taken = elsewhere.post(&at).by(&owner).bytes(file.body.clone()).send().await.expect(201);
        assert_eq!(taken["taken"]["records"], file.body.iter().filter(|b| **b == b'\n').count());
        assert_eq!(figures(&elsewhere, &owner, slug).await, figures(&app, &by, slug).await, "{slug}");
        // A second import creates another edition of the same exhibitors.
        let again = elsewhere.post(&format!("{at}-lai")).by(&owner).bytes(file.body).send().await.expect(201);
        assert_eq!(again["taken"]["exhibitors_added"], 0, "{}", again["taken"]);
        assert_eq!(figures(&elsewhere, &owner, &format!("{slug}-lai")).await, figures(&app, &by, slug).await);
    }
    let there = elsewhere.get("/editions/ocop-mien-bac-2018/exhibitors?limit=500").send().await.expect(200);
    let here = app.get("/editions/ocop-mien-bac-2018/exhibitors?limit=500").send().await.expect(200);
    let names = |list: &Value| {
        let mut all: Vec<String> = list["items"].as_array().unwrap().iter().map(|e| e["name"].to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(names(&there), names(&here));
}

async fn damaged_archive_is_rejected_without_changes(app: TestApp) {
    let by = app.demo_owner().await;
    let file = app.get("/editions/ocop-quang-ninh-xuan-2018/archive").by(&by).send().await.body;
    let text = String::from_utf8(file).unwrap();
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let send = async |text: String| {
        app.post(&format!("/organisers/{organiser}/archives?slug=ban-sao")).by(&owner).bytes(text).send().await
    };
    let lines: Vec<&str> = text.lines().collect();
    send(lines[..lines.len() - 1].join("\n")).await.refused(422, "invalid");
    send([&lines[..20], &lines[21..]].concat().join("\n")).await.refused(422, "invalid");
    send(lines[1..].join("\n")).await.refused(422, "invalid");
    send(String::new()).await.refused(422, "invalid");
    send(text.replacen("\"format\":1", "\"format\":2", 1)).await.refused(422, "invalid");
    send(text.replacen("\"name\":\"", "\"name\":\"\\u0000", 1)).await.refused(422, "invalid");
    send(text.replacen("\"amount\":", "\"amount\":-", 1)).await.refused(422, "invalid");
    let doubled = text.replacen("\"code\":\"A01-02\"", "\"code\":\"A01-01\"", 1);
    assert_ne!(doubled, text);
    let refused = send(doubled).await;
    assert!((400..500).contains(&refused.status.as_u16()), "{}", refused.status);
    app.get("/editions/ban-sao").by(&owner).send().await.refused(404, "not_found");
    // Figures in the file are ignored: they are computed from its rows.
    send(text).await.expect(201);
    app.post(&format!("/organisers/{organiser}/archives?slug=ban-sao"))
        .by(&owner)
        .bytes("")
        .send()
        .await
        .refused(422, "invalid");
}

async fn workbook_has_one_sheet_per_kind(app: TestApp) {
    use calamine::{Data, Reader, Xlsx};
    let by = app.demo_owner().await;
    let get = async |slug: &str, language: &str| {
        let file = app.get(&format!("/editions/{slug}/archive?format=xlsx")).by(&by);
        let file = file.header("accept-language", language).send().await;
        assert_eq!(file.status.as_u16(), 200);
        file
    };
    let file = get("ocop-quang-ninh-xuan-2018", "vi").await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file.body)).unwrap();
    let names = book.sheet_names();
    for kind in [
        "Kỳ hội chợ",
        "Ngày mở cửa",
        "Khu vực",
        "Gian hàng",
        "Đơn vị tham gia",
        "Đơn đăng ký",
        "Phân gian",
        "Báo cáo doanh thu",
        "Lượt khách",
        "Kết thúc",
    ] {
        assert!(names.iter().any(|n| n == kind), "{kind}: {names:?}");
    }
    let reports = book.worksheet_range("Báo cáo doanh thu").unwrap();
    let column = |title: &str| {
        let titles = reports.rows().next().unwrap();
        titles.iter().position(|c| *c == Data::String(title.into())).unwrap_or_else(|| panic!("{title}: {titles:?}"))
    };
    let amounts: Vec<f64> =
        reports.rows().skip(1).filter_map(|row| calamine::DataType::as_f64(&row[column("Doanh thu (đồng)")])).collect();
    let (total, amounts) = amounts.split_last().unwrap();
    assert!((amounts.iter().sum::<f64>() - 9_557_600_000.0).abs() < 0.5 && (total - 9_557_600_000.0).abs() < 0.5);
    let first = reports.rows().nth(1).unwrap();
    assert!(matches!(first[column("Ngày")], Data::DateTime(_)), "{first:?}");
    assert_eq!(first[column("Trạng thái")], Data::String("Đã nhận".into()));
    assert!(first[column("Gian")].to_string().len() < 10, "a code, not an identifier: {first:?}");
    // Instants are local times, and the title says of which zone.
    let applications = book.worksheet_range("Đơn đăng ký").unwrap();
    let submitted = Data::String("Nộp đơn lúc (Asia/Ho_Chi_Minh)".into());
    let submitted = applications.rows().next().unwrap().iter().position(|title| *title == submitted).unwrap();
    assert!(matches!(applications.rows().nth(1).unwrap()[submitted], Data::DateTime(_)));
    let booths = book.worksheet_range("Gian hàng").unwrap();
    let titles: Vec<String> = booths.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let position =
        |title: &str| titles.iter().position(|t| t == title).unwrap_or_else(|| panic!("{title}: {titles:?}"));
    // In the order in which records have them, not that of the alphabet.
    assert!(position("Khu vực") < position("Diện tích (m²)"), "{titles:?}");
    assert!(matches!(booths.rows().nth(1).unwrap()[position("Có điện")], Data::Bool(_)), "{titles:?}");
    // The same data gives the same bytes, whenever it is written.
    let earlier = get("ocop-quang-ninh-demo", "en").await.body;
    actix_web::rt::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(get("ocop-quang-ninh-demo", "en").await.body == earlier);
    // Every column of every kind has a title.
    let file = get("ocop-quang-ninh-demo", "en").await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file.body)).unwrap();
    for (name, sheet) in book.worksheets() {
        let titles: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let untitled = |title: &String| title.is_empty() || title.starts_with("archive-");
        assert!(!titles.iter().any(untitled) && !name.starts_with("archive-"), "{name}: {titles:?}");
    }
    app.get("/editions/ocop-quang-ninh-xuan-2018/archive").send().await.refused(401, "login_required");
}

/// The type of the records that hold the rows of a table.
const RECORDS: [(&str, &str); 20] = [
    ("allocations", "allocation"),
    ("application_products", "application_product"),
    ("applications", "application"),
    ("booth_categories", "booth_category"),
    ("booths", "booth"),
    ("editions", "edition"),
    ("exhibitors", "exhibitor"),
    ("gates", "gate"),
    ("occupancies", "occupancy"),
    ("opening_days", "opening_day"),
    ("participants", "participant"),
    ("sales_report_lines", "sales_report_line"),
    ("sales_report_versions", "sales_report_version"),
    ("sales_reports", "sales_report"),
    ("trade_deals", "trade_deal"),
    ("visit_events", "visit_count"),
    ("zone_legal_forms", "zone"),
    ("zone_localities", "zone"),
    ("zone_product_groups", "zone"),
    ("zones", "zone"),
];

/// Tables with data of an edition that no archive has: preferences and documents of applicants, what was computed, and
/// records of operation.
const TABLES_LEFT_OUT: [&str; 21] = [
    "allocation_run_applications",
    "allocation_run_booths",
    "allocation_runs",
    "api_key_editions",
    "application_wishes",
    "audit_log",
    "documents",
    "events",
    "final_figures",
    "import_changes",
    "import_tables",
    "import_writes",
    "imports",
    "invitations",
    "organiser_members",
    "sales_reminders",
    "waiting_list_refills",
    "webhook_attempts",
    "webhook_bodies",
    "webhook_deliveries",
    "webhook_messages",
];

/// Columns of any table that no archive has: the edition is that of the file, the organiser the one that imports it, users are
/// personal data, and folded names and the order of codes are computed.
const COLUMNS_LEFT_OUT: [&str; 5] = ["edition_id", "organiser_id", "recorded_by", "name_search", "code_order"];

/// Columns of one table that no archive has: versions count changes in one database, an imported edition is created anew without
/// its halls, and links, notes and merges of records are the organiser's own.
const LEFT_OUT: [&str; 22] = [
    "application_products.product_id",
    "allocations.version",
    "applications.version",
    "booths.version",
    "editions.created_at",
    // Derived from the opening days when the edition is imported.
    "editions.first_opens_at",
    "editions.last_closes_at",
    "editions.next_boundary_at",
    "editions.recorded_phase",
    "editions.version",
    "editions.waiting_list_run_id",
    "exhibitors.created_at",
    "exhibitors.linked_at",
    "exhibitors.merged_into_id",
    "exhibitors.notes",
    "exhibitors.organisation_id",
    "exhibitors.version",
    "sales_report_lines.line",
    "sales_reports.revision",
    "trade_deals.version",
    "zones.hall_id",
    "zones.version",
];

/// Columns under other names than their own, with or without `_id`.
const RENAMED: [(&str, &str); 8] = [
    ("sales_report_lines.sales_report_id", "report"),
    ("sales_report_versions.sales_report_id", "report"),
    ("zone_legal_forms.legal_form", "eligibility"),
    ("zone_legal_forms.zone_id", "id"),
    ("zone_localities.locality_code", "eligibility"),
    ("zone_localities.zone_id", "id"),
    ("zone_product_groups.product_group", "eligibility"),
    ("zone_product_groups.zone_id", "id"),
];

#[actix_web::test]
async fn every_column_of_an_edition_is_archived_or_left_out_on_purpose() {
    let app = TestApp::sqlite_with_demo().await;
    let by = app.demo_owner().await;
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for slug in EDITIONS {
        let file = app.get(&format!("/editions/{slug}/archive")).by(&by).send().await.body;
        for line in String::from_utf8(file).unwrap().lines() {
            let Value::Object(mut record) = serde_json::from_str(line).unwrap() else { panic!("{line}") };
            let kind = record.remove("record").unwrap().as_str().unwrap().to_owned();
            fields.entry(kind).or_default().extend(record.into_iter().map(|(name, _)| name));
        }
    }
    let (_folder, url) = empty_sqlite();
    migrate::run_pending(&url).unwrap();
    // The tables that refer to an edition, directly or through others; and exhibitors, which take part in several.
    let references: Vec<(String, String)> = references(&url)
        .iter()
        .map(|reference| reference.split_once(" to ").unwrap())
        .map(|(column, target)| (column.split_once('.').unwrap().0.to_owned(), target.to_owned()))
        .collect();
    let mut tables: BTreeSet<&str> = BTreeSet::from(["editions"]);
    while let Some((table, _)) = references.iter().find(|(t, of)| tables.contains(&**of) && !tables.contains(&**t)) {
        tables.insert(table);
    }
    tables.extend(["exhibitors"]);
    let listed: BTreeSet<&str> = RECORDS.iter().map(|(table, _)| *table).chain(TABLES_LEFT_OUT).collect();
    assert_eq!(tables, listed, "tables with data of an edition, and those listed here");

    let (records, renamed) = (BTreeMap::from(RECORDS), BTreeMap::from(RENAMED));
    let (mut forgotten, mut archived) = (Vec::new(), Vec::new());
    let columns = columns(&url);
    let names: BTreeSet<&str> = columns.iter().map(|name| name.trim_end_matches('?')).collect();
    let listed = LEFT_OUT.into_iter().chain(RENAMED.map(|(name, _)| name));
    assert_eq!(listed.filter(|name| !names.contains(name)).collect::<Vec<_>>(), [""; 0], "listed, but no column");
    for name in names {
        let (table, column) = name.split_once('.').unwrap();
        let Some(kind) = records.get(table) else { continue };
        let field = renamed.get(name).copied().unwrap_or(column);
        let is_archived = fields[*kind].contains(field) || fields[*kind].contains(field.trim_end_matches("_id"));
        let is_left_out = COLUMNS_LEFT_OUT.contains(&column) || LEFT_OUT.contains(&name);
        match (is_archived, is_left_out) {
            (false, false) => forgotten.push(name.to_owned()),
            (true, true) => archived.push(name.to_owned()),
            _ => {}
        }
    }
    assert_eq!(forgotten, [""; 0], "neither in archives nor left out");
    assert_eq!(archived, [""; 0], "left out, but in archives");
}

/// Records of the archive of the demo's current edition.
async fn archived(app: &TestApp, by: &str) -> Vec<Value> {
    let file = app.get("/editions/ocop-quang-ninh-demo/archive").by(by).send().await.body;
    file.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// The file of these records, with a last record that counts them.
fn file_of(mut records: Vec<Value>) -> Vec<u8> {
    let others = records.len() - 1;
    records.last_mut().unwrap()["records"] = others.into();
    records.iter().flat_map(|record| format!("{record}\n").into_bytes()).collect()
}

async fn many_exhibitors_may_precede_the_edition(app: TestApp) {
    let by = app.demo_owner().await;
    let mut records = archived(&app, &by).await;
    let edition = records.iter().position(|r| r["record"] == "edition").unwrap();
    let edition = records.remove(edition);
    let standing = records.iter().filter(|r| r["record"] == "exhibitor").count();
    let template = records.iter().find(|r| r["record"] == "exhibitor").unwrap().clone();
    let more = (0..2_500).map(|n| {
        let mut record = template.clone();
        record["id"] = uuid::Uuid::now_v7().to_string().into();
        record["name"] = format!("HTX {n}").into();
        record["tax_code"] = Value::Null;
        record
    });
    let before: Vec<Value> = more.chain([edition]).collect();
    records.splice(1..1, before);
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let at = format!("/organisers/{organiser}/archives?slug=ban-sao");
    let imported = app.post(&at).by(&owner).bytes(file_of(records)).send().await.expect(201);
    // All are new to this organiser, whatever other organisers know.
    assert_eq!(imported["taken"]["exhibitors_added"], 2_500 + standing);
}

async fn record_before_its_exhibitor_is_rejected(app: TestApp) {
    let by = app.demo_owner().await;
    let mut records = archived(&app, &by).await;
    let applicant = records.iter().find(|r| r["record"] == "application").unwrap()["exhibitor"].clone();
    let at = records.iter().position(|r| r["record"] == "exhibitor" && r["id"] == applicant).unwrap();
    let exhibitor = records.remove(at);
    let last = records.len() - 1;
    records.insert(last, exhibitor);
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let path = format!("/organisers/{organiser}/archives?slug=ban-sao");
    app.post(&path).by(&owner).bytes(file_of(records)).send().await.refused(422, "invalid");
    app.get("/editions/ban-sao").by(&owner).send().await.refused(404, "not_found");
}

crate::on_both_with_demo!(
    many_exhibitors_may_precede_the_edition,
    record_before_its_exhibitor_is_rejected,
    imported_archive_has_the_same_figures,
    damaged_archive_is_rejected_without_changes,
    workbook_has_one_sheet_per_kind,
);
