//! Kinds of mirrored entities.
hoicho_core::text_enum! {
    /// The kind of a mirrored entity.
    Kind {
        /// An edition: name, days, venue, state.
        Edition,
        /// A zone.
        Zone,
        /// A booth, including whether it is allocated.
        Booth,
        /// An exhibitor in an edition, with booths and products.
        Exhibitor,
    }
}
