//! What applying a proposal would change, and for whom.
use std::collections::{BTreeMap, HashMap};

use super::store::{self, ProposedBoothRow};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx},
    states::AllocationState,
    values::{
        clock::Instant,
        ids::{AllocationRunId, ApplicationId, BoothId, EditionId},
    },
};
use hoicho_web::http::Problem;

/// An application with other booths than before, or none.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ProposedMove)]
pub struct Move {
    /// The application.
    pub application: ApplicationId,
    /// Name of its exhibitor in the organiser's records.
    pub exhibitor_name: String,
    /// Codes of the booths that it has when the proposal is read.
    pub before: Vec<String>,
    /// Codes of its booths once the proposal is applied; empty if it loses all.
    pub after: Vec<String>,
    /// The furthest state of the booths that it would leave, if it still has one.
    pub state: Option<AllocationState>,
    /// Whether a person placed one of the booths that it would leave.
    pub placed_by_hand: bool,
}

/// Effects of applying a proposal.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ApplyPreview)]
pub struct Preview {
    /// Booths that would be given.
    pub given: usize,
    /// Exhibitors that would be given booths. If these are offered, each gets an e-mail.
    pub exhibitors: usize,
    /// Exhibitors that have booths and would get others.
    pub moved: usize,
    /// Exhibitors that would lose their booths and get none.
    pub lost: usize,
    /// Those that would move or lose their booths, by name.
    pub moves: Vec<Move>,
}

/// Booths of an application that a proposal changes, and all codes before and after.
#[derive(Default)]
struct Change {
    left: Vec<BoothId>,
    given: usize,
    before: Vec<String>,
    after: Vec<String>,
}

fn changes(booths: &[(ProposedBoothRow, String)]) -> BTreeMap<ApplicationId, Change> {
    let mut changes: BTreeMap<ApplicationId, Change> = BTreeMap::new();
    for (row, code) in booths {
        let stays = row.before_application_id == row.after_application_id;
        if let Some(before) = row.before_application_id {
            let change = changes.entry(before).or_default();
            change.before.push(code.clone());
            change.left.extend((!stays).then_some(row.booth_id));
        }
        if let Some(after) = row.after_application_id {
            let change = changes.entry(after).or_default();
            change.after.push(code.clone());
            change.given += usize::from(!stays);
        }
    }
    changes
}

/// Reads what applying a proposal would change.
pub fn preview(tx: &mut Tx<'_>, edition: EditionId, run: AllocationRunId, now: Instant) -> Result<Preview, Problem> {
    let changes = changes(&store::proposed_booths(tx, run)?);
    let active = store::active_allocations(tx, edition, now)?;
    let current: HashMap<BoothId, (AllocationState, bool)> =
        active.into_iter().map(|a| (a.booth, (a.state, a.is_by_run))).collect();
    let leaving: Vec<ApplicationId> =
        changes.iter().filter(|(_, change)| !change.left.is_empty()).map(|(id, _)| *id).collect();
    let mut names: HashMap<ApplicationId, String> = HashMap::new();
    for part in leaving.chunks(MAX_IDS_PER_STATEMENT) {
        names.extend(store::exhibitor_names(tx, part)?);
    }
    let given = changes.values().map(|change| change.given).sum();
    let exhibitors = changes.values().filter(|change| change.given > 0).count();
    let mut moves: Vec<Move> = changes
        .into_iter()
        .filter(|(_, change)| !change.left.is_empty())
        .map(|(application, change)| {
            let left: Vec<(AllocationState, bool)> =
                change.left.iter().filter_map(|booth| current.get(booth)).copied().collect();
            let furthest =
                AllocationState::ACTIVE_STATES.into_iter().rfind(|state| left.iter().any(|(left, _)| left == state));
            Move {
                exhibitor_name: names.remove(&application).unwrap_or_default(),
                application,
                before: change.before,
                after: change.after,
                state: furthest,
                placed_by_hand: left.iter().any(|(_, is_by_run)| !is_by_run),
            }
        })
        .collect();
    moves.sort_by(|a, b| a.exhibitor_name.cmp(&b.exhibitor_name).then(a.application.cmp(&b.application)));
    let lost = moves.iter().filter(|m| m.after.is_empty()).count();
    Ok(Preview { given, exhibitors, moved: moves.len() - lost, lost, moves })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_tell_those_who_stay_from_those_who_leave() {
        let run_id = AllocationRunId::make();
        let [stays, moves, loses, new] = [(); 4].map(|()| ApplicationId::make());
        let row = |before: Option<ApplicationId>, after: Option<ApplicationId>| ProposedBoothRow {
            run_id,
            booth_id: BoothId::make(),
            before_application_id: before,
            after_application_id: after,
        };
        let booths = [
            (row(Some(stays), Some(stays)), "A01".to_owned()),
            (row(Some(moves), Some(new)), "A02".to_owned()),
            (row(None, Some(moves)), "A03".to_owned()),
            (row(Some(loses), None), "A04".to_owned()),
        ];
        let changes = changes(&booths);
        let of = |id| changes.get(&id).map(|c: &Change| (c.left.len(), c.given, c.before.join(","), c.after.join(",")));
        assert_eq!(of(stays), Some((0, 0, "A01".into(), "A01".into())));
        assert_eq!(of(moves), Some((1, 1, "A02".into(), "A03".into())));
        assert_eq!(of(loses), Some((1, 0, "A04".into(), String::new())));
        assert_eq!(of(new), Some((0, 1, String::new(), "A02".into())));
    }
}
