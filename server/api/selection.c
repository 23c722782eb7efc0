#include "api/selection.h"

#include "api/json.h"

enum { PAGE = 500, PAGES_MAX = 200 };

static enum err add_id(struct request *rq, const struct db *db, const char *text, size_t i, struct selection *out, struct error *e)
{
    struct id id;
    enum err r;

    if (!id_parse(text, &id))
        return fail_at(e, arena_printf(rq->arena, "/ids/%zu", i), "not an id of a certificate");
    r = access_check(&rq->who, RIGHT_READ, "certificate", &id, e);
    if (r == ERR_NONE)
        r = inventory_show(db, &id, 0, rq->arena, &out->at[out->len], e);
    if (r)
        return r;
    out->len++;
    return ERR_NONE;
}

static enum err read_ids(struct app *app, struct request *rq, const char *const *ids, size_t len, struct selection *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(app->store, &look, e);

    out->at = arena_take(rq->arena, len * sizeof(*out->at));
    for (size_t i = 0; r == ERR_NONE && i < len; i++)
        r = add_id(rq, look_db(&look), ids[i], i, out, e);
    return r;
}

static enum err too_many(size_t most, struct error *e)
{
    return fail_at(e, "/filter", "it means more than %zu certificates: narrow it", most);
}

static enum err read_question(struct app *app, struct request *rq, size_t most, struct selection *out, struct error *e)
{
    struct inventory_ask ask = { .q = body_text(rq, "q"), .filter = body_text(rq, "filter"), .sort = body_text(rq, "sort"), .limit = PAGE };

    out->at = arena_take(rq->arena, (most + 1) * sizeof(*out->at));
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        struct inventory_page page = { 0 };
        enum err r = inventory_list(app->store, &rq->who, &ask, rq->arena, &page, e);

        if (r)
            return r;
        if (out->len + page.len > most)
            return too_many(most, e);
        memcpy(out->at + out->len, page.items, page.len * sizeof(*page.items));
        out->len += page.len;
        if (page.next_cursor == NULL)
            return ERR_NONE;
        ask.cursor = page.next_cursor;
    }
    return fail_at(e, "/filter", "it takes too long to find them all: narrow it by state, issuer or expires");
}

enum err selection_read(struct app *app, struct request *rq, size_t most, struct selection *out, struct error *e)
{
    struct selection chosen = { 0 };
    const char *const *ids;
    size_t len = body_texts(rq, "ids", &ids);
    enum err r;

    if (len == 0 && body_text(rq, "q") == NULL && body_text(rq, "filter") == NULL)
        return fail_at(e, "/ids", "which certificates? Give ids, or a filter");
    if (len > most)
        return fail_at(e, "/ids", "at most %zu at once", most);
    r = len > 0 ? read_ids(app, rq, ids, len, &chosen, e) : read_question(app, rq, most, &chosen, e);
    if (r)
        return r;
    if (chosen.len == 0)
        return fail_at(e, "/filter", "no certificate matches");

    *out = chosen;
    return ERR_NONE;
}
