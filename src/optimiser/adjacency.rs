//! Runs: sets of adjacent booths of one size. In a row they are consecutive places; in an island, where sides touch
//! all around, any connected set.
use std::collections::BTreeSet;

use super::instance::{Booth, BoothIx};

/// Larger sets are runs in a row only: connected shapes of five and more are too many, and nobody builds them.
const MOST_SHAPED: usize = 4;

/// Booths as they lie: which touch which.
pub fn touching(rows: &[(u32, i32)], positions: &[Option<Position>]) -> Vec<Vec<BoothIx>> {
    let mut touching = vec![BTreeSet::new(); rows.len()];
    let mut by_place: Vec<usize> = (0..rows.len()).collect();
    by_place.sort_by_key(|b| rows[*b]);
    for pair in by_place.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if rows[a].0 == rows[b].0 && rows[b].1 == rows[a].1 + 1 {
            touching[a].insert(b as BoothIx);
            touching[b].insert(a as BoothIx);
        }
    }
    // Where positions are known, sides that touch count too: a sweep from left to right.
    let mut placed: Vec<(usize, Position)> =
        positions.iter().enumerate().filter_map(|(b, p)| p.map(|p| (b, p))).collect();
    placed.sort_by_key(|(_, p)| (p.hall, p.x));
    for (i, (a, p)) in placed.iter().enumerate() {
        let near = placed.iter().skip(i + 1).take_while(|(_, q)| q.hall == p.hall && q.x <= p.x + p.width);
        for (b, q) in near {
            if p.touches(q) {
                touching[*a].insert(*b as BoothIx);
                touching[*b].insert(*a as BoothIx);
            }
        }
    }
    touching.into_iter().map(|set| set.into_iter().collect()).collect()
}

/// Where a booth lies in its hall, in decimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which hall; only equality counts.
    pub hall: u32,
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Along x.
    pub width: i32,
    /// Along y.
    pub depth: i32,
}

impl Position {
    /// Whether they share a piece of a side, not just a corner.
    fn touches(&self, other: &Self) -> bool {
        let overlap = |a: i32, la: i32, b: i32, lb: i32| (a + la).min(b + lb) - a.max(b);
        let (x, y) =
            (overlap(self.x, self.width, other.x, other.width), overlap(self.y, self.depth, other.y, other.depth));
        self.hall == other.hall && ((x == 0 && y > 0) || (y == 0 && x > 0))
    }
}

/// All runs of `size` open booths of one zone and category, each sorted, in a fixed order.
pub fn runs(booths: &[Booth], touching: &[Vec<BoothIx>], size: usize) -> Vec<Vec<BoothIx>> {
    let alike = |a: BoothIx, b: BoothIx| {
        let (a, b) = (&booths[a as usize], &booths[b as usize]);
        b.open && a.zone == b.zone && a.category == b.category
    };
    let mut found = BTreeSet::new();
    for start in (0..booths.len() as BoothIx).filter(|b| booths[*b as usize].open) {
        if size <= MOST_SHAPED {
            grow(&mut vec![start], start, size, touching, &alike, &mut found);
        } else {
            in_line(start, size, touching, &alike, &mut found);
        }
    }
    found.into_iter().collect()
}

/// Connected sets whose least booth is `start`.
fn grow(
    set: &mut Vec<BoothIx>,
    start: BoothIx,
    size: usize,
    touching: &[Vec<BoothIx>],
    alike: &impl Fn(BoothIx, BoothIx) -> bool,
    found: &mut BTreeSet<Vec<BoothIx>>,
) {
    if set.len() == size {
        let mut sorted = set.clone();
        sorted.sort_unstable();
        found.insert(sorted);
        return;
    }
    let next: BTreeSet<BoothIx> = set
        .iter()
        .flat_map(|b| &touching[*b as usize])
        .copied()
        .filter(|b| *b > start && !set.contains(b) && alike(start, *b))
        .collect();
    for b in next {
        set.push(b);
        grow(set, start, size, touching, alike, found);
        set.pop();
    }
}

/// Consecutive booths by index from `start`: rows are numbered along.
fn in_line(
    start: BoothIx,
    size: usize,
    touching: &[Vec<BoothIx>],
    alike: &impl Fn(BoothIx, BoothIx) -> bool,
    found: &mut BTreeSet<Vec<BoothIx>>,
) {
    let mut set = vec![start];
    while set.len() < size {
        let last = set[set.len() - 1];
        if !touching[last as usize].contains(&(last + 1)) || !alike(start, last + 1) {
            return;
        }
        set.push(last + 1);
    }
    found.insert(set);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::Features;

    fn booths(n: usize) -> Vec<Booth> {
        vec![Booth { zone: 0, category: 0, features: Features::default(), open: true }; n]
    }

    #[test]
    fn a_row_has_its_consecutive_runs_and_a_gap_breaks_them() {
        let rows = [(0, 1), (0, 2), (0, 3), (0, 5), (1, 6)];
        let touching = touching(&rows, &[None; 5]);
        assert_eq!(runs(&booths(5), &touching, 2), [vec![0, 1], vec![1, 2]]);
        assert_eq!(runs(&booths(5), &touching, 3), [vec![0, 1, 2]]);
        assert_eq!(runs(&booths(5), &touching, 1).len(), 5);
    }

    #[test]
    fn an_island_of_four_has_its_four_sides_and_one_square() {
        let at = |x, y| Some(Position { hall: 0, x, y, width: 30, depth: 30 });
        let rows = [(0, 1), (0, 2), (1, 1), (1, 2)];
        let touching = touching(&rows, &[at(0, 0), at(30, 0), at(0, 30), at(30, 30)]);
        assert_eq!(runs(&booths(4), &touching, 2), [vec![0, 1], vec![0, 2], vec![1, 3], vec![2, 3]]);
        assert_eq!(runs(&booths(4), &touching, 4), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn a_locked_booth_or_another_zone_is_in_no_run() {
        let rows: Vec<(u32, i32)> = (0..4).map(|n| (0, n)).collect();
        let touching = touching(&rows, &[None; 4]);
        let mut all = booths(4);
        all[1].open = false;
        all[3].zone = 1;
        assert_eq!(runs(&all, &touching, 2), Vec::<Vec<BoothIx>>::new());
        assert_eq!(runs(&all, &touching, 1), [vec![0], vec![2], vec![3]]);
    }
}
