//! An organiser takes an edition from nothing to a finalised report, with nothing but the browser.
use serde_json::json;

use super::{
    browser::{self, Browser, DESKTOP},
    fair::{self, application, person},
};

#[tokio::test]
async fn an_organiser_takes_an_edition_from_nothing_to_a_finalised_report() {
    if !browser::is_there("organiser") {
        return;
    }
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = fair::server(folder.path());
    let address = server.address();
    let email = "lan@example.vn";
    person(&address, folder.path(), email, "Nguyễn Thị Lan");
    let seller = person(&address, folder.path(), "mui@example.vn", "Chìu Tài Múi");
    let slug = "ocop-xuan-thu";
    let at = |page: &str| format!("/manage/{slug}{page}");

    let desk = Browser::open(address.url(), profile.path(), DESKTOP).await;
    desk.log_in(email, fair::PASSWORD).await;
    desk.press("Tạo ban tổ chức").await;
    desk.fill("#f-name", "Ban tổ chức hội chợ OCOP").await;
    desk.press("Tạo").await;
    desk.press("Tạo kỳ hội chợ").await;
    desk.fill("#f-name", "Hội chợ OCOP Xuân (thử)").await;
    desk.fill("#f-slug", slug).await;
    desk.press("Tạo kỳ hội chợ").await;
    desk.see("Bây giờ hãy đặt ngày mở cửa").await;

    // Three days from today on, the second one by the button that adds a day.
    desk.set("#d-0", &fair::today().to_string()).await;
    desk.set("#o-0", "00:00").await;
    desk.set("#c-0", "23:59").await;
    desk.press("Thêm ngày").await;
    desk.press("Thêm ngày").await;
    desk.click("form[action$='opening-days'] button.main").await;
    desk.see("Đã lưu.").await;
    assert_eq!(desk.script("return document.querySelectorAll('.calendar .badge').length").await, json!(3));
    desk.fill("#gate-name", "Cổng chính").await;
    desk.press("Thêm cổng").await;
    desk.see("Cổng chính").await;

    desk.go(&at("/floor")).await;
    desk.fill("#zone-code", "A").await;
    desk.fill("#zone-name", "Khu OCOP Quảng Ninh").await;
    desk.press("Thêm khu vực").await;
    desk.find("#rp-0").await;
    desk.fill("#pf-0", "3000000").await;
    desk.click("form[action$='booth-categories'] button").await;
    desk.see("Đã lưu.").await;
    desk.fill("#rp-0", "A01…A0").await;
    desk.press("Tạo gian").await;
    desk.see("Mẫu đánh số dạng A01…A24").await;
    desk.fill("#rp-0", "A01…A06").await;
    desk.press("Tạo gian").await;
    desk.see("Đã thêm gian hàng").await;
    desk.see("A06").await;

    desk.go(&at("")).await;
    desk.press("Chuyển sang: Đã công bố").await;
    desk.press("Chuyển sang: Mở đăng ký").await;
    desk.see("Đóng đăng ký").await;
    for name in ["HTX Gà đồi Tiên Yên", "HTX Miến dong Bình Liêu", "Tổ hợp tác Chả mực Hạ Long với một cái tên rất dài"]
    {
        application(&address, &seller, slug, name, 1);
    }
    desk.go(&at("/applications?state=submitted")).await;
    desk.click("#all").await;
    desk.press("Duyệt các đơn đã chọn").await;
    desk.see("Đã duyệt.").await;

    // By hand: two held and confirmed, one after the other.
    desk.go(&at("/plan")).await;
    for (n, name) in ["HTX Gà đồi Tiên Yên", "HTX Miến dong Bình Liêu"].iter().enumerate() {
        let code = format!("A0{}", n + 1);
        let queued = "[...document.querySelectorAll('#queue [data-application]')]";
        desk.until(&format!("{queued}.some((b) => b.dataset.search.startsWith('{name}'))")).await;
        desk.script(&format!("{queued}.find((b) => b.dataset.search.startsWith('{name}')).click()")).await;
        desk.click(&format!("[data-code={code}]")).await;
        desk.find(&format!("[data-code={code}].held")).await;
        desk.press("Mời nhận").await;
        desk.find(&format!("[data-code={code}].offered")).await;
        desk.press("Xác nhận").await;
        desk.find(&format!("[data-code={code}].confirmed")).await;
    }
    desk.go(&at("")).await;
    desk.press("Chuyển sang: Đóng đăng ký").await;
    desk.press("Chuyển sang: Đang diễn ra").await;
    desk.see("Đang diễn ra").await;

    // Sales: one typed, a block pasted.
    desk.go(&at("/sales")).await;
    let cells = "document.querySelectorAll('[data-sheet] input[data-booth]')";
    desk.until(&format!("{cells}.length === 2")).await;
    let paste = format!(
        "const cell = {cells}[0]; cell.focus(); \
         const data = new DataTransfer(); \
         data.setData('text/plain', '8.500.000\\n7,250,000.00\\n'); \
         cell.dispatchEvent(new ClipboardEvent('paste', {{ \
         clipboardData: data, bubbles: true, cancelable: true }}))"
    );
    desk.script(&paste).await;
    desk.until("document.querySelectorAll('[data-sheet] .saved').length === 2").await;

    desk.go(&at("/visits")).await;
    desk.press("Điều chỉnh số đếm").await;
    desk.fill("#adjust-n", "120").await;
    desk.fill("#adjust-reason", "Đếm tay buổi sáng").await;
    desk.click("form[action$='visit-counts'] button").await;
    desk.see("Đã lưu.").await;

    desk.go(&at("")).await;
    desk.press("Chuyển sang: Đang tổng hợp").await;
    desk.go(&at("/reports")).await;
    desk.press("Chốt và công bố").await;
    desk.accept_question().await;
    desk.see("Số liệu đã chốt và được công bố").await;
    desk.press("Xem số liệu").await;
    desk.see("15,75 triệu đồng").await;
    desk.see("120").await;

    // Everybody sees the same figures now, and they are those of the API.
    let figures = address.try_get(&format!("/editions/{slug}/statistics"), None).unwrap();
    assert_eq!(figures["sales"]["total"]["amount"], json!(15_750_000));
    assert_eq!((&figures["visits"]["total"], &figures["booths"]["allocated"]), (&json!(120), &json!(2)));
    desk.close().await;
    server.stop();
}
