-- tidy_sessions: sessions that have ended
DELETE FROM session
 WHERE lookup IN (SELECT lookup FROM session WHERE expires_at < :before LIMIT 500);

-- tidy_idempotency: keys that nobody repeats any more
DELETE FROM idempotency
 WHERE (principal, key) IN (SELECT principal, key FROM idempotency WHERE expires_at < :before LIMIT 500);
