/* batch - the functions that share one commit, and what becomes of them when the disk says no. */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "store/tx.h"
#include "store/writer.h"

enum { BATCH_MAX = 256, BATCH_MS = 10 };

enum outcome {
    OUTCOME_DONE,          /* committed, or everything failed by itself and nothing was to be committed */
    OUTCOME_LOST,          /* SQLite rolled back the whole transaction: each must be run again, alone */
    OUTCOME_UNKNOWN        /* the disk failed under the COMMIT: nobody knows what is on it */
};

struct batch {
    struct tx tx;
    struct journal_head head;         /* before the batch */
    struct write *at[BATCH_MAX];
    size_t len;
    bool is_alone;                    /* one large unit: the transaction is its own */
    bool is_careful;                  /* one of them has failed before: a savepoint for each */
    /* Adds what has come in meanwhile; false when there is nothing more to take. NULL: closed. */
    bool (*more)(struct batch *b, void *arg);
    void *arg;
};

/* Runs at[0..] and what `more` adds, in one transaction; every result is set unless it is OUTCOME_LOST. */
enum outcome batch_run(struct batch *b);

#endif
