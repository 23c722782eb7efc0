/* store - the only door to the database: looks, and units of work that are on disk when they return. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/actor.h"
#include "base/arena.h"
#include "base/error.h"

struct store;
struct db;                     /* a connection to read from */
struct tx;                     /* a unit of work under way, on the writer */

struct store_options {
    const char *path;          /* DIR/signet.db */
    unsigned readers;          /* 4 */
};
enum err store_open(const struct store_options *how, struct store **out, struct error *e) MUST_CHECK;   /* migrates; a newer file is refused */
void store_close(struct store *s);

/* A reader, borrowed for one look; never held across store_write (asserted). */
struct look { struct store *store; struct db *db; };
enum err store_look(struct store *s, struct look *out, struct error *e) MUST_CHECK;
void look_done(struct look *l);                                    /* fine on a zeroed one: CLEANUP(look_done) */
static inline const struct db *look_db(const struct look *l) { return l->db; }
const struct db *tx_db(const struct tx *tx);

/* Runs fn on the writer, maybe more than once, with others in one transaction; returns when its commit is on disk.
   fn touches only tx and arg: no keeper, network, clock, random, JSON. It may set results in arg, afresh each time. */
typedef enum err (*store_fn)(struct tx *tx, void *arg, struct error *e);
enum err store_write(struct store *s, const struct actor *by, store_fn fn, void *arg, struct error *e) MUST_CHECK;
enum err store_write_bulk(struct store *s, const struct actor *by, store_fn fn, void *arg, struct error *e) MUST_CHECK;   /* a large one: its transaction is its own, and it takes turns with the others */

const struct actor *tx_actor(const struct tx *tx);
int64_t tx_now(const struct tx *tx);                               /* taken before fn ran; the same if it runs again */

/* One row of the journal: audit, event, outbox and History in one. act: "certificate.issued"; subject: "certificate"; detail: JSON made before. */
void tx_note(struct tx *tx, const char *act, const char *subject, const struct id *subject_id, const char *detail_json);
/* Settles the Idempotency-Key of the actor, if it has one: the answer to a repeat is a GET of location with this status. */
void tx_made(struct tx *tx, const char *location, int status);
/* Queues a job, once per (kind, subject) while queued or running; an earlier run_at wins. */
void tx_job(struct tx *tx, const char *kind, const struct id *subject, int64_t run_at, const char *body_json);
/* Counts; flushed once per batch. day: days since 1970 of what is counted (an expiry), 0 when it has none. */
void tx_tally(struct tx *tx, const char *facet, const char *value, int64_t day, int by);

struct note {                  /* a journal row after its commit */
    int64_t seq, at;
    const char *act, *subject, *actor_name, *source, *detail;
    struct id subject_id, actor;
};
/* After commit, on the writer thread: copy and wake only. At most 8 watchers. */
void store_watch(struct store *s, void (*fn)(void *arg, const struct note *notes, size_t len), void *arg);

struct idempotency { bool is_found, is_same; int status; char location[128]; };
enum err store_idempotency(struct store *s, const struct actor *by, struct idempotency *out, struct error *e) MUST_CHECK;

/* 32 random bytes of this database, for what goes out and must come back unchanged. */
enum { STORE_SECRET_LEN = 32 };
const uint8_t *store_secret(const struct store *s);

/* Is the writer alive and the file writable? For /readyz; bounded wait. */
enum err store_health(struct store *s, struct error *e) MUST_CHECK;

#endif
