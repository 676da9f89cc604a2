//! Counting with no network: what was counted arrives, all of it, once.
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
async fn fifty_visits_counted_with_the_server_down_survive_the_browser_and_are_counted_once() {
    if !browser::is_there("gate") {
        return;
    }
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = free_port();
    let start = || Server::start_at(port, folder.path(), &["serve"], &[]);
    let server = start();
    let email = "cong@example.vn";
    let token = person(&server.address(), folder.path(), email, "Trực cổng");
    let fair = fair(&server.address(), &token, "hoi-cho-cong", 2, 3, "live");
    let base = server.address().url().to_owned();
    let counter = format!("/gate/{}", fair.slug);

    let phone = Browser::open(&base, profile.path(), PHONE).await;
    phone.log_in(email, super::fair::PASSWORD).await;
    phone.go(&counter).await;
    phone.choose("#gate", "Cổng chính").await;
    phone.until("document.querySelector('[data-gate]').dataset.installed").await;
    phone.until("caches.keys()").await;
    // The page and its files are on the device.
    let script = "\
        window.kept === undefined ? (window.kept = false, \
        caches.match(location.pathname).then((k) => (window.kept = Boolean(k))), \
        false) : window.kept || (window.kept = undefined)";
    phone.until(script).await;
    server.stop();

    for _ in 0..30 {
        phone.click("[data-count=in]").await;
    }
    phone.until("document.querySelector('[data-total]').textContent === '30'").await;
    phone.see("30").await;
    phone.close().await;

    // The phone was off; it opens the page while there is still no server.
    let phone = Browser::open(&base, profile.path(), PHONE).await;
    phone.go(&counter).await;
    phone.until("document.querySelector('[data-total]').textContent === '30'").await;
    for _ in 0..21 {
        phone.click("[data-count=in]").await;
    }
    // One too many, taken back.
    phone.click("[data-count=mistake]").await;
    phone.until("document.querySelector('[data-total]').textContent === '50'").await;
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 52").await;

    let server = start();
    phone.until("Number(document.querySelector('[data-gate]').dataset.unsentNow) === 0").await;
    assert_eq!(visits(&server, &token, &fair.slug), 50);
    // Opening the page again sends nothing twice.
    phone.go(&counter).await;
    phone.until("document.querySelector('[data-total]').textContent === '50'").await;
    phone.see("Đã gửi hết").await;
    assert_eq!(visits(&server, &token, &fair.slug), 50);
    phone.close().await;
    server.stop();
}

#[tokio::test]
async fn a_count_whose_answer_was_lost_is_sent_again_and_counts_once() {
    if !browser::is_there("gate") {
        return;
    }
    let (folder, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = super::fair::server(folder.path());
    let email = "cong@example.vn";
    let token = person(&server.address(), folder.path(), email, "Trực cổng");
    let fair = fair(&server.address(), &token, "hoi-cho-cong", 2, 3, "live");
    let phone = Browser::open(server.address().url(), profile.path(), PHONE).await;
    phone.log_in(email, super::fair::PASSWORD).await;
    phone.go(&format!("/gate/{}", fair.slug)).await;
    // The server gets the batch, the phone never hears of it: the first three times.
    phone
        .script(
            "window.lost = 0; \
             const real = window.fetch; window.fetch = async (...a) => { \
             const answer = await real(...a); \
             if (String(a[0]).includes('visit-counts') && window.lost < 3) { \
             window.lost++; throw new TypeError('lost'); } \
             return answer; }",
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
