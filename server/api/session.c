/* session - /api/v1/session: signing in, who one is, giving the password again, signing out. */
#include "access/access.h"
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"

static enum err sign_in(struct app *app, struct request *rq, struct error *e)
{
    char cookie[COOKIE_ROOM];
    enum err r;

    r = access_login(app->access, body_text(rq, "name"), body_text(rq, "password"), request_header(rq, "User-Agent"), cookie, &rq->who, e);
    if (r)
        return r;
    reply_json(rq, 201, json_pack("{s:o, s:o, s:o, s:o}", "name", json_of_text(rq->who.name), "roles", api_roles(&rq->who),
                                  "rights", api_rights(&rq->who), "expires_at", json_of_time(access_ends(app->access, cookie))));
    api_set_cookie(rq, cookie);
    own_wipe(cookie, sizeof(cookie));
    return ERR_NONE;
}

static const char *kind_text(enum actor_kind kind)
{
    switch (kind) {
    case ACTOR_USER:  return "user";
    case ACTOR_TOKEN: return "token";
    case ACTOR_LOCAL: return "local";
    case ACTOR_SETUP: return "setup";
    default:          return "nobody";
    }
}

static int64_t ends_at(struct app *app, const struct request *rq)
{
    const char *secret = rq->who.kind == ACTOR_USER ? request_cookie(rq, API_COOKIE) : request_header(rq, "Authorization");

    if (secret == NULL || rq->who.kind == ACTOR_LOCAL)
        return 0;
    if (rq->who.kind == ACTOR_TOKEN)
        secret += strcspn(secret, " ") + strspn(secret + strcspn(secret, " "), " ");
    return access_ends(app->access, secret);
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    const struct actor *who = &rq->who;

    (void)e;
    reply_json(rq, 200, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "name", json_of_text(who->name), "kind", kind_text(who->kind),
                                  "roles", api_roles(who), "rights", api_rights(who), "proved_at", json_of_time(who->proved_at),
                                  "expires_at", json_of_time(ends_at(app, rq))));
    return ERR_NONE;
}

static enum err need_session(const struct request *rq, struct error *e)
{
    if (rq->by_cookie)
        return ERR_NONE;
    return fail(e, ERR_CONFLICT, "this is no session: a token ends when it is revoked, and has no password");
}

static enum err prove(struct app *app, struct request *rq, struct error *e)
{
    enum err r = need_session(rq, e);

    if (!r)
        r = access_prove_again(app->access, request_cookie(rq, API_COOKIE), &rq->who, body_text(rq, "password"), e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static enum err sign_out(struct app *app, struct request *rq, struct error *e)
{
    enum err r = need_session(rq, e);

    if (!r)
        r = access_logout(app->access, request_cookie(rq, API_COOKIE), &rq->who, e);
    if (r)
        return r;
    reply_empty(rq, 204);
    reply_header(rq, "Set-Cookie", API_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    return ERR_NONE;
}

static const struct shape credentials = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 63, NULL }, { "password", SHAPE_TEXT, true, 1, 1024, NULL }, { 0 }
} };
static const struct shape proof = { (const struct shape_member[]){ { "password", SHAPE_TEXT, true, 1, 1024, NULL }, { 0 } } };

const struct route session_routes[] = {
    { "POST",   "/api/v1/session",       sign_in,  RIGHT_PUBLIC, ROUTE_HEAVY, 4096, &credentials },
    { "GET",    "/api/v1/session",       show,     RIGHT_SELF,   0, 0, NULL },
    { "POST",   "/api/v1/session/prove", prove,    RIGHT_SELF,   ROUTE_HEAVY, 4096, &proof },
    { "DELETE", "/api/v1/session",       sign_out, RIGHT_SELF,   0, 0, NULL },
    { 0 }
};
