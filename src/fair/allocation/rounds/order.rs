//! Who goes first: the organiser's published rule, as numbers anybody can check.
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// In which order applications come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Most points first; of equals who applied first.
    Points(Weights),
    /// Who applied first.
    Date,
    /// By lot: the same seed gives the same order, so it can be published beforehand.
    Lottery {
        /// Published beforehand.
        seed: u64,
    },
}

/// What counts how much; each 0 to 1,000.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// For each star of the best product whose certificate is good on the fair's last day.
    pub per_star: u32,
    /// For each earlier edition of the organiser where it had a booth; at most five count.
    pub per_past_edition: u32,
    /// For those named in the rules as having paid on time.
    pub paid_on_time: u32,
    /// For those from `local_to` or a part of it.
    pub local: u32,
    /// Code of a locality.
    pub local_to: Option<String>,
}

/// What is known of an application, as far as the order cares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merits {
    /// Of its best product with a good certificate.
    pub stars: u32,
    /// Earlier editions.
    pub past_editions: u32,
    /// Told by the organiser.
    pub paid_on_time: bool,
    /// From where the weights say.
    pub is_local: bool,
}

impl Weights {
    /// At least 1, so that everybody's wishes count for something.
    pub fn points(&self, of: &Merits) -> u32 {
        let paid = if of.paid_on_time { self.paid_on_time } else { 0 };
        let local = if of.is_local { self.local } else { 0 };
        let sum =
            [self.per_star.saturating_mul(of.stars), self.per_past_edition.saturating_mul(of.past_editions.min(5))];
        sum.into_iter().chain([paid, local]).fold(1, u32::saturating_add)
    }
}

/// Places applications, which come in the order they were made: index and points, first to last.
pub fn arrange(order: &Order, merits: &[Merits]) -> Vec<(usize, u32)> {
    let mut places: Vec<usize> = (0..merits.len()).collect();
    match order {
        Order::Points(weights) => {
            let mut all: Vec<(usize, u32)> = merits.iter().map(|m| weights.points(m)).enumerate().collect();
            all.sort_by_key(|(made, points)| (std::cmp::Reverse(*points), *made));
            return all;
        }
        Order::Date => {}
        Order::Lottery { seed } => places.shuffle(&mut ChaCha8Rng::seed_from_u64(*seed)),
    }
    // No points are given: who comes earlier weighs more, from 100 down to 1.
    let last = u32::try_from(places.len().saturating_sub(1).max(1)).unwrap_or(u32::MAX);
    (0_u32..)
        .zip(places)
        .map(|(turn, made)| (made, 100 - u32::try_from(u64::from(turn) * 99 / u64::from(last)).unwrap_or(99)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_add_up_and_of_equals_the_earlier_comes_first() {
        let weights = Weights { per_star: 10, per_past_edition: 5, paid_on_time: 3, local: 20, local_to: None };
        let best = Merits { stars: 5, past_editions: 9, paid_on_time: true, is_local: true };
        assert_eq!(weights.points(&best), 1 + 50 + 25 + 3 + 20);
        let merits = [Merits::default(), best, Merits::default()];
        assert_eq!(arrange(&Order::Points(weights), &merits), [(1, 99), (0, 1), (2, 1)]);
    }

    #[test]
    fn a_lot_is_drawn_alike_from_a_published_seed_and_everybody_comes_once() {
        let merits = vec![Merits::default(); 50];
        let draw = |seed| arrange(&Order::Lottery { seed }, &merits);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let mut all: Vec<usize> = draw(7).into_iter().map(|(made, _)| made).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..50));
        assert_eq!((draw(7)[0].1, draw(7)[49].1), (100, 1));
    }
}
