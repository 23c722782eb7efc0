#include "http/exchange.h"

#include <stdlib.h>

#include "base/own.h"
#include "base/time.h"
#include "http/inside.h"
#include "http/stream.h"

enum { DISCARD_MAX = 16 * 1024 * 1024 };   /* twice the largest body of any route */

static struct conn *conn_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void *exchange_new(void *ctx, const char *target, struct MHD_Connection *mhd)
{
    struct exchange *x = own_alloc(sizeof(*x));
    struct conn *c = conn_of(mhd);

    (void)ctx;
    if (c->phase == PHASE_IDLE)
        conn_phase(c, PHASE_HEADERS);
    x->mhd = mhd;
    x->rq.conn = c;
    x->rq.app = c->net->server->app;
    x->rq.arena = arena_new();
    x->rq.reply = &x->reply;
    x->rq.raw_target = arena_text(x->rq.arena, target);
    x->rq.path = "";
    x->rq.who.if_match = -1;
    findings_init(&x->rq.findings, x->rq.arena);
    c->exchange = x;
    atomic_fetch_add_explicit(&c->net->server->requests, 1, memory_order_relaxed);
    return x;
}

/* Passwords come in JSON strings, and Jansson frees without wiping. */
static void wipe_json(json_t *v)
{
    const char *name;
    json_t *inner;
    size_t i;

    if (json_is_string(v))
        own_wipe((char *)json_string_value(v), json_string_length(v));
    json_array_foreach(v, i, inner)
        wipe_json(inner);
    json_object_foreach(v, name, inner)
        wipe_json(inner);
}

void exchange_free(struct exchange *x)
{
    feed_end(x);
    wipe_json(x->rq.json);
    json_decref(x->rq.json);
    reply_clear(&x->reply);
    buf_wipe(&x->body);
    arena_free(x->rq.arena);
    free(x);
}

void exchange_over(void *ctx, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *context;
    struct conn *c;

    (void)ctx;
    (void)mhd;
    (void)why;
    *context = NULL;
    if (x == NULL)
        return;
    c = x->rq.conn;
    c->exchange = NULL;
    exchange_free(x);
    conn_phase(c, PHASE_IDLE);
}

/* Answering ------------------------------------------------------------------------------------------------------------------- */

/* Only the words of http/ itself fix a status; what else a surface answers is its own. */
static bool is_own_kind(const struct error *e)
{
    static const char *const own[] = { "unreadable", "csrf", "step-up", "no-route", "method-not-allowed", "too-large", "media-type", "misdirected", "busy" };

    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
        if (strcmp(own[i], e->kind) == 0)
            return true;
    }
    return false;
}

void exchange_refuse(struct exchange *x, const struct error *e)
{
    const char *allow = reply_find(&x->reply, "Allow");

    reply_clear(&x->reply);
    exchange_name(x);
    if (x->rq.surface != NULL && x->rq.surface->problem != NULL)
        x->rq.surface->problem(&x->rq, e);
    if (x->reply.status == 0)
        reply_problem(&x->rq, e);
    if (is_own_kind(e))
        x->reply.status = error_status(e);
    if (allow != NULL)
        reply_header(&x->rq, "Allow", allow);
    if (x->reply.status == 503 && reply_find(&x->reply, "Retry-After") == NULL)
        reply_header(&x->rq, "Retry-After", "2");
}

static enum err answer(struct exchange *x, struct error *e)
{
    struct request *rq = &x->rq;
    enum err r;

    rq->body = buf_bytes(&x->body);
    if ((rq->route->flags & ROUTE_QUICK) == 0)
        exchange_name(x);
    r = doors_pass(x, e);
    if (!r)
        r = body_read(x, e);
    if (!r && rq->who.idempotency_key[0] != '\0' && rq->surface->replay != NULL && rq->surface->replay(rq->app, rq, e))
        return ERR_NONE;
    if (!r && e->code != ERR_NONE)
        return e->code;            /* the look-up itself failed */
    return r ? r : rq->route->run(rq->app, rq, e);
}

void exchange_work(struct exchange *x)
{
    struct error e = { 0 };
    enum err r = answer(x, &e);

    if (!r && x->reply.status == 0)
        r = fail(&e, ERR_BUG, "the handler of %s %s gave no answer", x->rq.route->method, x->rq.route->pattern);
    if (!r)
        return;
    if (e.code == ERR_NONE)
        e.code = r;
    exchange_refuse(x, &e);
}

/* A page answers by what was frozen with it, so the id is told only where somebody gave one or an answer was made. */
static void finish_headers(struct exchange *x)
{
    struct request *rq = &x->rq;

    if (x->reply.page == NULL || x->reply.len > 0 || request_header(rq, "X-Request-Id") != NULL) {
        exchange_name(x);
        reply_header(rq, "X-Request-Id", rq->id_text);
    }
    if (x->reply.closes || atomic_load_explicit(&rq->conn->net->server->is_draining, memory_order_relaxed))
        reply_header(rq, "Connection", "close");
}

/* RFC 9110, 6.4.1: these end with their head. */
static bool sends_body(const struct exchange *x, const struct built *b)
{
    return b->has_body && b->status >= 200 && b->status != 204 && b->status != 304 && strcmp(x->rq.method, "HEAD") != 0;
}

static enum MHD_Result send_answer(struct exchange *x)
{
    bool is_stream = x->reply.stream != NULL && strcmp(x->rq.method, "HEAD") != 0;
    struct conn *c = x->rq.conn;
    struct built b = { .status = x->reply.status };
    enum MHD_Result r;

    x->state = STATE_SENT;
    finish_headers(x);
    conn_phase(c, is_stream ? PHASE_STREAM : PHASE_ANSWER);
    if (is_stream)
        b.answer = feed_build(x);
    else
        b = reply_build(&x->rq);
    if (b.answer == NULL)
        return MHD_NO;
    /* The library sends head and body in two records, one right after the other. */
    if (c->is_tls && sends_body(x, &b))
        c->wire.holds = HOLDS_NEXT;
    r = MHD_queue_response(x->mhd, (unsigned)b.status, b.answer);
    if (!b.is_lent)
        MHD_destroy_response(b.answer);
    return r;
}

static enum MHD_Result refuse_now(struct exchange *x, const struct error *e, bool closes)
{
    exchange_refuse(x, e);
    x->reply.closes |= closes;
    return send_answer(x);
}

/* The library's calls: head, parts of the body, end of the body, and once more when a worker has answered ------------------------- */

/* A refusal before the body is read would reach a client that still sends as a reset: so the body is let by up to a cap, unless
   the client waits for our leave (Expect) or has too much. */
static enum MHD_Result at_head(struct exchange *x, const char *method)
{
    struct error e = { 0 };
    bool is_fatal = false;
    enum err r = exchange_begin(x, method, &is_fatal, &e);

    buf_init(&x->body, x->body_max);
    x->state = STATE_BODY;
    if (x->framing.is_chunked || x->framing.content_length > 0)
        conn_phase(x->rq.conn, PHASE_BODY);
    if (!r)
        return MHD_YES;
    if (is_fatal)
        return refuse_now(x, &e, true);
    x->refusal = arena_copy(x->rq.arena, &e, sizeof(e));
    x->state = STATE_DISCARD;
    if (x->framing.content_length > DISCARD_MAX || request_header(&x->rq, "Expect") != NULL)
        return refuse_now(x, &e, true);
    return MHD_YES;
}

static enum MHD_Result at_part(struct exchange *x, const char *part, size_t *len)
{
    struct conn *c = x->rq.conn;

    c->body_len += *len;
    if (x->state == STATE_BODY) {
        buf_add(&x->body, part, *len);
        if (x->body.is_over) {
            x->refusal = arena_take(x->rq.arena, sizeof(*x->refusal));
            fail_kind(x->refusal, ERR_LIMIT, "too-large", "the body is larger than the %zu bytes that are taken here", x->body_max);
            buf_wipe(&x->body);
            x->state = STATE_DISCARD;
        }
    } else {
        x->discarded += *len;
        if (x->discarded > DISCARD_MAX)
            return MHD_NO;
    }
    *len = 0;
    return MHD_YES;
}

static enum MHD_Result at_end(struct exchange *x)
{
    struct server *s = x->rq.conn->net->server;
    struct error e = { 0 };

    if (x->state == STATE_DISCARD) {
        bool closes = strcmp(x->refusal->kind, "too-large") == 0 || x->discarded > 0;

        return refuse_now(x, x->refusal, closes);
    }
    if ((x->rq.route->flags & ROUTE_QUICK) != 0) {
        exchange_work(x);
        return send_answer(x);
    }

    /* Suspended before it is handed over: the worker may be done before we are back. */
    x->state = STATE_QUEUED;
    conn_phase(x->rq.conn, PHASE_RUNNING);
    conn_suspend(x->rq.conn, 0);
    if (x->rq.conn->is_suspended && workers_push(s->workers, x, (x->rq.route->flags & ROUTE_HEAVY) != 0))
        return MHD_YES;
    fail_kind(&e, ERR_IO, "busy", "more is asked at once than this server can do: ask again in a moment");
    exchange_refuse(x, &e);
    x->state = STATE_ANSWERED;
    if (!x->rq.conn->is_suspended)
        return send_answer(x);
    conn_resume(x->rq.conn);
    return MHD_YES;
}

enum MHD_Result exchange_handle(void *ctx, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                const char *upload, size_t *upload_len, void **context)
{
    struct exchange *x = *context;

    (void)ctx;
    (void)mhd;
    (void)url;
    if (x == NULL)
        return MHD_NO;
    switch (x->state) {
    case STATE_NEW:
        x->version = version;
        return at_head(x, method);
    case STATE_BODY:
    case STATE_DISCARD:
        return *upload_len > 0 ? at_part(x, upload, upload_len) : at_end(x);
    case STATE_ANSWERED:
        return send_answer(x);
    case STATE_QUEUED:
    case STATE_SENT:
        return MHD_YES;
    }
    return MHD_NO;
}
