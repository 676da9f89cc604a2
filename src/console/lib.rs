//! The console: pages on which everybody does their whole job, served by the program itself.
//!
//! Reading: a page's handler has a permit like any handler of the API, reads in one transaction, and fills a template.
//! Changing: forms are sent through `forms` to the API itself, so there is one set of rules. Scripts only make pages
//! quicker to work with, and call the same API; floor-plan dragging and counting offline alone cannot do without.
//!
//! Invariants: every word comes from the message files; no page asks another site for anything, nor runs a script that
//! is not in `assets`; a change is believed only from our own pages.
mod account;
mod admin;
mod assets;
mod chart;
mod choice;
mod embed;
mod errors;
mod exhibitor;
mod flash;
mod forms;
mod gate;
mod multipart;
mod organiser;
mod plan;
mod schema;
mod session;
mod shell;
mod visitor;

use actix_web::{HttpResponse, middleware, web};

pub use self::{forms::carry as carry_forms, schema::Bodies, session::carry as carry_session};
use hoicho_web::http::{Code, Problem};

/// Mounts the pages; last, because they take every path that is left.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(assets::asset).service(assets::favicon).service(
        web::scope("")
            .wrap(middleware::from_fn(errors::pages))
            .service(session::logout)
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
