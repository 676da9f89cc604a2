//! Parses typed numbers with messages for what is refused.
use super::{errors::number_error, quantity::QuantityName};
use hoicho_core::i18n::LocalizedText;
use hoicho_spreadsheet::parse::{NumberContext, Quantity, parse_number};

/// Parses one typed value.
///
/// # Errors
/// What is wrong and what to do, if the text is not understood completely.
pub fn parse(typed: &str, quantity: Quantity, context: NumberContext) -> Result<i64, LocalizedText> {
    parse_number(typed, quantity, context).map_err(|error| number_error(&error, quantity))
}

/// Parses one value of a form, without a column around it; amounts in VND.
///
/// # Errors
/// As [`parse`].
pub fn parse_plain(typed: &str, quantity: QuantityName) -> Result<i64, LocalizedText> {
    parse(typed, quantity.quantity("VND"), NumberContext::default())
}
