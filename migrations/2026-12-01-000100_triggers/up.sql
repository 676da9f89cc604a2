-- Triggers that keep the change feed (`changes`).
-- A revision is the number of the transaction. A reader that has everything before the oldest running transaction has missed
-- nothing, whatever the order in which transactions commit.
CREATE FUNCTION touch(of_edition UUID, of_kind TEXT, of_subject UUID) RETURNS VOID LANGUAGE sql AS $$
  INSERT INTO changes (edition, kind, subject, revision, at)
  VALUES (of_edition, of_kind, of_subject, pg_current_xact_id()::TEXT::BIGINT, now() AT TIME ZONE 'UTC')
  ON CONFLICT (edition, kind, subject) DO UPDATE SET revision = excluded.revision, at = excluded.at
$$;
-- Rows of kind `edition` have the nil UUID as edition, so that the list of editions is read like any other. A draft is not published.
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

-- An exhibitor is published with the code and the zone of its booth.
CREATE FUNCTION booths_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(COALESCE(NEW.edition_id, OLD.edition_id), 'booth', COALESCE(NEW.id, OLD.id));
  IF TG_OP = 'UPDATE' THEN
    PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER booths_touch AFTER INSERT OR UPDATE OR DELETE ON booths FOR EACH ROW EXECUTE FUNCTION booths_touch();

-- An allocation that is confirmed when it is inserted (an import) also changes the exhibitors of its booth.
CREATE FUNCTION allocations_insert_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(NEW.edition_id, 'booth', NEW.booth_id);
  IF NEW.state IN ('confirmed','checked_in') THEN
    PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.booth_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations
  FOR EACH ROW EXECUTE FUNCTION allocations_insert_touch();
-- The exhibitors of the booth change when the booth was or becomes occupied; a hold or an offer is not published.
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

-- A merge moves applications and participants to another record, a split moves them back.
CREATE FUNCTION applications_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(edition_id, 'booth', booth_id) FROM allocations WHERE application_id = NEW.id AND state IN ('confirmed','checked_in');
  IF FOUND THEN
    PERFORM touch(NEW.edition_id, 'exhibitor', OLD.exhibitor_id);
    PERFORM touch(NEW.edition_id, 'exhibitor', NEW.exhibitor_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER applications_touch AFTER UPDATE OF exhibitor_id ON applications
  FOR EACH ROW EXECUTE FUNCTION applications_touch();
-- A submitted application publishes its products where its exhibitor stands on the booth of another.
CREATE FUNCTION applications_submit_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_exhibitor(NEW.exhibitor_id);
  RETURN NULL;
END $$;
CREATE TRIGGER applications_submit_touch AFTER UPDATE OF submitted_at ON applications
  FOR EACH ROW WHEN (OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION applications_submit_touch();
CREATE FUNCTION participants_move_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(edition_id, 'booth', booth_id) FROM allocations WHERE id = NEW.allocation_id AND state IN ('confirmed','checked_in');
  IF FOUND THEN
    PERFORM touch(NEW.edition_id, 'exhibitor', OLD.exhibitor_id);
    PERFORM touch(NEW.edition_id, 'exhibitor', NEW.exhibitor_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER participants_move_touch AFTER UPDATE OF exhibitor_id ON participants
  FOR EACH ROW EXECUTE FUNCTION participants_move_touch();

CREATE FUNCTION exhibitors_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(edition_id, 'booth', booth_id) FROM standing WHERE exhibitor_id = NEW.id;
  PERFORM touch_exhibitor(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER exhibitors_touch AFTER UPDATE ON exhibitors FOR EACH ROW EXECUTE FUNCTION exhibitors_touch();

CREATE FUNCTION application_products_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_exhibitor(exhibitor_id) FROM applications WHERE id = COALESCE(NEW.application_id, OLD.application_id);
  RETURN NULL;
END $$;
CREATE TRIGGER application_products_touch AFTER INSERT OR UPDATE OR DELETE ON application_products
  FOR EACH ROW EXECUTE FUNCTION application_products_touch();

-- The products of an organisation are published with the exhibitors it is linked with.
CREATE FUNCTION products_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch_exhibitor(id) FROM exhibitors WHERE organisation_id = COALESCE(NEW.organisation_id, OLD.organisation_id);
  RETURN NULL;
END $$;
CREATE TRIGGER products_touch AFTER INSERT OR UPDATE OR DELETE ON products
  FOR EACH ROW EXECUTE FUNCTION products_touch();
