//! Endpoints of allocations, their state transitions, participants and allocation runs.
mod hold;
mod participants;
mod relocate;
mod rounds;
mod steps;
mod swap;
mod view;
mod waiting_list;
mod withdraw;

use actix_web::web;

use hoicho_core::i18n::Said;
use hoicho_web::{
    http::Checks,
    identity::{Action, ExhibitorRole, OrganiserRole},
};

/// OpenAPI operations of allocation.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    hold::hold_booths,
    hold::list_allocations,
    swap::swap_booths,
    relocate::move_allocation,
    steps::offer_booth,
    steps::confirm_booth,
    steps::decline_booth,
    waiting_list::put_waiting_list_policy,
    steps::check_in,
    steps::release_booth,
    steps::no_show,
    withdraw::withdraw_application,
    participants::add_participant,
    participants::list_participants,
    participants::remove_participant,
    rounds::start::start_run,
    rounds::list::list_runs,
    rounds::list::get_run,
    rounds::cancel::cancel_run,
    rounds::proposal::get_proposal,
    rounds::compare::compare_runs,
    rounds::apply::apply_run,
    rounds::events::stream_run,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(hold::hold_booths).service(hold::list_allocations).service(swap::swap_booths);
    cfg.service(relocate::move_allocation);
    cfg.service(steps::offer_booth).service(steps::confirm_booth).service(steps::check_in);
    cfg.service(steps::decline_booth).service(waiting_list::put_waiting_list_policy);
    cfg.service(steps::release_booth).service(steps::no_show).service(withdraw::withdraw_application);
    cfg.service(participants::add_participant).service(participants::list_participants);
    cfg.service(participants::remove_participant);
    cfg.service(rounds::start::start_run).service(rounds::list::list_runs).service(rounds::list::get_run);
    cfg.service(rounds::cancel::cancel_run).service(rounds::proposal::get_proposal);
    cfg.service(rounds::compare::compare_runs).service(rounds::apply::apply_run).service(rounds::events::stream_run);
}

struct Allocate;
impl Action for Allocate {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct Accept;
impl Action for Accept {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
struct ReadAllocations;
impl Action for ReadAllocations {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}
struct ReadAllocation;
impl Action for ReadAllocation {
    const ORGANISER: &'static [OrganiserRole] = ReadAllocations::ORGANISER;
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}

/// Validates the TTL of a hold or an offer: 1 minute to 30 days.
fn check_expiry(checks: &mut Checks, expires_in_s: u32) {
    checks.that((60..=2_592_000).contains(&expires_in_s), "/expires_in_s", "range", Said("it-must-be-60-to-2-592"));
}
