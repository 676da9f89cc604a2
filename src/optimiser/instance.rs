//! The problem instance: booths, applications in the order of the policy, and separation rules.

/// Index of a booth.
pub type BoothIx = u32;
/// Index of an application: its position in the policy's order, starting at 0.
pub type ApplicationIx = u32;
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
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether `needs` is a subset.
    pub fn contains(self, needs: Self) -> bool {
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
    pub is_open: bool,
}

/// A wish of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// A block that contains this booth.
    Booth(BoothIx),
    /// Any block in this zone.
    Zone(ZoneIx),
}

/// Max wishes that count. The first is worth this many times the application's points, the last one time.
pub const MAX_WISHES: usize = 20;

/// An application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Number of booths wanted, at least 1.
    pub booths_wanted: u8,
    /// Category of the booths wanted.
    pub category: u8,
    /// Features the block must have: each on at least one of its booths.
    pub needs: Features,
    /// Weight of its wishes, at least 1.
    pub points: u32,
    /// Ranked, best first.
    pub wishes: Vec<Wish>,
    /// Zones it is eligible for, sorted.
    pub eligible_zones: Vec<ZoneIx>,
    /// Product group, for `same_group_apart`.
    pub group: Option<u8>,
    /// Booths it has now, to keep if possible; sorted.
    pub current_booths: Option<Vec<BoothIx>>,
    /// It always keeps its current booths.
    pub is_fixed: bool,
}

/// A problem instance.
#[derive(Debug, Clone, Default)]
pub struct Instance {
    pub booths: Vec<Booth>,
    /// Adjacent booths of each booth.
    pub adjacent: Vec<Vec<BoothIx>>,
    /// Applications in the policy's order.
    pub applications: Vec<Application>,
    /// Pairs that must not be on adjacent booths.
    pub separated_pairs: Vec<(ApplicationIx, ApplicationIx)>,
    /// Applications of one product group must not be on adjacent booths.
    pub separate_same_group: bool,
    /// Value that an application gains by keeping its current booths; 0 for no preference.
    pub stability_bonus: i64,
}

impl Instance {
    /// Value of a wish by rank, starting at 0.
    pub fn wish_value(points: u32, rank: usize) -> i64 {
        i64::from(points) * MAX_WISHES.saturating_sub(rank) as i64
    }
}
