-- What changed of that which other sites mirror, and when: one row a thing, kept after the thing is gone. Written by
-- triggers, so that no statement can forget it. A revision is the number of the transaction: whoever knows everything
-- before the oldest one still running has missed nothing, whatever the order in which transactions are committed.
CREATE TABLE changes (
  edition UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT changes_kind_check CHECK (kind IN ('edition','zone','booth','exhibitor')),
  subject UUID NOT NULL,
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

CREATE FUNCTION touch(of_edition UUID, of_kind TEXT, of_subject UUID) RETURNS VOID LANGUAGE sql AS $$
  INSERT INTO changes (edition, kind, subject, revision)
  VALUES (of_edition, of_kind, of_subject, pg_current_xact_id()::TEXT::BIGINT)
  ON CONFLICT (edition, kind, subject) DO UPDATE SET revision = excluded.revision
$$;
-- Editions stand under no edition (zero), so that the list of all of them is read like any other. Of a draft nobody knows.
CREATE FUNCTION touch_edition(of_edition UUID) RETURNS VOID LANGUAGE sql AS $$
  SELECT touch('00000000-0000-0000-0000-000000000000', 'edition', id) FROM editions WHERE id = of_edition AND state <> 'draft'
$$;
CREATE FUNCTION touch_exhibitor(of_exhibitor UUID) RETURNS VOID LANGUAGE sql AS $$
  SELECT touch(edition_id, 'exhibitor', exhibitor_id)
  FROM (SELECT DISTINCT edition_id, exhibitor_id FROM standing WHERE exhibitor_id = of_exhibitor) s
$$;

CREATE FUNCTION editions_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  IF (TG_OP <> 'DELETE' AND NEW.state <> 'draft') OR (TG_OP <> 'INSERT' AND OLD.state <> 'draft') THEN
    PERFORM touch('00000000-0000-0000-0000-000000000000', 'edition', COALESCE(NEW.id, OLD.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER editions_touch AFTER INSERT OR UPDATE OR DELETE ON editions FOR EACH ROW EXECUTE FUNCTION editions_touch();

CREATE FUNCTION opening_days_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_edition(COALESCE(NEW.edition_id, OLD.edition_id));
  RETURN NULL;
END $$;
CREATE TRIGGER opening_days_touch AFTER INSERT OR UPDATE OR DELETE ON opening_days
  FOR EACH ROW EXECUTE FUNCTION opening_days_touch();

CREATE FUNCTION venues_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_edition(id) FROM editions WHERE venue_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER venues_touch AFTER UPDATE ON venues FOR EACH ROW EXECUTE FUNCTION venues_touch();

CREATE FUNCTION zones_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(COALESCE(NEW.edition_id, OLD.edition_id), 'zone', COALESCE(NEW.id, OLD.id));
  RETURN NULL;
END $$;
CREATE TRIGGER zones_touch AFTER INSERT OR UPDATE OR DELETE ON zones FOR EACH ROW EXECUTE FUNCTION zones_touch();

-- The code and the zone of a booth show with who stands on it.
CREATE FUNCTION booths_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(COALESCE(NEW.edition_id, OLD.edition_id), 'booth', COALESCE(NEW.id, OLD.id));
  IF TG_OP = 'UPDATE' THEN
    PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER booths_touch AFTER INSERT OR UPDATE OR DELETE ON booths FOR EACH ROW EXECUTE FUNCTION booths_touch();

CREATE FUNCTION allocations_insert_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(NEW.edition_id, 'booth', NEW.booth_id);
  PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.booth_id;
  RETURN NULL;
END $$;
CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations
  FOR EACH ROW EXECUTE FUNCTION allocations_insert_touch();
-- Who stands there before and after; who was only offered it is nobody's business.
CREATE FUNCTION allocations_update_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(OLD.edition_id, 'booth', OLD.booth_id);
  PERFORM touch(NEW.edition_id, 'booth', NEW.booth_id);
  IF OLD.state IN ('confirmed','checked_in') OR NEW.state IN ('confirmed','checked_in') THEN
    PERFORM touch(NEW.edition_id, 'exhibitor', exhibitor_id) FROM applications WHERE id = NEW.application_id;
    PERFORM touch(NEW.edition_id, 'exhibitor', exhibitor_id) FROM participants
      WHERE allocation_id = NEW.id AND exhibitor_id IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER allocations_update_touch AFTER UPDATE ON allocations
  FOR EACH ROW EXECUTE FUNCTION allocations_update_touch();

CREATE FUNCTION participants_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(edition_id, 'booth', booth_id) FROM allocations
    WHERE id = COALESCE(NEW.allocation_id, OLD.allocation_id) AND state IN ('confirmed','checked_in');
  PERFORM touch(edition_id, 'exhibitor', COALESCE(NEW.exhibitor_id, OLD.exhibitor_id)) FROM allocations
    WHERE id = COALESCE(NEW.allocation_id, OLD.allocation_id) AND state IN ('confirmed','checked_in')
      AND COALESCE(NEW.exhibitor_id, OLD.exhibitor_id) IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER participants_touch AFTER INSERT OR DELETE ON participants
  FOR EACH ROW EXECUTE FUNCTION participants_touch();

CREATE FUNCTION exhibitors_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(edition_id, 'booth', booth_id) FROM standing WHERE exhibitor_id = NEW.id;
  PERFORM touch_exhibitor(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER exhibitors_touch AFTER UPDATE ON exhibitors FOR EACH ROW EXECUTE FUNCTION exhibitors_touch();

CREATE FUNCTION products_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_exhibitor(COALESCE(NEW.exhibitor_id, OLD.exhibitor_id));
  RETURN NULL;
END $$;
CREATE TRIGGER products_touch AFTER INSERT OR UPDATE OR DELETE ON products
  FOR EACH ROW EXECUTE FUNCTION products_touch();

-- What was there before.
INSERT INTO changes SELECT '00000000-0000-0000-0000-000000000000', 'edition', id, 1 FROM editions WHERE state <> 'draft';
INSERT INTO changes SELECT edition_id, 'zone', id, 1 FROM zones;
INSERT INTO changes SELECT edition_id, 'booth', id, 1 FROM booths;
INSERT INTO changes SELECT DISTINCT edition_id, 'exhibitor', exhibitor_id, 1 FROM standing;
