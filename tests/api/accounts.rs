//! Email verification, password reset, lockout, invitations.
use actix_web::test::TestRequest;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, wait::wait_until_async};

async fn register(app: &TestApp, email: &str) {
    let account = json!({ "email": email, "password": PASSWORD, "display_name": "Múi" });
    app.post("/auth/register").json(&account).send().await.expect(202);
}

async fn token_for(app: &TestApp, email: &str) -> Value {
    app.letter_to(email).await["letter"]["token"].clone()
}

fn login(password: &str) -> Value {
    json!({ "email": "mui@example.vn", "password": password })
}

async fn login_requires_a_verified_address(app: TestApp) {
    register(&app, "mui@example.vn").await;
    app.post("/auth/login").json(&login(PASSWORD)).send().await.refused(403, "email_not_verified");
    app.post("/auth/login").json(&login("another one")).send().await.refused(401, "wrong_credentials");
    let token = token_for(&app, "mui@example.vn").await;
    // The token without the password does not verify the account.
    let stolen = json!({ "token": token, "password": "another one" });
    app.post("/auth/verify-email").json(&stolen).send().await.refused(401, "wrong_credentials");
    let proof = json!({ "token": token, "password": PASSWORD });
    app.post("/auth/verify-email").json(&proof).send().await.expect(204);
    app.post("/auth/verify-email").json(&proof).send().await.refused(404, "not_found");
    app.post("/auth/login").json(&login(PASSWORD)).send().await.expect(200);
}

async fn verification_token_expires_after_a_day(app: TestApp) {
    register(&app, "mui@example.vn").await;
    let late = json!({ "token": token_for(&app, "mui@example.vn").await, "password": PASSWORD });
    app.wait(Duration::hours(24));
    app.post("/auth/verify-email").json(&late).send().await.refused(404, "not_found");
    app.post("/auth/resend-verification").json(&json!({ "email": "mui@example.vn" })).send().await.expect(202);
    let proof = json!({ "token": token_for(&app, "mui@example.vn").await, "password": PASSWORD });
    app.post("/auth/verify-email").json(&proof).send().await.expect(204);
}

async fn mail_requests_are_limited_and_do_not_reveal_accounts(app: TestApp) {
    app.person("mui").await;
    for _ in 0..20 {
        app.post("/auth/password-reset").json(&json!({ "email": "mui@example.vn" })).send().await.expect(202);
    }
    let resets = app.letters_to("mui@example.vn").await;
    assert_eq!(resets.iter().filter(|l| l["letter"]["kind"] == "reset_password").count(), 5);
    app.post("/auth/password-reset").json(&json!({ "email": "nobody@example.vn" })).send().await.expect(202);
    assert!(app.letters_to("nobody@example.vn").await.is_empty());
}

async fn password_reset_token_works_once_and_ends_all_sessions(app: TestApp) {
    app.person("mui").await;
    let old = app.post("/auth/login").json(&login(PASSWORD)).send().await.expect(200)["refresh_token"].clone();
    app.post("/auth/password-reset").json(&json!({ "email": "MUI@example.vn" })).send().await.expect(202);
    let token = token_for(&app, "mui@example.vn").await;
    let short = json!({ "token": token, "password": "short" });
    app.post("/auth/password-reset/confirm").json(&short).send().await.refused(422, "invalid");
    let reset = json!({ "token": token, "password": "mật khẩu mới" });
    app.post("/auth/password-reset/confirm").json(&reset).send().await.expect(204);
    app.post("/auth/password-reset/confirm").json(&reset).send().await.refused(404, "not_found");
    app.post("/auth/refresh").json(&json!({ "refresh_token": old })).send().await.refused(401, "login_required");
    app.post("/auth/login").json(&login(PASSWORD)).send().await.refused(401, "wrong_credentials");
    app.post("/auth/login").json(&login("mật khẩu mới")).send().await.expect(200);
}

async fn password_reset_token_expires_after_an_hour(app: TestApp) {
    app.person("mui").await;
    app.post("/auth/password-reset").json(&json!({ "email": "mui@example.vn" })).send().await.expect(202);
    let reset = json!({ "token": token_for(&app, "mui@example.vn").await, "password": "mật khẩu mới" });
    app.wait(Duration::hours(1));
    app.post("/auth/password-reset/confirm").json(&reset).send().await.refused(404, "not_found");
}

async fn login_lockout_applies_to_the_guessing_client_only(app: TestApp) {
    app.person("mui").await;
    let guess = async |address: &str, password: &str| {
        app.post("/auth/login").from(address).json(&login(password)).send().await.status.as_u16()
    };
    for _ in 0..5 {
        assert_eq!(guess("203.0.113.9:1000", "wrong wrong wrong").await, 401);
    }
    assert_eq!(guess("203.0.113.9:2000", PASSWORD).await, 429, "even the right one now");
    assert_eq!(guess("198.51.100.7:1000", PASSWORD).await, 200, "the owner elsewhere is not locked out");
    app.wait(Duration::minutes(15));
    assert_eq!(guess("203.0.113.9:1000", PASSWORD).await, 200, "the pause is over");
}

async fn access_token_expires_after_fifteen_minutes(app: TestApp) {
    let token = app.person("mui").await;
    app.wait(Duration::seconds(899));
    app.get("/me").by(&token).send().await.expect(200);
    app.wait(Duration::seconds(1));
    app.get("/me").by(&token).send().await.refused(401, "login_required");
}

async fn refresh_tokens_expire_half_a_year_after_the_login(app: TestApp) {
    app.person("mui").await;
    let mut tokens = app.post("/auth/login").json(&login(PASSWORD)).send().await.expect(200);
    let again = async |tokens: &serde_json::Value| {
        app.post("/auth/refresh").json(&json!({ "refresh_token": tokens["refresh_token"] })).send().await
    };
    for _ in 0..8 {
        app.wait(Duration::days(20));
        tokens = again(&tokens).await.expect(200);
    }
    app.wait(Duration::days(19));
    tokens = again(&tokens).await.expect(200);
    app.wait(Duration::days(1));
    again(&tokens).await.refused(401, "login_required");
}

async fn private_responses_are_not_stored_by_browsers(app: TestApp) {
    let token = app.person("mui").await;
    let kept =
        |answer: &crate::support::Answer| answer.headers.get("cache-control").unwrap().to_str().unwrap().to_owned();
    assert_eq!(kept(&app.get("/me").by(&token).send().await), "no-store");
    assert_eq!(kept(&app.post("/auth/login").json(&login(PASSWORD)).send().await), "no-store");
    assert_eq!(kept(&app.get("/organisers").by(&token).send().await), "private, no-cache");
}

async fn password_change_requires_the_old_one_and_ends_other_sessions(app: TestApp) {
    let token = app.person("mui").await;
    let other = app.post("/auth/login").json(&login(PASSWORD)).send().await.expect(200)["refresh_token"].clone();
    let wrong = json!({ "current": "not this one", "new": "mật khẩu mới" });
    app.put("/me/password").by(&token).json(&wrong).send().await.refused(401, "wrong_credentials");
    let right = json!({ "current": PASSWORD, "new": "mật khẩu mới" });
    app.put("/me/password").by(&token).json(&right).send().await.expect(204);
    app.post("/auth/refresh").json(&json!({ "refresh_token": other })).send().await.refused(401, "login_required");
    app.post("/auth/login").json(&login("mật khẩu mới")).send().await.expect(200);
}

async fn invitation_is_valid_for_its_address_once_and_for_two_weeks(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.organiser(&owner).await;
    let invited = json!({ "email": "minh@example.vn", "role": "finance" });
    let path = format!("/organisers/{organiser}/members");
    app.post(&path).by(&owner).json(&invited).send().await.expect(202);
    let answer = json!({ "token": token_for(&app, "minh@example.vn").await });
    let thief = app.person("thief").await;
    app.post("/invitations/accept").by(&thief).json(&answer).send().await.refused(404, "not_found");
    let minh = app.person("minh").await;
    app.get(&path).by(&minh).send().await.refused(404, "not_found");
    let joined = app.post("/invitations/accept").by(&minh).json(&answer).send().await.expect(200);
    assert_eq!((&joined["organiser"], &joined["role"]), (&json!(organiser), &json!("finance")));
    app.get(&path).by(&minh).send().await.expect(200);
    app.post("/invitations/accept").by(&minh).json(&answer).send().await.refused(404, "not_found");

    let invited = json!({ "email": "thief@example.vn", "role": "owner" });
    app.post(&path).by(&owner).json(&invited).send().await.expect(202);
    let late = json!({ "token": token_for(&app, "thief@example.vn").await });
    app.wait(Duration::days(14));
    let thief = app.login("thief@example.vn").await;
    app.post("/invitations/accept").by(&thief).json(&late).send().await.refused(404, "not_found");
}

async fn revoked_invitation_is_rejected(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.organiser(&owner).await;
    let minh = app.person("minh").await;
    let invited = json!({ "email": "minh@example.vn", "role": "manager" });
    let id = app.made(&format!("/organisers/{organiser}/members"), &owner, invited).await;
    let answer = json!({ "token": token_for(&app, "minh@example.vn").await });
    app.delete(&format!("/organisers/{organiser}/invitations/{id}")).by(&owner).send().await.expect(204);
    app.post("/invitations/accept").by(&minh).json(&answer).send().await.refused(404, "not_found");
}

async fn revoked_role_takes_effect_immediately(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let organiser = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["organiser"].clone();
    let organiser = organiser.as_str().unwrap();
    let manager = app.staff(&owner, organiser, "manager").await;
    let zone = |code: &str| json!({ "code": code, "name": "Khu" });
    app.post("/editions/hoi-cho/zones").by(&manager).json(&zone("X")).send().await.expect(201);
    let id = app.get("/me").by(&manager).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    app.delete(&format!("/organisers/{organiser}/members/{id}")).by(&owner).send().await.expect(204);
    app.post("/editions/hoi-cho/zones").by(&manager).json(&zone("Y")).send().await.refused(404, "not_found");
}

/// Each login has its device and its last use, and is ended on its own: its tokens, its cookies and what is open with it.
async fn logins_are_listed_and_ended_one_by_one(app: TestApp) {
    app.person("lan").await;
    let login = async |device: &str, address: &str| {
        let body = json!({ "email": "lan@example.vn", "password": PASSWORD });
        let call = app.post("/auth/login").header("user-agent", device).from(address).json(&body);
        call.send().await.expect(200)
    };
    let phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";
    let lost = login(phone, "203.0.113.9:1").await;
    let here = login("curl/8.5.0", "198.51.100.7:1").await;
    let token = |tokens: &Value| tokens["access_token"].as_str().unwrap().to_owned();
    let (lost_token, here_token) = (token(&lost), token(&here));
    let list = async |token: &str| app.get("/me/sessions").by(token).send().await.expect(200)["items"].clone();
    let sessions = list(&here_token).await;
    let sessions = sessions.as_array().unwrap();
    let on_phone = sessions.iter().find(|session| session["device"] == "Chrome, Android").unwrap();
    let current = sessions.iter().find(|session| session["is_current"] == true).unwrap();
    assert_eq!((&on_phone["address"], &current["device"]), (&json!("203.0.113.9"), &json!("curl")));
    let path = format!("/me/sessions/{}", on_phone["id"].as_str().unwrap());
    // Nobody else's.
    let stranger = app.person("stranger").await;
    app.delete(&path).by(&stranger).send().await.refused(404, "not_found");
    app.get("/me").by(&lost_token).send().await.expect(200);
    app.delete(&path).by(&here_token).send().await.expect(204);
    // Its access token is refused at once on this node, as an API and in a browser, and its refresh token everywhere.
    app.get("/me").by(&lost_token).send().await.refused(401, "login_required");
    let home = TestRequest::get().uri("/home").insert_header(("cookie", format!("hoicho_access={lost_token}")));
    assert_eq!(app.call_root(home).await.status.as_u16(), 303);
    let refresh = json!({ "refresh_token": lost["refresh_token"] });
    app.post("/auth/refresh").json(&refresh).send().await.refused(401, "login_required");
    app.delete(&path).by(&here_token).send().await.refused(404, "not_found");
    assert!(!list(&here_token).await.to_string().contains("Android"));
    // A logout ends the access token, too; so does a new password on all devices.
    app.post("/auth/logout").json(&json!({ "refresh_token": here["refresh_token"] })).send().await.expect(204);
    app.get("/me").by(&here_token).send().await.refused(401, "login_required");
    let (one, two) = (login(phone, "203.0.113.9:1").await, login(phone, "203.0.113.9:1").await);
    let change = json!({ "current": PASSWORD, "new": "một câu dài khác" });
    app.put("/me/password").by(&token(&one)).json(&change).send().await.expect(204);
    for tokens in [one, two] {
        app.get("/me").by(&token(&tokens)).send().await.refused(401, "login_required");
    }
}

/// Another node learns of it within seconds.
#[actix_web::test]
async fn ended_login_is_refused_on_another_node() {
    let Some(url) = crate::support::postgres::database() else { return };
    let one = TestApp::on(url.clone(), tempfile::tempdir().unwrap()).await;
    let keys = one.folder().join("keys");
    let two = TestApp::with(url, tempfile::tempdir().unwrap(), |settings| settings.tokens.keys = keys).await;
    let token = one.person("lan").await;
    two.get("/me").by(&token).send().await.expect(200);
    let sessions = one.get("/me/sessions").by(&token).send().await.expect(200);
    let path = format!("/me/sessions/{}", sessions["items"][0]["id"].as_str().unwrap());
    one.delete(&path).by(&token).send().await.expect(204);
    one.get("/me").by(&token).send().await.refused(401, "login_required");
    let start = std::time::Instant::now();
    wait_until_async("the other node refuses it", async || {
        two.get("/me").by(&token).send().await.status.as_u16() == 401
    })
    .await;
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

crate::on_both!(
    logins_are_listed_and_ended_one_by_one,
    login_requires_a_verified_address,
    verification_token_expires_after_a_day,
    mail_requests_are_limited_and_do_not_reveal_accounts,
    password_reset_token_works_once_and_ends_all_sessions,
    password_reset_token_expires_after_an_hour,
    login_lockout_applies_to_the_guessing_client_only,
    access_token_expires_after_fifteen_minutes,
    refresh_tokens_expire_half_a_year_after_the_login,
    private_responses_are_not_stored_by_browsers,
    password_change_requires_the_old_one_and_ends_other_sessions,
    invitation_is_valid_for_its_address_once_and_for_two_weeks,
    revoked_invitation_is_rejected,
    revoked_role_takes_effect_immediately,
);
