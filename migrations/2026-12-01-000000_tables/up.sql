-- Users, logins and personal data.
CREATE TABLE users (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL CONSTRAINT users_email_key_key UNIQUE,
  password_hash TEXT COLLATE "C" NOT NULL,
  display_name TEXT COLLATE "C" NOT NULL,
  language TEXT COLLATE "C" NOT NULL CONSTRAINT users_language_check CHECK (language IN ('vi','en')),
  is_admin BOOLEAN NOT NULL,
  email_verified_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  erased_at TIMESTAMP
);
CREATE INDEX users_created_at_idx ON users (created_at) WHERE email_verified_at IS NULL AND erased_at IS NULL;
CREATE TABLE passkeys (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  credential_key TEXT COLLATE "C" NOT NULL CONSTRAINT passkeys_credential_key_key UNIQUE,
  credential TEXT COLLATE "C" NOT NULL CONSTRAINT passkeys_credential_check CHECK (length(credential) <= 16384),
  last_counter BIGINT NOT NULL CONSTRAINT passkeys_last_counter_check CHECK (last_counter >= 0),
  name TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP
);
CREATE INDEX passkeys_user_id_idx ON passkeys (user_id);
CREATE TABLE sessions (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  user_agent TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP,
  is_multi_factor BOOLEAN NOT NULL,
  passkey_id UUID REFERENCES passkeys (id)
);
CREATE INDEX sessions_passkey_id_idx ON sessions (passkey_id);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_ended_at_idx ON sessions (ended_at);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
CREATE TABLE refresh_tokens (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  session_id UUID NOT NULL REFERENCES sessions (id),
  user_id UUID NOT NULL REFERENCES users (id),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);
CREATE TABLE one_time_tokens (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  purpose TEXT COLLATE "C" NOT NULL CONSTRAINT one_time_tokens_purpose_check CHECK (purpose IN ('verify_email','reset_password')),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX one_time_tokens_user_id_idx ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);
CREATE TABLE second_factors (
  user_id UUID NOT NULL PRIMARY KEY REFERENCES users (id),
  secret TEXT COLLATE "C" NOT NULL,
  session_id UUID REFERENCES sessions (id),
  created_at TIMESTAMP NOT NULL,
  enabled_at TIMESTAMP,
  last_step BIGINT NOT NULL,
  failures INTEGER NOT NULL CONSTRAINT second_factors_failures_check CHECK (failures >= 0),
  failing_since TIMESTAMP NOT NULL
);
CREATE INDEX second_factors_session_id_idx ON second_factors (session_id);
CREATE TABLE recovery_codes (
  user_id UUID NOT NULL REFERENCES users (id),
  digest TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (user_id, digest)
);
CREATE TABLE login_challenges (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX login_challenges_user_id_idx ON login_challenges (user_id);
CREATE INDEX login_challenges_expires_at_idx ON login_challenges (expires_at);
CREATE TABLE sso_identities (
  id UUID NOT NULL PRIMARY KEY,
  issuer TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  user_id UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT sso_identities_issuer_subject_key UNIQUE (issuer, subject),
  CONSTRAINT sso_identities_user_id_issuer_key UNIQUE (user_id, issuer)
);
CREATE TABLE sso_logins (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id UUID REFERENCES users (id),
  next_path TEXT COLLATE "C" NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sso_logins_user_id_idx ON sso_logins (user_id);
CREATE INDEX sso_logins_expires_at_idx ON sso_logins (expires_at);
CREATE TABLE sso_links (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  issuer TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  is_multi_factor BOOLEAN NOT NULL,
  is_logged_in BOOLEAN NOT NULL,
  next_path TEXT COLLATE "C" NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sso_links_user_id_idx ON sso_links (user_id);
CREATE INDEX sso_links_expires_at_idx ON sso_links (expires_at);
CREATE TABLE passkey_ceremonies (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  session_id UUID REFERENCES sessions (id),
  source TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX passkey_ceremonies_session_id_idx ON passkey_ceremonies (session_id);
CREATE INDEX passkey_ceremonies_source_idx ON passkey_ceremonies (source);
CREATE INDEX passkey_ceremonies_expires_at_idx ON passkey_ceremonies (expires_at);
CREATE TABLE login_failures (
  email_key TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  failures INTEGER NOT NULL CONSTRAINT login_failures_failures_check CHECK (failures > 0),
  last_at TIMESTAMP NOT NULL,
  PRIMARY KEY (email_key, source)
);
CREATE INDEX login_failures_last_at_idx ON login_failures (last_at);
CREATE TABLE known_sources (
  user_id UUID NOT NULL REFERENCES users (id),
  source TEXT NOT NULL,
  last_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, source)
);
CREATE INDEX known_sources_last_at_idx ON known_sources (last_at);
CREATE TABLE consents (
  user_id UUID NOT NULL REFERENCES users (id),
  notice TEXT NOT NULL,
  given_at TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP,
  PRIMARY KEY (user_id, notice)
);
CREATE TABLE idempotency_keys (
  user_id UUID NOT NULL REFERENCES users (id),
  idempotency_key TEXT COLLATE "C" NOT NULL,
  request_digest TEXT COLLATE "C" NOT NULL,
  status INTEGER NOT NULL CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 299),
  version INTEGER,
  location TEXT COLLATE "C",
  body TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
CREATE TABLE outbox (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  sender TEXT COLLATE "C" NOT NULL,
  recipient TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  attempts INTEGER NOT NULL CONSTRAINT outbox_attempts_check CHECK (attempts >= 0),
  due_at TIMESTAMP,
  done_at TIMESTAMP,
  last_error TEXT COLLATE "C",
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX outbox_sender_idx ON outbox (sender, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_recipient_idx ON outbox (recipient, kind, created_at);
CREATE INDEX outbox_created_at_idx ON outbox (created_at);

-- Organisers.
CREATE TABLE organisers (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  second_factor_required BOOLEAN NOT NULL
);
CREATE TABLE organiser_members (
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  user_id UUID NOT NULL REFERENCES users (id),
  role TEXT COLLATE "C" NOT NULL CONSTRAINT organiser_members_role_check CHECK (role IN ('owner','manager','finance','gate','viewer')),
  PRIMARY KEY (organiser_id, user_id)
);
CREATE INDEX organiser_members_user_id_idx ON organiser_members (user_id);
CREATE TABLE series (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  name TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT series_organiser_id_id_key UNIQUE (organiser_id, id)
);
CREATE TABLE venues (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  name TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT venues_organiser_id_id_key UNIQUE (organiser_id, id)
);
CREATE TABLE halls (
  id UUID NOT NULL PRIMARY KEY,
  venue_id UUID NOT NULL REFERENCES venues (id),
  name TEXT COLLATE "C" NOT NULL,
  is_outdoor BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT halls_venue_id_name_key UNIQUE (venue_id, name)
);

-- Editions. A locality is a province or one of its parts, with the dates between which it exists.
CREATE TABLE localities (
  code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  parent_code TEXT COLLATE "C" REFERENCES localities (code),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT localities_kind_check CHECK (kind IN
    ('province','city','town','district','ward','commune','special_zone')),
  name TEXT COLLATE "C" NOT NULL,
  name_search TEXT COLLATE "C" NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE,
  CONSTRAINT localities_valid_to_check CHECK (valid_to >= valid_from)
);
CREATE INDEX localities_parent_code_idx ON localities (parent_code);
CREATE INDEX localities_name_search_idx ON localities (name_search, code);
CREATE TABLE editions (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  series_id UUID,
  slug TEXT COLLATE "C" NOT NULL CONSTRAINT editions_slug_key UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  venue_id UUID,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT editions_state_check CHECK (state IN
    ('draft','published','finalised','cancelled')),
  time_zone TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL CONSTRAINT editions_currency_check CHECK (length(currency) = 3),
  declared_booths INTEGER CONSTRAINT editions_declared_booths_check CHECK (declared_booths BETWEEN 0 AND 1000000),
  declared_visits BIGINT CONSTRAINT editions_declared_visits_check CHECK
    (declared_visits BETWEEN 0 AND 1000000000000000),
  declared_sales BIGINT CONSTRAINT editions_declared_sales_check CHECK
    (declared_sales BETWEEN 0 AND 1000000000000000),
  registration_opens_at TIMESTAMP,
  registration_closes_at TIMESTAMP CONSTRAINT editions_registration_closes_at_check
    CHECK (registration_opens_at < registration_closes_at),
  first_opens_at TIMESTAMP,
  last_closes_at TIMESTAMP CONSTRAINT editions_last_closes_at_check CHECK (first_opens_at < last_closes_at),
  ended_at TIMESTAMP,
  end_reason TEXT COLLATE "C" CONSTRAINT editions_end_reason_check CHECK ((end_reason IS NULL) = (ended_at IS NULL)),
  recorded_phase TEXT COLLATE "C" CONSTRAINT editions_recorded_phase_check CHECK (recorded_phase IN
    ('before_registration','registration_open','registration_closed','live','reporting')),
  next_boundary_at TIMESTAMP,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT editions_organiser_id_id_key UNIQUE (organiser_id, id),
  FOREIGN KEY (organiser_id, series_id) REFERENCES series (organiser_id, id),
  FOREIGN KEY (organiser_id, venue_id) REFERENCES venues (organiser_id, id)
);
CREATE INDEX editions_venue_id_idx ON editions (venue_id);
CREATE INDEX editions_organiser_id_idx ON editions (organiser_id, series_id);
CREATE INDEX editions_series_id_idx ON editions (series_id);
CREATE INDEX editions_next_boundary_at_idx ON editions (next_boundary_at);
CREATE TABLE opening_days (
  edition_id UUID NOT NULL REFERENCES editions (id),
  day DATE NOT NULL,
  opens_at TIME NOT NULL,
  closes_at TIME NOT NULL,
  PRIMARY KEY (edition_id, day),
  CONSTRAINT opening_days_opens_at_check CHECK (opens_at < closes_at)
);

-- Floor. `code_order` sorts the codes of booths as people do: A1, A2, A10.
CREATE TABLE zones (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  hall_id UUID REFERENCES halls (id),
  code TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT zones_edition_id_code_key UNIQUE (edition_id, code),
  CONSTRAINT zones_edition_id_id_key UNIQUE (edition_id, id)
);
CREATE INDEX zones_hall_id_idx ON zones (hall_id);
CREATE TABLE zone_product_groups (
  zone_id UUID NOT NULL REFERENCES zones (id),
  product_group TEXT COLLATE "C" NOT NULL CONSTRAINT zone_product_groups_product_group_check CHECK (product_group IN
    ('food','beverages','medicinal_plants','handicrafts','ornamental','tourism')),
  PRIMARY KEY (zone_id, product_group)
);
CREATE TABLE zone_legal_forms (
  zone_id UUID NOT NULL REFERENCES zones (id),
  legal_form TEXT COLLATE "C" NOT NULL CONSTRAINT zone_legal_forms_legal_form_check CHECK (legal_form IN
    ('enterprise','co_operative','co_operative_group','household_business','association','agency','foreign')),
  PRIMARY KEY (zone_id, legal_form)
);
CREATE TABLE zone_localities (
  zone_id UUID NOT NULL REFERENCES zones (id),
  locality_code TEXT COLLATE "C" NOT NULL REFERENCES localities (code),
  PRIMARY KEY (zone_id, locality_code)
);
CREATE INDEX zone_localities_locality_code_idx ON zone_localities (locality_code);
CREATE TABLE booth_categories (
  edition_id UUID NOT NULL REFERENCES editions (id),
  category TEXT COLLATE "C" NOT NULL CONSTRAINT booth_categories_category_check CHECK (category IN
    ('standard','corner','special_build','raw_space')),
  area_dm2 INTEGER NOT NULL CONSTRAINT booth_categories_area_dm2_check CHECK (area_dm2 BETWEEN 1 AND 1000000),
  fee BIGINT NOT NULL CONSTRAINT booth_categories_fee_check CHECK (fee BETWEEN 0 AND 1000000000000),
  booth_equivalents INTEGER NOT NULL CONSTRAINT booth_categories_booth_equivalents_check CHECK
    (booth_equivalents BETWEEN 1 AND 1000),
  PRIMARY KEY (edition_id, category)
);
CREATE TABLE booths (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  zone_id UUID NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  row_label TEXT COLLATE "C" NOT NULL,
  place INTEGER NOT NULL CONSTRAINT booths_place_check CHECK (place > 0),
  category TEXT COLLATE "C" NOT NULL CONSTRAINT booths_category_check CHECK (category IN ('standard','corner','special_build','raw_space')),
  area_dm2 INTEGER NOT NULL CONSTRAINT booths_area_dm2_check CHECK (area_dm2 BETWEEN 1 AND 1000000),
  fee BIGINT NOT NULL CONSTRAINT booths_fee_check CHECK (fee BETWEEN 0 AND 1000000000000),
  booth_equivalents INTEGER NOT NULL CONSTRAINT booths_booth_equivalents_check CHECK (booth_equivalents BETWEEN 1 AND 1000),
  version INTEGER NOT NULL,
  availability TEXT COLLATE "C" NOT NULL DEFAULT 'open' CONSTRAINT booths_availability_check CHECK (availability IN
    ('open','reserved','locked')),
  has_power BOOLEAN NOT NULL DEFAULT FALSE,
  has_water BOOLEAN NOT NULL DEFAULT FALSE,
  x_dm INTEGER CONSTRAINT booths_x_dm_check CHECK (x_dm BETWEEN 0 AND 100000),
  y_dm INTEGER CONSTRAINT booths_y_dm_check CHECK (y_dm BETWEEN 0 AND 100000),
  width_dm INTEGER CONSTRAINT booths_width_dm_check CHECK (width_dm BETWEEN 1 AND 10000),
  depth_dm INTEGER CONSTRAINT booths_depth_dm_check CHECK (depth_dm BETWEEN 1 AND 10000),
  code_order TEXT COLLATE "C" NOT NULL,
  CONSTRAINT booths_edition_id_code_key UNIQUE (edition_id, code),
  CONSTRAINT booths_edition_id_row_label_place_key UNIQUE (edition_id, row_label, place),
  CONSTRAINT booths_edition_id_id_key UNIQUE (edition_id, id),
  FOREIGN KEY (edition_id, zone_id) REFERENCES zones (edition_id, id)
);
CREATE INDEX booths_zone_id_idx ON booths (zone_id, code_order);
CREATE INDEX booths_edition_id_code_order_idx ON booths (edition_id, code_order);

-- Organisations: accounts of enterprises, co-operatives and others, written by their members. Anybody may claim a tax code; a
-- verified one is unique.
CREATE TABLE organisations (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  name_search TEXT COLLATE "C" NOT NULL,
  legal_form TEXT COLLATE "C" NOT NULL CONSTRAINT organisations_legal_form_check CHECK (legal_form IN
    ('enterprise','co_operative','co_operative_group','household_business','association','agency','foreign')),
  tax_code TEXT COLLATE "C",
  tax_code_verified_at TIMESTAMP,
  country TEXT COLLATE "C" NOT NULL,
  locality_code TEXT COLLATE "C" REFERENCES localities (code),
  locality TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT organisations_tax_code_verified_at_check CHECK (tax_code_verified_at IS NULL OR tax_code IS NOT NULL)
);
CREATE UNIQUE INDEX organisations_tax_code_key ON organisations (tax_code) WHERE tax_code_verified_at IS NOT NULL;
CREATE INDEX organisations_tax_code_idx ON organisations (tax_code, id);
CREATE INDEX organisations_locality_code_idx ON organisations (locality_code);
CREATE TABLE organisation_members (
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  user_id UUID NOT NULL REFERENCES users (id),
  role TEXT COLLATE "C" NOT NULL CONSTRAINT organisation_members_role_check CHECK (role IN ('owner','staff')),
  PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX organisation_members_user_id_idx ON organisation_members (user_id);
CREATE TABLE organisation_contacts (
  id UUID NOT NULL PRIMARY KEY,
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  name TEXT COLLATE "C" NOT NULL,
  phone TEXT COLLATE "C",
  email TEXT COLLATE "C",
  CONSTRAINT organisation_contacts_phone_check CHECK (phone IS NOT NULL OR email IS NOT NULL)
);
CREATE INDEX organisation_contacts_organisation_id_idx ON organisation_contacts (organisation_id, id);
CREATE TABLE products (
  id UUID NOT NULL PRIMARY KEY,
  organisation_id UUID NOT NULL REFERENCES organisations (id),
  name TEXT COLLATE "C" NOT NULL,
  name_search TEXT COLLATE "C" NOT NULL,
  product_group TEXT COLLATE "C" NOT NULL CONSTRAINT products_product_group_check CHECK (product_group IN
    ('food','beverages','medicinal_plants','handicrafts','ornamental','tourism')),
  stars INTEGER CONSTRAINT products_stars_check CHECK (stars BETWEEN 1 AND 5),
  certificate_number TEXT COLLATE "C",
  certificate_expires_on DATE,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT products_certificate_number_check CHECK (
    (certificate_number IS NULL) = (certificate_expires_on IS NULL) AND (certificate_number IS NULL OR stars >= 3)),
  CONSTRAINT products_organisation_id_id_key UNIQUE (organisation_id, id)
);

-- Exhibitors: an organiser's records of those who take part in its fairs. A record that was merged into another has no
-- applications and no link; the rows that moved are in `exhibitor_merge_rows`, so that a split returns exactly these.
CREATE TABLE exhibitors (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  organisation_id UUID REFERENCES organisations (id),
  linked_at TIMESTAMP,
  name TEXT COLLATE "C" NOT NULL,
  name_search TEXT COLLATE "C" NOT NULL,
  legal_form TEXT COLLATE "C" NOT NULL CONSTRAINT exhibitors_legal_form_check CHECK (legal_form IN
    ('enterprise','co_operative','co_operative_group','household_business','association','agency','foreign')),
  tax_code TEXT COLLATE "C",
  country TEXT COLLATE "C" NOT NULL,
  locality_code TEXT COLLATE "C" REFERENCES localities (code),
  locality TEXT COLLATE "C" NOT NULL,
  notes TEXT COLLATE "C",
  merged_into_id UUID,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT exhibitors_organiser_id_id_key UNIQUE (organiser_id, id),
  CONSTRAINT exhibitors_organiser_id_organisation_id_key UNIQUE (organiser_id, organisation_id),
  CONSTRAINT exhibitors_linked_at_check CHECK (organisation_id IS NOT NULL OR linked_at IS NULL),
  CONSTRAINT exhibitors_merged_into_id_check CHECK (merged_into_id IS NULL OR (merged_into_id <> id AND organisation_id IS NULL)),
  FOREIGN KEY (organiser_id, merged_into_id) REFERENCES exhibitors (organiser_id, id)
);
CREATE INDEX exhibitors_organiser_id_name_search_idx ON exhibitors (organiser_id, name_search, id);
CREATE INDEX exhibitors_organiser_id_name_idx ON exhibitors (organiser_id, name);
CREATE INDEX exhibitors_organiser_id_tax_code_idx ON exhibitors (organiser_id, tax_code);
CREATE INDEX exhibitors_organisation_id_idx ON exhibitors (organisation_id);
CREATE INDEX exhibitors_locality_code_idx ON exhibitors (locality_code);
CREATE INDEX exhibitors_merged_into_id_idx ON exhibitors (merged_into_id);
-- Phone numbers in E.164, addresses in lower case.
CREATE TABLE exhibitor_contacts (
  id UUID NOT NULL PRIMARY KEY,
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  name TEXT COLLATE "C" NOT NULL,
  phone TEXT COLLATE "C",
  zalo TEXT COLLATE "C",
  email TEXT COLLATE "C",
  language TEXT COLLATE "C" NOT NULL CONSTRAINT exhibitor_contacts_language_check CHECK (language IN ('vi','en')),
  CONSTRAINT exhibitor_contacts_phone_check CHECK (phone IS NOT NULL OR zalo IS NOT NULL OR email IS NOT NULL)
);
CREATE INDEX exhibitor_contacts_exhibitor_id_idx ON exhibitor_contacts (exhibitor_id, id);
CREATE INDEX exhibitor_contacts_phone_idx ON exhibitor_contacts (phone) WHERE phone IS NOT NULL;
CREATE INDEX exhibitor_contacts_email_idx ON exhibitor_contacts (email) WHERE email IS NOT NULL;
CREATE TABLE exhibitor_tags (
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  tag TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (exhibitor_id, tag)
);
-- What a search finds by its beginning: the words of the name without accents, the tax code, the phone numbers of the contacts.
CREATE TABLE exhibitor_search_words (
  exhibitor_id UUID NOT NULL,
  organiser_id UUID NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (exhibitor_id, word),
  FOREIGN KEY (organiser_id, exhibitor_id) REFERENCES exhibitors (organiser_id, id)
) /*WITHOUT_ROWID*/;
CREATE INDEX exhibitor_search_words_organiser_id_idx ON exhibitor_search_words (organiser_id, word, exhibitor_id);
-- Invitations to link a record with an organisation; the user with this verified address chooses which of theirs.
CREATE TABLE exhibitor_link_invitations (
  id UUID NOT NULL PRIMARY KEY,
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  invited_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  accepted_at TIMESTAMP
);
CREATE INDEX exhibitor_link_invitations_exhibitor_id_idx ON exhibitor_link_invitations (exhibitor_id, id);
CREATE INDEX exhibitor_link_invitations_email_key_idx ON exhibitor_link_invitations (email_key);
CREATE INDEX exhibitor_link_invitations_invited_by_idx ON exhibitor_link_invitations (invited_by);
CREATE TABLE exhibitor_merges (
  id UUID NOT NULL PRIMARY KEY,
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  merged_id UUID NOT NULL REFERENCES exhibitors (id),
  merged_by UUID NOT NULL REFERENCES users (id),
  merged_at TIMESTAMP NOT NULL,
  split_at TIMESTAMP,
  CONSTRAINT exhibitor_merges_merged_id_check CHECK (merged_id <> exhibitor_id)
);
CREATE UNIQUE INDEX exhibitor_merges_merged_id_key ON exhibitor_merges (merged_id) WHERE split_at IS NULL;
CREATE INDEX exhibitor_merges_merged_id_idx ON exhibitor_merges (merged_id);
CREATE INDEX exhibitor_merges_exhibitor_id_idx ON exhibitor_merges (exhibitor_id);
CREATE INDEX exhibitor_merges_merged_by_idx ON exhibitor_merges (merged_by);
-- A row that a merge moved: its kind and identifier; of a tag its text. Of a sales report the lines moved, of an edition the
-- reminders.
CREATE TABLE exhibitor_merge_rows (
  exhibitor_merge_id UUID NOT NULL REFERENCES exhibitor_merges (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT exhibitor_merge_rows_kind_check CHECK (kind IN
    ('application','participant','sales_report','trade_deal','sales_reminder','contact','tag','link','merged_record')),
  subject UUID NOT NULL,
  part TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (exhibitor_merge_id, kind, subject, part)
);
CREATE TABLE invitations (
  id UUID NOT NULL PRIMARY KEY,
  digest TEXT COLLATE "C" NOT NULL CONSTRAINT invitations_digest_key UNIQUE,
  organiser_id UUID REFERENCES organisers (id),
  organisation_id UUID REFERENCES organisations (id),
  edition_id UUID REFERENCES editions (id),
  role TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  invited_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  accepted_at TIMESTAMP,
  CONSTRAINT invitations_edition_id_check CHECK (edition_id IS NULL OR (organiser_id IS NOT NULL AND role <> 'owner')),
  CONSTRAINT invitations_role_check CHECK (
    (organiser_id IS NOT NULL AND organisation_id IS NULL AND role IN ('owner','manager','finance','gate','viewer')) OR
    (organiser_id IS NULL AND organisation_id IS NOT NULL AND role IN ('owner','staff')))
);
CREATE INDEX invitations_organiser_id_idx ON invitations (organiser_id);
CREATE INDEX invitations_organisation_id_idx ON invitations (organisation_id);
CREATE INDEX invitations_edition_id_idx ON invitations (edition_id);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);

-- Applications. The exhibitor is a record of the organiser of the edition.
CREATE TABLE applications (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL,
  edition_id UUID NOT NULL,
  exhibitor_id UUID NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT applications_state_check CHECK (state IN
    ('draft','submitted','approved','waitlisted','rejected','withdrawn')),
  booths_wanted INTEGER NOT NULL CONSTRAINT applications_booths_wanted_check CHECK (booths_wanted BETWEEN 1 AND 100),
  category TEXT COLLATE "C" NOT NULL CONSTRAINT applications_category_check CHECK (category IN
    ('standard','corner','special_build','raw_space')),
  needs TEXT COLLATE "C",
  reason TEXT COLLATE "C",
  waitlisted_at TIMESTAMP,
  submitted_at TIMESTAMP,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  needs_power BOOLEAN NOT NULL DEFAULT FALSE,
  needs_water BOOLEAN NOT NULL DEFAULT FALSE,
  needs_corner BOOLEAN NOT NULL DEFAULT FALSE,
  CONSTRAINT applications_submitted_at_check CHECK
    (CASE state WHEN 'draft' THEN submitted_at IS NULL WHEN 'withdrawn' THEN TRUE ELSE submitted_at IS NOT NULL END),
  CONSTRAINT applications_waitlisted_at_check CHECK ((state = 'waitlisted') = (waitlisted_at IS NOT NULL)),
  CONSTRAINT applications_edition_id_exhibitor_id_key UNIQUE (edition_id, exhibitor_id),
  CONSTRAINT applications_edition_id_id_key UNIQUE (edition_id, id),
  FOREIGN KEY (organiser_id, edition_id) REFERENCES editions (organiser_id, id),
  FOREIGN KEY (organiser_id, exhibitor_id) REFERENCES exhibitors (organiser_id, id)
);
CREATE INDEX applications_organiser_id_idx ON applications (organiser_id);
CREATE INDEX applications_edition_id_state_idx ON applications (edition_id, state, id);
CREATE INDEX applications_edition_id_waitlisted_at_idx ON applications (edition_id, waitlisted_at, id);
CREATE INDEX applications_exhibitor_id_idx ON applications (exhibitor_id, id);
CREATE TABLE application_wishes (
  application_id UUID NOT NULL,
  wish_rank INTEGER NOT NULL CONSTRAINT application_wishes_wish_rank_check CHECK (wish_rank BETWEEN 1 AND 20),
  edition_id UUID NOT NULL REFERENCES editions (id),
  booth_id UUID,
  zone_id UUID,
  PRIMARY KEY (application_id, wish_rank),
  CONSTRAINT application_wishes_booth_id_check CHECK ((booth_id IS NULL) <> (zone_id IS NULL)),
  FOREIGN KEY (edition_id, application_id) REFERENCES applications (edition_id, id),
  FOREIGN KEY (edition_id, booth_id) REFERENCES booths (edition_id, id),
  FOREIGN KEY (edition_id, zone_id) REFERENCES zones (edition_id, id)
);
CREATE INDEX application_wishes_edition_id_idx ON application_wishes (edition_id);
CREATE INDEX application_wishes_booth_id_idx ON application_wishes (booth_id);
CREATE INDEX application_wishes_zone_id_idx ON application_wishes (zone_id);
-- What an application shows, as it was declared. `product_id` is the product of the linked organisation it was taken from.
CREATE TABLE application_products (
  application_id UUID NOT NULL REFERENCES applications (id),
  line INTEGER NOT NULL CONSTRAINT application_products_line_check CHECK (line > 0),
  name TEXT COLLATE "C" NOT NULL,
  product_group TEXT COLLATE "C" NOT NULL CONSTRAINT application_products_product_group_check CHECK (product_group IN
    ('food','beverages','medicinal_plants','handicrafts','ornamental','tourism')),
  declared_stars INTEGER CONSTRAINT application_products_declared_stars_check CHECK (declared_stars BETWEEN 1 AND 5),
  certificate_number TEXT COLLATE "C",
  certificate_expires_on DATE,
  product_id UUID REFERENCES products (id),
  PRIMARY KEY (application_id, line),
  CONSTRAINT application_products_application_id_product_id_key UNIQUE (application_id, product_id),
  CONSTRAINT application_products_certificate_number_check CHECK (
    (certificate_number IS NULL) = (certificate_expires_on IS NULL) AND (certificate_number IS NULL OR declared_stars >= 3))
);
CREATE INDEX application_products_product_id_idx ON application_products (product_id);
CREATE TABLE documents (
  id UUID NOT NULL PRIMARY KEY,
  application_id UUID NOT NULL REFERENCES applications (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT documents_kind_check CHECK (kind IN
    ('business_registration','food_safety','ocop_certificate','product_photo','other')),
  file_name TEXT COLLATE "C",
  content_type TEXT COLLATE "C",
  size_bytes BIGINT,
  digest TEXT COLLATE "C",
  waiver_reason TEXT COLLATE "C",
  recorded_by UUID NOT NULL REFERENCES users (id),
  recorded_at TIMESTAMP NOT NULL,
  CONSTRAINT documents_digest_check CHECK (
    (waiver_reason IS NULL AND file_name IS NOT NULL AND content_type IS NOT NULL AND size_bytes > 0 AND digest IS NOT NULL) OR
    (waiver_reason IS NOT NULL AND file_name IS NULL AND content_type IS NULL AND size_bytes IS NULL AND digest IS NULL))
);
CREATE INDEX documents_application_id_idx ON documents (application_id, id);
CREATE INDEX documents_recorded_by_idx ON documents (recorded_by);
CREATE INDEX documents_digest_idx ON documents (digest);

-- Allocations: a booth has at most one that is active.
CREATE TABLE allocations (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  booth_id UUID NOT NULL,
  application_id UUID NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT allocations_state_check CHECK (state IN
    ('held','offered','confirmed','checked_in','released','no_show','expired')),
  expires_at TIMESTAMP,
  is_by_run BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT allocations_edition_id_id_key UNIQUE (edition_id, id),
  CONSTRAINT allocations_expires_at_check CHECK ((state IN ('held','offered')) = (expires_at IS NOT NULL)),
  FOREIGN KEY (edition_id, booth_id) REFERENCES booths (edition_id, id),
  FOREIGN KEY (edition_id, application_id) REFERENCES applications (edition_id, id)
);
CREATE UNIQUE INDEX allocations_booth_id_active_key ON allocations (booth_id)
  WHERE state IN ('held','offered','confirmed','checked_in');
CREATE INDEX allocations_booth_id_idx ON allocations (booth_id);
CREATE INDEX allocations_application_id_idx ON allocations (application_id);
CREATE INDEX allocations_expires_at_idx ON allocations (expires_at);
-- Which allocation occupies a booth on an opening day. Holds and offers occupy none. A move or a release leaves the rows of the days before it.
CREATE TABLE occupancies (
  booth_id UUID NOT NULL,
  day DATE NOT NULL,
  edition_id UUID NOT NULL REFERENCES editions (id),
  allocation_id UUID NOT NULL,
  PRIMARY KEY (booth_id, day),
  CONSTRAINT occupancies_edition_id_booth_id_day_key UNIQUE (edition_id, booth_id, day),
  FOREIGN KEY (edition_id, booth_id) REFERENCES booths (edition_id, id),
  FOREIGN KEY (edition_id, day) REFERENCES opening_days (edition_id, day) ON DELETE CASCADE,
  FOREIGN KEY (edition_id, allocation_id) REFERENCES allocations (edition_id, id)
);
CREATE INDEX occupancies_allocation_id_idx ON occupancies (allocation_id, day);
CREATE TABLE participants (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL,
  edition_id UUID NOT NULL,
  allocation_id UUID NOT NULL,
  role TEXT COLLATE "C" NOT NULL CONSTRAINT participants_role_check CHECK (role IN ('co_exhibitor','represented')),
  exhibitor_id UUID,
  name TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  first_day DATE,
  last_day DATE,
  CONSTRAINT participants_last_day_check CHECK (last_day >= first_day),
  CONSTRAINT participants_exhibitor_id_check CHECK ((role = 'co_exhibitor') = (exhibitor_id IS NOT NULL)),
  CONSTRAINT participants_allocation_id_name_key UNIQUE (allocation_id, name),
  CONSTRAINT participants_allocation_id_exhibitor_id_key UNIQUE (allocation_id, exhibitor_id),
  FOREIGN KEY (edition_id, allocation_id) REFERENCES allocations (edition_id, id),
  FOREIGN KEY (organiser_id, edition_id) REFERENCES editions (organiser_id, id),
  FOREIGN KEY (organiser_id, exhibitor_id) REFERENCES exhibitors (organiser_id, id)
);
CREATE INDEX participants_organiser_id_idx ON participants (organiser_id);
CREATE INDEX participants_edition_id_idx ON participants (edition_id);
CREATE INDEX participants_exhibitor_id_idx ON participants (exhibitor_id);

-- Allocation runs: the settings, the result and the explanations of a proposal.
CREATE TABLE allocation_runs (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  based_on_id UUID REFERENCES allocation_runs (id),
  policy TEXT COLLATE "C" NOT NULL CONSTRAINT allocation_runs_policy_check CHECK (policy IN ('space_draw','optimum')),
  request TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT allocation_runs_state_check CHECK (state IN
    ('running','proposed','failed','cancelled','applied')),
  is_cancelled BOOLEAN NOT NULL,
  done_bp INTEGER NOT NULL CONSTRAINT allocation_runs_done_bp_check CHECK (done_bp BETWEEN 0 AND 10000),
  applications INTEGER NOT NULL,
  served INTEGER NOT NULL,
  total_value BIGINT NOT NULL,
  served_bound INTEGER,
  value_bound BIGINT,
  gap_ppm INTEGER,
  moved INTEGER NOT NULL,
  ended_by TEXT COLLATE "C",
  created_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  heard_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  CONSTRAINT allocation_runs_edition_id_id_key UNIQUE (edition_id, id)
);
CREATE INDEX allocation_runs_based_on_id_idx ON allocation_runs (based_on_id);
CREATE INDEX allocation_runs_created_by_idx ON allocation_runs (created_by);
CREATE INDEX allocation_runs_state_idx ON allocation_runs (state, heard_at);
CREATE TABLE allocation_run_applications (
  run_id UUID NOT NULL REFERENCES allocation_runs (id),
  application_id UUID NOT NULL REFERENCES applications (id),
  turn INTEGER NOT NULL,
  points INTEGER NOT NULL,
  seen_version INTEGER NOT NULL,
  explanation TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (run_id, application_id),
  CONSTRAINT allocation_run_applications_run_id_turn_key UNIQUE (run_id, turn)
);
CREATE INDEX allocation_run_applications_application_id_idx ON allocation_run_applications (application_id);
CREATE TABLE allocation_run_booths (
  run_id UUID NOT NULL REFERENCES allocation_runs (id),
  booth_id UUID NOT NULL REFERENCES booths (id),
  before_application_id UUID REFERENCES applications (id),
  after_application_id UUID REFERENCES applications (id),
  PRIMARY KEY (run_id, booth_id),
  CONSTRAINT allocation_run_booths_after_application_id_check CHECK (before_application_id IS NOT NULL OR after_application_id IS NOT NULL)
);
CREATE INDEX allocation_run_booths_booth_id_idx ON allocation_run_booths (booth_id);
CREATE INDEX allocation_run_booths_before_application_id_idx ON allocation_run_booths (before_application_id);
CREATE INDEX allocation_run_booths_after_application_id_idx ON allocation_run_booths (after_application_id);
-- The run whose policy offers released booths to the waiting list; NULL: not automatic. Added here because runs refer to editions.
ALTER TABLE editions ADD COLUMN waiting_list_run_id UUID REFERENCES allocation_runs (id);
CREATE INDEX editions_waiting_list_run_id_idx ON editions (waiting_list_run_id);
-- A row for each time that booths became free in an edition with such a run, until they are offered. Not a column of the edition, so
-- that freeing a booth waits for no other.
CREATE TABLE waiting_list_refills (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id)
);
CREATE INDEX waiting_list_refills_edition_id_idx ON waiting_list_refills (edition_id);
-- A role for one edition only; NULL: for all editions of the organiser. Added here because editions refer to organisers.
ALTER TABLE organiser_members ADD COLUMN edition_id UUID REFERENCES editions (id);
CREATE INDEX organiser_members_edition_id_idx ON organiser_members (edition_id);

-- Sales reports and trade deals.
CREATE TABLE sales_reports (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  booth_id UUID NOT NULL,
  day DATE NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT sales_reports_state_check CHECK (state IN ('submitted','accepted','queried','corrected')),
  amount BIGINT NOT NULL CONSTRAINT sales_reports_amount_check CHECK (amount BETWEEN 0 AND 1000000000000),
  ocop_amount BIGINT NOT NULL CONSTRAINT sales_reports_ocop_amount_check CHECK (ocop_amount BETWEEN 0 AND amount),
  note TEXT COLLATE "C",
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT sales_reports_booth_id_day_key UNIQUE (booth_id, day),
  FOREIGN KEY (edition_id, booth_id, day) REFERENCES occupancies (edition_id, booth_id, day)
);
CREATE INDEX sales_reports_edition_id_idx ON sales_reports (edition_id, id);
CREATE INDEX sales_reports_edition_id_day_idx ON sales_reports (edition_id, day, id);
CREATE INDEX sales_reports_edition_id_state_idx ON sales_reports (edition_id, state, id);
CREATE TABLE sales_report_versions (
  sales_report_id UUID NOT NULL REFERENCES sales_reports (id),
  version INTEGER NOT NULL,
  amount BIGINT NOT NULL CONSTRAINT sales_report_versions_amount_check CHECK (amount BETWEEN 0 AND 1000000000000),
  ocop_amount BIGINT NOT NULL CONSTRAINT sales_report_versions_ocop_amount_check CHECK (ocop_amount BETWEEN 0 AND amount),
  reason TEXT COLLATE "C",
  recorded_by UUID REFERENCES users (id),
  recorded_at TIMESTAMP NOT NULL,
  PRIMARY KEY (sales_report_id, version)
);
CREATE INDEX sales_report_versions_recorded_by_idx ON sales_report_versions (recorded_by);
CREATE TABLE sales_report_lines (
  sales_report_id UUID NOT NULL,
  version INTEGER NOT NULL,
  line INTEGER NOT NULL CONSTRAINT sales_report_lines_line_check CHECK (line BETWEEN 1 AND 200),
  product_name TEXT COLLATE "C",
  product_group TEXT COLLATE "C" CONSTRAINT sales_report_lines_product_group_check CHECK (product_group IN
    ('food','beverages','medicinal_plants','handicrafts','ornamental','tourism')),
  quantity_milli BIGINT CONSTRAINT sales_report_lines_quantity_milli_check CHECK (quantity_milli BETWEEN 1 AND 1000000000000),
  unit TEXT COLLATE "C",
  amount BIGINT NOT NULL CONSTRAINT sales_report_lines_amount_check CHECK (amount BETWEEN 0 AND 1000000000000),
  is_ocop BOOLEAN NOT NULL,
  channel TEXT COLLATE "C" NOT NULL CONSTRAINT sales_report_lines_channel_check CHECK (channel IN ('booth','online','order')),
  exhibitor_id UUID REFERENCES exhibitors (id),
  PRIMARY KEY (sales_report_id, version, line),
  FOREIGN KEY (sales_report_id, version) REFERENCES sales_report_versions (sales_report_id, version)
);
CREATE INDEX sales_report_lines_exhibitor_id_idx ON sales_report_lines (exhibitor_id);
CREATE TABLE trade_deals (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL,
  edition_id UUID NOT NULL,
  exhibitor_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT trade_deals_kind_check CHECK (kind IN ('contract','mou')),
  counterpart TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL CONSTRAINT trade_deals_amount_check CHECK (amount BETWEEN 0 AND 1000000000000),
  signed_on DATE NOT NULL,
  note TEXT COLLATE "C",
  recorded_by UUID NOT NULL REFERENCES users (id),
  version INTEGER NOT NULL,
  FOREIGN KEY (edition_id, signed_on) REFERENCES opening_days (edition_id, day),
  FOREIGN KEY (organiser_id, edition_id) REFERENCES editions (organiser_id, id),
  FOREIGN KEY (organiser_id, exhibitor_id) REFERENCES exhibitors (organiser_id, id)
);
CREATE INDEX trade_deals_organiser_id_idx ON trade_deals (organiser_id);
CREATE INDEX trade_deals_edition_id_idx ON trade_deals (edition_id, id);
CREATE INDEX trade_deals_exhibitor_id_idx ON trade_deals (exhibitor_id);
CREATE INDEX trade_deals_recorded_by_idx ON trade_deals (recorded_by);
CREATE TABLE sales_reminders (
  edition_id UUID NOT NULL REFERENCES editions (id),
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  sent_on DATE NOT NULL,
  PRIMARY KEY (edition_id, exhibitor_id, sent_on)
);
CREATE INDEX sales_reminders_exhibitor_id_idx ON sales_reminders (exhibitor_id);

-- Visits and final figures.
CREATE TABLE gates (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  name TEXT COLLATE "C" NOT NULL,
  CONSTRAINT gates_edition_id_name_key UNIQUE (edition_id, name),
  CONSTRAINT gates_edition_id_id_key UNIQUE (edition_id, id)
);
CREATE TABLE visit_events (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  gate_id UUID NOT NULL,
  device UUID,
  occurred_at TIMESTAMP NOT NULL,
  local_day DATE NOT NULL,
  local_hour INTEGER NOT NULL CONSTRAINT visit_events_local_hour_check CHECK (local_hour BETWEEN 0 AND 23),
  local_time TIME NOT NULL,
  entries BIGINT NOT NULL CONSTRAINT visit_events_entries_check CHECK (entries BETWEEN -1000000 AND 1000000),
  exits BIGINT NOT NULL CONSTRAINT visit_events_exits_check CHECK (exits BETWEEN -1000000 AND 1000000),
  reason TEXT COLLATE "C",
  recorded_by UUID REFERENCES users (id),
  recorded_at TIMESTAMP NOT NULL,
  CONSTRAINT visit_events_device_check CHECK
    (device IS NULL OR (entries BETWEEN -10000 AND 10000 AND exits BETWEEN -10000 AND 10000)),
  CONSTRAINT visit_events_reason_check CHECK ((entries >= 0 AND exits >= 0) OR reason IS NOT NULL),
  FOREIGN KEY (edition_id, gate_id) REFERENCES gates (edition_id, id),
  FOREIGN KEY (edition_id, local_day) REFERENCES opening_days (edition_id, day)
);
CREATE INDEX visit_events_edition_id_idx ON visit_events (edition_id, local_day, local_hour);
CREATE INDEX visit_events_gate_id_idx ON visit_events (gate_id, local_day, device);
CREATE INDEX visit_events_recorded_by_idx ON visit_events (recorded_by);
CREATE TABLE final_figures (
  edition_id UUID NOT NULL REFERENCES editions (id),
  part TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  finalised_at TIMESTAMP NOT NULL,
  PRIMARY KEY (edition_id, part)
);

-- API keys of partner sites: only the digest of a key is stored.
CREATE TABLE api_keys (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  name TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL CONSTRAINT api_keys_digest_key UNIQUE,
  begins TEXT COLLATE "C" NOT NULL,
  expires_at TIMESTAMP,
  revoked_at TIMESTAMP,
  created_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP,
  requests BIGINT NOT NULL CONSTRAINT api_keys_requests_check CHECK (requests >= 0)
);
CREATE INDEX api_keys_organiser_id_idx ON api_keys (organiser_id, id);
CREATE INDEX api_keys_created_by_idx ON api_keys (created_by);
CREATE TABLE api_key_scopes (
  api_key_id UUID NOT NULL REFERENCES api_keys (id),
  scope TEXT COLLATE "C" NOT NULL CONSTRAINT api_key_scopes_scope_check CHECK (scope IN
    ('read:editions','read:exhibitors','read:figures','read:gates','read:events','write:visits')),
  PRIMARY KEY (api_key_id, scope)
);
CREATE TABLE api_key_editions (
  api_key_id UUID NOT NULL REFERENCES api_keys (id),
  edition_id UUID NOT NULL REFERENCES editions (id),
  PRIMARY KEY (api_key_id, edition_id)
);
CREATE INDEX api_key_editions_edition_id_idx ON api_key_editions (edition_id);

-- Audit log, and the events that webhooks are sent for: one row per audit log entry that partners may see, in the order in
-- which changes to one subject were committed. Any node turns new events into messages and deliveries. `on_behalf_of` is the
-- exhibitor for which staff acted; it is kept after the exhibitor is deleted.
CREATE TABLE audit_log (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID REFERENCES organisers (id),
  edition_id UUID REFERENCES editions (id),
  actor_id UUID REFERENCES users (id),
  action TEXT COLLATE "C" NOT NULL,
  subject_kind TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  before_json TEXT COLLATE "C",
  after_json TEXT COLLATE "C",
  at TIMESTAMP NOT NULL,
  api_key_id UUID REFERENCES api_keys (id),
  on_behalf_of UUID
);
CREATE INDEX audit_log_organiser_id_idx ON audit_log (organiser_id, id);
CREATE INDEX audit_log_edition_id_idx ON audit_log (edition_id, id);
CREATE INDEX audit_log_api_key_id_idx ON audit_log (api_key_id);
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id, id);
CREATE INDEX audit_log_on_behalf_of_idx ON audit_log (on_behalf_of, id) WHERE on_behalf_of IS NOT NULL;
CREATE TABLE events (
  seq BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  audit_log_id UUID NOT NULL CONSTRAINT events_audit_log_id_key UNIQUE REFERENCES audit_log (id),
  is_new BOOLEAN NOT NULL
);
CREATE INDEX events_is_new_idx ON events (seq) WHERE is_new;

-- Webhooks.
CREATE TABLE webhooks (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  name TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  is_enabled BOOLEAN NOT NULL,
  switched_off_because TEXT COLLATE "C",
  failing_since TIMESTAMP,
  created_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL,
  schema_version INTEGER NOT NULL CONSTRAINT webhooks_schema_version_check CHECK (schema_version >= 1),
  CONSTRAINT webhooks_switched_off_because_check CHECK (switched_off_because IS NULL OR NOT is_enabled)
);
CREATE INDEX webhooks_organiser_id_idx ON webhooks (organiser_id, id);
CREATE INDEX webhooks_created_by_idx ON webhooks (created_by);
CREATE TABLE webhook_event_types (
  webhook_id UUID NOT NULL REFERENCES webhooks (id),
  event_type TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (webhook_id, event_type)
);
CREATE TABLE webhook_secrets (
  id UUID NOT NULL PRIMARY KEY,
  webhook_id UUID NOT NULL REFERENCES webhooks (id),
  hmac_secret TEXT COLLATE "C" NOT NULL,
  ed25519_seed TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP
);
CREATE INDEX webhook_secrets_webhook_id_idx ON webhook_secrets (webhook_id, id);
-- A message has a body in each schema version, and goes with its organiser. `position` is its place in what happened, in the order in
-- which it became visible; test messages have none.
CREATE TABLE webhook_messages (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id) ON DELETE CASCADE,
  event_seq BIGINT CONSTRAINT webhook_messages_event_seq_key UNIQUE REFERENCES events (seq),
  event_type TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  position BIGINT,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT webhook_messages_organiser_id_position_key UNIQUE (organiser_id, position),
  CONSTRAINT webhook_messages_position_check CHECK ((position IS NULL) = (event_seq IS NULL))
);
CREATE TABLE webhook_bodies (
  webhook_message_id UUID NOT NULL REFERENCES webhook_messages (id) ON DELETE CASCADE,
  schema_version INTEGER NOT NULL CONSTRAINT webhook_bodies_schema_version_check CHECK (schema_version >= 1),
  body TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (webhook_message_id, schema_version)
);
CREATE INDEX webhook_messages_organiser_id_idx ON webhook_messages (organiser_id, created_at, id);
CREATE TABLE webhook_deliveries (
  id UUID NOT NULL PRIMARY KEY,
  webhook_id UUID NOT NULL REFERENCES webhooks (id),
  webhook_message_id UUID NOT NULL REFERENCES webhook_messages (id),
  subject TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('waiting','delivered','failed')),
  attempts INTEGER NOT NULL CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0),
  due_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  CONSTRAINT webhook_deliveries_due_at_check CHECK ((state = 'waiting') = (due_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_webhook_message_id_idx ON webhook_deliveries (webhook_message_id);
CREATE INDEX webhook_deliveries_subject_idx ON webhook_deliveries (webhook_id, subject, position) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_due_at_idx ON webhook_deliveries (webhook_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE TABLE webhook_attempts (
  id UUID NOT NULL PRIMARY KEY,
  webhook_delivery_id UUID NOT NULL REFERENCES webhook_deliveries (id),
  at TIMESTAMP NOT NULL,
  took_ms INTEGER NOT NULL,
  status INTEGER,
  answer TEXT COLLATE "C" NOT NULL,
  fault TEXT COLLATE "C"
);
CREATE INDEX webhook_attempts_webhook_delivery_id_idx ON webhook_attempts (webhook_delivery_id, id);

-- Imports: an uploaded file with its column mapping and the outcome; the command line has no user. `import_tables` has the cells of the
-- file, apart from what changes. `import_writes` has how far an import that is written in chunks, or undone in chunks, has come: the
-- process with the token does it, while it renews its lease with each chunk. `import_changes` has what
-- an applied import made, so that it can be undone as one step: the row, the version of it that the import left (of rows without one a
-- digest), and what it was before; null if the import created it. `import_mappings` stores the last mapping used for the same titles.
CREATE TABLE imports (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT imports_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  file_name TEXT COLLATE "C" NOT NULL,
  sheet_name TEXT COLLATE "C" NOT NULL,
  mapping TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT imports_state_check CHECK (state IN
    ('uploaded','checked','applying','applied','interrupted','undoing','undone')),
  outcome TEXT COLLATE "C",
  created_by UUID REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX imports_edition_id_idx ON imports (edition_id, id);
CREATE INDEX imports_created_by_idx ON imports (created_by);
CREATE INDEX imports_created_at_idx ON imports (created_at);
CREATE TABLE import_tables (
  import_id UUID NOT NULL PRIMARY KEY REFERENCES imports (id) ON DELETE CASCADE,
  cells TEXT COLLATE "C" NOT NULL
);
CREATE TABLE import_writes (
  import_id UUID NOT NULL PRIMARY KEY REFERENCES imports (id) ON DELETE CASCADE,
  token UUID NOT NULL,
  done_rows INTEGER NOT NULL,
  total_rows INTEGER NOT NULL,
  lease_until TIMESTAMP NOT NULL
);
CREATE TABLE import_changes (
  import_id UUID NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT import_changes_kind_check CHECK (kind IN
    ('booth','product','application','contact','exhibitor','sales_report','visit_event')),
  subject UUID NOT NULL,
  part INTEGER NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  before_json TEXT COLLATE "C",
  PRIMARY KEY (import_id, kind, subject, part)
) /*WITHOUT_ROWID*/;
CREATE TABLE import_mappings (
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT import_mappings_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  titles TEXT COLLATE "C" NOT NULL,
  mapping TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (organiser_id, kind, titles)
);

-- Change feed: the revision of the last change of each published resource, kept after the resource is deleted. Written by
-- triggers, so that every statement is covered.
CREATE TABLE changes (
  edition UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT changes_kind_check CHECK (kind IN ('edition','zone','booth','exhibitor')),
  subject UUID NOT NULL,
  revision BIGINT NOT NULL,
  at TIMESTAMP NOT NULL,
  PRIMARY KEY (edition, kind, subject)
);
CREATE INDEX changes_edition_kind_revision_idx ON changes (edition, kind, revision, subject);
CREATE INDEX changes_revision_idx ON changes (revision);

-- Published occupancy: exhibitors and co-exhibitors of booths whose allocation is confirmed.
CREATE VIEW standing AS
  SELECT l.edition_id, l.booth_id, a.exhibitor_id FROM allocations l JOIN applications a ON a.id = l.application_id
  WHERE l.state IN ('confirmed','checked_in')
  UNION ALL
  SELECT l.edition_id, l.booth_id, p.exhibitor_id FROM allocations l JOIN participants p ON p.allocation_id = l.id
  WHERE l.state IN ('confirmed','checked_in') AND p.exhibitor_id IS NOT NULL;

-- Booths of editions that are not drafts: who is in it is public.
CREATE VIEW public_standing AS
  SELECT s.edition_id, s.booth_id, s.exhibitor_id FROM standing s JOIN editions e ON e.id = s.edition_id WHERE e.state <> 'draft';

-- Products that an exhibitor shows at an edition: those of its submitted application, as they are now where they are an organisation's.
-- Without any, the catalogue of the linked organisation.
CREATE VIEW exhibitor_products AS
  SELECT a.edition_id, a.exhibitor_id, d.line, COALESCE(p.name, d.name) AS name,
    COALESCE(p.product_group, d.product_group) AS product_group, CASE WHEN p.id IS NULL THEN d.declared_stars ELSE p.stars END AS stars,
    CASE WHEN p.id IS NULL THEN d.certificate_number ELSE p.certificate_number END AS certificate_number,
    CASE WHEN p.id IS NULL THEN d.certificate_expires_on ELSE p.certificate_expires_on END AS certificate_expires_on
  FROM applications a JOIN application_products d ON d.application_id = a.id LEFT JOIN products p ON p.id = d.product_id
  WHERE a.submitted_at IS NOT NULL
  UNION ALL
  SELECT s.edition_id, s.exhibitor_id, 0, p.name, p.product_group, p.stars, p.certificate_number, p.certificate_expires_on
  FROM (SELECT DISTINCT edition_id, exhibitor_id FROM standing) s
    JOIN exhibitors e ON e.id = s.exhibitor_id JOIN products p ON p.organisation_id = e.organisation_id
  WHERE NOT EXISTS (SELECT 1 FROM applications a JOIN application_products d ON d.application_id = a.id
    WHERE a.edition_id = s.edition_id AND a.exhibitor_id = s.exhibitor_id AND a.submitted_at IS NOT NULL);
