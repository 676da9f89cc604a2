//! Archive records of zones, the price list and booths.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    BoothCategory, Eligibility,
    booth_spec::validate_ranges,
    numbering::{natural_order, split_booth_code},
    store,
};
use crate::records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    states::BoothAvailability,
    values::ids::{BoothId, EditionId, ZoneId},
};
use hoicho_web::http::{
    FieldCode, Problem,
    limits::{CodeText, NameText},
};

/// Record of a zone, without its hall.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneRecord {
    id: ZoneId,
    code: CleanText,
    name: CleanText,
    eligibility: Eligibility,
}

/// Record of an entry of the price list.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = booth_categories)]
#[serde(deny_unknown_fields)]
pub struct BoothCategoryRecord {
    category: BoothCategory,
    area_dm2: i32,
    fee: i64,
    booth_equivalents: i32,
}

/// Record of a booth.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = booths, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct BoothRecord {
    id: BoothId,
    #[diesel(column_name = zone_id)]
    zone: ZoneId,
    code: CleanText,
    row_label: CleanText,
    place: i32,
    category: BoothCategory,
    area_dm2: i32,
    fee: i64,
    booth_equivalents: i32,
    availability: BoothAvailability,
    has_power: bool,
    has_water: bool,
    x_dm: Option<i32>,
    y_dm: Option<i32>,
    width_dm: Option<i32>,
    depth_dm: Option<i32>,
}

records::paged_by_edition!(BoothRecord, booths, BoothId);

/// Exports the floor of an edition.
pub fn export<R>(tx: &mut Tx<'_>, edition: EditionId, sink: RecordSink<'_, R>) -> Result<(), Problem>
where
    R: From<ZoneRecord> + From<BoothCategoryRecord> + From<BoothRecord>,
{
    let zones = store::zones(tx, edition)?;
    let mut rules = store::eligibility_by_zone(tx, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
    for zone in zones {
        let eligibility = rules.remove(&zone.id).unwrap_or_default();
        let record = ZoneRecord { id: zone.id, code: zone.code.into(), name: zone.name.into(), eligibility };
        sink(record.into())?;
    }
    let categories: Vec<BoothCategoryRecord> = booth_categories::table
        .filter(booth_categories::edition_id.eq(edition))
        .order(booth_categories::category)
        .select(BoothCategoryRecord::as_select())
        .load(tx.conn())?;
    categories.into_iter().try_for_each(|record| sink(record.into()))?;
    records::export_pages::<BoothRecord, R>(tx, edition, sink)
}

impl ImportRecords for ZoneRecord {
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let edition = import.edition()?;
        for Self { mut id, code, name, eligibility } in records {
            records::validate("zone", id, |checks, at| {
                records::require_text::<CodeText>(checks, &format!("{at}/code"), &code);
                records::require_text::<NameText>(checks, &format!("{at}/name"), &name);
            })?;
            import.derive_ids([&mut id.0])?;
            let row = (
                zones::id.eq(id),
                zones::edition_id.eq(edition),
                zones::code.eq(code),
                zones::name.eq(name),
                zones::version.eq(1),
            );
            diesel::insert_into(zones::table).values(row).execute(import.tx.conn())?;
            store::replace_eligibility(import.tx, id, &eligibility)?;
        }
        Ok(())
    }
}

impl ImportRecords for BoothCategoryRecord {
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let edition = import.edition()?;
        for record in &records {
            let (area, fee, equivalents) = (record.area_dm2, record.fee, record.booth_equivalents);
            records::validate("booth_category", record.category, |checks, at| {
                validate_ranges(checks, at, Some(area), Some(fee), Some(equivalents));
            })?;
        }
        let rows = records.into_iter().map(|record| (record, booth_categories::edition_id.eq(edition)));
        records::insert_rows!(import.tx, booth_categories, rows);
        Ok(())
    }
}

impl ImportRecords for BoothRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            let (area, fee, equivalents) = (record.area_dm2, record.fee, record.booth_equivalents);
            let has_valid_code = split_booth_code(record.code.as_str()).is_some_and(|(_, place, _)| place > 0);
            records::validate("booth", record.id, |checks, at| {
                validate_ranges(checks, at, Some(area), Some(fee), Some(equivalents));
                let pointer = format!("{at}/code");
                checks.require(has_valid_code, &pointer, FieldCode::Code, MessageId("error-invalid-booth-code"));
            })?;
            import.derive_ids([&mut record.id.0, &mut record.zone.0])?;
        }
        let others = (booths::edition_id.eq(import.edition()?), booths::version.eq(1));
        let rows = records.into_iter().map(|record| {
            let order = booths::code_order.eq(natural_order(record.code.as_str()));
            (record, others, order)
        });
        records::insert_rows!(import.tx, booths, rows);
        Ok(())
    }
}
