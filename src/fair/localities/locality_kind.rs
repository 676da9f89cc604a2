//! Kinds of administrative units.
hoicho_core::text_enum! {
    /// Kind of administrative unit.
    LocalityKind {
        /// Tỉnh.
        Province,
        /// Thành phố.
        City,
        /// Thị xã.
        Town,
        /// Huyện.
        District,
        /// Phường.
        Ward,
        /// Xã.
        Commune,
        /// Đặc khu.
        SpecialZone,
    }
}
