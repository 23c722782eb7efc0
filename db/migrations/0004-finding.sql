-- 0004-finding: named filters, owners, superseded versions in the list, and counts for each facet of each store.

CREATE TABLE collection (         -- a named question
    id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, store TEXT NOT NULL, q TEXT NOT NULL, filter TEXT NOT NULL, sort TEXT NOT NULL,
    made_by BLOB, created_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_owner ON certificate(owner) WHERE owner <> '';

-- The sort orders hold superseded versions too, apart from the current ones: a walk is along one of both.
DROP INDEX version_newest;
DROP INDEX version_expiry;
DROP INDEX version_name;
CREATE INDEX version_newest ON version(is_current, n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags);
CREATE INDEX version_expiry ON version(is_current, not_after, n, certificate, not_before, state, issuer, key_type, store, source, flags);
CREATE INDEX version_name   ON version(is_current, common_name, n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags);

-- Counts follow the rows, whoever writes them. Counted is what is current and not archived (512); 256: its key is here.
CREATE TRIGGER version_counts_in AFTER INSERT ON version WHEN NEW.is_current = 1 AND (NEW.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES
        (NEW.store || '/expiry', CASE NEW.state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, NEW.not_after / 86400, 1),
        (NEW.store || '/issuer', lower(hex(NEW.issuer)), 0, 1), (NEW.store || '/key', NEW.key_type, 0, 1),
        (NEW.store || '/source', NEW.source, 0, 1), (NEW.store || '/has', CASE WHEN NEW.flags & 256 THEN 'key' ELSE '' END, 0, 1)
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + 1;
END;
CREATE TRIGGER version_counts_out AFTER DELETE ON version WHEN OLD.is_current = 1 AND (OLD.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES
        (OLD.store || '/expiry', CASE OLD.state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, OLD.not_after / 86400, -1),
        (OLD.store || '/issuer', lower(hex(OLD.issuer)), 0, -1), (OLD.store || '/key', OLD.key_type, 0, -1),
        (OLD.store || '/source', OLD.source, 0, -1), (OLD.store || '/has', CASE WHEN OLD.flags & 256 THEN 'key' ELSE '' END, 0, -1)
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;
CREATE TRIGGER version_counts_before AFTER UPDATE OF is_current, flags, state, store, key_type, source, issuer, not_after ON version
WHEN OLD.is_current = 1 AND (OLD.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES
        (OLD.store || '/expiry', CASE OLD.state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, OLD.not_after / 86400, -1),
        (OLD.store || '/issuer', lower(hex(OLD.issuer)), 0, -1), (OLD.store || '/key', OLD.key_type, 0, -1),
        (OLD.store || '/source', OLD.source, 0, -1), (OLD.store || '/has', CASE WHEN OLD.flags & 256 THEN 'key' ELSE '' END, 0, -1)
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;
CREATE TRIGGER version_counts_after AFTER UPDATE OF is_current, flags, state, store, key_type, source, issuer, not_after ON version
WHEN NEW.is_current = 1 AND (NEW.flags & 512) = 0
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES
        (NEW.store || '/expiry', CASE NEW.state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, NEW.not_after / 86400, 1),
        (NEW.store || '/issuer', lower(hex(NEW.issuer)), 0, 1), (NEW.store || '/key', NEW.key_type, 0, 1),
        (NEW.store || '/source', NEW.source, 0, 1), (NEW.store || '/has', CASE WHEN NEW.flags & 256 THEN 'key' ELSE '' END, 0, 1)
    ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + 1;
END;
CREATE TRIGGER tag_counts_in AFTER INSERT ON tag
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES ('tag', NEW.tag, 0, 1) ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + 1;
END;
CREATE TRIGGER tag_counts_out AFTER DELETE ON tag
BEGIN
    INSERT INTO tally (facet, value, day, n) VALUES ('tag', OLD.tag, 0, -1) ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n - 1;
END;

-- What is there already.
INSERT INTO tally (facet, value, day, n)
SELECT store || '/expiry', CASE state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, not_after / 86400, count(*) FROM version WHERE is_current = 1 AND (flags & 512) = 0 GROUP BY 1, 2, 3
UNION ALL SELECT store || '/issuer', lower(hex(issuer)), 0, count(*) FROM version WHERE is_current = 1 AND (flags & 512) = 0 GROUP BY 1, 2
UNION ALL SELECT store || '/key', key_type, 0, count(*) FROM version WHERE is_current = 1 AND (flags & 512) = 0 GROUP BY 1, 2
UNION ALL SELECT store || '/source', source, 0, count(*) FROM version WHERE is_current = 1 AND (flags & 512) = 0 GROUP BY 1, 2
UNION ALL SELECT store || '/has', CASE WHEN flags & 256 THEN 'key' ELSE '' END, 0, count(*) FROM version WHERE is_current = 1 AND (flags & 512) = 0 GROUP BY 1, 2
UNION ALL SELECT 'tag', tag, 0, count(*) FROM tag GROUP BY tag;
