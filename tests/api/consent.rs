//! An organiser that names somebody's tax code or public identifier, by whichever way, learns nothing of the account: its answers stay
//! those of a stranger, and the account shows no trace of it.
use std::sync::Arc;

use hoicho_core::i18n::Language;
use hoicho_fair::imports::{ImportContext, ImportKind, ImportTable, Mode, apply_file};
use hoicho_web::{
    http::Problem,
    identity::{WriteSteps, authorization::authorize_operator},
};
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// Tax code of the account that is attacked.
const CODE: &str = "0100109106";
/// What nobody but its members may read.
const SECRETS: [&str; 3] = ["+84988111222", "Rượu mơ gia truyền", CODE];

/// An account with a tax code, a contact and a product. With another organiser it has a booth at a public edition, so its identifiers are
/// public.
struct Account {
    member: String,
    organisation: String,
    /// The other organiser's record of it.
    exhibitor: String,
    /// The owner of the other organiser.
    elsewhere: String,
}

impl Account {
    async fn new(app: &TestApp) -> Self {
        let fair =
            Fair::builder().owner("elsewhere").slug("noi-khac").exhibitors(["mui"]).confirmed(1).build(app).await;
        let exhibitor = &fair.exhibitors[0];
        let (member, organisation) = (exhibitor.token.clone(), exhibitor.organisation.clone());
        let at = format!("/organisations/{organisation}");
        app.patch_newest(&at, &member, json!({ "tax_code": CODE })).await;
        let contacts = json!([{ "name": "Giám đốc", "phone": "0988 111 222" }]);
        app.put(&format!("{at}/contacts")).by(&member).json(&contacts).send().await.expect(200);
        Self { member, organisation, exhibitor: exhibitor.id.clone(), elsewhere: fair.owner }
    }

    /// The same, also with a product: it is public at the other organiser's edition from then on, so it comes last.
    async fn add_product(&self, app: &TestApp) {
        let product = json!({ "name": "Rượu mơ gia truyền", "product_group": "beverages" });
        app.made(&format!("/organisations/{}/products", self.organisation), &self.member, product).await;
    }

    /// What a caller gets for everything of the account.
    async fn seen_by(&self, app: &TestApp, token: &str) -> Vec<(u16, String)> {
        let mut answers = Vec::new();
        for part in ["", "/contacts", "/members", "/links", "/applications"] {
            // Problems repeat the identifier of the request.
            let call = app.get(&format!("/organisations/{}{part}", self.organisation)).by(token);
            let answer = call.header("x-request-id", "same").send().await;
            answers.push((answer.status.as_u16(), String::from_utf8(answer.body).unwrap()));
        }
        answers
    }

    /// What the members see of organisers: links, applications, invitations.
    async fn traces(&self, app: &TestApp) -> Vec<Value> {
        let own = format!("/organisations/{}", self.organisation);
        let mut traces = Vec::new();
        for path in [format!("{own}/links"), format!("{own}/applications"), "/me/link-invitations".to_owned()] {
            traces.push(app.get(&path).by(&self.member).send().await.expect(200)["items"].clone());
        }
        traces
    }
}

/// An organiser with an open edition `hoi-cho`, an exhibitor with a booth, and what a stranger sees of the account.
struct Attacker {
    fair: Fair,
    account: Account,
    stranger: Vec<(u16, String)>,
    traces: Vec<Value>,
}

impl Attacker {
    async fn new(app: &TestApp) -> Self {
        let account = Account::new(app).await;
        let fair = Fair::builder().exhibitors(["quen"]).confirmed(1).build(app).await;
        let stranger = app.person("stranger").await;
        let stranger = account.seen_by(app, &stranger).await;
        let traces = account.traces(app).await;
        Self { fair, account, stranger, traces }
    }

    fn records(&self) -> String {
        format!("/organisers/{}/exhibitors", self.fair.organiser)
    }

    /// The organiser's own record with the tax code.
    async fn record(&self, app: &TestApp) -> Value {
        let list = app.get(&format!("{}?q={CODE}", self.records())).by(&self.fair.owner).send().await.expect(200);
        list["items"][0].clone()
    }

    /// The organiser gets what a stranger gets, and the account shows no trace.
    async fn check(&self, app: &TestApp, way: &str) {
        assert_eq!(self.account.seen_by(app, &self.fair.owner).await, self.stranger, "{way}");
        assert_eq!(self.account.traces(app).await, self.traces, "{way}");
        for path in [self.records(), format!("{}?q={CODE}", self.records())] {
            let records = app.get(&path).by(&self.fair.owner).send().await.expect(200).to_string();
            assert!(
                !records.contains("+84988111222") && !records.contains(&self.account.organisation),
                "{way}: {records}"
            );
        }
        let log = format!("/audit-log?organiser={}&limit=500", self.fair.organiser);
        let log = app.get(&log).by(&self.fair.owner).send().await.expect(200).to_string();
        assert!(!log.contains(&self.account.organisation), "{way}: {log}");
    }
}

async fn naming_a_tax_code_in_tables_and_records_opens_nothing(app: TestApp) {
    let attacker = Attacker::new(&app).await;
    let owner = &attacker.fair.owner;
    // The page and the API: a record with the code, and an application for it.
    let record = json!({ "name": "HTX mui", "legal_form": "co_operative", "locality": "Đầm Hà", "tax_code": CODE });
    let record = app.made(&attacker.records(), owner, record).await;
    attacker.check(&app, "a record").await;
    let apply = json!({ "exhibitor": record, "booths_wanted": 1, "category": "standard" });
    let application = app.made("/editions/hoi-cho/applications", owner, apply).await;
    attacker.check(&app, "an application for it").await;
    for (step, body) in [("waitlist", json!({ "reason": "Hết gian" })), ("reject", json!({ "reason": "Không" }))] {
        app.post(&format!("/applications/{application}/{step}")).by(owner).json(&body).send().await.expect(200);
        attacker.check(&app, step).await;
    }
    // An import.
    let table = format!("Tên đơn vị;Mã số thuế;Huyện;Số gian đăng ký\nHTX mui;{CODE};Đầm Hà;1\n");
    let sent = app.post("/editions/hoi-cho/imports?kind=exhibitors").by(owner).table(&table).send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}", sent["id"].as_str().unwrap());
    app.post(&format!("{at}/check")).by(owner).send().await.expect(200);
    app.post(&format!("{at}/apply")).by(owner).json(&json!({ "mode": "all" })).send().await.expect(200);
    attacker.check(&app, "an import").await;
    // The command line.
    let by_command =
        format!("Tên đơn vị;Mã số thuế;Huyện;Số gian đăng ký\nTên khác;{CODE}-001;Đầm Hà;1\nHTX mui;{CODE};Đầm Hà;1\n");
    let now = app.context.clock.now();
    let planned = app.db.read(move |tx| {
        let authorized = authorize_operator(tx, hoicho_fair::find_owners, "hoi-cho", now)?;
        let context = ImportContext::load(tx, authorized.edition()?)?;
        let table = ImportTable::parse(ImportKind::Exhibitors, by_command.as_bytes(), context, None)?;
        let planned = table.plan(tx, &authorized, &|_, _| {})?;
        Ok::<_, Problem>((authorized, Arc::new(table), planned))
    });
    let (authorized, table, planned) = planned.await.unwrap();
    let steps = WriteSteps::of_operator(app.db.clone(), app.context.clock, authorized);
    let file = ("don-vi.csv".to_owned(), table);
    apply_file(steps, file, planned, (Mode::All, true), Language::Vi).await.unwrap();
    attacker.check(&app, "the command line").await;
    // An invitation opens nothing until it is followed; one that nobody follows leaves no trace with the account.
    let email = json!({ "email": "nobody@example.vn" });
    app.post(&format!("{}/{record}/link", attacker.records())).by(owner).json(&email).send().await.expect(202);
    attacker.check(&app, "an invitation").await;
    assert_eq!(attacker.record(&app).await["organisation"], Value::Null);
}

async fn naming_a_public_identifier_opens_nothing(app: TestApp) {
    let attacker = Attacker::new(&app).await;
    let owner = &attacker.fair.owner;
    let (exhibitor, organisation) = (&attacker.account.exhibitor, &attacker.account.organisation);
    let allocation = &attacker.fair.allocations[0];
    // As a co-exhibitor, by staff and by a member of another exhibitor.
    for named in [exhibitor, organisation] {
        let body = json!({ "role": "co_exhibitor", "exhibitor": named });
        for token in [owner, &attacker.fair.exhibitors[0].token] {
            let path = format!("/allocations/{allocation}/participants");
            let unknown = app.post(&path).by(token).json(&body).send().await.refused(422, "invalid");
            assert_eq!(unknown["errors"][0]["code"], "unknown");
        }
    }
    attacker.check(&app, "a co-exhibitor").await;
    // As an applicant, as the object of a merge, as a deal, as the record to read or to link.
    let asked = |key: &str, id: &str| json!({ key: id, "booths_wanted": 1, "category": "standard" });
    for body in [asked("exhibitor", exhibitor), asked("exhibitor", organisation), asked("organisation", organisation)] {
        app.post("/editions/hoi-cho/applications").by(owner).json(&body).send().await.refused(404, "not_found");
    }
    let own = &attacker.fair.exhibitors[0].id;
    let merge = json!({ "exhibitor": exhibitor });
    let path = format!("{}/{own}/merge", attacker.records());
    app.post(&path).by(owner).json(&merge).send().await.refused(404, "not_found");
    for part in ["", "/contacts", "/history", "/duplicates", "/link"] {
        let path = format!("{}/{exhibitor}{part}", attacker.records());
        app.get(&path).by(owner).send().await.refused(404, "not_found");
    }
    let deal =
        json!({ "exhibitor": exhibitor, "kind": "mou", "counterpart": "A", "amount": 0, "signed_on": "2026-03-01" });
    app.post("/editions/hoi-cho/deals").by(owner).json(&deal).send().await.refused(422, "invalid");
    attacker.check(&app, "identifiers").await;
}

/// The archive of `hoi-cho`, in which its exhibitor is made the attacked one.
async fn forged_archive(app: &TestApp, attacker: &Attacker) -> String {
    let file = app.get("/editions/hoi-cho/archive").by(&attacker.fair.owner).send().await.body;
    let file = String::from_utf8(file).unwrap();
    let own = &attacker.fair.exhibitors[0].id;
    let lines = file.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        if record["record"] == "exhibitor" {
            record["name"] = json!("HTX mui");
            record["tax_code"] = json!(CODE);
        }
        record.to_string().replace(own, &attacker.account.exhibitor) + "\n"
    });
    lines.collect()
}

async fn naming_an_account_in_an_archive_opens_nothing(app: TestApp) {
    let attacker = Attacker::new(&app).await;
    let owner = &attacker.fair.owner;
    let file = forged_archive(&app, &attacker).await;
    let path = format!("/organisers/{}/archives?slug=ban-sao", attacker.fair.organiser);
    app.post(&path).by(owner).bytes(file).send().await.expect(201);
    attacker.check(&app, "an archive").await;
    // The record of the archive is the organiser's own, under an identifier of its own.
    let record = attacker.record(&app).await;
    assert_ne!(record["id"], json!(attacker.account.exhibitor));
    assert_eq!((&record["name"], &record["organisation"]), (&json!("HTX mui"), &Value::Null));
    // Nor is the catalogue shown at the edition of the archive.
    attacker.account.add_product(&app).await;
    for slug in ["hoi-cho", "ban-sao"] {
        let page = app.get(&format!("/editions/{slug}/exhibitors?include=products")).by(owner).send().await;
        let page = page.expect(200).to_string();
        assert!(SECRETS.iter().all(|secret| !page.contains(secret)), "{page}");
    }
}

async fn draft_and_withdrawn_draft_open_nothing_and_a_decision_only_what_was_submitted(app: TestApp) {
    let attacker = Attacker::new(&app).await;
    let owner = &attacker.fair.owner;
    let (account, member) = (&attacker.account, &attacker.account.member);
    let asked = json!({ "organisation": account.organisation, "booths_wanted": 1, "category": "standard" });
    let draft = app.made("/editions/hoi-cho/applications", member, asked).await;
    let opened = async || app.get(&format!("/organisations/{}/contacts", account.organisation)).by(owner).send().await;
    assert_eq!(opened().await.status, 403, "a draft opens nothing");
    assert_eq!(account.seen_by(&app, owner).await, attacker.stranger);
    assert_eq!(attacker.record(&app).await, Value::Null, "nor is there a record");
    // Submitting is what opens: the contacts from then on, through a rejection, until one of both ends the link.
    app.post(&format!("/applications/{draft}/submit")).by(member).send().await.expect(200);
    opened().await.expect(200);
    let reason = json!({ "reason": "Hết gian" });
    app.post(&format!("/applications/{draft}/reject")).by(owner).json(&reason).send().await.expect(200);
    opened().await.expect(200);
    let record = attacker.record(&app).await;
    let path = format!("/organisations/{}/links/{}", account.organisation, record["id"].as_str().unwrap());
    let version = format!("\"v{}\"", record["version"]);
    assert!(app.delete(&path).by(member).header("if-match", &version).send().await.status.is_success());
    assert_eq!(account.seen_by(&app, owner).await, attacker.stranger, "the link has ended");
    // Naming it again, by whichever way, does not bring the link back.
    let table = format!("Tên đơn vị;Mã số thuế;Huyện;Số gian đăng ký\nHTX mui;{CODE};Đầm Hà;1\n");
    let sent = app.post("/editions/hoi-cho/imports?kind=exhibitors").by(owner).table(&table).send().await.expect(201);
    let at = format!("/editions/hoi-cho/imports/{}", sent["id"].as_str().unwrap());
    app.post(&format!("{at}/check")).by(owner).send().await.expect(200);
    app.post(&format!("{at}/apply")).by(owner).json(&json!({ "mode": "all" })).send().await.expect(200);
    assert_eq!(account.seen_by(&app, owner).await, attacker.stranger, "an import after the link");
    let with = json!({ "role": "co_exhibitor", "exhibitor": record["id"] });
    let path = format!("/allocations/{}/participants", attacker.fair.allocations[0]);
    app.post(&path).by(owner).json(&with).send().await.expect(201);
    account.add_product(&app).await;
    let page = app.get("/editions/hoi-cho/exhibitors?include=products").send().await.expect(200).to_string();
    assert!(
        page.contains("HTX mui") && !page.contains("Rượu mơ"),
        "its own record stays, the catalogue does not: {page}"
    );
    let archive = app.get("/editions/hoi-cho/archive").by(owner).send().await;
    let path = format!("/organisers/{}/archives?slug=ban-sao", attacker.fair.organiser);
    app.post(&path).by(owner).bytes(archive.body).send().await.expect(201);
    assert_eq!(account.seen_by(&app, owner).await, attacker.stranger, "an archive after the link");
    // The other organiser's link is its own.
    let contacts = app.get(&format!("/organisations/{}/contacts", account.organisation));
    contacts.by(&account.elsewhere).send().await.expect(200);
}

crate::on_both!(
    naming_a_tax_code_in_tables_and_records_opens_nothing,
    naming_a_public_identifier_opens_nothing,
    naming_an_account_in_an_archive_opens_nothing,
    draft_and_withdrawn_draft_open_nothing_and_a_decision_only_what_was_submitted,
);
