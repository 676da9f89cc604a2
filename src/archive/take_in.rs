//! Takes an archive in as a new edition of an organiser: all of it or nothing.
use std::collections::HashMap;

use uuid::Uuid;

use super::record::{FORMAT, Record, Words};
use crate::{
    allocation::{self, participants, participants::ParticipantRow, store::AllocationRow},
    applications::{self, store::ApplicationRow},
    db::Tx,
    editions::{
        self, EditionState,
        store::{EditionRow, OpeningDayRow},
    },
    exhibitors::{self, store::ExhibitorRow, tax_code},
    floor::{
        self,
        store::{BoothRow, CategoryRow, ZoneRow},
    },
    http::{Checks, Code, Problem},
    i18n::Said,
    identity::Granted,
    localities, organisers,
    products::{self, store::ProductRow},
    sales::{
        self,
        deals::DealRow,
        lines,
        store::{ReportRow, VersionRow},
    },
    statistics,
    values::{
        ids::{
            AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, GateId, ParticipantId, ProductId,
            SalesReportId, TradeDealId, VenueId, VisitEventId, ZoneId,
        },
        text,
    },
    venues::{self, store::VenueRow},
    visits::{
        self,
        store::{EventRow, GateRow},
    },
};

/// Rows kept until they are written together.
const TOGETHER: usize = 2_000;

fn broken(line: u64, why: &dyn std::fmt::Display) -> Problem {
    let why: String = why.to_string().chars().take(200).collect();
    Problem::new(Code::Invalid, Said("archive-line").with(&[("line", &line), ("fault", &why)]))
}

/// What is new because of an archive.
#[derive(Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub(super) struct TakenIn {
    /// Lines that were read.
    pub(super) records: u64,
    /// Exhibitors that were not known.
    pub(super) exhibitors_added: usize,
    /// Exhibitors that were known, by their tax code or because they came from here.
    pub(super) exhibitors_known: usize,
}

/// An edition on its way in.
struct Arriving<'t, 'c> {
    tx: &'t mut Tx<'c>,
    granted: &'t Granted,
    slug: String,
    edition: Option<EditionRow>,
    exhibitors: HashMap<ExhibitorId, ExhibitorId>,
    /// Those that were made here and have no products yet.
    new: std::collections::HashSet<ExhibitorId>,
    done: TakenIn,
    days: Vec<OpeningDayRow>,
    categories: Vec<CategoryRow>,
    booths: Vec<BoothRow>,
    products: Vec<ProductRow>,
    applications: Vec<ApplicationRow>,
    allocations: Vec<AllocationRow>,
    participants: Vec<ParticipantRow>,
    reports: Vec<ReportRow>,
    versions: Vec<VersionRow>,
    lines: Vec<lines::NewLine>,
    last_line: Option<(SalesReportId, i32, usize)>,
    visits: Vec<EventRow>,
}

fn said(words: Option<Words>) -> Option<String> {
    words.map(|w| w.0)
}

impl Arriving<'_, '_> {
    /// The identifier that a thing has here: the same each time, and no other edition's.
    fn own(&self, edition: EditionId, id: Uuid) -> Uuid {
        Uuid::new_v5(&edition.0, id.as_bytes())
    }

    fn edition(&self) -> Result<EditionId, Problem> {
        self.edition.as_ref().map(|e| e.id).ok_or_else(|| Problem::new(Code::Invalid, Said("archive-no-edition")))
    }

    fn exhibitor(&self, id: ExhibitorId) -> Result<ExhibitorId, Problem> {
        self.exhibitors.get(&id).copied().ok_or_else(|| Problem::new(Code::Invalid, Said("archive-no-exhibitor")))
    }

    /// Writes what is kept, in the order in which one thing names another.
    fn flush(&mut self) -> Result<(), Problem> {
        let tx = &mut *self.tx;
        if let Some(edition) = &self.edition {
            if !self.days.is_empty() {
                editions::store::put_days(tx, edition.id, &std::mem::take(&mut self.days))?;
            }
            if !self.categories.is_empty() {
                floor::store::put_categories(tx, edition.id, &std::mem::take(&mut self.categories))?;
            }
        }
        floor::store::insert_booths(tx, &std::mem::take(&mut self.booths))?;
        products::store::insert(tx, &std::mem::take(&mut self.products))?;
        applications::store::insert(tx, &std::mem::take(&mut self.applications))?;
        allocation::store::insert(tx, &std::mem::take(&mut self.allocations))?;
        participants::insert_all(tx, &std::mem::take(&mut self.participants))?;
        sales::store::insert(tx, &std::mem::take(&mut self.reports))?;
        sales::store::insert_versions(tx, &std::mem::take(&mut self.versions))?;
        lines::insert(tx, &std::mem::take(&mut self.lines))?;
        visits::store::insert_new(tx, &std::mem::take(&mut self.visits))?;
        Ok(())
    }

    fn waiting(&self) -> usize {
        self.booths.len()
            + self.products.len()
            + self.applications.len()
            + self.allocations.len()
            + self.participants.len()
            + self.reports.len()
            + self.versions.len()
            + self.lines.len()
            + self.visits.len()
    }

    /// The edition, with a venue and a series of these names where the organiser has none.
    fn begin(&mut self, record: Record) -> Result<(), Problem> {
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
        let mut checks = Checks::default();
        checks.that(
            time_zone.0.parse::<chrono_tz::Tz>().is_ok(),
            "/time_zone",
            "time_zone",
            Said("the-time-zone-must-be-an-iana"),
        );
        let capitals = currency.0.len() == 3 && currency.0.bytes().all(|b| b.is_ascii_uppercase());
        checks.that(capitals, "/currency", "currency", Said("an-iso-4217-currency-is-three-capitals"));
        checks.done()?;
        let organiser = self.granted.organiser()?;
        let known = venues::store::page(self.tx, organiser, None, 500)?;
        let venue = match (venue, known) {
            (None, _) => None,
            (Some(venue), known) => match known.iter().find(|v| v.name == venue.0) {
                Some(known) => Some(known.id),
                None => {
                    let address = address.map(|a| a.0).unwrap_or_default();
                    let row =
                        VenueRow { id: VenueId::make(), organiser_id: organiser, name: venue.0, address, version: 1 };
                    venues::store::insert(self.tx, &row)?;
                    Some(row.id)
                }
            },
        };
        let series = match series {
            Some(series) => organisers::store::series_page(self.tx, organiser, None, 500)?
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

    /// Who it is here: the one with the same tax code, the very same, or a new one.
    fn welcome(&mut self, record: Record) -> Result<(), Problem> {
        let Record::Exhibitor { id, name, legal_form, tax_code: code, country, locality_code, locality } = record
        else {
            return Err(Code::Internal.into());
        };
        let name_search = text::fold(&name.0);
        let code = said(code).and_then(|code| tax_code::parse(&code, legal_form));
        let by_code = match &code {
            Some(code) => exhibitors::store::by_tax_codes(self.tx, std::slice::from_ref(code))?.pop().map(|(_, id)| id),
            None => None,
        };
        // Under the identifier it came with, so that the next file from there finds it; unless that is somebody else's.
        let holder = exhibitors::store::by_ids(self.tx, &[id])?.pop();
        let is_free = holder.is_none();
        let same = holder.filter(|e| e.name_search == name_search).map(|e| e.id);
        if let Some(known) = by_code.or(same) {
            self.exhibitors.insert(id, known);
            self.done.exhibitors_known += 1;
            return Ok(());
        }
        let locality_code = match said(locality_code) {
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
        self.new.insert(row.id);
        self.done.exhibitors_added += 1;
        Ok(())
    }

    fn take(&mut self, record: Record) -> Result<(), Problem> {
        let (user, now) = (self.granted.actor()?, self.granted.now);
        match record {
            Record::Archive { .. } | Record::End { .. } => {}
            record @ Record::Edition { .. } => self.begin(record)?,
            record @ Record::Exhibitor { .. } => self.welcome(record)?,
            Record::OpeningDay { day, opens_at, closes_at } => {
                self.days.push(OpeningDayRow { edition_id: self.edition()?, day, opens_at, closes_at });
            }
            Record::Zone { id, code, name, eligibility } => {
                let edition = self.edition()?;
                let id = ZoneId(self.own(edition, id.0));
                let row = ZoneRow { id, edition_id: edition, hall_id: None, code: code.0, name: name.0, version: 1 };
                floor::store::insert_zones(self.tx, std::slice::from_ref(&row))?;
                floor::store::put_eligibility(self.tx, id, &eligibility)?;
            }
            Record::BoothCategory { category, area_dm2, fee, booth_equivalents } => {
                self.categories.push(CategoryRow {
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
                self.booths.push(BoothRow {
                    id: BoothId(self.own(edition, id.0)),
                    edition_id: edition,
                    zone_id: ZoneId(self.own(edition, zone.0)),
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
                // Whoever is known here keeps the products it has here.
                if self.new.contains(&exhibitor) {
                    self.products.push(ProductRow {
                        id: ProductId(self.own(edition, id.0)),
                        exhibitor_id: exhibitor,
                        name_search: text::fold(&name.0),
                        name: name.0,
                        product_group,
                        stars,
                        certificate_number: said(certificate_number),
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
                self.applications.push(ApplicationRow {
                    id: ApplicationId(self.own(edition, id.0)),
                    edition_id: edition,
                    exhibitor_id: self.exhibitor(exhibitor)?,
                    state,
                    booths_wanted,
                    category,
                    needs: said(needs),
                    reason: said(reason),
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
                self.allocations.push(AllocationRow {
                    id: AllocationId(self.own(edition, id.0)),
                    edition_id: edition,
                    booth_id: BoothId(self.own(edition, booth.0)),
                    application_id: ApplicationId(self.own(edition, application.0)),
                    state,
                    expires_at,
                    version: 1,
                    created_at,
                });
            }
            Record::Participant { id, allocation, role, exhibitor, name, country } => {
                let edition = self.edition()?;
                self.participants.push(ParticipantRow {
                    id: ParticipantId(self.own(edition, id.0)),
                    edition_id: edition,
                    allocation_id: AllocationId(self.own(edition, allocation.0)),
                    role,
                    exhibitor_id: exhibitor.map(|id| self.exhibitor(id)).transpose()?,
                    name: name.0,
                    country: country.0,
                });
            }
            Record::SalesReport { id, booth, day, state, amount, ocop_amount, note, version } => {
                let edition = self.edition()?;
                self.reports.push(ReportRow {
                    id: SalesReportId(self.own(edition, id.0)),
                    edition_id: edition,
                    booth_id: BoothId(self.own(edition, booth.0)),
                    day,
                    state,
                    amount,
                    ocop_amount,
                    note: said(note),
                    version,
                    revision: version,
                });
            }
            Record::SalesReportVersion { report, version, amount, ocop_amount, reason, recorded_at } => {
                let edition = self.edition()?;
                self.versions.push(VersionRow {
                    sales_report_id: SalesReportId(self.own(edition, report.0)),
                    version,
                    amount,
                    ocop_amount,
                    reason: said(reason),
                    recorded_by: None,
                    recorded_at,
                });
            }
            Record::SalesReportLine { report, version, mut line } => {
                let edition = self.edition()?;
                line.exhibitor = line.exhibitor.map(|id| self.exhibitor(id)).transpose()?;
                let report = SalesReportId(self.own(edition, report.0));
                // Lines of a version follow each other.
                let number = match self.last_line {
                    Some((of, its, number)) if (of, its) == (report, version) => number + 1,
                    _ => 1,
                };
                self.last_line = Some((report, version, number));
                self.lines.push(lines::NewLine::numbered(report, version, number, &line));
            }
            Record::Gate { id, name } => {
                let edition = self.edition()?;
                let row = GateRow { id: GateId(self.own(edition, id.0)), edition_id: edition, name: name.0 };
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
                self.visits.push(EventRow {
                    id: VisitEventId(self.own(edition, id.0)),
                    edition_id: edition,
                    gate_id: GateId(self.own(edition, gate.0)),
                    occurred_at,
                    local_day,
                    local_hour,
                    entries,
                    exits,
                    reason: said(reason),
                    recorded_by: None,
                    recorded_at,
                });
            }
            Record::TradeDeal { id, exhibitor, kind, counterpart, amount, signed_on, note } => {
                let edition = self.edition()?;
                let row = DealRow {
                    id: TradeDealId(self.own(edition, id.0)),
                    edition_id: edition,
                    exhibitor_id: self.exhibitor(exhibitor)?,
                    kind,
                    counterpart: counterpart.0,
                    amount,
                    signed_on,
                    note: said(note),
                    recorded_by: user,
                    version: 1,
                };
                self.flush()?;
                sales::deals::insert(self.tx, &row)?;
            }
        }
        Ok(())
    }
}

/// Refuses a part of a file before anything is done with it: its last record counts the others.
fn check_whole(file: &[u8]) -> Result<(), Problem> {
    let mut lines = file.split(|b| *b == b'\n').filter(|line| !line.is_empty()).rev();
    let counted = lines.next().and_then(|last| serde_json::from_slice(last).ok()).and_then(|record| match record {
        Record::End { records } => usize::try_from(records).ok(),
        _ => None,
    });
    if counted == Some(lines.count()) { Ok(()) } else { Err(Problem::new(Code::Invalid, Said("archive-not-whole"))) }
}

/// Takes an archive in; the new edition, and what is new beside it.
pub(super) fn take_in(
    tx: &mut Tx<'_>,
    granted: &Granted,
    file: &[u8],
    slug: String,
) -> Result<(EditionId, TakenIn), Problem> {
    let mut arriving = Arriving {
        tx,
        granted,
        slug,
        edition: None,
        exhibitors: HashMap::new(),
        new: std::collections::HashSet::new(),
        done: TakenIn::default(),
        days: Vec::new(),
        categories: Vec::new(),
        booths: Vec::new(),
        products: Vec::new(),
        applications: Vec::new(),
        allocations: Vec::new(),
        participants: Vec::new(),
        reports: Vec::new(),
        versions: Vec::new(),
        lines: Vec::new(),
        last_line: None,
        visits: Vec::new(),
    };
    check_whole(file)?;
    let mut at = 0_u64;
    for line in file.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        at += 1;
        let record: Record = serde_json::from_slice(line).map_err(|e| broken(at, &e))?;
        match (&record, at) {
            (Record::Archive { format: FORMAT, .. }, 1) => {}
            (Record::Archive { format, .. }, 1) => return Err(broken(at, &format!("format {format}"))),
            (_, 1) => return Err(Problem::new(Code::Invalid, Said("archive-no-edition"))),
            (Record::Archive { .. }, _) => return Err(broken(at, &"a second archive")),
            (Record::Edition { .. }, _) if arriving.edition.is_some() => return Err(broken(at, &"a second edition")),
            _ => {}
        }
        arriving.take(record)?;
        if arriving.waiting() >= TOGETHER {
            arriving.flush()?;
        }
    }
    arriving.flush()?;
    let edition = arriving.edition()?;
    let state = arriving.edition.as_ref().map(|e| e.state);
    let mut done = arriving.done;
    done.records = at;
    if state == Some(EditionState::Finalised) {
        statistics::freeze(tx, edition, granted.now)?;
    }
    granted.audit(tx, "edition.take_in", edition, None, Some(&done))?;
    Ok((edition, done))
}
