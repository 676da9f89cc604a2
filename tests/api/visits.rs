//! Gate counts: nothing is counted twice, corrections take off no more than was counted, and every way in has the same limits.
use chrono::{DateTime, Duration, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, TestApp, fair::Fair, now};

const COUNTS: &str = "/editions/hoi-cho/visit-counts";
const CORRECTIONS: &str = "/editions/hoi-cho/visit-corrections";

/// A live edition with opening days from 1 to 5 March, 8:00 to 21:00, and two gates. It is 19:00 on 3 March.
struct Gates {
    owner: String,
    organiser: String,
    main: String,
    side: String,
}

/// An event at 10:00 on a day of March.
fn event(gate: &str, day: u32, entries: i64) -> Value {
    event_at(gate, &format!("2026-03-0{day}T10:00:00+07:00"), entries)
}

fn event_at(gate: &str, at: &str, entries: i64) -> Value {
    json!({ "id": Uuid::now_v7(), "gate": gate, "occurred_at": at, "entries": entries })
}

fn correction(gate: &str, day: u32, entries: i64) -> Value {
    let mut event = event(gate, day, entries);
    event["reason"] = json!("Bấm nhầm");
    event
}

impl Gates {
    async fn new(app: &TestApp) -> Self {
        let Fair { owner, organiser, .. } = Fair::builder().state("live").build(app).await;
        let gate = async |name: &str| app.made("/editions/hoi-cho/gates", &owner, json!({ "name": name })).await;
        let (main, side) = (gate("Cổng chính").await, gate("Cổng phụ").await);
        Self { owner, organiser, main, side }
    }

    /// A batch of a device whose clock shows this time.
    async fn send_at(&self, app: &TestApp, device: u128, now: DateTime<Utc>, events: &[Value]) -> Answer {
        let batch = json!({ "device": Uuid::from_u128(device), "now": now, "events": events });
        app.post(COUNTS).by(&self.owner).json(&batch).send().await
    }

    async fn send(&self, app: &TestApp, device: u128, events: &[Value]) -> Answer {
        self.send_at(app, device, now(), events).await
    }

    /// A correction by the owner.
    async fn correct(&self, app: &TestApp, gate: &str, day: u32, entries: i64) -> Answer {
        let body = json!({ "gate": gate, "day": format!("2026-03-0{day}"), "entries": entries, "reason": "Đếm lại" });
        app.post(CORRECTIONS).by(&self.owner).json(&body).send().await
    }

    async fn rows(&self, app: &TestApp) -> Vec<Value> {
        app.get(COUNTS).by(&self.owner).send().await.expect(200)["items"].as_array().unwrap().clone()
    }

    /// Visits of a gate on a day.
    async fn visits(&self, app: &TestApp, gate: &str, day: u32) -> i64 {
        let day = format!("2026-03-0{day}");
        let rows = self.rows(app).await;
        rows.iter().filter(|r| r["gate"] == gate && r["day"] == *day).map(|r| r["entries"].as_i64().unwrap()).sum()
    }
}

/// Pointer and code of the only error.
fn error(problem: &Value) -> (&str, &str) {
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    (errors[0]["pointer"].as_str().unwrap(), errors[0]["code"].as_str().unwrap())
}

async fn repeated_batch_is_counted_once(app: TestApp) {
    let gates = Gates::new(&app).await;
    let events: Vec<Value> = (0..1_000).map(|_| event(&gates.main, 2, 2)).collect();
    let first = gates.send(&app, 1, &events).await.expect(200);
    assert_eq!(first, json!({ "accepted": 1_000, "repeated": 0, "outside_hours": 0, "clock_correction_s": 0 }));
    let second = gates.send(&app, 1, &events).await.expect(200);
    assert_eq!((&second["accepted"], &second["repeated"]), (&json!(0), &json!(1_000)));
    let statistics = app.get("/editions/hoi-cho/statistics").by(&gates.owner).send().await.expect(200);
    assert_eq!(statistics["visits"]["total"], 2_000);
}

async fn correction_requires_a_reason_and_batches_are_atomic(app: TestApp) {
    let gates = Gates::new(&app).await;
    let (good, bad) = (event(&gates.main, 1, 50), event(&gates.main, 1, -5));
    gates.send(&app, 1, &[good.clone(), bad]).await.refused(422, "invalid");
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 0);
    gates.send(&app, 1, &[good, correction(&gates.main, 1, -5)]).await.expect(200);
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 45);
}

async fn device_takes_off_no_more_than_it_counted_at_the_gate_on_the_day(app: TestApp) {
    let gates = Gates::new(&app).await;
    for device in [1, 2] {
        gates.send(&app, device, &[event(&gates.main, 1, 10), event(&gates.side, 1, 10)]).await.expect(200);
    }
    gates.send(&app, 1, &[event(&gates.main, 2, 10)]).await.expect(200);
    // The other device, the other gate and the other day have enough, but they are not its to take from.
    let refused = gates.send(&app, 2, &[correction(&gates.main, 1, -11)]).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/events/0/entries", "below_zero"));
    gates.send(&app, 2, &[correction(&gates.main, 2, -1)]).await.refused(422, "invalid");
    gates.send(&app, 3, &[correction(&gates.main, 1, -1)]).await.refused(422, "invalid");
    // Not even in two steps, in one batch or with a count of another gate.
    let two = [correction(&gates.main, 1, -6), correction(&gates.main, 1, -5), event(&gates.side, 1, 5)];
    gates.send(&app, 2, &two).await.refused(422, "invalid");
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 20);
    gates.send(&app, 2, &[correction(&gates.main, 1, -10)]).await.expect(200);
    gates.send(&app, 2, &[correction(&gates.main, 1, -1)]).await.refused(422, "invalid");
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 10);
    // Exits are counted apart.
    let mut exit = correction(&gates.main, 1, 0);
    exit["exits"] = json!(-1);
    let refused = gates.send(&app, 1, &[exit]).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/events/0/exits", "below_zero"));
}

async fn correction_may_arrive_before_the_count_of_its_batch_and_twice(app: TestApp) {
    let gates = Gates::new(&app).await;
    let batch = [correction(&gates.main, 1, -1), event(&gates.main, 1, 1)];
    gates.send(&app, 1, &batch).await.expect(200);
    let again = gates.send(&app, 1, &batch).await.expect(200);
    assert_eq!(again["repeated"], 2);
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 0);
}

async fn device_cannot_take_off_what_staff_has_taken_off(app: TestApp) {
    let gates = Gates::new(&app).await;
    gates.send(&app, 1, &[event(&gates.main, 1, 10)]).await.expect(200);
    let corrected = gates.correct(&app, &gates.main, 1, -10).await.expect(200);
    assert_eq!((&corrected["entries"], &corrected["hour"]), (&json!(0), &json!(10)));
    let refused = gates.send(&app, 1, &[correction(&gates.main, 1, -1)]).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/events/0/entries", "below_zero"));
}

async fn staff_corrects_by_gate_and_day_with_a_reason(app: TestApp) {
    let gates = Gates::new(&app).await;
    gates.send(&app, 1, &[event(&gates.main, 1, 30)]).await.expect(200);
    gates.send(&app, 2, &[event(&gates.main, 1, 20), event(&gates.side, 1, 90)]).await.expect(200);
    let refused = gates.correct(&app, &gates.main, 1, -51).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/entries", "below_zero"));
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("50"), "{refused}");
    gates.correct(&app, &gates.main, 1, -50).await.expect(200);
    assert_eq!((gates.visits(&app, &gates.main, 1).await, gates.visits(&app, &gates.side, 1).await), (0, 90));

    let body = |day: &str, entries: i64, reason: &str| json!({ "gate": gates.main, "day": day, "entries": entries, "reason": reason });
    let send = async |by: &str, body: &Value| app.post(CORRECTIONS).by(by).json(body).send().await;
    for (wrong, pointer, code) in [
        (body("2026-03-01", 5, "  "), "/reason", "text"),
        (body("2026-03-01", 0, "Đếm lại"), "/entries", "missing"),
        (body("2026-03-01", 1_000_001, "Đếm lại"), "/entries", "range"),
        (body("2026-03-04", 5, "Đếm lại"), "/day", "future"),
        (body("2026-03-09", 5, "Đếm lại"), "/day", "not_an_opening_day"),
    ] {
        let refused = send(&gates.owner, &wrong).await.refused(422, "invalid");
        assert!(refused["errors"].to_string().contains(&format!("\"{pointer}\"")), "{wrong}: {refused}");
        assert!(refused["errors"].to_string().contains(&format!("\"{code}\"")), "{wrong}: {refused}");
    }
    let good = body("2026-03-01", 5, "Đếm lại");
    let gate_staff = app.staff(&gates.owner, &gates.organiser, "gate").await;
    let manager = app.staff(&gates.owner, &gates.organiser, "manager").await;
    let stranger = app.person("stranger").await;
    send(&gate_staff, &good).await.refused(403, "forbidden");
    send(&stranger, &good).await.refused(403, "forbidden");
    send(&manager, &good).await.expect(200);
    let log = app.get(&format!("/audit-log?organiser={}&limit=5", gates.organiser)).by(&gates.owner).send().await;
    let log = log.expect(200);
    let line = log["items"].as_array().unwrap().iter().find(|l| l["action"] == "visits.correct").unwrap();
    assert_eq!((&line["before"]["total"]["entries"], &line["after"]["total"]["entries"]), (&json!(0), &json!(5)));
    assert_eq!(line["after"]["correction"]["reason"], "Đếm lại");
}

async fn concurrent_corrections_do_not_pass_together(app: TestApp) {
    let gates = Gates::new(&app).await;
    gates.send(&app, 1, &[event(&gates.main, 1, 10), event(&gates.side, 1, 10)]).await.expect(200);
    let staff = join_all((0..8).map(|_| gates.correct(&app, &gates.main, 1, -3))).await;
    assert_eq!(staff.iter().filter(|answer| answer.status == 200).count(), 3);
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 1);
    let corrections: Vec<[Value; 1]> = (0..8).map(|_| [correction(&gates.side, 1, -3)]).collect();
    let device = join_all(corrections.iter().map(|events| gates.send(&app, 1, events))).await;
    assert_eq!(device.iter().filter(|answer| answer.status == 200).count(), 3);
    assert_eq!(gates.visits(&app, &gates.side, 1).await, 1);
}

async fn counts_have_maxima_whichever_way_they_come(app: TestApp) {
    let gates = Gates::new(&app).await;
    for (entries, exits) in [(10_001, 0), (0, 10_001), (i64::MAX, 0), (-1, 0)] {
        let mut wrong = event(&gates.main, 1, entries);
        wrong["exits"] = json!(exits);
        gates.send(&app, 1, &[wrong]).await.refused(422, "invalid");
    }
    gates.send(&app, 1, &[correction(&gates.main, 1, -10_001)]).await.refused(422, "invalid");
    gates.send(&app, 1, &[event(&gates.main, 1, 10_000)]).await.expect(200);
    // A day of a gate: typed.
    gates.correct(&app, &gates.side, 1, 1_000_000).await.expect(200);
    let refused = gates.correct(&app, &gates.side, 1, 1).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/entries", "range"));
    // And imported: each row, and the rows of a day together.
    let apply = async |table: &str| {
        let import = app.post("/editions/hoi-cho/imports?kind=visits").by(&gates.owner).table(table).send().await;
        let at = format!("/editions/hoi-cho/imports/{}", import.expect(201)["id"].as_str().unwrap());
        app.post(&format!("{at}/check")).by(&gates.owner).send().await.expect(200);
        let applied = app.post(&format!("{at}/apply")).by(&gates.owner).json(&json!({ "mode": "all" })).send().await;
        let outcome = applied.expect(200)["outcome"].clone();
        outcome["faults"].as_array().unwrap().len()
    };
    for (rows, faults) in [
        ("02/03/2026;9;Cổng chính;1000001\n", 1),
        ("02/03/2026;9;Cổng chính;600000\n02/03/2026;10;Cổng chính;400001\n", 1),
        ("04/03/2026;9;Cổng chính;5\n", 1),
        ("02/03/2026;9;Cổng chính;600000\n02/03/2026;10;Cổng chính;400000\n", 0),
    ] {
        let applied = apply(&format!("Ngày;Giờ;Cổng;Lượt khách\n{rows}")).await;
        assert_eq!(applied, faults, "{rows}");
        assert_eq!(gates.visits(&app, &gates.main, 2).await, if faults == 0 { 1_000_000 } else { 0 }, "{rows}");
    }
    // Nor can a second table bring more.
    assert_eq!(apply("Ngày;Giờ;Cổng;Lượt khách\n02/03/2026;11;Cổng chính;1\n").await, 1);
    assert_eq!(gates.visits(&app, &gates.main, 2).await, 1_000_000);
}

async fn archive_keeps_devices_and_the_same_limits(app: TestApp) {
    let gates = Gates::new(&app).await;
    gates.send(&app, 1, &[event(&gates.main, 1, 7), event(&gates.main, 1, 8)]).await.expect(200);
    gates.send(&app, 2, &[event(&gates.main, 1, 5), correction(&gates.main, 1, -4)]).await.expect(200);
    gates.correct(&app, &gates.main, 1, -2).await.expect(200);
    let file = app.get("/editions/hoi-cho/archive").by(&gates.owner).send().await;
    let file = String::from_utf8(file.body).unwrap();
    let send = async |slug: &str, text: &str| {
        let at = format!("/organisers/{}/archives?slug={slug}", gates.organiser);
        app.post(&at).by(&gates.owner).bytes(text.to_owned()).send().await
    };
    for (before, after) in [
        // More taken off than the device had counted, than all had counted, without a reason, or too many at once.
        ("\"entries\":-4", "\"entries\":-6"),
        ("\"entries\":-2", "\"entries\":-17"),
        ("\"entries\":7", "\"entries\":-1"),
        ("\"entries\":7", "\"entries\":10001"),
        ("\"entries\":-2", "\"entries\":1000001"),
        ("\"local_day\":\"2026-03-01\"", "\"local_day\":\"2026-03-04\""),
    ] {
        let changed = file.replacen(before, after, 1);
        assert_ne!(changed, file, "{before}");
        send("ban-sai", &changed).await.refused(422, "invalid");
    }
    send("ban-sao", &file).await.expect(201);
    let copy = app.get("/editions/ban-sao/visit-counts").by(&gates.owner).send().await.expect(200);
    assert_eq!(copy["items"][0]["entries"], 14);
}

async fn counts_of_days_to_come_are_refused(app: TestApp) {
    let gates = Gates::new(&app).await;
    let refused = gates.send(&app, 1, &[event(&gates.main, 4, 1)]).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/events/0/occurred_at", "future"));
    let refused = gates.send(&app, 1, &[event(&gates.main, 9, 1)]).await.refused(422, "invalid");
    assert_eq!(error(&refused), ("/events/0/occurred_at", "not_an_opening_day"));
    app.wait(Duration::hours(15));
    let gates = Gates { owner: app.login("owner@example.vn").await, ..gates };
    gates.send_at(&app, 1, now() + Duration::hours(15), &[event(&gates.main, 4, 1)]).await.expect(200);
}

async fn wrong_clock_of_a_device_is_reported_and_its_times_are_corrected(app: TestApp) {
    let gates = Gates::new(&app).await;
    // Half past ten on 2 March by a clock that is an hour fast; sent a day later.
    let offline = event_at(&gates.main, "2026-03-02T10:30:00+07:00", 1);
    let fast = gates.send_at(&app, 1, now() + Duration::hours(1), &[offline]).await.expect(200);
    assert_eq!(fast["clock_correction_s"], -3_600);
    assert_eq!(gates.rows(&app).await[0]["hour"], 9);
    // A clock that stands a day ahead: its tomorrow is today.
    let ahead = gates.send_at(&app, 2, now() + Duration::days(1), &[event(&gates.main, 4, 1)]).await.expect(200);
    assert_eq!(ahead["clock_correction_s"], -86_400);
    assert_eq!(gates.visits(&app, &gates.main, 3).await, 1);
    // A phone that has forgotten the date.
    let forgotten = event_at(&gates.side, "1970-01-01T00:00:30Z", 1);
    let epoch = DateTime::from_timestamp(60, 0).unwrap();
    gates.send_at(&app, 3, epoch, &[forgotten]).await.expect(200);
    assert_eq!(gates.visits(&app, &gates.side, 3).await, 1);
    // Two minutes are tolerated.
    let close = event_at(&gates.side, "2026-03-02T10:00:30+07:00", 1);
    let right = gates.send_at(&app, 4, now() + Duration::seconds(120), &[close]).await.expect(200);
    assert_eq!(right["clock_correction_s"], 0);
    let hours: Vec<Value> = gates.rows(&app).await.iter().map(|r| r["hour"].clone()).collect();
    assert!(hours.contains(&json!(10)), "{hours:?}");
    // A time that cannot be corrected is no time of an opening day.
    let end: DateTime<Utc> = DateTime::<Utc>::MAX_UTC - Duration::days(400);
    let late = json!({ "id": Uuid::now_v7(), "gate": gates.main, "occurred_at": end, "entries": 1 });
    gates.send_at(&app, 5, epoch, &[late]).await.refused(422, "invalid");
    // A batch says what time it is there.
    let batch = json!({ "device": Uuid::from_u128(1), "events": [event(&gates.main, 1, 1)] });
    app.post(COUNTS).by(&gates.owner).json(&batch).send().await.refused(422, "invalid");
}

async fn counts_outside_the_opening_hours_are_kept_and_flagged(app: TestApp) {
    let gates = Gates::new(&app).await;
    // 23:30 UTC on the last of February is half past six on 1 March in Hạ Long.
    let early = event_at(&gates.main, "2026-02-28T23:30:00Z", 5);
    let events = [early, event(&gates.main, 1, 7), event_at(&gates.main, "2026-03-01T21:00:00+07:00", 2)];
    let sent = gates.send(&app, 1, &events).await.expect(200);
    assert_eq!((&sent["accepted"], &sent["outside_hours"]), (&json!(3), &json!(2)));
    let shown = async || {
        let rows = gates.rows(&app).await;
        rows.iter().map(|r| (r["hour"].as_i64().unwrap(), r["outside_hours"].as_i64().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [(6, 5), (10, 0), (21, 2)]);
    assert_eq!(gates.visits(&app, &gates.main, 1).await, 14);
    let report = app.get("/editions/hoi-cho/reports/visits-by-hour").by(&gates.owner).send().await.expect(200);
    assert_eq!((&report["items"][0]["visits"], &report["items"][0]["outside_hours"]), (&json!(5), &json!(5)));
    let csv = app.get("/editions/hoi-cho/reports/visits-by-hour?format=csv").by(&gates.owner).send().await;
    let csv = String::from_utf8(csv.body).unwrap();
    assert!(csv.contains("visits,exits,outside_hours") && csv.contains("Cổng chính,5,0,5"), "{csv}");
    // The flag follows the hours of the day.
    let edition = app.get("/editions/hoi-cho").by(&gates.owner).send().await;
    let version = edition.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let days: Vec<Value> = (1..=5)
        .map(|d| json!({ "day": format!("2026-03-0{d}"), "opens_at": "06:30:00", "closes_at": "21:00:00" }))
        .collect();
    let put = app.put("/editions/hoi-cho/opening-days").by(&gates.owner).header("if-match", &version);
    put.json(&json!(days)).send().await.expect(200);
    assert_eq!(shown().await, [(6, 0), (10, 0), (21, 2)]);
}

crate::on_both!(
    repeated_batch_is_counted_once,
    correction_requires_a_reason_and_batches_are_atomic,
    device_takes_off_no_more_than_it_counted_at_the_gate_on_the_day,
    correction_may_arrive_before_the_count_of_its_batch_and_twice,
    device_cannot_take_off_what_staff_has_taken_off,
    staff_corrects_by_gate_and_day_with_a_reason,
    concurrent_corrections_do_not_pass_together,
    counts_have_maxima_whichever_way_they_come,
    archive_keeps_devices_and_the_same_limits,
    counts_of_days_to_come_are_refused,
    wrong_clock_of_a_device_is_reported_and_its_times_are_corrected,
    counts_outside_the_opening_hours_are_kept_and_flagged,
);
