//! What a merge would move, and what is against it.
use std::collections::BTreeSet;

use super::store;
use crate::{
    exhibitors::{self, store::ExhibitorRow},
    sales,
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    values::ids::{ExhibitorId, OrganiserId},
};
use hoicho_web::http::{Code, Problem};

/// What a merge of two records would do.
#[derive(Debug, Clone)]
pub struct MergePreview {
    /// The record that gets everything.
    pub into: ExhibitorRow,
    /// The record that is merged into it.
    pub merged: ExhibitorRow,
    /// Names of the editions whose applications move.
    pub applications: Vec<String>,
    /// Names of the editions at which it stood on a booth as co-exhibitor.
    pub shared_booths: Vec<String>,
    /// Sales reports with lines that name it.
    pub sales_reports: usize,
    pub deals: usize,
    /// Names of the contacts that move.
    pub contacts: Vec<String>,
    /// Tags that the other record does not have.
    pub tags: Vec<String>,
    /// The link with an organisation moves.
    pub moves_link: bool,
    /// Why the records cannot be merged.
    pub obstacle: Option<LocalizedText>,
}

/// Finds what a merge would move, without changing anything.
///
/// # Errors
/// `not_found` for records of another organiser; `invalid` for a record with itself.
pub fn preview(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    into: ExhibitorId,
    merged: ExhibitorId,
) -> Result<MergePreview, Problem> {
    if into == merged {
        return Err(Problem::new(Code::Invalid, MessageId("error-merge-with-itself")));
    }
    let into = exhibitors::store::find_of_organiser(tx, organiser, into)?;
    let merged = exhibitors::store::find_of_organiser(tx, organiser, merged)?;
    let both = [into.id, merged.id];
    let applications = store::find_applications(tx, both)?;
    let places = store::find_places(tx, both)?;
    let reports = sales::lines::find_reports_of(tx, merged.id)?;
    let other_reports: BTreeSet<_> = sales::lines::find_reports_of(tx, into.id)?.into_iter().collect();
    let applied = |id| applications.iter().filter(move |(of, ..)| *of == id);
    let stood = |id| places.iter().filter(move |(of, ..)| *of == id);
    let common_edition = applied(merged.id).find(|(_, edition, _)| applied(into.id).any(|(_, e, _)| e == edition));
    let common_place = stood(merged.id).find(|(_, allocation, _)| stood(into.id).any(|(_, a, _)| a == allocation));
    let is_merged = into.merged_into_id.is_some() || merged.merged_into_id.is_some();
    let has_links = into.organisation_id.is_some() && merged.organisation_id.is_some();
    let obstacle = if is_merged {
        Some(MessageId("error-exhibitor-merged").localize())
    } else if let Some((_, _, edition)) = common_edition {
        Some(MessageId("error-merge-both-applied").with_args(&[("edition", edition)]).localize())
    } else if let Some((_, _, edition)) = common_place {
        Some(MessageId("error-merge-both-on-booth").with_args(&[("edition", edition)]).localize())
    } else if reports.iter().any(|report| other_reports.contains(report)) {
        Some(MessageId("error-merge-both-in-report").localize())
    } else if has_links {
        Some(MessageId("error-merge-both-linked").localize())
    } else {
        None
    };
    let contacts = exhibitors::store::find_contacts(tx, merged.id)?.into_iter().map(|c| c.name).collect();
    let mut tags = exhibitors::store::find_tags_of(tx, &both)?;
    let own: Vec<String> = tags.remove(&into.id).unwrap_or_default();
    let tags = tags.remove(&merged.id).unwrap_or_default().into_iter().filter(|tag| !own.contains(tag)).collect();
    let names = |of: ExhibitorId| applied(of).map(|(_, _, name)| name.clone()).collect::<Vec<_>>();
    let application_names = names(merged.id);
    let shared: BTreeSet<String> =
        stood(merged.id).map(|(_, _, name)| name.clone()).filter(|name| !application_names.contains(name)).collect();
    let deals = usize::try_from(store::count_deals(tx, merged.id)?).unwrap_or_default();
    Ok(MergePreview {
        applications: application_names,
        shared_booths: shared.into_iter().collect(),
        sales_reports: reports.len(),
        deals,
        contacts,
        tags,
        moves_link: merged.organisation_id.is_some(),
        obstacle,
        into,
        merged,
    })
}
