//! What a proposal would change: against today, or against another run.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::{super::ReadAllocations, At};
use crate::allocation::rounds::store;
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
    /// Another run of the edition; today's allocation unless told.
    with: Option<AllocationRunId>,
}

/// An application whose booths differ.
#[derive(Serialize, utoipa::ToSchema)]
struct DifferenceView {
    application: ApplicationId,
    exhibitor_name: String,
    /// Codes, today or in the other run.
    other: Vec<String>,
    /// Codes, in this run.
    this: Vec<String>,
}

/// Two allocations beside each other.
#[derive(Serialize, utoipa::ToSchema)]
struct ComparisonOfRuns {
    /// Applications with booths in this run.
    served: usize,
    /// Applications with booths today or in the other run.
    served_other: usize,
    /// With a place here and none there.
    gained: usize,
    /// With none here and a place there.
    lost: usize,
    /// With other booths here than there.
    moved: usize,
    /// With the same.
    same: usize,
    /// Those that differ, at most 500, by name.
    differences: Vec<DifferenceView>,
}

/// Differences that are listed.
const MOST: usize = 500;

type Places = BTreeMap<ApplicationId, BTreeSet<BoothId>>;

/// Who stands where by a run; notes the codes of its booths.
fn places(tx: &mut Tx<'_>, run: AllocationRunId, codes: &mut HashMap<BoothId, String>) -> Result<Places, Problem> {
    let mut places = Places::new();
    for (row, code) in store::booths(tx, run)? {
        codes.insert(row.booth_id, code);
        if let Some(application) = row.after_application_id {
            places.entry(application).or_default().insert(row.booth_id);
        }
    }
    Ok(places)
}

/// Compares a proposal with today's allocation, or with another run.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/allocation-runs/{run}/comparison", tag = "allocation", params(("edition" = String, Path), ("run" = AllocationRunId, Path), CompareQuery), responses((status = 200, body = ComparisonOfRuns), (status = 404)))]
#[get("/editions/{edition}/allocation-runs/{run}/comparison")]
pub(in super::super) async fn compare_runs(
    permit: Permit<ReadAllocations>,
    path: At,
    query: Query<CompareQuery>,
) -> Result<HttpResponse, Problem> {
    let with = query.get()?.with;
    let id = path.1;
    let compared = permit.read(move |tx, granted| {
        let edition = granted.edition()?;
        store::find(tx, edition, id)?;
        let mut codes: HashMap<BoothId, String> = HashMap::new();
        let this = places(tx, id, &mut codes)?;
        let mut other = Places::new();
        match with {
            Some(with) => {
                store::find(tx, edition, with)?;
                other = places(tx, with, &mut codes)?;
            }
            None => {
                for holding in store::holdings(tx, edition, granted.now)? {
                    other.entry(holding.application).or_default().insert(holding.booth);
                }
                codes.extend(store::floor(tx, edition)?.into_iter().map(|b| (b.id, b.code)));
            }
        }
        let all: BTreeSet<ApplicationId> = this.keys().chain(other.keys()).copied().collect();
        let differ: Vec<ApplicationId> = all.iter().copied().filter(|a| this.get(a) != other.get(a)).collect();
        let listed: Vec<ApplicationId> = differ.iter().copied().take(MOST).collect();
        let names: HashMap<ApplicationId, String> = store::names_of(tx, &listed)?.into_iter().collect();
        let of = |places: &Places, a: &ApplicationId| {
            let booths = places.get(a).into_iter().flatten();
            let mut codes: Vec<String> = booths.filter_map(|b| codes.get(b).cloned()).collect();
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
            differ.iter().filter(|a| differs(this.contains_key(a), other.contains_key(a))).count()
        };
        Ok(ComparisonOfRuns {
            served: this.len(),
            served_other: other.len(),
            gained: count(&|here, there| here && !there),
            lost: count(&|here, there| !here && there),
            moved: count(&|here, there| here && there),
            same: all.len() - differ.len(),
            differences,
        })
    });
    Ok(HttpResponse::Ok().json(compared.await?))
}
