/* tidy - the database limits itself: one row here for each table that grows. */
#include "base/time.h"
#include "jobs/work.h"
#include "store/jobs.h"
#include "store/tidy.h"

static const struct table {
    const char *name;
    enum err (*tidy)(struct tx *tx, int64_t before, int64_t *gone, struct error *e);
    int64_t keep_sec;              /* after its end */
} tables[] = {
    { "session", store_tidy_sessions, 0 },
    { "idempotency", store_tidy_idempotency, 0 },
    { "job", store_job_tidy, 7 * DAYS },
    { "trust_seen", store_tidy_seen, 400 * DAYS },
    { "request", store_tidy_requests, 3 * 365 * DAYS },   /* longer than any certificate that came of one */
};

struct sweep { const struct table *table; int64_t gone; };

static enum err sweep(struct tx *tx, void *arg, struct error *e)
{
    struct sweep *s = arg;

    s->gone = 0;
    return s->table->tidy(tx, tx_now(tx) - s->table->keep_sec, &s->gone, e);
}

enum err job_tidy(struct app *app, struct error *e)
{
    struct actor who = actor_clock("tidy");

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        struct sweep s = { .table = &tables[i] };

        do {
            enum err r = store_write_bulk(app->store, &who, sweep, &s, e);

            if (r)
                return r;
        } while (s.gone > 0);
    }
    return ERR_NONE;
}
