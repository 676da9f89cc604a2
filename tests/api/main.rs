//! The API in process, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that breaks should say where"
)]
#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod allocation;
mod allocation_runs;
mod api_keys;
mod applications;
mod archive;
mod archive_values;
mod attacks;
mod background;
mod bad_input;
mod bad_input_everywhere;
mod clock;
mod conformance;
mod consent;
mod deliveries;
mod demo;
mod drafts;
mod edition_dates;
mod editions;
mod embed;
mod event_schemas;
mod events;
mod exhibitors;
mod exports;
mod floor;
mod identity;
mod import_cases;
mod import_chunks;
mod import_undo;
mod import_values;
mod imports;
mod limits;
mod linearizable;
mod mirror;
mod occupancies;
mod page_languages;
mod partners;
mod passkeys;
mod permissions;
mod personal_data;
mod placed_by_hand;
mod published_figures;
mod requests;
mod response_cache;
mod sales_and_visits;
mod sales_details;
mod sales_lines;
mod schema;
mod second_factor;
mod sso;
mod staff;
mod typed_forms;
mod typed_values;
mod visits;
mod webhooks;
mod whole_fair;
