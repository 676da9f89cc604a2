-- A new allocation changes its booth; who stands there it changes only when it is let at once (a table that was taken in).
DROP TRIGGER allocations_insert_touch;
CREATE TRIGGER allocations_insert_touch AFTER INSERT ON allocations BEGIN
  INSERT INTO touched VALUES (NEW.edition_id, 'booth', NEW.booth_id);
END;
CREATE TRIGGER allocations_insert_touch_exhibitors AFTER INSERT ON allocations WHEN NEW.state IN ('confirmed','checked_in') BEGIN
  INSERT INTO touched SELECT edition_id, 'exhibitor', exhibitor_id FROM standing WHERE booth_id = NEW.booth_id;
END;
