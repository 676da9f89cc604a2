//! The resource that the path of a request names, and who owns it. The capabilities find the owners in their tables; see [`FindOwners`].
use actix_web::HttpRequest;
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{
            AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, HallId, OrganisationId, OrganiserId,
            SeriesId, VenueId,
        },
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
    /// `/organisations/{organisation}`
    Organisation(OrganisationId),
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
            "organisation" => id(value).map(Self::Organisation),
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
    /// The organiser that owns the data; its staff have their roles here. `None` for the account of an organisation.
    pub organiser: Option<OrganiserId>,
    /// The organisers that an organisation is linked with: their staff read what the link opens.
    pub linked_organisers: Vec<OrganiserId>,
    /// The series it is, if it is one.
    pub series: Option<SeriesId>,
    /// The venue it is or belongs to.
    pub venue: Option<VenueId>,
    /// The hall it is.
    pub hall: Option<HallId>,
    /// The edition it is or belongs to.
    pub edition: Option<EditionId>,
    /// The exhibitors concerned; the first is the main one.
    pub exhibitors: Vec<ExhibitorId>,
    /// The organisations whose members have their roles here: the organisation itself, or those linked with the exhibitors.
    pub organisations: Vec<OrganisationId>,
    /// Whether the public may know that it exists.
    pub public: bool,
    /// Whether only the members of `organisations` may know that it exists (an application before it is submitted, and its record):
    /// for the organiser's staff and keys it is not found, and its changes are not in the organiser's audit log.
    pub is_private: bool,
}

impl ResourceOwners {
    /// Something of an organiser.
    pub fn of_organiser(organiser: OrganiserId) -> Self {
        Self { organiser: Some(organiser), ..Self::default() }
    }

    /// Something inside an edition, and the exhibitors it concerns, each with the organisation it is linked with.
    pub fn of_edition(
        (organiser, edition): (OrganiserId, EditionId),
        exhibitors: Vec<(ExhibitorId, Option<OrganisationId>)>,
    ) -> Self {
        let (exhibitors, organisations): (_, Vec<_>) = exhibitors.into_iter().unzip();
        let organisations = organisations.into_iter().flatten().collect();
        Self { organiser: Some(organiser), edition: Some(edition), exhibitors, organisations, ..Self::default() }
    }

    /// All organisers whose staff have their roles here, and whose keys read it.
    pub fn readable_by_staff_of(&self) -> Vec<OrganiserId> {
        self.organiser.iter().chain(&self.linked_organisers).copied().filter(|_| !self.is_private).collect()
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
