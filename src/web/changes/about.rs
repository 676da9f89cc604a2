//! What an answer is made from, for whoever keeps finished answers.
use actix_web::HttpResponse;

use hoicho_core::values::ids::EditionId;

/// Marks an answer that everybody may see and that stays right until this changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// One edition and all that is in it.
    Edition(EditionId),
    /// The list of editions.
    Editions,
}

impl About {
    /// Puts the mark on an answer.
    pub fn mark(self, mut response: HttpResponse) -> HttpResponse {
        response.extensions_mut().insert(self);
        response
    }
}
