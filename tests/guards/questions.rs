//! Every form of a step that cannot be undone asks first.
use std::path::{Path, PathBuf};

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/console/templates");

/// Ends of the paths of steps that cannot be undone. `{{ action }}` is a step that the page chooses.
const STEPS: [&str; 7] =
    ["/release", "/no-show", "/decline", "/withdraw", "/sales-reminders", "/me/erasure", "/{{ action }}"];

/// The forms of a template that are sent by `POST`.
fn forms(template: &str) -> impl Iterator<Item = &str> {
    let form = |start: usize| template.get(start..).and_then(|rest| rest.split("</form>").next());
    template.match_indices("<form").filter_map(move |(start, _)| form(start)).filter(|f| f.contains("method=\"post\""))
}

fn action(form: &str) -> &str {
    form.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// Whether a form deletes, ends, finalises, e-mails to many, or applies an allocation run. Deleting the early end of an edition takes
/// it back.
fn is_irreversible(form: &str) -> bool {
    let action = action(form);
    let is_deletion = form.contains("value=\"DELETE\"");
    (is_deletion != action.ends_with("/end"))
        || form.contains("value=\"finalised\"")
        || STEPS.iter().any(|step| action.ends_with(step))
        || (action.contains("/allocation-runs/") && action.ends_with("/apply"))
}

#[test]
fn every_irreversible_form_has_a_question() {
    let mut files: Vec<PathBuf> = Vec::new();
    crate::files(Path::new(TEMPLATES), &mut files);
    let (mut asking, mut silent) = (0, Vec::new());
    for file in files {
        let template = std::fs::read_to_string(&file).unwrap();
        // The former attribute of a button, which only the script asked.
        assert!(!template.contains("data-ask"), "{}", file.display());
        for form in forms(&template).filter(|form| is_irreversible(form)) {
            if form.contains("name=\"_ask\" value=\"{{") {
                asking += 1;
            } else {
                silent.push(format!("{}: {}", file.display(), action(form)));
            }
        }
    }
    assert!(silent.is_empty(), "no question: {silent:#?}");
    assert!(asking > 15, "{asking}");
}

#[test]
fn forms_that_delete_and_those_that_save_are_told_apart() {
    let delete = "<form method=\"post\" action=\"/form/x\"><input name=\"_method\" value=\"DELETE\"></form>";
    let save = "<form method=\"post\" action=\"/form/x\"><button>Save</button></form>";
    let found: Vec<bool> = forms(&format!("{save}{delete}")).map(is_irreversible).collect();
    assert_eq!(found, [false, true]);
    assert!(is_irreversible("<form method=\"post\" action=\"/form/allocations/{{ id }}/release\">"));
}
