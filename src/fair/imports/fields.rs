//! Import kinds, their fields, and the known column titles.

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

/// A field of an import kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// Name in the API.
    pub(super) name: &'static str,
    /// Whether it is required.
    pub(super) is_required: bool,
    /// Whether a blank cell inherits the value of the row above.
    pub(super) inherits_from_above: bool,
    /// Known column titles, folded.
    pub(super) titles: &'static [&'static str],
}

const fn field(name: &'static str, titles: &'static [&'static str]) -> Field {
    Field { name, is_required: false, inherits_from_above: false, titles }
}
const fn required(name: &'static str, titles: &'static [&'static str]) -> Field {
    Field { name, is_required: true, inherits_from_above: false, titles }
}
const fn carried(name: &'static str, titles: &'static [&'static str]) -> Field {
    Field { name, is_required: true, inherits_from_above: true, titles }
}

const BOOTH: &[&str] = &[
    "ma gian hang",
    "ma gian",
    "so gian hang",
    "so hieu gian",
    "ky hieu gian",
    "ten gian",
    "gian hang",
    "gian",
    "so hieu",
    "ky hieu",
    "booth code",
    "booth",
    "code",
];
const EXHIBITOR: &[&str] = &[
    "ten don vi tham gia",
    "don vi tham gia",
    "ten don vi",
    "ten co so san xuat",
    "ten co so",
    "co so san xuat",
    "ten doanh nghiep",
    "ten hop tac xa",
    "ten htx",
    "chu the san xuat",
    "ten chu the",
    "chu the",
    "don vi",
    "doanh nghiep",
    "exhibitor",
    "company",
];
const DAY: &[&str] = &["ngay ban hang", "ngay ban", "ngay bao cao", "ngay thang", "ngay", "date", "day"];

const BOOTHS: &[Field] = &[
    required("code", BOOTH),
    carried("zone", &["khu vuc", "phan khu", "ten khu", "khu", "zone"]),
    field("category", &["loai gian hang", "loai gian", "kieu gian", "hinh thuc gian", "loai", "category", "type"]),
    field("area", &["dien tich gian", "dien tich", "area", "m2"]),
    field("fee", &["gia thue gian", "gia thue", "phi tham gia", "don gia", "le phi", "phi", "gia", "fee", "price"]),
    field("power", &["co dien", "cap dien", "dien", "power"]),
    field("water", &["co nuoc", "cap nuoc", "nuoc", "water"]),
];
const EXHIBITORS: &[Field] = &[
    required("name", EXHIBITOR),
    field(
        "legal_form",
        &["loai hinh doanh nghiep", "loai hinh to chuc", "loai hinh", "hinh thuc to chuc", "legal form"],
    ),
    field("tax_code", &["ma so thue", "mst", "ma so doanh nghiep", "tax code"]),
    field(
        "locality",
        &["dia phuong", "dia chi", "huyen thi xa thanh pho", "huyen", "xa phuong", "dia ban", "locality", "address"],
    ),
    field(
        "booths_wanted",
        &["so luong gian hang", "so luong gian", "so gian dang ky", "so gian hang", "sl gian", "so gian", "booths"],
    ),
    field(
        "contact_name",
        &["nguoi lien he", "nguoi dai dien", "ho va ten nguoi lien he", "dau moi lien he", "contact name", "contact"],
    ),
    field("phone", &["so dien thoai", "dien thoai", "sdt", "so dt", "di dong", "phone", "tel"]),
    field("email", &["dia chi email", "thu dien tu", "email", "e mail"]),
];
const PRODUCTS: &[Field] = &[
    carried("exhibitor", EXHIBITOR),
    required("name", &["ten san pham", "ten hang hoa", "ten hang", "san pham", "mat hang", "product name", "product"]),
    required("group", &["nhom san pham", "nhom hang", "nganh hang", "nganh san pham", "nhom", "group", "category"]),
    field("stars", &["hang sao", "xep hang sao", "so sao", "xep hang", "phan hang", "sao", "stars"]),
    field(
        "certificate_number",
        &["so giay chung nhan", "so chung nhan", "giay chung nhan", "so quyet dinh", "certificate"],
    ),
    field(
        "certificate_expires_on",
        &["ngay het han", "het han", "co gia tri den", "hieu luc den", "hieu luc", "expires"],
    ),
];
const SALES: &[Field] = &[
    required("booth", BOOTH),
    carried("day", DAY),
    required(
        "amount",
        &[
            "tong doanh thu",
            "doanh thu ban hang",
            "doanh thu ban le",
            "doanh thu",
            "doanh so",
            "thanh tien",
            "so tien",
            "tien ban duoc",
            "tien ban",
            "amount",
            "sales",
            "revenue",
        ],
    ),
    field(
        "ocop_amount",
        &["doanh thu san pham ocop", "doanh thu ocop", "trong do san pham ocop", "trong do ocop", "ocop"],
    ),
    field("reason", &["ly do sua", "ly do", "reason"]),
];
const VISITS: &[Field] = &[
    carried("day", DAY),
    field("hour", &["khung gio", "thoi gian", "gio", "hour", "time"]),
    field("gate", &["ten cong", "cong vao", "cong", "cua", "gate"]),
    required(
        "entries",
        &[
            "so luot khach vao",
            "so luot khach",
            "luot khach",
            "luot vao",
            "so khach",
            "so nguoi",
            "so luot",
            "khach vao",
            "vao",
            "visits",
            "entries",
            "in",
        ],
    ),
    field("exits", &["so luot khach ra", "luot ra", "khach ra", "ra", "exits", "out"]),
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
    use hoicho_core::values::text::normalize_for_search;

    #[test]
    fn titles_are_folded_and_unique_per_kind() {
        for kind in <ImportKind as strum::VariantArray>::VARIANTS {
            let mut seen = std::collections::BTreeSet::new();
            for field in kind.fields() {
                for title in field.titles {
                    assert_eq!(normalize_for_search(title), *title);
                    assert!(seen.insert(*title), "{kind}: {title}");
                }
            }
            assert!(kind.fields().iter().any(|f| f.is_required));
        }
    }
}
