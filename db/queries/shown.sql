-- shown_all: what the listener shows, the default name first
SELECT s.sni, s.certificate, c.id, s.version, s.previous
  FROM shown s JOIN certificate c ON c.n = s.certificate
 WHERE s.node = ''
 ORDER BY s.sni;

-- shown_clear: nothing is shown any more; the rows that follow say what is
DELETE FROM shown WHERE node = '';

-- shown_add: one name and the version it is shown
INSERT INTO shown (node, sni, certificate, version, previous)
SELECT '', :sni, v.certificate, v.n, :previous FROM version v WHERE v.n = :version;

-- swap_add: a change of what is shown
INSERT INTO swap (id, node, generation, state, before_, after_, asked_by, at, confirm_by, settled_at, reason)
VALUES (:id, '', :generation, :state, :before, :after, :asked_by, :at, :confirm_by, :settled_at, :reason);

-- swap_last: the newest change
SELECT id, generation, state, before_, after_, asked_by, at, confirm_by, reason
  FROM swap WHERE node = '' ORDER BY generation DESC LIMIT 1;

-- swap_settle: confirmed or taken back, once
UPDATE swap SET state = :state, settled_at = :at WHERE id = :id AND state = 'pending';

-- use_clear: nothing is used by this user any more
DELETE FROM use WHERE by = :by;

-- use_add: a lineage is in use
INSERT OR IGNORE INTO use (certificate, by, by_id, note)
SELECT n, :by, :by_id, :note FROM certificate WHERE id = :certificate;

-- use_of: the lineage that this user uses
SELECT c.id FROM use u JOIN certificate c ON c.n = u.certificate WHERE u.by = :by LIMIT 1;

-- root_is_known: does this certificate stand among the trusted roots?
SELECT 1 FROM version WHERE sha256 = :sha256 AND store = 'root';
