//! `hoicho person`: shows, signs out and erases a person while the server runs.
use serde_json::{Value, json};

use crate::server::{Server, hoicho, login, shown};

#[test]
fn person_commands_work_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let server = Server::demo(&data, &[]);
    let token = login(&server);
    let person = |what: &str, who: &str| {
        let mut command = hoicho(folder.path());
        command.args(["person", what, who]).arg("--data-dir").arg(&data);
        let done = command.output().unwrap();
        (done.status.success(), shown(&done.stdout), shown(&done.stderr))
    };
    let figures = || server.get("/editions/ocop-quang-ninh-demo/statistics", Some(&token))["sales"]["total"].clone();
    let before = figures();

    let (good, said, _) = person("show", "HTX@example.vn");
    let data: Value = serde_json::from_str(&said).unwrap();
    assert!(good && data["account"]["display_name"] == "Chìu Tài Múi (HTX)", "{said}");
    let organisation = data["organisations"][0]["organisation"].as_str().unwrap();
    let htx = server.address().call(
        "POST",
        "/auth/login",
        None,
        Some(&json!({
            "email": "htx@example.vn", "password": "hoi-cho-ocop"
        })),
    );
    let contacts = json!([{ "name": "Ông Múi", "phone": "0988 000 111", "email": null }]);
    let path = format!("/organisations/{organisation}/contacts");
    server.address().call("PUT", &path, htx["access_token"].as_str(), Some(&contacts));

    // Signing out revokes all refresh tokens.
    let refresh = json!({ "refresh_token": htx["refresh_token"] });
    let (good, said, _) = person("sign-out", "HTX@example.vn");
    assert!(good && said.contains("signed out"), "{said}");
    let refused = server.address().try_post("/auth/refresh", "", &refresh).unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
    let (good, _, why) = person("sign-out", "ai@example.vn");
    assert!(!good && why.contains("nothing is stored about ai@example.vn"), "{why}");

    // A lost phone: the operator turns the second factor off, which ends all logins.
    let finance = json!({ "email": "taichinh@example.vn", "password": "hoi-cho-ocop" });
    let (good, _, why) = person("remove-second-factor", "taichinh@example.vn");
    assert!(!good && why.contains("has neither a second factor nor a passkey"), "{why}");
    let session = server.address().call("POST", "/auth/login", None, Some(&finance));
    let by = session["access_token"].as_str();
    let password = json!({ "password": "hoi-cho-ocop" });
    let key = server.address().call("PUT", "/me/second-factor", by, Some(&password));
    let secret = totp_rs::Secret::try_from_base32(key["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    let code = json!({ "one_time_code": totp.generate(now).to_string() });
    server.address().call("PUT", "/me/second-factor/confirmation", by, Some(&code));
    let asked = server.address().call("POST", "/auth/login", None, Some(&finance));
    assert!(asked["challenge"].is_string() && asked["access_token"].is_null(), "{asked}");
    let (good, said, _) = person("remove-second-factor", "TaiChinh@example.vn");
    assert!(good && said.contains("turned off"), "{said}");
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let refused = server.address().try_post("/auth/refresh", "", &refresh).unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
    let back = server.address().call("POST", "/auth/login", None, Some(&finance));
    assert!(back["access_token"].is_string(), "{back}");

    // A contact without an account is found by phone number.
    let (good, said, _) = person("show", "0988 000 111");
    assert!(good && said.contains("Ông Múi") && said.contains("\"account\": null"), "{said}");
    let (good, said, _) = person("erase", "0988 000 111");
    assert!(good && said.contains("erased: 0 account, 1 contacts"), "{said}");
    let (good, said, _) = person("erase", "htx@example.vn");
    assert!(good && said.contains("erased: 1 account"), "{said}");
    // The last owner of an organiser cannot be erased; the error says why.
    let (good, _, why) = person("erase", "bantochuc@example.vn");
    assert!(!good && why.contains("hand it over"), "{why}");
    let (good, _, why) = person("show", "htx@example.vn");
    assert!(!good && why.contains("nothing is stored about htx@example.vn"), "{why}");
    assert_eq!(figures(), before);
    server.stop();
}
