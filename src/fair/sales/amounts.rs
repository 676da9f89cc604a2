//! Range of the amounts of reports and deals.
use hoicho_core::i18n::MessageId;
use hoicho_web::http::{FieldCode, Validator};

hoicho_web::number_ranges! {
    /// Amount of a deal, or of one booth and day, in minor units: the sum of an edition fits in 64 bits.
    SalesAmount i64 0..=1_000_000_000_000,
}

/// Validates an amount at `pointer`, minor units.
pub(super) fn validate_amount(checks: &mut Validator, pointer: &str, amount: i64) {
    checks.require(SalesAmount::RANGE.contains(&amount), pointer, FieldCode::Range, MessageId("error-amount-range"));
}

/// Validates the total sales and those of OCOP goods, minor units; `pointer` is the JSON pointer of their object.
pub(super) fn validate(checks: &mut Validator, pointer: &str, amount: i64, ocop_amount: i64) {
    validate_amount(checks, &format!("{pointer}/amount"), amount);
    checks.require(
        (0..=amount.max(0)).contains(&ocop_amount),
        &format!("{pointer}/ocop_amount"),
        FieldCode::Range,
        MessageId("error-ocop-amount-range"),
    );
}
