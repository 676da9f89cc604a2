//! Endpoints of allocations, their state transitions, participants and allocation runs.
mod actions;
mod hold;
mod move_booth;
mod participants;
mod runs;
mod swap;
mod transitions;
mod ttl;
mod view;
mod waiting_list;
mod withdraw;

use actix_web::web;

/// OpenAPI operations of allocation.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    hold::hold_booths,
    hold::list_allocations,
    swap::swap_booths,
    move_booth::move_allocation,
    transitions::offer_booth,
    transitions::confirm_booth,
    transitions::decline_booth,
    waiting_list::put_waiting_list_policy,
    transitions::check_in,
    transitions::release_booth,
    transitions::no_show,
    withdraw::withdraw_application,
    participants::add_participant,
    participants::list_participants,
    participants::remove_participant,
    runs::start::start_run,
    runs::list::list_runs,
    runs::list::get_run,
    runs::cancel::cancel_run,
    runs::proposal::get_proposal,
    runs::compare::compare_runs,
    runs::preview::preview_run,
    runs::apply::apply_run,
    runs::events::stream_run,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(hold::hold_booths).service(hold::list_allocations).service(swap::swap_booths);
    cfg.service(move_booth::move_allocation);
    cfg.service(transitions::offer_booth).service(transitions::confirm_booth).service(transitions::check_in);
    cfg.service(transitions::decline_booth).service(waiting_list::put_waiting_list_policy);
    cfg.service(transitions::release_booth).service(transitions::no_show).service(withdraw::withdraw_application);
    cfg.service(participants::add_participant).service(participants::list_participants);
    cfg.service(participants::remove_participant);
    cfg.service(runs::start::start_run).service(runs::list::list_runs).service(runs::list::get_run);
    cfg.service(runs::cancel::cancel_run).service(runs::proposal::get_proposal).service(runs::preview::preview_run);
    cfg.service(runs::compare::compare_runs).service(runs::apply::apply_run).service(runs::events::stream_run);
}
