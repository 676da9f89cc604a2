//! Kinds of resources that audit entries are about.
hoicho_core::text_enum! {
    /// The kind of resource an action changes.
    SubjectKind {
        /// A booth for an application.
        Allocation,
        /// An allocation run.
        AllocationRun,
        /// An API key.
        ApiKey,
        /// An application.
        Application,
        /// A booth.
        Booth,
        /// The price list of an edition.
        BoothCategories,
        /// A trade deal.
        Deal,
        /// The sample data.
        Demo,
        /// A document of an application.
        Document,
        /// An edition.
        Edition,
        /// An exhibitor.
        Exhibitor,
        /// A gate.
        Gate,
        /// A hall of a venue.
        Hall,
        /// An import of a table.
        Import,
        /// An invitation.
        Invitation,
        /// A member of an organiser or an organisation.
        Member,
        /// An organisation.
        Organisation,
        /// An organiser.
        Organiser,
        /// A co-exhibitor or a represented company.
        Participant,
        /// A product.
        Product,
        /// Reminders of missing sales reports.
        SalesReminder,
        /// A sales report.
        SalesReport,
        /// A series of editions.
        Series,
        /// A user.
        User,
        /// A venue.
        Venue,
        /// Counts at gates.
        Visits,
        /// A webhook endpoint.
        Webhook,
        /// A zone.
        Zone,
    }
}

impl SubjectKind {
    /// Whether the event stream of an edition sends changes of this kind to everybody: the edition itself and its floor.
    /// Other kinds are sent to staff only.
    pub fn is_public(self) -> bool {
        match self {
            Self::Allocation | Self::Booth | Self::BoothCategories | Self::Edition | Self::Participant | Self::Zone => {
                true
            }
            Self::AllocationRun
            | Self::ApiKey
            | Self::Application
            | Self::Deal
            | Self::Demo
            | Self::Document
            | Self::Exhibitor
            | Self::Gate
            | Self::Hall
            | Self::Import
            | Self::Invitation
            | Self::Member
            | Self::Organisation
            | Self::Organiser
            | Self::Product
            | Self::SalesReminder
            | Self::SalesReport
            | Self::Series
            | Self::User
            | Self::Venue
            | Self::Visits
            | Self::Webhook => false,
        }
    }
}
