/* jobs - what is to be done: rows with a lease. Queued by tx_job in the transaction that causes them, finished in the one that records their result. */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "store/store.h"

struct job_row {
    int64_t n;
    struct id id, subject_id, asked_by;
    const char *kind, *body, *state, *progress, *problem;      /* state: "queued" "running" "succeeded" "failed"; problem: "" none */
    int64_t run_at, created_at, done_at, lease_until;           /* done_at, lease_until: 0 none */
    int attempts;
};

/* A due job of this kind, or one whose lease ran out (its runner died): running now, under this lease. *found: there was one.
   The texts live in the arena; it is called inside a write. */
enum err store_job_claim(struct tx *tx, const char *kind, const char *lease_by, int64_t lease_sec, struct arena *a,
                         struct job_row *out, bool *found, struct error *e) MUST_CHECK;
/* Done: the row goes, unless somebody looks at it. Asked for again while it ran: queued again at once.
   A lease that another holds meanwhile: ERR_CONFLICT, and the caller's work is rolled back with it. */
enum err store_job_finish(struct tx *tx, int64_t n, const char *lease_by, struct error *e) MUST_CHECK;
/* At the start, when nobody runs anything: what the last process left running is due at once. */
enum err store_jobs_free(struct tx *tx, const char *kind, struct error *e) MUST_CHECK;
/* Back into the queue after 30 s, 1, 2, 4 ... minutes, an hour at most; "failed" after `attempts_max` (0: never gives up). */
enum err store_job_fail(struct tx *tx, int64_t n, const char *lease_by, const char *problem, int attempts_max, struct error *e) MUST_CHECK;
enum err store_job_progress(struct tx *tx, int64_t n, const char *lease_by, const char *progress, int64_t lease_sec, struct error *e) MUST_CHECK;
/* A job that a person waits for: its row stays for a while when it is done, and its id is known before. */
void store_job_ask(struct tx *tx, const char *kind, const struct id *id, const struct id *subject, int64_t run_at, const char *body_json);

/* When the next one is due; INT64_MAX when none. */
enum err store_job_next(const struct db *db, int64_t *at, struct error *e) MUST_CHECK;
enum err store_job_show(const struct db *db, const struct id *id, struct arena *a, struct job_row *out, struct error *e) MUST_CHECK;
/* Newest first, below n (0: from the newest). */
enum err store_job_list(const struct db *db, int64_t below_n, unsigned limit, struct arena *a, struct job_row **out, size_t *len, struct error *e) MUST_CHECK;
/* 500 rows at most that were done before then. */
enum err store_job_tidy(struct tx *tx, int64_t before, int64_t *gone, struct error *e) MUST_CHECK;

#endif
