//! Reports and tables of records as files: in words of the reader's language, with totals and notes, and imports read them back.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{TestApp, fair::Fair, now};

async fn download(app: &TestApp, by: &str, path: &str, language: &str) -> Vec<u8> {
    let answer = app.get(path).by(by).header("accept-language", language).send().await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    answer.body
}

/// Lines of a CSV file without its mark.
fn lines(file: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(file.strip_prefix(b"\xEF\xBB\xBF").expect("a mark that it is UTF-8")).unwrap();
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

/// The lines of the table without those of the notes.
fn rows(file: &[u8]) -> Vec<String> {
    lines(file).into_iter().take_while(|line| !line.starts_with("Chú thích,")).collect()
}

fn sheet(file: Vec<u8>) -> (Vec<String>, calamine::Range<Data>, Option<calamine::Range<Data>>) {
    let mut book = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    let (table, notes) =
        (book.worksheet_range(&names[0]).unwrap(), names.get(1).map(|n| book.worksheet_range(n).unwrap()));
    (names, table, notes)
}

/// A part of a workbook.
fn part(file: &[u8], name: &str) -> String {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    std::io::read_to_string(book.by_name(name).unwrap()).unwrap()
}

/// Uploads a table and imports all of it.
async fn import(app: &TestApp, by: &str, slug: &str, kind: &str, file: Vec<u8>) -> Value {
    let at = format!("/editions/{slug}/imports");
    let upload = app.post(&format!("{at}?kind={kind}")).by(by).bytes(file).header("content-type", "text/csv");
    let import = upload.send().await.expect(201);
    assert_eq!(import["missing"], json!([]), "{import}");
    let apply = json!({ "mode": "all", "accept_warnings": true });
    let path = format!("{at}/{}/apply", import["id"].as_str().unwrap());
    let applied = app.post(&path).by(by).json(&apply).send().await.expect(200);
    assert_eq!((&applied["outcome"]["faults"], &applied["state"]), (&json!([]), &json!("applied")), "{applied}");
    applied["outcome"].clone()
}

/// A record without an account, with an application in a state.
async fn enter(app: &TestApp, fair: &Fair, record: Value, judged: Option<&str>) -> String {
    let record = app.made(&format!("/organisers/{}/exhibitors", fair.organiser), &fair.owner, record).await;
    let product = json!({ "name": "=Cà phê", "product_group": "medicinal_plants", "declared_stars": 4,
        "certificate_number": "12/QĐ", "certificate_expires_on": "2028-06-30" });
    let apply =
        json!({ "exhibitor": record, "booths_wanted": 2, "category": "corner", "declared_products": [product] });
    let application = app.made("/editions/hoi-cho/applications", &fair.owner, apply).await;
    if let Some(step) = judged {
        let reason = json!({ "reason": "Hết chỗ" });
        app.post(&format!("/applications/{application}/{step}")).by(&fair.owner).json(&reason).send().await.expect(200);
    }
    record
}

/// A live fair with one of everything that tables have.
async fn fair(app: &TestApp) -> Fair {
    let fair = Fair::builder().exhibitors(["a", "b", "c"]).confirmed(3).build(app).await;
    let special =
        json!({ "zone": fair.zone, "category": "corner", "area_dm2": 120_050, "fee": 1_500_000, "has_power": true });
    app.made("/editions/hoi-cho/booths", &fair.owner, json!({ "code": "B2", "kind": special })).await;
    app.made("/editions/hoi-cho/booths", &fair.owner, json!({ "code": "B10", "kind": special })).await;
    let contact = json!([{ "name": "Bà Chăn", "phone": "+856 20 5555 1234", "email": "chan@example.la" }]);
    let lao = json!({ "name": "=Lao Coffee", "legal_form": "foreign", "country": "LA", "locality": "Viêng Chăn",
        "contacts": contact });
    enter(app, &fair, lao, Some("approve")).await;
    let office = json!({ "name": "Đơn vị Ba Chẽ", "legal_form": "agency", "locality": "Ba Chẽ" });
    enter(app, &fair, office, Some("waitlist")).await;
    let household = json!({ "name": "Dương Huy", "legal_form": "household_business", "locality": "Cẩm Phả" });
    enter(app, &fair, household, None).await;
    let with = json!({ "role": "represented", "name": "Đặc sản Lào", "country": "LA" });
    app.made(&format!("/allocations/{}/participants", fair.allocations[0]), &fair.owner, with).await;
    let co = json!({ "role": "co_exhibitor", "exhibitor": fair.exhibitors[2].id });
    app.made(&format!("/allocations/{}/participants", fair.allocations[0]), &fair.owner, co).await;
    app.advance(&fair.owner, "hoi-cho", &["registration_closed", "live"]).await;
    for (booth, (seller, amount)) in fair.exhibitors.iter().zip([5_000_000, 6_000_000, 7_000_000]).enumerate() {
        let body = json!({ "amount": amount, "ocop_amount": 1_000_000 });
        let path = format!("/booths/{}/sales-reports/2026-03-01", fair.booth(booth));
        app.put(&path).by(&seller.token).json(&body).send().await.expect(201);
    }
    let gate = app.made("/editions/hoi-cho/gates", &fair.owner, json!({ "name": "Cổng chính" })).await;
    let event = |id: u128, at: &str, entries: i64, reason: Option<&str>| {
        json!({ "id": uuid::Uuid::from_u128(id), "gate": gate, "occurred_at": format!("2026-03-01T{at}:00+07:00"),
            "entries": entries, "exits": 1, "reason": reason })
    };
    let events = [
        event(1, "08:10", 50, None),
        event(2, "08:40", 25, None),
        event(3, "09:05", 30, None),
        event(4, "12:00", -5, Some("Đếm nhầm")),
    ];
    let batch = json!({ "device": uuid::Uuid::from_u128(9), "now": now(), "events": events });
    app.post("/editions/hoi-cho/visit-counts").by(&fair.owner).json(&batch).send().await.expect(200);
    let deal = json!({ "exhibitor": fair.exhibitors[0].id, "kind": "mou", "counterpart": "Siêu thị", "amount": 500_000,
        "signed_on": "2026-03-01" });
    app.made("/editions/hoi-cho/deals", &fair.owner, deal).await;
    fair
}

async fn tables_are_in_words_with_dates_totals_and_notes(app: TestApp) {
    let fair = fair(&app).await;
    let csv = async |path: &str| lines(&download(&app, &fair.owner, &format!("/editions/hoi-cho/{path}"), "vi").await);
    let booths = csv("reports/booths?format=csv").await;
    assert_eq!(booths[0], "booth,zone,category,area_m2,booth_equivalents,fee,has_power,has_water,exhibitor");
    assert_eq!(booths[1], "A01,Khu OCOP,Tiêu chuẩn 3×3 m,9,1,0,Không,Không,HTX a");
    // In natural order.
    assert!(booths[11].starts_with("B2,Khu OCOP,Gian góc,1200.5,") && booths[12].starts_with("B10,"), "{booths:?}");
    assert!(booths[13].starts_with("Tổng cộng,,,2491,"), "{booths:?}");
    assert_eq!(booths[14], "Chú thích,,,,,,,,");

    let exhibitors = csv("reports/exhibitors?format=csv").await;
    assert_eq!(
        exhibitors[1..6],
        [
            "HTX a,Đơn vị chính,Hợp tác xã,Việt Nam,Đầm Hà,1,0",
            "HTX b,Đơn vị chính,Hợp tác xã,Việt Nam,Đầm Hà,1,0",
            "HTX c,Đơn vị chính,Hợp tác xã,Việt Nam,Đầm Hà,1,1",
            "Đặc sản Lào,Được đại diện,,Lào,,0,0",
            "Tổng cộng,,,,,3,",
        ]
    );
    let english = download(&app, &fair.owner, "/editions/hoi-cho/reports/exhibitors?format=csv", "en").await;
    assert_eq!(lines(&english)[4], "Đặc sản Lào,Represented,,Laos,,0,0");

    let sales = csv("tables/sales?format=csv").await;
    assert_eq!(
        sales[..5],
        [
            "day,booth,zone,exhibitor,amount,ocop_amount,state",
            "2026-03-01,A01,Khu OCOP,HTX a,5000000,1000000,Đã gửi",
            "2026-03-01,A02,Khu OCOP,HTX b,6000000,1000000,Đã gửi",
            "2026-03-01,A03,Khu OCOP,HTX c,7000000,1000000,Đã gửi",
            "Tổng cộng,,,,18000000,3000000,",
        ]
    );
    let applications = csv("tables/exhibitors?format=csv").await;
    let names: Vec<&str> = applications[1..7].iter().map(|line| line.split(',').next().unwrap()).collect();
    // In dictionary order: Đ after D.
    assert_eq!(names, ["'=Lao Coffee", "Dương Huy", "Đơn vị Ba Chẽ", "HTX a", "HTX b", "HTX c"]);
    assert_eq!(
        applications[1],
        "'=Lao Coffee,Đơn vị nước ngoài,,Lào,Viêng Chăn,2,Gian góc,Đã duyệt,Bà Chăn,+856 20 55 551 234,chan@example.la"
    );
    let deals = csv("tables/deals?format=csv").await;
    assert_eq!(deals[1..3], ["HTX a,Biên bản ghi nhớ,Siêu thị,500000,2026-03-01", "Tổng cộng,,,500000,"]);

    let file = download(&app, &fair.owner, "/editions/hoi-cho/tables/sales?format=xlsx", "vi").await;
    assert_eq!(file, download(&app, &fair.owner, "/editions/hoi-cho/tables/sales?format=xlsx", "vi").await);
    let (names, table, notes) = sheet(file);
    assert_eq!(names, ["Báo cáo doanh thu", "Chú thích"]);
    let title = |n| table.get_value((0, n)).unwrap().to_string();
    assert_eq!((title(0), title(4)), ("Ngày".to_owned(), "Doanh thu (đồng)".to_owned()));
    assert!(matches!(table.get_value((1, 0)), Some(Data::DateTime(_))), "{:?}", table.get_value((1, 0)));
    assert_eq!(table.get_value((4, 4)), Some(&Data::Float(18_000_000.0)));
    let file = download(&app, &fair.owner, "/editions/hoi-cho/tables/booths?format=xlsx", "en").await;
    let xml = part(&file, "xl/worksheets/sheet1.xml");
    let widths: std::collections::BTreeSet<&str> =
        xml.split(" width=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(widths.len() > 3 && xml.contains("<autoFilter ref=\"A1:H13\"/>"), "{xml}");
    let exhibitors = download(&app, &fair.owner, "/editions/hoi-cho/tables/exhibitors?format=xlsx", "vi").await;
    assert_eq!(sheet(exhibitors).0, ["Đơn vị tham gia và đơn đăng ký"], "in full");
    let (names, booths, _) = sheet(file.clone());
    assert_eq!(names, ["Booths"]);
    let power = |row| booths.get_value((row, 6)).unwrap().clone();
    assert_eq!((power(1), power(11)), (Data::Bool(false), Data::Bool(true)));
    app.wait(chrono::Duration::minutes(5));
    assert!(download(&app, &fair.owner, "/editions/hoi-cho/tables/booths?format=xlsx", "en").await == file);
    let report = app.get("/editions/hoi-cho/reports/booths").by(&fair.owner).send().await.expect(200);
    assert_eq!((&report["items"][0]["has_power"], &report["items"][10]["has_power"]), (&json!(false), &json!(true)));
    let notes: Vec<String> = notes.unwrap().rows().map(|row| row[0].to_string()).collect();
    assert!(notes.iter().any(|note| note.starts_with("Doanh thu: ")), "{notes:?}");
}

async fn reports_say_what_they_are(app: TestApp) {
    let fair = fair(&app).await;
    let at = "/editions/hoi-cho/reports/sales-by-day";
    let provisional = app.get(at).by(&fair.owner).send().await.expect(200);
    assert!(provisional["about"]["status"].as_str().unwrap().contains("03/03/2026"), "{provisional}");
    assert_eq!((provisional["about"].get("digest"), provisional["about"].get("citation")), (None, None));
    app.advance(&fair.owner, "hoi-cho", &["reporting", "finalised"]).await;
    let statistics = app.get("/editions/hoi-cho/statistics").send().await;
    let link = statistics.headers.get("link").unwrap().to_str().unwrap();
    assert_eq!(link, "</fairs/hoi-cho/figures>; rel=\"describedby\"");
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&statistics.body));

    let public = app.get(at).send().await.expect(200);
    assert_eq!(public["items"][0]["day"], "2026-03-01");
    assert_eq!(public["total"], json!({ "amount": 18_000_000, "ocop_amount": 3_000_000, "reports": 3 }));
    let about = &public["about"];
    assert_eq!(about["digest"], json!(digest));
    assert_eq!(about["definitions"][0]["term"], "Doanh thu");
    let address = "http://localhost:8080/fairs/hoi-cho/figures";
    let cited = format!("Hội chợ OCOP, 03/03/2026, {address}, {}", digest.get(..12).unwrap());
    assert_eq!(about["citation"], json!(cited));
    assert!(about["terms"].as_str().unwrap().contains("CC BY 4.0"));
    assert_eq!(about.get("restriction"), None);
    let csv = app.get(&format!("{at}?format=csv")).send().await;
    let csv = lines(&csv.body);
    for part in ["Tổng cộng,18000000,3000000,3", &digest, &cited, "CC BY 4.0", "Lượt khách: Số lượt vào"]
    {
        assert!(csv.iter().any(|line| line.contains(part)), "{part} is not in {csv:?}");
    }
    let page = String::from_utf8(app.root("/fairs/hoi-cho/figures").send().await.body).unwrap();
    assert!(page.contains(&cited) && page.contains("<tfoot>"), "{page}");
    // The organiser's copy says that it has more, and cites the published figures.
    let own = app.get(at).by(&fair.owner).send().await.expect(200);
    assert!(own["about"]["restriction"].as_str().unwrap().contains(address), "{own}");
    assert_eq!(own["about"]["citation"], json!(cited));
    assert_ne!(own["about"]["digest"], json!(digest));
}

async fn amounts_have_the_decimal_places_of_their_currency(app: TestApp) {
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let edition = json!({ "organiser": organiser, "slug": "vientiane", "name": "Fair", "currency": "USD" });
    app.made("/editions", &owner, edition).await;
    let zone = app.made("/editions/vientiane/zones", &owner, json!({ "code": "A", "name": "Zone" })).await;
    let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 1_250 });
    app.made("/editions/vientiane/booths", &owner, json!({ "code": "A1", "kind": kind })).await;
    let file = download(&app, &owner, "/editions/vientiane/tables/booths?format=csv", "en").await;
    assert_eq!(lines(&file)[1], "A1,Zone,Standard 3×3 m,9,1,12.50,No,No");
    for format in ["csv", "xlsx"] {
        let file = download(&app, &owner, &format!("/editions/vientiane/tables/booths?format={format}"), "en").await;
        let outcome = import(&app, &owner, "vientiane", "booths", file).await;
        assert_eq!((&outcome["rows"], &outcome["unchanged"]), (&json!(1), &json!(1)), "{outcome}");
    }
}

/// What imports read from our own files changes nothing: reports and tables, in both formats and languages.
async fn exports_change_nothing_when_they_are_imported(app: TestApp) {
    let fair = fair(&app).await;
    for (kind, path, expected, skipped) in [
        ("booths", "reports/booths", 12, json!(["total"])),
        ("booths", "tables/booths", 12, json!(["total"])),
        ("exhibitors", "reports/exhibitors", 3, json!(["represented", "total"])),
        ("exhibitors", "tables/exhibitors", 6, json!(["total"])),
        ("products", "tables/products", 3, json!([])),
        ("sales", "tables/sales", 3, json!(["total"])),
        ("visits", "reports/visits-by-hour", 3, json!(["total"])),
        ("visits", "tables/visits", 3, json!(["total"])),
    ] {
        for (format, language) in [("csv", "vi"), ("csv", "en"), ("xlsx", "vi"), ("xlsx", "en")] {
            let at = format!("/editions/hoi-cho/{path}?format={format}");
            let file = download(&app, &fair.owner, &at, language).await;
            let outcome = import(&app, &fair.owner, "hoi-cho", kind, file).await;
            let counts = ["rows", "added", "changed", "unchanged"].map(|key| outcome[key].as_i64().unwrap());
            assert_eq!(counts, [expected, 0, 0, expected], "{at} {language}: {outcome}");
            assert_eq!(outcome["totals"], json!([]), "{at} {language}");
            let passed: Vec<Value> = outcome["passed"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["why"].clone())
                .filter(|w| w != "note")
                .collect();
            assert_eq!(json!(passed), skipped, "{at} {language}: {outcome}");
        }
    }
}

/// Everything imported into another organiser's edition is exported from there as it was.
async fn exports_make_the_same_records_elsewhere(app: TestApp) {
    let fair = fair(&app).await;
    let other = app.person("other").await;
    app.edition(&other, "noi-khac").await;
    let original = async |table: &str, format: &str| {
        download(&app, &fair.owner, &format!("/editions/hoi-cho/tables/{table}?format={format}"), "vi").await
    };
    let copy = async |table: &str| {
        download(&app, &other, &format!("/editions/noi-khac/tables/{table}?format=csv"), "vi").await
    };
    app.advance(&other, "noi-khac", &["published", "registration_open"]).await;
    for (table, format) in [("booths", "xlsx"), ("exhibitors", "csv"), ("products", "xlsx")] {
        import(&app, &other, "noi-khac", table, original(table, format).await).await;
        // Imports recognise known places by their names.
        let by_name = |line: String| line.replace(",Xã ", ",").replace(",Phường ", ",");
        let copied: Vec<String> = rows(&copy(table).await).into_iter().map(by_name).collect();
        assert_eq!(copied, rows(&original(table, "csv").await), "{table}");
    }
    // The booths of the reports are let to the same exhibitors.
    let booths = app.get("/editions/noi-khac/booths?limit=500").by(&other).send().await.expect(200);
    let applications = app.get("/editions/noi-khac/applications?limit=500").by(&other).send().await.expect(200);
    for (code, name) in [("A01", "HTX a"), ("A02", "HTX b"), ("A03", "HTX c")] {
        let id_of = |list: &Value, key: &str, value: &str| {
            list["items"].as_array().unwrap().iter().find(|item| item[key] == value).unwrap()["id"].clone()
        };
        let application = id_of(&applications, "exhibitor_name", name);
        let hold = json!({ "application": application, "booths": [id_of(&booths, "code", code)] });
        let held = app.post("/editions/noi-khac/allocations").by(&other).json(&hold).send().await.expect(201);
        let allocation = held["items"][0]["id"].as_str().unwrap().to_owned();
        app.step(&other, &allocation, "offer").await.expect(200);
        app.confirm_from(&other, &allocation, "2026-03-01").await;
    }
    app.made("/editions/noi-khac/gates", &other, json!({ "name": "Cổng chính" })).await;
    app.advance(&other, "noi-khac", &["registration_closed", "live"]).await;
    import(&app, &other, "noi-khac", "sales", original("sales", "xlsx").await).await;
    assert_eq!(rows(&copy("sales").await), rows(&original("sales", "csv").await));
    // The adjustment below zero stays an adjustment of the place where it was made.
    let counted: String = rows(&original("visits", "csv").await)
        .into_iter()
        .filter(|line| !line.contains(",-5,") && !line.starts_with("Tổng cộng"))
        .map(|line| line + "\r\n")
        .collect();
    import(&app, &other, "noi-khac", "visits", counted.clone().into_bytes()).await;
    let copied: String = rows(&copy("visits").await)
        .into_iter()
        .filter(|line| !line.starts_with("Tổng cộng"))
        .map(|line| line + "\r\n")
        .collect();
    assert_eq!(copied, counted);
}

async fn tables_of_records_are_the_organisers(app: TestApp) {
    let fair = fair(&app).await;
    let at = "/editions/hoi-cho/tables/exhibitors";
    app.get(at).send().await.refused(401, "login_required");
    app.get(at).by(&fair.exhibitors[0].token).send().await.refused(403, "forbidden");
    app.get("/editions/hoi-cho/tables/nothing").by(&fair.owner).send().await.refused(404, "not_found");
    app.get(&format!("{at}?format=json")).by(&fair.owner).send().await.refused(400, "bad_request");
}

crate::on_both!(
    tables_are_in_words_with_dates_totals_and_notes,
    reports_say_what_they_are,
    amounts_have_the_decimal_places_of_their_currency,
    exports_change_nothing_when_they_are_imported,
    exports_make_the_same_records_elsewhere,
    tables_of_records_are_the_organisers,
);
