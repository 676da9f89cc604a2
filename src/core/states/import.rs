//! States of an import.
crate::text_enum! {
    /// State of an import.
    ImportState {
        /// The file was uploaded and parsed.
        Uploaded,
        /// A dry run with the current mapping is done.
        Checked,
        /// The rows are being imported, in chunks.
        Applying,
        /// The rows were imported.
        Applied,
        /// The import or its undo stopped before its end: a part of the rows is there. It can be applied again or undone.
        Interrupted,
        /// What the import made is being removed, in chunks.
        Undoing,
        /// What the import made was removed, and what it changed set back.
        Undone,
    }
}
