-- 0006-role-principals: a role can be named in a grant on one thing, as users and tokens can. What a role may everywhere stays code.
INSERT INTO principal (id, kind, name, parent, state, created_at) VALUES
    (x'00000000000070008000000000000001', 'role', 'admin', NULL, 'active', 0),
    (x'00000000000070008000000000000002', 'role', 'operator', NULL, 'active', 0),
    (x'00000000000070008000000000000003', 'role', 'requester', NULL, 'active', 0),
    (x'00000000000070008000000000000004', 'role', 'auditor', NULL, 'active', 0),
    (x'00000000000070008000000000000005', 'role', 'viewer', NULL, 'active', 0);
