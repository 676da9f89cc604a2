//! `/organisers/{organiser}/exhibitors`: the organiser's records, with search, and the form for a new one.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use crate::{
    locality_options::{current_localities, locality_options},
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::values::{ids::ExhibitorId, phone};
use hoicho_fair::{
    exhibitors::{self, contacts::ContactRow, search, store::ExhibitorRow},
    organisations::LegalForm,
    organisers::{self, store::OrganiserRow},
};
use hoicho_web::{
    http::{Code, Problem, Query, pagination},
    identity::{Action, OrganiserRole, Permit, find_organiser_role},
};

/// Records per page.
const PAGE_SIZE: i64 = 50;

/// Permission to view the records.
pub(super) struct ViewExhibitors;

impl Action for ViewExhibitors {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Whether a role may change the records.
pub(super) fn may_manage(role: Option<OrganiserRole>) -> bool {
    role.is_some_and(|role| OrganiserRole::MANAGERS.contains(&role))
}

#[derive(Template)]
#[template(path = "organiser/exhibitors.html")]
struct Exhibitors {
    page: PageContext,
    organiser: OrganiserRow,
    rows: Vec<ExhibitorRow>,
    contacts: HashMap<ExhibitorId, Vec<ContactRow>>,
    tags: Vec<String>,
    search_term: String,
    tag: String,
    next: Option<String>,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
    can_manage: bool,
}

impl Exhibitors {
    /// The first phone number of a record, as it is dialled.
    fn phone(&self, id: &ExhibitorId) -> Option<String> {
        self.contacts.get(id)?.iter().find_map(|contact| contact.phone.as_deref()).map(phone::to_local)
    }
    fn is_tag(&self, tag: &str) -> bool {
        self.tag == tag
    }
}

#[derive(Deserialize)]
struct ExhibitorsQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    after: String,
}

fn parse_cursor(after: &str) -> Result<Option<(String, ExhibitorId)>, Problem> {
    if after.is_empty() {
        return Ok(None);
    }
    let key = pagination::decode_cursor(after).ok_or(Code::BadRequest)?;
    let (word, id) = key.rsplit_once('|').ok_or(Code::BadRequest)?;
    Ok(Some((word.to_owned(), id.parse().map_err(|_| Code::BadRequest)?)))
}

/// Shows the records.
#[get("/organisers/{organiser}/exhibitors")]
pub(super) async fn show_exhibitors(
    page: PageContext,
    permit: Permit<ViewExhibitors>,
    query: Query<ExhibitorsQuery>,
) -> Result<HttpResponse, Problem> {
    let ExhibitorsQuery { q, tag, after } = query.into_result()?;
    let search_term: String = q.chars().filter(|c| !c.is_control()).take(100).collect();
    let tag: String = tag.chars().filter(|c| !c.is_control()).take(50).collect();
    let (today, after) = (page.now.date(), parse_cursor(&after)?);
    let (terms, wanted_tag) = (search::terms(&search_term), Some(tag.clone()).filter(|tag| !tag.is_empty()));
    let is_search = !search_term.trim().is_empty();
    let data = permit.read(move |tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let role = find_organiser_role(tx, authorized.require_user_session()?, organiser.id, None)?;
        let limit = PAGE_SIZE + 1;
        let mut rows: Vec<(String, ExhibitorRow)> = if is_search {
            exhibitors::find_by_words(tx, organiser.id, &terms, after.as_ref(), limit)?
        } else {
            let rows = exhibitors::store::page(tx, organiser.id, wanted_tag.as_deref(), after.as_ref(), limit)?;
            rows.into_iter().map(|row| (row.name_search.clone(), row)).collect()
        };
        let has_more = pagination::truncate(&mut rows, PAGE_SIZE);
        let last = rows.last().filter(|_| has_more).map(|(word, row)| format!("{word}|{}", row.id));
        let rows: Vec<ExhibitorRow> = rows.into_iter().map(|(_, row)| row).collect();
        let ids: Vec<ExhibitorId> = rows.iter().map(|row| row.id).collect();
        let contacts = exhibitors::store::find_contacts_of(tx, &ids)?;
        let tags = exhibitors::store::find_tags(tx, organiser.id)?;
        let next = last.as_deref().map(pagination::encode_cursor);
        Ok((organiser, rows, contacts, tags, next, current_localities(tx, today)?, role))
    });
    let (organiser, rows, contacts, tags, next, localities, role) = data.await?;
    let legal_forms = select::<LegalForm>(&page, "legal-form", Some(&LegalForm::CoOperative));
    let localities = locality_options(&page, localities, None);
    let can_manage = may_manage(role);
    render_page(Exhibitors {
        page,
        organiser,
        rows,
        contacts,
        tags,
        search_term,
        tag,
        next,
        legal_forms,
        localities,
        can_manage,
    })
    .await
}
