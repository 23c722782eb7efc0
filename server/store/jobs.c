#include "store/jobs.h"

#include "base/time.h"
#include "store/tx.h"

static void queue(struct tx *tx, const char *kind, const struct id *id, const struct id *subject, int64_t run_at, const char *body_json, bool is_shown)
{
    static const struct id none = { { 0 } };
    CLEANUP(query_done) struct query q = { 0 };

    if (tx->trouble.code)
        return;
    q = query_begin(tx->db, Q_JOB_ADD);
    query_ident(&q, ":id", id);
    query_text(&q, ":kind", kind);
    query_blob(&q, ":subject_id", id_bytes(subject != NULL ? subject : &none));
    query_text(&q, ":body", body_json != NULL ? body_json : "{}");
    query_int(&q, ":run_at", run_at);
    query_int(&q, ":is_shown", is_shown);
    query_ident(&q, ":asked_by", &tx->by->id);
    query_int(&q, ":now", tx->now);
    if (query_run(&q, NULL, &tx->trouble) != ERR_NONE)
        return;
}

void tx_job(struct tx *tx, const char *kind, const struct id *subject, int64_t run_at, const char *body_json)
{
    struct id id = id_new();

    queue(tx, kind, &id, subject, run_at, body_json, false);
}

void store_job_ask(struct tx *tx, const char *kind, const struct id *id, const struct id *subject, int64_t run_at, const char *body_json)
{
    queue(tx, kind, id, subject, run_at, body_json, true);
}

/* Columns of every statement that reads jobs. */
static struct job_row read_job(const struct query *q, struct arena *a)
{
    return (struct job_row){
        .n = query_get_int(q, 0),
        .id = query_get_ident(q, 1),
        .kind = query_get_text(q, 2, a),
        .subject_id = query_get_ident(q, 3),
        .body = query_get_text(q, 4, a),
        .state = query_get_text(q, 5, a),
        .run_at = query_get_int(q, 6),
        .attempts = (int)query_get_int(q, 7),
        .lease_until = query_get_int(q, 8),
        .progress = query_get_text(q, 9, a),
        .problem = query_get_text(q, 10, a),
        .asked_by = query_get_ident(q, 11),
        .created_at = query_get_int(q, 12),
        .done_at = query_get_int(q, 13),
    };
}

static enum err find_due(struct tx *tx, enum query_id which, const char *kind, int64_t *n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, which);

    query_text(&q, ":kind", kind);
    query_int(&q, ":now", tx->now);
    if (query_next(&q))
        *n = query_get_int(&q, 0);
    return query_end(&q, e);
}

static enum err take_lease(struct tx *tx, int64_t n, const char *lease_by, int64_t lease_sec, struct arena *a, struct job_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_LEASE);

    query_int(&q, ":n", n);
    query_text(&q, ":lease_by", lease_by);
    query_int(&q, ":lease_until", tx->now + lease_sec);
    if (!query_next(&q))
        return query_fail(&q, e, "the job is gone");
    *out = read_job(&q, a);
    return ERR_NONE;
}

enum err store_job_claim(struct tx *tx, const char *kind, const char *lease_by, int64_t lease_sec, struct arena *a,
                         struct job_row *out, bool *found, struct error *e)
{
    int64_t n = 0;
    enum err r;

    *found = false;
    r = find_due(tx, Q_JOB_ABANDONED, kind, &n, e);
    if (r == ERR_NONE && n == 0)
        r = find_due(tx, Q_JOB_DUE, kind, &n, e);
    if (r || n == 0)
        return r;
    r = take_lease(tx, n, lease_by, lease_sec, a, out, e);
    *found = r == ERR_NONE;
    return r;
}

/* One of the statements that end or prolong a lease; none touched: it is not ours any more. */
static enum err settle(struct query *q, int64_t n, const char *lease_by, struct error *e)
{
    int64_t changed = 0;
    enum err r;

    query_int(q, ":n", n);
    query_text(q, ":lease_by", lease_by);
    r = query_run(q, &changed, e);
    if (r)
        return r;
    return changed > 0 ? ERR_NONE : fail(e, ERR_CONFLICT, "the job took longer than its lease and was given to another runner");
}

enum err store_jobs_free(struct tx *tx, const char *kind, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOBS_FREE);

    query_text(&q, ":kind", kind);
    return query_run(&q, NULL, e);
}

static enum err take_away(struct tx *tx, int64_t n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_REMOVE);

    query_int(&q, ":n", n);
    return query_run(&q, NULL, e);
}

enum err store_job_finish(struct tx *tx, int64_t n, const char *lease_by, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_FINISH);
    enum err r;

    query_int(&q, ":now", tx->now);
    r = settle(&q, n, lease_by, e);
    return r ? r : take_away(tx, n, e);
}

enum err store_job_fail(struct tx *tx, int64_t n, const char *lease_by, const char *problem, int attempts_max, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_FAIL);

    query_int(&q, ":now", tx->now);
    query_int(&q, ":first_wait", 30);
    query_int(&q, ":longest_wait", 1 * HOURS);
    query_int(&q, ":attempts_max", attempts_max);
    query_text(&q, ":problem", problem);
    return settle(&q, n, lease_by, e);
}

enum err store_job_progress(struct tx *tx, int64_t n, const char *lease_by, const char *progress, int64_t lease_sec, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_PROGRESS);

    query_text(&q, ":progress", progress);
    query_int(&q, ":lease_until", tx->now + lease_sec);
    return settle(&q, n, lease_by, e);
}

enum err store_job_next(const struct db *db, int64_t *at, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOB_NEXT);

    if (!query_next(&q))
        return query_end(&q, e);
    *at = query_is_null(&q, 0) ? INT64_MAX : query_get_int(&q, 0);
    return ERR_NONE;
}

enum err store_job_show(const struct db *db, const struct id *id, struct arena *a, struct job_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOB_BY_ID);

    query_ident(&q, ":id", id);
    if (!query_next(&q))
        return query_fail(&q, e, "no such job: it is done, or never was");
    *out = read_job(&q, a);
    return ERR_NONE;
}

enum err store_job_list(const struct db *db, int64_t below_n, unsigned limit, struct arena *a, struct job_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOB_LIST);
    struct job_row *list;
    size_t n = 0;
    enum err r;

    limit = limit > 500 ? 500 : limit;
    list = arena_take(a, (limit + 1) * sizeof(*list));
    query_int(&q, ":below", below_n > 0 ? below_n : INT64_MAX);
    query_int(&q, ":limit", limit);
    while (n < limit && query_next(&q))
        list[n++] = read_job(&q, a);
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_job_tidy(struct tx *tx, int64_t before, int64_t *gone, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOB_TIDY);

    query_int(&q, ":before", before);
    return query_run(&q, gone, e);
}
