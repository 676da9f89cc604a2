//! Read API for partner sites: an edition in one response, its exhibitors, opening days as a calendar, a preview image for
//! social networks, and linked data for search engines.
//!
//! Invariant: responses contain public data of an edition only.
mod calendar;
mod edition_news;
mod linked_data;
mod preview_image;
mod routes;
mod store;

pub use edition_news::{EditionChange, EditionNews, load_news};
pub use linked_data::{
    BoothOffers, EditionData, edition_json_ld as edition_linked_data, exhibitor_json_ld as exhibitor_linked_data,
};
pub use routes::{ApiDoc, routes};
