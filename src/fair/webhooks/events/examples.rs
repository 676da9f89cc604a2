//! An example of each event, for the OpenAPI document.
use super::{
    allocation::{
        AllocationChanged, AllocationCheckedIn, AllocationConfirmed, AllocationOffered, AllocationReleased, EventMove,
    },
    application::{ApplicationDecided, ApplicationSubmitted},
    edition::{
        EditionCancelled, EditionChanged, EditionPhaseChanged, EditionPublished, EventEditionValues, FiguresFinalised,
    },
    event::Event,
    parts::{EventBooth, EventEdition, EventExhibitor},
    sales::{DealSigned, SalesReportAccepted, SalesReportQueried, SalesReportSubmitted},
    test_event::WebhookTested,
};
use crate::sales::deals::DealKind;
use hoicho_core::{
    states::{AllocationState, ApplicationState, EditionPhase, EditionState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{
            AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganiserId, SalesReportId, TradeDealId,
            WebhookId, WebhookMessageId,
        },
        money::Money,
    },
};
use hoicho_web::audit::{EventType, ReleaseCause};

/// A made-up identifier.
fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn organiser() -> OrganiserId {
    OrganiserId(uuid(1))
}

fn edition() -> EventEdition {
    EventEdition { id: EditionId(uuid(2)), slug: "ocop-quang-ninh-2026".to_owned() }
}

fn booth(number: u128) -> EventBooth {
    EventBooth { id: BoothId(uuid(0x100 + number)), code: format!("A0{number}") }
}

fn exhibitor() -> EventExhibitor {
    EventExhibitor { id: ExhibitorId(uuid(3)), name: "HTX Bình Minh".to_owned() }
}

fn money(amount: i64) -> Money {
    Money { amount, currency: "VND".to_owned() }
}

fn day() -> Day {
    Day::from_ymd_opt(2026, 4, 28).unwrap_or_default()
}

/// When the example happened.
pub(super) fn at() -> Instant {
    day().and_hms_opt(3, 15, 0).unwrap_or_default()
}

/// Identifier of the example's message.
pub(super) fn message() -> WebhookMessageId {
    WebhookMessageId(uuid(0xabc))
}

/// An example of a type.
pub(super) fn example(of: EventType) -> Event {
    let (organiser, edition, exhibitor) = (organiser(), edition(), exhibitor());
    let (application, allocation) = (ApplicationId(uuid(4)), AllocationId(uuid(5)));
    let sales_report = SalesReportId(uuid(6));
    match of {
        EventType::Test => {
            Event::Test(WebhookTested { organiser, webhook: WebhookId(uuid(7)), name: "Cổng thông tin".to_owned() })
        }
        EventType::EditionPublished => Event::EditionPublished(EditionPublished {
            organiser,
            edition,
            previous_state: EditionState::Draft,
            state: EditionState::Published,
            reason: None,
        }),
        EventType::EditionChanged => Event::EditionChanged(EditionChanged {
            organiser,
            edition,
            before: values("Hội chợ OCOP Quảng Ninh", None),
            after: values("Hội chợ OCOP Quảng Ninh – Hè 2026", Some(at())),
        }),
        EventType::EditionPhaseChanged => Event::EditionPhaseChanged(EditionPhaseChanged {
            organiser,
            edition,
            previous_phase: Some(EditionPhase::RegistrationClosed),
            phase: EditionPhase::Live,
            began_at: at().and_utc(),
        }),
        EventType::EditionCancelled => Event::EditionCancelled(EditionCancelled {
            organiser,
            edition,
            previous_state: EditionState::Published,
            state: EditionState::Cancelled,
            reason: Some("Bão số 3".to_owned()),
        }),
        EventType::FiguresFinalised => Event::FiguresFinalised(FiguresFinalised {
            organiser,
            edition,
            previous_state: EditionState::Published,
            state: EditionState::Finalised,
            reason: None,
        }),
        EventType::ApplicationSubmitted => Event::ApplicationSubmitted(ApplicationSubmitted {
            organiser,
            edition,
            application,
            exhibitor,
            previous_state: ApplicationState::Draft,
            state: ApplicationState::Submitted,
        }),
        EventType::ApplicationDecided => Event::ApplicationDecided(ApplicationDecided {
            organiser,
            edition,
            application,
            exhibitor,
            previous_state: ApplicationState::Submitted,
            state: ApplicationState::Rejected,
            reason: Some("Không phải sản phẩm OCOP".to_owned()),
        }),
        EventType::AllocationOffered => Event::AllocationOffered(AllocationOffered {
            organiser,
            edition,
            allocation,
            application,
            booth: booth(1),
            exhibitor,
            state: AllocationState::Offered,
        }),
        EventType::AllocationConfirmed => Event::AllocationConfirmed(AllocationConfirmed {
            organiser,
            edition,
            allocation,
            application,
            booth: booth(1),
            exhibitor,
            state: AllocationState::Confirmed,
        }),
        EventType::AllocationCheckedIn => Event::AllocationCheckedIn(AllocationCheckedIn {
            organiser,
            edition,
            allocation,
            application,
            booth: booth(1),
            exhibitor,
            state: AllocationState::CheckedIn,
        }),
        EventType::AllocationReleased => Event::AllocationReleased(AllocationReleased {
            organiser,
            edition,
            allocation,
            application,
            booth: booth(1),
            exhibitor,
            state: AllocationState::Released,
            cause: ReleaseCause::Declined,
        }),
        EventType::AllocationChanged => Event::AllocationChanged(AllocationChanged {
            organiser,
            edition,
            allocation,
            application,
            booth: booth(2),
            exhibitor,
            moved: Some(EventMove { from: booth(1), to: booth(2), waiver_reason: None }),
            participant_added: None,
            participant_removed: None,
        }),
        EventType::SalesReportSubmitted => Event::SalesReportSubmitted(SalesReportSubmitted {
            organiser,
            edition,
            sales_report,
            booth: booth(1),
            exhibitor,
            day: day(),
            amount: money(12_500_000),
            ocop_amount: money(9_000_000),
            report_version: 2,
            previous_amount: Some(money(1_250_000)),
            previous_ocop_amount: Some(money(900_000)),
        }),
        EventType::SalesReportAccepted => Event::SalesReportAccepted(SalesReportAccepted {
            organiser,
            edition,
            sales_report,
            booth: booth(1),
            exhibitor,
            day: day(),
            amount: money(12_500_000),
            ocop_amount: money(9_000_000),
            report_version: 2,
            previous_state: ReportState::Corrected,
            state: ReportState::Accepted,
        }),
        EventType::SalesReportQueried => Event::SalesReportQueried(SalesReportQueried {
            organiser,
            edition,
            sales_report,
            booth: booth(1),
            exhibitor,
            day: day(),
            amount: money(1_250_000),
            ocop_amount: money(900_000),
            report_version: 1,
            previous_state: ReportState::Submitted,
            state: ReportState::Queried,
            note: Some("Thiếu một số 0?".to_owned()),
        }),
        EventType::DealSigned => Event::DealSigned(DealSigned {
            organiser,
            edition,
            deal: TradeDealId(uuid(8)),
            exhibitor,
            kind: DealKind::Contract,
            counterpart: "Siêu thị Hạ Long".to_owned(),
            amount: money(850_000_000),
            signed_on: day(),
            note: None,
        }),
    }
}

fn values(name: &str, registration_closes_at: Option<Instant>) -> EventEditionValues {
    EventEditionValues {
        name: Some(name.to_owned()),
        registration_closes_at: Some(registration_closes_at.map(|at| at.and_utc())),
        ..EventEditionValues::default()
    }
}
