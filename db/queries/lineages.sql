-- lineage_archive: put away, or brought back
UPDATE certificate SET is_archived = :is_archived, version = version + 1 WHERE n = :n AND is_archived <> :is_archived;

-- version_mark: flags of one version
UPDATE version SET flags = (flags & ~:mask) | :bits WHERE n = :n;

-- user_of: who uses a lineage, from the rows that say so; one arm for each kind of user
SELECT 'web-server', s.sni, v.number, NULL
  FROM shown AS s JOIN version AS v ON v.n = s.version
 WHERE s.node = '' AND s.certificate = :n
UNION ALL
SELECT 'web-server-previous', s.sni, v.number, NULL
  FROM shown AS s JOIN version AS v ON v.n = s.previous
 WHERE s.node = '' AND v.certificate = :n AND s.certificate <> :n
UNION ALL
SELECT 'authority', i.label, 0, i.id
  FROM use AS u JOIN issuer AS i ON i.id = u.by_id
 WHERE u.certificate = :n AND u.by = 'authority'
UNION ALL
SELECT 'job', j.kind, 0, j.id
  FROM job AS j
 WHERE j.kind IN ('follow', 'renew') AND j.subject_id = :id AND j.state IN ('queued', 'running')
UNION ALL
SELECT u.by, u.note, 0, NULL
  FROM use AS u
 WHERE u.certificate = :n AND u.by NOT IN ('web-server', 'authority')
 LIMIT 200;

-- lineage_keys_end: private keys that no other lineage has: destroyed, remembered by their public half
UPDATE key SET blob = NULL, destroyed_at = :now
 WHERE id IN (SELECT key FROM version WHERE certificate = :n AND key IS NOT NULL) AND purpose = 'subject'
   AND NOT EXISTS (SELECT 1 FROM version AS o WHERE o.key = key.id AND o.certificate <> :n);

-- lineage_grants_end: nobody may do anything with what is gone
DELETE FROM grant_ WHERE scope = 'certificate' AND scope_id = :id;

-- lineage_names_end: names of its versions
DELETE FROM name WHERE version IN (SELECT n FROM version WHERE certificate = :n);

-- lineage_ders_end: bytes of its versions
DELETE FROM der WHERE n IN (SELECT n FROM version WHERE certificate = :n);

-- lineage_tags_end: its tags
DELETE FROM tag WHERE certificate = :n;

-- lineage_text_end: its search text
DELETE FROM text WHERE n = :n;

-- lineage_versions_end: its versions
DELETE FROM version WHERE certificate = :n;

-- lineage_end: itself
DELETE FROM certificate WHERE n = :n;
