//! What a permit allows to read at length, when it is the organiser's turn ([`super::long_reads`]).
use actix_web::web;

use super::{
    action::Action,
    authorization::{Authorized, Needs, Permit, ReadPermit, ResourceRequest, authorize, authorize_read},
    context::RequestContext,
    long_reads::FilePermit,
    read_scope::{ReadNeeds, ReadScope},
};
use crate::http::{ApiResponse, Problem, idempotency};
use hoicho_core::db::Tx;

/// Runs `work` in a read transaction when it is the turn of the resource's organiser. `check` authorizes.
async fn read_long<T: Send + 'static>(
    context: &web::Data<RequestContext>,
    check: impl Fn(&mut Tx<'_>) -> Result<Authorized, Problem> + Clone + Send + 'static,
    work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
) -> Result<(T, FilePermit), Problem> {
    let first_check = check.clone();
    let organiser = context.db.read(move |tx| first_check(tx).map(|authorized| authorized.organiser().ok())).await?;
    let (reading, file) = context.long_reads.acquire(organiser).await?;
    let work = move |tx: &mut Tx<'_>| {
        // Held by the thread: the connection stays in use even if the caller is gone.
        let _reading = reading;
        let authorized = check(tx)?;
        work(tx, authorized)
    };
    Ok((context.db.read_long(work).await?, file))
}

impl<A: Action> Permit<A> {
    /// Runs `work`, which takes long, in a read transaction. The permit of the file is held until it is sent.
    ///
    /// # Errors
    /// Also `too_many_requests` and `unavailable`, if too many such reads are running or waiting.
    pub async fn read_long<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<(T, FilePermit), Problem> {
        let ResourceRequest { caller, target, context, idempotent_request: _ } = self.request;
        let needs = Needs::of::<A>();
        read_long(&context, move |tx| authorize(tx, caller, &target, needs), work).await
    }

    /// Computes `plan` in a read transaction, or finds the stored response of a request with an Idempotency-Key.
    pub(super) async fn plan<P: Send + 'static>(
        self,
        plan: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<P, Problem> + Send + 'static,
    ) -> Result<(ResourceRequest, Result<P, ApiResponse>), Problem> {
        let ResourceRequest { caller, target, context, idempotent_request } = self.request;
        let (needs, resource, request) = (Needs::of::<A>(), target.clone(), idempotent_request.clone());
        let check = move |tx: &mut Tx<'_>| authorize(tx, caller, &resource, needs);
        let plan = move |tx: &mut Tx<'_>, authorized: Authorized| {
            let replayed = match (request, authorized.user) {
                (Some(request), Some(user)) => idempotency::find_response(tx, &request, user, caller.now)?,
                (Some(_), None) | (None, _) => None,
            };
            match replayed {
                Some(response) => Ok(Err(response)),
                None => plan(tx, &authorized).map(Ok),
            }
        };
        let planned = read_long(&context, check, plan).await?.0;
        Ok((ResourceRequest { caller, target, context, idempotent_request }, planned))
    }

    /// Computes in a read transaction what `write` then writes, so that other writes do not wait while files are parsed and values
    /// compared. What has changed in between must be rejected by `write`, by constraints and versions. A retry of a request with
    /// an Idempotency-Key gets the stored response.
    pub async fn plan_and_write<P: Send + 'static>(
        self,
        plan: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<P, Problem> + Send + 'static,
        write: impl FnOnce(&mut Tx<'_>, Authorized, P) -> Result<ApiResponse, Problem> + Send + 'static,
    ) -> Result<ApiResponse, Problem> {
        let (request, planned) = self.plan(plan).await?;
        let planned = match planned {
            Ok(planned) => planned,
            Err(replayed) => return Ok(replayed),
        };
        let write = move |tx: &mut Tx<'_>, authorized: Authorized| write(tx, authorized, planned);
        request.write_once(Needs::of::<A>(), Box::new(write)).await
    }
}

impl<S: ReadScope> ReadPermit<S> {
    /// Runs `work`, which takes long, in a read transaction. The permit of the file is held until it is sent.
    ///
    /// # Errors
    /// Also `too_many_requests` and `unavailable`, if too many such reads are running or waiting.
    pub async fn read_long<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<(T, FilePermit), Problem> {
        let ResourceRequest { caller, target, context, idempotent_request: _ } = self.0;
        read_long(&context, move |tx| authorize_read(tx, caller, &target, ReadNeeds::of::<S>()), work).await
    }
}
