//! The extractor of requests that users make for themselves.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{caller::Caller, store, user_session::UserSession};
use crate::{
    http::{
        ApiResponse, Code, Problem,
        idempotency::{self, IdempotentRequest},
    },
    identity::RequestContext,
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{SessionId, UserId},
    },
};

/// Any logged-in user, acting for themselves.
pub struct SignedIn {
    /// The user.
    pub user: UserId,
    /// The session of the request.
    pub session: SessionId,
    /// Time of the request.
    pub now: Instant,
    /// Application state with the database.
    pub context: web::Data<RequestContext>,
    idempotent_request: Option<IdempotentRequest>,
}

impl SignedIn {
    /// The user in the session of the request.
    pub fn user_session(&self) -> UserSession {
        UserSession { user: self.user, session: self.session }
    }

    /// Runs `work` in a write transaction once per Idempotency-Key.
    pub async fn write_once(
        self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<ApiResponse, Problem> + Send + 'static,
    ) -> Result<ApiResponse, Problem> {
        let Self { user, now, context, idempotent_request, .. } = self;
        let work = move |tx: &mut Tx<'_>| {
            if !store::is_active(tx, user)? {
                return Err(Code::LoginRequired.into());
            }
            idempotency::run_once(tx, idempotent_request, user, now, work)
        };
        context.db.write(work).await
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
            let caller = Caller::from_request(&req, &context.tokens, context.clock)?;
            let (user, session) = caller.user.zip(caller.session).ok_or(Code::LoginRequired)?;
            // The access token of an erased user remains valid until it expires.
            if !context.db.read(move |tx| store::is_active(tx, user).map_err(Problem::from)).await? {
                return Err(Code::LoginRequired.into());
            }
            let idempotent_request = IdempotentRequest::from_request(&req);
            Ok(Self { user, session, now: caller.now, context, idempotent_request })
        })
    }
}
