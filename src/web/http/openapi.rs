//! Post-processing of the OpenAPI document: adds what all operations share, so that client generators produce complete code.
use actix_web::http::StatusCode;
use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, Schema,
    path::{Operation, ParameterIn, PathItem},
    schema::ObjectBuilder,
};

use super::pagination;

/// Component name of the error response.
const PROBLEM: &str = "Problem";

/// Content of the error response.
fn problem() -> Content {
    Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemView"))))
}

/// Adds the default description of the status and, for errors, the problem content.
fn finish(status: &str, response: &mut Response) {
    let code: Option<StatusCode> = status.parse().ok();
    if response.description.is_empty() {
        response.description = code.and_then(|s| s.canonical_reason()).unwrap_or("Response").to_owned();
    }
    if code.is_some_and(|s| s.is_client_error() || s.is_server_error()) && response.content.is_empty() {
        response.content.insert("application/problem+json".to_owned(), RefOr::T(problem()));
    }
}

/// Adds the range of `limit` to every paginated list.
fn bound_limit(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.name == "limit" && matches!(parameter.parameter_in, ParameterIn::Query) {
            let integer = utoipa::openapi::schema::Type::Integer;
            let bounded =
                ObjectBuilder::new().schema_type(integer).minimum(Some(1)).maximum(Some(pagination::MAX_PAGE_SIZE));
            parameter.schema = Some(RefOr::T(Schema::Object(bounded.build())));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Applies the shared parts to all operations.
pub fn add_shared_parts(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        bound_limit(operation);
        let responses = &mut operation.responses.responses;
        for (status, response) in responses.iter_mut() {
            if let RefOr::T(response) = response {
                finish(status, response);
            }
        }
        // Errors that any operation may return: bad request, invalid token, rate limit, unavailable database.
        responses.insert("default".to_owned(), RefOr::Ref(Ref::from_response_name(PROBLEM)));
    }
    let mut problem_response = Response::new("The error and how to correct it");
    problem_response.content.insert("application/problem+json".to_owned(), RefOr::T(problem()));
    document.components.get_or_insert_default().responses.insert(PROBLEM.to_owned(), RefOr::T(problem_response));
}
