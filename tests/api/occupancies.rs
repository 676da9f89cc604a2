//! The past belongs to whoever stood there: any sequence of confirmations, moves, swaps, releases, re-lettings, reports and
//! corrections over a fair of seven days leaves every amount with the exhibitor that had the booth on that day.
use std::collections::BTreeMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, now};

const BOOTHS: usize = 3;
const EXHIBITORS: usize = 4;
const OPENING_DAYS: u64 = 7;
/// Steps per day.
const STEPS: usize = 6;

/// What must be true, kept beside the program under test.
#[derive(Default)]
struct Model {
    /// Allocation of each booth, with its exhibitor.
    current: BTreeMap<usize, (String, usize)>,
    /// Allocation of each booth and day, with its exhibitor.
    occupied: BTreeMap<(usize, NaiveDate), (String, usize)>,
    /// Amount of each report.
    reports: BTreeMap<(usize, NaiveDate), i64>,
}

impl Model {
    fn occupant(&self, booth: usize, day: NaiveDate) -> Option<usize> {
        self.occupied.get(&(booth, day)).map(|(_, exhibitor)| *exhibitor)
    }

    /// Whether an allocation has a report on one of its days from `from` on.
    fn has_reported(&self, allocation: &str, from: NaiveDate) -> bool {
        let mut days = self.occupied.iter().filter(|((_, day), (of, _))| *day >= from && of == allocation);
        days.any(|(cell, _)| self.reports.contains_key(cell))
    }

    fn end(&mut self, allocation: &str, from: NaiveDate) {
        self.occupied.retain(|(_, day), (of, _)| *day < from || of != allocation);
    }
}

struct Fair<'a> {
    app: &'a TestApp,
    at: String,
    booths: Vec<String>,
    applications: Vec<String>,
    days: Vec<NaiveDate>,
    now: DateTime<Utc>,
    owner: String,
    sellers: Vec<String>,
    model: Model,
    random: StdRng,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// Owner and exhibitors that all sequences share.
struct Cast {
    organiser: String,
    exhibitors: Vec<String>,
}

async fn log_in(app: &TestApp) -> (String, Vec<String>) {
    let mut sellers = Vec::new();
    for n in 0..EXHIBITORS {
        sellers.push(app.login(&format!("seller{n}@example.vn")).await);
    }
    (app.login("owner@example.vn").await, sellers)
}

impl Cast {
    async fn new(app: &TestApp) -> Self {
        let owner = app.person("owner").await;
        let organiser = app.organiser(&owner).await;
        let mut exhibitors = Vec::new();
        for n in 0..EXHIBITORS {
            let token = app.person(&format!("seller{n}")).await;
            let locality = if n % 2 == 0 { "Hạ Long" } else { "Móng Cái" };
            let body = json!({ "name": format!("HTX {n}"), "legal_form": "co_operative", "locality": locality });
            exhibitors.push(app.made("/organisations", &token, body).await);
        }
        Self { organiser, exhibitors }
    }
}

impl<'a> Fair<'a> {
    /// A live fair whose first day is the day after `now`; every exhibitor has an approved application.
    async fn new(app: &'a TestApp, cast: &Cast, seed: u64, now: DateTime<Utc>) -> Fair<'a> {
        let (owner, sellers) = log_in(app).await;
        let at = format!("/editions/hoi-cho-{seed}");
        let edition = json!({ "organiser": cast.organiser, "slug": format!("hoi-cho-{seed}"), "name": "Hội chợ" });
        app.made("/editions", &owner, edition).await;
        let first = now.date_naive() + Days::new(1);
        let days: Vec<NaiveDate> = (0..OPENING_DAYS).map(|n| first + Days::new(n)).collect();
        let hours = |day| json!({ "day": day, "opens_at": "08:00:00", "closes_at": "21:00:00" });
        let put = app.put(&format!("{at}/opening-days")).by(&owner).header("if-match", "\"v1\"");
        put.json(&json!(days.iter().map(hours).collect::<Vec<_>>())).send().await.expect(200);
        let zone = app.made(&format!("{at}/zones"), &owner, json!({ "code": "A", "name": "Khu A" })).await;
        let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
        let runs = json!({ "runs": [{ "pattern": format!("A01…A{BOOTHS:02}"), "kind": kind }] });
        let made = app.post(&format!("{at}/booths/generate")).by(&owner).json(&runs).send().await.expect(201);
        let booths = made["items"].as_array().unwrap().iter().map(id).collect();
        app.advance(&owner, &format!("hoi-cho-{seed}"), &["published", "registration_open"]).await;
        let mut applications = Vec::new();
        for (exhibitor, token) in cast.exhibitors.iter().zip(&sellers) {
            let body = json!({ "organisation": exhibitor, "booths_wanted": 3, "category": "standard" });
            let application = app.made(&format!("{at}/applications"), token, body).await;
            app.post(&format!("/applications/{application}/submit")).by(token).send().await.expect(200);
            app.post(&format!("/applications/{application}/approve")).by(&owner).send().await.expect(200);
            applications.push(application);
        }
        app.advance(&owner, &format!("hoi-cho-{seed}"), &["registration_closed"]).await;
        let (model, random) = (Model::default(), StdRng::seed_from_u64(seed));
        Self { app, at, booths, applications, days, now, owner, sellers, model, random }
    }

    fn today(&self) -> NaiveDate {
        (self.now + Duration::hours(7)).date_naive()
    }

    /// The first opening day that has not begun.
    fn next_day(&self) -> NaiveDate {
        let local = (self.now + Duration::hours(7)).naive_utc();
        let next = self.days.iter().copied().find(|day| day.and_hms_opt(8, 0, 0).unwrap() > local);
        next.unwrap_or(local.date() + Days::new(1))
    }

    async fn advance_to(&mut self, instant: DateTime<Utc>) {
        self.app.wait(instant - self.now);
        self.now = instant;
        (self.owner, self.sellers) = log_in(self.app).await;
    }

    fn any_booth(&mut self) -> usize {
        self.random.random_range(0..BOOTHS)
    }

    fn any_day(&mut self) -> NaiveDate {
        *self.days.choose(&mut self.random).unwrap()
    }

    fn free_booth(&mut self) -> Option<usize> {
        let free: Vec<usize> = (0..BOOTHS).filter(|booth| !self.model.current.contains_key(booth)).collect();
        free.choose(&mut self.random).copied()
    }

    async fn let_booth(&mut self) {
        let Some(booth) = self.free_booth() else { return };
        let exhibitor = self.random.random_range(0..EXHIBITORS);
        let hold = json!({ "application": self.applications[exhibitor], "booths": [self.booths[booth]] });
        let held = self.app.post(&format!("{}/allocations", self.at)).by(&self.owner).json(&hold).send().await;
        let allocation = id(&held.expect(201)["items"][0]);
        self.app.step(&self.owner, &allocation, "offer").await.expect(200);
        self.app.step(&self.sellers[exhibitor], &allocation, "confirm").await.expect(200);
        let today = self.today();
        for day in self.days.iter().filter(|day| **day >= today) {
            self.model.occupied.entry((booth, *day)).or_insert((allocation.clone(), exhibitor));
        }
        self.model.current.insert(booth, (allocation, exhibitor));
    }

    async fn release(&mut self) {
        let booth = self.any_booth();
        let Some((allocation, _)) = self.model.current.get(&booth).cloned() else { return };
        let given = if self.random.random_bool(0.4) { Some(self.any_day()) } else { None };
        let from = given.unwrap_or(self.next_day());
        let step = if self.random.random_bool(0.5) { "release" } else { "no-show" };
        let released = self.app.post(&format!("/allocations/{allocation}/{step}")).by(&self.owner);
        let released = match given {
            Some(day) => released.json(&json!({ "from_day": day })).send().await,
            None => released.send().await,
        };
        if self.model.has_reported(&allocation, from) {
            released.refused(409, "illegal_step");
            return;
        }
        released.expect(200);
        self.model.end(&allocation, from);
        self.model.current.remove(&booth);
    }

    async fn move_booth(&mut self) {
        let (from_booth, to) = (self.any_booth(), self.free_booth());
        let Some(((allocation, exhibitor), to)) = self.model.current.get(&from_booth).cloned().zip(to) else { return };
        let given = if self.random.random_bool(0.4) { Some(self.any_day()) } else { None };
        let from = given.unwrap_or(self.next_day());
        let body = json!({ "booth": self.booths[to], "from_day": given });
        let moved = self.app.post(&format!("/allocations/{allocation}/move")).by(&self.owner).json(&body).send().await;
        if self.model.has_reported(&allocation, from) {
            moved.refused(409, "illegal_step");
            return;
        }
        let days: Vec<NaiveDate> = self.days.iter().copied().filter(|day| *day >= from).collect();
        // Its own days there, from before another move, are ended first.
        let is_taken = |day: &NaiveDate| self.model.occupied.get(&(to, *day)).is_some_and(|(of, _)| *of != allocation);
        if days.iter().any(is_taken) {
            moved.refused(409, "booth_already_taken");
            return;
        }
        moved.expect(200);
        self.model.end(&allocation, from);
        self.model.occupied.extend(days.into_iter().map(|day| ((to, day), (allocation.clone(), exhibitor))));
        self.model.current.remove(&from_booth);
        self.model.current.insert(to, (allocation, exhibitor));
    }

    async fn swap(&mut self) {
        let (one, other) = (self.any_booth(), self.any_booth());
        let (Some(a), Some(b)) = (self.model.current.get(&one).cloned(), self.model.current.get(&other).cloned())
        else {
            return;
        };
        if one == other {
            return;
        }
        let given = if self.random.random_bool(0.4) { Some(self.any_day()) } else { None };
        let from = given.unwrap_or(self.next_day());
        let body = json!({ "one": a.0, "other": b.0, "from_day": given });
        let swapped = self.app.post(&format!("{}/allocations/swap", self.at)).by(&self.owner).json(&body).send().await;
        if self.model.has_reported(&a.0, from) || self.model.has_reported(&b.0, from) {
            swapped.refused(409, "illegal_step");
            return;
        }
        let days: Vec<NaiveDate> = self.days.iter().copied().filter(|day| *day >= from).collect();
        let is_others =
            |cell: (usize, NaiveDate)| self.model.occupied.get(&cell).is_some_and(|(of, _)| *of != a.0 && *of != b.0);
        if days.iter().any(|day| is_others((one, *day)) || is_others((other, *day))) {
            swapped.refused(409, "booth_already_taken");
            return;
        }
        swapped.expect(200);
        self.model.end(&a.0, from);
        self.model.end(&b.0, from);
        for day in days {
            self.model.occupied.insert((other, day), a.clone());
            self.model.occupied.insert((one, day), b.clone());
        }
        self.model.current.insert(other, a);
        self.model.current.insert(one, b);
    }

    async fn put(&self, cell: (usize, NaiveDate), token: &str, amount: i64) -> Answer {
        let body = json!({ "amount": amount, "ocop_amount": amount / 3, "reason": "Ghi nhầm" });
        let path = format!("/booths/{}/sales-reports/{}", self.booths[cell.0], cell.1);
        self.app.put(&path).by(token).json(&body).send().await
    }

    /// Somebody submits or corrects a report of some day, and somebody reads it.
    async fn report(&mut self) {
        let (booth, day, today) = (self.any_booth(), self.any_day(), self.today());
        let (writer, reader) = (self.random.random_range(0..EXHIBITORS), self.random.random_range(0..EXHIBITORS));
        let amount = self.random.random_range(0..20_000_000);
        let answer = self.put((booth, day), &self.sellers[writer], amount).await;
        let current = self.model.current.get(&booth).map(|(_, exhibitor)| *exhibitor);
        let opening = self.days[0].and_hms_opt(8, 0, 0).unwrap();
        let is_live = (self.now + Duration::hours(7)).naive_utc() >= opening;
        match self.model.occupant(booth, day) {
            Some(occupant) if occupant == writer && !is_live => drop(answer.refused(409, "illegal_step")),
            None if current == Some(writer) && !is_live => drop(answer.refused(409, "illegal_step")),
            Some(occupant) if occupant == writer && day <= today => {
                let is_first = self.model.reports.insert((booth, day), amount).is_none();
                answer.expect(if is_first { 201 } else { 200 });
            }
            Some(occupant) if occupant == writer => drop(answer.refused(422, "invalid")),
            Some(_) => drop(answer.refused(404, "not_found")),
            None if current == Some(writer) && day <= today => drop(answer.refused(409, "illegal_step")),
            None if current == Some(writer) => drop(answer.refused(422, "invalid")),
            None => drop(answer.refused(404, "not_found")),
        }
        let path = format!("/booths/{}/sales-reports/{day}", self.booths[booth]);
        let read = self.app.get(&path).by(&self.sellers[reader]).send().await;
        match self.model.reports.get(&(booth, day)) {
            Some(amount) if self.model.occupant(booth, day) == Some(reader) => {
                assert_eq!(read.expect(200)["amount"], *amount);
            }
            Some(_) | None => drop(read.refused(404, "not_found")),
        }
    }

    async fn play(&mut self) {
        for n in 0..OPENING_DAYS {
            // Before the gates open, or while they are.
            let hour = if self.random.random_bool(0.3) { "07:00" } else { "12:00" };
            let morning = format!("{}T{hour}:00+07:00", self.days[usize::try_from(n).unwrap()]);
            self.advance_to(morning.parse().unwrap()).await;
            for _ in 0..STEPS {
                match self.random.random_range(0..10) {
                    0 | 1 => self.let_booth().await,
                    2 => self.release().await,
                    3 => self.move_booth().await,
                    4 => self.swap().await,
                    _ => self.report().await,
                }
            }
        }
        let evening = format!("{}T22:00:00+07:00", self.days.last().unwrap());
        self.advance_to(evening.parse().unwrap()).await;
    }

    /// Compares the figures with the model.
    async fn check(&self) {
        let get =
            async |path: &str| self.app.get(&format!("{}{path}", self.at)).by(&self.owner).send().await.expect(200);
        let total: i64 = self.model.reports.values().sum();
        let figures = get("/statistics").await;
        let sales = &figures["sales"];
        let sum =
            |list: &str| sales[list].as_array().unwrap().iter().map(|l| l["amount"].as_i64().unwrap()).sum::<i64>();
        assert_eq!(sales["total"]["amount"], total);
        assert_eq!((sum("by_day"), sum("by_zone"), sum("by_locality")), (total, total, total));
        assert_eq!(sales["reports_due"], self.model.occupied.len());
        assert_eq!(sales["reports_received"], self.model.reports.len());
        let mut let_booths: Vec<usize> = self.model.occupied.keys().map(|(booth, _)| *booth).collect();
        let_booths.dedup();
        assert_eq!(figures["booths"]["allocated"], let_booths.len());

        let mut by_seller: BTreeMap<(String, String), i64> = BTreeMap::new();
        for ((booth, day), (_, exhibitor)) in &self.model.occupied {
            let amount = self.model.reports.get(&(*booth, *day)).copied().unwrap_or(0);
            *by_seller.entry((format!("A{:02}", booth + 1), format!("HTX {exhibitor}"))).or_default() += amount;
        }
        let text = |row: &Value, column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let table = get("/reports/sales-by-booth").await;
        let rows = table["items"].as_array().unwrap().iter().filter(|row| !text(row, "exhibitor").is_empty());
        let found: BTreeMap<(String, String), i64> =
            rows.map(|row| ((text(row, "booth"), text(row, "exhibitor")), row["amount"].as_i64().unwrap())).collect();
        assert_eq!(found, by_seller);

        let missing = get("/reports/missing-reports").await;
        let mut missing: Vec<_> = missing["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(row, "booth"), text(row, "exhibitor"), text(row, "day")))
            .collect();
        missing.sort();
        let unreported = self.model.occupied.iter().filter(|(cell, _)| !self.model.reports.contains_key(cell));
        let mut wanted: Vec<_> = unreported
            .map(|((booth, day), (_, exhibitor))| {
                (format!("A{:02}", booth + 1), format!("HTX {exhibitor}"), day.to_string())
            })
            .collect();
        wanted.sort();
        assert_eq!(missing, wanted);
    }
}

/// Sequences of one application: each takes more than a week of its clock, and opening days are before 2101.
const SEQUENCES_PER_APP: usize = 500;

/// Plays sequences with the seeds from 0 on; `HOICHO_TEST_SEQUENCES` overrides their number.
async fn play_sequences(new_app: impl AsyncFn() -> Option<TestApp>, default: u64) {
    let sequences = std::env::var("HOICHO_TEST_SEQUENCES").map_or(default, |n| n.parse().unwrap());
    let mut seeds = 0..sequences;
    while !seeds.is_empty() {
        let Some(app) = new_app().await else { return };
        let (cast, mut now) = (Cast::new(&app).await, now());
        for seed in seeds.by_ref().take(SEQUENCES_PER_APP) {
            let mut fair = Fair::new(&app, &cast, seed, now).await;
            fair.play().await;
            fair.check().await;
            now = fair.now;
        }
    }
}

#[actix_web::test]
async fn every_amount_stays_with_whoever_stood_there_on_sqlite() {
    play_sequences(async || Some(TestApp::sqlite().await), 200).await;
}

#[actix_web::test]
async fn every_amount_stays_with_whoever_stood_there_on_postgres() {
    play_sequences(TestApp::postgres, 20).await;
}

async fn co_exhibitors_report_and_sell_on_their_days_only(app: TestApp) {
    let fair = crate::support::fair::Fair::builder()
        .exhibitors(["main", "shared"])
        .confirmed(1)
        .state("live")
        .build(&app)
        .await;
    let [main, shared] = fair.exhibitors.as_slice() else { panic!("two exhibitors") };
    let participants = format!("/allocations/{}/participants", fair.allocations[0]);
    let role = "co_exhibitor";
    let wrong = json!({ "role": role, "exhibitor": shared.id, "first_day": "2026-03-03", "last_day": "2026-03-02" });
    app.post(&participants).by(&fair.owner).json(&wrong).send().await.refused(422, "invalid");
    let body = json!({ "role": role, "exhibitor": shared.id, "first_day": "2026-03-02" });
    let participant = app.made(&participants, &fair.owner, body).await;

    let put = async |by: &str, day: u32, body: Value| {
        app.put(&format!("/booths/{}/sales-reports/2026-03-0{day}", fair.booth(0))).by(by).json(&body).send().await
    };
    put(&shared.token, 1, json!({ "amount": 1_000_000 })).await.refused(404, "not_found");
    put(&main.token, 1, json!({ "amount": 1_000_000 })).await.expect(201);
    let line = |seller: &str, amount: i64| json!({ "amount": amount, "exhibitor": seller });
    let lines = json!([line(&shared.id, 2_000_000), { "amount": 500_000 }]);
    put(&shared.token, 2, json!({ "amount": 2_500_000, "lines": lines })).await.expect(201);
    // It was not there on the first day, so no line of that day can be its own.
    let body = json!({ "amount": 1, "lines": [line(&shared.id, 1)], "reason": "Ghi nhầm" });
    put(&main.token, 1, body).await.refused(422, "invalid");

    let table = app.get("/editions/hoi-cho/reports/sales-by-booth").by(&fair.owner).send().await.expect(200);
    let rows = table["items"].as_array().unwrap().iter().filter(|row| row["booth"] == "A01");
    let found: Vec<_> =
        rows.map(|row| (row["exhibitor"].clone(), row["amount"].clone(), row["reports"].clone())).collect();
    let row = |name: &str, amount: i64, reports: i64| (json!(name), json!(amount), json!(reports));
    assert_eq!(found, [row("HTX main", 1_500_000, 2), row("HTX shared", 2_000_000, 0)]);

    // Whoever leaves keeps the days on which it was there.
    app.delete(&format!("{participants}/{participant}")).by(&fair.owner).send().await.expect(204);
    let left = app.get(&participants).by(&fair.owner).send().await.expect(200);
    assert_eq!(
        (&left["items"][0]["first_day"], &left["items"][0]["last_day"]),
        (&json!("2026-03-02"), &json!("2026-03-03"))
    );
    put(&shared.token, 2, json!({ "amount": 2_600_000, "reason": "Sót một đơn" })).await.expect(200);
}

async fn new_opening_days_get_the_exhibitors_that_stand_there(app: TestApp) {
    let fair =
        crate::support::fair::Fair::builder().exhibitors(["old", "new"]).confirmed(1).state("live").build(&app).await;
    let days = async |days: &[&str]| {
        let version = app.get("/editions/hoi-cho").by(&fair.owner).send().await;
        let version = version.headers.get("etag").unwrap().to_str().unwrap().to_owned();
        let hours = |day: &&str| json!({ "day": day, "opens_at": "08:00:00", "closes_at": "21:00:00" });
        let body = json!(days.iter().map(hours).collect::<Vec<_>>());
        app.put("/editions/hoi-cho/opening-days").by(&fair.owner).header("if-match", &version).json(&body).send().await
    };
    let due = async || {
        let figures = app.get("/editions/hoi-cho/statistics").by(&fair.owner).send().await.expect(200);
        figures["sales"]["reports_due"].as_i64().unwrap()
    };
    assert_eq!(due().await, 3);
    // The exhibitor leaves today: the extension is not its own, a forgotten day of the past is.
    app.step(&fair.owner, &fair.allocations[0], "release").await.expect(200);
    let five = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
    days(&[&["2026-02-28"][..], &five[..], &["2026-03-06"][..]].concat()).await.expect(200);
    assert_eq!(due().await, 4);
    app.wait(Duration::days(4));
    let owner = app.login("owner@example.vn").await;
    let figures = app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    assert_eq!(figures["sales"]["reports_due"], 4);
    let old = app.login("old@example.vn").await;
    let at = format!("/booths/{}/sales-reports/2026-02-28", fair.booth(0));
    app.put(&at).by(&old).json(&json!({ "amount": 5_000_000 })).send().await.expect(201);
}

async fn new_exhibitor_is_told_no_amount_of_the_former_one(app: TestApp) {
    let fair =
        crate::support::fair::Fair::builder().exhibitors(["old", "new"]).confirmed(1).state("live").build(&app).await;
    let at = |day: u32| format!("/booths/{}/sales-reports/2026-03-0{day}", fair.booth(0));
    for day in [1, 2] {
        let body = json!({ "amount": 43_210_000 });
        app.put(&at(day)).by(&fair.exhibitors[0].token).json(&body).send().await.expect(201);
    }
    app.step(&fair.owner, &fair.allocations[0], "release").await.expect(200);
    let allocation = fair.hold(&app, &fair.owner, 1, 0).await;
    app.step(&fair.owner, &allocation, "offer").await.expect(200);
    app.confirm_from(&fair.owner, &allocation, "2026-03-04").await;
    app.wait(Duration::days(1));
    let seller = app.login("new@example.vn").await;
    let body = json!({ "amount": 900_000, "only_usual": true });
    let refused = app.put(&at(4)).by(&seller).json(&body).send().await.refused(422, "invalid").to_string();
    assert!(refused.contains("5.000.000") && !refused.contains("43.210.000"), "{refused}");
    // Nor is the former exhibitor shown what is sold now.
    let body = json!({ "amount": 9_000_000 });
    app.put(&at(4)).by(&seller).json(&body).send().await.expect(201);
    let former = app.login("old@example.vn").await;
    app.get(&at(4)).by(&former).send().await.refused(404, "not_found");
    app.get(&at(1)).by(&seller).send().await.refused(404, "not_found");
    assert_eq!(app.get(&at(1)).by(&former).send().await.expect(200)["amount"], 43_210_000);
}

crate::on_both!(
    co_exhibitors_report_and_sell_on_their_days_only,
    new_opening_days_get_the_exhibitors_that_stand_there,
    new_exhibitor_is_told_no_amount_of_the_former_one,
);
