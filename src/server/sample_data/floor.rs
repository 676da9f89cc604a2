//! Floor plans of the sample editions: zones with eligibility rules, price list, and booths in rows of twenty.
use super::{
    facts::{Origin, Zone},
    generator::SampleData,
};
use hoicho_core::{
    db::Tx,
    states::BoothAvailability,
    values::ids::{BoothId, EditionId, HallId, ZoneId},
};
use hoicho_fair::floor::{
    BoothCategory, Eligibility,
    numbering::natural_order,
    store::{self, BoothCategoryRow, BoothRow, ZoneRow},
};
use hoicho_web::http::Problem;

const BOOTHS_PER_ROW: u32 = 20;

/// Booths in order, with their zones.
pub(super) type Floor = Vec<(BoothRow, &'static Zone)>;

impl SampleData {
    pub(super) fn insert_floor(
        &self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        zones: &'static [Zone],
        hall: HallId,
    ) -> Result<Floor, Problem> {
        let price = |category, fee| BoothCategoryRow {
            edition_id: edition,
            category,
            area_dm2: 900,
            fee,
            booth_equivalents: 1,
        };
        let prices = [price(BoothCategory::Standard, 3_000_000), price(BoothCategory::Corner, 4_000_000)];
        store::replace_price_list(tx, edition, &prices)?;
        let mut floor = Floor::new();
        for zone in zones {
            let row = ZoneRow {
                id: ZoneId::make(),
                edition_id: edition,
                hall_id: Some(hall),
                code: zone.code.to_owned(),
                name: zone.name.to_owned(),
                version: 1,
            };
            store::insert_zones(tx, std::slice::from_ref(&row))?;
            if let Origin::QuangNinh = zone.origin {
                let rules = Eligibility { localities: vec!["vn.22".to_owned()], ..Eligibility::default() };
                store::replace_eligibility(tx, row.id, &rules)?;
            }
            floor.extend((0..zone.booths).map(|n| (booth(edition, row.id, zone, n), zone)));
        }
        let booths: Vec<BoothRow> = floor.iter().map(|(b, _)| b.clone()).collect();
        store::insert_booths(tx, &booths)?;
        Ok(floor)
    }
}

fn booth(edition: EditionId, zone_id: ZoneId, zone: &Zone, n: u32) -> BoothRow {
    let (line, place) = (n / BOOTHS_PER_ROW + 1, n % BOOTHS_PER_ROW + 1);
    let row_label = format!("{}{line:02}-", zone.code);
    let corner = place == 1 || place == BOOTHS_PER_ROW;
    // Exhibitors of the province pay no fee; the province subsidises them.
    let fee = match (zone.origin, corner) {
        (Origin::QuangNinh, _) => 0,
        (Origin::Provinces | Origin::Abroad, true) => 4_000_000,
        (Origin::Provinces | Origin::Abroad, false) => 3_000_000,
    };
    let code = format!("{row_label}{place:02}");
    BoothRow {
        id: BoothId::make(),
        edition_id: edition,
        zone_id,
        code_order: natural_order(&code),
        code,
        row_label,
        place: i32::try_from(place).unwrap_or(1),
        category: if corner { BoothCategory::Corner } else { BoothCategory::Standard },
        area_dm2: 900,
        fee,
        booth_equivalents: 1,
        version: 1,
        availability: BoothAvailability::Open,
        has_power: n % 5 < 3,
        has_water: n.is_multiple_of(7),
        x_dm: None,
        y_dm: None,
        width_dm: None,
        depth_dm: None,
    }
}

/// Position of a booth in its zone, from 1.
pub(super) fn position_in_zone(booth: &BoothRow) -> u32 {
    let line = booth.row_label.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(1_u32);
    (line - 1) * BOOTHS_PER_ROW + u32::try_from(booth.place).unwrap_or(1)
}
