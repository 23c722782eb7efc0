#include "store/batch.h"

#include "base/fault.h"
#include "base/time.h"

static void fail_all(struct batch *b, const struct error *why)
{
    for (size_t i = 0; i < b->len; i++) {
        if (b->at[i]->result != ERR_NONE)
            continue;                              /* it failed by itself: its own sentence says more */
        b->at[i]->result = why->code;
        b->at[i]->error = *why;
    }
}

static bool is_lost(const struct batch *b)
{
    return sqlite3_get_autocommit(b->tx.db->handle) != 0;
}

static void run_one(struct batch *b, struct write *w)
{
    b->tx.by = w->by;
    b->tx.now = w->now;
    memset(&w->error, 0, sizeof(w->error));
    w->result = b->is_alone ? tx_run_alone(&b->tx, w->fn, w->arg, &w->error) : tx_run(&b->tx, w->fn, w->arg, &w->error);
}

/* False when the transaction is gone under our feet: FULL, IOERR, NOMEM and INTERRUPT may take the predecessors with them. */
static bool run_all(struct batch *b)
{
    int64_t until = clock_mono_ms() + BATCH_MS;
    size_t i = 0;

    for (;;) {
        if (i == b->len) {
            if (b->more == NULL || b->len == BATCH_MAX || clock_mono_ms() >= until || !b->more(b, b->arg))
                return true;
        }
        run_one(b, b->at[i++]);
        if (is_lost(b))
            return false;
    }
}

static enum outcome end_badly(struct batch *b, enum outcome outcome, const struct error *why)
{
    if (!is_lost(b))
        connection_run(b->tx.db, "ROLLBACK");
    b->tx.done.head = b->head;
    b->tx.done.notes_len = 0;
    if (outcome != OUTCOME_LOST)
        fail_all(b, why);
    return outcome;
}

static enum outcome commit(struct batch *b)
{
    struct error e = { 0 };
    int rc;

    if (tx_flush(&b->tx, &e) != ERR_NONE)
        return end_badly(b, b->len > 1 ? OUTCOME_LOST : OUTCOME_DONE, &e);

    fault_point("store.before_commit");
    rc = connection_run(b->tx.db, "COMMIT");
    if (rc == SQLITE_OK)
        return OUTCOME_DONE;

    connection_fail(b->tx.db, rc, &e);
    if ((rc & 0xff) == SQLITE_FULL)
        return end_badly(b, b->len > 1 ? OUTCOME_LOST : OUTCOME_DONE, &e);
    fail(&e, ERR_IO, "the disk failed while it was being saved: it is not known whether it was; look before you repeat it");
    return end_badly(b, OUTCOME_UNKNOWN, &e);
}

enum outcome batch_run(struct batch *b)
{
    struct error e = { 0 };
    int rc;

    tx_clear(&b->tx);
    b->head = b->tx.done.head;
    rc = connection_run(b->tx.db, "BEGIN IMMEDIATE");
    if (rc != SQLITE_OK) {
        connection_fail(b->tx.db, rc, &e);
        for (size_t i = 0; i < b->len; i++)
            b->at[i]->result = ERR_NONE;
        fail_all(b, &e);
        return (rc & 0xff) == SQLITE_BUSY ? OUTCOME_DONE : OUTCOME_UNKNOWN;
    }
    if (run_all(b))
        return b->is_alone && b->at[0]->result != ERR_NONE ? end_badly(b, OUTCOME_DONE, &b->at[0]->error) : commit(b);

    fail(&e, ERR_IO, "the disk refused to take more: make room in the data directory");
    return end_badly(b, b->len > 1 ? OUTCOME_LOST : OUTCOME_DONE, &e);
}
