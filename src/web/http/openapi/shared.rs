//! Headers, parameters and responses that operations share.
use serde_json::{Map, Value, json};

/// Methods of operations in a path item.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What the parameters in paths identify.
const PATH_PARAMETERS: [(&str, &str); 28] = [
    ("allocation", "Identifier of the allocation."),
    ("application", "Identifier of the application."),
    ("booth", "Identifier of the booth."),
    ("date", "Day of the edition, `2026-03-03`."),
    ("deal", "Identifier of the deal."),
    ("delivery", "Identifier of the delivery."),
    ("document", "Identifier of the document."),
    ("edition", "Identifier or slug of the edition."),
    ("exhibitor", "Identifier of the organiser's record of the exhibitor."),
    ("hall", "Identifier of the hall."),
    ("import", "Identifier of the import."),
    ("invitation", "Identifier of the invitation."),
    ("key", "Identifier of the API key."),
    ("link_invitation", "Identifier of the invitation to link."),
    ("organisation", "Identifier of the organisation."),
    ("organiser", "Identifier of the organiser."),
    ("participant", "Identifier of the participant."),
    ("passkey", "Identifier of the passkey."),
    ("product", "Identifier of the product."),
    ("report", "Name of the report."),
    ("run", "Identifier of the allocation run."),
    ("series", "Identifier of the series."),
    ("session", "Identifier of the session."),
    ("sso_identity", "Identifier of the linked account."),
    ("table", "Name of the table."),
    ("user", "Identifier of the user."),
    ("venue", "Identifier of the venue."),
    ("webhook", "Identifier of the webhook endpoint."),
];

/// What the tags group.
const TAGS: [(&str, &str); 15] = [
    (
        "allocation",
        "Booths held for, offered to and confirmed by exhibitors; moves, swaps, runs that assign many at once.",
    ),
    ("applications", "Applications of exhibitors for an edition, their documents and decisions."),
    ("audit", "Who changed what."),
    ("auth", "Accounts, logins, second factors, passkeys and sessions of people."),
    ("editions", "Editions of a fair with their days, states, history, archives and exports."),
    ("exhibitors", "An organiser's records of exhibitors, with contacts, notes, tags, links and merges."),
    ("floor", "Zones, booths, prices and floor plans."),
    ("imports", "Files that are checked, applied and undone."),
    ("organisations", "Accounts of exhibitors with members, profile, products and documents."),
    ("organisers", "Organisers with their staff, venues, series and API keys."),
    ("sales", "Daily sales per booth, and signed deals."),
    ("statistics", "Figures of an edition and how complete they are."),
    ("typed values", "How a typed amount, day or time is read."),
    ("visits", "Gates and hourly counts of visits."),
    ("webhooks", "Endpoints that are told what happens, and their deliveries."),
];

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn text_header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn number_header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "integer", "minimum": 0 } })
}

/// Headers of responses.
fn headers() -> Value {
    json!({
        "ETag": text_header("Version of the resource or digest of the representation, for `If-Match` and `If-None-Match`."),
        "Link": text_header("Address of the next page (`rel=\"next\"`), if there is one."),
        "Location": text_header("Address of what was created."),
        "RateLimit-Limit": number_header("Requests per minute that the caller may send."),
        "RateLimit-Remaining": number_header("Requests that are left of them."),
        "RateLimit-Reset": number_header("Seconds until all of them are available again."),
        "Retry-After": number_header("Seconds until the request may succeed; absent if that is not known."),
        "WWW-Authenticate": text_header("How to authenticate (RFC 6750)."),
        "X-Request-Id": text_header("Identifier of the request in the server's log: the one that was sent, or a new one."),
    })
}

/// Parameters of requests.
fn parameters() -> Value {
    let header = |name: &str, description: &str, schema: Value| {
        json!({
            "name": name, "in": "header", "description": description, "schema": schema,
        })
    };
    let key = "Makes retries safe: the operation is executed once for a key of a caller within 24 hours, and a repeated request gets the \
               first response. 1 to 255 visible ASCII characters.";
    json!({
        "AcceptLanguage": header(
            "Accept-Language", "Language of texts: `vi` (default) or `en`, with quality values.", json!({ "type": "string" }),
        ),
        "IdempotencyKey": header(
            "Idempotency-Key", key, json!({ "type": "string", "minLength": 1, "maxLength": 255 }),
        ),
        "IfNoneMatch": header(
            "If-None-Match", "`ETag` of an earlier response: if it is still current, the response is 304.", json!({ "type": "string" }),
        ),
    })
}

/// A response with a problem, and these headers beside those of all responses.
fn problem(description: &str, extra: &[&str]) -> Value {
    let mut response = json!({
        "description": description,
        "content": { "application/problem+json": { "schema": reference("schemas", "ProblemView") } },
    });
    add_headers(&mut response, extra);
    response
}

/// Error responses that any operation may give.
fn responses() -> Value {
    json!({
        "Problem": problem("The error and how to correct it", &["Retry-After"]),
        "TooManyRequests": problem("The caller has sent more requests than its limit", &["Retry-After"]),
    })
}

/// Adds headers to a response, with those that every response has.
fn add_headers(response: &mut Value, names: &[&str]) {
    let common = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];
    let Some(response) = response.as_object_mut() else { return };
    let headers = response.entry("headers").or_insert_with(|| json!({}));
    for name in common.iter().chain(names) {
        if let Some(headers) = headers.as_object_mut() {
            headers.entry(*name).or_insert_with(|| reference("headers", name));
        }
    }
}

/// Headers of a response with this status beside the common ones.
fn headers_of(method: &str, status: &str, is_list: bool) -> &'static [&'static str] {
    match (method, status) {
        ("get", "200") if is_list => &["ETag", "Link"],
        ("get" | "put" | "patch", "200") => &["ETag"],
        (_, "201") => &["ETag", "Location"],
        (_, "401") => &["WWW-Authenticate"],
        (_, "409" | "429" | "503") => &["Retry-After"],
        (_, _) => &[],
    }
}

fn complete_responses(method: &str, operation: &mut Map<String, Value>) {
    let is_cursor = |parameter: &Value| parameter.get("name").is_some_and(|name| name == "cursor");
    let is_list = operation.get("parameters").and_then(Value::as_array).into_iter().flatten().any(is_cursor);
    let Some(all) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, response) in all.iter_mut().filter(|(_, response)| response.get("$ref").is_none()) {
        let is_error = status.starts_with(['4', '5']);
        if let Some(fields) = response.as_object_mut().filter(|fields| is_error && !fields.contains_key("content")) {
            let content = json!({ "application/problem+json": { "schema": reference("schemas", "ProblemView") } });
            fields.insert("content".to_owned(), content);
        }
        add_headers(response, headers_of(method, status, is_list));
    }
    all.entry("429").or_insert_with(|| reference("responses", "TooManyRequests"));
    // Bad request, invalid token, unavailable database.
    all.entry("default").or_insert_with(|| reference("responses", "Problem"));
}

fn complete_parameters(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let is_login = path.starts_with("/api/v1/auth/");
    let listed = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(listed) = listed.as_array_mut() else { return };
    for parameter in listed.iter_mut().filter_map(Value::as_object_mut) {
        let place = (parameter.get("in").and_then(Value::as_str), parameter.get("name").and_then(Value::as_str));
        let description = match place {
            (Some("header"), Some("If-Match")) => "`ETag` of the version that is changed, or `*` for any.",
            (Some("path"), Some(name)) => {
                let known = PATH_PARAMETERS.iter().find(|(known, _)| *known == name);
                known.map_or("", |(_, description)| *description)
            }
            (_, _) => "",
        };
        if !description.is_empty() {
            parameter.entry("description").or_insert_with(|| json!(description));
        }
    }
    match method {
        "get" => listed.push(reference("parameters", "IfNoneMatch")),
        // Logins are not stored: their responses contain tokens.
        "post" if !is_login => listed.push(reference("parameters", "IdempotencyKey")),
        _ => {}
    }
    listed.push(reference("parameters", "AcceptLanguage"));
}

/// Moves scopes of API keys into `x-scopes`. OpenAPI 3.1 allows roles of any scheme in `security`, but linters and generators written for
/// 3.0 take only those of OAuth.
fn complete_security(operation: &mut Map<String, Value>) {
    let mut scopes = Vec::new();
    for needed in operation.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
        for roles in needed.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_array_mut) {
            scopes.append(roles);
        }
    }
    if !scopes.is_empty() {
        operation.insert("x-scopes".to_owned(), Value::Array(scopes));
    }
}

/// Adds the shared components, and references to them, to all operations.
pub(super) fn add(document: &mut Value) {
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("headers".to_owned(), headers());
        components.insert("parameters".to_owned(), parameters());
        components.insert("responses".to_owned(), responses());
    }
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                complete_parameters(path, method, operation);
                complete_responses(method, operation);
                complete_security(operation);
            }
        }
    }
    if let Some(document) = document.as_object_mut() {
        let tags = TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description }));
        document.insert("tags".to_owned(), tags.collect());
    }
}
