/* follow - a lineage that this server shows got a new version: it is shown too. The row was written with the version, so that a crash
   in between loses nothing. */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "identity/identity.h"
#include "jobs/work.h"
#include "store/jobs.h"

enum { LEASE_SEC = 60, ATTEMPTS_MAX = 10 };

struct claim {
    char lease[48];
    struct arena *arena;
    struct job_row row;
    bool found;
    const char *problem;           /* NULL: done */
};

static enum err claim(struct tx *tx, void *arg, struct error *e)
{
    struct claim *c = arg;

    return store_job_claim(tx, "follow", c->lease, LEASE_SEC, c->arena, &c->row, &c->found, e);
}

static enum err settle(struct tx *tx, void *arg, struct error *e)
{
    struct claim *c = arg;

    if (c->problem == NULL)
        return store_job_finish(tx, c->row.n, c->lease, e);
    return store_job_fail(tx, c->row.n, c->lease, c->problem, ATTEMPTS_MAX, e);
}

static enum err follow_one(struct app *app, const struct actor *who, struct claim *c, struct error *e)
{
    struct error why = { 0 };
    enum err r;

    c->found = false;
    r = store_write(app->store, who, claim, c, e);
    if (r || !c->found)
        return r;
    c->problem = identity_follow(app->identity, &c->row.subject_id, &why) == ERR_NONE ? NULL : why.text;
    if (c->problem != NULL)
        log_warn("job follow, attempt %d: %s", c->row.attempts, why.text);
    return store_write(app->store, who, settle, c, e);
}

enum err job_follow(struct app *app, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct actor who = actor_clock("follow");
    struct claim c = { .arena = a };
    char id[ID_TEXT];
    enum err r;

    id_text(&who.request_id, id);
    snprintf(c.lease, sizeof(c.lease), "follow %s", id);
    do {
        r = follow_one(app, &who, &c, e);
        if (r)
            return r;
    } while (c.found);
    return ERR_NONE;
}
