/* authorities - /api/v1/authorities: the issuers whose keys are ours. */
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "ca/ca.h"
#include "pki/pem.h"

static json_t *crl_json(const struct request *rq, const struct authority *at)
{
    char id[ID_TEXT];

    id_text(&at->id, id);
    return json_pack("{s:I, s:o, s:o, s:o}", "number", (json_int_t)at->crl_number, "this_update", json_of_time(at->crl_this_update),
                     "next_update", json_of_time(at->crl_next_update),
                     "url", json_of_text(arena_printf(rq->arena, "%s/crl/%s.crl", at->public_url, id)));
}

static json_t *authority_json(const struct request *rq, const struct authority *at)
{
    const struct cert *c = &at->cert;
    char id[ID_TEXT];

    id_text(&at->id, id);
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "id", json_of_id(&at->id), "certificate_id", json_of_id(&at->certificate_id), "name", json_of_text(at->name),
                     "subject", json_of_text(c->subject_text), "kind", id_is_none(&at->parent) ? "root" : "issuing",
                     "parent_id", json_of_id(&at->parent), "key_type", key_type_text(at->key_type), "state", json_of_text(at->state),
                     "not_before", json_of_time(c->not_before), "not_after", json_of_time(c->not_after), "serial", json_of_hex(c->serial),
                     "thumbprint_sha1", json_of_hex(bytes_of(c->sha1, sizeof(c->sha1))),
                     "thumbprint_sha256", json_of_hex(bytes_of(c->sha256, sizeof(c->sha256))),
                     "path_len", c->path_len < 0 ? json_null() : json_integer(c->path_len), "crl", crl_json(rq, at),
                     "certificate_url", json_of_text(arena_printf(rq->arena, "%s/ca/%s.cer", at->public_url, id)),
                     "pem", json_of_text(pem_text(rq->arena, "CERTIFICATE", at->der)));
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    struct authority *all = NULL;
    json_t *items;
    size_t len = 0;
    enum err r;

    r = ca_authorities(app->ca, rq->arena, &all, &len, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < len; i++) {
        if (access_may(&rq->who, RIGHT_READ, "authority", &all[i].id))
            json_array_append_new(items, authority_json(rq, &all[i]));
    }
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

static enum err answer(struct app *app, struct request *rq, const struct id *id, int status, struct error *e)
{
    struct authority at;
    enum err r;

    r = ca_authority(app->ca, id, rq->arena, &at, e);
    if (r)
        return r;
    reply_json(rq, status, authority_json(rq, &at));
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r;

    r = request_id_path(rq, "id", &id, e);
    if (r)
        return r;
    r = access_check(&rq->who, RIGHT_READ, "authority", &id, e);
    if (r)
        return r;
    return answer(app, rq, &id, 200, e);
}

static enum err sign_crl(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r;

    r = request_id_path(rq, "id", &id, e);
    if (r)
        return r;
    r = ca_crl_renew(app->ca, &rq->who, &id, e);
    if (r)
        return r;
    return answer(app, rq, &id, 200, e);
}

static enum err make(struct app *app, struct request *rq, struct error *e)
{
    struct authority_wish wish = { .name = body_text(rq, "name"), .organization = body_text(rq, "organization"),
                                   .years = (unsigned)body_number(rq, "years", 0), .path_len = (int)body_number(rq, "path_len", -1) };
    const char *type = body_text(rq, "key_type"), *parent = body_text(rq, "parent_id");
    struct authority made;
    char id[ID_TEXT];
    enum err r;

    if (type != NULL && !key_type_parse(type, &wish.key_type))
        return fail_at(e, "/key_type", "an authority's key is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
    if (parent != NULL && !id_parse(parent, &wish.parent))
        return fail_at(e, "/parent_id", "the id of an authority, or left out for a root");
    r = ca_authority_make(app->ca, &rq->who, &wish, rq->arena, &made, e);
    if (r)
        return r;
    id_text(&made.id, id);
    reply_json(rq, 201, authority_json(rq, &made));
    reply_header(rq, "Location", arena_printf(rq->arena, "/api/v1/authorities/%s", id));
    return ERR_NONE;
}

static const struct shape make_shape = { (const struct shape_member[]){
    { .name = "name", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 256 },
    { .name = "organization", .kind = SHAPE_TEXT, .max = 256 },
    { .name = "key_type", .kind = SHAPE_TEXT, .min = 1, .max = 32 },
    { .name = "years", .kind = SHAPE_NUMBER, .min = 1, .max = 100 },
    { .name = "parent_id", .kind = SHAPE_TEXT, .min = 1, .max = 64 },
    { .name = "path_len", .kind = SHAPE_NUMBER, .min = 0, .max = 8 },
    { 0 } } };

const struct route authorities_routes[] = {
    { "GET", "/api/v1/authorities", list, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/authorities", make, RIGHT_AUTHORITY, ROUTE_STEP_UP | ROUTE_ONCE, 0, &make_shape },
    { "GET", "/api/v1/authorities/{id}", show, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/authorities/{id}/crl", sign_crl, RIGHT_AUTHORITY, 0, 0, NULL },
    { 0 }
};
