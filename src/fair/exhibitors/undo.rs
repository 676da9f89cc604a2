//! Undoing an import of exhibitors: records that it created, and contacts that it added to others.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{contacts::ContactRow, store};
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{ApplicationId, ContactId, ExhibitorId, OrganisationId},
};

/// Names of the exhibitors to which an import added contacts that were changed since; each with its [`ContactRow::digest`] of then.
pub fn find_changed_contacts(tx: &mut Tx<'_>, added: &HashMap<ContactId, String>) -> QueryResult<Vec<String>> {
    let ids: Vec<ContactId> = added.keys().copied().collect();
    let rows: Vec<(ContactRow, String)> = exhibitor_contacts::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_contacts::exhibitor_id)))
        .filter(exhibitor_contacts::id.eq_any(&ids))
        .order(exhibitor_contacts::id)
        .select((ContactRow::as_select(), exhibitors::name))
        .load(tx.conn())?;
    let is_changed = |contact: &ContactRow| added.get(&contact.id).is_none_or(|digest| *digest != contact.digest());
    Ok(rows.into_iter().filter(|(contact, _)| is_changed(contact)).map(|(_, name)| name).collect())
}

/// Deletes contacts that an import added to records that existed. If any of them was changed since, nothing is deleted and the names of
/// their exhibitors are returned.
pub fn delete_imported_contacts(tx: &mut Tx<'_>, added: &HashMap<ContactId, String>) -> QueryResult<Vec<String>> {
    let changed = find_changed_contacts(tx, added)?;
    if changed.is_empty() {
        store::delete_contacts(tx, &added.keys().copied().collect::<Vec<_>>())?;
    }
    Ok(changed)
}

type Record = (ExhibitorId, String, i32, Option<ExhibitorId>, Option<OrganisationId>);

/// Names of records that an import created, each with the contact that it got, and that were changed or used since, other than by
/// applications of the same import.
pub fn find_changed(
    tx: &mut Tx<'_>,
    created: &BTreeMap<ExhibitorId, Option<ContactId>>,
    own_applications: &BTreeSet<ApplicationId>,
) -> QueryResult<Vec<String>> {
    let ids: Vec<ExhibitorId> = created.keys().copied().collect();
    let mut used = used_exhibitors(tx, &ids, own_applications)?;
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
    Ok(rows.into_iter().filter(is_changed).map(|(_, name, ..)| name).collect())
}

/// Deletes records that an import created, after its applications. If any of them was changed or used since, nothing is deleted and
/// their names are returned.
pub fn delete_imported(
    tx: &mut Tx<'_>,
    created: &BTreeMap<ExhibitorId, Option<ContactId>>,
) -> QueryResult<Vec<String>> {
    let changed = find_changed(tx, created, &BTreeSet::new())?;
    if changed.is_empty() {
        store::delete_all(tx, &created.keys().copied().collect::<Vec<_>>())?;
    }
    Ok(changed)
}

/// Records that apply, stand, sell, or have tags, invitations or merges.
fn used_exhibitors(
    tx: &mut Tx<'_>,
    ids: &[ExhibitorId],
    own_applications: &BTreeSet<ApplicationId>,
) -> QueryResult<BTreeSet<ExhibitorId>> {
    let applications: Vec<(ApplicationId, ExhibitorId)> = applications::table
        .filter(applications::exhibitor_id.eq_any(ids))
        .select((applications::id, applications::exhibitor_id))
        .load(tx.conn())?;
    let of_others = applications.into_iter().filter(|(application, _)| !own_applications.contains(application));
    let mut used: BTreeSet<ExhibitorId> = of_others.map(|(_, exhibitor)| exhibitor).collect();
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
