-- crl_add: a signed list
INSERT INTO crl (issuer, partition, number, this_update, next_update, entries, sha256, body)
VALUES (:issuer, 0, :number, :this_update, :next_update, :entries, :sha256, :body);

-- crl_trim: the last three stay
DELETE FROM crl
 WHERE issuer = :issuer AND partition = 0
   AND number < (SELECT MIN(number) FROM (SELECT number FROM crl WHERE issuer = :issuer AND partition = 0 ORDER BY number DESC LIMIT 3));

-- crl_latest: what is published now
SELECT number, this_update, next_update, entries, sha256, body
  FROM crl
 WHERE issuer = :issuer AND partition = 0
 ORDER BY number DESC
 LIMIT 1;
