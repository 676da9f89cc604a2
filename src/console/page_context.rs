//! Page context: language, current user, theme and flash message. Every page template has it as `page`.
use std::{pin::Pin, sync::LazyLock};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web};
use askama::Template;
use url::Url;

use super::{
    assets,
    flash::Flash,
    page_language::{PublicAddress, link_prefix, request_language},
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, Localizer, format},
    values::{
        clock::{Day, Instant},
        ids::{EditionId, OrganisationId, OrganiserId},
    },
};
use hoicho_fair::{
    organisations,
    organisers::{self, store::OrganiserRow},
};
use hoicho_web::{
    http::{Code, CpuPool, Problem},
    identity::{OrganiserRole, RequestContext, UserSession, identify_caller, store},
};

/// Cookie with the selected theme.
pub(super) const THEME_COOKIE: &str = "hoicho_theme";

/// Colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    /// Follows `prefers-color-scheme`.
    Device,
    Light,
    Dark,
}

impl Theme {
    fn from_request(req: &HttpRequest) -> Self {
        match req.cookie(THEME_COOKIE).as_ref().map(|c| c.value()) {
            Some("dark") => Self::Dark,
            Some("light") => Self::Light,
            Some(_) | None => Self::Device,
        }
    }
    /// Value of the `data-theme` attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    /// The theme that the toggle link selects.
    pub fn toggled(self) -> &'static str {
        match self {
            Self::Device | Self::Light => "dark",
            Self::Dark => "light",
        }
    }
}

/// A role with an organiser for one of its editions.
#[derive(Debug, Clone)]
pub(super) struct EditionRole {
    pub organiser: OrganiserId,
    pub name: String,
    pub role: OrganiserRole,
    pub edition: EditionId,
}

/// The logged-in user.
#[derive(Debug, Clone)]
pub(super) struct CurrentUser {
    pub name: String,
    pub is_admin: bool,
    /// Organisers of which the user is staff for all editions.
    pub organisers: Vec<(OrganiserId, String, OrganiserRole)>,
    /// Roles with organisers for one edition.
    pub edition_roles: Vec<EditionRole>,
    /// Names of organisers with which no role counts until the user has a second factor.
    pub need_second_factor: Vec<String>,
    /// Organisations the user is a member of.
    pub organisations: Vec<(OrganisationId, String)>,
}

impl CurrentUser {
    /// Whether the user is a platform admin or has a role with an organiser, if only one that does not count now.
    pub fn is_staff(&self) -> bool {
        let has_role = !self.organisers.is_empty() || !self.edition_roles.is_empty();
        self.is_admin || has_role || !self.need_second_factor.is_empty()
    }

    /// Loads the user; `None` if the account was erased while the session was still valid.
    fn load(tx: &mut Tx<'_>, in_session: UserSession) -> Result<Option<Self>, Problem> {
        let user = in_session.user;
        if !store::is_active(tx, user)? {
            return Ok(None);
        }
        let account = store::find_account(tx, user)?;
        let roles = store::list_organiser_memberships(tx, in_session)?;
        let organisers = organisers::store::list_of_user(tx, user)?;
        let of = |id: OrganiserId| roles.iter().find(move |role| role.organiser_id == id);
        let with = |id: OrganiserId| of(id).filter(|role| !role.lacks_second_factor);
        let is_lacking = |o: &&OrganiserRow| of(o.id).is_some_and(|role| role.lacks_second_factor);
        let need_second_factor = organisers.iter().filter(is_lacking).map(|o| o.name.clone()).collect();
        let role = |id: OrganiserId| with(id).filter(|role| role.edition_id.is_none()).map(|role| role.role);
        let edition_role = |o: &OrganiserRow| {
            let role = with(o.id)?;
            Some(EditionRole { organiser: o.id, name: o.name.clone(), role: role.role, edition: role.edition_id? })
        };
        let edition_roles = organisers.iter().filter_map(edition_role).collect();
        Ok(Some(Self {
            name: account.display_name,
            is_admin: account.is_admin,
            edition_roles,
            need_second_factor,
            organisers: organisers.into_iter().filter_map(|o| Some((o.id, o.name, role(o.id)?))).collect(),
            organisations: organisations::store::find_by_member(tx, user)?
                .into_iter()
                .map(|o| (o.id, o.name))
                .collect(),
        }))
    }
}

/// Context of a page: language, theme, user, flash message.
#[derive(Debug, Clone)]
pub(super) struct PageContext {
    pub localizer: Localizer,
    pub theme: Theme,
    pub user: Option<CurrentUser>,
    pub flash: Flash,
    /// Path and query of the request, without the language.
    pub path_and_query: String,
    /// Prefix of links to public pages, which keeps the language of the address.
    pub prefix: &'static str,
    /// The addresses of a public page.
    pub public_address: Option<PublicAddress>,
    pub now: Instant,
}

impl PageContext {
    /// Context without a user, for error pages.
    pub fn anonymous(req: &HttpRequest, now: Instant) -> Self {
        Self {
            localizer: Localizer(request_language(req)),
            theme: Theme::from_request(req),
            user: None,
            flash: Flash::from_request(req).unwrap_or_default(),
            path_and_query: req.uri().path_and_query().map_or_else(|| "/".to_owned(), |p| p.as_str().to_owned()),
            prefix: link_prefix(req),
            public_address: None,
            now,
        }
    }

    /// The logged-in user.
    ///
    /// # Errors
    /// `login_required` if there is none.
    pub fn require_user(&self) -> Result<&CurrentUser, Problem> {
        self.user.as_ref().ok_or_else(|| Code::LoginRequired.into())
    }

    /// The canonical address of a public page; empty for other pages.
    pub fn canonical(&self) -> String {
        self.public_address.as_ref().map(PublicAddress::canonical).unwrap_or_default()
    }

    /// Sets the edition of the page, so that its canonical address has the slug.
    pub fn set_edition(&mut self, slug: &str) {
        if let Some(address) = &mut self.public_address {
            address.set_edition(slug);
        }
    }

    /// Language of the page.
    pub fn language(&self) -> Language {
        self.localizer.0
    }

    // Template helpers. The localizing functions begin with `t`, as in other translation libraries: templates call them often.

    /// Localizes a message.
    pub fn t(&self, key: &str) -> String {
        self.localizer.localize(key)
    }
    /// Localizes a message with one argument.
    pub fn t_with(&self, key: &str, name: &'static str, value: impl std::fmt::Display) -> String {
        self.localizer.localize_with(key, name, value)
    }
    /// Localizes a message with two arguments.
    pub fn t_with2(
        &self,
        key: &str,
        name: &'static str,
        value: impl std::fmt::Display,
        name2: &'static str,
        value2: impl std::fmt::Display,
    ) -> String {
        self.localizer.localize_with2(key, (name, value), (name2, value2))
    }
    /// Converts an enum value to a CSS class: `checked_in` to `checked-in`.
    pub fn css_class(&self, value: impl std::fmt::Display) -> String {
        value.to_string().replace('_', "-")
    }
    /// Localizes a message with a count, which selects the plural form.
    pub fn t_count(&self, key: &str, n: impl Number) -> String {
        self.localizer.localize_count(key, n.number())
    }
    /// Localizes an enum value: `{prefix}-{value}` is the message key.
    pub fn t_value(&self, prefix: &str, value: impl std::fmt::Display) -> String {
        self.localizer.localize_value(prefix, value.to_string().replace([':', '.'], "-"))
    }
    /// Formats an integer.
    pub fn integer(&self, n: impl Number) -> String {
        format::integer(self.language(), n.number())
    }
    /// Formats an exact amount in VND.
    pub fn money(&self, amount: impl Number) -> String {
        format::money(self.language(), amount.number(), "VND")
    }
    /// Formats an abbreviated amount in VND (millions, billions).
    pub fn rounded_money(&self, amount: impl Number) -> String {
        format::rounded_money(self.language(), amount.number(), "VND")
    }
    /// Formats basis points (hundredths of a percent) as a percentage.
    pub fn percent(&self, basis_points: impl Number) -> String {
        format::percent(self.language(), basis_points.number())
    }
    /// Formats square decimetres as m².
    pub fn area(&self, dm2: impl Number) -> String {
        format!("{} m²", format::area(self.language(), dm2.number()))
    }
    /// An area in square decimetres as m², for a field.
    pub fn area_in_field(&self, dm2: impl Number) -> String {
        format::area_in_field(self.language(), dm2.number())
    }
    /// Renders a star rating, 0 to 5.
    pub fn stars(&self, n: impl Number) -> String {
        "★".repeat(usize::try_from(n.number().clamp(0, 5)).unwrap_or_default())
    }
    /// Formats a date.
    pub fn date(&self, day: &Day) -> String {
        format::date(self.language(), *day)
    }
    /// Formats a timestamp in a time zone.
    pub fn date_time(&self, time_zone: &str, at: &Instant) -> String {
        format::date_time(self.language(), to_local(time_zone, at))
    }
    /// Formats a timestamp in Vietnamese time, for records that belong to no edition.
    pub fn vietnam_date_time(&self, at: &Instant) -> String {
        self.date_time("Asia/Ho_Chi_Minh", at)
    }
    /// Formats a date with its weekday.
    pub fn short_date(&self, day: &Day) -> String {
        format::short_date(self.language(), *day)
    }
    /// Language tag for the `lang` attribute.
    pub fn lang(&self) -> &'static str {
        self.language().tag()
    }
    /// Tag of the language that the language link selects.
    pub fn other_lang(&self) -> &'static str {
        match self.language() {
            Language::Vi => "en",
            Language::En => "vi",
        }
    }
    /// URL path of an immutable asset.
    pub fn asset_path(&self, name: &str) -> String {
        assets::asset_path(name)
    }
    /// Generates an idempotency key for a form.
    pub fn idempotency_key(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
    /// The submitted value of a field, else the current value.
    pub fn field_value(&self, name: &str, current: &str) -> String {
        self.flash.submitted.get(name).and_then(|v| v.last()).cloned().unwrap_or_else(|| current.to_owned())
    }
    /// Whether an option was submitted, else whether it is currently selected.
    pub fn is_selected(&self, name: &str, value: &str, current: &bool) -> bool {
        self.flash.submitted.get(name).map_or(*current, |submitted| submitted.iter().any(|v| v == value))
    }
    /// Whether the last submitted value of a field is `value`.
    pub fn is_submitted(&self, name: &str, value: impl std::fmt::Display) -> bool {
        self.flash.submitted.get(name).and_then(|v| v.last()).is_some_and(|submitted| *submitted == value.to_string())
    }
    /// Validation error of a field.
    pub fn field_error(&self, name: &str) -> Option<&String> {
        self.flash.field_errors.get(name)
    }
    /// Success message of the last form. Accepts only message keys that begin with `done-`, because the cookie is client input.
    pub fn success_message(&self) -> Option<String> {
        let key = self.flash.success.as_ref().filter(|key| key.starts_with("done-"))?;
        Some(self.flash.summary.clone().unwrap_or_else(|| self.localizer.localize(key)))
    }
    /// Validation error of a field in a list of rows; the field name is `{row}.{field}`, e.g. `3.day`.
    pub fn row_error(&self, row: &usize, field: &str) -> Option<&String> {
        self.flash.field_errors.get(&format!("{row}.{field}"))
    }
    /// Whether the path of this page is `{folder}{id}{name}`.
    pub fn is_current_path(&self, folder: &str, id: impl std::fmt::Display, name: &str) -> bool {
        self.path_and_query.split(['?', '#']).next() == Some(format!("{folder}{id}{name}").as_str())
    }
}

impl FromRequest for PageContext {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
            let caller = identify_caller(&req, &context)?;
            let mut page = Self::anonymous(&req, caller.now);
            page.public_address = PublicAddress::find(&req, context.base_url(&req));
            if let Some(user) = caller.user_session() {
                page.user = context.db.read(move |tx| CurrentUser::load(tx, user)).await?;
            }
            Ok(page)
        })
    }
}

/// Integer types that template helpers accept.
pub(super) trait Number: Copy {
    fn number(self) -> i64;
}
macro_rules! numbers {
    ($($kind:ty),+) => { $(
        impl Number for $kind {
            fn number(self) -> i64 { i64::try_from(self).unwrap_or(i64::MAX) }
        }
    )+ };
}
numbers!(i64, i32, u32, usize);
impl<T: Number> Number for &T {
    fn number(self) -> i64 {
        (*self).number()
    }
}

/// Converts a timestamp to local time; an unknown time zone is treated as UTC.
pub(super) fn to_local(time_zone: &str, at: &Instant) -> chrono::NaiveDateTime {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    chrono::TimeZone::from_utc_datetime(&zone, at).naive_local()
}

/// Whether a redirect target is a path on this origin: parsed as browsers do it, against an origin that nothing else has, it stays there.
/// Browsers drop tabs and take `\` for `/`. Prevents open redirects and header injection.
pub(super) fn is_local_path(path: &str) -> bool {
    static ORIGIN: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("https://origin.invalid/").ok());
    let stays = |origin: &Url| origin.join(path).is_ok_and(|target| target.origin() == origin.origin());
    path.starts_with('/') && !path.contains(char::is_control) && ORIGIN.as_ref().is_some_and(stays)
}

/// Renders a template into an HTML response, off the async workers.
///
/// # Errors
/// [`Code::Unavailable`] if too many pages wait to be rendered.
pub(super) async fn render_page(template: impl Template + Send + 'static) -> Result<HttpResponse, Problem> {
    render_page_with(move || Ok(template)).await
}

/// Builds a template and renders it, off the async workers: for pages with plans and charts, which take as long as there are booths.
///
/// # Errors
/// Those of `build`; [`Code::Unavailable`] if too many pages wait to be rendered.
pub(super) async fn render_page_with<T: Template>(
    build: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let rendered = CpuPool::shared().run(move || build().map(|template| template.render()));
    html_response(rendered.await??)
}

/// The response of a rendered template.
pub(super) fn html_response(rendered: askama::Result<String>) -> Result<HttpResponse, Problem> {
    let html = rendered.map_err(|error| {
        tracing::error!(%error, "failed to render page");
        Problem::from(Code::Internal)
    })?;
    Ok(HttpResponse::Ok().content_type(header::ContentType::html()).body(html))
}
