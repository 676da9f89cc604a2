//! Why each application got what it got, and why not what it wished for more: facts, to be put into words for a reader.
use serde::{Deserialize, Serialize};

use hoicho_optimiser::{
    Model,
    instance::{Applicant, ApplicantIx, BoothIx, Wish, ZoneIx},
    solve::Plan,
};

/// What became of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub outcome: Outcome,
    /// Wishes it liked better than what it got, best first.
    pub lost: Vec<Lost>,
    /// What would have to change; for those without a place.
    pub advice: Vec<Advice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has its booths already and stays.
    Stays,
    /// It got a place: which wish that is (1 is the best), if it is one.
    Served { wish: Option<usize> },
    /// It got none.
    Unserved(Reason),
}

/// What stands in the way of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No zone is for it.
    NoZone,
    /// None of its zones has so many adjacent booths of the category with what it needs, even when empty.
    NoSuchRun { size: u8 },
    /// All such runs went to others; the largest block that is left.
    Full { size: u8, largest_left: usize },
    /// Where there is room stands somebody it must be kept from.
    KeptApart,
}

/// A wish that did not come true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// 1 is the best.
    pub wish: usize,
    /// The booth's code or the zone's name.
    pub place: String,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Locked or reserved by the organiser.
    NotOpen,
    /// The zone is not for it.
    NotEligible,
    /// No run there has its size, category and needs.
    Unfit,
    /// Somebody stays there who had it before the round.
    Kept { by: String },
    /// Somebody who comes before it in the order has it.
    CameBefore { who: String, turn: usize },
    /// Somebody after it in the order has it: so more are served, or the total of all wishes is higher.
    BetterForAll { who: String, turn: usize },
    /// Every fitting run of the zone is taken.
    ZoneFull,
    /// Somebody it must be kept from stands beside it.
    KeptApart,
    /// It is free, and yet the whole is better so.
    Whole,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// With fewer booths there is room.
    Fewer { size: usize, zone: String },
    /// There is room in a zone that is not for it.
    OtherZone { zone: String },
    /// The last who got such a place had so many points.
    Points { last: u32, own: u32 },
}

/// What things are called.
pub struct Names<'a> {
    pub booths: &'a [String],
    pub zones: &'a [String],
    pub applicants: &'a [String],
}

/// A plan with what its explanations need, worked out once.
pub struct Explainer<'a> {
    model: &'a Model<'a>,
    plan: &'a Plan,
    names: Names<'a>,
    on_booth: Vec<Option<ApplicantIx>>,
    /// For each zone and category the largest block of free booths, and what one of its booths has.
    blocks: Vec<(ZoneIx, u8, usize, u8)>,
}

/// Wishes that are explained; more nobody reads.
const MOST_LOST: usize = 5;

impl<'a> Explainer<'a> {
    pub fn new(model: &'a Model<'a>, plan: &'a Plan, names: Names<'a>) -> Self {
        let mut on_booth = vec![None; model.instance.booths.len()];
        for (applicant, booths) in (0..).zip(&plan.booths) {
            for booth in booths.iter().flatten() {
                if let Some(on) = at_mut(&mut on_booth, *booth) {
                    *on = Some(applicant);
                }
            }
        }
        let blocks = free_blocks(model, &on_booth);
        Self { model, plan, names, on_booth, blocks }
    }

    pub fn explain(&self, applicant: ApplicantIx) -> Option<Explanation> {
        let of = at(&self.model.instance.applicants, applicant)?;
        if of.fixed {
            return Some(Explanation { outcome: Outcome::Stays, lost: Vec::new(), advice: Vec::new() });
        }
        let got = at(&self.plan.booths, applicant)?.as_deref();
        let rank = got.and_then(|booths| of.wishes.iter().position(|wish| self.holds(*wish, booths)));
        let better = rank.unwrap_or(of.wishes.len());
        let lost = of.wishes.iter().take(better).enumerate().take(MOST_LOST);
        let lost = lost.map(|(n, wish)| self.lost(applicant, of, n + 1, *wish)).collect();
        let (outcome, advice) = match got {
            Some(_) => (Outcome::Served { wish: rank.map(|r| r + 1) }, Vec::new()),
            None => (Outcome::Unserved(self.reason(applicant, of)), self.advice(of)),
        };
        Some(Explanation { outcome, lost, advice })
    }

    fn holds(&self, wish: Wish, booths: &[BoothIx]) -> bool {
        match wish {
            Wish::Booth(booth) => booths.contains(&booth),
            Wish::Zone(zone) => {
                booths.iter().all(|b| at(&self.model.instance.booths, *b).is_some_and(|b| b.zone == zone))
            }
        }
    }

    fn lost(&self, applicant: ApplicantIx, of: &Applicant, wish: usize, place: Wish) -> Lost {
        let name = |names: &[String], n: usize| names.get(n).cloned().unwrap_or_default();
        let (place, why) =
            match place {
                Wish::Booth(booth) => (
                    name(self.names.booths, usize::try_from(booth).unwrap_or_default()),
                    self.why_not(applicant, of, booth),
                ),
                Wish::Zone(zone) if !of.zones.contains(&zone) => {
                    (name(self.names.zones, usize::from(zone)), Why::NotEligible)
                }
                Wish::Zone(zone) => {
                    let kinds = || at(&self.model.by_class, applicant).into_iter().flatten();
                    let class = kinds().find(|c| at(&self.model.kinds, c.of).is_some_and(|k| k.zone == zone));
                    let why =
                        match class {
                            None => Why::Unfit,
                            Some(class) if self.free_run(class.of, None) => {
                                if self.free_run(class.of, Some(applicant)) { Why::Whole } else { Why::KeptApart }
                            }
                            Some(_) => Why::ZoneFull,
                        };
                    (name(self.names.zones, usize::from(zone)), why)
                }
            };
        Lost { wish, place, why }
    }

    fn why_not(&self, applicant: ApplicantIx, of: &Applicant, booth: BoothIx) -> Why {
        let Some(it) = at(&self.model.instance.booths, booth) else { return Why::Unfit };
        let on = at(&self.on_booth, booth).copied().flatten();
        let name = |who: ApplicantIx| at(self.names.applicants, who).cloned().unwrap_or_default();
        match on {
            Some(other) if other == applicant => Why::Whole,
            Some(other) if at(&self.model.instance.applicants, other).is_some_and(|o| o.fixed) => {
                Why::Kept { by: name(other) }
            }
            _ if !of.zones.contains(&it.zone) => Why::NotEligible,
            Some(other) => {
                let turn = usize::try_from(other).unwrap_or_default() + 1;
                if other < applicant {
                    Why::CameBefore { who: name(other), turn }
                } else {
                    Why::BetterForAll { who: name(other), turn }
                }
            }
            None if !it.open => Why::NotOpen,
            None => {
                let fits: Vec<_> = self
                    .model
                    .through
                    .of(booth)
                    .iter()
                    .filter(|run| self.model.value(applicant, **run).is_some())
                    .collect();
                let free = |run: u32| self.model.runs.of(run).iter().all(|b| at(&self.on_booth, *b) == Some(&None));
                if fits.is_empty() {
                    Why::Unfit
                } else if let Some(blocker) = self.blocker(&fits, applicant) {
                    blocker
                } else if fits.iter().any(|run| free(**run) && self.at_peace(applicant, **run)) {
                    Why::Whole
                } else {
                    Why::KeptApart
                }
            }
        }
    }

    /// The booth itself is free, but all runs through it touch somebody: who.
    fn blocker(&self, runs: &[&u32], applicant: ApplicantIx) -> Option<Why> {
        let taken = |run: u32| self.model.runs.of(run).iter().find_map(|b| at(&self.on_booth, *b).copied().flatten());
        let others: Option<Vec<ApplicantIx>> = runs.iter().map(|run| taken(**run)).collect();
        let other = *others?.first()?;
        let who = at(self.names.applicants, other).cloned().unwrap_or_default();
        let turn = usize::try_from(other).unwrap_or_default() + 1;
        Some(if other < applicant { Why::CameBefore { who, turn } } else { Why::BetterForAll { who, turn } })
    }

    fn at_peace(&self, applicant: ApplicantIx, run: u32) -> bool {
        let touching = self.model.runs.of(run).iter().filter_map(|b| at(&self.model.instance.touching, *b)).flatten();
        touching
            .filter_map(|b| at(&self.on_booth, *b).copied().flatten())
            .all(|other| other == applicant || !self.model.must_be_apart(applicant, other))
    }

    /// Whether a class has a free run, for somebody in particular if told.
    fn free_run(&self, class: u32, applicant: Option<ApplicantIx>) -> bool {
        self.model.classes.of(class).iter().any(|run| {
            self.model.runs.of(*run).iter().all(|b| at(&self.on_booth, *b) == Some(&None))
                && applicant.is_none_or(|a| self.at_peace(a, *run))
        })
    }

    fn reason(&self, applicant: ApplicantIx, of: &Applicant) -> Reason {
        let classes = at(&self.model.by_class, applicant).map(Vec::as_slice).unwrap_or_default();
        if of.zones.is_empty() {
            return Reason::NoZone;
        }
        if classes.is_empty() {
            return Reason::NoSuchRun { size: of.wants };
        }
        if classes.iter().any(|c| self.free_run(c.of, None)) {
            return Reason::KeptApart;
        }
        let blocks =
            self.blocks.iter().filter(|(zone, category, _, _)| of.zones.contains(zone) && *category == of.category);
        Reason::Full { size: of.wants, largest_left: blocks.map(|b| b.2).max().unwrap_or(0) }
    }

    fn advice(&self, of: &Applicant) -> Vec<Advice> {
        let zone_name = |zone: ZoneIx| self.names.zones.get(usize::from(zone)).cloned().unwrap_or_default();
        let mut advice = Vec::new();
        let fits = |b: &&(ZoneIx, u8, usize, u8)| b.1 == of.category && b.3 & of.needs.0 == of.needs.0;
        let own = self.blocks.iter().filter(fits).filter(|b| of.zones.contains(&b.0)).max_by_key(|b| b.2);
        if let Some((zone, _, size, _)) = own.filter(|b| b.2 > 0 && b.2 < usize::from(of.wants)) {
            advice.push(Advice::Fewer { size: *size, zone: zone_name(*zone) });
        }
        let other = self.blocks.iter().filter(fits).find(|b| !of.zones.contains(&b.0) && b.2 >= usize::from(of.wants));
        if let Some((zone, _, _, _)) = other {
            advice.push(Advice::OtherZone { zone: zone_name(*zone) });
        }
        // The last in the order that got as many booths in one of its zones.
        let rivals = self.model.instance.applicants.iter().zip(&self.plan.booths).filter(|(other, booths)| {
            let there = booths.iter().flatten().next().and_then(|b| at(&self.model.instance.booths, *b));
            !other.fixed
                && other.wants == of.wants
                && other.category == of.category
                && there.is_some_and(|b| of.zones.contains(&b.zone))
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

/// Blocks of free booths that touch each other, of one zone and category: for each of these the largest.
fn free_blocks(model: &Model<'_>, on_booth: &[Option<ApplicantIx>]) -> Vec<(ZoneIx, u8, usize, u8)> {
    let booths = &model.instance.booths;
    let is_free = |b: BoothIx| at(booths, b).is_some_and(|it| it.open) && at(on_booth, b) == Some(&None);
    let mut seen = vec![false; booths.len()];
    let mut largest: std::collections::BTreeMap<(ZoneIx, u8), (usize, u8)> = std::collections::BTreeMap::new();
    for start in (0..).take(booths.len()) {
        let Some(first) = at(booths, start).filter(|_| is_free(start)) else { continue };
        let (mut waiting, mut size, mut has) = (vec![start], 0, 0);
        while let Some(booth) = waiting.pop() {
            let Some(seen) = at_mut(&mut seen, booth).filter(|seen| !**seen) else { continue };
            *seen = true;
            let Some(it) = at(booths, booth) else { continue };
            size += 1;
            has |= it.features.0;
            let next = at(&model.instance.touching, booth).into_iter().flatten().copied();
            waiting.extend(next.filter(|b| {
                is_free(*b) && at(booths, *b).is_some_and(|n| (n.zone, n.category) == (first.zone, first.category))
            }));
        }
        let block = largest.entry((first.zone, first.category)).or_default();
        if size > block.0 {
            *block = (size, has);
        }
    }
    largest.into_iter().map(|((zone, category), (size, has))| (zone, category, size, has)).collect()
}
