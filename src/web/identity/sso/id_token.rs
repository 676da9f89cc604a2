//! Exchanges the code for the tokens and verifies the ID token. The tokens are dropped afterwards.
use std::sync::Arc;

use chrono::Duration;
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, Nonce, PkceCodeVerifier, SignatureVerificationError, TokenResponse,
    core::{
        CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
        CoreUserInfoClaims,
    },
};

use super::{
    answer::{Returned, invalid},
    factors,
    flow::{self, Client, Secrets},
    http_client::ProviderHttp,
    provider::{SsoProvider, describe},
    store,
};
use crate::{http::Problem, identity::RequestContext};
use hoicho_core::values::clock::Instant;

/// Minutes by which the time of an ID token may differ from the clock.
const MAX_AGE_MIN: i64 = 10;
/// Max bytes of a subject (OpenID Connect Core, 2).
const MAX_SUBJECT_BYTES: usize = 255;
/// Signatures that are accepted: with a key of the provider, never with the secret that it shares with us, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What the provider says of a person.
#[derive(Debug)]
pub(super) struct VerifiedIdentity {
    pub subject: String,
    /// The address, if the provider has verified it.
    pub email: Option<String>,
    /// Several factors were checked.
    pub is_multi_factor: bool,
}

/// The code was not accepted, or no ID token came with the tokens: the provider works, but the login does not.
struct NoIdToken(String);

fn exchange(
    client: &Client,
    (code, secrets): (String, &Secrets),
    http: &ProviderHttp,
) -> Result<Result<CoreTokenResponse, NoIdToken>, String> {
    let send = |request| http.call(request);
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| describe(&error))?;
    match request.set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone())).request(&send) {
        Ok(response) if response.id_token().is_none() => Ok(Err(NoIdToken("there is no ID token".to_owned()))),
        Ok(response) => Ok(Ok(response)),
        Err(openidconnect::RequestTokenError::ServerResponse(error)) => Ok(Err(NoIdToken(error.to_string()))),
        // Not the error itself: it has the body, which may contain tokens.
        Err(openidconnect::RequestTokenError::Parse(error, _)) => Err(format!("malformed tokens at {}", error.path())),
        Err(openidconnect::RequestTokenError::Request(error)) => Err(describe(&error)),
        Err(openidconnect::RequestTokenError::Other(error)) => Err(error),
    }
}

/// The claims of an ID token with a valid signature, for us, for this login, and of now.
fn verify<'a>(
    provider: &SsoProvider,
    metadata: &CoreProviderMetadata,
    (tokens, nonce): (&'a CoreTokenResponse, &str),
    now: Instant,
) -> Result<&'a CoreIdTokenClaims, ClaimsVerificationError> {
    let at = now.and_utc();
    let verifier = CoreIdTokenVerifier::new_public_client(
        provider.client_id.clone(),
        provider.issuer.clone(),
        metadata.jwks().clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || at)
    .set_issue_time_verifier_fn(move |issued_at| {
        let is_recent = (at - issued_at).abs() <= Duration::minutes(MAX_AGE_MIN);
        if is_recent { Ok(()) } else { Err("issued at another time".to_owned()) }
    });
    let nonce = Nonce::new(nonce.to_owned());
    let id_token = tokens.id_token().ok_or(ClaimsVerificationError::Other("no ID token".to_owned()))?;
    let claims = id_token.claims(&verifier, &nonce)?;
    let is_ours = |party: &openidconnect::ClientId| *party == provider.client_id;
    if !claims.authorized_party().is_none_or(is_ours) {
        return Err(ClaimsVerificationError::InvalidAudience("the authorized party is another client".to_owned()));
    }
    Ok(claims)
}

/// [`verify`], once more with new keys if the key is unknown.
async fn verify_with_current_keys<'a>(
    provider: &SsoProvider,
    metadata: &CoreProviderMetadata,
    signed: (&'a CoreTokenResponse, &str),
    now: Instant,
) -> Result<&'a CoreIdTokenClaims, Problem> {
    let mut verified = verify(provider, metadata, signed, now);
    let is_unknown_key = matches!(
        verified,
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
    );
    if is_unknown_key && let Some(metadata) = provider.refreshed(now).await? {
        verified = verify(provider, &metadata, signed, now);
    }
    verified.map_err(|error| {
        let error = describe(&error);
        tracing::warn!(target: "hoicho::security", error, "an ID token was refused");
        invalid(provider)
    })
}

/// The address that the provider has verified: in the ID token, or where it has none there at the userinfo endpoint.
async fn find_email(
    provider: &SsoProvider,
    client: Client,
    (claims, tokens): (&CoreIdTokenClaims, &CoreTokenResponse),
) -> Result<Option<String>, Problem> {
    if let Some(email) = claims.email() {
        return Ok((claims.email_verified() == Some(true)).then(|| email.to_string()));
    }
    let access_token = openidconnect::OAuth2TokenResponse::access_token(tokens).clone();
    let subject = claims.subject().clone();
    let send = move |http: ProviderHttp| {
        // Without such an endpoint there is no address.
        let Ok(request) = client.user_info(access_token, Some(subject)) else { return Ok(None) };
        let send = |request| http.call(request);
        // Not the error itself: it may have the body.
        let found = request.require_signed_response(false).request(&send);
        found.map(Some).map_err(|_| "the userinfo endpoint gave no usable response".to_owned())
    };
    let info: Option<CoreUserInfoClaims> = provider.call(send).await?;
    let verified = info.filter(|info| info.email_verified() == Some(true));
    Ok(verified.and_then(|info| info.email().map(|email| email.to_string())))
}

/// Exchanges the code of an answer and verifies who it is.
///
/// # Errors
/// The provider does not respond, or what it says does not hold.
pub(super) async fn identify(
    context: &RequestContext,
    provider: &SsoProvider,
    base_url: &str,
    Returned { login, code, secrets }: Returned,
) -> Result<VerifiedIdentity, Problem> {
    let now = context.clock.now();
    let metadata: Arc<CoreProviderMetadata> = provider.metadata(now).await?;
    let client = flow::client(provider, &metadata, base_url)?;
    let (exchanging, nonce) = (client.clone(), secrets.nonce.clone());
    let tokens = provider.call(move |http| exchange(&exchanging, (code, &secrets), &http)).await?;
    let tokens = tokens.map_err(|NoIdToken(reason)| {
        tracing::warn!(target: "hoicho::security", reason, "the OpenID provider gave no ID token");
        invalid(provider)
    })?;
    let claims = verify_with_current_keys(provider, &metadata, (&tokens, &nonce), now).await?;
    let subject = claims.subject().to_string();
    if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES || subject.contains(char::is_control) {
        return Err(invalid(provider));
    }
    let methods = claims.auth_method_refs().into_iter().flatten();
    let is_multi_factor = factors::are_multiple(methods.map(|method| method.as_str()));
    let (issuer, looked_up) = (provider.issuer().to_owned(), subject.clone());
    let linked = context.db.read(move |tx| store::find_user(tx, &issuer, &looked_up).map_err(Problem::from)).await?;
    // The address matters only for who is not known otherwise.
    let email = match login.user_id.or(linked) {
        Some(_) => None,
        None => find_email(provider, client, (claims, &tokens)).await?,
    };
    Ok(VerifiedIdentity { subject, email, is_multi_factor })
}
