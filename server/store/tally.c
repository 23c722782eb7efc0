#include "store/tally.h"

#include "store/query.h"

enum err store_tally_days(const struct db *db, int64_t from, int64_t to, struct arena *a, struct day_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TALLY_DAYS);
    size_t room = to >= from ? (size_t)(to - from) + 1 : 0, n = 0;
    struct day_row *list;
    enum err r;

    list = arena_take(a, (room + 1) * sizeof(*list));
    query_int(&q, ":from", from);
    query_int(&q, ":to", to);
    while (n < room && query_next(&q))
        list[n++] = (struct day_row){ query_get_int(&q, 0), query_get_int(&q, 1) };
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}

static enum err one_number(struct query *q, int64_t *out, struct error *e)
{
    if (!query_next(q))
        return query_fail(q, e, "nothing was counted");
    *out = query_get_int(q, 0);
    return ERR_NONE;
}

enum err store_tally_ends(const struct db *db, const char *facet, struct ends *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TALLY_ENDS);

    query_text(&q, ":facet", facet);
    while (query_next(&q)) {
        int64_t day = query_get_int(&q, 0), n = query_get_int(&q, 2);

        if (query_get_int(&q, 1) != 0) {
            out->revoked += n;
            continue;
        }
        out->good += n;
        for (size_t i = 0; i < out->len; i++) {
            out->at[i].before += day < out->at[i].day ? n : 0;
            out->at[i].on += day == out->at[i].day ? n : 0;
        }
    }
    return query_end(&q, e);
}

enum err store_ending(const struct db *db, const char *store, int64_t from, int64_t to, int64_t *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_ENDING);

    query_text(&q, ":store", store);
    query_int(&q, ":from", from);
    query_int(&q, ":to", to);
    return one_number(&q, out, e);
}

enum err store_tally_values(const struct db *db, const char *facet, unsigned limit, struct arena *a, struct value_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TALLY_VALUES);
    struct value_row *list = arena_take(a, (limit + 1) * sizeof(*list));
    size_t n = 0;
    enum err r;

    query_text(&q, ":facet", facet);
    query_int(&q, ":limit", limit);
    while (n < limit && query_next(&q)) {
        list[n].value = query_get_text(&q, 0, a);
        list[n++].count = query_get_int(&q, 1);
    }
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}
