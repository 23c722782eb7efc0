#include "store/query.h"

#include <stdarg.h>
#include <stdio.h>

#include "store/connection.h"

static int prepare(const struct db *db, enum query_id id, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(db->handle, query_sql[id], -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
}

struct query query_begin(const struct db *db, enum query_id id)
{
    struct query q = { .db = db, .id = id };
    struct db *own = (struct db *)db;              /* the cache is no part of what a reader may not change */
    sqlite3_stmt *stmt = NULL;

    if (own->is_lent[id]) {
        q.rc = prepare(db, id, &stmt);
        q.stmt = stmt;
        return q;
    }
    if (own->kept[id] == NULL)
        q.rc = prepare(db, id, &own->kept[id]);
    q.stmt = own->kept[id];
    own->is_lent[id] = q.stmt != NULL;
    return q;
}

void query_done(struct query *q)
{
    struct db *own = (struct db *)q->db;

    if (q->stmt == NULL)
        return;
    if (q->stmt != own->kept[q->id]) {
        sqlite3_finalize(q->stmt);
    } else {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);
        own->is_lent[q->id] = false;
    }
    q->stmt = NULL;
}

/* 0 when something went wrong before, or the statement has no such parameter: that is a mistake of ours. Mostly they come in the order of
   the statement, and the one behind the last is looked at before all of them are. */
static int place(struct query *q, const char *name)
{
    const char *next;

    if (q->rc != SQLITE_OK || q->stmt == NULL)
        return 0;
    next = sqlite3_bind_parameter_name(q->stmt, q->placed + 1);
    if (next != NULL && strcmp(next, name) == 0)
        return ++q->placed;
    q->placed = sqlite3_bind_parameter_index(q->stmt, name);
    if (q->placed == 0)
        q->rc = SQLITE_RANGE;
    return q->placed;
}

void query_int(struct query *q, const char *name, int64_t value)
{
    int at = place(q, name);

    if (at > 0)
        q->rc = sqlite3_bind_int64(q->stmt, at, value);
}

void query_text(struct query *q, const char *name, const char *value)
{
    int at = place(q, name);

    if (at > 0)
        q->rc = sqlite3_bind_text(q->stmt, at, value, -1, SQLITE_STATIC);
}

void query_blob(struct query *q, const char *name, struct bytes value)
{
    int at = place(q, name);

    if (at > 0)
        q->rc = sqlite3_bind_blob64(q->stmt, at, value.at, value.len, SQLITE_STATIC);
}

void query_ident(struct query *q, const char *name, const struct id *value)
{
    int at = place(q, name);

    if (at == 0)
        return;
    if (value == NULL || id_is_none(value))
        q->rc = sqlite3_bind_null(q->stmt, at);
    else
        q->rc = sqlite3_bind_blob(q->stmt, at, value->b, sizeof(value->b), SQLITE_TRANSIENT);
}

void query_null(struct query *q, const char *name)
{
    int at = place(q, name);

    if (at > 0)
        q->rc = sqlite3_bind_null(q->stmt, at);
}

bool query_next(struct query *q)
{
    int rc;

    if (q->rc != SQLITE_OK)
        return false;
    rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return true;
    q->rc = rc;
    return false;
}

enum err query_end(const struct query *q, struct error *e)
{
    if (q->rc == SQLITE_OK || q->rc == SQLITE_DONE)
        return ERR_NONE;
    if (q->rc == SQLITE_RANGE)
        return fail(e, ERR_BUG, "a parameter of this statement is not there: %.120s", query_sql[q->id]);
    return connection_fail(q->db, q->rc, e);
}

enum err query_run(struct query *q, int64_t *changed, struct error *e)
{
    enum err r;

    while (query_next(q))
        ;
    r = query_end(q, e);
    if (r)
        return r;
    if (changed != NULL)
        *changed = sqlite3_changes64(q->db->handle);
    return ERR_NONE;
}

enum err query_fail(const struct query *q, struct error *e, const char *fmt, ...)
{
    enum err r = query_end(q, e);
    char text[200];
    va_list args;

    if (r)
        return r;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return fail(e, ERR_ABSENT, "%s", text);
}

int64_t query_get_int(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

bool query_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

const char *query_get_text(const struct query *q, int column, struct arena *a)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);

    if (text == NULL)
        return "";
    return arena_copy(a, text, (size_t)sqlite3_column_bytes(q->stmt, column));
}

struct bytes query_get_blob(const struct query *q, int column, struct arena *a)
{
    const void *blob = sqlite3_column_blob(q->stmt, column);

    if (blob == NULL)
        return (struct bytes){ 0 };
    return arena_bytes(a, bytes_of(blob, (size_t)sqlite3_column_bytes(q->stmt, column)));
}

struct id query_get_ident(const struct query *q, int column)
{
    const void *blob = sqlite3_column_blob(q->stmt, column);
    struct id id = { { 0 } };

    if (blob != NULL && sqlite3_column_bytes(q->stmt, column) == (int)sizeof(id.b))
        memcpy(id.b, blob, sizeof(id.b));
    return id;
}

int64_t query_last_rowid(const struct query *q)
{
    return sqlite3_last_insert_rowid(q->db->handle);
}
