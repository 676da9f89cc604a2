-- A new allocation changes its booth; who stands there it changes only when it is let at once (a table that was taken in).
CREATE OR REPLACE FUNCTION allocations_insert_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(NEW.edition_id, 'booth', NEW.booth_id);
  IF NEW.state IN ('confirmed','checked_in') THEN
    PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.booth_id;
  END IF;
  RETURN NULL;
END $$;
