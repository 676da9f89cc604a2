//! A co-operative on a phone: registers, applies, accepts its booth, reports its sales.
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    browser::{self, Browser, PHONE},
    fair::{self, Fair, application, fair, person, token_of_mail},
    server::{Address, Server},
};

const EMAIL: &str = "mui@example.vn";
const EXHIBITOR: &str = "HTX Gà đồi Tiên Yên";

/// A server with a fair that is open for registration, and a phone that is not logged in.
struct Setup {
    folder: TempDir,
    _profile: TempDir,
    server: Server,
    /// Access token of the organiser's owner.
    organiser: String,
    fair: Fair,
    phone: Browser,
}

impl Setup {
    async fn new() -> Self {
        let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = fair::server(folder.path());
        let organiser = person(&server.address(), folder.path(), "lan@example.vn", "Lan");
        let fair = fair(&server.address(), &organiser, "hoi-cho-thu", 4, 3);
        let phone = Browser::open(server.address().url(), profile.path(), PHONE).await;
        Self { folder, _profile: profile, server, organiser, fair, phone }
    }

    fn address(&self) -> Address {
        self.server.address()
    }

    /// An account of the exhibitor's member, logged in on the phone; its access token.
    async fn log_in(&self) -> String {
        let token = person(&self.address(), self.folder.path(), EMAIL, "Chìu Tài Múi");
        self.phone.log_in(EMAIL, fair::PASSWORD).await;
        token
    }

    fn post_as_organiser(&self, path: &str, body: Option<&Value>) -> Value {
        self.address().call("POST", path, Some(&self.organiser), body)
    }

    /// An approved application of the exhibitor, and the offer of the second booth for it.
    fn offer(&self, token: &str) -> String {
        let application = application(&self.address(), token, &self.fair.slug, EXHIBITOR, 1);
        self.post_as_organiser(&format!("/applications/{application}/approve"), None);
        let hold = json!({ "application": application, "booths": [self.fair.booths[1]] });
        let held = self.post_as_organiser(&format!("/editions/{}/allocations", self.fair.slug), Some(&hold));
        let allocation = held["items"][0]["id"].as_str().unwrap().to_owned();
        self.post_as_organiser(&format!("/allocations/{allocation}/offer"), None);
        allocation
    }

    async fn end(self) {
        self.phone.close().await;
        self.server.stop();
    }
}

#[tokio::test]
async fn registration_keeps_the_input_on_errors_and_verifies_the_address() {
    let Some(_turn) = browser::turn("exhibitor").await else { return };
    let setup = Setup::new().await;
    let (phone, password) = (&setup.phone, "một câu dài dễ nhớ");
    phone.go(&format!("/fairs/{}", setup.fair.slug)).await;
    phone.press("Đăng ký gian hàng").await;
    // A visitor is redirected to the login, and from there to the registration.
    phone.press("Chưa có tài khoản? Đăng ký").await;
    phone.fill("#f-display_name", "Chìu Tài Múi").await;
    phone.fill("#f-email", EMAIL).await;
    phone.click("#f-agreed_notice").await;
    phone.fill("#f-password", "ngắn").await;
    phone.script("document.querySelector('#f-password').minLength = 0").await;
    phone.press("Tạo tài khoản").await;
    phone.see("Mật khẩu cần từ 10 đến 200 ký tự.").await;
    phone.until("document.querySelector('#f-display_name').value === 'Chìu Tài Múi'").await;
    phone.fill("#f-password", password).await;
    phone.press("Tạo tài khoản").await;
    phone.see("Kiểm tra hộp thư").await;
    let mailed = token_of_mail(setup.folder.path(), EMAIL);
    phone.go(&format!("/verify-email#{mailed}")).await;
    phone.fill("#f-password", password).await;
    phone.press("Xác minh").await;
    phone.see("Đã xác minh e-mail").await;
    phone.fill("#f-email", EMAIL).await;
    phone.fill("#f-password", password).await;
    phone.press("Đăng nhập").await;
    phone.see("Chào Chìu Tài Múi").await;
    setup.end().await;
}

#[tokio::test]
async fn new_exhibitor_form_reports_a_wrong_tax_code_and_leads_to_products() {
    let Some(_turn) = browser::turn("exhibitor").await else { return };
    let setup = Setup::new().await;
    let phone = &setup.phone;
    setup.log_in().await;
    phone.go("/home").await;
    phone.press("Thêm đơn vị").await;
    phone.fill("#f-name", EXHIBITOR).await;
    phone.fill("#f-tax_code", "0300588560").await;
    phone.fill("#f-locality", "Tiên Yên").await;
    phone.press("Tạo đơn vị").await;
    // A wrong check digit is reported at its field, and the input is kept.
    phone.see("Mã số thuế không hợp lệ").await;
    phone.fill("#f-tax_code", "0300588569").await;
    phone.press("Tạo đơn vị").await;
    phone.see("Hãy thêm sản phẩm").await;
    phone.fill("#f-name", "Gà Tiên Yên").await;
    phone.choose("#f-stars", "4 sao").await;
    phone.press("Thêm sản phẩm").await;
    phone.see("Gà Tiên Yên").await;
    setup.end().await;
}

#[tokio::test]
async fn application_steps_are_saved_and_submitted_with_their_wishes() {
    let Some(_turn) = browser::turn("exhibitor").await else { return };
    let setup = Setup::new().await;
    let (phone, fair, address) = (&setup.phone, &setup.fair, setup.address());
    let token = setup.log_in().await;
    let organisation =
        json!({ "name": EXHIBITOR, "legal_form": "co_operative", "country": "VN", "locality": "Tiên Yên" });
    let organisation = address.call("POST", "/organisations", Some(&token), Some(&organisation));
    let product = json!({ "name": "Gà Tiên Yên", "product_group": "food" });
    let products = format!("/organisations/{}/products", organisation["id"].as_str().unwrap());
    address.call("POST", &products, Some(&token), Some(&product));

    phone.go(&format!("/apply/{}", fair.slug)).await;
    phone.press("Lưu và tiếp tục").await;
    phone.see("Gian mong muốn").await;
    phone.choose("#w-0", "A02").await;
    phone.choose("#w-3", "Khu OCOP").await;
    phone.press("Lưu và tiếp tục").await;
    phone.click("input[type=checkbox]").await;
    phone.press("Lưu và tiếp tục").await;
    // The steps are saved: a later visit shows what was selected.
    let here = phone.path().await;
    phone.go(&format!("{here}?step=wishes")).await;
    phone.until("document.querySelector('#w-0').selectedOptions[0].text.startsWith('A02')").await;
    phone.go(&format!("{here}?step=check")).await;
    phone.press("Nộp đơn").await;
    phone.see("Đã nộp đơn").await;

    let list = format!("/editions/{}/applications", fair.slug);
    let list = address.try_get(&list, Some(&setup.organiser)).unwrap();
    let id = list["items"][0]["id"].as_str().unwrap();
    let shown = address.try_get(&format!("/applications/{id}"), Some(&setup.organiser)).unwrap();
    assert_eq!(shown["wishes"], json!([{ "booth": fair.booths[1] }, { "zone": fair.zone }]));
    setup.end().await;
}

#[tokio::test]
async fn offer_is_accepted_from_the_home_page() {
    let Some(_turn) = browser::turn("exhibitor").await else { return };
    let setup = Setup::new().await;
    let phone = &setup.phone;
    let token = setup.log_in().await;
    setup.offer(&token);
    phone.go("/home").await;
    phone.press(EXHIBITOR).await;
    phone.press("Nhận gian").await;
    phone.see("Bạn đã nhận gian.").await;
    setup.end().await;
}

#[tokio::test]
async fn sales_report_is_typed_on_the_keypad_and_corrected_with_a_reason() {
    let Some(_turn) = browser::turn("exhibitor").await else { return };
    let setup = Setup::new().await;
    let (phone, address) = (&setup.phone, setup.address());
    let token = setup.log_in().await;
    let allocation = setup.offer(&token);
    address.call("POST", &format!("/allocations/{allocation}/confirm"), Some(&token), None);
    phone.go("/home").await;
    phone.press(EXHIBITOR).await;
    phone.press("Báo cáo").await;
    for key in ["8", "5", "0", "0", "000"] {
        phone.click(&format!("[data-key='{key}']")).await;
    }
    phone.until("document.querySelector('#amount').value === '8.500.000'").await;
    phone.press("Gửi báo cáo").await;
    phone.see("Đã gửi báo cáo").await;
    phone.see("8.500.000 đ").await;

    // The keypad replaces the old figure. A correction needs a reason, and both versions stay; an unusual amount is asked about.
    phone.press("Sửa").await;
    for key in ["8", "5", "0", "000"] {
        phone.click(&format!("[data-key='{key}']")).await;
    }
    phone.until("document.querySelector('#amount').value === '850.000'").await;
    phone.see("= 850.000 đ").await;
    phone.fill("#reason", "Ghi thừa một số không").await;
    phone.press("Gửi báo cáo").await;
    phone.see("tám trăm năm mươi nghìn").await;
    phone.click("#confirm").await;
    phone.press("Gửi báo cáo").await;
    phone.see("khác xa mức thường bán").await;
    phone.press("Sửa").await;
    phone.see("8.500.000 đ").await;
    phone.see("Ghi thừa một số không").await;
    let report = format!("/booths/{}/sales-reports/{}", setup.fair.booths[1], fair::today());
    let report = address.try_get(&report, Some(&setup.organiser)).unwrap();
    assert_eq!((&report["amount"], report["history"].as_array().unwrap().len()), (&json!(850_000), 2));
    setup.end().await;
}
