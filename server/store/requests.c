#include "store/requests.h"

#include "store/rows.h"
#include "store/tx.h"

enum err store_request_add(struct tx *tx, const struct request_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_REQUEST_ADD);

    query_ident(&q, ":id", &row->id);
    query_text(&q, ":kind", row->kind);
    query_blob(&q, ":body", row->body);
    query_text(&q, ":subject", row->subject);
    query_text(&q, ":key_type", row->key_type);
    query_blob(&q, ":spki_sha256", row->spki_sha256);
    query_ident(&q, ":key", &row->key);
    query_text(&q, ":common_name", row->common_name);
    query_text(&q, ":dns_names", row->dns_names);
    query_text(&q, ":ip_addresses", row->ip_addresses);
    query_text(&q, ":profile", row->profile);
    query_ident(&q, ":issuer", &row->issuer);
    query_int(&q, ":valid_days", row->valid_days);
    query_text(&q, ":label", row->label);
    query_text(&q, ":comment", row->comment);
    query_ident(&q, ":asked_by", &row->asked_by);
    query_text(&q, ":asked_by_name", row->asked_by_name);
    query_int(&q, ":asked_at", row->asked_at);
    return query_run(&q, NULL, e);
}

static void read_row(const struct query *q, struct arena *a, struct request_row *out)
{
    *out = (struct request_row){
        .id = query_get_ident(q, 0), .kind = query_get_text(q, 1, a), .state = query_get_text(q, 2, a), .subject = query_get_text(q, 3, a),
        .key_type = query_get_text(q, 4, a), .key = query_get_ident(q, 5), .common_name = query_get_text(q, 6, a),
        .dns_names = query_get_text(q, 7, a), .ip_addresses = query_get_text(q, 8, a), .profile = query_get_text(q, 9, a),
        .issuer = query_get_ident(q, 10), .valid_days = query_get_int(q, 11), .label = query_get_text(q, 12, a), .comment = query_get_text(q, 13, a),
        .asked_by = query_get_ident(q, 14), .asked_by_name = query_get_text(q, 15, a), .asked_at = query_get_int(q, 16),
        .settled_by_name = query_get_text(q, 17, a), .settled_at = query_get_int(q, 18), .reason = query_get_text(q, 19, a),
        .certificate = query_get_ident(q, 20), .number = (int)query_get_int(q, 21), .version = query_get_int(q, 22),
        .spki_sha256 = query_get_blob(q, 23, a),
    };
}

enum err store_request(const struct db *db, const struct id *id, struct arena *a, struct request_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_REQUEST_BY_ID);

    query_ident(&q, ":id", id);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no request of that id");
    read_row(&q, a, out);
    out->body = query_get_blob(&q, 24, a);
    return ERR_NONE;
}

enum err store_request_page(const struct db *db, const char *state, const struct id *before, unsigned limit, struct arena *a,
                            struct request_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, state != NULL ? Q_REQUEST_PAGE_IN : Q_REQUEST_PAGE);
    struct request_row *list = NULL;
    struct id last = *before;
    size_t room = 0, n = 0;

    if (id_is_none(&last))
        memset(last.b, 0xff, sizeof(last.b));
    if (state != NULL)
        query_text(&q, ":state", state);
    query_ident(&q, ":before", &last);
    query_int(&q, ":limit", limit);
    while (query_next(&q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        read_row(&q, a, &list[n++]);
    }
    *out = list;
    *len = n;
    return query_end(&q, e);
}

enum err store_request_waiting(const struct db *db, struct bytes spki_sha256, struct arena *a, struct request_waiting *out, size_t *len,
                               struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_REQUEST_WAITING);

    query_blob(&q, ":spki_sha256", spki_sha256);
    for (*len = 0; *len < REQUESTS_WAITING_MAX && query_next(&q); (*len)++)
        out[*len] = (struct request_waiting){ .id = query_get_ident(&q, 0), .kind = query_get_text(&q, 1, a), .label = query_get_text(&q, 2, a),
                                              .body = query_get_blob(&q, 3, a) };
    return query_end(&q, e);
}

enum err store_request_count_of(const struct db *db, const struct id *asked_by, int64_t *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_REQUEST_COUNT_OF);

    query_blob(&q, ":asked_by", id_bytes(asked_by));
    *out = query_next(&q) ? query_get_int(&q, 0) : 0;
    return query_end(&q, e);
}

enum err store_request_settle(struct tx *tx, const struct id *id, const struct request_end *end, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_REQUEST_SETTLE);
    int64_t changed = 0;
    enum err r;

    query_ident(&q, ":id", id);
    query_text(&q, ":state", end->state);
    query_text(&q, ":settled_by_name", tx->by->name);
    query_int(&q, ":settled_at", tx->now);
    query_text(&q, ":reason", end->reason != NULL ? end->reason : "");
    query_ident(&q, ":certificate", &end->certificate);
    if (end->number > 0)
        query_int(&q, ":number", end->number);
    else
        query_null(&q, ":number");
    r = query_run(&q, &changed, e);
    if (r == ERR_NONE && changed == 0)
        return fail(e, ERR_CONFLICT, "the request was settled meanwhile: read it again");
    return r;
}

enum err store_request_forget_key(struct tx *tx, const struct id *key, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_REQUEST_FORGET_KEY);

    query_ident(&q, ":id", key);
    query_int(&q, ":destroyed_at", tx->now);
    return query_run(&q, NULL, e);
}
