#include "store/writer.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/fault.h"
#include "base/log.h"
#include "store/batch.h"
#include "store/migrate.h"

enum {
    FRONT_MAX = 1024, BULK_MAX = 64, WATCHERS_MAX = 8,
    IDLE_SEC = 5,
    FRONT_FRAMES = 4000,              /* in the WAL, pages of 4 KiB, before they are taken in: more makes the slowest of those who wait slower */
    BULK_FRAMES = 16000,              /* nobody waits, and what a large store changes at random is written once instead of twice */
};

struct lane_queue { struct write *first, **last; size_t len, max; };

struct writer {
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct lane_queue lanes[LANE_COUNT];
    bool is_stopping;

    pthread_t thread;
    struct { void (*fn)(void *, const struct note *, size_t); void *arg; } watchers[WATCHERS_MAX];
    size_t watchers_len;

    /* The writer's thread only. */
    char *path;
    struct db db;
    struct batch batch;
    bool was_bulk;                    /* the batch before: then it is the turn of the front lane */
    bool is_rested;
    int frames;                       /* in the WAL, after the last commit */
    atomic_bool is_broken;
    void (*rest)(void *arg);
    void *rest_arg;
};

/* queue ---------------------------------------------------------------------------------------------------- */

static void queue_init(struct lane_queue *q, size_t max)
{
    q->last = &q->first;
    q->max = max;
}

static struct write *queue_take(struct lane_queue *q)
{
    struct write *w = q->first;

    if (w == NULL)
        return NULL;
    q->first = w->next;
    if (q->first == NULL)
        q->last = &q->first;
    q->len--;
    return w;
}

enum err writer_ask(struct writer *w, enum lane lane, struct write *write, struct error *e)
{
    struct lane_queue *q = &w->lanes[lane];
    bool is_taken = false;

    pthread_mutex_lock(&w->lock);
    if (!w->is_stopping && q->len < q->max) {
        write->next = NULL;
        *q->last = write;
        q->last = &write->next;
        q->len++;
        is_taken = true;
        pthread_cond_signal(&w->asked);
    }
    pthread_mutex_unlock(&w->lock);
    return is_taken ? ERR_NONE : fail_kind(e, ERR_IO, "busy", "the database has more to write than it can: try again in a moment");
}

static bool take_bulk(struct writer *w, struct batch *b)
{
    struct write *next = w->was_bulk && w->lanes[LANE_FRONT].len > 0 ? NULL : queue_take(&w->lanes[LANE_BULK]);

    if (next == NULL)
        return false;
    b->at[b->len++] = next;
    b->is_alone = true;
    return true;
}

/* All of the front lane, or one of the bulk lane by itself: the lanes take turns. Under the lock. */
static bool take_waiting(struct writer *w, struct batch *b)
{
    size_t before = b->len;
    struct write *next;

    if (b->is_alone)
        return false;
    if (b->len == 0 && take_bulk(w, b))
        return true;
    while (b->len < BATCH_MAX) {
        next = queue_take(&w->lanes[LANE_FRONT]);
        if (next == NULL)
            break;
        b->at[b->len++] = next;
    }
    return b->len > before;
}

/* Whoever comes meanwhile joins; nobody is waited for. Waiting 2 ms for as many as last time made commits larger by a quarter and
   everybody slower by an eighth. */
static bool take_more(struct batch *b, void *arg)
{
    struct writer *w = arg;
    bool any;

    pthread_mutex_lock(&w->lock);
    any = take_waiting(w, b);
    pthread_mutex_unlock(&w->lock);
    return any;
}

/* the file ------------------------------------------------------------------------------------------------- */

static int count_frames(void *arg, sqlite3 *handle, const char *name, int frames)
{
    struct writer *w = arg;

    (void)handle;
    (void)name;
    w->frames = frames;
    return SQLITE_OK;
}

static enum err open_file(struct writer *w, struct error *e)
{
    struct journal_head head;
    enum err r;

    r = connection_open(w->path, CONNECTION_WRITER, &w->db, e);
    if (r)
        return r;
    r = migrate(&w->db, e);
    if (r == ERR_NONE)
        r = journal_head_load(&w->db, &head, e);
    if (r) {
        connection_close(&w->db);
        return r;
    }
    sqlite3_wal_hook(w->db.handle, count_frames, w);
    w->batch.tx.db = &w->db;
    w->batch.tx.done.head = head;
    return ERR_NONE;
}

/* After a failed fsync the pages in memory may say what the disk does not: begin again from the file. */
static void open_again(struct writer *w)
{
    struct error e = { 0 };

    connection_close(&w->db);
    if (open_file(w, &e) != ERR_NONE)
        log_error("the database could not be opened again: %s", e.text);
}

static void checkpoint(struct writer *w, int mode, int wait_ms)
{
    int frames = 0, moved = 0;

    sqlite3_busy_timeout(w->db.handle, wait_ms);
    sqlite3_wal_checkpoint_v2(w->db.handle, NULL, mode, &frames, &moved);
    sqlite3_busy_timeout(w->db.handle, 5000);
    if (frames == moved)
        w->frames = 0;
}

/* Readers that overlap without end keep a WAL from being begun anew: at twice the length they are waited for. */
static void look_after_wal(struct writer *w)
{
    int most = w->was_bulk ? BULK_FRAMES : FRONT_FRAMES;

    if (w->frames >= 2 * most)
        checkpoint(w, SQLITE_CHECKPOINT_RESTART, 500);
    else if (w->frames >= most)
        checkpoint(w, SQLITE_CHECKPOINT_PASSIVE, 0);
}

/* the thread ----------------------------------------------------------------------------------------------- */

static void tell(struct writer *w)
{
    const struct tx *tx = &w->batch.tx;

    fault_point("store.after_commit");
    if (tx->done.notes_len == 0)
        return;
    for (size_t i = 0; i < w->watchers_len; i++)
        w->watchers[i].fn(w->watchers[i].arg, tx->notes, tx->done.notes_len);
}

/* What stands on the callers' stacks is gone as soon as they wake. */
static void wake(struct batch *b)
{
    fault_point("store.before_wake");
    for (size_t i = 0; i < b->len; i++)
        sem_post(&b->at[i]->done);
    b->len = 0;
}

static enum outcome run_and_tell(struct writer *w)
{
    enum outcome outcome;

    if (w->db.handle == NULL)
        open_again(w);
    if (w->db.handle == NULL) {
        for (size_t i = 0; i < w->batch.len; i++)
            w->batch.at[i]->result = fail(&w->batch.at[i]->error, ERR_IO, "the database cannot be opened: look at the disk and the rights of the data directory");
        atomic_store(&w->is_broken, true);
        return OUTCOME_DONE;
    }
    outcome = batch_run(&w->batch);
    if (outcome == OUTCOME_DONE)
        tell(w);
    if (outcome == OUTCOME_UNKNOWN)
        open_again(w);
    return outcome;
}

/* Only the guilty fail: each alone in a transaction of its own. */
static void run_singly(struct writer *w)
{
    struct write *all[BATCH_MAX];
    size_t len = w->batch.len;

    memcpy(all, w->batch.at, len * sizeof(*all));
    w->batch.more = NULL;
    for (size_t i = 0; i < len; i++) {
        w->batch.at[0] = all[i];
        w->batch.len = 1;
        run_and_tell(w);
    }
    memcpy(w->batch.at, all, len * sizeof(*all));
    w->batch.len = len;
}

static void note_health(struct writer *w)
{
    bool has_failed = false;

    for (size_t i = 0; i < w->batch.len; i++)
        has_failed |= w->batch.at[i]->result == ERR_IO;
    atomic_store(&w->is_broken, has_failed);
}

static void run_batch(struct writer *w)
{
    w->batch.more = take_more;
    w->batch.arg = w;
    if (run_and_tell(w) == OUTCOME_LOST)
        run_singly(w);
    note_health(w);
    wake(&w->batch);
    tx_clear(&w->batch.tx);
    w->was_bulk = w->batch.is_alone;
    w->batch.is_alone = false;
    w->is_rested = false;
    if (w->db.handle != NULL)
        look_after_wal(w);
}

static void rest(struct writer *w)
{
    w->is_rested = true;
    if (w->db.handle == NULL)
        return;
    if (w->frames > 0)
        checkpoint(w, SQLITE_CHECKPOINT_TRUNCATE, 100);
    sqlite3_db_release_memory(w->db.handle);
    w->rest(w->rest_arg);
    malloc_trim(0);
}

/* True: something is in the batch. False: stop. Rests when nothing came for IDLE_SEC. */
static bool wait_for_work(struct writer *w)
{
    struct timespec until;
    bool any, is_stopping;
    int rc;

    for (;;) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += IDLE_SEC;
        rc = 0;
        pthread_mutex_lock(&w->lock);
        any = take_waiting(w, &w->batch);
        while (!any && !w->is_stopping && rc == 0) {
            rc = w->is_rested ? pthread_cond_wait(&w->asked, &w->lock) : pthread_cond_timedwait(&w->asked, &w->lock, &until);
            any = take_waiting(w, &w->batch);
        }
        is_stopping = w->is_stopping;
        pthread_mutex_unlock(&w->lock);
        if (any || is_stopping)
            return any;
        rest(w);
    }
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;

    pthread_setname_np(pthread_self(), "writer");
    while (wait_for_work(w))
        run_batch(w);
    return NULL;
}

/* life ----------------------------------------------------------------------------------------------------- */

static enum err start_thread(struct writer *w, struct error *e)
{
    pthread_attr_t attr;
    int rc;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 512 * 1024);
    rc = pthread_create(&w->thread, &attr, writer_main, w);
    pthread_attr_destroy(&attr);
    return rc == 0 ? ERR_NONE : fail(e, ERR_IO, "no thread could be started: %s", strerror(rc));
}

static struct writer *writer_new(const char *path)
{
    struct writer *w = own_alloc(sizeof(*w));
    pthread_condattr_t attr;

    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->asked, &attr);
    pthread_condattr_destroy(&attr);
    queue_init(&w->lanes[LANE_FRONT], FRONT_MAX);
    queue_init(&w->lanes[LANE_BULK], BULK_MAX);
    w->path = own_text(path);
    w->batch.tx.arena = arena_new();
    return w;
}

enum err writer_open(const char *path, void (*rest_fn)(void *arg), void *arg, struct writer **out, struct error *e)
{
    struct writer *w = writer_new(path);
    enum err r;

    w->rest = rest_fn;
    w->rest_arg = arg;
    r = open_file(w, e);
    if (r == ERR_NONE)
        r = start_thread(w, e);
    if (r) {
        writer_free(w);
        return r;
    }

    *out = w;
    return ERR_NONE;
}

void writer_stop(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    pthread_cond_signal(&w->asked);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void writer_free(struct writer *w)
{
    if (w == NULL)
        return;
    if (w->db.handle != NULL)
        checkpoint(w, SQLITE_CHECKPOINT_TRUNCATE, 1000);
    connection_close(&w->db);
    tx_free(&w->batch.tx);
    pthread_cond_destroy(&w->asked);
    pthread_mutex_destroy(&w->lock);
    free(w->path);
    free(w);
}

void writer_watch(struct writer *w, void (*fn)(void *arg, const struct note *notes, size_t len), void *arg)
{
    if (w->watchers_len == WATCHERS_MAX)
        abort();                                   /* app.c has a fixed list of them */
    w->watchers[w->watchers_len].fn = fn;
    w->watchers[w->watchers_len].arg = arg;
    w->watchers_len++;
}

bool writer_is_self(const struct writer *w)
{
    return pthread_equal(pthread_self(), w->thread) != 0;
}

bool writer_is_broken(struct writer *w)
{
    return atomic_load(&w->is_broken);
}
