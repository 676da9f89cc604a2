//! Blocking work with a timeout.
use super::error::Unavailable;

/// Runs `work` on a blocking thread, with a timeout because a frozen or unreachable database does not even report its own
/// statement timeout.
#[expect(clippy::disallowed_methods, reason = "database work blocks")]
pub(super) async fn spawn_blocking<T: Send + 'static>(
    timeout: std::time::Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unavailable> {
    // Log lines of the work belong to the request that it is for.
    let span = tracing::Span::current();
    let result = tokio::time::timeout(timeout, actix_web::web::block(move || span.in_scope(work))).await;
    result
        .map_err(|_| Unavailable::Pool("timed out waiting for the database".to_owned()))?
        .map_err(|_| Unavailable::TaskFailed)
}
