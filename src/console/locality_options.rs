//! Options of a select field for a locality.
use crate::{page_context::PageContext, select_options::SelectOption};
use hoicho_core::{db::Tx, values::clock::Day};
use hoicho_fair::localities;
use hoicho_web::http::Problem;

/// Currently valid localities, in Vietnamese collation order.
pub(super) fn current_localities(tx: &mut Tx<'_>, today: Day) -> Result<Vec<(String, String)>, Problem> {
    let filter = localities::store::LocalityFilter { valid_on: Some(today), ..Default::default() };
    let mut rows = localities::store::list_page(tx, &filter, "", 5_000)?;
    rows.sort_by(|a, b| hoicho_core::i18n::collation::compare_names(&a.name, &b.name));
    Ok(rows.into_iter().map(|l| (l.code, l.name)).collect())
}

/// The options, with one for places that are not in the list.
pub(super) fn locality_options(
    page: &PageContext,
    rows: Vec<(String, String)>,
    selected: Option<&str>,
) -> Vec<SelectOption> {
    let rows = rows.into_iter().map(|(code, name)| {
        let chosen = Some(code.as_str()) == selected;
        SelectOption::new(code, name, chosen)
    });
    std::iter::once(SelectOption::none(page.t("locality-elsewhere"))).chain(rows).collect()
}
