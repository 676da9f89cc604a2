CREATE TABLE users (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL CONSTRAINT users_email_key_key UNIQUE,
  password_hash TEXT COLLATE "C" NOT NULL,
  display_name TEXT COLLATE "C" NOT NULL,
  language TEXT COLLATE "C" NOT NULL CONSTRAINT users_language_check CHECK (language IN ('vi','en')),
  is_admin BOOLEAN NOT NULL,
  email_verified_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE refresh_tokens (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  family_id UUID NOT NULL,
  user_id UUID NOT NULL REFERENCES users (id),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_family_id_idx ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);

CREATE TABLE organisers (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
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
    ('draft','published','registration_open','registration_closed','live','reporting','finalised','cancelled')),
  time_zone TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL CONSTRAINT editions_currency_check CHECK (length(currency) = 3),
  declared_booths INTEGER CONSTRAINT editions_declared_booths_check CHECK (declared_booths >= 0),
  declared_visits BIGINT CONSTRAINT editions_declared_visits_check CHECK (declared_visits >= 0),
  declared_sales BIGINT CONSTRAINT editions_declared_sales_check CHECK (declared_sales >= 0),
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  FOREIGN KEY (organiser_id, series_id) REFERENCES series (organiser_id, id),
  FOREIGN KEY (organiser_id, venue_id) REFERENCES venues (organiser_id, id)
);
CREATE INDEX editions_venue_id_idx ON editions (venue_id);
CREATE INDEX editions_organiser_id_idx ON editions (organiser_id, series_id);
CREATE INDEX editions_series_id_idx ON editions (series_id);
CREATE TABLE opening_days (
  edition_id UUID NOT NULL REFERENCES editions (id),
  day DATE NOT NULL,
  opens_at TIME NOT NULL,
  closes_at TIME NOT NULL,
  PRIMARY KEY (edition_id, day),
  CONSTRAINT opening_days_opens_at_check CHECK (opens_at < closes_at)
);

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
  category TEXT COLLATE "C" NOT NULL CONSTRAINT booth_categories_category_check CHECK (category IN ('standard','corner','special_build','raw_space')),
  area_dm2 INTEGER NOT NULL CONSTRAINT booth_categories_area_dm2_check CHECK (area_dm2 > 0),
  fee BIGINT NOT NULL CONSTRAINT booth_categories_fee_check CHECK (fee >= 0),
  booth_equivalents INTEGER NOT NULL CONSTRAINT booth_categories_booth_equivalents_check CHECK (booth_equivalents > 0),
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
  area_dm2 INTEGER NOT NULL CONSTRAINT booths_area_dm2_check CHECK (area_dm2 > 0),
  fee BIGINT NOT NULL CONSTRAINT booths_fee_check CHECK (fee >= 0),
  booth_equivalents INTEGER NOT NULL CONSTRAINT booths_booth_equivalents_check CHECK (booth_equivalents > 0),
  version INTEGER NOT NULL,
  CONSTRAINT booths_edition_id_code_key UNIQUE (edition_id, code),
  CONSTRAINT booths_edition_id_row_label_place_key UNIQUE (edition_id, row_label, place),
  CONSTRAINT booths_edition_id_id_key UNIQUE (edition_id, id),
  FOREIGN KEY (edition_id, zone_id) REFERENCES zones (edition_id, id)
);
CREATE INDEX booths_zone_id_idx ON booths (zone_id, code);

CREATE TABLE exhibitors (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  name_search TEXT COLLATE "C" NOT NULL,
  legal_form TEXT COLLATE "C" NOT NULL CONSTRAINT exhibitors_legal_form_check CHECK (legal_form IN
    ('enterprise','co_operative','co_operative_group','household_business','association','agency','foreign')),
  tax_code TEXT COLLATE "C" CONSTRAINT exhibitors_tax_code_key UNIQUE,
  country TEXT COLLATE "C" NOT NULL,
  locality_code TEXT COLLATE "C" REFERENCES localities (code),
  locality TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX exhibitors_name_search_idx ON exhibitors (name_search, id);
CREATE INDEX exhibitors_locality_code_idx ON exhibitors (locality_code);
CREATE TABLE exhibitor_members (
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  user_id UUID NOT NULL REFERENCES users (id),
  role TEXT COLLATE "C" NOT NULL CONSTRAINT exhibitor_members_role_check CHECK (role IN ('owner','staff')),
  PRIMARY KEY (exhibitor_id, user_id)
);
CREATE INDEX exhibitor_members_user_id_idx ON exhibitor_members (user_id);

CREATE TABLE applications (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  state TEXT COLLATE "C" NOT NULL CONSTRAINT applications_state_check CHECK (state IN
    ('draft','submitted','approved','waitlisted','rejected','withdrawn')),
  booths_wanted INTEGER NOT NULL CONSTRAINT applications_booths_wanted_check CHECK (booths_wanted BETWEEN 1 AND 100),
  category TEXT COLLATE "C" NOT NULL CONSTRAINT applications_category_check CHECK (category IN ('standard','corner','special_build','raw_space')),
  needs TEXT COLLATE "C",
  reason TEXT COLLATE "C",
  waitlisted_at TIMESTAMP,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT applications_waitlisted_at_check CHECK ((state = 'waitlisted') = (waitlisted_at IS NOT NULL)),
  CONSTRAINT applications_edition_id_exhibitor_id_key UNIQUE (edition_id, exhibitor_id),
  CONSTRAINT applications_edition_id_id_key UNIQUE (edition_id, id)
);
CREATE INDEX applications_edition_id_state_idx ON applications (edition_id, state, id);
CREATE INDEX applications_edition_id_waitlisted_at_idx ON applications (edition_id, waitlisted_at, id);
CREATE INDEX applications_exhibitor_id_idx ON applications (exhibitor_id, id);

CREATE TABLE allocations (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  booth_id UUID NOT NULL,
  application_id UUID NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT allocations_state_check CHECK (state IN
    ('held','offered','confirmed','checked_in','released','no_show','expired')),
  expires_at TIMESTAMP,
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

CREATE TABLE sales_reports (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  booth_id UUID NOT NULL,
  day DATE NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT sales_reports_state_check CHECK (state IN ('submitted','accepted','queried','corrected')),
  amount BIGINT NOT NULL CONSTRAINT sales_reports_amount_check CHECK (amount >= 0),
  ocop_amount BIGINT NOT NULL CONSTRAINT sales_reports_ocop_amount_check CHECK (ocop_amount BETWEEN 0 AND amount),
  note TEXT COLLATE "C",
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT sales_reports_booth_id_day_key UNIQUE (booth_id, day),
  FOREIGN KEY (edition_id, booth_id) REFERENCES booths (edition_id, id),
  FOREIGN KEY (edition_id, day) REFERENCES opening_days (edition_id, day)
);
CREATE INDEX sales_reports_edition_id_idx ON sales_reports (edition_id, id);
CREATE INDEX sales_reports_edition_id_day_idx ON sales_reports (edition_id, day, id);
CREATE INDEX sales_reports_edition_id_state_idx ON sales_reports (edition_id, state, id);
CREATE TABLE sales_report_versions (
  sales_report_id UUID NOT NULL REFERENCES sales_reports (id),
  version INTEGER NOT NULL,
  amount BIGINT NOT NULL,
  ocop_amount BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  recorded_by UUID REFERENCES users (id),
  recorded_at TIMESTAMP NOT NULL,
  PRIMARY KEY (sales_report_id, version)
);
CREATE INDEX sales_report_versions_recorded_by_idx ON sales_report_versions (recorded_by);

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
  occurred_at TIMESTAMP NOT NULL,
  local_day DATE NOT NULL,
  local_hour INTEGER NOT NULL CONSTRAINT visit_events_local_hour_check CHECK (local_hour BETWEEN 0 AND 23),
  entries BIGINT NOT NULL,
  exits BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  recorded_by UUID REFERENCES users (id),
  recorded_at TIMESTAMP NOT NULL,
  CONSTRAINT visit_events_reason_check CHECK ((entries >= 0 AND exits >= 0) OR reason IS NOT NULL),
  FOREIGN KEY (edition_id, gate_id) REFERENCES gates (edition_id, id),
  FOREIGN KEY (edition_id, local_day) REFERENCES opening_days (edition_id, day)
);
CREATE INDEX visit_events_edition_id_idx ON visit_events (edition_id, local_day, local_hour);
CREATE INDEX visit_events_gate_id_idx ON visit_events (gate_id);
CREATE INDEX visit_events_recorded_by_idx ON visit_events (recorded_by);

CREATE TABLE final_figures (
  edition_id UUID NOT NULL REFERENCES editions (id),
  part TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  finalised_at TIMESTAMP NOT NULL,
  PRIMARY KEY (edition_id, part)
);
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
  at TIMESTAMP NOT NULL
);
CREATE INDEX audit_log_organiser_id_idx ON audit_log (organiser_id, id);
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id);
CREATE INDEX audit_log_edition_id_idx ON audit_log (edition_id, id);
