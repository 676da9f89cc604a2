//! Writes planned imports, and undoes them, in chunks: each is a transaction of its own, so that other writes wait for one chunk only.
//!
//! What fits into one chunk is one transaction. Otherwise the first one claims the import (state and version decide between two that
//! claim it at once) with a token and a lease, which each further one renews: without the valid token nothing more is written. A chunk
//! that fails takes back what the others wrote. If that is not possible, or the process ends, the import is interrupted: it can be
//! applied again, which leaves the rows that are there as they are, or undone.
use std::sync::Arc;

use chrono::Duration;

use super::{
    changes,
    progress::RunningImports,
    run::{Mode, PlannedImport},
    store::{self, ImportRow, WriteRow},
    stored_import::{find_applicable, find_undoable, save, set_planned, to_cells, to_row, undo_reason},
    table::ImportTable,
};
use hoicho_core::{
    db::Tx,
    i18n::Language,
    states::ImportState,
    values::{
        clock::Instant,
        ids::{ImportId, ImportWriteId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Code, Problem},
    identity::{Authorized, WriteSteps},
};

/// Rows per chunk of an undo. Deleting costs more than inserting: references to each row are looked for.
const UNDO_CHUNK_ROWS: usize = 500;

/// Time after which an import whose writer has not renewed its lease is interrupted.
const LEASE_S: i64 = 60;

fn to_count(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// The claim on an import while it is written or undone.
#[derive(Debug, Clone, Copy)]
struct Lease {
    import: ImportId,
    token: ImportWriteId,
}

impl Lease {
    fn new(import: ImportId) -> Self {
        Self { import, token: ImportWriteId::make() }
    }

    fn row(self, (done, total): (usize, usize), now: Instant) -> WriteRow {
        WriteRow {
            import_id: self.import,
            token: self.token,
            done_rows: to_count(done),
            total_rows: to_count(total),
            lease_until: now + Duration::seconds(LEASE_S),
        }
    }

    /// Claims the import in this state; the version of the row decides between two.
    fn claim(
        self,
        tx: &mut Tx<'_>,
        row: &ImportRow,
        state: ImportState,
        progress: (usize, usize),
        now: Instant,
    ) -> Result<(), Problem> {
        save(tx, &ImportRow { state, ..row.clone() })?;
        store::replace_write(tx, &self.row(progress, now))?;
        Ok(())
    }

    /// Renews it with the progress.
    ///
    /// # Errors
    /// [`Code::StaleVersion`] if it ran out and was ended.
    fn renew(self, tx: &mut Tx<'_>, progress: (usize, usize), now: Instant) -> Result<(), Problem> {
        if store::update_write(tx, &self.row(progress, now))? { Ok(()) } else { Err(Code::StaleVersion.into()) }
    }

    /// Ends it and saves the import.
    fn end(self, tx: &mut Tx<'_>, row: &ImportRow) -> Result<(), Problem> {
        if !store::delete_write(tx, self.import, self.token)? {
            return Err(Code::StaleVersion.into());
        }
        // The version that the claim left.
        save(tx, &ImportRow { version: row.version + 1, ..row.clone() })
    }

    /// Ends it, and leaves the import interrupted.
    fn interrupt(self, tx: &mut Tx<'_>, now: Instant) -> Result<(), Problem> {
        let write = store::find_write(tx, self.import)?.filter(|write| write.token == self.token);
        let progress = write.map(|write| (write.done_rows, write.total_rows)).ok_or(Code::StaleVersion)?;
        let (done_rows, total_rows) = progress;
        // Another token: what this one still has to write is refused.
        let row = WriteRow { done_rows, total_rows, ..Self::new(self.import).row((0, 0), now) };
        store::replace_write(tx, &row)?;
        store::set_interrupted(tx, self.import)?;
        Ok(())
    }
}

/// Why an import that was claimed by somebody else meanwhile cannot be claimed: by its state, if it says so.
fn refuse_stale(
    problem: Problem,
    find: fn(&mut Tx<'_>, &Authorized, ImportId) -> Result<ImportRow, Problem>,
    (tx, authorized, import): (&mut Tx<'_>, &Authorized, ImportId),
) -> Problem {
    if problem.code != Code::StaleVersion {
        return problem;
    }
    find(tx, authorized, import).err().unwrap_or(problem)
}

/// Writes a planned import. `row` has the version that was found, and the state and outcome that it has once it is written.
pub(super) async fn write(
    steps: WriteSteps,
    row: ImportRow,
    planned: PlannedImport,
    (running, reason): (RunningImports, String),
    response: ApiResponse,
) -> Result<ApiResponse, Problem> {
    let (lease, planned) = (Lease::new(row.id), Arc::new(planned));
    let Some(last) = planned.chunks().checked_sub(1).filter(|last| *last > 0) else {
        return steps.finish(move |tx, authorized| write_at_once(tx, authorized, &row, &planned, response)).await;
    };
    let (plan, claimed) = (planned.clone(), row.clone());
    steps
        .write(move |tx, authorized| {
            let claim = lease.claim(tx, &claimed, ImportState::Applying, plan.progress(0), authorized.now);
            claim.map_err(|problem| refuse_stale(problem, find_applicable, (&mut *tx, authorized, lease.import)))?;
            plan.write_chunk(tx, authorized, lease.import, 0)
        })
        .await?;
    let unwritten = ImportRow { state: ImportState::Checked, ..row.clone() };
    let written = write_rest(&steps, lease, (row, &planned, last), &running, response).await;
    match written {
        Ok(response) => Ok(response),
        Err(problem) => {
            if let Err(error) = take_back(&steps, lease, unwritten, reason).await {
                tracing::warn!(import = %lease.import, %error, "an import that failed is interrupted");
                interrupt(&steps, lease).await;
            }
            Err(problem)
        }
    }
}

fn write_at_once(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    row: &ImportRow,
    planned: &PlannedImport,
    response: ApiResponse,
) -> Result<ApiResponse, Problem> {
    save(tx, row).map_err(|problem| refuse_stale(problem, find_applicable, (&mut *tx, authorized, row.id)))?;
    store::discard_write(tx, row.id)?;
    planned.write_chunk(tx, authorized, row.id, 0)?;
    Ok(response)
}

/// Stores a table and imports its rows as planned, so that this can be undone like an import of the API. Returns whether they were.
pub async fn apply_file(
    steps: WriteSteps,
    (file_name, table): (String, Arc<ImportTable>),
    planned: PlannedImport,
    (mode, accepts_warnings): (Mode, bool),
    language: Language,
) -> Result<(ImportId, bool), Problem> {
    let store = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let mut row = to_row(authorized, file_name, &table)?;
        let is_applied = set_planned(&mut row, &planned, (mode, accepts_warnings))?;
        store::insert(tx, &ImportRow { state: ImportState::Checked, ..row.clone() }, &to_cells(&table)?)?;
        Ok((row, planned, is_applied))
    };
    let (row, planned, is_applied) = steps.write(store).await?;
    let id = row.id;
    if is_applied {
        let how = (RunningImports::default(), undo_reason(&row, language));
        write(steps, row, planned, how, ApiResponse::no_content()).await?;
    }
    Ok((id, is_applied))
}

/// Writes the chunks after the first.
async fn write_rest(
    steps: &WriteSteps,
    lease: Lease,
    (row, planned, last): (ImportRow, &Arc<PlannedImport>, usize),
    running: &RunningImports,
    response: ApiResponse,
) -> Result<ApiResponse, Problem> {
    let write_chunk = |chunk: usize| {
        let plan = planned.clone();
        move |tx: &mut Tx<'_>, authorized: &Authorized| {
            lease.renew(tx, plan.progress(chunk), authorized.now)?;
            plan.write_chunk(tx, authorized, lease.import, chunk)
        }
    };
    for chunk in 1..last {
        running.wait_for_turn().await;
        steps.write(write_chunk(chunk)).await?;
    }
    running.wait_for_turn().await;
    let write_last = write_chunk(last);
    steps
        .finish(move |tx, authorized| {
            write_last(tx, authorized)?;
            lease.end(tx, &row)?;
            Ok(response)
        })
        .await
}

/// Takes back what was written of an import.
async fn take_back(steps: &WriteSteps, lease: Lease, row: ImportRow, reason: String) -> Result<(), Problem> {
    let mut undone = 0;
    loop {
        let reason = reason.clone();
        let step = move |tx: &mut Tx<'_>, authorized: &Authorized| {
            let write = store::find_write(tx, lease.import)?.ok_or(Code::StaleVersion)?;
            let progress = [write.done_rows, write.total_rows].map(|rows| usize::try_from(rows).unwrap_or_default());
            lease.renew(tx, progress.into(), authorized.now)?;
            changes::undo_next(tx, authorized, lease.import, &reason, UNDO_CHUNK_ROWS)
        };
        match steps.take_back(step).await? {
            0 => break,
            rows => undone += rows,
        }
    }
    steps
        .take_back(move |tx, authorized| {
            lease.end(tx, &row)?;
            authorized.record_audit(tx, AuditAction::ImportUndo, lease.import, Some(undone), None)
        })
        .await
}

/// Marks the import as interrupted; if that fails too, its lease runs out.
async fn interrupt(steps: &WriteSteps, lease: Lease) {
    if let Err(error) = steps.take_back(move |tx, authorized| lease.interrupt(tx, authorized.now)).await {
        tracing::warn!(import = %lease.import, %error, "failed to mark an import as interrupted");
    }
}

/// What [`undo`] needs to know, read before.
pub(super) struct PlannedUndo {
    row: ImportRow,
    rows: usize,
    reason: String,
}

impl PlannedUndo {
    /// Checks that an import can be undone. Only reads.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        row: ImportRow,
        reason: String,
    ) -> Result<Self, Problem> {
        changes::check_unchanged(tx, authorized, row.id)?;
        let rows = usize::try_from(store::count_changes(tx, row.id)?).unwrap_or_default();
        Ok(Self { row, rows, reason })
    }
}

/// Undoes an import.
pub(super) async fn undo(
    steps: WriteSteps,
    planned: PlannedUndo,
    running: RunningImports,
    response: ApiResponse,
) -> Result<ApiResponse, Problem> {
    let PlannedUndo { row, rows, reason } = planned;
    let undone = ImportRow { state: ImportState::Undone, ..row.clone() };
    if rows <= UNDO_CHUNK_ROWS {
        return steps.finish(move |tx, authorized| undo_at_once(tx, authorized, &undone, &reason, response)).await;
    }
    let lease = Lease::new(row.id);
    let first = reason.clone();
    let mut done = steps
        .write(move |tx, authorized| {
            let claim = lease.claim(tx, &row, ImportState::Undoing, (UNDO_CHUNK_ROWS, rows), authorized.now);
            claim.map_err(|problem| refuse_stale(problem, find_undoable, (&mut *tx, authorized, lease.import)))?;
            changes::undo_next(tx, authorized, lease.import, &first, UNDO_CHUNK_ROWS)
        })
        .await?;
    let rest = async {
        loop {
            running.wait_for_turn().await;
            let (reason, progress) = (reason.clone(), (done + UNDO_CHUNK_ROWS, rows.max(done + UNDO_CHUNK_ROWS)));
            let step = move |tx: &mut Tx<'_>, authorized: &Authorized| {
                lease.renew(tx, progress, authorized.now)?;
                changes::undo_next(tx, authorized, lease.import, &reason, UNDO_CHUNK_ROWS)
            };
            match steps.write(step).await? {
                0 => break,
                rows => done += rows,
            }
        }
        let finish = move |tx: &mut Tx<'_>, authorized: &Authorized| {
            lease.end(tx, &undone)?;
            authorized.record_audit(tx, AuditAction::ImportUndo, lease.import, Some(done), None)?;
            Ok(response)
        };
        steps.finish(finish).await
    };
    let outcome = rest.await;
    if outcome.is_err() {
        interrupt(&steps, lease).await;
    }
    outcome
}

fn undo_at_once(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    row: &ImportRow,
    reason: &str,
    response: ApiResponse,
) -> Result<ApiResponse, Problem> {
    save(tx, row).map_err(|problem| refuse_stale(problem, find_undoable, (&mut *tx, authorized, row.id)))?;
    store::discard_write(tx, row.id)?;
    let mut undone = 0;
    loop {
        match changes::undo_next(tx, authorized, row.id, reason, UNDO_CHUNK_ROWS)? {
            0 => break,
            rows => undone += rows,
        }
    }
    authorized.record_audit(tx, AuditAction::ImportUndo, row.id, Some(undone), None)?;
    Ok(response)
}
