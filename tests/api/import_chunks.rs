//! A large import is written in chunks, and so is its undo: others write in between, and what stops half-way can be finished or undone.
use std::sync::Arc;

use chrono::Duration;
use futures_util::future::join;
use hoicho::jobs::interrupt_lapsed_imports;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{TestApp, fair::Fair, wait::wait_until_async};

/// Rows of the tables: three chunks of an import, and of its undo.
const ROWS: usize = 1_250;

fn booths() -> String {
    let rows: String = (1..=ROWS).map(|n| format!("K{n};OCOP;9;0\n")).collect();
    format!("Mã gian;Khu;Diện tích;Phí\n{rows}")
}

/// An uploaded table, whose chunks go on one by one.
struct Import<'a> {
    app: &'a TestApp,
    owner: String,
    path: String,
    turns: Arc<Semaphore>,
}

impl<'a> Import<'a> {
    async fn upload(app: &'a TestApp, kind: &str, table: String) -> Self {
        let Fair { owner, .. } = Fair::builder().exhibitors(["htx".to_owned()]).build(app).await;
        let at = format!("/editions/hoi-cho/imports?kind={kind}");
        let sent = app.post(&at).by(&owner).bytes(table).header("content-type", "application/octet-stream");
        let import = sent.send().await.expect(201);
        let path = format!("/editions/hoi-cho/imports/{}", import["id"].as_str().unwrap());
        Self { app, owner, path, turns: app.services.imports.step_by_step() }
    }

    /// Lets all chunks go on.
    fn release(&self) {
        self.turns.add_permits(1_000);
    }

    async fn apply(&self) -> crate::support::Answer {
        let all = json!({ "mode": "all" });
        self.app.post(&format!("{}/apply", self.path)).by(&self.owner).json(&all).send().await
    }

    async fn undo(&self) -> crate::support::Answer {
        self.app.post(&format!("{}/undo", self.path)).by(&self.owner).send().await
    }

    async fn shown(&self) -> Value {
        self.app.get(&self.path).by(&self.owner).send().await.expect(200)
    }

    /// Waits until this many rows are written or undone.
    async fn wait_for(&self, state: &str, done: usize) {
        wait_until_async("a chunk is written", async || {
            let import = self.shown().await;
            import["state"] == state && import["progress"]["done"] == done
        })
        .await;
    }

    /// The table's booths that are there.
    async fn booths(&self) -> Vec<Value> {
        let mut booths: Vec<Value> = Vec::new();
        let mut at = "/editions/hoi-cho/booths?limit=500".to_owned();
        loop {
            let page = self.app.get(&at).by(&self.owner).send().await.expect(200);
            booths.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            at = format!("/editions/hoi-cho/booths?limit=500&cursor={cursor}");
        }
        booths.retain(|booth| booth["code"].as_str().unwrap().starts_with('K'));
        booths
    }

    async fn codes(&self) -> Vec<String> {
        self.booths().await.iter().map(|booth| booth["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Adds a booth beside the import.
    async fn add_booth(&self, code: &str) {
        let zones = self.app.get("/editions/hoi-cho/zones").by(&self.owner).send().await.expect(200);
        let kind = json!({ "zone": zones["items"][0]["id"], "category": "standard", "area_dm2": 1_200, "fee": 0 });
        let booth = json!({ "code": code, "kind": kind });
        self.app.post("/editions/hoi-cho/booths").by(&self.owner).json(&booth).send().await.expect(201);
    }

    /// Stops the import after its first chunk, as if the process had ended; its writer waits for a turn.
    async fn interrupt(&self) {
        self.wait_for("applying", 500).await;
        self.app.wait(Duration::minutes(2));
        let now = self.app.context.clock.now();
        assert_eq!(interrupt_lapsed_imports(&self.app.db, now).await.unwrap(), 1);
    }
}

async fn others_write_between_the_chunks_of_an_import_and_of_its_undo(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    let beside = async {
        import.wait_for("applying", 500).await;
        assert_eq!(import.codes().await.len(), 500);
        import.add_booth("X1").await;
        import.apply().await.refused(409, "illegal_step");
        import.undo().await.refused(409, "illegal_step");
        import.turns.add_permits(1);
        import.wait_for("applying", 1_000).await;
        import.release();
    };
    let (applied, ()) = join(import.apply(), beside).await;
    let applied = applied.expect(200);
    assert_eq!((&applied["state"], &applied["outcome"]["added"]), (&json!("applied"), &json!(ROWS)));
    assert_eq!(import.shown().await["progress"], Value::Null);
    assert_eq!(import.codes().await.len(), ROWS);
    import.apply().await.refused(409, "illegal_step");
    assert_eq!(import.undo().await.expect(200)["state"], "undone");
    assert_eq!(import.codes().await, Vec::<String>::new());
}

async fn chunk_that_conflicts_takes_back_those_before_it(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    let beside = async {
        import.wait_for("applying", 500).await;
        import.add_booth("K1100").await;
        import.release();
    };
    let (applied, ()) = join(import.apply(), beside).await;
    assert_eq!(applied.status.as_u16(), 409, "{}", String::from_utf8_lossy(&applied.body));
    assert_eq!(import.codes().await, ["K1100"], "only what the other wrote");
    let shown = import.shown().await;
    assert_eq!((&shown["state"], &shown["progress"]), (&json!("checked"), &Value::Null));
    // A new plan says what is wrong.
    let again = import.apply().await.expect(200);
    assert_eq!((&again["state"], &again["outcome"]["faults"][0]["row"]), (&json!("checked"), &json!(1_101)));
}

async fn interrupted_import_is_imported_again_and_undone(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    let beside = async {
        import.interrupt().await;
        let shown = import.shown().await;
        let rows = json!({ "done": 500, "all": ROWS });
        assert_eq!((&shown["state"], &shown["made"], &shown["progress"]), (&json!("interrupted"), &json!(500), &rows));
        for step in ["check", "mapping"] {
            let at = format!("{}/{step}", import.path);
            let call = if step == "check" { app.post(&at) } else { app.put(&at).json(&json!({ "columns": {} })) };
            call.by(&import.owner).send().await.refused(409, "illegal_step");
        }
        import.release();
    };
    // The writer that comes late writes nothing more.
    let (stopped, ()) = join(import.apply(), beside).await;
    assert_eq!(stopped.status.as_u16(), 412);
    assert_eq!((import.shown().await["state"].clone(), import.codes().await.len()), (json!("interrupted"), 500));
    let applied = import.apply().await.expect(200);
    let outcome = &applied["outcome"];
    assert_eq!(
        (&applied["state"], &outcome["added"], &outcome["unchanged"]),
        (&json!("applied"), &json!(750), &json!(500))
    );
    let mut expected: Vec<String> = (1..=ROWS).map(|n| format!("K{n}")).collect();
    let mut codes = import.codes().await;
    codes.sort();
    expected.sort();
    assert_eq!(codes, expected, "the same rows as without the interruption");
    assert_eq!(import.undo().await.expect(200)["state"], "undone");
    assert_eq!(import.codes().await, Vec::<String>::new());
}

async fn interrupted_import_is_undone_without_a_rest(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    let beside = async {
        import.interrupt().await;
        import.release();
    };
    join(import.apply(), beside).await;
    assert_eq!(import.undo().await.expect(200)["state"], "undone");
    assert_eq!(import.codes().await, Vec::<String>::new());
    import.apply().await.refused(409, "illegal_step");
}

async fn undo_that_meets_a_change_is_interrupted_and_names_it(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    import.turns.add_permits(2);
    import.apply().await.expect(200);
    let late = import.booths().await.into_iter().find(|booth| booth["code"] == "K1200").unwrap();
    let beside = async {
        import.wait_for("undoing", 500).await;
        let at = format!("/editions/hoi-cho/booths/{}", late["id"].as_str().unwrap());
        let fee = json!({ "fee": 5 });
        app.patch(&at).by(&import.owner).header("if-match", "\"v1\"").json(&fee).send().await.expect(200);
        import.release();
    };
    let (undone, ()) = join(import.undo(), beside).await;
    let detail = undone.refused(409, "illegal_step")["detail"].clone();
    assert!(detail.as_str().unwrap().contains("K1200"), "{detail}");
    let shown = import.shown().await;
    assert_eq!(shown["state"], "interrupted");
    assert_eq!(shown["made"], import.codes().await.len());
    // The next try finds it before anything more is undone.
    let before = import.codes().await.len();
    import.undo().await.refused(409, "illegal_step");
    assert_eq!(import.codes().await.len(), before);
}

async fn of_two_applies_at_once_one_is_refused(app: TestApp) {
    let import = Import::upload(&app, "booths", booths()).await;
    import.release();
    let (first, second) = join(import.apply(), import.apply()).await;
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!((import.codes().await.len(), import.shown().await["state"].clone()), (ROWS, json!("applied")));
}

crate::on_both!(
    others_write_between_the_chunks_of_an_import_and_of_its_undo,
    chunk_that_conflicts_takes_back_those_before_it,
    interrupted_import_is_imported_again_and_undone,
    interrupted_import_is_undone_without_a_rest,
    undo_that_meets_a_change_is_interrupted_and_names_it,
    of_two_applies_at_once_one_is_refused,
);
