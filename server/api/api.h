/* api - the JSON REST interface as a surface: how it knows its callers, how it says no, how it repeats an answer. */
#ifndef API_API_H
#define API_API_H

#include <jansson.h>

#include "access/rights.h"
#include "app.h"
#include "http/request.h"
#include "http/route.h"
#include "store/store.h"

extern const struct surface api_surface;        /* /api/v1 */
extern const struct surface problems_surface;   /* /problems/<slug>: what a problem's type says to a person */

/* The session's cookie. */
#define API_COOKIE "__Host-sid"

/* A handler that must add members to its problem (a refused swap's steps): make, extend, answer; it then returns ERR_NONE. */
json_t *api_problem_body(struct request *rq, const struct error *e);
void api_problem_answer(struct request *rq, json_t *body);      /* takes body; the status is its member */

/* Only by DIR/control; others get 403. */
enum err api_local_only(const struct request *rq, struct error *e) MUST_CHECK;
/* "\"<row version>\"" as ETag. */
void api_etag(struct request *rq, int64_t row_version);
/* If-None-Match names this version: it has answered 304. */
bool api_is_seen(struct request *rq, int64_t row_version);
/* The address of this daemon for links: https://<first host name>:<port>; "localhost" while it has no name. */
const char *api_base_url(struct app *app, struct arena *a);

/* What of the actor's rights a person reads: "admin" ...; rights by name. New references. */
json_t *api_roles(const struct actor *who);
json_t *api_rights(const struct actor *who);
/* The session's cookie for a browser that has just signed in. */
void api_set_cookie(struct request *rq, const char *cookie);
/* ?limit= and its bounds. */
enum err api_limit(const struct request *rq, int64_t otherwise, int64_t *out, struct error *e) MUST_CHECK;

/* The ear of the journal: what is committed goes to the readers of GET /events. On the writer thread. */
void api_events_heard(struct app *app, const struct note *notes, size_t len);

#endif
