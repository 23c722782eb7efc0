#include "store/readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "store/query.h"

enum { READERS_MAX = 8, WAIT_SEC = 5 };

struct readers {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    char *path;
    unsigned max, opened, idle_len;
    struct db *idle[READERS_MAX];     /* the last one given back is taken first: its cache is warm */
};

static _Thread_local unsigned held;

struct readers *readers_new(const char *path, unsigned max)
{
    struct readers *r = own_alloc(sizeof(*r));
    pthread_condattr_t attr;

    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->freed, &attr);
    pthread_condattr_destroy(&attr);
    r->path = own_text(path);
    r->max = max == 0 || max > READERS_MAX ? READERS_MAX / 2 : max;
    return r;
}

void readers_free(struct readers *r)
{
    if (r == NULL)
        return;
    for (unsigned i = 0; i < r->idle_len; i++) {
        connection_close(r->idle[i]);
        free(r->idle[i]);
    }
    pthread_cond_destroy(&r->freed);
    pthread_mutex_destroy(&r->lock);
    free(r->path);
    free(r);
}

/* An idle reader, or NULL with the right to open one, or ERR_IO when none came back in time. */
static enum err wait_for_one(struct readers *r, struct db **out, struct error *e)
{
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_SEC;
    pthread_mutex_lock(&r->lock);
    while (r->idle_len == 0 && r->opened == r->max && rc == 0)
        rc = pthread_cond_timedwait(&r->freed, &r->lock, &until);
    *out = NULL;
    if (r->idle_len > 0) {
        *out = r->idle[--r->idle_len];
        rc = 0;
    } else if (r->opened < r->max) {
        r->opened++;
        rc = 0;
    }
    pthread_mutex_unlock(&r->lock);
    return rc == 0 ? ERR_NONE : fail_kind(e, ERR_IO, "busy", "the database is busy: no reader was free for %d seconds", WAIT_SEC);
}

static void forget_one(struct readers *r)
{
    pthread_mutex_lock(&r->lock);
    r->opened--;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->lock);
}

static enum err open_one(struct readers *r, struct db **out, struct error *e)
{
    struct db *db = own_alloc(sizeof(*db));
    enum err result = connection_open(r->path, CONNECTION_READER, db, e);

    if (result) {
        free(db);
        forget_one(r);
        return result;
    }
    *out = db;
    return ERR_NONE;
}

static enum err run(const struct db *db, enum query_id id, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, id);

    return query_run(&q, NULL, e);
}

enum err readers_take(struct readers *r, struct db **out, struct error *e)
{
    struct db *db = NULL;
    enum err result;

    result = wait_for_one(r, &db, e);
    if (result == ERR_NONE && db == NULL)
        result = open_one(r, &db, e);
    if (result)
        return result;
    result = run(db, Q_LOOK_BEGIN, e);
    if (result) {
        connection_close(db);
        free(db);
        forget_one(r);
        return result;
    }

    held++;
    *out = db;
    return ERR_NONE;
}

void readers_give(struct readers *r, struct db *db)
{
    enum err result = run(db, Q_LOOK_END, NULL);

    (void)result;                     /* nothing was written, so nothing can be lost */
    held--;
    pthread_mutex_lock(&r->lock);
    r->idle[r->idle_len++] = db;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->lock);
}

void readers_rest(struct readers *r)
{
    pthread_mutex_lock(&r->lock);
    for (unsigned i = 0; i < r->idle_len; i++)
        sqlite3_db_release_memory(r->idle[i]->handle);
    pthread_mutex_unlock(&r->lock);
}

unsigned readers_held(void)
{
    return held;
}
