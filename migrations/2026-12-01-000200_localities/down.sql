DELETE FROM localities WHERE parent_code = 'vn.22';
DELETE FROM localities WHERE code = 'vn.22';
