-- 0001-start: the first schema. What each table is: db/README.md.
-- Conventions. id: UUIDv7, 16 bytes, made by us. n: a number the database gives, never shown. _at: Unix seconds. is_/has_: 0 or 1.
-- Big tables are keyed by n (small index entries, FTS needs it); the outside sees only id.

CREATE TABLE meta (               -- one row per fact about this file: instance id, created_at, last clock seen
    name TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- who ------------------------------------------------------------------------------------------------
CREATE TABLE principal (          -- anything that can be named in a grant or in the journal
    id BLOB PRIMARY KEY, kind TEXT NOT NULL,                        -- user token agent eab device group
    name TEXT NOT NULL, parent BLOB REFERENCES principal(id),      -- a token's or agent's owner
    state TEXT NOT NULL CHECK (state IN ('active','disabled','deleted')),
    created_at INTEGER NOT NULL, expires_at INTEGER, version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX principal_name ON principal(kind, name) WHERE state <> 'deleted';
CREATE TABLE credential (         -- what proves a principal: password, token, totp, passkey, recovery, certificate, oidc, setup
    id BLOB PRIMARY KEY, principal BLOB NOT NULL REFERENCES principal(id), kind TEXT NOT NULL,
    lookup BLOB,                                                    -- SHA-256 of the secret, SPKI, or subject: how it is found
    secret BLOB,                                                    -- yescrypt text, or a keeper blob (TOTP, EAB MAC)
    detail TEXT NOT NULL DEFAULT '{}', cidr TEXT, expires_at INTEGER, used_at INTEGER, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX credential_lookup ON credential(kind, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX credential_principal ON credential(principal);
CREATE TABLE grant_ (             -- role or single right, on everything or on one thing; the key ACL is rows with scope 'key'
    principal BLOB NOT NULL REFERENCES principal(id), right_ TEXT NOT NULL,   -- role:operator, key.use, key.export, key.manage ...
    scope TEXT NOT NULL DEFAULT '*', scope_id BLOB NOT NULL DEFAULT x'',      -- '*', authority, profile, certificate, key, tag
    granted_by BLOB, granted_at INTEGER NOT NULL,
    PRIMARY KEY (principal, right_, scope, scope_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX grant_scope ON grant_(scope, scope_id);
CREATE TABLE session (
    lookup BLOB PRIMARY KEY, principal BLOB NOT NULL REFERENCES principal(id), created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, proved_at INTEGER NOT NULL, source TEXT NOT NULL, agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_principal ON session(principal);
CREATE INDEX session_expires ON session(expires_at);

-- keys -----------------------------------------------------------------------------------------------
CREATE TABLE key (
    id BLOB PRIMARY KEY, purpose TEXT NOT NULL,                      -- ca ocsp subject seal (later: tsa)
    type TEXT NOT NULL, spki BLOB NOT NULL, spki_sha256 BLOB NOT NULL,
    blob BLOB,                                                      -- sealed by the keeper; NULL: destroyed ("delete after download")
    uri TEXT,                                                       -- pkcs11: instead of blob
    kek INTEGER NOT NULL DEFAULT 0, is_exportable INTEGER NOT NULL, origin TEXT NOT NULL, created_at INTEGER NOT NULL, destroyed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX key_kek ON key(kek) WHERE blob IS NOT NULL;            -- what is left to rewrap
CREATE TABLE key_block (spki_sha256 BLOB PRIMARY KEY, reason TEXT NOT NULL, added_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- issuers, authorities, profiles ---------------------------------------------------------------------
CREATE TABLE issuer (             -- a name with a key that signs certificates: ours or another's; may have several certificates
    id BLOB PRIMARY KEY, name BLOB NOT NULL, name_sha256 BLOB NOT NULL, key_identifier BLOB NOT NULL DEFAULT x'', label TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX issuer_name ON issuer(name_sha256, key_identifier);
CREATE INDEX issuer_label ON issuer(label);
CREATE TABLE authority (          -- an issuer whose key is ours (or whose CRL we host: key NULL)
    id BLOB PRIMARY KEY REFERENCES issuer(id), slug TEXT NOT NULL UNIQUE, key BLOB REFERENCES key(id), parent BLOB REFERENCES authority(id),
    certificate INTEGER,                                            -- version.n that chains are built with now
    state TEXT NOT NULL, successor BLOB,                            -- pending active retiring retired offline
    public_url TEXT NOT NULL,                                       -- "http://host:8080": what its certificates carry, from its making on
    policy TEXT NOT NULL DEFAULT '{}', crl_days INTEGER NOT NULL, crl_number INTEGER NOT NULL DEFAULT 0, is_dirty INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- certificates ---------------------------------------------------------------------------------------
CREATE TABLE certificate (        -- the lineage: what an administrator names, owns, renews and uses
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, label TEXT NOT NULL,
    current INTEGER,                                                -- version.n
    match BLOB,                                                     -- SHA-256 of (route, principal, profile, sorted names): which lineage the next one joins
    owner TEXT NOT NULL DEFAULT '', notes TEXT NOT NULL DEFAULT '', wish TEXT NOT NULL DEFAULT '{}',  -- account, mode, paths for the install scripts
    is_archived INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX certificate_match ON certificate(match) WHERE match IS NOT NULL;
CREATE TABLE version (            -- one X.509 certificate
    n INTEGER PRIMARY KEY, certificate INTEGER NOT NULL REFERENCES certificate(n), number INTEGER NOT NULL,
    is_current INTEGER NOT NULL, is_issued INTEGER NOT NULL,        -- by an authority of ours
    store TEXT NOT NULL, state TEXT NOT NULL CHECK (state = 'good' OR state = 'hold' OR state = 'revoked'),   -- of IN SQLite builds a table for each row
    issuer BLOB NOT NULL REFERENCES issuer(id), serial BLOB NOT NULL, common_name TEXT NOT NULL, subject TEXT NOT NULL,
    not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, key_type TEXT NOT NULL, key BLOB REFERENCES key(id),
    spki_sha256 BLOB NOT NULL, ski BLOB, sha1 BLOB NOT NULL, sha256 BLOB NOT NULL UNIQUE,
    profile TEXT NOT NULL, source TEXT NOT NULL, requested_by BLOB, flags INTEGER NOT NULL DEFAULT 0, issued_at INTEGER NOT NULL,
    delivered_at INTEGER, seen_at INTEGER, shard INTEGER NOT NULL DEFAULT 0   -- CRL partition named in its CDP: fixed at issue
) STRICT;
CREATE UNIQUE INDEX version_number   ON version(certificate, number);
CREATE UNIQUE INDEX version_serial   ON version(serial, issuer) WHERE is_issued = 1;   -- serial first: the search box asks for a prefix of it
CREATE INDEX version_foreign_serial  ON version(serial, issuer) WHERE is_issued = 0;
CREATE INDEX version_sha1   ON version(sha1);
-- The sort orders of the list carry the columns that filters test: a walk then never fetches a row it throws away.
CREATE INDEX version_newest ON version(n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, is_current) WHERE is_current = 1;
CREATE INDEX version_expiry ON version(not_after, n, certificate, not_before, state, issuer, key_type, store, source, flags, is_current) WHERE is_current = 1;
CREATE INDEX version_name   ON version(common_name, n, certificate, not_before, not_after, state, issuer, key_type, store, source, flags, is_current) WHERE is_current = 1;
CREATE INDEX version_issuer ON version(issuer, not_after, n, is_current) WHERE is_current = 1;
CREATE INDEX version_store  ON version(store, not_after, n, is_current)  WHERE is_current = 1 AND store <> 'personal';
CREATE INDEX version_key    ON version(key)  WHERE key IS NOT NULL;
CREATE INDEX version_ski    ON version(ski)  WHERE store IN ('root','intermediate');
CREATE TABLE der (n INTEGER PRIMARY KEY REFERENCES version(n), body BLOB NOT NULL) STRICT;
CREATE TABLE name (               -- SAN of current versions; DNS names reversed, so that *.lan is a prefix; addresses as they are
    reversed TEXT NOT NULL, version INTEGER NOT NULL REFERENCES version(n), kind TEXT NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (reversed, version, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_version ON name(version, place);
CREATE TABLE text (n INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;   -- label, subject and names of the current version, lower case, a line each; n = certificate.n
CREATE VIRTUAL TABLE search USING fts5(body, content='text', content_rowid='n', tokenize='trigram', detail='none');   -- sqlite only
CREATE TABLE tag (tag TEXT NOT NULL, certificate INTEGER NOT NULL REFERENCES certificate(n), PRIMARY KEY (tag, certificate)) STRICT, WITHOUT ROWID;
CREATE INDEX tag_certificate ON tag(certificate);
CREATE TABLE tally (facet TEXT NOT NULL, value TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (facet, day, value)) STRICT, WITHOUT ROWID;
CREATE TABLE use (                -- who uses a lineage; written by the user of it, read by "in use by" and by delete
    certificate INTEGER NOT NULL REFERENCES certificate(n), by TEXT NOT NULL, by_id BLOB NOT NULL, note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (certificate, by, by_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX use_by ON use(by, by_id);


-- revocation -----------------------------------------------------------------------------------------
CREATE TABLE revocation (         -- narrow on purpose: a CRL is one walk of this key; outlives the inventory row
    issuer BLOB NOT NULL, serial BLOB NOT NULL, at INTEGER NOT NULL, reason INTEGER NOT NULL, expires_at INTEGER NOT NULL, shard INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (issuer, shard, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX revocation_expires ON revocation(expires_at);
CREATE TABLE crl (                -- the last few published, per partition
    issuer BLOB NOT NULL, partition INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL, this_update INTEGER NOT NULL, next_update INTEGER NOT NULL,
    entries INTEGER NOT NULL, sha256 BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (issuer, partition, number)
) STRICT;

-- what this server shows -----------------------------------------------------------------------------
CREATE TABLE shown (              -- one row per name; '' is the default
    node TEXT NOT NULL DEFAULT '', sni TEXT NOT NULL, certificate INTEGER NOT NULL REFERENCES certificate(n), version INTEGER NOT NULL REFERENCES version(n),
    previous INTEGER REFERENCES version(n), PRIMARY KEY (node, sni)
) STRICT, WITHOUT ROWID;
CREATE TABLE swap (               -- every change of it; at most one is 'pending'
    id BLOB PRIMARY KEY, node TEXT NOT NULL DEFAULT '', generation INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending','kept','returned')),
    before_ TEXT NOT NULL, after_ TEXT NOT NULL,                    -- JSON: the rows of shown
    asked_by BLOB, at INTEGER NOT NULL, confirm_by INTEGER, settled_at INTEGER, reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX swap_pending ON swap(node) WHERE state = 'pending';
CREATE UNIQUE INDEX swap_generation ON swap(node, generation);

-- what happened --------------------------------------------------------------------------------------
CREATE TABLE journal (            -- audit, events, webhooks' outbox and History in one: append only, chained
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, subject_id BLOB NOT NULL,
    actor BLOB, actor_name TEXT NOT NULL, source TEXT NOT NULL, request_id BLOB, detail TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX journal_subject ON journal(subject, subject_id, seq);
CREATE INDEX journal_actor ON journal(actor, seq);
CREATE INDEX journal_act ON journal(act, seq);
CREATE TABLE idempotency (
    principal BLOB NOT NULL, key TEXT NOT NULL, request_sha256 BLOB NOT NULL, status INTEGER NOT NULL, location TEXT NOT NULL, expires_at INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expires ON idempotency(expires_at);

-- what is to be done ---------------------------------------------------------------------------------
CREATE TABLE job (                -- a row is deleted when done unless someone looks at it (is_shown)
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, subject_id BLOB NOT NULL, body TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL, run_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    lease_by TEXT, lease_until INTEGER, is_again INTEGER NOT NULL DEFAULT 0,   -- asked for while it ran
    progress TEXT NOT NULL DEFAULT '', problem TEXT, is_shown INTEGER NOT NULL DEFAULT 0,
    asked_by BLOB, created_at INTEGER NOT NULL, done_at INTEGER
) STRICT;
CREATE UNIQUE INDEX job_once ON job(kind, subject_id) WHERE state IN ('queued','running');
CREATE INDEX job_due ON job(kind, run_at, n) WHERE state = 'queued';
CREATE INDEX job_next ON job(run_at) WHERE state = 'queued';
CREATE INDEX job_lease ON job(kind, lease_until) WHERE state = 'running';
CREATE INDEX job_done ON job(done_at) WHERE done_at IS NOT NULL;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at INTEGER NOT NULL, changed_by BLOB) STRICT, WITHOUT ROWID;


