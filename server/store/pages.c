#include "store/pages.h"

#include <stdio.h>

#include "store/rows.h"
#include "store/version_row.h"

enum { NUMBER_MAX = 22 };              /* with its comma and the end */

/* "[1,2,3]": the statement takes it apart, and a row says by its key which place it belongs to. */
static const char *list_text(const int64_t *numbers, size_t len, struct arena *a)
{
    char *text = arena_take(a, len * NUMBER_MAX + 3), *p = text;

    *p++ = '[';
    for (size_t i = 0; i < len; i++)
        p += snprintf(p, NUMBER_MAX, i > 0 ? ",%lld" : "%lld", (long long)numbers[i]);
    *p = ']';                          /* the arena is zeroed behind it */
    return text;
}

enum err store_page_versions(const struct db *db, const int64_t *versions, size_t len, struct arena *a, struct version_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_PAGE);
    size_t n = 0;
    enum err r;

    query_text(&q, ":versions", list_text(versions, len, a));
    while (query_next(&q)) {
        out[query_get_int(&q, VERSION_ROW_COLUMNS)] = version_row_read(&q, a);
        n++;
    }
    r = query_end(&q, e);
    if (r == ERR_NONE && n < len)
        return fail(e, ERR_ABSENT, "there is no such version of a certificate");
    return r;
}

/* Rows come place by place. */
struct filling { size_t place, room; };

static size_t next_place(const struct query *q, struct filling *f)
{
    size_t place = (size_t)query_get_int(q, 0);

    if (place != f->place)
        f->room = 0;
    f->place = place;
    return place;
}

enum err store_page_names(const struct db *db, const int64_t *versions, size_t len, struct arena *a, struct row_names *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_NAME_PAGE);
    struct filling f = { .place = len };

    memset(out, 0, len * sizeof(*out));
    query_text(&q, ":versions", list_text(versions, len, a));
    while (query_next(&q)) {
        struct row_names *row = &out[next_place(&q, &f)];

        row->at = rows_room(a, row->at, &f.room, row->len, sizeof(*row->at));
        row->at[row->len++] = name_row_read(&q, 1, a);
    }
    return query_end(&q, e);
}

static enum err read_texts(struct query *q, const int64_t *certificates, size_t len, struct arena *a, struct row_texts *out, struct error *e)
{
    struct filling f = { .place = len };

    memset(out, 0, len * sizeof(*out));
    query_text(q, ":certificates", list_text(certificates, len, a));
    while (query_next(q)) {
        struct row_texts *row = &out[next_place(q, &f)];

        if (row->len == ROW_TEXTS_MAX)
            continue;
        row->at = rows_room(a, row->at, &f.room, row->len, sizeof(*row->at));
        row->at[row->len++] = query_get_text(q, 1, a);
    }
    return query_end(q, e);
}

enum err store_page_tags(const struct db *db, const int64_t *certificates, size_t len, struct arena *a, struct row_texts *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TAG_PAGE);

    return read_texts(&q, certificates, len, a, out, e);
}

enum err store_page_uses(const struct db *db, const int64_t *certificates, size_t len, struct arena *a, struct row_texts *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_USE_PAGE);

    return read_texts(&q, certificates, len, a, out, e);
}
