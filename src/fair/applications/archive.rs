//! Archive records of applications and their products, without wishes and documents.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::products::{DeclaredProduct, MAX_PRODUCTS, validate_declared};
use crate::{
    floor::BoothCategory,
    products::ProductGroup,
    records::{self, ArchiveImport, CleanText, ImportRecords, PagedRecord, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    states::ApplicationState,
    values::{
        clock::{Day, Instant},
        ids::{ApplicationId, EditionId, ExhibitorId},
    },
};
use hoicho_web::http::{Code, FieldCode, Problem, limits::NameText};

/// Record of an application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRecord {
    id: ApplicationId,
    #[diesel(column_name = exhibitor_id)]
    exhibitor: ExhibitorId,
    state: ApplicationState,
    booths_wanted: i32,
    category: BoothCategory,
    needs: Option<CleanText>,
    reason: Option<CleanText>,
    waitlisted_at: Option<Instant>,
    /// Older files do not have it.
    #[serde(default)]
    submitted_at: Option<Instant>,
    created_at: Instant,
    needs_power: bool,
    needs_water: bool,
    needs_corner: bool,
}

impl PagedRecord for ApplicationRecord {
    type Id = ApplicationId;

    fn id(&self) -> ApplicationId {
        self.id
    }

    /// Without what was not submitted: the organiser does not see it.
    fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<ApplicationId>) -> QueryResult<Vec<Self>> {
        let submitted = applications::table
            .filter(applications::edition_id.eq(edition))
            .filter(applications::submitted_at.is_not_null());
        let query = submitted.into_boxed();
        records::load_page!(tx, query, applications, after)
    }
}

/// Exports the applications of an edition.
pub fn export<R: From<ApplicationRecord>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    records::export_pages::<ApplicationRecord, R>(tx, edition, sink)
}

impl ImportRecords for ApplicationRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            if record.state == ApplicationState::Draft {
                return Err(Problem::new(Code::Invalid, MessageId("error-archive-draft-application")));
            }
            import.derive_ids([&mut record.id.0])?;
            record.exhibitor = import.exhibitor(record.exhibitor)?;
            record.submitted_at = record.submitted_at.or(Some(record.created_at));
        }
        let organiser = applications::organiser_id.eq(import.authorized.organiser()?);
        let others = (organiser, applications::edition_id.eq(import.edition()?), applications::version.eq(1));
        records::insert_rows!(import.tx, applications, records.into_iter().map(|record| (record, others)));
        Ok(())
    }
}

/// Record of a product that an application shows, without the catalogue it was taken from.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = application_products, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ApplicationProductRecord {
    #[diesel(column_name = application_id)]
    application: ApplicationId,
    line: i32,
    name: CleanText,
    product_group: ProductGroup,
    declared_stars: Option<i32>,
    certificate_number: Option<CleanText>,
    certificate_expires_on: Option<Day>,
}

impl ApplicationProductRecord {
    fn validate(&self) -> Result<(), Problem> {
        let product = DeclaredProduct {
            name: self.name.as_str().to_owned(),
            product_group: self.product_group,
            declared_stars: self.declared_stars,
            certificate_number: self.certificate_number.as_ref().map(|number| number.as_str().to_owned()),
            certificate_expires_on: self.certificate_expires_on,
        };
        records::validate("application_product", format!("{}/{}", self.application, self.line), |checks, at| {
            validate_declared(checks, &product, &|field: &str| format!("{at}/{field}"));
            records::require_text::<NameText>(checks, &format!("{at}/name"), &self.name);
            let fits = usize::try_from(self.line).is_ok_and(|line| (1..=MAX_PRODUCTS).contains(&line));
            let message = MessageId("error-product-list-length").with_number("max", MAX_PRODUCTS);
            checks.require(fits, &format!("{at}/line"), FieldCode::Length, message);
        })
    }
}

impl PagedRecord for ApplicationProductRecord {
    type Id = (ApplicationId, i32);

    fn id(&self) -> (ApplicationId, i32) {
        (self.application, self.line)
    }

    fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<(ApplicationId, i32)>) -> QueryResult<Vec<Self>> {
        use application_products::{application_id, line};
        let of_edition = applications::table
            .filter(applications::edition_id.eq(edition))
            .filter(applications::submitted_at.is_not_null())
            .select(applications::id);
        let mut query = application_products::table.filter(application_id.eq_any(of_edition)).into_boxed();
        if let Some((last, last_line)) = after {
            query = query.filter(application_id.gt(last).or(application_id.eq(last).and(line.gt(last_line))));
        }
        query.order((application_id, line)).limit(records::PAGE_ROWS).select(Self::as_select()).load(tx.conn())
    }
}

/// Exports the products that the applications of an edition show.
pub fn export_products<R: From<ApplicationProductRecord>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    records::export_pages::<ApplicationProductRecord, R>(tx, edition, sink)
}

impl ImportRecords for ApplicationProductRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            record.validate()?;
            import.derive_ids([&mut record.application.0])?;
        }
        records::insert_rows!(import.tx, application_products, records.into_iter());
        Ok(())
    }
}
