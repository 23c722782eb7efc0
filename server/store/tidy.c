#include "store/tidy.h"

#include "store/query.h"

static enum err tidy(struct tx *tx, enum query_id which, int64_t before, int64_t *gone, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), which);

    query_int(&q, ":before", before);
    return query_run(&q, gone, e);
}

enum err store_tidy_sessions(struct tx *tx, int64_t before, int64_t *gone, struct error *e)
{
    return tidy(tx, Q_TIDY_SESSIONS, before, gone, e);
}

enum err store_tidy_idempotency(struct tx *tx, int64_t before, int64_t *gone, struct error *e)
{
    return tidy(tx, Q_TIDY_IDEMPOTENCY, before, gone, e);
}

enum err store_tidy_requests(struct tx *tx, int64_t before, int64_t *gone, struct error *e)
{
    return tidy(tx, Q_TIDY_REQUESTS, before, gone, e);
}

enum err store_tidy_seen(struct tx *tx, int64_t before, int64_t *gone, struct error *e)
{
    return tidy(tx, Q_TIDY_SEEN, before, gone, e);
}
