//! Two organisers at one floor plan at once.
use serde_json::json;

use super::{
    browser::{self, Browser, DESKTOP},
    fair::{self, application, fair, person},
};

#[tokio::test]
async fn two_organisers_see_each_others_changes_and_never_give_one_booth_to_two() {
    if !browser::is_there("two organisers") {
        return;
    }
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let server = fair::server(folders[0].path());
    let (address, email) = (server.address(), "lan@example.vn");
    let token = person(&address, folders[0].path(), email, "Lan");
    let fair = fair(&address, &token, "hoi-cho-chung", 6, 3, "registration_open");
    let applications: Vec<String> =
        ["HTX Gà đồi", "HTX Miến dong"].iter().map(|name| application(&address, &token, &fair.slug, name, 2)).collect();
    for id in &applications {
        address.call("POST", &format!("/applications/{id}/approve"), Some(&token), None);
    }
    let one = Browser::open(address.url(), folders[1].path(), DESKTOP).await;
    let other = Browser::open(address.url(), folders[2].path(), DESKTOP).await;
    for browser in [&one, &other] {
        browser.log_in(email, fair::PASSWORD).await;
        browser.go(&format!("/manage/{}/plan", fair.slug)).await;
        browser.find("#queue [data-application]").await;
    }
    let booth = |n: usize| format!("#b-{}", fair.booths[n]);
    let queued = |n: usize| format!("#queue [data-application='{}']", applications[n]);

    // One gives the first booth to the first exhibitor; the other sees it without doing anything.
    one.click(&queued(0)).await;
    one.click(&booth(0)).await;
    one.find(&format!("{}.held", booth(0))).await;
    other.find(&format!("{}.held", booth(0))).await;
    other.click(&booth(0)).await;
    other.see("HTX Gà đồi").await;

    // Both go for the second booth at the same moment: one has it, the other is told, and it has one holder.
    for (browser, of) in [(&one, 0), (&other, 1)] {
        browser.click(&queued(of)).await;
    }
    let script = format!(
        "document.querySelector(\"{}\").dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true }}))",
        booth(1)
    );
    tokio::join!(one.script(&script), other.script(&script));
    for browser in [&one, &other] {
        browser.find(&format!("{}.held", booth(1))).await;
    }
    let held = address.try_get(&format!("/editions/{}/allocations", fair.slug), Some(&token)).unwrap();
    let of_booth = held["items"].as_array().unwrap().iter().filter(|a| a["booth"] == json!(fair.booths[1]));
    let active = of_booth.filter(|a| a["state"] == "held").count();
    assert_eq!(active, 1, "{held}");

    // Dragging an application onto a booth holds it; undoing frees it again, on both screens.
    let drag = format!(
        "const from = document.querySelector(\"{}\") ?? document.querySelector('#queue [data-application]'), \
         to = document.querySelector(\"{}\");
         const at = (e) => {{ const b = e.getBoundingClientRect(); return {{ clientX: b.x + b.width / 2, clientY: b.y + b.height / 2 }}; }};
         const fire = (target, kind, where) => \
           target.dispatchEvent(new PointerEvent(kind, {{ bubbles: true, cancelable: true, isPrimary: true, \
           pointerId: 1, pointerType: 'mouse', button: 0, ...where }}));
         fire(from, 'pointerdown', at(from)); \
         fire(window, 'pointermove', {{ clientX: at(from).clientX + 20, clientY: at(from).clientY }}); \
         fire(window, 'pointermove', at(to)); \
         fire(window, 'pointerup', at(to));",
        queued(1),
        booth(4)
    );
    one.script(&drag).await;
    one.find(&format!("{}.held", booth(4))).await;
    other.find(&format!("{}.held", booth(4))).await;
    one.click("[data-undo]").await;
    one.find(&format!("{}.free", booth(4))).await;
    other.find(&format!("{}.free", booth(4))).await;

    // Dragging a chosen exhibitor onto a free booth moves it, as it is; undoing brings it back.
    one.click(&booth(0)).await;
    one.see("Mời nhận").await;
    let shift = drag
        .replace("document.querySelector('#queue [data-application]')", "null")
        .replace(
            &format!("document.querySelector(\"{}\") ??", queued(1)),
            &format!("document.querySelector(\"{}\") ??", booth(0)),
        )
        .replace(&booth(4), &booth(5));
    one.script(&shift).await;
    other.find(&format!("{}.held", booth(5))).await;
    other.find(&format!("{}.free", booth(0))).await;
    one.click("[data-undo]").await;
    other.find(&format!("{}.held", booth(0))).await;
    other.find(&format!("{}.free", booth(5))).await;

    // Swapping the booths of two exhibitors, with the panel; undone, each is where it was.
    let holder = |n: usize| format!("document.querySelector(\"{} title\").textContent", booth(n));
    // Whoever got the booth that both went for: the second exhibitor gets one more to swap with.
    one.click(&queued(1)).await;
    one.click(&booth(2)).await;
    one.find(&format!("{}.held", booth(2))).await;
    let with = 2;
    one.click(&booth(0)).await;
    one.see("Mời nhận").await;
    one.press("Đổi gian").await;
    one.choose("#swap-with", &format!("A0{} ", with + 1)).await;
    one.press("Đổi").await;
    other.until(&format!("{}.includes('HTX Miến dong') && {}.includes('HTX Gà đồi')", holder(0), holder(with))).await;
    one.click("[data-undo]").await;
    other.until(&format!("{}.includes('HTX Gà đồi') && {}.includes('HTX Miến dong')", holder(0), holder(with))).await;

    // Offer, then release with the panel; undo gives it back as it was.
    one.click(&booth(0)).await;
    one.press("Mời nhận").await;
    one.find(&format!("{}.offered", booth(0))).await;
    other.find(&format!("{}.offered", booth(0))).await;
    one.press("Trả gian").await;
    other.find(&format!("{}.free", booth(0))).await;
    one.click("[data-undo]").await;
    other.find(&format!("{}.offered", booth(0))).await;
    // A visitor's plan follows too.
    other.go(&format!("/fairs/{}", fair.slug)).await;
    other.find(&format!("{}.reserved", booth(0))).await;
    one.click(&booth(0)).await;
    one.press("Xác nhận").await;
    other.find(&format!("{}.let", booth(0))).await;
    other.until("document.querySelector('[data-counts]').textContent.includes('gian đã có chủ')").await;
    one.close().await;
    other.close().await;
    server.stop();
}
