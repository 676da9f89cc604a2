//! Gate counting without a network: every count is sent once.
use serde_json::Value;

use super::{
    browser::{self, Browser, PHONE},
    fair::{fair, person},
    server::{Server, free_port},
};

fn visits(server: &Server, token: &str, slug: &str) -> i64 {
    let counts = server.get(&format!("/editions/{slug}/visit-counts"), Some(token));
    counts["items"].as_array().unwrap().iter().map(|h| h["entries"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn offline_gate_counts_survive_a_restart_and_are_sent_once() {
    let Some(_turn) = browser::turn("gate").await else { return };
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = free_port();
    let start = || Server::start_at(port, folder.path(), &["serve"], &[]);
    let server = start();
    let email = "cong@example.vn";
    let token = person(&server.address(), folder.path(), email, "Trực cổng");
    let fair = fair(&server.address(), &token, "hoi-cho-cong", 2, 3);
    let base = server.address().url().to_owned();
    let counter = format!("/gate/{}", fair.slug);

    let phone = Browser::open(&base, profile.path(), PHONE).await;
    phone.log_in(email, super::fair::PASSWORD).await;
    phone.go(&counter).await;
    phone.until("document.querySelector('[data-gate]').dataset.installed").await;
    phone.choose("#gate", "Cổng chính").await;
    // The page is in the cache of the service worker.
    let cached =
        "window.cached ?? caches.match(location.pathname).then((hit) => (window.cached = hit ? true : undefined))";
    phone.until(&format!("({cached}) === true")).await;
    server.stop();

    for _ in 0..30 {
        phone.click("[data-count=in]").await;
    }
    phone.until("document.querySelector('[data-total]').textContent === '30'").await;
    phone.see("30").await;
    phone.close().await;

    // The browser is restarted while the server is still down.
    let phone = Browser::open(&base, profile.path(), PHONE).await;
    phone.go(&counter).await;
    phone.until("document.querySelector('[data-total]').textContent === '30'").await;
    for _ in 0..21 {
        phone.click("[data-count=in]").await;
    }
    // One count too many, corrected.
    phone.click("[data-count=mistake]").await;
    phone.until("document.querySelector('[data-total]').textContent === '50'").await;
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 52").await;

    let server = start();
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 0").await;
    assert_eq!(visits(&server, &token, &fair.slug), 50);
    // Reloading the page sends nothing twice.
    phone.go(&counter).await;
    phone.until("document.querySelector('[data-total]').textContent === '50'").await;
    phone.see("Đã gửi hết").await;
    assert_eq!(visits(&server, &token, &fair.slug), 50);
    phone.close().await;
    server.stop();
}

#[tokio::test]
async fn gate_counts_are_retried_after_a_lost_response() {
    let Some(_turn) = browser::turn("gate").await else { return };
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = super::fair::server(folder.path());
    let email = "cong@example.vn";
    let token = person(&server.address(), folder.path(), email, "Trực cổng");
    let fair = fair(&server.address(), &token, "hoi-cho-cong", 2, 3);
    let phone = Browser::open(server.address().url(), profile.path(), PHONE).await;
    phone.log_in(email, super::fair::PASSWORD).await;
    phone.go(&format!("/gate/{}", fair.slug)).await;
    phone.until("document.querySelector('[data-gate]').dataset.installed").await;
    // The server gets the batch but the first three responses are lost.
    phone
        .script(
            "window.lost = 0;
             const original = window.fetch;
             window.fetch = async (...request) => {
               const response = await original(...request);
               if (!String(request[0]).includes('visit-counts') || window.lost >= 3) return response;
               window.lost++;
               throw new TypeError('lost');
             };",
        )
        .await;
    phone.choose("#gate", "Cổng chính").await;
    for _ in 0..5 {
        phone.click("[data-count=in]").await;
    }
    phone.click("[data-count=out]").await;
    phone.until("window.lost > 0").await;
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 0").await;
    assert_eq!(visits(&server, &token, &fair.slug), 5);
    let counts = server.get(&format!("/editions/{}/visit-counts", fair.slug), Some(&token));
    let exits: Value =
        counts["items"].as_array().unwrap().iter().map(|h| h["exits"].as_i64().unwrap()).sum::<i64>().into();
    assert_eq!(exits, 1);
    phone.close().await;
    server.stop();
}

#[tokio::test]
async fn wrong_clock_of_a_phone_is_said_and_does_not_move_its_counts() {
    let Some(_turn) = browser::turn("gate").await else { return };
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = super::fair::server(folder.path());
    let email = "cong@example.vn";
    let token = person(&server.address(), folder.path(), email, "Trực cổng");
    let fair = fair(&server.address(), &token, "hoi-cho-cong", 2, 3);
    let phone = Browser::open(server.address().url(), profile.path(), PHONE).await;
    phone.log_in(email, super::fair::PASSWORD).await;
    phone.go(&format!("/gate/{}", fair.slug)).await;
    phone.until("document.querySelector('[data-gate]').dataset.installed").await;
    // The clock is a day ahead.
    phone
        .script(
            "const Right = window.Date;
             const ahead = 86400000;
             window.Date = class extends Right {
               constructor(...given) { given.length ? super(...given) : super(Right.now() + ahead); }
               static now() { return Right.now() + ahead; }
             };",
        )
        .await;
    phone.choose("#gate", "Cổng chính").await;
    // There is nothing that this phone could take off.
    phone.until("document.querySelector('[data-count=mistake]').disabled").await;
    for _ in 0..3 {
        phone.click("[data-count=in]").await;
    }
    phone.click("[data-count=mistake]").await;
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 0").await;
    phone.see("Đồng hồ máy này nhanh 1.440 phút").await;
    let counts = server.get(&format!("/editions/{}/visit-counts", fair.slug), Some(&token));
    let today = super::fair::today().to_string();
    assert!(counts["items"].as_array().unwrap().iter().all(|h| h["day"] == today), "{counts}");
    assert_eq!(visits(&server, &token, &fair.slug), 2);
    // Today's count goes on where it was.
    phone.until("document.querySelector('[data-total]').textContent === '2'").await;
    phone.close().await;
    server.stop();
}
