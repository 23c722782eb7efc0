#include "store/sessions.h"

#include "store/query.h"
#include "store/rows.h"

enum err store_session_add(struct tx *tx, const struct session_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SESSION_ADD);

    query_blob(&q, ":lookup", row->lookup);
    query_ident(&q, ":principal", &row->principal);
    query_int(&q, ":at", tx_now(tx));
    query_int(&q, ":expires_at", row->expires_at);
    query_text(&q, ":source", row->source);
    query_text(&q, ":agent", row->agent);
    return query_run(&q, NULL, e);
}

static enum err touch(struct tx *tx, enum query_id id, struct bytes lookup, int64_t at, int64_t *changed, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), id);

    query_blob(&q, ":lookup", lookup);
    query_int(&q, ":at", at);
    return query_run(&q, changed, e);
}

enum err store_session_seen(struct tx *tx, struct bytes lookup, int64_t at, struct error *e)
{
    return touch(tx, Q_SESSION_SEEN, lookup, at, NULL, e);
}

enum err store_session_proved(struct tx *tx, struct bytes lookup, struct error *e)
{
    int64_t changed = 0;
    enum err r = touch(tx, Q_SESSION_PROVED, lookup, tx_now(tx), &changed, e);

    if (r)
        return r;
    return changed > 0 ? ERR_NONE : fail(e, ERR_ABSENT, "this session has ended: sign in again");
}

enum err store_session_end(struct tx *tx, struct bytes lookup, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SESSION_END);

    query_blob(&q, ":lookup", lookup);
    return query_run(&q, NULL, e);
}

enum err store_session_end_of(struct tx *tx, const struct id *principal, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SESSION_END_OF);

    query_ident(&q, ":principal", principal);
    return query_run(&q, NULL, e);
}

enum err store_session_tidy(struct tx *tx, int64_t idle_before, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SESSION_TIDY);

    query_int(&q, ":now", tx_now(tx));
    query_int(&q, ":idle_before", idle_before);
    return query_run(&q, NULL, e);
}

enum err store_sessions(const struct db *db, int64_t now, struct arena *a, struct session_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_SESSION_LIST);
    struct session_row *list = NULL;
    size_t n = 0, room = 0;
    enum err r;

    query_int(&q, ":now", now);
    while (query_next(&q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        list[n++] = (struct session_row){
            .lookup = query_get_blob(&q, 0, a), .principal = query_get_ident(&q, 1), .created_at = query_get_int(&q, 2),
            .seen_at = query_get_int(&q, 3), .expires_at = query_get_int(&q, 4), .proved_at = query_get_int(&q, 5) };
    }
    r = query_end(&q, e);
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}
