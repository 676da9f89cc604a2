//! Begins a login at the provider. State, nonce and code verifier are derived from a random cookie of the browser, so that what is
//! stored says nothing, and an answer is worth nothing without that cookie.
use actix_web::web;
use chrono::Duration;
use openidconnect::{
    AuthType, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};

use super::{
    provider::{SsoProvider, wants_secret_in_body},
    store::{self, LoginRow},
};
use crate::{
    http::{Code, Problem},
    identity::{RequestContext, token},
};
use hoicho_core::values::ids::UserId;

/// Minutes in which the provider must send the person back, and in which a link must be confirmed.
pub(super) const LOGIN_TTL_MIN: i64 = 10;
/// Where the provider sends people back to.
pub const CALLBACK_PATH: &str = "/login/sso/callback";
/// Max characters of the page to show afterwards.
const MAX_NEXT_CHARS: usize = 1_000;

/// A client of the provider's discovery document.
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What a login at the provider is protected by.
pub(super) struct Secrets {
    /// Binds the answer to this browser.
    pub state: String,
    /// Binds the ID token to this login.
    pub nonce: String,
    /// Binds the code to this login (PKCE).
    pub verifier: String,
}

impl Secrets {
    /// Derived from a cookie of 256 random bits by different digests, none of which leads to another.
    pub(super) fn derive(cookie: &str) -> Self {
        let derive = |purpose: &str| token::digest(format!("sso {purpose} {cookie}"));
        Self { state: derive("state"), nonce: derive("nonce"), verifier: derive("verifier") }
    }
}

/// The client for requests of this server.
pub(super) fn client(
    provider: &SsoProvider,
    metadata: &CoreProviderMetadata,
    base_url: &str,
) -> Result<Client, Problem> {
    let redirect = RedirectUrl::new(format!("{base_url}{CALLBACK_PATH}")).map_err(|error| {
        tracing::error!(%error, "the public URL is none");
        Problem::from(Code::Internal)
    })?;
    let client = CoreClient::from_provider_metadata(
        metadata.clone(),
        provider.client_id.clone(),
        provider.client_secret.clone(),
    );
    let in_body = wants_secret_in_body(metadata);
    let auth_type = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_redirect_uri(redirect).set_auth_type(auth_type))
}

/// A login that has begun.
pub struct Begun {
    /// Address at the provider.
    pub url: String,
    /// Cookie of the browser.
    pub cookie: String,
}

/// Begins a login, or with a user the linking of their account.
///
/// # Errors
/// [`Code::NotFound`] without a provider, [`Code::Unavailable`] if it does not respond.
pub async fn begin(
    context: &web::Data<RequestContext>,
    base_url: &str,
    (user, next): (Option<UserId>, String),
) -> Result<Begun, Problem> {
    let provider = context.sso.as_ref().ok_or(Code::NotFound)?;
    let now = context.clock.now();
    let metadata = provider.metadata(now).await?;
    let client = client(provider, &metadata, base_url)?;
    let cookie = token::generate_opaque();
    let Secrets { state, nonce, verifier } = Secrets::derive(&cookie);
    let verifier = PkceCodeVerifier::new(verifier);
    let (url, _, _) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
        .add_scopes(provider.scopes.iter().cloned())
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    let next_path = if next.chars().count() <= MAX_NEXT_CHARS { next } else { "/home".to_owned() };
    let expires_at = now + Duration::minutes(LOGIN_TTL_MIN);
    let row = LoginRow { digest: token::digest(&cookie), user_id: user, next_path, expires_at };
    context.db.write(move |tx| store::insert_login(tx, &row).map_err(Problem::from)).await?;
    Ok(Begun { url: url.into(), cookie })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_depend_on_the_cookie_and_differ() {
        let cookie = token::generate_opaque();
        let (one, again) = (Secrets::derive(&cookie), Secrets::derive(&cookie));
        let other = Secrets::derive(&token::generate_opaque());
        assert_eq!(one.state, again.state);
        let all = [&one.state, &one.nonce, &one.verifier, &other.state, &other.nonce, &other.verifier];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
        // RFC 7636: at least 43 characters.
        assert_eq!(one.verifier.len(), 43);
    }
}
