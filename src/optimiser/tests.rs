//! No plan breaks a rule, whatever the instance; the draw is the rule it says; the bound bounds.
use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;

use super::{
    dual::Cooling,
    instance::*,
    search::Annealing,
    solve::{Policy, solve_again},
    *,
};

const QUICK: Effort = Effort {
    annealing: Annealing { moves: 60, hot: 0.1, cold: 0.001 },
    cooling: Cooling { hot: 0.5, cold: 0.000_5, steps: 90 },
    slack: 0.04,
    limit: Duration::from_secs(3_600),
};

fn quietly(_: Progress) -> bool {
    true
}

/// Rows of up to eight booths in up to three zones; anything else at random.
fn instances() -> impl Strategy<Value = Instance> {
    let booth = (0_u8..2, 0_u8..8, prop::bool::weighted(0.85));
    let wish = (any::<bool>(), 0_u32..30, 0_u16..3);
    let applicant = (
        (1_u8..=4, 0_u8..2, 0_u8..8, 1_u32..100),
        prop::collection::vec(wish, 0..5),
        prop::collection::btree_set(0_u16..3, 0..3),
        prop::option::of(0_u8..3),
    );
    (
        prop::collection::vec(booth, 0..30),
        prop::collection::vec(applicant, 0..16),
        prop::collection::vec((0_u32..16, 0_u32..16), 0..6),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(booths, applicants, apart, same_group_apart)| {
            let rows: Vec<(u32, i32)> = (0..booths.len()).map(|b| ((b / 8) as u32, (b % 8) as i32)).collect();
            let count = booths.len() as u32;
            let n = applicants.len() as u32;
            Instance {
                touching: adjacency::touching(&rows, &vec![None; booths.len()]),
                booths: booths
                    .into_iter()
                    .enumerate()
                    .map(|(b, (category, features, open))| Booth {
                        zone: (b / 10) as u16,
                        // Whole stretches of one category, or nobody finds two of them together.
                        category: category * u8::from(b % 8 > 4),
                        features: Features(features),
                        open,
                    })
                    .collect(),
                applicants: applicants
                    .into_iter()
                    .map(|((wants, category, needs, points), wishes, zones, group)| {
                        let mut named = BTreeSet::new();
                        let wishes = wishes
                            .into_iter()
                            .map(
                                |(is_booth, b, z)| {
                                    if is_booth && count > 0 { Wish::Booth(b % count) } else { Wish::Zone(z) }
                                },
                            )
                            .filter(|w| named.insert(format!("{w:?}")))
                            .collect();
                        let needs = Features(needs & 1);
                        Applicant {
                            wants,
                            category,
                            needs,
                            points,
                            wishes,
                            zones: zones.into_iter().collect(),
                            group,
                            ..Applicant::default()
                        }
                    })
                    .collect(),
                apart: apart.into_iter().filter(|(a, b)| a != b && *a < n && *b < n).collect(),
                same_group_apart,
                stability: 0,
            }
        })
}

/// Every rule an organiser could check on the printed plan, from the instance alone.
fn check(instance: &Instance, plan: &Plan) {
    let mut taken = BTreeSet::new();
    let mut on = vec![None; instance.booths.len()];
    for (i, booths) in plan.booths.iter().enumerate() {
        let (Some(booths), of) = (booths, &instance.applicants[i]) else { continue };
        if of.fixed {
            assert_eq!(of.current.as_ref(), Some(booths), "who stays was moved");
        } else {
            assert_eq!(booths.len(), usize::from(of.wants));
            let first = &instance.booths[booths[0] as usize];
            let mut has = Features::default();
            for booth in booths {
                let it = &instance.booths[*booth as usize];
                assert!(it.open, "a booth that is not open");
                assert!(of.zones.contains(&it.zone) && it.category == of.category && it.zone == first.zone);
                has = has.and(it.features);
            }
            assert!(has.cover(of.needs));
            // Connected: from the first all are reached.
            let (mut reached, mut waiting) = (BTreeSet::from([booths[0]]), vec![booths[0]]);
            while let Some(b) = waiting.pop() {
                for next in instance.touching[b as usize].iter().filter(|n| booths.contains(n)) {
                    if reached.insert(*next) {
                        waiting.push(*next);
                    }
                }
            }
            assert_eq!(reached.len(), booths.len(), "not adjacent");
        }
        for booth in booths {
            assert!(taken.insert(*booth), "two on one booth");
            on[*booth as usize] = Some(i);
        }
    }
    for (b, touching) in instance.touching.iter().enumerate() {
        for next in touching {
            let (Some(one), Some(other)) = (on[b], on[*next as usize]) else { continue };
            if one == other || (instance.applicants[one].fixed && instance.applicants[other].fixed) {
                continue;
            }
            let pair = |a: usize, b: usize| instance.apart.contains(&(a as u32, b as u32));
            assert!(!pair(one, other) && !pair(other, one), "side by side");
            let groups = (instance.applicants[one].group, instance.applicants[other].group);
            assert!(!instance.same_group_apart || groups.0.is_none() || groups.0 != groups.1, "one group side by side");
        }
    }
}

/// The rule of the draw, word by word: in order, each gets the best of all free runs it may take.
fn drawn_naively(instance: &Instance) -> Vec<Option<Vec<BoothIx>>> {
    let model = Model::new(instance);
    let mut taken: BTreeSet<BoothIx> = BTreeSet::new();
    let mut on: Vec<Option<u32>> = vec![None; instance.booths.len()];
    let mut plan = Vec::new();
    for i in 0..instance.applicants.len() as u32 {
        let at_peace = |run: u32| {
            let around = model.runs.of(run).iter().flat_map(|b| &instance.touching[*b as usize]);
            around.filter_map(|b| on[*b as usize]).all(|other| other == i || !model.must_be_apart(i, other))
        };
        let best = (0..model.runs.len() as u32)
            .filter(|run| model.runs.of(*run).iter().all(|b| !taken.contains(b)) && at_peace(*run))
            .filter_map(|run| Some((model.value(i, run)?, std::cmp::Reverse(run))))
            .max();
        plan.push(best.map(|(_, run)| model.runs.of(run.0).to_vec()));
        for booth in plan.last().into_iter().flatten().flatten() {
            taken.insert(*booth);
            on[*booth as usize] = Some(i);
        }
    }
    plan
}

/// The best there is, by trying everything: for a handful of applicants.
fn best_of_all(instance: &Instance) -> (i64, i64) {
    fn go(model: &Model<'_>, i: u32, plan: &mut Vec<Option<u32>>, best: &mut (i64, i64), now: (i64, i64)) {
        if i as usize == model.instance.applicants.len() {
            *best = now.max(*best);
            return;
        }
        plan.push(None);
        go(model, i + 1, plan, best, now);
        plan.pop();
        for run in 0..model.runs.len() as u32 {
            let Some(value) = model.value(i, run) else { continue };
            let clash = plan.iter().enumerate().filter_map(|(j, r)| Some((j as u32, (*r)?))).any(|(j, other)| {
                let (ours, theirs) = (model.runs.of(run), model.runs.of(other));
                ours.iter().any(|b| theirs.contains(b))
                    || model.must_be_apart(i, j)
                        && ours.iter().any(|b| model.instance.touching[*b as usize].iter().any(|n| theirs.contains(n)))
            });
            if !clash {
                plan.push(Some(run));
                go(model, i + 1, plan, best, (now.0 + 1, now.1 + value));
                plan.pop();
            }
        }
    }
    let mut best = (0, 0);
    go(&Model::new(instance), 0, &mut Vec::new(), &mut best, (0, 0));
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_plan_breaks_a_rule_and_none_exceeds_its_bound(instance in instances(), seed in any::<u64>()) {
        let model = Model::new(&instance);
        for policy in [Policy::SpaceDraw, Policy::Optimum] {
            let plan = solve(&model, policy, QUICK, seed, &quietly);
            check(&instance, &plan);
            let bound = plan.proof.as_ref().unwrap().bound;
            prop_assert!(plan.score.served <= bound.served, "{:?} {bound:?}", plan.score);
            prop_assert!(plan.score.value <= bound.value(plan.score.served), "{:?} {bound:?}", plan.score);
            prop_assert_eq!(plan.score, solve::score(&model, &plan.booths));
        }
    }

    #[test]
    fn the_draw_is_the_serial_rule(instance in instances()) {
        let plan = solve(&Model::new(&instance), Policy::SpaceDraw, QUICK, 1, &quietly);
        prop_assert_eq!(plan.booths, drawn_naively(&instance));
    }

    #[test]
    fn the_bound_holds_for_the_best_there_is_and_the_optimum_is_no_worse_than_the_draw(instance in instances()) {
        let few = Instance { applicants: instance.applicants.iter().take(4).cloned().collect(), ..instance.clone() };
        let few = Instance { apart: few.apart.iter().copied().filter(|(a, b)| *a < 4 && *b < 4).collect(), ..few };
        let few = Instance { apart: few.apart.iter().copied().filter(|(a, b)| (*a.max(b) as usize) < few.applicants.len()).collect(), ..few };
        let model = Model::new(&few);
        let best = best_of_all(&few);
        let plan = solve(&model, Policy::Optimum, QUICK, 1, &quietly);
        let bound = plan.proof.as_ref().unwrap().bound;
        prop_assert!(best.0 <= bound.served && best.1 <= bound.value(best.0), "{best:?} {bound:?}");
        prop_assert!((plan.score.served, plan.score.value) <= best);
        let draw = solve(&model, Policy::SpaceDraw, QUICK, 1, &quietly);
        prop_assert!(plan.score >= draw.score);
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(instance in instances(), seed in any::<u64>()) {
        let model = Model::new(&instance);
        let plan = || solve(&model, Policy::Optimum, QUICK, seed, &quietly).booths;
        prop_assert_eq!(plan(), plan());
    }

    #[test]
    fn a_rerun_with_no_change_moves_nothing(instance in instances(), seed in any::<u64>()) {
        for policy in [Policy::SpaceDraw, Policy::Optimum] {
            let plan = solve(&Model::new(&instance), policy, QUICK, seed, &quietly);
            let mut again = instance.clone();
            for (applicant, booths) in again.applicants.iter_mut().zip(&plan.booths) {
                applicant.current.clone_from(booths);
            }
            let rerun = solve_again(&again, policy, QUICK, seed.wrapping_add(1), &quietly);
            prop_assert_eq!(&rerun.booths, &plan.booths, "{:?}", policy);
        }
    }

    #[test]
    fn a_rerun_after_withdrawals_breaks_no_rule_and_takes_nobodys_place_for_nothing(instance in instances(), gone in any::<prop::sample::Index>()) {
        let plan = solve(&Model::new(&instance), Policy::Optimum, QUICK, 1, &quietly);
        let mut again = instance.clone();
        for (applicant, booths) in again.applicants.iter_mut().zip(&plan.booths) {
            applicant.current.clone_from(booths);
        }
        if !again.applicants.is_empty() {
            let n = again.applicants.len();
            // Withdrawn: may stand nowhere.
            again.applicants[gone.index(n)].zones.clear();
        }
        let rerun = solve_again(&again, Policy::Optimum, QUICK, 1, &quietly);
        check(&again, &Plan { booths: rerun.booths.clone(), ..plan.clone() });
        let lost = plan.booths.iter().zip(&rerun.booths).zip(&again.applicants)
            .filter(|((before, after), a)| before.is_some() && after.is_none() && !a.zones.is_empty()).count();
        let gained = plan.booths.iter().zip(&rerun.booths).filter(|(before, after)| before.is_none() && after.is_some()).count();
        prop_assert!(lost == 0 || gained > lost, "{lost} lost for {gained}");
    }
}

#[test]
fn whoever_stays_stays_and_is_counted() {
    let mut instance = sample::fair(60, 40, 3);
    instance.booths[0].open = false;
    instance.applicants[7].fixed = true;
    instance.applicants[7].current = Some(vec![0]);
    for policy in [Policy::SpaceDraw, Policy::Optimum] {
        let plan = solve(&Model::new(&instance), policy, QUICK, 1, &quietly);
        check(&instance, &plan);
        assert_eq!(plan.booths[7], Some(vec![0]));
        assert_eq!(plan.score.served, plan.booths.iter().flatten().count() as i64);
    }
}

#[test]
fn a_cancelled_run_gives_the_best_so_far() {
    let instance = sample::fair(197, 230, 1);
    let model = Model::new(&instance);
    let plan =
        solve(&model, Policy::Optimum, Effort::for_applicants(230, Duration::from_secs(60)), 1, &|p| p.done < 0.05);
    assert_eq!(plan.stop, Stop::Cancelled);
    check(&instance, &plan);
    let draw = solve(&model, Policy::SpaceDraw, QUICK, 1, &quietly);
    assert!(plan.score >= draw.score);
}
