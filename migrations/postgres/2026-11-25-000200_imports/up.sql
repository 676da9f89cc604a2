-- Tables that organisers sent: what was read of the file, which column is what, and what became of it.
CREATE TABLE imports (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT imports_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  file_name TEXT COLLATE "C" NOT NULL,
  sheet_name TEXT COLLATE "C" NOT NULL,
  cells TEXT COLLATE "C" NOT NULL,
  mapping TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT imports_state_check CHECK (state IN ('uploaded','checked','applied')),
  outcome TEXT COLLATE "C",
  created_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX imports_edition_id_idx ON imports (edition_id, id);
CREATE INDEX imports_created_by_idx ON imports (created_by);
CREATE INDEX imports_created_at_idx ON imports (created_at);
-- Which column was what, by the titles, the last time somebody said so.
CREATE TABLE import_mappings (
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT import_mappings_kind_check CHECK (kind IN ('booths','exhibitors','products','sales','visits')),
  titles TEXT COLLATE "C" NOT NULL,
  mapping TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (organiser_id, kind, titles)
);
