//! Vietnamese tax codes: 10 digits, the tenth a check digit; a branch adds `-001`; household businesses
//! have used the 12-digit personal number since 2025.
use super::LegalForm;

const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/// Validates a code for a legal form; returns it without whitespace, `None` if it is invalid.
pub fn parse(text: &str, form: LegalForm) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (main, branch) = code.split_once('-').map_or((code.as_str(), None), |(main, branch)| (main, Some(branch)));
    let digits: Vec<u32> = main.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let branch_is_valid = branch.is_none_or(|b| b.len() == 3 && b.bytes().all(|b| b.is_ascii_digit()));
    let is_personal_number = form == LegalForm::HouseholdBusiness && digits.len() == 12 && branch.is_none();
    (is_personal_number || (branch_is_valid && check_digit_is_valid(&digits))).then_some(code)
}

/// Computes the tenth digit from the first nine: 10 − (Σ digit × weight mod 11). A remainder of 0 gives 10, which is not
/// a digit; such codes are never issued.
pub fn check_digit(nine: &[u32]) -> Option<u32> {
    let sum: u32 = nine.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    Some(10 - sum % 11).filter(|digit| nine.len() == 9 && *digit < 10)
}

fn check_digit_is_valid(digits: &[u32]) -> bool {
    let [nine @ .., check] = digits else { return false };
    check_digit(nine) == Some(*check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_real_codes() {
        for code in ["0300588569", "0100109106", "0101248141", "0100233488", "0100109106-001"] {
            assert!(parse(code, LegalForm::Enterprise).is_some(), "{code}");
        }
    }

    #[test]
    fn accepts_personal_numbers_of_household_businesses_only() {
        assert!(parse("022190001234", LegalForm::HouseholdBusiness).is_some());
        assert!(parse("022190001234", LegalForm::CoOperative).is_none());
    }

    proptest::proptest! {
        #[test]
        fn rejects_one_wrong_digit(index in 0_usize..10, offset in 1_u32..10) {
            let mut digits: Vec<u32> = "0100109106".chars().map(|c| c.to_digit(10).unwrap()).collect();
            digits[index] = (digits[index] + offset) % 10;
            let code: String = digits.iter().map(u32::to_string).collect();
            proptest::prop_assert!(parse(&code, LegalForm::Enterprise).is_none());
        }
        #[test]
        fn does_not_panic_on_arbitrary_text(text in ".{0,30}") {
            let _ = parse(&text, LegalForm::Enterprise);
        }
    }
}
