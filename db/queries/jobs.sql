-- job_add: once per kind and subject while it is queued or running; an earlier time wins; asked for while it runs: once more
INSERT INTO job (id, kind, subject_id, body, state, run_at, is_shown, asked_by, created_at)
VALUES (:id, :kind, :subject_id, :body, 'queued', :run_at, :is_shown, :asked_by, :now)
ON CONFLICT (kind, subject_id) WHERE state IN ('queued','running') DO UPDATE
   SET run_at = CASE job.state WHEN 'queued' THEN min(job.run_at, excluded.run_at) ELSE excluded.run_at END,
       is_again = (job.state = 'running');

-- job_due: the first of a kind whose time has come
SELECT n FROM job WHERE state = 'queued' AND kind = :kind AND run_at <= :now ORDER BY run_at, n LIMIT 1;

-- job_abandoned: one of a kind whose runner did not come back
SELECT n FROM job WHERE state = 'running' AND kind = :kind AND lease_until < :now ORDER BY lease_until LIMIT 1;

-- jobs_free: whoever ran them is gone
UPDATE job SET lease_until = 0 WHERE state = 'running' AND kind = :kind;

-- job_lease: takes it
UPDATE job SET state = 'running', lease_by = :lease_by, lease_until = :lease_until, is_again = 0, attempts = attempts + 1
 WHERE n = :n
RETURNING n, id, kind, subject_id, body, state, run_at, attempts, lease_until, progress, problem, asked_by, created_at, done_at;

-- job_finish: done, or to be done once more because it was asked for meanwhile
UPDATE job
   SET state = CASE is_again WHEN 1 THEN 'queued' ELSE 'succeeded' END, attempts = CASE is_again WHEN 1 THEN 0 ELSE attempts END,
       done_at = CASE is_again WHEN 1 THEN NULL ELSE :now END, problem = NULL, lease_by = NULL, lease_until = NULL
 WHERE n = :n AND state = 'running' AND lease_by = :lease_by;

-- job_remove: a row that nobody looks at goes when it is done
DELETE FROM job WHERE n = :n AND state = 'succeeded' AND is_shown = 0;

-- job_fail: again later, twice as late each time, or never
UPDATE job
   SET state = CASE WHEN :attempts_max > 0 AND attempts >= :attempts_max THEN 'failed' ELSE 'queued' END,
       done_at = CASE WHEN :attempts_max > 0 AND attempts >= :attempts_max THEN :now END,
       run_at = :now + min(:longest_wait, :first_wait << min(attempts - 1, 20)),
       problem = :problem, lease_by = NULL, lease_until = NULL
 WHERE n = :n AND state = 'running' AND lease_by = :lease_by;

-- job_progress: how far it is; the lease begins anew
UPDATE job SET progress = :progress, lease_until = :lease_until WHERE n = :n AND state = 'running' AND lease_by = :lease_by;

-- job_next: when the clock must look again
SELECT min(at) FROM (
    SELECT min(run_at) AS at FROM job WHERE state = 'queued'
    UNION ALL SELECT min(lease_until) FROM job WHERE state = 'running');

-- job_by_id: one job
SELECT n, id, kind, subject_id, body, state, run_at, attempts, lease_until, progress, problem, asked_by, created_at, done_at
  FROM job WHERE id = :id;

-- job_list: newest first
SELECT n, id, kind, subject_id, body, state, run_at, attempts, lease_until, progress, problem, asked_by, created_at, done_at
  FROM job WHERE n < :below ORDER BY n DESC LIMIT :limit;

-- job_tidy: what was done long ago
DELETE FROM job WHERE n IN (SELECT n FROM job WHERE done_at < :before LIMIT 500);
