#include "publish/health.h"

#include "base/time.h"
#include "keeper/keeper.h"

/* One word each; NULL: fine. */
static const char *check_keeper(struct app *app)
{
    switch (keeper_state(app->keeper)) {
    case KEEPER_OPEN:
        return NULL;
    case KEEPER_SEALED:
        return "sealed";
    case KEEPER_DEAD:
        break;
    }
    return "keeper-gone";
}

static const char *check_store(struct app *app)
{
    return store_health(app->store, NULL) == ERR_NONE ? NULL : "store";
}

static const char *check_lists(struct app *app)
{
    return health_crl_until(app->publish) > clock_now() ? NULL : "crl-stale";
}

static const struct { const char *name; const char *(*check)(struct app *app); } checks[] = {
    { "keys", check_keeper },
    { "store", check_store },
    { "revocation-lists", check_lists },
};

enum err health_alive(struct app *app, struct request *rq, struct error *e)
{
    (void)app;
    (void)e;
    reply_text(rq, 200, "text/plain; charset=utf-8", "ok\n");
    reply_header(rq, "Cache-Control", "no-store");
    return ERR_NONE;
}

enum err health_ready(struct app *app, struct request *rq, struct error *e)
{
    const char *first = NULL, *lines = "";

    (void)e;
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        const char *wrong = checks[i].check(app);

        if (first == NULL)
            first = wrong;
        lines = arena_printf(rq->arena, "%s%s: %s\n", lines, checks[i].name, wrong == NULL ? "ok" : wrong);
    }
    if (request_query(rq, "verbose") == NULL)
        lines = first == NULL ? "ready\n" : arena_printf(rq->arena, "%s\n", first);
    reply_text(rq, first == NULL ? 200 : 503, "text/plain; charset=utf-8", lines);
    reply_header(rq, "Cache-Control", "no-store");
    return ERR_NONE;
}
