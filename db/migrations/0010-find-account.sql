-- 0010-find-account: what lives under an account of its host is found by it.
CREATE INDEX certificate_account ON certificate(account) WHERE account <> '';
