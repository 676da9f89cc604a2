//! A co-operative on a phone: signs up, applies, accepts its booth, reports its sales.
use std::time::Instant;

use serde_json::json;

use super::{
    browser::{self, Browser, PHONE},
    fair::{self, fair, person, token_of_mail},
};

#[tokio::test]
async fn an_exhibitor_signs_up_applies_accepts_and_reports() {
    if !browser::is_there("exhibitor") {
        return;
    }
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = fair::server(folder.path());
    let address = server.address();
    let token = person(&address, folder.path(), "lan@example.vn", "Lan");
    let fair = fair(&address, &token, "hoi-cho-thu", 4, 3, "registration_open");
    let (email, password) = ("mui@example.vn", "một câu dài dễ nhớ");

    let phone = Browser::open(address.url(), profile.path(), PHONE).await;
    phone.go(&format!("/fairs/{}", fair.slug)).await;
    phone.press("Đăng ký gian hàng").await;
    // Who is not logged in is led to do that, and from there to an account.
    phone.press("Chưa có tài khoản? Đăng ký").await;
    phone.fill("#f-display_name", "Chìu Tài Múi").await;
    phone.fill("#f-email", email).await;
    phone.click("#f-agreed_notice").await;
    phone.fill("#f-password", "ngắn").await;
    phone.script("document.querySelector('#f-password').minLength = 0").await;
    phone.press("Tạo tài khoản").await;
    phone.see("Mật khẩu cần từ 10 đến 200 ký tự.").await;
    assert_eq!(phone.script("return document.querySelector('#f-display_name').value").await, "Chìu Tài Múi");
    phone.fill("#f-password", password).await;
    phone.press("Tạo tài khoản").await;
    phone.see("Kiểm tra hộp thư").await;
    let mailed = token_of_mail(folder.path(), email);
    phone.go(&format!("/verify-email#{mailed}")).await;
    phone.fill("#f-password", password).await;
    phone.press("Xác minh").await;
    phone.see("Đã xác minh e-mail").await;
    phone.fill("#f-email", email).await;
    phone.fill("#f-password", password).await;
    phone.press("Đăng nhập").await;
    phone.see("Chào Chìu Tài Múi").await;

    phone.press("Thêm đơn vị tham gia").await;
    phone.fill("#f-name", "HTX Gà đồi Tiên Yên").await;
    phone.fill("#f-tax_code", "0300588560").await;
    phone.fill("#f-locality", "Tiên Yên").await;
    phone.press("Tạo đơn vị").await;
    // A wrong check digit is told at its field, and nothing typed is lost.
    phone.see("Mã số thuế không hợp lệ").await;
    phone.fill("#f-tax_code", "0300588569").await;
    phone.press("Tạo đơn vị").await;
    phone.see("Hãy thêm sản phẩm").await;
    phone.fill("#f-name", "Gà Tiên Yên").await;
    phone.choose("#f-stars", "4 sao").await;
    phone.press("Thêm sản phẩm").await;
    phone.see("Gà Tiên Yên").await;

    phone.go(&format!("/apply/{}", fair.slug)).await;
    phone.press("Lưu và tiếp tục").await;
    phone.see("Gian mong muốn").await;
    phone.choose("#w-0", "A02").await;
    phone.choose("#w-3", "Khu OCOP").await;
    phone.press("Lưu và tiếp tục").await;
    phone.click("input[type=checkbox]").await;
    phone.press("Lưu và tiếp tục").await;
    // Progress is kept: coming back later finds what was chosen.
    let here = phone.path().await;
    phone.go(&format!("{here}?step=wishes")).await;
    let chosen = phone.script("return document.querySelector('#w-0').selectedOptions[0].text").await;
    assert!(chosen.as_str().unwrap().starts_with("A02"), "{chosen}");
    phone.go(&format!("{here}?step=check")).await;
    phone.press("Nộp đơn").await;
    phone.see("Đã nộp đơn").await;

    // The organiser approves and offers.
    let list = address.try_get(&format!("/editions/{}/applications", fair.slug), Some(&token)).unwrap();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let wishes = address.try_get(&format!("/applications/{id}"), Some(&token)).unwrap();
    assert_eq!(wishes["wishes"], json!([{ "booth": fair.booths[1] }, { "zone": fair.zone }]));
    let post = |path: &str, body: Option<&serde_json::Value>| address.call("POST", path, Some(&token), body);
    post(&format!("/applications/{id}/approve"), None);
    let held = json!({ "application": id, "booths": [fair.booths[1]] });
    let held = post(&format!("/editions/{}/allocations", fair.slug), Some(&held));
    post(&format!("/allocations/{}/offer", held["items"][0]["id"].as_str().unwrap()), None);
    for to in ["registration_closed", "live"] {
        post(&format!("/editions/{}/transitions", fair.slug), Some(&json!({ "to": to })));
    }

    phone.go("/home").await;
    phone.press("HTX Gà đồi Tiên Yên").await;
    phone.press("Nhận gian").await;
    phone.see("Bạn đã nhận gian.").await;

    let begun = Instant::now();
    phone.press("Báo cáo").await;
    for key in ["8", "5", "0", "0", "000"] {
        phone.click(&format!("[data-key='{key}']")).await;
    }
    assert_eq!(phone.script("return document.querySelector('#amount').value").await, "8.500.000");
    phone.press("Gửi báo cáo").await;
    phone.see("Đã gửi báo cáo").await;
    println!("a report took {:?} of a machine's time", begun.elapsed());
    phone.see("8.500.000 đ").await;

    // A correction needs a reason, and both versions stay; an unusual amount is taken with a warning.
    phone.press("Sửa").await;
    phone.fill("#amount", "850000").await;
    phone.fill("#reason", "Ghi thừa một số không").await;
    phone.press("Gửi báo cáo").await;
    phone.see("Hãy xem lại số không").await;
    phone.press("Sửa").await;
    phone.see("8.500.000 đ").await;
    phone.see("Ghi thừa một số không").await;
    let day = fair::today();
    let report = address.try_get(&format!("/booths/{}/sales-reports/{day}", fair.booths[1]), Some(&token)).unwrap();
    assert_eq!((&report["amount"], report["history"].as_array().unwrap().len()), (&json!(850_000), 2));
    phone.close().await;
    server.stop();
}
