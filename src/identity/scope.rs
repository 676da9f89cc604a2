//! What the path of a request is about: found in the database before any handler runs.
use actix_web::HttpRequest;
use diesel::prelude::*;

use crate::{
    db::{Tx, schema::*},
    http::{Code, Problem},
    values::ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganiserId},
};

/// What a path names.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Organiser(OrganiserId),
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
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    pub(super) organiser: Option<OrganiserId>,
    pub(super) edition: Option<EditionId>,
    pub(super) exhibitor: Option<ExhibitorId>,
    /// Anybody may know that it exists.
    pub(super) public: bool,
}

type Found = (OrganiserId, EditionId);

/// Finds where the target belongs; not found is an error like any invisible thing.
pub(super) fn find(tx: &mut Tx<'_>, target: &Target) -> Result<Scope, Problem> {
    let of_edition = |(organiser, edition): Found, exhibitor| Scope {
        organiser: Some(organiser),
        edition: Some(edition),
        exhibitor,
        public: false,
    };
    let ids = (editions::organiser_id, editions::id);
    match target {
        Target::Organiser(id) => {
            let organiser = organisers::table.find(*id).select(organisers::id).first(tx.conn())?;
            Ok(Scope { organiser: Some(organiser), edition: None, exhibitor: None, public: false })
        }
        Target::Edition(name) => {
            let columns = (ids, editions::state);
            let (found, state): (Found, String) = match name.parse::<EditionId>() {
                Ok(id) => editions::table.find(id).select(columns).first(tx.conn())?,
                Err(_) if name.contains('\0') => return Err(Code::NotFound.into()),
                Err(_) => editions::table.filter(editions::slug.eq(name)).select(columns).first(tx.conn())?,
            };
            Ok(Scope { public: state != "draft", ..of_edition(found, None) })
        }
        Target::Booth(id) => {
            let found = booths::table
                .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
                .filter(booths::id.eq(id))
                .select(ids)
                .first(tx.conn())?;
            // Whoever stands on the booth may report for it.
            let exhibitor = allocations::table
                .inner_join(applications::table)
                .filter(allocations::booth_id.eq(id))
                .filter(allocations::state.eq_any(["confirmed", "checked_in"]))
                .select(applications::exhibitor_id)
                .first(tx.conn())
                .optional()?;
            Ok(of_edition(found, exhibitor))
        }
        Target::Exhibitor(id) => {
            let exhibitor = exhibitors::table.find(*id).select(exhibitors::id).first(tx.conn())?;
            Ok(Scope { organiser: None, edition: None, exhibitor: Some(exhibitor), public: false })
        }
        Target::Application(id) => {
            let (found, exhibitor): (Found, ExhibitorId) = applications::table
                .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
                .filter(applications::id.eq(id))
                .select((ids, applications::exhibitor_id))
                .first(tx.conn())?;
            Ok(of_edition(found, Some(exhibitor)))
        }
        Target::Allocation(id) => {
            let (found, exhibitor): (Found, ExhibitorId) = allocations::table
                .inner_join(applications::table)
                .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
                .filter(allocations::id.eq(id))
                .select((ids, applications::exhibitor_id))
                .first(tx.conn())?;
            Ok(of_edition(found, Some(exhibitor)))
        }
    }
}
