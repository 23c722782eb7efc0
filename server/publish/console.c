#include "publish/console.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "access/rights.h"
#include "app.h"
#include "http/server.h"
#include "publish/probe.h"
#include "store/settings.h"

/* The rows of pack.mjs: a file, then its compressed twins, under one URL. */
#define ASSET(symbol, url, type, encoding) extern const unsigned char symbol[], symbol##_end[];
#include "assets.inc"
#undef ASSET

struct asset { const unsigned char *at, *end; const char *url, *type, *encoding; };
#define ASSET(symbol, url, type, encoding) { symbol, symbol##_end, url, type, encoding },
static const struct asset assets[] = {
#include "assets.inc"
    { NULL, NULL, NULL, NULL, NULL }
};
#undef ASSET

/* Filled once, then only read. The pages live as long as the process: their bytes are part of it. */
static struct shown { const char *url; struct page *page; } pages[sizeof(assets) / sizeof(*assets)];
static size_t pages_len;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_document(const char *url)
{
    return strncmp(url, "/assets/", 8) != 0;
}

/* `first` is the plain file; rows of the same URL that follow are its twins. */
static struct page *page_of(const struct asset *first)
{
    struct page_parts parts = { .type = first->type, .is_static = true };

    for (const struct asset *a = first; a->url != NULL && strcmp(a->url, first->url) == 0; a++) {
        struct bytes bytes = bytes_of(a->at, (size_t)(a->end - a->at));

        if (strcmp(a->encoding, "gzip") == 0)
            parts.gzip = bytes;
        else if (strcmp(a->encoding, "br") == 0)
            parts.brotli = bytes;
        else
            parts.body = bytes;
    }
    parts.cache_control = is_document(first->url) ? "no-cache" : "public, max-age=31536000, immutable";
    return page_new(&parts);
}

static int by_url(const void *a, const void *b)
{
    return strcmp(((const struct shown *)a)->url, ((const struct shown *)b)->url);
}

static void make_pages(void)
{
    size_t len = 0;

    for (const struct asset *a = assets; a->url != NULL; a++) {
        if (len > 0 && strcmp(pages[len - 1].url, a->url) == 0)
            continue;
        pages[len].url = a->url;
        pages[len++].page = page_of(a);
    }
    pages_len = len;
    qsort(pages, pages_len, sizeof(*pages), by_url);
}

struct page *console_page(const char *url)
{
    const struct shown wanted = { .url = url }, *found;

    pthread_once(&once, make_pages);
    found = bsearch(&wanted, pages, pages_len, sizeof(*pages), by_url);
    return found != NULL ? found->page : NULL;
}

/* The host by which this browser reaches us, without port. A Content-Security-Policy knows no IPv6 literal: "*" then. */
static const char *host_of(struct request *rq)
{
    const char *host = publish_host_asked(rq);

    return host == NULL || host[0] == '[' ? "*" : host;
}

/* Conventions, U1. The probe listener has a port of its own, so the page needs leave to ask it. */
static const char *content_policy(const struct app *app, struct request *rq)
{
    unsigned port = app != NULL && app->server != NULL ? server_port(app->server, LISTEN_PROBE) : 0;
    const char *probe = port != 0 ? arena_printf(rq->arena, " https://%s:%u", host_of(rq), port) : "";

    return arena_printf(rq->arena,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'%s; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        probe);
}

/* It binds every port of the host: so only where HTTP has its own port, and never for localhost, which others serve too. */
static bool wants_https_only(const struct app *app, struct request *rq)
{
    return app != NULL && app->settings != NULL && settings_flag(app->settings, "server.hsts") && strcmp(host_of(rq), "localhost") != 0 &&
           app->server != NULL && server_port(app->server, LISTEN_HTTP) == 80;
}

static enum err document(struct app *app, struct request *rq, struct error *e)
{
    struct page *page = console_page("/");

    if (page == NULL)
        return fail(e, ERR_ABSENT, "this build carries no console: build it again with node and npm, or use the command line");
    reply_page(rq, page);
    reply_header(rq, "Content-Security-Policy", content_policy(app, rq));
    if (wants_https_only(app, rq))
        reply_header(rq, "Strict-Transport-Security", "max-age=31536000");
    return ERR_NONE;
}

static enum err asset(struct app *app, struct request *rq, struct error *e)
{
    struct page *page = console_page(rq->path);

    (void)app;
    if (page == NULL)
        return fail(e, ERR_ABSENT, "this file is of another version of the console: load the page again");
    reply_page(rq, page);
    return ERR_NONE;
}

static const struct route console_routes[] = {
    { "GET", "/",               document, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/setup",          document, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/assets/{path*}", asset,    RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { 0 }
};
static const struct route *const console_tables[] = { console_routes, NULL };

/* A page of its own, without script: whoever mistyped an address is told where to go on. */
static void problem(struct request *rq, const struct error *e)
{
    static const char page[] =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not here - Signet</title>"
        "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">"
        "<h1>There is no such page</h1><p>The console begins at <a href=\"/\">/</a>.</p></html>\n";
    int status = e->code == ERR_ABSENT ? 404 : e->code == ERR_INVALID ? 400 : 503;

    if (strcmp(e->kind, "method-not-allowed") == 0)
        status = 405;
    reply_bytes(rq, status, "text/html; charset=utf-8", bytes_of(page, sizeof(page) - 1));
    reply_header(rq, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
}

const struct surface console_surface = {
    .prefix = "/",
    .tables = console_tables,
    .problem = problem,
};
