#include "store/issuers.h"

#include "pki/hash.h"
#include "store/query.h"

/* The column is NOT NULL: no identifier is x'', and query_blob would bind NULL for a missing pointer. */
static struct bytes not_null(struct bytes from)
{
    return from.at == NULL ? bytes_of("", 0) : from;
}

static void read_row(const struct query *q, struct arena *a, struct issuer_row *out)
{
    out->id = query_get_ident(q, 0);
    out->name = query_get_blob(q, 1, a);
    out->key_identifier = query_get_blob(q, 3, a);
    out->label = query_get_text(q, 4, a);
}

enum err store_issuer_add(struct tx *tx, const struct issuer_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_ISSUER_ADD);
    uint8_t sha256[SHA256_LEN];

    hash_sha256(row->name, sha256);
    query_ident(&q, ":id", &row->id);
    query_blob(&q, ":name", row->name);
    query_blob(&q, ":name_sha256", bytes_of(sha256, sizeof(sha256)));
    query_blob(&q, ":key_identifier", not_null(row->key_identifier));
    query_text(&q, ":label", row->label);
    return query_run(&q, NULL, e);
}

enum err store_issuer_by_name(const struct db *db, struct bytes name, struct bytes key_identifier, struct arena *a,
                              struct issuer_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ISSUER_BY_NAME);
    uint8_t sha256[SHA256_LEN];

    hash_sha256(name, sha256);
    query_blob(&q, ":name_sha256", bytes_of(sha256, sizeof(sha256)));
    query_blob(&q, ":key_identifier", not_null(key_identifier));
    if (!query_next(&q))
        return query_fail(&q, e, "no issuer of that name and key");
    read_row(&q, a, out);
    return ERR_NONE;
}

enum err store_issuer_of_name(const struct db *db, struct bytes name, struct arena *a, struct issuer_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ISSUER_OF_NAME);
    uint8_t sha256[SHA256_LEN];

    hash_sha256(name, sha256);
    query_blob(&q, ":name_sha256", bytes_of(sha256, sizeof(sha256)));
    if (!query_next(&q))
        return query_fail(&q, e, "no issuer of that name");
    read_row(&q, a, out);
    return ERR_NONE;
}

enum err store_issuer_label(const struct db *db, const struct id *issuer, struct arena *a, const char **out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ISSUER_LABEL);

    query_ident(&q, ":id", issuer);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no such issuer");
    *out = query_get_text(&q, 0, a);
    return ERR_NONE;
}
