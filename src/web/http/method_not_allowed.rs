//! Requests that no route takes, judged by the OpenAPI document: `OPTIONS` of a known path, including the preflight requests of other
//! origins, gets its methods; any other method 405 with `Allow`; an unknown path 404.
use actix_web::{
    HttpRequest, HttpResponse,
    dev::ResourceDef,
    http::{
        Method,
        header::{self, HeaderValue},
    },
};
use serde_json::Value;

use super::{code::Code, cors, negotiation::preferred_language, problem::Problem, request_id::RequestId};

/// Path patterns of the document with their allowed methods.
pub struct AllowedMethods(Vec<(ResourceDef, HeaderValue)>);

impl AllowedMethods {
    /// Builds the table from an OpenAPI document.
    pub fn from_openapi(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let allowed = |operations: &Value| {
            let methods = operations.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            let mut methods: Vec<String> = methods.collect();
            if methods.iter().any(|method| method == "GET") {
                methods.push("HEAD".to_owned());
            }
            methods.push("OPTIONS".to_owned());
            HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
        };
        Self(paths.map(|(path, operations)| (ResourceDef::new(path.as_str()), allowed(operations))).collect())
    }

    /// The response to an unmatched request.
    pub fn response(&self, req: &HttpRequest) -> HttpResponse {
        let problem = |code| Problem::from(code).response(preferred_language(req), RequestId::of(req).as_ref());
        // Patterns are sorted and `{` sorts after letters, so a literal segment matches before a parameter.
        let mut matches = self.0.iter().filter(|(pattern, _)| pattern.is_match(req.path()));
        let Some((_, allowed)) = matches.next() else { return problem(Code::NotFound) };
        let mut response = match *req.method() {
            Method::OPTIONS => HttpResponse::NoContent().finish(),
            _ => problem(Code::MethodNotAllowed),
        };
        let headers = response.headers_mut();
        headers.insert(header::ALLOW, allowed.clone());
        if req.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            cors::allow_preflight(headers, allowed);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn known_path_gets_405_with_allow() {
        let document = serde_json::json!({ "paths": { "/x/{id}": { "get": {}, "patch": {} } } });
        let methods = AllowedMethods::from_openapi(&document);
        let refuse = |method: Method, path: &str| {
            let response = methods.response(&TestRequest::with_uri(path).method(method).to_http_request());
            let allow = response.headers().get(header::ALLOW).map(|v| v.to_str().unwrap_or_default().to_owned());
            (response.status().as_u16(), allow)
        };
        let allowed = Some("GET, PATCH, HEAD, OPTIONS".to_owned());
        assert_eq!(refuse(Method::PUT, "/x/5"), (405, allowed.clone()));
        assert_eq!(refuse(Method::OPTIONS, "/x/5"), (204, allowed));
        assert_eq!(refuse(Method::OPTIONS, "/y/5"), (404, None));
        assert_eq!(refuse(Method::PUT, "/y/5"), (404, None));
    }
}
