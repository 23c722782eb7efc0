#include "store/crls.h"

#include "pki/hash.h"
#include "store/query.h"

static enum err take_number(struct tx *tx, const struct crl_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_AUTHORITY_CRL_NUMBER);
    int64_t changed = 0;
    enum err r;

    query_ident(&q, ":id", &row->issuer);
    query_int(&q, ":number", row->number);
    r = query_run(&q, &changed, e);
    if (r)
        return r;
    if (changed == 0)
        return fail_kind(e, ERR_CONFLICT, "stale", "a newer list of this authority was signed a moment ago");
    return ERR_NONE;
}

static enum err add_row(struct tx *tx, const struct crl_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CRL_ADD);
    uint8_t sha256[SHA256_LEN];

    hash_sha256(row->body, sha256);
    query_ident(&q, ":issuer", &row->issuer);
    query_int(&q, ":number", row->number);
    query_int(&q, ":this_update", row->this_update);
    query_int(&q, ":next_update", row->next_update);
    query_int(&q, ":entries", row->entries);
    query_blob(&q, ":sha256", bytes_of(sha256, sizeof(sha256)));
    query_blob(&q, ":body", row->body);
    return query_run(&q, NULL, e);
}

static enum err trim(struct tx *tx, const struct crl_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CRL_TRIM);

    query_ident(&q, ":issuer", &row->issuer);
    return query_run(&q, NULL, e);
}

enum err store_crl_add(struct tx *tx, const struct crl_row *row, struct error *e)
{
    enum err r;

    r = take_number(tx, row, e);
    if (r)
        return r;
    r = add_row(tx, row, e);
    if (r)
        return r;
    return trim(tx, row, e);
}

enum err store_crl_latest(const struct db *db, const struct id *issuer, struct arena *a, struct crl_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_CRL_LATEST);

    query_ident(&q, ":issuer", issuer);
    if (!query_next(&q))
        return query_fail(&q, e, "this authority has no list yet");
    *out = (struct crl_row){
        .issuer = *issuer, .number = query_get_int(&q, 0), .this_update = query_get_int(&q, 1),
        .next_update = query_get_int(&q, 2), .entries = query_get_int(&q, 3), .body = query_get_blob(&q, 5, a),
    };
    return ERR_NONE;
}
