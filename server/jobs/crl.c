/* crl - lists past half of their life are signed again; one that cannot be does not keep the others waiting. */
#include "ca/ca.h"
#include "jobs/work.h"

enum err job_crl(struct app *app, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct actor who = actor_clock("crl");
    struct id *due = NULL;
    size_t len = ca_crls_due(app->ca, a, &due);
    enum err worst = ERR_NONE;

    for (size_t i = 0; i < len; i++) {
        enum err r = ca_crl_renew(app->ca, &who, &due[i], e);

        if (r)
            worst = r;
    }
    return worst;
}
