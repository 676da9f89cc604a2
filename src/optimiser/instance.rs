//! The problem instance: booths, applications in the order of the policy, and separation rules.

/// Index of a booth.
pub type BoothIx = u32;
/// Index of an application: its position in the policy's order, starting at 0.
pub type ApplicantIx = u32;
/// Index of a zone.
pub type ZoneIx = u16;

/// Features that a booth has or an application needs, as a bit set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Features(pub u8);

impl Features {
    /// Electric power.
    pub const POWER: Self = Self(1);
    /// Running water.
    pub const WATER: Self = Self(2);
    /// Open on two sides.
    pub const CORNER: Self = Self(4);
    /// Union.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether `needs` is a subset.
    pub fn cover(self, needs: Self) -> bool {
        self.0 & needs.0 == needs.0
    }
}

/// A booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booth {
    pub zone: ZoneIx,
    /// Category index; only compared for equality.
    pub category: u8,
    pub features: Features,
    /// Whether it can be assigned: not locked, not reserved, and not occupied by a fixed application.
    pub open: bool,
}

/// A wish of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// A block that contains this booth.
    Booth(BoothIx),
    /// Any block in this zone.
    Zone(ZoneIx),
}

/// Maximum number of wishes that count. The first is worth this many times the application's points, the last one time.
pub const MOST_WISHES: usize = 20;

/// An application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applicant {
    /// Number of booths wanted, at least 1.
    pub wants: u8,
    /// Category of the booths wanted.
    pub category: u8,
    /// Features the block must have: each on at least one of its booths.
    pub needs: Features,
    /// Weight of its wishes, at least 1.
    pub points: u32,
    /// Ranked, best first.
    pub wishes: Vec<Wish>,
    /// Zones it is eligible for, sorted.
    pub zones: Vec<ZoneIx>,
    /// Product group, for `same_group_apart`.
    pub group: Option<u8>,
    /// Booths it has now, to keep if possible; sorted.
    pub current: Option<Vec<BoothIx>>,
    /// It always keeps its current booths.
    pub fixed: bool,
}

/// A problem instance.
#[derive(Debug, Clone, Default)]
pub struct Instance {
    pub booths: Vec<Booth>,
    /// Adjacent booths of each booth.
    pub touching: Vec<Vec<BoothIx>>,
    /// Applications in the policy's order.
    pub applicants: Vec<Applicant>,
    /// Pairs that must not be on adjacent booths.
    pub apart: Vec<(ApplicantIx, ApplicantIx)>,
    /// Applications of one product group must not be on adjacent booths.
    pub same_group_apart: bool,
    /// Value that an application gains by keeping its current booths; 0 for no preference.
    pub stability: i64,
}

impl Instance {
    /// Value of a wish by rank, starting at 0.
    pub fn worth(points: u32, rank: usize) -> i64 {
        i64::from(points) * MOST_WISHES.saturating_sub(rank) as i64
    }
}
