//! `/organisers/{organiser}/exhibitors/{exhibitor}`: one record: profile, contacts, notes, tags, link, history, merges.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::{
    exhibitors::{ViewExhibitors, may_manage},
    store,
};
use crate::{
    locality_options::{current_localities, locality_options},
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::{
    db::Tx,
    i18n::Language,
    values::{
        clock::Instant,
        ids::{ExhibitorId, OrganiserId},
        phone,
    },
};
use hoicho_fair::{
    exhibitors::{
        self,
        contacts::ContactRow,
        duplicates::{self, PossibleDuplicate},
        history::{self, HistoryEntry},
        store::ExhibitorRow,
    },
    links::store::{self as links, LinkInvitationRow},
    merges::store::{self as merges, MergeRow},
    organisations::{self, LegalForm, contact::MAX_CONTACTS, store::OrganisationRow},
    organisers::{self, store::OrganiserRow},
    products,
};
use hoicho_web::{
    http::Problem,
    identity::{Permit, find_organiser_role},
};

/// Empty fields for more tags.
const NEW_TAG_FIELDS: usize = 2;

/// A row of the contacts form.
struct ContactLine {
    number: usize,
    id: String,
    name: String,
    phone: String,
    zalo: String,
    email: String,
    languages: Vec<SelectOption>,
}

/// What the link opens to the organiser.
struct LinkedAccount {
    organisation: OrganisationRow,
    contacts: Vec<organisations::store::ContactRow>,
    products: Vec<String>,
}

#[derive(Template)]
#[template(path = "organiser/exhibitor.html")]
struct Exhibitor {
    page: PageContext,
    organiser: OrganiserRow,
    exhibitor: ExhibitorRow,
    tax_code: String,
    notes: String,
    legal_forms: Vec<SelectOption>,
    localities: Vec<SelectOption>,
    contacts: Vec<ContactLine>,
    tags: Vec<(usize, String)>,
    account: Option<LinkedAccount>,
    invitations: Vec<LinkInvitationRow>,
    history: Vec<HistoryEntry>,
    duplicates: Vec<PossibleDuplicate>,
    merged: Vec<(MergeRow, String)>,
    open_editions: Vec<store::OpenEdition>,
    can_manage: bool,
}

impl Exhibitor {
    fn path(&self) -> String {
        format!("/organisers/{}/exhibitors/{}", self.organiser.id, self.exhibitor.id)
    }
    fn date_time(&self, at: &Instant) -> String {
        self.page.vietnam_date_time(at)
    }
    fn local_number(&self, e164: &str) -> String {
        phone::to_local(e164)
    }
    /// Whether the profile of the account is another one; it is offered, and never copied by itself.
    fn is_changed(&self, account: &OrganisationRow) -> bool {
        let own = &self.exhibitor;
        (&account.name, account.legal_form, &account.locality) != (&own.name, own.legal_form, &own.locality)
    }
    /// May be changed: a merged record is kept as it was.
    fn is_editable(&self) -> bool {
        self.can_manage && self.exhibitor.merged_into_id.is_none()
    }
}

fn linked_account(tx: &mut Tx<'_>, exhibitor: &ExhibitorRow) -> Result<Option<LinkedAccount>, Problem> {
    let Some(id) = exhibitor.organisation_id else { return Ok(None) };
    let organisation = organisations::store::find(tx, id)?;
    let contacts = organisations::store::find_contacts(tx, id)?;
    let products = products::store::page(tx, id, None, 500)?.into_iter().map(|product| product.name).collect();
    Ok(Some(LinkedAccount { organisation, contacts, products }))
}

fn languages(page: &PageContext, selected: Language) -> Vec<SelectOption> {
    let option = |of: Language| SelectOption::new(of, page.t_value("language", of), of == selected);
    [Language::Vi, Language::En].map(option).to_vec()
}

/// Existing contacts, followed by an empty line.
fn contact_lines(page: &PageContext, contacts: &[ContactRow]) -> Vec<ContactLine> {
    let line = |number: usize| {
        let row = contacts.get(number);
        let local = |number: Option<&String>| number.map(|n| phone::to_local(n)).unwrap_or_default();
        ContactLine {
            number,
            id: row.map(|row| row.id.to_string()).unwrap_or_default(),
            name: row.map(|row| row.name.clone()).unwrap_or_default(),
            phone: local(row.and_then(|row| row.phone.as_ref())),
            zalo: local(row.and_then(|row| row.zalo.as_ref())),
            email: row.and_then(|row| row.email.clone()).unwrap_or_default(),
            languages: languages(page, row.map_or(Language::Vi, |row| row.language)),
        }
    };
    (0..=contacts.len().min(MAX_CONTACTS - 1)).map(line).collect()
}

/// Shows a record.
#[get("/organisers/{organiser}/exhibitors/{exhibitor}")]
pub(super) async fn show_exhibitor(
    page: PageContext,
    permit: Permit<ViewExhibitors>,
    path: web::Path<(OrganiserId, ExhibitorId)>,
) -> Result<HttpResponse, Problem> {
    let (id, today) = (path.1, page.now.date());
    let data = permit.read(move |tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let exhibitor = exhibitors::store::find_of_organiser(tx, organiser.id, id)?;
        let role = find_organiser_role(tx, authorized.require_user_session()?, organiser.id, None)?;
        let contacts = exhibitors::store::find_contacts(tx, id)?;
        let tags = exhibitors::store::find_tags_of(tx, &[id])?.remove(&id).unwrap_or_default();
        let around = (
            linked_account(tx, &exhibitor)?,
            links::find_open(tx, id, authorized.now)?,
            history::find(tx, id)?,
            duplicates::find(tx, &exhibitor)?,
            merges::find_merged(tx, id)?,
            store::editions_to_apply_to(tx, organiser.id, id)?,
        );
        Ok((organiser, exhibitor, may_manage(role), contacts, tags, around, current_localities(tx, today)?))
    });
    let (organiser, exhibitor, can_manage, contacts, tags, around, localities) = data.await?;
    let (account, invitations, history, duplicates, merged, open_editions) = around;
    let legal_forms = select::<LegalForm>(&page, "legal-form", Some(&exhibitor.legal_form));
    let localities = locality_options(&page, localities, exhibitor.locality_code.as_deref());
    let contacts = contact_lines(&page, &contacts);
    let tags = tags.into_iter().chain((0..NEW_TAG_FIELDS).map(|_| String::new())).enumerate().collect();
    let (tax_code, notes) =
        (exhibitor.tax_code.clone().unwrap_or_default(), exhibitor.notes.clone().unwrap_or_default());
    render_page(Exhibitor {
        page,
        organiser,
        exhibitor,
        tax_code,
        notes,
        legal_forms,
        localities,
        contacts,
        tags,
        account,
        invitations,
        history,
        duplicates,
        merged,
        open_editions,
        can_manage,
    })
    .await
}
