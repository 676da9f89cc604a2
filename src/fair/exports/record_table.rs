//! Tables of records, and their columns.
use crate::tables::{Column, ColumnKind, column};

hoicho_core::text_enum! {
    /// A table of records.
    RecordTable {
        /// Booths; read by imports of booths.
        Booths,
        /// Exhibitors with their applications, except drafts, and a contact; read by imports of exhibitors.
        Exhibitors,
        /// Products that the applications show; read by imports of products.
        Products,
        /// Sales reports, one per booth and day; read by imports of sales.
        Sales,
        /// Visits by gate and hour; read by imports of visits.
        Visits,
        /// Trade deals.
        Deals,
    }
}

impl RecordTable {
    /// The columns, named and titled as imports know them.
    pub(super) fn columns(self) -> &'static [Column] {
        use ColumnKind::*;
        const BOOTH: Column = column("booth", Text);
        const ZONE: Column = column("zone", Text);
        const EXHIBITOR: Column = column("exhibitor", Text);
        const DAY: Column = column("day", Day);
        const AMOUNT: Column = column("amount", Money);
        match self {
            Self::Booths => {
                &const {
                    [
                        BOOTH,
                        ZONE,
                        column("category", Code("booth-category")),
                        column("area_dm2", Area),
                        column("booth_equivalents", Count),
                        column("fee", Money),
                        column("has_power", YesNo),
                        column("has_water", YesNo),
                    ]
                }
            }
            Self::Exhibitors => {
                &const {
                    [
                        EXHIBITOR,
                        column("legal_form", Code("legal-form")),
                        column("tax_code", Text),
                        column("country", Country),
                        column("locality", Text),
                        column("booths_wanted", Count),
                        column("wanted_category", Code("booth-category")),
                        column("application_state", Code("application-state")),
                        column("contact_name", Text),
                        column("phone", Text),
                        column("email", Text),
                    ]
                }
            }
            Self::Products => {
                &const {
                    [
                        EXHIBITOR,
                        column("product", Text),
                        column("product_group", Code("product-group")),
                        column("stars", Number),
                        column("certificate_number", Text),
                        column("certificate_expires_on", Day),
                    ]
                }
            }
            Self::Sales => {
                &const {
                    [
                        DAY,
                        BOOTH,
                        ZONE,
                        EXHIBITOR,
                        AMOUNT,
                        column("ocop_amount", Money),
                        column("state", Code("report-state")),
                    ]
                }
            }
            Self::Visits => {
                &const { [DAY, column("hour", Hour), column("gate", Text), column("visits", Count), column("exits", Count)] }
            }
            Self::Deals => {
                &const {
                    [
                        EXHIBITOR,
                        column("deal_kind", Code("deal-kind")),
                        column("counterpart", Text),
                        AMOUNT,
                        column("signed_on", Day),
                    ]
                }
            }
        }
    }

    /// Whether the table has figures, which are defined in its notes.
    pub(super) fn has_figures(self) -> bool {
        match self {
            Self::Sales | Self::Visits | Self::Deals => true,
            Self::Booths | Self::Exhibitors | Self::Products => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_titles_and_the_first_one_has_the_label_of_the_total() {
        for table in <RecordTable as strum::VariantArray>::VARIANTS {
            for column in table.columns() {
                let title = column.title();
                let is_message = !title.vi.starts_with("column-") && !title.en.starts_with("column-");
                assert!(is_message, "no title of {} in the table {table}", column.name);
            }
            assert!(table.columns().first().is_some_and(|column| !column.adds_up()), "{table}");
        }
    }
}
