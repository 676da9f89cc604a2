//! Documents attached to an application, and detection of their file type from the content.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::documents},
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{ApplicationId, DocumentId, UserId},
    },
};
use hoicho_web::http::{Code, Problem};

hoicho_core::text_enum! {
    /// Kind of document.
    DocumentKind {
        /// Giấy đăng ký kinh doanh, hợp tác xã.
        BusinessRegistration,
        /// An toàn thực phẩm.
        FoodSafety,
        /// Chứng nhận OCOP.
        OcopCertificate,
        /// Ảnh sản phẩm.
        ProductPhoto,
        /// Anything else.
        Other,
    }
}

hoicho_core::text_enum! {
    /// File types accepted for upload.
    FileType {
        /// PDF.
        Pdf,
        /// JPEG.
        Jpeg,
        /// PNG.
        Png,
        /// WebP.
        Webp,
    }
}

impl FileType {
    /// MIME type, stored with the row and sent as `Content-Type`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Detects the type from the magic bytes. Fails if the type is not accepted or differs from the declared
    /// `Content-Type`.
    pub fn detect(bytes: &[u8], declared: Option<&str>) -> Result<Self, Problem> {
        let detected = infer::get(bytes).and_then(|kind| match kind.mime_type() {
            "application/pdf" => Some(Self::Pdf),
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "image/webp" => Some(Self::Webp),
            _ => None,
        });
        let declared = declared.map(|t| t.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        match (detected, declared.as_deref()) {
            (Some(detected), Some(declared)) if *declared == *detected.mime() => Ok(detected),
            (Some(detected), declared) => Err(Problem::new(
                Code::UnsupportedFile,
                MessageId("error-content-type-mismatch")
                    .with_args(&[("declared", &declared.unwrap_or_default()), ("detected", &detected.mime())]),
            )),
            (None, _) => Err(Problem::new(Code::UnsupportedFile, MessageId("error-file-type"))),
        }
    }
}

/// A document, or a waiver with the reason why it is not required.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub struct DocumentRow {
    /// Also the file name in the document folder.
    pub id: DocumentId,
    pub application_id: ApplicationId,
    pub kind: DocumentKind,
    /// Original file name.
    pub file_name: Option<String>,
    pub content_type: Option<String>,
    pub size_bytes: Option<i64>,
    /// SHA-256 of the content, base64url.
    pub digest: Option<String>,
    /// Why the document is not required; set on waivers only.
    pub waiver_reason: Option<String>,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

pub fn insert(tx: &mut Tx<'_>, row: &DocumentRow) -> QueryResult<usize> {
    diesel::insert_into(documents::table).values(row).execute(tx.conn())
}

/// Number of documents of an application.
pub fn count(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<i64> {
    documents::table.filter(documents::application_id.eq(application)).count().get_result(tx.conn())
}

/// Documents of an application, oldest first; at most 500, because uploads are limited per application.
pub fn find_by_application(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<DocumentRow>> {
    documents::table
        .filter(documents::application_id.eq(application))
        .order(documents::id)
        .limit(500)
        .select(DocumentRow::as_select())
        .load(tx.conn())
}

/// One document of an application.
pub fn find(tx: &mut Tx<'_>, application: ApplicationId, id: DocumentId) -> QueryResult<DocumentRow> {
    documents::table
        .find(id)
        .filter(documents::application_id.eq(application))
        .select(DocumentRow::as_select())
        .get_result(tx.conn())
}

pub fn delete(tx: &mut Tx<'_>, id: DocumentId) -> QueryResult<usize> {
    diesel::delete(documents::table.find(id)).execute(tx.conn())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn detects_type_from_magic_bytes() {
        assert_eq!(FileType::detect(PNG, Some("image/png")).unwrap(), FileType::Png);
        assert_eq!(FileType::detect(b"%PDF-1.7\n", Some("application/pdf; x=y")).unwrap(), FileType::Pdf);
    }

    #[test]
    fn rejects_content_that_differs_from_content_type() {
        assert!(FileType::detect(b"<html><script>", Some("image/png")).is_err());
        assert!(FileType::detect(PNG, Some("application/pdf")).is_err());
        assert!(FileType::detect(PNG, None).is_err());
        assert!(FileType::detect(b"MZ\x90\0", Some("application/pdf")).is_err());
        assert!(FileType::detect(b"", Some("application/pdf")).is_err());
    }
}
