#include <stdlib.h>
#include <strings.h>

#include "base/text.h"
#include "base/time.h"
#include "http/exchange.h"
#include "pki/hash.h"

enum { PROOF_LASTS = 300 };

static bool changes(const struct request *rq)
{
    return strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0;
}

static enum err foreign(struct error *e, const char *why)
{
    return fail_kind(e, ERR_DENIED, "csrf", "%s: a change by a signed-in browser must come from our own page", why);
}

/* "https://host:port" of our own Host, whatever its case. */
static bool is_own_origin(const struct request *rq, const char *origin)
{
    const char *scheme = request_is_tls(rq) ? "https://" : "http://";
    const char *host = request_header(rq, "Host");
    size_t len = strlen(scheme);

    return host != NULL && strncasecmp(origin, scheme, len) == 0 && strcasecmp(origin + len, host) == 0;
}

/* Conventions, A3. Browsers tell where a request comes from, and pages cannot lie about it; another site shall sign nobody in
   either. A cookie is sent along by itself, so its holder must also send a header that another site could only send after asking us. */
static enum err check_origin(const struct request *rq, struct error *e)
{
    const char *site = request_header(rq, "Sec-Fetch-Site");
    const char *origin = request_header(rq, "Origin");

    if (!changes(rq))
        return ERR_NONE;
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return foreign(e, "Sec-Fetch-Site says another site");
    if (origin != NULL && !is_own_origin(rq, origin))
        return foreign(e, "Origin is not this server");
    if (!rq->by_cookie)
        return ERR_NONE;
    if (site == NULL && origin == NULL)
        return foreign(e, "neither Origin nor Sec-Fetch-Site is given");
    if (request_header(rq, "X-Signet") == NULL)
        return foreign(e, "X-Signet is missing");
    return ERR_NONE;
}

/* RFC 9110, 13.1.1: what is no version of ours matches none. */
static int64_t version_seen(const struct request *rq)
{
    const char *given = request_header(rq, "If-Match");
    size_t len = given != NULL ? strlen(given) : 0;
    int64_t version;

    if (given == NULL || strcmp(given, "*") == 0)
        return -1;
    if (len > 2 && given[0] == '"' && given[len - 1] == '"' && text_number(arena_copy(rq->arena, given + 1, len - 2), 0, INT64_MAX - 1, &version))
        return version;
    return INT64_MAX;
}

/* What has no version matches none: better refused than done to what the caller did not see. */
static enum err check_match(const struct request *rq, struct error *e)
{
    bool replaces = strcmp(rq->method, "PUT") == 0 || strcmp(rq->method, "PATCH") == 0 || strcmp(rq->method, "DELETE") == 0;

    if (!replaces || (rq->route->flags & ROUTE_MATCH) != 0 || version_seen(rq) < 0)
        return ERR_NONE;
    return fail_kind(e, ERR_CONFLICT, "precondition", "what stands here has no version that If-Match could name: leave the header out");
}

static void note_repeat(struct request *rq)
{
    const char *key = request_header(rq, "Idempotency-Key");
    struct buf b;

    if (key == NULL || (rq->route->flags & ROUTE_ONCE) == 0)
        return;
    strncpy(rq->who.idempotency_key, key, sizeof(rq->who.idempotency_key) - 1);
    buf_init(&b, 16 * 1024 * 1024);
    buf_text(&b, rq->method);
    buf_byte(&b, '\n');
    buf_text(&b, rq->raw_target);
    buf_byte(&b, '\n');
    buf_add(&b, rq->body.at, rq->body.len);
    hash_sha256(buf_bytes(&b), rq->who.idempotency_sha256);
    buf_wipe(&b);
}

static enum err check_repeat(const struct request *rq, struct error *e)
{
    const char *key = request_header(rq, "Idempotency-Key");

    if (key != NULL && (strlen(key) >= sizeof(rq->who.idempotency_key) || key[0] == '\0'))
        return fail_kind(e, ERR_INVALID, "unreadable", "Idempotency-Key has 1 to %zu characters", sizeof(rq->who.idempotency_key) - 1);
    return ERR_NONE;
}

static void note_caller(struct request *rq, const struct id *request_id)
{
    struct actor *who = &rq->who;

    who->request_id = *request_id;
    memset(who->source, 0, sizeof(who->source));
    strncpy(who->source, request_source(rq), sizeof(who->source) - 1);
    who->if_match = version_seen(rq);
    note_repeat(rq);
}

static enum err let_in(struct request *rq, struct error *e)
{
    const struct surface *s = rq->surface;
    enum err r;

    r = s->admit(rq->app, rq, e);
    if (r)
        return r;
    if (!s->may(&rq->who, rq->route->allow))
        return fail(e, ERR_DENIED, "%s may not do this: ask an administrator for a role that may", rq->who.name[0] != '\0' ? rq->who.name : "nobody");
    return ERR_NONE;
}

enum err doors_pass(struct exchange *x, struct error *e)
{
    struct request *rq = &x->rq;
    struct id request_id = rq->who.request_id;
    enum err r;

    r = check_repeat(rq, e);
    if (!r && (rq->route->flags & ROUTE_OPEN) == 0)
        r = let_in(rq, e);
    note_caller(rq, &request_id);
    if (!r)
        r = check_origin(rq, e);
    if (!r)
        r = check_match(rq, e);
    if (!r && (rq->route->flags & ROUTE_STEP_UP) != 0 && rq->by_cookie && clock_now() - rq->who.proved_at > PROOF_LASTS)
        r = fail_kind(e, ERR_DENIED, "step-up", "this needs your password again: it was given more than 5 minutes ago");
    return r;
}
