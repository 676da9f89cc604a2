//! Registering a passkey and logging in with it, with an authenticator of Chromium itself.
use serde_json::json;

use super::{
    browser::{self, Browser, PHONE},
    fair::{self, PASSWORD, person},
};

const EMAIL: &str = "lan@example.vn";

#[tokio::test]
async fn passkey_is_registered_logs_in_and_is_refused_once_it_is_removed() {
    let Some(_turn) = browser::turn("passkeys").await else { return };
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = fair::server(folder.path());
    let owner = person(&server.address(), folder.path(), EMAIL, "Lan");
    let organiser = server.address().call("POST", "/organisers", Some(&owner), Some(&json!({ "name": "Sở" })));
    let organiser = format!("/organisers/{}", organiser["id"].as_str().unwrap());
    // Passkeys are for a domain, which 127.0.0.1 is not.
    let base = server.address().url().replace("127.0.0.1", "localhost");
    let phone = Browser::open(&base, profile.path(), PHONE).await;
    phone.chromium("WebAuthn.enable", json!({})).await;
    let authenticator = json!({
        "protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": true,
        "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
    });
    phone.chromium("WebAuthn.addVirtualAuthenticator", json!({ "options": authenticator })).await;

    phone.log_in(EMAIL, PASSWORD).await;
    phone.go("/account").await;
    phone.press("Quản lý khoá truy cập").await;
    phone.until("document.querySelector('#f-name')?.value === 'Chrome, Linux'").await;
    phone.fill("#f-name", "Điện thoại của Lan").await;
    phone.fill("#f-password", "sai sai sai sai").await;
    phone.press("Thêm").await;
    phone.see("Sai e-mail hoặc mật khẩu").await;
    phone.fill("#f-password", PASSWORD).await;
    phone.press("Thêm").await;
    phone.see("Đã thêm khoá truy cập").await;
    phone.see("Điện thoại của Lan").await;
    phone.see("Chưa đăng nhập lần nào").await;
    // The same authenticator does not make another one.
    phone.fill("#f-password", PASSWORD).await;
    phone.press("Thêm").await;
    phone.see("Khoá truy cập này đã được thêm rồi").await;

    let with_passkey = async || {
        phone.client.delete_all_cookies().await.unwrap();
        phone.go("/login?next=/account").await;
        phone.press("Đăng nhập bằng khoá truy cập").await;
    };
    with_passkey().await;
    phone.until("location.pathname === '/account'").await;
    phone.see("Bạn có 1 khoá truy cập").await;

    // It is enough to require two factors, and where they are required.
    phone.go(&format!("{organiser}/staff")).await;
    phone.press("Yêu cầu bước thứ hai").await;
    phone.accept_question().await;
    phone.see("Không yêu cầu nữa").await;
    phone.client.delete_all_cookies().await.unwrap();
    phone.log_in(EMAIL, PASSWORD).await;
    phone.go(&organiser).await;
    phone.until("location.pathname === '/account/second-factor'").await;
    with_passkey().await;
    phone.until("location.pathname === '/account'").await;
    phone.go(&organiser).await;
    phone.until(&format!("location.pathname === '{organiser}'")).await;

    phone.go("/account/passkeys").await;
    phone.see("Đăng nhập gần nhất").await;
    phone.press("Đổi tên").await;
    phone.fill("details[open] input[name=name]", "Máy cũ").await;
    phone.press("Lưu").await;
    phone.see("Máy cũ").await;
    phone.press("Xoá").await;
    phone.accept_question().await;
    phone.see("Đã xoá khoá truy cập").await;
    // The session that it began is one of a password now.
    phone.go(&organiser).await;
    phone.until("location.pathname === '/account/second-factor'").await;
    with_passkey().await;
    phone.see("Khoá truy cập này không được chấp nhận").await;
    phone.until("location.pathname === '/login'").await;
    phone.close().await;
    server.stop();
}
