/* request - one exchange: what came, in the arena that dies with it, and the answer being made. Handlers run on workers
   (blocking is fine) unless their route is QUICK: those run on the network thread and touch memory only. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <jansson.h>

#include "base/actor.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/findings.h"
#include "http/page.h"

struct app;                    /* app.h; http/ only passes it on */
struct conn;
struct route;
struct surface;
struct stream;

struct request {
    struct conn *conn;
    struct arena *arena;
    struct app *app;
    const struct surface *surface;
    const struct route *route;
    const char *method;
    const char *path;              /* decoded once, normalised, without the query; clean UTF-8 */
    const char *raw_target;        /* as it came */
    const char *id_text;           /* the request id, as sent in X-Request-Id */
    struct bytes body;
    json_t *json;                  /* parsed body of a route with a shape; freed with the request */
    struct actor who;              /* set by surface->admit */
    bool by_cookie;                /* a session's cookie proved it: CSRF rules apply */
    struct findings findings;      /* what a check found: problem documents list them as errors[] */
    struct reply *reply;
};

/* What came. NULL when not there. */
const char *request_path(const struct request *rq, const char *name);      /* {id} of the pattern */
const char *request_query(const struct request *rq, const char *name);     /* decoded; the first of that name */
const char *request_header(const struct request *rq, const char *name);    /* case-insensitive */
const char *request_cookie(const struct request *rq, const char *name);
bool request_is_tls(const struct request *rq);
bool request_is_local(const struct request *rq);                           /* DIR/control: root or the daemon's own user */
const char *request_source(const struct request *rq);                      /* peer address as text, "local" */
uint64_t request_generation(const struct request *rq);                     /* of the tls_identity that this connection was shown; 0 on plain */
const char *request_shown_name(const struct request *rq);                  /* the SNI entry it was shown, "" for the default */
/* Which of the types Accept likes best: its place, of equals the first; -1: none of them. Without an Accept the first. */
int request_prefers(const struct request *rq, const char *const *types, size_t len);
bool request_is_file(const struct request *rq);                            /* of a route with ROUTE_FILE: the body is the file itself; its members are in the query */
enum err request_id_path(const struct request *rq, const char *name, struct id *out, struct error *e) MUST_CHECK;   /* a UUID, or ERR_ABSENT */

/* The answer. The last word wins; a handler that returns an error instead gets surface->problem. */
void reply_json(struct request *rq, int status, json_t *body);             /* takes body */
void reply_bytes(struct request *rq, int status, const char *type, struct bytes body);   /* lives in the arena, or for ever */
void reply_text(struct request *rq, int status, const char *type, const char *text);
void reply_empty(struct request *rq, int status);
void reply_page(struct request *rq, struct page *page);                    /* 200, or 304 by If-None-Match; takes a reference */
void reply_redirect(struct request *rq, int status, const char *location);
void reply_header(struct request *rq, const char *name, const char *value);
void reply_download(struct request *rq, const char *filename);             /* Content-Disposition: RFC 6266, filename* */
void reply_closes(struct request *rq);                                     /* Connection: close after this answer */
void reply_stream(struct request *rq, struct stream *stream);              /* takes it */

/* Answers with a GET of path, a resource of the same surface, under the status of the request that made it. */
enum err request_repeat(struct request *rq, const char *path, int status, struct error *e) MUST_CHECK;

/* The HTTP status of an error: by the kinds that http/ itself uses, else by its code. The kinds:
   "unreadable" 400, "unauthenticated" 401, "csrf" "step-up" 403, "no-route" 404, "method-not-allowed" 405, "precondition" 412,
   "too-large" 413, "not-acceptable" 406, "media-type" 415, "misdirected" 421, "busy" 503. http/ sets the status again after surface->problem. */
int error_status(const struct error *e);
/* RFC 9457 with errors[] from rq->findings: what surfaces without a problem of their own answer. */
void reply_problem(struct request *rq, const struct error *e);

/* The body's members, checked by the route's shape before the handler runs. */
const char *body_text(const struct request *rq, const char *name);         /* NULL when absent or null */
int64_t body_number(const struct request *rq, const char *name, int64_t otherwise);
bool body_flag(const struct request *rq, const char *name, bool otherwise);
const json_t *body_get(const struct request *rq, const char *name);        /* arrays, objects; NULL when absent or null */

#endif
