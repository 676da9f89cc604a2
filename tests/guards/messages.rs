//! All texts of the console are in the message files of both languages, and every message is used.
use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use strum::VariantArray;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// The arguments of a pattern.
fn blanks(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => drop(into.insert(id.name.to_owned())),
            // A blank that a script fills, spelled as the script searches for it.
            Expression::Inline(InlineExpression::StringLiteral { value }) if value.starts_with('{') => {
                assert!(!value.contains(' '), "a script does not find {value}");
                into.insert((*value).to_owned());
            }
            Expression::Inline(_) => {}
            // The selector of a plural may be in one language only.
            Expression::Select { variants, .. } => variants.iter().for_each(|v| blanks(&v.value, into)),
        }
    }
}

/// Messages of a language with their arguments.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    crate::files(std::path::Path::new(&format!("{SOURCE}/core/i18n/messages/{language}")), &mut files);
    let mut all = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let parsed =
            parser::parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
        for entry in parsed.body {
            let Entry::Message(message) = entry else { continue };
            let mut named = BTreeSet::new();
            blanks(&message.value.unwrap(), &mut named);
            let before = all.insert(message.id.name.to_owned(), named);
            assert!(before.is_none(), "{} is there twice in {language}", message.id.name);
        }
    }
    all
}

/// Keys that the code uses: in full, and as prefixes.
fn asked() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut keys = BTreeSet::new();
    // Composed in http/problem.rs, i18n/countries.rs and by the columns of tables.
    let mut sets = BTreeSet::from(
        ["problem", "country", "column", "exhibitor-role", "yes-no", "sales-channel"].map(str::to_owned),
    );
    let mut sources = Vec::new();
    crate::files(std::path::Path::new(SOURCE), &mut sources);
    for file in sources {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in ["MessageId(\"", ".localize(\"", ".localize_with(\"", ".localize_value(\""] {
            for (at, _) in text.match_indices(call) {
                let key = text.get(at + call.len()..).unwrap().split('"').next().unwrap().to_owned();
                if call.contains("value") {
                    sets.insert(key)
                } else {
                    keys.insert(key)
                };
            }
        }
    }
    let mut files = Vec::new();
    crate::files(std::path::Path::new(&format!("{SOURCE}/console")), &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (call, into) in
            [(".t(", true), (".t_with(", true), (".t_with2(", true), (".t_count(", true), (".t_value(", false)]
        {
            for (at, _) in text.match_indices(call) {
                let rest: String = text.get(at + call.len()..).unwrap().chars().take(160).collect();
                let rest = rest.split(')').next().unwrap();
                // The first argument of the call, if it is a literal.
                if let Some(key) = rest.split('"').nth(1).filter(|_| rest.contains('"')) {
                    let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
                    if is_key && !key.is_empty() {
                        if into {
                            keys.insert(key.to_owned())
                        } else {
                            sets.insert(key.to_owned())
                        };
                    }
                }
            }
        }
        // Keys in form fields and in tables of the code.
        for piece in text.split('"').skip(1).step_by(2) {
            if piece.starts_with("done-") || (file.extension().is_some_and(|e| e == "rs") && piece.contains('-')) {
                keys.insert(piece.to_owned());
            }
        }
    }
    (keys, sets)
}

#[test]
fn languages_have_the_same_messages_and_arguments() {
    let (vi, en) = (messages("vi"), messages("en"));
    assert!(vi.len() > 300, "{}", vi.len());
    let only = |a: &BTreeMap<String, _>, b: &BTreeMap<String, _>| -> Vec<String> {
        a.keys().filter(|k| !b.contains_key(*k)).cloned().collect()
    };
    assert_eq!((only(&vi, &en), only(&en, &vi)), (vec![], vec![]));
    for (key, blanks) in &vi {
        assert_eq!(blanks, &en[key], "{key}");
    }
}

#[test]
fn messages_are_complete_and_used() {
    let vi = messages("vi");
    let (keys, sets) = asked();
    let asked_for = |key: &str| keys.contains(key) || sets.iter().any(|set| key.starts_with(&format!("{set}-")));
    let unused: Vec<&String> = vi.keys().filter(|key| !asked_for(key)).collect();
    assert!(unused.is_empty(), "unused messages: {unused:?}");
    let literal = |key: &&String| !key.contains('/') && !key.contains(' ') && !key.contains('.');
    let mut files = Vec::new();
    crate::files(std::path::Path::new(&format!("{SOURCE}/console")), &mut files);
    // Every key that a template or a page handler names must exist.
    let mut missing = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in ["page.t(", "page.t_with(", "page.t_with2(", "page.t_count("] {
            for (at, _) in text.match_indices(call) {
                // The arguments of a long call are on lines of their own.
                let arguments = text.get(at + call.len()..).unwrap().trim_start();
                let Some(key) = arguments.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                if !vi.contains_key(key) {
                    missing.insert(key.to_owned());
                }
            }
        }
    }
    let done =
        keys.iter().filter(|k| k.starts_with("done-") && k.len() > 5).filter(literal).filter(|k| !vi.contains_key(*k));
    missing.extend(done.cloned());
    assert!(missing.is_empty(), "there is no message for {missing:?}");
    for set in &sets {
        assert!(vi.keys().any(|key| key.starts_with(&format!("{set}-"))), "there is no message of the set {set}");
    }
}

#[test]
fn enum_values_have_messages() {
    use hoicho_core::states::{
        AllocationState, ApplicationState, BoothAvailability, EditionPhase, EditionState, ReportState, RunState,
    };
    use hoicho_fair::{
        applications::documents::DocumentKind, floor::BoothCategory, organisations::LegalForm, products::ProductGroup,
        sales::deals::DealKind,
    };
    use hoicho_web::identity::{OrganisationRole, OrganiserRole};
    fn values<T: VariantArray + serde::Serialize>(set: &str) -> Vec<String> {
        let name = |v: &T| serde_json::to_value(v).unwrap().as_str().unwrap().replace(['_', ':', '.'], "-");
        T::VARIANTS.iter().map(|v| format!("{set}-{}", name(v))).collect()
    }
    let vi = messages("vi");
    let all = [
        values::<EditionState>("edition-state"),
        values::<EditionPhase>("edition-phase"),
        values::<ApplicationState>("application-state"),
        values::<ApplicationState>("my-application-state"),
        values::<AllocationState>("allocation-state"),
        values::<RunState>("run-state"),
        values::<ReportState>("report-state"),
        values::<DocumentKind>("document-kind"),
        values::<LegalForm>("legal-form"),
        values::<BoothAvailability>("availability"),
        values::<BoothCategory>("booth-category"),
        values::<OrganiserRole>("organiser-role"),
        values::<OrganisationRole>("organisation-role"),
        values::<ProductGroup>("product-group"),
        values::<DealKind>("deal-kind"),
        values::<hoicho_fair::statistics::Report>("report-name"),
        values::<hoicho_fair::exports::RecordTable>("record-table"),
        values::<hoicho_fair::sales::lines::Channel>("sales-channel"),
        values::<hoicho_web::http::Code>("problem"),
        values::<hoicho_web::identity::KeyScope>("key-scope"),
        values::<hoicho_web::identity::KeyScope>("key-scope-may"),
        values::<hoicho_web::audit::EventType>("event-type"),
        values::<hoicho_fair::webhooks::DisabledReason>("hook-off"),
        values::<hoicho_core::states::DeliveryState>("delivery"),
    ];
    let missing: Vec<String> = all.into_iter().flatten().filter(|key| !vi.contains_key(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Text between the tags of a template is untranslated.
#[test]
fn templates_contain_no_untranslated_text() {
    let mut files = Vec::new();
    crate::files(std::path::Path::new(&format!("{SOURCE}/console/templates")), &mut files);
    let known = ["hoicho", "API", "JSON", "CSV", "Excel", "Tiếng", "Việt", "English"];
    for file in files {
        let mut text = std::fs::read_to_string(&file).unwrap();
        // Blocks that contain a class or a URL.
        for block in ["{% block main_class %}", "{% block manifest %}"] {
            if let Some(at) = text.find(block) {
                let end = at + text.get(at..).unwrap().find("{% endblock %}").unwrap();
                text.replace_range(at..end, "");
            }
        }
        let mut outside = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['<', '{']) {
            outside.push_str(rest.get(..at).unwrap());
            outside.push(' ');
            let end = if rest.get(at..).unwrap().starts_with('<') {
                // A tag ends after the expressions inside it.
                let mut depth = 0;
                let mut end = rest.len();
                for (i, c) in rest.char_indices().skip_while(|(i, _)| *i < at) {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        '>' if depth == 0 => {
                            end = i + 1;
                            break;
                        }
                        _ => {}
                    }
                }
                end
            } else {
                let tag = rest.get(at..).unwrap();
                let pairs = [("{{", "}}"), ("{#", "#}"), ("{%", "%}")];
                let close = pairs.into_iter().find(|(open, _)| tag.starts_with(open)).map_or("}", |(_, close)| close);
                tag.find(close).map_or(at + 1, |i| at + i + 2)
            };
            rest = rest.get(end..).unwrap();
        }
        outside.push_str(rest);
        let words: Vec<&str> = outside
            .split(|c: char| !c.is_alphabetic())
            .filter(|w| w.chars().count() > 1 && !known.contains(w) && !["amp", "lt", "nbsp"].contains(w))
            .collect();
        assert!(words.is_empty(), "{}: {words:?}", file.display());
    }
}
