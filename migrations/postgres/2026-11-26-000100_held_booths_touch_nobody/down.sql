CREATE OR REPLACE FUNCTION allocations_insert_touch() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
  PERFORM touch(NEW.edition_id, 'booth', NEW.booth_id);
  PERFORM touch(edition_id, 'exhibitor', exhibitor_id) FROM standing WHERE booth_id = NEW.booth_id;
  RETURN NULL;
END $$;
