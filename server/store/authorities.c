#include "store/authorities.h"

#include "store/query.h"

enum { AUTHORITIES_MAX = 1000 };

static enum err add_use(struct tx *tx, const struct authority_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_AUTHORITY_USE_ADD);

    query_ident(&q, ":by_id", &row->id);
    query_ident(&q, ":certificate", &row->certificate);
    return query_run(&q, NULL, e);
}

static enum err add_row(struct tx *tx, const struct authority_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_AUTHORITY_ADD);

    query_ident(&q, ":id", &row->id);
    query_text(&q, ":slug", row->slug);
    query_ident(&q, ":key", &row->key);
    query_ident(&q, ":parent", &row->parent);
    query_int(&q, ":certificate", row->certificate_n);
    query_text(&q, ":state", row->state);
    query_text(&q, ":public_url", row->public_url);
    query_int(&q, ":crl_days", row->crl_days);
    query_int(&q, ":crl_number", row->crl_number);
    query_int(&q, ":created_at", row->created_at);
    return query_run(&q, NULL, e);
}

enum err store_authority_add(struct tx *tx, const struct authority_row *row, struct error *e)
{
    enum err r = add_row(tx, row, e);

    if (r)
        return r;
    return add_use(tx, row, e);
}

static void read_row(const struct query *q, struct arena *a, struct authority_row *out)
{
    *out = (struct authority_row){
        .id = query_get_ident(q, 0), .slug = query_get_text(q, 1, a), .parent = query_get_ident(q, 2), .key = query_get_ident(q, 3),
        .state = query_get_text(q, 4, a), .public_url = query_get_text(q, 5, a), .crl_days = query_get_int(q, 6),
        .crl_number = query_get_int(q, 7), .version = query_get_int(q, 8), .created_at = query_get_int(q, 9),
        .label = query_get_text(q, 10, a), .certificate = query_get_ident(q, 11), .certificate_n = query_get_int(q, 12),
        .der = query_get_blob(q, 13, a), .blob = query_get_blob(q, 14, a),
        .crl_this_update = query_get_int(q, 15), .crl_next_update = query_get_int(q, 16),
    };
}

enum err store_authorities(const struct db *db, struct arena *a, struct authority_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_AUTHORITY_LIST);
    struct authority_row *rows = NULL;
    size_t count = 0, room = 0;
    enum err r;

    while (count < AUTHORITIES_MAX && query_next(&q)) {
        if (count == room) {
            struct authority_row *wider = arena_take(a, (room == 0 ? 8 : room * 2) * sizeof(*rows));

            if (count > 0)
                memcpy(wider, rows, count * sizeof(*rows));
            rows = wider;
            room = room == 0 ? 8 : room * 2;
        }
        read_row(&q, a, &rows[count]);
        count++;
    }
    r = query_end(&q, e);
    if (r)
        return r;

    *out = rows;
    *len = count;
    return ERR_NONE;
}

enum err store_authority_still(struct tx *tx, const struct id *id, int64_t version, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_AUTHORITY_STILL);

    query_ident(&q, ":id", id);
    if (!query_next(&q))
        return query_fail(&q, e, "that authority is gone");
    if (query_get_int(&q, 0) == version)
        return ERR_NONE;
    return fail(e, ERR_CONFLICT, "the authority was changed a moment ago: ask again");
}
