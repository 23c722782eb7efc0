#include "store/shown.h"

#include <stdlib.h>

#include "base/buf.h"
#include "store/query.h"

/* A list of rows in one column: "version sni" a line. Names hold no blank. */
static void shown_write(const struct shown *rows, struct buf *out)
{
    buf_init(out, 1 << 20);
    for (size_t i = 0; i < rows->len; i++)
        buf_printf(out, "%lld %s\n", (long long)rows->at[i].version_n, rows->at[i].sni);
    buf_byte(out, '\0');
}

static struct shown shown_read(const char *text, struct arena *a)
{
    struct shown out = { 0 };
    size_t lines = 0;

    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    out.at = arena_take(a, lines * sizeof(*out.at));
    while (out.len < lines) {
        char *sni;
        long long version = strtoll(text, &sni, 10);
        size_t len = strcspn(sni + 1, "\n");

        out.at[out.len++] = (struct shown_row){ .sni = arena_copy(a, sni + 1, len), .version_n = version };
        text = sni + 1 + len + 1;
    }
    return out;
}

enum err store_shown(const struct db *db, struct arena *a, struct shown *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_SHOWN_ALL);
    struct shown rows = { 0 };
    size_t room = 0;
    enum err r;

    while (query_next(&q)) {
        if (rows.len == room) {
            struct shown_row *more = arena_take(a, (room * 2 + 4) * sizeof(*more));

            if (rows.len > 0)
                memcpy(more, rows.at, rows.len * sizeof(*more));
            rows.at = more;
            room = room * 2 + 4;
        }
        rows.at[rows.len++] = (struct shown_row){
            .sni = query_get_text(&q, 0, a), .certificate = query_get_ident(&q, 2),
            .version_n = query_get_int(&q, 3), .previous_n = query_get_int(&q, 4),
        };
    }
    r = query_end(&q, e);
    if (r)
        return r;
    *out = rows;
    return ERR_NONE;
}

static enum err run_plain(struct tx *tx, enum query_id id, const char *name, const char *value, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), id);

    if (name != NULL)
        query_text(&q, name, value);
    return query_run(&q, NULL, e);
}

static enum err shown_add(struct tx *tx, const struct shown_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SHOWN_ADD);
    int64_t added = 0;
    enum err r;

    query_text(&q, ":sni", row->sni);
    query_int(&q, ":version", row->version_n);
    if (row->previous_n > 0)
        query_int(&q, ":previous", row->previous_n);
    else
        query_null(&q, ":previous");
    r = query_run(&q, &added, e);
    if (!r && added != 1)
        return fail(e, ERR_CONFLICT, "the certificate that was to be shown is gone");
    return r;
}

enum err store_shown_put(struct tx *tx, const struct shown *rows, const struct id *certificates, size_t certificates_len, struct error *e)
{
    enum err r = run_plain(tx, Q_SHOWN_CLEAR, NULL, NULL, e);

    for (size_t i = 0; !r && i < rows->len; i++)
        r = shown_add(tx, &rows->at[i], e);
    if (!r)
        r = run_plain(tx, Q_USE_CLEAR, ":by", "web-server", e);
    for (size_t i = 0; !r && i < certificates_len; i++)
        r = store_use_put(tx, "web-server", &certificates[i], "", e);
    return r;
}

enum err store_swap_add(struct tx *tx, const struct swap_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SWAP_ADD);
    CLEANUP(buf_done) struct buf before, after;
    enum err r;

    shown_write(&row->before, &before);
    shown_write(&row->after, &after);
    query_ident(&q, ":id", &row->id);
    query_int(&q, ":generation", row->generation);
    query_text(&q, ":state", row->state);
    query_text(&q, ":before", (char *)before.at);
    query_text(&q, ":after", (char *)after.at);
    query_ident(&q, ":asked_by", &row->asked_by);
    query_int(&q, ":at", row->at);
    query_text(&q, ":reason", row->reason);
    if (row->confirm_by > 0) {
        query_int(&q, ":confirm_by", row->confirm_by);
        query_null(&q, ":settled_at");
    } else {
        query_null(&q, ":confirm_by");
        query_int(&q, ":settled_at", row->at);
    }
    r = query_run(&q, NULL, e);
    if (r == ERR_CONFLICT)
        return fail(e, ERR_CONFLICT, "another change of the server's certificate is under way or waits for its confirmation");
    return r;
}

static enum err swap_one(const struct db *db, enum query_id id, struct arena *a, struct swap_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, id);

    if (!query_next(&q))
        return query_fail(&q, e, "no change of the server's certificate");
    *out = (struct swap_row){
        .id = query_get_ident(&q, 0), .generation = query_get_int(&q, 1), .state = query_get_text(&q, 2, a),
        .before = shown_read(query_get_text(&q, 3, a), a), .after = shown_read(query_get_text(&q, 4, a), a),
        .asked_by = query_get_ident(&q, 5), .at = query_get_int(&q, 6), .confirm_by = query_get_int(&q, 7),
        .reason = query_get_text(&q, 8, a),
    };
    return ERR_NONE;
}

enum err store_swap_last(const struct db *db, struct arena *a, struct swap_row *out, struct error *e)
{
    return swap_one(db, Q_SWAP_LAST, a, out, e);
}

enum err store_swap_settle(struct tx *tx, const struct id *id, const char *state, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_SWAP_SETTLE);
    int64_t settled = 0;
    enum err r;

    query_ident(&q, ":id", id);
    query_text(&q, ":state", state);
    query_int(&q, ":at", tx_now(tx));
    r = query_run(&q, &settled, e);
    if (!r && settled != 1)
        return fail(e, ERR_CONFLICT, "that change of the server's certificate waits no longer: it was confirmed or taken back");
    return r;
}

enum err store_use_put(struct tx *tx, const char *by, const struct id *certificate, const char *note, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_USE_ADD);

    query_ident(&q, ":certificate", certificate);
    query_text(&q, ":by", by);
    query_blob(&q, ":by_id", bytes_of("", 0));
    query_text(&q, ":note", note);
    return query_run(&q, NULL, e);
}

enum err store_use_of(const struct db *db, const char *by, struct id *certificate, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_USE_OF);

    query_text(&q, ":by", by);
    if (!query_next(&q))
        return query_fail(&q, e, "no certificate is used by %s", by);
    *certificate = query_get_ident(&q, 0);
    return ERR_NONE;
}

bool store_root_is_known(const struct db *db, struct bytes sha256)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ROOT_IS_KNOWN);

    query_blob(&q, ":sha256", sha256);
    return query_next(&q);
}
