/* describe - PATCH /api/v1/certificates/{id}: name, owner, tags, notes, account; GET /api/v1/certificates/facets: what there is to narrow a list by. */
#include "api/api.h"
#include "api/certificate_json.h"
#include "api/certificate_views.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/time.h"
#include "inventory/describe.h"
#include "store/settings.h"

static const struct shape patch_shape = { (const struct shape_member[]){
    { .name = "label", .kind = SHAPE_TEXT, .max = 4096 },
    { .name = "owner", .kind = SHAPE_TEXT, .max = 4096 },
    { .name = "notes", .kind = SHAPE_TEXT, .max = NOTES_MAX },
    { .name = "account", .kind = SHAPE_TEXT, .max = 4096 },
    { .name = "tags", .kind = SHAPE_TEXTS, .max = 100 },
    { 0 } } };

/* null takes away: RFC 7396. */
static const char *patched(const struct request *rq, const char *name)
{
    return json_is_null(json_object_get(rq->json, name)) ? "" : body_text(rq, name);
}

static enum err change(struct app *app, struct request *rq, struct error *e)
{
    struct description wish = { .label = patched(rq, "label"), .owner = patched(rq, "owner"), .notes = patched(rq, "notes"), .account = patched(rq, "account"),
                                .sets_tags = json_object_get(rq->json, "tags") != NULL };
    struct certificate_shown shown = { 0 };
    struct id id;
    enum err r;

    wish.tags_len = body_texts(rq, "tags", &wish.tags);
    r = request_id_path(rq, "id", &id, e);
    if (r == ERR_NONE)
        r = access_check(&rq->who, RIGHT_MANAGE, "certificate", &id, e);
    if (r == ERR_NONE)
        r = inventory_describe(app->store, &rq->who, &id, &wish, &rq->findings, e);
    if (r == ERR_NONE)
        r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    certificate_answer(rq, 200, &shown.item, certificate_pem(rq->arena, shown.chain, shown.chain_len), NULL);
    return ERR_NONE;
}

static json_t *facet_json(const struct inventory_facet *f)
{
    json_t *values = json_array();

    for (size_t i = 0; i < f->len; i++)
        json_array_append_new(values, json_pack("{s:o, s:o, s:o, s:I}", "value", json_of_text(f->values[i].value), "label", json_of_text(f->values[i].label),
                                                "filter", json_of_text(f->values[i].filter), "count", (json_int_t)f->values[i].count));
    return json_pack("{s:s, s:o}", "facet", f->name, "values", values);
}

static enum err facets(struct app *app, struct request *rq, struct error *e)
{
    static const char *const stores[] = { "personal", "root", "intermediate", "people", "untrusted" };
    const char *store = request_query(rq, "store");
    struct inventory_facet_ask ask = { .store = store == NULL ? stores[0] : NULL, .q = request_query(rq, "q"), .filter = request_query(rq, "filter") };
    struct inventory_facets found;
    json_t *items;
    enum err r;

    for (size_t i = 0; ask.store == NULL && i < sizeof(stores) / sizeof(*stores); i++)
        ask.store = strcmp(stores[i], store) == 0 ? stores[i] : NULL;
    if (ask.store == NULL)
        return fail_at(e, "/store", "a store is personal, root, intermediate, people or untrusted");
    r = inventory_facets(app->store, &rq->who, &ask, rq->arena, &found, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < found.len; i++)
        json_array_append_new(items, facet_json(&found.at[i]));
    reply_json(rq, 200, json_pack("{s:s, s:I, s:b, s:o}", "store", ask.store, "hide_expired_days",
                                  (json_int_t)settings_number(app->settings, "certificates.hide_expired_days"), "exact", found.is_exact, "items", items));
    return ERR_NONE;
}

const struct route describe_routes[] = {
    { "GET", "/api/v1/certificates/facets", facets, RIGHT_READ, 0, 0, NULL },
    { "PATCH", "/api/v1/certificates/{id}", change, RIGHT_MANAGE, ROUTE_MATCH, 0, &patch_shape },
    { 0 }
};
