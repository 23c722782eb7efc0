-- 0002-import: keys are found by their public half, and certificates whose key is elsewhere wait for it.
CREATE INDEX key_spki ON key(spki_sha256) WHERE blob IS NOT NULL;
CREATE INDEX version_spki ON version(spki_sha256) WHERE key IS NULL;
