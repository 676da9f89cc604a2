//! Exports an edition as a stream of records.
use diesel::QueryResult;

use super::{
    record::{CleanText, FORMAT_VERSION, Record},
    store,
};
use crate::{editions, floor, organisers, sales::lines, venues, visits};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::http::Problem;

/// Receives the records.
pub(super) type RecordSink<'s> = &'s mut dyn FnMut(&Record) -> Result<(), Problem>;

/// Reads all pages by keyset pagination.
fn for_each_page<R, K: Copy>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    page: fn(&mut Tx<'_>, EditionId, Option<K>) -> QueryResult<Vec<R>>,
    key: fn(&R) -> K,
    mut write: impl FnMut(&mut Tx<'_>, Vec<R>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let rows = page(tx, edition, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        let is_last = i64::try_from(rows.len()).is_ok_and(|n| n < store::PAGE_ROWS);
        after = Some(key(last));
        write(tx, rows)?;
        if is_last {
            return Ok(());
        }
    }
}

fn to_text(value: Option<String>) -> Option<CleanText> {
    value.map(CleanText)
}

/// Exports an edition in full. The last record holds the number of the others.
pub(super) fn export_edition(
    tx: &mut Tx<'_>,
    id: EditionId,
    now: Instant,
    sink: RecordSink<'_>,
) -> Result<(), Problem> {
    let mut records = 0_u64;
    let mut write_record = |record: Record| {
        records += 1;
        sink(&record)
    };
    write_record(Record::Archive {
        format: FORMAT_VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now,
    })?;
    write_floor(tx, id, &mut write_record)?;
    write_exhibitors(tx, id, &mut write_record)?;
    write_sales(tx, id, &mut write_record)?;
    write_visits(tx, id, &mut write_record)?;
    sink(&Record::End { records })
}

type WriteRecord<'p> = &'p mut dyn FnMut(Record) -> Result<(), Problem>;

fn write_floor(tx: &mut Tx<'_>, id: EditionId, write_record: WriteRecord<'_>) -> Result<(), Problem> {
    let row = editions::store::find(tx, id)?;
    let ids: Vec<_> = row.venue_id.into_iter().collect();
    let venue = venues::store::list_by_ids(tx, &ids)?.pop();
    let series = row.series_id.map(|series| organisers::store::find_series(tx, series)).transpose()?;
    write_record(Record::Edition {
        id,
        slug: row.slug.into(),
        name: row.name.into(),
        state: row.state,
        time_zone: row.time_zone.into(),
        currency: row.currency.into(),
        series: series.map(|s| s.name.into()),
        venue: venue.as_ref().map(|v| v.name.clone().into()),
        address: venue.map(|v| v.address.into()),
        declared_booths: row.declared_booths,
        declared_visits: row.declared_visits,
        declared_sales: row.declared_sales,
    })?;
    for day in editions::store::list_days(tx, id)? {
        write_record(Record::OpeningDay { day: day.day, opens_at: day.opens_at, closes_at: day.closes_at })?;
    }
    let zones = floor::store::zones(tx, id)?;
    let mut rules = floor::store::eligibility_by_zone(tx, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
    for zone in zones {
        let eligibility = rules.remove(&zone.id).unwrap_or_default();
        write_record(Record::Zone { id: zone.id, code: zone.code.into(), name: zone.name.into(), eligibility })?;
    }
    for c in floor::store::price_list(tx, id)? {
        write_record(Record::BoothCategory {
            category: c.category,
            area_dm2: c.area_dm2,
            fee: c.fee,
            booth_equivalents: c.booth_equivalents,
        })?;
    }
    for_each_page(
        tx,
        id,
        store::booths_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|b| {
                write_record(Record::Booth {
                    id: b.id,
                    zone: b.zone_id,
                    code: b.code.into(),
                    row_label: b.row_label.into(),
                    place: b.place,
                    category: b.category,
                    area_dm2: b.area_dm2,
                    fee: b.fee,
                    booth_equivalents: b.booth_equivalents,
                    availability: b.availability,
                    has_power: b.has_power,
                    has_water: b.has_water,
                    x_dm: b.x_dm,
                    y_dm: b.y_dm,
                    width_dm: b.width_dm,
                    depth_dm: b.depth_dm,
                })
            })
        },
    )
}

fn write_exhibitors(tx: &mut Tx<'_>, id: EditionId, write_record: WriteRecord<'_>) -> Result<(), Problem> {
    for_each_page(
        tx,
        id,
        store::exhibitors_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|e| {
                write_record(Record::Exhibitor {
                    id: e.id,
                    name: e.name.into(),
                    legal_form: e.legal_form,
                    tax_code: to_text(e.tax_code),
                    country: e.country.into(),
                    locality_code: to_text(e.locality_code),
                    locality: e.locality.into(),
                })
            })
        },
    )?;
    for_each_page(
        tx,
        id,
        store::products_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|p| {
                write_record(Record::Product {
                    id: p.id,
                    exhibitor: p.exhibitor_id,
                    name: p.name.into(),
                    product_group: p.product_group,
                    stars: p.stars,
                    certificate_number: to_text(p.certificate_number),
                    certificate_expires_on: p.certificate_expires_on,
                })
            })
        },
    )?;
    for_each_page(
        tx,
        id,
        store::applications_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|a| {
                write_record(Record::Application {
                    id: a.id,
                    exhibitor: a.exhibitor_id,
                    state: a.state,
                    booths_wanted: a.booths_wanted,
                    category: a.category,
                    needs: to_text(a.needs),
                    reason: to_text(a.reason),
                    waitlisted_at: a.waitlisted_at,
                    created_at: a.created_at,
                    needs_power: a.needs_power,
                    needs_water: a.needs_water,
                    needs_corner: a.needs_corner,
                })
            })
        },
    )?;
    for_each_page(
        tx,
        id,
        store::allocations_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|a| {
                write_record(Record::Allocation {
                    id: a.id,
                    booth: a.booth_id,
                    application: a.application_id,
                    state: a.state,
                    expires_at: a.expires_at,
                    created_at: a.created_at,
                })
            })
        },
    )?;
    for_each_page(
        tx,
        id,
        store::participants_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|p| {
                write_record(Record::Participant {
                    id: p.id,
                    allocation: p.allocation_id,
                    role: p.role,
                    exhibitor: p.exhibitor_id,
                    name: p.name.into(),
                    country: p.country.into(),
                })
            })
        },
    )
}

fn write_sales(tx: &mut Tx<'_>, id: EditionId, write_record: WriteRecord<'_>) -> Result<(), Problem> {
    for_each_page(
        tx,
        id,
        store::reports_page,
        |r| r.id,
        |tx, rows| {
            let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
            for r in rows {
                write_record(Record::SalesReport {
                    id: r.id,
                    booth: r.booth_id,
                    day: r.day,
                    state: r.state,
                    amount: r.amount,
                    ocop_amount: r.ocop_amount,
                    note: to_text(r.note),
                    version: r.version,
                })?;
            }
            for v in store::list_versions(tx, &ids)? {
                write_record(Record::SalesReportVersion {
                    report: v.sales_report_id,
                    version: v.version,
                    amount: v.amount,
                    ocop_amount: v.ocop_amount,
                    reason: to_text(v.reason),
                    recorded_at: v.recorded_at,
                })?;
            }
            for (report, version, line) in lines::find_by_reports(tx, &ids)? {
                write_record(Record::SalesReportLine { report, version, line })?;
            }
            Ok(())
        },
    )?;
    for_each_page(
        tx,
        id,
        store::deals_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|d| {
                write_record(Record::TradeDeal {
                    id: d.id,
                    exhibitor: d.exhibitor_id,
                    kind: d.kind,
                    counterpart: d.counterpart.into(),
                    amount: d.amount,
                    signed_on: d.signed_on,
                    note: to_text(d.note),
                })
            })
        },
    )
}

fn write_visits(tx: &mut Tx<'_>, id: EditionId, write_record: WriteRecord<'_>) -> Result<(), Problem> {
    for gate in visits::store::find_gates(tx, id)? {
        write_record(Record::Gate { id: gate.id, name: gate.name.into() })?;
    }
    for_each_page(
        tx,
        id,
        store::visits_page,
        |r| r.id,
        |_, rows| {
            rows.into_iter().try_for_each(|v| {
                write_record(Record::VisitCount {
                    id: v.id,
                    gate: v.gate_id,
                    occurred_at: v.occurred_at,
                    local_day: v.local_day,
                    local_hour: v.local_hour,
                    entries: v.entries,
                    exits: v.exits,
                    reason: to_text(v.reason),
                    recorded_at: v.recorded_at,
                })
            })
        },
    )
}
