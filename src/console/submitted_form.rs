//! A submitted form, as its fields and file are read.
use actix_web::web::Bytes;

use super::page_context;

/// Path prefix of form submissions.
pub(super) const FORM_PREFIX: &str = "/form/";

/// An uploaded file.
#[derive(Debug)]
pub(super) struct UploadedFile {
    /// File name on the client.
    pub name: String,
    /// MIME type as sent by the browser.
    pub content_type: String,
    pub bytes: Bytes,
}

/// A submitted form.
#[derive(Debug, Default)]
pub(super) struct SubmittedForm {
    /// Names and values in document order.
    pub fields: Vec<(String, String)>,
    pub file: Option<UploadedFile>,
}

impl SubmittedForm {
    /// The first non-empty value of a field.
    pub(super) fn control_field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }
    /// The value of a field if it is a local path. Prevents open redirects.
    pub(super) fn local_path(&self, name: &str) -> Option<&str> {
        self.control_field(name).filter(|page| page_context::is_local_path(page))
    }
    /// Fields without the control fields.
    pub(super) fn user_fields(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(name, _)| !name.starts_with('_')).cloned().collect()
    }
}
