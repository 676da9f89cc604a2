//! The resource that the path of a request names, and who owns it. The capabilities find the owners in their tables; see [`FindOwners`].
use actix_web::HttpRequest;
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, HallId, OrganiserId, SeriesId, VenueId},
    },
};

use crate::http::{Code, Problem};

/// Finds who owns a resource. The capabilities implement it beside their tables; it is handed in at start.
pub type FindOwners = fn(&mut Tx<'_>, &ResourceRef) -> Result<ResourceOwners, Problem>;

/// The resource that a path names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ResourceRef {
    /// `/organisers/{organiser}`
    Organiser(OrganiserId),
    /// `/series/{series}`
    Series(SeriesId),
    /// `/venues/{venue}`
    Venue(VenueId),
    /// `/halls/{hall}`
    Hall(HallId),
    /// `/editions/{edition}`, by identifier or slug.
    Edition(String),
    /// `/booths/{booth}`
    Booth(BoothId),
    /// `/booths/{booth}/…/{date}`: what concerns whoever has the booth on that day.
    BoothDay(BoothId, Day),
    /// `/exhibitors/{exhibitor}`
    Exhibitor(ExhibitorId),
    /// `/applications/{application}`
    Application(ApplicationId),
    /// `/allocations/{allocation}`
    Allocation(AllocationId),
}

impl ResourceRef {
    /// Reads the first parameter of the path.
    ///
    /// # Errors
    /// `not_found` for a value that is not an identifier.
    pub(super) fn from_path(req: &HttpRequest) -> Result<Self, Problem> {
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
            "booth" => match path.get("date") {
                Some(date) => Ok(Self::BoothDay(id(value)?, id(date)?)),
                None => id(value).map(Self::Booth),
            },
            "exhibitor" => id(value).map(Self::Exhibitor),
            "application" => id(value).map(Self::Application),
            "allocation" => id(value).map(Self::Allocation),
            _ => Err(Code::Internal.into()),
        }
    }
}

/// Who owns a resource, and where it belongs.
#[derive(Debug, Clone, Default)]
pub struct ResourceOwners {
    /// The organisers whose staff have their roles here; the first owns the data.
    pub organisers: Vec<OrganiserId>,
    /// The series it is, if it is one.
    pub series: Option<SeriesId>,
    /// The venue it is or belongs to.
    pub venue: Option<VenueId>,
    /// The hall it is.
    pub hall: Option<HallId>,
    /// The edition it is or belongs to.
    pub edition: Option<EditionId>,
    /// The exhibitors whose members have their roles here; the first is the main one.
    pub exhibitors: Vec<ExhibitorId>,
    /// Whether the public may know that it exists.
    pub public: bool,
}

impl ResourceOwners {
    /// Something of an organiser.
    pub fn of_organiser(organiser: OrganiserId) -> Self {
        Self { organisers: vec![organiser], ..Self::default() }
    }

    /// Something inside an edition, and the exhibitors it concerns.
    pub fn of_edition((organiser, edition): (OrganiserId, EditionId), exhibitors: Vec<ExhibitorId>) -> Self {
        Self { organisers: vec![organiser], edition: Some(edition), exhibitors, ..Self::default() }
    }
}

/// A resource together with the function that finds its owners.
#[derive(Clone)]
pub(super) struct Resource {
    pub(super) reference: ResourceRef,
    pub(super) find_owners: FindOwners,
}

impl Resource {
    /// Finds its owners; a resource that does not exist is `not_found`, like one that the caller may not see.
    pub(super) fn owners(&self, tx: &mut Tx<'_>) -> Result<ResourceOwners, Problem> {
        (self.find_owners)(tx, &self.reference)
    }
}
