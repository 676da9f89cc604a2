//! What every operation of the OpenAPI document says alike, so that programs can be generated from it.
use actix_web::http::StatusCode;
use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr,
    path::{Operation, PathItem},
    response::Response,
};

/// Says what a status means, and that errors are problems.
fn finish(status: &str, response: &mut Response) {
    let known: Option<StatusCode> = status.parse().ok();
    if response.description.is_empty() {
        response.description = known.and_then(|s| s.canonical_reason()).unwrap_or("Answer").to_owned();
    }
    if known.is_some_and(|s| s.is_client_error() || s.is_server_error()) && response.content.is_empty() {
        let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemView"))));
        response.content.insert("application/problem+json".to_owned(), RefOr::T(problem));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Finishes a document.
pub fn complete(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response {
                finish(status, response);
            }
        }
    }
}
