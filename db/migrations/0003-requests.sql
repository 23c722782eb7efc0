-- 0003-requests: requests both ways. 'sign': a PKCS#10 from elsewhere that is to be signed here. 'external': one of a key of ours that
-- waits for the certificate of another authority. Settled ones stay: who was denied, and why, is asked for later.
CREATE TABLE request (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL CHECK (kind IN ('sign','external')),
    state TEXT NOT NULL,                                            -- pending issued denied withdrawn
    body BLOB NOT NULL, subject TEXT NOT NULL, key_type TEXT NOT NULL, spki_sha256 BLOB NOT NULL,
    key BLOB REFERENCES key(id),                                    -- external: the one that waits
    common_name TEXT NOT NULL, dns_names TEXT NOT NULL, ip_addresses TEXT NOT NULL,   -- what is wished; names a line each
    profile TEXT NOT NULL, issuer BLOB, valid_days INTEGER NOT NULL, label TEXT NOT NULL, comment TEXT NOT NULL,
    asked_by BLOB, asked_by_name TEXT NOT NULL, asked_at INTEGER NOT NULL,
    settled_by_name TEXT NOT NULL DEFAULT '', settled_at INTEGER, reason TEXT NOT NULL DEFAULT '',
    certificate BLOB, number INTEGER,                               -- lineage and version that came of it
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX request_state ON request(state, id);
CREATE INDEX request_spki ON request(spki_sha256) WHERE state = 'pending';
CREATE INDEX request_asked_by ON request(asked_by) WHERE state = 'pending';
CREATE INDEX request_settled ON request(settled_at) WHERE settled_at IS NOT NULL;
