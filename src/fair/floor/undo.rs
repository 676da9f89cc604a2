//! Undoing an import of booths.
use std::collections::BTreeSet;

use diesel::prelude::*;

use super::store;
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{BoothId, EditionId},
};

/// Codes of booths that an import created and that were changed or used since. At most
/// [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn find_changed(tx: &mut Tx<'_>, edition: EditionId, ids: &[BoothId]) -> QueryResult<Vec<String>> {
    let used = used_booths(tx, ids)?;
    let booths = store::booths_by_ids(tx, edition, None, ids)?;
    let is_changed = |booth: &store::BoothRow| booth.version != 1 || used.contains(&booth.id);
    Ok(booths.into_iter().filter(is_changed).map(|booth| booth.code).collect())
}

/// Deletes booths that an import created. If any of them was changed or used since, nothing is deleted and their codes are returned;
/// those that were deleted since are gone already. At most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn delete_imported(tx: &mut Tx<'_>, edition: EditionId, ids: &[BoothId]) -> QueryResult<Vec<String>> {
    let changed = find_changed(tx, edition, ids)?;
    if changed.is_empty() {
        diesel::delete(booths::table.filter(booths::id.eq_any(ids))).execute(tx.conn())?;
    }
    Ok(changed)
}

/// Booths that were ever allocated or wished for, or are part of an allocation run.
fn used_booths(tx: &mut Tx<'_>, ids: &[BoothId]) -> QueryResult<BTreeSet<BoothId>> {
    let mut used: BTreeSet<BoothId> = BTreeSet::new();
    used.extend(
        allocations::table
            .filter(allocations::booth_id.eq_any(ids))
            .select(allocations::booth_id)
            .distinct()
            .load::<BoothId>(tx.conn())?,
    );
    used.extend(
        application_wishes::table
            .filter(application_wishes::booth_id.eq_any(ids))
            .select(application_wishes::booth_id)
            .distinct()
            .load::<Option<BoothId>>(tx.conn())?
            .into_iter()
            .flatten(),
    );
    used.extend(
        allocation_run_booths::table
            .filter(allocation_run_booths::booth_id.eq_any(ids))
            .select(allocation_run_booths::booth_id)
            .distinct()
            .load::<BoothId>(tx.conn())?,
    );
    Ok(used)
}
