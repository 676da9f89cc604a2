//! `hoicho import`: table import from the command line.
use std::{fmt::Write, path::Path};

use serde_json::json;

use crate::server::{Server, hoicho, login, shown};

#[test]
fn import_command_checks_applies_and_writes_bad_rows() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let server = Server::demo(&data, &[]);
    let token = login(&server);
    let demo = "/editions/ocop-quang-ninh-demo";
    let days = server.get(&format!("{demo}/opening-days"), None);
    let day = days["items"][0]["day"].as_str().unwrap().to_owned();
    for n in 0..50 {
        server.post(&format!("{demo}/gates"), &token, &json!({ "name": format!("Cổng số {n}") }));
    }
    let before = server.get(&format!("{demo}/visit-counts"), Some(&token))["items"].as_array().unwrap().len();
    server.stop();
    let mut table = "LƯỢT KHÁCH\nNgày;Giờ;Cổng;Lượt khách\n".to_owned();
    for gate in 0..50 {
        for hour in 0..24 {
            writeln!(table, "{day};{hour}h;Cổng số {gate};1.000").unwrap();
        }
    }
    table += "32/13/2026;8h;Cổng số 1;5\n";
    let file = folder.path().join("khach.csv");
    std::fs::write(&file, table).unwrap();
    let import = |more: &[&Path]| {
        let mut command = hoicho(folder.path());
        command.args(["import", "visits", "ocop-quang-ninh-demo"]).arg(&file).args(more).arg("--data-dir").arg(&data);
        let done = command.output().unwrap();
        (done.status.success(), shown(&done.stdout) + &shown(&done.stderr))
    };
    let (good, said) = import(&["--check".as_ref(), "--language".as_ref(), "en".as_ref()]);
    assert!(
        good && said.contains("1200") && said.contains("no such day") && said.contains("Nothing was changed"),
        "{said}"
    );
    let (good, said) = import(&[]);
    assert!(!good && said.contains("nothing was imported"), "{said}");
    let bad = folder.path().join("bad.csv");
    let (good, said) = import(&["--good-rows".as_ref(), "--bad-rows".as_ref(), &bad]);
    assert!(good && said.contains("Imported"), "{said}");
    assert_eq!(std::fs::read_to_string(&bad).unwrap().lines().count(), 2);
    let server = Server::demo(&data, &[]);
    let after = server.get(&format!("{demo}/visit-counts"), Some(&login(&server)));
    assert_eq!(after["items"].as_array().unwrap().len(), before + 1_200);
    server.stop();
}

/// Every row of `numbers.csv` in đồng as the only amount of a table.
#[test]
fn import_command_understands_typed_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let server = Server::demo(&data, &[]);
    let day = server.get("/editions/ocop-quang-ninh-demo/opening-days", None)["items"][0]["day"].clone();
    server.stop();
    let mut reader = csv::Reader::from_reader(include_str!("../cases/numbers.csv").as_bytes());
    for row in reader.records().map(Result::unwrap).filter(|row| &row[0] == "money") {
        let title = if row[2].is_empty() { "Doanh thu".to_owned() } else { format!("Doanh thu ({})", &row[2]) };
        let day = day.as_str().unwrap();
        let table = format!("sep=;\nGian;Ngày;{title}\nA01;{day};\"{}\"\n", &row[1]);
        let file = folder.path().join("doanh-thu.csv");
        std::fs::write(&file, table).unwrap();
        let mut command = hoicho(folder.path());
        command
            .args(["import", "sales", "ocop-quang-ninh-demo"])
            .arg(&file)
            .arg("--check")
            .arg("--data-dir")
            .arg(&data);
        let done = command.output().unwrap();
        let said = shown(&done.stdout) + &shown(&done.stderr);
        match row[3].parse::<i64>() {
            Ok(value) => assert!(said.contains(&format!(" {value} ")), "{row:?}: {said}"),
            Err(_) => assert!(said.contains("│ amount"), "{row:?}: {said}"),
        }
    }
}
