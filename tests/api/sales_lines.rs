//! Export of sales lines: each is there once, and they add up to the edition's sales.
use calamine::{Data, Reader, Xlsx};
use serde_json::json;

use crate::support::{TestApp, world::World};

/// Rows of a CSV file, including the header, without the total and the notes.
fn csv_rows(body: &[u8]) -> Vec<Vec<String>> {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").expect("a mark that it is UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.take_while(|row: &Vec<String>| !["Tổng cộng", "Chú thích"].contains(&row[0].as_str())).collect()
}

/// Sums of all amounts and of OCOP amounts.
fn sums<'a>(rows: impl Iterator<Item = (i64, &'a str)>) -> (i64, i64) {
    rows.fold((0, 0), |(all, ocop), (amount, is_ocop)| (all + amount, ocop + if is_ocop == "Có" { amount } else { 0 }))
}

async fn sales_line_exports_add_up_to_the_sales_of_the_edition(app: TestApp) {
    let by = &app.demo_owner().await;
    for slug in ["ocop-quang-ninh-xuan-2018", "ocop-mien-bac-2018", "ocop-quang-ninh-demo"] {
        let figures = app.get(&format!("/editions/{slug}/statistics")).by(by).send().await.expect(200);
        let sales = |part: &str| figures["sales"][part]["amount"].as_i64().unwrap();
        let wanted = (sales("total"), sales("ocop"));
        let get = async |query: &str| app.get(&format!("/editions/{slug}/sales-lines{query}")).by(by).send().await;
        let file = get("").await;
        assert_eq!(file.headers.get("content-type").unwrap(), "text/csv; charset=utf-8");
        assert_eq!(
            file.headers.get("content-disposition").unwrap(),
            &format!("attachment; filename=\"{slug}-sales-lines.csv\"")
        );
        let rows = csv_rows(&file.body);
        let amounts = rows.iter().skip(1).map(|row| (row[8].parse().unwrap(), row[9].as_str()));
        assert_eq!(sums(amounts), wanted, "{slug}");
        let mut book = Xlsx::new(std::io::Cursor::new(get("?format=xlsx").await.body)).unwrap();
        let sheet = book.worksheet_range("Chi tiết bán hàng").unwrap();
        assert_eq!(sheet.get_value((0, 8)), Some(&Data::String("Doanh thu (đồng)".into())));
        // The last row is the total.
        assert_eq!(sheet.rows().count(), rows.len() + 1);
        let amounts = sheet.rows().skip(1).map(|row| match (&row[8], &row[9]) {
            #[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "whole numbers below 2^53")]
            (Data::Float(amount), Data::Bool(is_ocop)) => (*amount as i64, if *is_ocop { "Có" } else { "Không" }),
            #[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "whole numbers below 2^53")]
            (Data::Float(amount), Data::Empty) => (*amount as i64, "total"),
            other => panic!("{other:?}"),
        });
        let (amounts, total): (Vec<_>, Vec<_>) = amounts.partition(|(_, ocop)| *ocop != "total");
        assert_eq!(sums(amounts.into_iter()), wanted, "{slug}");
        assert_eq!(total, [(wanted.0, "total")], "{slug}");
    }
}

async fn sales_line_export_has_latest_lines_or_totals(app: TestApp) {
    let world = World::new(&app).await;
    let report = async |day: &str, body: serde_json::Value| {
        let at = format!("/booths/{}/sales-reports/{day}", world.id("booth"));
        app.put(&at).by(&world.exhibitor).json(&body).send().await
    };
    let line = |name: &str, amount: i64| {
        json!({
            "product_name": name,
            "product_group": "food",
            "quantity_milli": 1_500,
            "unit": "kg",
            "amount": amount,
            "is_ocop": true,
        })
    };
    let first = json!({ "amount": 5, "ocop_amount": 5, "lines": [line("Sai", 5)] });
    report("2026-03-02", first).await.expect(201);
    let lines = [line("=1+1", 4_000_000), line("Chả mực, loại \"1\"", 1)];
    let second = json!({ "amount": 4_000_001, "ocop_amount": 4_000_001, "lines": lines, "reason": "Nhầm" });
    report("2026-03-02", second).await.expect(200);
    report("2026-03-03", json!({ "amount": 9, "ocop_amount": 4 })).await.expect(201);
    let file = app.get("/editions/hoi-cho/sales-lines?format=csv").by(&world.owner).send().await;
    let shown = [
        "day,booth,zone,exhibitor,product,product_group,quantity,unit,amount,ocop,channel,state",
        "2026-03-01,A01,Khu OCOP,HTX htx,,,,,1,Không,,Đã gửi",
        "2026-03-02,A01,Khu OCOP,HTX htx,'=1+1,Thực phẩm,1.5,kg,4000000,Có,Tại gian,Đã sửa",
        "2026-03-02,A01,Khu OCOP,HTX htx,\"Chả mực, loại \"\"1\"\"\",Thực phẩm,1.5,kg,1,Có,Tại gian,Đã sửa",
        "2026-03-03,A01,Khu OCOP,HTX htx,,,,,4,Có,,Đã gửi",
        "2026-03-03,A01,Khu OCOP,HTX htx,,,,,5,Không,,Đã gửi",
        "Tổng cộng,,,,,,,,4000011,,,",
        "Chú thích,,,,,,,,,,,",
    ];
    let text = String::from_utf8(file.body).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').split_terminator("\r\n").collect();
    assert_eq!(lines[..shown.len()], shown);
    assert!(lines.iter().any(|line| line.starts_with("\"Bản của ban tổ chức, có số liệu không công bố.")), "{lines:?}");
}

async fn sales_line_export_has_a_zero_row_for_a_nil_report(app: TestApp) {
    let world = World::new(&app).await;
    app.edition(&world.owner, "trong").await;
    let none = csv_rows(&app.get("/editions/trong/sales-lines").by(&world.owner).send().await.body);
    assert_eq!(none.len(), 1, "titles");
    let nil = format!("/booths/{}/sales-reports/2026-03-02", world.id("booth"));
    app.put(&nil).by(&world.exhibitor).json(&json!({ "amount": 0 })).send().await.expect(201);
    let rows = csv_rows(&app.get("/editions/hoi-cho/sales-lines").by(&world.owner).send().await.body);
    let of_day: Vec<_> = rows.iter().filter(|row| row[0] == "2026-03-02").collect();
    assert_eq!(of_day.iter().map(|row| row[8].as_str()).collect::<Vec<_>>(), ["0"]);
}

async fn sales_line_export_is_denied_before_the_first_byte(app: TestApp) {
    let world = World::new(&app).await;
    let at = "/editions/hoi-cho/sales-lines";
    app.get(at).send().await.refused(401, "login_required");
    app.get(at).by(&world.exhibitor).send().await.refused(403, "forbidden");
    let stranger = app.person("khac").await;
    app.get(at).by(&stranger).send().await.refused(403, "forbidden");
    app.get("/editions/khong-co/sales-lines").by(&world.owner).send().await.refused(404, "not_found");
    app.get(&format!("{at}?format=pdf")).by(&world.owner).send().await.refused(400, "bad_request");
}

crate::on_both_with_demo!(sales_line_exports_add_up_to_the_sales_of_the_edition);

crate::on_both!(
    sales_line_export_has_latest_lines_or_totals,
    sales_line_export_has_a_zero_row_for_a_nil_report,
    sales_line_export_is_denied_before_the_first_byte,
);
