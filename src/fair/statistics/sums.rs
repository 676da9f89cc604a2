//! Sums of sales.
use std::collections::BTreeSet;

use hoicho_core::values::{ids::ExhibitorId, money::Overflow};

/// Sellers that a published amount must have at least.
pub(super) const MIN_SELLERS: usize = 3;

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
        self.reports += sales.reports;
        Ok(())
    }
}

/// Sum of a group of sales with those who sold.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub sales: Sales,
    /// Everybody with a report, including nil reports.
    pub sellers: BTreeSet<ExhibitorId>,
    /// Those with OCOP sales.
    pub ocop_sellers: BTreeSet<ExhibitorId>,
    /// Those with other sales.
    pub other_sellers: BTreeSet<ExhibitorId>,
}

impl Sum {
    pub fn add(&mut self, seller: ExhibitorId, sales: Sales) -> Result<(), Overflow> {
        self.sales.add(sales)?;
        self.sellers.insert(seller);
        if sales.ocop != 0 {
            self.ocop_sellers.insert(seller);
        }
        if sales.amount != sales.ocop {
            self.other_sellers.insert(seller);
        }
        Ok(())
    }

    /// Whether the OCOP part may be published: neither it nor the rest is of fewer than [`MIN_SELLERS`].
    pub fn shows_ocop(&self) -> bool {
        let is_hidden = |sellers: &BTreeSet<_>| (1..MIN_SELLERS).contains(&sellers.len());
        !is_hidden(&self.ocop_sellers) && !is_hidden(&self.other_sellers)
    }

    pub fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.sales.add(other.sales)?;
        self.sellers.extend(other.sellers);
        self.ocop_sellers.extend(other.ocop_sellers);
        self.other_sellers.extend(other.other_sellers);
        Ok(())
    }
}
