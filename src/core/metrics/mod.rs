//! What the program tells Prometheus: requests by route and status, and how long they took.
use actix_web::{
    HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The counters of one node.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    /// Mails and other work that waits in the outbox.
    pub outbox_waiting: IntGauge,
    /// Reads that a standby was asked for since the start.
    pub reads_from_standby: IntGauge,
}

impl Metrics {
    /// Fails only when two metrics have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("hoicho_http_requests_total", "Requests answered"),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("hoicho_http_request_duration_seconds", "Time from request to answer")
                .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]),
            &["method", "route"],
        )?;
        let outbox_waiting = IntGauge::new("hoicho_outbox_waiting", "Mails and other work waiting to be done")?;
        let reads_from_standby =
            IntGauge::new("hoicho_reads_from_standby", "Reads that a standby was asked for since the start")?;
        registry.register(Box::new(reads_from_standby.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(outbox_waiting.clone()))?;
        Ok(Self { registry, requests, seconds, outbox_waiting, reads_from_standby })
    }

    /// The counters of a route.
    pub fn counted(&self, method: &str, route: &str) -> Counted {
        Counted {
            ok: self.requests.with_label_values(&[method, route, "200"]),
            not_modified: self.requests.with_label_values(&[method, route, "304"]),
            seconds: self.seconds.with_label_values(&[method, route]),
        }
    }
}

/// The counters of one route, found once.
pub struct Counted {
    ok: IntCounter,
    not_modified: IntCounter,
    seconds: Histogram,
}

impl Counted {
    /// Counts an answer: 304, or 200 for all else.
    pub fn note(&self, status: u16, began: std::time::Instant) {
        if status == 304 { &self.not_modified } else { &self.ok }.inc();
        self.seconds.observe(began.elapsed().as_secs_f64());
    }
}

/// Counts and times every request by the pattern of its route, never by its path: paths are without number.
pub async fn measure(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let metrics = req.app_data::<web::Data<Metrics>>().cloned();
    let began = std::time::Instant::now();
    let response = next.call(req).await?;
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let method = response.request().method().as_str();
        metrics.requests.with_label_values(&[method, &route, response.status().as_str()]).inc();
        metrics.seconds.with_label_values(&[method, &route]).observe(began.elapsed().as_secs_f64());
    }
    Ok(response)
}

/// The text that Prometheus reads.
pub fn expose(metrics: &Metrics) -> HttpResponse {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&metrics.registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
