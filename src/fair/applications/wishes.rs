//! Ranked booth wishes of an application.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    i18n::MessageId,
    on_either,
    values::ids::{ApplicationId, BoothId, EditionId, ZoneId},
};
use hoicho_optimiser::instance::MAX_WISHES;
use hoicho_web::http::{FieldCode, Problem, Validator};

hoicho_web::number_ranges! {
    /// Booths that an application asks for.
    BoothsWanted i32 1..=100,
}

/// A booth, or any booth of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// This booth.
    Booth(BoothId),
    /// Any booth of this zone.
    Zone(ZoneId),
}

/// Validates length and uniqueness of the list at `pointer`, without database access.
pub fn validate(checks: &mut Validator, pointer: &str, wishes: &[Wish]) {
    checks.require(
        wishes.len() <= MAX_WISHES,
        pointer,
        FieldCode::Length,
        MessageId("error-wish-list-length").with_number("max", MAX_WISHES),
    );
    let distinct = wishes.iter().collect::<std::collections::BTreeSet<_>>().len() == wishes.len();
    checks.require(distinct, pointer, FieldCode::Repeated, MessageId("error-duplicate-wish"));
}

/// Replaces the wishes of an application; each must be a booth or zone of the same edition.
pub fn replace_wishes(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId, wishes: &[Wish]) -> Result<(), Problem> {
    use application_wishes as w;
    let (booths, zones): (Vec<_>, Vec<_>) = wishes.iter().partition(|wish| matches!(wish, Wish::Booth(_)));
    let wanted_booths: Vec<BoothId> =
        booths.iter().filter_map(|wish| if let Wish::Booth(b) = wish { Some(*b) } else { None }).collect();
    let wanted_zones: Vec<ZoneId> =
        zones.iter().filter_map(|wish| if let Wish::Zone(z) = wish { Some(*z) } else { None }).collect();
    let known_booths: Vec<BoothId> = booths::table
        .filter(booths::edition_id.eq(edition))
        .filter(booths::id.eq_any(&wanted_booths))
        .select(booths::id)
        .load(tx.conn())?;
    let known_zones: Vec<ZoneId> = zones::table
        .filter(zones::edition_id.eq(edition))
        .filter(zones::id.eq_any(&wanted_zones))
        .select(zones::id)
        .load(tx.conn())?;
    let mut checks = Validator::default();
    for (i, wish) in wishes.iter().enumerate() {
        let exists = match wish {
            Wish::Booth(booth) => known_booths.contains(booth),
            Wish::Zone(zone) => known_zones.contains(zone),
        };
        checks.require(exists, &format!("/wishes/{i}"), FieldCode::Unknown, MessageId("error-unknown-booth-or-zone"));
    }
    checks.finish()?;
    diesel::delete(w::table.filter(w::application_id.eq(id))).execute(tx.conn())?;
    insert_rows(tx, &to_rows(edition, id, wishes).collect::<Vec<_>>()).map_err(Problem::from)
}

/// Row of `application_wishes`.
#[derive(Debug, Clone, Copy, Insertable)]
#[diesel(table_name = application_wishes, treat_none_as_default_value = false)]
pub struct WishRow {
    application_id: ApplicationId,
    wish_rank: i32,
    edition_id: EditionId,
    booth_id: Option<BoothId>,
    zone_id: Option<ZoneId>,
}

/// Rows for the wishes of an application, ranked in this order.
pub fn to_rows(edition: EditionId, id: ApplicationId, wishes: &[Wish]) -> impl Iterator<Item = WishRow> {
    (1..).zip(wishes).map(move |(wish_rank, wish)| {
        let (booth_id, zone_id) = match wish {
            Wish::Booth(booth) => (Some(*booth), None),
            Wish::Zone(zone) => (None, Some(*zone)),
        };
        WishRow { application_id: id, wish_rank, edition_id: edition, booth_id, zone_id }
    })
}

pub fn insert_rows(tx: &mut Tx<'_>, rows: &[WishRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(application_wishes::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Wishes of an application, best first.
pub fn find_wishes(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<Vec<Wish>> {
    let rows: Vec<(Option<BoothId>, Option<ZoneId>)> = application_wishes::table
        .filter(application_wishes::application_id.eq(id))
        .order(application_wishes::wish_rank)
        .select((application_wishes::booth_id, application_wishes::zone_id))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(|(booth, zone)| booth.map(Wish::Booth).or(zone.map(Wish::Zone))).collect())
}
