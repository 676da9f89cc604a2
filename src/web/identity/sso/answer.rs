//! What the provider sends back with the browser, checked before anything is asked of the provider.
use super::{
    flow::Secrets,
    provider::SsoProvider,
    store::{self, LoginRow},
};
use crate::{
    http::{Code, Problem},
    identity::{RequestContext, token},
};
use hoicho_core::{db::Tx, i18n::MessageId, values::ids::UserId};

/// Max characters of a code.
const MAX_CODE_CHARS: usize = 4_096;

/// The parameters of the callback.
#[derive(Debug, Default)]
pub struct ProviderAnswer {
    /// Code for the tokens.
    pub code: Option<String>,
    /// State of the request.
    pub state: Option<String>,
    /// Issuer (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// A login that the provider has answered. Its row is deleted, so that the answer is accepted once.
pub(super) struct Returned {
    pub login: LoginRow,
    pub code: String,
    pub secrets: Secrets,
}

fn expired() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-sso-expired"))
}

/// The problem for an invalid answer of the provider.
pub(super) fn invalid(provider: &SsoProvider) -> Problem {
    Problem::new(Code::Forbidden, MessageId("error-sso-invalid").with_args(&[("provider", &provider.name())]))
}

/// Finds the login of this browser that an answer belongs to, and ends it: it counts once. `caller` is who is logged in.
///
/// # Errors
/// [`Code::IllegalStep`] in another browser, too late, for the second time, or with another state; [`Code::Forbidden`] if the provider
/// refused, or another one answers.
pub(super) async fn accept(
    context: &RequestContext,
    provider: &SsoProvider,
    (cookie, caller): (Option<String>, Option<UserId>),
    answer: ProviderAnswer,
) -> Result<Returned, Problem> {
    let cookie = cookie.filter(|cookie| token::is_opaque(cookie)).ok_or_else(expired)?;
    let (digest, now) = (token::digest(&cookie), context.clock.now());
    let secrets = Secrets::derive(&cookie);
    // Digests are compared, so that the comparison leaks no timing.
    let sent_state = answer.state.unwrap_or_default();
    if token::digest(sent_state) != token::digest(&secrets.state) {
        return Err(expired());
    }
    // A read, so that made-up cookies cause no write.
    let looked_up = digest.clone();
    let login = context.db.read(move |tx| store::find_login(tx, &looked_up, now).map_err(Problem::from)).await?;
    let login = login.ok_or_else(expired)?;
    let consume = move |tx: &mut Tx<'_>| store::delete_login(tx, &digest).map_err(Problem::from);
    if !context.db.write(consume).await? || (login.user_id.is_some() && login.user_id != caller) {
        return Err(expired());
    }
    if answer.iss.is_some_and(|iss| iss != provider.issuer()) {
        tracing::warn!(target: "hoicho::security", "the answer to a login is of another OpenID provider");
        return Err(invalid(provider));
    }
    match (answer.code, answer.error.as_deref()) {
        (Some(code), None) if code.len() <= MAX_CODE_CHARS => Ok(Returned { login, code, secrets }),
        (_, Some("access_denied")) => {
            let name = provider.name();
            Err(Problem::new(Code::Forbidden, MessageId("error-sso-denied").with_args(&[("provider", &name)])))
        }
        (_, Some(error)) => {
            tracing::warn!(target: "hoicho::security", ?error, "the OpenID provider refused a login");
            Err(invalid(provider))
        }
        (Some(_) | None, None) => Err(invalid(provider)),
    }
}
