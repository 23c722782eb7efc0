#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "store/connection.h"
#include "store/readers.h"
#include "store/writer.h"

enum { HEALTH_WAIT_SEC = 2 };

struct store {
    struct writer *writer;
    struct readers *readers;
    uint8_t key[STORE_SECRET_LEN];

    /* One question to the writer at a time; it stands here because the asker does not wait for ever. */
    pthread_mutex_t health_lock;
    struct write health;
    struct actor health_actor;
    bool is_asking;
};

static void rest_readers(void *arg)
{
    struct store *s = arg;

    readers_rest(s->readers);
}

/* life ------------------------------------------------------------------------------------------------------ */

static enum err make_key(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_META_MAKE);

    query_text(&q, ":name", "key");
    query_text(&q, ":value", arg);
    return query_run(&q, NULL, e);
}

static enum err read_key(struct store *s, bool *found, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(query_done) struct query q = { 0 };
    size_t len = 0;
    enum err r;

    *found = false;
    r = store_look(s, &look, e);
    if (r)
        return r;
    q = query_begin(look_db(&look), Q_META_GET);
    query_text(&q, ":name", "key");
    if (!query_next(&q))
        return query_end(&q, e);
    if (!text_unhex(query_get_text(&q, 0, a), s->key, sizeof(s->key), &len) || len != sizeof(s->key))
        return fail(e, ERR_IO, "the database is damaged (its key is no key): restore a backup");
    *found = true;
    return ERR_NONE;
}

static enum err load_key(struct store *s, struct error *e)
{
    struct actor by = actor_clock("first start");
    char hex[2 * STORE_SECRET_LEN + 1];
    uint8_t fresh[STORE_SECRET_LEN];
    bool found;
    enum err r = read_key(s, &found, e);

    if (r || found)
        return r;
    random_fill(fresh, sizeof(fresh));
    text_hex(bytes_of(fresh, sizeof(fresh)), hex);
    r = store_write(s, &by, make_key, hex, e);
    return r ? r : read_key(s, &found, e);
}

const uint8_t *store_secret(const struct store *s)
{
    return s->key;
}

enum err store_open(const struct store_options *how, struct store **out, struct error *e)
{
    struct store *s = own_alloc(sizeof(*s));
    enum err r;

    pthread_mutex_init(&s->health_lock, NULL);
    s->health_actor = actor_clock("health");
    s->readers = readers_new(how->path, how->readers);
    r = writer_open(how->path, rest_readers, s, &s->writer, e);
    if (r) {
        readers_free(s->readers);
        pthread_mutex_destroy(&s->health_lock);
        free(s);
        return r;
    }
    r = load_key(s, e);
    if (r) {
        store_close(s);
        return r;
    }

    *out = s;
    return ERR_NONE;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    writer_stop(s->writer);
    if (s->is_asking)
        sem_destroy(&s->health.done);
    readers_free(s->readers);
    writer_free(s->writer);                        /* after the readers: it takes the WAL in */
    pthread_mutex_destroy(&s->health_lock);
    free(s);
}

/* reading and writing ---------------------------------------------------------------------------------------- */

enum err store_look(struct store *s, struct look *out, struct error *e)
{
    struct db *db;
    enum err r = readers_take(s->readers, &db, e);

    if (r)
        return r;
    *out = (struct look){ s, db };
    return ERR_NONE;
}

void look_done(struct look *l)
{
    if (l->db != NULL)
        readers_give(l->store->readers, l->db);
    l->db = NULL;
}

static void wait_for(struct write *w)
{
    while (sem_wait(&w->done) != 0 && errno == EINTR)
        ;
}

static enum err write_in(struct store *s, enum lane lane, const struct actor *by, store_fn fn, void *arg, struct error *e)
{
    struct write w = { .by = by, .fn = fn, .arg = arg, .now = clock_now() };
    enum err r;

    /* A look that waits for a write keeps a snapshot alive and, with others, every reader: a mistake of ours. */
    if (readers_held() > 0 || writer_is_self(s->writer)) {
        log_error("store_write with a look in hand, or on the writer's thread");
        abort();
    }
    sem_init(&w.done, 0, 0);
    r = writer_ask(s->writer, lane, &w, e);
    if (r == ERR_NONE) {
        wait_for(&w);
        r = w.result;
        if (r && e != NULL)
            *e = w.error;
    }
    sem_destroy(&w.done);
    return r;
}

enum err store_write(struct store *s, const struct actor *by, store_fn fn, void *arg, struct error *e)
{
    return write_in(s, LANE_FRONT, by, fn, arg, e);
}

enum err store_write_bulk(struct store *s, const struct actor *by, store_fn fn, void *arg, struct error *e)
{
    return write_in(s, LANE_BULK, by, fn, arg, e);
}

void store_watch(struct store *s, void (*fn)(void *arg, const struct note *notes, size_t len), void *arg)
{
    writer_watch(s->writer, fn, arg);
}

/* health ----------------------------------------------------------------------------------------------------- */

/* Writes only when the last commit failed: an empty transaction costs the disk nothing. */
static enum err touch(struct tx *tx, void *arg, struct error *e)
{
    const bool *is_broken = arg;
    CLEANUP(query_done) struct query q = { 0 };

    if (!*is_broken)
        return ERR_NONE;
    q = query_begin(tx_db(tx), Q_META_PUT);
    query_text(&q, ":name", "health");
    query_text(&q, ":value", "written");
    return query_run(&q, NULL, e);
}

static enum err ask_health(struct store *s, struct error *e)
{
    static const bool is_broken = true, is_well = false;
    enum err r;

    s->health = (struct write){ .by = &s->health_actor, .fn = touch, .now = clock_now() };
    s->health.arg = (void *)(writer_is_broken(s->writer) ? &is_broken : &is_well);
    sem_init(&s->health.done, 0, 0);
    r = writer_ask(s->writer, LANE_FRONT, &s->health, e);
    s->is_asking = r == ERR_NONE;
    if (r)
        sem_destroy(&s->health.done);
    return r;
}

static enum err hear_health(struct store *s, struct error *e)
{
    struct timespec until;
    int rc;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HEALTH_WAIT_SEC;
    do
        rc = sem_timedwait(&s->health.done, &until);
    while (rc != 0 && errno == EINTR);
    if (rc != 0)
        return fail(e, ERR_IO, "the database has not answered for %d seconds", HEALTH_WAIT_SEC);
    sem_destroy(&s->health.done);
    s->is_asking = false;
    if (s->health.result && e != NULL)
        *e = s->health.error;
    return s->health.result;
}

enum err store_health(struct store *s, struct error *e)
{
    enum err r = ERR_NONE;

    pthread_mutex_lock(&s->health_lock);
    if (!s->is_asking)
        r = ask_health(s, e);
    if (r == ERR_NONE)
        r = hear_health(s, e);
    pthread_mutex_unlock(&s->health_lock);
    return r;
}
