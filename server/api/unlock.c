/* unlock - what is asked on the host itself only: opening the key ring, the setup link. */
#include <time.h>

#include "access/access.h"
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "keeper/keeper.h"

/* The keeper takes one try a second: whoever mistyped waits here, not for a second refusal. */
static enum err try_passphrase(struct app *app, const char *phrase, struct error *e)
{
    enum err r = keeper_unseal(app->keeper, phrase, e);

    if (r != ERR_LIMIT)
        return r;
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 50 * 1000000 }, NULL);
    *e = (struct error){ 0 };
    return keeper_unseal(app->keeper, phrase, e);
}

static enum err unlock(struct app *app, struct request *rq, struct error *e)
{
    enum err r = api_local_only(rq, e);

    if (!r && keeper_state(app->keeper) == KEEPER_OPEN)
        r = fail(e, ERR_CONFLICT, "the key ring is open already");
    if (!r)
        r = try_passphrase(app, body_text(rq, "passphrase"), e);
    if (!r && app->unsealed != NULL)
        r = app->unsealed(app, e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static enum err setup_link(struct app *app, struct request *rq, struct error *e)
{
    const char *url;
    enum err r = api_local_only(rq, e);

    if (!r)
        r = access_setup_link(app->access, api_base_url(app, rq->arena), rq->arena, &url, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:o}", "url", json_of_text(url)));
    return ERR_NONE;
}

static const struct shape passphrase = { (const struct shape_member[]){ { "passphrase", SHAPE_TEXT, true, 1, 1024, NULL }, { 0 } } };
static const struct shape nothing = { (const struct shape_member[]){ { 0 } } };

const struct route unlock_routes[] = {
    { "POST", "/api/v1/unlock",     unlock,     RIGHT_ACCESS, ROUTE_HEAVY, 4096, &passphrase },
    { "POST", "/api/v1/setup-link", setup_link, RIGHT_ACCESS, 0, 4096, &nothing },
    { 0 }
};
