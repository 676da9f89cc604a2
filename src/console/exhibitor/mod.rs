//! The exhibitor's pages, made for a phone first: the organisation and its products, applying, answering an offer,
//! reporting the day's sales, one's own results.
mod application;
mod apply;
mod home;
mod organisation;
mod report;
mod results;
mod store;

use actix_web::web;

use hoicho_web::identity::{Action, ExhibitorRole, OrganiserRole};

/// Members of the exhibitor.
struct Member;
impl Action for Member {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}

/// Mounts the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(organisation::show_new_exhibitor)
        .service(home::show_my_home)
        .service(organisation::show_profile)
        .service(organisation::show_products)
        .service(organisation::show_product)
        .service(organisation::show_members)
        .service(apply::show_apply)
        .service(application::show_my_application)
        .service(report::show_report)
        .service(results::show_results);
}
