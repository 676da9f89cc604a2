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
use hoicho_fair::imports::{self, FaultView, ImportKind, ImportView, OutcomeView, Sum, UnderstoodRowView};
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
}

#[derive(Deserialize)]
struct ImportsQuery {
    kind: Option<ImportKind>,
}

/// Shows the form for a new import.
#[get("/manage/{edition}/imports")]
pub(super) async fn show_imports(
    page: PageContext,
    permit: Permit<ManageImports>,
    query: Query<ImportsQuery>,
) -> Result<HttpResponse, Problem> {
    let chosen = query.into_result()?.kind;
    let tab = tab(chosen.unwrap_or(ImportKind::Sales));
    let context = permit.read(move |tx, authorized| EditionContext::load(tx, &authorized, tab)).await?;
    let kind = |kind: &ImportKind| SelectOption::new(*kind, page.t_value("import-kind", kind), chosen == Some(*kind));
    let kinds = <ImportKind as strum::VariantArray>::VARIANTS.iter().map(kind).collect();
    render_page(&Imports { page, context, kinds })
}

/// A field with the columns it can take.
struct FieldLine {
    name: String,
    label: String,
    is_required: bool,
    columns: Vec<SelectOption>,
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
    fn is_applied(&self) -> bool {
        self.import.state == ImportState::Applied
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
    let data = permit.read(move |tx, authorized| {
        let import = imports::find_view(tx, authorized.edition()?, id, language)?;
        Ok((EditionContext::load(tx, &authorized, tab(import.kind))?, import))
    });
    let (context, import) = data.await?;
    let field = |field: &imports::FieldView| {
        let column = |c: &imports::ColumnView| {
            let label = [c.column.as_str(), c.title.as_str(), &c.samples.join("; ")].join(" · ");
            SelectOption::new(&c.column, label, c.field.as_deref() == Some(field.name))
        };
        FieldLine {
            name: format!("columns.{}", field.name),
            label: page.t_value("import-field", field.name),
            is_required: field.is_needed,
            columns: import.columns.iter().map(column).collect(),
        }
    };
    let fields = import.fields.iter().map(field).collect();
    render_page(&Import { page, context, import, fields })
}
