//! Exhibitors of the sample data, with products, applications and allocations.
use chrono::Months;
use rand::{Rng, seq::IndexedRandom};

use super::{
    facts::{self, Locality, Origin, PRODUCTS, Zone},
    floor::Floor,
    generator::SampleData,
};
use hoicho_core::{
    db::Tx,
    i18n::Language,
    states::{AllocationState, ApplicationState},
    values::{clock::Day, ids::*, phone, text},
};
use hoicho_fair::{
    allocation::{
        self, default_ttl_s,
        occupancies::{self, Overlap},
        participants::{self, ParticipantRole, ParticipantRow},
        store::AllocationRow,
    },
    applications::{
        self,
        products::{ApplicationProductRow, DeclaredProduct},
        store::ApplicationRow,
    },
    editions,
    exhibitors::{self, contacts::ContactRow, store::ExhibitorRow},
    organisations::{self, LegalForm, profile::Profile, store::OrganisationRow, tax_code::check_digit},
    products::{self, store::ProductRow},
};
use hoicho_web::{
    http::Problem,
    identity::{OrganisationRole, store::insert_organisation_member},
};

/// An occupied booth.
pub(super) struct OccupiedBooth {
    pub booth: BoothId,
    pub zone: &'static Zone,
    pub exhibitor: ExhibitorId,
    /// Main product: index into [`PRODUCTS`].
    pub product_index: usize,
}

pub(super) type OccupiedBooths = Vec<OccupiedBooth>;

/// An exhibitor with its products, not inserted yet.
pub(super) struct NewExhibitor {
    pub row: ExhibitorRow,
    pub products: Vec<DeclaredProduct>,
    pub good: usize,
}

/// Rows to insert in bulk.
#[derive(Default)]
pub(super) struct Batch {
    pub exhibitors: Vec<ExhibitorRow>,
    pub contacts: Vec<ContactRow>,
    pub applications: Vec<ApplicationRow>,
    pub products: Vec<ApplicationProductRow>,
    pub allocations: Vec<AllocationRow>,
    pub participants: Vec<ParticipantRow>,
}

impl Batch {
    /// Adds an application with its products.
    pub(super) fn add_application(&mut self, application: ApplicationRow, products: Vec<DeclaredProduct>) {
        let row = |(line, product)| applications::products::to_row(application.id, line, product);
        self.products.extend((1..).zip(products).map(row));
        self.applications.push(application);
    }

    pub(super) fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        exhibitors::store::insert(tx, &self.exhibitors, &self.contacts)?;
        applications::store::insert(tx, &self.applications)?;
        applications::products::insert(tx, &self.products)?;
        allocation::store::insert(tx, &self.allocations)?;
        let let_booths: Vec<_> =
            self.allocations.iter().filter(|a| a.state.is_let()).map(|a| (a.id, a.booth_id)).collect();
        if let Some(allocation) = self.allocations.first() {
            let days = editions::store::list_days(tx, allocation.edition_id)?;
            if let Some(first) = days.first() {
                occupancies::write(tx, allocation.edition_id, first.day, &[], &let_booths, Overlap::Refuse)?;
            }
        }
        Ok(participants::insert_all(tx, &self.participants)?)
    }
}

impl SampleData {
    /// A unique tax code of Quảng Ninh (prefix 57).
    fn tax_code(&self) -> Option<String> {
        let prefix = format!("57{:07}", self.exhibitors * 37);
        let digits: Vec<u32> = prefix.chars().filter_map(|c| c.to_digit(10)).collect();
        check_digit(&digits).map(|check| format!("{prefix}{check}"))
    }

    pub(super) fn exhibitor(&mut self, from: Origin, localities: &[Locality], last_day: Day) -> NewExhibitor {
        self.exhibitors += 1;
        let good = self.rng.random_range(0..PRODUCTS.len());
        let name_of_good = PRODUCTS.get(good).map_or("Nông sản", |g| g.0);
        let domestic = |(code, name): &Locality| ("VN", Some((*code).to_owned()), *name);
        let (country, locality_code, locality) = match from {
            Origin::QuangNinh => localities.choose(&mut self.rng).map_or(("VN", None, "Hạ Long"), domestic),
            Origin::Provinces => ("VN", None, facts::PROVINCES.choose(&mut self.rng).copied().unwrap_or("Hà Nội")),
            Origin::Abroad => {
                let (country, place) = facts::ABROAD.choose(&mut self.rng).copied().unwrap_or(("TH", "Chiang Mai"));
                (country, None, place)
            }
        };
        let (legal_form, word) = match (from, self.rng.random_range(0..10)) {
            (Origin::Abroad, _) => (LegalForm::Foreign, "Công ty"),
            (Origin::Provinces, 9) => (LegalForm::Agency, "Sở Công Thương"),
            (_, 0..=4) => (LegalForm::CoOperative, "HTX"),
            (_, 5) => (LegalForm::CoOperativeGroup, "Tổ hợp tác"),
            (_, 6..=7) => (LegalForm::Enterprise, "Công ty TNHH"),
            (_, _) => (LegalForm::HouseholdBusiness, "Hộ kinh doanh"),
        };
        let tax_code = match legal_form {
            LegalForm::HouseholdBusiness => Some(format!("0221900{:05}", self.exhibitors)),
            LegalForm::Foreign | LegalForm::CoOperativeGroup => None,
            LegalForm::Enterprise | LegalForm::CoOperative | LegalForm::Association | LegalForm::Agency => {
                self.tax_code()
            }
        };
        let name = match legal_form {
            LegalForm::Agency => format!("{word} {locality} {}", self.exhibitors),
            LegalForm::Enterprise
            | LegalForm::CoOperative
            | LegalForm::CoOperativeGroup
            | LegalForm::HouseholdBusiness
            | LegalForm::Association
            | LegalForm::Foreign => format!("{word} {name_of_good} {locality} {}", self.exhibitors),
        };
        let profile = Profile {
            name,
            legal_form,
            tax_code,
            country: country.to_owned(),
            locality_code,
            locality: locality.to_owned(),
        };
        let row = ExhibitorRow::new(self.organiser, profile, self.now);
        let products = self.products(from, good, last_day);
        NewExhibitor { row, products, good }
    }

    /// Four to six products, most of them OCOP certified except from abroad; one certificate in twelve has expired.
    fn products(&mut self, from: Origin, good: usize, last_day: Day) -> Vec<DeclaredProduct> {
        (0..self.rng.random_range(4..=6))
            .filter_map(|n| {
                let (name, group, _) = PRODUCTS.get((good + n * 5) % PRODUCTS.len())?;
                let stars = match (from, self.rng.random_range(0..10)) {
                    (Origin::Abroad, _) | (_, 0) => None,
                    (_, 1) => Some(2),
                    (_, 2..=5) => Some(3),
                    (_, 6..=8) => Some(4),
                    (_, _) => Some(5),
                };
                let certified = stars.is_some_and(|s| s >= 3);
                let months = Months::new(self.rng.random_range(1..=35));
                let expires_on = if self.rng.random_ratio(1, 12) {
                    last_day.checked_sub_months(months)
                } else {
                    last_day.checked_add_months(months)
                };
                let name = if n == 0 { (*name).to_owned() } else { format!("{name} loại {}", n + 1) };
                Some(DeclaredProduct {
                    name,
                    product_group: *group,
                    declared_stars: stars,
                    certificate_number: certified.then(|| format!("QN-{:05}", self.rng.random_range(0..100_000))),
                    certificate_expires_on: expires_on.filter(|_| certified),
                })
            })
            .collect()
    }

    pub(super) fn application(&self, edition: EditionId, of: &ExhibitorRow, state: ApplicationState) -> ApplicationRow {
        let decided = matches!(state, ApplicationState::Waitlisted | ApplicationState::Rejected);
        ApplicationRow {
            id: ApplicationId::make(),
            organiser_id: self.organiser,
            edition_id: edition,
            exhibitor_id: of.id,
            state,
            booths_wanted: 1,
            category: hoicho_fair::floor::BoothCategory::Standard,
            needs: None,
            needs_power: false,
            needs_water: false,
            needs_corner: false,
            reason: decided.then(|| "Sản phẩm chưa có chứng nhận OCOP".to_owned()),
            waitlisted_at: (state == ApplicationState::Waitlisted).then_some(self.now),
            submitted_at: (state != ApplicationState::Draft).then_some(self.now),
            version: 1,
            created_at: self.now,
        }
    }

    pub(super) fn allocation(&self, of: &ApplicationRow, booth: BoothId, state: AllocationState) -> AllocationRow {
        AllocationRow {
            id: AllocationId::make(),
            edition_id: of.edition_id,
            booth_id: booth,
            application_id: of.id,
            state,
            expires_at: default_ttl_s(state).map(|ttl| self.now + chrono::Duration::seconds(ttl.into())),
            is_by_run: false,
            version: 1,
            created_at: self.now,
        }
    }

    /// Allocates all booths of `floor`: most exhibitors get one, 30 % two or three adjacent ones.
    pub(super) fn allocate_booths(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        floor: &Floor,
        localities: &[Locality],
        last_day: Day,
    ) -> Result<OccupiedBooths, Problem> {
        let (mut batch, mut occupied_booths) = (Batch::default(), OccupiedBooths::new());
        // Booths of one row are consecutive in the list.
        for row in floor.chunk_by(|a, b| a.0.row_label == b.0.row_label) {
            let mut rest = row;
            while let Some((first, zone)) = rest.first().map(|r| (&r.0, r.1)) {
                let wanted = if self.rng.random_ratio(3, 10) { self.rng.random_range(2..=3) } else { 1 };
                let (booths, remaining) = rest.split_at(wanted.min(rest.len()));
                rest = remaining;
                let NewExhibitor { row, mut products, good } = self.exhibitor(zone.origin, localities, last_day);
                let mut application = self.application(edition, &row, ApplicationState::Approved);
                application.booths_wanted = i32::try_from(booths.len()).unwrap_or(1);
                application.category = first.category;
                for (booth, zone) in booths {
                    let allocation = self.allocation(&application, booth.id, AllocationState::CheckedIn);
                    products.extend(self.add_participants(&mut batch, &row, &allocation, localities, last_day));
                    occupied_booths.push(OccupiedBooth {
                        booth: booth.id,
                        zone,
                        exhibitor: row.id,
                        product_index: good,
                    });
                    batch.allocations.push(allocation);
                }
                batch.contacts.extend(contact(&row, self.exhibitors));
                batch.add_application(application, products);
                batch.exhibitors.push(row);
            }
        }
        batch.insert(tx)?;
        if let Some(first) = occupied_booths.first() {
            self.insert_organisation(tx, first.exhibitor, &batch)?;
        }
        Ok(occupied_booths)
    }

    /// The account of an exhibitor, with its products as a catalogue; the record is linked with it.
    fn insert_organisation(&self, tx: &mut Tx<'_>, of: ExhibitorId, batch: &Batch) -> Result<(), Problem> {
        let record = exhibitors::store::find(tx, of)?;
        let organisation = OrganisationRow::new(record.profile(), self.now);
        organisations::store::insert(tx, std::slice::from_ref(&organisation))?;
        insert_organisation_member(tx, organisation.id, self.exhibitor_user, OrganisationRole::Owner)?;
        let is_of = |row: &&ApplicationProductRow| {
            batch.applications.iter().any(|a| a.id == row.application_id && a.exhibitor_id == of)
        };
        let product = |row: &ApplicationProductRow| ProductRow {
            id: ProductId::make(),
            organisation_id: organisation.id,
            name_search: text::normalize_for_search(&row.name),
            name: row.name.clone(),
            product_group: row.product_group,
            stars: row.declared_stars,
            certificate_number: row.certificate_number.clone(),
            certificate_expires_on: row.certificate_expires_on,
            version: 1,
            created_at: self.now,
        };
        let catalogue: Vec<ProductRow> = batch.products.iter().filter(is_of).map(product).collect();
        products::store::insert(tx, &catalogue)?;
        let linked = ExhibitorRow {
            organisation_id: Some(organisation.id),
            linked_at: Some(self.now),
            version: record.version + 1,
            ..record.clone()
        };
        exhibitors::store::update(tx, &linked, record.version)?;
        Ok(())
    }

    /// Co-exhibitors for an agency, which shows their products; one other exhibitor in 25 represents a company that is not present.
    /// Returns the products of the co-exhibitors.
    fn add_participants(
        &mut self,
        batch: &mut Batch,
        of: &ExhibitorRow,
        on: &AllocationRow,
        localities: &[Locality],
        last_day: Day,
    ) -> Vec<DeclaredProduct> {
        let mut shown = Vec::new();
        let mut add = |role, exhibitor_id, name, country| {
            batch.participants.push(ParticipantRow {
                id: ParticipantId::make(),
                organiser_id: of.organiser_id,
                edition_id: on.edition_id,
                allocation_id: on.id,
                role,
                exhibitor_id,
                name,
                country,
                first_day: None,
                last_day: None,
            });
        };
        if of.legal_form == LegalForm::Agency {
            for _ in 0..2 {
                let NewExhibitor { row, products, .. } = self.exhibitor(Origin::Provinces, localities, last_day);
                add(ParticipantRole::CoExhibitor, Some(row.id), row.name.clone(), row.country.clone());
                shown.extend(products);
                batch.exhibitors.push(row);
            }
        } else if self.rng.random_ratio(1, 25) {
            let name = format!("Cơ sở sản xuất {} {}", of.locality, self.rng.random_range(1..1_000));
            add(ParticipantRole::Represented, None, name, of.country.clone());
        }
        shown
    }
}

fn contact(of: &ExhibitorRow, n: u32) -> Option<ContactRow> {
    let phone = phone::parse(&format!("0912{n:06}"))?;
    Some(ContactRow {
        id: ContactId::make(),
        exhibitor_id: of.id,
        name: "Phụ trách gian hàng".to_owned(),
        zalo: Some(phone.clone()),
        phone: Some(phone),
        email: None,
        language: Language::Vi,
    })
}
