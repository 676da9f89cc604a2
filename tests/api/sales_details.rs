//! Sales report lines, tables, reviews and reminders; deals; co-exhibitors.
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, snapshot::numbered, world::World};

fn report(world: &World, day: &str) -> String {
    format!("/booths/{}/sales-reports/{day}", world.id("booth"))
}

async fn sales_lines_must_add_up_to_the_report(app: TestApp) {
    let world = World::new(&app).await;
    let path = report(&world, "2026-03-02");
    let line = |amount: i64, ocop: bool, group: &str| {
        json!({
            "product_name": "Miến dong",
            "product_group": group,
            "quantity_milli": 1_500,
            "unit": "kg",
            "amount": amount,
            "is_ocop": ocop,
            "channel": "online",
        })
    };
    let lines = [line(4_000_000, true, "food"), line(2_500_000, false, "beverages")];
    let body = |amount: i64, ocop: i64| json!({ "amount": amount, "ocop_amount": ocop, "lines": lines });
    for (amount, ocop) in [(6_500_001, 4_000_000), (6_500_000, 4_000_001)] {
        let refused =
            app.put(&path).by(&world.exhibitor).json(&body(amount, ocop)).send().await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["code"], "sum", "{refused}");
    }
    let huge = json!({ "amount": 1, "lines": [line(i64::MAX, false, "food"), line(i64::MAX, false, "food")] });
    app.put(&path).by(&world.exhibitor).json(&huge).send().await.refused(422, "invalid");
    app.put(&path).by(&world.exhibitor).json(&body(6_500_000, 4_000_000)).send().await.expect(201);
    let shown = app.get(&path).by(&world.exhibitor).send().await.expect(200);
    insta::assert_snapshot!("report_with_lines", numbered(&shown));
    let s = app.get("/editions/hoi-cho/statistics").by(&world.owner).send().await.expect(200);
    let groups = s["sales"]["by_product_group"].as_array().unwrap();
    let of = |name: &str| groups.iter().find(|g| g["name"] == name).map(|g| g["amount"].as_i64().unwrap());
    assert_eq!((of("food"), of("beverages"), of("unspecified")), (Some(4_000_000), Some(2_500_000), Some(1)));
}

async fn unusual_amount_is_accepted_with_a_warning(app: TestApp) {
    let world = World::new(&app).await;
    let put =
        async |day: &str, body: Value| app.put(&report(&world, day)).by(&world.exhibitor).json(&body).send().await;
    let taken = put("2026-03-02", json!({ "amount": 7_500_000, "only_usual": true })).await.expect(201);
    assert_eq!(taken["warnings"], Value::Null);
    // A page asks before it saves.
    let refused = put("2026-03-03", json!({ "amount": 7_500, "only_usual": true })).await.refused(422, "invalid");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/amount"), &json!("unusual"))
    );
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("bảy nghìn năm trăm"), "{refused}");
    let taken = put("2026-03-03", json!({ "amount": 7_500 })).await.expect(201);
    assert_eq!(taken["warnings"][0]["code"], "unusually_low");
}

async fn earlier_reports_of_the_booth_say_what_is_usual(app: TestApp) {
    let world = World::new(&app).await;
    let put =
        async |day: &str, body: Value| app.put(&report(&world, day)).by(&world.exhibitor).json(&body).send().await;
    put("2026-03-01", json!({ "amount": 300_000, "reason": "Đếm lại" })).await.expect(200);
    put("2026-03-02", json!({ "amount": 400_000 })).await.expect(201);
    // Usual for this booth, though far below other booths.
    let taken = put("2026-03-03", json!({ "amount": 350_000 })).await.expect(201);
    assert_eq!(taken["warnings"], Value::Null);
    let taken = put("2026-03-03", json!({ "amount": 8_000_000, "reason": "Đếm lại" })).await.expect(200);
    assert_eq!(taken["warnings"][0]["code"], "unusually_high");
}

async fn concurrent_corrections_conflict(app: TestApp) {
    let world = World::new(&app).await;
    let path = report(&world, "2026-03-01");
    let tag =
        app.get(&path).by(&world.exhibitor).send().await.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let correct = async |amount: i64| {
        let body = json!({ "amount": amount, "reason": "Đếm lại" });
        app.put(&path).by(&world.exhibitor).header("if-match", &tag).json(&body).send().await
    };
    correct(6_000_000).await.expect(200);
    correct(7_000_000).await.refused(412, "stale_version");
    assert_eq!(app.get(&path).by(&world.exhibitor).send().await.expect(200)["amount"], 6_000_000);
}

async fn organiser_accepts_or_queries_a_sales_report(app: TestApp) {
    let world = World::new(&app).await;
    let path = report(&world, "2026-03-01");
    let judge = async |step: &str, by: &str| {
        app.post(&format!("{path}/{step}")).by(by).json(&json!({ "reason": "Có nhầm không?" })).send().await
    };
    judge("accept", &world.exhibitor).await.refused(403, "forbidden");
    assert_eq!(judge("query", &world.owner).await.expect(200)["note"], "Có nhầm không?");
    app.post(&format!("{path}/accept")).by(&world.owner).send().await.expect(200);
    app.post(&format!("{path}/accept")).by(&world.owner).send().await.refused(409, "illegal_step");
    let listed = app.get("/editions/hoi-cho/sales-reports?state=accepted").by(&world.owner).send().await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    app.get("/editions/hoi-cho/sales-reports?state=lost").by(&world.owner).send().await.refused(400, "bad_request");
}

async fn sales_report_table_is_atomic_and_idempotent(app: TestApp) {
    let world = World::new(&app).await;
    let import = async |csv: &str| {
        let upload = app.post("/editions/hoi-cho/imports?kind=sales").by(&world.owner).table(csv);
        let import = upload.send().await.expect(201)["id"].as_str().unwrap().to_owned();
        let at = format!("/editions/hoi-cho/imports/{import}/apply");
        app.post(&at).by(&world.owner).json(&json!({ "mode": "all" })).send().await.expect(200)
    };
    let wrong =
        "booth,day,amount\nA01,2026-03-02,5000000\nA09,2026-03-02,5000000\nA01,2026-03-09,5000000\nA01,2026-03-02,-5\n";
    let refused = import(wrong).await;
    let faults = refused["outcome"]["faults"].as_array().unwrap();
    let told: Vec<String> = faults.iter().map(|e| format!("{} {}", e["row"], e["field"]).replace('"', "")).collect();
    assert_eq!(
        (&refused["state"], told),
        (&json!("checked"), vec!["3 booth".into(), "4 day".into(), "5 ".into(), "5 amount".into()])
    );
    app.get(&report(&world, "2026-03-02")).by(&world.owner).send().await.refused(404, "not_found");
    let fine =
        "booth;day;amount;ocop_amount;reason\nA01;02/03/2026;5000000;3000000;\nA01;2026-03-01;9000000;0;Đếm lại\n";
    let counts = |done: &Value| ["added", "changed", "unchanged"].map(|key| done["outcome"][key].as_i64().unwrap());
    assert_eq!(counts(&import(fine).await), [1, 1, 0]);
    assert_eq!(counts(&import(fine).await), [0, 0, 2]);
    let history = app.get(&report(&world, "2026-03-01")).by(&world.owner).send().await.expect(200)["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

async fn unusual_amounts_are_imported_only_if_they_are_accepted(app: TestApp) {
    let world = World::new(&app).await;
    let table = "Gian;Ngày;Doanh thu\nA01;02/03/2026;155\nA01;03/03/2026;6.000.000\n";
    let upload = app.post("/editions/hoi-cho/imports?kind=sales").by(&world.owner).table(table);
    let at = format!("/editions/hoi-cho/imports/{}/apply", upload.send().await.expect(201)["id"].as_str().unwrap());
    let apply = async |body: Value| app.post(&at).by(&world.owner).json(&body).send().await.expect(200);
    let asked = apply(json!({ "mode": "all" })).await;
    let question = &asked["outcome"]["to_confirm"];
    assert_eq!((&asked["state"], question.as_array().unwrap().len()), (&json!("checked"), 1), "{asked}");
    assert_eq!((&question[0]["row"], &question[0]["code"]), (&json!(2), &json!("unusual")));
    assert!(question[0]["detail"].as_str().unwrap().contains("một trăm năm mươi lăm"), "{question}");
    app.get(&report(&world, "2026-03-02")).by(&world.owner).send().await.refused(404, "not_found");
    assert_eq!(apply(json!({ "mode": "all", "accept_warnings": true })).await["state"], "applied");
    assert_eq!(app.get(&report(&world, "2026-03-02")).by(&world.owner).send().await.expect(200)["amount"], 155);
}

async fn missing_reports_are_reminded_once_a_day(app: TestApp) {
    let world = World::new(&app).await;
    // Three days have begun; the third closes at 21:00, two hours from now, and the first has a report.
    let remind = async |by: &str| app.post("/editions/hoi-cho/sales-reminders").by(by).send().await;
    let counts = |answer: Value| {
        let count = |key: &str| answer[key].as_i64().unwrap();
        ["missing_reports", "emails_queued", "reminded", "already_reminded"].map(count)
    };
    // The organisation of the exhibitor has two members.
    assert_eq!(counts(remind(&world.owner).await.expect(202)), [1, 2, 1, 0]);
    let letter = app.letter_to("htx@example.vn").await["letter"].clone();
    assert_eq!(letter["missing"], json!([["A01", "2026-03-02"]]));
    assert_eq!(counts(remind(&world.owner).await.expect(202)), [1, 0, 0, 1]);
    app.wait(Duration::hours(24));
    let owner = app.login("owner@example.vn").await;
    assert_eq!(counts(remind(&owner).await.expect(202)), [2, 2, 1, 0]);
}

/// Enters a record without an account and gives it a booth from the first day on; returns the record.
async fn stand_without_account(app: &TestApp, fair: &Fair, booth: usize, body: Value) -> String {
    let record = app.made(&format!("/organisers/{}/exhibitors", fair.organiser), &fair.owner, body).await;
    let apply = json!({ "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    let application = app.made("/editions/hoi-cho/applications", &fair.owner, apply).await;
    app.post(&format!("/applications/{application}/approve")).by(&fair.owner).send().await.expect(200);
    let hold = json!({ "application": application, "booths": [fair.booth(booth)] });
    let held = app.post("/editions/hoi-cho/allocations").by(&fair.owner).json(&hold).send().await.expect(201);
    let allocation = held["items"][0]["id"].as_str().unwrap();
    app.step(&fair.owner, allocation, "offer").await.expect(200);
    app.confirm_from(&fair.owner, allocation, "2026-03-01").await;
    record
}

async fn reminders_name_whom_no_email_reaches(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).confirmed(1).build(&app).await;
    let record = |name: &str, contacts: Value| {
        let (form, place) = ("household_business", "Ba Chẽ");
        json!({ "name": name, "legal_form": form, "locality": place, "contacts": contacts })
    };
    let phone = json!([{ "name": "Cô Ba", "phone": "0912 345 678" }]);
    let with_phone = stand_without_account(&app, &fair, 1, record("Hộ Đặng Thị Ba", phone)).await;
    stand_without_account(&app, &fair, 2, record("Hộ Dương Văn Tư", json!([]))).await;
    let email = json!([{ "name": "Anh Năm", "email": "nam@example.vn", "phone": "0912 345 679" }]);
    stand_without_account(&app, &fair, 3, record("Hộ Năm", email)).await;
    app.advance(&fair.owner, "hoi-cho", &["registration_closed", "live"]).await;

    let remind = async || app.post("/editions/hoi-cho/sales-reminders").by(&fair.owner).send().await.expect(202);
    let told = remind().await;
    // Two days have closed, and nobody has reported.
    assert_eq!(
        (&told["missing_reports"], &told["emails_queued"], &told["reminded"]),
        (&json!(8), &json!(2), &json!(2))
    );
    let missed = told["without_email"].as_array().unwrap();
    // In dictionary order.
    assert_eq!(
        missed.iter().map(|e| e["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Hộ Dương Văn Tư", "Hộ Đặng Thị Ba"]
    );
    assert_eq!(missed[0]["contacts"], json!([]));
    assert_eq!(missed[1]["exhibitor"], json!(with_phone));
    assert_eq!(missed[1]["contacts"], json!([{ "name": "Cô Ba", "phone": "+84912345678", "zalo": null }]));
    let warning = told["warnings"][0]["detail"].as_str().unwrap();
    assert!(warning.contains("Hộ Đặng Thị Ba (0912 345 678)"), "{warning}");
    assert_eq!(app.letter_to("nam@example.vn").await["letter"]["missing"][0], json!(["A04", "2026-03-01"]));

    // Nobody was recorded as reminded who was not: an address that is entered later is used on the same day.
    let at = format!("/organisers/{}/exhibitors/{with_phone}/contacts", fair.organiser);
    let contacts = json!([{ "name": "Cô Ba", "email": "ba@example.vn" }]);
    app.put(&at).by(&fair.owner).header("if-match", "\"v1\"").json(&contacts).send().await.expect(200);
    let told = remind().await;
    assert_eq!((&told["emails_queued"], &told["already_reminded"]), (&json!(1), &json!(2)));
    assert_eq!(told["without_email"].as_array().unwrap().len(), 1);
    let page = String::from_utf8(app.root("/manage/hoi-cho").by(&fair.owner).send().await.body).unwrap();
    assert!(page.contains("Hộ Dương Văn Tư") && page.contains("chưa có số điện thoại"), "{page}");
}

async fn deals_are_counted_apart_from_sales(app: TestApp) {
    let world = World::new(&app).await;
    let deal = |exhibitor: &str, amount: i64, day: &str| {
        let (kind, counterpart) = ("contract", "Siêu thị Go!");
        json!({ "exhibitor": exhibitor, "kind": kind, "counterpart": counterpart, "amount": amount, "signed_on": day })
    };
    let path = "/editions/hoi-cho/deals";
    let id = world.id("exhibitor");
    let made = app.made(path, &world.owner, deal(id, 2_000_000_000, "2026-03-02")).await;
    let later = app.post(path).by(&world.owner).json(&deal(id, 1, "2026-03-07")).send().await;
    assert!(later.status.is_client_error());
    let body = json!({ "name": "HTX khác", "legal_form": "co_operative", "locality": "Hạ Long" });
    let outside = app.made(&format!("/organisers/{}/exhibitors", world.organiser), &world.owner, body).await;
    assert!(
        app.post(path).by(&world.owner).json(&deal(&outside, 1, "2026-03-02")).send().await.status.is_client_error()
    );
    let s = app.get("/editions/hoi-cho/statistics").by(&world.owner).send().await.expect(200);
    assert_eq!(
        (&s["deals"]["contracts"], &s["deals"]["contracts_value"]["amount"]),
        (&json!(1), &json!(2_000_000_000_i64))
    );
    assert_eq!((&s["deals"]["memoranda"], &s["sales"]["total"]["amount"]), (&json!(1), &json!(1)));
    app.delete(&format!("{path}/{made}")).by(&world.owner).header("if-match", "\"v1\"").send().await.expect(204);
}

async fn co_exhibitors_may_report_and_represented_companies_are_indirect(app: TestApp) {
    let world = World::new(&app).await;
    let body = json!({ "name": "HTX Khách", "legal_form": "co_operative", "locality": "Ba Chẽ" });
    let records = format!("/organisers/{}/exhibitors", world.organiser);
    let guests = app.made(&records, &world.owner, body.clone()).await;
    let path = format!("/allocations/{}/participants", world.kept);
    let with = json!({ "role": "co_exhibitor", "exhibitor": guests });
    // A member names only exhibitors that are known: their own, those that applied, those that stand at a fair.
    app.post(&path).by(&world.exhibitor).json(&with).send().await.refused(422, "invalid");
    let guest = app.person("guest").await;
    let own = app.made("/organisations", &guest, body).await;
    let invited = json!({ "email": "guest@example.vn" });
    app.post(&format!("{records}/{guests}/link")).by(&world.owner).json(&invited).send().await.expect(202);
    let received = app.get("/me/link-invitations").by(&guest).send().await.expect(200);
    let confirmed = json!({ "invitation": received["items"][0]["id"] });
    app.post(&format!("/organisations/{own}/links")).by(&guest).json(&confirmed).send().await.expect(201);
    let invited = json!({ "email": "htx@example.vn", "role": "staff" });
    app.post(&format!("/organisations/{own}/members")).by(&guest).json(&invited).send().await.expect(202);
    let accepted = json!({ "token": app.letter_to("htx@example.vn").await["letter"]["token"] });
    app.post("/invitations/accept").by(&world.exhibitor).json(&accepted).send().await.expect(200);
    app.post(&path).by(&world.exhibitor).json(&with).send().await.expect(201);
    app.post(&path).by(&world.exhibitor).json(&with).send().await.refused(409, "already_exists");
    let goods = json!({ "role": "represented", "name": "Lao Coffee", "country": "LA" });
    app.post(&path).by(&world.exhibitor).json(&goods).send().await.expect(201);
    let s = app.get("/editions/hoi-cho/statistics").by(&world.owner).send().await.expect(200);
    assert_eq!((&s["exhibitors"]["direct"], &s["exhibitors"]["indirect"]), (&json!(2), &json!(1)));
    // A shared booth has one total.
    let shared = json!({ "amount": 5_000_000, "lines": [
        { "amount": 2_000_000, "exhibitor": guests }, { "amount": 3_000_000, "exhibitor": world.id("exhibitor") },
    ] });
    app.put(&report(&world, "2026-03-02")).by(&guest).json(&shared).send().await.expect(201);
    let s = app.get("/editions/hoi-cho/statistics").by(&world.owner).send().await.expect(200);
    assert_eq!(s["sales"]["total"]["amount"], 5_000_001);
}

async fn declared_totals_stay_apart_from_computed_ones(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.organiser(&owner).await;
    let series = app.made("/series", &owner, json!({ "organiser": organiser, "name": "Chuỗi" })).await;
    let edition = |slug: &str, declared: Value| {
        json!({
            "organiser": organiser,
            "series": series,
            "slug": slug,
            "name": slug,
            "declared_sales": declared,
            "declared_visits": declared,
        })
    };
    for (slug, declared, day) in [("ky-1", json!(1_000), "2026-01-10"), ("ky-2", Value::Null, "2026-02-10")] {
        app.made("/editions", &owner, edition(slug, declared)).await;
        let days = json!([{ "day": day, "opens_at": "08:00:00", "closes_at": "20:00:00" }]);
        let put = app.put(&format!("/editions/{slug}/opening-days")).by(&owner).header("if-match", "\"v1\"");
        put.json(&days).send().await.expect(200);
    }
    let s = app.get("/editions/ky-1/statistics").by(&owner).send().await.expect(200);
    assert_eq!((&s["sales"]["basis"], &s["sales"]["total"]["amount"]), (&json!("declared"), &json!(1_000)));
    let s = app.get("/editions/ky-2/statistics").by(&owner).send().await.expect(200);
    assert_eq!((&s["sales"]["basis"], &s["comparison"]["previous_edition"]), (&json!("computed"), &json!("ky-1")));
    assert_eq!(s["comparison"]["like_with_like"], false);
}

crate::on_both!(
    sales_lines_must_add_up_to_the_report,
    unusual_amount_is_accepted_with_a_warning,
    unusual_amounts_are_imported_only_if_they_are_accepted,
    earlier_reports_of_the_booth_say_what_is_usual,
    concurrent_corrections_conflict,
    organiser_accepts_or_queries_a_sales_report,
    sales_report_table_is_atomic_and_idempotent,
    missing_reports_are_reminded_once_a_day,
    reminders_name_whom_no_email_reaches,
    deals_are_counted_apart_from_sales,
    co_exhibitors_may_report_and_represented_companies_are_indirect,
    declared_totals_stay_apart_from_computed_ones,
);
