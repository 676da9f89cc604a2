//! What the columns of a workbook are called: a person reads it, a program reads the JSON or CSV.
use crate::i18n::Text;

/// The title of a column; one that has none is shown as it is.
pub(super) fn title(column: &str) -> Text {
    let (vi, en) = match column {
        "booth" => ("Gian hàng", "Booth"),
        "zone" => ("Khu vực", "Zone"),
        "category" => ("Loại gian", "Category"),
        "area_dm2" => ("Diện tích (dm²)", "Area (dm²)"),
        "booth_equivalents" => ("Quy đổi gian tiêu chuẩn", "Booth equivalents"),
        "exhibitor" => ("Đơn vị tham gia", "Exhibitor"),
        "amount" => ("Doanh thu", "Sales"),
        "ocop_amount" => ("Doanh thu OCOP", "OCOP sales"),
        "reports" => ("Số báo cáo", "Reports"),
        "day" => ("Ngày", "Day"),
        "country" => ("Nước", "Country"),
        "locality" => ("Địa phương", "Locality"),
        "visits" => ("Lượt khách", "Visits"),
        "exits" => ("Lượt ra", "Exits"),
        "hour" => ("Giờ", "Hour"),
        "gate" => ("Cổng", "Gate"),
        "role" => ("Vai trò", "Role"),
        "legal_form" => ("Loại hình", "Legal form"),
        "booths" => ("Số gian", "Booths"),
        "figure" => ("Chỉ tiêu", "Figure"),
        "previous_edition" => ("Kỳ trước", "Previous edition"),
        "now" => ("Kỳ này", "Now"),
        "before" => ("Kỳ trước (số liệu)", "Before"),
        "ratio" => ("Tỷ lệ", "Ratio"),
        "change" => ("Thay đổi", "Change"),
        "like_with_like" => ("Cùng cách tính", "Like with like"),
        other => (other, other),
    };
    Text::new(vi, en)
}
