//! What the roles of staff see: gate staff what the gate needs, and everybody by their role with the organiser that is meant.
use hoicho_core::values::ids::UserId;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

async fn gate_staff_sees_what_the_gate_needs_and_no_figures(app: TestApp) {
    let Fair { owner, organiser, exhibitors, allocations, .. } =
        Fair::builder().exhibitors(["quen"]).confirmed(1).state("live").build(&app).await;
    let gate = app.staff(&owner, &organiser, "gate").await;
    let viewer = app.staff(&owner, &organiser, "viewer").await;
    let at = "/editions/hoi-cho";
    let status = async |token: &str, path: &str| app.get(path).by(token).send().await.status.as_u16();
    for needed in ["", "/opening-days", "/gates", "/visit-counts"] {
        assert_eq!(status(&gate, &format!("{at}{needed}")).await, 200, "{needed}");
    }
    let application = format!("/applications/{}", exhibitors[0].application);
    let private = [
        format!("{at}/statistics"),
        format!("{at}/reports/missing-reports"),
        format!("{at}/reports/sales-by-day"),
        format!("{at}/reports/exhibitors"),
        format!("{at}/unfinished"),
        format!("{at}/sales-reports"),
        format!("{at}/deals"),
        format!("{at}/applications"),
        format!("{at}/tables/exhibitors"),
        format!("{at}/imports"),
        format!("{at}/allocation-runs"),
        format!("/organisers/{organiser}/members"),
        format!("/organisers/{organiser}/exhibitors"),
        format!("/organisers/{organiser}/exhibitors/{}", exhibitors[0].id),
        format!("/organisations/{}/contacts", exhibitors[0].organisation),
        format!("/audit-log?organiser={organiser}"),
        application.clone(),
        format!("{application}/documents"),
        format!("/allocations/{}/participants", allocations[0]),
    ];
    for path in &private {
        let got = status(&gate, path).await;
        assert!(got == 403 || got == 404, "{path}: {got}");
        let is_for_managers = path.starts_with("/audit-log") || path.ends_with("/imports");
        assert!(is_for_managers || status(&viewer, path).await == 200, "{path} exists for a viewer");
    }
    for page in ["", "/sales", "/applications", "/reports", "/floor"] {
        let page = app.root(&format!("/manage/hoi-cho{page}")).by(&gate).send().await.status.as_u16();
        assert!(page == 403 || page == 404, "{page}");
    }
}

async fn gate_staff_sees_only_the_dates_of_a_draft(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let shown = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200);
    let gate = app.staff(&owner, shown["organiser"].as_str().unwrap(), "gate").await;
    for path in ["", "/opening-days", "/calendar"] {
        app.get(&format!("/editions/hoi-cho{path}")).by(&gate).send().await;
        assert_eq!(app.get(&format!("/editions/hoi-cho{path}")).by(&gate).send().await.status, 200, "{path}");
    }
    for path in ["/booths", "/zones", "/floor-plan", "/exhibitors", "/page", "/statistics", "/booth-categories"] {
        app.get(&format!("/editions/hoi-cho{path}")).by(&gate).send().await.refused(403, "forbidden");
        assert_eq!(app.get(&format!("/editions/hoi-cho{path}")).by(&owner).send().await.status, 200, "{path}");
    }
}

async fn who_stands_in_a_draft_is_not_public(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let shown = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200);
    let records = format!("/organisers/{}/exhibitors", shown["organiser"].as_str().unwrap());
    let body = json!({ "name": "HTX Chưa công bố", "legal_form": "co_operative", "locality": "Ba Chẽ" });
    let record = app.made(&records, &owner, body.clone()).await;
    // Linked with an account.
    let member = app.person("mui").await;
    let organisation = app.made("/organisations", &member, body).await;
    let email = json!({ "email": "mui@example.vn" });
    app.post(&format!("{records}/{record}/link")).by(&owner).json(&email).send().await.expect(202);
    let received = app.get("/me/link-invitations").by(&member).send().await.expect(200);
    let confirm = json!({ "invitation": received["items"][0]["id"] });
    app.post(&format!("/organisations/{organisation}/links")).by(&member).json(&confirm).send().await.expect(201);
    // Staff plans it into the draft.
    let apply = json!({ "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    let application = app.made("/editions/hoi-cho/applications", &owner, apply).await;
    app.post(&format!("/applications/{application}/approve")).by(&owner).send().await.expect(200);
    let booth = app.get("/editions/hoi-cho/booths").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let hold = json!({ "application": application, "booths": [booth] });
    let held = app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let allocation = held["items"][0]["id"].as_str().unwrap();
    app.step(&owner, allocation, "offer").await.expect(200);
    app.confirm_from(&owner, allocation, "2026-03-01").await;
    let stranger = app.person("stranger").await;
    let public = async || {
        let mut found = Vec::new();
        for path in [format!("/organisations/{organisation}"), format!("/organisations/{organisation}/products")] {
            found.push(app.get(&path).send().await.status.as_u16());
            found.push(app.get(&path).by(&stranger).send().await.status.as_u16());
        }
        found.push(app.root(&format!("/exhibitors/{record}")).send().await.status.as_u16());
        let map = app.root("/sitemap.xml").send().await;
        found.push(if String::from_utf8_lossy(&map.body).contains(&record) { 200 } else { 404 });
        found
    };
    assert_eq!(public().await, [404; 6]);
    app.advance(&owner, "hoi-cho", &["published"]).await;
    assert_eq!(public().await, [200; 6]);
}

/// Two organisers that one organisation has applied to: access tokens of the owners, the organisers, the organisation.
async fn two_organisers(app: &TestApp) -> ([(String, String); 2], String) {
    let first = Fair::builder().owner("first").slug("mot").build(app).await;
    let second = Fair::builder().owner("second").slug("hai").build(app).await;
    let member = app.person("mui").await;
    let body = json!({ "name": "HTX Múi", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let organisation = app.made("/organisations", &member, body).await;
    for slug in ["mot", "hai"] {
        let asked = json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard" });
        let id = app.made(&format!("/editions/{slug}/applications"), &member, asked).await;
        app.post(&format!("/applications/{id}/submit")).by(&member).send().await.expect(200);
    }
    ([(first.owner, first.organiser), (second.owner, second.organiser)], organisation)
}

async fn a_role_with_one_organiser_is_not_taken_for_the_role_with_another(app: TestApp) {
    let ([first, second], organisation) = two_organisers(&app).await;
    // Whatever the order of the organisers, whoever may read with one of them may.
    for (n, (roles, may)) in
        [(["gate", "viewer"], 200), (["viewer", "gate"], 200), (["gate", "gate"], 404)].iter().enumerate()
    {
        let name = format!("staff{n}");
        let token = app.staff_named(&first.0, &first.1, &name, roles[0]).await;
        let email = format!("{name}@example.vn");
        let invited = json!({ "email": email, "role": roles[1] });
        app.post(&format!("/organisers/{}/members", second.1)).by(&second.0).json(&invited).send().await.expect(202);
        let invitation = json!({ "token": app.letter_to(&email).await["letter"]["token"] });
        app.post("/invitations/accept").by(&token).json(&invitation).send().await.expect(200);
        let contacts = app.get(&format!("/organisations/{organisation}/contacts")).by(&token).send().await;
        let expected = if *may == 200 { 200 } else { 403 };
        assert_eq!(contacts.status, expected, "{roles:?}");
        // Nor does the role with one organiser show the records of the other.
        for (organiser, role) in [(&first.1, roles[0]), (&second.1, roles[1])] {
            let records = app.get(&format!("/organisers/{organiser}/exhibitors")).by(&token).send().await;
            assert_eq!(records.status, if role == "viewer" { 200 } else { 403 }, "{role}");
        }
    }
}

async fn a_key_reads_what_its_own_organiser_is_linked_with(app: TestApp) {
    let ([first, second], organisation) = two_organisers(&app).await;
    let outsider = Fair::builder().owner("third").slug("thu-ba").build(&app).await;
    let third = (outsider.owner, outsider.organiser);
    for ((owner, organiser), expected) in [(&first, 200), (&second, 200), (&third, 404)] {
        let wanted = json!({ "name": "Siêu thị", "scopes": ["read:exhibitors"] });
        let key =
            app.post(&format!("/organisers/{organiser}/api-keys")).by(owner).json(&wanted).send().await.expect(201);
        let key = key["secret"].as_str().unwrap().to_owned();
        let products = app.get(&format!("/organisations/{organisation}/products")).by(&key).send().await;
        assert_eq!(products.status, expected);
    }
}

async fn changes_of_an_account_are_in_no_organisers_log(app: TestApp) {
    let ([first, second], organisation) = two_organisers(&app).await;
    let member = app.login("mui@example.vn").await;
    let invited = json!({ "email": "ke-toan@example.vn", "role": "staff" });
    app.post(&format!("/organisations/{organisation}/members")).by(&member).json(&invited).send().await.expect(202);
    let contacts = json!([{ "name": "Kế toán", "phone": "0988 111 222" }]);
    let at = format!("/organisations/{organisation}/contacts");
    app.put(&at).by(&member).json(&contacts).send().await.expect(200);
    for (owner, organiser) in [&first, &second] {
        let log = app.get(&format!("/audit-log?organiser={organiser}&limit=500")).by(owner).send().await.expect(200);
        let log = log.to_string();
        assert!(!log.contains("ke-toan") && !log.contains("988111222"), "{log}");
    }
}

/// Inserts runs that are in progress, as other nodes would compute them.
async fn insert_running(app: &TestApp, edition: &str, user: &str, count: usize) {
    use hoicho_core::{states::RunState, values::ids::AllocationRunId};
    use hoicho_fair::allocation::runs::{Policy, store};
    let (edition, user) = (edition.parse().unwrap(), user.parse::<UserId>().unwrap());
    let now = app.context.clock.now();
    let inserted = app.db.write(move |tx| {
        for _ in 0..count {
            let row = store::AllocationRunRow {
                id: AllocationRunId::make(),
                edition_id: edition,
                based_on_id: None,
                policy: Policy::SpaceDraw,
                request: "{}".to_owned(),
                state: RunState::Running,
                is_cancelled: false,
                done_bp: 0,
                applications: 0,
                served: 0,
                total_value: 0,
                served_bound: None,
                value_bound: None,
                gap_ppm: None,
                moved: 0,
                ended_by: None,
                created_by: user,
                created_at: now,
                heard_at: now,
                finished_at: None,
            };
            store::insert(tx, &row)?;
        }
        Ok::<_, hoicho_web::http::Problem>(())
    });
    inserted.await.unwrap();
}

async fn runs_are_limited_over_the_editions_of_an_organiser(app: TestApp) {
    let owner = app.person("owner").await;
    let organiser = app.organiser(&owner).await;
    let me = app.get("/me").by(&owner).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let mut editions = Vec::new();
    for slug in ["thu-mot", "thu-hai", "thu-ba"] {
        let body = json!({ "organiser": organiser, "slug": slug, "name": "Hội chợ" });
        editions.push(app.made("/editions", &owner, body).await);
    }
    let start = async |edition: &str, token: &str| {
        let run = json!({ "policy": "space_draw", "order": "date", "limit_s": 5 });
        app.post(&format!("/editions/{edition}/allocation-runs")).by(token).json(&run).send().await
    };
    insert_running(&app, &editions[0], &me, 2).await;
    start(&editions[0], &owner).await.refused(409, "illegal_step");
    insert_running(&app, &editions[1], &me, 1).await;
    let refused = start(&editions[2], &owner).await;
    assert!(!refused.headers.contains_key("retry-after"), "nobody knows when a run ends");
    refused.refused(429, "too_many_requests");
    // Another organiser has its own share, a person theirs over all organisers.
    let other = app.person("other").await;
    let others = app.edition(&other, "khac").await;
    let run = start(&others, &other).await.expect(202);
    let path = format!("/editions/{others}/allocation-runs/{}", run["id"].as_str().unwrap());
    crate::support::wait::wait_until_async("the run has ended", async || {
        let run: Value = app.get(&path).by(&other).send().await.expect(200);
        run["state"] != "running" && run["run"]["state"] != "running"
    })
    .await;
    let third = app.edition(&owner, "cua-toi").await;
    insert_running(&app, &third, &me, 1).await;
    let fourth = app.edition(&owner, "cua-toi-nua").await;
    start(&fourth, &owner).await.refused(429, "too_many_requests");
}

/// A new account with a role for one edition; its access token.
async fn staff_of_edition(
    app: &TestApp,
    owner: &str,
    organiser: &str,
    name: &str,
    (role, edition): (&str, &str),
) -> String {
    let token = app.person(name).await;
    let invited = json!({ "email": format!("{name}@example.vn"), "role": role, "edition": edition });
    let path = format!("/organisers/{organiser}/members");
    let invitation = app.post(&path).by(owner).json(&invited).send().await.expect(202);
    assert_eq!(invitation["edition"], json!(edition));
    // By the link that the inviter copies: it has the identifier, and works for the invited address only.
    let accept = json!({ "token": invitation["id"] });
    let stranger = app.login("owner@example.vn").await;
    app.post("/invitations/accept").by(&stranger).json(&accept).send().await.refused(404, "not_found");
    let joined = app.post("/invitations/accept").by(&token).json(&accept).send().await.expect(200);
    assert_eq!((&joined["role"], &joined["edition"]), (&json!(role), &json!(edition)));
    app.post("/invitations/accept").by(&token).json(&accept).send().await.refused(404, "not_found");
    token
}

async fn role_for_one_edition_shows_that_edition_only(app: TestApp) {
    let Fair { owner, organiser, .. } =
        Fair::builder().exhibitors(["quen"]).confirmed(1).state("live").build(&app).await;
    let first = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let body = json!({ "organiser": organiser, "slug": "lan-hai", "name": "Hội chợ lần hai" });
    let second = app.made("/editions", &owner, body).await;
    let status = async |token: &str, path: &str| app.get(path).by(token).send().await.status.as_u16();
    let gate = staff_of_edition(&app, &owner, &organiser, "helper", ("gate", &first)).await;
    let manager = staff_of_edition(&app, &owner, &organiser, "planner", ("manager", &first)).await;
    assert_eq!(status(&gate, "/editions/hoi-cho/gates").await, 200);
    assert_eq!(
        status(&gate, "/editions/hoi-cho/statistics").await,
        404,
        "a role for one edition is no more than the role"
    );
    for path in ["gates", "statistics", "applications", "sales-reports", "archive"] {
        assert_eq!(status(&manager, &format!("/editions/hoi-cho/{path}")).await, 200, "{path}");
    }
    let hidden = [
        "/editions/lan-hai".to_owned(),
        "/editions/lan-hai/gates".to_owned(),
        "/editions/lan-hai/applications".to_owned(),
        format!("/organisers/{organiser}"),
        format!("/organisers/{organiser}/members"),
        format!("/organisers/{organiser}/exhibitors"),
        format!("/organisers/{organiser}/api-keys"),
        format!("/audit-log?organiser={organiser}"),
    ];
    for path in &hidden {
        for token in [&gate, &manager] {
            app.get(path).by(token).send().await.refused(404, "not_found");
        }
    }
    for (path, body) in [
        ("/editions".to_owned(), json!({ "organiser": organiser, "slug": "lan-ba", "name": "Hội chợ" })),
        ("/venues".to_owned(), json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" })),
    ] {
        app.post(&path).by(&manager).json(&body).send().await.refused(404, "not_found");
    }
    let listed = app.get(&format!("/editions?organiser={organiser}")).by(&manager).send().await.expect(200).to_string();
    assert!(!listed.contains("lan-hai"), "{listed}");
    let home = app.root("/home").by(&gate).send().await;
    let home = String::from_utf8_lossy(&home.body).into_owned();
    assert!(home.contains("/gate/hoi-cho") && !home.contains("lan-hai"), "{home}");
    let me = app.get("/me").by(&manager).send().await.expect(200);
    assert_eq!(me["organisers"][0]["edition"], json!(first));
    // The owner changes the edition, or lets the role count for all.
    let member = format!("/organisers/{organiser}/members/{}", me["id"].as_str().unwrap());
    let put = async |body: Value| app.put(&member).by(&owner).json(&body).send().await;
    put(json!({ "role": "owner", "edition": first })).await.refused(422, "invalid");
    put(json!({ "role": "gate", "edition": uuid::Uuid::now_v7() })).await.refused(422, "invalid");
    put(json!({ "role": "manager", "edition": second })).await.expect(204);
    assert_eq!(status(&manager, "/editions/lan-hai/applications").await, 200);
    assert_eq!(
        status(&manager, "/editions/hoi-cho/applications").await,
        403,
        "the edition is public, its applications are not"
    );
    put(json!({ "role": "manager" })).await.expect(204);
    assert_eq!(status(&manager, "/editions/hoi-cho/applications").await, 200);
    // A deleted edition takes its roles along.
    put(json!({ "role": "manager", "edition": second })).await.expect(204);
    let deleted = app.delete("/editions/lan-hai").by(&owner).header("if-match", "\"v1\"").send().await;
    deleted.expect(204);
    assert_eq!(app.get("/me").by(&manager).send().await.expect(200)["organisers"], json!([]));
}

crate::on_both!(
    role_for_one_edition_shows_that_edition_only,
    gate_staff_sees_what_the_gate_needs_and_no_figures,
    gate_staff_sees_only_the_dates_of_a_draft,
    who_stands_in_a_draft_is_not_public,
    a_role_with_one_organiser_is_not_taken_for_the_role_with_another,
    a_key_reads_what_its_own_organiser_is_linked_with,
    changes_of_an_account_are_in_no_organisers_log,
    runs_are_limited_over_the_editions_of_an_organiser,
);
