//! The schemas of events in the OpenAPI document, and its section `webhooks`.
use std::borrow::Cow;

use serde_json::Value;
use strum::VariantArray;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, OpenApi, Paths, Ref, RefOr, Required, Response, Schema,
        path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem},
        request_body::RequestBodyBuilder,
        schema::{AnyOfBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, Type},
        security::SecurityRequirement,
    },
};

use super::{
    allocation::{AllocationChanged, AllocationCheckedIn, AllocationConfirmed, AllocationOffered, AllocationReleased},
    application::{ApplicationDecided, ApplicationSubmitted},
    edition::{EditionCancelled, EditionChanged, EditionPhaseChanged, EditionPublished, FiguresFinalised},
    examples,
    message::Message,
    sales::{DealSigned, SalesReportAccepted, SalesReportQueried, SalesReportSubmitted},
    schema_version::SchemaVersion,
    test_event::WebhookTested,
};
use hoicho_web::audit::EventType;

/// The type of an event in responses: clients must expect types that they do not know.
pub struct AnyEventType;

impl PartialSchema for AnyEventType {
    fn schema() -> RefOr<Schema> {
        let description = "A known type, or one that was added later: ignore what you do not know.";
        let any = AnyOfBuilder::new().item(Ref::from_schema_name(EventType::name())).item(text());
        any.description(Some(description)).into()
    }
}

impl ToSchema for AnyEventType {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AnyEventType")
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((EventType::name().into_owned(), EventType::schema()));
    }
}

/// A message of any type, as webhooks send it.
pub struct AnyMessage;

impl PartialSchema for AnyMessage {
    fn schema() -> RefOr<Schema> {
        let known = EventType::VARIANTS.iter().fold(AnyOfBuilder::new(), |any, of| any.item(message_ref(*of)));
        let data = ObjectBuilder::new().schema_type(Type::Object);
        let unknown = envelope(text(), ObjectBuilder::new().schema_type(Type::Integer), data.build().into());
        let description = "What happened: a message of a known type, or of one that was added later.";
        known.item(unknown).description(Some(description)).into()
    }
}

impl ToSchema for AnyMessage {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("EventMessage")
    }
}

fn text() -> Object {
    ObjectBuilder::new().schema_type(Type::String).build()
}

/// The schema of a message.
fn envelope(event_type: Object, version: ObjectBuilder, data: RefOr<Schema>) -> Object {
    let id = ObjectBuilder::new().schema_type(Type::String).description(Some("The same as the header `webhook-id`."));
    let timestamp = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("When it happened."));
    let version = version.description(Some("Version of this schema."));
    let fields = ["id", "type", "version", "timestamp", "data"];
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("id", id)
        .property("type", event_type)
        .property("version", version)
        .property("timestamp", timestamp)
        .property("data", data);
    fields.into_iter().fold(object, ObjectBuilder::required).build()
}

/// The schema of what a type has in `data`, with those that it refers to.
struct DataSchema {
    name: String,
    schema: RefOr<Schema>,
    others: Vec<(String, RefOr<Schema>)>,
}

fn schema_of<T: ToSchema>() -> DataSchema {
    let mut others = Vec::new();
    T::schemas(&mut others);
    DataSchema { name: T::name().into_owned(), schema: T::schema(), others }
}

fn data_schema(of: EventType) -> DataSchema {
    match of {
        EventType::Test => schema_of::<WebhookTested>(),
        EventType::EditionPublished => schema_of::<EditionPublished>(),
        EventType::EditionChanged => schema_of::<EditionChanged>(),
        EventType::EditionPhaseChanged => schema_of::<EditionPhaseChanged>(),
        EventType::EditionCancelled => schema_of::<EditionCancelled>(),
        EventType::FiguresFinalised => schema_of::<FiguresFinalised>(),
        EventType::ApplicationSubmitted => schema_of::<ApplicationSubmitted>(),
        EventType::ApplicationDecided => schema_of::<ApplicationDecided>(),
        EventType::AllocationOffered => schema_of::<AllocationOffered>(),
        EventType::AllocationConfirmed => schema_of::<AllocationConfirmed>(),
        EventType::AllocationCheckedIn => schema_of::<AllocationCheckedIn>(),
        EventType::AllocationReleased => schema_of::<AllocationReleased>(),
        EventType::AllocationChanged => schema_of::<AllocationChanged>(),
        EventType::SalesReportSubmitted => schema_of::<SalesReportSubmitted>(),
        EventType::SalesReportAccepted => schema_of::<SalesReportAccepted>(),
        EventType::SalesReportQueried => schema_of::<SalesReportQueried>(),
        EventType::DealSigned => schema_of::<DealSigned>(),
    }
}

/// Name of the schema of a message: that of its data without the ending.
fn message_name(of: EventType) -> String {
    data_schema(of).name.trim_end_matches("Data").to_owned()
}

fn message_ref(of: EventType) -> Ref {
    Ref::from_schema_name(message_name(of))
}

/// What the schema says about itself.
fn description(schema: &RefOr<Schema>) -> Option<String> {
    if let RefOr::T(Schema::Object(object)) = schema { object.description.clone() } else { None }
}

/// An example of a message.
fn example(of: EventType) -> Option<Value> {
    let event = examples::example(of);
    let message = Message { id: examples::message(), at: examples::at(), event: &event };
    serde_json::from_str(&message.render(SchemaVersion::NEWEST).ok()?).ok()
}

/// The request that announces a type.
fn operation(of: EventType, summary: Option<String>) -> Operation {
    let header = |name: &str, description: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(text()))
            .build()
    };
    let mut content = Content::new(Some(message_ref(of)));
    content.example = example(of);
    let body = RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content);
    let success = Response::new(
        "Received. Any other status, and no response within 15 s, is a failure: the message is sent again.",
    );
    OperationBuilder::new()
        .tag("webhooks")
        .operation_id(Some(format!("on_{}", of.as_str().replace('.', "_"))))
        .summary(summary)
        .parameter(header(
            "webhook-id",
            "Identifier of the message, the same in every attempt: ignore what you have already.",
        ))
        .parameter(header("webhook-timestamp", "Time of the attempt, in seconds since 1970: ignore old ones."))
        .parameter(header(
            "webhook-signature",
            "Signatures of `{id}.{timestamp}.{body}`, separated by spaces: `v1,…` (HMAC-SHA256) and `v1a,…` (ed25519).",
        ))
        .request_body(Some(body.build()))
        .response("2XX", success)
        // The receiver verifies the signature; there are no credentials.
        .security(SecurityRequirement::default())
        .build()
}

/// Adds the schemas of all events and the section `webhooks`.
pub fn add_to(document: &mut OpenApi) {
    let mut webhooks = Paths::new();
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for of in EventType::VARIANTS {
        let DataSchema { name, schema, others } = data_schema(*of);
        let summary = description(&schema);
        let only = |kind: Type, value: Value| ObjectBuilder::new().schema_type(kind).enum_values(Some([value]));
        let version = only(Type::Integer, SchemaVersion::NEWEST.number().into());
        let event_type = only(Type::String, of.as_str().into()).build();
        let mut message = envelope(event_type, version, Ref::from_schema_name(&name).into());
        (message.description, message.example) = (summary.clone(), example(*of));
        schemas.insert(message_name(*of), message.into());
        schemas.insert(name, schema);
        for (name, schema) in others {
            schemas.entry(name).or_insert(schema);
        }
        let post = operation(*of, summary);
        webhooks.paths.insert(of.as_str().to_owned(), PathItem::new(HttpMethod::Post, post));
    }
    document.webhooks = Some(webhooks);
}
