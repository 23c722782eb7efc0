-- 0011-tag-counts: tags are counted for each store and without what is archived, as every other facet is.
DROP TRIGGER tag_counts_in;
DROP TRIGGER tag_counts_out;
DELETE FROM tally WHERE facet = 'tag';

CREATE TRIGGER tag_counts_in AFTER INSERT ON tag
BEGIN
    INSERT INTO tally (facet, value, day, n)
        SELECT store || '/tag', NEW.tag, 0, 1 FROM version WHERE certificate = NEW.certificate AND is_current = 1 AND (flags & 512) = 0
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + 1;
END;
CREATE TRIGGER tag_counts_out AFTER DELETE ON tag
BEGIN
    INSERT INTO tally (facet, value, day, n)
        SELECT store || '/tag', OLD.tag, 0, -1 FROM version WHERE certificate = OLD.certificate AND is_current = 1 AND (flags & 512) = 0
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;
-- The program counts the tags of a version that it adds, as in 0009.
CREATE TRIGGER version_tags_out AFTER DELETE ON version WHEN OLD.is_current = 1 AND (OLD.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) SELECT OLD.store || '/tag', tag, 0, -1 FROM tag WHERE certificate = OLD.certificate
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;
CREATE TRIGGER version_tags_before AFTER UPDATE OF is_current, flags, store ON version WHEN OLD.is_current = 1 AND (OLD.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) SELECT OLD.store || '/tag', tag, 0, -1 FROM tag WHERE certificate = OLD.certificate
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;
CREATE TRIGGER version_tags_after AFTER UPDATE OF is_current, flags, store ON version WHEN NEW.is_current = 1 AND (NEW.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) SELECT NEW.store || '/tag', tag, 0, 1 FROM tag WHERE certificate = NEW.certificate
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + 1;
END;

INSERT INTO tally (facet, value, day, n)
SELECT v.store || '/tag', t.tag, 0, count(*) FROM tag t JOIN version v ON v.certificate = t.certificate
 WHERE v.is_current = 1 AND (v.flags & 512) = 0 GROUP BY 1, 2;
