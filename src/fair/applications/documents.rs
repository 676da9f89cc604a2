//! Papers of an application: what they are, and whether they are what they say.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::documents},
    i18n::Said,
    values::{
        clock::Instant,
        ids::{ApplicationId, DocumentId, UserId},
    },
};
use hoicho_web::http::{Code, Problem};

hoicho_core::text_enum! {
    /// Which paper.
    DocumentKind {
        /// Giấy đăng ký kinh doanh, hợp tác xã.
        BusinessRegistration,
        /// An toàn thực phẩm.
        FoodSafety,
        /// Chứng nhận OCOP.
        OcopCertificate,
        /// Ảnh sản phẩm.
        ProductPhoto,
        /// Something else.
        Other,
    }
}

hoicho_core::text_enum! {
    /// The types that are taken.
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
    /// The MIME type it is kept and served with.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// What the bytes themselves say they are; refused when they are none of ours, or not what was told.
    pub fn of(bytes: &[u8], told: Option<&str>) -> Result<Self, Problem> {
        let found = infer::get(bytes).and_then(|kind| match kind.mime_type() {
            "application/pdf" => Some(Self::Pdf),
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "image/webp" => Some(Self::Webp),
            _ => None,
        });
        let told = told.map(|t| t.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        match (found, told.as_deref()) {
            (Some(found), Some(told)) if *told == *found.mime() => Ok(found),
            (Some(found), told) => Err(Problem::new(
                Code::UnsupportedFile,
                Said("the-content-type-says-unwrap-or-default")
                    .with(&[("unwrap_or_default", &told.unwrap_or_default()), ("mime", &found.mime())]),
            )),
            (None, _) => Err(Problem::new(Code::UnsupportedFile, Said("only-pdf-jpeg-png-and-webp-files"))),
        }
    }
}

/// A paper, or the reason why it is not required.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub struct DocumentRow {
    /// Identifier, and the file's name in the storage.
    pub id: DocumentId,
    /// Whose.
    pub application_id: ApplicationId,
    /// Which paper.
    pub kind: DocumentKind,
    /// As it was called where it came from.
    pub file_name: Option<String>,
    /// MIME.
    pub content_type: Option<String>,
    /// Bytes.
    pub size_bytes: Option<i64>,
    /// SHA-256 of the content, base64url.
    pub digest: Option<String>,
    /// Why it is not required.
    pub waiver_reason: Option<String>,
    /// By whom.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Instant,
}

/// Adds one.
pub fn insert(tx: &mut Tx<'_>, row: &DocumentRow) -> QueryResult<usize> {
    diesel::insert_into(documents::table).values(row).execute(tx.conn())
}

/// How many an application has.
pub fn count(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<i64> {
    documents::table.filter(documents::application_id.eq(application)).count().get_result(tx.conn())
}

/// The papers of an application, in the order they came; their number is limited when they come.
pub fn of(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<DocumentRow>> {
    documents::table
        .filter(documents::application_id.eq(application))
        .order(documents::id)
        .limit(500)
        .select(DocumentRow::as_select())
        .load(tx.conn())
}

/// One paper of an application.
pub fn find(tx: &mut Tx<'_>, application: ApplicationId, id: DocumentId) -> QueryResult<DocumentRow> {
    documents::table
        .find(id)
        .filter(documents::application_id.eq(application))
        .select(DocumentRow::as_select())
        .get_result(tx.conn())
}

/// Removes one.
pub fn delete(tx: &mut Tx<'_>, id: DocumentId) -> QueryResult<usize> {
    diesel::delete(documents::table.find(id)).execute(tx.conn())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(FileType::of(PNG, Some("image/png")).unwrap(), FileType::Png);
        assert_eq!(FileType::of(b"%PDF-1.7\n", Some("application/pdf; x=y")).unwrap(), FileType::Pdf);
    }

    #[test]
    fn a_page_that_calls_itself_a_picture_is_refused() {
        assert!(FileType::of(b"<html><script>", Some("image/png")).is_err());
        assert!(FileType::of(PNG, Some("application/pdf")).is_err());
        assert!(FileType::of(PNG, None).is_err());
        assert!(FileType::of(b"MZ\x90\0", Some("application/pdf")).is_err());
        assert!(FileType::of(b"", Some("application/pdf")).is_err());
    }
}
