//! Property tests: assignments satisfy all rules, the draw equals a naive reference implementation, and no assignment
//! exceeds the bound.
use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;

use super::{
    annealing::AnnealingSchedule,
    bound::CoolingSchedule,
    instance::*,
    solve::{Policy, solve_from_current},
    *,
};

const QUICK: SolverSettings = SolverSettings {
    annealing: AnnealingSchedule { moves_per_application: 60, initial_temperature: 0.1, final_temperature: 0.001 },
    cooling: CoolingSchedule { initial_temperature: 0.5, final_temperature: 0.000_5, steps: 90 },
    candidate_slack: 0.04,
    time_limit: Duration::from_secs(3_600),
};

fn no_report(_: Progress) -> bool {
    true
}

/// Random instances with rows of up to 8 booths in up to 3 zones.
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
                adjacent: adjacency::adjacency_lists(&rows, &vec![None; booths.len()]),
                booths: booths
                    .into_iter()
                    .enumerate()
                    .map(|(b, (category, features, open))| Booth {
                        zone: (b / 10) as u16,
                        // Contiguous stretches of one category, so that adjacent booths of one category exist.
                        category: category * u8::from(b % 8 > 4),
                        features: Features(features),
                        is_open: open,
                    })
                    .collect(),
                applications: applicants
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
                        Application {
                            booths_wanted: wants,
                            category,
                            needs,
                            points,
                            wishes,
                            eligible_zones: zones.into_iter().collect(),
                            group,
                            ..Application::default()
                        }
                    })
                    .collect(),
                separated_pairs: apart.into_iter().filter(|(a, b)| a != b && *a < n && *b < n).collect(),
                separate_same_group: same_group_apart,
                stability_bonus: 0,
            }
        })
}

/// Asserts all rules on the assigned booths, independently of the model.
fn assert_valid(instance: &Instance, assignment: &Assignment) {
    let mut taken = BTreeSet::new();
    let mut occupant = vec![None; instance.booths.len()];
    for (i, booths) in assignment.booths.iter().enumerate() {
        let (Some(booths), of) = (booths, &instance.applications[i]) else { continue };
        if of.is_fixed {
            assert_eq!(of.current_booths.as_ref(), Some(booths), "fixed application was moved");
        } else {
            assert_eq!(booths.len(), usize::from(of.booths_wanted));
            let first = &instance.booths[booths[0] as usize];
            let mut has = Features::default();
            for booth in booths {
                let attributes = &instance.booths[*booth as usize];
                assert!(attributes.is_open, "booth is not open");
                assert!(
                    of.eligible_zones.contains(&attributes.zone)
                        && attributes.category == of.category
                        && attributes.zone == first.zone
                );
                has = has.union(attributes.features);
            }
            assert!(has.contains(of.needs));
            // Connected: all booths are reachable from the first.
            let (mut reached, mut queue) = (BTreeSet::from([booths[0]]), vec![booths[0]]);
            while let Some(b) = queue.pop() {
                for next in instance.adjacent[b as usize].iter().filter(|n| booths.contains(n)) {
                    if reached.insert(*next) {
                        queue.push(*next);
                    }
                }
            }
            assert_eq!(reached.len(), booths.len(), "booths are not adjacent");
        }
        for booth in booths {
            assert!(taken.insert(*booth), "booth is assigned twice");
            occupant[*booth as usize] = Some(i);
        }
    }
    for (b, touching) in instance.adjacent.iter().enumerate() {
        for next in touching {
            let (Some(one), Some(other)) = (occupant[b], occupant[*next as usize]) else { continue };
            if one == other || (instance.applications[one].is_fixed && instance.applications[other].is_fixed) {
                continue;
            }
            let pair = |a: usize, b: usize| instance.separated_pairs.contains(&(a as u32, b as u32));
            assert!(!pair(one, other) && !pair(other, one), "separated pair is adjacent");
            let groups = (instance.applications[one].group, instance.applications[other].group);
            assert!(
                !instance.separate_same_group || groups.0.is_none() || groups.0 != groups.1,
                "same group is adjacent"
            );
        }
    }
}

/// Naive reference implementation of the draw: in order, each application gets the best of its free blocks.
fn naive_draw(instance: &Instance) -> Vec<Option<Vec<BoothIx>>> {
    let model = Model::new(instance);
    let mut taken: BTreeSet<BoothIx> = BTreeSet::new();
    let mut occupant: Vec<Option<u32>> = vec![None; instance.booths.len()];
    let mut assigned = Vec::new();
    for i in 0..instance.applications.len() as u32 {
        let is_separated = |block: u32| {
            let neighbours = model.blocks.get(block).iter().flat_map(|b| &instance.adjacent[*b as usize]);
            neighbours
                .filter_map(|b| occupant[*b as usize])
                .all(|other| other == i || !model.must_be_separated(i, other))
        };
        let best = (0..model.blocks.len() as u32)
            .filter(|block| model.blocks.get(*block).iter().all(|b| !taken.contains(b)) && is_separated(*block))
            .filter_map(|block| Some((model.value(i, block)?, std::cmp::Reverse(block))))
            .max();
        assigned.push(best.map(|(_, block)| model.blocks.get(block.0).to_vec()));
        for booth in assigned.last().into_iter().flatten().flatten() {
            taken.insert(*booth);
            occupant[*booth as usize] = Some(i);
        }
    }
    assigned
}

/// The optimum by exhaustive search, for a few applications.
fn brute_force(instance: &Instance) -> (i64, i64) {
    fn search(model: &Model<'_>, i: u32, chosen: &mut Vec<Option<u32>>, best: &mut (i64, i64), current: (i64, i64)) {
        if i as usize == model.instance.applications.len() {
            *best = current.max(*best);
            return;
        }
        chosen.push(None);
        search(model, i + 1, chosen, best, current);
        chosen.pop();
        for block in 0..model.blocks.len() as u32 {
            let Some(value) = model.value(i, block) else { continue };
            let conflicts = chosen.iter().enumerate().filter_map(|(j, r)| Some((j as u32, (*r)?))).any(|(j, other)| {
                let (ours, theirs) = (model.blocks.get(block), model.blocks.get(other));
                ours.iter().any(|b| theirs.contains(b))
                    || model.must_be_separated(i, j)
                        && ours.iter().any(|b| model.instance.adjacent[*b as usize].iter().any(|n| theirs.contains(n)))
            });
            if !conflicts {
                chosen.push(Some(block));
                search(model, i + 1, chosen, best, (current.0 + 1, current.1 + value));
                chosen.pop();
            }
        }
    }
    let mut best = (0, 0);
    search(&Model::new(instance), 0, &mut Vec::new(), &mut best, (0, 0));
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn assignments_are_valid_and_within_the_bound(instance in instances(), seed in any::<u64>()) {
        let model = Model::new(&instance);
        for policy in [Policy::SpaceDraw, Policy::Optimum] {
            let assignment = solve(&model, policy, QUICK, seed, &no_report);
            assert_valid(&instance, &assignment);
            let bound = assignment.proof.as_ref().unwrap().bound;
            prop_assert!(assignment.score.served <= bound.served, "{:?} {bound:?}", assignment.score);
            prop_assert!(assignment.score.value <= bound.value(assignment.score.served), "{:?} {bound:?}", assignment.score);
            prop_assert_eq!(assignment.score, solve::score(&model, &assignment.booths));
        }
    }

    #[test]
    fn draw_equals_the_naive_draw(instance in instances()) {
        let assignment = solve(&Model::new(&instance), Policy::SpaceDraw, QUICK, 1, &no_report);
        prop_assert_eq!(assignment.booths, naive_draw(&instance));
    }

    #[test]
    fn bound_holds_for_the_optimum_and_search_is_no_worse_than_the_draw(instance in instances()) {
        let small = Instance { applications: instance.applications.iter().take(4).cloned().collect(), ..instance.clone() };
        let separated_pairs = small.separated_pairs.iter().copied().filter(|(a, b)| *a < 4 && *b < 4).collect();
        let small = Instance { separated_pairs, ..small };
        let count = small.applications.len();
        let apart = small.separated_pairs.iter().copied().filter(|(a, b)| (*a.max(b) as usize) < count).collect();
        let small = Instance { separated_pairs: apart, ..small };
        let model = Model::new(&small);
        let best = brute_force(&small);
        let assignment = solve(&model, Policy::Optimum, QUICK, 1, &no_report);
        let bound = assignment.proof.as_ref().unwrap().bound;
        prop_assert!(best.0 <= bound.served && best.1 <= bound.value(best.0), "{best:?} {bound:?}");
        prop_assert!((assignment.score.served, assignment.score.value) <= best);
        let draw = solve(&model, Policy::SpaceDraw, QUICK, 1, &no_report);
        prop_assert!(assignment.score >= draw.score);
    }

    #[test]
    fn same_seed_gives_the_same_assignment(instance in instances(), seed in any::<u64>()) {
        let model = Model::new(&instance);
        let assignment = || solve(&model, Policy::Optimum, QUICK, seed, &no_report).booths;
        prop_assert_eq!(assignment(), assignment());
    }

    #[test]
    fn rerun_without_changes_moves_nothing(instance in instances(), seed in any::<u64>()) {
        for policy in [Policy::SpaceDraw, Policy::Optimum] {
            let assignment = solve(&Model::new(&instance), policy, QUICK, seed, &no_report);
            let mut again = instance.clone();
            for (applicant, booths) in again.applications.iter_mut().zip(&assignment.booths) {
                applicant.current_booths.clone_from(booths);
            }
            let rerun = solve_from_current(&again, policy, QUICK, seed.wrapping_add(1), &no_report);
            prop_assert_eq!(&rerun.booths, &assignment.booths, "{:?}", policy);
        }
    }

    #[test]
    fn rerun_after_a_withdrawal_is_valid_and_loses_nobody_for_nothing(
        instance in instances(), withdrawn in any::<prop::sample::Index>(),
    ) {
        let assignment = solve(&Model::new(&instance), Policy::Optimum, QUICK, 1, &no_report);
        let mut again = instance.clone();
        for (applicant, booths) in again.applications.iter_mut().zip(&assignment.booths) {
            applicant.current_booths.clone_from(booths);
        }
        if !again.applications.is_empty() {
            let n = again.applications.len();
            // Withdrawn: no eligible zones.
            again.applications[withdrawn.index(n)].eligible_zones.clear();
        }
        let rerun = solve_from_current(&again, Policy::Optimum, QUICK, 1, &no_report);
        assert_valid(&again, &Assignment { booths: rerun.booths.clone(), ..assignment.clone() });
        let lost = assignment.booths.iter().zip(&rerun.booths).zip(&again.applications)
            .filter(|((before, after), a)| before.is_some() && after.is_none() && !a.eligible_zones.is_empty()).count();
        let gained = assignment.booths.iter().zip(&rerun.booths).filter(|(before, after)| before.is_none() && after.is_some()).count();
        prop_assert!(lost == 0 || gained > lost, "lost {lost}, gained {gained}");
    }
}

#[test]
fn fixed_applications_keep_their_booths_and_count_as_served() {
    let mut instance = sample::sample_fair(60, 40, 3);
    instance.booths[0].is_open = false;
    instance.applications[7].is_fixed = true;
    instance.applications[7].current_booths = Some(vec![0]);
    for policy in [Policy::SpaceDraw, Policy::Optimum] {
        let assignment = solve(&Model::new(&instance), policy, QUICK, 1, &no_report);
        assert_valid(&instance, &assignment);
        assert_eq!(assignment.booths[7], Some(vec![0]));
        assert_eq!(assignment.score.served, assignment.booths.iter().flatten().count() as i64);
    }
}

#[test]
fn cancelled_solve_returns_the_best_so_far() {
    let instance = sample::sample_fair(197, 230, 1);
    let model = Model::new(&instance);
    let assignment =
        solve(&model, Policy::Optimum, SolverSettings::for_applicants(230, Duration::from_secs(60)), 1, &|p| {
            p.share_done < 0.05
        });
    assert_eq!(assignment.stop_reason, StopReason::Cancelled);
    assert_valid(&instance, &assignment);
    let draw = solve(&model, Policy::SpaceDraw, QUICK, 1, &no_report);
    assert!(assignment.score >= draw.score);
}
