/* collections - /api/v1/collections: questions that were given a name. Everybody who reads the list reads them. */
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/detail.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/filter.h"
#include "store/describe.h"

enum { NAME_MAX_LEN = 64 };

static json_t *collection_json(const struct collection_row *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_of_id(&c->id), "name", json_of_text(c->name), "store", json_of_text(c->store),
                     "q", json_of_text(c->q), "filter", json_of_text(c->filter), "sort", json_of_text(c->sort), "created_at", json_of_time(c->created_at));
}

static void answer(struct request *rq, int status, const struct collection_row *c)
{
    reply_json(rq, status, collection_json(c));
    api_etag(rq, c->version);
}

static enum err load(struct app *app, struct request *rq, const struct id *id, struct collection_row *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(app->store, &look, e);

    return r ? r : store_collection(look_db(&look), id, rq->arena, out, e);
}

static enum err load_asked(struct app *app, struct request *rq, struct collection_row *out, struct error *e)
{
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    return r ? r : load(app, rq, &id, out, e);
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    const char *name = request_query(rq, "name");
    struct collection_row *all = NULL, one;
    json_t *items;
    size_t len = 1;
    enum err r = store_look(app->store, &look, e);

    if (r == ERR_NONE)
        r = name == NULL ? store_collections(look_db(&look), rq->arena, &all, &len, e) : store_collection_named(look_db(&look), name, rq->arena, &one, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < len; i++)
        json_array_append_new(items, collection_json(name == NULL ? &all[i] : &one));
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    struct collection_row row;
    enum err r = load_asked(app, rq, &row, e);

    if (r)
        return r;
    answer(rq, 200, &row);
    return ERR_NONE;
}

/* A question that cannot be asked is not kept. */
static enum err check(struct request *rq, const struct collection_row *row, struct error *e)
{
    struct filter *f = arena_take(rq->arena, 2 * sizeof(*f));
    enum err r;

    memset(f, 0, 2 * sizeof(*f));
    if (row->name == NULL || row->name[0] == '\0' || strlen(row->name) > NAME_MAX_LEN)
        return fail_at(e, "/name", "a name has 1 to %d bytes", NAME_MAX_LEN);
    r = filter_parse_q(row->q, rq->arena, &f[0], e);
    return r ? r : filter_parse(row->filter, clock_now(), rq->arena, &f[1], e);
}

static const char *text_or(const struct request *rq, const char *name, const char *otherwise)
{
    const char *text = body_text(rq, name);

    return text != NULL ? text : otherwise;
}

static struct collection_row read_wish(const struct request *rq, const struct collection_row *was)
{
    return (struct collection_row){ .id = was->id, .name = text_or(rq, "name", was->name), .store = text_or(rq, "store", was->store), .q = text_or(rq, "q", was->q),
                                    .filter = text_or(rq, "filter", was->filter), .sort = text_or(rq, "sort", was->sort), .version = was->version };
}

struct saving { struct collection_row row; enum err (*put)(struct tx *tx, const struct collection_row *row, struct error *e); const char *act, *detail; };

static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct saving *s = arg;
    CLEANUP(arena_drop) struct arena *a = arena_new();
    int64_t seen = tx_actor(tx)->if_match;
    struct collection_row now;
    enum err r = seen >= 0 ? store_collection(tx_db(tx), &s->row.id, a, &now, e) : ERR_NONE;

    if (r)
        return r;
    if (seen >= 0 && seen != now.version)
        return fail_kind(e, ERR_CONFLICT, "precondition", "this collection has changed since it was read: look again");
    r = s->put(tx, &s->row, e);
    if (r)
        return r;
    tx_note(tx, s->act, "collection", &s->row.id, s->detail);
    return ERR_NONE;
}

static enum err save(struct app *app, struct request *rq, struct saving *s, struct error *e)
{
    enum err r = check(rq, &s->row, e);

    if (r)
        return r;
    s->detail = arena_printf(rq->arena, "{\"name\":%s,\"q\":%s,\"filter\":%s}", detail_quote(rq->arena, s->row.name),
                             detail_quote(rq->arena, s->row.q), detail_quote(rq->arena, s->row.filter));
    return store_write(app->store, &rq->who, record, s, e);
}

static enum err add(struct app *app, struct request *rq, struct error *e)
{
    struct collection_row fresh = { .id = id_new(), .name = "", .store = "", .q = "", .filter = "", .sort = "" };
    struct saving s = { .row = read_wish(rq, &fresh), .put = store_collection_add, .act = "collection.saved" };
    char id[ID_TEXT];
    enum err r = save(app, rq, &s, e);

    if (r == ERR_NONE)
        r = load(app, rq, &s.row.id, &fresh, e);
    if (r)
        return r;
    answer(rq, 201, &fresh);
    id_text(&fresh.id, id);
    reply_header(rq, "Location", arena_printf(rq->arena, "/api/v1/collections/%s", id));
    return ERR_NONE;
}

static enum err change(struct app *app, struct request *rq, struct error *e)
{
    struct saving s = { .put = store_collection_change, .act = "collection.saved" };
    struct collection_row row;
    enum err r = load_asked(app, rq, &row, e);

    if (r)
        return r;
    s.row = read_wish(rq, &row);
    r = save(app, rq, &s, e);
    if (r == ERR_NONE)
        r = load(app, rq, &s.row.id, &row, e);
    if (r)
        return r;
    answer(rq, 200, &row);
    return ERR_NONE;
}

static enum err put_away(struct tx *tx, const struct collection_row *row, struct error *e)
{
    return store_collection_remove(tx, &row->id, e);
}

static enum err remove_(struct app *app, struct request *rq, struct error *e)
{
    struct saving s = { .put = put_away, .act = "collection.removed" };
    enum err r = load_asked(app, rq, &s.row, e);

    if (r)
        return r;
    s.detail = arena_printf(rq->arena, "{\"name\":%s}", detail_quote(rq->arena, s.row.name));
    r = store_write(app->store, &rq->who, record, &s, e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static const struct shape wish_shape = { (const struct shape_member[]){
    { .name = "name", .kind = SHAPE_TEXT, .max = NAME_MAX_LEN },
    { .name = "store", .kind = SHAPE_TEXT, .max = 16 },
    { .name = "q", .kind = SHAPE_TEXT, .max = FILTER_TEXT_MAX },
    { .name = "filter", .kind = SHAPE_TEXT, .max = FILTER_TEXT_MAX },
    { .name = "sort", .kind = SHAPE_TEXT, .max = 32 },
    { 0 } } };

const struct route collections_routes[] = {
    { "GET", "/api/v1/collections", list, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/collections", add, RIGHT_MANAGE, 0, 0, &wish_shape },
    { "GET", "/api/v1/collections/{id}", show, RIGHT_READ, 0, 0, NULL },
    { "PATCH", "/api/v1/collections/{id}", change, RIGHT_MANAGE, ROUTE_MATCH, 0, &wish_shape },
    { "DELETE", "/api/v1/collections/{id}", remove_, RIGHT_MANAGE, ROUTE_MATCH, 0, NULL },
    { 0 }
};
