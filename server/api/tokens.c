/* tokens - /api/v1/tokens: API tokens, made with a role, shown once. */
#include "access/access.h"
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"

static json_t *token_json(const struct token_row *t)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_of_id(&t->id), "name", json_of_text(t->name),
                     "role", json_of_text(t->role), "created_at", json_of_time(t->created_at), "expires_at", json_of_time(t->expires_at),
                     "used_at", json_of_time(t->used_at), "owner", json_of_text(t->owner));
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    struct token_row *all;
    json_t *items;
    size_t len;
    enum err r;

    r = access_tokens(app->access, rq->arena, &all, &len, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < len; i++)
        json_array_append_new(items, token_json(&all[i]));
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

static enum err answer(struct app *app, struct request *rq, const struct id *id, const char *token, struct error *e)
{
    struct token_row *all;
    size_t len;
    enum err r;

    r = access_tokens(app->access, rq->arena, &all, &len, e);
    if (r)
        return r;
    for (size_t i = 0; i < len; i++) {
        json_t *body;

        if (!id_equal(&all[i].id, id))
            continue;
        body = token_json(&all[i]);
        json_object_set_new(body, "token", json_string(token));
        reply_json(rq, 201, body);
        return ERR_NONE;
    }
    return fail(e, ERR_CONFLICT, "the token was revoked as soon as it was made");
}

static enum err make(struct app *app, struct request *rq, struct error *e)
{
    const char *token;
    enum role role;
    struct id id;
    enum err r;

    if (!role_parse(body_text(rq, "role"), &role))
        return fail_at(e, "/role", "a role is admin, operator, requester, auditor or viewer");
    r = access_token_make(app->access, &rq->who, body_text(rq, "name"), role, body_number(rq, "expires_in_days", 0), rq->arena, &token, &id, e);
    if (r)
        return r;
    return answer(app, rq, &id, token, e);
}

static enum err revoke(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r;

    r = request_id_path(rq, "id", &id, e);
    if (r)
        return r;
    r = access_token_revoke(app->access, &rq->who, &id, e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static const struct shape wish = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 63, NULL },
    { "role", SHAPE_TEXT, true, 1, 16, NULL },
    { "expires_in_days", SHAPE_NUMBER, true, 1, TOKEN_DAYS_MAX, NULL },
    { 0 }
} };

const struct route tokens_routes[] = {
    { "GET",    "/api/v1/tokens",      list,   RIGHT_ACCESS, 0, 0, NULL },
    { "POST",   "/api/v1/tokens",      make,   RIGHT_ACCESS, ROUTE_ONCE | ROUTE_SECRET, 4096, &wish },
    { "DELETE", "/api/v1/tokens/{id}", revoke, RIGHT_ACCESS, 0, 0, NULL },
    { 0 }
};
