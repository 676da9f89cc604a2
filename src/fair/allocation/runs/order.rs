//! Order of applications: the organiser's published rule, reproducible from published numbers.
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Rule that orders the applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Descending points; ties by date of application.
    Points(Weights),
    /// Date of application.
    Date,
    /// Random, reproducible from the seed.
    Lottery {
        /// Seed of the shuffle, to be published in advance.
        seed: u64,
    },
}

hoicho_web::number_ranges! {
    /// Points of a criterion.
    Weight u32 0..=1_000,
}

/// Points per criterion, each 0 to 1,000.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Per star of the highest-rated product whose certificate is valid on the last opening day.
    #[schema(value_type = Weight)]
    pub per_star: u32,
    /// Per earlier edition of the organiser with a confirmed booth; at most five count.
    #[schema(value_type = Weight)]
    pub per_past_edition: u32,
    /// For applications listed in `paid_on_time` of the rules.
    #[schema(value_type = Weight)]
    pub paid_on_time: u32,
    /// For exhibitors from `local_to` or its descendants.
    #[schema(value_type = Weight)]
    pub local: u32,
    /// Locality code.
    pub local_to: Option<String>,
}

/// Attributes of an application that determine its points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PointCriteria {
    /// Stars of its highest-rated product with a valid certificate.
    pub stars: u32,
    /// Number of earlier editions with a booth.
    pub past_editions: u32,
    /// As listed by the organiser.
    pub paid_on_time: bool,
    /// From `local_to` or a descendant.
    pub is_local: bool,
}

impl Weights {
    /// Total points; at least 1, so that the wishes of every application count.
    pub fn total_points(&self, criteria: &PointCriteria) -> u32 {
        let paid = if criteria.paid_on_time { self.paid_on_time } else { 0 };
        let local = if criteria.is_local { self.local } else { 0 };
        let sum = [
            self.per_star.saturating_mul(criteria.stars),
            self.per_past_edition.saturating_mul(criteria.past_editions.min(5)),
        ];
        sum.into_iter().chain([paid, local]).fold(1, u32::saturating_add)
    }
}

/// Orders applications. `criteria` is in order of creation; returns (index, points) from first to last.
pub fn order_applications(order: &Order, criteria: &[PointCriteria]) -> Vec<(usize, u32)> {
    let mut places: Vec<usize> = (0..criteria.len()).collect();
    match order {
        Order::Points(weights) => {
            let mut all: Vec<(usize, u32)> = criteria.iter().map(|m| weights.total_points(m)).enumerate().collect();
            all.sort_by_key(|(index, points)| (std::cmp::Reverse(*points), *index));
            return all;
        }
        Order::Date => {}
        Order::Lottery { seed } => places.shuffle(&mut ChaCha8Rng::seed_from_u64(*seed)),
    }
    // Without weights, points decrease linearly from 100 to 1 along the order.
    let last = u32::try_from(places.len().saturating_sub(1).max(1)).unwrap_or(u32::MAX);
    (0_u32..)
        .zip(places)
        .map(|(turn, index)| (index, 100 - u32::try_from(u64::from(turn) * 99 / u64::from(last)).unwrap_or(99)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_summed_and_ties_ordered_by_creation() {
        let weights = Weights { per_star: 10, per_past_edition: 5, paid_on_time: 3, local: 20, local_to: None };
        let best = PointCriteria { stars: 5, past_editions: 9, paid_on_time: true, is_local: true };
        assert_eq!(weights.total_points(&best), 1 + 50 + 25 + 3 + 20);
        let criteria = [PointCriteria::default(), best, PointCriteria::default()];
        assert_eq!(order_applications(&Order::Points(weights), &criteria), [(1, 99), (0, 1), (2, 1)]);
    }

    #[test]
    fn lottery_is_a_permutation_reproducible_from_its_seed() {
        let criteria = vec![PointCriteria::default(); 50];
        let draw = |seed| order_applications(&Order::Lottery { seed }, &criteria);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let mut all: Vec<usize> = draw(7).into_iter().map(|(index, _)| index).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..50));
        assert_eq!((draw(7)[0].1, draw(7)[49].1), (100, 1));
    }
}
