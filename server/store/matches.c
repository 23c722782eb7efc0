#include "store/matches.h"

#include "store/tx.h"

static enum err collect(struct query *q, struct matches *out, struct error *e)
{
    out->len = 0;
    while (out->len < MATCHES_MAX && query_next(q))
        out->at[out->len++] = query_get_int(q, 0);
    return query_end(q, e);
}

enum err store_match_thumbprint(const struct db *db, struct bytes sha256, int64_t *n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_BY_THUMBPRINT);

    query_blob(&q, ":sha256", sha256);
    *n = query_next(&q) ? query_get_int(&q, 0) : 0;
    return query_end(&q, e);
}

enum err store_match_key(const struct db *db, const struct id *key, struct matches *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_OF_KEY);

    query_ident(&q, ":key", key);
    return collect(&q, out, e);
}

enum err store_match_keyless(const struct db *db, struct bytes spki_sha256, struct matches *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_WITHOUT_KEY);

    query_blob(&q, ":spki_sha256", spki_sha256);
    return collect(&q, out, e);
}

enum err store_match_name(const struct db *db, const struct name_row *name, struct arena *a, struct matches *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_NAMED);

    query_text(&q, ":reversed", store_name_key(name, a));
    query_text(&q, ":kind", name->is_ip ? "ip" : "dns");
    return collect(&q, out, e);
}

enum err store_match_common_name(const struct db *db, const char *common_name, struct matches *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_COMMON_NAME);

    query_text(&q, ":common_name", common_name);
    return collect(&q, out, e);
}

static enum err touch(struct tx *tx, int64_t certificate_n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_CERTIFICATE_TOUCH);

    query_int(&q, ":n", certificate_n);
    return query_run(&q, NULL, e);
}

enum err store_version_set_key(struct tx *tx, const struct version_row *row, const struct id *key, unsigned flags, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_VERSION_SET_KEY);
    enum err r;

    query_int(&q, ":n", row->n);
    query_ident(&q, ":key", key);
    query_int(&q, ":flags", flags);
    r = query_run(&q, NULL, e);
    return r ? r : touch(tx, row->certificate_n, e);
}
