//! Names of countries (Unicode CLDR), by ISO 3166-1 alpha-2. The messages are `country-<code>`.
use std::{collections::HashMap, sync::LazyLock};

use super::{Language, Localizer};
use crate::values::text;

const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC \
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI \
    SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
    VN VU WF WS XK YE YT ZA ZM ZW";

/// Codes by name in each language, and by themselves, as they are compared.
static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names =
        |code: &'static str| [name(Language::Vi, code), name(Language::En, code), code.to_owned()].map(|n| (n, code));
    let all = CODES.split_whitespace().flat_map(names);
    all.map(|(name, code)| (text::normalize_for_comparison(&name), code)).collect()
});

/// The name of a country; the code itself if it is not known.
pub fn name(language: Language, code: &str) -> String {
    if CODES.split_whitespace().any(|known| known == code) {
        Localizer(language).localize(&format!("country-{}", code.to_ascii_lowercase()))
    } else {
        code.to_owned()
    }
}

/// The code of a country by its name or code.
pub fn parse(typed: &str) -> Option<&'static str> {
    BY_NAME.get(&text::normalize_for_comparison(typed)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_in_both_languages() {
        assert_eq!(CODES.split_whitespace().count(), 250);
        for code in CODES.split_whitespace() {
            for language in [Language::Vi, Language::En] {
                assert_eq!(parse(&name(language, code)), Some(code), "{code}");
            }
            assert_eq!(parse(code), Some(code));
        }
        assert_eq!((name(Language::Vi, "LA"), name(Language::En, "VN")), ("Lào".to_owned(), "Vietnam".to_owned()));
        assert_eq!(
            (name(Language::Vi, "XX"), parse("Việt  nam"), parse("đâu đó")),
            ("XX".to_owned(), Some("VN"), None)
        );
    }
}
