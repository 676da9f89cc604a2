//! The right to a response that outlives its handler. It ends with what it came from: a revoked key, a removed member, an edition
//! that is a draft again.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use futures_util::Stream;
use tokio::time::{Instant, timeout_at};

use super::{
    action::Action,
    authorization::{Authorized, Needs, Permit, ReadPermit, ResourceRequest, authorize, authorize_read},
    caller::Caller,
    open_streams::StreamSlot,
    read_scope::{ReadNeeds, ReadScope},
    resource::Resource,
};
use crate::{
    http::{Code, Problem},
    identity::RequestContext,
};

/// What the caller of a stream must be allowed to.
#[derive(Clone, Copy)]
enum Rule {
    /// To perform an action.
    Act(Needs),
    /// To read what the public, or staff and keys with these needs, may read.
    Read(ReadNeeds),
}

/// The right to an open stream. It is checked again in an interval (`streams.check_interval_s`).
pub struct StreamPermit {
    context: web::Data<RequestContext>,
    caller: Caller,
    target: Resource,
    rule: Rule,
    authorized: Authorized,
    next_check: Instant,
    // Held until the stream ends.
    _slot: StreamSlot,
}

/// The result of waiting for the next item of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited<T> {
    /// The item.
    Item(T),
    /// None yet, but the right was checked again: time for a comment that keeps the connection open.
    Idle,
}

async fn check(
    context: &RequestContext,
    caller: Caller,
    target: &Resource,
    rule: Rule,
) -> Result<(Authorized, Instant), Problem> {
    let target = target.clone();
    let authorized = context.db.read(move |tx| match rule {
        Rule::Act(needs) => authorize(tx, caller, &target, needs),
        Rule::Read(needs) => authorize_read(tx, caller, &target, needs),
    });
    Ok((authorized.await?, Instant::now() + Duration::from_secs(context.open_streams.check_interval_s())))
}

impl<A: Action> Permit<A> {
    /// Opens a response that outlives the handler, and is authorized again as long as it lasts.
    pub async fn open_stream(self, req: &HttpRequest) -> Result<StreamPermit, Problem> {
        StreamPermit::open(req, self.request, Rule::Act(Needs::of::<A>())).await
    }
}

impl<S: ReadScope> ReadPermit<S> {
    /// Opens a response that outlives the handler, and is authorized again as long as it lasts.
    pub async fn open_stream(self, req: &HttpRequest) -> Result<StreamPermit, Problem> {
        StreamPermit::open(req, self.0, Rule::Read(ReadNeeds::of::<S>())).await
    }
}

impl StreamPermit {
    async fn open(req: &HttpRequest, request: ResourceRequest, rule: Rule) -> Result<Self, Problem> {
        let ResourceRequest { caller, target, context, .. } = request;
        let (authorized, next_check) = check(&context, caller, &target, rule).await?;
        let slot = context.open_streams.open(context.source_address(req), &caller)?;
        Ok(Self { context, caller, target, rule, authorized, next_check, _slot: slot })
    }

    /// What the last check authorized.
    pub fn authorized(&self) -> &Authorized {
        &self.authorized
    }

    /// The state of the application.
    pub fn context(&self) -> &web::Data<RequestContext> {
        &self.context
    }

    /// Waits for an item, at most until the next check. An item that arrives when a check is due waits for it.
    ///
    /// # Errors
    /// The caller may no longer read the stream, or the database is unavailable: the stream must end.
    pub async fn wait<T>(&mut self, item: impl Future<Output = T>) -> Result<Waited<T>, Problem> {
        let item = timeout_at(self.next_check, item).await.ok();
        if Instant::now() >= self.next_check {
            let caller = Caller { now: self.context.clock.now(), ..self.caller };
            let ended = self.context.tokens.ended_sessions();
            ended.refresh(&self.context.db, caller.now).await?;
            if caller.session.is_some_and(|session| ended.contains(session)) {
                return Err(Code::LoginRequired.into());
            }
            (self.authorized, self.next_check) = check(&self.context, caller, &self.target, self.rule).await?;
        }
        Ok(item.map_or(Waited::Idle, Waited::Item))
    }
}

/// The response of an event stream.
pub fn event_stream(events: impl Stream<Item = Result<web::Bytes, actix_web::Error>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CONTENT_ENCODING, "identity"))
        // nginx must not gather events.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events)
}

/// A comment, which keeps an idle stream open in proxies.
pub const KEEP_ALIVE: web::Bytes = web::Bytes::from_static(b": keep-alive\n\n");
