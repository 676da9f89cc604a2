//! Requests of this server to other systems.
use std::time::Duration;

use ureq::config::Config;

/// Settings of a client that calls an address which somebody else chose. It uses no proxy, follows no redirect, returns every status as
/// a response and keeps no connection open. `timeout` covers one request: name resolution, connecting and the response.
pub fn client_config(timeout: Duration) -> Config {
    ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        .timeout_global(Some(timeout))
        .user_agent(concat!("hoicho/", env!("CARGO_PKG_VERSION")))
        .build()
}
