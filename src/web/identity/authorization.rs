//! Authorization: extractors that are the only access to data. They identify the caller and the resource of the path,
//! and check that the caller may do `A` to it. The check is repeated inside the transaction of the handler, so that a
//! role revoked in between takes effect.
use std::{marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    action::Action,
    api_keys::{self, ApiKeyDigest, KeyScope},
    caller::Caller,
    read_scope::{DatesScope, EditionsScope, ReadNeeds, ReadScope},
    resource::{FindOwners, Resource, ResourceOwners, ResourceRef},
    roles::{OrganisationRole, OrganiserRole},
    staff_roles::{StaffRoles, refusal},
    store,
    user_session::UserSession,
};
use crate::{
    audit::{self, AuditAction},
    http::{ApiResponse, Code, Problem, idempotency, idempotency::IdempotentRequest},
    identity::RequestContext,
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{
            ApiKeyId, EditionId, ExhibitorId, HallId, OrganisationId, OrganiserId, SeriesId, SessionId, UserId, VenueId,
        },
    },
};

/// The constants of an [`Action`], so that the check is compiled once for all of them.
#[derive(Clone, Copy)]
pub(super) struct Needs {
    organiser: &'static [OrganiserRole],
    organisation: &'static [OrganisationRole],
    key: Option<KeyScope>,
    is_for_exhibitor: bool,
}

impl Needs {
    pub(super) fn of<A: Action>() -> Self {
        Self {
            organiser: A::ORGANISER,
            organisation: A::ORGANISATION,
            key: A::KEY,
            is_for_exhibitor: A::IS_FOR_EXHIBITOR,
        }
    }
}

/// The result of an authorization check inside the transaction.
#[derive(Debug, Clone)]
pub struct Authorized {
    /// The authorized user; `None` for an API key or the public.
    pub user: Option<UserId>,
    /// The session of that user.
    session: Option<SessionId>,
    /// The authorized API key.
    pub key: Option<ApiKeyId>,
    /// Time of the request.
    pub now: Instant,
    owners: ResourceOwners,
    /// Authorized as staff of the organiser or by its key, rather than as a member of an organisation or the public.
    pub as_staff: bool,
    /// Authorized as a member of the organisation itself, or of one linked with an exhibitor concerned.
    pub as_member: bool,
    /// The exhibitor for which staff acts; recorded in the audit log.
    pub on_behalf_of: Option<ExhibitorId>,
}

fn require<T>(value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Code::NotFound.into())
}

impl Authorized {
    /// Authorized as nobody in particular.
    fn new(user: Option<UserSession>, key: Option<ApiKeyId>, now: Instant, owners: ResourceOwners) -> Self {
        let (user, session) = (user.map(|user| user.user), user.map(|user| user.session));
        Self { user, session, key, now, owners, as_staff: false, as_member: false, on_behalf_of: None }
    }
    /// The edition of the path.
    pub fn edition(&self) -> Result<EditionId, Problem> {
        require(self.owners.edition)
    }
    /// The organiser that owns the data.
    pub fn organiser(&self) -> Result<OrganiserId, Problem> {
        require(self.owners.organiser)
    }
    /// The organisation of the path.
    pub fn organisation(&self) -> Result<OrganisationId, Problem> {
        require(self.owners.organisations.first().copied())
    }
    /// The organisations whose members have their roles here.
    pub fn organisations(&self) -> &[OrganisationId] {
        &self.owners.organisations
    }
    /// The exhibitor of the path; of a booth, the main exhibitor.
    pub fn exhibitor(&self) -> Result<ExhibitorId, Problem> {
        require(self.owners.exhibitors.first().copied())
    }
    /// All exhibitors of the path; of a booth, the main exhibitor and its co-exhibitors.
    pub fn exhibitors(&self) -> &[ExhibitorId] {
        &self.owners.exhibitors
    }
    /// The venue of the path.
    pub fn venue(&self) -> Result<VenueId, Problem> {
        require(self.owners.venue)
    }
    /// The hall of the path.
    pub fn hall(&self) -> Result<HallId, Problem> {
        require(self.owners.hall)
    }
    /// The series of the path.
    pub fn series(&self) -> Result<SeriesId, Problem> {
        require(self.owners.series)
    }
    /// The authorized user.
    ///
    /// # Errors
    /// [`Code::LoginRequired`] for an API key or the public.
    pub fn require_user(&self) -> Result<UserId, Problem> {
        self.user.ok_or_else(|| Code::LoginRequired.into())
    }
    /// The authorized user in their session.
    ///
    /// # Errors
    /// [`Code::LoginRequired`] for an API key or the public.
    pub fn require_user_session(&self) -> Result<UserSession, Problem> {
        let both = self.user.zip(self.session).map(|(user, session)| UserSession { user, session });
        both.ok_or_else(|| Code::LoginRequired.into())
    }
    /// Checks that the caller is staff of the organiser with one of these roles, and lets them act for an exhibitor of it.
    ///
    /// # Errors
    /// [`Code::Forbidden`] with another role, [`Code::NotFound`] without one.
    pub fn require_staff(
        self,
        tx: &mut Tx<'_>,
        roles: &[OrganiserRole],
        exhibitor: ExhibitorId,
    ) -> Result<Self, Problem> {
        let (user, organiser) = (self.require_user_session()?, self.organiser()?);
        let role = StaffRoles::find(tx, user, &[organiser], self.owners.edition)?.require_one()?;
        if !roles.contains(&role) {
            return Err(Code::Forbidden.into());
        }
        Ok(Self { as_staff: true, on_behalf_of: Some(exhibitor), ..self })
    }
    /// Without the edition, for the audit log after it was deleted.
    pub fn without_edition(self) -> Self {
        Self { owners: ResourceOwners { edition: None, ..self.owners }, ..self }
    }
    /// Without the organiser, for the audit log after it was deleted.
    pub fn without_organiser(self) -> Self {
        Self { owners: ResourceOwners { organiser: None, ..self.owners }, ..self }
    }
    /// For something new in the resource of the path that its organiser must not see yet (a draft of an application).
    pub fn as_private(&self) -> Self {
        Self { owners: ResourceOwners { is_private: true, ..self.owners.clone() }, ..self.clone() }
    }
    /// For something private that its organiser sees from now on (an application that is submitted).
    pub fn as_submitted(&self) -> Self {
        Self { owners: ResourceOwners { is_private: false, ..self.owners.clone() }, ..self.clone() }
    }
    /// Writes a row of the audit log with this caller as the actor. The log of an organiser has no row about what is private.
    pub fn record_audit<T: serde::Serialize>(
        &self,
        tx: &mut Tx<'_>,
        action: AuditAction,
        subject: impl std::fmt::Display,
        before: Option<T>,
        after: Option<T>,
    ) -> Result<(), Problem> {
        let entry = audit::Entry {
            organiser: self.owners.organiser.filter(|_| !self.owners.is_private),
            edition: self.owners.edition.filter(|_| !self.owners.is_private),
            actor: self.user,
            api_key: self.key,
            on_behalf_of: self.on_behalf_of,
            action,
            subject: subject.to_string(),
            before,
            after,
            at: self.now,
        };
        Ok(audit::record(tx, entry)?)
    }
}

/// Caller and resource of a request, not yet authorized.
pub(super) struct ResourceRequest {
    pub(super) caller: Caller,
    pub(super) target: Resource,
    pub(super) idempotent_request: Option<IdempotentRequest>,
    pub(super) context: web::Data<RequestContext>,
}

impl ResourceRequest {
    fn from_request(req: &HttpRequest) -> Result<Self, Problem> {
        let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
        let caller = Caller::from_request(req, &context.tokens, context.clock)?;
        Ok(Self {
            caller,
            target: Resource { reference: ResourceRef::from_path(req)?, find_owners: context.find_owners },
            idempotent_request: IdempotentRequest::from_request(req),
            context,
        })
    }
}

/// The work of a `POST`, boxed so that what surrounds it is compiled once.
pub(super) type Post = Box<dyn FnOnce(&mut Tx<'_>, Authorized) -> Result<ApiResponse, Problem> + Send>;

impl ResourceRequest {
    pub(super) async fn write_once(self, needs: Needs, work: Post) -> Result<ApiResponse, Problem> {
        let Self { caller, target, context, idempotent_request } = self;
        let work = move |tx: &mut Tx<'_>| {
            let authorized = authorize(tx, caller, &target, needs)?;
            match authorized.user {
                Some(user) => {
                    idempotency::run_once(tx, idempotent_request, user, caller.now, |tx| work(tx, authorized))
                }
                // Requests with an API key carry identifiers of their own, which make them idempotent.
                None => work(tx, authorized),
            }
        };
        context.db.write(work).await
    }
}

/// Proof that the caller may do `A` to the resource of the path; only this module can construct it.
pub struct Permit<A: Action> {
    pub(super) request: ResourceRequest,
    action: PhantomData<A>,
}

/// The caller's roles with the organisers and the organisations of the resource. There may be several of each: staff of two organisers
/// that an organisation is linked with, or a member of two organisations on one booth. Each role counts for itself.
#[derive(Default)]
struct Roles {
    staff: StaffRoles,
    member: Vec<OrganisationRole>,
}

impl Roles {
    fn find(tx: &mut Tx<'_>, user: Option<UserSession>, owners: &ResourceOwners) -> Result<Self, Problem> {
        let Some(user) = user else { return Ok(Self::default()) };
        let staff = StaffRoles::find(tx, user, &owners.readable_by_staff_of(), owners.edition)?;
        Ok(Self { staff, member: store::find_organisation_roles(tx, user.user, &owners.organisations)? })
    }
    fn is_staff_with(&self, roles: &[OrganiserRole]) -> bool {
        self.staff.roles.iter().any(|role| roles.contains(role))
    }
    fn is_member_with(&self, roles: &[OrganisationRole]) -> bool {
        self.member.iter().any(|role| roles.contains(role))
    }
    fn is_empty(&self) -> bool {
        self.staff.roles.is_empty() && self.member.is_empty()
    }
}

/// Authorizes an API key: its scopes apply to its organiser and editions. Other resources are not found, unless public.
fn authorize_key(
    tx: &mut Tx<'_>,
    key: ApiKeyDigest,
    caller: Caller,
    (target, needs): (&Resource, Option<KeyScope>),
) -> Result<Authorized, Problem> {
    let owners = target.owners(tx)?;
    let key = api_keys::authorize(tx, key, caller.now, (&owners, needs))?;
    Ok(Authorized { as_staff: true, ..Authorized::new(None, Some(key), caller.now, owners) })
}

pub(super) fn authorize(
    tx: &mut Tx<'_>,
    caller: Caller,
    target: &Resource,
    needs: Needs,
) -> Result<Authorized, Problem> {
    if let Some(key) = caller.key {
        return authorize_key(tx, key, caller, (target, needs.key));
    }
    let user = caller.user_session().ok_or(Code::LoginRequired)?;
    let owners = target.owners(tx)?;
    let roles = Roles::find(tx, Some(user), &owners)?;
    let as_staff = roles.is_staff_with(needs.organiser);
    let as_member = roles.is_member_with(needs.organisation);
    if as_staff || as_member {
        let on_behalf_of = owners.exhibitors.first().copied().filter(|_| needs.is_for_exhibitor && !as_member);
        let by_user = Authorized::new(Some(user), None, caller.now, owners);
        return Ok(Authorized { as_staff, as_member, on_behalf_of, ..by_user });
    }
    // 403 only to callers who may read the resource; otherwise 404, so that its existence is not revealed.
    let may_read = !roles.is_empty() || owners.public;
    let otherwise = if may_read { Code::Forbidden } else { Code::NotFound };
    Err(refusal(roles.staff.lacks_second_factor, otherwise))
}

impl<A: Action> Permit<A> {
    /// Runs `work` in a read transaction.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let ResourceRequest { caller, target, context, idempotent_request: _ } = self.request;
        let needs = Needs::of::<A>();
        context
            .db
            .read(move |tx| authorize(tx, caller, &target, needs).and_then(|authorized| work(tx, authorized)))
            .await
    }

    /// Runs `work` in a write transaction, for idempotent methods (`PUT`, `PATCH`, `DELETE`).
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let ResourceRequest { caller, target, context, idempotent_request: _ } = self.request;
        let needs = Needs::of::<A>();
        context
            .db
            .write(move |tx| authorize(tx, caller, &target, needs).and_then(|authorized| work(tx, authorized)))
            .await
    }

    /// Runs `work` in a write transaction once per Idempotency-Key, for `POST`.
    pub async fn write_once(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<ApiResponse, Problem> + Send + 'static,
    ) -> Result<ApiResponse, Problem> {
        self.request.write_once(Needs::of::<A>(), Box::new(work)).await
    }
}

impl<A: Action> FromRequest for Permit<A> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let request = ResourceRequest::from_request(&req)?;
            // Checked before the body is read: an unauthorized request gets 401, 403 or 404, whatever its body.
            let ResourceRequest { caller, ref target, ref context, idempotent_request: _ } = request;
            if !context.authorization_cache.contains::<A>(&caller, &target.reference) {
                let (resource, needs) = (target.clone(), Needs::of::<A>());
                context.db.read(move |tx| authorize(tx, caller, &resource, needs)).await?;
                context.authorization_cache.insert::<A>(&caller, &target.reference);
            }
            Ok(Self { request, action: PhantomData })
        })
    }
}

/// Read access to the public part of a resource, or to all of it for staff of its organiser and members of its organisations.
pub struct ReadPermit<S: ReadScope = EditionsScope>(pub(super) ResourceRequest, PhantomData<S>);

impl<S: ReadScope> ReadPermit<S> {
    /// Reads it; what is not public is not found by anybody but its people.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let ResourceRequest { caller, target, context, idempotent_request: _ } = self.0;
        context
            .db
            .read(move |tx| {
                authorize_read(tx, caller, &target, ReadNeeds::of::<S>()).and_then(|authorized| work(tx, authorized))
            })
            .await
    }
}

/// Permission of a logged-in user to add something of their own (an application) to an edition they may read.
/// The handler must check the organisation with [`require_organisation_role`], or the role of staff with [`Authorized::require_staff`].
pub struct ContributePermit {
    request: ResourceRequest,
    user: UserId,
}

impl ContributePermit {
    /// Runs `work` in a write transaction once per Idempotency-Key.
    pub async fn write_once(
        self,
        work: impl FnOnce(&mut Tx<'_>, Authorized, UserId) -> Result<ApiResponse, Problem> + Send + 'static,
    ) -> Result<ApiResponse, Problem> {
        let (ResourceRequest { caller, target, context, idempotent_request }, user) = (self.request, self.user);
        let work = move |tx: &mut Tx<'_>| {
            let authorized = authorize_read(tx, caller, &target, ReadNeeds::of::<DatesScope>())?;
            idempotency::run_once(tx, idempotent_request, user, caller.now, |tx| work(tx, authorized, user))
        };
        context.db.write(work).await
    }
}

impl FromRequest for ContributePermit {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let contribute = ResourceRequest::from_request(req).and_then(|request| {
            let user = request.caller.user.ok_or(Code::LoginRequired)?;
            Ok(Self { request, user })
        });
        std::future::ready(contribute)
    }
}

pub(super) fn authorize_read(
    tx: &mut Tx<'_>,
    caller: Caller,
    target: &Resource,
    needs: ReadNeeds,
) -> Result<Authorized, Problem> {
    let owners = target.owners(tx)?;
    let key = caller.key.map(|key| api_keys::find_valid(tx, key, caller.now)).transpose()?;
    if let Some(key) = key {
        let as_staff = key.covers(&owners) && key.scopes.contains(&needs.scope);
        if !as_staff && !owners.public {
            return Err(Code::NotFound.into());
        }
        return Ok(Authorized { as_staff, ..Authorized::new(None, Some(key.id), caller.now, owners) });
    }
    let roles = Roles::find(tx, caller.user_session(), &owners)?;
    let (as_staff, as_member) = (roles.is_staff_with(needs.roles), !roles.member.is_empty());
    if !as_staff && !as_member && !owners.public {
        let otherwise = if roles.is_empty() { Code::NotFound } else { Code::Forbidden };
        return Err(refusal(roles.staff.lacks_second_factor, otherwise));
    }
    Ok(Authorized { as_staff, as_member, ..Authorized::new(caller.user_session(), None, caller.now, owners) })
}

impl<S: ReadScope> FromRequest for ReadPermit<S> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(ResourceRequest::from_request(req).map(|request| Self(request, PhantomData)))
    }
}

/// Authorizes by role in an organiser require in the body, for resources without a path yet (a new edition).
pub fn authorize_staff(
    tx: &mut Tx<'_>,
    user: UserSession,
    now: Instant,
    organiser: OrganiserId,
    roles: &[OrganiserRole],
) -> Result<Authorized, Problem> {
    if !roles.contains(&StaffRoles::find(tx, user, &[organiser], None)?.require_one()?) {
        return Err(Code::Forbidden.into());
    }
    let owners = ResourceOwners::of_organiser(organiser);
    Ok(Authorized { as_staff: true, ..Authorized::new(Some(user), None, now, owners) })
}

/// Authorizes the operator of the command line, with the rights of the edition's staff.
pub fn authorize_operator(
    tx: &mut Tx<'_>,
    find_owners: FindOwners,
    edition: &str,
    now: Instant,
) -> Result<Authorized, Problem> {
    let owners = find_owners(tx, &ResourceRef::Edition(edition.to_owned()))?;
    Ok(Authorized { as_staff: true, ..Authorized::new(None, None, now, owners) })
}

/// The caller's role with an organisation named in the body.
///
/// # Errors
/// [`Code::NotFound`] without a role.
pub fn require_organisation_role(
    tx: &mut Tx<'_>,
    user: UserId,
    organisation: OrganisationId,
) -> Result<OrganisationRole, Problem> {
    store::find_organisation_role(tx, user, organisation)?.ok_or_else(|| Code::NotFound.into())
}

/// The caller of a public list.
pub fn identify_caller(req: &HttpRequest, context: &RequestContext) -> Result<Caller, Problem> {
    Caller::from_request(req, &context.tokens, context.clock)
}
