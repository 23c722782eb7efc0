#include "store/credentials.h"

#include "store/query.h"
#include "store/rows.h"

enum err store_credential_add(struct tx *tx, const struct id *id, const struct credential_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CREDENTIAL_ADD);

    query_ident(&q, ":id", id);
    query_ident(&q, ":principal", &row->principal);
    query_text(&q, ":kind", row->kind);
    query_blob(&q, ":lookup", row->lookup);
    query_blob(&q, ":secret", row->secret != NULL ? bytes_text(row->secret) : (struct bytes){ 0 });
    if (row->expires_at > 0)
        query_int(&q, ":expires_at", row->expires_at);
    else
        query_null(&q, ":expires_at");
    query_int(&q, ":created_at", tx_now(tx));
    return query_run(&q, NULL, e);
}

enum err store_credential_end(struct tx *tx, const struct id *principal, const char *kind, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CREDENTIAL_END);

    query_ident(&q, ":principal", principal);
    query_text(&q, ":kind", kind);
    return query_run(&q, NULL, e);
}

enum err store_credential_used(struct tx *tx, const char *kind, struct bytes lookup, int64_t at, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CREDENTIAL_USED);

    query_text(&q, ":kind", kind);
    query_blob(&q, ":lookup", lookup);
    query_int(&q, ":at", at);
    return query_run(&q, NULL, e);
}

enum err store_credentials(const struct db *db, struct arena *a, struct credential_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_CREDENTIAL_LIST);
    struct credential_row *list = NULL;
    size_t n = 0, room = 0;
    enum err r;

    while (query_next(&q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        list[n++] = (struct credential_row){
            .principal = query_get_ident(&q, 0), .kind = query_get_text(&q, 1, a), .lookup = query_get_blob(&q, 2, a),
            .expires_at = query_get_int(&q, 3), .used_at = query_get_int(&q, 4), .created_at = query_get_int(&q, 5) };
    }
    r = query_end(&q, e);
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_password(const struct db *db, const struct id *principal, struct arena *a, const char **secret, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_CREDENTIAL_SECRET);
    struct bytes text;

    query_ident(&q, ":principal", principal);
    query_text(&q, ":kind", "password");
    if (!query_next(&q))
        return query_fail(&q, e, "there is no password for this name");
    text = query_get_blob(&q, 0, a);
    *secret = arena_copy(a, text.at, text.len);
    return ERR_NONE;
}

enum err store_password_change(struct tx *tx, const struct id *principal, const char *secret, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_CREDENTIAL_CHANGE);
    int64_t changed;
    enum err r;

    query_ident(&q, ":principal", principal);
    query_text(&q, ":kind", "password");
    query_blob(&q, ":secret", bytes_text(secret));
    query_int(&q, ":created_at", tx_now(tx));
    r = query_run(&q, &changed, e);
    if (r)
        return r;
    return changed > 0 ? ERR_NONE : fail(e, ERR_ABSENT, "there is no password for this name");
}
