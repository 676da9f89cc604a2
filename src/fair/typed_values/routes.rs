//! `POST /typed-values`: what typed numbers mean.
use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};

use super::{QuantityName, parse, show};
use hoicho_core::i18n::{Language, MessageId};
use hoicho_spreadsheet::parse::{NumberContext, Quantity, column_decimal_mark, in_english, in_vietnamese};
use hoicho_web::{
    http::{ApiResponse, Body, FieldCode, Items, Problem, Validator, preferred_language},
    identity::SignedIn,
};

/// Max values of one request: a pasted block of the sales sheet.
const MAX_VALUES: usize = 5_000;
/// Max characters of a value.
const MAX_CHARACTERS: usize = 300;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ParseTypedValues {
    /// What the values count.
    quantity: QuantityName,
    /// ISO 4217 code for amounts; default VND.
    currency: Option<String>,
    /// Values as typed, 1 to 5,000 of at most 300 characters. They are one column: the unambiguous ones decide about decimal
    /// commas and points.
    #[schema(min_items = 1, max_items = 5000)]
    values: Vec<String>,
}

/// What a typed value means.
#[derive(Serialize, utoipa::ToSchema)]
struct TypedValueView {
    /// In the smallest unit: minor units of the currency, or square decimetres. Absent if the text is refused.
    value: Option<i64>,
    /// The value with its unit, to show under the field. Absent if the text is refused.
    text: Option<String>,
    /// An amount in words. Absent for other quantities, and if the text is refused.
    words: Option<String>,
    /// What is wrong and what to do, in the caller's language. Absent if the text is understood.
    error: Option<String>,
}

fn view(typed: &str, quantity: Quantity, context: NumberContext, language: Language) -> TypedValueView {
    match parse(typed, quantity, context) {
        Ok(value) => TypedValueView {
            value: Some(value),
            text: Some(show(quantity, value, language)),
            words: match (quantity, language) {
                (Quantity::Money(_), Language::Vi) => Some(in_vietnamese(value)),
                (Quantity::Money(_), Language::En) => Some(in_english(value)),
                (Quantity::Count | Quantity::Area, _) => None,
            },
            error: None,
        },
        Err(error) => {
            TypedValueView { value: None, text: None, words: None, error: Some(error.get(language).to_owned()) }
        }
    }
}

/// Parses numbers as people type them (`15,5 triệu`, `1.250.000đ`, `3x3m`), for pages that show what was understood before anything
/// is saved. A text with two readings is refused, and the error names both.
///
/// Every logged-in person. Nothing is stored; a value that is not understood has an `error` and does not fail the request.
#[utoipa::path(
    post,
    path = "/api/v1/typed-values",
    tag = "typed values",
    security(("session" = [])),
    request_body = ParseTypedValues,
    responses(
        (status = 200, body = Items<TypedValueView>),
        (status = 401),
        (status = 422),
    ),
)]
#[post("/typed-values")]
async fn parse_typed_values(
    req: HttpRequest,
    _caller: SignedIn,
    body: Body<ParseTypedValues>,
) -> Result<ApiResponse, Problem> {
    let ParseTypedValues { quantity, currency, values } = body.into_result()?;
    let mut checks = Validator::default();
    checks.require(
        (1..=MAX_VALUES).contains(&values.len()),
        "/values",
        FieldCode::Length,
        MessageId("error-typed-values-count").with_number("max", MAX_VALUES),
    );
    let currency = currency.unwrap_or_else(|| "VND".to_owned());
    let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    checks.require(is_code, "/currency", FieldCode::Currency, MessageId("error-invalid-currency"));
    for (ix, value) in values.iter().enumerate() {
        checks.require(
            value.chars().count() <= MAX_CHARACTERS,
            &format!("/values/{ix}"),
            FieldCode::Length,
            MessageId("error-text-length").with_number("max", MAX_CHARACTERS),
        );
    }
    checks.finish()?;
    let language = preferred_language(&req);
    let quantity = quantity.quantity(&currency);
    let decimal_mark = column_decimal_mark(values.iter().map(String::as_str));
    let context = NumberContext { title_unit: None, decimal_mark };
    let items = values.iter().map(|typed| view(typed, quantity, context, language)).collect();
    // Nothing is stored, so a repeated request needs no idempotency.
    ApiResponse::ok(&Items { items })
}

/// OpenAPI operations.
#[derive(utoipa::OpenApi)]
#[openapi(paths(parse_typed_values))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(parse_typed_values);
}
