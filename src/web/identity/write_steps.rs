//! Writes of one request that are too large for one transaction: each step is a transaction, so that other writes wait for one step
//! only.
use actix_web::rt;

use super::{
    action::Action,
    authorization::{Authorized, Needs, Permit, ResourceRequest, authorize},
    caller::Caller,
    resource::Resource,
};
use crate::http::{ApiResponse, Code, Problem, idempotency, idempotency::IdempotentRequest};
use hoicho_core::{
    db::{Database, Tx},
    values::clock::Clock,
};

/// What authorizes each step of a request anew.
#[derive(Clone)]
struct Request {
    caller: Caller,
    target: Resource,
    needs: Needs,
    idempotent_request: Option<IdempotentRequest>,
}

/// Transactions on behalf of a caller who was authorized.
#[derive(Clone)]
pub struct WriteSteps {
    db: Database,
    clock: Clock,
    authorized: Authorized,
    /// `None`: the operator of the command line.
    request: Option<Request>,
}

impl WriteSteps {
    /// Those of the operator of the command line.
    pub fn of_operator(db: Database, clock: Clock, authorized: Authorized) -> Self {
        Self { db, clock, authorized, request: None }
    }

    fn authorized_now(&self) -> Authorized {
        let mut authorized = self.authorized.clone();
        authorized.now = self.clock.now();
        authorized
    }

    /// Authorizes the caller again, so that a role that was revoked takes effect with the next step.
    fn authorize(&self, tx: &mut Tx<'_>) -> Result<Authorized, Problem> {
        let Some(request) = &self.request else { return Ok(self.authorized_now()) };
        let mut authorized = authorize(tx, request.caller, &request.target, request.needs)?;
        authorized.now = self.clock.now();
        Ok(authorized)
    }

    /// A step.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let steps = self.clone();
        self.db.write(move |tx| steps.authorize(tx).and_then(|authorized| work(tx, &authorized))).await
    }

    /// A step that takes back what this request wrote, for which the right to write it is enough.
    pub async fn take_back<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let authorized = self.authorized_now();
        self.db.write(move |tx| work(tx, &authorized)).await
    }

    /// The last step. Its response is stored with an Idempotency-Key, so that a retry of the request gets it.
    pub async fn finish(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<ApiResponse, Problem> + Send + 'static,
    ) -> Result<ApiResponse, Problem> {
        let request = self.request.as_ref().and_then(|request| request.idempotent_request.clone());
        let now = self.clock.now();
        self.write(move |tx, authorized| match authorized.user {
            Some(user) => idempotency::run_once(tx, request, user, now, |tx| work(tx, authorized)),
            None => work(tx, authorized),
        })
        .await
    }
}

impl<A: Action> Permit<A> {
    /// Computes in a read transaction what `write` then writes in steps. They run to their end even if the caller is gone. What has
    /// changed in between must be rejected by `write`, by constraints and versions. A retry of a request with an Idempotency-Key gets
    /// the stored response.
    pub async fn plan_and_write_steps<P: Send + 'static, F: Future<Output = Result<ApiResponse, Problem>> + 'static>(
        self,
        plan: impl FnOnce(&mut Tx<'_>, &Authorized) -> Result<P, Problem> + Send + 'static,
        write: impl FnOnce(WriteSteps, P) -> F + 'static,
    ) -> Result<ApiResponse, Problem> {
        let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| Ok((authorized.clone(), plan(tx, authorized)?));
        let (request, planned) = self.plan(plan).await?;
        let (authorized, planned) = match planned {
            Ok(planned) => planned,
            Err(replayed) => return Ok(replayed),
        };
        let ResourceRequest { caller, target, context, idempotent_request } = request;
        let (db, clock) = (context.db.clone(), context.clock);
        let request = Request { caller, target, needs: Needs::of::<A>(), idempotent_request };
        let steps = WriteSteps { db, clock, authorized, request: Some(request) };
        rt::spawn(write(steps, planned)).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a write in steps failed");
            Err(Code::Internal.into())
        })
    }
}
