//! What every page has: its language, who is reading, the look, and what is said about the last form.
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web};
use askama::Template;

use super::{assets, flash::Flash};
use hoicho_core::{
    db::Tx,
    i18n::{Language, Words, numbers},
    values::{
        clock::{Day, Instant},
        ids::{ExhibitorId, OrganiserId, UserId},
    },
};
use hoicho_fair::{exhibitors, organisers};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Code, Problem},
    identity::{OrganiserRole, caller_of, store},
};

/// Which language a person chose.
pub(super) const LANGUAGE: &str = "hoicho_lang";
/// Which look a person chose.
pub(super) const THEME: &str = "hoicho_theme";

/// The language of a browser: what was chosen, else what it asks for, else Vietnamese.
pub(super) fn language(req: &HttpRequest) -> Language {
    let asked = || Language::from_header(req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    chosen_language(req).unwrap_or_else(asked)
}

/// The language a person chose on a page of ours.
pub(super) fn chosen_language(req: &HttpRequest) -> Option<Language> {
    req.cookie(LANGUAGE).and_then(|c| c.value().parse().ok())
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the device is set.
    Device,
    Light,
    Dark,
}

impl Theme {
    fn of(req: &HttpRequest) -> Self {
        match req.cookie(THEME).as_ref().map(|c| c.value()) {
            Some("dark") => Self::Dark,
            Some("light") => Self::Light,
            Some(_) | None => Self::Device,
        }
    }
    /// For `data-theme`.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    /// What the switch changes to.
    pub fn other(self) -> &'static str {
        match self {
            Self::Device | Self::Light => "dark",
            Self::Dark => "light",
        }
    }
}

/// A person with a login.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub name: String,
    pub is_admin: bool,
    /// Organisers they work for.
    pub organisers: Vec<(OrganiserId, String, OrganiserRole)>,
    /// Exhibitors they belong to.
    pub exhibitors: Vec<(ExhibitorId, String)>,
}

impl Who {
    /// Nobody, for a person who had themselves erased while this login was open.
    fn find(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Self>, Problem> {
        if !store::is_there(tx, user)? {
            return Ok(None);
        }
        let account = store::account(tx, user)?;
        let roles = store::organiser_roles(tx, user)?;
        let organisers = organisers::store::of_user(tx, user)?;
        let role = |id: OrganiserId| roles.iter().find(|(of, _)| *of == id).map(|(_, role)| *role);
        Ok(Some(Self {
            name: account.display_name,
            is_admin: account.is_admin,
            organisers: organisers.into_iter().filter_map(|o| Some((o.id, o.name, role(o.id)?))).collect(),
            exhibitors: exhibitors::store::of_user(tx, user)?.into_iter().map(|e| (e.id, e.name)).collect(),
        }))
    }
}

/// What every page has.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    pub words: Words,
    pub theme: Theme,
    pub who: Option<Who>,
    pub flash: Flash,
    /// Path and query of this page.
    pub here: String,
    pub now: Instant,
}

impl Shell {
    /// A page for whom nothing is known: of errors.
    pub fn plain(req: &HttpRequest, now: Instant) -> Self {
        Self {
            words: Words(language(req)),
            theme: Theme::of(req),
            who: None,
            flash: Flash::of(req).unwrap_or_default(),
            here: req.uri().path_and_query().map_or_else(|| "/".to_owned(), |p| p.as_str().to_owned()),
            now,
        }
    }

    /// Who reads, where only somebody with a login does.
    pub fn reader(&self) -> Result<&Who, Problem> {
        self.who.as_ref().ok_or_else(|| Code::LoginRequired.into())
    }

    // What templates call; short, because they call it often.

    /// A message.
    pub fn t(&self, key: &str) -> String {
        self.words.say(key)
    }
    /// A message with a blank.
    pub fn fill(&self, key: &str, name: &'static str, value: impl std::fmt::Display) -> String {
        self.words.fill(key, name, value)
    }
    /// A message with two blanks.
    pub fn fill2(
        &self,
        key: &str,
        name: &'static str,
        value: impl std::fmt::Display,
        name2: &'static str,
        value2: impl std::fmt::Display,
    ) -> String {
        self.words.fill2(key, (name, value), (name2, value2))
    }
    /// A value as a class of the stylesheet.
    pub fn class(&self, value: impl std::fmt::Display) -> String {
        value.to_string().replace('_', "-")
    }
    /// A message about a number of things.
    pub fn count(&self, key: &str, n: impl Number) -> String {
        self.words.count(key, n.number())
    }
    /// The word for a value.
    pub fn of(&self, set: &str, value: impl std::fmt::Display) -> String {
        self.words.of(set, value.to_string().replace([':', '.'], "-"))
    }
    /// A number.
    pub fn n(&self, n: impl Number) -> String {
        numbers::integer(self.words.0, n.number())
    }
    /// Money to the last đồng.
    pub fn money(&self, amount: impl Number) -> String {
        numbers::money(self.words.0, amount.number(), "VND")
    }
    /// Money as it is spoken of.
    pub fn spoken(&self, amount: impl Number) -> String {
        numbers::spoken(self.words.0, amount.number(), "VND")
    }
    /// Hundredths of a percent.
    pub fn percent(&self, basis_points: impl Number) -> String {
        numbers::percent(self.words.0, basis_points.number())
    }
    /// Square decimetres as m².
    pub fn area(&self, dm2: impl Number) -> String {
        format!("{} m²", numbers::fraction(self.words.0, dm2.number(), 2))
    }
    /// As many stars as a product has.
    pub fn stars(&self, n: impl Number) -> String {
        "★".repeat(usize::try_from(n.number().clamp(0, 5)).unwrap_or_default())
    }
    /// A day.
    pub fn date(&self, day: &Day) -> String {
        numbers::date(self.words.0, *day)
    }
    /// A moment, in the time zone where it matters.
    pub fn moment(&self, time_zone: &str, at: &Instant) -> String {
        numbers::moment(self.words.0, local(time_zone, at))
    }
    /// A moment of what belongs to no edition: where our users are.
    pub fn moment_here(&self, at: &Instant) -> String {
        self.moment("Asia/Ho_Chi_Minh", at)
    }
    /// A day with its day of the week.
    pub fn short_date(&self, day: &Day) -> String {
        numbers::short_date(self.words.0, *day)
    }
    /// The tag of the language, for `lang`.
    pub fn lang(&self) -> &'static str {
        self.words.0.tag()
    }
    /// The other language's tag.
    pub fn other_lang(&self) -> &'static str {
        match self.words.0 {
            Language::Vi => "en",
            Language::En => "vi",
        }
    }
    /// Address of a file that never changes.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
    /// A key for a form, so that sending it twice does its work once.
    pub fn once(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
    /// What had been typed into a field, or what is there now.
    pub fn value(&self, name: &str, now: &str) -> String {
        self.flash.typed.get(name).and_then(|v| v.last()).cloned().unwrap_or_else(|| now.to_owned())
    }
    /// Whether a choice was made, or is what is there now.
    pub fn chosen(&self, name: &str, value: &str, now: &bool) -> bool {
        self.flash.typed.get(name).map_or(*now, |typed| typed.iter().any(|t| t == value))
    }
    /// Whether this number was chosen before.
    pub fn is_typed(&self, name: &str, n: impl std::fmt::Display) -> bool {
        self.flash.typed.get(name).and_then(|v| v.last()).is_some_and(|typed| *typed == n.to_string())
    }
    /// What is wrong with a field.
    pub fn fault(&self, name: &str) -> Option<&String> {
        self.flash.fields.get(name)
    }
    /// What was done.
    pub fn done(&self) -> Option<String> {
        self.flash.done.as_ref().filter(|key| key.starts_with("done-")).map(|key| self.words.say(key))
    }
    /// What is wrong with a field of a list, as `3.day`.
    pub fn fault_of(&self, line: &usize, field: &str) -> Option<&String> {
        self.flash.fields.get(&format!("{line}.{field}"))
    }
    /// Whether this page is the one at `folder`, of `id`, called `name`.
    pub fn is_at(&self, folder: &str, id: impl std::fmt::Display, name: &str) -> bool {
        self.here.split(['?', '#']).next() == Some(format!("{folder}{id}{name}").as_str())
    }
}

impl FromRequest for Shell {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
            let caller = caller_of(&req, &context)?;
            let mut shell = Self::plain(&req, caller.now);
            if let Some(user) = caller.user {
                shell.who = context.db.read(move |tx| Who::find(tx, user)).await?;
            }
            Ok(shell)
        })
    }
}

/// What templates count with.
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

/// A moment on the clocks of a time zone; one that is unknown counts as UTC.
pub(super) fn local(time_zone: &str, at: &Instant) -> chrono::NaiveDateTime {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    chrono::TimeZone::from_utc_datetime(&zone, at).naive_local()
}

/// Whether this is a page of ours, by path: nobody is ever led to another site.
pub(super) fn is_ours(page: &str) -> bool {
    page.starts_with('/') && !page.starts_with("//") && !page.contains(['\\', '\r', '\n'])
}

/// Renders a page.
pub(super) fn page(template: &impl Template) -> Result<HttpResponse, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::from(Code::Internal)
    })?;
    Ok(HttpResponse::Ok().content_type(header::ContentType::html()).body(html))
}
