//! What is to be decided, in numbers: booths, applications in the order of the policy, and the rules between them.

/// Index of a booth.
pub type BoothIx = u32;
/// Index of an application; its place in the policy's order, 0 first.
pub type ApplicantIx = u32;
/// Index of a zone.
pub type ZoneIx = u16;

/// What a booth has, or an application needs, as a set of bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Features(pub u8);

impl Features {
    /// Electric power.
    pub const POWER: Self = Self(1);
    /// Running water.
    pub const WATER: Self = Self(2);
    /// Open on two sides.
    pub const CORNER: Self = Self(4);
    /// All of both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether nothing of `needs` is lacking.
    pub fn cover(self, needs: Self) -> bool {
        self.0 & needs.0 == needs.0
    }
}

/// A booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booth {
    /// In which zone.
    pub zone: ZoneIx,
    /// What kind; only equality counts.
    pub category: u8,
    /// What it has.
    pub features: Features,
    /// Whether it may be given: not locked, not reserved, not taken by somebody who stays.
    pub open: bool,
}

/// What an applicant would like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// This booth, alone or as one of the run.
    Booth(BoothIx),
    /// Anywhere in this zone.
    Zone(ZoneIx),
}

/// The most wishes that count; the first is worth this many times the applicant's points, the last once.
pub const MOST_WISHES: usize = 20;

/// An application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applicant {
    /// Booths wanted, at least 1.
    pub wants: u8,
    /// Of which kind.
    pub category: u8,
    /// What the run must have: each need is met by at least one of its booths.
    pub needs: Features,
    /// At least 1: what its wishes weigh.
    pub points: u32,
    /// Best first.
    pub wishes: Vec<Wish>,
    /// Where it may stand; sorted.
    pub zones: Vec<ZoneIx>,
    /// Product group, for `same_group_apart`.
    pub group: Option<u8>,
    /// Where it stands now and, if possible, stays.
    pub current: Option<Vec<BoothIx>>,
    /// It stays where it stands, whatever happens.
    pub fixed: bool,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Instance {
    /// Booths.
    pub booths: Vec<Booth>,
    /// For each booth those whose sides touch it.
    pub touching: Vec<Vec<BoothIx>>,
    /// Applications in the policy's order.
    pub applicants: Vec<Applicant>,
    /// Pairs that may not stand side by side.
    pub apart: Vec<(ApplicantIx, ApplicantIx)>,
    /// No two of one product group side by side.
    pub same_group_apart: bool,
    /// What leaving its current place costs an applicant, in the unit of values; 0 for no preference.
    pub stability: i64,
}

impl Instance {
    /// What a wish of this rank (0 is the first) is worth.
    pub fn worth(points: u32, rank: usize) -> i64 {
        i64::from(points) * MOST_WISHES.saturating_sub(rank) as i64
    }
}
