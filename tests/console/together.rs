//! Two organisers at one floor plan at once.
use serde_json::json;
use tempfile::TempDir;

use super::{
    browser::{self, Browser, DESKTOP},
    fair::{self, Fair, application, fair, person},
    server::Server,
};

const EMAIL: &str = "lan@example.vn";

/// Fires the pointer events of dragging `from` onto `to`.
const DRAG: &str = "const at = (element) => {
       const box = element.getBoundingClientRect();
       return { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
     };
     const pointer = { bubbles: true, cancelable: true, isPrimary: true, pointerId: 1, pointerType: 'mouse', button: 0 };
     const fire = (target, kind, where) => target.dispatchEvent(new PointerEvent(kind, { ...pointer, ...where }));
     const { clientX, clientY } = at(from);
     fire(from, 'pointerdown', { clientX, clientY });
     fire(window, 'pointermove', { clientX: clientX + 20, clientY });
     fire(window, 'pointermove', at(to));
     fire(window, 'pointerup', at(to));";

/// Two browsers that show the floor plan of a fair with six free booths and two approved applications for two booths each.
struct Setup {
    _folders: Vec<TempDir>,
    server: Server,
    /// Access token of the organiser's owner.
    token: String,
    fair: Fair,
    applications: Vec<String>,
    one: Browser,
    other: Browser,
}

impl Setup {
    async fn new() -> Self {
        let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let server = fair::server(folders[0].path());
        let address = server.address();
        let token = person(&address, folders[0].path(), EMAIL, "Lan");
        let fair = fair(&address, &token, "hoi-cho-chung", 6, 3);
        let apply = |name: &&str| application(&address, &token, &fair.slug, name, 2);
        let applications: Vec<String> = ["HTX Gà đồi", "HTX Miến dong"].iter().map(apply).collect();
        for id in &applications {
            address.call("POST", &format!("/applications/{id}/approve"), Some(&token), None);
        }
        let one = Browser::open(address.url(), folders[1].path(), DESKTOP).await;
        let other = Browser::open(address.url(), folders[2].path(), DESKTOP).await;
        for browser in [&one, &other] {
            browser.log_in(EMAIL, fair::PASSWORD).await;
            browser.go(&format!("/manage/{}/plan", fair.slug)).await;
            browser.find("#queue [data-application]").await;
        }
        Self { _folders: folders, server, token, fair, applications, one, other }
    }

    /// CSS of a booth.
    fn booth(&self, n: usize) -> String {
        format!("#b-{}", self.fair.booths[n])
    }

    /// CSS of an application in the queue.
    fn queued(&self, n: usize) -> String {
        format!("#queue [data-application='{}']", self.applications[n])
    }

    /// Clicks a booth and waits until the panel shows it.
    async fn select(&self, browser: &Browser, n: usize) {
        browser.until("!document.querySelector('.plan').dataset.dragging").await;
        browser.click(&self.booth(n)).await;
        let code = format!("A{:02}", n + 1);
        browser.until(&format!("document.querySelector('#panel h2').textContent.endsWith(' {code}')")).await;
    }

    /// Waits until both browsers show a booth in a state.
    async fn both_show(&self, n: usize, state: &str) {
        for browser in [&self.one, &self.other] {
            browser.find(&format!("{}.{state}", self.booth(n))).await;
        }
    }

    /// The first organiser holds a booth for an application by clicking one and then the other.
    async fn hold(&self, application: usize, booth: usize) {
        self.one.click(&self.queued(application)).await;
        self.one.click(&self.booth(booth)).await;
        self.both_show(booth, "held").await;
    }

    async fn drag(&self, from: &str, to: &str) {
        self.one.until("!document.querySelector('.plan').dataset.dragging").await;
        let elements = format!(
            "const from = document.querySelector(\"{from}\"), to = document.querySelector(\"{to}\");
             for (const element of [to, from]) element.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});"
        );
        self.one.script(&format!("{elements} {DRAG}")).await;
    }

    async fn undo(&self) {
        self.one.click("[data-undo]").await;
    }

    async fn end(self) {
        self.one.close().await;
        self.other.close().await;
        self.server.stop();
    }
}

#[tokio::test]
async fn plan_shows_the_holds_of_others() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    setup.hold(0, 0).await;
    setup.select(&setup.other, 0).await;
    setup.other.see("HTX Gà đồi").await;
    setup.end().await;
}

#[tokio::test]
async fn plan_gives_a_booth_that_two_click_at_once_to_one_of_them() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    for (browser, application) in [(&setup.one, 0), (&setup.other, 1)] {
        browser.click(&setup.queued(application)).await;
    }
    let script = format!(
        "document.querySelector(\"{}\").dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true }}))",
        setup.booth(1)
    );
    tokio::join!(setup.one.script(&script), setup.other.script(&script));
    setup.both_show(1, "held").await;
    let allocations = format!("/editions/{}/allocations", setup.fair.slug);
    let held = setup.server.get(&allocations, Some(&setup.token));
    let of_booth = held["items"].as_array().unwrap().iter().filter(|a| a["booth"] == json!(setup.fair.booths[1]));
    assert_eq!(of_booth.filter(|a| a["state"] == "held").count(), 1, "{held}");
    setup.end().await;
}

#[tokio::test]
async fn dragging_an_application_onto_a_booth_holds_it_and_undo_releases_it() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    setup.drag(&setup.queued(1), &setup.booth(4)).await;
    setup.both_show(4, "held").await;
    setup.undo().await;
    setup.both_show(4, "free").await;
    setup.end().await;
}

#[tokio::test]
async fn dragging_a_selected_exhibitor_moves_its_allocation_and_undo_moves_it_back() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    setup.hold(0, 0).await;
    setup.select(&setup.one, 0).await;
    setup.one.see("Mời nhận").await;
    setup.drag(&setup.booth(0), &setup.booth(5)).await;
    setup.both_show(5, "held").await;
    setup.both_show(0, "free").await;
    setup.undo().await;
    setup.both_show(0, "held").await;
    setup.both_show(5, "free").await;
    setup.end().await;
}

#[tokio::test]
async fn panel_swaps_the_booths_of_two_exhibitors_and_undo_swaps_them_back() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    setup.hold(0, 0).await;
    setup.hold(1, 2).await;
    setup.select(&setup.one, 0).await;
    setup.one.press("Đổi gian").await;
    setup.one.choose("#swap-with", "A03 ").await;
    setup.one.press("Đổi").await;
    let holder = |n: usize| format!("document.querySelector(\"{} title\").textContent", setup.booth(n));
    let holders =
        |first: &str, third: &str| format!("{}.includes('{first}') && {}.includes('{third}')", holder(0), holder(2));
    setup.other.until(&holders("HTX Miến dong", "HTX Gà đồi")).await;
    setup.undo().await;
    setup.other.until(&holders("HTX Gà đồi", "HTX Miến dong")).await;
    setup.end().await;
}

#[tokio::test]
async fn panel_moves_an_exhibitor_to_a_free_booth_and_undo_moves_it_back() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    setup.hold(0, 0).await;
    setup.select(&setup.one, 0).await;
    setup.one.press("Chuyển sang gian khác").await;
    setup.one.choose("#move-to", "A06").await;
    setup.one.press("Chuyển").await;
    setup.both_show(5, "held").await;
    setup.both_show(0, "free").await;
    setup.undo().await;
    setup.both_show(0, "held").await;
    setup.end().await;
}

#[tokio::test]
async fn panel_offers_releases_and_confirms_and_the_public_plan_follows() {
    let Some(_turn) = browser::turn("two organisers").await else { return };
    let setup = Setup::new().await;
    let (one, other) = (&setup.one, &setup.other);
    setup.hold(0, 0).await;
    setup.select(one, 0).await;
    one.press("Mời nhận").await;
    setup.both_show(0, "offered").await;
    one.press("Trả gian").await;
    one.accept_question().await;
    setup.both_show(0, "free").await;
    // Undoing a release holds the booth again and offers it as before.
    setup.undo().await;
    setup.both_show(0, "offered").await;
    other.go(&format!("/fairs/{}", setup.fair.slug)).await;
    other.find(&format!("{}.reserved", setup.booth(0))).await;
    setup.select(one, 0).await;
    one.press("Xác nhận").await;
    other.find(&format!("{}.let", setup.booth(0))).await;
    other.until("document.querySelector('[data-counts]').textContent.includes('gian đã có chủ')").await;
    setup.end().await;
}
