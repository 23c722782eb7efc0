-- issuer_add: a name with a key that signs
INSERT INTO issuer (id, name, name_sha256, key_identifier, label)
VALUES (:id, :name, :name_sha256, :key_identifier, :label);

-- issuer_by_name: the issuer of a name and key identifier
SELECT id, name, name_sha256, key_identifier, label
  FROM issuer
 WHERE name_sha256 = :name_sha256 AND key_identifier = :key_identifier;

-- issuer_of_name: an issuer of that name, whatever its key
SELECT id, name, name_sha256, key_identifier, label
  FROM issuer
 WHERE name_sha256 = :name_sha256
 ORDER BY key_identifier DESC
 LIMIT 1;
