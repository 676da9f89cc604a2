//! `hoicho allocate`: a round on the command line, to see what a policy would do.
use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;
use hoicho_core::values::{clock::Clock, ids::EditionId};
use hoicho_fair::{
    allocation::rounds::{Order, Policy, Rules, StartRun, Weights, execute},
    editions,
};
use hoicho_optimiser::{Model, solve::Progress};
use hoicho_web::http::Problem;

/// How booths are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyArg {
    /// Strict order: each gets the best still free
    SpaceDraw,
    /// Most applications served, then the highest total of points-weighted wishes
    Optimum,
}

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OrderArg {
    /// Ten points a star, five an earlier edition
    Points,
    /// Who applied first
    Date,
    /// By lot, from --seed
    Lottery,
}

#[derive(Args)]
pub struct Allocate {
    /// The edition's slug or identifier
    edition: String,
    /// How booths are given
    #[arg(long, value_enum)]
    policy: PolicyArg,
    /// Who goes first
    #[arg(long, value_enum, default_value = "date")]
    order: OrderArg,
    /// The same seed gives the same plan
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds it may take
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600))]
    limit: u32,
    /// Show what would be done and change nothing; a proposal that can be applied is made over the API
    #[arg(long, required = true)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

/// Works it out and shows it.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn allocate(asked: &Allocate) -> Result<(), String> {
    let (_, db) = super::open(&asked.place)?;
    let request = StartRun {
        policy: match asked.policy {
            PolicyArg::SpaceDraw => Policy::SpaceDraw,
            PolicyArg::Optimum => Policy::Optimum,
        },
        order: match asked.order {
            OrderArg::Points => Order::Points(Weights { per_star: 10, per_past_edition: 5, ..Weights::default() }),
            OrderArg::Date => Order::Date,
            OrderArg::Lottery => Order::Lottery { seed: asked.seed },
        },
        rules: Rules::default(),
        seed: Some(asked.seed),
        limit_s: Some(asked.limit),
        based_on: None,
    };
    let style = ProgressStyle::with_template("{bar:32} {percent:>3} % {msg}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(1_000).with_style(style);
    let report = |progress: Progress| {
        bar.set_position(thousandths(progress.done));
        bar.set_message(match progress.bound {
            Some(bound) => format!("{} served of at most {}", progress.score.served, bound.served),
            None => format!("{} served", progress.score.served),
        });
        true
    };
    let name = asked.edition.clone();
    let made = db.write_now(|tx| {
        let edition = match name.parse::<EditionId>() {
            Ok(id) => id,
            Err(_) => editions::store::by_slug(tx, &name)?,
        };
        execute::dry_run(tx, edition, &request, Clock::System.now(), &report)
    });
    bar.finish_and_clear();
    let (gathered, plan) = made.map_err(|e: Problem| format!("{}: {e}", asked.edition))?;

    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["#", "Đơn vị / Exhibitor", "Điểm / Points", "Muốn / Wants", "Gian / Booths"]);
    for (ix, (fact, applicant)) in (0..).zip(gathered.applications.iter().zip(&gathered.instance.applicants)) {
        let booths = execute::codes(&gathered, &plan, ix);
        table.add_row([
            (ix + 1).to_string(),
            fact.name.clone(),
            applicant.points.to_string(),
            applicant.wants.to_string(),
            if booths.is_empty() { "–".to_owned() } else { booths.join(" ") },
        ]);
    }
    for column in [0, 2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
    println!("{} / {} served, value {}", plan.score.served, gathered.applications.len(), plan.score.value);
    let model = Model::new(&gathered.instance);
    if let Some((bound, gap)) = plan.proof.as_ref().map(|p| p.bound).zip(plan.gap(&model)) {
        let most = bound.value(plan.score.served);
        println!("no plan serves more than {}, or is worth more than {most} when it serves as many", bound.served);
        println!("at most {:.3} % from the best", gap.total * 100.0);
    }
    Ok(())
}

#[expect(clippy::as_conversions, clippy::cast_sign_loss, reason = "a share of 0 to 1; the cast saturates")]
fn thousandths(share: f64) -> u64 {
    (share * 1_000.0) as u64
}
