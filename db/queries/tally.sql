-- tally_add: counts a batch
INSERT INTO tally (facet, value, day, n) VALUES (:facet, :value, :day, :by)
ON CONFLICT (facet, day, value) DO UPDATE SET n = tally.n + excluded.n;

-- tally_days: one facet by day and value
SELECT day, value, n FROM tally WHERE facet = :facet AND day BETWEEN :from AND :to ORDER BY day, value;

-- tally_sum: one value of a facet over days
SELECT coalesce(sum(n), 0) FROM tally WHERE facet = :facet AND value = :value AND day BETWEEN :from AND :to;
