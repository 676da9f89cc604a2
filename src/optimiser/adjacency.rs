//! Enumerates blocks: sets of adjacent booths of one size. In a row these are consecutive places; in an island, where
//! booths touch on several sides, any connected set.
use std::collections::BTreeSet;

use super::instance::{Booth, BoothIx};

/// Max size of blocks of any connected shape. Larger blocks are consecutive booths of a row only: the number of
/// shapes grows exponentially, and fairs do not use them.
const MAX_SHAPED_SIZE: usize = 4;

/// The adjacency lists of booths, from their rows and places and, where known, their positions.
pub fn adjacency_lists(rows: &[(u32, i32)], positions: &[Option<Position>]) -> Vec<Vec<BoothIx>> {
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
    // Booths with positions are also adjacent if their sides touch: sweep from left to right.
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

/// Position of a booth in its hall, in decimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Hall index; only compared for equality.
    pub hall: u32,
    /// From the left edge.
    pub x: i32,
    /// From the top edge.
    pub y: i32,
    /// Along x.
    pub width: i32,
    /// Along y.
    pub depth: i32,
}

impl Position {
    /// Whether two booths share part of a side; a common corner does not count.
    fn touches(&self, other: &Self) -> bool {
        let overlap = |a: i32, la: i32, b: i32, lb: i32| (a + la).min(b + lb) - a.max(b);
        let (x, y) =
            (overlap(self.x, self.width, other.x, other.width), overlap(self.y, self.depth, other.y, other.depth));
        self.hall == other.hall && ((x == 0 && y > 0) || (y == 0 && x > 0))
    }
}

/// All blocks of `size` open booths of one zone and category, each sorted, in a deterministic order.
pub fn blocks(booths: &[Booth], touching: &[Vec<BoothIx>], size: usize) -> Vec<Vec<BoothIx>> {
    let is_compatible = |a: BoothIx, b: BoothIx| {
        let (a, b) = (&booths[a as usize], &booths[b as usize]);
        b.is_open && a.zone == b.zone && a.category == b.category
    };
    let mut blocks = BTreeSet::new();
    for start in (0..booths.len() as BoothIx).filter(|b| booths[*b as usize].is_open) {
        if size <= MAX_SHAPED_SIZE {
            grow(&mut vec![start], start, size, touching, &is_compatible, &mut blocks);
        } else {
            consecutive(start, size, touching, &is_compatible, &mut blocks);
        }
    }
    blocks.into_iter().collect()
}

/// Adds all connected sets whose smallest index is `start`.
fn grow(
    set: &mut Vec<BoothIx>,
    start: BoothIx,
    size: usize,
    touching: &[Vec<BoothIx>],
    is_compatible: &impl Fn(BoothIx, BoothIx) -> bool,
    blocks: &mut BTreeSet<Vec<BoothIx>>,
) {
    if set.len() == size {
        let mut sorted = set.clone();
        sorted.sort_unstable();
        blocks.insert(sorted);
        return;
    }
    let next: BTreeSet<BoothIx> = set
        .iter()
        .flat_map(|b| &touching[*b as usize])
        .copied()
        .filter(|b| *b > start && !set.contains(b) && is_compatible(start, *b))
        .collect();
    for b in next {
        set.push(b);
        grow(set, start, size, touching, is_compatible, blocks);
        set.pop();
    }
}

/// Adds the consecutive booths from `start`. Indices follow the places of a row.
fn consecutive(
    start: BoothIx,
    size: usize,
    touching: &[Vec<BoothIx>],
    is_compatible: &impl Fn(BoothIx, BoothIx) -> bool,
    blocks: &mut BTreeSet<Vec<BoothIx>>,
) {
    let mut set = vec![start];
    while set.len() < size {
        let last = set[set.len() - 1];
        if !touching[last as usize].contains(&(last + 1)) || !is_compatible(start, last + 1) {
            return;
        }
        set.push(last + 1);
    }
    blocks.insert(set);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::Features;

    fn booths(n: usize) -> Vec<Booth> {
        vec![Booth { zone: 0, category: 0, features: Features::default(), is_open: true }; n]
    }

    #[test]
    fn row_blocks_are_consecutive_and_stop_at_gaps() {
        let rows = [(0, 1), (0, 2), (0, 3), (0, 5), (1, 6)];
        let touching = adjacency_lists(&rows, &[None; 5]);
        assert_eq!(blocks(&booths(5), &touching, 2), [vec![0, 1], vec![1, 2]]);
        assert_eq!(blocks(&booths(5), &touching, 3), [vec![0, 1, 2]]);
        assert_eq!(blocks(&booths(5), &touching, 1).len(), 5);
    }

    #[test]
    fn island_of_four_has_four_pairs_and_one_square() {
        let at = |x, y| Some(Position { hall: 0, x, y, width: 30, depth: 30 });
        let rows = [(0, 1), (0, 2), (1, 1), (1, 2)];
        let touching = adjacency_lists(&rows, &[at(0, 0), at(30, 0), at(0, 30), at(30, 30)]);
        assert_eq!(blocks(&booths(4), &touching, 2), [vec![0, 1], vec![0, 2], vec![1, 3], vec![2, 3]]);
        assert_eq!(blocks(&booths(4), &touching, 4), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn blocks_exclude_locked_booths_and_other_zones() {
        let rows: Vec<(u32, i32)> = (0..4).map(|n| (0, n)).collect();
        let touching = adjacency_lists(&rows, &[None; 4]);
        let mut all = booths(4);
        all[1].is_open = false;
        all[3].zone = 1;
        assert_eq!(blocks(&all, &touching, 2), Vec::<Vec<BoothIx>>::new());
        assert_eq!(blocks(&all, &touching, 1), [vec![0], vec![2], vec![3]]);
    }
}
