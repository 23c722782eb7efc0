/* renew - this server's own certificates: what it shows, and the leaf of the probe listener. */
#include "identity/identity.h"
#include "jobs/work.h"

enum err job_renew(struct app *app, struct error *e)
{
    enum err r = identity_renew_due(app->identity, e);

    if (r)
        return r;
    return identity_probe(app->identity, e);
}
