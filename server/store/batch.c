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
    w->result = b->is_careful ? tx_run_apart(&b->tx, w->fn, w->arg, &w->error) : tx_run(&b->tx, w->fn, w->arg, &w->error);
}

enum ran { RAN_ALL, RAN_TO_FAILURE, RAN_LOST };

/* Lost when the transaction is gone under our feet: FULL, IOERR, NOMEM and INTERRUPT may take the predecessors with them. */
static enum ran run_all(struct batch *b)
{
    int64_t until = clock_mono_ms() + BATCH_MS;
    size_t i = 0;

    for (;;) {
        if (i == b->len) {
            if (b->more == NULL || b->len == BATCH_MAX || clock_mono_ms() >= until || !b->more(b, b->arg))
                return RAN_ALL;
        }
        run_one(b, b->at[i++]);
        if (is_lost(b))
            return RAN_LOST;
        if (!b->is_careful && b->at[i - 1]->result != ERR_NONE)
            return RAN_TO_FAILURE;
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

static enum outcome run_through(struct batch *b, bool is_careful, enum ran *ran)
{
    struct error e = { 0 };
    int rc;

    *ran = RAN_LOST;
    b->is_careful = is_careful;
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
    *ran = run_all(b);
    if (*ran == RAN_ALL)
        return commit(b);
    if (*ran == RAN_TO_FAILURE)
        return end_badly(b, OUTCOME_LOST, NULL);

    fail(&e, ERR_IO, "the disk refused to take more: make room in the data directory");
    return end_badly(b, b->len > 1 ? OUTCOME_LOST : OUTCOME_DONE, &e);
}

/* A savepoint makes SQLite keep a copy of every page that is changed, which costs a sixth of the work, and few units fail: so there is none
   at first. When one of several fails, what it did goes with all the rest, and the rest is done again with a savepoint for each. */
enum outcome batch_run(struct batch *b)
{
    enum ran ran;
    enum outcome outcome = run_through(b, false, &ran);

    if (ran != RAN_TO_FAILURE)
        return outcome;
    return b->len > 1 ? run_through(b, true, &ran) : OUTCOME_DONE;
}
