//! Undoing imports of exhibitors, of which each has an application, and of products of applications.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::products::ApplicationProductRow;
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{ApplicationId, SubjectId},
};

/// Names of the exhibitors whose applications an import created and that were changed or used since. At most
/// [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn find_changed(tx: &mut Tx<'_>, ids: &[ApplicationId]) -> QueryResult<Vec<String>> {
    let used = used_applications(tx, ids)?;
    let rows: Vec<(ApplicationId, i32, String)> = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::id.eq_any(ids))
        .order(applications::id)
        .select((applications::id, applications::version, exhibitors::name))
        .load(tx.conn())?;
    let changed = rows.into_iter().filter(|(id, version, _)| *version != 1 || used.contains(id));
    Ok(changed.map(|(.., name)| name).collect())
}

/// Deletes applications that an import created. If any of them was changed or used since, nothing is deleted and the names of their
/// exhibitors are returned. At most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn delete_imported(tx: &mut Tx<'_>, ids: &[ApplicationId]) -> QueryResult<Vec<String>> {
    let changed = find_changed(tx, ids)?;
    if changed.is_empty() {
        diesel::delete(application_wishes::table.filter(application_wishes::application_id.eq_any(ids)))
            .execute(tx.conn())?;
        diesel::delete(applications::table.filter(applications::id.eq_any(ids))).execute(tx.conn())?;
    }
    Ok(changed)
}

/// Applications with booths, products or documents, in an allocation run, or moved by a merge of exhibitors.
fn used_applications(tx: &mut Tx<'_>, ids: &[ApplicationId]) -> QueryResult<BTreeSet<ApplicationId>> {
    let mut used: BTreeSet<ApplicationId> = BTreeSet::new();
    macro_rules! add {
        ($table:ident) => {
            used.extend(
                $table::table
                    .filter($table::application_id.eq_any(ids))
                    .select($table::application_id)
                    .distinct()
                    .load::<ApplicationId>(tx.conn())?,
            );
        };
    }
    add!(allocations);
    add!(application_products);
    add!(documents);
    add!(allocation_run_applications);
    for booths in [
        allocation_run_booths::table
            .filter(allocation_run_booths::before_application_id.eq_any(ids))
            .select(allocation_run_booths::before_application_id)
            .load::<Option<ApplicationId>>(tx.conn())?,
        allocation_run_booths::table
            .filter(allocation_run_booths::after_application_id.eq_any(ids))
            .select(allocation_run_booths::after_application_id)
            .load::<Option<ApplicationId>>(tx.conn())?,
    ] {
        used.extend(booths.into_iter().flatten());
    }
    let subjects: Vec<SubjectId> = ids.iter().map(|id| SubjectId(id.0)).collect();
    let moved: Vec<SubjectId> = exhibitor_merge_rows::table
        .inner_join(exhibitor_merges::table.on(exhibitor_merges::id.eq(exhibitor_merge_rows::exhibitor_merge_id)))
        .filter(exhibitor_merges::split_at.is_null())
        .filter(exhibitor_merge_rows::kind.eq("application"))
        .filter(exhibitor_merge_rows::subject.eq_any(&subjects))
        .select(exhibitor_merge_rows::subject)
        .load(tx.conn())?;
    used.extend(moved.into_iter().map(|subject| ApplicationId(subject.0)));
    Ok(used)
}

/// A product that an import added to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedProduct {
    pub application: ApplicationId,
    pub line: i32,
    /// [`ApplicationProductRow::digest`] when it was added.
    pub digest: String,
}

/// Names of products that an import added and that were changed since.
pub fn find_changed_products(tx: &mut Tx<'_>, added: &[AddedProduct]) -> QueryResult<Vec<String>> {
    let digests: HashMap<(ApplicationId, i32), &str> =
        added.iter().map(|product| ((product.application, product.line), product.digest.as_str())).collect();
    let of: BTreeSet<ApplicationId> = added.iter().map(|product| product.application).collect();
    let rows: Vec<ApplicationProductRow> = application_products::table
        .filter(application_products::application_id.eq_any(of))
        .order((application_products::application_id, application_products::line))
        .select(ApplicationProductRow::as_select())
        .load(tx.conn())?;
    let is_changed = |row: &ApplicationProductRow| {
        digests.get(&(row.application_id, row.line)).is_some_and(|digest| *digest != row.digest())
    };
    Ok(rows.into_iter().filter(is_changed).map(|row| row.name).collect())
}

/// Deletes products that an import added. If any of them was changed since, nothing is deleted and their names are returned.
pub fn delete_imported_products(tx: &mut Tx<'_>, added: &[AddedProduct]) -> QueryResult<Vec<String>> {
    let changed = find_changed_products(tx, added)?;
    if changed.is_empty() {
        let mut by_line: BTreeMap<i32, Vec<ApplicationId>> = BTreeMap::new();
        for product in added {
            by_line.entry(product.line).or_default().push(product.application);
        }
        for (line, of) in by_line {
            let products = application_products::table.filter(application_products::line.eq(line));
            diesel::delete(products.filter(application_products::application_id.eq_any(of))).execute(tx.conn())?;
        }
    }
    Ok(changed)
}
