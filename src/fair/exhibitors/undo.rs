//! Undoing an import of exhibitors: records that it created, and contacts that it added to others.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{contacts::ContactRow, store};
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{ContactId, ExhibitorId, OrganisationId},
};

/// Deletes contacts that an import added to records that existed; each with its [`ContactRow::digest`] of then. If any of them was
/// changed since, nothing is deleted and the names of their exhibitors are returned.
pub fn delete_imported_contacts(tx: &mut Tx<'_>, added: &HashMap<ContactId, String>) -> QueryResult<Vec<String>> {
    let ids: Vec<ContactId> = added.keys().copied().collect();
    let rows: Vec<(ContactRow, String)> = exhibitor_contacts::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_contacts::exhibitor_id)))
        .filter(exhibitor_contacts::id.eq_any(&ids))
        .order(exhibitor_contacts::id)
        .select((ContactRow::as_select(), exhibitors::name))
        .load(tx.conn())?;
    let is_changed = |contact: &ContactRow| added.get(&contact.id).is_none_or(|digest| *digest != contact.digest());
    let changed: Vec<String> =
        rows.into_iter().filter(|(contact, _)| is_changed(contact)).map(|(_, name)| name).collect();
    if changed.is_empty() {
        store::delete_contacts(tx, &ids)?;
    }
    Ok(changed)
}

type Record = (ExhibitorId, String, i32, Option<ExhibitorId>, Option<OrganisationId>);

/// Deletes records that an import created, each with the contact that it got. If any of them was changed or used since, nothing is
/// deleted and their names are returned.
pub fn delete_imported(
    tx: &mut Tx<'_>,
    created: &BTreeMap<ExhibitorId, Option<ContactId>>,
) -> QueryResult<Vec<String>> {
    let ids: Vec<ExhibitorId> = created.keys().copied().collect();
    let mut used = used_exhibitors(tx, &ids)?;
    for (exhibitor, contacts) in store::find_contacts_of(tx, &ids)? {
        let own = created.get(&exhibitor).copied().flatten();
        if contacts.iter().any(|contact| Some(contact.id) != own) {
            used.insert(exhibitor);
        }
    }
    let rows: Vec<Record> = exhibitors::table
        .filter(exhibitors::id.eq_any(&ids))
        .order(exhibitors::id)
        .select((
            exhibitors::id,
            exhibitors::name,
            exhibitors::version,
            exhibitors::merged_into_id,
            exhibitors::organisation_id,
        ))
        .load(tx.conn())?;
    let is_changed = |(id, _, version, merged_into, organisation): &Record| {
        *version != 1 || merged_into.is_some() || organisation.is_some() || used.contains(id)
    };
    let changed: Vec<String> = rows.into_iter().filter(is_changed).map(|(_, name, ..)| name).collect();
    if changed.is_empty() {
        store::delete_all(tx, &ids)?;
    }
    Ok(changed)
}

/// Records that apply, stand, sell, or have tags, invitations or merges.
fn used_exhibitors(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<BTreeSet<ExhibitorId>> {
    let mut used: BTreeSet<ExhibitorId> = BTreeSet::new();
    macro_rules! add {
        ($table:ident, $column:ident) => {
            used.extend(
                $table::table
                    .filter($table::$column.eq_any(ids))
                    .select($table::$column)
                    .distinct()
                    .load::<ExhibitorId>(tx.conn())?,
            );
        };
    }
    add!(applications, exhibitor_id);
    add!(trade_deals, exhibitor_id);
    add!(sales_reminders, exhibitor_id);
    add!(exhibitor_tags, exhibitor_id);
    add!(exhibitor_link_invitations, exhibitor_id);
    add!(exhibitor_merges, exhibitor_id);
    add!(exhibitor_merges, merged_id);
    for rows in [
        participants::table
            .filter(participants::exhibitor_id.eq_any(ids))
            .select(participants::exhibitor_id)
            .load::<Option<ExhibitorId>>(tx.conn())?,
        sales_report_lines::table
            .filter(sales_report_lines::exhibitor_id.eq_any(ids))
            .select(sales_report_lines::exhibitor_id)
            .distinct()
            .load::<Option<ExhibitorId>>(tx.conn())?,
    ] {
        used.extend(rows.into_iter().flatten());
    }
    Ok(used)
}
