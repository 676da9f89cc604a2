//! `/applications/{application}/documents` and `/document-waivers`.
use actix_web::{HttpRequest, HttpResponse, delete, get, http::header, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        documents::{self, DocumentKind, DocumentRow, FileType},
        storage::DocumentStorage,
        store,
    },
    actions::{DecideApplications, ManageApplication, ReadApplication},
};
use crate::editions;
use hoicho_core::{
    db::lock_name,
    i18n::MessageId,
    values::ids::{ApplicationId, DocumentId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, Items, Problem, Query, RawBody, Validator,
        limits::{NameText, ReasonText},
        size_limits::MAX_DOCUMENT_BYTES,
    },
    identity::{Permit, token::digest},
};

/// A document, or a waiver with the reason why it is not required.
#[derive(Serialize, utoipa::ToSchema)]
struct DocumentView {
    /// Made by the server; sorts by upload.
    id: DocumentId,
    /// What it proves or shows.
    kind: DocumentKind,
    /// Original file name; `null` for a waiver.
    file_name: Option<String>,
    /// MIME type as detected from the content; `null` for a waiver.
    content_type: Option<String>,
    /// Size of the file in bytes; `null` for a waiver.
    size_bytes: Option<i64>,
    /// SHA-256 of the content, base64url.
    digest: Option<String>,
    /// Why the document is not required; set on waivers only.
    waiver_reason: Option<String>,
    /// When it was uploaded or waived, RFC 3339 in UTC.
    #[schema(value_type = String)]
    recorded_at: chrono::DateTime<chrono::Utc>,
}

fn view(row: DocumentRow) -> DocumentView {
    DocumentView {
        id: row.id,
        kind: row.kind,
        file_name: row.file_name,
        content_type: row.content_type,
        size_bytes: row.size_bytes,
        digest: row.digest,
        waiver_reason: row.waiver_reason,
        recorded_at: row.recorded_at.and_utc(),
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UploadQuery {
    /// What the document proves or shows.
    kind: DocumentKind,
    /// Original file name; 1 to 200 characters.
    file_name: String,
}

type ApplicationPath = web::Path<ApplicationId>;

/// Where a document is read.
fn document_path(application: ApplicationId, document: DocumentId) -> String {
    format!("/applications/{application}/documents/{document}")
}

/// Uploads a document. The body is the file itself (PDF, JPEG, PNG or WebP; by default at most 5 MiB), and its
/// `Content-Type` must match the content.
///
/// Members of the organisation that the exhibitor is linked with. Refused with 415 `unsupported_file` for another type, 413
/// `too_large`, 409 `illegal_step` at the server's limit of documents of an application, and 409 `edition_finalised` once the
/// edition is finalised or cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/documents",
    tag = "applications",
    security(("session" = [])),
    params(
        ("application" = ApplicationId, Path),
        UploadQuery,
    ),
    request_body(content(("application/pdf"), ("image/jpeg"), ("image/png"), ("image/webp"))),
    responses(
        (status = 201, body = DocumentView),
        (status = 404),
        (status = 409),
        (status = 413),
        (status = 415),
        (status = 422),
    ),
)]
#[post("/applications/{application}/documents")]
pub(super) async fn upload_document(
    req: HttpRequest,
    permit: Permit<ManageApplication>,
    id: ApplicationPath,
    query: Query<UploadQuery>,
    storage: web::Data<DocumentStorage>,
    file: RawBody<MAX_DOCUMENT_BYTES>,
) -> Result<ApiResponse, Problem> {
    let UploadQuery { kind, file_name } = query.into_result()?;
    let mut checks = Validator::default();
    // No leading slash in the pointer: it is a query parameter.
    let file_name = checks.require_text::<NameText>("file_name", &file_name);
    checks.finish()?;
    let bytes = file.into_result()?;
    if bytes.len() > storage.max_bytes {
        let kib = storage.max_bytes / 1024;
        return Err(Problem::new(Code::TooLarge, MessageId("error-file-too-large").with_args(&[("kib", &kib)])));
    }
    let declared_type = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let file_type = FileType::detect(&bytes, declared_type)?;
    let (application, document) = (id.into_inner(), DocumentId::make());
    storage.write(document, &bytes).await?;
    let limit = storage.max_per_application;
    let response = permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            store::find(tx, edition.id, application)?;
            lock_name(tx, &format!("documents of {application}"))?;
            if documents::count(tx, application)? >= limit {
                return Err(Problem::new(
                    Code::IllegalStep,
                    MessageId("error-document-limit").with_args(&[("limit", &limit)]),
                ));
            }
            let row = DocumentRow {
                id: document,
                application_id: application,
                kind,
                file_name: Some(file_name),
                content_type: Some(file_type.mime().to_owned()),
                size_bytes: i64::try_from(bytes.len()).ok(),
                digest: Some(digest(&bytes)),
                waiver_reason: None,
                recorded_by: authorized.require_user()?,
                recorded_at: authorized.now,
            };
            documents::insert(tx, &row)?;
            let view = view(row);
            authorized.record_audit(tx, AuditAction::DocumentUpload, document, None, Some(&view))?;
            ApiResponse::created(&document_path(application, view.id), &view)
        })
        .await;
    // Delete the file unless this request inserted its row: on failure, or if a repeated key returned a stored response.
    if !response.as_ref().is_ok_and(|response| !response.is_replayed) {
        storage.delete(document).await;
    }
    response
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct WaiveDocument {
    /// The kind of document that is not required.
    kind: DocumentKind,
    /// Why it is not required; 1 to 1,000 characters.
    #[schema(value_type = ReasonText)]
    reason: String,
}

/// Records that a document is not required, with the reason.
///
/// Owners and managers of the organiser. Refused with 409 `edition_finalised` once the edition is finalised or cancelled. A
/// waiver is listed among the documents and cannot be deleted.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/document-waivers",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    request_body = WaiveDocument,
    responses(
        (status = 201, body = DocumentView),
        (status = 404),
        (status = 422),
    ),
)]
#[post("/applications/{application}/document-waivers")]
pub(super) async fn waive_document(
    permit: Permit<DecideApplications>,
    id: ApplicationPath,
    body: Body<WaiveDocument>,
) -> Result<ApiResponse, Problem> {
    let WaiveDocument { kind, reason } = body.into_result()?;
    let mut checks = Validator::default();
    let reason = checks.require_text::<ReasonText>("/reason", &reason);
    checks.finish()?;
    let application = id.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            store::find(tx, edition.id, application)?;
            let row = DocumentRow {
                id: DocumentId::make(),
                application_id: application,
                kind,
                file_name: None,
                content_type: None,
                size_bytes: None,
                digest: None,
                waiver_reason: Some(reason),
                recorded_by: authorized.require_user()?,
                recorded_at: authorized.now,
            };
            documents::insert(tx, &row)?;
            let view = view(row);
            authorized.record_audit(tx, AuditAction::DocumentWaive, view.id, None, Some(&view))?;
            ApiResponse::created(&document_path(application, view.id), &view)
        })
        .await
}

/// Lists the documents of an application, oldest first.
///
/// Members of the organisation that the exhibitor is linked with and, once the application is submitted, staff of the organiser
/// other than gate staff. Includes waivers, which have no file.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{application}/documents",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    responses(
        (status = 200, body = Items<DocumentView>),
        (status = 404),
    ),
)]
#[get("/applications/{application}/documents")]
pub(super) async fn list_documents(
    permit: Permit<ReadApplication>,
    id: ApplicationPath,
) -> Result<HttpResponse, Problem> {
    let application = id.into_inner();
    let rows = permit.read(move |tx, _| Ok(documents::find_by_application(tx, application)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

type DocumentPath = web::Path<(ApplicationId, DocumentId)>;

/// Downloads the file of a document.
///
/// Members of the organisation that the exhibitor is linked with and, once the application is submitted, staff of the organiser
/// other than gate staff. 404 for a waiver, which has no file.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{application}/documents/{document}",
    tag = "applications",
    security(("session" = [])),
    params(
        ("application" = ApplicationId, Path),
        ("document" = DocumentId, Path),
    ),
    responses(
        (status = 200, description = "The file, as it was uploaded", content_type = "application/octet-stream", body = String),
        (status = 404),
    ),
)]
#[get("/applications/{application}/documents/{document}")]
pub(super) async fn get_document(
    permit: Permit<ReadApplication>,
    path: DocumentPath,
    storage: web::Data<DocumentStorage>,
) -> Result<HttpResponse, Problem> {
    let (application, id) = path.into_inner();
    let row = permit.read(move |tx, _| Ok(documents::find(tx, application, id)?)).await?;
    let (Some(content_type), Some(name)) = (row.content_type, row.file_name) else {
        return Err(Code::NotFound.into());
    };
    let bytes = storage.read(id).await?;
    let name = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![header::DispositionParam::FilenameExt(header::ExtendedValue {
            charset: header::Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.into_bytes(),
        })],
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(name)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes))
}

/// Deletes an uploaded document, as long as the organiser has not decided on the application.
///
/// Members of the organisation that the exhibitor is linked with. Refused with 409 `illegal_step` once the application is
/// approved, waitlisted or rejected, and for a waiver; 409 `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    delete,
    path = "/api/v1/applications/{application}/documents/{document}",
    tag = "applications",
    security(("session" = [])),
    params(
        ("application" = ApplicationId, Path),
        ("document" = DocumentId, Path),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/applications/{application}/documents/{document}")]
pub(super) async fn delete_document(
    permit: Permit<ManageApplication>,
    path: DocumentPath,
    storage: web::Data<DocumentStorage>,
) -> Result<ApiResponse, Problem> {
    let (application, id) = path.into_inner();
    let response = permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let row = store::find(tx, edition.id, application)?;
            let document = documents::find(tx, application, id)?;
            if row.state.is_decided() || document.waiver_reason.is_some() {
                return Err(Problem::new(Code::IllegalStep, MessageId("error-document-not-removable")));
            }
            documents::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::DocumentDelete, id, Some(view(document)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await?;
    storage.delete(id).await;
    Ok(response)
}
