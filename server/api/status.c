/* status - /api/v1/status: how this server is, in one answer. */
#include "access/access.h"
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/time.h"
#include "ca/ca.h"
#include "http/server.h"
#include "identity/identity.h"
#include "inventory/inventory.h"

static enum err counters_json(struct app *app, struct request *rq, json_t **out, struct error *e)
{
    struct inventory_counts n;
    enum err r = inventory_count(app->store, &rq->who, rq->arena, &n, e);

    if (r)
        return r;
    *out = json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "valid", (json_int_t)n.valid, "expiring", (json_int_t)n.expiring,
                     "expired", (json_int_t)n.expired, "revoked", (json_int_t)n.revoked, "total", (json_int_t)n.total, "exact", n.is_exact);
    return ERR_NONE;
}

/* Sealed, or nothing shown yet: null, since status is asked just then. */
static json_t *shown_json(struct app *app, struct arena *a)
{
    struct identity_view v = { 0 };
    struct cert leaf;

    if (app->identity == NULL || identity_view(app->identity, a, &v, NULL) != ERR_NONE || v.leaf.len == 0
        || cert_parse(v.leaf, a, &leaf, NULL) != ERR_NONE)
        return json_null();
    return json_pack("{s:o, s:o}", "not_after", json_of_time(leaf.not_after), "common_name", json_of_text(leaf.common_name));
}

static json_t *connections_json(struct app *app)
{
    struct server_counts n = { 0 };

    if (app->server != NULL)
        n = server_counts(app->server);
    return json_pack("{s:I, s:I}", "open", (json_int_t)n.connections, "streams", (json_int_t)n.streams);
}

/* As their list shows them: those that the actor may see, moved to the front. */
static size_t seen(const struct actor *who, struct authority *all, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (access_may(who, RIGHT_READ, "authority", &all[i].id))
            all[n++] = all[i];
    return n;
}

static json_t *crls_json(const struct authority *all, size_t len)
{
    json_t *list = json_array();

    for (size_t i = 0; i < len; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "authority_id", json_of_id(&all[i].id), "name", json_of_text(all[i].name),
                                              "next_update", json_of_time(all[i].crl_next_update)));
    return list;
}

static json_t *root_json(const struct authority *all, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (id_is_none(&all[i].parent))
            return json_of_hex(bytes_of(all[i].cert.sha256, sizeof(all[i].cert.sha256)));
    return json_null();
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    struct authority *all = NULL;
    json_t *counters;
    size_t len = 0;
    enum err r;

    r = ca_authorities(app->ca, rq->arena, &all, &len, e);
    len = seen(&rq->who, all, len);
    if (!r)
        r = counters_json(app, rq, &counters, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:s, s:o, s:o, s:b, s:b, s:o, s:I, s:o, s:o, s:o, s:o}", "version", SIGNET_VERSION,
                                  "started_at", json_of_time(app->started_at), "now", json_of_time(clock_now()),
                                  "sealed", keeper_state(app->keeper) == KEEPER_SEALED, "set_up", access_is_set_up(app->access),
                                  "counters", counters, "authorities", (json_int_t)len, "web_server", shown_json(app, rq->arena),
                                  "connections", connections_json(app), "crl", crls_json(all, len),
                                  "root_thumbprint_sha256", root_json(all, len)));
    return ERR_NONE;
}

const struct route status_routes[] = {
    { "GET", "/api/v1/status", show, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
