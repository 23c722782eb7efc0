#include "publish/publish.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "access/rights.h"
#include "base/log.h"
#include "base/own.h"
#include "base/text.h"
#include "http/server.h"
#include "publish/health.h"
#include "publish/probe.h"
#include "publish/seen.h"
#include "publish/shelf.h"
#include "store/settings.h"

enum { HEARD_SEC = 1 };

struct publish {
    struct store *store;
    struct seen *seen;
    pthread_mutex_t lock;          /* guards what follows */
    pthread_cond_t changed, settled;
    struct shelf *shelf;
    unsigned wanted, built;        /* the state of the rows that was asked for, and the one that the shelf has; dirty while they differ */
    bool is_closing;
    pthread_t builder;
};

/* the pages, replaced ------------------------------------------------------------------------------------ */

static void put_shelf(struct publish *p, struct shelf *fresh)
{
    struct shelf *old;

    pthread_mutex_lock(&p->lock);
    old = p->shelf;
    p->shelf = fresh;
    pthread_mutex_unlock(&p->lock);
    shelf_free(old);
}

static bool wait_until_dirty(struct publish *p, unsigned tried, unsigned *wanted)
{
    bool goes_on;

    pthread_mutex_lock(&p->lock);
    while (p->wanted == tried && !p->is_closing)
        pthread_cond_wait(&p->changed, &p->lock);
    *wanted = p->wanted;
    goes_on = !p->is_closing;
    pthread_mutex_unlock(&p->lock);
    return goes_on;
}

static void settle(struct publish *p, unsigned wanted)
{
    pthread_mutex_lock(&p->lock);
    p->built = wanted;
    pthread_cond_broadcast(&p->settled);
    pthread_mutex_unlock(&p->lock);
}

/* The builder's thread. When the rows cannot be read the pages of before stand; the next note tries again. */
static void *build(void *arg)
{
    struct publish *p = arg;
    unsigned wanted = 0;

    while (wait_until_dirty(p, wanted, &wanted)) {
        struct shelf *fresh = NULL;
        struct error e = { 0 };

        if (shelf_build(p->store, &fresh, &e) == ERR_NONE)
            put_shelf(p, fresh);
        else
            log_warn("public pages were not renewed: %s", e.text);
        settle(p, wanted);
    }
    return NULL;
}

enum err publish_open(struct store *store, struct publish **out, struct error *e)
{
    struct shelf *shelf = NULL;
    struct publish *p;
    enum err r;

    r = shelf_build(store, &shelf, e);
    if (r)
        return r;
    p = own_alloc(sizeof(*p));
    p->store = store;
    p->shelf = shelf;
    r = seen_open(store, &p->seen, e);
    if (r) {
        shelf_free(shelf);
        free(p);
        return r;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    pthread_cond_init(&p->settled, NULL);
    if (pthread_create(&p->builder, NULL, build, p) != 0) {
        seen_close(p->seen);
        shelf_free(shelf);
        free(p);
        return fail(e, ERR_IO, "no thread for the public pages: raise the limit of processes");
    }
    *out = p;
    return ERR_NONE;
}

struct seen *publish_seen(struct publish *p)
{
    return p == NULL ? NULL : p->seen;
}

void publish_close(struct publish *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->is_closing = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->builder, NULL);
    seen_close(p->seen);
    shelf_free(p->shelf);
    pthread_cond_destroy(&p->changed);
    pthread_cond_destroy(&p->settled);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static void wait_until_built(struct publish *p)
{
    struct timespec until;
    unsigned wanted;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HEARD_SEC;
    pthread_mutex_lock(&p->lock);
    wanted = ++p->wanted;
    pthread_cond_signal(&p->changed);
    while ((int)(p->built - wanted) < 0 && rc == 0)
        rc = pthread_cond_timedwait(&p->settled, &p->lock, &until);
    pthread_mutex_unlock(&p->lock);
}

void publish_heard(struct publish *p, const struct note *notes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text_starts(notes[i].act, "authority.")) {
            wait_until_built(p);
            return;
        }
    }
}

/* plain listener ------------------------------------------------------------------------------------------ */

static enum err page(struct app *app, struct request *rq, struct error *e)
{
    struct publish *p = app->publish;
    struct page *found;

    pthread_mutex_lock(&p->lock);
    found = shelf_find(p->shelf, rq->path);
    if (found != NULL)
        page_ref(found);
    pthread_mutex_unlock(&p->lock);
    if (found == NULL)
        return fail(e, ERR_ABSENT, "there is no such file here");
    reply_page(rq, found);
    page_unref(found);
    return ERR_NONE;
}

int64_t health_crl_until(struct publish *p)
{
    int64_t until;

    pthread_mutex_lock(&p->lock);
    until = p->shelf->crl_until;
    pthread_mutex_unlock(&p->lock);
    return until;
}

static const char *host_name(struct app *app, struct request *rq)
{
    const char *const *names = NULL, *asked = publish_host_asked(rq);

    if (settings_list(app->settings, "server.hostnames", rq->arena, &names) > 0)
        return names[0];
    if (settings_list(app->settings, "server.ip_addresses", rq->arena, &names) > 0)
        return strchr(names[0], ':') == NULL ? names[0] : arena_printf(rq->arena, "[%s]", names[0]);
    return asked != NULL ? asked : "localhost";
}

/* 308 keeps the method; only GET and HEAD come here, for nothing that changes something may pass in the clear. */
static enum err redirect(struct app *app, struct request *rq, struct error *e)
{
    unsigned port = app->server == NULL ? 0 : server_port(app->server, LISTEN_HTTPS);
    const char *target = rq->raw_target[0] == '/' ? rq->raw_target : "/";
    const char *host = host_name(app, rq);

    (void)e;
    if (port == 443 || port == 0)
        reply_redirect(rq, 308, arena_printf(rq->arena, "https://%s%s", host, target));
    else
        reply_redirect(rq, 308, arena_printf(rq->arena, "https://%s:%u%s", host, port, target));
    return ERR_NONE;
}

static const struct route plain_routes[] = {
    { "GET", "/trust/probe.svg", probe_redirect, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/trust", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/trust/{file}", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/ca/{file}", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/crl/{file}", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/healthz", health_alive, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/readyz", health_ready, RIGHT_PUBLIC, ROUTE_OPEN, 0, NULL },
    { "GET", "/", redirect, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/{path*}", redirect, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { 0 }
};
static const struct route *const plain_tables[] = { plain_routes, NULL };

/* ------------------------------------------------------------------------------------------------------- */

static const struct route healthz_routes[] = {
    { "GET", "/healthz", health_alive, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { 0 }
};
static const struct route readyz_routes[] = {
    { "GET", "/readyz", health_ready, RIGHT_PUBLIC, ROUTE_OPEN, 0, NULL },
    { 0 }
};
static const struct route trust_routes[] = {
    { "GET", "/trust/probe.svg", probe_redirect, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/trust", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/trust/{file}", page, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { 0 }
};
static const struct route *const probe_tables[] = { probe_routes, NULL };
static const struct route *const trust_tables[] = { trust_routes, NULL };
static const struct route *const healthz_tables[] = { healthz_routes, NULL };
static const struct route *const readyz_tables[] = { readyz_routes, NULL };

static void problem(struct request *rq, const struct error *e)
{
    int status = e->code == ERR_ABSENT ? 404 : e->code == ERR_INVALID ? 400 : e->code == ERR_DENIED ? 403 : 503;

    if (strcmp(e->kind, "method-not-allowed") == 0)
        status = 405;
    reply_text(rq, status, "text/plain; charset=utf-8", arena_printf(rq->arena, "%s\n", e->text));
    reply_header(rq, "X-Content-Type-Options", "nosniff");
}

#define PUBLIC_SURFACE(where, routes) { .prefix = where, .tables = routes, .problem = problem }
const struct surface publish_plain_surface = PUBLIC_SURFACE("/", plain_tables);
const struct surface publish_probe_surface = PUBLIC_SURFACE("/", probe_tables);
const struct surface publish_healthz_surface = PUBLIC_SURFACE("/healthz", healthz_tables);
const struct surface publish_readyz_surface = PUBLIC_SURFACE("/readyz", readyz_tables);
const struct surface publish_trust_surface = PUBLIC_SURFACE("/trust", trust_tables);
