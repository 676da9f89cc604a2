//! What a request asks for.
use actix_web::{HttpRequest, http::header};

use hoicho_core::i18n::Language;
use hoicho_web::http::download::Form;
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportQuery {
    /// `csv` or `xlsx`; default by the `Accept` header.
    format: Option<Form>,
    /// `vi` or `en`; default by the `Accept-Language` header.
    language: Option<Language>,
}

/// Language and file format that a request asks for.
pub(super) fn preferences(req: &HttpRequest, query: ExportQuery) -> (Language, Form) {
    let value = |name: header::HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
    let form = query.format.unwrap_or_else(|| Form::from_accept(value(header::ACCEPT).unwrap_or_default()));
    let language = query.language.unwrap_or_else(|| Language::from_header(value(header::ACCEPT_LANGUAGE)));
    (language, form)
}
