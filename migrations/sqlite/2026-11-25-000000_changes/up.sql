-- What changed of that which other sites mirror, and when: one row a thing, kept after the thing is gone. Written by
-- triggers, so that no statement can forget it. A revision is higher than all before it.
CREATE TABLE changes (
  edition BLOB NOT NULL,
  kind TEXT NOT NULL CONSTRAINT changes_kind_check CHECK (kind IN ('edition','zone','booth','exhibitor')),
  subject BLOB NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (edition, kind, subject)
);
CREATE INDEX changes_edition_kind_revision_idx ON changes (edition, kind, revision, subject);
CREATE INDEX changes_revision_idx ON changes (revision);

-- Who stands where, as everybody may know: exhibitors and co-exhibitors of booths that are let.
CREATE VIEW standing AS
  SELECT l.edition_id, l.booth_id, a.exhibitor_id FROM allocations l JOIN applications a ON a.id = l.application_id
  WHERE l.state IN ('confirmed','checked_in')
  UNION ALL
  SELECT l.edition_id, l.booth_id, p.exhibitor_id FROM allocations l JOIN participants p ON p.allocation_id = l.id
  WHERE l.state IN ('confirmed','checked_in') AND p.exhibitor_id IS NOT NULL;

CREATE VIEW touched AS SELECT edition, kind, subject FROM changes;
CREATE TRIGGER touch INSTEAD OF INSERT ON touched BEGIN
  INSERT INTO changes (edition, kind, subject, revision)
  VALUES (NEW.edition, NEW.kind, NEW.subject, (SELECT COALESCE(MAX(revision), 0) + 1 FROM changes))
  ON CONFLICT (edition, kind, subject) DO UPDATE SET revision = excluded.revision;
END;

-- Editions stand under no edition (zero), so that the list of all of them is read like any other. Of a draft nobody knows.
CREATE TRIGGER editions_insert_touch AFTER INSERT ON editions WHEN NEW.state <> 'draft' BEGIN
  INSERT INTO touched VALUES (zeroblob(16), 'edition', NEW.id);
END;
CREATE TRIGGER editions_update_touch AFTER UPDATE ON editions WHEN NEW.state <> 'draft' OR OLD.state <> 'draft' BEGIN
  INSERT INTO touched VALUES (zeroblob(16), 'edition', NEW.id);
END;
CREATE TRIGGER editions_delete_touch AFTER DELETE ON editions WHEN OLD.state <> 'draft' BEGIN
  INSERT INTO touched VALUES (zeroblob(16), 'edition', OLD.id);
END;
CREATE TRIGGER opening_days_insert_touch AFTER INSERT ON opening_days BEGIN
  INSERT INTO touched SELECT zeroblob(16), 'edition', id FROM editions WHERE id = NEW.edition_id AND state <> 'draft';
END;
CREATE TRIGGER opening_days_update_touch AFTER UPDATE ON opening_days BEGIN
  INSERT INTO touched SELECT zeroblob(16), 'edition', id FROM editions WHERE id = NEW.edition_id AND state <> 'draft';
END;
CREATE TRIGGER opening_days_delete_touch AFTER DELETE ON opening_days BEGIN
  INSERT INTO touched SELECT zeroblob(16), 'edition', id FROM editions WHERE id = OLD.edition_id AND state <> 'draft';
END;
CREATE TRIGGER venues_update_touch AFTER UPDATE ON venues BEGIN
  INSERT INTO touched SELECT zeroblob(16), 'edition', id FROM editions WHERE venue_id = NEW.id AND state <> 'draft';
END;

CREATE TRIGGER zones_insert_touch AFTER INSERT ON zones BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'zone', NEW.id);
END;
CREATE TRIGGER zones_update_touch AFTER UPDATE ON zones BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'zone', NEW.id);
END;
CREATE TRIGGER zones_delete_touch AFTER DELETE ON zones BEGIN
  INSERT INTO touched VALUES (OLD.edition_id, 'zone', OLD.id);
END;
CREATE TRIGGER booths_insert_touch AFTER INSERT ON booths BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.id);
END;
-- The code and the zone of a booth show with who stands on it.
CREATE TRIGGER booths_update_touch AFTER UPDATE ON booths BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.id);
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.id;
END;
CREATE TRIGGER booths_delete_touch AFTER DELETE ON booths BEGIN
  INSERT INTO touched VALUES (OLD.edition_id, 'booth', OLD.id);
END;

CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.booth_id);
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.booth_id;
END;
-- Who stands there before and after; who was only offered it is nobody's business.
CREATE TRIGGER allocations_update_touch AFTER UPDATE ON allocations BEGIN
  INSERT INTO touched VALUES (OLD.edition_id, 'booth', OLD.booth_id);
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.booth_id);
  INSERT INTO touched SELECT NEW.edition_id, 'exhibitor', exhibitor_id FROM applications
    WHERE id = NEW.application_id AND (OLD.state IN ('confirmed','checked_in') OR NEW.state IN ('confirmed','checked_in'));
  INSERT INTO touched SELECT NEW.edition_id, 'exhibitor', exhibitor_id FROM participants
    WHERE allocation_id = NEW.id AND exhibitor_id IS NOT NULL
      AND (OLD.state IN ('confirmed','checked_in') OR NEW.state IN ('confirmed','checked_in'));
END;
CREATE TRIGGER participants_insert_touch AFTER INSERT ON participants BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM allocations
    WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT edition_id, 'exhibitor', NEW.exhibitor_id FROM allocations
    WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in') AND NEW.exhibitor_id IS NOT NULL;
END;
CREATE TRIGGER participants_delete_touch AFTER DELETE ON participants BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM allocations
    WHERE id = OLD.allocation_id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT edition_id, 'exhibitor', OLD.exhibitor_id FROM allocations
    WHERE id = OLD.allocation_id AND state IN ('confirmed','checked_in') AND OLD.exhibitor_id IS NOT NULL;
END;

CREATE TRIGGER exhibitors_update_touch AFTER UPDATE ON exhibitors BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM standing WHERE exhibitor_id = NEW.id;
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = NEW.id;
END;
CREATE TRIGGER products_insert_touch AFTER INSERT ON products BEGIN
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = NEW.exhibitor_id;
END;
CREATE TRIGGER products_update_touch AFTER UPDATE ON products BEGIN
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = NEW.exhibitor_id;
END;
CREATE TRIGGER products_delete_touch AFTER DELETE ON products BEGIN
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = OLD.exhibitor_id;
END;

-- What was there before.
INSERT INTO changes SELECT zeroblob(16), 'edition', id, 1 FROM editions WHERE state <> 'draft';
INSERT INTO changes SELECT edition_id, 'zone', id, 1 FROM zones;
INSERT INTO changes SELECT edition_id, 'booth', id, 1 FROM booths;
INSERT INTO changes SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id, 1 FROM standing;
