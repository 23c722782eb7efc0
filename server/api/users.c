/* users - /api/v1/users: for now a new password, mostly by "signet admin reset-password" on the host. */
#include "access/access.h"
#include "api/api.h"
#include "api/tables.h"

static enum err put_password(struct app *app, struct request *rq, struct error *e)
{
    enum err r;

    r = access_change_password(app->access, &rq->who, request_path(rq, "name"), body_text(rq, "password"), e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static const struct shape wish = { (const struct shape_member[]){ { "password", SHAPE_TEXT, true, 1, 1024, NULL }, { 0 } } };

const struct route users_routes[] = {
    { "PUT", "/api/v1/users/{name}/password", put_password, RIGHT_ACCESS, ROUTE_HEAVY | ROUTE_STEP_UP, 4096, &wish },
    { 0 }
};
