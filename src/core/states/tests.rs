//! The migrations spell the states of the enums.
use std::collections::BTreeSet;

use strum::VariantArray;

use super::*;

const TABLES: &str = include_str!("../../../migrations/2026-12-01-000000_tables/up.sql");
const TRIGGERS: [&str; 2] = [
    include_str!("../../../migrations/2026-12-01-000100_triggers/up.sql"),
    include_str!("../../../migrations/2026-12-01-000100_triggers/up.sqlite.sql"),
];

/// The lists of `state IN ('a','b')` in SQL, in order.
fn state_lists(sql: &'static str) -> Vec<BTreeSet<&'static str>> {
    let items = |rest: &'static str| rest.trim_start().strip_prefix('(')?.split(')').next();
    sql.split("state IN").skip(1).filter_map(items).map(|list| list.split(',').map(unquote).collect()).collect()
}

fn unquote(item: &str) -> &str {
    item.trim().trim_matches('\'')
}

/// The first list after `marker`.
fn list_after(marker: &str) -> BTreeSet<&'static str> {
    let rest = TABLES.split_once(marker).unwrap_or_else(|| panic!("{marker} is missing")).1;
    rest.split_once("IN").unwrap().1.split(['(', ')']).nth(1).unwrap().split(',').map(unquote).collect()
}

fn spellings<T: Copy + Into<&'static str>>(states: &[T]) -> BTreeSet<&'static str> {
    states.iter().map(|state| (*state).into()).collect()
}

#[test]
fn check_constraints_have_the_states_of_the_enums() {
    fn assert_same<T: VariantArray + Copy + Into<&'static str>>(constraint: &str) {
        assert_eq!(list_after(&format!("CONSTRAINT {constraint} CHECK")), spellings(T::VARIANTS), "{constraint}");
    }
    assert_same::<EditionState>("editions_state_check");
    assert_same::<EditionPhase>("editions_recorded_phase_check");
    assert_same::<ApplicationState>("applications_state_check");
    assert_same::<AllocationState>("allocations_state_check");
    assert_same::<RunState>("allocation_runs_state_check");
    assert_same::<ReportState>("sales_reports_state_check");
    assert_same::<DeliveryState>("webhook_deliveries_state_check");
    assert_same::<ImportState>("imports_state_check");
    assert_same::<BoothAvailability>("booths_availability_check");
}

#[test]
fn unique_index_covers_the_active_states() {
    let index = list_after("CREATE UNIQUE INDEX allocations_booth_id_active_key");
    assert_eq!(index, spellings(&AllocationState::ACTIVE_STATES));
}

#[test]
fn only_states_that_expire_have_an_expiry() {
    let expiring: Vec<_> = AllocationState::VARIANTS.iter().copied().filter(|state| state.expires()).collect();
    assert_eq!(list_after("CONSTRAINT allocations_expires_at_check CHECK"), spellings(&expiring));
}

#[test]
fn view_and_triggers_publish_let_booths() {
    let let_states = spellings(&AllocationState::LET_STATES);
    let view = TABLES.split_once("CREATE VIEW standing").unwrap().1;
    assert_eq!(state_lists(view), [let_states.clone(), let_states.clone()]);
    for script in TRIGGERS {
        let lists = state_lists(script);
        assert!(lists.len() > 4 && lists.iter().all(|list| *list == let_states), "{lists:?}");
    }
}

#[test]
fn let_booths_are_occupied() {
    assert!(AllocationState::LET_STATES.iter().all(|state| state.is_active()));
}
