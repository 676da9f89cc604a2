//! Distinguishes 405 (with `Allow`) from 404 for unmatched requests, based on the OpenAPI document.
use actix_web::{
    HttpResponse,
    dev::ResourceDef,
    http::header::{self, HeaderValue},
};
use serde_json::Value;

use super::problem::{Code, Problem};
use hoicho_core::i18n::Language;

/// Path patterns of the document with their allowed methods.
pub struct AllowedMethods(Vec<(ResourceDef, String)>);

impl AllowedMethods {
    /// Builds the table from an OpenAPI document.
    pub fn from_openapi(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let allowed = |operations: &Value| {
            let methods = operations.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            methods.collect::<Vec<_>>().join(", ")
        };
        Self(paths.map(|(path, operations)| (ResourceDef::new(path.as_str()), allowed(operations))).collect())
    }

    /// The response to an unmatched request: 405 if the path supports other methods, otherwise 404.
    pub fn response(&self, path: &str, language: Language) -> HttpResponse {
        // Patterns are sorted and `{` sorts after letters, so a literal segment matches before a parameter.
        let mut matches = self.0.iter().filter(|(pattern, _)| pattern.is_match(path));
        let Some((_, allowed)) = matches.next() else { return Problem::from(Code::NotFound).response(language) };
        let mut response = Problem::from(Code::MethodNotAllowed).response(language);
        if let Ok(allowed) = HeaderValue::from_str(allowed) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_path_gets_405_with_allow() {
        let document = serde_json::json!({ "paths": { "/x/{id}": { "get": {}, "patch": {} } } });
        let methods = AllowedMethods::from_openapi(&document);
        let refuse = |path: &str| {
            let response = methods.response(path, Language::En);
            let allow = response.headers().get(header::ALLOW).map(|v| v.to_str().unwrap_or_default().to_owned());
            (response.status().as_u16(), allow)
        };
        assert_eq!(refuse("/x/5"), (405, Some("GET, PATCH".to_owned())));
        assert_eq!(refuse("/y/5"), (404, None));
    }
}
