-- 0008-versions: how many versions a lineage has stands beside it, so that a page of the list does not count them row by row.

ALTER TABLE certificate ADD COLUMN versions INTEGER NOT NULL DEFAULT 1;
UPDATE certificate SET versions = (SELECT count(*) FROM version WHERE certificate = certificate.n)
 WHERE n IN (SELECT certificate FROM version WHERE number > 1);
-- The first one comes with its lineage; single versions are not removed, only a lineage with all of them.
CREATE TRIGGER version_one_more AFTER INSERT ON version WHEN NEW.number > 1
BEGIN
    UPDATE certificate SET versions = versions + 1 WHERE n = NEW.certificate;
END;
