//! A method that an address does not know is told so (405 with `Allow`), apart from an address that is not there.
use actix_web::{
    HttpResponse,
    dev::ResourceDef,
    http::header::{self, HeaderValue},
};
use serde_json::Value;

use super::problem::{Code, Problem};
use hoicho_core::i18n::Language;

/// What each address of the document takes.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    /// Reads an OpenAPI document.
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let allowed = |operations: &Value| {
            let methods = operations.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            methods.collect::<Vec<_>>().join(", ")
        };
        Self(paths.map(|(path, operations)| (ResourceDef::new(path.as_str()), allowed(operations))).collect())
    }

    /// The answer to a request that no operation took: 405 where another method would do, else 404.
    pub fn refuse(&self, path: &str, language: Language) -> HttpResponse {
        // A fixed word is meant before a name that could be the same.
        let mut found = self.0.iter().filter(|(pattern, _)| pattern.is_match(path));
        let Some((_, allowed)) = found.next() else { return Problem::from(Code::NotFound).response(language) };
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
    fn an_address_that_is_there_tells_its_methods() {
        let document = serde_json::json!({ "paths": { "/x/{id}": { "get": {}, "patch": {} } } });
        let methods = Methods::of(&document);
        let refused = |path: &str| {
            let answer = methods.refuse(path, Language::En);
            let allow = answer.headers().get(header::ALLOW).map(|v| v.to_str().unwrap_or_default().to_owned());
            (answer.status().as_u16(), allow)
        };
        assert_eq!(refused("/x/5"), (405, Some("GET, PATCH".to_owned())));
        assert_eq!(refused("/y/5"), (404, None));
    }
}
