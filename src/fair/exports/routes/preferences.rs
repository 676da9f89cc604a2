//! What a request asks for.
use actix_web::HttpRequest;

use hoicho_core::i18n::Language;
use hoicho_web::http::{accepted_media, download::Form, preferred_language};
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
    let form = query.format.unwrap_or_else(|| Form::from_accept(accepted_media(req)));
    let language = query.language.unwrap_or_else(|| preferred_language(req));
    (language, form)
}
