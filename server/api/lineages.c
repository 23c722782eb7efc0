/* lineages - what happens to a certificate as a whole: who uses it, archive, delete. What is in use answers 409 and names its users. */
#include "access/rights.h"
#include "api/api.h"
#include "api/certificate_json.h"
#include "api/certificate_views.h"
#include "api/json.h"
#include "api/tables.h"
#include "inventory/lineage.h"

static json_t *users_json(const struct users *users)
{
    json_t *list = json_array();

    for (size_t i = 0; i < users->len; i++) {
        const struct user *u = &users->at[i];

        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "by", json_of_text(u->by), "name", u->name[0] != '\0' ? json_of_text(u->name) : json_null(),
                                              "id", json_of_id(&u->id), "version", u->version > 0 ? json_integer(u->version) : json_null(), "text", json_of_text(u->text)));
    }
    return list;
}

static enum err refused(struct request *rq, const struct users *users, const struct error *e)
{
    json_t *problem;

    if (users->len == 0)
        return e->code;
    problem = api_problem_body(rq, e);
    json_object_set_new(problem, "users", users_json(users));
    api_problem_answer(rq, problem);
    return ERR_NONE;
}

static enum err allowed(struct request *rq, enum right right, struct id *id, struct error *e)
{
    enum err r = request_id_path(rq, "id", id, e);

    return r ? r : access_check(&rq->who, right, "certificate", id, e);
}

static enum err uses(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct users users = { 0 };
    struct id id;
    enum err r = allowed(rq, RIGHT_READ, &id, e);

    if (r == ERR_NONE)
        r = store_look(app->store, &look, e);
    if (r == ERR_NONE)
        r = inventory_users(look_db(&look), &id, rq->arena, &users, e);
    if (r)
        return r;
    reply_json(rq, 200, json_list(users_json(&users), NULL));
    return ERR_NONE;
}

static enum err put_away(struct app *app, struct request *rq, bool is_archived, struct error *e)
{
    struct certificate_shown shown = { 0 };
    struct users users = { 0 };
    struct id id;
    enum err r = allowed(rq, RIGHT_MANAGE, &id, e);

    if (r)
        return r;
    r = inventory_archive(app->store, &rq->who, &id, is_archived, rq->arena, &users, &rq->findings, e);
    if (r)
        return refused(rq, &users, e);
    r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    certificate_answer(rq, 200, &shown.item, certificate_pem(rq->arena, shown.chain, shown.chain_len), NULL);
    return ERR_NONE;
}

static enum err archive(struct app *app, struct request *rq, struct error *e)
{
    return put_away(app, rq, true, e);
}

static enum err unarchive(struct app *app, struct request *rq, struct error *e)
{
    return put_away(app, rq, false, e);
}

static enum err remove_(struct app *app, struct request *rq, struct error *e)
{
    struct users users = { 0 };
    struct id id;
    enum err r = allowed(rq, RIGHT_MANAGE, &id, e);

    if (r)
        return r;
    r = inventory_delete(app->store, &rq->who, &id, request_query(rq, "confirm"), rq->arena, &users, &rq->findings, e);
    if (r)
        return refused(rq, &users, e);
    reply_empty(rq, 204);
    return ERR_NONE;
}

static const struct shape nothing = { (const struct shape_member[]){ { 0 } } };

const struct route lineages_routes[] = {
    { "GET", "/api/v1/certificates/{id}/uses", uses, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/certificates/{id}/archive", archive, RIGHT_MANAGE, 0, 0, &nothing },
    { "POST", "/api/v1/certificates/{id}/unarchive", unarchive, RIGHT_MANAGE, 0, 0, &nothing },
    { "DELETE", "/api/v1/certificates/{id}", remove_, RIGHT_MANAGE, ROUTE_MATCH, 0, NULL },
    { 0 }
};
