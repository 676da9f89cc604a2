//! The demo reproduces the published figures to the đồng, in the API and in exported files.
use calamine::{Data, Reader, Xlsx};
use hoicho_fair::statistics::Report;
use serde_json::{Value, json};

use crate::support::{TestApp, json_schema::assert_valid, snapshot::numbered};

/// Slug, booths, visits, sales and opening days, as published.
const PUBLISHED: [(&str, i64, i64, i64, usize); 3] = [
    ("ocop-quang-ninh-v-2017", 224, 54_000, 6_800_000_000, 5),
    ("ocop-quang-ninh-xuan-2018", 197, 49_000, 9_557_600_000, 5),
    ("ocop-mien-bac-2018", 460, 108_000, 15_594_950_000, 7),
];

fn sum(items: &Value, field: &str) -> i64 {
    items.as_array().unwrap().iter().map(|i| i[field].as_i64().unwrap()).sum()
}

async fn demo_figures_are_the_published_ones_and_add_up(app: TestApp) {
    for (slug, booths, visits, sales, days) in PUBLISHED {
        let s = app.get(&format!("/editions/{slug}/statistics")).send().await.expect(200);
        assert_eq!(s["booths"]["total"], booths, "{slug}");
        assert_eq!(s["booths"]["allocated"], booths, "{slug}");
        assert_eq!(s["visits"]["total"], visits, "{slug}");
        assert_eq!(s["sales"]["total"]["amount"], sales, "{slug}");
        assert_eq!(s["sales"]["basis"], "computed");
        assert_eq!(s["visits"]["by_day"].as_array().unwrap().len(), days);
        assert_eq!(sum(&s["visits"]["by_day"], "visits"), visits);
        assert_eq!(sum(&s["visits"]["by_gate"], "visits"), visits);
        for part in ["by_day", "by_zone", "by_locality"] {
            assert_eq!(sum(&s["sales"][part], "amount"), sales, "{slug} {part}");
        }
        let (received, due) =
            (s["sales"]["reports_received"].as_i64().unwrap(), s["sales"]["reports_due"].as_i64().unwrap());
        assert_eq!(due, booths * i64::try_from(days).unwrap());
        assert!(received < due && received > due * 97 / 100, "{slug}: {received} of {due}");
        for part in ["by_legal_form", "by_locality", "by_country"] {
            assert_eq!(
                sum(&s["exhibitors"][part], "count"),
                s["exhibitors"]["direct"].as_i64().unwrap(),
                "{slug} {part}"
            );
        }
        assert_eq!(sum(&s["sales"]["by_product_group"], "amount"), sales, "{slug} by product group");
        assert!(s["exhibitors"]["indirect"].as_i64() > Some(0) && s["deals"]["contracts"].as_i64() > Some(0));
        let products = s["products"]["total"].as_i64().unwrap();
        assert!(slug != "ocop-quang-ninh-v-2017" || products > 670, "{products}: more than 670 were published");
        let ocop = s["sales"]["ocop"]["amount"].as_i64().unwrap() * 100 / sales;
        assert!((63..=77).contains(&ocop), "{slug}: OCOP share {ocop} %");
    }
}

async fn comparison_of_the_spring_fair_with_the_fifth_is_1_4055(app: TestApp) {
    let s = app.get("/editions/ocop-quang-ninh-xuan-2018/statistics").send().await.expect(200);
    insta::assert_snapshot!("comparison", numbered(&s["comparison"]));
    let first = app.get("/editions/ocop-quang-ninh-v-2017/statistics").send().await.expect(200);
    assert_eq!(first["comparison"], Value::Null);
}

async fn exported_workbook_adds_up_to_the_published_sales(app: TestApp) {
    let by = app.demo_owner().await;
    for (slug, booths, _, sales, _) in PUBLISHED {
        let path = format!("/editions/{slug}/reports/sales-by-booth?format=xlsx");
        // Amounts of a single seller are not public.
        app.get(&path).send().await.refused(404, "not_found");
        let answer = app.get(&path).by(&by).send().await;
        assert_eq!(answer.status.as_u16(), 200);
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(answer.body)).unwrap();
        let sheet = book.worksheet_range("Doanh thu theo gian").unwrap();
        let amount = |row: &[Data]| match &row[3] {
            Data::Float(amount) => *amount,
            other => panic!("not a number: {other:?}"),
        };
        let (total, rows) = (sheet.height() - 1, sheet.rows().skip(1).take(sheet.height() - 2));
        assert_eq!(total - 1, usize::try_from(booths).unwrap());
        assert_eq!(format!("{:.0}", rows.map(amount).sum::<f64>()), sales.to_string(), "{slug}");
        assert_eq!(format!("{:.0}", amount(sheet.rows().nth(total).unwrap())), sales.to_string(), "{slug}");
    }
}

async fn demo_edition_of_today_has_one_of_everything(app: TestApp) {
    let token = &app.demo_owner().await;
    let states = async |path: &str, states: &[&str]| {
        for state in states {
            let page = app.get(&format!("/editions/ocop-quang-ninh-demo/{path}?state={state}")).by(token).send().await;
            assert!(!page.expect(200)["items"].as_array().unwrap().is_empty(), "no {path} is {state}");
        }
    };
    states("applications", &["submitted", "approved", "waitlisted", "rejected", "withdrawn"]).await;
    states("sales-reports", &["submitted", "accepted", "queried", "corrected"]).await;
    let s = app.get("/editions/ocop-quang-ninh-demo/statistics").by(token).send().await.expect(200);
    assert_eq!((&s["booths"]["total"], s["booths"]["by_zone"].as_array().unwrap().len()), (&Value::from(220), 5));
    let (received, due) =
        (s["sales"]["reports_received"].as_i64().unwrap(), s["sales"]["reports_due"].as_i64().unwrap());
    assert!(0 < received && received < due, "{received} of {due}");
    let plan = app.get("/editions/ocop-quang-ninh-demo/floor-plan").send().await.expect(200);
    let count = |o: &str| plan["booths"].as_array().unwrap().iter().filter(|b| b["occupancy"] == o).count();
    assert_eq!((count("let"), count("reserved"), count("free")), (195, 6, 19));
}

/// Requires that a report is as the OpenAPI document has it, with the columns of that report and no others.
#[track_caller]
fn assert_documented(report: Report, document: &Value) {
    let api = hoicho::app::openapi();
    let content = &api["paths"]["/api/v1/editions/{edition}/reports/{report}"]["get"]["responses"]["200"]["content"];
    let row = match report {
        Report::Booths => "BoothsRow",
        Report::SalesByBooth => "SalesByBoothRow",
        Report::SalesByDay => "SalesByDayRow",
        Report::SalesByZone => "SalesByZoneRow",
        Report::SalesByLocality => "SalesByLocalityRow",
        Report::VisitsByDay => "VisitsByDayRow",
        Report::VisitsByHour => "VisitsByHourRow",
        Report::Exhibitors => "ExhibitorsRow",
        Report::MissingReports => "MissingReportsRow",
        Report::Comparison => "ComparisonRow",
    };
    let rows = json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{row}"), "unevaluatedProperties": false } });
    let rows = json!({ "properties": { "items": rows } });
    let schema = json!({ "allOf": [content["application/json"]["schema"], rows], "components": api["components"] });
    assert_valid(&schema, document, &report.to_string());
}

async fn reports_are_available_as_json_csv_and_xlsx(app: TestApp) {
    let internal = [Report::MissingReports, Report::SalesByBooth];
    let public = <Report as strum::VariantArray>::VARIANTS.iter().filter(|report| !internal.contains(report));
    for report in public {
        for format in ["json", "csv", "xlsx"] {
            let path = format!("/editions/ocop-quang-ninh-xuan-2018/reports/{report}?format={format}");
            let answer = app.get(&path).send().await;
            assert_eq!(answer.status.as_u16(), 200, "{path}");
            assert!(answer.body.len() > 100, "{path}");
            if format == "json" {
                assert_documented(*report, &answer.expect(200));
            }
        }
    }
    // Missing reports are private.
    app.get("/editions/ocop-mien-bac-2018/reports/missing-reports").send().await.refused(404, "not_found");
    app.get("/editions/ocop-mien-bac-2018/reports/nothing").send().await.refused(404, "not_found");
}

crate::on_both_with_demo!(
    demo_figures_are_the_published_ones_and_add_up,
    comparison_of_the_spring_fair_with_the_fifth_is_1_4055,
    exported_workbook_adds_up_to_the_published_sales,
    demo_edition_of_today_has_one_of_everything,
    reports_are_available_as_json_csv_and_xlsx,
);
