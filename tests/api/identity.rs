//! Accounts, sessions and roles.
use serde_json::json;

use crate::support::TestApp;

async fn me_returns_the_logged_in_account(app: TestApp) {
    let token = app.person("lan").await;
    let me = app.get("/me").by(&token).send().await.expect(200);
    assert_eq!(me["email"], "lan@example.vn");
    app.get("/me").send().await.refused(401, "login_required");
    app.get("/me").by("forged").send().await.refused(401, "login_required");
}

async fn email_is_unique_ignoring_case_and_not_revealed(app: TestApp) {
    app.person("lan").await;
    let again = json!({ "email": "LAN@example.vn", "password": "một câu dài", "display_name": "x" });
    app.post("/auth/register").json(&again).send().await.expect(202);
    assert_eq!(app.letter_to("lan@example.vn").await["letter"]["kind"], "account_exists");
    let theirs = json!({ "email": "lan@example.vn", "password": "một câu dài" });
    app.post("/auth/login").json(&theirs).send().await.refused(401, "wrong_credentials");
}

async fn wrong_email_and_wrong_password_get_the_same_response(app: TestApp) {
    app.person("lan").await;
    let mut answers = Vec::new();
    for email in ["lan@example.vn", "nobody@example.vn"] {
        let login = json!({ "email": email, "password": "wrong wrong wrong" });
        let call = app.post("/auth/login").header("x-request-id", "same").json(&login);
        answers.push(call.send().await.refused(401, "wrong_credentials"));
    }
    assert_eq!(answers[0], answers[1]);
}

async fn reused_refresh_token_ends_the_session(app: TestApp) {
    app.person("lan").await;
    let login = json!({ "email": "lan@example.vn", "password": "mật khẩu dài" });
    let first = app.post("/auth/login").json(&login).send().await.expect(200)["refresh_token"].clone();
    let second =
        app.post("/auth/refresh").json(&json!({ "refresh_token": first })).send().await.expect(200)["refresh_token"]
            .clone();
    app.post("/auth/refresh").json(&json!({ "refresh_token": first })).send().await.refused(401, "login_required");
    app.post("/auth/refresh").json(&json!({ "refresh_token": second })).send().await.refused(401, "login_required");
}

async fn problems_use_the_language_of_the_request(app: TestApp) {
    let vi = app.get("/me").send().await.expect(401);
    let en = app.get("/me").header("accept-language", "en").send().await.expect(401);
    assert_eq!((vi["title"].as_str(), en["title"].as_str()), (Some("Cần đăng nhập"), Some("Please log in")));
}

async fn last_owner_cannot_give_up_the_role(app: TestApp) {
    let token = app.person("lan").await;
    let organiser = app.organiser(&token).await;
    let me = app.get("/me").by(&token).send().await.expect(200)["id"].as_str().unwrap().to_owned();
    let path = format!("/organisers/{organiser}/members/{me}");
    let down = json!({ "role": "viewer" });
    app.put(&path).by(&token).json(&down).send().await.refused(409, "illegal_step");
    app.call(actix_web::test::TestRequest::delete(), &path).by(&token).send().await.refused(409, "illegal_step");
    let stranger = app.person("minh").await;
    app.put(&path).by(&stranger).json(&down).send().await.refused(404, "not_found");
}

async fn organiser_in_use_cannot_be_deleted(app: TestApp) {
    let token = app.person("lan").await;
    let organiser = app.organiser(&token).await;
    let path = format!("/organisers/{organiser}");
    let series = app.made("/series", &token, json!({ "organiser": organiser, "name": "Chuỗi" })).await;
    let remove = async || app.delete(&path).by(&token).header("if-match", "\"v1\"").send().await;
    remove().await.refused(409, "in_use");
    app.delete(&format!("/series/{series}")).by(&token).header("if-match", "\"v1\"").send().await.expect(204);
    remove().await.expect(204);
    app.get(&path).by(&token).send().await.refused(404, "not_found");
}

async fn weak_passwords_are_rejected_whatever_their_letters(app: TestApp) {
    let register = async |password: &str| {
        let account = json!({ "email": "tailan.tien@example.vn", "password": password, "display_name": "Lan Tiên" });
        app.post("/auth/register").json(&account).send().await
    };
    for weak in [
        "1234567890",
        "Password123",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "hoicho2026",
        "tailan.tien@example.vn",
        "0987654321",
    ] {
        let refused = register(weak).await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["code"], "guessable", "{weak}");
    }
    // No rule requires digits, capitals or symbols; long passwords are checked in bounded time.
    for strong in ["gà đồi tiên yên", "một câu dài dễ nhớ", &"mực khô cô tô ".repeat(14)] {
        register(strong).await.expect(202);
    }
}

crate::on_both!(
    weak_passwords_are_rejected_whatever_their_letters,
    organiser_in_use_cannot_be_deleted,
    me_returns_the_logged_in_account,
    email_is_unique_ignoring_case_and_not_revealed,
    wrong_email_and_wrong_password_get_the_same_response,
    reused_refresh_token_ends_the_session,
    problems_use_the_language_of_the_request,
    last_owner_cannot_give_up_the_role,
);
