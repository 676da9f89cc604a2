//! Describes changes as events, with the names of what they are about.
use std::collections::HashMap;

use super::{
    change::{AllocationStep, Change},
    events::{
        AllocationChanged, AllocationCheckedIn, AllocationConfirmed, AllocationOffered, AllocationReleased,
        ApplicationDecided, ApplicationSubmitted, DealSigned, EditionCancelled, EditionChanged, EditionPhaseChanged,
        EditionPublished, Event, EventBooth, EventEdition, EventEditionValues, EventExhibitor, EventMove,
        EventParticipant, FiguresFinalised, SalesReportAccepted, SalesReportQueried, SalesReportSubmitted,
    },
};
use crate::{
    allocation::audited::AuditedParticipant,
    applications::audited::AuditedApplicationState,
    editions::audited::{AuditedEdition, AuditedEnd, AuditedState},
    sales::audited::{AuditedDeal, AuditedReport, AuditedReview},
};
use hoicho_core::{
    states::{AllocationState, ApplicationState, EditionState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganiserId, SalesReportId},
        money::Money,
    },
};

/// What an event says about its allocation.
#[derive(Debug, Clone)]
pub(super) struct AllocationNames {
    pub application: ApplicationId,
    pub booth: EventBooth,
    pub exhibitor: EventExhibitor,
}

/// What an event says about its sales report.
#[derive(Debug, Clone)]
pub(super) struct ReportNames {
    pub booth: EventBooth,
    pub exhibitor: EventExhibitor,
    pub day: Day,
}

/// What is named in the events of a batch, read in a query per table.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// With their currencies.
    pub editions: HashMap<EditionId, (EventEdition, String)>,
    pub allocations: HashMap<AllocationId, AllocationNames>,
    pub reports: HashMap<SalesReportId, ReportNames>,
    pub applications: HashMap<ApplicationId, EventExhibitor>,
    pub exhibitors: HashMap<ExhibitorId, EventExhibitor>,
    pub booths: HashMap<BoothId, EventBooth>,
}

/// Organiser and edition of an event.
struct Place {
    organiser: OrganiserId,
    edition: EventEdition,
    currency: String,
}

impl Place {
    fn money(&self, amount: i64) -> Money {
        Money { amount, currency: self.currency.clone() }
    }
}

/// The event of a change; `None` if what it is about is gone, or if nobody is told.
pub(super) fn describe(change: Change, (organiser, edition): (OrganiserId, EditionId), names: &Names) -> Option<Event> {
    let (edition, currency) = names.editions.get(&edition)?.clone();
    let place = Place { organiser, edition, currency };
    match change {
        Change::EditionState { before, after } => edition_state(place, &before, after),
        Change::EditionValues { before, after } => {
            let (before, after) = changed_values(&place, before, after);
            Some(edition_changed(place, before, after))
        }
        Change::OpeningDays { before, after } => {
            let values = |days| EventEditionValues { opening_days: Some(days), ..EventEditionValues::default() };
            Some(edition_changed(place, values(before), values(after)))
        }
        Change::EditionEnd { before, after } => {
            let values = |end: AuditedEnd| EventEditionValues {
                ended_at: Some(end.ended_at.map(|at| at.and_utc())),
                end_reason: Some(end.reason),
                ..EventEditionValues::default()
            };
            Some(edition_changed(place, values(before), values(after)))
        }
        Change::EditionPhase { before, after } => {
            let Place { organiser, edition, .. } = place;
            Some(Event::EditionPhaseChanged(EditionPhaseChanged {
                organiser,
                edition,
                previous_phase: before.map(|before| before.phase),
                phase: after.phase,
                began_at: after.at.and_utc(),
            }))
        }
        Change::Application { id, before, after } => application(place, id, &before, after, names),
        Change::Allocation { id, step, state } => allocation(place, (id, names.allocations.get(&id)?), step, state),
        Change::Move { id, before, after } => {
            let booth = |id| names.booths.get(&id).cloned();
            let (from, to) = (booth(before.booth)?, booth(after.booth)?);
            let moved = EventMove { from, to, waiver_reason: after.waiver };
            allocation_changed(place, id, names, Some(moved), (None, None))
        }
        Change::ParticipantAdd(added) => {
            allocation_changed(place, added.allocation, names, None, (Some(participant(added)), None))
        }
        Change::ParticipantRemove(removed) => {
            allocation_changed(place, removed.allocation, names, None, (None, Some(participant(removed))))
        }
        Change::Report { id, before, after } => report(place, id, before, &after, names),
        Change::Review { id, before, after } => review(place, id, &before, after, names),
        Change::Deal(deal) => signed_deal(place, deal, names),
    }
}

fn edition_state(place: Place, before: &AuditedState, after: AuditedState) -> Option<Event> {
    let Place { organiser, edition, .. } = place;
    let AuditedState { state, reason } = after;
    let previous_state = before.state;
    match state {
        // Unpublishing is not announced.
        EditionState::Draft => None,
        EditionState::Published => {
            let event = EditionPublished { organiser, edition, previous_state, state, reason };
            Some(Event::EditionPublished(event))
        }
        EditionState::Finalised => {
            let event = FiguresFinalised { organiser, edition, previous_state, state, reason };
            Some(Event::FiguresFinalised(event))
        }
        EditionState::Cancelled => {
            let event = EditionCancelled { organiser, edition, previous_state, state, reason };
            Some(Event::EditionCancelled(event))
        }
    }
}

fn edition_changed(place: Place, before: EventEditionValues, after: EventEditionValues) -> Event {
    let Place { organiser, edition, .. } = place;
    Event::EditionChanged(EditionChanged { organiser, edition, before, after })
}

/// The values that differ.
fn changed_values(
    place: &Place,
    before: AuditedEdition,
    after: AuditedEdition,
) -> (EventEditionValues, EventEditionValues) {
    fn pair<T: PartialEq>(before: T, after: T) -> (Option<T>, Option<T>) {
        if before == after { (None, None) } else { (Some(before), Some(after)) }
    }
    let time = |at: Option<Instant>| at.map(|at| at.and_utc());
    let money = |amount: Option<i64>| amount.map(|amount| place.money(amount));
    let name = pair(before.name, after.name);
    let series = pair(before.series, after.series);
    let venue = pair(before.venue, after.venue);
    let time_zone = pair(before.time_zone, after.time_zone);
    let opens = pair(time(before.registration_opens_at), time(after.registration_opens_at));
    let closes = pair(time(before.registration_closes_at), time(after.registration_closes_at));
    let booths = pair(before.declared_booths, after.declared_booths);
    let visits = pair(before.declared_visits, after.declared_visits);
    let sales = pair(money(before.declared_sales), money(after.declared_sales));
    let before = EventEditionValues {
        name: name.0,
        series: series.0,
        venue: venue.0,
        time_zone: time_zone.0,
        registration_opens_at: opens.0,
        registration_closes_at: closes.0,
        declared_booths: booths.0,
        declared_visits: visits.0,
        declared_sales: sales.0,
        ..EventEditionValues::default()
    };
    let after = EventEditionValues {
        name: name.1,
        series: series.1,
        venue: venue.1,
        time_zone: time_zone.1,
        registration_opens_at: opens.1,
        registration_closes_at: closes.1,
        declared_booths: booths.1,
        declared_visits: visits.1,
        declared_sales: sales.1,
        ..EventEditionValues::default()
    };
    (before, after)
}

fn application(
    place: Place,
    id: ApplicationId,
    before: &AuditedApplicationState,
    after: AuditedApplicationState,
    names: &Names,
) -> Option<Event> {
    let exhibitor = names.applications.get(&id)?.clone();
    let (application, previous_state, state) = (id, before.state, after.state);
    let Place { organiser, edition, .. } = place;
    match state {
        ApplicationState::Submitted => {
            let event = ApplicationSubmitted { organiser, edition, application, exhibitor, previous_state, state };
            Some(Event::ApplicationSubmitted(event))
        }
        ApplicationState::Draft
        | ApplicationState::Approved
        | ApplicationState::Waitlisted
        | ApplicationState::Rejected
        | ApplicationState::Withdrawn => {
            let reason = after.reason;
            let event =
                ApplicationDecided { organiser, edition, application, exhibitor, previous_state, state, reason };
            Some(Event::ApplicationDecided(event))
        }
    }
}

fn allocation(
    place: Place,
    (allocation, names): (AllocationId, &AllocationNames),
    step: AllocationStep,
    state: AllocationState,
) -> Option<Event> {
    let Place { organiser, edition, .. } = place;
    let AllocationNames { application, booth, exhibitor } = names.clone();
    Some(match step {
        AllocationStep::Offer => {
            let event = AllocationOffered { organiser, edition, allocation, application, booth, exhibitor, state };
            Event::AllocationOffered(event)
        }
        AllocationStep::Confirm => {
            let event = AllocationConfirmed { organiser, edition, allocation, application, booth, exhibitor, state };
            Event::AllocationConfirmed(event)
        }
        AllocationStep::CheckIn => {
            let event = AllocationCheckedIn { organiser, edition, allocation, application, booth, exhibitor, state };
            Event::AllocationCheckedIn(event)
        }
        AllocationStep::Release(cause) => Event::AllocationReleased(AllocationReleased {
            organiser,
            edition,
            allocation,
            application,
            booth,
            exhibitor,
            state,
            cause,
        }),
    })
}

fn allocation_changed(
    place: Place,
    allocation: AllocationId,
    names: &Names,
    moved: Option<EventMove>,
    (participant_added, participant_removed): (Option<EventParticipant>, Option<EventParticipant>),
) -> Option<Event> {
    let AllocationNames { application, booth, exhibitor } = names.allocations.get(&allocation)?.clone();
    let Place { organiser, edition, .. } = place;
    Some(Event::AllocationChanged(AllocationChanged {
        organiser,
        edition,
        allocation,
        application,
        booth,
        exhibitor,
        moved,
        participant_added,
        participant_removed,
    }))
}

fn participant(of: AuditedParticipant) -> EventParticipant {
    let AuditedParticipant { allocation: _, id, role, exhibitor, name, country, first_day, last_day } = of;
    EventParticipant { id, role, exhibitor, name, country, first_day, last_day }
}

fn report(
    place: Place,
    id: SalesReportId,
    before: Option<AuditedReport>,
    after: &AuditedReport,
    names: &Names,
) -> Option<Event> {
    let ReportNames { booth, exhibitor, day } = names.reports.get(&id)?.clone();
    let (previous_amount, previous_ocop) = before.map(|before| (before.amount, before.ocop_amount)).unzip();
    Some(Event::SalesReportSubmitted(SalesReportSubmitted {
        organiser: place.organiser,
        edition: place.edition.clone(),
        sales_report: id,
        booth,
        exhibitor,
        day,
        amount: place.money(after.amount),
        ocop_amount: place.money(after.ocop_amount),
        report_version: after.version,
        previous_amount: previous_amount.map(|amount| place.money(amount)),
        previous_ocop_amount: previous_ocop.map(|amount| place.money(amount)),
    }))
}

fn review(
    place: Place,
    id: SalesReportId,
    before: &AuditedReview,
    after: AuditedReview,
    names: &Names,
) -> Option<Event> {
    let ReportNames { booth, exhibitor, day } = names.reports.get(&id)?.clone();
    let AuditedReview { state, note, report } = after;
    let (amount, ocop_amount) = (place.money(report.amount), place.money(report.ocop_amount));
    let (sales_report, report_version, previous_state) = (id, report.version, before.state);
    let Place { organiser, edition, .. } = place;
    match state {
        // Not a review.
        ReportState::Submitted | ReportState::Corrected => None,
        ReportState::Accepted => Some(Event::SalesReportAccepted(SalesReportAccepted {
            organiser,
            edition,
            sales_report,
            booth,
            exhibitor,
            day,
            amount,
            ocop_amount,
            report_version,
            previous_state,
            state,
        })),
        ReportState::Queried => Some(Event::SalesReportQueried(SalesReportQueried {
            organiser,
            edition,
            sales_report,
            booth,
            exhibitor,
            day,
            amount,
            ocop_amount,
            report_version,
            previous_state,
            state,
            note,
        })),
    }
}

fn signed_deal(place: Place, deal: AuditedDeal, names: &Names) -> Option<Event> {
    let AuditedDeal { id, exhibitor, kind, counterpart, amount, signed_on, note } = deal;
    Some(Event::DealSigned(DealSigned {
        organiser: place.organiser,
        edition: place.edition.clone(),
        deal: id,
        exhibitor: names.exhibitors.get(&exhibitor)?.clone(),
        kind,
        counterpart,
        amount: place.money(amount),
        signed_on,
        note,
    }))
}
