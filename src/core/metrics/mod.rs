//! Prometheus metrics: request counts by method, route and status, and request durations.
use actix_web::{
    HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web,
};
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The metrics of one node.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    /// Pending outbox entries.
    pub outbox_pending: IntGauge,
    /// Reads sent to the read replica since process start.
    pub replica_reads: IntGauge,
}

impl Metrics {
    /// Registers all metrics. Fails only if two of them have the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("hoicho_http_requests_total", "HTTP requests handled"),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("hoicho_http_request_duration_seconds", "HTTP request duration in seconds")
                .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]),
            &["method", "route"],
        )?;
        let outbox_waiting = IntGauge::new("hoicho_outbox_waiting", "Pending outbox entries")?;
        let reads_from_standby =
            IntGauge::new("hoicho_reads_from_standby", "Reads sent to the read replica since process start")?;
        registry.register(Box::new(reads_from_standby.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(outbox_waiting.clone()))?;
        Ok(Self { registry, requests, seconds, outbox_pending: outbox_waiting, replica_reads: reads_from_standby })
    }

    /// Counts a request that was refused before it was routed.
    pub fn record_refused(&self, method: &Method, status: StatusCode) {
        self.requests.with_label_values(&[method.as_str(), "refused", status.as_str()]).inc();
    }

    /// Looks up the metrics of a route.
    pub fn for_route(&self, method: &str, route: &str) -> RouteMetrics {
        RouteMetrics {
            ok: self.requests.with_label_values(&[method, route, "200"]),
            not_modified: self.requests.with_label_values(&[method, route, "304"]),
            seconds: self.seconds.with_label_values(&[method, route]),
        }
    }
}

/// The metrics of one route, looked up once so that the hot path skips the label lookup.
pub struct RouteMetrics {
    ok: IntCounter,
    not_modified: IntCounter,
    seconds: Histogram,
}

impl RouteMetrics {
    /// Records a response; any status other than 304 counts as 200.
    pub fn record(&self, status: u16, started: std::time::Instant) {
        if status == 304 { &self.not_modified } else { &self.ok }.inc();
        self.seconds.observe(started.elapsed().as_secs_f64());
    }
}

/// Middleware that counts and times requests, labelled by route pattern instead of path to bound the label cardinality.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let metrics = req.app_data::<web::Data<Metrics>>().cloned();
    let started = std::time::Instant::now();
    let response = next.call(req).await?;
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let method = response.request().method().as_str();
        metrics.requests.with_label_values(&[method, &route, response.status().as_str()]).inc();
        metrics.seconds.with_label_values(&[method, &route]).observe(started.elapsed().as_secs_f64());
    }
    Ok(response)
}

/// Renders all metrics in the Prometheus text format.
pub fn render(metrics: &Metrics) -> HttpResponse {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&metrics.registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "failed to encode metrics");
            HttpResponse::InternalServerError().finish()
        }
    }
}
