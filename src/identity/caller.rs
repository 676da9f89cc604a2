//! Who sends a request.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};

use super::token::Tokens;
use crate::{
    app::State,
    http::{Code, Problem},
    values::{
        clock::{Clock, Instant},
        ids::UserId,
    },
};

/// A caller, known or not, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Known by a valid access token.
    pub user: Option<UserId>,
    /// When the request was read.
    pub now: Instant,
}

impl Caller {
    /// A bad token is refused rather than taken for no token: its owner should know.
    pub(super) fn of(req: &HttpRequest, tokens: &Tokens, clock: Clock) -> Result<Self, Problem> {
        let now = clock.now();
        let Some(value) = req.headers().get(header::AUTHORIZATION) else { return Ok(Self { user: None, now }) };
        let user =
            value.to_str().ok().and_then(|v| v.strip_prefix("Bearer ")).and_then(|token| tokens.check(token, now));
        match user {
            Some(user) => Ok(Self { user: Some(user), now }),
            None => Err(Problem::new(
                Code::LoginRequired,
                "Phiên đăng nhập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại.",
                "The access token is not valid any more. Please log in again.",
            )),
        }
    }
}

/// Any person with a login, acting for themselves.
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// When.
    pub now: Instant,
    /// The doors.
    pub state: web::Data<State>,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let state = req.app_data::<web::Data<State>>().cloned().ok_or(Code::Internal)?;
            let caller = Caller::of(&req, &state.tokens, state.clock)?;
            Ok(Self { user: caller.user.ok_or(Code::LoginRequired)?, now: caller.now, state })
        })
    }
}
