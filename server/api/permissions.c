/* permissions - /api/v1/certificates/{id}/permissions: who may use, export and manage a private key; POST /api/v1/principals/check: [Check Names]. */
#include "access/permissions.h"
#include "api/api.h"
#include "api/certificate_views.h"
#include "api/json.h"
#include "api/tables.h"

static json_t *allows_json(unsigned allows, const char *kind, const char *name)
{
    return json_pack("{s:o, s:o, s:b, s:b, s:b}", "kind", json_of_text(kind), "name", json_of_text(name),
                     "use", (allows & KEY_USE) != 0, "export", (allows & KEY_EXPORT) != 0, "manage", (allows & KEY_MANAGE) != 0);
}

/* What roles allow with every key, so that a list is never mistaken for all there is. */
static json_t *roles_json(void)
{
    json_t *list = json_array();

    for (enum role role = ROLE_ADMIN; role < ROLE_COUNT; role++) {
        unsigned allows = 0;

        for (unsigned bit = KEY_USE; bit <= KEY_MANAGE; bit <<= 1)
            if ((key_rights(bit) & ~role_rights(role)) == 0)
                allows |= bit;
        if (allows != 0)
            json_array_append_new(list, allows_json(allows, "role", role_text(role)));
    }
    return list;
}

static enum err answer(struct app *app, struct request *rq, struct error *e)
{
    struct certificate_shown shown = { 0 };
    struct permissions list;
    json_t *items;
    enum err r = certificate_load(app, rq, 0, false, &shown, e);

    if (r == ERR_NONE)
        r = access_permissions(app->access, &shown.item.id, rq->arena, &list, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < list.len; i++)
        json_array_append_new(items, allows_json(list.at[i].allows, list.at[i].kind, list.at[i].name));
    api_etag(rq, list.version);
    reply_json(rq, 200, json_pack("{s:o, s:b, s:b, s:b, s:o, s:o}", "certificate_id", json_of_id(&shown.item.id), "has_private_key", shown.item.has_private_key,
                                  "exportable", shown.item.is_exportable, "may_change", access_may(&rq->who, RIGHT_KEYS, "certificate", &shown.item.id),
                                  "items", items, "roles", roles_json()));
    return ERR_NONE;
}

static struct permission read_item(const json_t *item)
{
    return (struct permission){ .kind = json_string_value(json_object_get(item, "kind")), .name = json_string_value(json_object_get(item, "name")),
                                .allows = (json_is_true(json_object_get(item, "use")) ? KEY_USE : 0U) | (json_is_true(json_object_get(item, "export")) ? KEY_EXPORT : 0U)
                                        | (json_is_true(json_object_get(item, "manage")) ? KEY_MANAGE : 0U) };
}

static enum err put(struct app *app, struct request *rq, struct error *e)
{
    const json_t *items = body_get(rq, "items");
    struct permission *list = arena_take(rq->arena, (json_array_size(items) + 1) * sizeof(*list));
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    for (size_t i = 0; i < json_array_size(items); i++)
        list[i] = read_item(json_array_get(items, i));
    if (r == ERR_NONE)
        r = access_permissions_put(app->access, &rq->who, &id, list, json_array_size(items), &rq->findings, e);
    return r ? r : answer(app, rq, e);
}

static enum err check(struct app *app, struct request *rq, struct error *e)
{
    struct permission found;
    enum err r = access_principal_check(app->access, body_text(rq, "name"), rq->arena, &found, e);

    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:o, s:o}", "kind", json_of_text(found.kind), "name", json_of_text(found.name)));
    return ERR_NONE;
}

static const struct shape item_shape = { (const struct shape_member[]){
    { .name = "kind", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    { .name = "name", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 63 },
    { .name = "use", .kind = SHAPE_FLAG },
    { .name = "export", .kind = SHAPE_FLAG },
    { .name = "manage", .kind = SHAPE_FLAG },
    { 0 } } };
static const struct shape list_shape = { (const struct shape_member[]){
    { .name = "items", .kind = SHAPE_OBJECTS, .is_required = true, .max = PERMISSIONS_MAX, .inner = &item_shape }, { 0 } } };
static const struct shape check_shape = { (const struct shape_member[]){ { .name = "name", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 200 }, { 0 } } };

const struct route permissions_routes[] = {
    { "GET", "/api/v1/certificates/{id}/permissions", answer, RIGHT_READ, 0, 0, NULL },
    { "PUT", "/api/v1/certificates/{id}/permissions", put, RIGHT_KEYS, ROUTE_MATCH, 0, &list_shape },
    { "POST", "/api/v1/principals/check", check, RIGHT_KEYS, 0, 4096, &check_shape },
    { 0 }
};
