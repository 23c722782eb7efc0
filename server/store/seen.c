#include "store/seen.h"

#include "store/query.h"
#include "store/rows.h"

static enum err rotate(struct tx *tx, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SEEN_ROTATE);

    query_int(&q, ":most", SEEN_MAX);
    return query_run(&q, NULL, e);
}

static enum err put(struct tx *tx, const struct seen_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SEEN_PUT);

    query_text(&q, ":address", row->address);
    query_text(&q, ":agent", row->agent);
    query_text(&q, ":name", row->name);
    query_int(&q, ":at", row->last_at);
    return query_run(&q, NULL, e);
}

enum err store_seen_put(struct tx *tx, const struct seen_row *row, struct error *e)
{
    enum err r = put(tx, row, e);

    return r ? r : rotate(tx, e);
}

enum err store_seen_list(const struct db *db, struct arena *a, struct seen_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_SEEN_LIST);
    struct seen_row *list = NULL;
    size_t room = 0, n = 0;
    enum err r;

    query_int(&q, ":most", SEEN_MAX);
    while (query_next(&q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        list[n++] = (struct seen_row){ .address = query_get_text(&q, 0, a), .agent = query_get_text(&q, 1, a), .name = query_get_text(&q, 2, a),
                                       .first_at = query_get_int(&q, 3), .last_at = query_get_int(&q, 4), .times = query_get_int(&q, 5) };
    }
    r = query_end(&q, e);
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}
