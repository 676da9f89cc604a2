//! Composition root: the application state, the middleware stack and the routes of all capabilities.
use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ServiceResponse,
    http::header::{self, HeaderValue},
    middleware, web,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use hoicho_console::{self as console, RequestSchemas};
use hoicho_core::{
    config::{MetricsAccess, Settings},
    db::Database,
    metrics::{self, Metrics},
    values::clock::Clock,
};
use hoicho_fair::{
    allocation,
    applications::{self, DocumentStorage},
    archive,
    editions::{self, OnDaysChanged, OnFinalise},
    exhibitors, exports, find_owners, floor,
    history::{self, EditionStreams},
    imports, links, localities, merges, organisations, organisers, partners, personal_data, products, sales,
    statistics, typed_values, venues, visits, webhooks,
};
use hoicho_web::{
    http::{
        Code, FieldErrorView, Problem, ProblemView,
        body_timeout::{self, BodyTimeout},
        conditional_get, content_encoding, cors, etag, head_requests, idempotency,
        method_not_allowed::AllowedMethods,
        negotiation, openapi,
        query_parameters::{self, KnownParameters},
        request_id,
        security_headers::{self, IsHttps},
        size_limits::MAX_JSON_BYTES,
    },
    identity::{self, RequestContext, access_log, is_from_this_machine, rate_limit},
    response_cache::{self, ResponseCache},
};

/// Application state that the handlers of one node share. Each part goes to its extractors as application data of its own.
#[derive(Clone)]
pub struct Services {
    /// For identifying callers: database, clock, tokens, limits.
    pub context: web::Data<RequestContext>,
    /// Cached public responses.
    pub response_cache: web::Data<ResponseCache>,
    /// Progress of imports that this node runs.
    pub imports: web::Data<imports::RunningImports>,
    /// Sends webhooks.
    pub webhooks: web::Data<webhooks::WebhookClient>,
    /// Counters of this node.
    pub metrics: Metrics,
    /// Event streams by edition.
    pub streams: EditionStreams,
    /// Allocation runs that this node computes at once.
    pub run_slots: allocation::runs::RunSlots,
    /// Uploaded documents.
    pub storage: DocumentStorage,
    /// Access to `/metrics`.
    pub metrics_exposure: MetricsAccess,
    /// Seconds depend which the body of a request must arrive.
    pub body_timeout_s: u64,
    /// Terms under which published figures may be reused.
    pub licence: String,
}

impl Services {
    /// Builds them from the settings; `data` is the data folder.
    ///
    /// # Errors
    /// Settings out of range, and folders or keys that cannot be read or created.
    pub fn new(settings: &Settings, db: Database, clock: Clock, data: &std::path::Path) -> Result<Self, String> {
        let client =
            webhooks::WebhookClient::new(settings.webhooks.allow_private_addresses, settings.webhooks.allow_plain_http);
        Ok(Self {
            context: web::Data::new(RequestContext::new(settings, db, clock, data, find_owners)?),
            response_cache: web::Data::new(ResponseCache::new(
                settings.response_cache.max_mib.saturating_mul(1024 * 1024),
            )),
            imports: web::Data::default(),
            webhooks: web::Data::new(client),
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            streams: EditionStreams::default(),
            run_slots: allocation::runs::RunSlots::default(),
            storage: DocumentStorage::open(&settings.uploads, data)?,
            metrics_exposure: settings.server.metrics,
            body_timeout_s: settings.server.body_timeout_s,
            licence: settings.figures.licence.clone(),
        })
    }
}

/// OpenAPI security schemes. An operation that lists none needs no credentials.
struct SecuritySchemes;
impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = || Http::builder().scheme(HttpAuthScheme::Bearer);
        let session = bearer().bearer_format("JWT").description(Some("Access token of a person, from a login."));
        let key = bearer().bearer_format("hc_…").description(Some(
            "API key of an organiser. The scope that an operation needs is its `x-scopes`; a key may be restricted to editions.",
        ));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::Http(session.build()));
        components.add_security_scheme("api_key", SecurityScheme::Http(key.build()));
    }
}

/// The OpenAPI document, merged from all capabilities.
pub fn openapi() -> serde_json::Value {
    #[derive(OpenApi)]
    #[openapi(
        info(
            title = "hoicho",
            description = "Trade fair management: editions, booths, exhibitors, daily sales, visits and figures.",
            contact(name = "Operator of this server"),
        ),
        servers((url = "/", description = "This server")),
        modifiers(&SecuritySchemes),
        components(schemas(ProblemView, FieldErrorView)),
    )]
    struct BaseDocument;
    let mut whole = BaseDocument::openapi();
    for part in [
        identity::ApiDoc::openapi(),
        personal_data::ApiDoc::openapi(),
        organisers::ApiDoc::openapi(),
        venues::ApiDoc::openapi(),
        localities::ApiDoc::openapi(),
        editions::ApiDoc::openapi(),
        floor::ApiDoc::openapi(),
        organisations::ApiDoc::openapi(),
        exhibitors::ApiDoc::openapi(),
        links::ApiDoc::openapi(),
        merges::ApiDoc::openapi(),
        products::ApiDoc::openapi(),
        applications::ApiDoc::openapi(),
        allocation::ApiDoc::openapi(),
        sales::ApiDoc::openapi(),
        visits::ApiDoc::openapi(),
        statistics::ApiDoc::openapi(),
        exports::ApiDoc::openapi(),
        partners::ApiDoc::openapi(),
        webhooks::ApiDoc::openapi(),
        imports::ApiDoc::openapi(),
        typed_values::ApiDoc::openapi(),
        archive::ApiDoc::openapi(),
        history::ApiDoc::openapi(),
    ] {
        whole.merge(part);
    }
    webhooks::events::add_to(&mut whole);
    openapi::complete(whole)
}

/// The serialized document, with the tables of parameters, bodies and methods derived from it. Built once for all workers.
static DOCUMENT: LazyLock<(String, web::Data<KnownParameters>, web::Data<RequestSchemas>, AllowedMethods)> =
    LazyLock::new(|| {
        let document = openapi();
        let (parameters, bodies) = (KnownParameters::from_openapi(&document), RequestSchemas::from_openapi(&document));
        let methods = AllowedMethods::from_openapi(&document);
        (document.to_string(), web::Data::new(parameters), web::Data::new(bodies), methods)
    });

/// Registers middleware and routes.
pub fn routes(services: Services) -> impl FnOnce(&mut web::ServiceConfig) {
    move |cfg| {
        let secure = services.context.secure_cookies;
        cfg.app_data(services.context)
            .app_data(services.response_cache)
            .app_data(services.imports)
            .app_data(services.webhooks)
            .app_data(web::Data::new(services.metrics))
            .app_data(web::Data::new(services.streams))
            .app_data(web::Data::new(services.run_slots))
            .app_data(web::Data::new(services.storage))
            .app_data(web::Data::new(services.metrics_exposure))
            .app_data(web::Data::new(OnFinalise(statistics::freeze)))
            .app_data(web::Data::new(OnDaysChanged(allocation::occupancies::fill_new_days)))
            .app_data(DOCUMENT.1.clone())
            .app_data(DOCUMENT.2.clone())
            .app_data(web::Data::new(BodyTimeout(services.body_timeout_s)))
            .app_data(web::Data::new(statistics::Licence(services.licence)))
            .app_data(web::Data::new(IsHttps(secure)))
            .app_data(web::PayloadConfig::new(MAX_JSON_BYTES))
            // A path parameter that is not a valid identifier gives 404.
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::from(Code::NotFound).into()))
            .service(
                // Before routing: forms are rewritten to API requests, and session cookies to access tokens.
                web::scope("")
                    .wrap(middleware::from_fn(console::handle_form))
                    .wrap(middleware::from_fn(console::authenticate_session))
                    .wrap(middleware::from_fn(response_cache::middleware))
                    .wrap(middleware::from_fn(body_timeout::middleware))
                    .wrap(middleware::from_fn(content_encoding::refuse_encoded))
                    .wrap(middleware::from_fn(limit_requests))
                    .wrap(middleware::from_fn(security_headers::middleware))
                    .wrap(middleware::from_fn(cors::middleware))
                    .wrap(middleware::from_fn(request_id::middleware))
                    .wrap(middleware::from_fn(console::remove_language_prefix))
                    .wrap(middleware::from_fn(head_requests::middleware))
                    .configure(configure_routes),
            );
    }
}

fn configure_routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(async || HttpResponse::Ok().body("ok")))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(get_metrics))
        .service(
            web::scope("/api/v1")
                // The last middleware is the outermost: it sees the request first and the response last.
                .wrap(middleware::from_fn(conditional_get::middleware))
                .wrap(middleware::from_fn(idempotency::middleware))
                .wrap(middleware::from_fn(query_parameters::reject_unknown))
                .wrap(middleware::from_fn(metrics::middleware))
                .wrap(middleware::from_fn(finish_response))
                .wrap(middleware::Compress::default())
                // Ordered by traffic: the router tries the routes one after another.
                .configure(allocation::routes)
                .configure(sales::routes)
                .configure(visits::routes)
                .configure(statistics::routes)
                .configure(exports::routes)
                .configure(floor::routes)
                .configure(editions::routes)
                .configure(partners::routes)
                .configure(applications::routes)
                .configure(identity::routes)
                .configure(personal_data::routes)
                .configure(organisers::routes)
                .configure(venues::routes)
                .configure(localities::routes)
                .configure(organisations::routes)
                .configure(exhibitors::routes)
                .configure(links::routes)
                .configure(merges::routes)
                .configure(products::routes)
                .configure(webhooks::routes)
                .configure(imports::routes)
                .configure(typed_values::routes)
                .configure(archive::routes)
                .configure(history::routes)
                .default_service(web::to(method_or_path_not_found)),
        )
        .service(
            web::scope("/api")
                .wrap(middleware::from_fn(conditional_get::middleware))
                .wrap(middleware::DefaultHeaders::new().add((header::CACHE_CONTROL, "public, max-age=300")))
                .wrap(middleware::Compress::default())
                .route("/openapi.json", web::get().to(get_openapi))
                .service(web::redirect("/docs", "/api/docs/"))
                .service(
                    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
                        .config(utoipa_swagger_ui::Config::from("/api/openapi.json")),
                ),
        )
        .service(web::scope("").wrap(middleware::Compress::default()).configure(console::routes));
}

/// Limits the requests of each caller, whatever they are for.
async fn limit_requests(
    req: actix_web::dev::ServiceRequest,
    next: middleware::Next<actix_web::body::BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    rate_limit::enforce(req, next, console::render_problem).await
}

/// Renders problem details in the caller's language, sets `Cache-Control`, and logs refused requests.
async fn finish_response(
    req: actix_web::dev::ServiceRequest,
    next: middleware::Next<actix_web::body::BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let context = req.app_data::<web::Data<RequestContext>>().cloned();
    // Tokens and personal data must not be stored by browsers either.
    let is_personal = ["/api/v1/me", "/api/v1/auth/"].iter().any(|path| req.path().starts_with(path));
    let response = next.call(req).await?;
    if let Some(context) = context {
        access_log::log_refusal(&context, &response);
    }
    let mut response = Problem::localize(response);
    negotiation::set_vary(&mut response);
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if is_personal { "no-store" } else { "private, no-cache" }),
    );
    Ok(response)
}

/// Default handler of the API.
async fn method_or_path_not_found(req: HttpRequest) -> HttpResponse {
    DOCUMENT.3.response(&req)
}

async fn get_openapi() -> HttpResponse {
    // The digest is that of the document, whatever its content coding: a weak tag.
    static ETAG: LazyLock<String> = LazyLock::new(|| format!("W/\"{}\"", etag::digest(DOCUMENT.0.as_bytes())));
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::json()).insert_header((header::ETAG, ETAG.as_str()));
    response.body(DOCUMENT.0.as_str())
}

/// Whether a request for the metrics is local. Where a proxy serves the program (its public URL has TLS) but adds no header that
/// the settings trust, its requests cannot be told from local ones.
fn is_local(req: &HttpRequest, context: &RequestContext) -> bool {
    let has_unknown_proxy = context.secure_cookies && context.trusted_proxies == 0;
    !has_unknown_proxy && is_from_this_machine(req)
}

/// Metrics of this node; access depends on the settings.
async fn get_metrics(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    metrics: web::Data<Metrics>,
    exposure: web::Data<MetricsAccess>,
) -> HttpResponse {
    let allowed = match **exposure {
        MetricsAccess::All => true,
        MetricsAccess::Local => is_local(&req, &context),
        MetricsAccess::Nobody => false,
    };
    if !allowed {
        return HttpResponse::NotFound().finish();
    }
    metrics.replica_reads.set(i64::try_from(context.db.replica_read_count()).unwrap_or(i64::MAX));
    metrics::render(&metrics)
}

async fn readyz(context: web::Data<RequestContext>) -> HttpResponse {
    match context.db.ping().await {
        Ok(()) => HttpResponse::Ok().body("ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().body("database unavailable")
        }
    }
}
