//! The catalogue of errors of the API, as Markdown.
use std::fmt::Write;

use serde_json::json;
use strum::VariantArray;

use hoicho_core::i18n::Language;
use hoicho_web::http::{Code, FieldCode};

const INTRODUCTION: &str = "\
# Errors

Errors of the API are problems (RFC 9457, `application/problem+json`) with a stable `code`, a `title` and often a `detail` in the language
of the request, and the `request_id` by which the operator finds the request in the log. Codes may be added: treat an unknown one by its
status. This file is generated: `cargo run -- errors > docs/errors.md`.

## Codes of problems
";

const FIELDS: &str = "
## Codes of fields
A problem `invalid` lists in `errors` what is wrong with each field: `pointer` (JSON Pointer into the body, or the name of a parameter),
`code`, and `detail`, which says how to correct it in the language of the request.

| Code | What is wrong |
|---|---|
";

/// The status, title, meaning and example of every code, in the order of the statuses.
pub fn catalogue() -> String {
    let mut codes = Code::VARIANTS.to_vec();
    codes.sort_by_key(|code| code.status());
    let mut written = INTRODUCTION.to_owned();
    for code in codes {
        let (status, title) = (code.status(), code.title());
        let title = title.get(Language::En);
        let name = json!(code);
        let name = name.as_str().unwrap_or_default();
        let mut example = json!({ "status": status.as_u16(), "code": code, "title": title, "request_id": "q7Rk2mXc" });
        if let (Code::Invalid, Some(example)) = (code, example.as_object_mut()) {
            let detail = "The text must have 1 to 200 characters and no control characters.";
            example.insert(
                "errors".to_owned(),
                json!([{ "pointer": "/name", "code": FieldCode::Text, "detail": detail }]),
            );
        }
        let (meaning, action) = (code.meaning(), code.action());
        // Writing to a string does not fail.
        let _ = write!(
            written,
            "\n### `{name}` ({status})\n{meaning}\n\nWhat to do: {action}\n\n```json\n{example}\n```\n"
        );
    }
    written.push_str(FIELDS);
    for code in FieldCode::VARIANTS {
        let _ = writeln!(written, "| `{code}` | {} |", code.meaning());
    }
    written
}
