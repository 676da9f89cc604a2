//! Codes of validation errors.
macro_rules! field_codes {
    ($(#[doc = $meaning:literal] $name:ident),+ $(,)?) => {
        hoicho_core::text_enum! {
            /// A stable code of a validation error; its spelling is part of the API.
            FieldCode { $(#[doc = $meaning] $name),+ }
        }
        impl FieldCode {
            /// What is wrong, in English.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),+ }.trim()
            }
        }
    };
}

field_codes! {
    /// Takes off more than there is.
    BelowZero,
    /// A person placed the allocation after the proposal was made, or changed its state.
    ByHand,
    /// The application changed after the proposal was made.
    Changed,
    /// The booth went to another application after the proposal was made.
    ChangedHands,
    /// Not a booth code.
    Code,
    /// The hour has another count already.
    Counted,
    /// Not a country code.
    Country,
    /// Not a currency code.
    Currency,
    /// Not a date.
    Date,
    /// No opening day, or too many.
    Days,
    /// Not an e-mail address.
    Email,
    /// The booth became free after the proposal was made.
    Freed,
    /// In the future.
    Future,
    /// The password is easy to guess.
    Guessable,
    /// Opens after it closes.
    Hours,
    /// Too short or too long, or too few or too many items.
    Length,
    /// Required.
    Missing,
    /// Not an opening day of the edition.
    NotAnOpeningDay,
    /// The application is not approved any more.
    NotApproved,
    /// The booth is not open for allocation any more.
    NotOpen,
    /// The privacy notice was not accepted.
    Notice,
    /// Not a number.
    Number,
    /// The password is too short or too long.
    Password,
    /// Not a pattern of booth codes.
    Pattern,
    /// Not a telephone number.
    Phone,
    /// Outside the allowed range.
    Range,
    /// Occurs more than once.
    Repeated,
    /// Not a slug.
    Slug,
    /// Stars without a certificate, or a certificate without stars.
    Stars,
    /// The parts do not add up to the total.
    Sum,
    /// The booth was allocated after the proposal was made.
    Taken,
    /// Not a tax code.
    TaxCode,
    /// Empty, too long, or with control characters.
    Text,
    /// Not a time zone.
    TimeZone,
    /// Another type or name than the operation documents.
    Unexpected,
    /// Does not name anything that exists.
    Unknown,
    /// Far from the usual values; accepted if the caller confirms it.
    Unusual,
    /// Not an acceptable URL.
    Url,
    /// Outside the years that are allowed.
    Year,
}
