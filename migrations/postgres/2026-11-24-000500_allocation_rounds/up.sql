-- What a round must know of booths and applications.
ALTER TABLE booths ADD COLUMN availability TEXT COLLATE "C" NOT NULL DEFAULT 'open' CONSTRAINT booths_availability_check CHECK (availability IN ('open','reserved','locked'));
ALTER TABLE booths ADD COLUMN has_power BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE booths ADD COLUMN has_water BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE booths ADD COLUMN x_dm INTEGER CONSTRAINT booths_x_dm_check CHECK (x_dm BETWEEN 0 AND 100000);
ALTER TABLE booths ADD COLUMN y_dm INTEGER CONSTRAINT booths_y_dm_check CHECK (y_dm BETWEEN 0 AND 100000);
ALTER TABLE booths ADD COLUMN width_dm INTEGER CONSTRAINT booths_width_dm_check CHECK (width_dm BETWEEN 1 AND 10000);
ALTER TABLE booths ADD COLUMN depth_dm INTEGER CONSTRAINT booths_depth_dm_check CHECK (depth_dm BETWEEN 1 AND 10000);
ALTER TABLE applications ADD COLUMN needs_power BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE applications ADD COLUMN needs_water BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE applications ADD COLUMN needs_corner BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE allocation_runs (
  id UUID NOT NULL PRIMARY KEY,
  edition_id UUID NOT NULL REFERENCES editions (id),
  based_on_id UUID REFERENCES allocation_runs (id),
  policy TEXT COLLATE "C" NOT NULL CONSTRAINT allocation_runs_policy_check CHECK (policy IN ('space_draw','optimum')),
  request TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT allocation_runs_state_check CHECK (state IN ('running','proposed','failed','cancelled','applied')),
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

-- The run whose policy offers booths that come free to the waiting list; absent: nobody does it automatically.
ALTER TABLE editions ADD COLUMN waiting_list_run_id UUID REFERENCES allocation_runs (id);
CREATE INDEX editions_waiting_list_run_id_idx ON editions (waiting_list_run_id);
