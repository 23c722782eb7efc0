-- key_add: a key, sealed by the keeper
INSERT INTO key (id, purpose, type, spki, spki_sha256, blob, kek, is_exportable, origin, created_at)
VALUES (:id, :purpose, :type, :spki, :spki_sha256, :blob, :kek, :is_exportable, :origin, :created_at);

-- key_by_id: one key with its blob
SELECT id, purpose, type, spki, spki_sha256, blob, kek, is_exportable, origin, created_at
  FROM key
 WHERE id = :id;

-- key_by_spki: a private key that is here, by its public half
SELECT id, purpose, type, spki, spki_sha256, blob, kek, is_exportable, origin, created_at
  FROM key
 WHERE spki_sha256 = :spki_sha256 AND blob IS NOT NULL AND purpose = 'subject'
 ORDER BY created_at DESC
 LIMIT 1;
