#include "publish/probe.h"

#include "access/rights.h"
#include "base/text.h"
#include "base/time.h"
#include "http/server.h"
#include "publish/publish.h"
#include "publish/seen.h"
#include "store/settings.h"

/* The name that the client used, as far as it is one: only until the administrator has named this server. */
const char *publish_host_asked(struct request *rq)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", digits[] = "0123456789abcdefABCDEF:.";
    const char *host = request_header(rq, "Host");
    size_t len;

    if (host == NULL)
        return NULL;
    len = host[0] == '[' ? 1 + strspn(host + 1, digits) : strspn(host, letters);
    len += host[0] == '[' && host[len] == ']';
    if (len == 0 || (host[0] == '[' && host[len - 1] != ']') || (host[len] != '\0' && host[len] != ':'))
        return NULL;
    return arena_copy(rq->arena, host, len);
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

static bool is_listed(struct app *app, struct request *rq, const char *setting, const char *host)
{
    const char *const *names = NULL;
    size_t len = settings_list(app->settings, setting, rq->arena, &names);

    for (size_t i = 0; i < len; i++) {
        if (strcmp(names[i], host) == 0 || strcmp(arena_printf(rq->arena, "[%s]", names[i]), host) == 0)
            return true;
    }
    return false;
}

static bool is_unnamed(struct app *app, struct request *rq)
{
    const char *const *names = NULL;

    return settings_list(app->settings, "server.hostnames", rq->arena, &names) == 0 &&
           settings_list(app->settings, "server.ip_addresses", rq->arena, &names) == 0;
}

/* https://<one of our names>:<HTTPS port>; before the names are set, any host on that port. */
static bool is_console(struct app *app, struct request *rq, const char *origin)
{
    unsigned port = app->server == NULL ? 0 : server_port(app->server, LISTEN_HTTPS);
    const char *ending = port == 443 ? "" : arena_printf(rq->arena, ":%u", port);
    char *host;

    if (!text_starts(origin, "https://") || !text_ends(origin, ending))
        return false;
    host = arena_copy(rq->arena, origin + 8, strlen(origin + 8) - strlen(ending));
    if (is_unnamed(app, rq) || is_loopback(host))
        return true;
    return is_listed(app, rq, "server.hostnames", host) || is_listed(app, rq, "server.ip_addresses", host);
}

/* Whoever shook hands with this listener believed its leaf, or looks at nothing: there is no exception for it that somebody clicked through. */
static void note(struct app *app, struct request *rq)
{
    struct seen *seen = publish_seen(app->publish);

    if (seen != NULL && request_is_tls(rq))
        seen_note(seen, request_source(rq), request_header(rq, "User-Agent"), clock_now());
}

static enum err probe(struct app *app, struct request *rq, struct error *e)
{
    const char *origin = request_header(rq, "Origin");

    (void)e;
    note(app, rq);
    reply_text(rq, 200, "application/json", "{\"ok\":true}");
    reply_header(rq, "Cache-Control", "no-store");
    reply_header(rq, "Vary", "Origin");
    if (origin != NULL && is_console(app, rq, origin)) {
        reply_header(rq, "Access-Control-Allow-Origin", origin);
        reply_header(rq, "Cross-Origin-Resource-Policy", "cross-origin");
    }
    return ERR_NONE;
}

/* For the trust page, which has no script: a picture that only comes when the browser trusts the root. */
static enum err picture(struct app *app, struct request *rq, struct error *e)
{
    (void)e;
    note(app, rq);
    reply_text(rq, 200, "image/svg+xml",
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"330\" height=\"44\" viewBox=\"0 0 330 44\"><rect width=\"330\" height=\"44\" rx=\"8\" fill=\"#1a7f37\"/>"
               "<path d=\"M15 23l6 6 12-14\" fill=\"none\" stroke=\"#fff\" stroke-width=\"3\"/>"
               "<text x=\"46\" y=\"28\" font-family=\"system-ui,sans-serif\" font-size=\"16\" fill=\"#fff\">Yes: this browser trusts the root.</text></svg>\n");
    reply_header(rq, "Cache-Control", "no-store");
    reply_header(rq, "Cross-Origin-Resource-Policy", "cross-origin");
    reply_header(rq, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    return ERR_NONE;
}

const struct route probe_routes[] = {
    { "GET", "/probe", probe, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET", "/probe.svg", picture, RIGHT_PUBLIC, ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { 0 }
};

/* The picture's address has the name by which this visitor came. */
enum err probe_redirect(struct app *app, struct request *rq, struct error *e)
{
    unsigned port = app->server == NULL ? 0 : server_port(app->server, LISTEN_PROBE);
    const char *host = publish_host_asked(rq);

    if (port == 0)
        return fail(e, ERR_ABSENT, "there is no probe listener");
    reply_redirect(rq, 307, arena_printf(rq->arena, "https://%s:%u/probe.svg", host != NULL ? host : "localhost", port));
    reply_header(rq, "Cache-Control", "no-store");
    return ERR_NONE;
}
