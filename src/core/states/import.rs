//! States of an import.
crate::text_enum! {
    /// State of an import.
    ImportState {
        /// The file was uploaded and parsed.
        Uploaded,
        /// A dry run with the current mapping is done.
        Checked,
        /// The rows were imported.
        Applied,
    }
}
