//! Instances like real fairs, from a seed: for benches and tests.
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    adjacency,
    instance::{Applicant, Booth, Features, Instance, Wish, ZoneIx},
};

/// Booths in a row.
const ROW: usize = 20;

/// An instance of so many booths and applicants: zones of about ninety booths in rows of twenty, row ends of another
/// category, power in three of five, water in one of four, one booth in thirty locked; 30 % of the applicants want two
/// to four, each may stand in one to four zones and wishes for up to five booths or zones, favourite booths being
/// everybody's; one in fifty has a competitor to be kept from.
pub fn fair(booths: usize, applicants: usize, seed: u64) -> Instance {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let zones = (booths / 90).max(3);
    let mut instance = Instance::default();
    let mut rows = Vec::new();
    let mut of_zone: Vec<Vec<u32>> = vec![Vec::new(); zones];
    for b in 0..booths {
        // Whole rows, so that no row crosses a border.
        let zone = (b / ROW) * zones / booths.div_ceil(ROW).max(1);
        let zone = zone.min(zones - 1);
        let place = b % ROW;
        let corner = place == 0 || place == ROW - 1;
        let mut features = Features(u8::from(rng.random_ratio(3, 5)) + 2 * u8::from(rng.random_ratio(1, 4)));
        if corner {
            features = features.and(Features::CORNER);
        }
        instance.booths.push(Booth {
            zone: zone as ZoneIx,
            category: u8::from(corner),
            features,
            open: !rng.random_ratio(1, 30),
        });
        rows.push(((b / ROW) as u32, place as i32));
        of_zone[zone].push(b as u32);
    }
    instance.touching = adjacency::touching(&rows, &vec![None; booths]);
    for i in 0..applicants {
        let mut home: Vec<ZoneIx> =
            (0..rng.random_range(1..=4)).map(|_| rng.random_range(0..zones) as ZoneIx).collect();
        home.sort_unstable();
        home.dedup();
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
            needs = needs.and(Features::CORNER);
        }
        let mut wishes = Vec::new();
        for _ in 0..rng.random_range(0..=5) {
            let zone = *home.choose(&mut rng).unwrap_or(&0);
            let there = &of_zone[usize::from(zone)];
            let wish = if rng.random_ratio(1, 3) || there.is_empty() {
                Wish::Zone(zone)
            } else {
                // Near the entrance is where all want to be.
                let at = rng.random::<f64>().powi(2) * there.len() as f64;
                Wish::Booth(there[(at as usize).min(there.len() - 1)])
            };
            if !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
        if i > 0 && rng.random_ratio(1, 50) {
            instance.apart.push((i as u32, rng.random_range(0..i) as u32));
        }
        instance.applicants.push(Applicant {
            wants,
            category,
            needs,
            points: rng.random_range(1..=100),
            wishes,
            zones: home,
            group: Some(rng.random_range(0..6)),
            current: None,
            fixed: false,
        });
    }
    // The policy's order: most points first.
    instance.applicants.sort_by_key(|a| std::cmp::Reverse(a.points));
    instance
}
