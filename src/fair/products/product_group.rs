//! Product groups of the OCOP programme.
hoicho_core::text_enum! {
    /// The six groups of the OCOP programme.
    ProductGroup {
        /// Thực phẩm.
        Food,
        /// Đồ uống.
        Beverages,
        /// Dược liệu và sản phẩm từ dược liệu.
        MedicinalPlants,
        /// Thủ công mỹ nghệ.
        Handicrafts,
        /// Sinh vật cảnh.
        Ornamental,
        /// Du lịch cộng đồng, sinh thái và điểm đến.
        Tourism,
    }
}
