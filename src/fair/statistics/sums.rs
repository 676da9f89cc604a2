//! Sums of sales.
use std::collections::BTreeSet;

use hoicho_core::values::{
    ids::{BoothId, ExhibitorId},
    money::Overflow,
};

/// Sellers that a published amount must have at least.
pub(super) const MIN_SELLERS: usize = 3;
/// Booths that a published amount must have at least: amounts of a single booth are not public either.
const MIN_BOOTHS: usize = 2;

/// Whether a sum of these is not published.
pub(super) fn is_too_few(sellers: usize, booths: usize) -> bool {
    sellers < MIN_SELLERS || booths < MIN_BOOTHS
}

/// Sum of sales, including the part of OCOP goods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sales {
    pub amount: i64,
    pub ocop: i64,
    pub reports: i64,
}

impl Sales {
    pub fn add(&mut self, sales: Sales) -> Result<(), Overflow> {
        self.amount = self.amount.checked_add(sales.amount).ok_or(Overflow)?;
        self.ocop = self.ocop.checked_add(sales.ocop).ok_or(Overflow)?;
        self.reports = self.reports.checked_add(sales.reports).ok_or(Overflow)?;
        Ok(())
    }

    /// Takes amounts off; the number of reports stays.
    pub fn subtract(&mut self, part: Sales) -> Result<(), Overflow> {
        self.amount = self.amount.checked_sub(part.amount).ok_or(Overflow)?;
        self.ocop = self.ocop.checked_sub(part.ocop).ok_or(Overflow)?;
        Ok(())
    }
}

/// Sum of a group of sales with those who sold.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub sales: Sales,
    /// Those who sold something. A nil report does not hide the amounts of others.
    pub sellers: BTreeSet<ExhibitorId>,
    /// Booths on which they sold it.
    pub booths: BTreeSet<BoothId>,
    /// Those with OCOP sales.
    pub ocop_sellers: BTreeSet<ExhibitorId>,
    /// Those with other sales.
    pub other_sellers: BTreeSet<ExhibitorId>,
}

impl Sum {
    pub fn add(&mut self, booth: BoothId, seller: ExhibitorId, sales: Sales) -> Result<(), Overflow> {
        self.sales.add(sales)?;
        if sales.amount != 0 {
            self.sellers.insert(seller);
            self.booths.insert(booth);
        }
        if sales.ocop != 0 {
            self.ocop_sellers.insert(seller);
        }
        if sales.amount != sales.ocop {
            self.other_sellers.insert(seller);
        }
        Ok(())
    }

    /// Whether there are reports, but of too few to publish the sum.
    pub fn is_small(&self) -> bool {
        let is_empty = self.sales.reports == 0 && self.sellers.is_empty();
        !is_empty && is_too_few(self.sellers.len(), self.booths.len())
    }

    /// Whether the OCOP part may be published: neither it nor the rest is of fewer than [`MIN_SELLERS`].
    pub fn shows_ocop(&self) -> bool {
        let is_hidden = |sellers: &BTreeSet<_>| (1..MIN_SELLERS).contains(&sellers.len());
        !is_hidden(&self.ocop_sellers) && !is_hidden(&self.other_sellers)
    }

    pub fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.sales.add(other.sales)?;
        self.sellers.extend(other.sellers);
        self.booths.extend(other.booths);
        self.ocop_sellers.extend(other.ocop_sellers);
        self.other_sellers.extend(other.other_sellers);
        Ok(())
    }
}
