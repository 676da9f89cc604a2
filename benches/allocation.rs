//! How good the plans are, how long they take and how much memory, on seeded instances of four sizes: the draw, the
//! whole-fair optimum with its proven gap, and with `--features highs` the proof of optimality beside HiGHS given the
//! whole model at once. `cargo bench --bench allocation -- 460` runs the sizes whose name holds 460.
#![expect(clippy::expect_used, reason = "a benchmark that breaks should say where")]
mod figures;

use std::time::{Duration, Instant};

use figures::Figures;
use hoicho_optimiser::{
    Assignment, Model, SolverSettings,
    bound::CoolingSchedule,
    sample,
    solve::{Gap, Policy, solve},
};

struct Size {
    booths: usize,
    applicants: usize,
    seeds: &'static [u64],
    limit: Duration,
}

const SIZES: [Size; 4] = [
    Size { booths: 197, applicants: 230, seeds: &[0, 1, 2, 3, 4], limit: Duration::from_secs(1) },
    Size { booths: 460, applicants: 520, seeds: &[0, 1, 2, 3, 4], limit: Duration::from_secs(1) },
    Size { booths: 5_000, applicants: 6_000, seeds: &[0], limit: Duration::from_secs(60) },
    Size { booths: 75_000, applicants: 80_000, seeds: &[0], limit: Duration::from_secs(300) },
];

/// Peak resident memory since the last call, in MiB; 0 if unknown.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|p| p.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    // Resets the peak for the next size.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
    kib / 1024.0
}

fn quietly(_: hoicho_optimiser::Progress) -> bool {
    true
}

struct Measured {
    plan: Assignment,
    gap: Gap,
    seconds: f64,
}

fn optimum(model: &Model<'_>, effort: SolverSettings) -> Measured {
    let began = Instant::now();
    let plan = solve(model, Policy::Optimum, effort, 1, &quietly);
    let seconds = began.elapsed().as_secs_f64();
    let gap = plan.gap(model).expect("a plan has a bound");
    Measured { plan, gap, seconds }
}

/// A total in which an application served counts one more than the best first wish of all.
fn total(model: &Model<'_>, plan: &Assignment) -> f64 {
    let applicants = u32::try_from(model.class_choices.len()).expect("fits");
    let best = (0..applicants).filter_map(|i| model.best_value(i)).max().unwrap_or(0);
    let total = plan.score.served * (best + 1) + plan.score.value;
    i32::try_from(total / 1_000).map_or(f64::INFINITY, f64::from)
}

fn measure(size: &Size, figures: &mut Figures) {
    let name = format!("{}/{}", size.booths, size.applicants);
    let (mut worst, mut slowest, mut least_drawn) = (Gap { total: 0.0, served: 0.0, value: 0.0 }, 0.0_f64, 1.0_f64);
    peak_mib();
    #[cfg(feature = "highs")]
    let mut raced = Vec::new();
    for seed in size.seeds {
        let instance = sample::sample_fair(size.booths, size.applicants, *seed);
        let began = Instant::now();
        let model = Model::new(&instance);
        let prepared = began.elapsed().as_secs_f64();
        // A proof has no shorter limit.
        let limit = if cfg!(feature = "highs") { size.limit.max(Duration::from_secs(120)) } else { size.limit };
        let effort = SolverSettings::for_applicants(size.applicants, limit);
        let began = Instant::now();
        let quick = SolverSettings { cooling: CoolingSchedule { steps: 3, ..effort.cooling }, ..effort };
        let drawn = solve(&model, Policy::SpaceDraw, quick, 1, &quietly);
        let draw_s = began.elapsed().as_secs_f64();
        let found = optimum(&model, effort);
        println!(
            "{name} seed {seed}: draw {} / {} in {draw_s:.3} s; optimum {} / {} in {:.2} s (prepared in {prepared:.2} s), \
             gap {:.4} % (served {:.4} %, value {:.4} %), {:?}",
            drawn.score.served,
            drawn.score.value,
            found.plan.score.served,
            found.plan.score.value,
            found.seconds,
            found.gap.total * 100.0,
            found.gap.served * 100.0,
            found.gap.value * 100.0,
            found.plan.stop_reason,
        );
        worst.total = worst.total.max(found.gap.total);
        worst.served = worst.served.max(found.gap.served);
        worst.value = worst.value.max(found.gap.value);
        slowest = slowest.max(found.seconds + prepared);
        least_drawn = least_drawn.min(total(&model, &drawn) / total(&model, &found.plan));
        #[cfg(feature = "highs")]
        raced.extend(whole::compare(&name, *seed, &model, &found, figures));
    }
    #[cfg(feature = "highs")]
    whole::medians(&name, raced, figures);
    figures.add(format!("gap {name}"), worst.total, "fraction", None);
    figures.add(format!("gap of applications served {name}"), worst.served, "fraction", None);
    figures.add(format!("gap of value for as many served {name}"), worst.value, "fraction", None);
    figures.add(format!("time {name}"), slowest, "s", None);
    figures.add(format!("space draw of the optimum {name}"), least_drawn, "fraction", None);
    figures.add(format!("peak memory {name}"), peak_mib(), "MiB", None);
}

/// With HiGHS: `optimum` ends with the proof, so its time is that of the proven optimum.
#[cfg(feature = "highs")]
mod whole {
    use hoicho_optimiser::exact;

    use super::*;

    /// Columns above which the whole model is not tried: it would need more memory than we promise.
    const MAX_COLUMNS: usize = 1_500_000;
    const LIMIT: Duration = Duration::from_secs(60);

    /// Seconds to the proven optimum with prices and for HiGHS alone, which is given up at the limit.
    pub fn compare(
        name: &str,
        seed: u64,
        model: &Model<'_>,
        found: &Measured,
        figures: &mut Figures,
    ) -> Option<(f64, f64)> {
        let columns: usize =
            model.class_choices.iter().flatten().map(|c| model.classes.get(c.target).len()).sum::<usize>();
        if columns > MAX_COLUMNS {
            println!("{name} seed {seed}: the whole model has {columns} columns and is not tried");
            return None;
        }
        let began = Instant::now();
        let whole = exact::solve_full_model(model, LIMIT);
        let seconds = began.elapsed().as_secs_f64();
        let proved = found.gap.total == 0.0;
        println!(
            "{name} seed {seed}: HiGHS alone {} / {} in {seconds:.2} s, {} columns, {}; with prices {:.2} s, {}",
            whole.score.served,
            whole.score.value,
            whole.columns,
            if whole.is_optimal { "optimal" } else { "not proved in time" },
            found.seconds,
            if proved { "optimal" } else { "not proved in time" },
        );
        assert!(!(whole.is_optimal && proved) || whole.score == found.plan.score, "two optima that differ");
        figures.add(format!("HiGHS alone, served {name} seed {seed}"), count(whole.score.served), "applications", None);
        proved.then(|| {
            figures.add(format!("time to the proven optimum {name} seed {seed}"), found.seconds, "s", Some(seconds));
            (found.seconds, seconds)
        })
    }

    fn count(n: i64) -> f64 {
        i32::try_from(n).map_or(f64::INFINITY, f64::from)
    }

    pub fn medians(name: &str, raced: Vec<(f64, f64)>, figures: &mut Figures) {
        let (mut ours, mut theirs): (Vec<f64>, Vec<f64>) = raced.into_iter().unzip();
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        if let Some((ours, theirs)) = ours.get(ours.len() / 2).zip(theirs.get(theirs.len() / 2)) {
            figures.add(format!("median time to the proven optimum {name}"), *ours, "s", Some(*theirs));
        }
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut figures = Figures::default();
    for size in &SIZES {
        let name = format!("{}/{}", size.booths, size.applicants);
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            measure(size, &mut figures);
        }
    }
    figures.publish("allocation").expect("the figures can be written");
}
