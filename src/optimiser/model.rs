//! The instance made ready for solving: runs, classes of like runs, and what each applicant may choose.
use std::collections::HashMap;

use super::{
    adjacency,
    instance::{ApplicantIx, BoothIx, Features, Instance, Wish, ZoneIx},
};

/// Index of a run.
pub type RunIx = u32;
/// Index of a class.
pub type ClassIx = u32;

/// Lists of lists without a box for each.
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
    /// One list.
    pub fn of(&self, index: u32) -> &[T] {
        &self.items[self.range(index)]
    }
    /// Where a list is among all items.
    pub fn range(&self, index: u32) -> std::ops::Range<usize> {
        self.starts[index as usize] as usize..self.starts[index as usize + 1] as usize
    }
    /// How many lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// How many items in all of them.
    pub fn items(&self) -> usize {
        self.items.len()
    }
}

/// Runs of one zone, size and category that have certain features: alike for everybody who wishes for none of their
/// booths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    /// Where.
    pub zone: ZoneIx,
    /// Booths of a run.
    pub size: u8,
    /// Their category.
    pub category: u8,
    /// What every run of the class has.
    pub has: Features,
}

/// What an applicant may choose: a run of a class, or a certain run that is worth more than its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<T> {
    /// What.
    pub of: T,
    /// Points × wish, and staying where one stands.
    pub value: i64,
}

/// An instance with its choices.
pub struct Model<'a> {
    /// What it was made of.
    pub instance: &'a Instance,
    /// Booths of each run, sorted.
    pub runs: Lists<BoothIx>,
    /// Runs of each class.
    pub classes: Lists<RunIx>,
    /// What each class is.
    pub kinds: Vec<Class>,
    /// Runs through each booth.
    pub through: Lists<RunIx>,
    /// Classes of each run, with the run's place in the class.
    pub classes_of: Lists<ClassIx>,
    /// Classes each applicant may choose from, best first.
    pub by_class: Vec<Vec<Choice<ClassIx>>>,
    /// Certain runs that are worth more, best first.
    pub by_wish: Vec<Vec<Choice<RunIx>>>,
    /// For each applicant with whom it may not stand side by side.
    pub apart: HashMap<ApplicantIx, Vec<ApplicantIx>>,
    /// The run on which a fixed applicant stays is of no class: its booths.
    pub fixed: HashMap<ApplicantIx, Vec<BoothIx>>,
}

impl<'a> Model<'a> {
    /// Makes it ready.
    pub fn new(instance: &'a Instance) -> Self {
        let mut sizes: Vec<u8> = instance.applicants.iter().filter(|a| !a.fixed).map(|a| a.wants).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut runs = Lists::new();
        let mut run_features = Vec::new();
        for size in sizes {
            for run in adjacency::runs(&instance.booths, &instance.touching, usize::from(size)) {
                let has = run.iter().fold(Features::default(), |f, b| f.and(instance.booths[*b as usize].features));
                run_features.push(has);
                runs.push(run);
            }
        }
        let (kinds, classes) = classes(instance, &runs, &run_features);
        let mut through = vec![Vec::new(); instance.booths.len()];
        for run in 0..runs.len() as RunIx {
            runs.of(run).iter().for_each(|b| through[*b as usize].push(run));
        }
        let mut classes_of = vec![Vec::new(); runs.len()];
        for class in 0..classes.len() as ClassIx {
            classes.of(class).iter().for_each(|run: &RunIx| classes_of[*run as usize].push(class));
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
        model.choose();
        model
    }

    /// Works out what everybody may choose.
    fn choose(&mut self) {
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
            let base = |run: RunIx| {
                let of = self.classes_of.of(run);
                by_class.iter().find(|c| of.contains(&c.of)).map(|c| c.value)
            };
            for (rank, wish) in applicant.wishes.iter().enumerate() {
                let Wish::Booth(booth) = wish else { continue };
                let worth = Instance::worth(applicant.points, rank);
                for run in self.through.of(*booth) {
                    if base(*run).is_some_and(|base| base < worth) {
                        let value = by_wish.entry(*run).or_default();
                        *value = worth.max(*value);
                    }
                }
            }
            if let Some(run) = applicant
                .current
                .as_ref()
                .filter(|_| self.instance.stability > 0)
                .and_then(|current| self.run_of(current))
                && let Some(base) = base(run)
            {
                let value = by_wish.get(&run).copied().unwrap_or(base);
                by_wish.insert(run, value + self.instance.stability);
            }
            let mut by_wish: Vec<_> = by_wish.into_iter().map(|(of, value)| Choice { of, value }).collect();
            by_wish.sort_by_key(|c| (-c.value, c.of));
            self.by_class.push(by_class);
            self.by_wish.push(by_wish);
        }
    }

    /// The run with exactly these booths.
    pub fn run_of(&self, booths: &[BoothIx]) -> Option<RunIx> {
        let mut sorted = booths.to_vec();
        sorted.sort_unstable();
        let first = sorted.first()?;
        if *first as usize >= self.through.len() {
            return None;
        }
        self.through.of(*first).iter().copied().find(|run| self.runs.of(*run) == sorted)
    }

    /// What a run is worth to an applicant; `None` when it may not take it.
    pub fn value(&self, applicant: ApplicantIx, run: RunIx) -> Option<i64> {
        let wished = self.by_wish[applicant as usize].iter().find(|c| c.of == run).map(|c| c.value);
        let of = self.classes_of.of(run);
        let classed = || self.by_class[applicant as usize].iter().find(|c| of.contains(&c.of)).map(|c| c.value);
        wished.or_else(classed)
    }

    /// The most an applicant can get.
    pub fn best(&self, applicant: ApplicantIx) -> Option<i64> {
        let (wish, class) = (&self.by_wish[applicant as usize], &self.by_class[applicant as usize]);
        wish.first().map(|c| c.value).max(class.first().map(|c| c.value))
    }

    /// Whether two may not stand side by side.
    pub fn must_be_apart(&self, one: ApplicantIx, other: ApplicantIx) -> bool {
        let groups = (self.instance.applicants[one as usize].group, self.instance.applicants[other as usize].group);
        (self.instance.same_group_apart && groups.0.is_some() && groups.0 == groups.1)
            || self.apart.get(&one).is_some_and(|with| with.contains(&other))
    }

    /// Whether anybody must be kept apart from this one.
    pub fn is_touchy(&self, applicant: ApplicantIx) -> bool {
        self.instance.same_group_apart || self.apart.contains_key(&applicant)
    }
}

/// A class for each zone, size and category of runs, and each set of needs that somebody has there.
fn classes(instance: &Instance, runs: &Lists<BoothIx>, has: &[Features]) -> (Vec<Class>, Lists<RunIx>) {
    let mut asked: Vec<(u8, u8, Features)> =
        instance.applicants.iter().filter(|a| !a.fixed).map(|a| (a.wants, a.category, a.needs)).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut members: HashMap<Class, Vec<RunIx>> = HashMap::new();
    for run in 0..runs.len() as RunIx {
        let booths = runs.of(run);
        let first = &instance.booths[booths[0] as usize];
        for (size, category, needs) in &asked {
            let fits =
                usize::from(*size) == booths.len() && *category == first.category && has[run as usize].cover(*needs);
            if fits {
                let class = Class { zone: first.zone, size: *size, category: *category, has: *needs };
                members.entry(class).or_default().push(run);
            }
        }
    }
    let mut all: Vec<(Class, Vec<RunIx>)> = members.into_iter().collect();
    all.sort_by_key(|(class, _)| (class.zone, class.size, class.category, class.has));
    let (kinds, members) = all.into_iter().unzip();
    (kinds, Lists::from_lists(members))
}
