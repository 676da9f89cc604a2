//! What an import needs to know of its edition.
use crate::{editions, typed_values::QuantityName};
use hoicho_core::{
    db::Tx,
    values::{clock::Day, ids::EditionId},
};
use hoicho_spreadsheet::parse::{Currency, DayContext, Quantity};
use hoicho_web::http::Problem;

/// Opening days and currency of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportContext {
    /// In order.
    pub days: Vec<Day>,
    /// Currency of the amounts.
    pub currency: Currency,
}

impl ImportContext {
    /// Loads them.
    pub fn load(tx: &mut Tx<'_>, edition: EditionId) -> Result<Self, Problem> {
        let days = editions::store::list_days(tx, edition)?.into_iter().map(|d| d.day).collect();
        let currency = match QuantityName::Money.quantity(&editions::store::find(tx, edition)?.currency) {
            Quantity::Money(currency) => currency,
            Quantity::Count | Quantity::Area => Currency::VND,
        };
        Ok(Self { days, currency })
    }

    pub(super) fn day_context(&self, counts_from_1904: bool) -> DayContext<'_> {
        DayContext { opening_days: &self.days, counts_from_1904 }
    }
}
