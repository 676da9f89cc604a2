//! Editions run by their dates: phases, registration, extension, an early end, what finalising asks for.
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::TestApp;

const EDITION: &str = "/editions/hoi-cho";

impl TestApp {
    /// Sets the clock forward to a local time in Hạ Long.
    fn wait_until(&self, local: &str) {
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let local: chrono::NaiveDateTime = local.parse().unwrap();
        let at = local.and_local_timezone(zone).unwrap().to_utc().naive_utc();
        let ahead = at - self.context.clock.now();
        assert!(ahead > Duration::zero(), "the clock only goes forward");
        self.wait(ahead);
    }

    /// What everybody reads: from the cache of the same application.
    async fn phase(&self) -> Value {
        self.get(EDITION).send().await.expect(200)["phase"].clone()
    }

    /// Runs the job that announces phases.
    async fn announced(&self) -> usize {
        hoicho::jobs::record_phases(&self.db, self.context.clock.now()).await.unwrap()
    }

    async fn owner(&self) -> String {
        self.login("lan@example.vn").await
    }

    async fn end(&self) -> crate::support::Answer {
        let reason = json!({ "reason": "Bão số 3" });
        self.put(&format!("{EDITION}/end")).by(&self.owner().await).json(&reason).send().await
    }

    async fn finalise(&self) -> crate::support::Answer {
        let to = json!({ "to": "finalised" });
        self.post(&format!("{EDITION}/transitions")).by(&self.owner().await).json(&to).send().await
    }

    async fn report(&self, booth: &str, day: &str) -> crate::support::Answer {
        let exhibitor = self.login("htx@example.vn").await;
        let path = format!("/booths/{booth}/sales-reports/{day}");
        self.put(&path).by(&exhibitor).json(&json!({ "amount": 8_000_000 })).send().await
    }

    async fn unfinished(&self) -> Value {
        self.get(&format!("{EDITION}/unfinished")).by(&self.owner().await).send().await.expect(200)
    }
}

/// An edition on 10 to 12 April with registration from 10 to 20 March.
async fn announce(app: &TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.set_days(&owner, "hoi-cho", &["2026-04-10", "2026-04-11", "2026-04-12"]).await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    let dates =
        json!({ "registration_opens_at": "2026-03-10T08:00", "registration_closes_at": "2026-03-20T17:00:00+07:00" });
    let shown = app.patch_newest(EDITION, &owner, dates).await;
    assert_eq!(shown["registration_opens_at"], "2026-03-10T01:00:00Z", "local times are the edition's");
    assert_eq!(shown["registration_closes_at"], "2026-03-20T10:00:00Z");
}

/// The exhibitor applies while registration is open and gets the first booth; its identifier.
async fn let_a_booth(app: &TestApp) -> String {
    let owner = app.owner().await;
    let booths = app.get(&format!("{EDITION}/booths")).by(&owner).send().await.expect(200);
    let booth = booths["items"][0]["id"].as_str().unwrap().to_owned();
    let (_, application) = app.approved_application(&owner, "hoi-cho", "htx").await;
    let hold = json!({ "application": application, "booths": [booth] });
    let held = app.post(&format!("{EDITION}/allocations")).by(&owner).json(&hold).send().await.expect(201);
    let allocation = held["items"][0]["id"].as_str().unwrap().to_owned();
    for step in ["offer", "confirm"] {
        app.step(&owner, &allocation, step).await.expect(200);
    }
    booth
}

async fn fair_is_played_by_the_clock_with_an_extension_and_an_early_end_taken_back(app: TestApp) {
    announce(&app).await;
    assert_eq!(app.phase().await, "before_registration");
    assert_eq!(app.announced().await, 0);
    app.wait_until("2026-03-10T07:59:59");
    assert_eq!(app.phase().await, "before_registration");
    app.wait_until("2026-03-10T08:00:00");
    assert_eq!(app.phase().await, "registration_open", "cached responses expire at the boundary");
    assert_eq!(app.announced().await, 1);
    assert_eq!(app.announced().await, 0, "each boundary once");
    let booth = let_a_booth(&app).await;
    app.wait_until("2026-03-20T17:00:00");
    assert_eq!(app.phase().await, "registration_closed");
    assert_eq!(app.announced().await, 1);
    let newcomer = app.person("muon").await;
    let organisation =
        json!({ "name": "HTX Muộn", "legal_form": "co_operative", "country": "VN", "locality": "Ba Chẽ" });
    let organisation = app.made("/organisations", &newcomer, organisation).await;
    let late = json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard" });
    let apply = app.post(&format!("{EDITION}/applications")).by(&newcomer).json(&late);
    apply.send().await.refused(409, "illegal_step");

    app.wait_until("2026-04-10T08:00:00");
    assert_eq!(app.phase().await, "live");
    assert_eq!(app.announced().await, 1);
    app.report(&booth, "2026-04-10").await.expect(201);
    app.report(&booth, "2026-04-11").await.refused(422, "invalid");
    let cancel = json!({ "to": "cancelled", "reason": "Bão" });
    let cancel = app.post(&format!("{EDITION}/transitions")).by(&app.owner().await).json(&cancel).send().await;
    cancel.refused(409, "illegal_step");
    let refused = app.finalise().await.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("2026-04-12"), "{refused}");

    // The fair is extended by a day: the booth's exhibitor has it then too.
    let days = ["2026-04-10", "2026-04-11", "2026-04-12", "2026-04-13"];
    app.set_days(&app.owner().await, "hoi-cho", &days).await;

    // On the second day a storm comes, and passes by.
    app.wait_until("2026-04-11T12:00:00");
    let ended = app.end().await.expect(200);
    assert_eq!((&ended["phase"], &ended["end_reason"]), (&json!("reporting"), &json!("Bão số 3")));
    assert_eq!(app.phase().await, "reporting");
    assert_eq!(app.announced().await, 1);
    assert_eq!(app.unfinished().await["days_to_come"], json!([]));
    app.report(&booth, "2026-04-11").await.expect(201);
    app.wait_until("2026-04-12T11:00:00");
    app.report(&booth, "2026-04-12").await.refused(422, "invalid");
    let resumed = app.delete(&format!("{EDITION}/end")).by(&app.owner().await).send().await.expect(200);
    assert_eq!(
        (&resumed["phase"], &resumed["ended_at"], &resumed["end_reason"]),
        (&json!("live"), &json!(null), &json!(null))
    );
    assert_eq!(app.announced().await, 1);
    app.report(&booth, "2026-04-12").await.expect(201);

    app.wait_until("2026-04-13T20:59:59");
    assert_eq!(app.phase().await, "live");
    assert_eq!(app.unfinished().await["days_to_come"], json!(["2026-04-13"]));
    app.wait_until("2026-04-13T21:00:00");
    assert_eq!(app.phase().await, "reporting");
    let unfinished = app.unfinished().await;
    assert_eq!(unfinished["days_to_come"], json!([]));
    assert_eq!(unfinished["missing_reports"]["count"], 1, "{unfinished}");
    assert_eq!(unfinished["missing_reports"]["first"][0]["day"], "2026-04-13");
    app.report(&booth, "2026-04-13").await.expect(201);
    assert_eq!(app.unfinished().await["missing_reports"]["count"], 0);
    app.finalise().await.expect(200);
    let figures = app.get(&format!("{EDITION}/statistics")).by(&app.owner().await).send().await.expect(200);
    assert_eq!((&figures["sales"]["reports_due"], &figures["sales"]["reports_received"]), (&json!(4), &json!(4)));
    assert_eq!(app.phase().await, Value::Null);
    assert_eq!(app.announced().await, 0);
}

async fn days_after_an_early_end_owe_nothing_and_count_in_no_average(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.organiser(&owner).await;
    let series = app.made("/series", &owner, json!({ "organiser": organiser, "name": "OCOP" })).await;
    let edition = async |slug: &str, month: u32| {
        let body = json!({ "organiser": organiser, "slug": slug, "name": slug, "series": series });
        app.made("/editions", &owner, body).await;
        let days: Vec<String> = (1..=4).map(|d| format!("2026-0{month}-0{d}")).collect();
        app.set_days(&owner, slug, &days.iter().map(String::as_str).collect::<Vec<_>>()).await;
        app.advance(&owner, slug, &["published"]).await;
    };
    edition("ky-truoc", 2).await;
    let before = json!({ "declared_visits": 4_000, "declared_sales": 4_000, "declared_booths": 1 });
    app.patch_newest("/editions/ky-truoc", &owner, before).await;
    edition("hoi-cho", 4).await;
    let declared = json!({ "declared_visits": 3_000, "declared_sales": 3_000, "declared_booths": 1 });
    app.patch_newest(EDITION, &owner, declared).await;
    app.end().await.refused(409, "illegal_step");
    app.wait_until("2026-04-02T23:00:00");
    app.end().await.expect(200);
    app.end().await.refused(409, "illegal_step");
    app.wait(Duration::hours(24));
    app.delete(&format!("{EDITION}/end")).by(&app.owner().await).send().await.refused(409, "illegal_step");
    app.wait(Duration::days(10));
    let figures = app.get(&format!("{EDITION}/statistics")).by(&app.owner().await).send().await.expect(200);
    let per_day = &figures["comparison"]["visits_per_day"];
    // 3,000 visits on two days held, after 4,000 on four.
    assert_eq!((&per_day["now"], &per_day["before"]), (&json!(1_500), &json!(1_000)), "{figures}");
    app.finalise().await.expect(200);
}

async fn published_edition_becomes_a_draft_only_while_nobody_has_applied(app: TestApp) {
    announce(&app).await;
    app.wait_until("2026-03-10T09:00:00");
    let step = async |to: &str| {
        let body = json!({ "to": to, "reason": "Sửa lại" });
        app.post(&format!("{EDITION}/transitions")).by(&app.owner().await).json(&body).send().await
    };
    step("draft").await.expect(200);
    step("published").await.expect(200);
    let_a_booth(&app).await;
    let refused = step("draft").await.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("đơn"), "{refused}");
    assert_eq!(app.phase().await, "registration_open");
    step("cancelled").await.expect(200);
    let shown = app.get(EDITION).send().await.expect(200);
    assert_eq!((&shown["state"], &shown["phase"]), (&json!("cancelled"), &Value::Null));
}

async fn registration_is_changed_at_any_time_and_closes_after_it_opens(app: TestApp) {
    announce(&app).await;
    let owner = app.owner().await;
    let version = app.get(EDITION).by(&owner).send().await.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let wrong = json!({ "registration_closes_at": "2026-03-10T08:00" });
    let patch = app.patch(EDITION).by(&owner).header("if-match", &version);
    let refused = patch.json(&wrong).send().await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/registration_closes_at", "{refused}");
    for unreadable in ["10/3/2026", "2026-03-10", "2026-13-01T08:00"] {
        let body = json!({ "registration_opens_at": unreadable });
        let answer = app.patch(EDITION).by(&owner).header("if-match", &version).json(&body).send().await;
        assert!(answer.status.is_client_error(), "{unreadable}");
    }
    // Free booths of a live edition: registration is open again, the phase stays.
    app.wait_until("2026-04-10T09:00:00");
    assert_eq!(app.phase().await, "live");
    app.patch_newest(EDITION, &app.owner().await, json!({ "registration_closes_at": "2026-04-11T12:00" })).await;
    assert_eq!(app.phase().await, "live");
    app.submitted_application("hoi-cho", "muon").await;
    app.patch_newest(EDITION, &app.owner().await, json!({ "registration_closes_at": null })).await;
    let shown = app.get(EDITION).send().await.expect(200);
    assert_eq!(shown["registration_closes_at"], Value::Null);
}

async fn a_pause_of_the_job_loses_no_boundary(app: TestApp) {
    announce(&app).await;
    app.wait_until("2026-05-01T00:00:00");
    assert_eq!(app.announced().await, 4, "registration opened and closed, the fair opened and ended");
    let organiser = app.get(EDITION).send().await.expect(200)["organiser"].as_str().unwrap().to_owned();
    let log = app.get(&format!("/audit-log?organiser={organiser}")).by(&app.owner().await).send().await.expect(200);
    let phases: Vec<&Value> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["action"] == "edition.phase")
        .map(|line| &line["after"])
        .collect();
    assert_eq!(phases.len(), 4, "{log}");
    assert!(
        phases.iter().any(|after| **after == json!({ "phase": "live", "at": "2026-04-10T01:00:00" })),
        "{phases:?}"
    );
}

crate::on_both!(
    fair_is_played_by_the_clock_with_an_extension_and_an_early_end_taken_back,
    days_after_an_early_end_owe_nothing_and_count_in_no_average,
    published_edition_becomes_a_draft_only_while_nobody_has_applied,
    registration_is_changed_at_any_time_and_closes_after_it_opens,
    a_pause_of_the_job_loses_no_boundary,
);
