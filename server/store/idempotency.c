#include "store/tx.h"

#include <stdio.h>

#include "base/time.h"

enum { KEPT = 1 * DAYS };

void tx_made(struct tx *tx, const char *location, int status)
{
    const struct actor *by = tx->by;
    CLEANUP(query_done) struct query q = { 0 };
    int64_t changed = 0;

    if (by->idempotency_key[0] == '\0' || tx->trouble.code)
        return;
    q = query_begin(tx->db, Q_IDEMPOTENCY_ADD);
    query_blob(&q, ":principal", id_bytes(&by->id));
    query_text(&q, ":key", by->idempotency_key);
    query_blob(&q, ":request_sha256", bytes_of(by->idempotency_sha256, sizeof(by->idempotency_sha256)));
    query_int(&q, ":status", status);
    query_text(&q, ":location", location);
    query_int(&q, ":expires_at", tx->now + KEPT);
    query_int(&q, ":now", tx->now);
    if (query_run(&q, &changed, &tx->trouble) == ERR_NONE && changed == 0)
        fail_kind(&tx->trouble, ERR_CONFLICT, "idempotency", "a request with this Idempotency-Key was carried out meanwhile: ask again for its answer");
}

enum err store_idempotency(struct store *s, const struct actor *by, struct idempotency *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(query_done) struct query q = { 0 };
    CLEANUP(arena_drop) struct arena *a = NULL;
    struct idempotency found = { 0 };
    enum err r;

    *out = found;
    if (by->idempotency_key[0] == '\0')
        return ERR_NONE;
    r = store_look(s, &look, e);
    if (r)
        return r;
    q = query_begin(look_db(&look), Q_IDEMPOTENCY_FIND);
    query_blob(&q, ":principal", id_bytes(&by->id));
    query_text(&q, ":key", by->idempotency_key);
    query_int(&q, ":now", clock_now());
    if (!query_next(&q))
        return query_end(&q, e);

    a = arena_new();
    found.is_found = true;
    found.is_same = bytes_equal(query_get_blob(&q, 0, a), bytes_of(by->idempotency_sha256, sizeof(by->idempotency_sha256)));
    found.status = (int)query_get_int(&q, 1);
    snprintf(found.location, sizeof(found.location), "%s", query_get_text(&q, 2, a));
    *out = found;
    return ERR_NONE;
}
