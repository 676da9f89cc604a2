//! Schemas of reports in the OpenAPI document, from the columns that the tables are made of.
use std::borrow::Cow;

use strum::VariantArray;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, Ref, RefOr, Schema, SchemaFormat,
        schema::{AnyOfBuilder, ArrayBuilder, Object, ObjectBuilder, Type},
    },
};

use super::{
    about::About,
    reports::{Report, may_be_left_out},
};
use crate::tables::{Column, ColumnKind};

/// A report as JSON.
pub(super) struct ReportDocument;

/// Name of the schema of a report's rows: `SalesByDayRow`.
fn row_name(report: Report) -> String {
    let words = report.to_string();
    let capitalised = words.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_uppercase() + rest
    });
    capitalised.collect::<String>() + "Row"
}

fn cell_schema(kind: ColumnKind) -> Object {
    let of = |kind: Type, description: &str| ObjectBuilder::new().schema_type(kind).description(Some(description));
    let whole =
        |description: &str| of(Type::Integer, description).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    match kind {
        ColumnKind::Text => of(Type::String, "Name; empty if there is none."),
        ColumnKind::Group => of(Type::String, "Name of the group; `others` are those that are not shown alone."),
        ColumnKind::Code(set) => of(Type::String, &format!("Code of the set `{set}`.")),
        ColumnKind::Country => of(Type::String, "Two letters of ISO 3166-1; empty for others."),
        ColumnKind::YesNo => of(Type::Boolean, "Yes or no."),
        ColumnKind::Day => {
            of(Type::String, "Day of the edition.").format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        }
        ColumnKind::Hour => whole("Hour of the day that begins then, 0 to 23."),
        ColumnKind::Number => whole("A number that does not add up."),
        ColumnKind::Count => whole("A count."),
        ColumnKind::Money => whole("Minor units of the edition's currency."),
        ColumnKind::Area => whole("Square decimetres."),
        ColumnKind::Ratio => of(Type::String, "Decimal with four places."),
    }
    .build()
}

fn row_schema(report: Report, columns: &[Column]) -> Object {
    let always = |column: &&Column| !may_be_left_out(column);
    let row =
        ObjectBuilder::new().schema_type(Type::Object).description(Some(format!("Row of the report `{report}`.")));
    let row = columns.iter().fold(row, |row, column| row.property(column.name, cell_schema(column.kind)));
    columns.iter().filter(always).fold(row, |row, column| row.required(column.name)).build()
}

impl PartialSchema for ReportDocument {
    fn schema() -> RefOr<Schema> {
        let rows = Report::VARIANTS
            .iter()
            .fold(AnyOfBuilder::new(), |any, report| any.item(Ref::from_schema_name(row_name(*report))));
        let sum = ObjectBuilder::new().schema_type(Type::Integer);
        let total = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Sums of the columns that add up, by their name."))
            .additional_properties(Some(sum));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A report: its rows, their sums, and what the figures mean."))
            .property("items", ArrayBuilder::new().items(rows).description(Some("Rows; all of the same report.")))
            .property("total", total)
            .property("about", Ref::from_schema_name(About::name()))
            .required("items")
            .required("about")
            .into()
    }
}

impl ToSchema for ReportDocument {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ReportDocument")
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for report in Report::VARIANTS {
            schemas.push((row_name(*report), row_schema(*report, report.columns()).into()));
        }
        About::schemas(schemas);
        schemas.push((About::name().into_owned(), About::schema()));
    }
}
