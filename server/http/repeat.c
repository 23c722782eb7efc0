/* The answer to a repeat is what the first one made, as it is now: the GET of its address, run in place of the handler. */
#include "http/exchange.h"

enum err request_repeat(struct request *rq, const char *path, int status, struct error *e)
{
    struct exchange *x = (struct exchange *)rq;    /* its first member */
    const struct surface *const surfaces[] = { rq->surface, NULL };
    struct match m;
    enum err r;

    if (router_find(surfaces, "GET", path, rq->arena, &m) != FOUND)
        return fail(e, ERR_ABSENT, "what the first request made is no longer there");
    x->match = m;
    rq->route = m.route;
    if (rq->surface->may != NULL && !rq->surface->may(&rq->who, m.route->allow))
        return fail(e, ERR_DENIED, "this was carried out already, and its result may not be seen by %s", rq->who.name);
    r = m.route->run(rq->app, rq, e);
    if (!r && x->reply.status == 200)
        x->reply.status = status;
    return r;
}
