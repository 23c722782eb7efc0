#include "store/principals.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "store/query.h"
#include "store/rows.h"

static void read_row(const struct query *q, struct arena *a, struct principal_row *out)
{
    out->id = query_get_ident(q, 0);
    out->kind = query_get_text(q, 1, a);
    out->name = query_get_text(q, 2, a);
    out->parent = query_get_ident(q, 3);
    out->created_at = query_get_int(q, 4);
    out->expires_at = query_get_int(q, 5);
    out->role = query_get_text(q, 6, a);
}

static enum err add_role(struct tx *tx, const struct principal_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_GRANT_ADD);

    query_ident(&q, ":principal", &row->id);
    query_text(&q, ":right", row->role);
    query_ident(&q, ":granted_by", &tx_actor(tx)->id);
    query_int(&q, ":granted_at", tx_now(tx));
    return query_run(&q, NULL, e);
}

enum err store_principal_add(struct tx *tx, const struct principal_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_PRINCIPAL_ADD);
    enum err r;

    query_ident(&q, ":id", &row->id);
    query_text(&q, ":kind", row->kind);
    query_text(&q, ":name", row->name);
    query_ident(&q, ":parent", &row->parent);
    query_int(&q, ":created_at", tx_now(tx));
    if (row->expires_at > 0)
        query_int(&q, ":expires_at", row->expires_at);
    else
        query_null(&q, ":expires_at");
    r = query_run(&q, NULL, e);
    if (r == ERR_CONFLICT)
        return fail(e, ERR_CONFLICT, "there is a %s named \"%s\" already: choose another name", row->kind, row->name);
    if (r || row->role == NULL)
        return r;
    return add_role(tx, row, e);
}

enum err store_principal_end(struct tx *tx, const struct id *id, const char *kind, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_PRINCIPAL_END);
    int64_t changed;
    enum err r;

    query_ident(&q, ":id", id);
    query_text(&q, ":kind", kind);
    r = query_run(&q, &changed, e);
    if (r)
        return r;
    return changed > 0 ? ERR_NONE : fail(e, ERR_ABSENT, "there is no such %s", kind);
}

enum err store_principal_by_name(const struct db *db, const char *kind, const char *name, struct arena *a,
                                 struct principal_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_PRINCIPAL_BY_NAME);

    query_text(&q, ":kind", kind);
    query_text(&q, ":name", name);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no %s named \"%s\"", kind, name);
    read_row(&q, a, out);
    return ERR_NONE;
}

static enum err read_rows(struct query *q, struct arena *a, struct principal_row **out, size_t *len, struct error *e)
{
    struct principal_row *list = NULL;
    size_t n = 0, room = 0;
    enum err r;

    while (query_next(q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        read_row(q, a, &list[n++]);
    }
    r = query_end(q, e);
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_principals(const struct db *db, struct arena *a, struct principal_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_PRINCIPAL_LIST);

    return read_rows(&q, a, out, len, e);
}

enum err store_principals_named(const struct db *db, const char *kind, const char *name, int64_t now, struct arena *a,
                                struct principal_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_PRINCIPALS_NAMED);

    query_text(&q, ":kind", kind);
    query_text(&q, ":name", name);
    query_int(&q, ":now", now);
    return read_rows(&q, a, out, len, e);
}

enum err store_set_up_at(const struct db *db, int64_t *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_META_GET);
    CLEANUP(arena_drop) struct arena *a = arena_new();

    query_text(&q, ":name", "set_up_at");
    *out = 0;
    if (query_next(&q) && !text_number(query_get_text(&q, 0, a), 1, INT64_MAX, out))
        return fail(e, ERR_BUG, "the row set_up_at of the table meta is damaged: restore a backup");
    return query_end(&q, e);
}

enum err store_set_up_put(struct tx *tx, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_META_PUT);
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, tx_now(tx));
    query_text(&q, ":name", "set_up_at");
    query_text(&q, ":value", text);
    return query_run(&q, NULL, e);
}
