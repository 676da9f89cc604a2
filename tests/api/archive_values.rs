//! An archive keeps the rules that pages, API and tables keep: what these refuse, it refuses. The database refuses the rest.
use hoicho_fair::visits;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// A past edition with a report of two lines, a deal, counts and an application with a product; its archive, line by line.
async fn archive(app: &TestApp) -> (Fair, Vec<Value>) {
    let fair = Fair::builder().exhibitors(["htx"]).confirmed(1).state("live").build(app).await;
    let (owner, booth) = (&fair.owner, fair.booth(0));
    let line = |amount: i64, is_ocop: bool| json!({ "product_name": "Miến", "amount": amount, "is_ocop": is_ocop });
    let report =
        json!({ "amount": 1_000_000, "ocop_amount": 400_000, "lines": [line(600_000, false), line(400_000, true)] });
    let at = format!("/booths/{booth}/sales-reports/2026-03-01");
    app.put(&at).by(&fair.exhibitors[0].token).json(&report).send().await.expect(201);
    let deal = json!({
        "exhibitor": fair.exhibitors[0].id, "kind": "contract", "counterpart": "Siêu thị", "amount": 5_000, "signed_on": "2026-03-01",
    });
    app.made("/editions/hoi-cho/deals", owner, deal).await;
    let gate = app.made("/editions/hoi-cho/gates", owner, json!({ "name": "Cổng chính" })).await;
    let event =
        json!({ "id": uuid::Uuid::now_v7(), "gate": gate, "occurred_at": "2026-03-01T10:00:00+07:00", "entries": 50 });
    let batch = json!({ "device": uuid::Uuid::now_v7(), "now": "2026-03-03T12:00:00Z", "events": [event] });
    app.post("/editions/hoi-cho/visit-counts").by(owner).json(&batch).send().await.expect(200);
    let file = app.get("/editions/hoi-cho/archive").by(owner).send().await.body;
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (fair, lines.map(|line| serde_json::from_slice(line).unwrap()).collect())
}

async fn archive_keeps_the_rules_of_every_other_way_in(app: TestApp) {
    let (fair, records) = archive(&app).await;
    let import = async |records: &[Value], slug: &str| {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        let path = format!("/organisers/{}/archives?slug={slug}", fair.organiser);
        app.post(&path).by(&fair.owner).bytes(text).send().await
    };
    import(&records, "nguyen-ven").await.expect(201);
    let large = 1_000_000_000_001_i64;
    let changes: Vec<(&str, &str, Value)> = vec![
        ("edition", "name", json!("")),
        ("edition", "declared_sales", json!(i64::MAX)),
        ("edition", "declared_visits", json!(-999_900)),
        ("edition", "declared_booths", json!(1_000_001)),
        ("edition", "state", json!("finalised")),
        ("opening_day", "day", json!("1999-01-01")),
        ("zone", "name", json!("")),
        ("booth", "fee", json!(large)),
        ("booth", "area_dm2", json!(1_000_001)),
        ("booth", "booth_equivalents", json!(0)),
        ("booth", "code", json!("không có số")),
        ("exhibitor", "name", json!("")),
        ("exhibitor", "tax_code", json!("0100109107")),
        ("exhibitor", "country", json!("Việt Nam")),
        ("application", "state", json!("draft")),
        ("application", "state", json!("rejected")),
        ("application", "booths_wanted", json!(101)),
        ("sales_report", "amount", json!(large)),
        ("sales_report", "amount", json!(999_999)),
        ("sales_report", "ocop_amount", json!(1_000_001)),
        ("sales_report_version", "amount", json!(-1)),
        ("sales_report_version", "amount", json!(2_000_000)),
        ("sales_report_line", "amount", json!(i64::MAX)),
        ("sales_report_line", "amount", json!(600_001)),
        ("sales_report_line", "quantity_milli", json!(large)),
        ("trade_deal", "amount", json!(i64::MAX)),
        ("trade_deal", "counterpart", json!("")),
        ("gate", "name", json!("")),
        ("visit_count", "entries", json!(10_001)),
        ("visit_count", "entries", json!(-999_900)),
        ("visit_count", "exits", json!(i64::MIN)),
    ];
    for (n, (kind, field, value)) in changes.into_iter().enumerate() {
        let mut changed = records.clone();
        let record = changed.iter_mut().find(|record| record["record"] == kind);
        let record = record.unwrap_or_else(|| panic!("no {kind}"));
        assert!(record.get(field).is_some() || field == "quantity_milli", "{kind} has no {field}");
        record[field] = value.clone();
        let slug = format!("ban-sao-{n}");
        let refused = import(&changed, &slug).await;
        assert_eq!(refused.status, 422, "{kind}.{field} = {value}: {}", String::from_utf8_lossy(&refused.body));
        app.get(&format!("/editions/{slug}")).by(&fair.owner).send().await.refused(404, "not_found");
    }
    // Nothing of this is public: the figures of the whole copy are those of the original.
    let visits = async |slug: &str| {
        let figures = app.get(&format!("/editions/{slug}/statistics")).by(&fair.owner).send().await.expect(200);
        (figures["visits"]["total"].clone(), figures["sales"]["total"].clone())
    };
    assert_eq!(visits("nguyen-ven").await, visits("hoi-cho").await);
}

async fn count_that_the_database_refuses_is_not_dropped(app: TestApp) {
    let (fair, _) = archive(&app).await;
    let edition =
        app.get("/editions/hoi-cho").by(&fair.owner).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let edition = edition.parse().unwrap();
    let insert = async |entries: i64, is_new: bool| {
        let inserted = app.db.write(move |tx| {
            let gate = visits::store::find_gates(tx, edition)?.remove(0);
            let (id, _) = visits::store::find_counts(tx, edition)?.remove(0);
            let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
            let time = chrono::NaiveTime::from_hms_opt(10, 0, 0).unwrap();
            let row = visits::store::EventRow {
                id: if is_new { hoicho_core::values::ids::VisitEventId::make() } else { id },
                edition_id: edition,
                gate_id: gate.id,
                device: None,
                occurred_at: day.and_time(time),
                local_day: day,
                local_hour: 10,
                local_time: time,
                entries,
                exits: 0,
                reason: None,
                recorded_by: None,
                recorded_at: day.and_time(time),
            };
            // Twice in one batch, too.
            Ok::<_, hoicho_web::http::Problem>(visits::store::insert_events(tx, &[row.clone(), row])?)
        });
        inserted.await
    };
    assert_eq!(insert(7, true).await.unwrap(), 1, "a count sent twice counts once");
    assert_eq!(insert(7, false).await.unwrap(), 0, "and one that is known not at all");
    for impossible in [1_000_001, -1] {
        assert!(insert(impossible, true).await.is_err(), "{impossible}");
    }
}

async fn figures_of_an_unfinished_previous_edition_are_not_published(app: TestApp) {
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let series = app.made("/series", &owner, json!({ "organiser": organiser, "name": "Chuỗi" })).await;
    for (slug, day) in [("truoc", "2026-02-01"), ("sau", "2026-03-01")] {
        let body = json!({
            "organiser": organiser, "slug": slug, "name": "Hội chợ", "series": series, "declared_visits": 100, "declared_sales": 7_000,
        });
        app.made("/editions", &owner, body).await;
        app.set_days(&owner, slug, &[day]).await;
    }
    app.advance(&owner, "sau", &["published", "finalised"]).await;
    let public = app.get("/editions/sau/statistics").send().await.expect(200);
    assert_eq!(public["comparison"], Value::Null, "the previous edition is a draft");
    let own = app.get("/editions/sau/statistics").by(&owner).send().await.expect(200);
    assert_eq!(own["comparison"]["previous_edition"], "truoc");
}

crate::on_both!(
    archive_keeps_the_rules_of_every_other_way_in,
    count_that_the_database_refuses_is_not_dropped,
    figures_of_an_unfinished_previous_edition_are_not_published,
);
