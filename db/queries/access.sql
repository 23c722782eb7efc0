-- principal_add: somebody who can be named in a grant or in the journal
INSERT INTO principal (id, kind, name, parent, state, created_at, expires_at)
VALUES (:id, :kind, :name, :parent, 'active', :created_at, :expires_at);

-- principal_end: no longer there; its name is free again
UPDATE principal SET state = 'deleted', version = version + 1
 WHERE id = :id AND kind = :kind AND state <> 'deleted';

-- principal_by_name: one of a kind
SELECT id, kind, name, parent, created_at, expires_at, NULL
  FROM principal
 WHERE kind = :kind AND name = :name AND state = 'active';

-- principal_list: all who are active, a row a role on everything
SELECT p.id, p.kind, p.name, p.parent, p.created_at, p.expires_at, g.right_
  FROM principal p LEFT JOIN grant_ g ON g.principal = p.id AND g.scope = '*'
 WHERE p.state = 'active'
 ORDER BY p.id;

-- grant_add: a role on everything
INSERT INTO grant_ (principal, right_, granted_by, granted_at)
VALUES (:principal, :right, :granted_by, :granted_at);

-- grants_on_certificates: who may what with the key of one certificate; allows: 1 use, 2 export, 4 manage
SELECT g.principal, p.kind, p.name, g.scope_id,
       sum((g.right_ = 'key.use') + 2 * (g.right_ = 'key.export') + 4 * (g.right_ = 'key.manage'))
  FROM grant_ g JOIN principal p ON p.id = g.principal
 WHERE g.scope = 'certificate' AND p.state = 'active'
 GROUP BY g.principal, g.scope_id
 ORDER BY g.principal, g.scope_id;

-- grants_on_one: the same, of one certificate
SELECT g.principal, p.kind, p.name, g.scope_id,
       sum((g.right_ = 'key.use') + 2 * (g.right_ = 'key.export') + 4 * (g.right_ = 'key.manage'))
  FROM grant_ g JOIN principal p ON p.id = g.principal
 WHERE g.scope = 'certificate' AND g.scope_id = :certificate AND p.state = 'active'
 GROUP BY g.principal
 ORDER BY p.kind, p.name;

-- grant_on_one_add: one right on the key of one certificate
INSERT INTO grant_ (principal, right_, scope, scope_id, granted_by, granted_at)
VALUES (:principal, :right, 'certificate', :certificate, :granted_by, :granted_at);

-- principals_named: who is called so, whatever the letters' case; not after its end
SELECT id, kind, name, parent, created_at, expires_at, NULL
  FROM principal
 WHERE kind IN ('user', 'role', 'token') AND state <> 'deleted' AND state = 'active' AND (:kind = '' OR kind = :kind) AND lower(name) = lower(:name)
   AND (expires_at IS NULL OR expires_at > :now)
 ORDER BY kind = 'token', kind = 'role', name
 LIMIT 8;

-- credential_add: what proves a principal
INSERT INTO credential (id, principal, kind, lookup, secret, expires_at, created_at)
VALUES (:id, :principal, :kind, :lookup, :secret, :expires_at, :created_at);

-- credential_secret: the password of a principal
SELECT secret FROM credential WHERE principal = :principal AND kind = :kind;

-- credential_change: another password
UPDATE credential SET secret = :secret, created_at = :created_at
 WHERE principal = :principal AND kind = :kind;

-- credential_end: proves nothing any more
DELETE FROM credential WHERE principal = :principal AND kind = :kind;

-- credential_list: all that are found by their hash
SELECT principal, kind, lookup, expires_at, used_at, created_at
  FROM credential
 WHERE lookup IS NOT NULL;

-- credential_used: when it last proved somebody
UPDATE credential SET used_at = :at WHERE kind = :kind AND lookup = :lookup;

-- session_add: signed in
INSERT INTO session (lookup, principal, created_at, seen_at, expires_at, proved_at, source, agent)
VALUES (:lookup, :principal, :at, :at, :expires_at, :at, :source, :agent);

-- session_list: all that have not ended
SELECT lookup, principal, created_at, seen_at, expires_at, proved_at
  FROM session
 WHERE expires_at > :now;

-- session_seen: it was used
UPDATE session SET seen_at = max(seen_at, :at) WHERE lookup = :lookup;

-- session_proved: its password was given again
UPDATE session SET proved_at = :at, seen_at = :at WHERE lookup = :lookup;

-- session_end: signed out
DELETE FROM session WHERE lookup = :lookup;

-- session_end_of: somebody's sessions, all
DELETE FROM session WHERE principal = :principal;

-- session_tidy: over, or idle for too long
DELETE FROM session WHERE expires_at <= :now OR seen_at <= :idle_before;
