//! What happened, of any type.
use serde::Serialize;

use super::{
    allocation::{AllocationChanged, AllocationCheckedIn, AllocationConfirmed, AllocationOffered, AllocationReleased},
    application::{ApplicationDecided, ApplicationSubmitted},
    edition::{EditionCancelled, EditionChanged, EditionPhaseChanged, EditionPublished, FiguresFinalised},
    sales::{DealSigned, SalesReportAccepted, SalesReportQueried, SalesReportSubmitted},
    test_event::WebhookTested,
};
use hoicho_web::audit::EventType;

/// What happened.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// [`EventType::Test`].
    Test(WebhookTested),
    /// [`EventType::EditionPublished`].
    EditionPublished(EditionPublished),
    /// [`EventType::EditionChanged`].
    EditionChanged(EditionChanged),
    /// [`EventType::EditionPhaseChanged`].
    EditionPhaseChanged(EditionPhaseChanged),
    /// [`EventType::EditionCancelled`].
    EditionCancelled(EditionCancelled),
    /// [`EventType::FiguresFinalised`].
    FiguresFinalised(FiguresFinalised),
    /// [`EventType::ApplicationSubmitted`].
    ApplicationSubmitted(ApplicationSubmitted),
    /// [`EventType::ApplicationDecided`].
    ApplicationDecided(ApplicationDecided),
    /// [`EventType::AllocationOffered`].
    AllocationOffered(AllocationOffered),
    /// [`EventType::AllocationConfirmed`].
    AllocationConfirmed(AllocationConfirmed),
    /// [`EventType::AllocationCheckedIn`].
    AllocationCheckedIn(AllocationCheckedIn),
    /// [`EventType::AllocationReleased`].
    AllocationReleased(AllocationReleased),
    /// [`EventType::AllocationChanged`].
    AllocationChanged(AllocationChanged),
    /// [`EventType::SalesReportSubmitted`].
    SalesReportSubmitted(SalesReportSubmitted),
    /// [`EventType::SalesReportAccepted`].
    SalesReportAccepted(SalesReportAccepted),
    /// [`EventType::SalesReportQueried`].
    SalesReportQueried(SalesReportQueried),
    /// [`EventType::DealSigned`].
    DealSigned(DealSigned),
}

impl Event {
    /// Its type.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::Test(_) => EventType::Test,
            Self::EditionPublished(_) => EventType::EditionPublished,
            Self::EditionChanged(_) => EventType::EditionChanged,
            Self::EditionPhaseChanged(_) => EventType::EditionPhaseChanged,
            Self::EditionCancelled(_) => EventType::EditionCancelled,
            Self::FiguresFinalised(_) => EventType::FiguresFinalised,
            Self::ApplicationSubmitted(_) => EventType::ApplicationSubmitted,
            Self::ApplicationDecided(_) => EventType::ApplicationDecided,
            Self::AllocationOffered(_) => EventType::AllocationOffered,
            Self::AllocationConfirmed(_) => EventType::AllocationConfirmed,
            Self::AllocationCheckedIn(_) => EventType::AllocationCheckedIn,
            Self::AllocationReleased(_) => EventType::AllocationReleased,
            Self::AllocationChanged(_) => EventType::AllocationChanged,
            Self::SalesReportSubmitted(_) => EventType::SalesReportSubmitted,
            Self::SalesReportAccepted(_) => EventType::SalesReportAccepted,
            Self::SalesReportQueried(_) => EventType::SalesReportQueried,
            Self::DealSigned(_) => EventType::DealSigned,
        }
    }

    /// What it is about. Messages with the same subject are delivered in order.
    pub fn subject(&self) -> String {
        match self {
            Self::Test(event) => format!("webhook:{}", event.webhook),
            Self::EditionPublished(event) => format!("edition:{}", event.edition.id),
            Self::EditionChanged(event) => format!("edition:{}", event.edition.id),
            Self::EditionPhaseChanged(event) => format!("edition:{}", event.edition.id),
            Self::EditionCancelled(event) => format!("edition:{}", event.edition.id),
            Self::FiguresFinalised(event) => format!("edition:{}", event.edition.id),
            Self::ApplicationSubmitted(event) => format!("application:{}", event.application),
            Self::ApplicationDecided(event) => format!("application:{}", event.application),
            Self::AllocationOffered(event) => format!("allocation:{}", event.allocation),
            Self::AllocationConfirmed(event) => format!("allocation:{}", event.allocation),
            Self::AllocationCheckedIn(event) => format!("allocation:{}", event.allocation),
            Self::AllocationReleased(event) => format!("allocation:{}", event.allocation),
            Self::AllocationChanged(event) => format!("allocation:{}", event.allocation),
            Self::SalesReportSubmitted(event) => format!("sales_report:{}", event.sales_report),
            Self::SalesReportAccepted(event) => format!("sales_report:{}", event.sales_report),
            Self::SalesReportQueried(event) => format!("sales_report:{}", event.sales_report),
            Self::DealSigned(event) => format!("deal:{}", event.deal),
        }
    }
}
