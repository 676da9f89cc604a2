//! What the audit log stores about applications, before and after a transition; webhooks read it.
use serde::{Deserialize, Serialize};

use hoicho_core::states::ApplicationState;

/// The state of an application.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditedApplicationState {
    /// The state.
    pub state: ApplicationState,
    /// Why it was set.
    pub reason: Option<String>,
}
