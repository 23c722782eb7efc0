-- 0007-account.sql: under which account of the host where it lives a certificate is used: NT SERVICE\…, a Unix user or group.

ALTER TABLE certificate ADD COLUMN account TEXT NOT NULL DEFAULT '';
