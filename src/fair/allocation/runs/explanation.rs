//! Explains a proposal: for each application the outcome, the reasons for unfulfilled wishes, and advice. The result is
//! structured data, stored as JSON and localized on output.
use serde::{Deserialize, Serialize};

use hoicho_optimiser::{
    Model,
    instance::{Application, ApplicationIx, BoothIx, Wish, ZoneIx},
    solve::Assignment,
};

/// Explanation of the outcome of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub outcome: Outcome,
    /// Unfulfilled wishes that rank above the outcome, best first.
    #[serde(rename = "lost")]
    pub unfulfilled: Vec<UnfulfilledWish>,
    /// Only if unserved.
    pub advice: Vec<Advice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Keeps its current booths.
    Stays,
    /// Got booths. `wish` is the fulfilled wish, starting at 1; `None` if the booths match no wish.
    Served { wish: Option<usize> },
    /// Got no booths.
    Unserved(UnservedReason),
}

/// Why an application is unserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnservedReason {
    /// Not eligible for any zone.
    NoZone,
    /// None of its zones has a block of its size, category and needs, even if all booths were free.
    NoSuchRun { size: u8 },
    /// All matching blocks are taken. `largest_left`: number of booths in the largest free area.
    Full { size: u8, largest_left: usize },
    /// All free blocks violate a separation rule.
    KeptApart,
}

/// An unfulfilled wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfulfilledWish {
    /// Rank, starting at 1.
    pub wish: usize,
    /// Booth code or zone name.
    pub place: String,
    pub why: UnfulfilledReason,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnfulfilledReason {
    /// The booth is locked or reserved.
    NotOpen,
    /// Not eligible for the zone.
    NotEligible,
    /// No block there has its size, category and needs.
    Unfit,
    /// A fixed application keeps the booth.
    Kept { by: String },
    /// An application earlier in the order got the booth.
    #[serde(rename = "came_before")]
    EarlierInOrder { who: String, turn: usize },
    /// An application later in the order got the booth, which serves more applications or increases the total value.
    #[serde(rename = "better_for_all")]
    HigherTotal { who: String, turn: usize },
    /// Every matching block of the zone is taken.
    ZoneFull,
    /// Every free block there violates a separation rule.
    KeptApart,
    /// A matching block is free, but the total is higher without assigning it.
    #[serde(rename = "whole")]
    OverallOptimum,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// A smaller request would fit.
    Fewer { size: usize, zone: String },
    /// A zone that it is not eligible for has free booths.
    OtherZone { zone: String },
    /// Points of the last application that got comparable booths.
    Points { last: u32, own: u32 },
}

/// Display names by index.
pub struct DisplayNames<'a> {
    pub booths: &'a [String],
    pub zones: &'a [String],
    pub applicants: &'a [String],
}

/// An assignment with precomputed data for its explanations.
pub struct Explainer<'a> {
    model: &'a Model<'a>,
    assignment: &'a Assignment,
    names: DisplayNames<'a>,
    on_booth: Vec<Option<ApplicationIx>>,
    /// The largest free area per zone and category: zone, category, number of booths, features of any of its booths.
    free_areas: Vec<(ZoneIx, u8, usize, u8)>,
}

/// Max unfulfilled wishes explained per application.
const MAX_UNFULFILLED: usize = 5;

impl<'a> Explainer<'a> {
    pub fn new(model: &'a Model<'a>, assignment: &'a Assignment, names: DisplayNames<'a>) -> Self {
        let mut on_booth = vec![None; model.instance.booths.len()];
        for (applicant, booths) in (0..).zip(&assignment.booths) {
            for booth in booths.iter().flatten() {
                if let Some(on) = at_mut(&mut on_booth, *booth) {
                    *on = Some(applicant);
                }
            }
        }
        let free_areas = find_free_areas(model, &on_booth);
        Self { model, assignment, names, on_booth, free_areas }
    }

    pub fn explain(&self, applicant: ApplicationIx) -> Option<Explanation> {
        let of = at(&self.model.instance.applications, applicant)?;
        if of.is_fixed {
            return Some(Explanation { outcome: Outcome::Stays, unfulfilled: Vec::new(), advice: Vec::new() });
        }
        let assigned = at(&self.assignment.booths, applicant)?.as_deref();
        let rank = assigned.and_then(|booths| of.wishes.iter().position(|wish| self.fulfils(*wish, booths)));
        let better = rank.unwrap_or(of.wishes.len());
        let unfulfilled = of.wishes.iter().take(better).enumerate().take(MAX_UNFULFILLED);
        let unfulfilled = unfulfilled.map(|(n, wish)| self.unfulfilled_wish(applicant, of, n + 1, *wish)).collect();
        let (outcome, advice) = match assigned {
            Some(_) => (Outcome::Served { wish: rank.map(|r| r + 1) }, Vec::new()),
            None => (Outcome::Unserved(self.reason(applicant, of)), self.advice(of)),
        };
        Some(Explanation { outcome, unfulfilled, advice })
    }

    fn fulfils(&self, wish: Wish, booths: &[BoothIx]) -> bool {
        match wish {
            Wish::Booth(booth) => booths.contains(&booth),
            Wish::Zone(zone) => {
                booths.iter().all(|b| at(&self.model.instance.booths, *b).is_some_and(|b| b.zone == zone))
            }
        }
    }

    fn unfulfilled_wish(
        &self,
        applicant: ApplicationIx,
        of: &Application,
        wish: usize,
        place: Wish,
    ) -> UnfulfilledWish {
        let name = |names: &[String], n: usize| names.get(n).cloned().unwrap_or_default();
        let (place, why) = match place {
            Wish::Booth(booth) => (
                name(self.names.booths, usize::try_from(booth).unwrap_or_default()),
                self.unfulfilled_reason(applicant, of, booth),
            ),
            Wish::Zone(zone) if !of.eligible_zones.contains(&zone) => {
                (name(self.names.zones, usize::from(zone)), UnfulfilledReason::NotEligible)
            }
            Wish::Zone(zone) => {
                let kinds = || at(&self.model.class_choices, applicant).into_iter().flatten();
                let class = kinds().find(|c| at(&self.model.class_specs, c.target).is_some_and(|k| k.zone == zone));
                let why = match class {
                    None => UnfulfilledReason::Unfit,
                    Some(class) if self.free_run(class.target, None) => {
                        if self.free_run(class.target, Some(applicant)) {
                            UnfulfilledReason::OverallOptimum
                        } else {
                            UnfulfilledReason::KeptApart
                        }
                    }
                    Some(_) => UnfulfilledReason::ZoneFull,
                };
                (name(self.names.zones, usize::from(zone)), why)
            }
        };
        UnfulfilledWish { wish, place, why }
    }

    fn unfulfilled_reason(&self, applicant: ApplicationIx, of: &Application, booth: BoothIx) -> UnfulfilledReason {
        let Some(it) = at(&self.model.instance.booths, booth) else { return UnfulfilledReason::Unfit };
        let on = at(&self.on_booth, booth).copied().flatten();
        let name = |who: ApplicationIx| at(self.names.applicants, who).cloned().unwrap_or_default();
        match on {
            Some(other) if other == applicant => UnfulfilledReason::OverallOptimum,
            Some(other) if at(&self.model.instance.applications, other).is_some_and(|o| o.is_fixed) => {
                UnfulfilledReason::Kept { by: name(other) }
            }
            _ if !of.eligible_zones.contains(&it.zone) => UnfulfilledReason::NotEligible,
            Some(other) => {
                let turn = usize::try_from(other).unwrap_or_default() + 1;
                if other < applicant {
                    UnfulfilledReason::EarlierInOrder { who: name(other), turn }
                } else {
                    UnfulfilledReason::HigherTotal { who: name(other), turn }
                }
            }
            None if !it.is_open => UnfulfilledReason::NotOpen,
            None => {
                let fits: Vec<_> = self
                    .model
                    .blocks_of_booth
                    .get(booth)
                    .iter()
                    .filter(|block| self.model.value(applicant, **block).is_some())
                    .collect();
                let free =
                    |block: u32| self.model.blocks.get(block).iter().all(|b| at(&self.on_booth, *b) == Some(&None));
                if fits.is_empty() {
                    UnfulfilledReason::Unfit
                } else if let Some(reason) = self.blocking_application(&fits, applicant) {
                    reason
                } else if fits.iter().any(|block| free(**block) && self.is_separated(applicant, **block)) {
                    UnfulfilledReason::OverallOptimum
                } else {
                    UnfulfilledReason::KeptApart
                }
            }
        }
    }

    /// If every block that contains a free booth includes a taken booth: who has the first such booth.
    fn blocking_application(&self, runs: &[&u32], applicant: ApplicationIx) -> Option<UnfulfilledReason> {
        let taken =
            |block: u32| self.model.blocks.get(block).iter().find_map(|b| at(&self.on_booth, *b).copied().flatten());
        let others: Option<Vec<ApplicationIx>> = runs.iter().map(|block| taken(**block)).collect();
        let other = *others?.first()?;
        let who = at(self.names.applicants, other).cloned().unwrap_or_default();
        let turn = usize::try_from(other).unwrap_or_default() + 1;
        Some(if other < applicant {
            UnfulfilledReason::EarlierInOrder { who, turn }
        } else {
            UnfulfilledReason::HigherTotal { who, turn }
        })
    }

    fn is_separated(&self, applicant: ApplicationIx, block: u32) -> bool {
        let adjacent =
            self.model.blocks.get(block).iter().filter_map(|b| at(&self.model.instance.adjacent, *b)).flatten();
        adjacent
            .filter_map(|b| at(&self.on_booth, *b).copied().flatten())
            .all(|other| other == applicant || !self.model.must_be_separated(applicant, other))
    }

    /// Whether a class has a free block; with `applicant`, one that satisfies its separation rules.
    fn free_run(&self, class: u32, applicant: Option<ApplicationIx>) -> bool {
        self.model.classes.get(class).iter().any(|block| {
            self.model.blocks.get(*block).iter().all(|b| at(&self.on_booth, *b) == Some(&None))
                && applicant.is_none_or(|a| self.is_separated(a, *block))
        })
    }

    fn reason(&self, applicant: ApplicationIx, of: &Application) -> UnservedReason {
        let classes = at(&self.model.class_choices, applicant).map(Vec::as_slice).unwrap_or_default();
        if of.eligible_zones.is_empty() {
            return UnservedReason::NoZone;
        }
        if classes.is_empty() {
            return UnservedReason::NoSuchRun { size: of.booths_wanted };
        }
        if classes.iter().any(|c| self.free_run(c.target, None)) {
            return UnservedReason::KeptApart;
        }
        let areas = self
            .free_areas
            .iter()
            .filter(|(zone, category, _, _)| of.eligible_zones.contains(zone) && *category == of.category);
        UnservedReason::Full { size: of.booths_wanted, largest_left: areas.map(|b| b.2).max().unwrap_or(0) }
    }

    fn advice(&self, of: &Application) -> Vec<Advice> {
        let zone_name = |zone: ZoneIx| self.names.zones.get(usize::from(zone)).cloned().unwrap_or_default();
        let mut advice = Vec::new();
        let fits = |b: &&(ZoneIx, u8, usize, u8)| b.1 == of.category && b.3 & of.needs.0 == of.needs.0;
        let own = self.free_areas.iter().filter(fits).filter(|b| of.eligible_zones.contains(&b.0)).max_by_key(|b| b.2);
        if let Some((zone, _, size, _)) = own.filter(|b| b.2 > 0 && b.2 < usize::from(of.booths_wanted)) {
            advice.push(Advice::Fewer { size: *size, zone: zone_name(*zone) });
        }
        let other = self
            .free_areas
            .iter()
            .filter(fits)
            .find(|b| !of.eligible_zones.contains(&b.0) && b.2 >= usize::from(of.booths_wanted));
        if let Some((zone, _, _, _)) = other {
            advice.push(Advice::OtherZone { zone: zone_name(*zone) });
        }
        // The lowest points among applications with as many booths of the category in one of its zones.
        let rivals = self.model.instance.applications.iter().zip(&self.assignment.booths).filter(|(other, booths)| {
            let first = booths.iter().flatten().next().and_then(|b| at(&self.model.instance.booths, *b));
            !other.is_fixed
                && other.booths_wanted == of.booths_wanted
                && other.category == of.category
                && first.is_some_and(|b| of.eligible_zones.contains(&b.zone))
        });
        if let Some(last) = rivals.map(|(other, _)| other.points).min().filter(|last| *last > of.points) {
            advice.push(Advice::Points { last, own: of.points });
        }
        advice
    }
}

fn at<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}

fn at_mut<T>(list: &mut [T], index: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(index).ok()?)
}

/// Finds the largest connected area of free booths for each zone and category, by depth-first search.
fn find_free_areas(model: &Model<'_>, on_booth: &[Option<ApplicationIx>]) -> Vec<(ZoneIx, u8, usize, u8)> {
    let booths = &model.instance.booths;
    let is_free = |b: BoothIx| at(booths, b).is_some_and(|it| it.is_open) && at(on_booth, b) == Some(&None);
    let mut seen = vec![false; booths.len()];
    let mut largest: std::collections::BTreeMap<(ZoneIx, u8), (usize, u8)> = std::collections::BTreeMap::new();
    for start in (0..).take(booths.len()) {
        let Some(first) = at(booths, start).filter(|_| is_free(start)) else { continue };
        let (mut stack, mut size, mut has) = (vec![start], 0, 0);
        while let Some(booth) = stack.pop() {
            let Some(seen) = at_mut(&mut seen, booth).filter(|seen| !**seen) else { continue };
            *seen = true;
            let Some(it) = at(booths, booth) else { continue };
            size += 1;
            has |= it.features.0;
            let next = at(&model.instance.adjacent, booth).into_iter().flatten().copied();
            stack.extend(next.filter(|b| {
                is_free(*b) && at(booths, *b).is_some_and(|n| (n.zone, n.category) == (first.zone, first.category))
            }));
        }
        let area = largest.entry((first.zone, first.category)).or_default();
        if size > area.0 {
            *area = (size, has);
        }
    }
    largest.into_iter().map(|((zone, category), (size, has))| (zone, category, size, has)).collect()
}
