//! `hoicho allocate`: dry run of a booth allocation, to compare policies.
use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};

use super::setup::CommonArgs;
use hoicho_core::values::{clock::Clock, ids::EditionId};
use hoicho_fair::{
    allocation::runs::{Order, Policy, Rules, StartRun, Weights, execute},
    editions,
};
use hoicho_optimiser::{Model, solve::Progress};
use hoicho_web::http::Problem;

/// Allocation policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyArg {
    /// In strict order: each application gets the best free booths
    SpaceDraw,
    /// Maximise the number of applications served, then the points-weighted value of their wishes
    Optimum,
}

/// Priority of applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OrderArg {
    /// By points: 10 per product star, 5 per earlier edition
    Points,
    /// By date of application
    Date,
    /// Random, from --seed
    Lottery,
}

#[derive(Args)]
pub struct AllocateArgs {
    /// The edition's slug or identifier
    edition: String,
    /// Allocation policy
    #[arg(long, value_enum)]
    policy: PolicyArg,
    /// Priority of applications
    #[arg(long, value_enum, default_value = "date")]
    order: OrderArg,
    /// Random seed; the same seed gives the same result
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Time limit in seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600))]
    limit: u32,
    /// Show the result without changing anything (required; use the API to create a proposal that can be applied)
    #[arg(long, required = true)]
    dry_run: bool,
    #[command(flatten)]
    place: CommonArgs,
}

/// Computes an assignment and prints it.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn allocate(args: &AllocateArgs) -> Result<(), String> {
    let (_, db) = super::setup::open_database(&args.place)?;
    let request = StartRun {
        policy: match args.policy {
            PolicyArg::SpaceDraw => Policy::SpaceDraw,
            PolicyArg::Optimum => Policy::Optimum,
        },
        order: match args.order {
            OrderArg::Points => Order::Points(Weights { per_star: 10, per_past_edition: 5, ..Weights::default() }),
            OrderArg::Date => Order::Date,
            OrderArg::Lottery => Order::Lottery { seed: args.seed },
        },
        rules: Rules::default(),
        seed: Some(args.seed),
        limit_s: Some(args.limit),
        based_on: None,
    };
    let style = ProgressStyle::with_template("{bar:32} {percent:>3} % {msg}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(1_000).with_style(style);
    let report = |progress: Progress| {
        bar.set_position(thousandths(progress.share_done));
        bar.set_message(match progress.bound {
            Some(bound) => format!("{} served of at most {}", progress.score.served, bound.served),
            None => format!("{} served", progress.score.served),
        });
        true
    };
    let name = args.edition.clone();
    let result = db.write_blocking(|tx| {
        let edition = match name.parse::<EditionId>() {
            Ok(id) => id,
            Err(_) => editions::store::find_by_slug(tx, &name)?,
        };
        execute::dry_run(tx, edition, &request, Clock::System.now(), &report)
    });
    bar.finish_and_clear();
    let (input, assignment) = result.map_err(|e: Problem| format!("{}: {e}", args.edition))?;

    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["#", "Đơn vị / Exhibitor", "Điểm / Points", "Muốn / Wants", "Gian / Booths"]);
    for (ix, (application, applicant)) in (0..).zip(input.applications.iter().zip(&input.instance.applications)) {
        let booths = execute::assigned_codes(&input, &assignment, ix);
        table.add_row([
            (ix + 1).to_string(),
            application.name.clone(),
            applicant.points.to_string(),
            applicant.booths_wanted.to_string(),
            if booths.is_empty() { "–".to_owned() } else { booths.join(" ") },
        ]);
    }
    for column in [0, 2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
    println!(
        "{} / {} applications served, value {}",
        assignment.score.served,
        input.applications.len(),
        assignment.score.value
    );
    let model = Model::new(&input.instance);
    if let Some((bound, gap)) = assignment.proof.as_ref().map(|p| p.bound).zip(assignment.gap(&model)) {
        let max_value = bound.value(assignment.score.served);
        println!(
            "no assignment serves more than {}, and none that serves as many has a value above {max_value}",
            bound.served
        );
        println!("gap to the optimum: at most {:.3} %", gap.total * 100.0);
    }
    Ok(())
}

#[expect(clippy::as_conversions, clippy::cast_sign_loss, reason = "a fraction of 0 to 1; the cast saturates")]
fn thousandths(fraction: f64) -> u64 {
    (fraction * 1_000.0) as u64
}
