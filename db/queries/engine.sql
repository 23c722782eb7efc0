-- meta_get: one fact about this file
SELECT value FROM meta WHERE name = :name;

-- meta_put: sets it
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- meta_make: sets it once
INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING;

-- idempotency_find: what a key made
SELECT request_sha256, status, location FROM idempotency WHERE principal = :principal AND key = :key AND expires_at > :now;

-- idempotency_add: settles a key; a live row of it stays
INSERT INTO idempotency (principal, key, request_sha256, status, location, expires_at)
VALUES (:principal, :key, :request_sha256, :status, :location, :expires_at)
ON CONFLICT (principal, key) DO UPDATE
   SET request_sha256 = excluded.request_sha256, status = excluded.status, location = excluded.location, expires_at = excluded.expires_at
 WHERE idempotency.expires_at <= :now;

-- tx_part: one function's share of a batch, which can be taken back alone
SAVEPOINT one;

-- tx_part_done: it is a part of the batch
RELEASE one;

-- look_begin: what is read from here on is of one moment
BEGIN;

-- look_end: the moment may go
COMMIT;
