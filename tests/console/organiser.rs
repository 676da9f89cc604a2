//! An organiser takes an edition from nothing to a finalised report in the browser; each test begins where the one before ends.
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    browser::{self, Browser, DESKTOP},
    fair::{self, Fair, application, fair, person},
    server::{Address, Server},
};

const EMAIL: &str = "lan@example.vn";
const SLUG: &str = "ocop-xuan-thu";
const EXHIBITORS: [&str; 3] =
    ["HTX Gà đồi Tiên Yên", "HTX Miến dong Bình Liêu", "Tổ hợp tác Chả mực Hạ Long với một cái tên rất dài"];

fn at(page: &str) -> String {
    format!("/manage/{SLUG}{page}")
}

/// A server, an organiser who is logged in at a desk, and an exhibitors' member.
struct Setup {
    _folder: TempDir,
    _profile: TempDir,
    server: Server,
    /// Access tokens.
    organiser: String,
    seller: String,
    desk: Browser,
}

impl Setup {
    async fn new() -> Self {
        let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = fair::server(folder.path());
        let organiser = person(&server.address(), folder.path(), EMAIL, "Nguyễn Thị Lan");
        let seller = person(&server.address(), folder.path(), "mui@example.vn", "Chìu Tài Múi");
        let desk = Browser::open(server.address().url(), profile.path(), DESKTOP).await;
        desk.log_in(EMAIL, fair::PASSWORD).await;
        Self { _folder: folder, _profile: profile, server, organiser, seller, desk }
    }

    fn address(&self) -> Address {
        self.server.address()
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        self.address().call(method, path, Some(&self.organiser), body)
    }

    /// An edition with six booths, open for three days from today on.
    fn fair(&self) -> Fair {
        fair(&self.address(), &self.organiser, SLUG, 6, 3)
    }

    fn apply(&self, count: usize) -> Vec<String> {
        EXHIBITORS[..count].iter().map(|name| application(&self.address(), &self.seller, SLUG, name, 1)).collect()
    }

    fn approve(&self, count: usize) -> Vec<String> {
        let applications = self.apply(count);
        for id in &applications {
            self.call("POST", &format!("/applications/{id}/approve"), None);
        }
        applications
    }

    /// An open edition whose first two booths are let to an exhibitor each.
    fn fair_with_two_exhibitors(&self) -> Fair {
        let fair = self.fair();
        for (application, booth) in self.approve(2).iter().zip(&fair.booths) {
            let hold = json!({ "application": application, "booths": [booth] });
            let held = self.call("POST", &format!("/editions/{SLUG}/allocations"), Some(&hold));
            for step in ["offer", "confirm"] {
                let allocation = held["items"][0]["id"].as_str().unwrap();
                self.call("POST", &format!("/allocations/{allocation}/{step}"), None);
            }
        }
        fair
    }

    fn statistics(&self) -> Value {
        self.address().try_get(&format!("/editions/{SLUG}/statistics"), Some(&self.organiser)).unwrap()
    }

    async fn end(self) {
        self.desk.close().await;
        self.server.stop();
    }
}

#[tokio::test]
async fn setup_page_creates_an_edition_with_days_and_gates() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let desk = &setup.desk;
    desk.press("Tạo ban tổ chức").await;
    desk.fill("#f-name", "Ban tổ chức hội chợ OCOP").await;
    desk.press("Tạo").await;
    desk.press("Tạo kỳ hội chợ").await;
    desk.fill("#f-name", "Hội chợ OCOP Xuân (thử)").await;
    desk.fill("#f-slug", SLUG).await;
    desk.press("Tạo kỳ hội chợ").await;
    desk.see("Bây giờ hãy đặt ngày mở cửa").await;

    // Three days from today on, the second and third by the button that adds a day.
    desk.set("#d-0", &fair::today().to_string()).await;
    desk.set("#o-0", "00:00").await;
    desk.set("#c-0", "23:59").await;
    desk.press("Thêm ngày").await;
    desk.press("Thêm ngày").await;
    desk.click("form[action$='opening-days'] button.main").await;
    desk.see("Đã lưu.").await;
    desk.until("document.querySelectorAll('.calendar .badge').length === 3").await;
    desk.fill("#gate-name", "Cổng chính").await;
    desk.press("Thêm cổng").await;
    desk.see("Cổng chính").await;
    setup.end().await;
}

#[tokio::test]
async fn floor_page_creates_zones_fees_and_booths_by_a_pattern() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let desk = &setup.desk;
    let organiser = setup.call("POST", "/organisers", Some(&json!({ "name": "Ban tổ chức thử" })));
    let edition = json!({ "organiser": organiser["id"], "slug": SLUG, "name": "Hội chợ thử" });
    setup.call("POST", "/editions", Some(&edition));

    desk.go(&at("/floor")).await;
    desk.fill("#zone-code", "A").await;
    desk.fill("#zone-name", "Khu OCOP Quảng Ninh").await;
    desk.press("Thêm khu vực").await;
    desk.find("#rp-0").await;
    desk.fill("#pf-0", "3 triệu").await;
    desk.see("= 3.000.000 đ").await;
    desk.fill("#pa-0", "1.200").await;
    desk.click("form[action$='booth-categories'] button").await;
    desk.see("Có thể hiểu là 1,2 m² hoặc 1.200 m²").await;
    desk.fill("#pa-0", "9,5").await;
    desk.click("form[action$='booth-categories'] button").await;
    desk.see("Đã lưu.").await;
    desk.fill("#rp-0", "A01…A0").await;
    desk.press("Tạo gian").await;
    desk.see("Mẫu đánh số dạng A01…A24").await;
    desk.fill("#rp-0", "A01…A06").await;
    desk.press("Tạo gian").await;
    desk.see("Đã thêm gian hàng").await;
    desk.see("A06").await;
    setup.end().await;
}

#[tokio::test]
async fn dashboard_opens_registration_and_selected_applications_are_approved() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let desk = &setup.desk;
    fair::draft(&setup.address(), &setup.organiser, SLUG, 6, 3);
    desk.go(&at("")).await;
    desk.press("Công bố").await;
    desk.press("Công bố").await;
    desk.see("Đã chuyển trạng thái.").await;
    // Registration is open until tomorrow; the fair itself is live from today on.
    let (opens, closes) = (fair::today() - chrono::Duration::days(1), fair::today() + chrono::Duration::days(1));
    desk.set("#f-registration_opens_at", &format!("{opens}T08:00")).await;
    desk.set("#f-registration_closes_at", &format!("{closes}T17:00")).await;
    desk.click(&format!("form[action='/form/editions/{SLUG}'] button.main")).await;
    desk.see("Nhận đăng ký từ 08:00").await;
    desk.see("Đang diễn ra").await;
    setup.apply(3);
    desk.go(&at("/applications?state=submitted")).await;
    desk.click("#all").await;
    desk.press("Duyệt các đơn đã chọn").await;
    desk.see("Đã duyệt.").await;
    let approved = setup.call("GET", &format!("/editions/{SLUG}/applications?state=approved"), None);
    assert_eq!(approved["items"].as_array().unwrap().len(), 3);
    setup.end().await;
}

#[tokio::test]
async fn plan_page_holds_offers_and_confirms_booths() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let desk = &setup.desk;
    setup.fair();
    setup.approve(3);
    desk.go(&at("/plan")).await;
    for (n, name) in EXHIBITORS[..2].iter().enumerate() {
        let code = format!("A0{}", n + 1);
        let entry = format!(
            "[...document.querySelectorAll('#queue [data-application]')].find((b) => b.dataset.search.startsWith('{name}'))"
        );
        desk.until(&entry).await;
        desk.script(&format!("{entry}.click()")).await;
        desk.click(&format!("[data-code={code}]")).await;
        desk.find(&format!("[data-code={code}].held")).await;
        desk.press("Mời nhận").await;
        desk.find(&format!("[data-code={code}].offered")).await;
        desk.press("Xác nhận").await;
        desk.find(&format!("[data-code={code}].confirmed")).await;
    }
    desk.go(&at("")).await;
    desk.see("Đang diễn ra").await;
    assert_eq!(setup.statistics()["booths"]["allocated"], json!(2));
    setup.end().await;
}

#[tokio::test]
async fn sales_sheet_takes_a_pasted_block_and_visits_page_an_adjustment() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let desk = &setup.desk;
    setup.fair_with_two_exhibitors();
    desk.go(&at("/sales")).await;
    let cells = "document.querySelectorAll('[data-sheet] input[data-booth]')";
    desk.until(&format!("{cells}.length === 2")).await;
    let paste = |text: &str| {
        format!(
            "const cell = {cells}[0]; cell.focus(); const data = new DataTransfer();
             data.setData('text/plain', '{text}');
             cell.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }}))"
        )
    };
    // What is no amount is not saved: a booth code, a negative number.
    desk.script(&paste("A02-03\\n-5000000\\n")).await;
    desk.until("document.querySelectorAll('[data-sheet] .failed').length === 2").await;
    desk.script(&paste("8,5 triệu\\n7.250.000,00\\n")).await;
    desk.until("document.querySelectorAll('[data-sheet] .saved').length === 2").await;

    desk.go(&at("/visits")).await;
    desk.press("Điều chỉnh số đếm").await;
    desk.fill("#adjust-n", "120").await;
    desk.fill("#f-reason", "Đếm tay buổi sáng").await;
    desk.click("form[action$='visit-corrections'] button").await;
    desk.see("Đã lưu.").await;
    let figures = setup.statistics();
    assert_eq!(figures["sales"]["total"]["amount"], json!(15_750_000));
    assert_eq!(figures["visits"]["total"], json!(120));
    setup.end().await;
}

#[tokio::test]
async fn reports_page_finalises_the_figures_and_publishes_them() {
    let Some(_turn) = browser::turn("organiser").await else { return };
    let setup = Setup::new().await;
    let (desk, address) = (&setup.desk, setup.address());
    let fair = setup.fair_with_two_exhibitors();
    let today = fair::today();
    for (booth, amount) in fair.booths.iter().zip([8_500_000, 7_250_000]) {
        let report = json!({ "amount": amount });
        setup.call("PUT", &format!("/booths/{booth}/sales-reports/{today}"), Some(&report));
    }
    let gate = setup.call("GET", &format!("/editions/{SLUG}/gates"), None)["items"][0]["id"].clone();
    let (id, now) = (uuid::Uuid::now_v7(), chrono::Utc::now());
    let count = json!({ "id": id, "gate": gate, "occurred_at": now, "entries": 120 });
    let batch = json!({ "device": uuid::Uuid::now_v7(), "now": now, "events": [count] });
    setup.call("POST", &format!("/editions/{SLUG}/visit-counts"), Some(&batch));

    // The fair is ended early by mistake, which is taken back, and then for good.
    let end = async || {
        desk.go(&at("/setup")).await;
        desk.press("Kết thúc sớm").await;
        desk.fill("#f-reason", "Bão").await;
        desk.press("Kết thúc ngay").await;
        desk.accept_question().await;
        desk.see("Có thể mở lại trong 24 giờ.").await;
    };
    end().await;
    desk.press("Mở lại").await;
    desk.see("Đã mở lại kỳ hội chợ.").await;
    desk.see("Đang diễn ra").await;
    end().await;
    desk.go(&at("/reports")).await;
    desk.press("Chốt và công bố").await;
    desk.see("Không còn gì dang dở.").await;
    desk.press("Chốt và công bố").await;
    desk.accept_question().await;
    desk.see("Số liệu đã chốt và được công bố").await;
    desk.press("Xem số liệu").await;
    desk.see("15,75 triệu đồng").await;
    desk.see("120").await;

    // Everybody sees the figures now, but no amount of an edition with two sellers.
    assert_eq!(setup.statistics()["sales"]["total"]["amount"], json!(15_750_000));
    let figures = address.try_get(&format!("/editions/{SLUG}/statistics"), None).unwrap();
    assert_eq!(figures["sales"]["total"], json!(null));
    assert_eq!((&figures["visits"]["total"], &figures["booths"]["allocated"]), (&json!(120), &json!(2)));
    setup.end().await;
}
