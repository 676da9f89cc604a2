//! The instance prepared for solving: blocks, classes of equivalent blocks, and the choices of each application.
use std::collections::HashMap;

use super::{
    adjacency,
    instance::{ApplicationIx, BoothIx, Features, Instance, Wish, ZoneIx},
};

/// Index of a block.
pub type BlockIx = u32;
/// Index of a class.
pub type ClassIx = u32;

/// A list of lists in two flat vectors, to avoid one allocation per list.
#[derive(Debug, Default)]
pub struct ListOfLists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> ListOfLists<T> {
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
    pub fn get(&self, index: u32) -> &[T] {
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
    pub fn item_count(&self) -> usize {
        self.items.len()
    }
}

/// Blocks of one zone, size and category that have certain features. They are equivalent for every application that
/// wishes for none of their booths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlockClass {
    pub zone: ZoneIx,
    /// Booths per block.
    pub size: u8,
    pub category: u8,
    /// Features that every block of the class has.
    pub features: Features,
}

/// A choice of an application: any block of a class, or a specific block that is worth more than its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<T> {
    /// Index of the class or block.
    pub target: T,
    /// Points × wish value, plus the stability bonus for the current booths.
    pub value: i64,
}

/// An instance with its blocks, classes and choices.
pub struct Model<'a> {
    pub instance: &'a Instance,
    /// Booths of each block, sorted.
    pub blocks: ListOfLists<BoothIx>,
    /// Blocks of each class.
    pub classes: ListOfLists<BlockIx>,
    /// Attributes of each class.
    pub class_specs: Vec<BlockClass>,
    /// Blocks that contain each booth.
    pub blocks_of_booth: ListOfLists<BlockIx>,
    /// Classes of each block.
    pub classes_of_block: ListOfLists<ClassIx>,
    /// Class choices of each application, best first.
    pub class_choices: Vec<Vec<Choice<ClassIx>>>,
    /// Choices of specific blocks that are worth more than their class, best first.
    pub wish_choices: Vec<Vec<Choice<BlockIx>>>,
    /// Separation rules by application.
    pub separated_from: HashMap<ApplicationIx, Vec<ApplicationIx>>,
    /// Booths of each fixed application. They form no block.
    pub fixed_booths: HashMap<ApplicationIx, Vec<BoothIx>>,
}

impl<'a> Model<'a> {
    /// Enumerates blocks, classes and choices.
    pub fn new(instance: &'a Instance) -> Self {
        let mut sizes: Vec<u8> =
            instance.applications.iter().filter(|a| !a.is_fixed).map(|a| a.booths_wanted).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut runs = ListOfLists::new();
        let mut run_features = Vec::new();
        for size in sizes {
            for block in adjacency::blocks(&instance.booths, &instance.adjacent, usize::from(size)) {
                let has = block.iter().fold(Features::default(), |f, b| f.union(instance.booths[*b as usize].features));
                run_features.push(has);
                runs.push(block);
            }
        }
        let (kinds, classes) = classes(instance, &runs, &run_features);
        let mut through = vec![Vec::new(); instance.booths.len()];
        for block in 0..runs.len() as BlockIx {
            runs.get(block).iter().for_each(|b| through[*b as usize].push(block));
        }
        let mut classes_of = vec![Vec::new(); runs.len()];
        for class in 0..classes.len() as ClassIx {
            classes.get(class).iter().for_each(|block: &BlockIx| classes_of[*block as usize].push(class));
        }
        let mut apart: HashMap<ApplicationIx, Vec<ApplicationIx>> = HashMap::new();
        for (a, b) in &instance.separated_pairs {
            apart.entry(*a).or_default().push(*b);
            apart.entry(*b).or_default().push(*a);
        }
        let fixed = instance.applications.iter().enumerate().filter(|(_, a)| a.is_fixed);
        let fixed = fixed.map(|(i, a)| (i as ApplicationIx, a.current_booths.clone().unwrap_or_default())).collect();
        let mut model = Self {
            instance,
            blocks: runs,
            classes,
            class_specs: kinds,
            blocks_of_booth: ListOfLists::from_lists(through),
            classes_of_block: ListOfLists::from_lists(classes_of),
            class_choices: Vec::new(),
            wish_choices: Vec::new(),
            separated_from: apart,
            fixed_booths: fixed,
        };
        model.build_choices();
        model
    }

    /// Computes the choices of every application.
    fn build_choices(&mut self) {
        let index: HashMap<BlockClass, ClassIx> =
            self.class_specs.iter().zip(0..).map(|(kind, ix)| (*kind, ix)).collect();
        for applicant in &self.instance.applications {
            let (mut by_class, mut by_wish) = (Vec::new(), HashMap::<BlockIx, i64>::new());
            for zone in applicant.eligible_zones.iter().filter(|_| !applicant.is_fixed) {
                let class = BlockClass {
                    zone: *zone,
                    size: applicant.booths_wanted,
                    category: applicant.category,
                    features: applicant.needs,
                };
                let Some(class) = index.get(&class) else { continue };
                let rank = applicant.wishes.iter().position(|w| *w == Wish::Zone(*zone));
                let value = rank.map_or(0, |rank| Instance::wish_value(applicant.points, rank));
                by_class.push(Choice { target: *class, value });
            }
            by_class.sort_by_key(|c| (-c.value, c.target));
            let base = |block: BlockIx| {
                let of = self.classes_of_block.get(block);
                by_class.iter().find(|c| of.contains(&c.target)).map(|c| c.value)
            };
            for (rank, wish) in applicant.wishes.iter().enumerate() {
                let Wish::Booth(booth) = wish else { continue };
                let worth = Instance::wish_value(applicant.points, rank);
                for block in self.blocks_of_booth.get(*booth) {
                    if base(*block).is_some_and(|base| base < worth) {
                        let value = by_wish.entry(*block).or_default();
                        *value = worth.max(*value);
                    }
                }
            }
            if let Some(block) = applicant
                .current_booths
                .as_ref()
                .filter(|_| self.instance.stability_bonus > 0)
                .and_then(|current| self.find_block(current))
                && let Some(base) = base(block)
            {
                let value = by_wish.get(&block).copied().unwrap_or(base);
                by_wish.insert(block, value + self.instance.stability_bonus);
            }
            let mut by_wish: Vec<_> = by_wish.into_iter().map(|(of, value)| Choice { target: of, value }).collect();
            by_wish.sort_by_key(|c| (-c.value, c.target));
            self.class_choices.push(by_class);
            self.wish_choices.push(by_wish);
        }
    }

    /// The block with exactly these booths.
    pub fn find_block(&self, booths: &[BoothIx]) -> Option<BlockIx> {
        let mut sorted = booths.to_vec();
        sorted.sort_unstable();
        let first = sorted.first()?;
        if *first as usize >= self.blocks_of_booth.len() {
            return None;
        }
        self.blocks_of_booth.get(*first).iter().copied().find(|block| self.blocks.get(*block) == sorted)
    }

    /// Value of a block for an application; `None` if it is not one of its choices.
    pub fn value(&self, applicant: ApplicationIx, block: BlockIx) -> Option<i64> {
        let wish_value = self.wish_choices[applicant as usize].iter().find(|c| c.target == block).map(|c| c.value);
        let of = self.classes_of_block.get(block);
        let class_value =
            || self.class_choices[applicant as usize].iter().find(|c| of.contains(&c.target)).map(|c| c.value);
        wish_value.or_else(class_value)
    }

    /// Value of the best choice of an application; `None` if it has no choice.
    pub fn best_value(&self, applicant: ApplicationIx) -> Option<i64> {
        let (wish, class) = (&self.wish_choices[applicant as usize], &self.class_choices[applicant as usize]);
        wish.first().map(|c| c.value).max(class.first().map(|c| c.value))
    }

    /// Whether two applications must not be on adjacent booths.
    pub fn must_be_separated(&self, one: ApplicationIx, other: ApplicationIx) -> bool {
        let groups = (self.instance.applications[one as usize].group, self.instance.applications[other as usize].group);
        (self.instance.separate_same_group && groups.0.is_some() && groups.0 == groups.1)
            || self.separated_from.get(&one).is_some_and(|others| others.contains(&other))
    }

    /// Whether a separation rule applies to the application.
    pub fn has_separation_rule(&self, applicant: ApplicationIx) -> bool {
        self.instance.separate_same_group || self.separated_from.contains_key(&applicant)
    }
}

/// Groups blocks into classes: one per zone, size, category and distinct set of needs.
fn classes(
    instance: &Instance,
    runs: &ListOfLists<BoothIx>,
    has: &[Features],
) -> (Vec<BlockClass>, ListOfLists<BlockIx>) {
    let mut demands: Vec<(u8, u8, Features)> =
        instance.applications.iter().filter(|a| !a.is_fixed).map(|a| (a.booths_wanted, a.category, a.needs)).collect();
    demands.sort_unstable();
    demands.dedup();
    let mut members: HashMap<BlockClass, Vec<BlockIx>> = HashMap::new();
    for block in 0..runs.len() as BlockIx {
        let booths = runs.get(block);
        let first = &instance.booths[booths[0] as usize];
        for (size, category, needs) in &demands {
            let matches = usize::from(*size) == booths.len()
                && *category == first.category
                && has[block as usize].contains(*needs);
            if matches {
                let class = BlockClass { zone: first.zone, size: *size, category: *category, features: *needs };
                members.entry(class).or_default().push(block);
            }
        }
    }
    let mut all: Vec<(BlockClass, Vec<BlockIx>)> = members.into_iter().collect();
    all.sort_by_key(|(class, _)| (class.zone, class.size, class.category, class.features));
    let (kinds, members) = all.into_iter().unzip();
    (kinds, ListOfLists::from_lists(members))
}
