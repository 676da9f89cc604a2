DROP TRIGGER editions_touch ON editions;
DROP TRIGGER opening_days_touch ON opening_days;
DROP TRIGGER venues_touch ON venues;
DROP TRIGGER zones_touch ON zones;
DROP TRIGGER booths_touch ON booths;
DROP TRIGGER allocations_insert_touch ON allocations;
DROP TRIGGER allocations_update_touch ON allocations;
DROP TRIGGER participants_touch ON participants;
DROP TRIGGER applications_touch ON applications;
DROP TRIGGER applications_submit_touch ON applications;
DROP TRIGGER participants_move_touch ON participants;
DROP TRIGGER exhibitors_touch ON exhibitors;
DROP TRIGGER application_products_touch ON application_products;
DROP TRIGGER products_touch ON products;
DROP FUNCTION editions_touch, opening_days_touch, venues_touch, zones_touch, booths_touch, allocations_insert_touch,
  allocations_update_touch, participants_touch, applications_touch, applications_submit_touch, participants_move_touch,
  exhibitors_touch, application_products_touch, products_touch, touch_exhibitor, touch_edition, touch;
