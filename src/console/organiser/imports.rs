//! `/manage/{edition}/imports`: upload a table, map its columns, check what was understood, import it.
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::edition_context::{EditionContext, Tab};
use crate::{
    page_context::{PageContext, render_page},
    select_options::SelectOption,
};
use hoicho_core::{states::ImportState, values::ids::ImportId};
use hoicho_fair::imports::{
    self, FaultView, ImportKind, ImportSummaryView, ImportView, OutcomeView, Sum, UnderstoodRowView,
};
use hoicho_web::{
    http::{Problem, Query},
    identity::{Action, OrganiserRole, Permit},
};

/// Permission to import tables.
struct ManageImports;
impl Action for ManageImports {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Errors listed on the page; the file of bad rows has all.
const MAX_LISTED: usize = 100;

/// Imports listed on the page.
const MAX_RECENT: i64 = 50;

/// A tab that the kind of table belongs to.
fn tab(kind: ImportKind) -> Tab {
    match kind {
        ImportKind::Booths => Tab::Floor,
        ImportKind::Exhibitors | ImportKind::Products => Tab::Applications,
        ImportKind::Sales => Tab::Sales,
        ImportKind::Visits => Tab::Visits,
    }
}

#[derive(Template)]
#[template(path = "organiser/imports.html")]
struct Imports {
    page: PageContext,
    context: EditionContext,
    kinds: Vec<SelectOption>,
    recent: Vec<ImportSummaryView>,
}

impl Imports {
    fn created_at(&self, import: &ImportSummaryView) -> String {
        self.page.date_time(&self.context.edition.time_zone, &import.created_at.naive_utc())
    }
}

#[derive(Deserialize)]
struct ImportsQuery {
    kind: Option<ImportKind>,
}

/// Shows the form for a new import, and the recent ones.
#[get("/manage/{edition}/imports")]
pub(super) async fn show_imports(
    page: PageContext,
    permit: Permit<ManageImports>,
    query: Query<ImportsQuery>,
) -> Result<HttpResponse, Problem> {
    let chosen = query.into_result()?.kind;
    let tab = tab(chosen.unwrap_or(ImportKind::Sales));
    let data = permit.read(move |tx, authorized| {
        let recent = imports::find_recent(tx, authorized.edition()?, MAX_RECENT)?;
        Ok((EditionContext::load(tx, &authorized, tab)?, recent))
    });
    let (context, recent) = data.await?;
    let kind = |kind: &ImportKind| SelectOption::new(*kind, page.t_value("import-kind", kind), chosen == Some(*kind));
    let kinds = <ImportKind as strum::VariantArray>::VARIANTS.iter().map(kind).collect();
    render_page(Imports { page, context, kinds, recent }).await
}

/// A field with the columns it can take.
struct FieldLine {
    name: String,
    label: String,
    is_required: bool,
    columns: Vec<SelectOption>,
    /// Name of the field of the unit, and its choices; empty without.
    unit_name: String,
    units: Vec<SelectOption>,
    is_given_once: bool,
    value_name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "organiser/import.html")]
struct Import {
    page: PageContext,
    context: EditionContext,
    import: ImportView,
    fields: Vec<FieldLine>,
}

impl Import {
    fn path(&self) -> String {
        format!("/manage/{}/imports/{}", self.context.edition.slug, self.import.id)
    }
    fn api_path(&self) -> String {
        format!("editions/{}/imports/{}", self.context.edition.slug, self.import.id)
    }
    fn is_open(&self) -> bool {
        matches!(self.import.state, ImportState::Uploaded | ImportState::Checked)
    }
    fn is_applied(&self) -> bool {
        self.import.state == ImportState::Applied
    }
    fn is_interrupted(&self) -> bool {
        self.import.state == ImportState::Interrupted
    }
    /// Rows that are done, and all of them, while it is written or undone.
    fn running(&self) -> Option<(String, String)> {
        let progress = self.import.progress.as_ref()?;
        let is_running = matches!(self.import.state, ImportState::Applying | ImportState::Undoing);
        is_running.then(|| (self.page.integer(progress.done), self.page.integer(progress.all)))
    }
    /// Rows of the fair that an interrupted import made.
    fn made(&self) -> String {
        self.page.integer(self.import.made.unwrap_or_default())
    }
    fn is_undone(&self) -> bool {
        self.import.state == ImportState::Undone
    }
    /// The question before the import is undone.
    fn undo_question(&self) -> String {
        let (added, changed) = self.import.outcome.as_ref().map_or((0, 0), |o| (o.added, o.changed));
        let [added, changed] = [added, changed].map(|n| self.page.integer(n));
        self.page.t_with2("import-undo-ask", "added", added, "changed", changed)
    }
    fn must_confirm(&self) -> bool {
        self.outcome().is_some_and(|outcome| !outcome.to_confirm.is_empty())
    }
    fn has_bad_rows(&self) -> bool {
        self.outcome().is_some_and(|outcome| outcome.bad_rows > 0)
    }
    fn outcome(&self) -> Option<&OutcomeView> {
        self.import.outcome.as_ref()
    }
    /// Sheets that are not imported.
    fn other_sheets(&self) -> String {
        let others = self.import.sheets.iter().filter(|sheet| sheet.name != self.import.sheet);
        others.map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ")
    }
    /// Rows that the workbook does not show.
    fn hidden_rows(&self) -> usize {
        let passed = self.import.outcome.iter().flat_map(|outcome| &outcome.passed);
        passed.filter(|row| row.why == imports::Passed::Hidden).count()
    }
    /// Sums by day, and by zone.
    fn sums(&self) -> Vec<&[Sum]> {
        self.import.outcome.iter().flat_map(|o| [o.by_day.as_slice(), o.by_zone.as_slice()]).collect()
    }
    /// The first and the last rows as understood.
    fn rows(&self) -> Vec<&UnderstoodRowView> {
        self.import.outcome.iter().flat_map(|o| o.first_rows.iter().chain(&o.last_rows)).collect()
    }
    /// Errors, values to confirm, and other remarks.
    fn remarks(&self) -> Vec<&str> {
        let all = |o| -> [&Vec<FaultView>; 3] {
            let o: &OutcomeView = o;
            [&o.faults, &o.to_confirm, &o.warnings]
        };
        let remarks = self.import.outcome.iter().flat_map(all).flatten();
        remarks.map(|remark| remark.detail.as_str()).take(MAX_LISTED).collect()
    }
    fn total(&self, sum: &Sum) -> String {
        match self.import.kind {
            ImportKind::Booths | ImportKind::Sales => self.page.money(sum.total),
            ImportKind::Exhibitors | ImportKind::Products | ImportKind::Visits => self.page.integer(sum.total),
        }
    }
}

/// Shows an import: its columns, what a check understood, and the buttons for the next step.
#[get("/manage/{edition}/imports/{import}")]
pub(super) async fn show_import(
    page: PageContext,
    permit: Permit<ManageImports>,
    path: web::Path<(String, ImportId)>,
) -> Result<HttpResponse, Problem> {
    let (id, language) = (path.1, page.language());
    let data = permit.read_long(move |tx, authorized| {
        let import = imports::find_view(tx, authorized.edition()?, id, language)?;
        Ok((EditionContext::load(tx, &authorized, tab(import.kind))?, import))
    });
    let ((context, import), _) = data.await?;
    let field = |field: &imports::FieldView| {
        let column = |c: &imports::ColumnView| {
            let label = [c.column.as_str(), c.title.as_str(), &c.samples.join("; ")].join(" · ");
            SelectOption::new(&c.column, label, c.field.as_deref() == Some(field.name))
        };
        let unit = |unit: &imports::UnitName| {
            SelectOption::new(*unit, page.t_value("import-unit", unit), field.chosen_unit == Some(*unit))
        };
        FieldLine {
            name: format!("columns.{}", field.name),
            label: page.t_value("import-field", field.name),
            is_required: field.is_needed,
            columns: import.columns.iter().map(column).collect(),
            unit_name: format!("units.{}", field.name),
            units: field.units.iter().map(unit).collect(),
            is_given_once: field.is_given_once,
            value_name: format!("values.{}", field.name),
            value: field.value.clone().unwrap_or_default(),
        }
    };
    let fields = import.fields.iter().map(field).collect();
    render_page(Import { page, context, import, fields }).await
}
