-- Walks of the list: each along its own covering index, which INDEXED BY holds it to; filters are tested by the caller, row by row.

-- walk_newest: by version, newest first
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_newest
 WHERE is_current = :is_current AND n < :n
 ORDER BY n DESC;

-- walk_oldest: by version, oldest first
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_newest
 WHERE is_current = :is_current AND n > :n
 ORDER BY n;

-- walk_expiry_up: what ends first
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_expiry
 WHERE is_current = :is_current AND not_after > :number AND not_after < :max
 ORDER BY not_after, n;

-- walk_expiry_up_ties: the rest of those that end in the same second
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_expiry
 WHERE is_current = :is_current AND not_after = :number AND n > :n
 ORDER BY n;

-- walk_expiry_down: what ends last
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_expiry
 WHERE is_current = :is_current AND not_after < :number AND not_after >= :min
 ORDER BY not_after DESC, n DESC;

-- walk_expiry_down_ties: the rest of those that end in the same second
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, ''
  FROM version INDEXED BY version_expiry
 WHERE is_current = :is_current AND not_after = :number AND n < :n
 ORDER BY n DESC;

-- walk_name_up: by common name
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, common_name
  FROM version INDEXED BY version_name
 WHERE is_current = :is_current AND common_name > :text
 ORDER BY common_name, n;

-- walk_name_up_ties: the rest of those of the same name
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, common_name
  FROM version INDEXED BY version_name
 WHERE is_current = :is_current AND common_name = :text AND n > :n
 ORDER BY n;

-- walk_name_down: by common name, backwards
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, common_name
  FROM version INDEXED BY version_name
 WHERE is_current = :is_current AND common_name < :text
 ORDER BY common_name DESC, n DESC;

-- walk_name_down_ties: the rest of those of the same name
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, common_name
  FROM version INDEXED BY version_name
 WHERE is_current = :is_current AND common_name = :text AND n < :n
 ORDER BY n DESC;

-- walk_one: the same of one version
SELECT n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, common_name
  FROM version
 WHERE n = :n AND is_current = 1;

-- find_serial: current versions whose serial number begins so
SELECT n FROM version INDEXED BY version_serial
 WHERE is_issued = 1 AND serial >= :low AND serial < :high AND is_current = 1
 LIMIT :limit;

-- find_foreign_serial: the same of others' certificates
WITH RECURSIVE part(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM part WHERE k < (SELECT max(n) >> 12 FROM version))
SELECT v.n FROM part CROSS JOIN version AS v INDEXED BY version_foreign_serial
 WHERE v.n >> 12 = part.k AND v.is_issued = 0 AND v.serial >= :low AND v.serial < :high AND v.is_current = 1
 LIMIT :limit;

-- find_sha1: current versions whose thumbprint begins so
WITH RECURSIVE part(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM part WHERE k < (SELECT max(n) >> 12 FROM version))
SELECT v.n FROM part CROSS JOIN version AS v INDEXED BY version_sha1
 WHERE v.n >> 12 = part.k AND v.sha1 >= :low AND v.sha1 < :high AND v.is_current = 1
 LIMIT :limit;

-- find_sha256: current versions whose SHA-256 thumbprint begins so
SELECT n FROM version WHERE sha256 >= :low AND sha256 < :high AND is_current = 1 LIMIT :limit;

-- find_name: versions for a name, or for all below it
SELECT DISTINCT version FROM name WHERE reversed >= :low AND reversed < :high LIMIT :limit;

-- find_words: lineages whose text holds all these trigrams, in the order of their numbers
SELECT rowid FROM search WHERE search MATCH :trigrams LIMIT :limit;

-- find_current: the version that a lineage has now
SELECT current FROM certificate WHERE n = :n;

-- find_issuer: what one issuer has signed
SELECT n FROM version INDEXED BY version_issuer WHERE is_current = 1 AND issuer = :issuer LIMIT :limit;

-- find_store: what stands in a store other than personal
SELECT n FROM version INDEXED BY version_store WHERE is_current = 1 AND store <> 'personal' AND store = :text LIMIT :limit;

-- find_ending: what ends within a span
SELECT n FROM version INDEXED BY version_expiry WHERE is_current = 1 AND not_after >= :from AND not_after < :to LIMIT :limit;

-- issuer_labelled: issuers of that label
SELECT id FROM issuer WHERE label = :label LIMIT 16;

-- find_tag: what carries a tag
SELECT c.current FROM tag AS t JOIN certificate AS c ON c.n = t.certificate WHERE t.tag = :text LIMIT :limit;

-- find_owner: what belongs to somebody
SELECT current FROM certificate INDEXED BY certificate_owner WHERE owner = :text AND owner <> '' LIMIT :limit;

-- find_account: what lives under an account of its host
SELECT current FROM certificate INDEXED BY certificate_account WHERE account = :text AND account <> '' LIMIT :limit;

-- find_in_use: what the web server or an authority uses
SELECT current FROM certificate WHERE n IN (SELECT certificate FROM use UNION SELECT certificate FROM shown) LIMIT :limit;

-- issuer_named: issuers whose label holds a word; a table of some hundreds
SELECT id FROM issuer WHERE instr(lower(label), :word) > 0 LIMIT 16;

-- text_holds: does its search text hold a word?
SELECT instr(body, :word) > 0 FROM text WHERE n = :n;

-- has_tag: does it carry that tag?
SELECT 1 FROM tag WHERE tag = :text AND certificate = :n;

-- has_owner: is it theirs?
SELECT 1 FROM certificate WHERE n = :n AND owner = :text;

-- has_account: does it live under that account?
SELECT 1 FROM certificate WHERE n = :n AND account = :text;

-- has_use: does anybody use it?
SELECT 1 FROM use WHERE certificate = :n UNION ALL SELECT 1 FROM shown WHERE certificate = :n LIMIT 1;
