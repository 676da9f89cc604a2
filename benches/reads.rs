//! Public reads compared with a bare actix handler that returns as many bytes: `cargo bench --bench reads`. Measured
//! alternately, several times in one run; figures go to `target/figures/reads.json`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that breaks should say where")]
mod figures;
#[expect(dead_code, reason = "other measurements use the rest")]
mod load;

use std::{net::TcpStream, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::prelude::*;
use figures::Figures;
use hoicho_core::{
    db::{DatabaseUrl, Tx},
    on_either,
};
use hoicho_web::http::Problem;
use load::{Served, exchange, execute_all, get, in_turn, rate, serve_demo};

/// Number of closed-loop connections.
const CLIENTS: usize = 16;
/// Duration of one measurement.
const TURN: Duration = Duration::from_millis(1_500);
/// Measurements of each side, after one warm-up.
const TURNS: usize = 6;
/// The largest past edition of the demo: 460 booths, seven days.
const LIVE: &str = "ocop-mien-bac-2018";
/// Editions as large as that beside it.
const COPIES: u32 = 1_000;

/// Requests per second.
fn load(port: u16, request: &[u8]) -> f64 {
    rate(CLIENTS, TURN, port, |stream, buffer| {
        exchange(stream, request, buffer);
    })
}

/// The bare handler: a body, or a header only, of the requested size.
async fn bare(req: HttpRequest, size: web::Path<(u16, usize)>, bodies: web::Data<web::Bytes>) -> HttpResponse {
    let (status, size) = size.into_inner();
    let _ = req;
    if status == 304 {
        let pad = actix_web::http::header::HeaderValue::from_bytes(&bodies[..size]).unwrap();
        return HttpResponse::NotModified().insert_header(("x-pad", pad)).finish();
    }
    HttpResponse::Ok().content_type("application/json").body(bodies.slice(..size))
}

/// A server with the bare handler.
fn serve_bare() -> u16 {
    let (sender, ports) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let bodies = web::Data::new(web::Bytes::from(vec![b'x'; 4 << 20]));
            let server = HttpServer::new(move || {
                App::new().app_data(bodies.clone()).route("/bare/{status}/{size}", web::get().to(bare))
            })
            .workers(2)
            .bind(("127.0.0.1", 0))
            .unwrap();
            sender.send(server.addrs()[0].port()).unwrap();
            server.run().await.unwrap();
        });
    });
    ports.recv().unwrap()
}

/// Measures both servers alternately with responses of equal size.
fn beside(figures: &mut Figures, (ours, bare): (u16, u16), name: &str, path: &str, headers: &str, if_none_match: bool) {
    let mut buffer = Vec::new();
    let mut stream = TcpStream::connect(("127.0.0.1", ours)).unwrap();
    let mut headers = headers.to_owned();
    if if_none_match {
        exchange(&mut stream, &get(path, &headers), &mut buffer);
        let head = String::from_utf8_lossy(&buffer).into_owned();
        let tag = head.lines().find_map(|l| l.strip_prefix("etag: ")).unwrap().to_owned();
        headers += &format!("if-none-match: {tag}\r\n");
    }
    let mine = get(path, &headers);
    let bytes = exchange(&mut stream, &mine, &mut buffer);
    let status = if if_none_match { 304 } else { 200 };
    assert!(
        buffer.starts_with(format!("HTTP/1.1 {status}").as_bytes()),
        "{path}: {}",
        String::from_utf8_lossy(&buffer)
    );
    // The difference in header size is added to the other's body or header.
    let theirs = |size: usize| get(&format!("/bare/{status}/{size}"), &headers);
    let mut other = TcpStream::connect(("127.0.0.1", bare)).unwrap();
    let mut size = bytes - exchange(&mut other, &theirs(0), &mut buffer);
    let got = exchange(&mut other, &theirs(size), &mut buffer);
    size = size + bytes - got;
    assert_eq!(exchange(&mut other, &theirs(size), &mut buffer), bytes);
    let (mine, theirs) = in_turn(TURNS, || load(ours, &mine), || load(bare, &theirs(size)));
    let name = format!("{name}{}, {bytes} bytes", if if_none_match { ", unchanged (304)" } else { "" });
    figures.add(name, mine, "requests/s", Some(theirs));
}

/// Reopens the largest past edition, so that its figures are computed for each request.
fn reopen(served: &Served) {
    let steps = [
        format!("DELETE FROM final_figures WHERE edition_id = (SELECT id FROM editions WHERE slug = '{LIVE}')"),
        format!("UPDATE editions SET state = 'published' WHERE slug = '{LIVE}'"),
    ];
    execute_all(&served.db, steps);
}

/// Tables of an edition, and their columns that reference rows of the same edition.
const PARTS: [(&str, &str); 9] = [
    ("opening_days", "edition_id"),
    ("zones", "id edition_id"),
    ("booths", "id edition_id zone_id"),
    ("applications", "id edition_id"),
    ("allocations", "id edition_id booth_id application_id"),
    ("occupancies", "edition_id booth_id allocation_id"),
    ("sales_reports", "id edition_id booth_id"),
    ("gates", "id edition_id"),
    ("visit_events", "id edition_id gate_id"),
];

/// Fills the database with copies of that edition: 460 booths, seven days of reports and counts each. A copy's identifiers
/// begin with its number.
fn copy_edition(served: &Served, copies: u32) {
    let columns = |table: &str| -> Vec<String> {
        #[derive(QueryableByName)]
        struct Column {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let asked = format!("SELECT name FROM pragma_table_info('{table}')");
        let found: Vec<Column> = served
            .db
            .write_blocking(|tx: &mut Tx<'_>| {
                Ok::<_, Problem>(on_either!(tx, |c| diesel::sql_query(&asked).load::<Column>(c))?)
            })
            .unwrap();
        found.into_iter().map(|column| column.name).collect()
    };
    let triggers = "editions zones booths allocations opening_days participants applications exhibitors";
    let dropped = triggers.split(' ').flat_map(|table| {
        ["insert", "update", "delete"].map(|on| format!("DROP TRIGGER IF EXISTS {table}_{on}_touch"))
    });
    execute_all(&served.db, dropped);
    let own = |number: u32, column: &str| format!("CAST(x'{number:08x}' || substr({column}, 5) AS BLOB)");
    let tables: Vec<_> =
        std::iter::once(("editions", "id")).chain(PARTS).map(|(t, ids)| (t, ids, columns(t))).collect();
    for number in 1..=copies {
        let steps = tables.iter().map(|(table, ids, columns)| {
            let value = |column: &String| match column.as_str() {
                "slug" => format!("slug || '-{number}'"),
                column if ids.split(' ').any(|id| id == column) => own(number, column),
                column => column.to_owned(),
            };
            let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
            let edition = if *table == "editions" { "id" } else { "edition_id" };
            format!(
                "INSERT INTO {table} ({}) SELECT {values} FROM {table} \
                 WHERE {edition} = (SELECT id FROM editions WHERE slug = '{LIVE}')",
                columns.join(", ")
            )
        });
        execute_all(&served.db, steps);
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        serve_demo(&DatabaseUrl::Sqlite(folder.join("bench.sqlite")), &folder, 8)
    };
    let served = open("few");
    let ports = (served.port, serve_bare());
    let mut figures = Figures::default();
    let edition = format!("/api/v1/editions/{LIVE}");
    let list = format!("{edition}/booths?limit=500");
    let booths = served.get(&list);
    let booth = format!("{edition}/booths/{}", booths["items"][0]["id"].as_str().unwrap());
    let statistics = format!("{edition}/statistics");
    let packed = "accept-encoding: gzip, deflate, br\r\n";
    for (name, path, headers) in [
        ("an edition", &edition, ""),
        ("an edition, packed", &edition, packed),
        ("a booth", &booth, ""),
        ("460 booths", &list, ""),
        ("460 booths, packed", &list, packed),
        ("statistics, final", &statistics, ""),
        ("an edition at once", &format!("{edition}/page"), packed),
    ] {
        for if_none_match in [false, true] {
            beside(&mut figures, ports, name, path, headers, if_none_match);
        }
    }
    // Figures are computed for each authenticated request.
    let many = open("many");
    let login = served.login();
    for served in [&served, &many] {
        reopen(served);
    }
    beside(&mut figures, ports, "statistics, live, of 460 booths and 7 days", &statistics, &login, false);
    println!("copying an edition {COPIES} times");
    copy_edition(&many, COPIES);
    let (few, more) = (get(&statistics, &login), get(&statistics, &many.login()));
    let (of_many, of_few) = in_turn(TURNS, || load(many.port, &more), || load(served.port, &few));
    let name = format!("statistics, live, beside {COPIES} editions as large; baseline: beside 3");
    figures.add(name, of_many, "requests/s", Some(of_few));
    figures.publish("reads").unwrap();
    std::process::exit(0);
}
