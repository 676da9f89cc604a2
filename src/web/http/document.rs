//! What every operation of the OpenAPI document says alike, so that programs can be generated from it.
use actix_web::http::StatusCode;
use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, Schema,
    path::{Operation, ParameterIn, PathItem},
    schema::ObjectBuilder,
};

use super::page;

/// The name of the answer that tells what is wrong.
const PROBLEM: &str = "Problem";

/// A problem as the document has it.
fn problem() -> Content {
    Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemView"))))
}

/// Says what a status means, and that errors are problems.
fn finish(status: &str, response: &mut Response) {
    let known: Option<StatusCode> = status.parse().ok();
    if response.description.is_empty() {
        response.description = known.and_then(|s| s.canonical_reason()).unwrap_or("Answer").to_owned();
    }
    if known.is_some_and(|s| s.is_client_error() || s.is_server_error()) && response.content.is_empty() {
        response.content.insert("application/problem+json".to_owned(), RefOr::T(problem()));
    }
}

/// Says how many rows a page may have, wherever a list has pages.
fn bound_limit(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.name == "limit" && matches!(parameter.parameter_in, ParameterIn::Query) {
            let of = utoipa::openapi::schema::Type::Integer;
            let bounded = ObjectBuilder::new().schema_type(of).minimum(Some(1)).maximum(Some(page::MOST));
            parameter.schema = Some(RefOr::T(Schema::Object(bounded.build())));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Finishes a document.
pub fn complete(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        bound_limit(operation);
        let responses = &mut operation.responses.responses;
        for (status, response) in responses.iter_mut() {
            if let RefOr::T(response) = response {
                finish(status, response);
            }
        }
        // What any operation may answer: a bad request or token, too many requests, a database that is away.
        responses.insert("default".to_owned(), RefOr::Ref(Ref::from_response_name(PROBLEM)));
    }
    let mut any = Response::new("What is wrong, and what to do");
    any.content.insert("application/problem+json".to_owned(), RefOr::T(problem()));
    document.components.get_or_insert_default().responses.insert(PROBLEM.to_owned(), RefOr::T(any));
}
