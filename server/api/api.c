#include "api/api.h"

#include <strings.h>

#include "access/access.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/config.h"
#include "base/text.h"
#include "http/server.h"
#include "store/settings.h"

/* who ---------------------------------------------------------------------------------------------------- */

static const char *bearer(const struct request *rq)
{
    const char *text = request_header(rq, "Authorization");

    if (text == NULL)
        return NULL;
    return strncasecmp(text, "Bearer ", 7) == 0 ? text + 7 + strspn(text + 7, " ") : "";
}

/* DIR/control: the kernel has said that it is root or the daemon's own user. */
static void be_local(struct actor *who)
{
    who->kind = ACTOR_LOCAL;
    strcpy(who->name, "local administrator");
    who->rights = role_rights(ROLE_ADMIN);
}

static enum err recognise(struct app *app, struct request *rq, struct error *e)
{
    const char *token = bearer(rq), *cookie = request_cookie(rq, API_COOKIE);
    bool is_setup = (rq->route->flags & ROUTE_SETUP) != 0;
    enum err r;

    if (request_is_local(rq)) {
        be_local(&rq->who);
        return ERR_NONE;
    }
    if (token != NULL && is_setup && !text_starts(token, "sgn_"))
        return access_setup_prove(app->access, token, &rq->who, e);
    if (token != NULL) {
        r = access_token(app->access, token, &rq->who, e);
        return r && is_setup ? fail_kind(e, ERR_DENIED, "setup-token", "this is no setup link: \"signet setup-link\" on the host prints a good one") : r;
    }
    if (cookie != NULL) {
        r = access_session(app->access, cookie, &rq->who, e);
        rq->by_cookie = r == ERR_NONE;
        return r;
    }
    if (is_setup)
        return fail_kind(e, ERR_DENIED, "setup-token", "setting up needs the one-time link: \"signet setup-link\" on the host prints it");
    return fail_kind(e, ERR_DENIED, "unauthenticated", "sign in, or send a token in the header Authorization");
}

/* A route that is public takes whoever comes: an old cookie must not keep anybody from signing in. */
static enum err admit(struct app *app, struct request *rq, struct error *e)
{
    struct error why = { 0 };
    enum err r;

    rq->who.kind = ACTOR_NOBODY;
    rq->who.rights = RIGHT_BIT(RIGHT_PUBLIC);
    r = recognise(app, rq, &why);
    if (r && rq->route->allow != RIGHT_PUBLIC) {
        *e = why;
        return r;
    }
    r = access_grants(app->access, rq->arena, &rq->who, e);
    if (r)
        return r;
    if (access_may(&rq->who, RIGHT_ACCESS, "", NULL) && !access_is_set_up(app->access))
        rq->who.rights |= RIGHT_BIT(RIGHT_SETUP);
    return ERR_NONE;
}

static bool may(const struct actor *who, unsigned right)
{
    if (access_may(who, right, "", NULL))
        return true;
    for (size_t i = 0; right < RIGHT_COUNT && i < who->grants_len; i++)
        if ((who->grants[i].rights & RIGHT_BIT(right)) != 0)
            return true;
    return false;
}

/* no ----------------------------------------------------------------------------------------------------- */

static void problem(struct request *rq, const struct error *e)
{
    api_problem_answer(rq, api_problem_body(rq, e));
    if (strcmp(e->kind, "old-connection") == 0)
        reply_closes(rq);          /* the next one is shown the new certificate */
}

enum err api_local_only(const struct request *rq, struct error *e)
{
    if (request_is_local(rq))
        return ERR_NONE;
    return fail_kind(e, ERR_DENIED, "local-only", "this is answered only on the host itself, by the socket \"control\" of the data directory");
}

/* again -------------------------------------------------------------------------------------------------- */

static enum err repeat(struct request *rq, const struct idempotency *made, struct error *e)
{
    if (!made->is_same)
        return fail_kind(e, ERR_INVALID, "idempotency", "this Idempotency-Key was used for another request: take a new one");
    if (rq->route->flags & ROUTE_SECRET)
        return fail_kind(e, ERR_CONFLICT, "idempotency", "this was made already and its secret was shown then: it is not shown twice");
    return request_repeat(rq, made->location, made->status, e);
}

/* The answer to a repeat is what the first one made, as it is now. A repeat beside its running original finds nothing here; the
   unique key of the row refuses it when it commits. */
static bool replay(struct app *app, struct request *rq, struct error *e)
{
    struct idempotency made;
    struct error why = { 0 };
    enum err r;

    if (rq->who.idempotency_key[0] == '\0')
        return false;
    r = store_idempotency(app->store, &rq->who, &made, &why);
    if (!r && !made.is_found)
        return false;
    if (!r)
        r = repeat(rq, &made, &why);
    if (r) {
        problem(rq, &why);
        *e = why;
    }
    reply_header(rq, "Idempotent-Replayed", "true");
    return true;
}

/* words -------------------------------------------------------------------------------------------------- */

void api_etag(struct request *rq, int64_t row_version)
{
    reply_header(rq, "ETag", arena_printf(rq->arena, "\"%lld\"", (long long)row_version));
}

/* RFC 9110, 13.1.2 */
bool api_is_seen(struct request *rq, int64_t row_version)
{
    const char *seen = request_header(rq, "If-None-Match");

    if (seen == NULL)
        return false;
    if (strcmp(seen, "*") != 0 && strstr(seen, arena_printf(rq->arena, "\"%lld\"", (long long)row_version)) == NULL)
        return false;
    reply_empty(rq, 304);
    api_etag(rq, row_version);
    return true;
}

void api_set_cookie(struct request *rq, const char *cookie)
{
    reply_header(rq, "Set-Cookie", arena_printf(rq->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict", API_COOKIE, cookie));
}

enum err api_limit(const struct request *rq, int64_t otherwise, int64_t *out, struct error *e)
{
    const char *text = request_query(rq, "limit");

    *out = otherwise;
    if (text != NULL && !text_number(text, 1, 500, out))
        return fail_at(e, "/limit", "a number from 1 to 500");
    return ERR_NONE;
}

/* Only roles that add something: an administrator is not also called a viewer. */
json_t *api_roles(const struct actor *who)
{
    uint64_t covered = 0;
    json_t *out = json_array();

    for (enum role r = ROLE_ADMIN; r < ROLE_COUNT; r++)
        if ((role_rights(r) & ~who->rights) == 0 && (role_rights(r) & ~covered) != 0) {
            json_array_append_new(out, json_string(role_text(r)));
            covered |= role_rights(r);
        }
    return out;
}

json_t *api_rights(const struct actor *who)
{
    json_t *out = json_array();

    for (enum right r = RIGHT_SELF; r < RIGHT_COUNT; r++)
        if (who->rights & RIGHT_BIT(r))
            json_array_append_new(out, json_string(right_text(r)));
    return out;
}

/* Its name for people: what the settings say, else the one address it listens on, else localhost. */
static const char *own_name(struct app *app, struct arena *a)
{
    const char *const *list;
    char host[128];
    unsigned port;

    if (settings_list(app->settings, "server.hostnames", a, &list) > 0 || settings_list(app->settings, "server.ip_addresses", a, &list) > 0)
        return list[0];
    if (config_address(app->config->https, host, sizeof(host), &port, NULL) == ERR_NONE
        && host[0] != '\0' && strcmp(host, "::") != 0 && strcmp(host, "0.0.0.0") != 0 && strcmp(host, "127.0.0.1") != 0 && strcmp(host, "::1") != 0)
        return arena_text(a, host);
    return "localhost";
}

const char *api_base_url(struct app *app, struct arena *a)
{
    const char *name = own_name(app, a);
    unsigned port = app->server != NULL ? server_port(app->server, LISTEN_HTTPS) : 443;
    bool is_v6 = strchr(name, ':') != NULL;
    const char *host = is_v6 ? arena_printf(a, "[%s]", name) : name;

    return port == 443 ? arena_printf(a, "https://%s", host) : arena_printf(a, "https://%s:%u", host, port);
}

static const struct route *const tables[] = {
    setup_routes, session_routes, tokens_routes, users_routes, authorities_routes, profiles_routes, certificates_routes, describe_routes, export_targets_routes,
    permissions_routes, bulk_routes, collections_routes, import_routes, lineages_routes, replace_routes,
    requests_routes, web_server_routes, settings_routes, jobs_routes, status_routes, events_routes, unlock_routes, tools_routes, scripts_routes, trust_api_routes, openapi_routes, NULL
};

const struct surface api_surface = { .prefix = "/api/v1", .tables = tables, .admit = admit, .may = may, .problem = problem, .replay = replay };
