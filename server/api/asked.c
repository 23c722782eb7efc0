#include "api/asked.h"

#include "store/settings.h"

const char *asked_port(struct app *app, struct request *rq, enum listener which, unsigned usual)
{
    unsigned port = app->server != NULL ? server_port(app->server, which) : 0;

    return port == 0 || port == usual ? "" : arena_printf(rq->arena, ":%u", port);
}

/* How the browser came here is how it reaches the other listeners; without port. */
static const char *asked_host(const struct request *rq)
{
    const char *host = request_header(rq, "Host");
    const char *end = host == NULL ? NULL : host[0] == '[' ? strchr(host, ']') : strchr(host, ':');

    if (host == NULL || host[0] == '\0' || request_is_local(rq))
        return "localhost";
    if (end == NULL)
        return host;
    return arena_copy(rq->arena, host, (size_t)(end - host) + (host[0] == '['));
}

const char *asked_probe_url(struct app *app, struct request *rq)
{
    return arena_printf(rq->arena, "https://%s%s/probe", asked_host(rq), asked_port(app, rq, LISTEN_PROBE, 443));
}

const char *asked_trust_url(struct app *app, struct request *rq)
{
    const char *url = settings_text(app->settings, "server.public_http_url", rq->arena);

    if (url[0] == '\0')
        url = arena_printf(rq->arena, "http://%s%s", asked_host(rq), asked_port(app, rq, LISTEN_HTTP, 80));
    return arena_printf(rq->arena, "%s/trust", url);
}
