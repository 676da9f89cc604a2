//! The only way to data: an extractor that has found who calls, what the path is about, and that the one
//! may do `A` to the other. It checks again inside the transaction, so a role taken away meanwhile counts.
use std::{marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    caller::Caller,
    keys::{self, KeyDigest, KeyScope},
    resource::{FindOwners, Resource, ResourceOwners, ResourceRef},
    roles::{ExhibitorRole, OrganiserRole},
    store,
};
use crate::identity::RequestContext;
use crate::{
    audit,
    http::{Answer, Code, Problem, idempotency, idempotency::Attempt},
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{ApiKeyId, EditionId, ExhibitorId, HallId, OrganiserId, SeriesId, UserId, VenueId},
    },
};

/// Something a caller may be allowed to do.
pub trait Action: 'static {
    /// The organiser's staff who may.
    const ORGANISER: &'static [OrganiserRole];
    /// The members of the exhibitor concerned who may.
    const EXHIBITOR: &'static [ExhibitorRole] = &[];
    /// The scope of a partner's key that may, if any.
    const KEY: Option<KeyScope> = None;
}

/// What a handler's work is given inside the transaction: what was authorised, by whom, when.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Who.
    pub user: Option<UserId>,
    /// The partner's key that was let in.
    pub key: Option<ApiKeyId>,
    /// When.
    pub now: Instant,
    owners: ResourceOwners,
    /// Allowed as the organiser's staff (and not as an exhibitor's member or the public).
    pub as_staff: bool,
    /// Allowed as a member of the exhibitor concerned.
    pub as_member: bool,
}

fn named<T>(found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Code::NotFound.into())
}

impl Granted {
    /// The edition the path is about.
    pub fn edition(&self) -> Result<EditionId, Problem> {
        named(self.owners.edition)
    }
    /// The organiser whose data it is.
    pub fn organiser(&self) -> Result<OrganiserId, Problem> {
        named(self.owners.organisers.first().copied())
    }
    /// The exhibitor the path is about: the main one of a booth.
    pub fn exhibitor(&self) -> Result<ExhibitorId, Problem> {
        named(self.owners.exhibitors.first().copied())
    }
    /// All exhibitors the path is about: of a booth, the main one and its co-exhibitors.
    pub fn exhibitors(&self) -> &[ExhibitorId] {
        &self.owners.exhibitors
    }
    /// The venue the path is about.
    pub fn venue(&self) -> Result<VenueId, Problem> {
        named(self.owners.venue)
    }
    /// The hall the path is about.
    pub fn hall(&self) -> Result<HallId, Problem> {
        named(self.owners.hall)
    }
    /// The series the path is about.
    pub fn series(&self) -> Result<SeriesId, Problem> {
        named(self.owners.series)
    }
    /// Who acts, where only somebody with a login can.
    pub fn actor(&self) -> Result<UserId, Problem> {
        self.user.ok_or_else(|| Code::LoginRequired.into())
    }
    /// The same without the edition, which is no more.
    pub fn without_edition(self) -> Self {
        Self { owners: ResourceOwners { edition: None, ..self.owners }, ..self }
    }
    /// The same without the organiser, which is no more.
    pub fn without_organiser(self) -> Self {
        Self { owners: ResourceOwners { organisers: Vec::new(), ..self.owners }, ..self }
    }
    /// Writes a line of the audit log in this caller's name.
    pub fn audit<T: serde::Serialize>(
        &self,
        tx: &mut Tx<'_>,
        action: &'static str,
        subject: impl std::fmt::Display,
        before: Option<T>,
        after: Option<T>,
    ) -> Result<(), Problem> {
        let entry = audit::Entry {
            organiser: self.owners.organisers.first().copied(),
            edition: self.owners.edition,
            actor: self.user,
            api_key: self.key,
            action,
            subject: subject.to_string(),
            before,
            after,
            at: self.now,
        };
        Ok(audit::record(tx, entry)?)
    }
}

/// Who calls, what about, and the doors.
struct Request {
    caller: Caller,
    target: Resource,
    attempt: Option<Attempt>,
    context: web::Data<RequestContext>,
}

impl Request {
    fn of(req: &HttpRequest) -> Result<Self, Problem> {
        let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
        let caller = Caller::of(req, &context.tokens, context.clock)?;
        Ok(Self {
            caller,
            target: Resource { reference: ResourceRef::from_path(req)?, find_owners: context.find_owners },
            attempt: Attempt::of(req),
            context,
        })
    }
}

/// Proof that the caller may do `A` to what the path names. Cannot be made elsewhere.
pub struct Permit<A: Action> {
    request: Request,
    action: PhantomData<A>,
}

/// The roles a caller has in what was found.
fn roles(
    tx: &mut Tx<'_>,
    user: Option<UserId>,
    owners: &ResourceOwners,
) -> Result<(Option<OrganiserRole>, Option<ExhibitorRole>), Problem> {
    let Some(user) = user else { return Ok((None, None)) };
    let staff = store::organiser_role(tx, user, &owners.organisers)?;
    Ok((staff, store::exhibitor_role(tx, user, &owners.exhibitors)?))
}

/// A key does what its scopes say, for its organiser and editions; for it nothing else exists.
fn grant_key(
    tx: &mut Tx<'_>,
    key: KeyDigest,
    caller: Caller,
    (target, needs): (&Resource, Option<KeyScope>),
) -> Result<Granted, Problem> {
    let key = keys::good(tx, key, caller.now)?;
    let owners = target.owners(tx)?;
    let covers = key.covers(&owners.organisers, owners.edition);
    if covers && needs.is_some_and(|needed| key.scopes.contains(&needed)) {
        return Ok(Granted {
            user: None,
            key: Some(key.id),
            now: caller.now,
            owners,
            as_staff: true,
            as_member: false,
        });
    }
    Err(if covers || owners.public { Code::Forbidden } else { Code::NotFound }.into())
}

fn grant<A: Action>(tx: &mut Tx<'_>, caller: Caller, target: &Resource) -> Result<Granted, Problem> {
    if let Some(key) = caller.key {
        return grant_key(tx, key, caller, (target, A::KEY));
    }
    let user = caller.user.ok_or(Code::LoginRequired)?;
    let owners = target.owners(tx)?;
    let (staff, member) = roles(tx, Some(user), &owners)?;
    let as_staff = staff.is_some_and(|role| A::ORGANISER.contains(&role));
    let as_member = member.is_some_and(|role| A::EXHIBITOR.contains(&role));
    if as_staff || as_member {
        return Ok(Granted { user: Some(user), key: None, now: caller.now, owners, as_staff, as_member });
    }
    // Whoever may see it is told that the role is too small; for anybody else it does not exist.
    let sees = staff.is_some() || member.is_some() || owners.public;
    Err(if sees { Code::Forbidden } else { Code::NotFound }.into())
}

impl<A: Action> Permit<A> {
    /// Reads what was authorised.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Request { caller, target, context, attempt: _ } = self.request;
        context.db.read(move |tx| grant::<A>(tx, caller, &target).and_then(|granted| work(tx, granted))).await
    }

    /// Changes what was authorised, all or nothing; where doing it twice changes nothing more (`PUT`, `PATCH`, `DELETE`).
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Request { caller, target, context, attempt: _ } = self.request;
        context.db.write(move |tx| grant::<A>(tx, caller, &target).and_then(|granted| work(tx, granted))).await
    }

    /// The same for a `POST`: once for each Idempotency-Key.
    pub async fn once(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let Request { caller, target, context, attempt } = self.request;
        let work = move |tx: &mut Tx<'_>| {
            let granted = grant::<A>(tx, caller, &target)?;
            match granted.user {
                Some(user) => idempotency::once(tx, attempt, user, caller.now, |tx| work(tx, granted)),
                // What a key may send has identifiers of its own: sent again, it changes nothing.
                None => work(tx, granted),
            }
        };
        context.db.write(work).await
    }
}

impl<A: Action> FromRequest for Permit<A> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let request = Request::of(&req)?;
            // Before the body is read: who may not do this hears so, whatever they sent.
            let Request { caller, ref target, ref context, attempt: _ } = request;
            if !context.let_in.lately::<A>(&caller, &target.reference) {
                let found = target.clone();
                context.db.read(move |tx| grant::<A>(tx, caller, &found)).await?;
                context.let_in.note::<A>(&caller, &target.reference);
            }
            Ok(Self { request, action: PhantomData })
        })
    }
}

/// Leave to read what is public of a thing, or all of it for its organiser's staff and its exhibitor's members.
pub struct View<S: SeenBy = Editions>(Request, PhantomData<S>);

/// Which scope lets a partner's key see what only its organiser's staff sees.
pub trait SeenBy: 'static {
    /// The scope.
    const SCOPE: KeyScope;
}
/// Editions that are drafts still.
pub struct Editions;
impl SeenBy for Editions {
    const SCOPE: KeyScope = KeyScope::ReadEditions;
}
/// Exhibitors that stand nowhere yet.
pub struct Exhibitors;
impl SeenBy for Exhibitors {
    const SCOPE: KeyScope = KeyScope::ReadExhibitors;
}
/// Figures that are not final.
pub struct Figures;
impl SeenBy for Figures {
    const SCOPE: KeyScope = KeyScope::ReadFigures;
}

impl<S: SeenBy> View<S> {
    /// Reads it; what is not public is not found by anybody but its people.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Request { caller, target, context, attempt: _ } = self.0;
        context.db.read(move |tx| see(tx, caller, &target, S::SCOPE).and_then(|granted| work(tx, granted))).await
    }

    /// Whether it may be seen, and the doors, for an answer that goes on after the handler (a stream).
    pub async fn doors(self) -> Result<(Granted, web::Data<RequestContext>), Problem> {
        let Request { caller, target, context, attempt: _ } = self.0;
        let granted = context.db.read(move |tx| see(tx, caller, &target, S::SCOPE)).await?;
        Ok((granted, context))
    }
}

/// Leave of a person with a login to add something of their own to an edition they may see (an application).
/// The work itself must check on whose behalf, with [`member_of`].
pub struct Contribute {
    request: Request,
    user: UserId,
}

impl Contribute {
    /// Adds it, all or nothing, once for each Idempotency-Key.
    pub async fn once(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted, UserId) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let (Request { caller, target, context, attempt }, user) = (self.request, self.user);
        let work = move |tx: &mut Tx<'_>| {
            let granted = see(tx, caller, &target, KeyScope::ReadEditions)?;
            idempotency::once(tx, attempt, user, caller.now, |tx| work(tx, granted, user))
        };
        context.db.write(work).await
    }
}

impl FromRequest for Contribute {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let contribute = Request::of(req).and_then(|request| {
            let user = request.caller.user.ok_or(Code::LoginRequired)?;
            Ok(Self { request, user })
        });
        std::future::ready(contribute)
    }
}

fn see(tx: &mut Tx<'_>, caller: Caller, target: &Resource, needs: KeyScope) -> Result<Granted, Problem> {
    let owners = target.owners(tx)?;
    let good = caller.key.map(|key| keys::good(tx, key, caller.now)).transpose()?;
    if let Some(key) = good {
        let as_staff = key.covers(&owners.organisers, owners.edition) && key.scopes.contains(&needs);
        if !as_staff && !owners.public {
            return Err(Code::NotFound.into());
        }
        return Ok(Granted { user: None, key: Some(key.id), now: caller.now, owners, as_staff, as_member: false });
    }
    let (staff, member) = roles(tx, caller.user, &owners)?;
    let (as_staff, as_member) = (staff.is_some(), member.is_some());
    if !as_staff && !as_member && !owners.public {
        return Err(Code::NotFound.into());
    }
    Ok(Granted { user: caller.user, key: None, now: caller.now, owners, as_staff, as_member })
}

impl<S: SeenBy> FromRequest for View<S> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Request::of(req).map(|request| Self(request, PhantomData)))
    }
}

/// For what has no path of its own yet (a new edition): leave by role in the organiser that a body names.
pub fn staff_of(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Instant,
    organiser: OrganiserId,
    roles: &[OrganiserRole],
) -> Result<Granted, Problem> {
    match store::organiser_role(tx, user, &[organiser])? {
        Some(role) if roles.contains(&role) => {
            let owners = ResourceOwners::of_organiser(organiser);
            Ok(Granted { user: Some(user), key: None, now, owners, as_staff: true, as_member: false })
        }
        Some(_) => Err(Code::Forbidden.into()),
        None => Err(Code::NotFound.into()),
    }
}

/// Leave of whoever runs the program where its database is: they can do what an edition's staff can.
pub fn operator(tx: &mut Tx<'_>, find_owners: FindOwners, edition: &str, now: Instant) -> Result<Granted, Problem> {
    let owners = find_owners(tx, &ResourceRef::Edition(edition.to_owned()))?;
    Ok(Granted { user: None, key: None, now, owners, as_staff: true, as_member: false })
}

/// The same for an exhibitor that a body names.
pub fn member_of(tx: &mut Tx<'_>, user: UserId, exhibitor: ExhibitorId) -> Result<ExhibitorRole, Problem> {
    store::exhibitor_role(tx, user, &[exhibitor])?.ok_or_else(|| Code::NotFound.into())
}

/// The role a person has with an organiser, for lists that show its staff more than others.
pub fn role_in(tx: &mut Tx<'_>, user: UserId, organiser: OrganiserId) -> Result<Option<OrganiserRole>, Problem> {
    Ok(store::organiser_role(tx, user, &[organiser])?)
}

/// Who calls a list that everybody may read.
pub fn caller_of(req: &HttpRequest, context: &RequestContext) -> Result<Caller, Problem> {
    Caller::of(req, &context.tokens, context.clock)
}
