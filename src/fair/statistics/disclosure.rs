//! What a published table may show. Amounts of a named seller are not public, and neither is a sum from which one could be
//! computed: a group of fewer than three sellers, or of a single booth, is folded into "others".
use super::sums::{Sales, Sum};

/// Who a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum Audience {
    /// The organiser's staff and its API keys: everything.
    Organiser,
    /// Everybody.
    Public,
}

/// Groups of a table that may be shown, and whether their OCOP part may be.
pub(super) struct Disclosed<K> {
    /// Empty if even all groups together have too few sellers.
    pub groups: Vec<(K, Sales)>,
    pub shows_ocop: bool,
}

/// Folds groups with too few sellers into one with the key `others`, which the next smallest group joins as long as it has too few
/// itself. Without a key for others no group is shown instead. Groups that nobody sold in stay.
pub(super) fn disclose<K>(groups: Vec<(K, Sum)>, audience: Audience, others: Option<K>) -> Disclosed<K> {
    if audience == Audience::Organiser {
        let groups = groups.into_iter().map(|(key, sum)| (key, sum.sales)).collect();
        return Disclosed { groups, shows_ocop: true };
    }
    let none = || Disclosed { groups: Vec::new(), shows_ocop: false };
    let (small, mut shown): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, sum)| sum.is_small());
    if !small.is_empty() {
        let Some(others) = others else { return none() };
        let mut folded = Sum::default();
        for (_, sum) in small {
            if folded.merge(sum).is_err() {
                return none();
            }
        }
        while folded.is_small() {
            let smallest = shown.iter().enumerate().filter(|(_, (_, sum))| !sum.sellers.is_empty());
            let Some((index, _)) = smallest.min_by_key(|(_, (_, sum))| (sum.sellers.len(), sum.sales.amount)) else {
                return none();
            };
            if folded.merge(shown.remove(index).1).is_err() {
                return none();
            }
        }
        shown.push((others, folded));
    }
    // One hidden cell could be computed from the others and the total, so none is shown.
    let shows_ocop = shown.iter().all(|(_, sum)| sum.shows_ocop());
    Disclosed { groups: shown.into_iter().map(|(key, sum)| (key, sum.sales)).collect(), shows_ocop }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hoicho_core::values::ids::{BoothId, ExhibitorId};
    use proptest::prelude::*;

    use super::{super::sums::MIN_SELLERS, *};
    use crate::tables::OTHERS;

    /// A group whose sellers have these numbers, each with its amount; those with an even amount sell OCOP goods.
    fn sum(sellers: &[(u128, i64)]) -> Sum {
        let mut sum = Sum::default();
        for (seller, amount) in sellers {
            let ocop = if amount % 2 == 0 { *amount } else { 0 };
            let sales = Sales { amount: *amount, ocop, reports: 1 };
            let id = uuid::Uuid::from_u128(*seller);
            sum.add(BoothId(id), ExhibitorId(id), sales).unwrap();
        }
        sum
    }

    fn shown(groups: &[(&'static str, &[(u128, i64)])], audience: Audience) -> (Vec<(&'static str, i64)>, bool) {
        let groups = groups.iter().map(|(name, sellers)| (*name, sum(sellers))).collect();
        let disclosed = disclose(groups, audience, Some(OTHERS));
        (disclosed.groups.into_iter().map(|(name, sales)| (name, sales.amount)).collect(), disclosed.shows_ocop)
    }

    const LARGE: (&str, &[(u128, i64)]) = ("large", &[(1, 10), (2, 20), (3, 30), (4, 40)]);
    const MEDIUM: (&str, &[(u128, i64)]) = ("medium", &[(5, 2), (6, 2), (7, 2)]);
    const PAIR: (&str, &[(u128, i64)]) = ("pair", &[(8, 4), (9, 6)]);
    const ONE: (&str, &[(u128, i64)]) = ("one", &[(10, 8)]);
    const NOBODY: (&str, &[(u128, i64)]) = ("nobody", &[]);

    #[test]
    fn small_groups_are_folded_for_the_public_only() {
        let groups = [LARGE, PAIR, ONE, NOBODY];
        assert_eq!(shown(&groups, Audience::Public).0, [("large", 100), ("nobody", 0), ("others", 18)]);
        let all = [("large", 100), ("pair", 10), ("one", 8), ("nobody", 0)];
        assert_eq!(shown(&groups, Audience::Organiser), (all.to_vec(), true));
    }

    #[test]
    fn smallest_group_joins_others_that_are_too_few() {
        assert_eq!(shown(&[LARGE, MEDIUM, ONE], Audience::Public).0, [("large", 100), ("others", 14)]);
    }

    #[test]
    fn nothing_is_shown_of_too_few_sellers() {
        assert_eq!(shown(&[PAIR, NOBODY], Audience::Public), (vec![], false));
    }

    #[test]
    fn same_seller_in_two_small_groups_counts_once() {
        let again: (&str, &[(u128, i64)]) = ("again", &[(8, 4), (9, 6)]);
        assert_eq!(shown(&[PAIR, again], Audience::Public).0, []);
    }

    #[test]
    fn nil_reports_and_single_booths_do_not_hide_a_seller() {
        let nil: (&str, &[(u128, i64)]) = ("nil", &[(8, 4), (9, 0), (10, 0)]);
        assert_eq!(shown(&[LARGE, MEDIUM, nil], Audience::Public).0, [("large", 100), ("others", 10)]);
        let mut pavilion = Sum::default();
        for seller in 1..=3 {
            let id = ExhibitorId(uuid::Uuid::from_u128(seller));
            let sales = Sales { amount: 5, ocop: 0, reports: 1 };
            pavilion.add(BoothId(uuid::Uuid::from_u128(0)), id, sales).unwrap();
        }
        assert!(disclose(vec![("pavilion", pavilion)], Audience::Public, Some(OTHERS)).groups.is_empty());
    }

    #[test]
    fn ocop_part_is_hidden_if_few_have_one() {
        let mixed: (&str, &[(u128, i64)]) = ("mixed", &[(1, 10), (2, 21), (3, 31), (4, 41)]);
        assert_eq!(shown(&[mixed, MEDIUM], Audience::Public), (vec![("mixed", 103), ("medium", 6)], false));
        assert_eq!(shown(&[LARGE, MEDIUM], Audience::Public), (vec![("large", 100), ("medium", 6)], true));
    }

    proptest! {
        #[test]
        fn groups_add_up_and_none_has_too_few_sellers(
            groups in prop::collection::vec(prop::collection::vec((0_u128..12, 0_i64..100), 0..6), 0..8),
        ) {
            let sums: Vec<(usize, Sum)> = groups.iter().enumerate().map(|(n, sellers)| (n, sum(sellers))).collect();
            let total: i64 = sums.iter().map(|(_, sum)| sum.sales.amount).sum();
            let sold = groups.iter().flatten().filter(|(_, amount)| *amount > 0);
            let all: BTreeSet<u128> = sold.map(|(seller, _)| *seller).collect();
            let disclosed = disclose(sums.clone(), Audience::Public, Some(usize::MAX));
            let kept: BTreeSet<usize> = disclosed.groups.iter().map(|(key, _)| *key).collect();
            if disclosed.groups.iter().any(|(_, sales)| sales.reports > 0) {
                prop_assert_eq!(disclosed.groups.iter().map(|(_, sales)| sales.amount).sum::<i64>(), total);
            } else {
                prop_assert!(all.len() < MIN_SELLERS);
            }
            for (key, sum) in &sums {
                prop_assert!(!kept.contains(key) || !sum.is_small());
            }
            let folded: BTreeSet<_> =
                sums.iter().filter(|(key, _)| !kept.contains(key)).flat_map(|(_, sum)| sum.sellers.clone()).collect();
            prop_assert!(!kept.contains(&usize::MAX) || folded.len() >= MIN_SELLERS);
        }
    }
}
