-- Tables that organisers sent: what was read of the file, which column is what, and what became of it.
CREATE TABLE imports (
  id BLOB NOT NULL PRIMARY KEY,
  edition_id BLOB NOT NULL REFERENCES editions (id),
  kind TEXT NOT NULL CONSTRAINT imports_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  file_name TEXT NOT NULL,
  sheet_name TEXT NOT NULL,
  cells TEXT NOT NULL,
  mapping TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT imports_state_check CHECK (state IN ('uploaded','checked','applied')),
  outcome TEXT,
  created_by BLOB NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX imports_edition_id_idx ON imports (edition_id, id);
CREATE INDEX imports_created_by_idx ON imports (created_by);
CREATE INDEX imports_created_at_idx ON imports (created_at);
-- Which column was what, by the titles, the last time somebody said so.
CREATE TABLE import_mappings (
  organiser_id BLOB NOT NULL REFERENCES organisers (id),
  kind TEXT NOT NULL CONSTRAINT import_mappings_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  titles TEXT NOT NULL,
  mapping TEXT NOT NULL,
  PRIMARY KEY (organiser_id, kind, titles)
);
