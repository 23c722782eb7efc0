-- 0009-counts: what a new row adds to is counted by the program with it; a trigger on INSERT makes SQLite keep a copy of every page that the
-- statement changes. Rows that change or go are counted by the triggers of 0004.
DROP TRIGGER version_counts_in;
DROP TRIGGER version_one_more;

-- The newest key of a public half is found without sorting.
DROP INDEX key_spki;
CREATE INDEX key_spki ON key(spki_sha256, created_at) WHERE blob IS NOT NULL;
