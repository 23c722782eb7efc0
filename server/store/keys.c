#include "store/keys.h"

#include "pki/hash.h"
#include "store/query.h"

enum err store_key_add(struct tx *tx, const struct key_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_KEY_ADD);
    uint8_t sha256[SHA256_LEN];

    hash_sha256(row->spki, sha256);
    query_ident(&q, ":id", &row->id);
    query_text(&q, ":purpose", row->purpose);
    query_text(&q, ":type", row->type);
    query_blob(&q, ":spki", row->spki);
    query_blob(&q, ":spki_sha256", bytes_of(sha256, sizeof(sha256)));
    query_blob(&q, ":blob", row->blob);
    query_int(&q, ":kek", row->kek);
    query_int(&q, ":is_exportable", row->is_exportable);
    query_text(&q, ":origin", row->origin);
    query_int(&q, ":created_at", row->created_at);
    return query_run(&q, NULL, e);
}

static enum err one_key(struct query *q, struct arena *a, struct key_row *out, struct error *e)
{
    if (!query_next(q))
        return query_fail(q, e, "that key is not stored here");
    out->id = query_get_ident(q, 0);
    out->purpose = query_get_text(q, 1, a);
    out->type = query_get_text(q, 2, a);
    out->spki = query_get_blob(q, 3, a);
    out->blob = query_get_blob(q, 5, a);
    out->kek = (uint32_t)query_get_int(q, 6);
    out->is_exportable = query_get_int(q, 7) != 0;
    out->origin = query_get_text(q, 8, a);
    out->created_at = query_get_int(q, 9);
    return ERR_NONE;
}

enum err store_key(const struct db *db, const struct id *id, struct arena *a, struct key_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_KEY_BY_ID);

    query_ident(&q, ":id", id);
    return one_key(&q, a, out, e);
}

enum err store_key_by_spki(const struct db *db, struct bytes spki_sha256, struct arena *a, struct key_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_KEY_BY_SPKI);

    query_blob(&q, ":spki_sha256", spki_sha256);
    return one_key(&q, a, out, e);
}
