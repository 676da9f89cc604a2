DROP TRIGGER allocations_insert_touch_exhibitors;
DROP TRIGGER allocations_insert_touch;
CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.booth_id);
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.booth_id;
END;
