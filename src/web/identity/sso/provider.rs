//! The provider of the settings: its discovery document and keys, fetched when they are needed and cached.
use std::{sync::Arc, time::Duration};

use openidconnect::{
    ClientId, ClientSecret, IssuerUrl, Scope,
    core::{CoreClientAuthMethod, CoreProviderMetadata},
};
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, Semaphore};

use super::http_client::{ProviderHttp, is_protected};
use crate::http::{Code, Problem};
use hoicho_core::{config, i18n::MessageId, values::clock::Instant};

/// Minutes after which discovery document and keys are fetched again.
const METADATA_TTL_MIN: i64 = 60;
/// Seconds between two fetches because of an unknown key.
const MIN_REFRESH_S: i64 = 60;
/// Seconds in which a provider that did not respond is not asked for its discovery document again.
const FAILURE_TTL_S: i64 = 10;
/// Timeout of up to two requests: those of the client, and some time for the system's resolver.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Max concurrent calls of the provider; each takes a thread.
const MAX_CALLS: usize = 16;

/// Cached discovery document and keys.
enum Known {
    Nothing,
    Metadata(Arc<CoreProviderMetadata>, Instant),
    /// The last fetch failed.
    Failed(Instant),
}

/// The OpenID provider of the settings.
pub struct SsoProvider {
    name: String,
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: ClientId,
    pub(super) client_secret: Option<ClientSecret>,
    pub(super) scopes: Vec<Scope>,
    http: ProviderHttp,
    known: Mutex<Known>,
    calls: Arc<Semaphore>,
}

impl SsoProvider {
    /// `None` without an issuer in the settings.
    ///
    /// # Errors
    /// Settings that no provider can have.
    pub fn new(settings: &config::Sso) -> Result<Option<Self>, String> {
        if settings.issuer.is_empty() {
            return Ok(None);
        }
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|e| format!("[sso] issuer: {e}"))?;
        let url = issuer.url();
        if !is_protected(Some(url.scheme()), url.host_str()) {
            return Err("[sso] issuer: must begin with https:// (http:// is for this machine only)".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err("[sso] issuer: must be an address without a query, a fragment and a user".to_owned());
        }
        if settings.client_id.trim().is_empty() {
            return Err("[sso] client_id: is missing".to_owned());
        }
        if !(1..=60).contains(&settings.name.trim().chars().count()) || settings.name.contains(char::is_control) {
            return Err("[sso] name: must have 1 to 60 characters".to_owned());
        }
        let scopes: Vec<&str> = settings.scopes.split_whitespace().collect();
        if !scopes.contains(&"openid") {
            return Err("[sso] scopes: must contain openid".to_owned());
        }
        let secret = settings.client_secret.expose_secret();
        Ok(Some(Self {
            name: settings.name.trim().to_owned(),
            issuer,
            client_id: ClientId::new(settings.client_id.clone()),
            client_secret: (!secret.is_empty()).then(|| ClientSecret::new(secret.to_owned())),
            // The library adds `openid` itself.
            scopes: scopes.into_iter().filter(|s| *s != "openid").map(|s| Scope::new(s.to_owned())).collect(),
            http: ProviderHttp::new(),
            known: Mutex::new(Known::Nothing),
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
        }))
    }

    /// The name shown to people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The issuer, which identities are linked by.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// The problem for a provider that does not respond, or with something unusable.
    pub(super) fn unavailable(&self) -> Problem {
        Problem::new(Code::Unavailable, MessageId("error-sso-unavailable").with_args(&[("provider", &self.name)]))
    }

    /// Runs requests to the provider on a blocking thread, with a limit on their number and a timeout.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(ProviderHttp) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(permit) = self.calls.clone().try_acquire_owned() else { return Err(self.unavailable()) };
        let http = self.http.clone();
        let task = tokio::task::spawn_blocking(move || {
            let result = work(http);
            drop(permit);
            result
        });
        let error = match tokio::time::timeout(CALL_TIMEOUT, task).await {
            Ok(Ok(Ok(value))) => return Ok(value),
            Ok(Ok(Err(error))) => error,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no response in time".to_owned(),
        };
        tracing::warn!(issuer = self.issuer(), error, "a request to the OpenID provider failed");
        Err(self.unavailable())
    }

    async fn fetch(&self) -> Result<Arc<CoreProviderMetadata>, Problem> {
        let issuer = self.issuer.clone();
        self.call(move |http| discover(&issuer, &http)).await.map(Arc::new)
    }

    /// Discovery document and keys.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the provider does not respond.
    pub(super) async fn metadata(&self, now: Instant) -> Result<Arc<CoreProviderMetadata>, Problem> {
        // Held while they are fetched, so that one request fetches for all that wait.
        let mut known = self.known.lock().await;
        match &*known {
            Known::Metadata(metadata, at) if now - *at < chrono::Duration::minutes(METADATA_TTL_MIN) => {
                return Ok(metadata.clone());
            }
            Known::Failed(at) if now - *at < chrono::Duration::seconds(FAILURE_TTL_S) => return Err(self.unavailable()),
            Known::Nothing | Known::Metadata(..) | Known::Failed(_) => {}
        }
        let fetched = self.fetch().await;
        *known = match &fetched {
            Ok(metadata) => Known::Metadata(metadata.clone(), now),
            Err(_) => Known::Failed(now),
        };
        fetched
    }

    /// The same with keys that are newer than an unknown one; `None` if they were fetched a moment ago.
    pub(super) async fn refreshed(&self, now: Instant) -> Result<Option<Arc<CoreProviderMetadata>>, Problem> {
        let mut known = self.known.lock().await;
        match &*known {
            Known::Metadata(_, at) | Known::Failed(at) if now - *at < chrono::Duration::seconds(MIN_REFRESH_S) => {
                return Ok(None);
            }
            Known::Nothing | Known::Metadata(..) | Known::Failed(_) => {}
        }
        let metadata = self.fetch().await?;
        *known = Known::Metadata(metadata.clone(), now);
        Ok(Some(metadata))
    }

    /// Fetches discovery document and keys, for the check of an installation; blocking.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn check(&self) -> Result<(), String> {
        discover(&self.issuer, &self.http).map(drop)
    }
}

/// Fetches discovery document and keys, and checks that they are usable.
fn discover(issuer: &IssuerUrl, http: &ProviderHttp) -> Result<CoreProviderMetadata, String> {
    let send = |request| http.call(request);
    let metadata = CoreProviderMetadata::discover(issuer, &send).map_err(|error| describe(&error))?;
    let authorization = metadata.authorization_endpoint().url();
    if !is_protected(Some(authorization.scheme()), authorization.host_str()) {
        return Err("the authorization endpoint is not https".to_owned());
    }
    if metadata.token_endpoint().is_none() {
        return Err("the discovery document names no token endpoint".to_owned());
    }
    Ok(metadata)
}

/// An error with its causes, in one line.
pub(super) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Whether the secret is sent in the body: the provider names that method and not the usual one.
pub(super) fn wants_secret_in_body(metadata: &CoreProviderMetadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported();
    methods.is_some_and(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
    })
}
