#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "api/web_server.h"
#include "http/server.h"
#include "identity/identity.h"
#include "inventory/inventory.h"

static enum err look_at(struct app *app, int64_t version_n, struct arena *a, struct inventory_item *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(app->store, &look, e);

    return r ? r : inventory_by_version(look_db(&look), version_n, a, out, e);
}

static enum err serving_json(struct app *app, const struct identity_view *v, struct arena *a, json_t **out, struct error *e)
{
    struct inventory_item item = { 0 };
    struct cert leaf;
    enum err r = cert_parse(v->leaf, a, &leaf, e);

    if (!r && v->rows_len > 0)
        r = look_at(app, v->rows[0].version_n, a, &item, e);
    if (r)
        return r;
    *out = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "certificate_id", json_of_id(&item.id),
                     "version", item.number > 0 ? json_integer(item.number) : json_null(), "subject", json_of_text(leaf.subject_text),
                     "not_after", json_of_time(leaf.not_after), "thumbprint_sha1", json_of_hex(bytes_of(leaf.sha1, sizeof(leaf.sha1))),
                     "thumbprint_sha256", json_of_hex(bytes_of(leaf.sha256, sizeof(leaf.sha256))));
    return ERR_NONE;
}

static enum err shown_json(struct app *app, const struct identity_view *v, struct arena *a, json_t **out, struct error *e)
{
    json_t *rows = json_array();

    for (size_t n = 0; n < v->rows_len; n++) {
        struct inventory_item item;
        enum err r = look_at(app, v->rows[n].version_n, a, &item, e);

        if (r) {
            json_decref(rows);
            return r;
        }
        json_array_append_new(rows, json_pack("{s:o, s:o, s:i, s:o, s:o, s:b}", "sni", json_of_text(v->rows[n].sni),
                                              "certificate_id", json_of_id(&item.id), "version", item.number,
                                              "common_name", json_of_text(item.common_name), "not_after", json_of_time(item.not_after),
                                              "previous", v->rows[n].previous_n > 0));
    }
    *out = rows;
    return ERR_NONE;
}

/* Of what is shown, and whether it waits to be confirmed. */
static int64_t version_of(const struct identity_view *v)
{
    return (int64_t)v->generation * 2 + v->is_pending;
}

static enum err view_json(struct app *app, struct request *rq, json_t **out, struct error *e)
{
    json_t *serving, *shown, *pending;
    struct identity_view v;
    enum err r = identity_view(app->identity, rq->arena, &v, e);

    if (!r)
        api_etag(rq, version_of(&v));
    if (!r)
        r = serving_json(app, &v, rq->arena, &serving, e);
    if (r)
        return r;
    r = shown_json(app, &v, rq->arena, &shown, e);
    if (r) {
        json_decref(serving);
        return r;
    }
    pending = v.is_pending ? json_pack("{s:o, s:o}", "swap_id", json_of_id(&v.swap), "confirm_by", json_of_time(v.confirm_by)) : json_null();
    *out = json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:b, s:{s:i}}", "state", v.is_pending ? "pending" : v.rows_len > 0 ? "kept" : "temporary",
                     "generation", (json_int_t)v.generation, "serving", serving, "shown", shown,
                     "names", json_of_texts(v.names, v.names_len), "pending", pending, "can_rollback", v.can_rollback,
                     "connections", "open", (int)server_counts(app->server).connections);
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    json_t *body;
    enum err r = view_json(app, rq, &body, e);

    if (r)
        return r;
    reply_json(rq, 200, body);
    return ERR_NONE;
}

static enum err candidates(struct app *app, struct request *rq, struct error *e)
{
    json_t *items, *matches;
    struct identity_view v;
    struct candidate *found = NULL;
    size_t len = 0;
    enum err r = identity_view(app->identity, rq->arena, &v, e);

    if (!r)
        r = identity_candidates(app->identity, rq->arena, &found, &len, e);
    if (r)
        return r;
    items = json_array();
    for (size_t n = 0; n < len; n++) {
        matches = json_array();
        for (size_t name = 0; name < v.names_len; name++)
            json_array_append_new(matches, json_boolean(found[n].matches[name]));
        json_array_append_new(items, json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "certificate_id", json_of_id(&found[n].certificate),
                                               "issued_to", json_of_text(found[n].issued_to), "issued_by", json_of_text(found[n].issued_by),
                                               "not_after", json_of_time(found[n].not_after), "usable", found[n].is_usable,
                                               "shown", found[n].is_shown, "reasons", json_of_texts(found[n].reasons, found[n].reasons_len),
                                               "matches", matches));
    }
    reply_json(rq, 200, json_pack("{s:o, s:o}", "names", json_of_texts(v.names, v.names_len), "items", items));
    return ERR_NONE;
}

json_t *web_server_steps(const struct swap_result *result)
{
    json_t *steps = json_array();

    for (size_t n = 0; n < result->steps_len; n++)
        json_array_append_new(steps, json_pack("{s:s, s:s, s:o}", "name", result->steps[n].name, "result", result->steps[n].result,
                                               "text", json_of_text(result->steps[n].text)));
    return steps;
}

/* Keep-alive would hide a broken swap: the client comes back over a connection that is shown the new certificate. */
json_t *web_server_swap_json(struct app *app, struct request *rq, const struct swap_result *result, struct error *e)
{
    struct identity_view v;
    json_t *serving;

    if (identity_view(app->identity, rq->arena, &v, e) != ERR_NONE || serving_json(app, &v, rq->arena, &serving, e) != ERR_NONE)
        return NULL;
    reply_closes(rq);
    /* A browser drops the exception for a certificate it does not know when it loads anything, even from its cache, that came under a good one. */
    reply_header(rq, "Clear-Site-Data", "\"cache\"");
    return json_pack("{s:o, s:s, s:I, s:o, s:o, s:o}", "swap_id", json_of_id(&result->swap), "state", result->state,
                     "generation", (json_int_t)result->generation, "steps", web_server_steps(result), "serving", serving,
                     "confirm_by", json_of_time(result->confirm_by));
}

static enum err answer_swap(struct app *app, struct request *rq, const struct swap_result *result, struct error *e)
{
    json_t *body = web_server_swap_json(app, rq, result, e);

    if (body == NULL)
        return e->code;
    reply_json(rq, 200, body);
    return ERR_NONE;
}

static enum err read_wish(struct request *rq, struct swap_wish *wish, struct error *e)
{
    const char *const *accept;
    size_t len = body_texts(rq, "accept", &accept);

    if (!id_parse(body_text(rq, "certificate_id"), &wish->certificate))
        return fail_at(e, "/certificate_id", "This is not the id of a certificate.");
    wish->hostnames_len = body_texts(rq, "hostnames", &wish->hostnames);
    wish->confirm_within_sec = (unsigned)body_number(rq, "confirm_within_sec", 0);
    for (size_t n = 0; n < len; n++) {
        if (strcmp(accept[n], "untrusted") == 0)
            wish->accept_untrusted = true;
        else if (strcmp(accept[n], "name-mismatch") == 0)
            wish->accept_name_mismatch = true;
        else
            return fail_at(e, arena_printf(rq->arena, "/accept/%zu", n), "Only \"untrusted\" and \"name-mismatch\" can be accepted.");
    }
    return ERR_NONE;
}

static enum err check_seen(struct app *app, struct request *rq, struct error *e)
{
    struct identity_view v;
    enum err r = identity_view(app->identity, rq->arena, &v, e);

    if (r || rq->who.if_match < 0 || rq->who.if_match == version_of(&v))
        return r;
    return fail_kind(e, ERR_CONFLICT, "precondition", "what this server shows has changed since it was read: look again");
}

static enum err select_(struct app *app, struct request *rq, struct error *e)
{
    struct swap_result result = { 0 };
    struct swap_wish wish = { 0 };
    json_t *problem;
    enum err r = read_wish(rq, &wish, e);

    if (!r)
        r = check_seen(app, rq, e);
    if (r)
        return r;
    r = identity_select(app->identity, &rq->who, &wish, rq->arena, &rq->findings, &result, e);
    if (r == ERR_NONE)
        return answer_swap(app, rq, &result, e);
    if (rq->findings.len == 0)
        return r;
    problem = api_problem_body(rq, e);
    json_object_set_new(problem, "steps", web_server_steps(&result));
    api_problem_answer(rq, problem);
    return ERR_NONE;
}

static enum err confirm(struct app *app, struct request *rq, struct error *e)
{
    uint64_t generation = request_is_local(rq) ? GENERATION_LOCAL : request_generation(rq);
    enum err r = identity_confirm(app->identity, &rq->who, generation, request_shown_name(rq), e);

    if (r && strcmp(e->kind, "old-connection") == 0)
        reply_closes(rq);
    return r ? r : show(app, rq, e);
}

static enum err rollback(struct app *app, struct request *rq, struct error *e)
{
    struct swap_result result = { 0 };
    enum err r = identity_rollback(app->identity, &rq->who, rq->arena, &result, e);

    return r ? r : answer_swap(app, rq, &result, e);
}

static const struct shape nothing = { (const struct shape_member[]){ { 0 } } };
static const struct shape selection = { (const struct shape_member[]){
    { "certificate_id", SHAPE_TEXT, true, 1, 64, NULL },
    { "hostnames", SHAPE_TEXTS, false, 1, 100, NULL },
    { "confirm_within_sec", SHAPE_NUMBER, false, 0, 3600, NULL },
    { "accept", SHAPE_TEXTS, false, 0, 2, NULL },
    { 0 }
} };

const struct route web_server_routes[] = {
    { "GET",  "/api/v1/web-server",            show,       RIGHT_READ,   0, 0, NULL },
    { "GET",  "/api/v1/web-server/candidates", candidates, RIGHT_READ,   0, 0, NULL },
    { "PUT",  "/api/v1/web-server",            select_,    RIGHT_SERVER, ROUTE_MATCH, 0, &selection },
    { "POST", "/api/v1/web-server/confirm",    confirm,    RIGHT_SERVER, 0, 0, &nothing },
    { "POST", "/api/v1/web-server/rollback",   rollback,   RIGHT_SERVER, 0, 0, &nothing },
    { 0 }
};
