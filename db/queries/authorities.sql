-- authority_add: an issuer whose key is ours
INSERT INTO authority (id, slug, key, parent, certificate, state, public_url, crl_days, crl_number, created_at)
VALUES (:id, :slug, :key, :parent, :certificate, :state, :public_url, :crl_days, :crl_number, :created_at);

-- authority_list: all of them, oldest first, with certificate, key and the last CRL
SELECT a.id, a.slug, a.parent, a.key, a.state, a.public_url, a.crl_days, a.crl_number, a.version, a.created_at,
       i.label, c.id, a.certificate, d.body, k.blob, l.this_update, l.next_update
  FROM authority AS a
  JOIN issuer AS i ON i.id = a.id
  JOIN version AS v ON v.n = a.certificate
  JOIN certificate AS c ON c.n = v.certificate
  JOIN der AS d ON d.n = v.n
  LEFT JOIN key AS k ON k.id = a.key
  LEFT JOIN crl AS l ON l.issuer = a.id AND l.partition = 0 AND l.number = a.crl_number
 ORDER BY a.id;

-- authority_still: may it still sign as it was seen?
SELECT version
  FROM authority
 WHERE id = :id;

-- authority_crl_number: CRL numbers only grow
UPDATE authority
   SET crl_number = :number, is_dirty = 0
 WHERE id = :id AND crl_number < :number;

-- authority_use_add: its own certificate is in use by it
INSERT INTO use (certificate, by, by_id, note)
SELECT n, 'authority', :by_id, ''
  FROM certificate
 WHERE id = :certificate;
