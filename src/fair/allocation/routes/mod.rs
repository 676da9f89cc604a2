//! Endpoints of allocations, their state transitions, participants and allocation runs.
mod hold;
mod move_booth;
mod participants;
mod runs;
mod swap;
mod transitions;
mod view;
mod waiting_list;
mod withdraw;

use actix_web::web;

use crate::allocation::TTL_RANGE_S;
use hoicho_core::i18n::{LocalizedText, MessageId};
use hoicho_web::{
    http::{FieldCode, Validator},
    identity::{Action, ExhibitorRole, OrganiserRole},
};

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
    cfg.service(runs::cancel::cancel_run).service(runs::proposal::get_proposal);
    cfg.service(runs::compare::compare_runs).service(runs::apply::apply_run).service(runs::events::stream_run);
}

struct Allocate;
impl Action for Allocate {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct RespondToOffer;
impl Action for RespondToOffer {
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

/// Validates the TTL of a hold or an offer.
fn validate_ttl(checks: &mut Validator, expires_in_s: u32) {
    if !TTL_RANGE_S.contains(&expires_in_s) {
        let (min, max) = (LocalizedText::integer(*TTL_RANGE_S.start()), LocalizedText::integer(*TTL_RANGE_S.end()));
        let detail = MessageId("error-expiry-range").with_args(&[]).with_text("min", min).with_text("max", max);
        checks.require(false, "/expires_in_s", FieldCode::Range, detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{HOLD_TTL_S, MAX_BOOTHS_PER_HOLD, OFFER_TTL_S};
    use utoipa::OpenApi;

    #[test]
    fn documented_limits_are_the_constants() {
        let document = serde_json::to_string(&ApiDoc::openapi()).unwrap();
        let number = |n: u32| LocalizedText::integer(n).en;
        let range = format!("{} to {}", number(*TTL_RANGE_S.start()), number(*TTL_RANGE_S.end()));
        for sentence in [
            format!("1 to {} booths, adjacent unless", number(MAX_BOOTHS_PER_HOLD.into())),
            format!("Seconds until the hold expires: {range}, default {}.", number(HOLD_TTL_S)),
            format!("Seconds until a hold or an offer expires: {range}, default {}.", number(OFFER_TTL_S)),
            format!("Offers a held booth to its exhibitor for {} days", OFFER_TTL_S / (24 * 3_600)),
        ] {
            assert!(document.contains(&sentence), "not in the OpenAPI document: {sentence}");
        }
    }
}
