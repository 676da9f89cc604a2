//! Archive records of an edition and its opening days.
use chrono::NaiveTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{store, validate_currency, validate_days, validate_declared, validate_time_zone};
use crate::{
    organisers::store as organiser_store,
    records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink},
    venues::store::{self as venue_store, VenueRow},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    states::EditionState,
    values::{
        clock::{Day, Instant},
        ids::{EditionId, OrganiserId, VenueId},
    },
};
use hoicho_web::http::{Code, Problem, Validator, limits::NameText};

/// Record of an edition. It names its series and venue, which belong to the organiser.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = editions, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct EditionRecord {
    id: EditionId,
    slug: CleanText,
    name: CleanText,
    state: EditionState,
    time_zone: CleanText,
    currency: CleanText,
    #[diesel(select_expression = series::name.nullable(), skip_insertion)]
    series: Option<CleanText>,
    #[diesel(select_expression = venues::name.nullable(), skip_insertion)]
    venue: Option<CleanText>,
    #[diesel(select_expression = venues::address.nullable(), skip_insertion)]
    address: Option<CleanText>,
    declared_booths: Option<i32>,
    declared_visits: Option<i64>,
    declared_sales: Option<i64>,
    registration_opens_at: Option<Instant>,
    registration_closes_at: Option<Instant>,
    ended_at: Option<Instant>,
    end_reason: Option<CleanText>,
}

/// Record of an opening day.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = opening_days)]
#[serde(deny_unknown_fields)]
pub struct OpeningDayRecord {
    day: Day,
    opens_at: NaiveTime,
    closes_at: NaiveTime,
}

/// Exports an edition and its opening days.
pub fn export<R>(tx: &mut Tx<'_>, edition: EditionId, sink: RecordSink<'_, R>) -> Result<(), Problem>
where
    R: From<EditionRecord> + From<OpeningDayRecord>,
{
    let record: EditionRecord = editions::table
        .left_join(series::table)
        .left_join(venues::table)
        .filter(editions::id.eq(edition))
        .select(EditionRecord::as_select())
        .get_result(tx.conn())?;
    sink(record.into())?;
    let days: Vec<OpeningDayRecord> = opening_days::table
        .filter(opening_days::edition_id.eq(edition))
        .order(opening_days::day)
        .select(OpeningDayRecord::as_select())
        .load(tx.conn())?;
    days.into_iter().try_for_each(|record| sink(record.into()))
}

/// Finds a venue of the organiser by name, or creates it.
fn find_or_create_venue(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    name: &CleanText,
    address: Option<&CleanText>,
) -> QueryResult<VenueId> {
    if let Some(known) = venue_store::find_by_name(tx, organiser, name.as_str())? {
        return Ok(known);
    }
    let row = VenueRow {
        id: VenueId::make(),
        organiser_id: organiser,
        name: name.as_str().to_owned(),
        address: address.map(|a| a.as_str().to_owned()).unwrap_or_default(),
        version: 1,
    };
    venue_store::insert(tx, &row)?;
    Ok(row.id)
}

impl ImportRecords for EditionRecord {
    /// Matches the venue by name or creates it; matches the series by name or leaves it empty.
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let organiser = import.authorized.organiser()?;
        for record in records {
            let mut checks = Validator::default();
            records::require_text::<NameText>(&mut checks, "/name", &record.name);
            validate_time_zone(&mut checks, record.time_zone.as_str());
            validate_currency(&mut checks, record.currency.as_str());
            validate_declared(&mut checks, record.declared_booths, record.declared_visits, record.declared_sales);
            checks.finish()?;
            let venue = match &record.venue {
                Some(name) => Some(find_or_create_venue(import.tx, organiser, name, record.address.as_ref())?),
                None => None,
            };
            let series = match &record.series {
                Some(name) => organiser_store::find_series_by_name(import.tx, organiser, name.as_str())?,
                None => None,
            };
            let record = Self { id: EditionId::make(), slug: import.slug.clone().into(), ..record };
            let others = (
                editions::organiser_id.eq(organiser),
                editions::series_id.eq(series),
                editions::venue_id.eq(venue),
                editions::version.eq(1),
                editions::created_at.eq(import.authorized.now),
            );
            diesel::insert_into(editions::table).values((&record, others)).execute(import.tx.conn())?;
            import.set_edition(record.id, record.state);
        }
        Ok(())
    }
}

/// Checks an imported edition as a whole: it is finalised only once its days are over.
pub fn check_imported(import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
    let edition = import.edition()?;
    let edition = store::find(import.tx, edition)?;
    let has_days_to_come =
        edition.schedule.first_opens_at.is_some() && !edition.schedule.is_over(import.authorized.now);
    if edition.state == EditionState::Finalised && has_days_to_come {
        return Err(Problem::new(Code::Invalid, MessageId("error-archive-finalised-early")));
    }
    Ok(())
}

impl ImportRecords for OpeningDayRecord {
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let edition = import.edition()?;
        let mut checks = Validator::default();
        validate_days(&mut checks, records.iter().map(|record| (record.day, record.opens_at, record.closes_at)));
        checks.finish()?;
        let rows = records.into_iter().map(|record| (record, opening_days::edition_id.eq(edition)));
        records::insert_rows!(import.tx, opening_days, rows);
        Ok(())
    }
}
