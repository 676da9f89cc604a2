CREATE TABLE participants (
  id BLOB NOT NULL PRIMARY KEY,
  edition_id BLOB NOT NULL REFERENCES editions (id),
  allocation_id BLOB NOT NULL,
  role TEXT NOT NULL CONSTRAINT participants_role_check CHECK (role IN ('co_exhibitor','represented')),
  exhibitor_id BLOB REFERENCES exhibitors (id),
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  CONSTRAINT participants_exhibitor_id_check CHECK ((role = 'co_exhibitor') = (exhibitor_id IS NOT NULL)),
  CONSTRAINT participants_allocation_id_name_key UNIQUE (allocation_id, name),
  CONSTRAINT participants_allocation_id_exhibitor_id_key UNIQUE (allocation_id, exhibitor_id),
  FOREIGN KEY (edition_id, allocation_id) REFERENCES allocations (edition_id, id)
);
CREATE INDEX participants_edition_id_idx ON participants (edition_id);
CREATE INDEX participants_exhibitor_id_idx ON participants (exhibitor_id);
CREATE TABLE sales_report_lines (
  sales_report_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  line INTEGER NOT NULL CONSTRAINT sales_report_lines_line_check CHECK (line > 0),
  product_name TEXT,
  product_group TEXT CONSTRAINT sales_report_lines_product_group_check CHECK (product_group IN
    ('food','beverages','medicinal_plants','handicrafts','ornamental','tourism')),
  quantity_milli BIGINT CONSTRAINT sales_report_lines_quantity_milli_check CHECK (quantity_milli > 0),
  unit TEXT,
  amount BIGINT NOT NULL CONSTRAINT sales_report_lines_amount_check CHECK (amount >= 0),
  is_ocop BOOLEAN NOT NULL,
  channel TEXT NOT NULL CONSTRAINT sales_report_lines_channel_check CHECK (channel IN ('booth','online','order')),
  exhibitor_id BLOB REFERENCES exhibitors (id),
  PRIMARY KEY (sales_report_id, version, line),
  FOREIGN KEY (sales_report_id, version) REFERENCES sales_report_versions (sales_report_id, version)
);
CREATE INDEX sales_report_lines_exhibitor_id_idx ON sales_report_lines (exhibitor_id);
CREATE TABLE trade_deals (
  id BLOB NOT NULL PRIMARY KEY,
  edition_id BLOB NOT NULL REFERENCES editions (id),
  exhibitor_id BLOB NOT NULL REFERENCES exhibitors (id),
  kind TEXT NOT NULL CONSTRAINT trade_deals_kind_check CHECK (kind IN ('contract','mou')),
  counterpart TEXT NOT NULL,
  amount BIGINT NOT NULL CONSTRAINT trade_deals_amount_check CHECK (amount >= 0),
  signed_on DATE NOT NULL,
  note TEXT,
  recorded_by BLOB NOT NULL REFERENCES users (id),
  version INTEGER NOT NULL,
  FOREIGN KEY (edition_id, signed_on) REFERENCES opening_days (edition_id, day)
);
CREATE INDEX trade_deals_edition_id_idx ON trade_deals (edition_id, id);
CREATE INDEX trade_deals_exhibitor_id_idx ON trade_deals (exhibitor_id);
CREATE INDEX trade_deals_recorded_by_idx ON trade_deals (recorded_by);
CREATE TABLE sales_reminders (
  edition_id BLOB NOT NULL REFERENCES editions (id),
  exhibitor_id BLOB NOT NULL REFERENCES exhibitors (id),
  sent_on DATE NOT NULL,
  PRIMARY KEY (edition_id, exhibitor_id, sent_on)
);
CREATE INDEX sales_reminders_exhibitor_id_idx ON sales_reminders (exhibitor_id);
