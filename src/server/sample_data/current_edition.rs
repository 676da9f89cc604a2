//! Sample data of the current edition: applications in every state, and booths on hold, offered and confirmed.
use rand::Rng;

use super::{
    exhibitors::{Batch, NewExhibitor},
    facts::{self, Origin},
    floor::Floor,
    generator::SampleData,
};
use hoicho_core::{
    db::Tx,
    states::{AllocationState, ApplicationState},
    values::{clock::Day, ids::EditionId},
};
use hoicho_fair::applications::wishes::{self, Wish};
use hoicho_web::http::Problem;

/// State, number of applications, and state of their allocation of a free booth.
const APPLICATIONS: [(ApplicationState, u32, Option<AllocationState>); 9] = [
    (ApplicationState::Draft, 3, None),
    (ApplicationState::Submitted, 8, None),
    (ApplicationState::Approved, 6, None),
    (ApplicationState::Approved, 3, Some(AllocationState::Held)),
    (ApplicationState::Approved, 3, Some(AllocationState::Offered)),
    (ApplicationState::Approved, 4, Some(AllocationState::Confirmed)),
    (ApplicationState::Waitlisted, 5, None),
    (ApplicationState::Rejected, 3, None),
    (ApplicationState::Withdrawn, 2, None),
];

impl SampleData {
    pub(super) fn insert_open_applications(
        &mut self,
        tx: &mut Tx<'_>,
        edition: EditionId,
        spare: &Floor,
        last_day: Day,
    ) -> Result<(), Problem> {
        let (mut batch, mut wish_rows) = (Batch::default(), Vec::new());
        let mut free = spare.iter();
        for (state, count, allocation_state) in APPLICATIONS {
            for _ in 0..count {
                let NewExhibitor { row, products, .. } =
                    self.exhibitor(Origin::QuangNinh, &facts::LOCALITIES_2025, last_day);
                let mut application = self.application(edition, &row, state);
                if self.rng.random_ratio(1, 3) {
                    application.needs = Some("Cần điện 3 pha".to_owned());
                    application.needs_power = true;
                }
                let spare = free.clone().nth(self.rng.random_range(0..8));
                let wishes: Vec<Wish> =
                    spare.into_iter().flat_map(|(b, _)| [Wish::Booth(b.id), Wish::Zone(b.zone_id)]).collect();
                wish_rows.extend(wishes::to_rows(edition, application.id, &wishes));
                if let Some((booth, state)) = allocation_state.and_then(|state| Some((&free.next()?.0, state))) {
                    batch.allocations.push(self.allocation(&application, booth.id, state));
                }
                batch.add_application(application, products);
                batch.exhibitors.push(row);
            }
        }
        batch.insert(tx)?;
        Ok(wishes::insert_rows(tx, &wish_rows)?)
    }
}
