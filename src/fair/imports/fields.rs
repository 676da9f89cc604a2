//! Import kinds, their fields, and the known column titles.
use hoicho_spreadsheet::parse::Unit;

hoicho_core::text_enum! {
    /// Type of the rows.
    ImportKind {
        /// Booths.
        Booths,
        /// Exhibitors, each with an approved application.
        Exhibitors,
        /// Products of exhibitors of the edition.
        Products,
        /// Sales of booths, one day per row or one day per column.
        Sales,
        /// Visit counts at gates.
        Visits,
    }
}

/// How the cells of a field are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Text,
    Money,
    Count,
    Area,
    Day,
    Expiry,
    Hours,
    YesNo,
    Stars,
}

hoicho_core::text_enum! {
    /// A unit that can be chosen for a column.
    UnitName {
        /// The currency itself.
        One,
        /// Thousands.
        Thousand,
        /// Millions.
        Million,
        /// Billions.
        Billion,
        /// Square metres.
        SquareMetre,
        /// Square decimetres.
        SquareDecimetre,
    }
}

impl UnitName {
    pub(super) fn unit(self) -> Unit {
        match self {
            Self::One => Unit::Scale(0),
            Self::Thousand => Unit::Scale(3),
            Self::Million => Unit::Scale(6),
            Self::Billion => Unit::Scale(9),
            Self::SquareMetre => Unit::SquareMetre,
            Self::SquareDecimetre => Unit::SquareDecimetre,
        }
    }
}

impl FieldKind {
    /// Units that can be chosen for a column.
    pub(super) fn units(self) -> &'static [UnitName] {
        match self {
            Self::Money => &[UnitName::One, UnitName::Thousand, UnitName::Million, UnitName::Billion],
            Self::Area => &[UnitName::SquareMetre, UnitName::SquareDecimetre],
            Self::Text | Self::Count | Self::Day | Self::Expiry | Self::Hours | Self::YesNo | Self::Stars => &[],
        }
    }
}

/// A field of an import kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// Name in the API.
    pub(super) name: &'static str,
    /// How cells are read.
    pub(super) kind: FieldKind,
    /// Whether it is required.
    pub(super) is_required: bool,
    /// Whether a blank cell inherits the value of the row above.
    pub(super) inherits_from_above: bool,
    /// Known column titles in lower case with accents. The first is the title in files that we write.
    pub(super) titles: &'static [&'static str],
}

impl Field {
    /// Title in files that we write.
    pub(super) fn title(&self) -> &'static str {
        self.titles.first().copied().unwrap_or(self.name)
    }
}

const fn field(name: &'static str, kind: FieldKind, titles: &'static [&'static str]) -> Field {
    Field { name, kind, is_required: false, inherits_from_above: false, titles }
}
const fn required(name: &'static str, kind: FieldKind, titles: &'static [&'static str]) -> Field {
    Field { name, kind, is_required: true, inherits_from_above: false, titles }
}
const fn carried(name: &'static str, kind: FieldKind, titles: &'static [&'static str]) -> Field {
    Field { name, kind, is_required: true, inherits_from_above: true, titles }
}

const BOOTH: &[&str] = &[
    "mã gian hàng",
    "mã gian",
    "số gian hàng",
    "số hiệu gian",
    "số hiệu gian hàng",
    "ký hiệu gian",
    "kí hiệu gian",
    "tên gian",
    "số gian",
    "gian số",
    "gian hàng",
    "gian",
    "số hiệu",
    "ký hiệu",
    "kí hiệu",
    "booth code",
    "booth number",
    "booth",
    "code",
];
const EXHIBITOR: &[&str] = &[
    "tên đơn vị tham gia",
    "đơn vị tham gia",
    "tên đơn vị",
    "tên cơ sở sản xuất",
    "tên cơ sở",
    "cơ sở sản xuất",
    "tên doanh nghiệp",
    "tên hợp tác xã",
    "tên htx",
    "chủ thể sản xuất",
    "tên chủ thể",
    "chủ thể",
    "đơn vị",
    "doanh nghiệp",
    "exhibitor",
    "company",
];
const DAY: &[&str] = &["ngày bán hàng", "ngày bán", "ngày báo cáo", "ngày tháng", "ngày mở cửa", "ngày", "date", "day"];

const BOOTHS: &[Field] = &[
    required("code", FieldKind::Text, BOOTH),
    carried("zone", FieldKind::Text, &["khu vực", "phân khu", "tên khu", "khu", "zone"]),
    field(
        "category",
        FieldKind::Text,
        &["loại gian hàng", "loại gian", "kiểu gian", "hình thức gian", "loại", "category", "type"],
    ),
    field(
        "area",
        FieldKind::Area,
        &["diện tích", "diện tích gian", "diện tích gian hàng", "area", "area dm2", "area m2", "m2"],
    ),
    field(
        "fee",
        FieldKind::Money,
        &[
            "giá thuê",
            "giá thuê gian",
            "giá thuê gian hàng",
            "phí tham gia",
            "mức phí",
            "mức thu",
            "đơn giá",
            "lệ phí",
            "phí",
            "giá",
            "fee",
            "price",
        ],
    ),
    field("booth_equivalents", FieldKind::Count, &["quy đổi gian tiêu chuẩn", "số gian quy đổi", "booth equivalents"]),
    field("power", FieldKind::YesNo, &["điện", "có điện", "cấp điện", "nhu cầu điện", "has power", "power"]),
    field("water", FieldKind::YesNo, &["nước", "có nước", "cấp nước", "nhu cầu nước", "has water", "water"]),
];
const EXHIBITORS: &[Field] = &[
    required("name", FieldKind::Text, EXHIBITOR),
    field(
        "legal_form",
        FieldKind::Text,
        &["loại hình", "loại hình doanh nghiệp", "loại hình tổ chức", "hình thức tổ chức", "legal form"],
    ),
    field("tax_code", FieldKind::Text, &["mã số thuế", "mst", "mã số doanh nghiệp", "tax code"]),
    field(
        "locality",
        FieldKind::Text,
        &["địa phương", "địa chỉ", "huyện thị xã thành phố", "huyện", "xã phường", "địa bàn", "locality", "address"],
    ),
    field(
        "booths_wanted",
        FieldKind::Count,
        &[
            "số gian đăng ký",
            "số gian đăng kí",
            "số lượng gian hàng",
            "số lượng gian",
            "số gian hàng",
            "sl gian",
            "số gian",
            "booths wanted",
            "booths",
        ],
    ),
    field("wanted_category", FieldKind::Text, &["loại gian đăng ký", "loại gian đăng kí", "wanted category"]),
    field("application_state", FieldKind::Text, &["trạng thái đơn", "trạng thái đơn đăng ký", "application state"]),
    field("country", FieldKind::Text, &["quốc gia", "country"]),
    // A represented company has no record of its own.
    field("role", FieldKind::Text, &["vai trò", "role"]),
    field(
        "wishes",
        FieldKind::Text,
        &[
            "gian mong muốn",
            "vị trí mong muốn",
            "gian đăng ký",
            "vị trí đăng ký",
            "vị trí gian",
            "nguyện vọng",
            "wishes",
        ],
    ),
    field(
        "contact_name",
        FieldKind::Text,
        &["người liên hệ", "người đại diện", "họ và tên người liên hệ", "đầu mối liên hệ", "contact name", "contact"],
    ),
    field("phone", FieldKind::Text, &["số điện thoại", "điện thoại", "sđt", "số đt", "di động", "phone", "tel"]),
    field("email", FieldKind::Text, &["địa chỉ email", "thư điện tử", "email", "e mail"]),
];
const PRODUCTS: &[Field] = &[
    carried("exhibitor", FieldKind::Text, EXHIBITOR),
    required(
        "name",
        FieldKind::Text,
        &["tên sản phẩm", "tên hàng hóa", "tên hàng", "sản phẩm", "mặt hàng", "product name", "product"],
    ),
    required(
        "group",
        FieldKind::Text,
        &["nhóm sản phẩm", "nhóm hàng", "ngành hàng", "ngành sản phẩm", "nhóm", "product group", "group", "category"],
    ),
    field("stars", FieldKind::Stars, &["số sao", "hạng sao", "xếp hạng sao", "xếp hạng", "phân hạng", "sao", "stars"]),
    field(
        "certificate_number",
        FieldKind::Text,
        &[
            "số giấy chứng nhận",
            "số chứng nhận",
            "giấy chứng nhận",
            "số quyết định",
            "certificate number",
            "certificate",
        ],
    ),
    field(
        "certificate_expires_on",
        FieldKind::Expiry,
        &["ngày hết hạn", "hết hạn", "có giá trị đến", "hiệu lực đến", "hiệu lực", "certificate expires on", "expires"],
    ),
];
const SALES: &[Field] = &[
    required("booth", FieldKind::Text, BOOTH),
    carried("day", FieldKind::Day, DAY),
    required(
        "amount",
        FieldKind::Money,
        &[
            "doanh thu",
            "tổng doanh thu",
            "doanh thu bán hàng",
            "doanh thu bán lẻ",
            "doanh số",
            "thành tiền",
            "số tiền",
            "tiền bán được",
            "tiền bán",
            "amount",
            "sales",
            "revenue",
        ],
    ),
    field(
        "ocop_amount",
        FieldKind::Money,
        &[
            "doanh thu ocop",
            "doanh thu sản phẩm ocop",
            "trong đó sản phẩm ocop",
            "trong đó ocop",
            "ocop amount",
            "ocop sales",
            "ocop",
        ],
    ),
    field("reason", FieldKind::Text, &["lý do", "lý do sửa", "lí do", "reason"]),
];
const VISITS: &[Field] = &[
    carried("day", FieldKind::Day, DAY),
    field("hour", FieldKind::Hours, &["giờ", "khung giờ", "thời gian", "hour", "time"]),
    field("gate", FieldKind::Text, &["cổng", "tên cổng", "cổng vào", "cửa", "gate"]),
    required(
        "entries",
        FieldKind::Count,
        &[
            "lượt khách",
            "số lượt khách vào",
            "số lượt khách",
            "lượt vào",
            "số khách",
            "số người",
            "số lượt",
            "khách vào",
            "vào",
            "visits",
            "entries",
            "in",
        ],
    ),
    field("exits", FieldKind::Count, &["lượt ra", "số lượt khách ra", "khách ra", "ra", "exits", "out"]),
];

impl ImportKind {
    /// Fields of the kind, the identifying one first.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            ImportKind::Booths => BOOTHS,
            ImportKind::Exhibitors => EXHIBITORS,
            ImportKind::Products => PRODUCTS,
            ImportKind::Sales => SALES,
            ImportKind::Visits => VISITS,
        }
    }

    /// Field that is summed in total rows.
    pub(super) fn total_field(self) -> Option<&'static str> {
        match self {
            ImportKind::Booths => Some("fee"),
            ImportKind::Exhibitors => Some("booths_wanted"),
            ImportKind::Products => None,
            ImportKind::Sales => Some("amount"),
            ImportKind::Visits => Some("entries"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::phrases::words;

    #[test]
    fn titles_are_written_as_they_are_compared_and_unique_per_kind() {
        for kind in <ImportKind as strum::VariantArray>::VARIANTS {
            let mut seen = std::collections::BTreeSet::new();
            for field in kind.fields() {
                for title in field.titles {
                    assert_eq!(words(title).len(), title.len(), "{title}");
                    assert!(seen.insert(*title), "{kind}: {title}");
                }
            }
            assert!(kind.fields().iter().any(|f| f.is_required));
        }
    }
}
