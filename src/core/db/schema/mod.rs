//! The schema of both databases; the guard tests compare it with the migrations.
mod fair;
mod figures;
mod partners;
mod people;
mod records;
mod views;

pub use fair::*;
pub use figures::*;
pub use partners::*;
pub use people::*;
pub use records::*;
pub use views::*;

diesel::joinable!(organiser_members -> organisers (organiser_id));
diesel::joinable!(known_sources -> users (user_id));
diesel::joinable!(organiser_members -> users (user_id));
diesel::joinable!(organisation_members -> organisations (organisation_id));
diesel::joinable!(organisation_members -> users (user_id));
diesel::joinable!(booths -> zones (zone_id));
diesel::joinable!(applications -> exhibitors (exhibitor_id));
diesel::joinable!(allocations -> booths (booth_id));
diesel::joinable!(allocations -> applications (application_id));
diesel::joinable!(occupancies -> booths (booth_id));
diesel::joinable!(occupancies -> allocations (allocation_id));
diesel::joinable!(sales_reports -> booths (booth_id));
diesel::joinable!(visit_events -> gates (gate_id));
diesel::joinable!(participants -> allocations (allocation_id));
diesel::joinable!(trade_deals -> exhibitors (exhibitor_id));
diesel::joinable!(standing -> booths (booth_id));
diesel::joinable!(standing -> exhibitors (exhibitor_id));
diesel::joinable!(public_standing -> exhibitors (exhibitor_id));
diesel::joinable!(events -> audit_log (audit_log_id));
diesel::joinable!(webhook_deliveries -> webhook_messages (webhook_message_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(editions -> series (series_id));
diesel::joinable!(editions -> venues (venue_id));
diesel::joinable!(halls -> venues (venue_id));
diesel::joinable!(application_products -> applications (application_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    consents,
    known_sources,
    refresh_tokens,
    sessions,
    passkeys,
    passkey_ceremonies,
    organisers,
    organiser_members,
    series,
    venues,
    halls,
    localities,
    editions,
    opening_days,
    zones,
    zone_product_groups,
    zone_legal_forms,
    zone_localities,
    booth_categories,
    booths,
    organisations,
    organisation_members,
    organisation_contacts,
    exhibitors,
    exhibitor_tags,
    exhibitor_search_words,
    exhibitor_link_invitations,
    exhibitor_merges,
    exhibitor_merge_rows,
    exhibitor_products,
    applications,
    allocations,
    occupancies,
    sales_reports,
    sales_report_versions,
    gates,
    visit_events,
    final_figures,
    audit_log,
    one_time_tokens,
    login_challenges,
    login_failures,
    recovery_codes,
    second_factors,
    sso_identities,
    sso_logins,
    sso_links,
    invitations,
    outbox,
    idempotency_keys,
    exhibitor_contacts,
    products,
    application_wishes,
    application_products,
    documents,
    participants,
    sales_report_lines,
    trade_deals,
    sales_reminders,
    allocation_runs,
    allocation_run_applications,
    allocation_run_booths,
    waiting_list_refills,
    api_keys,
    api_key_scopes,
    api_key_editions,
    changes,
    standing,
    public_standing,
    events,
    webhooks,
    webhook_event_types,
    webhook_secrets,
    webhook_messages,
    webhook_bodies,
    webhook_deliveries,
    webhook_attempts,
    imports,
    import_tables,
    import_writes,
    import_changes,
    import_mappings,
);
diesel::allow_columns_to_appear_in_same_group_by_clause!(booths::zone_id, sales_reports::day);
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    sales_report_lines::product_group,
    sales_report_lines::is_ocop,
    sales_report_lines::exhibitor_id,
    sales_reports::booth_id,
    sales_reports::day,
    applications::exhibitor_id
);
