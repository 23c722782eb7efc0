-- setting_get: one value, if it is not the default
SELECT value FROM setting WHERE name = :name;

-- setting_all: every value that is not the default
SELECT name, value FROM setting;

-- setting_put: sets one
INSERT INTO setting (name, value, changed_at, changed_by) VALUES (:name, :value, :now, :by)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- setting_remove: back to the default
DELETE FROM setting WHERE name = :name;
