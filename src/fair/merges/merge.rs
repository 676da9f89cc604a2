//! Merges a record into another of the same organiser.
use super::{
    preview::{MergePreview, preview},
    store::{self, MergeRow, MovedKind, MovedRow},
};
use crate::{
    allocation::participants,
    applications,
    exhibitors::{self, store::ExhibitorRow},
    sales,
};
use hoicho_core::{
    db::Tx,
    values::ids::{EditionId, ExhibitorId, ExhibitorMergeId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Moves everything of `merged` to `into` and notes what moved.
///
/// # Errors
/// `not_found` for records of another organiser; `illegal_step` with the reason if they cannot be merged.
pub(super) fn merge(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    into: ExhibitorId,
    merged: ExhibitorId,
) -> Result<ExhibitorRow, Problem> {
    let MergePreview { into, merged, obstacle, tags, .. } = preview(tx, authorized.organiser()?, into, merged)?;
    if let Some(obstacle) = obstacle {
        return Err(Problem::new(Code::IllegalStep, obstacle));
    }
    // The records are written first, so that two merges of one record do not run at once.
    let row = ExhibitorRow {
        merged_into_id: Some(into.id),
        organisation_id: None,
        linked_at: None,
        version: merged.version + 1,
        ..merged.clone()
    };
    let is_current = exhibitors::store::update(tx, &row, merged.version)?;
    let moves_link = merged.organisation_id.is_some();
    let after = ExhibitorRow {
        organisation_id: merged.organisation_id.or(into.organisation_id),
        linked_at: if moves_link { merged.linked_at } else { into.linked_at },
        version: into.version + 1,
        ..into.clone()
    };
    if !is_current || !exhibitors::store::update(tx, &after, into.version)? {
        return Err(Code::StaleVersion.into());
    }
    let merge = MergeRow {
        id: ExhibitorMergeId::make(),
        exhibitor_id: into.id,
        merged_id: merged.id,
        merged_by: authorized.require_user()?,
        merged_at: authorized.now,
        split_at: None,
    };
    store::insert(tx, &merge)?;
    let mut moved = move_rows(tx, merge.id, (merged.id, into.id))?;
    moved.extend(merged.organisation_id.map(|organisation| MovedRow::new(merge.id, MovedKind::Link, organisation.0)));
    let tag_row = |tag: &String| MovedRow { part: tag.clone(), ..MovedRow::new(merge.id, MovedKind::Tag, into.id.0) };
    moved.extend(tags.iter().map(tag_row));
    let mut all_tags = exhibitors::store::find_tags_of(tx, &[into.id])?.remove(&into.id).unwrap_or_default();
    all_tags.extend(tags);
    exhibitors::store::replace_tags(tx, into.id, &all_tags)?;
    store::insert_moved(tx, &moved)?;
    exhibitors::store::index(tx, &[into.id])?;
    authorized.record_audit(
        tx,
        AuditAction::ExhibitorMerge,
        into.id,
        Some((merged.id, merged.name)),
        Some((into.id, into.name)),
    )?;
    Ok(after)
}

/// Moves the rows that refer to a record; returns them.
fn move_rows(
    tx: &mut Tx<'_>,
    merge: ExhibitorMergeId,
    path: (ExhibitorId, ExhibitorId),
) -> Result<Vec<MovedRow>, Problem> {
    let (from, _) = path;
    let applications = applications::store::move_to_exhibitor(tx, path, None)?;
    let participants = participants::move_to_exhibitor(tx, path, None)?;
    let reports = sales::lines::find_reports_of(tx, from)?;
    sales::lines::move_to_exhibitor(tx, path, &reports)?;
    let deals = sales::deals::move_to_exhibitor(tx, path, None)?;
    let mut reminded: Vec<EditionId> =
        sales::store::find_reminder_days(tx, from)?.into_iter().map(|(edition, _)| edition).collect();
    reminded.sort();
    reminded.dedup();
    sales::store::move_reminders(tx, path, &reminded)?;
    let contacts = exhibitors::store::move_contacts(tx, path, None)?;
    let records = exhibitors::store::move_merged(tx, path, None)?;
    let row = |kind| move |id| MovedRow::new(merge, kind, id);
    let moved = applications.into_iter().map(|id| id.0).map(row(MovedKind::Application));
    let moved = moved.chain(participants.into_iter().map(|id| id.0).map(row(MovedKind::Participant)));
    let moved = moved.chain(reports.into_iter().map(|id| id.0).map(row(MovedKind::SalesReport)));
    let moved = moved.chain(deals.into_iter().map(|id| id.0).map(row(MovedKind::TradeDeal)));
    let moved = moved.chain(reminded.into_iter().map(|id| id.0).map(row(MovedKind::SalesReminder)));
    let moved = moved.chain(contacts.into_iter().map(|id| id.0).map(row(MovedKind::Contact)));
    Ok(moved.chain(records.into_iter().map(|id| id.0).map(row(MovedKind::MergedRecord))).collect())
}
