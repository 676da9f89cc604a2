//! Multipart form parsing.
use actix_multipart::Multipart;
use actix_web::{
    http::header::{self, HeaderMap},
    web::Bytes,
};
use futures_util::{StreamExt, stream};

use super::submitted_form::{SubmittedForm, UploadedFile};
use hoicho_web::http::{Code, Problem};

/// Max fields; further fields are ignored.
const MAX_FIELDS: usize = 2_000;

/// The `Content-Type` header, with its boundary, of a multipart request.
pub(super) fn content_type_header(headers: &HeaderMap) -> Option<HeaderMap> {
    let content_type = headers.get(header::CONTENT_TYPE)?;
    content_type.to_str().ok().filter(|value| value.starts_with("multipart/form-data"))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, content_type.clone());
    Some(headers)
}

/// Parses a multipart form. The caller limits the size of `body`.
pub(super) async fn parse(headers: HeaderMap, body: Bytes) -> Result<SubmittedForm, Problem> {
    let mut parts = Multipart::new(&headers, stream::once(async { Ok(body) }));
    let mut form = SubmittedForm::default();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Code::BadRequest)?;
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        let content_type =
            part.content_type().map_or_else(|| "application/octet-stream".to_owned(), ToString::to_string);
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            bytes.extend_from_slice(&chunk.map_err(|_| Code::BadRequest)?);
        }
        if let Some(name) = file_name {
            if !bytes.is_empty() {
                form.file = Some(UploadedFile { name, content_type, bytes: Bytes::from(bytes) });
            }
        } else if form.fields.len() < MAX_FIELDS {
            form.fields.push((name, String::from_utf8(bytes).map_err(|_| Code::BadRequest)?));
        }
    }
    Ok(form)
}
