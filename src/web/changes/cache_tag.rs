//! Cache tags on responses, read by the response cache.
use actix_web::HttpResponse;

use hoicho_core::values::ids::EditionId;

/// Marks a response as public and valid until the tagged data changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheTag {
    /// One edition with all its contents.
    Edition(EditionId),
    /// The list of editions.
    Editions,
}

impl CacheTag {
    /// Tags a response.
    pub fn tag(self, mut response: HttpResponse) -> HttpResponse {
        response.extensions_mut().insert(self);
        response
    }
}
