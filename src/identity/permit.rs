//! The only way to data: an extractor that has found who calls, what the path is about, and that the one
//! may do `A` to the other. It checks again inside the transaction, so a role taken away meanwhile counts.
use std::{marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    caller::Caller,
    roles::{ExhibitorRole, OrganiserRole},
    scope::{self, Scope, Target},
    store,
};
use crate::{
    app::State,
    audit,
    db::Tx,
    http::{Code, Problem},
    values::{
        clock::Instant,
        ids::{EditionId, ExhibitorId, OrganiserId, UserId},
    },
};

/// Something a caller may be allowed to do.
pub trait Action: 'static {
    /// The organiser's staff who may.
    const ORGANISER: &'static [OrganiserRole];
    /// The members of the exhibitor concerned who may.
    const EXHIBITOR: &'static [ExhibitorRole] = &[];
}

/// What a handler's work is given inside the transaction: what was authorised, by whom, when.
#[derive(Debug, Clone, Copy)]
pub struct Granted {
    /// Who.
    pub user: Option<UserId>,
    /// When.
    pub now: Instant,
    scope: Scope,
    /// Allowed as the organiser's staff (and not as an exhibitor's member or the public).
    pub as_staff: bool,
}

impl Granted {
    /// The edition the path is about.
    pub fn edition(&self) -> Result<EditionId, Problem> {
        self.scope.edition.ok_or_else(|| Code::NotFound.into())
    }
    /// The organiser whose data it is.
    pub fn organiser(&self) -> Result<OrganiserId, Problem> {
        self.scope.organiser.ok_or_else(|| Code::NotFound.into())
    }
    /// The exhibitor the path is about.
    pub fn exhibitor(&self) -> Result<ExhibitorId, Problem> {
        self.scope.exhibitor.ok_or_else(|| Code::NotFound.into())
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
            organiser: self.scope.organiser,
            actor: self.user,
            action,
            subject: subject.to_string(),
            before,
            after,
            at: self.now,
        };
        Ok(audit::record(tx, entry)?)
    }
}

/// Proof that the caller may do `A` to what the path names. Cannot be made elsewhere.
pub struct Permit<A: Action> {
    caller: Caller,
    target: Target,
    state: web::Data<State>,
    action: PhantomData<A>,
}

fn grant<A: Action>(tx: &mut Tx<'_>, caller: Caller, target: &Target) -> Result<Granted, Problem> {
    let user = caller.user.ok_or(Code::LoginRequired)?;
    let scope = scope::find(tx, target)?;
    let staff = store::organiser_roles(tx, user)?.into_iter().find(|(id, _)| Some(*id) == scope.organiser);
    let member = store::exhibitor_roles(tx, user)?.into_iter().find(|(id, _)| Some(*id) == scope.exhibitor);
    let as_staff = staff.is_some_and(|(_, role)| A::ORGANISER.contains(&role));
    let as_member = member.is_some_and(|(_, role)| A::EXHIBITOR.contains(&role));
    if as_staff || as_member {
        return Ok(Granted { user: Some(user), now: caller.now, scope, as_staff });
    }
    // Whoever may see it is told that the role is too small; for anybody else it does not exist.
    let sees = staff.is_some() || member.is_some() || scope.public;
    Err(if sees { Code::Forbidden } else { Code::NotFound }.into())
}

impl<A: Action> Permit<A> {
    /// Reads what was authorised.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (caller, target) = (self.caller, self.target);
        self.state.db.read(move |tx| grant::<A>(tx, caller, &target).and_then(|granted| work(tx, granted))).await
    }

    /// Changes what was authorised, all or nothing.
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (caller, target) = (self.caller, self.target);
        self.state.db.write(move |tx| grant::<A>(tx, caller, &target).and_then(|granted| work(tx, granted))).await
    }
}

impl<A: Action> FromRequest for Permit<A> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let (caller, target, state) = parts(&req)?;
            // Before the body is read: who may not do this hears so, whatever they sent.
            let found = target.clone();
            state.db.read(move |tx| grant::<A>(tx, caller, &found)).await?;
            Ok(Self { caller, target, state, action: PhantomData })
        })
    }
}

fn parts(req: &HttpRequest) -> Result<(Caller, Target, web::Data<State>), Problem> {
    let state = req.app_data::<web::Data<State>>().cloned().ok_or(Code::Internal)?;
    let caller = Caller::of(req, &state.tokens, state.clock)?;
    Ok((caller, Target::of(req)?, state))
}

/// Leave to read what is public of an edition, or all of it for its organiser's staff.
pub struct View {
    caller: Caller,
    target: Target,
    state: web::Data<State>,
}

impl View {
    /// Reads an edition; a draft is not found by anybody but its staff.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (caller, target) = (self.caller, self.target);
        self.state.db.read(move |tx| see(tx, caller, &target).and_then(|granted| work(tx, granted))).await
    }
}

/// Leave of a person with a login to add something of their own to an edition they may see (an application).
/// The work itself must check on whose behalf, with [`member_of`].
pub struct Contribute {
    view: View,
    user: UserId,
}

impl Contribute {
    /// Adds it, all or nothing.
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>, Granted, UserId) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (View { caller, target, state }, user) = (self.view, self.user);
        state.db.write(move |tx| see(tx, caller, &target).and_then(|granted| work(tx, granted, user))).await
    }
}

impl FromRequest for Contribute {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let contribute = parts(req).and_then(|(caller, target, state)| {
            let user = caller.user.ok_or(Code::LoginRequired)?;
            Ok(Self { view: View { caller, target, state }, user })
        });
        std::future::ready(contribute)
    }
}

fn see(tx: &mut Tx<'_>, caller: Caller, target: &Target) -> Result<Granted, Problem> {
    let scope = scope::find(tx, target)?;
    let as_staff = match caller.user {
        Some(user) => store::organiser_roles(tx, user)?.iter().any(|(id, _)| Some(*id) == scope.organiser),
        None => false,
    };
    if !as_staff && !scope.public {
        return Err(Code::NotFound.into());
    }
    Ok(Granted { user: caller.user, now: caller.now, scope, as_staff })
}

impl FromRequest for View {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parts(req).map(|(caller, target, state)| Self { caller, target, state }))
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
    let held = store::organiser_roles(tx, user)?.into_iter().find(|(id, _)| *id == organiser);
    match held {
        Some((_, role)) if roles.contains(&role) => {
            let scope = Scope { organiser: Some(organiser), edition: None, exhibitor: None, public: false };
            Ok(Granted { user: Some(user), now, scope, as_staff: true })
        }
        Some(_) => Err(Code::Forbidden.into()),
        None => Err(Code::NotFound.into()),
    }
}

/// The same for an exhibitor that a body names.
pub fn member_of(tx: &mut Tx<'_>, user: UserId, exhibitor: ExhibitorId) -> Result<ExhibitorRole, Problem> {
    let held = store::exhibitor_roles(tx, user)?.into_iter().find(|(id, _)| *id == exhibitor);
    held.map(|(_, role)| role).ok_or_else(|| Code::NotFound.into())
}
