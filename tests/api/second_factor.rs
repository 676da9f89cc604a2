//! The second factor of an account: enrolment, logins with codes and recovery codes, guessing, and organisers that require it.
use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;
use hoicho_core::db::schema::{login_challenges, recovery_codes, second_factors};
use hoicho_web::{http::Problem, identity::store::grant_admin};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::support::{Answer, PASSWORD, TestApp, fair::Fair};

/// An authenticator app with the key of one account, and its recovery codes.
pub struct Phone {
    secret: String,
    recovery_codes: Vec<String>,
}

impl Phone {
    /// The code that the app shows now, or some steps of 30 seconds later.
    pub fn code(&self, app: &TestApp, steps: i64) -> String {
        let at = app.context.clock.now().and_utc().timestamp() + 30 * steps;
        let totp = Builder::new().with_secret(Secret::try_from_base32(&self.secret).unwrap()).build().unwrap();
        totp.generate(at.try_into().unwrap()).to_string()
    }

    /// A code that is none of those that are accepted now.
    pub fn wrong_code(&self, app: &TestApp) -> String {
        let right: Vec<String> = (-1..=1).map(|steps| self.code(app, steps)).collect();
        ["000000", "111111", "222222", "333333"]
            .iter()
            .find(|code| !right.iter().any(|r| r == *code))
            .unwrap()
            .to_string()
    }
}

/// Sets up a second factor in the login of `token`; half a minute passes, so that the next code is another one.
pub async fn enrol(app: &TestApp, token: &str) -> Phone {
    let password = json!({ "password": PASSWORD });
    let key = app.put("/me/second-factor").by(token).json(&password).send().await.expect(200);
    let mut phone = Phone { secret: key["secret"].as_str().unwrap().to_owned(), recovery_codes: Vec::new() };
    let code = json!({ "one_time_code": phone.code(app, 0) });
    let confirmed = app.put("/me/second-factor/confirmation").by(token).json(&code).send().await.expect(200);
    let codes = confirmed["recovery_codes"].as_array().unwrap();
    phone.recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    app.wait(Duration::seconds(30));
    phone
}

async fn password_step(app: &TestApp, name: &str, address: &str) -> Answer {
    let login = json!({ "email": format!("{name}@example.vn"), "password": PASSWORD });
    app.post("/auth/login").from(address).json(&login).send().await
}

async fn challenge(app: &TestApp, name: &str, address: &str) -> String {
    password_step(app, name, address).await.expect(202)["challenge"].as_str().unwrap().to_owned()
}

async fn second_step(app: &TestApp, challenge: &str, code: &str, address: &str) -> Answer {
    let body = json!({ "challenge": challenge, "one_time_code": code });
    app.post("/auth/second-factor").from(address).json(&body).send().await
}

const HOME: &str = "198.51.100.7:1";

async fn login_needs_password_and_code(app: TestApp) {
    let token = app.person("lan").await;
    assert_eq!(app.get("/me/second-factor").by(&token).send().await.expect(200)["enabled_at"], Value::Null);
    let phone = enrol(&app, &token).await;
    let shown = app.get("/me/second-factor").by(&token).send().await.expect(200);
    assert!(shown["enabled_at"].is_string() && shown["recovery_codes_left"] == 10, "{shown}");
    assert_eq!(app.letter_to("lan@example.vn").await["letter"]["notice"], "enabled");

    let first = password_step(&app, "lan", HOME).await.expect(202);
    assert!(first.get("access_token").is_none() && first["expires_in"] == 300, "{first}");
    let challenge = first["challenge"].as_str().unwrap();
    // It is no token of any other kind.
    app.get("/me").by(challenge).send().await.refused(401, "login_required");
    let refresh = json!({ "refresh_token": challenge });
    app.post("/auth/refresh").json(&refresh).send().await.refused(401, "login_required");
    let reset = json!({ "token": challenge, "password": "một câu dài khác" });
    app.post("/auth/password-reset/confirm").json(&reset).send().await.refused(404, "not_found");

    let refused = second_step(&app, challenge, &phone.wrong_code(&app), HOME).await.refused(401, "wrong_code");
    assert!(refused["detail"].as_str().unwrap().contains("mã khôi phục"), "{refused}");
    let tokens = second_step(&app, challenge, &phone.code(&app, 0), HOME).await.expect(200);
    app.get("/me").by(tokens["access_token"].as_str().unwrap()).send().await.expect(200);
    // The challenge has ended, and a made-up one never was.
    second_step(&app, challenge, &phone.code(&app, 1), HOME).await.refused(401, "login_required");
    second_step(&app, &"A".repeat(43), &phone.code(&app, 1), HOME).await.refused(401, "login_required");
    let without = json!({ "one_time_code": phone.code(&app, 1) });
    app.post("/auth/second-factor").json(&without).send().await.refused(401, "login_required");
}

async fn code_is_accepted_once(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    // The code of the enrolment, which is still within the tolerance.
    let used = phone.code(&app, -1);
    second_step(&app, &challenge(&app, "lan", HOME).await, &used, HOME).await.refused(401, "wrong_code");
    let code = phone.code(&app, 0);
    second_step(&app, &challenge(&app, "lan", HOME).await, &code, HOME).await.expect(200);
    second_step(&app, &challenge(&app, "lan", HOME).await, &code, HOME).await.refused(401, "wrong_code");
    app.wait(Duration::seconds(30));
    second_step(&app, &challenge(&app, "lan", HOME).await, &phone.code(&app, 0), HOME).await.expect(200);
}

async fn one_code_admits_one_of_many_concurrent_logins(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    let addresses: Vec<String> = (1..=12).map(|n| format!("203.0.113.{n}:1")).collect();
    for code in [phone.code(&app, 0), phone.recovery_codes[0].clone()] {
        let mut logins = Vec::new();
        for address in &addresses {
            logins.push((challenge(&app, "lan", address).await, address));
        }
        let enter = logins.iter().map(|(challenge, address)| second_step(&app, challenge, &code, address));
        let statuses: Vec<u16> = join_all(enter).await.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 11, "{statuses:?}");
    }
}

async fn wrong_codes_count_for_the_lock_out_whatever_the_password(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    let wrong = phone.wrong_code(&app);
    for _ in 0..5 {
        // The right password in between does not reset the count.
        let challenge = challenge(&app, "lan", HOME).await;
        second_step(&app, &challenge, &wrong, HOME).await.refused(401, "wrong_code");
    }
    password_step(&app, "lan", HOME).await.refused(429, "too_many_requests");
    let elsewhere = "203.0.113.1:1";
    let open = challenge(&app, "lan", elsewhere).await;
    second_step(&app, &open, &phone.code(&app, 0), HOME).await.refused(429, "too_many_requests");
    let warnings = app.letters_to("lan@example.vn").await;
    assert_eq!(warnings.iter().filter(|mail| mail["letter"]["notice"] == "wrong_codes").count(), 1);
    // Guesses at the same time are no more than successive ones.
    let enter = (0..12).map(|_| second_step(&app, &open, &wrong, elsewhere));
    let statuses: Vec<u16> = join_all(enter).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
}

async fn wrong_codes_from_many_addresses_close_the_account_for_a_day(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    let wrong = phone.wrong_code(&app);
    for n in 0..20 {
        let address = format!("203.0.113.{n}:1");
        let challenge = challenge(&app, "lan", &address).await;
        second_step(&app, &challenge, &wrong, &address).await.refused(401, "wrong_code");
    }
    let right = async || {
        let challenge = challenge(&app, "lan", HOME).await;
        second_step(&app, &challenge, &phone.code(&app, 0), HOME).await
    };
    let refused = right().await.refused(429, "too_many_requests");
    assert!(refused["detail"].as_str().unwrap().contains("24 giờ"), "{refused}");
    app.wait(Duration::hours(24));
    right().await.expect(200);
}

async fn recovery_code_works_once(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    assert_eq!(phone.recovery_codes.len(), 10);
    let typed = phone.recovery_codes[3].to_uppercase().replace('-', " ");
    let tokens = second_step(&app, &challenge(&app, "lan", HOME).await, &typed, HOME).await.expect(200);
    second_step(&app, &challenge(&app, "lan", HOME).await, &typed, HOME).await.refused(401, "wrong_code");
    let token = tokens["access_token"].as_str().unwrap();
    let shown = app.get("/me/second-factor").by(token).send().await.expect(200);
    assert_eq!(shown["recovery_codes_left"], 9);
    assert_eq!(app.letter_to("lan@example.vn").await["letter"]["notice"], "recovery_code_used");
    // Somebody else's code is none.
    let other = app.person("minh").await;
    let theirs = enrol(&app, &other).await;
    let code = &theirs.recovery_codes[0];
    second_step(&app, &challenge(&app, "lan", HOME).await, code, HOME).await.refused(401, "wrong_code");
}

async fn challenge_expires_and_ends_with_the_password(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    let late = challenge(&app, "lan", HOME).await;
    app.wait(Duration::minutes(5));
    second_step(&app, &late, &phone.code(&app, 0), HOME).await.refused(401, "login_required");
    let open = challenge(&app, "lan", HOME).await;
    app.post("/auth/password-reset").json(&json!({ "email": "lan@example.vn" })).send().await.expect(202);
    let reset = app.letter_to("lan@example.vn").await["letter"]["token"].clone();
    let reset = json!({ "token": reset, "password": PASSWORD });
    app.post("/auth/password-reset/confirm").json(&reset).send().await.expect(204);
    second_step(&app, &open, &phone.code(&app, 0), HOME).await.refused(401, "login_required");
    // A new password does not remove the factor.
    second_step(&app, &challenge(&app, "lan", HOME).await, &phone.code(&app, 0), HOME).await.expect(200);
    hoicho::jobs::delete_expired(&app.db, app.context.retention, app.context.clock.now() + Duration::minutes(6))
        .await
        .unwrap();
    let left = app.db.read(|tx| login_challenges::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
    assert_eq!(left.await.unwrap(), 0);
}

async fn enrolment_belongs_to_one_login_and_ends_the_others(app: TestApp) {
    let (token, other) = (app.person("lan").await, app.login("lan@example.vn").await);
    let wrong = json!({ "password": "wrong wrong wrong" });
    app.put("/me/second-factor").by(&token).json(&wrong).send().await.refused(401, "wrong_credentials");
    let password = json!({ "password": PASSWORD });
    let key = app.put("/me/second-factor").by(&token).json(&password).send().await.expect(200);
    assert!(key["url"].as_str().unwrap().starts_with("otpauth://totp/hoicho:lan%40example"), "{key}");
    let phone = Phone { secret: key["secret"].as_str().unwrap().to_owned(), recovery_codes: Vec::new() };
    let confirm = async |by: &str, code: String| {
        app.put("/me/second-factor/confirmation").by(by).json(&json!({ "one_time_code": code })).send().await
    };
    confirm(&other, phone.code(&app, 0)).await.refused(409, "illegal_step");
    confirm(&token, phone.wrong_code(&app)).await.refused(401, "wrong_code");
    // Nothing is enabled yet.
    app.login("lan@example.vn").await;
    confirm(&token, phone.code(&app, 0)).await.expect(200);
    confirm(&token, phone.code(&app, 1)).await.refused(409, "illegal_step");
    app.get("/me").by(&token).send().await.expect(200);
    app.get("/me").by(&other).send().await.refused(401, "login_required");
    app.put("/me/second-factor").by(&token).json(&password).send().await.refused(409, "illegal_step");
}

async fn enrolment_must_be_confirmed_in_half_an_hour(app: TestApp) {
    app.person("lan").await;
    let token = app.login("lan@example.vn").await;
    let password = json!({ "password": PASSWORD });
    let key = app.put("/me/second-factor").by(&token).json(&password).send().await.expect(200);
    let phone = Phone { secret: key["secret"].as_str().unwrap().to_owned(), recovery_codes: Vec::new() };
    // Within the lifetime of the session, whose access token is renewed.
    let login = json!({ "email": "lan@example.vn", "password": PASSWORD });
    let tokens = app.post("/auth/login").json(&login).send().await.expect(200);
    let begin = app.put("/me/second-factor").by(tokens["access_token"].as_str().unwrap()).json(&password);
    let newer = begin.send().await.expect(200);
    assert_ne!(newer["secret"], key["secret"]);
    let code = json!({ "one_time_code": phone.code(&app, 0) });
    app.put("/me/second-factor/confirmation").by(&token).json(&code).send().await.refused(409, "illegal_step");
    app.wait(Duration::minutes(30));
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    let renewed = app.post("/auth/refresh").json(&refresh).send().await.expect(200);
    let phone = Phone { secret: newer["secret"].as_str().unwrap().to_owned(), recovery_codes: Vec::new() };
    let code = json!({ "one_time_code": phone.code(&app, 0) });
    let late = app.put("/me/second-factor/confirmation").by(renewed["access_token"].as_str().unwrap()).json(&code);
    late.send().await.refused(409, "illegal_step");
}

async fn turning_off_and_new_recovery_codes_need_both_factors(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    let send = async |path: &str, password: &str, code: &str| {
        let body = json!({ "password": password, "one_time_code": code });
        app.put(&format!("/me/second-factor/{path}")).by(&token).json(&body).send().await
    };
    for path in ["recovery-codes", "removal"] {
        send(path, "wrong wrong wrong", &phone.code(&app, 0)).await.refused(401, "wrong_credentials");
        send(path, PASSWORD, &phone.wrong_code(&app)).await.refused(401, "wrong_code");
    }
    let renewed = send("recovery-codes", PASSWORD, &phone.code(&app, 0)).await.expect(200);
    let new = renewed["recovery_codes"][0].as_str().unwrap();
    let old = &phone.recovery_codes[0];
    second_step(&app, &challenge(&app, "lan", HOME).await, old, HOME).await.refused(401, "wrong_code");
    send("removal", PASSWORD, new).await.expect(204);
    assert_eq!(app.letter_to("lan@example.vn").await["letter"]["notice"], "disabled");
    app.login("lan@example.vn").await;
    send("removal", PASSWORD, new).await.refused(409, "illegal_step");
    let actions = app.get("/me/actions").by(&token).send().await.expect(200);
    let actions: Vec<&str> =
        actions["items"].as_array().unwrap().iter().map(|a| a["action"].as_str().unwrap()).collect();
    for action in ["enable_second_factor", "renew_recovery_codes", "use_recovery_code", "disable_second_factor"] {
        assert!(actions.contains(&format!("user.{action}").as_str()), "{action}: {actions:?}");
    }
}

async fn organiser_that_requires_a_factor_is_closed_to_people_without_one(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let (owner, organiser) = (&fair.owner, &fair.organiser);
    let manager = app.staff(owner, organiser, "manager").await;
    let key = json!({ "name": "Tỉnh", "scopes": ["read:editions"] });
    let key = app.post(&format!("/organisers/{organiser}/api-keys")).by(owner).json(&key).send().await.expect(201);
    let at = format!("/organisers/{organiser}");
    let require =
        async |by: &str| app.put(&format!("{at}/second-factor")).by(by).json(&json!({ "required": true })).send().await;
    require(&manager).await.refused(403, "forbidden");
    require(owner).await.refused(409, "illegal_step");
    enrol(&app, owner).await;
    assert_eq!(require(owner).await.expect(200)["second_factor_required"], true);
    let members = app.get(&format!("{at}/members")).by(owner).send().await.expect(200);
    let with: Vec<bool> =
        members["items"].as_array().unwrap().iter().map(|m| m["has_second_factor"].as_bool().unwrap()).collect();
    assert_eq!(with.iter().filter(|has| **has).count(), 1, "{members}");

    // Everything of the organiser is closed to the manager, whose login goes on.
    let editions = format!("/editions?organiser={organiser}");
    let venue = json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" });
    let edition = json!({ "organiser": organiser, "slug": "moi", "name": "Mới" });
    let log = format!("/audit-log?organiser={organiser}");
    for path in [at.as_str(), &log, "/editions/hoi-cho/applications", "/editions/hoi-cho/sales-lines?format=csv"] {
        app.get(path).by(&manager).send().await.refused(403, "second_factor_required");
    }
    app.post("/venues").by(&manager).json(&venue).send().await.refused(403, "second_factor_required");
    app.post("/editions").by(&manager).json(&edition).send().await.refused(403, "second_factor_required");
    app.get("/me").by(&manager).send().await.expect(200);
    // What is public stays so, and no more.
    assert_eq!(app.get(&editions).by(&manager).send().await.expect(200), app.get(&editions).send().await.expect(200));
    // A key is no person, and an exhibitor is no staff.
    app.get("/editions/hoi-cho").by(key["secret"].as_str().unwrap()).send().await.expect(200);
    let exhibitor = &fair.exhibitors[0];
    app.get(&format!("/applications/{}", exhibitor.application)).by(&exhibitor.token).send().await.expect(200);
    // Pages lead to the enrolment, and the start page shows nothing of the organiser but its name.
    for path in [format!("/organisers/{organiser}"), "/manage/hoi-cho".to_owned()] {
        let page = app.root(&path).by(&manager).send().await;
        let to = page.headers.get("location").unwrap().to_str().unwrap();
        assert_eq!((page.status.as_u16(), to), (303, "/account/second-factor?required=true"), "{path}");
    }
    let home = app.root("/home").by(&manager).send().await;
    let home = String::from_utf8_lossy(&home.body).into_owned();
    assert!(home.contains("/account/second-factor") && !home.contains("/manage/hoi-cho"), "{home}");
    // The enrolment opens it in the same login.
    enrol(&app, &manager).await;
    app.get(&at).by(&manager).send().await.expect(200);
    let off = json!({ "required": false });
    let viewer = app.staff(owner, organiser, "viewer").await;
    app.get(&at).by(&viewer).send().await.refused(403, "second_factor_required");
    app.put(&format!("{at}/second-factor")).by(owner).json(&off).send().await.expect(200);
    app.get(&at).by(&viewer).send().await.expect(200);
}

async fn export_has_only_the_date_and_erasure_deletes_the_factor(app: TestApp) {
    let token = app.person("lan").await;
    let phone = enrol(&app, &token).await;
    challenge(&app, "lan", HOME).await;
    let data = app.get("/me/personal-data").by(&token).send().await.expect(200);
    assert!(data["account"]["second_factor_enabled_at"].is_string(), "{data}");
    let actions = app.get("/me/actions").by(&token).send().await.expect(200).to_string();
    for told in
        [data.to_string(), actions, app.get("/me/second-factor").by(&token).send().await.expect(200).to_string()]
    {
        assert!(!told.contains(&phone.secret) && !told.contains(&phone.recovery_codes[0]), "{told}");
    }
    app.put("/me/erasure").by(&token).json(&json!({ "password": PASSWORD })).send().await.expect(204);
    let left = app.db.read(|tx| {
        let factors: i64 = second_factors::table.count().get_result(tx.conn())?;
        let codes: i64 = recovery_codes::table.count().get_result(tx.conn())?;
        let challenges: i64 = login_challenges::table.count().get_result(tx.conn())?;
        Ok::<_, Problem>((factors, codes, challenges))
    });
    assert_eq!(left.await.unwrap(), (0, 0, 0));
}

/// The settings can require a second factor of platform admins.
#[actix_web::test]
async fn admins_without_a_required_factor_are_no_admins() {
    let app = TestApp::sqlite_with(|settings| settings.second_factor.required_for_admins = true).await;
    let token = app.person("lan").await;
    app.get("/audit-log").by(&token).send().await.refused(403, "forbidden");
    let granted = app.db.write(|tx| grant_admin(tx, "lan@example.vn").map_err(Problem::from));
    assert!(granted.await.unwrap());
    app.get("/audit-log").by(&token).send().await.refused(403, "second_factor_required");
    let page = app.root("/admin").by(&token).send().await;
    assert_eq!(page.headers.get("location").unwrap(), "/account/second-factor?required=true");
    enrol(&app, &token).await;
    app.get("/audit-log").by(&token).send().await.expect(200);
    assert_eq!(app.root("/admin").by(&token).send().await.status.as_u16(), 200);
}

crate::on_both!(
    login_needs_password_and_code,
    code_is_accepted_once,
    one_code_admits_one_of_many_concurrent_logins,
    wrong_codes_count_for_the_lock_out_whatever_the_password,
    wrong_codes_from_many_addresses_close_the_account_for_a_day,
    recovery_code_works_once,
    challenge_expires_and_ends_with_the_password,
    enrolment_belongs_to_one_login_and_ends_the_others,
    enrolment_must_be_confirmed_in_half_an_hour,
    turning_off_and_new_recovery_codes_need_both_factors,
    organiser_that_requires_a_factor_is_closed_to_people_without_one,
    export_has_only_the_date_and_erasure_deletes_the_factor,
);
