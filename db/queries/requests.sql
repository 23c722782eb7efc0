-- request_add: somebody asks
INSERT INTO request (id, kind, state, body, subject, key_type, spki_sha256, key, common_name, dns_names, ip_addresses,
                     profile, issuer, valid_days, label, comment, asked_by, asked_by_name, asked_at)
VALUES (:id, :kind, 'pending', :body, :subject, :key_type, :spki_sha256, :key, :common_name, :dns_names, :ip_addresses,
        :profile, :issuer, :valid_days, :label, :comment, :asked_by, :asked_by_name, :asked_at);

-- request_by_id: one of them
SELECT id, kind, state, subject, key_type, key, common_name, dns_names, ip_addresses, profile, issuer, valid_days, label, comment,
       asked_by, asked_by_name, asked_at, settled_by_name, settled_at, reason, certificate, number, version, spki_sha256, body
  FROM request
 WHERE id = :id;

-- request_page: newest first
SELECT id, kind, state, subject, key_type, key, common_name, dns_names, ip_addresses, profile, issuer, valid_days, label, comment,
       asked_by, asked_by_name, asked_at, settled_by_name, settled_at, reason, certificate, number, version, spki_sha256
  FROM request
 WHERE id < :before
 ORDER BY id DESC
 LIMIT :limit;

-- request_page_in: newest first, in one state
SELECT id, kind, state, subject, key_type, key, common_name, dns_names, ip_addresses, profile, issuer, valid_days, label, comment,
       asked_by, asked_by_name, asked_at, settled_by_name, settled_at, reason, certificate, number, version, spki_sha256
  FROM request
 WHERE state = :state AND id < :before
 ORDER BY id DESC
 LIMIT :limit;

-- request_waiting: whose public key is that?
SELECT id, kind, label, body
  FROM request
 WHERE spki_sha256 = :spki_sha256 AND state = 'pending'
 ORDER BY id DESC;

-- request_count_of: how many of one asker wait
SELECT count(*)
  FROM request
 WHERE asked_by = :asked_by AND state = 'pending';

-- request_settle: it is decided
UPDATE request
   SET state = :state, settled_by_name = :settled_by_name, settled_at = :settled_at, reason = :reason,
       certificate = :certificate, number = :number, version = version + 1
 WHERE id = :id AND state = 'pending';

-- request_forget_key: a key that waited for nothing is destroyed, unless a certificate has it meanwhile
UPDATE key
   SET blob = NULL, destroyed_at = :destroyed_at
 WHERE id = :id AND NOT EXISTS (SELECT 1 FROM version WHERE key = :id);

-- tidy_requests: what was settled long ago
DELETE FROM request
 WHERE n IN (SELECT n FROM request WHERE settled_at < :before LIMIT 500);
