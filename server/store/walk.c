#include "store/walk.h"

#include "store/query.h"

#include <sqlite3.h>

static const struct { enum query_id rest, ties; } statements[WALK_ORDERS] = {
    [WALK_NEWEST] = { Q_WALK_NEWEST, Q_COUNT },
    [WALK_OLDEST] = { Q_WALK_OLDEST, Q_COUNT },
    [WALK_EXPIRY_UP] = { Q_WALK_EXPIRY_UP, Q_WALK_EXPIRY_UP_TIES },
    [WALK_EXPIRY_DOWN] = { Q_WALK_EXPIRY_DOWN, Q_WALK_EXPIRY_DOWN_TIES },
    [WALK_NAME_UP] = { Q_WALK_NAME_UP, Q_WALK_NAME_UP_TIES },
    [WALK_NAME_DOWN] = { Q_WALK_NAME_DOWN, Q_WALK_NAME_DOWN_TIES },
};
static const char last_text[] = "\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf";     /* behind every name */

static bool is_by_name(enum walk_order order)
{
    return order == WALK_NAME_UP || order == WALK_NAME_DOWN;
}

static void bind_ties(struct query *q, const struct walk *w)
{
    query_int(q, ":is_current", !w->is_superseded);
    query_int(q, ":n", w->from.n);
    if (is_by_name(w->order))
        query_text(q, ":text", w->from.common_name);
    else
        query_int(q, ":number", w->from.not_after);
}

static void bind_rest(struct query *q, const struct walk *w)
{
    bool is_set = w->from.is_set;

    query_int(q, ":is_current", !w->is_superseded);
    switch (w->order) {
    case WALK_NEWEST:
        query_int(q, ":n", is_set ? w->from.n : INT64_MAX);
        return;
    case WALK_OLDEST:
        query_int(q, ":n", is_set ? w->from.n : 0);
        return;
    case WALK_EXPIRY_UP:
        query_int(q, ":number", is_set ? w->from.not_after : w->min == INT64_MIN ? w->min : w->min - 1);
        query_int(q, ":max", w->max);
        return;
    case WALK_EXPIRY_DOWN:
        query_int(q, ":number", is_set ? w->from.not_after : w->max);
        query_int(q, ":min", w->min);
        return;
    case WALK_NAME_UP:
        query_text(q, ":text", is_set ? w->from.common_name : "");
        return;
    case WALK_NAME_DOWN:
        query_text(q, ":text", is_set ? w->from.common_name : last_text);
        return;
    case WALK_ORDERS:
        return;
    }
}

static const char *lent_text(const struct query *q, int column)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, column);

    return text != NULL ? text : "";
}

/* Columns of every walk: n certificate not_before not_after state issuer key_type store source flags common_name. */
static void read_row(const struct query *q, unsigned wants, struct walk_row *row)
{
    row->n = query_get_int(q, 0);
    row->certificate_n = query_get_int(q, 1);
    row->not_before = query_get_int(q, 2);
    row->not_after = query_get_int(q, 3);
    row->flags = (unsigned)query_get_int(q, 9);
    if (wants & WANT_STATE)
        row->state = lent_text(q, 4);
    if (wants & WANT_ISSUER)
        row->issuer = query_get_ident(q, 5);
    if (wants & WANT_KEY_TYPE)
        row->key_type = lent_text(q, 6);
    if (wants & WANT_STORE)
        row->store = lent_text(q, 7);
    if (wants & WANT_SOURCE)
        row->source = lent_text(q, 8);
    if (wants & WANT_NAME)
        row->common_name = lent_text(q, 10);
}

struct pace { unsigned wants; bool (*each)(void *arg, const struct walk_row *row); void *arg; bool is_over; };

static enum err follow(struct query *q, struct pace *p, struct error *e)
{
    struct walk_row row = { .state = "", .key_type = "", .store = "", .source = "", .common_name = "" };

    while (!p->is_over && query_next(q)) {
        read_row(q, p->wants, &row);
        p->is_over = !p->each(p->arg, &row);
    }
    return query_end(q, e);
}

/* Behind a row of an order that knows ties come first those that are equal to it: SQLite uses no row value (x, n) > (:x, :n)
   on an index whose second column is the rowid. */
static enum err follow_ties(const struct db *db, const struct walk *walk, struct pace *p, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, statements[walk->order].ties);

    bind_ties(&q, walk);
    return follow(&q, p, e);
}

enum err store_walk(const struct db *db, const struct walk *walk, bool (*each)(void *arg, const struct walk_row *row), void *arg, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, statements[walk->order].rest);
    struct pace pace = { .wants = walk->wants | (is_by_name(walk->order) ? WANT_NAME : 0), .each = each, .arg = arg };
    struct walk from = *walk;
    enum err r = ERR_NONE;

    if (!from.from.is_set && from.order == WALK_NAME_UP)
        from.from = (struct walk_from){ .is_set = true, .common_name = "" };      /* those without a name are ties with the beginning */
    if (from.from.is_set && statements[from.order].ties != Q_COUNT)
        r = follow_ties(db, &from, &pace, e);
    if (r)
        return r;
    bind_rest(&q, &from);
    return follow(&q, &pace, e);
}

enum err store_walk_one(const struct db *db, int64_t n, struct arena *a, struct walk_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_WALK_ONE);

    query_int(&q, ":n", n);
    if (!query_next(&q))
        return query_fail(&q, e, "that version is not the current one any more");
    read_row(&q, WANT_ALL, out);
    out->state = arena_text(a, out->state);
    out->key_type = arena_text(a, out->key_type);
    out->store = arena_text(a, out->store);
    out->source = arena_text(a, out->source);
    out->common_name = arena_text(a, out->common_name);
    return ERR_NONE;
}
