//! Fills an empty database with the sample data, through the stores of the capabilities.
use chrono::{Duration, NaiveTime, TimeZone};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    facts::{self, Edition},
    figures::ReportProgress,
    floor::{self, Floor},
    generator::{SampleData, TIME_ZONE},
    users,
};
use hoicho_core::{
    db::Tx,
    states::EditionState,
    values::{
        clock::{Day, Instant},
        ids::*,
    },
};
use hoicho_fair::{
    editions::{
        schedule::{Schedule, to_instant},
        store::{EditionRow, OpeningDayRow},
    },
    organisers::{self, store::SeriesRow},
    statistics,
    venues::{
        self,
        store::{HallRow, VenueRow},
    },
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{Code, Problem},
    identity::{OrganiserRole, passwords::PasswordHasher, store::insert_organiser_member},
};

/// Slug of the edition around today.
pub const DEMO_SLUG: &str = "ocop-quang-ninh-demo";
/// Seed of all random values.
const SEED: u64 = 2_018;
/// Percentage of booths per zone that are occupied in the current edition; the others are for trying out.
const OCCUPIED_PERCENT: u32 = 86;

/// Inserts three finalised editions and one around today; calls `step` with the name of each when it is done.
pub fn fill(
    tx: &mut Tx<'_>,
    passwords: &PasswordHasher,
    now: Instant,
    mut step: impl FnMut(&str),
) -> Result<(), Problem> {
    let users = users::insert_users(tx, passwords, now)?;
    let (Some(owner), Some(exhibitor_user)) = (users.first(), users.last()) else { return Err(Code::Internal.into()) };
    let mut demo = SampleData {
        rng: ChaCha8Rng::seed_from_u64(SEED),
        organiser: OrganiserId::make(),
        owner: *owner,
        exhibitor_user: *exhibitor_user,
        now,
        exhibitors: 0,
        series: SeriesId::make(),
        venues: Vec::new(),
    };
    let name = "Ban tổ chức Hội chợ OCOP Quảng Ninh";
    organisers::store::insert(tx, demo.organiser, name, *owner, now)?;
    for (user, (_, _, role)) in users.iter().zip(users::USERS) {
        if let Some(role) = role.filter(|r| *r != OrganiserRole::Owner) {
            insert_organiser_member(tx, demo.organiser, *user, (role, None))?;
        }
    }
    let series = SeriesRow {
        id: demo.series,
        organiser_id: demo.organiser,
        name: "Hội chợ OCOP Quảng Ninh".to_owned(),
        version: 1,
    };
    organisers::store::insert_series(tx, &series)?;
    for edition in facts::past_editions().ok_or(Code::Internal)? {
        demo.past_edition(tx, &edition)?;
        step(edition.name);
    }
    demo.edition_of_today(tx)?;
    step("Hội chợ OCOP Quảng Ninh (demo)");
    let entry = audit::Entry::<&str> {
        organiser: Some(demo.organiser),
        edition: None,
        actor: None,
        api_key: None,
        on_behalf_of: None,
        action: AuditAction::DemoFill,
        subject: demo.organiser.to_string(),
        before: None,
        after: Some("seed 2018"),
        at: now,
    };
    Ok(audit::record(tx, entry)?)
}

impl SampleData {
    fn past_edition(&mut self, tx: &mut Tx<'_>, facts: &Edition) -> Result<(), Problem> {
        let (venue, hall) = self.venue(tx, facts.venue)?;
        let row = self.edition_row(facts.slug, facts.name, venue, facts.in_series, facts.first);
        let days = self.insert_edition(tx, &row, facts.first, facts.days)?;
        let floor = self.insert_floor(tx, row.id, facts.zones, hall)?;
        let last = days.last().copied().unwrap_or(facts.first);
        let occupied_booths = self.allocate_booths(tx, row.id, &floor, &facts::LOCALITIES_2018, last)?;
        self.insert_sales(tx, row.id, &occupied_booths, &days, facts.sales, ReportProgress::Accepted)?;
        self.insert_deals(tx, row.id, &occupied_booths, &days)?;
        self.insert_visits(tx, row.id, &days, facts.visits)?;
        hoicho_fair::editions::store::set_state(
            tx,
            row.id,
            EditionState::Published,
            EditionState::Finalised,
            self.now,
        )?;
        statistics::freeze(tx, row.id, self.now)
    }

    fn edition_of_today(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let today = TIME_ZONE.from_utc_datetime(&self.now).date_naive();
        let (venue, hall) = self.venue(tx, facts::PALACE)?;
        let first = today - Duration::days(3);
        let row = self.edition_row(DEMO_SLUG, "Hội chợ OCOP Quảng Ninh (demo)", venue, true, first);
        let days = self.insert_edition(tx, &row, first, 6)?;
        let floor = self.insert_floor(tx, row.id, &facts::CURRENT_ZONES, hall)?;
        let last = days.last().copied().unwrap_or(today);
        let (occupied, free): (Floor, Floor) = floor.into_iter().partition(|(booth, zone)| {
            floor::position_in_zone(booth) <= (zone.booths * OCCUPIED_PERCENT).div_ceil(100)
        });
        let occupied_booths = self.allocate_booths(tx, row.id, &occupied, &facts::LOCALITIES_2025, last)?;
        let past: Vec<Day> = days.into_iter().filter(|d| *d < today).collect();
        self.insert_sales(tx, row.id, &occupied_booths, &past, 5_130_000_000, ReportProgress::InProgress)?;
        self.insert_deals(tx, row.id, &occupied_booths, &past)?;
        self.insert_visits(tx, row.id, &past, 26_500)?;
        self.insert_open_applications(tx, row.id, &free, last)
    }

    /// The venue and its hall, inserted on first use.
    fn venue(&mut self, tx: &mut Tx<'_>, name: &'static str) -> Result<(VenueId, HallId), Problem> {
        if let Some((_, venue, hall)) = self.venues.iter().find(|(known, _, _)| *known == name) {
            return Ok((*venue, *hall));
        }
        let row = VenueRow {
            id: VenueId::make(),
            organiser_id: self.organiser,
            name: name.to_owned(),
            address: "Hạ Long, Quảng Ninh".to_owned(),
            version: 1,
        };
        venues::store::insert(tx, &row)?;
        let is_outdoor = name != facts::PALACE;
        let hall_name = if is_outdoor { "Sân quảng trường" } else { "Nhà triển lãm" };
        let hall = HallRow { id: HallId::make(), venue_id: row.id, name: hall_name.to_owned(), is_outdoor, version: 1 };
        venues::store::insert_hall(tx, &hall)?;
        self.venues.push((name, row.id, hall.id));
        Ok((row.id, hall.id))
    }

    /// A published edition for which registration opened two months before its first day.
    fn edition_row(&self, slug: &str, name: &str, venue: VenueId, in_series: bool, first: Day) -> EditionRow {
        let opens = first - Duration::days(60);
        let registration_opens_at = to_instant(TIME_ZONE, opens.and_time(NaiveTime::MIN));
        EditionRow {
            id: EditionId::make(),
            organiser_id: self.organiser,
            series_id: in_series.then_some(self.series),
            slug: slug.to_owned(),
            name: name.to_owned(),
            venue_id: Some(venue),
            state: EditionState::Published,
            time_zone: TIME_ZONE.name().to_owned(),
            currency: "VND".to_owned(),
            declared_booths: None,
            declared_visits: None,
            declared_sales: None,
            schedule: Schedule { registration_opens_at: Some(registration_opens_at), ..Schedule::default() },
            end_reason: None,
            recorded_phase: None,
            next_boundary_at: None,
            version: 1,
            created_at: self.now,
            waiting_list_run_id: None,
        }
    }

    fn insert_edition(&self, tx: &mut Tx<'_>, row: &EditionRow, first: Day, days: u32) -> Result<Vec<Day>, Problem> {
        hoicho_fair::editions::store::insert(tx, row)?;
        let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap_or_default();
        let days: Vec<Day> = (0..days).map(|d| first + Duration::days(d.into())).collect();
        let rows: Vec<_> = days
            .iter()
            .map(|day| OpeningDayRow { edition_id: row.id, day: *day, opens_at: at(8, 0), closes_at: at(22, 0) })
            .collect();
        hoicho_fair::editions::store::replace_days(tx, row.id, &rows, self.now)?;
        Ok(days)
    }
}
