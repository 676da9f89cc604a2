CREATE TABLE exhibitor_contacts (
  id UUID NOT NULL PRIMARY KEY,
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
  name TEXT COLLATE "C" NOT NULL,
  phone TEXT COLLATE "C",
  email TEXT COLLATE "C",
  CONSTRAINT exhibitor_contacts_phone_check CHECK (phone IS NOT NULL OR email IS NOT NULL)
);
CREATE INDEX exhibitor_contacts_exhibitor_id_idx ON exhibitor_contacts (exhibitor_id, id);
CREATE TABLE products (
  id UUID NOT NULL PRIMARY KEY,
  exhibitor_id UUID NOT NULL REFERENCES exhibitors (id),
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
  CONSTRAINT products_exhibitor_id_id_key UNIQUE (exhibitor_id, id)
);
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
CREATE TABLE application_products (
  application_id UUID NOT NULL REFERENCES applications (id),
  product_id UUID NOT NULL REFERENCES products (id),
  PRIMARY KEY (application_id, product_id)
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
