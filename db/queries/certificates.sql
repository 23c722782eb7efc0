-- version_next: the number of the version that follows
SELECT coalesce(max(n), 0) + 1 FROM version;

-- certificate_add: a fresh lineage
INSERT INTO certificate (id, label, current, created_at) VALUES (:id, :label, :current, :now);

-- certificate_find: a lineage that gets a version
SELECT c.n, c.current, v.not_after, v.state, c.is_archived, c.version, (SELECT max(number) FROM version WHERE certificate = c.n) + 1, (SELECT max(n) FROM version) + 1
  FROM certificate AS c
  JOIN version AS v ON v.n = c.current
 WHERE c.id = :id;

-- certificate_advance: another version is the current one
UPDATE certificate SET current = :version, versions = versions + :more, version = version + 1 WHERE n = :n;

-- version_step_back: it is not the current one any more
UPDATE version SET is_current = 0 WHERE n = :n;

-- version_step_forward: it is the current one again
UPDATE version SET is_current = 1 WHERE n = :n;

-- version_add: one X.509 certificate
INSERT INTO version (n, certificate, number, is_current, is_issued, store, state, issuer, serial, common_name, subject, not_before, not_after,
                     key_type, key, spki_sha256, ski, sha1, sha256, profile, source, requested_by, flags, issued_at)
VALUES (:n, :certificate, :number, 1, :is_issued, :store, 'good', :issuer, :serial, :common_name, :subject, :not_before, :not_after,
        :key_type, :key, :spki_sha256, :ski, :sha1, :sha256, :profile, :source, :requested_by, :flags, :now);

-- der_add: its bytes
INSERT INTO der (n, body) VALUES (:n, :body);

-- der_get: its bytes
SELECT body FROM der WHERE n = :n;

-- name_add: what it is for
INSERT INTO name (reversed, version, kind, place) VALUES (:reversed, :version, :kind, :place) ON CONFLICT DO NOTHING;

-- name_clear: only current versions are found by name
DELETE FROM name WHERE version = :version;

-- name_of: in the order of the certificate
SELECT reversed, kind FROM name WHERE version = :version ORDER BY place;

-- name_page: of many versions at once
SELECT asked.key, n.reversed, n.kind FROM json_each(:versions) AS asked JOIN name AS n ON n.version = asked.value ORDER BY asked.key, n.place;

-- version_by_n: one version and what is beside it
SELECT v.n, c.n, c.id, v.issuer, v.key, v.requested_by, c.label, v.store, v.state, v.common_name, v.subject, v.key_type, v.profile, v.source,
       i.name, v.serial, v.spki_sha256, v.ski, v.sha1, v.sha256, v.not_before, v.not_after, v.issued_at, v.number,
       c.versions, v.flags, v.is_current, v.is_issued,
       k.blob IS NOT NULL OR k.uri IS NOT NULL, k.is_exportable, c.version, c.is_archived, c.owner, c.notes, c.account
  FROM version AS v
  JOIN certificate AS c ON c.n = v.certificate
  JOIN issuer AS i ON i.id = v.issuer
  LEFT JOIN key AS k ON k.id = v.key
 WHERE v.n = :n;

-- version_page: many of them at once; the key says which of those asked for it is
SELECT v.n, c.n, c.id, v.issuer, v.key, v.requested_by, c.label, v.store, v.state, v.common_name, v.subject, v.key_type, v.profile, v.source,
       i.name, v.serial, v.spki_sha256, v.ski, v.sha1, v.sha256, v.not_before, v.not_after, v.issued_at, v.number,
       c.versions, v.flags, v.is_current, v.is_issued,
       k.blob IS NOT NULL OR k.uri IS NOT NULL, k.is_exportable, c.version, c.is_archived, c.owner, c.notes, c.account, asked.key
  FROM json_each(:versions) AS asked
  JOIN version AS v ON v.n = asked.value
  JOIN certificate AS c ON c.n = v.certificate
  JOIN issuer AS i ON i.id = v.issuer
  LEFT JOIN key AS k ON k.id = v.key;

-- version_current: the current version of a lineage
SELECT v.n, c.n, c.id, v.issuer, v.key, v.requested_by, c.label, v.store, v.state, v.common_name, v.subject, v.key_type, v.profile, v.source,
       i.name, v.serial, v.spki_sha256, v.ski, v.sha1, v.sha256, v.not_before, v.not_after, v.issued_at, v.number,
       c.versions, v.flags, v.is_current, v.is_issued,
       k.blob IS NOT NULL OR k.uri IS NOT NULL, k.is_exportable, c.version, c.is_archived, c.owner, c.notes, c.account
  FROM certificate AS c
  JOIN version AS v ON v.n = c.current
  JOIN issuer AS i ON i.id = v.issuer
  LEFT JOIN key AS k ON k.id = v.key
 WHERE c.id = :id;

-- version_numbered: a version of a lineage by its number
SELECT v.n, c.n, c.id, v.issuer, v.key, v.requested_by, c.label, v.store, v.state, v.common_name, v.subject, v.key_type, v.profile, v.source,
       i.name, v.serial, v.spki_sha256, v.ski, v.sha1, v.sha256, v.not_before, v.not_after, v.issued_at, v.number,
       c.versions, v.flags, v.is_current, v.is_issued,
       k.blob IS NOT NULL OR k.uri IS NOT NULL, k.is_exportable, c.version, c.is_archived, c.owner, c.notes, c.account
  FROM certificate AS c
  JOIN version AS v ON v.certificate = c.n AND v.number = :number
  JOIN issuer AS i ON i.id = v.issuer
  LEFT JOIN key AS k ON k.id = v.key
 WHERE c.id = :id;

-- version_all: every version of a lineage, newest first
SELECT v.n, c.n, c.id, v.issuer, v.key, v.requested_by, c.label, v.store, v.state, v.common_name, v.subject, v.key_type, v.profile, v.source,
       i.name, v.serial, v.spki_sha256, v.ski, v.sha1, v.sha256, v.not_before, v.not_after, v.issued_at, v.number,
       c.versions, v.flags, v.is_current, v.is_issued,
       k.blob IS NOT NULL OR k.uri IS NOT NULL, k.is_exportable, c.version, c.is_archived, c.owner, c.notes, c.account
  FROM certificate AS c
  JOIN version AS v ON v.certificate = c.n
  JOIN issuer AS i ON i.id = v.issuer
  LEFT JOIN key AS k ON k.id = v.key
 WHERE c.id = :id
 ORDER BY v.number DESC
 LIMIT 1000;

-- use_by: who uses a lineage
SELECT DISTINCT by FROM use WHERE certificate = :certificate ORDER BY by LIMIT 50;

-- use_page: of many lineages at once
SELECT DISTINCT asked.key, u.by FROM json_each(:certificates) AS asked JOIN use AS u ON u.certificate = asked.value ORDER BY asked.key, u.by;

-- issuer_certificate: the certificate that chains of our authority are built with
SELECT d.body FROM authority AS a JOIN der AS d ON d.n = a.certificate WHERE a.id = :issuer;

-- issuer_candidates: CA certificates with that key
SELECT d.body
  FROM version AS v
  JOIN der AS d ON d.n = v.n
 WHERE v.ski = :ski AND v.store IN ('root','intermediate')
 ORDER BY v.not_after DESC
 LIMIT 8;

-- text_get: the search text of a lineage
SELECT body FROM text WHERE n = :n;

-- text_put: sets it
INSERT INTO text (n, body) VALUES (:n, :body) ON CONFLICT (n) DO UPDATE SET body = excluded.body;

-- version_ending: current versions that end within a span; 512 marks what is archived
SELECT count(*) FROM version INDEXED BY version_expiry
 WHERE is_current = 1 AND not_after >= :from AND not_after < :to AND state <> 'revoked' AND (flags & 512) = 0
   AND (:store IS NULL OR store = :store);

-- version_by_thumbprint: is it here already?
SELECT n FROM version WHERE sha256 = :sha256;

-- version_of_key: current versions with that key, newest first
SELECT n FROM version WHERE key = :key AND is_current = 1 ORDER BY n DESC LIMIT 16;

-- version_without_key: versions of a public key whose private half was not here, newest first
SELECT n FROM version WHERE spki_sha256 = :spki_sha256 AND key IS NULL ORDER BY n DESC LIMIT 16;

-- version_named: current versions for a name, newest first
SELECT version FROM name WHERE reversed = :reversed AND kind = :kind ORDER BY version DESC LIMIT 16;

-- version_common_name: current versions of a common name, newest first
SELECT n FROM version INDEXED BY version_name WHERE is_current = 1 AND common_name = :common_name ORDER BY n DESC LIMIT 16;

-- version_set_key: its private key has come
UPDATE version SET key = :key, flags = flags | :flags WHERE n = :n;

-- certificate_touch: what is shown of it has changed
UPDATE certificate SET version = version + 1 WHERE n = :n;
