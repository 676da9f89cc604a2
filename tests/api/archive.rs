//! Export of an edition as a file, and its import elsewhere with the same figures.
use serde_json::Value;

use crate::support::TestApp;

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
    let file = app.get("/editions/ocop-quang-ninh-xuan-2018/archive?format=xlsx").by(&by).send().await;
    assert_eq!(file.status.as_u16(), 200);
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file.body)).unwrap();
    let names = book.sheet_names();
    for kind in [
        "edition",
        "opening_day",
        "zone",
        "booth",
        "exhibitor",
        "application",
        "allocation",
        "sales_report",
        "visit_count",
        "end",
    ] {
        assert!(names.iter().any(|n| n == kind), "{kind}: {names:?}");
    }
    let reports = book.worksheet_range("sales_report").unwrap();
    let column = reports.rows().next().unwrap().iter().position(|c| *c == Data::String("amount".into())).unwrap();
    let sum: f64 = reports.rows().skip(1).filter_map(|row| calamine::DataType::as_f64(&row[column])).sum();
    assert!((sum - 9_557_600_000.0).abs() < 0.5, "{sum}");
    app.get("/editions/ocop-quang-ninh-xuan-2018/archive").send().await.refused(401, "login_required");
}

crate::on_both_with_demo!(
    imported_archive_has_the_same_figures,
    damaged_archive_is_rejected_without_changes,
    workbook_has_one_sheet_per_kind,
);
