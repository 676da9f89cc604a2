//! Questions before steps that cannot be undone. The button of such a form is named `_ask`, and its value is the question: what
//! will happen to whom. The script asks it in a dialog and adds the field `_confirmed`. Without the script the form arrives without
//! that field, and is not executed: the response is a page with the question, whose form sends the same fields confirmed.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    dev::ServiceRequest,
    http::{Uri, header},
    post,
};
use askama::Template;

use super::{
    page_context::{PageContext, render_page},
    submitted_form::{FORM_PREFIX, SubmittedForm},
};
use hoicho_core::i18n::Localizer;
use hoicho_web::http::{Code, Problem};

/// Path of the page. Only the form middleware leads to it.
const PATH: &str = "/confirm";

/// Max names in a question.
const MAX_NAMES: usize = 10;

/// A form that waits for its confirmation.
#[derive(Debug, Clone)]
struct UnconfirmedForm {
    question: String,
    /// Path that the form was sent to.
    action: String,
    /// Page of the form.
    back: String,
    fields: Vec<(String, String)>,
}

/// Last segments of the paths of operations that cannot be undone, besides deletions.
const IRREVERSIBLE: [&str; 5] = ["release", "no-show", "decline", "withdraw", "sales-reminders"];

/// Whether the operation at this path below `/form/` deletes, ends, finalises, or e-mails to many.
fn is_irreversible(sent: &SubmittedForm, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_more = match (sent.control_field("_method"), last) {
        // Deleting the early end of an edition takes it back.
        (Some("PUT"), "end") => true,
        (Some("DELETE"), last) => last != "end",
        (_, "apply") => path.contains("/allocation-runs/"),
        (_, "transitions") => matches!(sent.control_field("to"), Some("finalised" | "cancelled")),
        (_, _) => false,
    };
    is_more || IRREVERSIBLE.contains(&last)
}

/// The question of a form that must be confirmed first; `None` for other forms. A form that asks for the password again is
/// confirmed by it, and secrets are not written into a page.
fn unanswered_question(sent: &SubmittedForm, path: &str, localizer: Localizer) -> Option<String> {
    let has_secret = sent.fields.iter().any(|(name, _)| name.contains("password"));
    if has_secret || sent.file.is_some() || sent.control_field("_confirmed").is_some() {
        return None;
    }
    let general = || is_irreversible(sent, path).then(|| localizer.localize("confirm-irreversible"));
    sent.control_field("_ask").map(str::to_owned).or_else(general)
}

/// Turns the request of a form that must be confirmed into one of the page with the question. Returns whether it has.
pub(super) fn ask_first(req: &mut ServiceRequest, sent: &SubmittedForm, back: &str, localizer: Localizer) -> bool {
    let Some(question) = unanswered_question(sent, req.path(), localizer) else { return false };
    let mut fields: Vec<(String, String)> = sent.fields.iter().filter(|(name, _)| name != "_ask").cloned().collect();
    if sent.control_field("_back").is_none() {
        fields.push(("_back".to_owned(), back.to_owned()));
    }
    let form = UnconfirmedForm { question, action: req.path().to_owned(), back: back.to_owned(), fields };
    let uri = Uri::from_static(PATH);
    req.match_info_mut().get_mut().update(&uri);
    req.head_mut().uri = uri;
    req.extensions_mut().insert(form);
    true
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    page: PageContext,
    form: UnconfirmedForm,
}

/// Shows the question of a form.
#[post("/confirm")]
pub(super) async fn show_question(req: HttpRequest, mut page: PageContext) -> Result<HttpResponse, Problem> {
    let form = req.extensions_mut().remove::<UnconfirmedForm>().ok_or(Code::NotFound)?;
    if !form.action.starts_with(FORM_PREFIX) {
        return Err(Code::NotFound.into());
    }
    // Links to switch the language or to log in lead back to the form.
    page.path_and_query.clone_from(&form.back);
    let mut response = render_page(ConfirmPage { page, form }).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Names for a question: the first ones, and how many more there are.
pub(super) fn list_names(page: &PageContext, names: &[String]) -> String {
    let shown = names.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => shown,
        more => page.t_with2("confirm-names-more", "names", shown, "n", page.integer(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hoicho_core::i18n::Language;

    fn question(path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        unanswered_question(&SubmittedForm { fields, file: None }, path, Localizer(Language::En))
    }

    #[test]
    fn form_with_a_question_is_asked_until_it_is_confirmed() {
        assert_eq!(question("/form/zones/1", &[("_ask", "Delete A?")]).as_deref(), Some("Delete A?"));
        assert_eq!(question("/form/zones/1", &[("_ask", "Delete A?"), ("_confirmed", "yes")]), None);
    }

    #[test]
    fn irreversible_form_that_forgot_its_question_is_asked_nevertheless() {
        for path in [
            "/form/allocations/1/release",
            "/form/allocations/1/no-show",
            "/form/editions/x/sales-reminders",
            "/form/editions/x/allocation-runs/1/apply",
        ] {
            assert!(question(path, &[]).is_some(), "{path}");
            assert_eq!(question(path, &[("_confirmed", "yes")]), None, "{path}");
        }
        assert!(question("/form/zones/1", &[("_method", "DELETE")]).is_some());
        assert!(question("/form/editions/x/end", &[("_method", "PUT")]).is_some());
        assert_eq!(question("/form/editions/x/end", &[("_method", "DELETE")]), None);
        assert!(question("/form/editions/x/transitions", &[("to", "finalised")]).is_some());
        for path in ["/form/zones/1", "/form/allocations/1/offer", "/form/editions/x/imports/1/apply"] {
            assert_eq!(question(path, &[]), None, "{path}");
        }
    }

    #[test]
    fn form_with_a_password_is_confirmed_by_it() {
        assert_eq!(question("/form/me/erasure", &[("_ask", "Erase?"), ("password", "secret")]), None);
    }
}
