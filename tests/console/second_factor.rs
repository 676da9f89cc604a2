//! Setting up a second factor and logging in with it, on a phone.
use super::{
    browser::{self, Browser, PHONE},
    fair::{self, PASSWORD, person},
};

const EMAIL: &str = "lan@example.vn";

/// The code that an authenticator app shows now, or some steps of 30 seconds later.
fn code(key: &str, steps: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    totp.generate(now + 30 * steps).to_string()
}

#[tokio::test]
async fn second_factor_is_set_up_and_asked_for_at_the_next_login() {
    let Some(_turn) = browser::turn("second factor").await else { return };
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = fair::server(folder.path());
    person(&server.address(), folder.path(), EMAIL, "Lan");
    let phone = Browser::open(server.address().url(), profile.path(), PHONE).await;
    phone.log_in(EMAIL, PASSWORD).await;
    phone.go("/account").await;
    phone.press("Bật bước thứ hai").await;
    phone.fill("#f-password", PASSWORD).await;
    phone.press("Bắt đầu").await;
    // The picture is loaded, as the content security policy allows.
    phone.until("document.querySelector('main img')?.naturalWidth > 0").await;
    let key = phone.find("#key").await.text().await.unwrap();
    assert_eq!(key.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8], "{key}");
    phone.fill("#code-confirm", "000000").await;
    phone.press("Bật").await;
    phone.see("đồng hồ của điện thoại").await;
    let used = code(&key, 0);
    phone.fill("#code-confirm", &used).await;
    phone.press("Bật").await;
    phone.see("Đã bật bước thứ hai").await;
    let codes = phone.find("#recovery-codes").await.text().await.unwrap();
    let codes: Vec<&str> = codes.split_whitespace().collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
    // They are not shown again.
    phone.go("/account/second-factor").await;
    phone.see("Số mã khôi phục còn lại: 10").await;
    phone.until("!document.querySelector('#recovery-codes')").await;

    // A code is used up, whether its half a minute is over or not; that of the next one is accepted.
    phone.client.delete_all_cookies().await.unwrap();
    phone.log_in(EMAIL, PASSWORD).await;
    phone.fill("#f-one_time_code", &used).await;
    phone.press("Đăng nhập").await;
    phone.see("Mã sai, quá cũ hoặc đã dùng rồi").await;
    phone.fill("#f-one_time_code", &code(&key, 1)).await;
    phone.press("Đăng nhập").await;
    phone.until("location.pathname === '/home'").await;

    phone.client.delete_all_cookies().await.unwrap();
    phone.log_in(EMAIL, PASSWORD).await;
    phone.press("Không có điện thoại bên mình?").await;
    phone.fill("#f-recovery", codes[0]).await;
    phone.click("details form button").await;
    phone.until("location.pathname === '/home'").await;
    phone.close().await;
    server.stop();
}
