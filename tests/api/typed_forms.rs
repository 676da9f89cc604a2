//! Pages read what people type as the API's endpoint does, and imports can be done on pages alone; both without JavaScript.
use actix_web::test::TestRequest;
use serde_json::json;

use crate::support::{Answer, TestApp};

/// Sends a form as the pages do, and returns the response, which redirects.
async fn send(app: &TestApp, token: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    submit(app, token, action, "application/x-www-form-urlencoded", body).await
}

async fn submit(app: &TestApp, token: &str, action: &str, content_type: &str, body: String) -> Answer {
    let request = TestRequest::post().uri(&format!("/form/{action}")).set_payload(body);
    let request =
        request.insert_header(("content-type", content_type)).insert_header(("sec-fetch-site", "same-origin"));
    app.call_root(request.insert_header(("authorization", format!("Bearer {token}")))).await
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 303, "{}", String::from_utf8_lossy(&answer.body));
    answer.headers.get("location").unwrap().to_str().unwrap().to_owned()
}

/// The page to which the response redirects, with its messages.
async fn follow(app: &TestApp, token: &str, answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").map(|c| c.to_str().unwrap().split(';').next().unwrap());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let page = app.root(&location(answer)).by(token).header("cookie", &cookies).send().await;
    assert_eq!(page.status.as_u16(), 200);
    String::from_utf8(page.body).unwrap()
}

/// Every row of `numbers.csv` without a title around it, in the price list.
async fn price_list_understands_typed_numbers(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let categories = async || app.get("/editions/hoi-cho/booth-categories").by(&owner).send().await;
    let mut reader = csv::Reader::from_reader(include_str!("../cases/numbers.csv").as_bytes());
    for row in reader.records().map(Result::unwrap).filter(|row| row[2].is_empty()) {
        let before = categories().await;
        let version = before.headers.get("etag").unwrap().to_str().unwrap().trim_matches(['"', 'v']).to_owned();
        let (area, fee) = if &row[0] == "area" { (&row[1], "0") } else { ("9", &row[1]) };
        let fields = [
            ("_method", "PUT"),
            ("_seen", &version),
            ("_back", "/manage/hoi-cho/floor"),
            ("0.category", "standard"),
            ("0.area_dm2", area),
            ("0.fee", fee),
            ("0.booth_equivalents", "1"),
        ];
        let answer = send(&app, &owner, "editions/hoi-cho/booth-categories", &fields).await;
        assert_eq!(location(&answer), "/manage/hoi-cho/floor");
        let after = categories().await.json();
        match row[3].parse::<i64>() {
            Ok(value) if value >= 0 => {
                let read = if &row[0] == "area" { &after["items"][0]["area_dm2"] } else { &after["items"][0]["fee"] };
                assert_eq!(read, value, "{row:?}");
            }
            Ok(_) | Err(_) => {
                assert_eq!(after, before.json(), "{row:?} changes nothing");
                let page = follow(&app, &owner, &answer).await;
                assert!(
                    page.contains("class=\"fault\"") || page.contains("note bad"),
                    "{row:?} has an error on the page"
                );
            }
        }
    }
}

async fn organiser_imports_a_table_by_pages_alone(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let page = app.root("/manage/hoi-cho/imports?kind=booths").by(&owner).send().await;
    assert_eq!(page.status.as_u16(), 200);
    let table = "B01;OCOP;3x3m;1.5 triệu\r\nB02;OCOP;9,5;nhiều\r\n";
    let field =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"gian.csv\"\r\nContent-Type: text/csv\r\n\r\n{table}\r\n--x--\r\n"
    );
    let body = [
        field("_next", "/manage/hoi-cho/imports/{id}"),
        field("_back", "/manage/hoi-cho/imports"),
        field("_file_name", "file_name"),
        field("_type", "application/octet-stream"),
        field("kind", "booths"),
        field("sheet", ""),
        file,
    ]
    .concat();
    let uploaded = submit(&app, &owner, "editions/hoi-cho/imports", "multipart/form-data; boundary=x", body).await;
    let at = location(&uploaded);
    let id = at.strip_prefix("/manage/hoi-cho/imports/").unwrap().to_owned();
    let page = follow(&app, &owner, &uploaded).await;
    assert!(page.contains("gian.csv") && page.contains("Không thấy dòng tiêu đề"), "{page}");
    let next = [("_next", at.as_str()), ("_back", at.as_str())];
    let columns = [
        ("_method", "PUT"),
        ("header_row", "0"),
        ("columns.code", "A"),
        ("columns.zone", "B"),
        ("columns.area", "C"),
        ("columns.fee", "D"),
        ("columns.power", ""),
    ];
    let action = |step: &str| format!("editions/hoi-cho/imports/{id}/{step}");
    send(&app, &owner, &action("mapping"), &[&next[..], &columns].concat()).await;
    let checked = send(&app, &owner, &action("check"), &next).await;
    let page = follow(&app, &owner, &checked).await;
    for shown in ["1 dòng lỗi", "1.500.000 đ", "9 m²", "Không hiểu “nhiều”", "/bad-rows"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let applied = send(&app, &owner, &action("apply"), &[&next[..], &[("mode", "good_rows")]].concat()).await;
    assert!(follow(&app, &owner, &applied).await.contains("Bảng này đã được nhập."));
    let booths = app.get("/editions/hoi-cho/booths?limit=500").by(&owner).send().await.expect(200);
    let made = booths["items"].as_array().unwrap().iter().find(|booth| booth["code"] == "B01").unwrap();
    assert_eq!((&made["area_dm2"], &made["fee"]), (&json!(900), &json!(1_500_000)));
    // The page asks before it undoes the import; it stays in the list.
    let page = follow(&app, &owner, &applied).await;
    let question = "name=\"_ask\" value=\"Hoàn tác lần nhập này? 1 mục mới bị xóa, 0 mục đã sửa trở về như trước.\"";
    assert!(page.contains(question), "{page}");
    let undone = send(&app, &owner, &action("undo"), &next).await;
    let page = follow(&app, &owner, &undone).await;
    assert!(page.contains("Lần nhập này đã được hoàn tác") && !page.contains("name=\"_ask\""), "{page}");
    let list = app.root("/manage/hoi-cho/imports").by(&owner).send().await;
    let list = String::from_utf8(list.body).unwrap();
    assert!(list.contains("gian.csv") && list.contains("Đã hoàn tác"), "{list}");
    let booths = app.get("/editions/hoi-cho/booths?limit=500").by(&owner).send().await.expect(200);
    assert!(booths["items"].as_array().unwrap().iter().all(|booth| booth["code"] != "B01"));
}

crate::on_both!(price_list_understands_typed_numbers, organiser_imports_a_table_by_pages_alone,);
