//! The roles of a person with organisers, as far as they count: for an edition, and with a second factor where it is required.
use super::{
    roles::OrganiserRole,
    store::{OrganiserMembership, is_admin, list_organiser_memberships},
    user_session::UserSession,
};
use crate::http::{Code, Problem};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{EditionId, OrganiserId},
};

/// The roles that count.
#[derive(Debug, Default)]
pub(super) struct StaffRoles {
    pub roles: Vec<OrganiserRole>,
    /// Another role would count if the user had a second factor.
    pub lacks_second_factor: bool,
}

impl StaffRoles {
    /// The user's roles with these organisers for an edition, or with `None` for what belongs to none. No query for an empty list.
    pub fn find(
        tx: &mut Tx<'_>,
        user: UserSession,
        of: &[OrganiserId],
        edition: Option<EditionId>,
    ) -> diesel::QueryResult<Self> {
        if of.is_empty() {
            return Ok(Self::default());
        }
        let is_meant = |m: &OrganiserMembership| of.contains(&m.organiser_id) && m.covers(edition);
        let memberships = list_organiser_memberships(tx, user)?.into_iter().filter(is_meant);
        let (lacking, counting): (Vec<_>, Vec<_>) = memberships.partition(|m| m.lacks_second_factor);
        Ok(Self { roles: counting.into_iter().map(|m| m.role).collect(), lacks_second_factor: !lacking.is_empty() })
    }

    /// The role with one organiser.
    ///
    /// # Errors
    /// [`Code::SecondFactorRequired`], or [`Code::NotFound`] without a role.
    pub fn require_one(self) -> Result<OrganiserRole, Problem> {
        let Self { roles, lacks_second_factor } = self;
        roles.into_iter().next().ok_or_else(|| refusal(lacks_second_factor, Code::NotFound))
    }
}

/// Why a request is refused: because of the second factor, if that is all that is missing.
pub(super) fn refusal(lacks_second_factor: bool, otherwise: Code) -> Problem {
    if lacks_second_factor {
        return Problem::new(Code::SecondFactorRequired, MessageId("error-second-factor-required"));
    }
    otherwise.into()
}

/// The user's role with an organiser that counts for an edition, or with `None` for all, for what shows staff more than others.
pub fn find_organiser_role(
    tx: &mut Tx<'_>,
    user: UserSession,
    organiser: OrganiserId,
    edition: Option<EditionId>,
) -> Result<Option<OrganiserRole>, Problem> {
    Ok(StaffRoles::find(tx, user, &[organiser], edition)?.roles.pop())
}

/// Whether the user is a platform admin.
///
/// # Errors
/// [`Code::SecondFactorRequired`] for an admin without a second factor in this session, if the settings require it.
pub fn authorize_admin(tx: &mut Tx<'_>, user: UserSession, needs_second_factor: bool) -> Result<bool, Problem> {
    let may_act = is_admin(tx, user.user)?;
    if may_act && needs_second_factor && !user.has_second_factor(tx)? {
        return Err(refusal(true, Code::Forbidden));
    }
    Ok(may_act)
}
