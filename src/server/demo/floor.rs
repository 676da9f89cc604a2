//! The floors of the demo: zones with their rules, a price list, booths in rows of twenty.
use super::{
    facts::{From, Zone},
    fill::Demo,
};
use hoicho_core::{
    db::Tx,
    values::ids::{BoothId, EditionId, HallId, ZoneId},
};
use hoicho_fair::floor::{
    BoothAvailability, BoothCategory, Eligibility,
    store::{self, BoothRow, CategoryRow, ZoneRow},
};
use hoicho_web::http::Problem;

/// Booths in a row.
const ROW: u32 = 20;

/// Booths in order with the zones they are in.
pub(super) type Floor = Vec<(BoothRow, &'static Zone)>;

impl Demo {
    pub(super) fn draw(
        &self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        zones: &'static [Zone],
        hall: HallId,
    ) -> Result<Floor, Problem> {
        let price =
            |category, fee| CategoryRow { edition_id: edition, category, area_dm2: 900, fee, booth_equivalents: 1 };
        let prices = [price(BoothCategory::Standard, 3_000_000), price(BoothCategory::Corner, 4_000_000)];
        store::put_categories(tx, edition, &prices)?;
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
            if let From::QuangNinh = zone.from {
                let ours = Eligibility { localities: vec!["vn.22".to_owned()], ..Eligibility::default() };
                store::put_eligibility(tx, row.id, &ours)?;
            }
            floor.extend((0..zone.booths).map(|n| (booth(edition, row.id, zone, n), zone)));
        }
        let booths: Vec<BoothRow> = floor.iter().map(|(b, _)| b.clone()).collect();
        store::insert_booths(tx, &booths)?;
        Ok(floor)
    }
}

fn booth(edition: EditionId, zone_id: ZoneId, zone: &Zone, n: u32) -> BoothRow {
    let (line, place) = (n / ROW + 1, n % ROW + 1);
    let row_label = format!("{}{line:02}-", zone.code);
    let corner = place == 1 || place == ROW;
    // Quảng Ninh's own pay nothing: that is its subsidy.
    let fee = match (zone.from, corner) {
        (From::QuangNinh, _) => 0,
        (From::Provinces | From::Abroad, true) => 4_000_000,
        (From::Provinces | From::Abroad, false) => 3_000_000,
    };
    BoothRow {
        id: BoothId::make(),
        edition_id: edition,
        zone_id,
        code: format!("{row_label}{place:02}"),
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

/// Where a booth comes among those of its zone; 1 is the first.
pub(super) fn number(booth: &BoothRow) -> u32 {
    let line = booth.row_label.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(1_u32);
    (line - 1) * ROW + u32::try_from(booth.place).unwrap_or(1)
}
