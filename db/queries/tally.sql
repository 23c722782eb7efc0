-- tally_add: counts a batch
INSERT INTO tally (facet, value, day, n) VALUES (:facet, :value, :day, :by)
ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + excluded.n;

-- tally_days: how many end on each day
SELECT day, sum(n) FROM tally
 WHERE facet = 'expiry' AND day BETWEEN :from AND :to AND value <> 'revoked'
 GROUP BY day HAVING sum(n) <> 0 ORDER BY day;

-- tally_ends: how many end on each day, the revoked ones apart
SELECT day, value = 'revoked', n FROM tally WHERE facet = :facet;

-- tally_values: how many there are of each value of a facet, the most first
SELECT value, n FROM tally WHERE facet = :facet AND day = 0 AND n > 0 ORDER BY n DESC, value LIMIT :limit;

-- issuer_label: what an issuer is called
SELECT label FROM issuer WHERE id = :id;
