//! `/exhibitors`.
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{LegalForm, store, store::ExhibitorRow, tax_code};
use crate::{
    audit,
    http::{Body, Checks, Problem, etag},
    identity::{Action, ExhibitorRole, OrganiserRole, Permit, SignedIn},
    values::{ids::ExhibitorId, text},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_exhibitor, get_exhibitor))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_exhibitor).service(get_exhibitor);
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateExhibitor {
    name: String,
    legal_form: LegalForm,
    /// 10 digits, the last a check digit, `-001` for a branch; 12 for a household business.
    tax_code: Option<String>,
    /// ISO 3166, two capitals; `VN` unless told.
    country: Option<String>,
    /// Where in the country.
    locality: String,
}

/// An exhibitor, as its own members see it.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorView {
    id: ExhibitorId,
    name: String,
    legal_form: LegalForm,
    tax_code: Option<String>,
    country: String,
    locality: String,
}

fn view(row: ExhibitorRow) -> ExhibitorView {
    ExhibitorView {
        id: row.id,
        name: row.name,
        legal_form: row.legal_form,
        tax_code: row.tax_code,
        country: row.country,
        locality: row.locality,
    }
}

/// Registers an organisation; the caller is its owner.
#[utoipa::path(post, path = "/api/v1/exhibitors", tag = "exhibitors", request_body = CreateExhibitor, responses((status = 201, body = ExhibitorView), (status = 409), (status = 422)))]
#[post("/exhibitors")]
async fn create_exhibitor(caller: SignedIn, body: Body<CreateExhibitor>) -> Result<HttpResponse, Problem> {
    let asked = body.get()?;
    let mut checks = Checks::default();
    let name = checks.text("/name", &asked.name, 200);
    let locality = checks.text("/locality", &asked.locality, 200);
    let country = asked.country.unwrap_or_else(|| "VN".to_owned());
    checks.that(
        country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()),
        "/country",
        "country",
        "Mã nước gồm hai chữ hoa, ví dụ VN.",
        "A country is two capitals, as VN.",
    );
    let tax_code = asked.tax_code.as_deref().map(|code| tax_code::parse(code, asked.legal_form));
    checks.that(
        tax_code != Some(None),
        "/tax_code",
        "tax_code",
        "Mã số thuế không hợp lệ: 10 số (chi nhánh thêm -001), hộ kinh doanh 12 số.",
        "This is no valid tax code: 10 digits (a branch adds -001), or 12 for a household business.",
    );
    checks.done()?;
    let row = ExhibitorRow {
        id: ExhibitorId::make(),
        name_search: text::fold(&name),
        name,
        legal_form: asked.legal_form,
        tax_code: tax_code.flatten(),
        country,
        locality,
        version: 1,
        created_at: caller.now,
    };
    let user = caller.user;
    let made = caller.state.db.write(move |tx| {
        store::insert(tx, std::slice::from_ref(&row))?;
        store::insert_member(tx, row.id, user, ExhibitorRole::Owner)?;
        let entry = audit::Entry {
            organiser: None,
            actor: Some(user),
            action: "exhibitor.create",
            subject: row.id.to_string(),
            before: None,
            after: Some(row.name.clone()),
            at: row.created_at,
        };
        audit::record(tx, entry)?;
        Ok::<_, Problem>(view(row))
    });
    Ok(HttpResponse::Created().insert_header(etag::tag(1)).json(made.await?))
}

struct SeeExhibitor;
impl Action for SeeExhibitor {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}

/// An exhibitor, for its own members.
#[utoipa::path(get, path = "/api/v1/exhibitors/{exhibitor}", tag = "exhibitors", params(("exhibitor" = ExhibitorId, Path)), responses((status = 200, body = ExhibitorView), (status = 404)))]
#[get("/exhibitors/{exhibitor}")]
async fn get_exhibitor(permit: Permit<SeeExhibitor>) -> Result<HttpResponse, Problem> {
    let row = permit.read(|tx, granted| Ok(store::find(tx, granted.exhibitor()?)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(row.version)).json(view(row)))
}
