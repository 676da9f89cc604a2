//! What the path of a request is about: found in the database before any handler runs.
use actix_web::HttpRequest;
use diesel::prelude::*;

use crate::{
    db::{Tx, schema::*},
    http::{Code, Problem},
    values::ids::{
        AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, HallId, OrganiserId, SeriesId, VenueId,
    },
};

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Organiser(OrganiserId),
    Series(SeriesId),
    Venue(VenueId),
    Hall(HallId),
    Edition(String),
    Booth(BoothId),
    Exhibitor(ExhibitorId),
    Application(ApplicationId),
    Allocation(AllocationId),
}

impl Target {
    /// The first parameter of the path says what it is about; one that is no identifier names nothing.
    pub(super) fn of(req: &HttpRequest) -> Result<Self, Problem> {
        let path = req.match_info();
        let (name, value) = path.iter().next().ok_or(Code::Internal)?;
        fn id<T: std::str::FromStr>(value: &str) -> Result<T, Problem> {
            value.parse().map_err(|_| Code::NotFound.into())
        }
        match name {
            "organiser" => id(value).map(Self::Organiser),
            "series" => id(value).map(Self::Series),
            "venue" => id(value).map(Self::Venue),
            "hall" => id(value).map(Self::Hall),
            "edition" => Ok(Self::Edition(value.to_owned())),
            "booth" => id(value).map(Self::Booth),
            "exhibitor" => id(value).map(Self::Exhibitor),
            "application" => id(value).map(Self::Application),
            "allocation" => id(value).map(Self::Allocation),
            _ => Err(Code::Internal.into()),
        }
    }
}

/// Where the target belongs.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Whose staff are at home here; the first is the owner of the data.
    pub(super) organisers: Vec<OrganiserId>,
    pub(super) series: Option<SeriesId>,
    pub(super) venue: Option<VenueId>,
    pub(super) hall: Option<HallId>,
    pub(super) edition: Option<EditionId>,
    /// Whose members are at home here; the first is the main one.
    pub(super) exhibitors: Vec<ExhibitorId>,
    /// Anybody may know that it exists.
    pub(super) public: bool,
}

type Found = (OrganiserId, EditionId);
const LET: [&str; 2] = ["confirmed", "checked_in"];

/// Finds where the target belongs; not found is an error like any invisible thing.
pub(super) fn find(tx: &mut Tx<'_>, target: &Target) -> Result<Scope, Problem> {
    let of_edition = |(organiser, edition): Found, exhibitors: Vec<ExhibitorId>| Scope {
        organisers: vec![organiser],
        edition: Some(edition),
        exhibitors,
        ..Scope::default()
    };
    let of_organiser = |organiser: OrganiserId| Scope { organisers: vec![organiser], ..Scope::default() };
    let ids = (editions::organiser_id, editions::id);
    match target {
        Target::Organiser(id) => {
            Ok(of_organiser(organisers::table.find(*id).select(organisers::id).get_result(tx.conn())?))
        }
        Target::Series(id) => {
            let organiser = series::table.find(*id).select(series::organiser_id).get_result(tx.conn())?;
            Ok(Scope { series: Some(*id), ..of_organiser(organiser) })
        }
        Target::Venue(id) => {
            let organiser = venues::table.find(*id).select(venues::organiser_id).get_result(tx.conn())?;
            Ok(Scope { venue: Some(*id), ..of_organiser(organiser) })
        }
        Target::Hall(id) => {
            let (organiser, venue) = halls::table
                .inner_join(venues::table)
                .filter(halls::id.eq(id))
                .select((venues::organiser_id, venues::id))
                .get_result(tx.conn())?;
            Ok(Scope { venue: Some(venue), hall: Some(*id), ..of_organiser(organiser) })
        }
        Target::Edition(name) => {
            let columns = (ids, editions::state);
            let (found, state): (Found, String) = match name.parse::<EditionId>() {
                Ok(id) => editions::table.find(id).select(columns).get_result(tx.conn())?,
                Err(_) if name.contains('\0') => return Err(Code::NotFound.into()),
                Err(_) => editions::table.filter(editions::slug.eq(name)).select(columns).get_result(tx.conn())?,
            };
            Ok(Scope { public: state != "draft", ..of_edition(found, Vec::new()) })
        }
        Target::Booth(id) => booth(tx, *id).map(|(found, exhibitors)| of_edition(found, exhibitors)),
        Target::Exhibitor(id) => exhibitor(tx, *id),
        Target::Application(id) => {
            let (found, exhibitor): (Found, ExhibitorId) = applications::table
                .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
                .filter(applications::id.eq(id))
                .select((ids, applications::exhibitor_id))
                .get_result(tx.conn())?;
            Ok(of_edition(found, vec![exhibitor]))
        }
        Target::Allocation(id) => {
            let (found, exhibitor): (Found, ExhibitorId) = allocations::table
                .inner_join(applications::table)
                .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
                .filter(allocations::id.eq(id))
                .select((ids, applications::exhibitor_id))
                .get_result(tx.conn())?;
            Ok(of_edition(found, vec![exhibitor]))
        }
    }
}

/// Whoever stands on the booth may report for it: the main exhibitor and its co-exhibitors.
fn booth(tx: &mut Tx<'_>, id: BoothId) -> Result<(Found, Vec<ExhibitorId>), Problem> {
    let found = booths::table
        .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
        .filter(booths::id.eq(id))
        .select((editions::organiser_id, editions::id))
        .get_result(tx.conn())?;
    let main: Option<(AllocationId, ExhibitorId)> = allocations::table
        .inner_join(applications::table)
        .filter(allocations::booth_id.eq(id))
        .filter(allocations::state.eq_any(LET))
        .select((allocations::id, applications::exhibitor_id))
        .get_result(tx.conn())
        .optional()?;
    let Some((allocation, main)) = main else { return Ok((found, Vec::new())) };
    let with: Vec<Option<ExhibitorId>> = participants::table
        .filter(participants::allocation_id.eq(allocation))
        .select(participants::exhibitor_id)
        .load(tx.conn())?;
    Ok((found, std::iter::once(main).chain(with.into_iter().flatten()).collect()))
}

/// The organisers it applied to see an exhibitor; the public does once it stands at a fair.
fn exhibitor(tx: &mut Tx<'_>, id: ExhibitorId) -> Result<Scope, Problem> {
    let found: ExhibitorId = exhibitors::table.find(id).select(exhibitors::id).get_result(tx.conn())?;
    let organisers = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .filter(applications::state.ne("draft"))
        .select(editions::organiser_id)
        .distinct()
        .load(tx.conn())?;
    let stands: i64 = standing::table.filter(standing::exhibitor_id.eq(id)).count().get_result(tx.conn())?;
    Ok(Scope { organisers, exhibitors: vec![found], public: stands > 0, ..Scope::default() })
}
