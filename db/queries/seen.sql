-- seen_put: a program at an address was seen trusting; at most once a minute, and a name once known stays
INSERT INTO trust_seen (address, agent, name, first_at, last_at, times) VALUES (:address, :agent, :name, :at, :at, 1)
ON CONFLICT (address, agent) DO UPDATE
   SET last_at = max(last_at, excluded.last_at), times = times + (excluded.last_at >= last_at + 60),
       name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE name END;

-- seen_list: who was seen trusting, the latest first
SELECT address, agent, name, first_at, last_at, times FROM trust_seen INDEXED BY trust_seen_last ORDER BY last_at DESC LIMIT :most;

-- seen_rotate: room for new ones: strangers go before users, the longest unseen first
DELETE FROM trust_seen
 WHERE (address, agent) IN (SELECT address, agent FROM trust_seen ORDER BY name <> '', last_at LIMIT max(0, (SELECT count(*) FROM trust_seen) - :most));

-- tidy_seen: who was not seen for long
DELETE FROM trust_seen
 WHERE (address, agent) IN (SELECT address, agent FROM trust_seen WHERE last_at < :before LIMIT 500);
