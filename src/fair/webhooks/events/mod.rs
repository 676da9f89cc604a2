//! Events as partners get them: a type for each kind of event, in the newest schema version.
mod allocation;
mod application;
mod document;
mod edition;
mod event;
mod examples;
mod message;
mod parts;
mod sales;
mod schema_version;
mod test_event;

pub use allocation::{
    AllocationChanged, AllocationCheckedIn, AllocationConfirmed, AllocationOffered, AllocationReleased, EventMove,
    EventParticipant,
};
pub use application::{ApplicationDecided, ApplicationSubmitted};
pub use document::{AnyEventType, AnyMessage, add_to};
pub use edition::{
    EditionCancelled, EditionChanged, EditionPhaseChanged, EditionPublished, EventEditionValues, EventOpeningDay,
    FiguresFinalised,
};
pub use event::Event;
pub use message::{Message, message_id, parse_message_id};
pub use parts::{EventBooth, EventEdition, EventExhibitor};
pub use sales::{DealSigned, SalesReportAccepted, SalesReportQueried, SalesReportSubmitted};
pub use schema_version::SchemaVersion;
pub use test_event::WebhookTested;
