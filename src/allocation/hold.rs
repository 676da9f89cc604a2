//! Holding booths for an approved application.
use chrono::Duration;

use super::{
    lifecycle::{AllocationState, adjacent},
    store::{self, AllocationRow},
};
use crate::{
    applications::{self, ApplicationState},
    db::Tx,
    editions,
    http::{Code, Problem},
    identity::Granted,
    values::ids::{AllocationId, ApplicationId, BoothId},
};

/// What to hold.
pub struct Hold {
    /// For whom.
    pub application: ApplicationId,
    /// 1 to 100 booths.
    pub booths: Vec<BoothId>,
    /// The organiser says in so many words that they need not be adjacent.
    pub allow_apart: bool,
    /// Seconds until the hold ends by itself.
    pub expires_in_s: u32,
}

/// Holds all the booths or none. Whether one is taken is decided by the unique index, not by a look beforehand.
pub fn hold(tx: &mut Tx<'_>, granted: &Granted, hold: &Hold) -> Result<Vec<AllocationRow>, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let application = applications::store::find(tx, edition.id, hold.application)?;
    if application.state != ApplicationState::Approved {
        return Err(Problem::new(
            Code::IllegalStep,
            "Chỉ phân gian cho đơn đã được duyệt.",
            "Booths are held for approved applications only: approve it first.",
        ));
    }
    let places = store::places(tx, edition.id, &hold.booths)?;
    if places.len() != hold.booths.len() {
        return Err(Problem::new(
            Code::NotFound,
            "Có gian hàng không thuộc kỳ hội chợ này.",
            "One of the booths is not in this edition.",
        ));
    }
    if !hold.allow_apart && !adjacent(&places) {
        return Err(Problem::new(
            Code::Invalid,
            "Các gian không liền kề. Đặt allow_apart nếu vẫn muốn.",
            "The booths are not side by side. Say allow_apart if that is meant.",
        ));
    }
    store::expire(tx, granted.now, Some(&hold.booths))?;
    let expires_at = Some(granted.now + Duration::seconds(hold.expires_in_s.into()));
    let row = |booth: &BoothId| AllocationRow {
        id: AllocationId::make(),
        edition_id: edition.id,
        booth_id: *booth,
        application_id: application.id,
        state: AllocationState::Held,
        expires_at,
        version: 1,
        created_at: granted.now,
    };
    // In one order everywhere, so that two holds of the same booths cannot wait for each other.
    let mut booths = hold.booths.clone();
    booths.sort();
    let rows: Vec<_> = booths.iter().map(row).collect();
    store::insert(tx, &rows)?;
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    granted.audit(tx, "allocation.hold", application.id, None, Some(ids))?;
    Ok(rows)
}
