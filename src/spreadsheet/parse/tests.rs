//! The tables of `tests/cases`, and properties of the parsers.
use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn rows(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn fair_days() -> Vec<NaiveDate> {
    (26..=30).map(|day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap()).collect()
}

fn in_dong(typed: &str) -> Result<i64, ParseError> {
    parse_number(typed, Quantity::Money(Currency::VND), NumberContext::default())
}

#[test]
fn table_of_numbers() {
    for row in rows(include_str!("../../../tests/cases/numbers.csv")) {
        let [kind, typed, unit, expected, _why] = row.as_slice() else { panic!("{row:?}") };
        let quantity = match kind.as_str() {
            "money" => Quantity::Money(Currency::VND),
            "area" => Quantity::Area,
            other => panic!("{other}"),
        };
        let title_unit = parse_title_unit(unit, quantity);
        assert_eq!(title_unit.is_some(), !unit.is_empty(), "{unit}");
        let shown = match parse_number(typed, quantity, NumberContext { title_unit, decimal_mark: None }) {
            Ok(value) => value.to_string(),
            Err(ParseError::Ambiguous(readings)) if readings.len() == 2 => "ask".to_owned(),
            Err(_) => "error".to_owned(),
        };
        assert_eq!(&shown, expected, "{row:?}");
    }
}

#[test]
fn table_of_days() {
    let days = fair_days();
    let context = DayContext { opening_days: &days, counts_from_1904: false };
    for row in rows(include_str!("../../../tests/cases/days.csv")) {
        let [kind, typed, expected, _why] = row.as_slice() else { panic!("{row:?}") };
        let parsed = match kind.as_str() {
            "day" => parse_day(typed, context),
            "expiry" => parse_expiry(typed, context),
            other => panic!("{other}"),
        };
        let shown = match parsed {
            Ok(day) => day.to_string(),
            Err(DayError::Ambiguous(_)) => "ask".to_owned(),
            Err(_) => "error".to_owned(),
        };
        assert_eq!(&shown, expected, "{row:?}");
    }
}

#[test]
fn position_and_day_of_the_month_ask_when_they_differ() {
    let days: Vec<NaiveDate> = [(11, 30), (12, 1)].map(|(m, d)| NaiveDate::from_ymd_opt(2026, m, d).unwrap()).to_vec();
    let context = DayContext { opening_days: &days, counts_from_1904: false };
    assert_eq!(parse_day("Ngày 1", context), Err(DayError::Ambiguous(vec![days[1], days[0]])));
    assert_eq!(parse_day("Ngày 2", context), Ok(days[1]));
}

#[test]
fn table_of_hours() {
    for row in rows(include_str!("../../../tests/cases/hours.csv")) {
        let [typed, expected, _why] = row.as_slice() else { panic!("{row:?}") };
        let time = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let shown = match parse_hours(typed) {
            Ok(Hours { start, end: None }) => time(start),
            Ok(Hours { start, end: Some(end) }) => format!("{}-{}", time(start), time(end)),
            Err(_) => "error".to_owned(),
        };
        assert_eq!(&shown, expected, "{row:?}");
    }
}

#[test]
fn table_of_yes_and_no() {
    for row in rows(include_str!("../../../tests/cases/yes_no.csv")) {
        let [typed, expected, _why] = row.as_slice() else { panic!("{row:?}") };
        let shown = match parse_yes_no(typed) {
            Ok(true) => "yes",
            Ok(false) => "no",
            Err(NotYesOrNo) => "error",
        };
        assert_eq!(shown, expected, "{row:?}");
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let disagree = NumberContext { title_unit: Some(Unit::Scale(6)), decimal_mark: None };
    let millions = |typed| parse_number(typed, Quantity::Money(Currency::VND), disagree);
    assert_eq!(millions("15.500.000"), Err(ParseError::NumberAndUnitDisagree));
    assert_eq!(in_dong("12,5"), Err(ParseError::NotWhole));
    assert_eq!(in_dong("2 x 1.500.000"), Err(ParseError::Calculation));
    assert_eq!(in_dong("=1+1"), Err(ParseError::Calculation));
    assert_eq!(in_dong("800 USD"), Err(ParseError::OtherCurrency));
    assert_eq!(in_dong("$800"), Err(ParseError::OtherCurrency));
    assert_eq!(in_dong("A02-03"), Err(ParseError::UnknownUnit("a02".to_owned())));
    assert_eq!(in_dong("12 bao"), Err(ParseError::UnknownUnit("bao".to_owned())));
    assert_eq!(in_dong("7,125 triệu"), Err(ParseError::Ambiguous(vec![7_125_000, 7_125_000_000])));
    assert_eq!(in_dong("-7,125 triệu"), Err(ParseError::Ambiguous(vec![-7_125_000, -7_125_000_000])));
    assert_eq!(in_dong("1tr50"), Err(ParseError::Ambiguous(vec![1_500_000, 1_050_000])));
    let words = ParseError::WordsDiffer { words: 50_000, figures: 500_000 };
    assert_eq!(in_dong("500.000 (năm mươi nghìn đồng)"), Err(words));
    assert_eq!(in_dong("99999999999999999999"), Err(ParseError::TooLarge));
    assert_eq!(in_dong("9223372036854775807"), Ok(i64::MAX));
    assert_eq!(in_dong("9223372036854775808"), Err(ParseError::TooLarge));
    assert_eq!(in_dong("  "), Err(ParseError::Empty));
    for typed in
        ["-", "–", "(", ")", "()", "1.2.3.4", "1..5", "12.", ".5", "12 34", "--5", "1.25.000", "5-7", "½", "D12"]
    {
        assert!(in_dong(typed).is_err(), "{typed}");
    }
}

#[test]
fn other_currencies_have_minor_units() {
    let euro = Quantity::Money(Currency::from_code("EUR", 2).unwrap());
    let parse = |typed| parse_number(typed, euro, NumberContext::default());
    assert_eq!(parse("12,5"), Ok(1_250));
    assert_eq!(parse("1.250"), Ok(125_000));
    assert_eq!(parse("800 EUR"), Ok(80_000));
    assert_eq!(parse("800 đ"), Err(ParseError::OtherCurrency));
    assert_eq!(parse("0,005"), Err(ParseError::NotWhole));
}

#[test]
fn counts_are_whole_numbers_of_things() {
    let parse = |typed| parse_number(typed, Quantity::Count, NumberContext::default());
    assert_eq!(parse("1.250"), Ok(1_250));
    assert_eq!(parse("1.250 lượt khách"), Ok(1_250));
    assert_eq!(parse("5 gian"), Ok(5));
    assert_eq!(parse("1,2 nghìn"), Ok(1_200));
    assert_eq!(parse("2,5"), Err(ParseError::NotWhole));
    assert_eq!(parse("5 triệu đồng"), Err(ParseError::OtherCurrency));
    assert_eq!(parse("5 bao"), Err(ParseError::UnknownUnit("bao".to_owned())));
}

#[test]
fn unambiguous_cells_of_a_column_decide() {
    let parse = |cells: &[&str], typed| {
        let decimal_mark = column_decimal_mark(cells.iter().copied());
        let context = NumberContext { title_unit: Some(Unit::Scale(6)), decimal_mark };
        parse_number(typed, Quantity::Money(Currency::VND), context)
    };
    assert_eq!(parse(&["7.5", "7.125", "12"], "7.125"), Ok(7_125_000));
    assert_eq!(parse(&["7,5", "7.125", "12"], "7.125"), Ok(7_125_000_000));
    let asks = Err(ParseError::Ambiguous(vec![7_125_000, 7_125_000_000]));
    assert_eq!(parse(&["7.125", "12"], "7.125"), asks);
    assert_eq!(parse(&["7.5", "7,5"], "7.125"), asks);
}

#[test]
fn units_are_found_in_titles() {
    let money = |title| parse_title_unit(title, Quantity::Money(Currency::VND));
    for title in [
        "Doanh thu (triệu đồng)",
        "Đơn vị tính: triệu đồng",
        "(ĐVT: triệu đồng)",
        "Doanh thu - triệu đồng",
        "Doanh thu (million VND)",
        "DOANH THU (TRIỆU ĐỒNG)",
        "Doanh thu (trđ)",
        "Phí (Tr.đ)",
        "Phí (triệu đồng/gian)",
        // Accents as characters of their own.
        "Phi\u{301} (trie\u{302}\u{323}u \u{111}o\u{302}\u{300}ng)",
    ] {
        assert_eq!(money(title), Some(Unit::Scale(6)), "{title}");
    }
    for title in
        ["Doanh thu (1.000 đồng)", "Doanh thu x1000", "Doanh thu (nghìn đ)", "(ĐVT: 1.000đ)", "Doanh thu 1000đ"]
    {
        assert_eq!(money(title), Some(Unit::Scale(3)), "{title}");
    }
    assert_eq!(money("Phí (đồng)"), Some(Unit::Scale(0)));
    assert_eq!(money("Fee (USD)"), Some(Unit::OtherCurrency));
    for title in ["Doanh thu", "Doanh thu công ty", "Ngân sách", "Doanh thu (cả ngày)", "Tỷ lệ", "Doanh thu ngày 1", ""]
    {
        assert_eq!(money(title), None, "{title}");
    }
    for title in ["Doanh thu (vạn đồng)", "ĐVT: thùng", "Doanh thu (nghìn tấn)", "Doanh thu (chục triệu)"]
    {
        assert_eq!(money(title), Some(Unit::Unknown), "{title}");
    }
    for title in ["Doanh thu (theo hợp đồng)", "Doanh thu (OCOP)", "Phí (2 ngày)", "Phí (đã gồm VAT)"] {
        assert_eq!(money(title), None, "{title}");
    }
    // A date is no unit.
    assert_eq!(money("1/3"), None);
    assert_eq!(parse_title_unit("Diện tích (dm²)", Quantity::Area), Some(Unit::SquareDecimetre));
    assert_eq!(parse_title_unit("Diện tích m2", Quantity::Area), Some(Unit::SquareMetre));
    assert_eq!(parse_title_unit("Diện tích", Quantity::Area), None);
    assert_eq!(parse_title_unit("Diện tích (ha)", Quantity::Area), Some(Unit::Unknown));
    let unknown = NumberContext { title_unit: Some(Unit::Unknown), decimal_mark: None };
    let money = |typed| parse_number(typed, Quantity::Money(Currency::VND), unknown);
    assert_eq!(money("7.125"), Err(ParseError::UnknownTitleUnit));
    assert_eq!(money("7,5 triệu"), Ok(7_500_000), "a cell's own unit wins");
}

#[test]
fn words_are_read_in_all_variants() {
    for (text, number) in [
        ("Năm trăm nghìn đồng", Some(500_000)),
        ("một triệu hai trăm năm mươi nghìn", Some(1_250_000)),
        ("Một triệu hai trăm năm mươi ngàn đồng chẵn./.", Some(1_250_000)),
        ("hai trăm linh năm", Some(205)),
        ("hai trăm lẻ năm", Some(205)),
        ("hai mươi tư", Some(24)),
        ("hai mươi bốn", Some(24)),
        ("hai mươi mốt", Some(21)),
        ("mười lăm triệu", Some(15_000_000)),
        ("ba triệu rưỡi", Some(3_500_000)),
        ("một nghìn tỷ", Some(1_000_000_000_000)),
        ("bằng chữ: chín tỷ năm trăm triệu đồng", Some(9_500_000_000)),
        ("nam tram nghin dong", Some(500_000)),
        ("hai muoi lam", Some(25)),
        ("không", Some(0)),
        ("chưa VAT", None),
        ("triệu", None),
        ("hai trăm năm", None),
        ("năm trăm nghìn triệu", None),
        ("", None),
    ] {
        assert_eq!(words::parse(text), number, "{text}");
    }
    assert_eq!(in_vietnamese(15_500_000), "mười lăm triệu năm trăm nghìn");
    assert_eq!(in_vietnamese(1_005_000), "một triệu không trăm linh năm nghìn");
    assert_eq!(in_english(15_500_000), "fifteen million five hundred thousand");
    assert_eq!(in_english(-42), "minus forty two");
}

fn grouped(digits: &str, separator: &str) -> String {
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
    groups.join(separator)
}

proptest! {
    #[test]
    fn parsing_never_panics(typed in ".{0,40}", other in "[0-9.,() xtrkđ²m-]{0,20}") {
        let days = fair_days();
        let context = DayContext { opening_days: &days, counts_from_1904: false };
        for text in [&typed, &other] {
            for quantity in [Quantity::Money(Currency::VND), Quantity::Count, Quantity::Area] {
                for title_unit in [None, Some(Unit::Scale(6)), Some(Unit::OtherCurrency), Some(Unit::Unknown)] {
                    let _ = parse_number(text, quantity, NumberContext { title_unit, decimal_mark: None });
                }
                let _ = parse_title_unit(text, quantity);
            }
            let _ = (parse_day(text, context), parse_expiry(text, context), parse_hours(text), parse_yes_no(text));
        }
    }

    #[test]
    fn an_amount_has_one_value_in_all_spellings(amount in 0_i64..1_000_000_000_000_000) {
        let digits = amount.to_string();
        let mut spellings = vec![digits.clone(), format!("{digits}đ"), format!("{digits} VND"), format!("{digits}000E-3")];
        for separator in [".", ",", " ", "\u{a0}"] {
            spellings.push(grouped(&digits, separator));
            spellings.push(format!("{} đồng", grouped(&digits, separator)));
        }
        spellings.push(format!("{} ({} đồng)", grouped(&digits, "."), in_vietnamese(amount)));
        if amount >= 1_000 {
            spellings.push(format!("{},00", grouped(&digits, ".")));
            spellings.push(format!("{}.00", grouped(&digits, ",")));
        }
        for typed in spellings {
            // Scientific notation has digits for one mark only; long numbers overflow it.
            prop_assert_eq!(in_dong(&typed), Ok(amount), "{}", typed);
            if amount > 0 {
                let (minus, brackets) = (in_dong(&format!("-{typed}")), in_dong(&format!("({typed})")));
                prop_assert_eq!(minus, Ok(-amount), "-{}", typed);
                prop_assert!(typed.contains('(') || brackets == Ok(-amount), "({})", typed);
            }
        }
    }

    #[test]
    fn words_round_trip(number in 0_i64..=i64::MAX / 10) {
        prop_assert_eq!(words::parse(&in_vietnamese(number)), Some(number), "{}", in_vietnamese(number));
    }

    #[test]
    fn millions_with_a_fraction_are_read_in_both_spellings(whole in 0_i64..90_000, fraction in 1_i64..100) {
        let expected = whole * 1_000_000 + fraction * 10_000;
        for mark in [",", "."] {
            prop_assert_eq!(in_dong(&format!("{whole}{mark}{fraction:02} triệu")), Ok(expected));
        }
    }
}
