/* tx - one unit of work on the writer, and what it leaves for the end: journal rows, counts, search text. Only the engine includes this. */
#ifndef STORE_TX_H
#define STORE_TX_H

#include "store/connection.h"

struct tally { const char *facet, *value; int64_t day, by; uint64_t hash; };
struct search { int64_t n; const char *before, *after; };          /* NULL: none */
struct journal_head { int64_t seq; uint8_t hash[32]; };

/* How much of the lists belongs to work that is done; what comes behind it goes when a savepoint is rolled back. */
struct tx_mark { size_t notes_len, tallies_len, searches_len; struct journal_head head; };

struct tx {
    struct db *db;
    const struct actor *by;
    int64_t now;
    struct error trouble;              /* of calls that return nothing; the unit of work fails with it */
    struct arena *arena;               /* of the batch: texts of notes, tallies and searches */
    struct note *notes;
    struct tally *tallies;
    struct search *searches;
    size_t notes_room, tallies_room, searches_room;
    struct tx_mark done;               /* lengths in use, and the journal's head */
};

void tx_clear(struct tx *tx);                                      /* forgets the batch; keeps the head */
void tx_free(struct tx *tx);
/* Runs fn with its journal rows; when it fails the caller rolls back all. Without a savepoint around it SQLite keeps no copies of what it
   has changed before: those cost, and are walked at the end of every statement that may be undone. */
enum err tx_run(struct tx *tx, store_fn fn, void *arg, struct error *e) MUST_CHECK;
enum err tx_run_apart(struct tx *tx, store_fn fn, void *arg, struct error *e) MUST_CHECK;    /* in a savepoint: on failure nothing of it is left, and all else is */
enum err tx_flush(struct tx *tx, struct error *e) MUST_CHECK;      /* counts and search text of the whole batch, before its COMMIT */

/* A lineage's words for the trigram index; before: what is indexed now, NULL when nothing is; after: NULL when nothing will be. */
void tx_search(struct tx *tx, int64_t certificate_n, const char *before, const char *after);
enum err journal_head_load(const struct db *db, struct journal_head *out, struct error *e) MUST_CHECK;
enum err journal_write(struct tx *tx, size_t from, struct error *e) MUST_CHECK;     /* the notes from there on */

#endif
