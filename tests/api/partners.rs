//! Calendar feed and edition picture.
use crate::support::TestApp;

async fn calendar_events_keep_their_uid(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let at = "/editions/hoi-cho/calendar";
    app.get(at).send().await.refused(404, "not_found");
    app.advance(&owner, "hoi-cho", &["published"]).await;
    // An edition to come, which can be cancelled.
    let days = ["2026-04-01", "2026-04-02", "2026-04-03"];
    app.set_days(&owner, "hoi-cho", &days).await;
    let days = days.len();
    let read = async || {
        let answer = app.get(at).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers.get("content-type").unwrap(), "text/calendar; charset=utf-8");
        String::from_utf8(answer.body).unwrap()
    };
    let names = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    let first = read().await;
    assert_eq!((first.matches("BEGIN:VEVENT").count(), names(&first).len()), (days + 5, days + 5), "{first}");
    // 08:00 in Hạ Long is 01:00 UTC.
    assert!(first.contains("DTSTART:20260401T010000Z") && first.contains("/fairs/hoi-cho"), "{first}");
    // The days that were announced first do not take place.
    let statuses = |text: &str, status: &str| text.matches(&format!("STATUS:{status}\r\n")).count();
    assert_eq!((statuses(&first, "CONFIRMED"), statuses(&first, "CANCELLED")), (days, 5), "{first}");

    let cancel = serde_json::json!({ "to": "cancelled", "reason": "Bão" });
    app.post("/editions/hoi-cho/transitions").by(&owner).json(&cancel).send().await.expect(200);
    let second = read().await;
    assert_eq!(names(&first), names(&second));
    assert_eq!((statuses(&second, "CONFIRMED"), statuses(&second, "CANCELLED")), (0, days + 5), "{second}");
    let sequence = |text: &str| -> i64 {
        let numbers: std::collections::BTreeSet<i64> =
            text.lines().filter_map(|line| line.strip_prefix("SEQUENCE:")).map(|n| n.parse().unwrap()).collect();
        assert_eq!(numbers.len(), 1, "{text}");
        *numbers.first().unwrap()
    };
    assert!(sequence(&second) > sequence(&first), "{second}");
}

async fn calendar_is_the_same_until_the_edition_changes(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    let rename = async |name: &str| {
        let edition = app.get("/editions/hoi-cho").by(&owner).send().await;
        let seen = edition.headers.get("etag").unwrap().to_str().unwrap().to_owned();
        let body = serde_json::json!({ "name": name });
        app.patch("/editions/hoi-cho").by(&owner).header("if-match", &seen).json(&body).send().await.expect(200);
    };
    let long =
        "Hội chợ OCOP khu vực phía Bắc – Quảng Ninh; hàng Việt, thực phẩm, thủ công mỹ nghệ và du lịch cộng đồng";
    rename(long).await;
    let read = async || {
        let answer = app.get("/editions/hoi-cho/calendar").send().await;
        let tag = answer.headers.get("etag").unwrap().to_str().unwrap().to_owned();
        (tag, String::from_utf8(answer.body).unwrap())
    };
    let (tag, text) = read().await;
    app.wait(chrono::Duration::minutes(5));
    assert_eq!(read().await, (tag.clone(), text.clone()));
    let cached = app.get("/editions/hoi-cho/calendar").header("if-none-match", &tag).send().await;
    assert_eq!(cached.status, 304);

    assert!(text.lines().all(|line| line.trim_end_matches('\r').len() <= 75), "{text}");
    let unfolded = text.replace("\r\n ", "");
    let escaped = long.replace(';', "\\;").replace(',', "\\,");
    for line in [format!("NAME:{escaped}"), format!("X-WR-CALNAME:{escaped}"), format!("SUMMARY:{escaped}")] {
        assert!(unfolded.split("\r\n").any(|l| l == line), "{line} is not in {unfolded}");
    }
    assert!(unfolded.contains("DTSTAMP:20260303T120000Z"), "{unfolded}");

    rename("Hội chợ Xuân").await;
    let (changed, text) = read().await;
    assert_ne!(changed, tag);
    assert!(text.contains("DTSTAMP:20260303T120500Z") && text.contains("LAST-MODIFIED:20260303T120500Z"), "{text}");
}

async fn edition_picture_shows_the_current_data(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let at = "/editions/hoi-cho/picture";
    app.get(at).send().await.refused(404, "not_found");
    app.advance(&owner, "hoi-cho", &["published"]).await;
    let read = async |query: &str| {
        let answer = app.get(&format!("{at}{query}")).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers.get("content-type").unwrap(), "image/png");
        let decoded = resvg::tiny_skia::Pixmap::decode_png(&answer.body).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (1_200, 630));
        answer.body
    };
    let vietnamese = read("").await;
    assert_eq!(vietnamese, read("?language=vi").await);
    assert_ne!(vietnamese, read("?language=en").await);
    app.get(&format!("{at}?language=fr")).send().await.refused(400, "bad_request");

    let edition = app.get("/editions/hoi-cho").by(&owner).send().await;
    let seen = edition.headers.get("etag").unwrap().to_str().unwrap().to_owned();
    let renamed = serde_json::json!({ "name": "Hội chợ Xuân" });
    app.patch("/editions/hoi-cho").by(&owner).header("if-match", &seen).json(&renamed).send().await.expect(200);
    assert_ne!(vietnamese, read("").await);

    let page = String::from_utf8(app.root("/fairs/hoi-cho").send().await.body).unwrap();
    assert!(
        page.contains(
            r#"property="og:image" content="http://localhost:8080/api/v1/editions/hoi-cho/picture?language=vi""#
        ),
        "{page}"
    );
}

crate::on_both!(
    calendar_events_keep_their_uid,
    calendar_is_the_same_until_the_edition_changes,
    edition_picture_shows_the_current_data,
);
