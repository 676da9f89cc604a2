//! Bodies that are not JSON: files and tables.
use hoicho_core::i18n::Said;
use std::pin::Pin;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;

use super::{
    problem::{Code, Problem},
    slow,
};

/// A body of at most `MOST` bytes. Like `Body`, it tells what is wrong only when it is asked for.
pub struct Raw<const MOST: usize>(Result<Bytes, Problem>);

impl<const MOST: usize> Raw<MOST> {
    /// What was sent, or what is wrong with it.
    pub fn get(self) -> Result<Bytes, Problem> {
        self.0
    }
}

async fn read(mut payload: Payload, most: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| slow::fault(&e))?;
        if body.len() + chunk.len() > most {
            return Err(Problem::new(
                Code::TooLarge,
                Said("the-body-is-over-most-1024-kib").with(&[("most_1024", &(most / 1024))]),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl<const MOST: usize> FromRequest for Raw<MOST> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        Box::pin(async move { Ok(Self(read(payload, MOST).await)) })
    }
}
