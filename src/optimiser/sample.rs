//! Realistic random instances from a seed, for benchmarks and tests.
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    adjacency,
    instance::{Application, Booth, Features, Instance, Wish, ZoneIx},
};

/// Booths per row.
const ROW_LENGTH: usize = 20;

/// Generates an instance with the given numbers of booths and applications. Zones have about 90 booths in rows of 20;
/// row ends are corner booths; 3 in 5 booths have power, 1 in 4 water, 1 in 30 is locked. 30 % of the applications want
/// 2 to 4 booths; each is eligible for 1 to 4 zones and has up to 5 wishes, concentrated on the same popular booths;
/// 1 in 50 has a separation rule with another.
pub fn sample_fair(booths: usize, applicants: usize, seed: u64) -> Instance {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let zones = (booths / 90).max(3);
    let mut instance = Instance::default();
    let mut rows = Vec::new();
    let mut of_zone: Vec<Vec<u32>> = vec![Vec::new(); zones];
    for b in 0..booths {
        // By full rows, so that no row crosses a zone boundary.
        let zone = (b / ROW_LENGTH) * zones / booths.div_ceil(ROW_LENGTH).max(1);
        let zone = zone.min(zones - 1);
        let place = b % ROW_LENGTH;
        let corner = place == 0 || place == ROW_LENGTH - 1;
        let mut features = Features(u8::from(rng.random_ratio(3, 5)) + 2 * u8::from(rng.random_ratio(1, 4)));
        if corner {
            features = features.union(Features::CORNER);
        }
        instance.booths.push(Booth {
            zone: zone as ZoneIx,
            category: u8::from(corner),
            features,
            is_open: !rng.random_ratio(1, 30),
        });
        rows.push(((b / ROW_LENGTH) as u32, place as i32));
        of_zone[zone].push(b as u32);
    }
    instance.adjacent = adjacency::adjacency_lists(&rows, &vec![None; booths]);
    for i in 0..applicants {
        let mut eligible: Vec<ZoneIx> =
            (0..rng.random_range(1..=4)).map(|_| rng.random_range(0..zones) as ZoneIx).collect();
        eligible.sort_unstable();
        eligible.dedup();
        let category = u8::from(rng.random_ratio(1, 12));
        let wants = match rng.random_range(0..100) {
            _ if category == 1 => 1,
            0..70 => 1,
            70..85 => 2,
            85..95 => 3,
            _ => 4,
        };
        let mut needs = Features(u8::from(rng.random_ratio(2, 5)) + 2 * u8::from(rng.random_ratio(1, 10)));
        if rng.random_ratio(1, 20) && category == 1 {
            needs = needs.union(Features::CORNER);
        }
        let mut wishes = Vec::new();
        for _ in 0..rng.random_range(0..=5) {
            let zone = *eligible.choose(&mut rng).unwrap_or(&0);
            let booths = &of_zone[usize::from(zone)];
            let wish = if rng.random_ratio(1, 3) || booths.is_empty() {
                Wish::Zone(zone)
            } else {
                // Skewed towards the first booths, which stand for those near the entrance.
                let position = rng.random::<f64>().powi(2) * booths.len() as f64;
                Wish::Booth(booths[(position as usize).min(booths.len() - 1)])
            };
            if !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
        if i > 0 && rng.random_ratio(1, 50) {
            instance.separated_pairs.push((i as u32, rng.random_range(0..i) as u32));
        }
        instance.applications.push(Application {
            booths_wanted: wants,
            category,
            needs,
            points: rng.random_range(1..=100),
            wishes,
            eligible_zones: eligible,
            group: Some(rng.random_range(0..6)),
            current_booths: None,
            is_fixed: false,
        });
    }
    // Order of the policy: descending points.
    instance.applications.sort_by_key(|a| std::cmp::Reverse(a.points));
    instance
}
