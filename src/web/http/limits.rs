//! Limits of the fields of requests. Each is declared once: checks ask the declaration, and the OpenAPI document contains it where a
//! field names it as its `value_type`.

/// Length of a text in characters, after normalization.
pub trait TextLimit {
    /// Max characters; the min is 1.
    const MAX_CHARS: usize;
}

/// Declares lengths of texts, with their schemas.
macro_rules! text_limits {
    ($($(#[doc = $doc:literal])+ $name:ident 1..=$max:literal),+ $(,)?) => { $(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $name;
        impl TextLimit for $name {
            const MAX_CHARS: usize = $max;
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .description(Some(concat!($($doc),+).trim()))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )+ };
}

/// Declares ranges of integers, with their schemas.
#[macro_export]
macro_rules! number_ranges {
    ($($(#[doc = $doc:literal])+ $name:ident $type:ident $min:literal..=$max:literal),+ $(,)?) => { $(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $name;
        impl $name {
            /// Smallest and largest value.
            pub const RANGE: std::ops::RangeInclusive<$type> = $min..=$max;
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::Integer)
                    .minimum(Some(utoipa::Number::Int($min)))
                    .maximum(Some(utoipa::Number::Int($max)))
                    .description(Some(concat!($($doc),+).trim()))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )+ };
}

text_limits! {
    /// Name of somebody or something.
    NameText 1..=200,
    /// Name of a gate, a webhook endpoint, an API key or a passkey.
    ShortNameText 1..=100,
    /// Short code that people see.
    CodeText 1..=20,
    /// Tag of an exhibitor.
    TagText 1..=50,
    /// E-mail address.
    EmailText 1..=254,
    /// Postal address.
    AddressText 1..=500,
    /// Reason that is kept in the history.
    ReasonText 1..=1_000,
    /// Wishes of an applicant in its own words.
    NeedsText 1..=2_000,
    /// Notes of staff.
    NotesText 1..=4_000,
    /// Number of a certificate.
    CertificateNumberText 1..=100,
    /// Unit of a quantity.
    UnitText 1..=20,
}
