-- 0005-trust-seen: which programs, at which addresses, were seen trusting the root.

CREATE TABLE trust_seen (
    address TEXT NOT NULL, agent TEXT NOT NULL, name TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (address, agent)
) STRICT, WITHOUT ROWID;
CREATE INDEX trust_seen_last ON trust_seen(last_at);
