//! Converts the records of an archive into rows of the modules they belong to.
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{
    batch::Batch,
    import::TakenIn,
    record::{CleanText, Record},
};
use crate::{
    allocation::{participants::ParticipantRow, store::AllocationRow},
    applications::store::ApplicationRow,
    editions::{
        self, EditionState,
        store::{EditionRow, OpeningDayRow},
    },
    exhibitors::{self, store::ExhibitorRow, tax_code},
    floor::{
        self,
        store::{BoothCategoryRow, BoothRow, ZoneRow},
    },
    localities, organisers,
    products::store::ProductRow,
    sales::{
        self,
        deals::DealRow,
        lines,
        store::{ReportRow, VersionRow},
    },
    statistics,
    venues::{self, store::VenueRow},
    visits::{
        self,
        store::{EventRow, GateRow},
    },
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        ids::{
            AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, GateId, ParticipantId, ProductId,
            SalesReportId, TradeDealId, VenueId, VisitEventId, ZoneId,
        },
        text,
    },
};
use hoicho_web::{
    http::{Code, Problem, Validator},
    identity::Authorized,
};

/// Import of an archive in progress.
pub(super) struct ArchiveImporter<'t, 'c> {
    tx: &'t mut Tx<'c>,
    granted: &'t Authorized,
    slug: String,
    edition: Option<EditionRow>,
    exhibitors: HashMap<ExhibitorId, ExhibitorId>,
    /// Exhibitors created by this import; only they get the products of the archive.
    created_exhibitors: HashSet<ExhibitorId>,
    pub(super) summary: TakenIn,
    batch: Batch,
    last_line: Option<(SalesReportId, i32, usize)>,
}

fn into_string(text: Option<CleanText>) -> Option<String> {
    text.map(|w| w.0)
}

/// Derives the identifier of an imported row (UUIDv5) from the new edition and the identifier in the archive, so references
/// resolve without a lookup table and never collide with another edition.
fn derive_id(edition: EditionId, id: Uuid) -> Uuid {
    Uuid::new_v5(&edition.0, id.as_bytes())
}

impl<'t, 'c> ArchiveImporter<'t, 'c> {
    /// Starts an import.
    pub(super) fn new(tx: &'t mut Tx<'c>, granted: &'t Authorized, slug: String) -> Self {
        Self {
            tx,
            granted,
            slug,
            edition: None,
            exhibitors: HashMap::new(),
            created_exhibitors: HashSet::new(),
            summary: TakenIn::default(),
            batch: Batch::default(),
            last_line: None,
        }
    }

    /// Whether the edition record was imported.
    pub(super) fn has_edition(&self) -> bool {
        self.edition.is_some()
    }

    fn edition(&self) -> Result<EditionId, Problem> {
        self.edition
            .as_ref()
            .map(|e| e.id)
            .ok_or_else(|| Problem::new(Code::Invalid, MessageId("error-archive-not-edition")))
    }

    fn exhibitor(&self, id: ExhibitorId) -> Result<ExhibitorId, Problem> {
        self.exhibitors
            .get(&id)
            .copied()
            .ok_or_else(|| Problem::new(Code::Invalid, MessageId("error-archive-unknown-exhibitor")))
    }

    /// Inserts the buffered rows, and freezes the figures if the edition is finalised.
    pub(super) fn finish(mut self) -> Result<(EditionId, TakenIn), Problem> {
        let edition = self.edition()?;
        self.batch.flush(self.tx, edition)?;
        if self.edition.is_some_and(|e| e.state == EditionState::Finalised) {
            statistics::freeze(self.tx, edition, self.granted.now)?;
        }
        Ok((edition, self.summary))
    }

    /// Inserts the edition. The venue is matched by name or created; the series is matched by name or left empty.
    fn import_edition(&mut self, record: Record) -> Result<(), Problem> {
        let Record::Edition {
            name,
            state,
            time_zone,
            currency,
            series,
            venue,
            address,
            declared_booths,
            declared_visits,
            declared_sales,
            id: _,
            slug: _,
        } = record
        else {
            return Err(Code::Internal.into());
        };
        let mut checks = Validator::default();
        editions::validate_time_zone(&mut checks, &time_zone.0);
        editions::validate_currency(&mut checks, &currency.0);
        checks.finish()?;
        let organiser = self.granted.organiser()?;
        let venue = match venue {
            None => None,
            Some(name) => {
                let venues = venues::store::list_page(self.tx, organiser, None, 500)?;
                match venues.iter().find(|v| v.name == name.0) {
                    Some(venue) => Some(venue.id),
                    None => {
                        let (id, address) = (VenueId::make(), address.map(|a| a.0).unwrap_or_default());
                        let row = VenueRow { id, organiser_id: organiser, name: name.0, address, version: 1 };
                        venues::store::insert(self.tx, &row)?;
                        Some(id)
                    }
                }
            }
        };
        let series = match series {
            Some(series) => organisers::store::list_series_page(self.tx, organiser, None, 500)?
                .iter()
                .find(|s| s.name == series.0)
                .map(|s| s.id),
            None => None,
        };
        let row = EditionRow {
            id: EditionId::make(),
            organiser_id: organiser,
            series_id: series,
            slug: self.slug.clone(),
            name: name.0,
            venue_id: venue,
            state,
            time_zone: time_zone.0,
            currency: currency.0,
            declared_booths,
            declared_visits,
            declared_sales,
            version: 1,
            created_at: self.granted.now,
            waiting_list_run_id: None,
        };
        editions::store::insert(self.tx, &row)?;
        self.edition = Some(row);
        Ok(())
    }

    /// Matches an exhibitor by tax code, or by identifier and name; creates it otherwise.
    fn import_exhibitor(&mut self, record: Record) -> Result<(), Problem> {
        let Record::Exhibitor { id, name, legal_form, tax_code: code, country, locality_code, locality } = record
        else {
            return Err(Code::Internal.into());
        };
        let name_search = text::normalize_for_search(&name.0);
        let code = into_string(code).and_then(|code| tax_code::parse(&code, legal_form));
        let by_code = match &code {
            Some(code) => {
                exhibitors::store::find_ids_by_tax_codes(self.tx, std::slice::from_ref(code))?.pop().map(|(_, id)| id)
            }
            None => None,
        };
        // Keep the identifier of the archive, so that the next import finds it; unless another exhibitor has it.
        let holder = exhibitors::store::find_by_ids(self.tx, &[id])?.pop();
        let is_free = holder.is_none();
        let same = holder.filter(|e| e.name_search == name_search).map(|e| e.id);
        if let Some(existing) = by_code.or(same) {
            self.exhibitors.insert(id, existing);
            self.summary.exhibitors_known += 1;
            return Ok(());
        }
        let locality_code = match into_string(locality_code) {
            Some(code) => localities::store::find(self.tx, &code)?.map(|l| l.code),
            None => None,
        };
        let row = ExhibitorRow {
            id: if is_free { id } else { ExhibitorId::make() },
            name: name.0,
            name_search,
            legal_form,
            tax_code: code,
            country: country.0.chars().take(2).collect(),
            locality_code,
            locality: locality.0,
            version: 1,
            created_at: self.granted.now,
        };
        exhibitors::store::insert(self.tx, std::slice::from_ref(&row))?;
        self.exhibitors.insert(id, row.id);
        self.created_exhibitors.insert(row.id);
        self.summary.exhibitors_added += 1;
        Ok(())
    }

    /// Imports a record. Records that refer to an edition or exhibitor that was not imported yet are rejected.
    pub(super) fn import_record(&mut self, record: Record) -> Result<(), Problem> {
        let (user, now) = (self.granted.require_user()?, self.granted.now);
        match record {
            Record::Archive { .. } | Record::End { .. } => {}
            record @ Record::Edition { .. } => self.import_edition(record)?,
            record @ Record::Exhibitor { .. } => self.import_exhibitor(record)?,
            Record::OpeningDay { day, opens_at, closes_at } => {
                self.batch.days.push(OpeningDayRow { edition_id: self.edition()?, day, opens_at, closes_at });
            }
            Record::Zone { id, code, name, eligibility } => {
                let edition = self.edition()?;
                let id = ZoneId(derive_id(edition, id.0));
                let row = ZoneRow { id, edition_id: edition, hall_id: None, code: code.0, name: name.0, version: 1 };
                floor::store::insert_zones(self.tx, std::slice::from_ref(&row))?;
                floor::store::replace_eligibility(self.tx, id, &eligibility)?;
            }
            Record::BoothCategory { category, area_dm2, fee, booth_equivalents } => {
                self.batch.categories.push(BoothCategoryRow {
                    edition_id: self.edition()?,
                    category,
                    area_dm2,
                    fee,
                    booth_equivalents,
                });
            }
            Record::Booth {
                id,
                zone,
                code,
                row_label,
                place,
                category,
                area_dm2,
                fee,
                booth_equivalents,
                availability,
                has_power,
                has_water,
                x_dm,
                y_dm,
                width_dm,
                depth_dm,
            } => {
                let edition = self.edition()?;
                self.batch.booths.push(BoothRow {
                    id: BoothId(derive_id(edition, id.0)),
                    edition_id: edition,
                    zone_id: ZoneId(derive_id(edition, zone.0)),
                    code: code.0,
                    row_label: row_label.0,
                    place,
                    category,
                    area_dm2,
                    fee,
                    booth_equivalents,
                    version: 1,
                    availability,
                    has_power,
                    has_water,
                    x_dm,
                    y_dm,
                    width_dm,
                    depth_dm,
                });
            }
            Record::Product {
                id,
                exhibitor,
                name,
                product_group,
                stars,
                certificate_number,
                certificate_expires_on,
            } => {
                let (edition, exhibitor) = (self.edition()?, self.exhibitor(exhibitor)?);
                // Products of existing exhibitors are not changed.
                if self.created_exhibitors.contains(&exhibitor) {
                    self.batch.products.push(ProductRow {
                        id: ProductId(derive_id(edition, id.0)),
                        exhibitor_id: exhibitor,
                        name_search: text::normalize_for_search(&name.0),
                        name: name.0,
                        product_group,
                        stars,
                        certificate_number: into_string(certificate_number),
                        certificate_expires_on,
                        version: 1,
                        created_at: now,
                    });
                }
            }
            Record::Application {
                id,
                exhibitor,
                state,
                booths_wanted,
                category,
                needs,
                reason,
                waitlisted_at,
                created_at,
                needs_power,
                needs_water,
                needs_corner,
            } => {
                let edition = self.edition()?;
                self.batch.applications.push(ApplicationRow {
                    id: ApplicationId(derive_id(edition, id.0)),
                    edition_id: edition,
                    exhibitor_id: self.exhibitor(exhibitor)?,
                    state,
                    booths_wanted,
                    category,
                    needs: into_string(needs),
                    reason: into_string(reason),
                    waitlisted_at,
                    version: 1,
                    created_at,
                    needs_power,
                    needs_water,
                    needs_corner,
                });
            }
            Record::Allocation { id, booth, application, state, expires_at, created_at } => {
                let edition = self.edition()?;
                self.batch.allocations.push(AllocationRow {
                    id: AllocationId(derive_id(edition, id.0)),
                    edition_id: edition,
                    booth_id: BoothId(derive_id(edition, booth.0)),
                    application_id: ApplicationId(derive_id(edition, application.0)),
                    state,
                    expires_at,
                    version: 1,
                    created_at,
                });
            }
            Record::Participant { id, allocation, role, exhibitor, name, country } => {
                let edition = self.edition()?;
                self.batch.participants.push(ParticipantRow {
                    id: ParticipantId(derive_id(edition, id.0)),
                    edition_id: edition,
                    allocation_id: AllocationId(derive_id(edition, allocation.0)),
                    role,
                    exhibitor_id: exhibitor.map(|id| self.exhibitor(id)).transpose()?,
                    name: name.0,
                    country: country.0,
                });
            }
            Record::SalesReport { id, booth, day, state, amount, ocop_amount, note, version } => {
                let edition = self.edition()?;
                self.batch.reports.push(ReportRow {
                    id: SalesReportId(derive_id(edition, id.0)),
                    edition_id: edition,
                    booth_id: BoothId(derive_id(edition, booth.0)),
                    day,
                    state,
                    amount,
                    ocop_amount,
                    note: into_string(note),
                    version,
                    revision: version,
                });
            }
            Record::SalesReportVersion { report, version, amount, ocop_amount, reason, recorded_at } => {
                let edition = self.edition()?;
                self.batch.versions.push(VersionRow {
                    sales_report_id: SalesReportId(derive_id(edition, report.0)),
                    version,
                    amount,
                    ocop_amount,
                    reason: into_string(reason),
                    recorded_by: None,
                    recorded_at,
                });
            }
            Record::SalesReportLine { report, version, mut line } => {
                let edition = self.edition()?;
                line.exhibitor = line.exhibitor.map(|id| self.exhibitor(id)).transpose()?;
                let report = SalesReportId(derive_id(edition, report.0));
                // Lines of one version are consecutive in the file.
                let number = match self.last_line {
                    Some((last_report, last_version, number)) if (last_report, last_version) == (report, version) => {
                        number + 1
                    }
                    _ => 1,
                };
                self.last_line = Some((report, version, number));
                self.batch.lines.push(lines::NewLine::new(report, version, number, &line));
            }
            Record::Gate { id, name } => {
                let edition = self.edition()?;
                let row = GateRow { id: GateId(derive_id(edition, id.0)), edition_id: edition, name: name.0 };
                visits::store::insert_gates(self.tx, std::slice::from_ref(&row))?;
            }
            Record::VisitCount {
                id,
                gate,
                occurred_at,
                local_day,
                local_hour,
                entries,
                exits,
                reason,
                recorded_at,
            } => {
                let edition = self.edition()?;
                self.batch.visits.push(EventRow {
                    id: VisitEventId(derive_id(edition, id.0)),
                    edition_id: edition,
                    gate_id: GateId(derive_id(edition, gate.0)),
                    occurred_at,
                    local_day,
                    local_hour,
                    entries,
                    exits,
                    reason: into_string(reason),
                    recorded_by: None,
                    recorded_at,
                });
            }
            Record::TradeDeal { id, exhibitor, kind, counterpart, amount, signed_on, note } => {
                let edition = self.edition()?;
                let row = DealRow {
                    id: TradeDealId(derive_id(edition, id.0)),
                    edition_id: edition,
                    exhibitor_id: self.exhibitor(exhibitor)?,
                    kind,
                    counterpart: counterpart.0,
                    amount,
                    signed_on,
                    note: into_string(note),
                    recorded_by: user,
                    version: 1,
                };
                self.batch.flush(self.tx, edition)?;
                sales::deals::insert(self.tx, &row)?;
            }
        }
        if self.batch.is_full() {
            let edition = self.edition()?;
            self.batch.flush(self.tx, edition)?;
        }
        Ok(())
    }
}
