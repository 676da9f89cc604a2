//! `/account/passkeys`: registering, renaming and removing passkeys.
use actix_web::{HttpRequest, HttpResponse, get, http::header};
use askama::Template;

use crate::page_context::{PageContext, render_page};
use hoicho_web::{
    http::Problem,
    identity::{
        SignedIn, device,
        passkeys::{self, MAX_PASSKEYS, store::PasskeyRow},
        second_factor,
    },
};

#[derive(Template)]
#[template(path = "account/passkeys.html")]
struct Passkeys {
    page: PageContext,
    passkeys: Vec<PasskeyRow>,
    has_second_factor: bool,
    /// The server has an address for which passkeys can be made.
    is_available: bool,
    /// Suggested name: the browser and its system.
    device: String,
}

impl Passkeys {
    fn is_full(&self) -> bool {
        self.passkeys.len() >= MAX_PASSKEYS
    }
}

/// The passkeys of the account, and a form to register one.
#[get("/account/passkeys")]
pub(super) async fn show_passkeys(
    req: HttpRequest,
    page: PageContext,
    caller: SignedIn,
) -> Result<HttpResponse, Problem> {
    let user = caller.user;
    let is_available = passkeys::find_relying_party(&caller.context, &req).is_some();
    let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let device = device::describe(user_agent.unwrap_or_default()).unwrap_or_default();
    let found = caller.context.db.read(move |tx| {
        Ok::<_, Problem>((passkeys::store::list(tx, user)?, second_factor::store::is_enabled(tx, user)?))
    });
    let (passkeys, has_second_factor) = found.await?;
    render_page(Passkeys { page, passkeys, has_second_factor, is_available, device }).await
}
