//! Phone numbers, stored in E.164: `+84912345678`.
use phonenumber::{Mode, country};

/// Parses a number as people write it; without a country code it is Vietnamese. Returns it in E.164, `None` if it is not a
/// possible number of its country.
pub fn parse(typed: &str) -> Option<String> {
    // The parser skips letters and words before a number; a phone number has none.
    let is_phone_char = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
    if typed.len() > 40 || !typed.chars().all(is_phone_char) {
        return None;
    }
    let number = phonenumber::parse(Some(country::VN), typed.trim()).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
}

/// A number in E.164 as it is dialled: Vietnamese ones without the country code, `0912 345 678`.
pub fn to_local(e164: &str) -> String {
    let Ok(number) = phonenumber::parse(None, e164) else { return e164.to_owned() };
    let is_vietnamese = number.country().id() == Some(country::VN);
    number.format().mode(if is_vietnamese { Mode::National } else { Mode::International }).to_string()
}

/// The digits by whose beginning a number in E.164 is found: with the country code, and of a Vietnamese one with a zero.
pub fn search_words(e164: &str) -> Vec<String> {
    let digits = e164.trim_start_matches('+').to_owned();
    let national = digits.strip_prefix("84").map(|rest| format!("0{rest}"));
    std::iter::once(digits).chain(national).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_vietnamese_unless_they_have_a_country_code() {
        for typed in ["0912 345 678", "+84 912 345 678", "(0912) 345.678", "0912345678", "84912345678"] {
            assert_eq!(parse(typed).as_deref(), Some("+84912345678"), "{typed}");
        }
        assert_eq!(parse("0203 3825 555").as_deref(), Some("+842033825555"));
        assert_eq!(parse("+856 20 5551 2345").as_deref(), Some("+8562055512345"));
    }

    #[test]
    fn what_is_no_number_is_rejected() {
        for typed in ["", "123", "0912 345", "gọi 0912 345 678", "0912 345 678 (Lan)", "09123456789012"] {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn numbers_are_shown_as_they_are_dialled() {
        assert_eq!(to_local("+84912345678"), "0912 345 678");
        assert_eq!(to_local("+8562055512345"), "+856 20 55 512 345");
    }

    #[test]
    fn vietnamese_numbers_are_found_with_and_without_the_country_code() {
        assert_eq!(search_words("+84912345678"), ["84912345678", "0912345678"]);
        assert_eq!(search_words("+8562055512345"), ["8562055512345"]);
    }

    proptest::proptest! {
        #[test]
        fn parsing_does_not_panic_and_is_stable(typed in "[0-9 +().x-]{0,20}") {
            if let Some(number) = parse(&typed) {
                proptest::prop_assert_eq!(parse(&number), Some(number.clone()));
                let _ = to_local(&number);
            }
        }
    }
}
