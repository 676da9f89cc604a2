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
        /// What the import made was removed, and what it changed set back.
        Undone,
    }
}
