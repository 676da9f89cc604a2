//! Sales reports, trade deals and visits of the sample editions; they add up to the published totals.
use chrono::{Datelike, TimeZone, Weekday};
use rand::{Rng, seq::IndexedRandom};

use super::{
    exhibitors::{OccupiedBooth, OccupiedBooths},
    facts::PRODUCTS,
    generator::{SampleData, TIME_ZONE},
    split::split,
};
use hoicho_core::{
    db::Tx,
    states::ReportState,
    values::{clock::Day, ids::*},
};
use hoicho_fair::{
    sales::{
        self,
        deals::{self, DealKind, DealRow},
        lines::{self, Channel, Line},
        store::{ReportRow, VersionRow},
    },
    visits::store::{EventRow, GateRow, insert_events, insert_gates},
};
use hoicho_web::http::{Code, Problem};

const GATES: [(&str, i64); 3] = [("Cổng chính", 55), ("Cổng bờ biển", 30), ("Cổng bãi xe", 15)];
/// Relative visits per hour from 8:00 to 21:00, with peaks in the morning and the evening.
const HOUR_WEIGHTS: [i64; 14] = [20, 45, 60, 50, 30, 28, 40, 55, 60, 70, 95, 130, 110, 50];

/// Progress of the sales reports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportProgress {
    /// All accepted.
    Accepted,
    /// In various states.
    InProgress,
}

#[derive(Default)]
struct Rows {
    reports: Vec<ReportRow>,
    versions: Vec<VersionRow>,
    lines: Vec<lines::NewLine>,
}

impl SampleData {
    /// Inserts reports that add up to `total`, weighted by zone, booth and weekday. 1 % are missing, 1 % are nil reports.
    pub(super) fn insert_sales(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        occupied_booths: &OccupiedBooths,
        days: &[Day],
        total: i64,
        progress: ReportProgress,
    ) -> Result<(), Problem> {
        let mut cells = Vec::new();
        for occupied_booth in occupied_booths {
            let popularity = self.rng.random_range(60..=170);
            for day in days {
                let roll = self.rng.random_range(0..100);
                if roll == 0 {
                    continue;
                }
                let weight = if roll == 1 {
                    0
                } else {
                    occupied_booth.zone.sales_percent * popularity * day_weight(*day) * self.rng.random_range(75..=130)
                };
                cells.push((occupied_booth, *day, weight));
            }
        }
        let weights: Vec<i64> = cells.iter().map(|c| c.2).collect();
        let mut rows = Rows::default();
        for ((occupied_booth, day, _), amount) in cells.into_iter().zip(split(total, 1_000, &weights)) {
            self.report(&mut rows, edition, occupied_booth, day, amount, progress);
        }
        sales::store::insert(tx, &rows.reports)?;
        sales::store::insert_versions(tx, &rows.versions)?;
        Ok(lines::insert_rows(tx, &rows.lines)?)
    }

    fn report(
        &mut self,
        rows: &mut Rows,
        edition: EditionId,
        occupied_booth: &OccupiedBooth,
        day: Day,
        amount: i64,
        progress: ReportProgress,
    ) {
        let ocop = occupied_booth.zone.ocop_percent;
        let percent = if ocop == 0 { 0 } else { (ocop + self.rng.random_range(-8..=8)).clamp(0, 100) };
        let ocop_amount = amount / 100 * percent;
        let state = match (progress, self.rng.random_range(0..20)) {
            (ReportProgress::Accepted, _) | (ReportProgress::InProgress, 0..=12) => ReportState::Accepted,
            (ReportProgress::InProgress, 13..=17) => ReportState::Submitted,
            (ReportProgress::InProgress, 18) => ReportState::Queried,
            (ReportProgress::InProgress, _) => ReportState::Corrected,
        };
        let query_note = "Doanh thu khác hẳn hôm qua, đề nghị kiểm tra lại";
        let version = if state == ReportState::Corrected { 2 } else { 1 };
        let report = ReportRow {
            id: SalesReportId::make(),
            edition_id: edition,
            booth_id: occupied_booth.booth,
            day,
            state,
            amount,
            ocop_amount,
            note: (state == ReportState::Queried).then(|| query_note.to_owned()),
            version,
            revision: version,
        };
        for number in 1..=version {
            let first_of_two = number < version;
            rows.versions.push(VersionRow {
                sales_report_id: report.id,
                version: number,
                amount: if first_of_two { amount / 10 } else { amount },
                ocop_amount: if first_of_two { ocop_amount / 10 } else { ocop_amount },
                reason: (number > 1).then(|| "Ghi thiếu một số không".to_owned()),
                recorded_by: None,
                recorded_at: self.now,
            });
        }
        let lines = self.lines(occupied_booth, amount, ocop_amount);
        rows.lines.extend(lines::to_rows(report.id, version, &lines));
        rows.reports.push(report);
    }

    /// One line for the main product (OCOP sales) and one for other sales, a third of them without a product.
    fn lines(&mut self, occupied_booth: &OccupiedBooth, amount: i64, ocop_amount: i64) -> Vec<Line> {
        let parts = [
            (occupied_booth.product_index, ocop_amount, true),
            (occupied_booth.product_index + 7, amount - ocop_amount, false),
        ];
        let lines = parts.into_iter().filter(|part| part.1 > 0).map(|(good, amount, is_ocop)| {
            let known = PRODUCTS.get(good % PRODUCTS.len()).filter(|_| is_ocop || self.rng.random_ratio(2, 3));
            Line {
                product_name: known.map(|g| g.0.to_owned()),
                product_group: known.map(|g| g.1),
                quantity_milli: known.map(|_| amount / 100_000 * 1_000).filter(|q| *q > 0),
                unit: known.map(|g| g.2.to_owned()),
                amount,
                is_ocop,
                channel: if self.rng.random_ratio(1, 10) { Channel::Online } else { Channel::Booth },
                exhibitor: None,
            }
        });
        lines.collect()
    }

    /// Inserts a contract or memorandum for about one booth in fifteen.
    pub(super) fn insert_deals(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        occupied_booths: &OccupiedBooths,
        days: &[Day],
    ) -> Result<(), Problem> {
        let buyers = ["Siêu thị Go! Hạ Long", "Chuỗi cửa hàng Nông sản sạch", "Sàn thương mại điện tử", "Khách sạn"];
        for occupied_booth in occupied_booths {
            if !self.rng.random_ratio(1, 15) {
                continue;
            }
            let (kind, amount) = match self.rng.random_range(0..3) {
                0 => (DealKind::Contract, self.rng.random_range(50..=900) * 1_000_000),
                _ => (DealKind::Mou, 0),
            };
            let deal = DealRow {
                id: TradeDealId::make(),
                organiser_id: self.organiser,
                edition_id: edition,
                exhibitor_id: occupied_booth.exhibitor,
                kind,
                counterpart: buyers.choose(&mut self.rng).copied().unwrap_or("Siêu thị").to_owned(),
                amount,
                signed_on: days.choose(&mut self.rng).copied().ok_or(Code::Internal)?,
                note: None,
                recorded_by: self.owner,
                version: 1,
            };
            deals::insert(tx, &deal)?;
        }
        Ok(())
    }

    /// Inserts visit counts per gate and hour that add up to `total`. Visitors leave one hour after they enter, and all of
    /// them by closing time.
    pub(super) fn insert_visits(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        days: &[Day],
        total: i64,
    ) -> Result<(), Problem> {
        let gates: Vec<_> = GATES
            .iter()
            .map(|(name, _)| GateRow { id: GateId::make(), edition_id: edition, name: (*name).to_owned() })
            .collect();
        insert_gates(tx, &gates)?;
        let mut cells = Vec::new();
        for day in days {
            for (gate, (_, share)) in gates.iter().zip(GATES) {
                for (hour, hour_weight) in (8_u32..).zip(HOUR_WEIGHTS) {
                    let weight = hour_weight * share * day_weight(*day) * self.rng.random_range(85..=118);
                    cells.push((*day, hour, gate.id, weight));
                }
            }
        }
        let weights: Vec<i64> = cells.iter().map(|c| c.3).collect();
        let mut events = Vec::new();
        let mut inside = 0;
        for ((day, hour, gate, _), entries) in cells.into_iter().zip(split(total, 1, &weights)) {
            let last_hour = hour == 21;
            let exits = if last_hour { inside + entries } else { inside };
            inside = if last_hour { 0 } else { entries };
            let local = day
                .and_hms_opt(hour, 30, 0)
                .and_then(|at| TIME_ZONE.from_local_datetime(&at).single())
                .ok_or(Code::Internal)?;
            events.push(EventRow {
                id: VisitEventId::make(),
                edition_id: edition,
                gate_id: gate,
                device: None,
                occurred_at: local.naive_utc(),
                local_day: day,
                local_hour: i32::try_from(hour).unwrap_or(0),
                local_time: local.time(),
                entries,
                exits,
                reason: None,
                recorded_by: None,
                recorded_at: self.now,
            });
        }
        insert_events(tx, &events)?;
        Ok(())
    }
}

/// Relative weight of a day: weekends and holidays attract more visitors.
fn day_weight(day: Day) -> i64 {
    let holiday = matches!((day.month(), day.day()), (9, 2) | (4, 30) | (5, 1));
    match day.weekday() {
        _ if holiday => 160,
        Weekday::Sat | Weekday::Sun => 140,
        Weekday::Fri => 115,
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu => 90,
    }
}
