//! Passkeys: registration, login, and what hostile clients send.
use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;
use hoicho_core::db::schema::{passkey_ceremonies, passkeys, sessions};
use hoicho_web::{
    http::Problem,
    identity::{second_factor::enrolment, store::grant_admin},
};
use serde_json::{Value, json};

use crate::{
    second_factor::enrol,
    support::{
        Answer, PASSWORD, TestApp,
        authenticator::{Credential, PRESENT},
        fair::Fair,
    },
};

const HOST: &str = "localhost:8080";
const ORIGIN: &str = "http://localhost:8080";

async fn begin(app: &TestApp, token: &str) -> Value {
    let password = json!({ "password": PASSWORD });
    app.put("/me/passkey-ceremony").header("host", HOST).by(token).json(&password).send().await.expect(200)
}

async fn register(app: &TestApp, token: &str, begun: &Value, sent: &Value) -> Answer {
    let body = json!({ "ceremony": begun["ceremony"], "name": "Điện thoại", "credential": sent });
    app.put("/me/passkey-registration").header("host", HOST).by(token).json(&body).send().await
}

/// Registers a passkey; the credential in the authenticator, and the passkey.
async fn add(app: &TestApp, token: &str) -> (Credential, Value) {
    let begun = begin(app, token).await;
    let credential = Credential::make(&begun["options"], ORIGIN);
    let passkey = register(app, token, &begun, &credential.attest(&begun["options"])).await.expect(200);
    (credential, passkey)
}

async fn begin_login(app: &TestApp) -> Value {
    app.post("/auth/passkey/ceremony").header("host", HOST).send().await.expect(200)
}

async fn complete(app: &TestApp, begun: &Value, sent: &Value) -> Answer {
    let body = json!({ "ceremony": begun["ceremony"], "credential": sent });
    app.post("/auth/passkey").header("host", HOST).json(&body).send().await
}

async fn log_in(app: &TestApp, credential: &Credential) -> Answer {
    let begun = begin_login(app).await;
    complete(app, &begun, &credential.assert(&begun["options"])).await
}

fn access(tokens: &Value) -> String {
    tokens["access_token"].as_str().unwrap().to_owned()
}

async fn notices(app: &TestApp, email: &str) -> Vec<String> {
    let letters = app.letters_to(email).await;
    letters.iter().filter_map(|mail| Some(mail["letter"]["notice"].as_str()?.to_owned())).collect()
}

async fn passkey_logs_in_until_it_is_removed(app: TestApp) {
    let token = app.person("lan").await;
    let begun = begin(&app, &token).await;
    let options = &begun["options"];
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required", "{options}");
    assert_eq!(selection["userVerification"], "required", "{options}");
    assert_eq!((&options["rp"]["id"], &begun["expires_in"]), (&json!("localhost"), &json!(300)), "{begun}");
    let (credential, passkey) = add(&app, &token).await;
    assert_eq!(notices(&app, "lan@example.vn").await, ["passkey_added"]);
    assert!(passkey["last_used_at"].is_null() && passkey["name"] == "Điện thoại", "{passkey}");

    let login = begin_login(&app).await;
    assert_eq!(login["options"]["userVerification"], "required", "{login}");
    assert_eq!(login["options"]["allowCredentials"], json!([]), "it names nobody: {login}");
    app.wait(Duration::minutes(4));
    let by = access(&complete(&app, &login, &credential.assert(&login["options"])).await.expect(200));
    let shown = app.get("/me/sessions").by(&by).send().await.expect(200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 2, "{shown}");
    let listed = app.get("/me/passkeys").by(&by).send().await.expect(200);
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");

    // Nobody else sees, renames or removes it.
    let at = format!("/me/passkeys/{}", passkey["id"].as_str().unwrap());
    let other = app.person("minh").await;
    app.patch(&at).by(&other).json(&json!({ "name": "Của tôi" })).send().await.refused(404, "not_found");
    app.delete(&at).by(&other).send().await.refused(404, "not_found");
    let renamed = app.patch(&at).by(&by).json(&json!({ "name": "Máy tính" })).send().await.expect(200);
    assert_eq!(renamed["name"], "Máy tính");
    app.patch(&at).by(&by).json(&json!({ "name": "" })).send().await.refused(422, "invalid");

    // Its other logins end with it; the current one goes on.
    let second = access(&log_in(&app, &credential).await.expect(200));
    app.delete(&at).by(&by).send().await.expect(204);
    app.get("/me").by(&by).send().await.expect(200);
    app.get("/me").by(&token).send().await.expect(200);
    app.get("/me").by(&second).send().await.refused(401, "login_required");
    log_in(&app, &credential).await.refused(401, "wrong_passkey");
    app.delete(&at).by(&by).send().await.refused(404, "not_found");
    assert_eq!(notices(&app, "lan@example.vn").await, ["passkey_added", "passkey_removed"]);
    let actions = app.get("/me/actions").by(&by).send().await.expect(200).to_string();
    for action in ["add_passkey", "rename_passkey", "remove_passkey"] {
        assert!(actions.contains(&format!("user.{action}")), "{action}: {actions}");
    }
}

async fn registration_needs_the_password_and_the_code(app: TestApp) {
    let token = app.person("lan").await;
    let begin =
        async |body: Value| app.put("/me/passkey-ceremony").header("host", HOST).by(&token).json(&body).send().await;
    begin(json!({ "password": "wrong wrong wrong" })).await.refused(401, "wrong_credentials");
    begin(json!({})).await.refused(422, "invalid");
    let phone = enrol(&app, &token).await;
    begin(json!({ "password": PASSWORD })).await.refused(401, "wrong_code");
    begin(json!({ "password": PASSWORD, "one_time_code": phone.wrong_code(&app) })).await.refused(401, "wrong_code");
    begin(json!({ "password": PASSWORD, "one_time_code": phone.code(&app, 0) })).await.expect(200);
    // The code is used up.
    begin(json!({ "password": PASSWORD, "one_time_code": phone.code(&app, 0) })).await.refused(401, "wrong_code");
}

async fn ceremony_is_used_once_in_time_and_by_its_own_session(app: TestApp) {
    let (lan, minh) = (app.person("lan").await, app.person("minh").await);
    let begun = begin(&app, &lan).await;
    let credential = Credential::make(&begun["options"], ORIGIN);
    let sent = credential.attest(&begun["options"]);
    // Another person's, another session's of the same person, one of a login, a made-up one.
    register(&app, &minh, &begun, &sent).await.refused(409, "illegal_step");
    register(&app, &app.login("lan@example.vn").await, &begun, &sent).await.refused(409, "illegal_step");
    register(&app, &lan, &begin_login(&app).await, &sent).await.refused(409, "illegal_step");
    for made_up in ["", "x", &"A".repeat(43)] {
        register(&app, &lan, &json!({ "ceremony": made_up }), &sent).await.refused(409, "illegal_step");
    }
    // A new ceremony of the session ends the one before.
    let newer = begin(&app, &lan).await;
    register(&app, &lan, &begun, &sent).await.refused(409, "illegal_step");
    // The response to another challenge, which uses the ceremony up.
    register(&app, &lan, &newer, &sent).await.refused(401, "wrong_passkey");
    register(&app, &lan, &newer, &credential.attest(&newer["options"])).await.refused(409, "illegal_step");
    let begun = begin(&app, &lan).await;
    let sent = credential.attest(&begun["options"]);
    register(&app, &lan, &begun, &sent).await.expect(200);
    register(&app, &lan, &begun, &sent).await.refused(409, "illegal_step");
    let begun = begin(&app, &lan).await;
    app.wait(Duration::minutes(5));
    let late = Credential::make(&begun["options"], ORIGIN).attest(&begun["options"]);
    register(&app, &lan, &begun, &late).await.refused(409, "illegal_step");

    // The same for logins.
    let login = begin_login(&app).await;
    let sent = credential.assert(&login["options"]);
    complete(&app, &login, &sent).await.expect(200);
    complete(&app, &login, &sent).await.refused(409, "illegal_step");
    let other = begin_login(&app).await;
    complete(&app, &other, &sent).await.refused(401, "wrong_passkey");
    complete(&app, &other, &credential.assert(&other["options"])).await.refused(409, "illegal_step");
    complete(&app, &begin(&app, &lan).await, &sent).await.refused(409, "illegal_step");
    let late = begin_login(&app).await;
    app.wait(Duration::minutes(5));
    complete(&app, &late, &credential.assert(&late["options"])).await.refused(409, "illegal_step");
    begin_login(&app).await;
    let later = app.context.clock.now() + Duration::minutes(6);
    hoicho::jobs::delete_expired(&app.db, app.context.retention, later).await.unwrap();
    let left = app.db.read(|tx| passkey_ceremonies::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
    assert_eq!(left.await.unwrap(), 0);
}

async fn response_for_another_site_or_without_verification_is_refused(app: TestApp) {
    let token = app.person("lan").await;
    type Change = fn(&mut Credential);
    let changes: [(&str, Change); 4] = [
        ("another origin", |c| c.origin = "https://hoicho.example".to_owned()),
        ("another port", |c| c.origin = "http://localhost:9090".to_owned()),
        ("another relying party", |c| c.rp_id = "hoicho.example".to_owned()),
        ("no user verification", |c| c.flags = PRESENT),
    ];
    for (_, change) in changes {
        let begun = begin(&app, &token).await;
        let mut credential = Credential::make(&begun["options"], ORIGIN);
        change(&mut credential);
        register(&app, &token, &begun, &credential.attest(&begun["options"])).await.refused(401, "wrong_passkey");
    }
    let (credential, _) = add(&app, &token).await;
    for (_, change) in changes {
        let mut changed = credential.clone();
        change(&mut changed);
        log_in(&app, &changed).await.refused(401, "wrong_passkey");
    }
    // What no authenticator sends.
    let begun = begin(&app, &token).await;
    let good = Credential::make(&begun["options"], ORIGIN).attest(&begun["options"]);
    for (part, value) in [("attestationObject", "oA"), ("attestationObject", ""), ("clientDataJSON", "e30")] {
        let (begun, mut sent) = (begin(&app, &token).await, good.clone());
        sent["response"][part] = value.into();
        register(&app, &token, &begun, &sent).await.refused(401, "wrong_passkey");
    }
    let (begun, mut sent) = (begin(&app, &token).await, good.clone());
    sent["response"]["attestationObject"] = "A".repeat(100_000).into();
    register(&app, &token, &begun, &sent).await.refused(401, "wrong_passkey");
    // Deeply nested CBOR.
    sent["response"]["attestationObject"] = "gYGB".repeat(10_000).into();
    let begun = begin(&app, &token).await;
    register(&app, &token, &begun, &sent).await.refused(401, "wrong_passkey");
    let (begun, mut sent) = (begin(&app, &token).await, good);
    sent["clientExtensionResults"] = json!({ "credProps": { "rk": false } });
    register(&app, &token, &begun, &sent).await.refused(401, "wrong_passkey");
    for sent in [json!("x"), json!({}), json!(null)] {
        let refused = register(&app, &token, &begun, &sent).await;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{}", refused.status);
    }
}

async fn credential_belongs_to_one_account(app: TestApp) {
    let (lan, minh) = (app.person("lan").await, app.person("minh").await);
    let (credential, _) = add(&app, &lan).await;
    // With a key of its own, and with the same key.
    for is_copy in [false, true] {
        let begun = begin(&app, &minh).await;
        let mut theirs = Credential::make(&begun["options"], ORIGIN);
        theirs.id.clone_from(&credential.id);
        let sent = if is_copy { &credential } else { &theirs }.attest(&begun["options"]);
        register(&app, &minh, &begun, &sent).await.refused(409, "already_exists");
    }
    // Minh's user handle with Lan's credential, and none.
    let begun = begin(&app, &minh).await;
    let theirs =
        Credential { user_handle: begun["options"]["user"]["id"].as_str().unwrap().to_owned(), ..credential.clone() };
    log_in(&app, &theirs).await.refused(401, "wrong_passkey");
    let begun = begin_login(&app).await;
    let mut sent = credential.assert(&begun["options"]);
    sent["response"]["userHandle"] = Value::Null;
    complete(&app, &begun, &sent).await.refused(401, "wrong_passkey");
    let by = access(&log_in(&app, &credential).await.expect(200));
    assert_eq!(app.get("/me").by(&by).send().await.expect(200)["email"], "lan@example.vn");
}

async fn at_most_ten_of_many_concurrent_registrations_succeed(app: TestApp) {
    let mut begun = Vec::new();
    app.person("lan").await;
    for _ in 0..12 {
        // A session has one registration at a time.
        let token = app.login("lan@example.vn").await;
        begun.push((begin(&app, &token).await, token));
    }
    let registrations = begun.iter().map(|(begun, token)| {
        let sent = Credential::make(&begun["options"], ORIGIN).attest(&begun["options"]);
        let app = &app;
        async move { register(app, token, begun, &sent).await }
    });
    let statuses: Vec<u16> = join_all(registrations).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
    let stored = app.db.read(|tx| passkeys::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
    assert_eq!(stored.await.unwrap(), 10);
    let password = json!({ "password": PASSWORD });
    let full = app.put("/me/passkey-ceremony").header("host", HOST).by(&begun[0].1).json(&password).send().await;
    let refused = full.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("10"), "{refused}");
}

async fn counter_that_goes_back_is_refused_and_reported(app: TestApp) {
    let token = app.person("lan").await;
    let (mut credential, _) = add(&app, &token).await;
    // One that does not count.
    log_in(&app, &credential).await.expect(200);
    log_in(&app, &credential).await.expect(200);
    credential.counter = 7;
    log_in(&app, &credential).await.expect(200);
    for counter in [7, 6, 0] {
        let copy = Credential { counter, ..credential.clone() };
        log_in(&app, &copy).await.refused(401, "wrong_passkey");
    }
    assert_eq!(
        notices(&app, "lan@example.vn").await,
        ["passkey_added", "passkey_copied", "passkey_copied", "passkey_copied"]
    );
    credential.counter = 8;
    log_in(&app, &credential).await.expect(200);
    // Of concurrent logins with one counter one succeeds.
    credential.counter = 9;
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(begin_login(&app).await);
    }
    let logins = begun.iter().map(|begun| {
        let (app, sent) = (&app, credential.assert(&begun["options"]));
        async move { complete(app, begun, &sent).await.status.as_u16() }
    });
    let statuses = join_all(logins).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

async fn refused_logins_count_for_the_lock_out(app: TestApp) {
    let token = app.person("lan").await;
    let (credential, _) = add(&app, &token).await;
    let unverified = Credential { flags: PRESENT, ..credential.clone() };
    for _ in 0..5 {
        log_in(&app, &unverified).await.refused(401, "wrong_passkey");
    }
    log_in(&app, &credential).await.refused(429, "too_many_requests");
    let login = json!({ "email": "lan@example.vn", "password": PASSWORD });
    app.post("/auth/login").json(&login).send().await.refused(429, "too_many_requests");
    app.wait(Duration::minutes(15));
    log_in(&app, &credential).await.expect(200);
    // Wrong passwords keep a passkey from this address out, too.
    let wrong = json!({ "email": "lan@example.vn", "password": "wrong wrong wrong" });
    for _ in 0..5 {
        app.post("/auth/login").json(&wrong).send().await.refused(401, "wrong_credentials");
    }
    log_in(&app, &credential).await.refused(429, "too_many_requests");
    // An address begins a limited number of logins.
    app.wait(Duration::minutes(15));
    for _ in 0..100 {
        begin_login(&app).await;
    }
    app.post("/auth/passkey/ceremony").header("host", HOST).send().await.refused(429, "too_many_requests");
    let elsewhere = app.post("/auth/passkey/ceremony").header("host", HOST).from("203.0.113.1:1");
    elsewhere.send().await.expect(200);
}

async fn passkey_login_counts_as_two_factors(app: TestApp) {
    let fair = Fair::builder().build(&app).await;
    let (owner, organiser) = (&fair.owner, &fair.organiser);
    let at = format!("/organisers/{organiser}");
    let manager = app.staff(owner, organiser, "manager").await;
    let (credential, passkey) = add(&app, &manager).await;
    let by_passkey = access(&log_in(&app, &credential).await.expect(200));
    let require = json!({ "required": true });
    enrol(&app, owner).await;
    app.put(&format!("{at}/second-factor")).by(owner).json(&require).send().await.expect(200);
    // The account has a passkey, but this session was begun with the password.
    app.get(&at).by(&manager).send().await.refused(403, "second_factor_required");
    app.get(&at).by(&by_passkey).send().await.expect(200);
    let venue = json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" });
    app.post("/venues").by(&by_passkey).json(&venue).send().await.expect(201);
    app.post("/venues").by(&manager).json(&venue).send().await.refused(403, "second_factor_required");
    assert_eq!(app.root("/manage/hoi-cho").by(&by_passkey).send().await.status.as_u16(), 200);
    let members = app.get(&format!("{at}/members")).by(owner).send().await.expect(200);
    let with = members["items"].as_array().unwrap().iter().filter(|m| m["has_second_factor"] == true).count();
    assert_eq!(with, 2, "{members}");
    // A renewed session is still one of the passkey.
    let tokens = log_in(&app, &credential).await.expect(200);
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    let renewed = app.post("/auth/refresh").json(&refresh).send().await.expect(200);
    app.get(&at).by(&access(&renewed)).send().await.expect(200);
    // Removed in the session that it began: the session goes on, its role does not count.
    let passkey = format!("/me/passkeys/{}", passkey["id"].as_str().unwrap());
    app.delete(&passkey).by(&by_passkey).send().await.expect(204);
    app.get("/me").by(&by_passkey).send().await.expect(200);
    app.get(&at).by(&by_passkey).send().await.refused(403, "second_factor_required");
    app.get(&at).by(&access(&renewed)).send().await.refused(401, "login_required");
}

async fn account_with_a_second_factor_needs_no_code_with_a_passkey(app: TestApp) {
    let token = app.person("lan").await;
    let (credential, _) = add(&app, &token).await;
    enrol(&app, &token).await;
    access(&log_in(&app, &credential).await.expect(200));
    // The operator removes both for a lost phone.
    let now = app.context.clock.now();
    let removed = app.db.write(move |tx| enrolment::remove_by_operator(tx, "lan@example.vn", now));
    assert_eq!(removed.await.unwrap(), Some(true));
    log_in(&app, &credential).await.refused(401, "wrong_passkey");
    assert_eq!(notices(&app, "lan@example.vn").await.last().unwrap(), "removed_by_operator");
    let again = app.db.write(move |tx| enrolment::remove_by_operator(tx, "lan@example.vn", now));
    assert_eq!(again.await.unwrap(), Some(false));
    // A passkey alone is removed, too.
    let token = app.login("lan@example.vn").await;
    add(&app, &token).await;
    let removed = app.db.write(move |tx| enrolment::remove_by_operator(tx, "lan@example.vn", now));
    assert_eq!(removed.await.unwrap(), Some(true));
}

async fn export_lists_passkeys_and_erasure_deletes_them(app: TestApp) {
    let token = app.person("lan").await;
    let (credential, _) = add(&app, &token).await;
    let by = access(&log_in(&app, &credential).await.expect(200));
    let data = app.get("/me/personal-data").by(&by).send().await.expect(200);
    assert_eq!(data["account"]["passkeys"][0]["name"], "Điện thoại", "{data}");
    app.put("/me/erasure").by(&by).json(&json!({ "password": PASSWORD })).send().await.expect(204);
    log_in(&app, &credential).await.refused(401, "wrong_passkey");
    let left = app.db.read(|tx| {
        let begun = sessions::table.filter(sessions::passkey_id.is_not_null()).count().get_result::<i64>(tx.conn())?;
        Ok::<_, Problem>((passkeys::table.count().get_result::<i64>(tx.conn())?, begun))
    });
    assert_eq!(left.await.unwrap(), (0, 0));
}

/// Without a public URL passkeys work for `localhost` alone; with one, for its domain whatever the request says.
#[actix_web::test]
async fn passkeys_are_for_the_domain_of_the_public_url() {
    let app = TestApp::sqlite().await;
    for host in ["127.0.0.1:8080", "hoicho.example", "192.168.1.7", "localhost.evil.example"] {
        let refused = app.post("/auth/passkey/ceremony").header("host", host).send().await.refused(409, "illegal_step");
        assert!(refused["detail"].as_str().unwrap().contains("public_url"), "{refused}");
        let page = String::from_utf8(app.root("/login").header("host", host).send().await.body).unwrap();
        assert!(!page.contains("data-passkey"), "{host}: {page}");
    }
    let url = "https://hoicho.example".to_owned();
    let app = TestApp::sqlite_with(|settings| settings.server.public_url = url.clone()).await;
    let token = app.person("lan").await;
    for host in ["hoicho.example", HOST, "evil.example"] {
        let password = json!({ "password": PASSWORD });
        let begin = app.put("/me/passkey-ceremony").header("host", host).by(&token).json(&password);
        let begun = begin.send().await.expect(200);
        assert_eq!(begun["options"]["rp"]["id"], "hoicho.example");
        let sent = Credential::make(&begun["options"], ORIGIN).attest(&begun["options"]);
        register(&app, &token, &begun, &sent).await.refused(401, "wrong_passkey");
    }
    let begun = begin(&app, &token).await;
    let sent = Credential::make(&begun["options"], &url).attest(&begun["options"]);
    register(&app, &token, &begun, &sent).await.expect(200);
    // An address without HTTPS or without a domain.
    for url in ["http://hoicho.example", "https://192.0.2.1"] {
        let app = TestApp::sqlite_with(|settings| settings.server.public_url = url.to_owned()).await;
        app.post("/auth/passkey/ceremony").header("host", HOST).send().await.refused(409, "illegal_step");
    }
}

/// The settings can require two factors of platform admins.
#[actix_web::test]
async fn admin_with_a_passkey_needs_no_other_factor() {
    let app = TestApp::sqlite_with(|settings| settings.second_factor.required_for_admins = true).await;
    let token = app.person("lan").await;
    assert!(app.db.write(|tx| grant_admin(tx, "lan@example.vn").map_err(Problem::from)).await.unwrap());
    let (credential, _) = add(&app, &token).await;
    app.get("/audit-log").by(&token).send().await.refused(403, "second_factor_required");
    let by = access(&log_in(&app, &credential).await.expect(200));
    app.get("/audit-log").by(&by).send().await.expect(200);
}

crate::on_both!(
    passkey_logs_in_until_it_is_removed,
    registration_needs_the_password_and_the_code,
    ceremony_is_used_once_in_time_and_by_its_own_session,
    response_for_another_site_or_without_verification_is_refused,
    credential_belongs_to_one_account,
    at_most_ten_of_many_concurrent_registrations_succeed,
    counter_that_goes_back_is_refused_and_reported,
    refused_logins_count_for_the_lock_out,
    passkey_login_counts_as_two_factors,
    account_with_a_second_factor_needs_no_code_with_a_passkey,
    export_lists_passkeys_and_erasure_deletes_them,
);
