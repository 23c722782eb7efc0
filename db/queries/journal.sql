-- journal_add: one row, its number and hash reckoned by the writer
INSERT INTO journal (seq, at, act, subject, subject_id, actor, actor_name, source, request_id, detail, hash)
VALUES (:seq, :at, :act, :subject, :subject_id, :actor, :actor_name, :source, :request_id, :detail, :hash);

-- journal_head: the last row, which the next one is chained to
SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1;

-- journal_hash: what the row after this one is chained to
SELECT hash FROM journal WHERE seq = :seq;

-- journal_after: what came after a row
SELECT seq, at, act, subject, subject_id, actor, actor_name, source, detail
  FROM journal
 WHERE seq > :seq
 ORDER BY seq
 LIMIT :limit;

-- journal_of: the history of one thing, newest first
SELECT seq, at, act, subject, subject_id, actor, actor_name, source, detail
  FROM journal
 WHERE subject = :subject AND subject_id = :subject_id AND seq < :before
 ORDER BY seq DESC
 LIMIT :limit;

-- journal_chain: every row with what its hash is made of
SELECT seq, at, act, subject, subject_id, actor, actor_name, source, detail, request_id, hash
  FROM journal
 WHERE seq > :seq
 ORDER BY seq;
