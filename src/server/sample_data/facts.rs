//! Published facts about the editions, with assumptions where the sources have none.
use hoicho_core::values::clock::Day;
use hoicho_fair::products::ProductGroup;

/// A zone of a sample edition.
pub struct Zone {
    /// Code; also the prefix of its row labels.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Number of booths.
    pub booths: u32,
    /// Relative sales per booth, in percent.
    pub sales_percent: i64,
    /// OCOP share of sales, in percent.
    pub ocop_percent: i64,
    /// Origin of its exhibitors.
    pub origin: Origin,
}

/// Origin of the exhibitors of a zone.
#[derive(Clone, Copy)]
pub enum Origin {
    /// Localities of the province.
    QuangNinh,
    /// Other provinces.
    Provinces,
    /// Thailand and Laos.
    Abroad,
}

/// A sample edition.
pub struct Edition {
    /// Slug.
    pub slug: &'static str,
    /// Official name.
    pub name: &'static str,
    /// Venue.
    pub venue: &'static str,
    /// First opening day.
    pub first: Day,
    /// Number of consecutive opening days.
    pub days: u32,
    /// Published visits.
    pub visits: i64,
    /// Published retail sales in đồng.
    pub sales: i64,
    /// In the series "Hội chợ OCOP Quảng Ninh".
    pub in_series: bool,
    /// Zones of the floor plan.
    pub zones: &'static [Zone],
}

/// Venue of most editions.
pub const PALACE: &str = "Cung Quy hoạch, Hội chợ và Triển lãm";

/// Code and name of a locality.
pub type Locality = (&'static str, &'static str);

/// The 14 districts, towns and cities of Quảng Ninh in 2018.
pub const LOCALITIES_2018: [Locality; 14] = [
    ("vn.22.193", "Hạ Long"),
    ("vn.22.194", "Móng Cái"),
    ("vn.22.195", "Cẩm Phả"),
    ("vn.22.196", "Uông Bí"),
    ("vn.22.206", "Quảng Yên"),
    ("vn.22.205", "Đông Triều"),
    ("vn.22.203", "Vân Đồn"),
    ("vn.22.207", "Cô Tô"),
    ("vn.22.199", "Tiên Yên"),
    ("vn.22.200", "Đầm Hà"),
    ("vn.22.201", "Hải Hà"),
    ("vn.22.198", "Bình Liêu"),
    ("vn.22.202", "Ba Chẽ"),
    ("vn.22.204", "Hoành Bồ"),
];
/// Other provinces with exhibitors.
pub const PROVINCES: [&str; 12] = [
    "Hà Nội",
    "Hải Phòng",
    "Bắc Giang",
    "Lạng Sơn",
    "Thái Nguyên",
    "Lào Cai",
    "Sơn La",
    "Hải Dương",
    "Thanh Hóa",
    "Nghệ An",
    "Lâm Đồng",
    "Đồng Tháp",
];
/// Country and city of foreign exhibitors.
pub const ABROAD: [(&str, &str); 4] =
    [("TH", "Chiang Mai"), ("TH", "Udon Thani"), ("LA", "Luang Prabang"), ("LA", "Viêng Chăn")];
/// Communes and wards since 2025-07-01, for the current edition.
pub const LOCALITIES_2025: [Locality; 14] = [
    ("vn.22.06688", "Phường Hạ Long"),
    ("vn.22.06673", "Phường Bãi Cháy"),
    ("vn.22.06712", "Phường Móng Cái 1"),
    ("vn.22.06793", "Phường Cẩm Phả"),
    ("vn.22.06811", "Phường Uông Bí"),
    ("vn.22.07132", "Phường Quảng Yên"),
    ("vn.22.07093", "Phường Đông Triều"),
    ("vn.22.06994", "Đặc khu Vân Đồn"),
    ("vn.22.07192", "Đặc khu Cô Tô"),
    ("vn.22.06862", "Xã Tiên Yên"),
    ("vn.22.06895", "Xã Đầm Hà"),
    ("vn.22.06922", "Xã Quảng Hà"),
    ("vn.22.06838", "Xã Bình Liêu"),
    ("vn.22.06978", "Xã Ba Chẽ"),
];

/// Products: name, group and unit.
pub const PRODUCTS: [(&str, ProductGroup, &str); 18] = [
    ("Miến dong", ProductGroup::Food, "kg"),
    ("Chả cá", ProductGroup::Food, "kg"),
    ("Ruốc", ProductGroup::Food, "hộp"),
    ("Mật ong", ProductGroup::Food, "chai"),
    ("Nước mắm", ProductGroup::Food, "chai"),
    ("Gà đồi", ProductGroup::Food, "con"),
    ("Bánh cổ truyền", ProductGroup::Food, "hộp"),
    ("Gạo nếp", ProductGroup::Food, "kg"),
    ("Hải sản khô", ProductGroup::Food, "kg"),
    ("Rượu thảo dược", ProductGroup::Beverages, "chai"),
    ("Chè", ProductGroup::Beverages, "hộp"),
    ("Rượu nếp", ProductGroup::Beverages, "chai"),
    ("Cao dược liệu", ProductGroup::MedicinalPlants, "lọ"),
    ("Tinh dầu hồi", ProductGroup::MedicinalPlants, "lọ"),
    ("Gốm", ProductGroup::Handicrafts, "chiếc"),
    ("Vải thổ cẩm", ProductGroup::Handicrafts, "tấm"),
    ("Lan rừng", ProductGroup::Ornamental, "chậu"),
    ("Tour trải nghiệm", ProductGroup::Tourism, "vé"),
];

const fn zone(code: &'static str, name: &'static str, booths: u32, sells: i64, ocop: i64, from: Origin) -> Zone {
    Zone { code, name, booths, sales_percent: sells, ocop_percent: ocop, origin: from }
}

const V_2017: [Zone; 4] = [
    zone("A", "Khu OCOP Quảng Ninh", 130, 110, 92, Origin::QuangNinh),
    zone("B", "Khu tỉnh bạn", 66, 85, 38, Origin::Provinces),
    zone("C", "Khu quốc tế", 12, 120, 0, Origin::Abroad),
    zone("D", "Khu ẩm thực", 16, 75, 40, Origin::QuangNinh),
];
const XUAN_2018: [Zone; 4] = [
    zone("A", "Khu OCOP Quảng Ninh", 118, 108, 92, Origin::QuangNinh),
    zone("B", "Khu tỉnh bạn", 55, 88, 36, Origin::Provinces),
    zone("C", "Khu quốc tế", 10, 125, 0, Origin::Abroad),
    zone("D", "Khu ẩm thực", 14, 80, 40, Origin::QuangNinh),
];
const MIEN_BAC_2018: [Zone; 5] = [
    zone("A", "Khu OCOP Quảng Ninh", 220, 112, 90, Origin::QuangNinh),
    zone("B", "Khu OCOP các tỉnh phía Bắc", 160, 92, 70, Origin::Provinces),
    zone("C", "Khu quốc tế", 24, 115, 0, Origin::Abroad),
    zone("D", "Khu thương mại điện tử", 16, 60, 45, Origin::QuangNinh),
    zone("E", "Khu ẩm thực", 40, 78, 30, Origin::Provinces),
];
/// Zones of the current edition.
pub const CURRENT_ZONES: [Zone; 5] = [
    zone("A", "Khu OCOP Quảng Ninh", 100, 110, 95, Origin::QuangNinh),
    zone("B", "Khu tỉnh bạn", 90, 90, 60, Origin::Provinces),
    zone("C", "Khu quốc tế", 10, 115, 0, Origin::Abroad),
    zone("D", "Khu thương mại điện tử", 8, 70, 50, Origin::QuangNinh),
    zone("E", "Khu ẩm thực", 12, 80, 30, Origin::QuangNinh),
];

/// The past editions. Booths, days, visits and sales are from published sources. The dates of the two editions of 2018
/// are not published; plausible ones are used. Zones are fictitious.
pub fn past_editions() -> Option<[Edition; 3]> {
    let day = |y, m, d| Day::from_ymd_opt(y, m, d);
    Some([
        Edition {
            slug: "ocop-quang-ninh-v-2017",
            name: "Hội chợ OCOP Quảng Ninh lần thứ V",
            venue: PALACE,
            first: day(2017, 9, 1)?,
            days: 5,
            visits: 54_000,
            sales: 6_800_000_000,
            in_series: true,
            zones: &V_2017,
        },
        Edition {
            slug: "ocop-quang-ninh-xuan-2018",
            name: "Hội chợ OCOP Quảng Ninh – Xuân 2018 (lần VI)",
            venue: PALACE,
            first: day(2018, 2, 7)?,
            days: 5,
            visits: 49_000,
            sales: 9_557_600_000,
            in_series: true,
            zones: &XUAN_2018,
        },
        Edition {
            slug: "ocop-mien-bac-2018",
            name: "Hội chợ OCOP khu vực phía Bắc – Quảng Ninh 2018",
            venue: "Quảng trường 30/10",
            first: day(2018, 4, 28)?,
            days: 7,
            visits: 108_000,
            sales: 15_594_950_000,
            in_series: false,
            zones: &MIEN_BAC_2018,
        },
    ])
}
