/* setup - /api/v1/setup: the first run, step by step. What was done is read from what is there, so a reload resumes where it was. */
#include "access/access.h"
#include "api/api.h"
#include "api/asked.h"
#include "api/detect.h"
#include "api/json.h"
#include "api/tables.h"
#include "api/web_server.h"
#include "http/server.h"
#include "identity/first_run.h"
#include "inventory/inventory.h"
#include "store/settings.h"

struct progress {                  /* each NULL while its step is to come */
    json_t *administrator, *names, *authority, *certificate;
};

/* where it is ------------------------------------------------------------------------------------------ */

static json_t *detected_json(struct app *app, struct request *rq)
{
    struct detected d;
    const char *first;

    detect_names(request_is_local(rq) ? NULL : request_header(rq, "Host"), rq->arena, &d);
    first = d.hostnames_len > 0 ? d.hostnames[0] : "localhost";
    return json_pack("{s:o, s:o, s:o}", "hostnames", json_of_texts(d.hostnames, d.hostnames_len),
                     "ip_addresses", json_of_texts(d.ip_addresses, d.ip_len),
                     "public_http_url", json_of_text(arena_printf(rq->arena, "http://%s%s", first, asked_port(app, rq, LISTEN_HTTP, 80))));
}

static json_t *names_json(struct app *app, struct arena *a)
{
    const char *const *hosts, *const *addresses;
    size_t hosts_len = settings_list(app->settings, "server.hostnames", a, &hosts);
    size_t addresses_len = settings_list(app->settings, "server.ip_addresses", a, &addresses);

    if (hosts_len + addresses_len == 0)
        return NULL;
    return json_pack("{s:o, s:o, s:o}", "hostnames", json_of_texts(hosts, hosts_len), "ip_addresses", json_of_texts(addresses, addresses_len),
                     "public_http_url", json_of_text(settings_text(app->settings, "server.public_http_url", a)));
}

static json_t *authority_json(const struct authority *at)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "id", json_of_id(&at->id), "certificate_id", json_of_id(&at->certificate_id),
                     "name", json_of_text(at->name), "thumbprint_sha256", json_of_hex(bytes_of(at->cert.sha256, sizeof(at->cert.sha256))));
}

/* The first root and the first authority below it. */
static enum err authorities_json(struct app *app, struct arena *a, json_t **out, struct error *e)
{
    const struct authority *root = NULL, *issuing = NULL;
    struct authority *all;
    size_t len;
    enum err r = ca_authorities(app->ca, a, &all, &len, e);

    if (r)
        return r;
    for (size_t i = 0; i < len; i++)
        if (root == NULL && id_is_none(&all[i].parent))
            root = &all[i];
    for (size_t i = 0; i < len && root != NULL; i++)
        if (issuing == NULL && id_equal(&all[i].parent, &root->id))
            issuing = &all[i];
    if (issuing != NULL)
        *out = json_pack("{s:o, s:o}", "root", authority_json(root), "issuing", authority_json(issuing));
    return ERR_NONE;
}

static enum err certificate_json(struct app *app, struct arena *a, json_t **out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct identity_view v;
    enum err r = identity_view(app->identity, a, &v, e);

    if (r || v.rows_len == 0)
        return r;
    r = store_look(app->store, &look, e);
    if (!r)
        r = inventory_by_version(look_db(&look), v.rows[0].version_n, a, &item, e);
    if (!r)
        *out = json_pack("{s:o, s:i}", "certificate_id", json_of_id(&v.rows[0].certificate), "version", item.number);
    return r;
}

static void progress_drop(struct progress *p)
{
    json_decref(p->administrator);
    json_decref(p->names);
    json_decref(p->authority);
    json_decref(p->certificate);
}

static enum err read_progress(struct app *app, struct arena *a, struct progress *out, struct error *e)
{
    const char *name = NULL;
    enum err r = access_admin_name(app->access, a, &name, e);

    if (!r && name != NULL)
        out->administrator = json_pack("{s:o}", "name", json_of_text(name));
    out->names = names_json(app, a);
    if (!r)
        r = authorities_json(app, a, &out->authority, e);
    if (!r)
        r = certificate_json(app, a, &out->certificate, e);
    return r;
}

/* The first thing that is not there. Trust is a look at one's own browser and leaves nothing behind. */
static const char *step_of(const struct progress *p)
{
    const struct { const json_t *done; const char *step; } steps[] = {
        { p->administrator, "administrator" }, { p->names, "names" }, { p->authority, "authority" }, { p->certificate, "trust" },
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        if (steps[i].done == NULL)
            return steps[i].step;
    return "finish";
}

/* A browser that asks over a connection from before the swap would go on without noticing it: its next question opens a new one. */
static enum err close_older(struct app *app, struct request *rq, struct error *e)
{
    struct identity_view v;
    enum err r = identity_view(app->identity, rq->arena, &v, e);

    if (!r && request_is_tls(rq) && request_generation(rq) < v.generation)
        reply_closes(rq);
    return r;
}

static enum err answer(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(progress_drop) struct progress p = { NULL };
    enum err r = read_progress(app, rq->arena, &p, e);

    if (!r)
        r = close_older(app, rq, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:s, s:s, s:o, s:O?, s:O?, s:O?, s:O?, s:o, s:o}", "state", access_is_set_up(app->access) ? "done" : "open",
                                  "step", step_of(&p), "detected", detected_json(app, rq), "administrator", p.administrator,
                                  "names", p.names, "authority", p.authority, "server_certificate", p.certificate,
                                  "probe_url", json_of_text(asked_probe_url(app, rq)), "trust_url", json_of_text(asked_trust_url(app, rq))));
    return ERR_NONE;
}

/* Public, so that a console can ask whether there is anything to set up; what it says is for those who hold the link. */
static enum err show(struct app *app, struct request *rq, struct error *e)
{
    if (access_is_set_up(app->access)) {
        reply_json(rq, 200, json_pack("{s:s}", "state", "done"));
        return ERR_NONE;
    }
    if (!access_may(&rq->who, RIGHT_SETUP, "", NULL))
        return fail_kind(e, ERR_DENIED, "setup-token", "setting up needs the one-time link: \"signet setup-link\" on the host prints it");
    return answer(app, rq, e);
}

/* steps ------------------------------------------------------------------------------------------------ */

/* Whoever makes keys and names has a name in the journal: the link makes the administrator and nothing else. */
static enum err need_administrator(const struct request *rq, struct error *e)
{
    if (rq->who.kind != ACTOR_SETUP)
        return ERR_NONE;
    return fail(e, ERR_CONFLICT, "make the administrator first: the rest is done in their name");
}

static struct first_run first_run_of(struct app *app)
{
    return (struct first_run){ app->settings, app->ca, app->identity };
}

/* The browser that made the account is signed in by it: the link is spent with this answer. */
static enum err administrator(struct app *app, struct request *rq, struct error *e)
{
    const char *name = body_text(rq, "name"), *password = body_text(rq, "password");
    char cookie[COOKIE_ROOM];
    struct id id;
    enum err r;

    r = access_first_admin(app->access, &rq->who, name, password, &id, e);
    if (r)
        return r;
    r = access_login(app->access, name, password, request_header(rq, "User-Agent"), cookie, &rq->who, e);
    if (r)
        return r;
    reply_json(rq, 201, json_pack("{s:o}", "name", json_of_text(name)));
    api_set_cookie(rq, cookie);
    own_wipe(cookie, sizeof(cookie));
    return ERR_NONE;
}

static enum err names(struct app *app, struct request *rq, struct error *e)
{
    struct first_names wish = { .public_http_url = body_text(rq, "public_http_url"),
                                .plain_port = app->server != NULL ? server_port(app->server, LISTEN_HTTP) : 80 };
    struct first_run f = first_run_of(app);
    enum err r = need_administrator(rq, e);

    if (r)
        return r;
    wish.hostnames_len = body_texts(rq, "hostnames", &wish.hostnames);
    wish.ip_len = body_texts(rq, "ip_addresses", &wish.ip_addresses);
    r = first_run_names(&f, &rq->who, &wish, rq->arena, &rq->findings, e);
    return r ? r : answer(app, rq, e);
}

static enum err authority(struct app *app, struct request *rq, struct error *e)
{
    const char *type = body_text(rq, "key_type");
    enum key_type key_type = KEY_EC_P256;
    struct first_run f = first_run_of(app);
    struct authority root, issuing;
    enum err r = need_administrator(rq, e);

    if (r)
        return r;
    if (type != NULL && !key_type_parse(type, &key_type))
        return fail_at(e, "/key_type", "a key type is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
    r = first_run_authorities(&f, &rq->who, body_text(rq, "name"), body_text(rq, "organization"), key_type,
                              (unsigned)body_number(rq, "years", 10), rq->arena, &root, &issuing, e);
    return r ? r : answer(app, rq, e);
}

static enum err server_certificate(struct app *app, struct request *rq, struct error *e)
{
    struct first_run f = first_run_of(app);
    struct swap_result result = { 0 };
    json_t *body;
    enum err r = need_administrator(rq, e);

    if (!r)
        r = first_run_certificate(&f, &rq->who, rq->arena, &rq->findings, &result, e);
    if (r)
        return r;
    body = web_server_swap_json(app, rq, &result, e);
    if (body == NULL)
        return e->code;
    reply_json(rq, 200, body);
    return ERR_NONE;
}

static enum err finish(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(progress_drop) struct progress p = { NULL };
    enum err r = read_progress(app, rq->arena, &p, e);

    if (r)
        return r;
    if (strcmp(step_of(&p), "finish") != 0)
        return fail(e, ERR_CONFLICT, "the step \"%s\" is still to be done", strcmp(step_of(&p), "trust") == 0 ? "server-certificate" : step_of(&p));
    r = access_setup_finish(app->access, &rq->who, e);
    return r ? r : answer(app, rq, e);
}

static const struct shape account = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 63, NULL }, { "password", SHAPE_TEXT, true, 1, 1024, NULL }, { 0 }
} };
static const struct shape own_names = { (const struct shape_member[]){
    { "hostnames", SHAPE_TEXTS, true, 0, 100, NULL }, { "ip_addresses", SHAPE_TEXTS, false, 0, 100, NULL },
    { "public_http_url", SHAPE_TEXT, false, 0, 200, NULL }, { 0 }
} };
static const struct shape authority_wish = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 50, NULL }, { "organization", SHAPE_TEXT, false, 0, 64, NULL },
    { "key_type", SHAPE_TEXT, false, 1, 16, NULL }, { "years", SHAPE_NUMBER, false, 1, 40, NULL }, { 0 }
} };
static const struct shape nothing = { (const struct shape_member[]){ { 0 } } };

const struct route setup_routes[] = {
    { "GET",  "/api/v1/setup",                    show,               RIGHT_PUBLIC, ROUTE_SETUP, 0, NULL },
    { "POST", "/api/v1/setup/administrator",      administrator,      RIGHT_SETUP,  ROUTE_SETUP | ROUTE_HEAVY, 4096, &account },
    { "PUT",  "/api/v1/setup/names",              names,              RIGHT_SETUP,  ROUTE_SETUP, 0, &own_names },
    { "PUT",  "/api/v1/setup/authority",          authority,          RIGHT_SETUP,  ROUTE_SETUP, 4096, &authority_wish },
    { "PUT",  "/api/v1/setup/server-certificate", server_certificate, RIGHT_SETUP,  ROUTE_SETUP, 4096, &nothing },
    { "POST", "/api/v1/setup/finish",             finish,             RIGHT_SETUP,  ROUTE_SETUP, 4096, &nothing },
    { 0 }
};
