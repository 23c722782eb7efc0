#include "store/tx.h"

#include <stdlib.h>

/* Room for one more in a list of the transaction. */
static void *room_for(void *list, size_t *room, size_t len, size_t size)
{
    if (len < *room)
        return list;
    *room = *room > 0 ? *room * 2 : 64;
    return own_grow(list, *room * size);
}

const struct db *tx_db(const struct tx *tx)
{
    return tx->db;
}

const struct actor *tx_actor(const struct tx *tx)
{
    return tx->by;
}

int64_t tx_now(const struct tx *tx)
{
    return tx->now;
}

void tx_note(struct tx *tx, const char *act, const char *subject, const struct id *subject_id, const char *detail_json)
{
    struct note *n;

    tx->notes = room_for(tx->notes, &tx->notes_room, tx->done.notes_len, sizeof(*tx->notes));
    n = &tx->notes[tx->done.notes_len++];
    memset(n, 0, sizeof(*n));
    n->at = tx->now;
    n->act = arena_text(tx->arena, act);
    n->subject = arena_text(tx->arena, subject);
    n->actor_name = arena_text(tx->arena, tx->by->name);
    n->source = arena_text(tx->arena, tx->by->source);
    n->detail = arena_text(tx->arena, detail_json != NULL ? detail_json : "{}");
    n->actor = tx->by->id;
    if (subject_id != NULL)
        n->subject_id = *subject_id;
}

/* FNV-1a, over the end of the text too. */
static uint64_t hashed(uint64_t hash, const void *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ ((const uint8_t *)at)[i]) * 0x100000001b3;
    return hash;
}

static uint64_t tally_hash(const char *facet, const char *value, int64_t day)
{
    uint64_t hash = hashed(0xcbf29ce484222325, facet, strlen(facet) + 1);

    return hashed(hashed(hash, value, strlen(value) + 1), &day, sizeof(day));
}

void tx_tally(struct tx *tx, const char *facet, const char *value, int64_t day, int by)
{
    tx->tallies = room_for(tx->tallies, &tx->tallies_room, tx->done.tallies_len, sizeof(*tx->tallies));
    tx->tallies[tx->done.tallies_len++] = (struct tally){ arena_text(tx->arena, facet), arena_text(tx->arena, value), day, by, tally_hash(facet, value, day) };
}

void tx_search(struct tx *tx, int64_t certificate_n, const char *before, const char *after)
{
    tx->searches = room_for(tx->searches, &tx->searches_room, tx->done.searches_len, sizeof(*tx->searches));
    tx->searches[tx->done.searches_len++] = (struct search){
        certificate_n, before != NULL ? arena_text(tx->arena, before) : NULL, after != NULL ? arena_text(tx->arena, after) : NULL };
}

void tx_clear(struct tx *tx)
{
    arena_free(tx->arena);
    tx->arena = arena_new();
    tx->done.notes_len = tx->done.tallies_len = tx->done.searches_len = 0;
}

void tx_free(struct tx *tx)
{
    arena_free(tx->arena);
    free(tx->notes);
    free(tx->tallies);
    free(tx->searches);
    memset(tx, 0, sizeof(*tx));
}

static enum err run_inside(struct tx *tx, store_fn fn, void *arg, struct error *e)
{
    size_t notes = tx->done.notes_len;
    enum err r = fn(tx, arg, e);

    if (r)
        return r;
    if (tx->trouble.code) {
        if (e != NULL)
            *e = tx->trouble;
        return tx->trouble.code;
    }
    return journal_write(tx, notes, e);
}

static enum err step(struct tx *tx, enum query_id id, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, id);

    return query_run(&q, NULL, e);
}

enum err tx_run(struct tx *tx, store_fn fn, void *arg, struct error *e)
{
    struct tx_mark before = tx->done;
    enum err r;

    memset(&tx->trouble, 0, sizeof(tx->trouble));
    r = run_inside(tx, fn, arg, e);
    if (r)
        tx->done = before;
    return r;
}

enum err tx_run_apart(struct tx *tx, store_fn fn, void *arg, struct error *e)
{
    struct tx_mark before = tx->done;
    enum err r;

    memset(&tx->trouble, 0, sizeof(tx->trouble));
    r = step(tx, Q_TX_PART, e);
    if (r)
        return r;
    r = run_inside(tx, fn, arg, e);
    if (r) {
        tx->done = before;
        connection_run(tx->db, "ROLLBACK TO one; RELEASE one");    /* fails where SQLite has rolled back all: the caller looks */
        return r;
    }
    r = step(tx, Q_TX_PART_DONE, e);
    if (r)
        tx->done = before;
    return r;
}

static int by_key(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    int c;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    c = x->day < y->day ? -1 : x->day > y->day;
    if (c == 0)
        c = strcmp(x->facet, y->facet);
    return c != 0 ? c : strcmp(x->value, y->value);
}

static enum err flush_tally(struct tx *tx, const struct tally *t, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_TALLY_ADD);

    query_text(&q, ":facet", t->facet);
    query_text(&q, ":value", t->value);
    query_int(&q, ":day", t->day);
    query_int(&q, ":by", t->by);
    return query_run(&q, NULL, e);
}

/* A batch of 256 certificates touches a handful of counts: added up first. */
static enum err flush_tallies(struct tx *tx, struct error *e)
{
    struct tally *list = tx->tallies;
    size_t len = tx->done.tallies_len, i = 0;

    if (len > 1)
        qsort(list, len, sizeof(*list), by_key);
    while (i < len) {
        struct tally sum = list[i++];
        enum err r;

        while (i < len && by_key(&sum, &list[i]) == 0)
            sum.by += list[i++].by;
        r = sum.by != 0 ? flush_tally(tx, &sum, e) : ERR_NONE;
        if (r)
            return r;
    }
    return ERR_NONE;
}

static enum err flush_search(struct tx *tx, const struct search *s, struct error *e)
{
    enum query_id steps[] = { Q_SEARCH_REMOVE, Q_SEARCH_ADD };
    const char *bodies[] = { s->before, s->after };

    for (size_t i = 0; i < 2; i++) {
        CLEANUP(query_done) struct query q = query_begin(tx->db, steps[i]);
        enum err r;

        if (bodies[i] == NULL)
            continue;
        query_int(&q, ":n", s->n);
        query_text(&q, ":body", bodies[i]);
        r = query_run(&q, NULL, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

enum err tx_flush(struct tx *tx, struct error *e)
{
    enum err r = flush_tallies(tx, e);

    for (size_t i = 0; r == ERR_NONE && i < tx->done.searches_len; i++)
        r = flush_search(tx, &tx->searches[i], e);
    return r;
}
