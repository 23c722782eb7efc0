-- 0009-counts: a new row is counted with its batch by the program; rows that change or go are counted by the triggers of 0004.
DROP TRIGGER version_counts_in;
