//! Legal forms of organisations and exhibitors.
hoicho_core::text_enum! {
    /// Legal form of an organisation or an exhibitor.
    LegalForm {
        /// Doanh nghiệp.
        Enterprise,
        /// Hợp tác xã.
        CoOperative,
        /// Tổ hợp tác.
        CoOperativeGroup,
        /// Hộ kinh doanh.
        HouseholdBusiness,
        /// Hội, hiệp hội.
        Association,
        /// Cơ quan.
        Agency,
        /// Foreign company.
        Foreign,
    }
}
