//! The instance prepared for solving: blocks, classes of equivalent blocks, and the choices of each application.
use std::collections::HashMap;

use super::{
    adjacency,
    instance::{ApplicantIx, BoothIx, Features, Instance, Wish, ZoneIx},
};

/// Index of a block.
pub type RunIx = u32;
/// Index of a class.
pub type ClassIx = u32;

/// A list of lists in two flat vectors, to avoid one allocation per list.
#[derive(Debug, Default)]
pub struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    fn new() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len() as u32);
    }
    pub(super) fn from_lists(lists: Vec<Vec<T>>) -> Self {
        let mut all = Self::new();
        lists.into_iter().for_each(|list| all.push(list));
        all
    }
    pub fn of(&self, index: u32) -> &[T] {
        &self.items[self.range(index)]
    }
    /// The index range of a list within all items.
    pub fn range(&self, index: u32) -> std::ops::Range<usize> {
        self.starts[index as usize] as usize..self.starts[index as usize + 1] as usize
    }
    /// Number of lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Total number of items.
    pub fn items(&self) -> usize {
        self.items.len()
    }
}

/// Blocks of one zone, size and category that have certain features. They are equivalent for every application that
/// wishes for none of their booths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    pub zone: ZoneIx,
    /// Booths per block.
    pub size: u8,
    pub category: u8,
    /// Features that every block of the class has.
    pub has: Features,
}

/// A choice of an application: any block of a class, or a specific block that is worth more than its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<T> {
    /// Index of the class or block.
    pub of: T,
    /// Points × wish value, plus the stability bonus for the current booths.
    pub value: i64,
}

/// An instance with its blocks, classes and choices.
pub struct Model<'a> {
    pub instance: &'a Instance,
    /// Booths of each block, sorted.
    pub runs: Lists<BoothIx>,
    /// Blocks of each class.
    pub classes: Lists<RunIx>,
    /// Attributes of each class.
    pub kinds: Vec<Class>,
    /// Blocks that contain each booth.
    pub through: Lists<RunIx>,
    /// Classes of each block.
    pub classes_of: Lists<ClassIx>,
    /// Class choices of each application, best first.
    pub by_class: Vec<Vec<Choice<ClassIx>>>,
    /// Choices of specific blocks that are worth more than their class, best first.
    pub by_wish: Vec<Vec<Choice<RunIx>>>,
    /// Separation rules by application.
    pub apart: HashMap<ApplicantIx, Vec<ApplicantIx>>,
    /// Booths of each fixed application. They form no block.
    pub fixed: HashMap<ApplicantIx, Vec<BoothIx>>,
}

impl<'a> Model<'a> {
    /// Enumerates blocks, classes and choices.
    pub fn new(instance: &'a Instance) -> Self {
        let mut sizes: Vec<u8> = instance.applicants.iter().filter(|a| !a.fixed).map(|a| a.wants).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut runs = Lists::new();
        let mut run_features = Vec::new();
        for size in sizes {
            for block in adjacency::runs(&instance.booths, &instance.touching, usize::from(size)) {
                let has = block.iter().fold(Features::default(), |f, b| f.and(instance.booths[*b as usize].features));
                run_features.push(has);
                runs.push(block);
            }
        }
        let (kinds, classes) = classes(instance, &runs, &run_features);
        let mut through = vec![Vec::new(); instance.booths.len()];
        for block in 0..runs.len() as RunIx {
            runs.of(block).iter().for_each(|b| through[*b as usize].push(block));
        }
        let mut classes_of = vec![Vec::new(); runs.len()];
        for class in 0..classes.len() as ClassIx {
            classes.of(class).iter().for_each(|block: &RunIx| classes_of[*block as usize].push(class));
        }
        let mut apart: HashMap<ApplicantIx, Vec<ApplicantIx>> = HashMap::new();
        for (a, b) in &instance.apart {
            apart.entry(*a).or_default().push(*b);
            apart.entry(*b).or_default().push(*a);
        }
        let fixed = instance.applicants.iter().enumerate().filter(|(_, a)| a.fixed);
        let fixed = fixed.map(|(i, a)| (i as ApplicantIx, a.current.clone().unwrap_or_default())).collect();
        let mut model = Self {
            instance,
            runs,
            classes,
            kinds,
            through: Lists::from_lists(through),
            classes_of: Lists::from_lists(classes_of),
            by_class: Vec::new(),
            by_wish: Vec::new(),
            apart,
            fixed,
        };
        model.build_choices();
        model
    }

    /// Computes the choices of every application.
    fn build_choices(&mut self) {
        let index: HashMap<Class, ClassIx> = self.kinds.iter().zip(0..).map(|(kind, ix)| (*kind, ix)).collect();
        for applicant in &self.instance.applicants {
            let (mut by_class, mut by_wish) = (Vec::new(), HashMap::<RunIx, i64>::new());
            for zone in applicant.zones.iter().filter(|_| !applicant.fixed) {
                let class =
                    Class { zone: *zone, size: applicant.wants, category: applicant.category, has: applicant.needs };
                let Some(class) = index.get(&class) else { continue };
                let rank = applicant.wishes.iter().position(|w| *w == Wish::Zone(*zone));
                let value = rank.map_or(0, |rank| Instance::worth(applicant.points, rank));
                by_class.push(Choice { of: *class, value });
            }
            by_class.sort_by_key(|c| (-c.value, c.of));
            let base = |block: RunIx| {
                let of = self.classes_of.of(block);
                by_class.iter().find(|c| of.contains(&c.of)).map(|c| c.value)
            };
            for (rank, wish) in applicant.wishes.iter().enumerate() {
                let Wish::Booth(booth) = wish else { continue };
                let worth = Instance::worth(applicant.points, rank);
                for block in self.through.of(*booth) {
                    if base(*block).is_some_and(|base| base < worth) {
                        let value = by_wish.entry(*block).or_default();
                        *value = worth.max(*value);
                    }
                }
            }
            if let Some(block) = applicant
                .current
                .as_ref()
                .filter(|_| self.instance.stability > 0)
                .and_then(|current| self.run_of(current))
                && let Some(base) = base(block)
            {
                let value = by_wish.get(&block).copied().unwrap_or(base);
                by_wish.insert(block, value + self.instance.stability);
            }
            let mut by_wish: Vec<_> = by_wish.into_iter().map(|(of, value)| Choice { of, value }).collect();
            by_wish.sort_by_key(|c| (-c.value, c.of));
            self.by_class.push(by_class);
            self.by_wish.push(by_wish);
        }
    }

    /// The block with exactly these booths.
    pub fn run_of(&self, booths: &[BoothIx]) -> Option<RunIx> {
        let mut sorted = booths.to_vec();
        sorted.sort_unstable();
        let first = sorted.first()?;
        if *first as usize >= self.through.len() {
            return None;
        }
        self.through.of(*first).iter().copied().find(|block| self.runs.of(*block) == sorted)
    }

    /// Value of a block for an application; `None` if it is not one of its choices.
    pub fn value(&self, applicant: ApplicantIx, block: RunIx) -> Option<i64> {
        let wish_value = self.by_wish[applicant as usize].iter().find(|c| c.of == block).map(|c| c.value);
        let of = self.classes_of.of(block);
        let class_value = || self.by_class[applicant as usize].iter().find(|c| of.contains(&c.of)).map(|c| c.value);
        wish_value.or_else(class_value)
    }

    /// Value of the best choice of an application; `None` if it has no choice.
    pub fn best(&self, applicant: ApplicantIx) -> Option<i64> {
        let (wish, class) = (&self.by_wish[applicant as usize], &self.by_class[applicant as usize]);
        wish.first().map(|c| c.value).max(class.first().map(|c| c.value))
    }

    /// Whether two applications must not be on adjacent booths.
    pub fn must_be_apart(&self, one: ApplicantIx, other: ApplicantIx) -> bool {
        let groups = (self.instance.applicants[one as usize].group, self.instance.applicants[other as usize].group);
        (self.instance.same_group_apart && groups.0.is_some() && groups.0 == groups.1)
            || self.apart.get(&one).is_some_and(|others| others.contains(&other))
    }

    /// Whether a separation rule applies to the application.
    pub fn is_touchy(&self, applicant: ApplicantIx) -> bool {
        self.instance.same_group_apart || self.apart.contains_key(&applicant)
    }
}

/// Groups blocks into classes: one per zone, size, category and distinct set of needs.
fn classes(instance: &Instance, runs: &Lists<BoothIx>, has: &[Features]) -> (Vec<Class>, Lists<RunIx>) {
    let mut demands: Vec<(u8, u8, Features)> =
        instance.applicants.iter().filter(|a| !a.fixed).map(|a| (a.wants, a.category, a.needs)).collect();
    demands.sort_unstable();
    demands.dedup();
    let mut members: HashMap<Class, Vec<RunIx>> = HashMap::new();
    for block in 0..runs.len() as RunIx {
        let booths = runs.of(block);
        let first = &instance.booths[booths[0] as usize];
        for (size, category, needs) in &demands {
            let matches =
                usize::from(*size) == booths.len() && *category == first.category && has[block as usize].cover(*needs);
            if matches {
                let class = Class { zone: first.zone, size: *size, category: *category, has: *needs };
                members.entry(class).or_default().push(block);
            }
        }
    }
    let mut all: Vec<(Class, Vec<RunIx>)> = members.into_iter().collect();
    all.sort_by_key(|(class, _)| (class.zone, class.size, class.category, class.has));
    let (kinds, members) = all.into_iter().unzip();
    (kinds, Lists::from_lists(members))
}
