//! Atom feed of an edition.
use actix_web::{HttpRequest, HttpResponse, get, web};
use atom_syndication::{Entry, Feed, Link, Person, Text};
use chrono::{DateTime, FixedOffset};

use crate::{
    page_context::PageContext,
    visitor::store::{self, ConfirmedBooth},
};
use hoicho_core::{
    i18n::format,
    values::{clock::Instant, ids::AuditId},
};
use hoicho_fair::{
    editions::{self, OpeningDay, store::EditionRow},
    partners::{EditionChange, EditionNews, load_news},
};
use hoicho_web::{
    http::Problem,
    identity::{ReadPermit, RequestContext},
};

/// Max entries of each kind: changes of the edition, confirmed booths.
const MAX_ENTRIES: usize = 50;
/// Max days whose new hours an entry has.
const MAX_CHANGED_DAYS: usize = 10;

fn utc(at: Instant) -> DateTime<FixedOffset> {
    at.and_utc().fixed_offset()
}

fn link(href: String, rel: &str) -> Link {
    Link { href, rel: rel.to_owned(), ..Link::default() }
}

fn entry(id: AuditId, at: Instant, title: String, summary: Option<String>, href: String) -> Entry {
    Entry {
        id: format!("urn:uuid:{id}"),
        title: Text::plain(title),
        updated: utc(at),
        published: Some(utc(at)),
        summary: summary.map(Text::plain),
        links: vec![link(href, "alternate")],
        ..Entry::default()
    }
}

/// What the entries of a feed share. `base` is the base of public addresses in the language of the feed.
struct FeedWriter<'a> {
    page: &'a PageContext,
    base: &'a str,
    edition: &'a EditionRow,
}

impl FeedWriter<'_> {
    fn range(&self, days: &[OpeningDay]) -> String {
        match (days.first(), days.last()) {
            (Some(first), Some(last)) => format::date_range(self.page.language(), first.day, last.day),
            _ => self.page.t("edition-no-days"),
        }
    }

    /// Other days: those of before and after. The same days: the new hours.
    fn days_summary(&self, before: &[OpeningDay], after: &[OpeningDay]) -> String {
        if before.iter().map(|day| day.day).ne(after.iter().map(|day| day.day)) {
            return self.page.t_with2("news-days-summary", "before", self.range(before), "after", self.range(after));
        }
        let changed = after.iter().filter(|day| !before.contains(day)).take(MAX_CHANGED_DAYS);
        let hours = changed.map(|day| {
            let (opens, closes) = (format::time(day.opens_at), format::time(day.closes_at));
            format!("{} {opens} – {closes}", self.page.short_date(&day.day))
        });
        hours.collect::<Vec<_>>().join(", ")
    }

    fn change_entry(&self, news: EditionNews) -> Entry {
        let (page, name) = (self.page, &self.edition.name);
        let summary = match &news.change {
            EditionChange::Days { before, after } => Some(self.days_summary(before, after)),
            EditionChange::Published
            | EditionChange::Cancelled
            | EditionChange::EndedEarly
            | EditionChange::Resumed
            | EditionChange::Finalised => None,
        };
        let (title, subpage) = match news.change {
            EditionChange::Published => (page.t_with("news-published", "name", name), ""),
            EditionChange::Days { .. } => (page.t_with("news-days", "name", name), ""),
            EditionChange::Cancelled => (page.t_with("news-cancelled", "name", name), ""),
            EditionChange::EndedEarly => (page.t_with("news-ended", "name", name), ""),
            EditionChange::Resumed => (page.t_with("news-resumed", "name", name), ""),
            EditionChange::Finalised => (page.t_with("news-figures", "name", name), "/figures"),
        };
        entry(news.id, news.at, title, summary, format!("{}/fairs/{}{subpage}", self.base, self.edition.slug))
    }

    fn booth_entry(&self, confirmed: ConfirmedBooth) -> Entry {
        let ConfirmedBooth { id, at, exhibitor, name, booth } = confirmed;
        let title = self.page.t_with2("news-exhibitor", "name", &name, "booth", &booth);
        entry(id, at, title, None, format!("{}/exhibitors/{exhibitor}", self.base))
    }
}

/// Atom feed of news: publication, changes of the days, cancellation, exhibitors with a confirmed booth, final figures.
#[get("/fairs/{edition}/news.atom")]
pub(super) async fn show_news(
    req: HttpRequest,
    mut page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let news = load_news(tx, &edition)?;
        let booths = store::confirmed_booths(tx, edition.id, i64::try_from(MAX_ENTRIES).unwrap_or(i64::MAX))?;
        Ok((edition, news, booths))
    });
    let (edition, news, booths) = data.await?;
    page.set_edition(&edition.slug);
    let base = format!("{}{}", context.base_url(&req), page.prefix);
    let writer = FeedWriter { page: &page, base: &base, edition: &edition };
    let changes = news.into_iter().rev().take(MAX_ENTRIES).map(|news| writer.change_entry(news));
    let mut entries: Vec<Entry> = changes.chain(booths.into_iter().map(|booth| writer.booth_entry(booth))).collect();
    // Identifiers are in the order of the entries of the audit log.
    entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    let feed = Feed {
        id: format!("urn:uuid:{}", edition.id),
        title: Text::plain(edition.name.clone()),
        lang: Some(page.lang().to_owned()),
        updated: entries.first().map_or(utc(edition.created_at), |entry| entry.updated),
        authors: vec![Person { name: "hoicho".to_owned(), ..Person::default() }],
        links: vec![link(format!("{base}/fairs/{}", edition.slug), "alternate"), link(page.canonical(), "self")],
        entries,
        ..Feed::default()
    };
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(feed.to_string()))
}
