//! Rejects query parameters that the OpenAPI document does not list, so that a misspelt filter is an error and not ignored.
use hoicho_core::i18n::MessageId;
use std::collections::{BTreeSet, HashMap};

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use serde_json::Value;

use super::{code::Code, problem::Problem};

/// Documented query parameters by method and path pattern.
pub struct KnownParameters(HashMap<(String, String), BTreeSet<String>>);

impl KnownParameters {
    /// Builds the table from an OpenAPI document.
    pub fn from_openapi(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let mut known = HashMap::new();
        for (path, operations) in paths {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                let listed = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
                let names = listed
                    .filter(|p| p.get("in").and_then(Value::as_str) == Some("query"))
                    .filter_map(|p| p.get("name").and_then(Value::as_str).map(str::to_owned));
                known.insert((method.to_uppercase(), path.clone()), names.collect());
            }
        }
        Self(known)
    }

    /// The first undocumented parameter of `query`, with the documented ones; `None` if there is none or the operation is not
    /// in the document.
    fn unknown<'a>(&'a self, method: &str, pattern: &str, query: &str) -> Option<(String, &'a BTreeSet<String>)> {
        let known = self.0.get(&(method.to_owned(), pattern.to_owned()))?;
        let sent: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        sent.into_iter().map(|(name, _)| name).find(|name| !known.contains(name)).map(|name| (name, known))
    }
}

/// Middleware that rejects undocumented query parameters with 400.
pub async fn reject_unknown(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    if req.query_string().is_empty() {
        return next.call(req).await;
    }
    let problem =
        req.app_data::<web::Data<KnownParameters>>().zip(req.match_pattern()).and_then(|(parameters, pattern)| {
            let (name, known) = parameters.unknown(req.method().as_str(), &pattern, req.query_string())?;
            let name: String = name.chars().take(40).collect();
            let known = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            Some(Problem::new(
                Code::BadRequest,
                MessageId("error-unknown-parameter").with_args(&[("name", &name), ("known", &known)]),
            ))
        });
    match problem {
        Some(problem) => Ok(req.error_response(problem)),
        None => next.call(req).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undocumented_parameters_are_detected() {
        let document = serde_json::json!({ "paths": { "/x/{id}": { "get": { "parameters": [
            { "in": "query", "name": "limit" }, { "in": "path", "name": "id" },
        ] } } } });
        let parameters = KnownParameters::from_openapi(&document);
        let unknown = |query: &str| parameters.unknown("GET", "/x/{id}", query).map(|(name, _)| name);
        assert_eq!(unknown("limit=5"), None);
        assert_eq!(unknown("limit=5&id=3"), Some("id".to_owned()));
        assert_eq!(unknown("off%73et=3"), Some("offset".to_owned()));
        assert!(parameters.unknown("POST", "/x/{id}", "a=b").is_none(), "undocumented operations are not checked");
    }
}
