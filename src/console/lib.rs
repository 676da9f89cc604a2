//! The console: server-rendered HTML pages for all user roles.
//!
//! Reads: a page handler is authorized like an API handler, reads in one transaction and renders a template.
//! Writes: `form_middleware` rewrites form submissions to API requests, so each rule exists once. Scripts are
//! progressive enhancement and call the same API; only floor-plan dragging and offline counting require JavaScript.
//!
//! Invariants: all text comes from the message files; pages load nothing from other origins and run only scripts in
//! `assets`; state-changing requests are accepted from the same origin only.
mod account;
mod admin;
mod assets;
mod chart;
mod confirmation;
mod edition_status;
mod embed;
mod exhibitor;
mod flash;
mod floor_plan_view;
mod form_middleware;
mod form_schema;
mod gate;
mod locality_options;
mod multipart;
mod on_behalf;
mod organiser;
mod page_context;
mod page_language;
mod page_middleware;
mod select_options;
mod session_middleware;
mod submitted_form;
mod visitor;

use actix_web::{HttpResponse, middleware, web};

pub use self::{
    form_middleware::handle_form, form_schema::RequestSchemas, page_language::remove_language_prefix,
    page_middleware::render_problem, session_middleware::authenticate_session,
};
use hoicho_web::http::{Code, Problem};

/// Registers the page routes. Must be registered last, because the default service matches every remaining path.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(assets::asset).service(assets::favicon).service(
        web::scope("")
            .wrap(middleware::from_fn(page_middleware::middleware))
            .service(session_middleware::logout)
            .service(confirmation::show_question)
            .configure(gate::routes)
            .configure(account::routes)
            .configure(embed::routes)
            .configure(visitor::routes)
            .configure(organiser::routes)
            .configure(exhibitor::routes)
            .configure(admin::routes)
            .default_service(web::to(async || Err::<HttpResponse, Problem>(Code::NotFound.into()))),
    );
}
