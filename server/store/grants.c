#include "store/grants.h"

#include "store/query.h"
#include "store/rows.h"

static enum err read_rows(struct query *q, struct arena *a, struct grant_row **out, size_t *len, struct error *e)
{
    struct grant_row *list = NULL;
    size_t n = 0, room = 0;
    enum err r;

    while (query_next(q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        list[n++] = (struct grant_row){ .principal = query_get_ident(q, 0), .kind = query_get_text(q, 1, a), .name = query_get_text(q, 2, a),
                                        .certificate = query_get_ident(q, 3), .allows = (unsigned)query_get_int(q, 4) };
    }
    r = query_end(q, e);
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_grants(const struct db *db, struct arena *a, struct grant_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_GRANTS_ON_CERTIFICATES);

    return read_rows(&q, a, out, len, e);
}

enum err store_grants_on(const struct db *db, const struct id *certificate, struct arena *a, struct grant_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_GRANTS_ON_ONE);

    query_ident(&q, ":certificate", certificate);
    return read_rows(&q, a, out, len, e);
}

static enum err drop_all(struct tx *tx, const struct id *certificate, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_LINEAGE_GRANTS_END);

    query_ident(&q, ":id", certificate);
    return query_run(&q, NULL, e);
}

static enum err add(struct tx *tx, const struct id *certificate, const struct id *principal, const char *right, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_GRANT_ON_ONE_ADD);

    query_ident(&q, ":principal", principal);
    query_text(&q, ":right", right);
    query_ident(&q, ":certificate", certificate);
    query_ident(&q, ":granted_by", &tx_actor(tx)->id);
    query_int(&q, ":granted_at", tx_now(tx));
    return query_run(&q, NULL, e);
}

enum err store_grants_put(struct tx *tx, const struct id *certificate, const struct grant_row *rows, size_t len, struct error *e)
{
    static const struct { unsigned bit; const char *right; } rights[] = { { 1, "key.use" }, { 2, "key.export" }, { 4, "key.manage" } };
    enum err r = drop_all(tx, certificate, e);

    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; r == ERR_NONE && k < sizeof(rights) / sizeof(*rights); k++)
            if ((rows[i].allows & rights[k].bit) != 0)
                r = add(tx, certificate, &rows[i].principal, rights[k].right, e);
    return r;
}
