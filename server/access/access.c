#include "access/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "base/time.h"
#include "store/credentials.h"
#include "store/sessions.h"

enum { FLUSH_MS = 60 * 1000, RETRY_MS = 1000, FLUSH_ROWS = 500 };

enum err access_snapshot(struct access *a, struct snapshot **out, struct error *e)
{
    struct snapshot *s = NULL;

    pthread_mutex_lock(&a->lock);
    if (!a->is_stale) {
        s = a->now;
        atomic_fetch_add(&s->refs, 1);
    }
    pthread_mutex_unlock(&a->lock);
    if (s == NULL)
        return fail(e, ERR_IO, "who may sign in could not be read from the database: try again in a moment");
    *out = s;
    return ERR_NONE;
}

/* `loading` is held while the database is read, on purpose: a load that began before a change must not replace one that knows it. */
static void load(struct access *a)
{
    struct snapshot *fresh = NULL, *old = NULL;
    uint64_t target;
    bool is_known;

    pthread_mutex_lock(&a->loading);
    pthread_mutex_lock(&a->lock);
    target = a->wanted;
    is_known = a->loaded >= target && !a->is_stale;
    old = a->now;
    pthread_mutex_unlock(&a->lock);
    if (!is_known) {
        enum err r = snapshot_load(a->store, old, &fresh, NULL);

        pthread_mutex_lock(&a->lock);
        a->is_stale = r != ERR_NONE;
        if (!r) {
            a->now = fresh;
            a->loaded = target;
        }
        pthread_mutex_unlock(&a->lock);
        if (!r)
            snapshot_unref(old);
    }
    pthread_mutex_unlock(&a->loading);
}

void access_wrote(struct access *a)
{
    pthread_mutex_lock(&a->lock);
    a->wanted++;
    pthread_mutex_unlock(&a->lock);
    load(a);
}

void access_heard(struct access *a, const struct note *notes, size_t len)
{
    static const char *const ours[] = { "user.", "token.", "session.", "setup.", "permissions." };
    bool is_ours = false;

    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
            is_ours = is_ours || text_starts(notes[i].act, ours[k]);
    if (!is_ours)
        return;
    pthread_mutex_lock(&a->lock);
    a->wanted++;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
}

struct flush { struct entry *entries[FLUSH_ROWS]; int64_t at[FLUSH_ROWS]; size_t len; };

static enum err write_seen(struct tx *tx, void *arg, struct error *e)
{
    struct flush *f = arg;

    for (size_t i = 0; i < f->len; i++) {
        struct bytes lookup = bytes_of(f->entries[i]->lookup, SHA256_LEN);
        enum err r = f->entries[i]->kind == ENTRY_SESSION ? store_session_seen(tx, lookup, f->at[i], e)
                                                          : store_credential_used(tx, "token", lookup, f->at[i], e);

        if (r)
            return r;
    }
    return ERR_NONE;
}

/* What cannot be written now is written a minute later: only last-seen times are at stake. */
static void flush(struct access *a)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    struct actor who = actor_clock("last seen");

    if (access_snapshot(a, &s, NULL))
        return;
    for (size_t at = 0; at < s->len;) {
        struct flush f = { .len = 0 };

        for (; at < s->len && f.len < FLUSH_ROWS; at++)
            if (s->entries[at].seen_at > s->entries[at].stored_at) {
                f.at[f.len] = s->entries[at].seen_at;
                f.entries[f.len++] = &s->entries[at];
            }
        if (f.len == 0 || store_write_bulk(a->store, &who, write_seen, &f, NULL))
            continue;
        for (size_t i = 0; i < f.len; i++)
            f.entries[i]->stored_at = f.at[i];
    }
}

/* Sleeps until a note came, a load must be tried again, or a minute is over. True when it is to end. */
static bool sleep_until_due(struct access *a, int64_t flush_ms)
{
    int64_t until = flush_ms;
    struct timespec ts;
    bool is_stopping;

    pthread_mutex_lock(&a->lock);
    if (a->is_stale && until > clock_mono_ms() + RETRY_MS)
        until = clock_mono_ms() + RETRY_MS;
    ts = (struct timespec){ until / 1000, until % 1000 * 1000000 };
    while (!a->is_stopping && (a->loaded >= a->wanted || a->is_stale))
        if (pthread_cond_timedwait(&a->wake, &a->lock, &ts) == ETIMEDOUT)
            break;
    is_stopping = a->is_stopping;
    pthread_mutex_unlock(&a->lock);
    return is_stopping;
}

static void *follow(void *arg)
{
    struct access *a = arg;
    int64_t flush_ms = clock_mono_ms() + FLUSH_MS;

    while (!sleep_until_due(a, flush_ms)) {
        load(a);
        if (clock_mono_ms() >= flush_ms) {
            flush(a);
            flush_ms = clock_mono_ms() + FLUSH_MS;
        }
    }
    return NULL;
}

static void locks_init(struct access *a)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&a->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&a->lock, NULL);
    pthread_mutex_init(&a->loading, NULL);
}

static void drop(struct access *a)
{
    snapshot_unref(a->now);
    throttle_free(a->throttle);
    pthread_cond_destroy(&a->wake);
    pthread_mutex_destroy(&a->lock);
    pthread_mutex_destroy(&a->loading);
    free(a);
}

enum err access_open(struct store *store, const char *dir, struct access **out, struct error *e)
{
    struct access *a = own_alloc(sizeof(*a));
    enum err r;

    a->store = store;
    a->throttle = throttle_new();
    access_session_limits(a, SESSION_IDLE, SESSION_LIFE);
    locks_init(a);
    if (snprintf(a->token_path, sizeof(a->token_path), "%s/setup-token", dir) >= (int)sizeof(a->token_path))
        r = fail(e, ERR_INVALID, "the path of the data directory is too long");
    else
        r = snapshot_load(store, NULL, &a->now, e);
    if (!r && pthread_create(&a->thread, NULL, follow, a) != 0)
        r = fail(e, ERR_IO, "no thread could be started: the system's limits are reached");
    if (r) {
        drop(a);
        return r;
    }
    *out = a;
    return ERR_NONE;
}

void access_close(struct access *a)
{
    if (a == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    a->is_stopping = true;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    flush(a);
    drop(a);
}

void access_session_limits(struct access *a, int64_t idle_sec, int64_t life_sec)
{
    a->idle_sec = idle_sec;
    a->life_sec = life_sec;
}

void access_hash(const char *secret, uint8_t out[SHA256_LEN])
{
    hash_sha256(bytes_text(secret), out);
}

void access_entry_actor(struct entry *entry, enum actor_kind kind, struct actor *out)
{
    int64_t now = clock_now();

    if (entry->seen_at < now)
        entry->seen_at = now;
    out->kind = kind;
    out->id = entry->principal;
    memcpy(out->name, entry->name, sizeof(out->name));
    out->rights = entry->rights;
    out->grants = NULL;
    out->grants_len = 0;
    out->proved_at = entry->proved_at;
}

enum err access_name_check(const char *name, struct error *e)
{
    size_t len = strlen(name);

    if (len == 0 || len >= sizeof(((struct actor *)0)->name))
        return fail_at(e, "/name", "a name has 1 to 63 bytes");
    if (!text_is_clean(bytes_text(name)) || name[0] == ' ' || name[len - 1] == ' ')
        return fail_at(e, "/name", "a name has no control characters and no blanks at its ends");
    return ERR_NONE;
}
