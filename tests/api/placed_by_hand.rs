//! Allocation runs tell what they would move, and leave alone what a person placed.
use diesel::RunQueryDsl;
use serde_json::{Value, json};

use crate::{
    allocation_runs::{active, approved, booth, draw, open, path, run},
    support::TestApp,
};

/// Holds A05 for an application, so that nine adjacent booths are free only if it moves; its allocation.
async fn hold_in_the_middle(app: &TestApp, owner: &str, application: &str) -> String {
    let hold = json!({ "application": application, "booths": [booth(app, 4).await] });
    let held = app.post("/editions/hoi-cho/allocations").by(owner).json(&hold).send().await.expect(201);
    held["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn preview(app: &TestApp, owner: &str, run: &Value) -> Value {
    app.get(&path(run, "/preview")).by(owner).send().await.expect(200)
}

async fn placed_by_hand_stays_unless_the_organiser_says_so(app: TestApp) {
    let owner = open(&app, 10).await;
    let ids = approved(&app, &[("Một", 1), ("Hai", 9)]).await;
    hold_in_the_middle(&app, &owner, &ids[0]).await;
    for may_move in ["held", "offered", "confirmed"] {
        let stays =
            run(&app, &owner, json!({ "policy": "optimum", "order": "date", "rules": { "may_move": may_move } })).await;
        assert_eq!((&stays["served"], &stays["moved"]), (&json!(1), &json!(0)), "{may_move}");
        let shown = preview(&app, &owner, &stays).await;
        assert_eq!(shown, json!({ "given": 0, "exhibitors": 0, "moved": 0, "lost": 0, "moves": [] }));
    }
    let asked = json!({ "policy": "optimum", "order": "date", "rules": { "move_placed_by_hand": true } });
    let moves = run(&app, &owner, asked).await;
    assert_eq!((&moves["served"], &moves["moved"]), (&json!(2), &json!(1)));
    let shown = preview(&app, &owner, &moves).await;
    assert_eq!((&shown["exhibitors"], &shown["moved"], &shown["lost"]), (&json!(2), &json!(1), &json!(0)));
    let moved = &shown["moves"][0];
    assert_eq!((&moved["exhibitor_name"], &moved["before"]), (&json!("Một"), &json!(["A05"])));
    assert_eq!((&moved["state"], &moved["placed_by_hand"]), (&json!("held"), &json!(true)));
    assert_eq!(moved["after"].as_array().unwrap().len(), 1);
    app.post(&path(&moves, "/apply")).by(&owner).json(&json!({ "give_as": "held" })).send().await.expect(200);
    assert_eq!(active(&app, &owner).await, 10);
}

/// Numbers of allocations that runs placed, and that persons placed, among the active ones.
async fn placed(app: &TestApp) -> (i64, i64) {
    let count = async |by_run: bool| {
        app.db
            .read(move |tx| {
                use diesel::prelude::*;
                use hoicho_core::db::schema::allocations as a;
                let active = a::table.filter(a::state.eq_any(hoicho_core::states::AllocationState::ACTIVE_STATES));
                let counted = active.filter(a::is_by_run.eq(by_run)).count().get_result::<i64>(tx.conn());
                counted.map_err(hoicho_web::http::Problem::from)
            })
            .await
            .unwrap()
    };
    (count(true).await, count(false).await)
}

async fn what_a_run_placed_moves_until_a_person_takes_a_step_with_it(app: TestApp) {
    let owner = open(&app, 10).await;
    let ids = approved(&app, &[("Một", 1)]).await;
    // A hold in the middle, which a run is told to have made.
    let allocation = hold_in_the_middle(&app, &owner, &ids[0]).await;
    assert_eq!(placed(&app).await, (0, 1));
    app.db
        .write_blocking(|tx| {
            use hoicho_core::db::schema::allocations::dsl::*;
            diesel::update(allocations)
                .set(diesel::ExpressionMethods::eq(is_by_run, true))
                .execute(tx.conn())
                .map_err(hoicho_core::db::DatabaseError::from)
        })
        .unwrap();
    approved(&app, &[("Hai", 9)]).await;
    let asked = json!({ "policy": "optimum", "order": "date", "rules": { "may_move": "offered" } });
    let moves = run(&app, &owner, asked.clone()).await;
    assert_eq!((&moves["served"], &moves["moved"]), (&json!(2), &json!(1)));
    assert_eq!(preview(&app, &owner, &moves).await["moves"][0]["placed_by_hand"], false);
    // A person offers it: neither this proposal nor another run may move it.
    app.step(&owner, &allocation, "offer").await.expect(200);
    assert_eq!(placed(&app).await, (0, 1));
    assert_eq!(preview(&app, &owner, &moves).await["moves"][0]["placed_by_hand"], true);
    let apply = json!({ "give_as": "held" });
    let refused = app.post(&path(&moves, "/apply")).by(&owner).json(&apply).send().await.refused(409, "floor_changed");
    assert!(refused["errors"].as_array().unwrap().iter().any(|e| e["code"] == "by_hand"), "{refused}");
    assert_eq!(run(&app, &owner, asked).await["served"], 1);
    assert_eq!(active(&app, &owner).await, 1);
}

async fn allocations_of_a_run_are_its_own_until_they_are_moved_by_hand(app: TestApp) {
    let owner = open(&app, 10).await;
    approved(&app, &[("Một", 1), ("Hai", 1), ("Ba", 1)]).await;
    let made = run(&app, &owner, draw()).await;
    app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "held" })).send().await.expect(200);
    assert_eq!(placed(&app).await, (3, 0));
    let all = app.get("/editions/hoi-cho/allocations").by(&owner).send().await.expect(200);
    let ids: Vec<&str> = all["items"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap()).collect();
    let taken: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|a| &a["booth"]).collect();
    let booths = app.get("/editions/hoi-cho/booths?limit=500").send().await.expect(200);
    let free = booths["items"].as_array().unwrap().iter().map(|b| &b["id"]).find(|id| !taken.contains(id)).unwrap();
    let to = json!({ "booth": free });
    app.post(&format!("/allocations/{}/move", ids[0])).by(&owner).json(&to).send().await.expect(200);
    assert_eq!(placed(&app).await, (2, 1));
    let swap = json!({ "one": ids[1], "other": ids[2] });
    app.post("/editions/hoi-cho/allocations/swap").by(&owner).json(&swap).send().await.expect(200);
    assert_eq!(placed(&app).await, (0, 3));
}

crate::on_both!(
    placed_by_hand_stays_unless_the_organiser_says_so,
    what_a_run_placed_moves_until_a_person_takes_a_step_with_it,
    allocations_of_a_run_are_its_own_until_they_are_moved_by_hand
);
