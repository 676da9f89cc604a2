-- Triggers that keep the change feed (`changes`). SQLite has no functions, so the triggers insert into the view `touched`, whose
-- own trigger writes the row. A revision is one more than the highest before it: write transactions run one after another.
CREATE VIEW touched AS SELECT edition, kind, subject FROM changes;
CREATE TRIGGER touch INSTEAD OF INSERT ON touched BEGIN
  INSERT INTO changes (edition, kind, subject, revision, at)
  VALUES (NEW.edition, NEW.kind, NEW.subject, (SELECT COALESCE(MAX(revision), 0) + 1 FROM changes),
    strftime('%Y-%m-%d %H:%M:%f', 'now'))
  ON CONFLICT (edition, kind, subject) DO UPDATE SET revision = excluded.revision, at = excluded.at;
END;

-- Rows of kind `edition` have the nil UUID as edition, so that the list of editions is read like any other. A draft is not published.
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
-- An exhibitor is published with the code and the zone of its booth.
CREATE TRIGGER booths_update_touch AFTER UPDATE ON booths BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.id);
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.id;
END;
CREATE TRIGGER booths_delete_touch AFTER DELETE ON booths BEGIN
  INSERT INTO touched VALUES (OLD.edition_id, 'booth', OLD.id);
END;

CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.booth_id);
END;
-- An allocation that is confirmed when it is inserted (an import) also changes the exhibitors of its booth.
CREATE TRIGGER allocations_insert_touch_exhibitors AFTER INSERT ON allocations WHEN NEW.state IN ('confirmed','checked_in') BEGIN
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.booth_id;
END;
-- The exhibitors of the booth change when the booth was or becomes occupied; a hold or an offer is not published.
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

-- A merge moves applications and participants to another record, a split moves them back.
CREATE TRIGGER applications_update_touch AFTER UPDATE OF exhibitor_id ON applications BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM allocations
    WHERE application_id = NEW.id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', OLD.exhibitor_id FROM allocations
    WHERE application_id = NEW.id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', NEW.exhibitor_id FROM allocations
    WHERE application_id = NEW.id AND state IN ('confirmed','checked_in');
END;
-- A submitted application publishes its products where its exhibitor stands on the booth of another.
CREATE TRIGGER applications_submit_touch AFTER UPDATE OF submitted_at ON applications
  WHEN OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL BEGIN
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = NEW.exhibitor_id;
END;
CREATE TRIGGER participants_update_touch AFTER UPDATE OF exhibitor_id ON participants BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM allocations
    WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT edition_id, 'exhibitor', OLD.exhibitor_id FROM allocations
    WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in');
  INSERT INTO touched SELECT edition_id, 'exhibitor', NEW.exhibitor_id FROM allocations
    WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in');
END;

CREATE TRIGGER exhibitors_update_touch AFTER UPDATE ON exhibitors BEGIN
  INSERT INTO touched SELECT edition_id, 'booth', booth_id FROM standing WHERE exhibitor_id = NEW.id;
  INSERT INTO touched SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE exhibitor_id = NEW.id;
END;
CREATE TRIGGER application_products_insert_touch AFTER INSERT ON application_products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN applications a ON a.exhibitor_id = s.exhibitor_id WHERE a.id = NEW.application_id;
END;
CREATE TRIGGER application_products_update_touch AFTER UPDATE ON application_products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN applications a ON a.exhibitor_id = s.exhibitor_id WHERE a.id = NEW.application_id;
END;
CREATE TRIGGER application_products_delete_touch AFTER DELETE ON application_products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN applications a ON a.exhibitor_id = s.exhibitor_id WHERE a.id = OLD.application_id;
END;
-- The products of an organisation are published with the exhibitors it is linked with.
CREATE TRIGGER products_insert_touch AFTER INSERT ON products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN exhibitors e ON e.id = s.exhibitor_id WHERE e.organisation_id = NEW.organisation_id;
END;
CREATE TRIGGER products_update_touch AFTER UPDATE ON products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN exhibitors e ON e.id = s.exhibitor_id WHERE e.organisation_id = NEW.organisation_id;
END;
CREATE TRIGGER products_delete_touch AFTER DELETE ON products BEGIN
  INSERT INTO touched SELECT DISTINCT s.edition_id, 'exhibitor', s.exhibitor_id FROM standing s
    JOIN exhibitors e ON e.id = s.exhibitor_id WHERE e.organisation_id = OLD.organisation_id;
END;
