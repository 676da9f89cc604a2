//! Progress of the imports that this node is processing.
use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

use hoicho_core::values::ids::ImportId;

/// Progress of an import in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ImportProgress {
    pub(super) done: usize,
    pub(super) total: usize,
}

/// Running imports of this node.
#[derive(Debug, Clone, Default)]
pub struct RunningImports(Arc<Mutex<HashMap<ImportId, ImportProgress>>>);

/// Registration of a running import; removed on drop.
pub(super) struct ProgressGuard(RunningImports, ImportId);

impl RunningImports {
    /// Progress of an import; `None` if it is not running on this node.
    pub(super) fn get(&self, id: ImportId) -> Option<ImportProgress> {
        self.0.lock().get(&id).copied()
    }
    /// Registers an import.
    pub(super) fn register(&self, id: ImportId) -> ProgressGuard {
        self.0.lock().insert(id, ImportProgress::default());
        ProgressGuard(self.clone(), id)
    }
}

impl ProgressGuard {
    /// Updates the progress.
    pub(super) fn update(&self, done: usize, all: usize) {
        self.0.0.lock().insert(self.1, ImportProgress { done, total: all });
    }
}

impl Drop for ProgressGuard {
    fn drop(&mut self) {
        self.0.0.lock().remove(&self.1);
    }
}
