//! Post-processing of the OpenAPI document: adds what all operations share, so that client generators produce complete code.
mod references;
mod shared;

use actix_web::http::StatusCode;
use serde_json::Value;
use utoipa::openapi::{
    OpenApi, RefOr, Response, Schema,
    path::{Operation, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
};

use super::pagination;

/// Adds the range of `limit` to every paginated list.
fn bound_limit(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.name == "limit" && matches!(parameter.parameter_in, ParameterIn::Query) {
            let bounded = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
            let bounded = bounded.maximum(Some(pagination::MAX_PAGE_SIZE));
            parameter.schema = Some(RefOr::T(Schema::Object(bounded.build())));
        }
    }
}

/// Adds the default description of the status.
fn describe(status: &str, response: &mut Response) {
    if response.description.is_empty() {
        let code: Option<StatusCode> = status.parse().ok();
        response.description = code.and_then(|s| s.canonical_reason()).unwrap_or("Response").to_owned();
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// The document with the shared parts of all operations: headers, parameters, error responses and references.
pub fn complete(mut document: OpenApi) -> Value {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        bound_limit(operation);
        for (status, response) in operation.responses.responses.iter_mut() {
            if let RefOr::T(response) = response {
                describe(status, response);
            }
        }
    }
    // The types of utoipa have neither shared parameters nor shared headers.
    let mut document = serde_json::json!(document);
    shared::add(&mut document);
    references::restore(&mut document);
    document
}
