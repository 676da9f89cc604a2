//! Quantities of fields by name, and their values as text.
use hoicho_core::i18n::{Language, format};
use hoicho_spreadsheet::parse::{Currency, Quantity};

hoicho_core::text_enum! {
    /// What a typed number counts.
    QuantityName {
        /// An amount, in minor units of the currency.
        Money,
        /// Things or people.
        Count,
        /// An area, typed in m²; the value is in square decimetres.
        Area,
    }
}

impl QuantityName {
    /// The quantity in a currency, by its ISO 4217 code; unknown codes count as VND.
    pub fn quantity(self, currency: &str) -> Quantity {
        match self {
            Self::Money => {
                let digits = u32::try_from(format::minor_digits(currency)).unwrap_or(0);
                Quantity::Money(Currency::from_code(currency, digits).unwrap_or(Currency::VND))
            }
            Self::Count => Quantity::Count,
            Self::Area => Quantity::Area,
        }
    }
}

/// A value as text with its unit: `15.500.000 đ`, `9,5 m²`.
pub fn show(quantity: Quantity, value: i64, language: Language) -> String {
    match quantity {
        Quantity::Money(currency) => format::money(language, value, currency.code()),
        Quantity::Count => format::integer(language, value),
        Quantity::Area => format!("{} m²", format::area(language, value)),
    }
}
