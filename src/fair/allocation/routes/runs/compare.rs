//! Endpoint to compare a proposal with the current allocations or with another proposal.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::{super::actions::ReadAllocations, AllocationRunPath};
use crate::allocation::runs::store;
use hoicho_core::{
    db::Tx,
    values::ids::{AllocationRunId, ApplicationId, BoothId},
};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CompareQuery {
    /// Another allocation run of the edition; default: the current allocations.
    with: Option<AllocationRunId>,
}

/// An application with different booths.
#[derive(Serialize, utoipa::ToSchema)]
struct DifferenceView {
    /// The application.
    application: ApplicationId,
    /// Name of its exhibitor in the organiser's records.
    exhibitor_name: String,
    /// Booth codes in the current allocations or the other run.
    other: Vec<String>,
    /// Booth codes in this run.
    this: Vec<String>,
}

/// Comparison of a proposal ("this") with the current allocations or another run ("other").
#[derive(Serialize, utoipa::ToSchema)]
struct ComparisonOfRuns {
    /// Applications with booths in this run.
    served: usize,
    /// Applications with booths in the other.
    served_other: usize,
    /// With booths in this run only.
    gained: usize,
    /// With booths in the other only.
    lost: usize,
    /// With different booths in both.
    moved: usize,
    /// With the same booths in both.
    same: usize,
    /// Applications that differ, at most 500, ordered by exhibitor name.
    differences: Vec<DifferenceView>,
}

/// Max differences listed.
const MAX_DIFFERENCES: usize = 500;

/// Booths by application.
type Booths = BTreeMap<ApplicationId, BTreeSet<BoothId>>;

/// The booths of each application in a proposal; adds their codes to `codes`.
fn proposed_booths(
    tx: &mut Tx<'_>,
    run: AllocationRunId,
    codes: &mut HashMap<BoothId, String>,
) -> Result<Booths, Problem> {
    let mut booths = Booths::new();
    for (row, code) in store::proposed_booths(tx, run)? {
        codes.insert(row.booth_id, code);
        if let Some(application) = row.after_application_id {
            booths.entry(application).or_default().insert(row.booth_id);
        }
    }
    Ok(booths)
}

/// Compares a proposal with the current allocations or with another allocation run.
///
/// Staff of the organiser other than gate staff. Changes nothing, and is possible in every state of the runs; one without a
/// proposal has no booths.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/comparison",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = AllocationRunId, Path),
        CompareQuery,
    ),
    responses(
        (status = 200, body = ComparisonOfRuns),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocation-runs/{run}/comparison")]
pub(in super::super) async fn compare_runs(
    permit: Permit<ReadAllocations>,
    path: AllocationRunPath,
    query: Query<CompareQuery>,
) -> Result<HttpResponse, Problem> {
    let with = query.into_result()?.with;
    let id = path.1;
    let comparing = permit.read(move |tx, authorized| {
        let edition = authorized.edition()?;
        store::find(tx, edition, id)?;
        let mut codes: HashMap<BoothId, String> = HashMap::new();
        let this = proposed_booths(tx, id, &mut codes)?;
        let mut other = Booths::new();
        match with {
            Some(with) => {
                store::find(tx, edition, with)?;
                other = proposed_booths(tx, with, &mut codes)?;
            }
            None => {
                for allocation in store::active_allocations(tx, edition, authorized.now)? {
                    other.entry(allocation.application).or_default().insert(allocation.booth);
                }
                codes.extend(store::booth_inputs(tx, edition)?.into_iter().map(|b| (b.id, b.code)));
            }
        }
        let all: BTreeSet<ApplicationId> = this.keys().chain(other.keys()).copied().collect();
        let differing: Vec<ApplicationId> = all.iter().copied().filter(|a| this.get(a) != other.get(a)).collect();
        let listed: Vec<ApplicationId> = differing.iter().copied().take(MAX_DIFFERENCES).collect();
        let names: HashMap<ApplicationId, String> = store::exhibitor_names(tx, &listed)?.into_iter().collect();
        let of = |booths: &Booths, a: &ApplicationId| {
            let ids = booths.get(a).into_iter().flatten();
            let mut codes: Vec<String> = ids.filter_map(|b| codes.get(b).cloned()).collect();
            codes.sort();
            codes
        };
        let mut differences: Vec<DifferenceView> = listed
            .into_iter()
            .map(|application| DifferenceView {
                exhibitor_name: names.get(&application).cloned().unwrap_or_default(),
                other: of(&other, &application),
                this: of(&this, &application),
                application,
            })
            .collect();
        differences.sort_by(|a, b| a.exhibitor_name.cmp(&b.exhibitor_name));
        let count = |differs: &dyn Fn(bool, bool) -> bool| {
            differing.iter().filter(|a| differs(this.contains_key(a), other.contains_key(a))).count()
        };
        Ok(ComparisonOfRuns {
            served: this.len(),
            served_other: other.len(),
            gained: count(&|this, other| this && !other),
            lost: count(&|this, other| !this && other),
            moved: count(&|this, other| this && other),
            same: all.len() - differing.len(),
            differences,
        })
    });
    Ok(HttpResponse::Ok().json(comparing.await?))
}
