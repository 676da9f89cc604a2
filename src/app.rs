//! Wiring: the state every request sees, and where each capability's routes are mounted.
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

use crate::{
    allocation,
    applications::{self, Storage},
    archive,
    config::{self, Exposure, Settings},
    console::{self, Bodies},
    db::{Db, Tx},
    editions, exhibitors, floor,
    history::{self, Live},
    http::{
        Code, FaultyField, Problem, ProblemView,
        body::BODY_LIMIT,
        conditional, document, guarded,
        guarded::Secure,
        idempotency,
        methods::Methods,
        parameters,
        parameters::Parameters,
        slow::{self, Patience},
    },
    i18n::Language,
    identity::{
        self,
        keys::Uses,
        let_in::LetIn,
        limit::{self, Limits},
        password::Passwords,
        refused,
        token::Tokens,
    },
    imports,
    kept::{self, Shelf},
    localities,
    metrics::{self, Metrics},
    organisers, partners, personal_data, products, sales, statistics,
    values::{
        clock::{Clock, Instant},
        ids::EditionId,
    },
    venues, visits, webhooks,
};

/// What every request sees.
pub struct State {
    /// The doors to the data.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Access tokens.
    pub tokens: Tokens,
    /// Password hashes.
    pub passwords: Passwords,
    /// Days a refresh token is good for.
    pub refresh_days: u32,
    /// Days a login may go on.
    pub login_days: u32,
    /// How often keys were used since it was last written down.
    pub key_uses: Uses,
    /// Seconds that the body of a request may take.
    pub body_timeout_s: u64,
    /// How often one caller may call.
    pub limits: Limits,
    /// Who was let in a moment ago.
    pub let_in: LetIn,
    /// How long what tells of people is kept.
    pub retention: config::Retention,
    /// Whether `X-Forwarded-For` is to be believed.
    pub behind_proxy: bool,
    /// How people reach us, where that is set.
    pub public_url: Option<String>,
    /// Whether people reach us by HTTPS, so that cookies are for it alone.
    pub secure_cookies: bool,
    /// Who may read `/metrics`.
    pub exposure: Exposure,
    /// Answers to the public that are kept.
    pub kept: Shelf,
    /// Tables that are being taken.
    pub imports: imports::Working,
    /// Sends messages to partners.
    pub webhooks: webhooks::Client,
    /// What this node counts about itself.
    pub metrics: Metrics,
    /// Who watches which edition.
    pub live: Live,
    /// Where uploaded papers are kept.
    pub storage: Storage,
    /// Freezes an edition's figures when it is finalised: an arrow up the ranks, so it is handed in here.
    pub freeze_figures: fn(&mut Tx<'_>, EditionId, Instant) -> Result<(), Problem>,
}

impl State {
    /// Puts the state together; `data` is the data folder.
    pub fn new(settings: &Settings, db: Db, clock: Clock, data: &std::path::Path) -> Result<Self, String> {
        let keys = config::folder_or(&settings.tokens.keys, data, "keys");
        Ok(Self {
            db,
            clock,
            tokens: Tokens::open(&keys, settings.tokens.access_s)?,
            passwords: Passwords::new(settings.password)?,
            refresh_days: settings.tokens.refresh_days,
            login_days: settings.tokens.login_days,
            key_uses: Uses::default(),
            limits: Limits::new(settings.limits)?,
            let_in: LetIn::default(),
            body_timeout_s: settings.server.body_timeout_s,
            retention: settings.retention,
            behind_proxy: settings.server.behind_proxy,
            public_url: Some(settings.server.public_url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
            secure_cookies: settings.server.public_url.starts_with("https://"),
            exposure: settings.server.metrics,
            imports: imports::Working::default(),
            webhooks: webhooks::Client::new(settings.webhooks.private_addresses, settings.webhooks.plain_http),
            kept: Shelf::new(settings.kept.most_mib.saturating_mul(1024 * 1024)),
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            live: Live::default(),
            storage: Storage::open(&settings.uploads, data)?,
            freeze_figures: statistics::freeze,
        })
    }
}

impl State {
    /// The beginning of our addresses: what is set, else how this request came.
    pub fn base_url(&self, req: &HttpRequest) -> String {
        let as_asked = || {
            let info = req.connection_info();
            format!("{}://{}", info.scheme(), info.host())
        };
        self.public_url.clone().unwrap_or_else(as_asked)
    }
}

/// How a caller says who they are; what everybody may read needs nothing.
struct Bearer;
impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// The OpenAPI document, put together from the capabilities.
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(info(title = "hoicho", description = "Trade fair management"), modifiers(&Bearer), components(schemas(ProblemView, FaultyField)), security((), ("bearer" = [])))]
    struct Whole;
    let mut whole = Whole::openapi();
    for part in [
        identity::ApiDoc::openapi(),
        personal_data::ApiDoc::openapi(),
        organisers::ApiDoc::openapi(),
        venues::ApiDoc::openapi(),
        localities::ApiDoc::openapi(),
        editions::ApiDoc::openapi(),
        floor::ApiDoc::openapi(),
        exhibitors::ApiDoc::openapi(),
        products::ApiDoc::openapi(),
        applications::ApiDoc::openapi(),
        allocation::ApiDoc::openapi(),
        sales::ApiDoc::openapi(),
        visits::ApiDoc::openapi(),
        statistics::ApiDoc::openapi(),
        partners::ApiDoc::openapi(),
        webhooks::ApiDoc::openapi(),
        imports::ApiDoc::openapi(),
        archive::ApiDoc::openapi(),
        history::ApiDoc::openapi(),
    ] {
        whole.merge(part);
    }
    document::complete(&mut whole);
    whole
}

/// The document as it is served, and what it says of parameters and bodies: made once, whatever the number of workers.
static DOCUMENT: LazyLock<(String, web::Data<Parameters>, web::Data<Bodies>, Methods)> = LazyLock::new(|| {
    let document = serde_json::json!(openapi());
    let (parameters, bodies) = (Parameters::of(&document), Bodies::of(&document));
    let methods = Methods::of(&document);
    (document.to_string(), web::Data::new(parameters), web::Data::new(bodies), methods)
});

/// Mounts everything.
pub fn routes(state: web::Data<State>) -> impl FnOnce(&mut web::ServiceConfig) {
    let (body_timeout_s, secure) = (state.body_timeout_s, state.secure_cookies);
    move |cfg| {
        cfg.app_data(web::Data::new(state.metrics.clone()))
            .app_data(web::Data::new(state.storage.clone()))
            .app_data(web::Data::new(state.live.clone()))
            .app_data(DOCUMENT.1.clone())
            .app_data(DOCUMENT.2.clone())
            .app_data(state)
            .app_data(web::Data::new(Patience(body_timeout_s)))
            .app_data(web::Data::new(Secure(secure)))
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            // What is no identifier names nothing.
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::from(Code::NotFound).into()))
            .service(
                // Forms run through the API, sessions in cookies become tokens: both before anything is routed.
                web::scope("")
                    .wrap(middleware::from_fn(console::carry_forms))
                    .wrap(middleware::from_fn(console::carry_session))
                    .wrap(middleware::from_fn(kept::serve))
                    .wrap(middleware::from_fn(slow::cut_off))
                    .wrap(middleware::from_fn(guarded::guard))
                    .configure(everything),
            );
    }
}

fn everything(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(async || HttpResponse::Ok().body("ok")))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(show_metrics))
        .route("/api/openapi.json", web::get().to(show_document))
        .service(
            utoipa_swagger_ui::SwaggerUi::new("/api/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::from("/api/openapi.json")),
        )
        .service(
            web::scope("/api/v1")
                // The last is the outermost: it sees a request first and its answer last.
                .wrap(middleware::from_fn(conditional::tag))
                .wrap(middleware::from_fn(idempotency::note))
                .wrap(middleware::from_fn(parameters::known))
                .wrap(middleware::from_fn(limit::limit))
                .wrap(middleware::from_fn(metrics::measure))
                .wrap(middleware::from_fn(problems))
                .wrap(middleware::Compress::default())
                // What is asked for most comes first: the router tries one after another.
                .configure(allocation::routes)
                .configure(sales::routes)
                .configure(visits::routes)
                .configure(statistics::routes)
                .configure(floor::routes)
                .configure(editions::routes)
                .configure(partners::routes)
                .configure(applications::routes)
                .configure(identity::routes)
                .configure(personal_data::routes)
                .configure(organisers::routes)
                .configure(venues::routes)
                .configure(localities::routes)
                .configure(exhibitors::routes)
                .configure(products::routes)
                .configure(webhooks::routes)
                .configure(imports::routes)
                .configure(archive::routes)
                .configure(history::routes)
                .default_service(web::to(no_operation)),
        )
        .service(web::scope("").wrap(middleware::Compress::default()).configure(console::routes));
}

/// Renders every problem in the caller's language, and keeps answers out of shared caches.
async fn problems(
    req: actix_web::dev::ServiceRequest,
    next: middleware::Next<actix_web::body::BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let state = req.app_data::<web::Data<State>>().cloned();
    // Tokens, and what is kept of a person: not in a browser's memory either.
    let is_personal = ["/api/v1/me", "/api/v1/auth/"].iter().any(|path| req.path().starts_with(path));
    let response = next.call(req).await?;
    if let Some(state) = state {
        refused::tell(&state, &response);
    }
    let mut response = Problem::in_callers_language(response);
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if is_personal { "no-store" } else { "private, no-cache" }),
    );
    // Pages of other sites may read what everybody may; they cannot send a login along.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

/// What no operation takes: the method is wrong, or the address.
async fn no_operation(req: HttpRequest) -> HttpResponse {
    let accepted = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    DOCUMENT.3.refuse(req.path(), Language::from_header(accepted))
}

async fn show_document() -> HttpResponse {
    HttpResponse::Ok().content_type(header::ContentType::json()).body(DOCUMENT.0.as_str())
}

/// Counters of this node, for those whom the settings allow.
async fn show_metrics(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let is_local = req.peer_addr().is_some_and(|a| a.ip().is_loopback());
    let allowed = match state.exposure {
        Exposure::All => true,
        Exposure::Local => is_local && !state.behind_proxy,
        Exposure::Nobody => false,
    };
    if !allowed {
        return HttpResponse::NotFound().finish();
    }
    state.metrics.reads_from_standby.set(i64::try_from(state.db.reads_from_standby()).unwrap_or(i64::MAX));
    metrics::expose(&state.metrics)
}

async fn ready(state: web::Data<State>) -> HttpResponse {
    match state.db.ping().await {
        Ok(()) => HttpResponse::Ok().body("ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().body("the database does not answer")
        }
    }
}
