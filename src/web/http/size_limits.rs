//! Max sizes of requests, in bytes. The limits of single endpoints are with them, in multiples of [`MIB`].

/// Bytes of one MiB.
pub const MIB: usize = 1024 * 1024;
/// Max size of a JSON body in bytes.
pub const MAX_JSON_BYTES: usize = 2 * MIB;
/// Max size of an uploaded document; the setting `[uploads] max_bytes` can only lower it.
pub const MAX_DOCUMENT_BYTES: usize = 10 * MIB;
/// Max size of a request that is buffered whole, to compute its digest or to read a form: a document with its fields.
pub const MAX_BUFFERED_BYTES: usize = MAX_DOCUMENT_BYTES + MIB;
