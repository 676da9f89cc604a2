//! Words of tables that name one of our values: legal forms, categories of booths, product groups, stars. Compared by whole words
//! with their accents.
use std::{collections::HashMap, fmt::Display, sync::LazyLock};

use super::phrases::{Words, words};
use crate::{floor::BoothCategory, organisations::LegalForm, products::ProductGroup};
use hoicho_core::{
    i18n::{Language, Localizer},
    states::ApplicationState,
};
use hoicho_spreadsheet::parse::parse_yes_no;
use strum::VariantArray;

/// Values by what our own tables write for them: the code, and the words of each language.
type OwnWords<T> = LazyLock<HashMap<String, T>>;

fn own_words<T: VariantArray + Copy + Display>(set: &str) -> HashMap<String, T> {
    let spellings = |value: &T| {
        let localized = |language| Localizer(language).localize_value(set, value);
        [value.to_string(), localized(Language::Vi), localized(Language::En)].map(|text| (words(&text), *value))
    };
    T::VARIANTS.iter().flat_map(spellings).collect()
}

static OWN_LEGAL_FORMS: OwnWords<LegalForm> = LazyLock::new(|| own_words("legal-form"));
static OWN_CATEGORIES: OwnWords<BoothCategory> = LazyLock::new(|| own_words("booth-category"));
static OWN_GROUPS: OwnWords<ProductGroup> = LazyLock::new(|| own_words("product-group"));
static OWN_STATES: OwnWords<ApplicationState> = LazyLock::new(|| own_words("application-state"));

/// State of an application; `None` for a draft, which is its exhibitor's alone.
pub(super) fn parse_application_state(input: &str) -> Option<ApplicationState> {
    OWN_STATES.get(&words(input)).copied().filter(|state| *state != ApplicationState::Draft)
}

/// Whether the role is that of a represented company: only its goods are at the fair.
pub(super) fn is_represented(role: &str) -> bool {
    Words::new(role).is_one_of(&["represented", "được đại diện", "đơn vị được đại diện"])
}

/// Phrases of legal forms. A form is named at the beginning: of `Công ty CP Cơ sở hạ tầng` the first phrase counts.
const LEGAL_FORMS: [(LegalForm, &[&str]); 7] = [
    (LegalForm::CoOperativeGroup, &["tổ hợp tác", "tht", "co operative group"]),
    (LegalForm::CoOperative, &["hợp tác xã", "liên hiệp hợp tác xã", "htx", "hxt", "co operative", "cooperative"]),
    (
        LegalForm::HouseholdBusiness,
        &[
            "hộ kinh doanh",
            "hkd",
            "hộ sản xuất",
            "hộ gia đình",
            "cơ sở sản xuất",
            "cơ sở kinh doanh",
            "cơ sở",
            "cssx",
            "household business",
            "household",
        ],
    ),
    (
        LegalForm::Enterprise,
        &[
            "tổng công ty",
            "công ty",
            "cty",
            "doanh nghiệp",
            "dntn",
            "tnhh",
            "cổ phần",
            "company",
            "enterprise",
            "ltd",
            "jsc",
        ],
    ),
    (LegalForm::Association, &["hiệp hội", "liên minh", "association"]),
    (LegalForm::Agency, &["ubnd", "ủy ban nhân dân", "trung tâm", "chi cục", "agency"]),
    (LegalForm::Foreign, &["nước ngoài", "foreign"]),
];

/// Short words that name a legal form only where the text begins with them.
const FIRST_WORDS: [(LegalForm, &[&str]); 4] = [
    (LegalForm::HouseholdBusiness, &["hộ"]),
    (LegalForm::Enterprise, &["cp"]),
    (LegalForm::Association, &["hội"]),
    (LegalForm::Agency, &["sở", "phòng", "viện", "ban"]),
];

/// Legal form that a cell or the name of an organisation contains.
pub(super) fn parse_legal_form(input: &str) -> Option<LegalForm> {
    let text = Words::new(input);
    if let Some(form) = OWN_LEGAL_FORMS.get(text.as_str()) {
        return Some(*form);
    }
    let find = |form, phrase: &'static str| Some((text.find(phrase)?, phrase.len(), form));
    let anywhere = LEGAL_FORMS.iter().flat_map(|(form, phrases)| phrases.iter().filter_map(|p| find(*form, p)));
    let first = FIRST_WORDS.iter().flat_map(|(form, phrases)| phrases.iter().filter_map(|p| find(*form, p)));
    let found = anywhere.chain(first.filter(|(at, ..)| *at == 0));
    // The first, and of those that begin there the longest.
    found.min_by_key(|(at, length, _)| (*at, usize::MAX - length)).map(|(.., form)| form)
}

/// Category of a booth.
pub(super) fn parse_category(input: &str) -> Option<BoothCategory> {
    let text = Words::new(input);
    if let Some(category) = OWN_CATEGORIES.get(text.as_str()) {
        return Some(*category);
    }
    Some(if text.contains_any(&["góc", "corner", "2 mặt", "hai mặt"]) {
        BoothCategory::Corner
    } else if text.contains_any(&["đặc biệt", "special", "special build", "thiết kế riêng", "đặc trưng"])
    {
        BoothCategory::SpecialBuild
    } else if text.contains_any(&["đất trống", "raw", "raw space", "mặt bằng"]) {
        BoothCategory::RawSpace
    } else if text.contains_any(&["tiêu chuẩn", "thường", "standard", "3x3", "tc", "1 mặt", "một mặt"]) {
        BoothCategory::Standard
    } else {
        return None;
    })
}

const GROUPS: [(ProductGroup, &[&str]); 6] = [
    (ProductGroup::Food, &["thực phẩm", "food"]),
    (ProductGroup::Beverages, &["đồ uống", "thức uống", "beverages"]),
    (ProductGroup::MedicinalPlants, &["dược liệu", "thảo dược", "medicinal plants"]),
    (ProductGroup::Handicrafts, &["thủ công", "mỹ nghệ", "thủ công mỹ nghệ", "handicrafts"]),
    (ProductGroup::Ornamental, &["sinh vật cảnh", "cây cảnh", "hoa tươi", "ornamental"]),
    (ProductGroup::Tourism, &["du lịch", "tourism"]),
];

/// Product group; `None` if the text names none or several.
pub(super) fn parse_group(input: &str) -> Option<ProductGroup> {
    let text = Words::new(input);
    if let Some(group) = OWN_GROUPS.get(text.as_str()) {
        return Some(*group);
    }
    let mut named = GROUPS.iter().filter(|(_, phrases)| text.contains_any(phrases)).map(|(group, _)| *group);
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only),
        (None, None) if text.is_one_of(&["hoa"]) => Some(ProductGroup::Ornamental),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

/// Stars as tables have them: `4`, `4 sao`, `4 sao (2023)`, `4/5`, `****`. `Ok(None)`: no stars.
pub(super) fn parse_stars(input: &str) -> Result<Option<i32>, ()> {
    let before_remark = input.split('(').next().unwrap_or(input).trim();
    if parse_yes_no(before_remark) == Ok(false) {
        return Ok(None);
    }
    let is_star = |c: char| matches!(c, '*' | '★' | '⭐' | '☆');
    if !before_remark.is_empty() && before_remark.chars().all(|c| matches!(c, '*' | '★' | '⭐')) {
        let count = i32::try_from(before_remark.chars().count()).map_err(|_| ())?;
        return if count <= 5 { Ok(Some(count)) } else { Err(()) };
    }
    let lower = before_remark.to_lowercase();
    let number = lower.strip_prefix("hạng").unwrap_or(&lower).trim();
    let number = ["sao", "stars", "star", "/5"].iter().find_map(|end| number.strip_suffix(end)).unwrap_or(number);
    let number = number.trim_end_matches(is_star).trim();
    // Spreadsheets store whole numbers too as `4.0`.
    match number.parse::<i32>() {
        Ok(stars @ 1..=5) => Ok(Some(stars)),
        Ok(_) | Err(_) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_are_named_at_the_beginning() {
        for (name, form) in [
            ("Công ty TNHH Hồ Gươm", Some(LegalForm::Enterprise)),
            ("Công ty CP Cơ sở hạ tầng", Some(LegalForm::Enterprise)),
            ("Tổng công ty Đông Bắc", Some(LegalForm::Enterprise)),
            ("Cty TNHH Chè Hải Hà", Some(LegalForm::Enterprise)),
            ("HTX Nông nghiệp Đầm Hà", Some(LegalForm::CoOperative)),
            ("THT nuôi ong Ba Chẽ", Some(LegalForm::CoOperativeGroup)),
            ("Tổ hợp tác Ba Chẽ", Some(LegalForm::CoOperativeGroup)),
            ("Hộ kinh doanh Cô Ba", Some(LegalForm::HouseholdBusiness)),
            ("Hộ Nguyễn Văn A", Some(LegalForm::HouseholdBusiness)),
            ("Cơ sở sản xuất Lan", Some(LegalForm::HouseholdBusiness)),
            ("Sở Công Thương", Some(LegalForm::Agency)),
            ("Hội Nông dân", Some(LegalForm::Association)),
            ("co_operative", Some(LegalForm::CoOperative)),
            ("household_business", Some(LegalForm::HouseholdBusiness)),
            ("Hồ Gươm", None),
            ("Bán lẻ", None),
        ] {
            assert_eq!(parse_legal_form(name), form, "{name}");
        }
    }

    #[test]
    fn words_of_our_own_tables_are_read_back() {
        for language in [Language::Vi, Language::En] {
            let word = |set: &str, value: &dyn Display| Localizer(language).localize_value(set, value);
            for form in LegalForm::VARIANTS {
                assert_eq!(parse_legal_form(&word("legal-form", form)), Some(*form));
            }
            for category in BoothCategory::VARIANTS {
                assert_eq!(parse_category(&word("booth-category", category)), Some(*category));
            }
            for group in ProductGroup::VARIANTS {
                assert_eq!(parse_group(&word("product-group", group)), Some(*group));
            }
            for state in ApplicationState::VARIANTS {
                let expected = Some(*state).filter(|state| *state != ApplicationState::Draft);
                assert_eq!(parse_application_state(&word("application-state", state)), expected);
            }
            assert!(is_represented(&word("exhibitor-role", &"represented")));
            assert!(!is_represented(&word("exhibitor-role", &"main")));
        }
    }

    #[test]
    fn product_groups_are_whole_words() {
        assert_eq!(parse_group("Hóa mỹ phẩm"), None);
        assert_eq!(parse_group("Hoa quả"), None);
        assert_eq!(parse_group("Hoa, cây cảnh"), Some(ProductGroup::Ornamental));
        assert_eq!(parse_group("Thực phẩm"), Some(ProductGroup::Food));
        assert_eq!(parse_group("Hàng thủ công mỹ nghệ"), Some(ProductGroup::Handicrafts));
        assert_eq!(parse_group("medicinal_plants"), Some(ProductGroup::MedicinalPlants));
        assert_eq!(parse_group("Thực phẩm, đồ uống"), None, "two groups");
    }

    #[test]
    fn stars_are_read_in_all_spellings() {
        for typed in ["4", "4 sao", "4 sao (2023)", "4/5", "****", "★★★★", "4*", "Hạng 4 sao", "4 stars"] {
            assert_eq!(parse_stars(typed), Ok(Some(4)), "{typed}");
        }
        for typed in ["-", "chưa", "không", "0"] {
            assert_eq!(parse_stars(typed), Ok(None), "{typed}");
        }
        for typed in ["6", "2023", "4,5", "******", "đạt", "4 tháng", ""] {
            assert_eq!(parse_stars(typed), Err(()), "{typed}");
        }
    }
}
