//! What a finalised edition shows to the public: totals and groups, but no amount of a named seller.
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair};

/// Finalises the fair after every seller has reported: an amount, and the part of it that is OCOP.
async fn finalise(app: &TestApp, fair: &Fair, amounts: &[(i64, i64)]) {
    for (booth, (seller, (amount, ocop))) in fair.exhibitors.iter().zip(amounts).enumerate() {
        for day in ["2026-03-01", "2026-03-02", "2026-03-03"] {
            let body = json!({ "amount": amount, "ocop_amount": ocop });
            let path = format!("/booths/{}/sales-reports/{day}", fair.booth(booth));
            app.put(&path).by(&seller.token).json(&body).send().await.expect(201);
        }
    }
    app.advance(&fair.owner, "hoi-cho", &["reporting", "finalised"]).await;
}

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(&format!("/editions/hoi-cho/{path}")).send().await.expect(200)
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

async fn public_sees_no_amount_of_a_named_seller(app: TestApp) {
    let fair = Fair::builder().exhibitors(["a", "b", "c", "d"]).confirmed(4).state("live").build(&app).await;
    // One of the four comes from elsewhere.
    let other = format!("/organisers/{}/exhibitors/{}", fair.organiser, fair.exhibitors[3].id);
    let change = json!({ "locality": "Bình Liêu" });
    app.patch_newest(&other, &fair.owner, change).await;
    finalise(&app, &fair, &[(5_000_000, 1), (6_000_000, 2), (7_000_000, 3), (8_000_000, 4)]).await;

    let public = get(&app, "statistics").await;
    assert_eq!(public["sales"]["total"]["amount"], 78_000_000);
    // The only seller of Bình Liêu would be alone in "others", so Đầm Hà joins it.
    assert_eq!(names(&public["sales"]["by_locality"]), ["others"]);
    assert_eq!(public["sales"]["by_locality"][0]["amount"], 78_000_000);
    assert_eq!(public["sales"]["top_localities"], json!([]));
    assert_eq!(public["sales"]["top_booths"], json!(["A04", "A03", "A02", "A01"]));
    let rows = get(&app, "reports/sales-by-locality").await;
    assert_eq!((rows["items"][0]["locality"].clone(), rows["items"].as_array().unwrap().len()), (json!("others"), 1));
    for internal in ["sales-by-booth", "missing-reports"] {
        let path = format!("/editions/hoi-cho/reports/{internal}");
        app.get(&path).send().await.refused(404, "not_found");
        app.get(&path).by(&fair.exhibitors[0].token).send().await.refused(404, "not_found");
        app.get(&path).by(&fair.owner).send().await.expect(200);
    }
    let page = app.get("/editions/hoi-cho/page?include=figures").send().await.expect(200).to_string();
    for amount in ["15000000", "18000000", "21000000", "24000000"] {
        assert!(!public.to_string().contains(amount) && !page.contains(amount), "{amount} of one seller");
    }

    let own = app.get("/editions/hoi-cho/statistics").by(&fair.owner).send().await.expect(200);
    assert_eq!(names(&own["sales"]["by_locality"]), ["Đầm Hà", "Bình Liêu"]);
    assert_eq!(own["sales"]["by_locality"][1]["amount"], 24_000_000);
}

async fn public_sees_no_ocop_part_that_is_one_sellers(app: TestApp) {
    let fair = Fair::builder().exhibitors(["a", "b", "c"]).confirmed(3).state("live").build(&app).await;
    let deal = json!({ "exhibitor": fair.exhibitors[0].id, "kind": "contract", "counterpart": "Siêu thị", "amount": 500,
        "signed_on": "2026-03-01" });
    app.made("/editions/hoi-cho/deals", &fair.owner, deal).await;
    finalise(&app, &fair, &[(5_000_000, 4_321_000), (6_000_000, 0), (7_000_000, 0)]).await;
    let public = get(&app, "statistics").await;
    // One contract would be the deal of one exhibitor.
    assert_eq!((&public["deals"]["contracts"], public["deals"].get("contracts_value")), (&json!(1), None));
    let own = app.get("/editions/hoi-cho/statistics").by(&fair.owner).send().await.expect(200);
    assert_eq!(own["deals"]["contracts_value"]["amount"], 500);
    assert_eq!(public["sales"]["by_zone"][0]["amount"], 54_000_000);
    assert_eq!(public["sales"].get("ocop"), None);
    assert_eq!(public["sales"]["by_zone"][0].get("ocop_amount"), None);
    assert_eq!(public["sales"]["by_day"][0].get("ocop_amount"), None);
    let rows = get(&app, "reports/sales-by-day").await;
    assert_eq!(rows["items"][0], json!({ "day": "2026-03-01", "amount": 18_000_000, "reports": 3 }));
    let own = app.get("/editions/hoi-cho/reports/sales-by-day").by(&fair.owner).send().await.expect(200);
    assert_eq!(own["items"][0]["ocop_amount"], 4_321_000);
}

/// The total of two sellers would tell each the amount of the other, and a comparison would tell the total.
async fn public_sees_no_total_of_two_sellers(app: TestApp) {
    let fair = Fair::builder().exhibitors(["a", "b"]).confirmed(2).state("live").build(&app).await;
    let series = json!({ "organiser": fair.organiser, "name": "Chuỗi" });
    let series = app.made("/series", &fair.owner, series).await;
    let join = async |slug: &str| {
        let at = format!("/editions/{slug}");
        let edition = app.get(&at).by(&fair.owner).send().await;
        let seen = edition.headers.get("etag").unwrap().to_str().unwrap().to_owned();
        let change = json!({ "series": series });
        app.patch(&at).by(&fair.owner).header("if-match", &seen).json(&change).send().await.expect(200);
    };
    join("hoi-cho").await;
    finalise(&app, &fair, &[(5_000_000, 5_000_000), (6_000_000, 6_000_000)]).await;
    let next = json!({ "organiser": fair.organiser, "series": series, "slug": "ky-sau", "name": "Kỳ sau",
        "declared_sales": 66_000_000 });
    app.made("/editions", &fair.owner, next).await;
    let days = json!([{ "day": "2026-03-02", "opens_at": "08:00:00", "closes_at": "20:00:00" }]);
    let put = app.put("/editions/ky-sau/opening-days").by(&fair.owner).header("if-match", "\"v1\"");
    put.json(&days).send().await.expect(200);
    app.advance(&fair.owner, "ky-sau", &["published", "reporting", "finalised"]).await;

    let public = get(&app, "statistics").await;
    assert_eq!((public["sales"].get("total"), public["sales"].get("ocop")), (None, None), "{public}");
    let later = app.get("/editions/ky-sau/statistics").send().await.expect(200);
    assert_eq!(later["sales"]["total"]["amount"], 66_000_000, "a declared total is published");
    assert_eq!((&later["comparison"]["sales"], &later["comparison"]["sales_per_day"]), (&Value::Null, &Value::Null));
    let page = String::from_utf8(app.root("/fairs/hoi-cho/figures").send().await.body).unwrap();
    assert!(page.contains("ít hơn ba đơn vị bán hàng") && !page.contains("33 triệu"), "{page}");

    let own =
        async |slug: &str| app.get(&format!("/editions/{slug}/statistics")).by(&fair.owner).send().await.expect(200);
    assert_eq!(own("hoi-cho").await["sales"]["total"]["amount"], 33_000_000);
    assert_eq!(own("ky-sau").await["comparison"]["sales"]["ratio"], 2.0);
}

async fn public_sees_no_groups_of_two_sellers(app: TestApp) {
    let fair = Fair::builder().exhibitors(["a", "b"]).confirmed(2).state("live").build(&app).await;
    finalise(&app, &fair, &[(5_000_000, 0), (6_000_000, 0)]).await;
    let public = get(&app, "statistics").await;
    for list in ["by_day", "by_zone", "by_locality", "by_product_group"] {
        assert_eq!(public["sales"][list], json!([]), "{list}");
    }
    assert_eq!(get(&app, "reports/sales-by-zone").await["items"], json!([]));
}

crate::on_both!(
    public_sees_no_amount_of_a_named_seller,
    public_sees_no_ocop_part_that_is_one_sellers,
    public_sees_no_groups_of_two_sellers,
    public_sees_no_total_of_two_sellers,
);
