//! Progress of the imports that this node is processing.
use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use hoicho_core::values::ids::ImportId;

/// Progress of an import in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ImportProgress {
    pub(super) done: usize,
    pub(super) total: usize,
}

/// Running imports of this node.
#[derive(Debug, Clone, Default)]
pub struct RunningImports {
    progress: Arc<Mutex<HashMap<ImportId, ImportProgress>>>,
    /// If set, each chunk after the first waits for a permit.
    turns: Arc<Mutex<Option<Arc<Semaphore>>>>,
}

/// Registration of a running import; removed on drop.
pub(super) struct ProgressGuard(RunningImports, ImportId);

impl RunningImports {
    /// Progress of an import; `None` if it is not running on this node.
    pub(super) fn get(&self, id: ImportId) -> Option<ImportProgress> {
        self.progress.lock().get(&id).copied()
    }
    /// Registers an import.
    pub(super) fn register(&self, id: ImportId) -> ProgressGuard {
        self.progress.lock().insert(id, ImportProgress::default());
        ProgressGuard(self.clone(), id)
    }

    /// Lets chunks that are written or undone go on one by one, with a permit each: for tests of what happens in between.
    pub fn step_by_step(&self) -> Arc<Semaphore> {
        self.turns.lock().get_or_insert_with(|| Arc::new(Semaphore::new(0))).clone()
    }

    pub(super) async fn wait_for_turn(&self) {
        let turns = self.turns.lock().clone();
        if let Some(turns) = turns {
            // Never closed.
            turns.acquire().await.into_iter().for_each(tokio::sync::SemaphorePermit::forget);
        }
    }
}

impl ProgressGuard {
    /// Updates the progress.
    pub(super) fn update(&self, done: usize, all: usize) {
        self.0.progress.lock().insert(self.1, ImportProgress { done, total: all });
    }
}

impl Drop for ProgressGuard {
    fn drop(&mut self) {
        self.0.progress.lock().remove(&self.1);
    }
}
