//! Fills a fresh database through the capabilities' own stores.
use chrono::{Datelike, Duration, NaiveTime, TimeZone, Weekday};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    facts::{self, Edition, From, Zone},
    people,
    shares::split,
};
use crate::{
    allocation::{AllocationState, store::AllocationRow},
    applications::{ApplicationState, store::ApplicationRow},
    db::Tx,
    editions::{EditionState, store::EditionRow, store::OpeningDayRow},
    exhibitors::{LegalForm, store::ExhibitorRow},
    floor::{BoothCategory, store::BoothRow, store::ZoneRow},
    http::{Code, Problem},
    identity::{
        ExhibitorRole, OrganiserRole,
        password::Passwords,
        store::{put_exhibitor_member, put_organiser_member},
    },
    organisers::{self, store::SeriesRow},
    sales::{
        ReportState,
        store::{ReportRow, VersionRow},
    },
    statistics,
    values::{
        clock::{Day, Instant},
        ids::*,
        text,
    },
    venues::{self, store::VenueRow},
    visits::store::{EventRow, GateRow},
};

/// The edition around today.
pub const DEMO_SLUG: &str = "ocop-quang-ninh-demo";
/// One seed for everything.
const SEED: u64 = 2_018;
/// Booths in a row.
const ROW: u32 = 20;
const TIME_ZONE: chrono_tz::Tz = chrono_tz::Asia::Ho_Chi_Minh;
const GATES: [(&str, i64); 3] = [("Cổng chính", 55), ("Cổng bờ biển", 30), ("Cổng bãi xe", 15)];
/// Visits of an hour against the others, from 8 to 21 o'clock: a morning rise, an evening peak.
const HOURS: [i64; 14] = [20, 45, 60, 50, 30, 28, 40, 55, 60, 70, 95, 130, 110, 50];

struct Demo {
    rng: ChaCha8Rng,
    organiser: OrganiserId,
    series: SeriesId,
    exhibitor_user: UserId,
    now: Instant,
    exhibitors: usize,
    venues: Vec<(&'static str, VenueId)>,
}

/// Fills the database: three finalised editions and one around today; `step` is told of each.
pub fn fill(tx: &mut Tx<'_>, passwords: &Passwords, now: Instant, mut step: impl FnMut(&str)) -> Result<(), Problem> {
    let users = people::register(tx, passwords, now)?;
    let (Some(owner), Some(exhibitor_user)) = (users.first(), users.last()) else { return Err(Code::Internal.into()) };
    let mut demo = Demo {
        rng: ChaCha8Rng::seed_from_u64(SEED),
        organiser: OrganiserId::make(),
        series: SeriesId::make(),
        exhibitor_user: *exhibitor_user,
        now,
        exhibitors: 0,
        venues: Vec::new(),
    };
    let name = "Ban tổ chức Hội chợ OCOP Quảng Ninh";
    organisers::store::insert(tx, demo.organiser, name, *owner, now)?;
    for (user, (_, _, role)) in users.iter().zip(people::PEOPLE) {
        if let Some(role) = role.filter(|r| *r != OrganiserRole::Owner) {
            put_organiser_member(tx, demo.organiser, *user, role)?;
        }
    }
    let series = SeriesRow {
        id: demo.series,
        organiser_id: demo.organiser,
        name: "Hội chợ OCOP Quảng Ninh".to_owned(),
        version: 1,
    };
    organisers::store::insert_series(tx, &series)?;
    for edition in facts::past().ok_or(Code::Internal)? {
        demo.past_edition(tx, &edition)?;
        step(edition.name);
    }
    demo.edition_of_today(tx)?;
    step("Hội chợ OCOP Quảng Ninh (demo)");
    let entry = crate::audit::Entry::<&str> {
        organiser: Some(demo.organiser),
        edition: None,
        actor: None,
        action: "demo.fill",
        subject: demo.organiser.to_string(),
        before: None,
        after: Some("seed 2018"),
        at: now,
    };
    Ok(crate::audit::record(tx, entry)?)
}

struct Floor {
    booths: Vec<(BoothRow, &'static Zone)>,
}

impl Demo {
    fn past_edition(&mut self, tx: &mut Tx<'_>, facts: &Edition) -> Result<(), Problem> {
        let venue = self.venue(tx, facts.venue)?;
        let row = self.edition_row(facts.slug, facts.name, venue, facts.in_series, EditionState::Reporting);
        let days = self.open(tx, &row, facts.first, facts.days)?;
        let floor = self.draw(tx, row.id, facts.zones)?;
        self.let_out(tx, row.id, &floor, &facts::LOCALITIES_2018, floor.booths.len())?;
        self.sell(tx, row.id, &floor, &days, facts.sales, floor.booths.len())?;
        self.count(tx, row.id, &days, facts.visits)?;
        crate::editions::store::set_state(tx, row.id, EditionState::Reporting, EditionState::Finalised)?;
        statistics::freeze(tx, row.id, self.now)
    }

    fn edition_of_today(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let today = TIME_ZONE.from_utc_datetime(&self.now).date_naive();
        let venue = self.venue(tx, facts::PALACE)?;
        let row = self.edition_row(DEMO_SLUG, "Hội chợ OCOP Quảng Ninh (demo)", venue, true, EditionState::Live);
        let days = self.open(tx, &row, today - Duration::days(3), 6)?;
        let floor = self.draw(tx, row.id, &facts::TODAY)?;
        // 190 of 220 are let; the rest is there to play with.
        let let_out = 190;
        self.let_out(tx, row.id, &floor, &facts::LOCALITIES_NOW, let_out)?;
        let past: Vec<Day> = days.into_iter().filter(|d| *d < today).collect();
        self.sell(tx, row.id, &floor, &past, 5_130_000_000, let_out)?;
        self.count(tx, row.id, &past, 26_500)?;
        self.undecided(tx, row.id)
    }

    fn venue(&mut self, tx: &mut Tx<'_>, name: &'static str) -> Result<VenueId, Problem> {
        if let Some((_, id)) = self.venues.iter().find(|(known, _)| *known == name) {
            return Ok(*id);
        }
        let row = VenueRow {
            id: VenueId::make(),
            organiser_id: self.organiser,
            name: name.to_owned(),
            address: "Hạ Long, Quảng Ninh".to_owned(),
            version: 1,
        };
        venues::store::insert(tx, &row)?;
        self.venues.push((name, row.id));
        Ok(row.id)
    }

    fn edition_row(&self, slug: &str, name: &str, venue: VenueId, in_series: bool, state: EditionState) -> EditionRow {
        EditionRow {
            id: EditionId::make(),
            organiser_id: self.organiser,
            series_id: in_series.then_some(self.series),
            slug: slug.to_owned(),
            name: name.to_owned(),
            venue_id: Some(venue),
            state,
            time_zone: TIME_ZONE.name().to_owned(),
            currency: "VND".to_owned(),
            declared_booths: None,
            declared_visits: None,
            declared_sales: None,
            version: 1,
            created_at: self.now,
        }
    }

    fn open(&self, tx: &mut Tx<'_>, row: &EditionRow, first: Day, days: u32) -> Result<Vec<Day>, Problem> {
        crate::editions::store::insert(tx, row)?;
        let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap_or_default();
        let days: Vec<Day> = (0..days).map(|d| first + Duration::days(d.into())).collect();
        let rows: Vec<_> = days
            .iter()
            .map(|day| OpeningDayRow { edition_id: row.id, day: *day, opens_at: at(8, 0), closes_at: at(22, 0) })
            .collect();
        crate::editions::store::put_days(tx, row.id, &rows)?;
        Ok(days)
    }

    fn draw(&self, tx: &mut Tx<'_>, edition: EditionId, zones: &'static [Zone]) -> Result<Floor, Problem> {
        let mut booths = Vec::new();
        let mut rows = Vec::new();
        for zone in zones {
            let id = ZoneId::make();
            rows.push(ZoneRow {
                id,
                edition_id: edition,
                hall_id: None,
                code: zone.code.to_owned(),
                name: zone.name.to_owned(),
                version: 1,
            });
            for n in 0..zone.booths {
                let (line, place) = (n / ROW + 1, n % ROW + 1);
                let row_label = format!("{}{line:02}-", zone.code);
                let corner = place == 1 || place == ROW;
                booths.push((
                    BoothRow {
                        id: BoothId::make(),
                        edition_id: edition,
                        zone_id: id,
                        code: format!("{row_label}{place:02}"),
                        row_label,
                        place: i32::try_from(place).unwrap_or(1),
                        category: if corner { BoothCategory::Corner } else { BoothCategory::Standard },
                        area_dm2: 900,
                        fee: 0,
                        booth_equivalents: 1,
                        version: 1,
                    },
                    zone,
                ));
            }
        }
        crate::floor::store::insert_zones(tx, &rows)?;
        let only: Vec<BoothRow> = booths.iter().map(|(b, _)| b.clone()).collect();
        crate::floor::store::insert_booths(tx, &only)?;
        Ok(Floor { booths })
    }

    fn exhibitor(&mut self, from: From, localities: &[&'static str]) -> ExhibitorRow {
        self.exhibitors += 1;
        let goods = [
            "Nông sản",
            "Chè",
            "Miến dong",
            "Hải sản",
            "Mật ong",
            "Dược liệu",
            "Gốm",
            "Rượu ba kích",
            "Bánh",
            "Gà đồi",
        ];
        let good = goods.choose(&mut self.rng).copied().unwrap_or("Nông sản");
        let (country, locality) = match from {
            From::QuangNinh => ("VN", localities.choose(&mut self.rng).copied().unwrap_or("Hạ Long")),
            From::Provinces => ("VN", facts::PROVINCES.choose(&mut self.rng).copied().unwrap_or("Hà Nội")),
            From::Abroad => facts::ABROAD.choose(&mut self.rng).copied().unwrap_or(("TH", "Chiang Mai")),
        };
        let (legal_form, word) = match (from, self.rng.random_range(0..10)) {
            (From::Abroad, _) => (LegalForm::Foreign, "Công ty"),
            (_, 0..=4) => (LegalForm::CoOperative, "HTX"),
            (_, 5) => (LegalForm::CoOperativeGroup, "Tổ hợp tác"),
            (_, 6..=7) => (LegalForm::Enterprise, "Công ty TNHH"),
            (_, _) => (LegalForm::HouseholdBusiness, "Hộ kinh doanh"),
        };
        let name = format!("{word} {good} {locality} {}", self.exhibitors);
        ExhibitorRow {
            id: ExhibitorId::make(),
            name_search: text::fold(&name),
            name,
            legal_form,
            tax_code: None,
            country: country.to_owned(),
            locality_code: None,
            locality: locality.to_owned(),
            version: 1,
            created_at: self.now,
        }
    }

    /// Lets the first `count` booths, most exhibitors one, some two or three side by side.
    fn let_out(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        floor: &Floor,
        localities: &[&'static str],
        count: usize,
    ) -> Result<(), Problem> {
        let (mut exhibitors, mut applications, mut allocations) = (Vec::new(), Vec::new(), Vec::new());
        let let_booths: Vec<_> = floor.booths.iter().take(count).collect();
        // Booths of one row stand behind each other in the list.
        for row in let_booths.chunk_by(|a, b| a.0.row_label == b.0.row_label) {
            let mut rest = row;
            while let Some((first, zone)) = rest.first().map(|r| (&r.0, r.1)) {
                let wanted = if self.rng.random_ratio(3, 10) { self.rng.random_range(2..=3) } else { 1 };
                let (taken, left) = rest.split_at(wanted.min(rest.len()));
                rest = left;
                let exhibitor = self.exhibitor(zone.from, localities);
                let application = ApplicationRow {
                    id: ApplicationId::make(),
                    edition_id: edition,
                    exhibitor_id: exhibitor.id,
                    state: ApplicationState::Approved,
                    booths_wanted: i32::try_from(taken.len()).unwrap_or(1),
                    category: first.category,
                    needs: None,
                    reason: None,
                    waitlisted_at: None,
                    version: 1,
                    created_at: self.now,
                };
                allocations.extend(taken.iter().map(|(booth, _)| AllocationRow {
                    id: AllocationId::make(),
                    edition_id: edition,
                    booth_id: booth.id,
                    application_id: application.id,
                    state: AllocationState::CheckedIn,
                    expires_at: None,
                    version: 1,
                    created_at: self.now,
                }));
                exhibitors.push(exhibitor);
                applications.push(application);
            }
        }
        crate::exhibitors::store::insert(tx, &exhibitors)?;
        if let Some(first) = exhibitors.first() {
            put_exhibitor_member(tx, first.id, self.exhibitor_user, ExhibitorRole::Owner)?;
        }
        crate::applications::store::insert(tx, &applications)?;
        Ok(crate::allocation::store::insert(tx, &allocations)?)
    }

    /// Reports of the first `count` booths that add up to `total`: weekends sell more, zones differ, one report
    /// in a hundred is missing and one is nil.
    fn sell(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        floor: &Floor,
        days: &[Day],
        total: i64,
        count: usize,
    ) -> Result<(), Problem> {
        let mut cells = Vec::new();
        for (booth, zone) in floor.booths.iter().take(count) {
            let draws_people = self.rng.random_range(60..=170);
            for day in days {
                let fate = self.rng.random_range(0..100);
                if fate == 0 {
                    continue;
                }
                let weight = if fate == 1 {
                    0
                } else {
                    zone.sells * draws_people * day_weight(*day) * self.rng.random_range(75..=130)
                };
                cells.push((booth.id, zone, *day, weight));
            }
        }
        let weights: Vec<i64> = cells.iter().map(|c| c.3).collect();
        let amounts = split(total, 1_000, &weights);
        let (mut reports, mut versions) = (Vec::new(), Vec::new());
        for ((booth, zone, day, _), amount) in cells.into_iter().zip(amounts) {
            let percent = if zone.ocop == 0 { 0 } else { (zone.ocop + self.rng.random_range(-8..=8)).clamp(0, 100) };
            let ocop_amount = amount / 100 * percent;
            let report = ReportRow {
                id: SalesReportId::make(),
                edition_id: edition,
                booth_id: booth,
                day,
                state: ReportState::Accepted,
                amount,
                ocop_amount,
                note: None,
                version: 1,
                revision: 1,
            };
            versions.push(VersionRow {
                sales_report_id: report.id,
                version: 1,
                amount,
                ocop_amount,
                reason: None,
                recorded_by: None,
                recorded_at: self.now,
            });
            reports.push(report);
        }
        crate::sales::store::insert(tx, &reports)?;
        Ok(crate::sales::store::insert_versions(tx, &versions)?)
    }

    /// Counts per gate and hour that add up to `total`; as many leave as came, an hour later.
    fn count(&mut self, tx: &mut Tx<'_>, edition: EditionId, days: &[Day], total: i64) -> Result<(), Problem> {
        let gates: Vec<_> = GATES
            .iter()
            .map(|(name, _)| GateRow { id: GateId::make(), edition_id: edition, name: (*name).to_owned() })
            .collect();
        crate::visits::store::insert_gates(tx, &gates)?;
        let mut cells = Vec::new();
        for day in days {
            for (hour, busy) in (8_u32..).zip(HOURS) {
                for (gate, (_, share)) in gates.iter().zip(GATES) {
                    cells.push((
                        *day,
                        hour,
                        gate.id,
                        busy * share * day_weight(*day) * self.rng.random_range(85..=118),
                    ));
                }
            }
        }
        let weights: Vec<i64> = cells.iter().map(|c| c.3).collect();
        let mut events = Vec::new();
        for ((day, hour, gate, _), entries) in cells.into_iter().zip(split(total, 1, &weights)) {
            let local = day
                .and_hms_opt(hour, 30, 0)
                .and_then(|at| TIME_ZONE.from_local_datetime(&at).single())
                .ok_or(Code::Internal)?;
            events.push(EventRow {
                id: VisitEventId::make(),
                edition_id: edition,
                gate_id: gate,
                occurred_at: local.naive_utc(),
                local_day: day,
                local_hour: i32::try_from(hour).unwrap_or(0),
                entries,
                exits: entries,
                reason: None,
                recorded_by: None,
                recorded_at: self.now,
            });
        }
        crate::visits::store::insert_new(tx, &events)?;
        Ok(())
    }

    /// Applications in every other state, for the edition of today.
    fn undecided(&mut self, tx: &mut Tx<'_>, edition: EditionId) -> Result<(), Problem> {
        let states = [
            (ApplicationState::Draft, 3),
            (ApplicationState::Submitted, 8),
            (ApplicationState::Approved, 6),
            (ApplicationState::Waitlisted, 5),
            (ApplicationState::Rejected, 3),
            (ApplicationState::Withdrawn, 2),
        ];
        let (mut exhibitors, mut applications) = (Vec::new(), Vec::new());
        for (state, count) in states {
            for _ in 0..count {
                let exhibitor = self.exhibitor(From::QuangNinh, &facts::LOCALITIES_NOW);
                let judged = matches!(state, ApplicationState::Waitlisted | ApplicationState::Rejected);
                applications.push(ApplicationRow {
                    id: ApplicationId::make(),
                    edition_id: edition,
                    exhibitor_id: exhibitor.id,
                    state,
                    booths_wanted: 1,
                    category: BoothCategory::Standard,
                    needs: None,
                    waitlisted_at: (state == ApplicationState::Waitlisted).then_some(self.now),
                    reason: judged.then(|| "Sản phẩm chưa có chứng nhận OCOP".to_owned()),
                    version: 1,
                    created_at: self.now,
                });
                exhibitors.push(exhibitor);
            }
        }
        crate::exhibitors::store::insert(tx, &exhibitors)?;
        Ok(crate::applications::store::insert(tx, &applications)?)
    }
}

/// A day against the others: weekends and holidays draw people, and the evening of the last day is slow.
fn day_weight(day: Day) -> i64 {
    let holiday = matches!((day.month(), day.day()), (9, 2) | (4, 30) | (5, 1));
    match day.weekday() {
        _ if holiday => 160,
        Weekday::Sat | Weekday::Sun => 140,
        Weekday::Fri => 115,
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu => 90,
    }
}
